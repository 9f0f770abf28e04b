/* SPDX-License-Identifier: EUPL-1.2 */
#include "cli/keyslost.h"

#include <stdio.h>
#include <string.h>

#include "cli/alarm.h"
#include "cli/language.h"
#include "cli/message.h"
#include "cli/words.h"
#include "telling/text.h"

#define ALARM_MS (UINT64_C(30) * 86400000u)
#define TEXT_SIZE 640

/* ---- the status ---- */

bool keyslost_needs_person(const struct tov_node_status *facts)
{
    for (size_t i = 0; i < facts->peer_count; i++) {
        uint64_t since_ms = facts->peers[i].keys_lost_since_ms;
        if (since_ms != 0 && facts->now_ms < since_ms + ALARM_MS)
            return true;
        if (facts->peers[i].keys_awaited_since_ms != 0)
            return true;
    }
    return false;
}

static void put_known(struct cli *cli, const struct tov_peer_status *peer)
{
    char what[TEXT_SIZE], to_do[TEXT_SIZE];
    unsigned long count = (unsigned long)peer->keys_lost;
    (void)snprintf(what, sizeof what,
                   ngettext("%lu message from %s that could be read here cannot be opened since "
                            "the node was set back to an old copy.",
                            "%lu messages from %s that could be read here cannot be opened since "
                            "the node was set back to an old copy.",
                            count),
                   count, peer->name);
    if (peer->keys_lost_oldest[0] == '\0')
        (void)snprintf(to_do, sizeof to_do,
                       _("Call %s: a person there must give the keys again (tov give-again)."),
                       peer->name);
    else
        (void)snprintf(to_do, sizeof to_do,
                       _("Call %s: a person there must give the keys again. Of the oldest: "
                         "tov give-again %s"),
                       peer->name, peer->keys_lost_oldest);
    alarm_put(cli, what, to_do);
}

static void put_unknown(struct cli *cli, const struct tov_peer_status *peer)
{
    char what[TEXT_SIZE], to_do[TEXT_SIZE];
    (void)snprintf(what, sizeof what,
                   peer->keys_lost == 0
                       ? _("There are messages from %s that could be read here and cannot be "
                           "opened since the node was set back to an old copy. For which unit they "
                           "are, nobody can see without their keys.")
                       : _("There are more such messages from %s. For which unit they are, nobody "
                           "can see without their keys."),
                   peer->name);
    (void)snprintf(to_do, sizeof to_do,
                   _("Call %s: a person there must give the keys again (tov give-again)."),
                   peer->name);
    alarm_put(cli, what, to_do);
}

/* Keys that never came: their sender's node sends them by itself, but to nobody twice; whether they
 * were sent to this agency before, as to a former generation of its ledger, is not known here. */
static void put_awaited(struct cli *cli, const struct tov_peer_status *peer)
{
    char what[TEXT_SIZE], to_do[TEXT_SIZE], since[WORDS_TIME_SIZE];
    unsigned long count = (unsigned long)peer->keys_awaited;
    words_time(peer->keys_awaited_since_ms, since);
    if (count == 0)
        (void)snprintf(what, sizeof what,
                       _("There are messages from %s that nobody can open, the oldest since %s: "
                         "their keys have not come. For which unit they are, nobody can see "
                         "without them."),
                       peer->name, since);
    else
        (void)snprintf(what, sizeof what,
                       ngettext("Nobody can open %lu message from %s, since %s: its key has not "
                                "come.",
                                "Nobody can open %lu messages from %s, the oldest since %s: their "
                                "keys have not come.",
                                count),
                       count, peer->name, since);
    (void)snprintf(to_do, sizeof to_do,
                   _("Call %s and ask whether its node runs: it sends the keys by itself, once. "
                     "Where it has, a person there must give them again (tov give-again)."),
                   peer->name);
    alarm_put(cli, what, to_do);
}

void keyslost_put(struct cli *cli, const struct tov_node_status *facts)
{
    for (size_t i = 0; i < facts->peer_count; i++) {
        if (facts->peers[i].keys_lost > 0)
            put_known(cli, &facts->peers[i]);
        if (facts->peers[i].keys_lost_unknown)
            put_unknown(cli, &facts->peers[i]);
        if (facts->peers[i].keys_awaited_since_ms != 0)
            put_awaited(cli, &facts->peers[i]);
    }
}

/* ---- lists ---- */

/* "krfo/1/9": what has no header does not name its agency. */
static void reference_of(struct cli *cli, const struct tov_message_view *view,
                         char out[MESSAGE_NAME_SIZE])
{
    const struct tov_message_ref *ref = &tov_message_view_facts(view)->ref;
    (void)snprintf(out, MESSAGE_NAME_SIZE, "%.80s/%u/%llu", message_agency_name(cli, ref->agency),
                   ref->generation, (unsigned long long)ref->index);
}

void keyslost_put_listed(struct cli *cli, const struct tov_listing *listing)
{
    size_t count = tov_listing_keys_lost_count(listing);
    if (count == 0)
        return;
    cli_say(cli, "\n");
    cli_say_wrapped(cli, "",
                    _("Wait for their keys, which a person at the sender must give again; `tov "
                      "status` says whom to call:"));
    for (size_t i = 0; i < count; i++) {
        char reference[MESSAGE_NAME_SIZE];
        const struct tov_message_view *view = tov_listing_keys_lost_at(listing, i);
        reference_of(cli, view, reference);
        cli_say(cli, "  %s  %s\n", reference, message_state(cli, view));
    }
}

json_t *keyslost_json(struct cli *cli, const struct tov_listing *listing)
{
    json_t *messages = json_array();
    for (size_t i = 0; i < tov_listing_keys_lost_count(listing); i++)
        (void)json_array_append_new(messages,
                                    cli_json_message(cli, tov_listing_keys_lost_at(listing, i)));
    return messages;
}

/* ---- one of them ---- */

const struct tov_message_view *keyslost_find(struct cli *cli, const struct tov_listing *listing,
                                             const char *text)
{
    for (size_t i = 0; i < tov_listing_keys_lost_count(listing); i++) {
        char reference[MESSAGE_NAME_SIZE];
        const struct tov_message_view *view = tov_listing_keys_lost_at(listing, i);
        reference_of(cli, view, reference);
        if (strcmp(text, reference) == 0)
            return view;
    }
    return NULL;
}

void keyslost_show(struct cli *cli, const struct tov_message_view *view)
{
    char reference[MESSAGE_NAME_SIZE], text[TEXT_SIZE];
    const char *agency = message_agency_name(cli, tov_message_view_facts(view)->ref.agency);
    reference_of(cli, view, reference);
    cli_say(cli, "%s\n", reference);
    (void)snprintf(text, sizeof text,
                   _("It could be read here, and cannot be opened since the node was set back to "
                     "an old copy. Call %s: a person there must give its keys again: "
                     "tov give-again %s"),
                   agency, reference);
    text_put_padded(&cli->page, _("State:"), 14);
    text_put_wrapped(&cli->page, text, &(struct text_frame){14, 14, cli->columns});
}
