/* SPDX-License-Identifier: EUPL-1.2
 *
 * Messages that came before their roster: once it is adopted each has the verdict that it would
 * have had, and its sender is told, once (docs/protocol.md 8). What no roster makes readable stays
 * as it was told.
 * Not for: what rosters say (tests/unit/core/roster_change_test.c); calls that fail meanwhile
 * (tests/unit/core/beginning_failure_test.c).
 */
#include "counted.h"
#include "hostile_peer.h"

#include "ledger/aside.h"
#include "ledger/entry.h"

#include <stdlib.h>
#include <string.h>

#define ANY_RULE UINT16_MAX

struct row {
    const char *name;
    const char *unit; /* of the sender; NULL: as in all rosters */
    const char *type; /* NULL: msg.note */
    uint32_t roster;  /* that it names */
    uint8_t suite;    /* 0: the usual one */
    enum tov_right right;
    bool has_file;    /* which has not come */
    bool is_off_link; /* nothing is receipted of it */
    enum tov_verdict then;
};

/* "ny" is a unit of the second roster, and "gammel" of none. */
static const struct row rows[] = {
    {.name = "good", .unit = "ny", .roster = 2, .then = TOV_VERDICT_OPENED},
    {.name = "known all along", .roster = 2, .then = TOV_VERDICT_OPENED},
    {.name = "header",
     .unit = "ny",
     .roster = 2,
     .right = TOV_RIGHT_HEADER,
     .then = TOV_VERDICT_OPENED},
    {.name = "file", .unit = "ny", .roster = 2, .has_file = true, .then = TOV_VERDICT_PENDING},
    {.name = "refused", .unit = "gammel", .roster = 2, .then = TOV_VERDICT_REFUSED},
    {.name = "refused with a file",
     .unit = "gammel",
     .roster = 2,
     .has_file = true,
     .then = TOV_VERDICT_REFUSED},
    {.name = "off link",
     .unit = "ny",
     .roster = 2,
     .is_off_link = true,
     .then = TOV_VERDICT_OPENED},
    {.name = "a later roster", .unit = "ny", .roster = 3, .then = TOV_VERDICT_NOT_UNDERSTOOD},
    {.name = "unknown type",
     .unit = "ny",
     .type = "msg.fremtid",
     .roster = 2,
     .then = TOV_VERDICT_NOT_UNDERSTOOD},
    {.name = "unknown suite", .roster = 2, .suite = 2, .then = TOV_VERDICT_NOT_UNDERSTOOD},
};
#define ROWS (sizeof rows / sizeof rows[0])

struct scene {
    struct hostile *hostile;
    struct tov_roster *first, *second; /* rosters; the federation has one of them */
    struct hostile_message messages[ROWS];
};

/* ---- making ---- */

static struct tov_roster *next_roster(const struct tov_roster *now)
{
    struct tov_roster_facts facts = *tov_roster_facts(now);
    struct tov_agency agencies[2];
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TOV_ROSTER_MAX_BYTES);
    struct tov_error error = {.text = ""};
    struct tov_unit both[2] = {facts.agencies[1].units[0], facts.agencies[1].units[0]};
    struct tov_roster *roster = NULL;
    UNIT_NEED(facts.agency_count == 2);
    both[1].name = "ny";
    memcpy(agencies, facts.agencies, sizeof agencies);
    agencies[1].units = both;
    agencies[1].unit_count = 2;
    facts.agencies = agencies;
    facts.version = 2;
    facts.previous = tov_roster_hash(now);
    tov_roster_format(&facts, &text);
    if (tov_roster_parse(tov_buf_view(&text), &roster, &error) != TOV_OK)
        (void)fprintf(stderr, "roster: %s\n", error.text);
    UNIT_NEED(roster != NULL);
    return roster;
}

static void change_header(struct hostile_message *message, const struct row *row)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record header = {0};
    UNIT_NEED(tov_record_decode(tov_schema_find("Header"), tov_buf_view(&message->header), &header,
                                NULL) == TOV_OK);
    if (row->unit != NULL) {
        tov_record_clear(header, "sender_unit");
        UNIT_NEED(tov_record_put_text(header, "sender_unit", row->unit) == TOV_OK);
    }
    if (row->type != NULL) {
        tov_record_clear(header, "type");
        UNIT_NEED(tov_record_put_text(header, "type", row->type) == TOV_OK);
    }
    tov_buf_clear(&message->header);
    UNIT_NEED(tov_record_encode(header, &message->header) == TOV_OK);
    hostile_message_reseal(message, 0, tov_buf_view(&message->header), false);
}

static void send(struct scene *scene, size_t which)
{
    const struct row *row = &rows[which];
    struct hostile_message *message = &scene->messages[which];
    hostile_message_make(
        scene->hostile, row->right == TOV_RIGHT_HEADER ? TOV_RIGHT_HEADER : TOV_RIGHT_ALL, message);
    if (row->has_file)
        hostile_message_attach(scene->hostile, message, 100);
    change_header(message, row);
    message->leaf.as.message.roster_version = row->roster;
    if (row->suite != 0)
        message->leaf.as.message.suite = row->suite;
    uint64_t last = scene->hostile->link;
    struct tov_hash last_leaf = scene->hostile->link_leaf;
    hostile_message_link(scene->hostile, message);
    message->link.number += row->is_off_link ? 100 : 0;
    hostile_message_append(scene->hostile, message);
    if (row->is_off_link) { /* the next one goes on as if it had not been */
        scene->hostile->link = last;
        scene->hostile->link_leaf = last_leaf;
    }
    hostile_flush(scene->hostile);
}

static struct scene make_scene(const char *name)
{
    struct scene scene = {.hostile = hostile_create(name, 2)};
    hostile_meet(scene.hostile);
    scene.first = scene.hostile->wire->federation->roster;
    scene.second = next_roster(scene.first);
    for (size_t i = 0; i < ROWS; i++)
        send(&scene, i);
    return scene;
}

static void end(struct scene *scene)
{
    scene->hostile->wire->federation->roster = scene->first;
    for (size_t i = 0; i < ROWS; i++)
        hostile_message_fini(&scene->messages[i]);
    hostile_destroy(scene->hostile);
    tov_roster_destroy(scene->second);
}

/* The victim begins again, with ROSTER, and meets the sender. */
static void begin_with(struct scene *scene, struct tov_roster *roster)
{
    struct hostile *hostile = scene->hostile;
    sim_wire_crash(hostile->wire, 0);
    hostile->wire->federation->roster = roster;
    hostile_connect(hostile);
    hostile_hello(hostile, NULL);
    hostile_answer(hostile);
    sim_wire_run(hostile->wire);
    UNIT_NEED(tov_node_state(hostile_victim(hostile)) == TOV_NODE_SERVING);
}

/* ---- looking ---- */

static enum tov_verdict held(const struct scene *scene, size_t which)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    const struct tov_ref *ref = &scene->messages[which].ref;
    struct tov_store_key key = tov_store_key_u16_u32_u64(ref->agency, ref->generation, ref->index);
    struct tov_bytes row;
    struct tov_entry entry;
    UNIT_NEED(tov_store_read_begin(hostile_core(scene->hostile)->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_store_get(read, TOV_TABLE_MLEAF, key, &row) == TOV_OK);
    UNIT_NEED(tov_entry_decode_mirror(row, &entry) == TOV_OK);
    return entry.verdict.verdict;
}

static void check(const struct scene *scene, size_t which, enum tov_verdict expected)
{
    enum tov_verdict told =
        hostile_verdict(scene->hostile, scene->messages[which].link.number).verdict;
    if (rows[which].is_off_link) {
        UNIT_EQUAL_INT(told, 0);
        told = expected;
    }
    if (held(scene, which) != expected || told != expected)
        (void)fprintf(stderr, "%s: held %d, told %d\n", rows[which].name, (int)held(scene, which),
                      (int)told);
    UNIT_EQUAL_INT(held(scene, which), expected);
    UNIT_EQUAL_INT(told, expected);
}

static void each_is_judged_by_its_roster_once_it_is_there(void)
{
    struct scene scene = make_scene("waiting");
    for (size_t i = 0; i < ROWS; i++)
        check(&scene, i, TOV_VERDICT_NOT_UNDERSTOOD);
    begin_with(&scene, scene.first); /* as often as it likes */
    for (size_t i = 0; i < ROWS; i++)
        check(&scene, i, TOV_VERDICT_NOT_UNDERSTOOD);
    begin_with(&scene, scene.second);
    for (size_t i = 0; i < ROWS; i++)
        check(&scene, i, rows[i].then);
    size_t receipts = hostile_count(scene.hostile, TOV_LEAF_RECEIPT);
    begin_with(&scene, scene.second);
    UNIT_EQUAL_INT(hostile_count(scene.hostile, TOV_LEAF_RECEIPT), receipts);
    sim_wire_pass(scene.hostile->wire, 2000);
    for (size_t i = 0; i < ROWS; i++) { /* a file that comes changes no refusal */
        if (!rows[i].has_file)
            continue;
        hostile_say_chunk(scene.hostile, &scene.messages[i]);
        check(&scene, i, rows[i].then == TOV_VERDICT_PENDING ? TOV_VERDICT_OPENED : rows[i].then);
    }
    CU_ASSERT(hostile_victim_works(scene.hostile));
    end(&scene);
}

/* The node does not know up to which roster it has looked: it looks. */
static void a_fact_that_nobody_wrote_so_keeps_nothing_from_being_judged(void)
{
    static const uint8_t odd[7] = {0xff};
    struct scene scene = make_scene("waiting-fact");
    tov_store_batch_put(tov_core_batch(hostile_core(scene.hostile)), TOV_TABLE_FACT,
                        tov_store_key_text("judged"), TOV_BYTES_OF(odd));
    sim_wire_run(scene.hostile->wire);
    begin_with(&scene, scene.second);
    for (size_t i = 0; i < ROWS; i++)
        check(&scene, i, rows[i].then);
    end(&scene);
}

/* It is looked at with those that waited: nothing is told of them, and the node does not serve as
 * if it had judged them all. */
static void a_row_that_nobody_wrote_so_stops_the_judging(void)
{
    struct scene scene = make_scene("waiting-odd");
    struct tov_core *core = hostile_core(scene.hostile);
    const struct tov_ref *ref = &scene.messages[1].ref;
    static const uint8_t cut[3] = {0};
    size_t receipts = hostile_count(scene.hostile, TOV_LEAF_RECEIPT);
    struct tov_error error = {.text = ""};
    scene.hostile->wire->may_stay_down = true;
    tov_store_batch_put(tov_core_batch(core), TOV_TABLE_MLEAF,
                        tov_store_key_u16_u32_u64(ref->agency, ref->generation, ref->index),
                        TOV_BYTES_OF(cut));
    sim_wire_run(scene.hostile->wire);
    sim_wire_crash(scene.hostile->wire, 0);
    scene.hostile->wire->federation->roster = scene.second;
    hostile_connect(scene.hostile);
    hostile_hello(scene.hostile, NULL);
    hostile_answer(scene.hostile);
    UNIT_EQUAL_INT(tov_node_failed(hostile_victim(scene.hostile), &error), TOV_E_CORRUPT);
    CU_ASSERT(strstr(error.text, "waited for its roster") != NULL);
    UNIT_EQUAL_INT(hostile_count(scene.hostile, TOV_LEAF_RECEIPT), receipts);
    UNIT_EQUAL_INT(held(&scene, 0), TOV_VERDICT_NOT_UNDERSTOOD);
    end(&scene);
}

/* The receipt that said that the first one is not understood is set aside, and what the sender was
 * given before is not known: it is asked for. */
static void set_receipt_aside(struct scene *scene)
{
    struct tov_core *core = hostile_core(scene->hostile);
    const struct hostile_message *message = &scene->messages[0];
    TOV_CLEANUP(tov_buf_fini) struct tov_buf bytes = TOV_BUF_INIT(TOV_LEAF_MAX_BYTES);
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    UNIT_NEED(leaf != NULL);
    leaf->type = TOV_LEAF_RECEIPT;
    leaf->as.receipt = (struct tov_leaf_receipt){.peer = message->ref.agency,
                                                 .series = message->link.series,
                                                 .last_link = message->link.number,
                                                 .last_leaf_hash = message->ref.leaf,
                                                 .run_count = 1,
                                                 .runs = {{1, {TOV_VERDICT_NOT_UNDERSTOOD, 0, 0}}}};
    UNIT_NEED(tov_leaf_encode(leaf, &bytes) == TOV_OK);
    tov_store_batch_put(tov_core_batch(core), TOV_TABLE_FACT,
                        tov_aside_receipt_key(message->ref.agency, 0), tov_buf_view(&bytes));
    tov_follow_recall(tov_node_follow(hostile_victim(scene->hostile)), 0, 1);
    sim_wire_run(scene->hostile->wire);
}

static void say_that_it_was_given_none(struct hostile *hostile)
{
    TOV_FREE struct tov_control *control = calloc(1, sizeof *control);
    UNIT_NEED(control != NULL);
    control->kind = TOV_CONTROL_LEAF_ANSWER;
    control->as.leaf_answer.to = 1;
    hostile_say_control(hostile, control);
}

/* Before that one an amendment would count for nothing, and its word would be the last. */
static void what_is_judged_is_told_behind_the_receipt_that_was_set_aside(void)
{
    struct scene scene = make_scene("waiting-aside");
    size_t receipts = hostile_count(scene.hostile, TOV_LEAF_RECEIPT);
    set_receipt_aside(&scene);
    begin_with(&scene, scene.second);
    sim_wire_pass(scene.hostile->wire, 2000);
    for (size_t i = 0; i < ROWS; i++)
        check(&scene, i, TOV_VERDICT_NOT_UNDERSTOOD);
    UNIT_EQUAL_INT(hostile_count(scene.hostile, TOV_LEAF_RECEIPT), receipts);
    say_that_it_was_given_none(scene.hostile);
    sim_wire_pass(scene.hostile->wire, 2000);
    for (size_t i = 0; i < ROWS; i++)
        check(&scene, i, rows[i].then);
    UNIT_EQUAL_INT(hostile_count(scene.hostile, TOV_LEAF_RECEIPT), receipts + 2);
    end(&scene);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(each_is_judged_by_its_roster_once_it_is_there),
        UNIT_TEST(a_fact_that_nobody_wrote_so_keeps_nothing_from_being_judged),
        UNIT_TEST(a_row_that_nobody_wrote_so_stops_the_judging),
        UNIT_TEST(what_is_judged_is_told_behind_the_receipt_that_was_set_aside),
    };
    return unit_run("follow_waiting", tests, sizeof tests / sizeof tests[0]);
}
