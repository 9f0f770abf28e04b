/* SPDX-License-Identifier: EUPL-1.2 */
#include <tov/node.h>

#include <stdio.h>
#include <stdlib.h>

#include "lib/connection.h"

struct tov_status {
    struct lib_memory memory;
    struct tov_node_status facts;
};
TOV_DEFINE_CLEANUP(status, struct tov_status, tov_status_destroy)

#define REFERENCE_SIZE 128

/* "krfo/1/9"; NULL: no memory. */
static const char *read_reference(struct tov_status *status, struct tov_record item,
                                  const char *agency)
{
    char text[REFERENCE_SIZE] = "";
    struct tov_record ref;
    if (tov_record_child(item, "keys_lost_oldest", 0, &ref))
        (void)snprintf(text, sizeof text, "%.80s/%u/%llu", agency,
                       (unsigned)tov_record_number(ref, "generation"),
                       (unsigned long long)tov_record_number(ref, "index"));
    return lib_memory_text(&status->memory, tov_bytes_of_text(text));
}

static enum tov_err read_peer(struct tov_status *status, struct tov_record item,
                              struct tov_peer_status *out_peer)
{
    *out_peer = (struct tov_peer_status){
        .agency = (uint32_t)tov_record_number(item, "agency"),
        .name = lib_memory_text(&status->memory, tov_record_bytes(item, "name")),
        .connected = tov_record_number(item, "connected") != 0,
        .held = tov_record_number(item, "held"),
        .acknowledged = tov_record_number(item, "acknowledged"),
        .links_sent = tov_record_number(item, "links_sent"),
        .links_receipted = tov_record_number(item, "links_receipted"),
        .suspended = tov_record_number(item, "suspended") != 0,
        .faults = tov_record_number(item, "faults"),
        .last_heard_ms = tov_record_number(item, "last_heard_ms"),
        .waiting = tov_record_number(item, "waiting"),
        .asked_again = tov_record_number(item, "asked_again"),
        .asked_again_oldest = tov_record_number(item, "asked_again_oldest"),
        .keys_lost = tov_record_number(item, "keys_lost"),
        .keys_lost_since_ms = tov_record_number(item, "keys_lost_since_ms"),
        .keys_lost_unknown = tov_record_number(item, "keys_lost_unknown") != 0,
        .closed = tov_record_number(item, "closed") != 0,
        .keys_awaited = tov_record_number(item, "keys_awaited"),
        .keys_awaited_since_ms = tov_record_number(item, "keys_awaited_since_ms"),
    };
    if (out_peer->name == NULL)
        return TOV_E_NOMEM;
    out_peer->keys_lost_oldest = read_reference(status, item, out_peer->name);
    out_peer->successor = lib_memory_text(&status->memory, tov_record_bytes(item, "successor"));
    return out_peer->keys_lost_oldest == NULL || out_peer->successor == NULL ? TOV_E_NOMEM : TOV_OK;
}

static enum tov_err read_peers(struct tov_status *status, struct tov_record body)
{
    size_t count = tov_record_count(body, "peers");
    struct tov_peer_status *peers = lib_memory_take(&status->memory, (count + 1) * sizeof *peers);
    if (peers == NULL)
        return TOV_E_NOMEM;
    for (size_t i = 0; i < count; i++) {
        struct tov_record item;
        if (!tov_record_child(body, "peers", i, &item))
            return TOV_E_MALFORMED;
        TOV_TRY(read_peer(status, item, &peers[i]));
    }
    status->facts.peers = peers;
    status->facts.peer_count = count;
    return TOV_OK;
}

static enum tov_err read_status(struct tov_status *status, struct tov_record body)
{
    struct lib_memory *memory = &status->memory;
    status->facts = (struct tov_node_status){
        .state = lib_memory_text(memory, tov_record_bytes(body, "state")),
        .sentence_da = lib_memory_text(memory, tov_record_bytes(body, "sentence_da")),
        .sentence_en = lib_memory_text(memory, tov_record_bytes(body, "sentence_en")),
        .version = lib_memory_text(memory, tov_record_bytes(body, "version")),
        .ledger_size = tov_record_number(body, "size"),
        .signed_size = tov_record_number(body, "signed_size"),
        .witnessed_size = tov_record_number(body, "witnessed_size"),
        .journal_size = tov_record_number(body, "journal_size"),
        .journal_signed_size = tov_record_number(body, "journal_signed_size"),
        .roster_version = (uint32_t)tov_record_number(body, "roster_version"),
        .roster_until_ms = tov_record_number(body, "roster_until_ms"),
        .disk_free_bytes = tov_record_number(body, "disk_free_bytes"),
        .now_ms = tov_record_number(body, "now_ms"),
        .demo_clock = tov_record_number(body, "demo_clock") != 0,
        .unread = tov_record_number(body, "unread"),
        .undelivered = tov_record_number(body, "undelivered"),
        .epoch = (uint32_t)tov_record_number(body, "epoch"),
        .unread_late = tov_record_number(body, "unread_late"),
        .unread_late_oldest = tov_record_number(body, "unread_late_oldest"),
        .undelivered_oldest = tov_record_number(body, "undelivered_oldest"),
        .unrecorded = tov_record_number(body, "unrecorded"),
        .unrecorded_oldest = tov_record_number(body, "unrecorded_oldest"),
        .counting = tov_record_number(body, "counting") != 0,
        .undelivered_after_ms = tov_record_number(body, "undelivered_after_ms"),
        .unread_after_ms = tov_record_number(body, "unread_after_ms"),
        .unread_urgent_after_ms = tov_record_number(body, "unread_urgent_after_ms"),
        .withheld = tov_record_number(body, "withheld"),
        .withheld_oldest = tov_record_number(body, "withheld_oldest"),
        .lost = tov_record_number(body, "lost"),
        .lost_from_ms = tov_record_number(body, "lost_from_ms"),
        .lost_until_ms = tov_record_number(body, "lost_until_ms"),
        .unusable = tov_record_number(body, "unusable"),
        .unusable_oldest = tov_record_number(body, "unusable_oldest"),
        .more = tov_record_number(body, "more") != 0,
        .no_unit = tov_record_number(body, "no_unit"),
        .no_unit_oldest = tov_record_number(body, "no_unit_oldest"),
        .no_unit_sent = tov_record_number(body, "no_unit_sent"),
        .no_unit_sent_oldest = tov_record_number(body, "no_unit_sent_oldest"),
    };
    if (status->facts.state == NULL || status->facts.sentence_da == NULL ||
        status->facts.sentence_en == NULL || status->facts.version == NULL)
        return TOV_E_NOMEM;
    return read_peers(status, body);
}

enum tov_err tov_status_get(struct tov_client *client, struct tov_status **out_status,
                            struct tov_error *error)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record request = {0};
    TOV_CLEANUP(call_end) struct call call = {.state = CALL_NONE};
    TOV_CLEANUP(status_cleanup) struct tov_status *status = NULL;
    struct tov_record body;
    TOV_TRY(request_create("status", &request, &body));
    struct call_order order = {client, request, "status"};
    TOV_TRY(call_do(&call, &order, &body, error));
    status = calloc(1, sizeof *status);
    enum tov_err err = status == NULL ? TOV_E_NOMEM : read_status(status, body);
    if (err != TOV_OK)
        return tov_fail(error, err, "the node's status cannot be read");
    *out_status = TOV_TAKE(status);
    return TOV_OK;
}

const struct tov_node_status *tov_status_facts(const struct tov_status *status)
{
    return &status->facts;
}

void tov_status_destroy(struct tov_status *status)
{
    if (status == NULL)
        return;
    lib_memory_fini(&status->memory);
    free(status);
}
