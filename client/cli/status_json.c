/* SPDX-License-Identifier: EUPL-1.2 */
#include "cli/status_json.h"

#include <stddef.h>
#include <string.h>

#include "cli/lost.h"

enum kind {
    NUMBER,
    FLAG,
    MESSAGE, /* a message's number; null for none */
    TIME,    /* null for none */
    TEXT,
    NAME, /* a text; null for none */
    MADE  /* by the row's function */
};

/* A row for each member, in the order in which they stand: what is SIZE bytes at PLACE. */
struct member {
    const char *name;
    enum kind kind;
    size_t place, size;
    json_t *(*make)(const struct day *day);
};

#define PLACE(type, field) offsetof(type, field), sizeof(((type *)NULL)->field), NULL
#define NODE_AS(name, kind, field)                       \
    {                                                    \
        name, kind, PLACE(struct tov_node_status, field) \
    }
#define NODE(kind, field) NODE_AS(#field, kind, field)
#define PEER_AS(name, kind, field)                       \
    {                                                    \
        name, kind, PLACE(struct tov_peer_status, field) \
    }
#define PEER(kind, field) PEER_AS(#field, kind, field)
#define OF_DAY(name, function)     \
    {                              \
        name, MADE, 0, 0, function \
    }

/* Numbers are of 32 or 64 bits, flags int. */
static uint64_t number_at(const char *at, size_t size)
{
    uint64_t number = 0;
    uint32_t small = 0;
    if (size == sizeof number) {
        memcpy(&number, at, sizeof number);
        return number;
    }
    memcpy(&small, at, sizeof small);
    return small;
}

static json_t *number_json(const char *at, const struct member *member)
{
    uint64_t number = number_at(at, member->size);
    if (member->kind == TIME)
        return cli_json_time(number);
    if (member->kind == FLAG)
        return json_boolean(number != 0);
    return number == 0 && member->kind == MESSAGE ? json_null() : json_integer((json_int_t)number);
}

static json_t *text_json(const char *at, const struct member *member)
{
    const char *text;
    memcpy(&text, at, sizeof text);
    return text[0] == '\0' && member->kind == NAME ? json_null() : json_string(text);
}

static json_t *value_json(const struct member *member, const void *from, const struct day *day)
{
    const char *at = (const char *)from + member->place;
    switch (member->kind) {
    case NUMBER:
    case FLAG:
    case MESSAGE:
    case TIME:
        return number_json(at, member);
    case TEXT:
    case NAME:
        return text_json(at, member);
    case MADE:
        break;
    }
    return member->make(day);
}

/* DAY is for rows with a function. */
static json_t *object_of(const struct member *members, size_t count, const void *from,
                         const struct day *day)
{
    json_t *object = json_object();
    for (size_t i = 0; i < count; i++) {
        json_t *value = value_json(&members[i], from, day);
        if (json_object_set_new(object, members[i].name, value) != 0) {
            json_decref(object);
            return NULL;
        }
    }
    return object;
}

/* ---- what is of more than one value ---- */

static json_t *needs_person_json(const struct day *day)
{
    return json_boolean(day->needs_person);
}

static json_t *list_of(const char *const *texts, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        (void)json_array_append_new(list, json_string(texts[i]));
    return list;
}

static json_t *client_json(const struct day *day)
{
    const struct tov_identity *who = day->identity;
    return json_pack("{s:s, s:s, s:s, s:o, s:o}", "federation", who->federation, "agency",
                     who->agency, "client", who->client, "roles",
                     list_of(who->roles, who->role_count), "units",
                     list_of(who->units, who->unit_count));
}

static json_t *sizes_json(const struct day *day)
{
    static const struct member members[] = {
        NODE_AS("ledger", NUMBER, ledger_size),
        NODE_AS("signed", NUMBER, signed_size),
        NODE_AS("witnessed", NUMBER, witnessed_size),
        NODE_AS("journal", NUMBER, journal_size),
        NODE_AS("journal_signed", NUMBER, journal_signed_size),
    };
    return object_of(members, sizeof members / sizeof members[0], day->facts, day);
}

static json_t *peers_json(const struct day *day)
{
    static const struct member members[] = {
        PEER(NUMBER, agency),
        PEER(TEXT, name),
        PEER(FLAG, connected),
        PEER(FLAG, suspended),
        PEER(NUMBER, held),
        PEER(NUMBER, acknowledged),
        PEER(NUMBER, links_sent),
        PEER(NUMBER, links_receipted),
        PEER(NUMBER, faults),
        PEER_AS("last_heard_at", TIME, last_heard_ms),
        PEER(NUMBER, waiting),
        PEER(NUMBER, asked_again),
        PEER(MESSAGE, asked_again_oldest),
        PEER(NUMBER, keys_lost),
        PEER(NAME, keys_lost_oldest),
        PEER_AS("keys_lost_since", TIME, keys_lost_since_ms),
        PEER(FLAG, keys_lost_unknown),
        PEER(FLAG, closed),
        PEER(NAME, successor),
        PEER(NUMBER, keys_awaited),
        PEER_AS("keys_awaited_since", TIME, keys_awaited_since_ms),
    };
    json_t *peers = json_array();
    for (size_t i = 0; i < day->facts->peer_count; i++)
        (void)json_array_append_new(peers, object_of(members, sizeof members / sizeof members[0],
                                                     &day->facts->peers[i], day));
    return peers;
}

static json_t *cases_json(const struct day *day)
{
    return casecount_json(&day->cases);
}

static json_t *lost_of(const struct day *day)
{
    return lost_json(day->facts);
}

json_t *status_json(const struct day *day)
{
    static const struct member members[] = {
        NODE(TEXT, state),
        NODE(TEXT, sentence_da),
        NODE(TEXT, sentence_en),
        NODE(TEXT, version),
        OF_DAY("needs_person", needs_person_json),
        NODE(NUMBER, unread),
        NODE(NUMBER, undelivered),
        OF_DAY("client", client_json),
        OF_DAY("sizes", sizes_json),
        NODE(NUMBER, roster_version),
        NODE_AS("roster_until", TIME, roster_until_ms),
        NODE(NUMBER, disk_free_bytes),
        NODE_AS("now", TIME, now_ms),
        NODE(FLAG, demo_clock),
        NODE(NUMBER, epoch),
        OF_DAY("peers", peers_json),
        OF_DAY("cases", cases_json),
        NODE(NUMBER, unread_late),
        NODE(MESSAGE, unread_late_oldest),
        NODE(MESSAGE, undelivered_oldest),
        NODE(NUMBER, unrecorded),
        NODE(MESSAGE, unrecorded_oldest),
        NODE(FLAG, counting),
        NODE(NUMBER, withheld),
        NODE(MESSAGE, withheld_oldest),
        OF_DAY("lost", lost_of),
        NODE(NUMBER, unusable),
        NODE(MESSAGE, unusable_oldest),
        NODE(FLAG, more),
        NODE(NUMBER, no_unit),
        NODE(MESSAGE, no_unit_oldest),
        NODE(NUMBER, no_unit_sent),
        NODE(MESSAGE, no_unit_sent_oldest),
    };
    return object_of(members, sizeof members / sizeof members[0], day->facts, day);
}
