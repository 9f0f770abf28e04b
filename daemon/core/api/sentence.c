/* SPDX-License-Identifier: EUPL-1.2
 *
 * What is the matter with the node, and what to do, in one sentence for whoever asks: the first of
 * what is so, the worst one first, and what is this node's own before what others tell or do.
 * `tov status` is not 0 while there is one.
 * Not for: what waits for a client's units (desk.c, status.c).
 */
#include "api/api_internal.h"
#include "api/desk.h"

#include "case/danish_time.h"

#include <stdio.h>
#include <string.h>

static enum tov_err put(struct tov_record out, const char *danish, const char *english)
{
    TOV_TRY(tov_record_put_text(out, "sentence_da", danish));
    return tov_record_put_text(out, "sentence_en", english);
}

/* ---- the store ---- */

/* Until the next start: what a snapshot said wrongly was shown, or might have been. */
static enum tov_err put_book_sentence(struct tov_record out)
{
    return put(out,
               "Nodens kopi af sagsbogen afveg fra hovedbogen og er lavet om ud fra den. Se loggen "
               "(book-differs), og kontrollér serverens disk og hukommelse.",
               "The node's copy of its case book differed from the ledger and was made again from "
               "it. See the log (book-differs), and check the server's disk and memory.");
}

static enum tov_err put_damage_sentence(struct tov_record out)
{
    return put(
        out,
        "Nodens database er beskadiget: mindst én besked kan ikke læses og mangler måske i "
        "sin sag. Se loggen (book-row-damaged), og kontrollér serverens disk.",
        "The node's store is damaged: at least one message cannot be read and may be missing "
        "from its case. See the log (book-row-damaged), and check the server's disk.");
}

static enum tov_err put_attachment_sentence(struct tov_record out)
{
    return put(
        out,
        "Serverens disk ændrer det, der gemmes: mindst én modtaget fil er beskadiget, hver "
        "gang den hentes, og hentes ikke mere. Se loggen (attachment-damaged), og "
        "kontrollér disken. Når noden er startet igen, hentes filen på ny.",
        "The server's disk changes what is stored: at least one file that came in is damaged "
        "each time it is fetched, and is not fetched any more. See the log "
        "(attachment-damaged), and check the disk. Once the node is started again, the file "
        "is fetched anew.");
}

/* "12 og 15", "12, 15 og 3 til" */
static void name_numbers(const struct api_aside *aside, bool is_danish, struct tov_buf *out)
{
    uint64_t named = aside->count < API_ASIDE_NAMED ? aside->count : API_ASIDE_NAMED;
    const char *last = is_danish ? " og " : " and ";
    for (uint64_t i = 0; i < named; i++) {
        const char *joint = i + 1 == aside->count ? last : ", ";
        tov_buf_put_format(out, "%s%llu", i == 0 ? "" : joint,
                           (unsigned long long)aside->numbers[i]);
    }
    if (aside->count > named)
        tov_buf_put_format(out, "%s%llu %s", last, (unsigned long long)(aside->count - named),
                           is_danish ? "til" : "more");
    tov_buf_put_u8(out, 0);
}

/* When it turned out that they stay, of several by that of the last. */
struct aside_time {
    char da[TOV_DANISH_TIME_SIZE + 16], en[TOV_DANISH_TIME_SIZE + 16];
};

static void format_aside_time(const struct api_aside *aside, struct aside_time *out)
{
    char at[TOV_DANISH_TIME_SIZE];
    tov_danish_time_format(aside->last_ms, at);
    (void)snprintf(out->da, sizeof out->da, "%s%s", at, aside->has_older ? " eller tidligere" : "");
    (void)snprintf(out->en, sizeof out->en, "%s%s", at, aside->has_older ? " or earlier" : "");
}

/* Casework cannot read the log: its own messages are named to it. */
static enum tov_err put_own_aside(const struct api_aside *aside, const struct aside_time *at,
                                  struct tov_record out)
{
    char danish[512], english[512];
    uint8_t da_room[128], en_room[128];
    struct tov_buf da = {.data = da_room, .capacity = sizeof da_room, .limit = sizeof da_room};
    struct tov_buf en = {.data = en_room, .capacity = sizeof en_room, .limit = sizeof en_room};
    bool is_one = aside->count == 1;
    name_numbers(aside, true, &da);
    name_numbers(aside, false, &en);
    (void)snprintf(danish, sizeof danish,
                   "%s nr. %s kunne ikke skrives igen %s, efter at noden blev sat tilbage til en "
                   "gammel kopi: ingen "
                   "har fået %s. Send %s på ny som %s, og kontakt driften for at høre hvorfor.%s",
                   is_one ? "Jeres besked" : "Jeres beskeder", (const char *)da_room, at->da,
                   is_one ? "den" : "dem", is_one ? "den" : "dem",
                   is_one ? "en ny besked" : "nye beskeder",
                   aside->has_unknown ? " Der kan være flere: se i tov outbox." : "");
    (void)snprintf(
        english, sizeof english,
        "Your %s no. %s could not be written again at %s, after the node was set back to an "
        "old copy: nobody has %s. Send %s anew as %s, and call the operator to learn why.%s",
        is_one ? "message" : "messages", (const char *)en_room, at->en, is_one ? "it" : "them",
        is_one ? "it" : "them", is_one ? "a new message" : "new messages",
        aside->has_unknown ? " There may be more: see tov outbox." : "");
    return put(out, danish, english);
}

static enum tov_err put_unknown_aside(const struct aside_time *at, struct tov_record out)
{
    char danish[512], english[512];
    (void)snprintf(
        danish, sizeof danish,
        "Beskeder, som noden tog imod, mens dens database var en gammel kopi, kunne ikke "
        "skrives igen %s: ingen har fået dem, og noden kan ikke se, hvem der skrev dem. Se i "
        "tov outbox, om jeres beskeder fra før da er der, og send dem på ny, der mangler. "
        "Kontakt driften, som kan se numrene.",
        at->da);
    (void)snprintf(english, sizeof english,
                   "Messages that the node took while its store was an old copy could not be "
                   "written again at %s: nobody has them, and the node cannot see who wrote them. "
                   "See in tov outbox whether your messages from before that are there, and send "
                   "anew those that are missing. Call the operator, who can see their numbers.",
                   at->en);
    return put(out, danish, english);
}

/* To who runs or checks the node. */
static enum tov_err put_all_aside(const struct api_aside *aside, const struct aside_time *at,
                                  struct tov_record out)
{
    char danish[512], english[512];
    unsigned long long count = aside->count;
    (void)snprintf(danish, sizeof danish,
                   "Noden tog imod beskeder, mens dens database var en gammel kopi, og kunne ikke "
                   "skrive dem igen %s: ingen har fået dem (antal: %llu). Enhederne, der skrev "
                   "dem, får numrene at vide i tov status og skal sende dem på ny. Loggen nævner "
                   "numrene og hvorfor (message-stays-aside).",
                   at->da, count);
    (void)snprintf(english, sizeof english,
                   "The node took messages while its store was an old copy, and could not write "
                   "them again at %s: nobody has them (%llu). The units that wrote them are told "
                   "their numbers by tov status, and must send them anew. The log has the numbers, "
                   "and why (message-stays-aside).",
                   at->en, count);
    return put(out, danish, english);
}

static enum tov_err put_aside_sentence(const struct api_look *look, const struct api_aside *aside,
                                       struct tov_record out)
{
    struct aside_time at = {.da = "", .en = ""};
    format_aside_time(aside, &at);
    if (!tov_access_may(look->client, TOV_DEED_CONTENT))
        return put_all_aside(aside, &at, out);
    return aside->count > 0 ? put_own_aside(aside, &at, out) : put_unknown_aside(&at, out);
}

/* What cannot be read takes the rest of the status from nobody. */
static bool is_left_aside(const struct api_look *look, struct api_aside *out)
{
    return tov_api_aside_of(look, out) == TOV_OK && (out->count > 0 || out->has_unknown);
}

static enum tov_err put_full_sentence(struct tov_record out)
{
    return put(out,
               "Serverens disk er næsten fuld. Noden tager ikke imod nye beskeder. Kontakt "
               "driften.",
               "The server's disk is nearly full. The node takes no new messages. Call the "
               "operator.");
}

static enum tov_err put_no_room_sentence(struct tov_record out)
{
    return put(out,
               "Serverens disk er fuld. Noden tager ikke imod noget, og indhold kan ikke vises, "
               "fordi det skal noteres først. Den går selv videre, når der er plads. Kontakt "
               "driften.",
               "The server's disk is full. The node takes nothing, and no content can be shown, "
               "since that must be noted first. It goes on by itself once there is room. Call the "
               "operator.");
}

static enum tov_err put_clock_sentence(struct tov_record out)
{
    return put(
        out,
        "Serverens ur er bagefter nodens egne poster: det går bagud nu, eller det var foran, "
        "da den seneste blev skrevet. Nye beskeder får samme tidspunkt som den seneste "
        "post, og frister vises forkert. Kontakt driften.",
        "The server's clock is behind the node's own entries: it is slow now, or was fast "
        "when the newest was written. New messages bear the last entry's time, and "
        "deadlines are shown wrongly. Call the operator.");
}

/* ---- the others ---- */

static enum tov_err put_gateway_sentence(uint64_t gone_ms, struct tov_record out)
{
    char since[TOV_DANISH_TIME_SIZE], danish[512], english[512];
    tov_danish_time_format(gone_ms, since);
    (void)snprintf(danish, sizeof danish,
                   "Ingen gateway er forbundet med noden siden %s: beskeder bliver hverken sendt "
                   "eller modtaget. De venter og leveres, når gatewayen er der igen. Kontakt "
                   "driften.",
                   since);
    (void)snprintf(english, sizeof english,
                   "No gateway has been connected to the node since %s: messages are neither sent "
                   "nor received. They wait, and are delivered once the gateway is there again. "
                   "Call the operator.",
                   since);
    return put(out, danish, english);
}

/* The agency's name, and how many others; NULL: nobody's day is full. */
static const char *whose_day_is_full(const struct tov_api *api, size_t *out_others)
{
    const char *name = NULL;
    *out_others = 0;
    for (size_t i = 0; i < tov_follow_peer_count(api->follow); i++) {
        struct tov_peer_view peer;
        tov_follow_peer_view(api->follow, i, &peer);
        if (!peer.day_is_full)
            continue;
        if (name != NULL)
            *out_others += 1;
        else
            name = tov_roster_agency(api->core->roster, peer.agency)->name;
    }
    return name;
}

static enum tov_err put_day_sentence(const char *name, size_t others, struct tov_record out)
{
    char text[512], more[64] = "";
    if (others > 0)
        (void)snprintf(more, sizeof more, " og %zu %s", others,
                       others == 1 ? "anden myndighed" : "andre myndigheder");
    (void)snprintf(text, sizeof text,
                   "%s%s har sendt mere, end noden tager imod på et døgn. Resten venter hos "
                   "afsenderen og kommer af sig selv; intet er gået tabt. Er det ventet, kan "
                   "driften sætte peer-day-mib op.",
                   name, more);
    TOV_TRY(tov_record_put_text(out, "sentence_da", text));
    if (others > 0)
        (void)snprintf(more, sizeof more, " and %zu other %s", others,
                       others == 1 ? "agency" : "agencies");
    (void)snprintf(text, sizeof text,
                   "%s%s %s sent more than this node takes in a day. The rest waits at the sender "
                   "and comes by itself; nothing is lost. If that is expected, the operator can "
                   "raise peer-day-mib.",
                   name, more, others > 0 ? "have" : "has");
    return tov_record_put_text(out, "sentence_en", text);
}

/* For weeks perhaps, until the roster has another key: the last of all, to hide none of them. */
static enum tov_err put_witness_sentence(struct tov_record out)
{
    return put(
        out,
        "Nodens vidnetilstand (witness.state) er gået tabt: noden medunderskriver ikke andre "
        "myndigheders hovedbøger. Alt andet kører. Kontakt driften: vidnet skal have en ny "
        "nøgle i deltagerlisten.",
        "The node's witness state (witness.state) is lost: it cosigns no other agency's "
        "ledger. All else goes on. Call the operator: the witness needs a new key in the "
        "roster.");
}

/* ---- the first of them ---- */

/* The state says that others are waited for; without a gateway they cannot be heard. */
static bool waits_for_others(const struct tov_api_state *state)
{
    return strcmp(state->name, "recovering") == 0 ||
           (strcmp(state->name, "starting") == 0 && state->may_write);
}

/* Whose files do not come, however often they are asked for; 0: nobody's. */
static size_t count_in_vain(const struct tov_api *api, const char **out_name)
{
    for (size_t i = 0; i < tov_follow_peer_count(api->follow); i++) {
        struct tov_peer_view peer;
        tov_follow_peer_view(api->follow, i, &peer);
        if (peer.in_vain == 0)
            continue;
        *out_name = tov_roster_agency(api->core->roster, peer.agency)->name;
        return peer.in_vain;
    }
    return 0;
}

static enum tov_err put_vain_sentence(const char *name, size_t count, struct tov_record out)
{
    char danish[512], english[512];
    (void)snprintf(danish, sizeof danish,
                   "%s sender ikke %s, som noden har bedt om flere gange: filen er måske gået tabt "
                   "dér ved en gendannelse. Noden spørger igen med stadig længere mellemrum. Bed "
                   "%s om at se i sin log (chunk-not-served).",
                   name, count == 1 ? "et bilag" : "nogle bilag", name);
    (void)snprintf(english, sizeof english,
                   "%s does not send %s that this node has asked for several times: a restore "
                   "there may have lost the file. It is asked again, later each time. Ask %s to "
                   "look into its log (chunk-not-served).",
                   name, count == 1 ? "an attachment" : "some attachments", name);
    return put(out, danish, english);
}

/* The newest roster that another agency has in force and this node has not; 0: none. */
static uint32_t missing_roster(const struct tov_api *api, const char **out_name)
{
    uint32_t newest = 0;
    for (size_t i = 0; i < tov_follow_peer_count(api->follow); i++) {
        struct tov_peer_view peer;
        tov_follow_peer_view(api->follow, i, &peer);
        if (peer.roster_version <= newest ||
            peer.roster_version <= tov_roster_version(api->core->roster))
            continue;
        newest = peer.roster_version;
        *out_name = tov_roster_agency(api->core->roster, peer.agency)->name;
    }
    return newest;
}

static enum tov_err put_roster_sentence(const struct tov_api *api, uint32_t version,
                                        const char *name, struct tov_record out)
{
    char danish[512], english[512];
    unsigned theirs = version, own = tov_roster_version(api->core->roster);
    (void)snprintf(danish, sizeof danish,
                   "%s bruger deltagerliste %u, som denne node ikke har (den har %u). Beskeder, "
                   "der er skrevet efter den, kan ikke bruges her endnu. Kontakt driften: "
                   "deltagerliste %u skal tages i brug, og noden genstartes.",
                   name, theirs, own, theirs);
    (void)snprintf(english, sizeof english,
                   "%s uses roster %u, which this node does not have (it has %u). Messages that "
                   "are written by it cannot be used here yet. Call the operator: roster %u has to "
                   "be put in force, and the node restarted.",
                   name, theirs, own, theirs);
    return put(out, danish, english);
}

static enum tov_err put_unread_sentence(const struct tov_api *api, struct tov_record out)
{
    char danish[512], english[512];
    const struct tov_agency *agency =
        tov_roster_agency(api->core->roster, tov_desk_unread_most(api->desk));
    const char *name = agency == NULL ? "?" : agency->name;
    (void)snprintf(danish, sizeof danish,
                   "Der ligger flere ulæste beskeder, end noden kan holde styr på. De fleste er "
                   "fra %s. En ny besked kan ligge ulæst, uden at det vises her. Læs de beskeder, "
                   "der ligger, og spørg %s, hvorfor der er så mange.",
                   name, name);
    (void)snprintf(english, sizeof english,
                   "More messages are unread than the node can keep count of. Most are from %s. "
                   "A new message may lie unread without being shown here. Read those that lie "
                   "there, and ask %s why there are so many.",
                   name, name);
    return put(out, danish, english);
}

/* What another agency tells of itself, or does: one that tells what is not so hides nothing of what
 * this node knows by itself. */
static enum tov_err put_sentence_of_others(const struct tov_api *api, struct tov_record out)
{
    size_t others;
    const char *name = whose_day_is_full(api, &others);
    const char *newer = NULL;
    uint32_t roster = missing_roster(api, &newer);
    if (roster != 0)
        return put_roster_sentence(api, roster, newer, out);
    if (name != NULL)
        return put_day_sentence(name, others, out);
    size_t in_vain = count_in_vain(api, &name);
    if (in_vain > 0)
        return put_vain_sentence(name, in_vain, out);
    return api->witness_is_lost ? put_witness_sentence(out) : put(out, "", "");
}

static enum tov_err put_lesser_sentence(const struct api_look *look, struct tov_record out)
{
    const struct tov_api *api = look->api;
    struct api_aside aside;
    if (tov_book_damages(api->book) > 0)
        return put_damage_sentence(out);
    if (tov_desk_unread_most(api->desk) != 0)
        return put_unread_sentence(api, out);
    if (api->gateway_gone_ms != 0)
        return put_gateway_sentence(api->gateway_gone_ms, out);
    if (tov_follow_gave_up(api->follow) > 0)
        return put_attachment_sentence(out);
    if (tov_book_differences(api->book) > 0)
        return put_book_sentence(out);
    if (is_left_aside(look, &aside))
        return put_aside_sentence(look, &aside, out);
    return put_sentence_of_others(api, out);
}

enum tov_err tov_api_put_sentence(const struct api_look *look, struct tov_record out)
{
    const struct tov_api *api = look->api;
    const struct tov_api_state *state = &api->state;
    if (api->core->waits_for_room)
        return put_no_room_sentence(out);
    if (api->gateway_gone_ms != 0 && waits_for_others(state))
        return put_gateway_sentence(api->gateway_gone_ms, out);
    if (state->sentence_en[0] != '\0')
        return put(out, state->sentence_da, state->sentence_en);
    if (!tov_core_has_room(api->core, 0))
        return put_full_sentence(out);
    if (tov_core_clock_is_behind(api->core))
        return put_clock_sentence(out);
    return put_lesser_sentence(look, out);
}
