#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# self_test.sh: each lint test finds the fault that is planted for it, and nothing in clean code.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

fresh_tree() {
    rm -rf "$work/tree"
    mkdir -p "$work/tree/proto/base" "$work/tree/proto/wire" "$work/tree/include/tov"
    cd "$work/tree"
    cp "$here/../../.clang-format" .
    echo tov >include/tov/.may_include
    echo tov >proto/base/.may_include
    printf 'tov\nbase\n' >proto/wire/.may_include
    printf '%s\n' '/* SPDX-License-Identifier: EUPL-1.2 */' '#ifndef A_H' '#define A_H' \
        '#include <stdint.h>' 'int tov_a(uint32_t x, int y);' '#endif' >proto/base/a.h
    printf '%s\n' '/* SPDX-License-Identifier: EUPL-1.2 */' '#include "base/a.h"' '' \
        'int tov_a(uint32_t x, int y)' '{' '    return y + (x > 0);' '}' >proto/base/a.c
    printf '%s\n' '/* SPDX-License-Identifier: EUPL-1.2 */' '#ifndef T_H' '#define T_H' \
        'enum tov_t { TOV_T = 0 };' '#endif' >include/tov/t.h
    : >outliers
    TOV_LINT_OUTLIERS=$work/tree/outliers
    export TOV_LINT_OUTLIERS
}

# finds LINT WANTED: the lint test fails and says WANTED. passes LINT: it does not.
finds() {
    if text=$("$here/$1.sh" "$work/tree" 2>&1); then
        echo "FAILED: $1 did not find: $2"
        failed=$((failed + 1))
    elif ! printf '%s\n' "$text" | grep -qF -e "$2"; then
        echo "FAILED: $1 does not say: $2"
        printf '%s\n' "$text"
        failed=$((failed + 1))
    fi
}
passes() {
    if ! text=$("$here/$1.sh" "$work/tree" 2>&1); then
        echo "FAILED: $1 complains about clean code"
        printf '%s\n' "$text"
        failed=$((failed + 1))
    fi
}

for lint in layers sizes headers format words; do
    fresh_tree
    passes "$lint"
done

fresh_tree
echo '#include "wire/b.h"' >>proto/base/a.c
finds layers 'proto/base/.may_include does not name wire'
fresh_tree
echo '#include <lmdb.h>' >>proto/base/a.c
finds layers 'lmdb.h has its home in: daemon/core/store'
fresh_tree
echo '#include <curl/curl.h>' >>proto/base/a.c
finds layers 'give it a home'
fresh_tree
echo '#include <unistd.h>' >>proto/base/a.c
finds layers 'unistd.h has its home in: daemon'
fresh_tree
echo '#include "../wire/b.h"' >>proto/base/a.c
finds layers 'without ..'
fresh_tree
rm proto/base/.may_include
finds layers 'proto/base: no .may_include'

fresh_tree
{ printf 'int tov_long(void)\n{\n' && yes '    tov_a(1, 2);' | head -n 61 && printf '}\n'; } >>proto/base/a.c
finds sizes 'function proto/base/a.c:tov_long: 61, too large'
echo 'function proto/base/a.c:tov_long 61' >outliers
passes sizes
echo 'function proto/base/a.c:tov_long 60' >outliers
finds sizes 'grew from 60 to 61'
echo 'function proto/base/a.c:tov_long 90' >outliers
finds sizes 'shrank to 61'
fresh_tree
echo 'function proto/base/a.c:gone 90' >outliers
finds sizes 'not an outlier any more'
fresh_tree
printf 'static int *many(int a, int b, void (*c)(int, int), int d,\n                 int e, int f)\n{\n}\n' \
    >>proto/base/a.c
finds sizes 'parameters proto/base/a.c:many: 6, too large'
fresh_tree
yes '/* a line */' | head -n 701 >>proto/base/a.c
finds sizes 'file proto/base/a.c: 708, too large'

fresh_tree
printf '#ifndef B_H\n#define B_H\nsize_t tov_b(void);\n#endif\n' >proto/wire/b.h
finds headers 'proto/wire/b.h: not alone'
fresh_tree
printf '#ifndef U_H\n#define U_H\nstruct tov_u { int class; };\n#endif\n' >include/tov/u.h
finds headers 'include/tov/u.h: not alone: c++'
fresh_tree
printf 'struct tov_twice { int a; };\n' >proto/wire/b.h
finds headers 'proto/wire/b.h: not alone'

fresh_tree
echo 'int   tov_wide;' >>proto/base/a.c
finds format 'proto/base/a.c:8: not formatted'

fresh_tree
echo 'static void f(char *a) { strcpy(a, "b"); }' >>proto/base/a.c
finds words 'proto/base/a.c:8: strcpy: copies without a limit'
fresh_tree
echo '/* FIXME */' >>proto/base/a.c
finds words 'proto/base/a.c:8: FIXME'
fresh_tree
echo 'int tov_x;' >proto/base/b.c
finds words 'proto/base/b.c: no SPDX'

fresh_tree
echo 'int tov_y; ' >>proto/base/a.c
finds words 'proto/base/a.c:8: blank at the end'

# What documents.sh and manuals.sh compare: the real files, and then one of them changed.
real_documents() {
    fresh_tree
    cd "$here/../.."
    for file in docs/libtov.md docs/exit-codes.md client/examples/*.c client/lib/*.h \
        client/lib/libtov.map proto/base/limits.h daemon/core/api/api_internal.h \
        daemon/config/config*.c systemd/tovd.conf.example \
        systemd/gateway.conf.example include/tov/*.h man/*.[1-8]; do
        mkdir -p "$work/tree/$(dirname "$file")"
        cp "$file" "$work/tree/$file"
    done
    cd "$work/tree"
}
# change FILE SED: so that something is not true any more.
change() {
    sed -i "$2" "$work/tree/$1"
}

real_documents
passes documents
change client/examples/follow.c 's/watch.deliveries = 1/watch.deliveries = 2/'
finds documents 'this piece of C stands in no program'
real_documents
change include/tov/error.h 's/a rule of the catalogue/a law of nature/'
finds documents 'the table of errors lacks, or says otherwise: TOV_E_RULE 11'
real_documents
change docs/libtov.md '/^| `TOV_E_EPOCH`/d'
finds documents 'TOV_E_EPOCH 27'
real_documents
change proto/base/limits.h 's/TOV_RECIPIENTS_MAX 32u/TOV_RECIPIENTS_MAX 64u/'
finds documents 'TOV_RECIPIENTS_MAX is 64'

real_documents
passes manuals
change man/tovd.8 's/^\.Sh SIGNALS/.Sh SIGNALS\n.Xy/'
finds manuals 'man/tovd.8:'
real_documents
change client/lib/libtov.map 's/^    tov_free;/    tov_free;\n    tov_new;/'
finds manuals 'man/libtov.3 does not have: tov_new'
real_documents
change daemon/config/config.c 's/{"limits", "batch-bytes"/{"limits", "batch-size"/'
finds manuals 'man/tovd.conf.5 does not have: limits batch-size'
finds manuals 'man/tovd.conf.5 has what is not so: limits batch-bytes'
finds manuals 'systemd/tovd.conf.example does not have: limits batch-size'
real_documents
change docs/exit-codes.md 's/^| 20 | the clock cannot be right/| 21 | the clock is wrong/'
finds manuals 'man/tovd.8 does not have: 21 the clock is wrong'

fresh_tree
mkdir -p daemon/core/api client/cli
printf '%s\n' 'int f(void) { return tov_fail(&call->error, TOV_E_BUSY, "over %zu of them " "wait", n); }' \
    'static const char *w = API_TOLD("try again");' >daemon/core/api/a.c
printf '%s\n' 'const char *const refusals[] = {N_("over %s of them wait"), N_("try again"), NULL};' \
    >client/cli/refusals.c
passes refusals
echo 'int g(void) { return tov_fail(&call->error, TOV_E_RULE, "not so"); }' >>daemon/core/api/a.c
finds refusals 'client/cli/refusals.c lacks what the node says: not so'
: >daemon/core/api/a.c
finds refusals 'client/cli/refusals.c has what nobody says: try again'

fresh_tree
mkdir docs
: >docs/there.md
printf '%s\n' '[a](docs/there.md#place), [b](https://example.org/x.md), docs/there.md' '' \
    '    [code](gone.md)' >README.md
printf '%s\n' '[up](../README.md) [beside](there.md)' >docs/other.md
passes links
echo '[c](docs/gone.md)' >>README.md
finds links 'README.md:4: docs/gone.md is not there'
fresh_tree
mkdir docs
echo 'More: docs/gone.md.' >docs/other.md
finds links 'docs/other.md:1: docs/gone.md is not there'

fresh_tree
mkdir docs tests
printf '%s\n' '## Promises' '| I1 | it holds | `it_holds` |' '## What the node does' >docs/security.md
echo 'UNIT_TEST(it_holds),' >tests/it.c
passes promises
: >tests/it.c
finds promises 'there is no test it_holds'
sed -i '/I1/d' docs/security.md
finds promises 'no test is named'

echo "self_test: $failed findings"
[ "$failed" -eq 0 ]
