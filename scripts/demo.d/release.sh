# SPDX-License-Identifier: EUPL-1.2
# shellcheck shell=bash
# scripts/demo release: a whole course of events, from admission to the closing of the case, on its own
# dates, from the tables of tests/scenarios. Not for: how it is played (play/). Sourced by
# scripts/demo.

# The people beside those of clerk.sh: one of each unit that the story names.
people_of_the_story='
faengsel    krfo     faengsel    handleplansansvarlig,sagsbehandler  faengsel
kif         krfo     kif         tilsynsfoerende,sagsbehandler       kif,faengsel
jku         kk       jku         sagsbehandler                       jku
ydelse      kk       ydelse      sagsbehandler                       ydelse
folkereg    kk       folkereg    sagsbehandler                       folkereg
'

# Another kommune, to which branch d releases.
add_aarhus() {
    agencies+=' aarhus'
    recipe=$dir/recipe
    cat keys/infohus-demo.recipe scripts/demo.d/aarhus.recipe >"$recipe"
    people+=$'aarhus      aarhus   caseworker\nrevisor-aarhus      aarhus   auditor\n'
}

# play_story NAME BRANCH
play_story() {
    local agency began=$SECONDS
    people+=$people_of_the_story
    [ "$2" != d ] || add_aarhus
    make_federation
    for agency in $agencies; do
        write_config "$agency"
        printf '\n[demo]\nclock = on\nclock-file = %s/clock\n' "$dir" >>"$dir/nodes/$agency/tovd.conf"
    done
    step "Hændelsesforløbet, række for række${2:+ (gren $2)}"
    say 'Efter hver række sammenlignes, hvad hver enhed ser, med den ventede tabel.'
    if ! python3 -B scripts/demo.d/play/play.py "$dir" "$bin" "$1" "$2"; then
        give_up 'Forløbet gik ikke, som det skulle.' "$log"
    fi
    seen "Alle så det, de skulle, og ikke mere. Det tog $((SECONDS - began)) sekunder"
}
