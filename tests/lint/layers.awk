# SPDX-License-Identifier: EUPL-1.2
# Checks the includes of the files given; see layers.sh. TABLE is tests/lint/libraries.

function to_regex(pattern) {
    gsub(/[.+]/, "\\\\&", pattern)
    gsub(/[*]/, ".*", pattern)
    return "^" pattern "$"
}
# "proto/base/a.c" -> "proto/base"; "a.c" -> ".".
function folder_of(path) {
    return sub(/\/[^\/]*$/, "", path) ? path : "."
}
function load_table(    row, part, count, i) {
    while ((getline row <TABLE) > 0) {
        if (row ~ /^#/ || row ~ /^[ \t]*$/)
            continue
        count = split(row, part, " ")
        rows++
        header_regex[rows] = to_regex(part[1])
        homes[rows] = ""
        home_regex[rows] = ""
        for (i = 2; i <= count; i++) {
            homes[rows] = homes[rows] " " part[i]
            home_regex[rows] = home_regex[rows] (i > 2 ? "|" : "") to_regex(part[i])
        }
    }
}
function load_allowed(folder,    row) {
    if (folder in loaded)
        return
    loaded[folder] = 1
    while ((getline row <(folder "/.may_include")) > 0)
        allowed[folder, row] = 1
}
function finding(text) {
    print FILENAME ":" FNR ": " text
}
function is_beside(path,    row, there) {
    there = (getline row <path) >= 0
    close(path)
    return there
}
# The first row that fits decides; a row without a folder forbids the header everywhere.
function check_library_header(header, folder,    i) {
    for (i = 1; i <= rows; i++) {
        if (header !~ header_regex[i])
            continue
        if (homes[i] == "" || folder !~ home_regex[i])
            finding(header " has its home in:" (homes[i] == "" ? " nowhere" : homes[i]) \
                " (tests/lint/libraries)")
        return
    }
    if (header ~ /\// || !is_beside(folder "/" header))
        finding(header " stands in no row of tests/lint/libraries: give it a home")
}
function check_project_header(header, folder,    wanted) {
    if (header ~ /(^|\/)\.\.\//)
        finding("\"" header "\": say the path from the include root, without ..")
    else if (header !~ /\// && (is_beside(folder "/" header) || !is_beside("keys/" header)))
        check_library_header(header, folder)
    else {
        # keys/ is an include root and a layer at once: "keyfile.h".
        wanted = header ~ /\// ? folder_of(header) : "keys"
        load_allowed(folder)
        if (("/" folder) !~ ("/" wanted "$") && !((folder, wanted) in allowed))
            finding("\"" header "\": " folder "/.may_include does not name " wanted)
    }
}
BEGIN { load_table() }
match($0, /^[ \t]*#[ \t]*include[ \t]*[<"][^>"]*[>"]/) {
    header = substr($0, RSTART, RLENGTH)
    ours = header ~ /"$/
    sub(/^[^<"]*[<"]/, "", header)
    sub(/[>"]$/, "", header)
    if (ours || header ~ /^tov\//)
        check_project_header(header, folder_of(FILENAME))
    else
        check_library_header(header, folder_of(FILENAME))
}
