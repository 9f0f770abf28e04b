# SPDX-License-Identifier: EUPL-1.2
# Measures C files formatted by .clang-format: a function's body opens and closes in column 0.
# Prints "file PATH lines", "function PATH:NAME lines", "parameters PATH:NAME count" above the limits.

function finish_file() {
    if (path != "" && lines > max_file)
        print "file", path, lines
}
function count_parameters(text,    depth, i, c, count, inner) {
    depth = 0
    count = 0
    inner = ""
    for (i = index(text, "("); i <= length(text); i++) {
        c = substr(text, i, 1)
        if (c == "(") {
            depth++
            if (depth == 1) continue
        }
        if (c == ")") {
            depth--
            if (depth == 0) break
        }
        if (depth == 1 && c == ",") count++
        inner = inner c
    }
    gsub(/[ \t]/, "", inner)
    return inner == "" || inner == "void" ? 0 : count + 1
}
function function_name(text) {
    sub(/\(.*/, "", text)
    sub(/[ \t]+$/, "", text)
    sub(/.*[ \t*]/, "", text)
    return text
}
FNR == 1 {
    finish_file()
    path = FILENAME
    head = ""
    body = 0
}
{ lines = FNR }
body && /^}/ {
    length_lines = FNR - body - 1
    if (length_lines > max_function)
        print "function", path ":" name, length_lines
    body = 0
    head = ""
    next
}
body { next }
/^{$/ {
    name = function_name(head)
    body = FNR
    parameters = count_parameters(head)
    if (parameters > max_parameters)
        print "parameters", path ":" name, parameters
    next
}
/^[A-Za-z_]/ && head !~ /[,(]$/ { head = $0; next }
/[;}]$/ || /^#/ || /^ \*/ || /^$/ { head = ""; next }
{ sub(/^[ \t]+/, " "); head = head $0 }
END { finish_file() }
