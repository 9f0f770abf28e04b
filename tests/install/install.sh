#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# install.sh BUILD PREFIX: installs BUILD below a fresh folder by DESTDIR, then looks at it as a user
# would: files, symbols, hardening, a program built by pkg-config against the shared and the static
# library, and one built by CMake's find_package.
set -eu
build=$1
prefix=$2
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
libdir=$root$prefix/$TOV_LIBDIR
checks=0
failed=0

# check SENTENCE COMMAND...: the command succeeds.
check() {
    sentence=$1
    shift
    checks=$((checks + 1))
    if ! "$@" >"$work/out" 2>&1; then
        failed=$((failed + 1))
        echo "FAILED: $sentence"
        head -n 20 "$work/out"
    fi
}

no_lines() {
    test ! -s "$1" || { cat "$1" && false; }
}

install_it() {
    DESTDIR=$root "$CMAKE" --install "$build"
}

programs() {
    find "$root" -type f -perm -u+x -path '*bin/*'
}

is_hardened() {
    readelf -hd "$1" >"$work/elf"
    grep -q 'Type: *DYN' "$work/elf" && grep -q 'BIND_NOW\|Flags:.*NOW' "$work/elf" &&
        readelf -lW "$1" | grep -q GNU_RELRO && ! readelf -lW "$1" | grep -q 'GNU_STACK.*RWE'
}

has_no_run_path() {
    ! readelf -d "$1" | grep -qE 'RPATH|RUNPATH'
}

says_version() {
    LD_LIBRARY_PATH=$libdir "$1" --version | grep -qF "$TOV_VERSION"
}

look_at_programs() {
    for program in $(programs); do
        name=$(basename "$program")
        check "${name}_is_hardened" is_hardened "$program"
        check "${name}_has_no_path_of_the_build" has_no_run_path "$program"
        check "${name}_tells_its_version" says_version "$program"
    done
    check "the_manual_of_tov_audit_is_installed" \
        grep -q '^[.]TH' "$root$prefix/share/man/man1/tov-audit.1"
    check "danish_is_installed" test -f "$root$prefix/share/locale/da/LC_MESSAGES/tov.mo"
}

starts_what_is_installed() {
    grep -q "^ExecStart=.*$prefix/sbin/tovd " "$root$prefix/lib/systemd/system/$1"
}

look_at_units() {
    for unit in tovd.service tov-gateway.service tov-backup.service; do
        check "${unit}_starts_the_installed_program" starts_what_is_installed "$unit"
    done
    check the_program_of_the_units_is_installed test -x "$root$prefix/sbin/tovd"
    check backups_have_their_timer test -f "$root$prefix/lib/systemd/system/tov-backup.timer"
    check the_user_is_installed grep -q '^u tov ' "$root$prefix/lib/sysusers.d/tov.conf"
    check the_folders_are_installed grep -q '^d /etc/tov ' "$root$prefix/lib/tmpfiles.d/tov.conf"
    check the_gateways_user_is_installed grep -q '^u tov-gateway ' "$root$prefix/lib/sysusers.d/tov.conf"
    for name in gateway.conf.example tovd-apart.conf tovd-passphrase.conf; do
        check "${name}_is_installed" test -f "$root$prefix/share/doc/tov/$name"
    done
    check the_filter_is_installed test -f "$root$prefix/share/doc/tov/tov.nft"
}

shared_exports() {
    nm -D --defined-only "$libdir/libtov.so" | awk '$2 != "A" { print $3 }' |
        sed 's/@.*//' | grep -v '^tov_' >"$work/foreign" || true
    no_lines "$work/foreign"
}

# The functions that the installed headers declare for programs, without comments.
declared() {
    printf '#include <tov/tov.h>\n' | $CC -E -P -I "$root$prefix/include" -x c - | tr '\n' ' ' |
        tr ';' '\n' | sed -n 's/.*visibility("default")[^)]*))//p' | sed 's/(.*//; s/.*[ *]//' | sort
}

# Whoever adds a function to a header adds it to client/lib/libtov.map, or programs cannot link it.
exports_are_declared() {
    nm -D --defined-only "$libdir/libtov.so" | awk '$2 != "A" { print $3 }' | sed 's/@.*//' |
        sort >"$work/shared"
    declared >"$work/declared"
    test -s "$work/declared" && diff "$work/declared" "$work/shared"
}

exports_have_a_version() {
    nm -D --defined-only --with-symbol-versions "$libdir/libtov.so" |
        awk '$2 != "A" && $3 !~ /@@TOV_[0-9]+$/ { print $3 }' >"$work/unversioned"
    no_lines "$work/unversioned"
}

# The number that programs are compiled with is the one of the file that they load.
soname_is_the_headers() {
    number=$(sed -n 's/^#define TOV_SONAME_NUMBER //p' "$root$prefix/include/tov/export.h")
    readelf -d "$libdir/libtov.so" | grep -q "SONAME.*\[libtov\.so\.$number\]"
}

# What the archive makes visible is what the shared library does, so no inner name can be leaned on.
static_exports() {
    nm -D --defined-only "$libdir/libtov.so" | awk '$2 != "A" { print $3 }' | sed 's/@.*//' |
        sort >"$work/shared"
    nm --defined-only --extern-only "$libdir/libtov.a" | awk 'NF == 3 { print $3 }' |
        sort >"$work/static"
    diff "$work/shared" "$work/static"
}

flags() {
    PKG_CONFIG_SYSROOT_DIR=$root PKG_CONFIG_PATH=$libdir/pkgconfig PKG_CONFIG_ALLOW_SYSTEM_CFLAGS=1 \
        PKG_CONFIG_ALLOW_SYSTEM_LIBS=1 pkg-config "$@" tov
}

# The program of a source, built in one of three ways: build_shared SOURCE, ...
build_shared() {
    # shellcheck disable=SC2046 # flags are words
    $CC -std=c11 -Wall -Wextra -Werror "$1" -o "$work/shared_user" $(flags --cflags --libs)
}

build_static() {
    needs=$(sed -n 's/^Requires.private: *//p' "$libdir/pkgconfig/tov.pc")
    # shellcheck disable=SC2046,SC2086 # flags are words
    $CC -std=c11 -Wall -Wextra -Werror "$1" -o "$work/static_user" $(flags --cflags) \
        "$libdir/libtov.a" ${needs:+$(pkg-config --libs $needs)} -pthread
}

# Just as docs/libtov.md tells.
build_by_cmake() {
    mkdir -p "$work/project"
    cp "$1" "$work/project/my_system.c"
    sed -n '/^```cmake$/,/^```$/{/^```/!p;}' docs/libtov.md >"$work/project/CMakeLists.txt"
    "$CMAKE" -S "$work/project" -B "$work/project/b" -DCMAKE_C_COMPILER="$CC" \
        -DTov_DIR="$libdir/cmake/Tov" && "$CMAKE" --build "$work/project/b"
}

# Called without arguments an example tells its usage, exit code 2.
tells_usage() {
    code=0
    "$@" 2>"$work/usage" || code=$?
    [ "$code" -eq 2 ] && grep -q usage: "$work/usage"
}

look_at_examples() {
    check documents_are_installed test -s "$root$prefix/share/doc/tov/libtov.md"
    for source in "$root$prefix"/share/doc/tov/examples/*.c; do
        name=$(basename "$source" .c)
        check "${name}_is_installed" test -f "$source"
        check "${name}_builds_by_pkg_config" build_shared "$source"
        check "${name}_runs" tells_usage env LD_LIBRARY_PATH="$libdir" "$work/shared_user"
        check "${name}_builds_with_the_archive" build_static "$source"
        check "${name}_runs_without_the_shared_library" tells_usage "$work/static_user"
        check "${name}_builds_by_find_package" build_by_cmake "$source"
        check "${name}_runs_then_too" tells_usage env LD_LIBRARY_PATH="$libdir" \
            "$work/project/b/my_system"
    done
}

# Every page that leads to another leads to one that is there.
pages_lead_somewhere() {
    (cd "$root$prefix/share/man" && grep -rhs '^\.so ' . | sort -u | while read -r _ page; do
        test -s "$page" || echo "$page is not there"
    done) >"$work/lost"
    no_lines "$work/lost"
}

each_function_has_a_page() {
    declared | while read -r name; do
        test -s "$root$prefix/share/man/man3/$name.3" || echo "$name(3) is not there"
    done >"$work/lost"
    no_lines "$work/lost"
}

look_at_manuals() {
    for page in man1/tov-keys.1 man3/libtov.3 man3/tov_client.3 man5/tovd.conf.5 man8/tovd.8; do
        check "$(basename "$page")_is_installed" test -s "$root$prefix/share/man/$page"
    done
    check pages_lead_somewhere pages_lead_somewhere
    check each_function_has_a_page each_function_has_a_page
}

look_at_library() {
    check shared_library_is_hardened readelf -d "$libdir/libtov.so"
    check soname_is_the_number_of_the_headers soname_is_the_headers
    check shared_library_exports_only_its_interface shared_exports
    check exports_are_what_the_headers_declare exports_are_declared
    check exports_have_a_version exports_have_a_version
    check static_library_shows_the_same_names static_exports
    check a_program_builds_by_pkg_config build_shared "$here/consumer.c"
    check it_runs env LD_LIBRARY_PATH="$libdir" "$work/shared_user"
    check a_program_builds_with_the_archive build_static "$here/consumer.c"
    check it_runs_without_the_shared_library "$work/static_user"
    check a_program_builds_by_find_package build_by_cmake "$here/consumer.c"
    check that_runs_too env LD_LIBRARY_PATH="$libdir" "$work/project/b/my_system"
}

# `cmake --install --prefix`: another place than the one that the build was told.
elsewhere=$work/elsewhere
install_elsewhere() {
    "$CMAKE" --install "$build" --prefix "$elsewhere"
}
starts_what_is_elsewhere() {
    grep -q "^ExecStart=.*$elsewhere/sbin/tovd " "$elsewhere/lib/systemd/system/$1"
}
builds_elsewhere() {
    # shellcheck disable=SC2046 # flags are words
    $CC -std=c11 -Wall -Wextra -Werror "$here/consumer.c" -o "$work/elsewhere_user" \
        $(PKG_CONFIG_PATH=$elsewhere/$TOV_LIBDIR/pkgconfig pkg-config --cflags --libs tov)
}
look_elsewhere() {
    check installing_elsewhere_succeeds install_elsewhere
    for unit in tovd.service tov-gateway.service tov-backup.service; do
        check "${unit}_starts_the_program_elsewhere" starts_what_is_elsewhere "$unit"
    done
    [ "$TOV_HAS_LIBRARY" = yes ] || return 0
    check a_program_builds_with_what_is_elsewhere builds_elsewhere
    check that_runs env LD_LIBRARY_PATH="$elsewhere/$TOV_LIBDIR" "$work/elsewhere_user"
}

if [ "$TOV_PLAIN_BUILD" != yes ]; then
    echo "install: skipped, a build with sanitizers is not installed"
    exit 77
fi
check install_succeeds install_it
look_at_programs
look_at_units
look_elsewhere
if [ "$TOV_HAS_LIBRARY" = yes ]; then
    look_at_library
    look_at_manuals
    look_at_examples
fi
echo "install: $checks checks, $failed failed"
[ "$failed" -eq 0 ]
