/* SPDX-License-Identifier: EUPL-1.2 */
#include "cli_front_desk.h"

#include "cli_front_cases.h"

#include <stdio.h>
#include <string.h>

#define HOUR_MS 3600000u
#define RECORDED_MS 1625486460000u
#define ERASABLE_MS 1628028000000u /* 04-08-2021 */
#define SEARCH 3u

void cli_front_put_desk(const struct cli_front *node, struct tov_record status)
{
    put_number(status, "unread_late", node->late);
    put_number(status, "unread_late_oldest", node->late > 0 ? CLI_FRONT_CAME : 0);
    put_number(status, "undelivered", node->undelivered);
    put_number(status, "undelivered_oldest", node->undelivered > 0 ? CLI_FRONT_SENT : 0);
    put_number(status, "withheld", node->withheld);
    put_number(status, "withheld_oldest", node->withheld > 0 ? CLI_FRONT_SENT : 0);
    put_number(status, "unusable", node->unusable);
    put_number(status, "unusable_oldest", node->unusable > 0 ? CLI_FRONT_SENT : 0);
    put_number(status, "lost", node->lost);
    put_number(status, "lost_from_ms", node->lost_until_ms == 0 ? 0 : 1625483100000u);
    put_number(status, "lost_until_ms", node->lost_until_ms);
    put_number(status, "unrecorded", node->unrecorded);
    put_number(status, "unrecorded_oldest", node->unrecorded > 0 ? CLI_FRONT_SENT : 0);
    put_number(status, "counting", node->counting);
    put_number(status, "more", node->more);
    put_number(status, "no_unit", node->no_unit);
    put_number(status, "no_unit_oldest", node->no_unit_oldest);
    put_number(status, "no_unit_sent", node->no_unit_sent);
    put_number(status, "no_unit_sent_oldest", node->no_unit_sent_oldest);
    put_number(status, "undelivered_after_ms", 4 * HOUR_MS);
    put_number(status, "unread_after_ms", 4 * HOUR_MS);
    put_number(status, "unread_urgent_after_ms", 2 * HOUR_MS);
}

void cli_front_put_recorded(const struct cli_front *node, struct tov_record summary,
                            uint64_t number)
{
    if (number != CLI_FRONT_CAME || node->record[0] == '\0')
        return;
    put_number(summary, "recorded_ms", RECORDED_MS);
    put_number(summary, "erasable_ms", ERASABLE_MS);
}

void cli_front_put_record(const struct cli_front *node, struct tov_record get, uint64_t number)
{
    struct tov_record record;
    if (number != CLI_FRONT_CAME || node->record[0] == '\0')
        return;
    UNIT_NEED(tov_record_open(get, "record", &record) == TOV_OK);
    put_text(record, "record", node->record);
    put_text(record, "by", "mette");
    put_number(record, "at_ms", RECORDED_MS);
}

#define LOST 9u /* its place in the ledger of the police */

void cli_front_put_keys_lost(const struct cli_front *node, struct tov_record peer)
{
    bool is_any = node->keys_lost > 0 || node->keys_lost_unknown;
    put_number(peer, "keys_lost", node->keys_lost);
    put_number(peer, "keys_lost_unknown", node->keys_lost_unknown);
    put_number(peer, "keys_awaited", node->keys_awaited);
    put_number(peer, "keys_awaited_since_ms", node->keys_awaited_ms);
    put_number(peer, "keys_lost_since_ms",
               is_any ? 1625486400000u - node->keys_lost_days * 24 * HOUR_MS : 0);
    if (node->keys_lost > 0)
        put_ref(peer, "keys_lost_oldest", LOST);
}

void cli_front_put_closed(const struct cli_front *node, struct tov_record status)
{
    struct tov_record peer;
    if (node->never_read == 0)
        return;
    UNIT_NEED(tov_record_open(status, "peers", &peer) == TOV_OK);
    put_number(peer, "agency", 3);
    put_text(peer, "name", "krfo");
    put_number(peer, "waiting", node->never_read);
    put_number(peer, "closed", 1);
    if (node->successor != NULL)
        put_text(peer, "successor", node->successor);
}

void cli_front_put_listed_keys_lost(const struct cli_front *node, struct tov_record list)
{
    struct tov_record summary;
    if (node->keys_lost == 0)
        return;
    UNIT_NEED(tov_record_open(list, "keys_lost", &summary) == TOV_OK);
    put_ref(summary, "ref", LOST);
    put_number(summary, "verdict", 3);
    put_number(summary, "keys_lost", 1);
}

static void copy_text(struct tov_record body, const char *name, char *out, size_t size)
{
    struct tov_bytes text = tov_record_bytes(body, name);
    (void)snprintf(out, size, "%.*s", (int)text.size, (const char *)text.data);
}

void cli_front_answer_record(struct fake_front *front, struct cli_front *node,
                             struct tov_record body)
{
    struct tov_record answer;
    char record[sizeof node->record];
    bool replaces = tov_record_number(body, "replace") != 0;
    copy_text(body, "record", record, sizeof record);
    bool is_same = strcmp(record, node->record) == 0;
    if (node->record[0] != '\0' && !is_same && !replaces) {
        front_send_error(front, TOV_E_EXISTS, "under another number already");
        return;
    }
    struct tov_record reply = front_reply(front_request_id(front), "record", &answer);
    put_number(answer, "number", tov_record_number(body, "number"));
    put_number(answer, "repeated", is_same);
    put_number(answer, "recorded_ms", RECORDED_MS);
    put_number(answer, "erasable_ms", ERASABLE_MS);
    memcpy(node->record, record, sizeof record);
    front_send(front, &reply);
}

void cli_front_answer_again(struct fake_front *front, struct cli_front *node,
                            struct tov_record body)
{
    struct tov_record answer;
    bool refuses = tov_record_number(body, "refuse") != 0;
    struct tov_bytes agency = tov_record_bytes(body, "agency");
    if (agency.size > 0 && !tov_bytes_equal(agency, tov_bytes_of_text("kbh-pol"))) {
        front_send_error(front, TOV_E_RULE, "no such recipient has lost its keys");
        return;
    }
    copy_text(body, "reason", node->reason, sizeof node->reason);
    node->again = refuses ? TOV_AGAIN_DENIED : TOV_AGAIN_GRANTED;
    struct tov_record reply = front_reply(front_request_id(front), "give_again", &answer);
    put_number(answer, "number", tov_record_number(body, "number"));
    put_text(answer, "agency_name", "kbh-pol");
    put_number(answer, "again", node->again);
    front_send(front, &reply);
}

/* Two pieces: number 7 stands in the first, number 5 in the second. */
void cli_front_answer_find(struct fake_front *front, struct cli_front *node, struct tov_record body)
{
    struct tov_record answer, summary;
    uint64_t before = tov_record_number(body, "before");
    struct tov_record reply = front_reply(front_request_id(front), "find", &answer);
    put_number(answer, "search", SEARCH);
    if (tov_record_number(body, "search") == 0) {
        copy_text(body, "name", node->searched, sizeof node->searched);
        copy_text(body, "reason", node->reason, sizeof node->reason);
    } else if (node->finds_nobody) {
        put_number(answer, "not_read", node->not_read);
    } else {
        UNIT_NEED(tov_record_open(answer, "messages", &summary) == TOV_OK);
        cli_front_put_summary(node, summary, before == 0 ? CLI_FRONT_CAME : CLI_FRONT_SENT);
        put_number(answer, "next_before", before == 0 ? CLI_FRONT_CAME : 0);
        put_number(answer, "looked_at", 1);
    }
    front_send(front, &reply);
}
