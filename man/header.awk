# SPDX-License-Identifier: EUPL-1.2
# Makes a manual page of a public header: awk -v page=tov_client -v date="..." -f header.awk HEADER.
# The header is the contract and stays its only text: comments become paragraphs, declarations are
# shown as they stand. With -v links=FOLDER also a page for each function, which leads to this one.
# Not for: headers of another shape than those of include/tov (STYLE: comment above declaration).

function escaped(text) {
    gsub(/\\/, "\\e", text)
    if (text ~ /^[.'\'']/)
        text = "\\&" text
    return text
}

# What a character that is not ASCII becomes is longer.
function width(text, copy) {
    copy = text
    return length(text) + 8 * gsub(/[^ -~]/, "", copy)
}

function flush_line() {
    if (line != "")
        print escaped(line)
    line = ""
}

# Sentences begin lines, as manual pages have them; lines stay under 80 characters.
function put_prose(text, words, count, i) {
    count = split(text, words, " ")
    for (i = 1; i <= count; i++) {
        if (match(words[i], /^[a-z_]+\(\)/)) {
            flush_line()
            print ".Fn " substr(words[i], 1, RLENGTH - 2) \
                (RLENGTH < length(words[i]) ? " " substr(words[i], RLENGTH + 1) : "")
            continue
        }
        if (width(line " " words[i]) > 78)
            flush_line()
        line = line == "" ? words[i] : line " " words[i]
        if (words[i] ~ /[.?!:][)"]?$/)
            flush_line()
    }
    flush_line()
}

# Paragraphs of a comment are parted by an empty line.
function put_comment(text, parts, count, i) {
    count = split(text, parts, "\n\n")
    for (i = 1; i <= count; i++) {
        if (!fresh)
            print ".Pp"
        put_prose(parts[i])
        fresh = 0
    }
}

function end_code() {
    if (code == "")
        return
    printf ".Bd -literal\n%s.Ed\n", code
    code = ""
    fresh = 0
}

function begin_page(text, name, about) {
    about = text
    sub(/\..*/, "", about)
    gsub(/\n/, " ", about)
    print ".\\\" Made from the header; change that."
    print ".Dd " date
    print ".Dt " toupper(page) " 3"
    print ".Os"
    print ".Sh NAME"
    print ".Nm " page
    print ".Nd " escaped(tolower(substr(about, 1, 1)) substr(about, 2))
    print ".Sh LIBRARY"
    print "libtov (-ltov), by pkg-config:"
    print ".Ql pkg-config --cflags --libs tov"
    print ".Sh SYNOPSIS"
    print ".In tov/" header
    print ".Sh DESCRIPTION"
    fresh = 1
}

function take_comment(line) {
    sub(/ *\*\/ *$/, "", line)
    sub(/^\/?\*+ ?/, "", line)
    sub(/^ \* ?/, "", line)
    comment = comment (line == "" ? "\n\n" : line " ")
}

function end_comment() {
    inside = 0
    gsub(/ *\n\n */, "\n\n", comment)
    gsub(/^[ \n]+|[ \n]+$/, "", comment)
    sub(/^SPDX-License-Identifier: [^ \n]*[ \n]*/, "", comment)
    if (!begun) {
        begin_page(comment)
        begun = 1
        put_comment(comment)
    } else if (comment ~ /^---- .* ----$/) {
        gsub(/^---- | ----$/, "", comment)
        print ".Ss " toupper(substr(comment, 1, 1)) substr(comment, 2)
        fresh = 1
    } else {
        put_comment(comment)
    }
    comment = ""
}

function note_function(line, name) {
    if (links == "" || !match(line, /tov_[a-z0-9_]*\(/))
        return
    name = substr(line, RSTART, RLENGTH - 1)
    printf ".so man3/%s.3\n", page >(links "/" name ".3")
    close(links "/" name ".3")
}

FNR == 1 {
    header = FILENAME
    sub(/.*\//, "", header)
}
/^#if defined\(__GNUC__\)/ { hidden = 1 }
hidden { hidden = !/^#endif/; next }
inside {
    take_comment($0)
    if (/\*\/ *$/)
        end_comment()
    next
}
/^\/\*/ {
    end_code()
    inside = 1
    take_comment($0)
    if (/\*\/ *$/)
        end_comment()
    next
}
/^#ifndef TOV_.*_H$/ || /^#define TOV_[A-Z]*_H$/ || /^#include / || /^#ifdef __cplusplus/ ||
/^extern "C"/ || /^#endif/ || /^}$/ { next }
/^$/ { end_code(); next }
{
    if (match($0, /^TOV_API(_CHECKED)? /)) {
        is_declared = 1
        shift = RLENGTH
        $0 = substr($0, RLENGTH + 1)
    } else if (shift > 0 && match($0, /^ +/) && RLENGTH > shift) {
        $0 = substr($0, shift + 1)
    } else {
        shift = 0
    }
    if (is_declared && /\(/) {
        note_function($0)
        is_declared = 0
    }
    code = code escaped($0) "\n"
}
END {
    end_code()
    print ".Sh SEE ALSO"
    print ".Xr libtov 3"
    print ".Pp"
    print "docs/libtov.md, and the programs in share/doc/tov/examples."
}
