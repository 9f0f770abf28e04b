# SPDX-License-Identifier: EUPL-1.2
# shellcheck shell=bash
# The people of the demo and what they do with tov: profiles, commands, waiting for what the node
# says. Not for: nodes (nodes.sh). Sourced by scripts/demo, which sets dir, bin and base_port.

# PROFILE AGENCY CLIENT ROLES UNITS; the first three people and the auditors come with the keys.
people='
krfo        krfo     caseworker
politi      kbh-pol  caseworker
vink        kk       caseworker
eki         kk       eki         sagsbehandler                 eki
mentor      kk       mentor      mentor,sagsbehandler          mentor
coach       kk       coach       paaroerendecoach,sagsbehandler coach
revisor-kk       kk       auditor
revisor-kbh-pol  kbh-pol  auditor
revisor-krfo     krfo     auditor
'

# hire_people: keys and registrations of those who have roles above, and everybody's profile.
hire_people() {
    local profile agency client roles units key
    mkdir -p "$dir/people/tov"
    while read -r profile agency client roles units; do
        [ -n "$profile" ] || continue
        key=$dir/clients/$agency/$client.key
        if [ -n "$roles" ]; then
            "$bin/tov-keys" client-new --federation infohus-demo --agency "$agency" \
                --name "$client" --kind person --plain --out "$key"
            "$bin/tov-keys" client-add --registry "$dir/nodes/$agency/clients" \
                --roster "$dir/roster" --roles "$roles" --units "$units" "$key.pub"
        fi
        cat >>"$dir/people/tov/config" <<END
[$profile]
node = $(front_of "$agency")
key = $key
server-key = $dir/clients/$agency/front.pub
language = da

END
    done <<<"$people"
}

# as PROFILE COMMAND...: tov as that person, in Danish.
as() {
    local profile=$1
    shift
    XDG_CONFIG_HOME="$dir/people" XDG_STATE_HOME="$dir/people/$profile" \
        XDG_DATA_HOME="$dir/people/$profile" PAGER=cat \
        "$bin/tov" "$@" --profile "$profile" 2>>"$log"
}

# quoted WORD: as a person would have to type it.
quoted() {
    case $1 in
    *[!A-Za-z0-9_./:=+,@-]*) printf "'%s'" "$1" ;;
    *) printf '%s' "$1" ;;
    esac
}

# type_out PROFILE COMMAND...: the command as it would be typed, an option a line when it is long.
type_out() {
    local profile=$1 line='tov' width word
    shift
    for word in "$@"; do
        case $word in
        --*) [ ${#line} -lt 30 ] || line+=" \\"$'\n''        ' ;;
        esac
        line+=" $(quoted "$word")"
    done
    width=$(wc -L <<<"$line")
    [ "$width" -lt 78 ] || line=${line//' --profile'/$' \\\n         --profile'}
    printf '    %s$ %s --profile %s%s\n' "$dim" "$line" "$profile" "$plain"
}

# does PROFILE COMMAND...: the same as `as`, shown as a person would type it, with its answer.
does() {
    local profile=$1 output
    type_out "$@"
    shift
    output=$(as "$profile" "$@") || give_up "tov $1 som $profile gik ikke." "$log"
    show <<<"$output"
}

# wrote PROFILE COMMAND...: does, for a command that writes a message; sets `number` to its number.
wrote() {
    local profile=$1 output
    type_out "$@"
    shift
    output=$(as "$profile" "$@" --yes) || give_up "tov $1 som $profile gik ikke." "$log"
    show <<<"$output"
    number=$(sed -n 's/.*[Nn]r\. \([0-9]*\).*/\1/p' <<<"$output" | head -n 1)
    [ -n "$number" ] || give_up "tov $1 som $profile nævnte intet nummer." "$log"
}

