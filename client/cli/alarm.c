/* SPDX-License-Identifier: EUPL-1.2 */
#include "cli/alarm.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "cli/casework.h"
#include "cli/language.h"
#include "cli/words.h"
#include "telling/pattern.h"

#define TEXT_SIZE 320
#define LINES_MAX 2

/* ---- the kinds ---- */

enum whose { OF_NODE, OF_AGENCY, OF_ENDED_AGENCY };

/* What stands for "%s" in a sentence. */
enum value {
    NOTHING,
    COUNT,
    OLDEST, /* its number; not known to whoever sees no messages */
    AGENCY,
    SUCCESSOR, /* not known where there is none */
    UNREAD_LIMIT,
    URGENT_LIMIT,
    UNDELIVERED_LIMIT
};

struct sentence {
    const char *one;
    const char *many; /* NULL: the same */
    enum value values[PATTERN_PIECES_MAX];
    const char *unknown; /* instead, where the first value is not known; NULL: nothing */
};

/* Places of COUNT and OLDEST: in struct tov_peer_status, OF_NODE in tov_node_status; there stands
 * also who is told of them. */
struct kind {
    enum whose whose;
    size_t count;
    size_t oldest;
    struct sentence what;
    struct sentence what_if_ended; /* instead, where an agency has ended; .one NULL: the same */
    struct sentence to_do[LINES_MAX];
};

#define IN_NODE(name)                                                  \
    .whose = OF_NODE, .count = offsetof(struct tov_node_status, name), \
    .oldest = offsetof(struct tov_node_status, name##_oldest)
#define IN_PEER(name) offsetof(struct tov_peer_status, name)

#define SEE_IT NP_("See it: tov show %s", "The oldest: tov show %s")

/* In the order in which they are told. */
static const struct kind kinds[] = {
    {IN_NODE(unread_late),
     .what = {.one = NP_("%s message has been unread for over %s (urgent: %s).",
                         "%s messages have been unread for over %s (urgent: %s)."),
              .values = {COUNT, UNREAD_LIMIT, URGENT_LIMIT}},
     .to_do = {{.one = SEE_IT, .values = {OLDEST}}}},
    {IN_NODE(no_unit),
     .what = {.one = NP_(
                  "%s message is for a unit that the roster does not have any more. Nobody has "
                  "read it, and nobody can.",
                  "%s messages are for units that the roster does not have any more. Nobody has "
                  "read them, and nobody can."),
              .values = {COUNT}},
     .to_do = {{.one = N_("The next roster must have the unit again, or the sender retract the "
                          "message and send it to another unit.")},
               {.one = SEE_IT, .values = {OLDEST}}}},
    {IN_NODE(no_unit_sent),
     .what = {.one = NP_(
                  "%s message of a unit that the roster does not have any more does not reach all "
                  "of its recipients, or one of them cannot use it. No unit is told so.",
                  "%s messages of units that the roster does not have any more do not reach all "
                  "of their recipients, or one of them cannot use them. No unit is told so."),
              .values = {COUNT}},
     .to_do = {{.one = N_("The next roster must have the unit again, or another unit send anew "
                          "what they say.")},
               {.one = SEE_IT, .values = {OLDEST}}}},
    {IN_NODE(undelivered),
     .what = {.one = NP_("%s message cannot be read by a recipient, %s after it was sent.",
                         "%s messages cannot be read by a recipient, %s after they were sent."),
              .values = {COUNT, UNDELIVERED_LIMIT}},
     /* Of what an ended one can never read the time says nothing. */
     .what_if_ended =
         {.one = NP_("%s message cannot be read by a recipient: it has ended, or %s have passed.",
                     "%s messages cannot be read by a recipient: it has ended, or %s have passed."),
          .values = {COUNT, UNDELIVERED_LIMIT}},
     .to_do = {{.one = NP_("See it: tov trace %s", "The oldest: tov trace %s"),
                .values = {OLDEST},
                .unknown = N_("See what was sent: tov outbox")}}},
    /* Nobody else can: who takes over its duties has none of it. */
    {.whose = OF_ENDED_AGENCY,
     .count = IN_PEER(waiting),
     .what = {.one = NP_("%s has ended, and never reads %s message that was sent to it.",
                         "%s has ended, and never reads %s messages that were sent to it."),
              .values = {AGENCY, COUNT}},
     .to_do = {{.one = N_("%s took over its duties. Send each anew there: tov amend NUMBER --to "
                          "UNIT. Or take it back: tov retract NUMBER --to UNIT"),
                .values = {SUCCESSOR},
                .unknown = N_("Find out who took over its duties, and send each anew: tov amend "
                              "NUMBER --to UNIT. Or take it back: tov retract NUMBER --to UNIT")}}},
    /* Their receipts say so: not opened, refused, not understood. */
    {IN_NODE(unusable),
     .what = {.one = NP_("%s message has reached a recipient that cannot use it.",
                         "%s messages have reached a recipient that cannot use them."),
              .values = {COUNT}},
     .to_do = {{.one = NP_("See why: tov show %s", "The oldest: tov show %s"),
                .values = {OLDEST}}}},
    {IN_NODE(withheld),
     .what = {.one = NP_(
                  "%s message does not reach all of its recipients, since the node was set back to "
                  "an old copy. It has to be sent anew.",
                  "%s messages do not reach all of their recipients, since the node was set back "
                  "to an old copy. They have to be sent anew."),
              .values = {COUNT}},
     .to_do = {{.one = SEE_IT, .values = {OLDEST}}}},
    {.whose = OF_AGENCY,
     .count = IN_PEER(asked_again),
     .oldest = IN_PEER(asked_again_oldest),
     .what = {.one = NP_(
                  "%s was set back to an old copy, cannot read %s message that it had read, and "
                  "asks for its keys again.",
                  "%s was set back to an old copy, cannot read %s messages that it had read, and "
                  "asks for their keys again."),
              .values = {AGENCY, COUNT}},
     .to_do = {{.one = SEE_IT, .values = {OLDEST}}}},
};

#define KINDS (sizeof kinds / sizeof kinds[0])

/* ---- one of them ---- */

/* PEER is NULL of the node; COUNT 0: there is none. */
struct alarm {
    const struct tov_node_status *facts;
    const struct tov_peer_status *peer;
    uint64_t count;
    uint64_t oldest;
};

/* 0: the kind has none; the first member of both structs is no count. */
static uint64_t number_at(const void *facts, size_t place)
{
    uint64_t number = 0;
    if (place != 0)
        memcpy(&number, (const char *)facts + place, sizeof number);
    return number;
}

static struct alarm alarm_of(const struct kind *kind, const struct tov_node_status *facts,
                             const struct tov_peer_status *peer)
{
    const void *from = peer == NULL ? (const void *)facts : peer;
    struct alarm alarm = {facts, peer, 0, number_at(from, kind->oldest)};
    if (kind->whose != OF_ENDED_AGENCY || peer->closed)
        alarm.count = number_at(from, kind->count);
    return alarm;
}

/* PEER of the node's kinds is NULL, and comes once. */
static const struct tov_peer_status *peer_at(const struct kind *kind,
                                             const struct tov_node_status *facts, size_t index)
{
    return kind->whose == OF_NODE ? NULL : &facts->peers[index];
}

static size_t times_of(const struct kind *kind, const struct tov_node_status *facts)
{
    return kind->whose == OF_NODE ? 1 : facts->peer_count;
}

bool alarm_needs_person(const struct tov_node_status *facts)
{
    for (size_t i = 0; i < KINDS; i++) {
        for (size_t n = 0; n < times_of(&kinds[i], facts); n++) {
            if (alarm_of(&kinds[i], facts, peer_at(&kinds[i], facts, n)).count > 0)
                return true;
        }
    }
    return false;
}

/* ---- in words ---- */

static bool is_known(const struct alarm *alarm, enum value value)
{
    return (value != OLDEST || alarm->oldest != 0) &&
           (value != SUCCESSOR || alarm->peer->successor[0] != '\0');
}

/* Kept in ROOM, or borrowed. */
static struct pattern_piece value_of(const struct alarm *alarm, enum value value,
                                     char room[WORDS_TIME_SIZE])
{
    const char *text = room;
    room[0] = '\0';
    switch (value) {
    case NOTHING:
        break;
    case COUNT:
        (void)snprintf(room, WORDS_TIME_SIZE, "%" PRIu64, alarm->count);
        break;
    case OLDEST:
        (void)snprintf(room, WORDS_TIME_SIZE, "%" PRIu64, alarm->oldest);
        break;
    case AGENCY:
        text = alarm->peer->name;
        break;
    case SUCCESSOR:
        text = alarm->peer->successor;
        break;
    case UNREAD_LIMIT:
        words_duration(alarm->facts->unread_after_ms, room);
        break;
    case URGENT_LIMIT:
        words_duration(alarm->facts->unread_urgent_after_ms, room);
        break;
    case UNDELIVERED_LIMIT:
        words_duration(alarm->facts->undelivered_after_ms, room);
        break;
    }
    return (struct pattern_piece){text, strlen(text)};
}

/* "" when there is nothing to say. */
static const char *words_of(const struct alarm *alarm, const struct sentence *sentence)
{
    if (!is_known(alarm, sentence->values[0]))
        return sentence->unknown == NULL ? "" : _(sentence->unknown);
    if (sentence->one == NULL)
        return "";
    if (sentence->many == NULL)
        return _(sentence->one);
    return ngettext(sentence->one, sentence->many, (unsigned long)alarm->count);
}

static void say(const struct alarm *alarm, const struct sentence *sentence, char out[TEXT_SIZE])
{
    char rooms[PATTERN_PIECES_MAX][WORDS_TIME_SIZE];
    struct pattern_piece pieces[PATTERN_PIECES_MAX];
    for (size_t i = 0; i < PATTERN_PIECES_MAX; i++)
        pieces[i] = value_of(alarm, sentence->values[i], rooms[i]);
    pattern_fill(words_of(alarm, sentence), pieces, out, TEXT_SIZE);
}

void alarm_put(struct cli *cli, const char *what, const char *to_do)
{
    casework_colour(cli, true);
    cli_say_wrapped(cli, "! ", what);
    casework_colour_end(cli, true);
    if (to_do[0] != '\0')
        cli_say_wrapped(cli, "  ", to_do);
}

static bool is_any_ended(const struct tov_node_status *facts)
{
    for (size_t i = 0; i < facts->peer_count; i++) {
        if (facts->peers[i].closed)
            return true;
    }
    return false;
}

static void put(struct cli *cli, const struct kind *kind, const struct alarm *alarm)
{
    char text[TEXT_SIZE];
    bool is_other = kind->what_if_ended.one != NULL && is_any_ended(alarm->facts);
    say(alarm, is_other ? &kind->what_if_ended : &kind->what, text);
    alarm_put(cli, text, "");
    for (size_t i = 0; i < LINES_MAX; i++) {
        say(alarm, &kind->to_do[i], text);
        if (text[0] != '\0')
            cli_say_wrapped(cli, "  ", text);
    }
}

void alarm_put_each(struct cli *cli, const struct tov_node_status *facts)
{
    for (size_t i = 0; i < KINDS; i++) {
        for (size_t n = 0; n < times_of(&kinds[i], facts); n++) {
            struct alarm alarm = alarm_of(&kinds[i], facts, peer_at(&kinds[i], facts, n));
            if (alarm.count > 0)
                put(cli, &kinds[i], &alarm);
        }
    }
}
