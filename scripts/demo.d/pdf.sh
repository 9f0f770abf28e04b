# SPDX-License-Identifier: EUPL-1.2
# shellcheck shell=bash
# A valid PDF of several MB, written by hand: a page of text, and a stream that stands for scanned
# pages. Not for: documents that anybody should read. Sourced by scripts/demo.

# pdf_object FILE TEXT: appends the next object and remembers where it begins.
pdf_object() {
    pdf_starts+=("$(stat -c %s "$1")")
    printf '%d 0 obj\n%s\nendobj\n' "${#pdf_starts[@]}" "$2" >>"$1"
}

# pdf_stream FILE: appends the next object, a stream of the bytes of standard input.
pdf_stream() {
    local content
    content=$(mktemp "$1.XXXXXX")
    cat >"$content"
    pdf_starts+=("$(stat -c %s "$1")")
    {
        printf '%d 0 obj\n<< /Length %d >>\nstream\n' "${#pdf_starts[@]}" "$(stat -c %s "$content")"
        cat "$content"
        printf '\nendstream\nendobj\n'
    } >>"$1"
    rm "$content"
}

# pdf_write FILE BYTES: its lines of text on standard input.
pdf_write() {
    local file=$1 bytes=$2 start table
    pdf_starts=()
    exec 3<&0
    printf '%%PDF-1.4\n%%\xe2\xe3\xcf\xd3\n' >"$file"
    pdf_object "$file" '<< /Type /Catalog /Pages 2 0 R >>'
    pdf_object "$file" '<< /Type /Pages /Kids [3 0 R] /Count 1 >>'
    pdf_object "$file" '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << /Font << /F1 4 0 R >> >> >>'
    pdf_object "$file" '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>'
    pdf_stream "$file" < <(
        echo 'BT /F1 12 Tf 16 TL 60 780 Td'
        iconv -f UTF-8 -t WINDOWS-1252 <&3 | LC_ALL=C sed -e 's/[\\()]/\\&/g' -e 's/.*/(&) Tj T*/'
        echo 'ET'
    )
    pdf_stream "$file" < <(head -c "$bytes" /dev/urandom)
    table=$(stat -c %s "$file")
    {
        printf 'xref\n0 %d\n0000000000 65535 f \n' $((${#pdf_starts[@]} + 1))
        for start in "${pdf_starts[@]}"; do
            printf '%010d 00000 n \n' "$start"
        done
        printf 'trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n' \
            $((${#pdf_starts[@]} + 1)) "$table"
    } >>"$file"
    exec 3<&-
}
