/* SPDX-License-Identifier: EUPL-1.2 */
#include "cli_front_cases.h"

#include "case/task.h"

#include <string.h>

#define KK 1u
#define POLICE 2u
#define DAY_MS 86400000ull
#define NOW_MS 1625486400000ull /* Monday 05-07-2021 at 14.00 in Denmark */

static const uint8_t sag[16] = {0x5a, 0x67};
static const uint8_t episode[16] = {0xe9};

/* ---- things ---- */

struct thing {
    const uint8_t *ref;
    uint64_t machine; /* of message.proto */
    const char *state;
    uint64_t responsible, offered;
};

static void put_things(const struct cli_front *node, struct tov_record out)
{
    const struct thing things[] = {
        {sag, 2, "afdaekning", 0, 0},
        {sag, 9, "tilbudt", KK, POLICE},
        {episode, 7, "planlagt", 0, 0},
    };
    for (size_t i = 0; i < sizeof things / sizeof things[0]; i++) {
        struct tov_record thing;
        bool has_flags = node->flags && things[i].machine == 7;
        UNIT_NEED(tov_record_open(out, "things", &thing) == TOV_OK);
        put_number(thing, "machine", things[i].machine);
        put_bytes(thing, "thing_ref", (struct tov_bytes){things[i].ref, 16});
        put_text(thing, "state", things[i].state);
        put_number(thing, "since_ms", NOW_MS - 30 * DAY_MS);
        put_number(thing, "responsible", things[i].responsible);
        put_number(thing, "offered", things[i].offered);
        put_number(thing, "incomplete", has_flags);
        put_number(thing, "conflict", has_flags);
        put_number(thing, "unready", has_flags);
        put_number(thing, "waits", has_flags ? CLI_FRONT_CAME : 0);
    }
}

/* ---- tasks ---- */

struct task {
    const char *deadline;
    enum tov_task_state state;
    int days; /* from today */
    uint64_t owner, responsible;
    bool is_moment, is_compressed;
};

static void put_task(const struct task *task, struct tov_record out)
{
    struct tov_record record, party;
    uint64_t due_ms = (uint64_t)((int64_t)NOW_MS + task->days * (int64_t)DAY_MS);
    struct tov_date due = tov_date_of_days((int64_t)(due_ms / DAY_MS));
    UNIT_NEED(tov_record_open(out, "tasks", &record) == TOV_OK);
    put_text(record, "deadline", task->deadline);
    put_number(record, "state", task->state);
    put_bytes(record, "thing_ref", TOV_BYTES_OF(sag));
    UNIT_NEED(tov_record_put_date(record, "due", due) == TOV_OK);
    put_number(record, "due_ms", task->is_moment ? due_ms + 3 * 3600000 : 0);
    put_number(record, "late_from_ms", due_ms + DAY_MS / 2);
    UNIT_NEED(tov_record_open(record, "owner", &party) == TOV_OK);
    put_number(party, "agency", task->owner);
    put_text(party, "unit", task->owner == KK ? "vink" : "dks");
    put_number(record, "responsible", task->responsible);
    for (size_t i = 0; i < 2; i++) { /* by both channels of the agency */
        UNIT_NEED(tov_record_open(record, "owed", &party) == TOV_OK);
        put_number(party, "agency", task->owner == KK ? POLICE : KK);
    }
    put_number(record, "opened_number", CLI_FRONT_SENT);
    put_number(record, "opened_ms", NOW_MS - 30 * DAY_MS);
    put_number(record, "met_number", task->state == TOV_TASK_MET_LATE ? CLI_FRONT_CAME : 0);
    put_number(record, "met_ms", task->state == TOV_TASK_MET_LATE ? NOW_MS - DAY_MS : 0);
    put_number(record, "compressed", task->is_compressed);
    put_number(record, "affair", CLI_FRONT_SENT);
}

/* In no order of their dates. */
static void put_tasks(const struct cli_front *node, struct tov_record out, bool all)
{
    const struct task tasks[] = {
        {"oplysninger", TOV_TASK_OVERDUE, -6, POLICE, POLICE, false, false},
        {"R-4w", TOV_TASK_OVERDUE, -4, POLICE, POLICE, false, false},
        {"R-5wd", TOV_TASK_OPEN, 0, KK, KK, true, false},
        {"R-3m", TOV_TASK_OPEN, 3, KK, KK, false, true},
        {"screening", TOV_TASK_OPEN, 10, POLICE, KK, false, false},
        {"R-2w", TOV_TASK_OVERDUE, -5, KK, KK, false, false},
        {"R+30d", TOV_TASK_OPEN, 40, KK, POLICE, false, false},
        {"modtagelse", TOV_TASK_MET_LATE, -20, KK, KK, false, false},
    };
    for (size_t i = 0; i < sizeof tasks / sizeof tasks[0]; i++) {
        bool is_left_out = tasks[i].state == TOV_TASK_OVERDUE && node->in_time;
        if (!is_left_out && (all || tasks[i].state < TOV_TASK_MET))
            put_task(&tasks[i], out);
    }
}

/* ---- the answers ---- */

static void put_affair(const struct cli_front *node, struct tov_record cases)
{
    struct tov_record affair;
    UNIT_NEED(tov_record_open(cases, "affairs", &affair) == TOV_OK);
    put_number(affair, "number", CLI_FRONT_SENT);
    put_things(node, affair);
    put_tasks(node, affair, false);
    put_number(affair, "message_count", 2);
    put_number(affair, "last_number", CLI_FRONT_CAME);
    put_number(affair, "unread", 1);
}

void cli_front_answer_cases(struct fake_front *front, struct cli_front *node,
                            struct tov_record body)
{
    struct tov_record cases;
    node->at_ms = tov_record_number(body, "at_ms");
    node->ended = tov_record_number(body, "ended") != 0;
    if (node->no_book || tov_record_bytes(body, "unit").size > strlen("kk/vink")) {
        front_send_error(front, TOV_E_NOT_FOUND, "there is no such unit");
        return;
    }
    struct tov_record reply = front_reply(front_request_id(front), "cases", &cases);
    put_text(cases, "unit", "kk/vink");
    put_number(cases, "total", node->has_case);
    if (node->has_case)
        put_affair(node, cases);
    front_send(front, &reply);
}

struct step {
    uint64_t machine, verdict;
    const char *from, *to;
};

static void put_step(struct tov_record message, const struct step *step)
{
    struct tov_record judgement;
    UNIT_NEED(tov_record_open(message, "judgements", &judgement) == TOV_OK);
    put_number(judgement, "machine", step->machine);
    put_bytes(judgement, "thing_ref", TOV_BYTES_OF(sag));
    put_number(judgement, "verdict", step->verdict);
    put_text(judgement, "from", step->from);
    put_text(judgement, "to", step->to);
    if (step->verdict != TOV_STEP_REFUSED)
        return;
    put_number(judgement, "rule", 101);
    put_text(judgement, "reason_da", "Her kan sendes: case.conversation.");
    put_text(judgement, "reason_en", "What can be sent here: case.conversation.");
    put_number(judgement, "conflict", 1);
}

/* Number 7 as an offer of responsibility. */
static void put_offer(struct tov_record summary)
{
    struct tov_buf header = TOV_BUF_INIT(65536), content = TOV_BUF_INIT(65536);
    struct tov_draft offer;
    struct tov_record about;
    UNIT_NEED(tov_draft_create(tov_message_type_find(tov_bytes_of_text("handover.offer")),
                               &offer) == TOV_OK);
    put_text(offer.header, "sender_origin", "infohus-demo/kbh-pol/1");
    put_text(offer.header, "sender_unit", "dks");
    UNIT_NEED(tov_record_open(offer.header, "about", &about) == TOV_OK);
    put_bytes(about, "case_ref", TOV_BYTES_OF(sag));
    UNIT_NEED(tov_draft_encode(&offer, &header, &content) == TOV_OK);
    put_number(summary, "number", CLI_FRONT_CAME);
    put_ref(summary, "ref", CLI_FRONT_CAME);
    put_number(summary, "stored_ms", NOW_MS);
    put_bytes(summary, "header", tov_buf_view(&header));
    tov_draft_fini(&offer);
    tov_buf_fini(&header);
    tov_buf_fini(&content);
}

static void put_messages(const struct cli_front *node, struct tov_record out)
{
    const struct step offered = {9, TOV_STEP_TAKEN, "holdt", "tilbudt"};
    const struct step refused = {2, TOV_STEP_REFUSED, "afdaekning", "afdaekning"};
    const struct step steps[] = {
        {2, TOV_STEP_TAKEN, "samtale", "afdaekning"},
        node->offers ? offered : refused,
    };
    for (size_t i = 0; i < 2; i++) {
        struct tov_record message, summary;
        UNIT_NEED(tov_record_open(out, "messages", &message) == TOV_OK);
        UNIT_NEED(tov_record_open(message, "summary", &summary) == TOV_OK);
        if (i == 1 && node->offers)
            put_offer(summary);
        else
            cli_front_put_summary(node, summary, i == 0 ? CLI_FRONT_SENT : CLI_FRONT_CAME);
        put_number(message, "effective_ms", NOW_MS + i);
        put_number(message, "amended", i == 1);
        put_step(message, &steps[i]);
    }
}

static void put_expected(const struct cli_front *node, struct tov_record out)
{
    static const struct cli_front_next all[] = {
        {"info.request", "", ""},
        {"intervention.refer", "measure", "mentor"},
        {"prison.released", "kind", "endt"},
        {"prison.released", "kind", "proeve_tilsyn"},
        {"handover.withdraw", "thing", "case"},
        {"a.type_of_a_later_version", "", ""},
    };
    bool is_chosen = node->next[0].type != NULL;
    const struct cli_front_next *rows = is_chosen ? node->next : all;
    size_t count =
        is_chosen ? sizeof node->next / sizeof node->next[0] : sizeof all / sizeof all[0];
    for (size_t i = 0; i < count && rows[i].type != NULL; i++) {
        struct tov_record row;
        UNIT_NEED(tov_record_open(out, "expected", &row) == TOV_OK);
        put_number(row, "machine", 2);
        put_bytes(row, "thing_ref", TOV_BYTES_OF(sag));
        put_text(row, "type", rows[i].type);
        put_text(row, "field", rows[i].field);
        put_text(row, "value", rows[i].value);
    }
}

void cli_front_answer_case(struct fake_front *front, struct cli_front *node, struct tov_record body)
{
    struct tov_record one, party;
    uint64_t number = tov_record_number(body, "number");
    node->at_ms = tov_record_number(body, "at_ms");
    if (!node->has_case || (number != CLI_FRONT_SENT && number != CLI_FRONT_CAME)) {
        front_send_error(front, TOV_E_NOT_FOUND, "no affair");
        return;
    }
    struct tov_record reply = front_reply(front_request_id(front), "case_read", &one);
    put_text(one, "unit", "kk/vink");
    put_number(one, "number", CLI_FRONT_SENT);
    put_things(node, one);
    put_messages(node, one);
    put_tasks(node, one, true);
    UNIT_NEED(tov_record_open(one, "parties", &party) == TOV_OK);
    put_bytes(party, "case_ref", TOV_BYTES_OF(sag));
    put_number(party, "agency", POLICE);
    put_text(party, "unit", "dks");
    put_number(party, "until_ms", NOW_MS);
    put_expected(node, one);
    front_send(front, &reply);
}
