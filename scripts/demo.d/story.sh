# SPDX-License-Identifier: EUPL-1.2
# shellcheck shell=bash
# What happens in the demo, in order. Persons are invented (their numbers can belong to nobody).
# Not for: how (nodes.sh, clerk.sh). Sourced by scripts/demo.

BESLAG=RPL115-2/1-3a
BYTES_OF_PDF=12000000
CHUNK_BYTES=131104

play() {
    local began=$SECONDS
    make_federation
    start_nodes
    report_admission
    send_notice
    answer_notice
    decide_and_ask
    refer_while_one_is_away
    kill_while_it_receives
    answer_referral
    show_case
    show_evidence
    export_and_verify
    where_next "$began"
}

make_federation() {
    local roster
    step 'Nøgler og deltagerliste'
    say "${agencies// /, }: hver med egne nøgler; deltagerlisten underskrives med 2 af 3 rodnøgler."
    find_ports
    if ! "$bin/tov-keys" demo-federation --base-port "$base_port" --recipe "$recipe" "$dir" >>"$log" 2>&1; then
        give_up 'Nøglerne kunne ikke laves.' "$log"
    fi
    hire_people >>"$log" 2>&1 || give_up 'Medarbejderne kunne ikke oprettes.' "$log"
    roster=$("$bin/tov-keys" roster-check --roots "$dir/roots" "$dir/roster" 2>>"$log") ||
        give_up 'Deltagerlisten er ikke underskrevet, som den skal være.' "$log"
    seen "Deltagerlisten er kontrolleret: ${roster##*: }" # the end of its line: federation, version
}

start_nodes() {
    local agency
    step 'Tre noder'
    for agency in $agencies; do
        write_config "$agency"
        node_start "$agency"
    done
    await_serving krfo
    await_serving kbh-pol
    await_serving kk
    seen "kk, kbh-pol og krfo kører (tcp-port $base_port til $((base_port + 5)))"
    does krfo status
}

# serves PROFILE_OR_AGENCY: the node signs what it writes.
serves() {
    local profile=$1
    case $1 in
    kk) profile=vink ;;
    kbh-pol) profile=politi ;;
    esac
    { as "$profile" --json status || true; } | tr -d '\n ' | grep -q '"state":"serving"'
}

# await SECONDS WHAT COMMAND...: until COMMAND is true; WHAT is told when it never is.
await() {
    local until=$((SECONDS + $1)) what=$2
    shift 2
    until "$@"; do
        [ $SECONDS -le $until ] || give_up "$what skete ikke." "$log"
        read -r -t 0.1 <> <(:) || true
    done
}

serves_or_ended() {
    serves "$1" || ! node_pid "$1" >/dev/null
}

# await_serving AGENCY: until its node signs; a node that has ended is told with its own words.
await_serving() {
    await 60 "At noden $1 kom i gang," serves_or_ended "$1"
    serves "$1" && return
    grep -E '^tovd: |level=error' "$(node_log "$1")" | tail -n 2 | show
    give_up "Noden $1 standsede." "$(node_log "$1")"
}

person() {
    printf '%s\n' --set 'subject.name=Magnus Prøvesen' \
        --set subject.number_kind=erstatningspersonnummer --set subject.number=720493-0151
}

now() {
    TZ=Europe/Copenhagen date '+%d-%m-%Y %H.%M'
}

# A transition begins with it; the release desk is told of the detention, and of no case.
report_admission() {
    step 'Kriminalforsorgen melder en indsættelse'
    mapfile -t who < <(person)
    wrote krfo send prison.admission --about frihedsberøvelse \
        --to 'kk/eki=Planlægger løsladelsen for kommunen' \
        --set legal_bases=BEK-HPL --set purpose=loesladelse \
        --set 'necessity=Kommunen skal kunne forberede løsladelsen.' \
        --set "occurred_at=$(now)" "${who[@]}" \
        --set kind=afsoning --set regime=aaben \
        --set "admitted=$(TZ=Europe/Copenhagen date '+%d-%m-%Y')" --set 'institution=Testby Fængsel'
    admission=$number
    reach krfo "$admission" received
}

send_notice() {
    local release
    release=$(TZ=Europe/Copenhagen date -d '14 days 10:00' '+%d-%m-%Y %H.%M')
    step 'Kriminalforsorgen varsler en løsladelse'
    mapfile -t who < <(person)
    wrote krfo send prison.release_final --about "$admission" --about sag \
        --to 'kk/vink=Modtager borgeren ved løsladelsen' \
        --to 'kbh-pol/dks=Deltager i Infohus om overgangen' \
        --set legal_bases=$BESLAG --set purpose=forebyggelse \
        --set 'necessity=Parterne skal kende dagen for at kunne møde borgeren.' \
        --set "occurred_at=$(now)" "${who[@]}" \
        --set "release_at=$release" --set 'place=Hovedporten, Prøvevej 1, 9999 Testby' \
        --set 'travel=Hentes i bil af sin mentor' --set 'met_by=Mentor fra kommunen'
    notice=$number
    reach krfo "$notice" signed
    reach krfo "$notice" received
}

# reach PROFILE NUMBER LEVEL
reach() {
    as "$1" wait "$2" "$3" --timeout 60 >/dev/null || give_up "Besked $2 nåede ikke så langt: $3." "$log"
    case $3 in
    signed) seen "Nr. $2 er skrevet og underskrevet" ;;
    received) seen "Nr. $2 er modtaget: kvitteringen er selv en post i modtagerens hovedbog" ;;
    witnessed) seen "Nr. $2 er bevidnet af de andre myndigheder" ;;
    read) seen "Nr. $2 er læst: en medarbejder har taget den til behandling" ;;
    esac
}

# newest PROFILE TYPE: the number of the newest message of that type.
newest() {
    as "$1" --json list | tr -d '\n' | sed 's/"number":/\n&/g' |
        sed -n "s/^\"number\": *\([0-9]*\),.*\"type\": *\"$2\".*/\1/p" | head -n 1
}

answer_notice() {
    step 'Kommunen og politiet læser varslet'
    does vink inbox
    does vink read "$(newest vink prison.release_final)"
    as politi read "$(newest politi prison.release_final)" >/dev/null ||
        give_up 'Politiet kunne ikke læse varslet.' "$log"
    reach krfo "$notice" read
}

# A node refuses a referral for which its own decision and the citizen's consent are not there.
decide_and_ask() {
    step 'Egen beslutning og borgerens samtykke'
    mapfile -t who < <(person)
    wrote krfo send case.own_decision --about "$notice" \
        --to 'kk/vink=Følger overgangen som tovholder' \
        --to 'kbh-pol/dks=Deltager i Infohus om overgangen' \
        --set legal_bases=$BESLAG --set purpose=forebyggelse \
        --set 'necessity=Parterne skal vide, hvad Kriminalforsorgen har besluttet.' \
        --set "occurred_at=$(now)" "${who[@]}" \
        --set answer=accepteret --set measures=mentor \
        --set 'decision=En mentor kan begynde før løsladelsen.' \
        --set 'measure_basis=straffuldbyrdelsesloven § 31'
    wrote krfo send consent.given --about "$notice" \
        --to 'kk/mentor=Skal vurdere et mentorforløb' \
        --set legal_bases=SAMTYKKE --set purpose=forebyggelse \
        --set 'necessity=Mentoren skal vide, hvad borgeren har sagt ja til.' \
        --set "occurred_at=$(now)" "${who[@]}" \
        --set scope=mentor --set person=borger --set consent_form=skriftligt \
        --set given_by=personen_selv --set 'who=Magnus Prøvesen' --set "given_on=$(TZ=Europe/Copenhagen date '+%d-%m-%Y')"
    reach krfo "$number" received
}

refer_while_one_is_away() {
    step 'En henvisning, mens kommunens node er standset'
    local words
    text_of_referral >"$dir/henvisning.txt"
    words=$(wc -w <"$dir/henvisning.txt")
    pdf_write "$dir/handleplan.pdf" "$BYTES_OF_PDF" < <(head -n 40 "$dir/henvisning.txt")
    node_stop kk
    seen 'kk er standset'
    mapfile -t who < <(person)
    wrote krfo send intervention.refer --about "$notice" --about forløb \
        --to 'kk/mentor=Skal vurdere et mentorforløb' \
        --set legal_bases=SAMTYKKE --set purpose=forebyggelse \
        --set 'necessity=Mentoren skal kende planen for at kunne begynde ved løsladelsen.' \
        --set "occurred_at=$(now)" "${who[@]}" \
        --set categories=tro_og_politik --set measure=mentor --set consent_status=skriftligt \
        --set 'participant.name=Magnus Prøvesen' --set focus=netvaerk --set focus=job \
        --set 'goal=En fast aftale om ugen i det første halve år.' \
        --set 'safety=Ingen kendte forhold.' --set 'contact.name=H. Plan' \
        --file "free_text=$dir/henvisning.txt" --attach "$dir/handleplan.pdf"
    referral=$number
    reach krfo "$referral" signed
    say "Den har hele handleplanen som tekst ($words ord) og en PDF på $((BYTES_OF_PDF / 1000000)) MB med sig."
    does krfo outbox --limit 2
    node_start kk
    reach krfo "$referral" received
    seen 'kk fik den, da noden var oppe igen; ingen skulle sende igen'
}

# arrived AGENCY: chunks of the attachment that its node holds in files.
arrived() {
    local size
    size=$(stat -c %s "$dir/nodes/$1/data/blobs/"* 2>/dev/null | sort -n | tail -n 1)
    echo $((${size:-0} / CHUNK_BYTES))
}

# The killer is there before anything is sent: the attachment arrives while tov still ends.
kill_while_it_receives() {
    local chunk total=$((BYTES_OF_PDF / CHUNK_BYTES + 1)) killer
    step 'Politiets node dræbes midt i et bilag'
    mapfile -t who < <(person)
    node_kill_midway kbh-pol &
    killer=$!
    wrote krfo send prison.release_date --about "$notice" \
        --to 'kbh-pol/dks=Planlægger med de andre parter' \
        --set legal_bases=$BESLAG --set purpose=forebyggelse \
        --set 'necessity=Politiet skal kende vilkårene for at kunne planlægge.' \
        --set "occurred_at=$(now)" "${who[@]}" \
        --set version=1 --set "date=$(TZ=Europe/Copenhagen date -d '14 days' '+%d-%m-%Y')" --set kind=proeve_2_3 \
        --attach "$dir/handleplan.pdf"
    local date_message=$number
    wait "$killer" || give_up 'Politiets node kunne ikke dræbes.' "$log"
    chunk=$(arrived kbh-pol)
    if [ "$chunk" -lt "$total" ]; then
        seen "kbh-pol fik kill -9 efter stykke $chunk af $total"
    else
        seen 'kbh-pol fik kill -9, lige da bilaget var kommet'
    fi
    node_start kbh-pol
    reach krfo "$date_message" received
    await 60 'At bilaget nåede helt frem,' has_attachment
    does politi attachment get "$(newest politi prison.release_date)" 2 --out "$dir/politiets-kopi.pdf"
    cmp -s "$dir/handleplan.pdf" "$dir/politiets-kopi.pdf" || give_up 'Bilaget er ikke det samme.' "$log"
    seen 'Resten kom af sig selv, og filen er den samme byte for byte'
}

has_attachment() {
    as politi --json show "$(newest politi prison.release_date)" | tr -d '\n ' | grep -q '"complete":true'
}

has_answer() {
    [ -n "$(newest krfo intervention.accept)" ]
}

answer_referral() {
    step 'Mentorkorpset svarer'
    local here
    here=$(newest mentor intervention.refer)
    does mentor inbox
    as mentor read "$here" >/dev/null || give_up 'Mentoren kunne ikke læse henvisningen.' "$log"
    wrote mentor reply "$here" intervention.accept --set legal_bases=SAMTYKKE \
        --set "occurred_at=$(now)" \
        --set "expected_start=$(TZ=Europe/Copenhagen date -d '14 days' '+%d-%m-%Y')" --set 'contact.name=E. Kontakt'
    reach krfo "$referral" read
    await 30 'At svaret kom frem,' has_answer
    does krfo show "$(newest krfo intervention.accept)"
}

show_case() {
    step 'Sagen, som Kriminalforsorgen ser den'
    does krfo case "$notice"
}

show_evidence() {
    step 'Beviset for én besked'
    does krfo trace "$notice"
}

export_and_verify() {
    local agency
    step 'Alle tre hovedbøger trækkes ud og kontrolleres'
    for agency in $agencies; do
        as "revisor-$agency" export "$dir/exports/$agency" >>"$log" 2>&1 ||
            give_up "Udtrækket fra $agency kunne ikke laves." "$log"
    done
    printf '    %s$ tov-audit verify --roots roots exports/kk exports/kbh-pol exports/krfo%s\n' "$dim" "$plain"
    if ! LANGUAGE=da LC_ALL=C.UTF-8 "$bin/tov-audit" verify --roots "$dir/roots" "$dir"/exports/kk \
        "$dir"/exports/kbh-pol "$dir"/exports/krfo >"$dir/revision.txt" 2>>"$log"; then
        show <"$dir/revision.txt"
        give_up 'Hovedbøgerne stemmer ikke.' "$dir/revision.txt"
    fi
    show <"$dir/revision.txt"
    seen 'Alt stemmer'
}

where_next() {
    step 'Hvad nu?'
    say "Det tog $((SECONDS - $1)) sekunder. Alt ligger i $dir"
    if [ "$keep" = yes ]; then
        cat <<END
    Noderne kører. Vær for eksempel kommunens tovholder:

      export XDG_CONFIG_HOME=$dir/people
      $bin/tov --profile vink
      $bin/tov send msg.note --profile vink

    Stop dem: scripts/demo --stop --out $dir
END
    else
        say 'Leg selv med noderne: scripts/demo --keep'
    fi
    say 'Læs videre: README.md, docs/architecture.md, docs/cli.md'
}
