/* SPDX-License-Identifier: EUPL-1.2
 *
 * The search for a person: whole nodes in one process, asked by their clients.
 * Not for: what the command line makes of it (tests of cli).
 */
#include "desk_ask.h"

#include "api/api_internal.h"
#include "base/cleanup.h"
#include "node.h"

#include <string.h>

#define NAME "Magnus Prøvesen"
#define OTHER_EPISODE "F2"

struct search {
    const char *name, *number, *reason;
    struct tov_date born; /* year 0: none */
    uint64_t id, before;
};

static struct tov_record ask_search(struct harness *harness, const struct harness_client *client,
                                    const struct search *search)
{
    struct tov_record body;
    struct tov_record request = request_of("find", &body);
    if (search->name != NULL)
        UNIT_OK(tov_record_put_text(body, "name", search->name));
    if (search->number != NULL)
        UNIT_OK(tov_record_put_text(body, "number", search->number));
    if (search->reason != NULL)
        UNIT_OK(tov_record_put_text(body, "reason", search->reason));
    if (search->born.year != 0)
        UNIT_OK(tov_record_put_date(body, "birth_date", search->born));
    if (search->id != 0)
        UNIT_OK(tov_record_put_number(body, "search", search->id));
    if (search->before != 0)
        UNIT_OK(tov_record_put_number(body, "before", search->before));
    return answer_to(harness, client, request);
}

static uint64_t begin_search(struct harness *harness, const struct harness_client *client,
                             const struct search *search)
{
    struct tov_record reply = ask_search(harness, client, search);
    struct tov_record body = body_of(reply, "find");
    uint64_t id = tov_record_number(body, "search");
    UNIT_EQUAL_INT(tov_record_count(body, "messages"), 0);
    tov_record_destroy(&reply);
    return id;
}

/* How many messages CLIENT finds. */
static size_t find(struct harness *harness, const struct harness_client *client,
                   struct search search)
{
    search.reason = "Borgeren har ringet til os";
    search.id = begin_search(harness, client, &search);
    search.reason = NULL;
    struct tov_record reply = ask_search(harness, client, &search);
    size_t found = tov_record_count(body_of(reply, "find"), "messages");
    tov_record_destroy(&reply);
    return found;
}

static void send_admission_of(struct harness *harness, const char *fields, struct tov_ref *out_ref)
{
    say(harness,
        &(struct saying){.by = &carl,
                         .type = "prison.admission",
                         .from = "krfo/central",
                         .to = "kk/eki",
                         .bases = "BEK-HPL",
                         .fields = fields},
        out_ref);
}

static void send_admission(struct harness *harness, const char *fields)
{
    send_admission_of(harness, fields, NULL);
}

static void a_person_is_found_in_what_the_own_unit_holds(void)
{
    struct harness *harness = three_nodes();
    send_admission(harness, "about.episode_ref=" EPISODE "; event_ref=E1");
    UNIT_EQUAL_INT(find(harness, &eva, (struct search){.name = NAME}), 1);
    UNIT_EQUAL_INT(find(harness, &eva, (struct search){.name = "PRØVE"}), 1);
    UNIT_EQUAL_INT(find(harness, &eva, (struct search){.name = "prøvesen magnus"}), 1);
    UNIT_EQUAL_INT(find(harness, &eva, (struct search){.name = "agnus"}), 0);
    UNIT_EQUAL_INT(find(harness, &eva, (struct search){.number = "7204930151"}), 1);
    UNIT_EQUAL_INT(find(harness, &eva, (struct search){.number = "720493-0152"}), 0);
    UNIT_EQUAL_INT(find(harness, &eva, (struct search){.name = "Karen", .number = "7204930151"}),
                   0);
    UNIT_EQUAL_INT(find(harness, &eva, (struct search){.born = {1993, 4, 12}}), 1);
    UNIT_EQUAL_INT(find(harness, &eva, (struct search){.born = {1993, 12, 4}}), 0);
    UNIT_EQUAL_INT(find(harness, &anna, (struct search){.name = NAME}), 0); /* I10 */
    UNIT_EQUAL_INT(find(harness, &carl, (struct search){.name = NAME}), 1); /* who sent it */
    harness_destroy(harness);
}

static void a_search_is_an_entry_with_its_reason_before_anything_is_looked_at(void)
{
    struct harness *harness = three_nodes();
    TOV_CLEANUP(tov_buf_fini) struct tov_buf details = TOV_BUF_INIT(4096);
    struct tov_access_entry entry;
    struct search search = {.name = NAME};
    struct tov_record reply = ask_search(harness, &eva, &search);
    UNIT_EQUAL_INT(error_of(reply), TOV_E_ARGUMENT); /* no reason */
    tov_record_destroy(&reply);
    search.reason = "   øå  "; /* nor is this one */
    reply = ask_search(harness, &eva, &search);
    UNIT_EQUAL_INT(error_of(reply), TOV_E_ARGUMENT);
    tov_record_destroy(&reply);
    CU_ASSERT(!newest_entry(harness, TOV_ACCESS_SEARCH, &details, &entry));

    search.reason = "Borgeren har ringet til os";
    search.id = begin_search(harness, &eva, &search);
    UNIT_NEED(newest_entry(harness, TOV_ACCESS_SEARCH, &details, &entry));
    CU_ASSERT(is_text(entry.client, "eva") && is_text(entry.reason, search.reason));
    CU_ASSERT(memmem(details.data, details.size, "Magnus", 6) == NULL);

    search.name = "Karen"; /* not what was begun */
    reply = ask_search(harness, &eva, &search);
    UNIT_EQUAL_INT(error_of(reply), TOV_E_DENIED);
    tov_record_destroy(&reply);
    search.name = NAME;
    reply = ask_search(harness, &anna, &search); /* nor by who began it */
    UNIT_EQUAL_INT(error_of(reply), TOV_E_DENIED);
    tov_record_destroy(&reply);
    reply = ask_search(harness, &audit, &search);
    UNIT_EQUAL_INT(error_of(reply), TOV_E_DENIED);
    tov_record_destroy(&reply);
    harness_destroy(harness);
}

static enum tov_err piece_of(struct harness *harness, const struct harness_client *client,
                             const struct search *search)
{
    struct tov_record reply = ask_search(harness, client, search);
    enum tov_err err = (enum tov_err)error_of(reply);
    tov_record_destroy(&reply);
    return err;
}

static void a_search_that_has_ended_is_no_watch_on_a_person(void)
{
    struct harness *harness = three_nodes();
    struct search search = {.name = NAME, .reason = "Borgeren har ringet til os"};
    send_admission(harness, "about.episode_ref=" EPISODE "; event_ref=E1");
    search.id = begin_search(harness, &eva, &search);
    /* I9: what comes after the entry is not of this search. */
    send_admission(harness, "about.episode_ref=" OTHER_EPISODE "; event_ref=E2");
    search.before = 3;
    UNIT_EQUAL_INT(piece_of(harness, &eva, &search), TOV_E_ARGUMENT);
    search.before = 0;
    struct tov_record reply = ask_search(harness, &eva, &search);
    UNIT_EQUAL_INT(tov_record_count(body_of(reply, "find"), "messages"), 1);
    UNIT_EQUAL_INT(tov_record_number(body_of(reply, "find"), "next_before"), 0);
    tov_record_destroy(&reply);
    UNIT_EQUAL_INT(piece_of(harness, &eva, &search), TOV_E_DENIED);
    harness_destroy(harness);
}

static void each_message_that_a_search_names_is_an_entry_before_the_answer(void)
{
    struct harness *harness = three_nodes();
    TOV_CLEANUP(tov_buf_fini) struct tov_buf details = TOV_BUF_INIT(4096);
    struct tov_access_entry entry;
    struct tov_core *core = tov_node_core(harness_node(harness, 0));
    send_admission(harness, "about.episode_ref=" EPISODE "; event_ref=E1");
    uint64_t number = newest(harness, &eva);
    uint64_t size = tov_ledger_committed(core->journal);
    UNIT_EQUAL_INT(find(harness, &eva, (struct search){.name = "Karen"}), 0);
    UNIT_EQUAL_INT(tov_ledger_committed(core->journal), size + 1); /* that it was searched */
    UNIT_EQUAL_INT(find(harness, &eva, (struct search){.name = NAME}), 1);
    UNIT_EQUAL_INT(tov_ledger_committed(core->journal), size + 3);
    UNIT_NEED(newest_entry(harness, TOV_ACCESS_SEARCH, &details, &entry));
    UNIT_EQUAL_INT(entry.number, number);
    CU_ASSERT(is_text(entry.client, "eva") && is_text(entry.reason, "Borgeren har ringet til os"));
    harness_destroy(harness);
}

static void a_search_counts_no_messages_of_other_units(void)
{
    struct harness *harness = three_nodes();
    struct search search = {.name = NAME, .reason = "Borgeren har ringet til os"};
    send_admission(harness, "about.episode_ref=" EPISODE "; event_ref=E1");
    search.id = begin_search(harness, &anna, &search);
    struct tov_record reply = ask_search(harness, &anna, &search);
    UNIT_EQUAL_INT(tov_record_number(body_of(reply, "find"), "looked_at"), 0); /* I10 */
    tov_record_destroy(&reply);
    search.id = 0;
    search.id = begin_search(harness, &eva, &search);
    reply = ask_search(harness, &eva, &search);
    UNIT_EQUAL_INT(tov_record_number(body_of(reply, "find"), "looked_at"), 1);
    tov_record_destroy(&reply);
    harness_destroy(harness);
}

/* Message NUMBER of node 0, whose content is no longer the bytes that came. */
static void damage_content(struct harness *harness, uint64_t number)
{
    struct tov_core *core = tov_node_core(harness_node(harness, 0));
    TOV_CLEANUP(tov_buf_fini) struct tov_buf copy = TOV_BUF_INIT(1u << 20);
    struct tov_store_read *read = NULL;
    struct tov_event event;
    struct tov_bytes row = {0};
    UNIT_NEED(tov_store_read_begin(core->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_event_get(read, number, &event) == TOV_OK);
    struct tov_store_key key =
        tov_store_key_u16_u32_u64(event.agency, event.generation, event.index);
    UNIT_NEED(tov_store_get(read, TOV_TABLE_MBODY, key, &row) == TOV_OK && row.size > 0);
    tov_buf_put(&copy, row.data, row.size);
    tov_store_read_end(read);
    copy.data[copy.size - 1] ^= 1;
    tov_store_batch_put(tov_core_batch(core), TOV_TABLE_MBODY, key, tov_buf_view(&copy));
    harness_advance(harness, 1000);
}

static void contents_that_cannot_be_read_are_told_to_their_unit(void)
{
    struct harness *harness = three_nodes();
    static const struct harness_client *const clients[] = {&eva, &anna};
    send_admission(harness, "about.episode_ref=" EPISODE "; event_ref=E1");
    damage_content(harness, newest(harness, &eva));
    for (size_t i = 0; i < 2; i++) {
        struct search search = {.name = NAME, .reason = "Borgeren har ringet til os"};
        search.id = begin_search(harness, clients[i], &search);
        struct tov_record reply = ask_search(harness, clients[i], &search);
        UNIT_EQUAL_INT(tov_record_count(body_of(reply, "find"), "messages"), 0);
        UNIT_EQUAL_INT(tov_record_number(body_of(reply, "find"), "not_read"), i == 0 ? 1 : 0);
        tov_record_destroy(&reply);
    }
    harness_destroy(harness);
}

/* Nobody knows for whom it was: whoever searches is told that somebody may stand there. */
static void a_row_that_cannot_be_read_ends_no_search(void)
{
    struct harness *harness = three_nodes();
    struct tov_core *core = tov_node_core(harness_node(harness, 0));
    struct search search = {.name = NAME, .reason = "Borgeren har ringet til os"};
    send_admission(harness, "about.episode_ref=" EPISODE "; event_ref=E1");
    send_admission(harness, "about.episode_ref=" OTHER_EPISODE "; event_ref=E2");
    tov_store_batch_put(tov_core_batch(core), TOV_TABLE_EVENT,
                        tov_store_key_u64(newest(harness, &eva)), tov_bytes_of_text("?"));
    harness_advance(harness, 1000);
    search.id = begin_search(harness, &eva, &search);
    struct tov_record reply = ask_search(harness, &eva, &search);
    UNIT_EQUAL_INT(tov_record_count(body_of(reply, "find"), "messages"), 1);
    UNIT_EQUAL_INT(tov_record_number(body_of(reply, "find"), "not_read"), 1);
    tov_record_destroy(&reply);
    harness_destroy(harness);
}

/* Types without fields of their own have a content of no bytes: there is nothing to read in it. */
static void an_empty_content_is_read(void)
{
    struct harness *harness = three_nodes();
    struct search search = {.name = NAME, .reason = "Borgeren har ringet til os"};
    struct tov_ref ref;
    send_admission_of(harness, "about.episode_ref=" EPISODE "; event_ref=E1", &ref);
    say(harness,
        &(struct saying){.by = &eva,
                         .type = "ack.read",
                         .from = "kk/eki",
                         .to = "krfo/central",
                         .bases = "AFTALE",
                         .fields = "about.episode_ref=" EPISODE,
                         .answers = &ref},
        NULL);
    search.id = begin_search(harness, &eva, &search);
    struct tov_record reply = ask_search(harness, &eva, &search);
    UNIT_EQUAL_INT(tov_record_number(body_of(reply, "find"), "looked_at"), 2);
    UNIT_EQUAL_INT(tov_record_number(body_of(reply, "find"), "not_read"), 0);
    tov_record_destroy(&reply);
    harness_destroy(harness);
}

static void a_piece_ends_at_its_bytes_and_the_next_goes_on_there(void)
{
    struct harness *harness = three_nodes();
    struct search search = {.name = NAME, .reason = "Borgeren har ringet til os"};
    send_admission(harness, "about.episode_ref=" EPISODE "; event_ref=E1");
    uint64_t first = newest(harness, &eva);
    send_admission(harness, "about.episode_ref=" OTHER_EPISODE "; event_ref=E2");
    uint64_t numbers[] = {newest(harness, &eva), first};
    tov_node_api(harness_node(harness, 0))->search_piece_bytes = 1;
    search.id = begin_search(harness, &eva, &search);
    for (size_t i = 0; i < 2; i++) {
        struct tov_record summary = {0};
        struct tov_record reply = ask_search(harness, &eva, &search);
        struct tov_record body = body_of(reply, "find");
        UNIT_EQUAL_INT(tov_record_number(body, "looked_at"), 1);
        UNIT_NEED(tov_record_child(body, "messages", 0, &summary));
        UNIT_EQUAL_INT(tov_record_number(summary, "number"), numbers[i]);
        search.before = tov_record_number(body, "next_before");
        CU_ASSERT((search.before > 0) == (i == 0)); /* the first is the oldest of all */
        tov_record_destroy(&reply);
    }
    harness_destroy(harness);
}

static void words_are_known_by_a_key_that_no_later_start_has(void)
{
    struct harness *harness = three_nodes();
    const struct tov_api *api = tov_node_api(harness_node(harness, 0));
    struct tov_key search = api->search_key;
    struct tov_key record = api->record_key;
    CU_ASSERT(memcmp(&search, &record, sizeof search) != 0);
    harness_restart(harness, 0);
    api = tov_node_api(harness_node(harness, 0));
    CU_ASSERT(memcmp(&search, &api->search_key, sizeof search) != 0);
    CU_ASSERT(memcmp(&record, &api->record_key, sizeof record) == 0); /* its tags are stored */
    harness_destroy(harness);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_person_is_found_in_what_the_own_unit_holds),
        UNIT_TEST(a_search_is_an_entry_with_its_reason_before_anything_is_looked_at),
        UNIT_TEST(a_search_that_has_ended_is_no_watch_on_a_person),
        UNIT_TEST(contents_that_cannot_be_read_are_told_to_their_unit),
        UNIT_TEST(a_row_that_cannot_be_read_ends_no_search),
        UNIT_TEST(an_empty_content_is_read),
        UNIT_TEST(a_piece_ends_at_its_bytes_and_the_next_goes_on_there),
        UNIT_TEST(words_are_known_by_a_key_that_no_later_start_has),
        UNIT_TEST(a_search_counts_no_messages_of_other_units),
        UNIT_TEST(each_message_that_a_search_names_is_an_entry_before_the_answer),
    };
    return unit_run("core: the search for a person", tests, sizeof tests / sizeof tests[0]);
}
