/* SPDX-License-Identifier: EUPL-1.2
 *
 * Watches as clients open, name, acknowledge and end them, and what a damaged row takes from them:
 * whole nodes in one process.
 * Not for: which events a watch is told (watch_test.c).
 */
#include "gap_scene.h"

#include "desk_ask.h"

#include "api/api_internal.h"
#include "base/cleanup.h"
#include "ledger/aside.h"
#include "node.h"

#include <stdlib.h>
#include <string.h>

/* A connection of anna's, and what came for it. */
struct watcher {
    struct harness_client client;
    uint64_t numbers[64]; /* of the events, in the order in which they came */
    size_t count;
    bool is_caught_up;
    enum tov_err err; /* of the newest answer that is no event */
};

static void take_all(struct harness *harness, struct watcher *watcher)
{
    uint8_t *bytes;
    size_t size;
    watcher->count = 0;
    watcher->is_caught_up = false;
    watcher->err = TOV_E_TIMEOUT;
    while (harness_take(harness, &watcher->client, &bytes, &size)) {
        TOV_CLEANUP(tov_record_destroy) struct tov_record reply = {0};
        struct tov_record event;
        UNIT_NEED(tov_api_reply_decode((struct tov_bytes){bytes, size}, &reply, NULL) == TOV_OK);
        free(bytes);
        if (!tov_record_child(reply, "event", 0, &event)) {
            watcher->err = (enum tov_err)error_of(reply);
            continue;
        }
        if (strcmp(tov_record_enum(event, "kind"), "caught_up") == 0) {
            watcher->is_caught_up = true;
            continue;
        }
        UNIT_NEED(watcher->count < 64);
        watcher->numbers[watcher->count++] = tov_record_number(event, "number");
    }
}

/* REQUEST ends here. */
static void send(struct harness *harness, struct watcher *watcher, uint64_t id,
                 struct tov_record request)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    UNIT_NEED(tov_record_put_number(request, "id", id) == TOV_OK);
    UNIT_NEED(tov_api_encode(request, &frame) == TOV_OK);
    tov_record_destroy(&request);
    harness_send(harness, &watcher->client, tov_buf_view(&frame));
    harness_run(harness);
    take_all(harness, watcher);
}

static void watch(struct harness *harness, struct watcher *watcher, uint64_t id, const char *name)
{
    struct tov_record body;
    struct tov_record request = request_of("watch", &body);
    if (name != NULL)
        UNIT_OK(tov_record_put_text(body, "name", name));
    send(harness, watcher, id, request);
}

static void unwatch(struct harness *harness, struct watcher *watcher, uint64_t id)
{
    struct tov_record body;
    struct tov_record request = request_of("unwatch", &body);
    UNIT_OK(tov_record_put_number(body, "watch", id));
    send(harness, watcher, 900 + id, request);
}

static enum tov_err acknowledge(struct harness *harness, struct watcher *watcher, const char *name,
                                uint64_t number)
{
    struct tov_record body;
    struct tov_record request = request_of("acknowledge", &body);
    if (name != NULL)
        UNIT_OK(tov_record_put_text(body, "name", name));
    UNIT_OK(tov_record_put_number(body, "number", number));
    send(harness, watcher, 800, request);
    return watcher->err;
}

static struct harness *with_notes(unsigned count)
{
    struct harness *harness = three_nodes();
    for (unsigned i = 0; i < count; i++)
        (void)send_to_both(harness, NULL);
    return harness;
}

/* ---- begin and end ---- */

static void what_comes_from_now_on_is_told_alone(void)
{
    struct harness *harness = with_notes(2);
    struct watcher watcher = {.client = {0, "anna", 100}};
    struct tov_record body;
    struct tov_record request = request_of("watch", &body);
    UNIT_OK(tov_record_put_number(body, "from_now", 1));
    send(harness, &watcher, 1, request);
    UNIT_EQUAL_INT(watcher.count, 0);
    CU_ASSERT(watcher.is_caught_up);
    uint64_t number = send_to_both(harness, NULL);
    take_all(harness, &watcher);
    UNIT_EQUAL_INT(watcher.count, 1);
    UNIT_EQUAL_INT(watcher.numbers[0], number);
    harness_destroy(harness);
}

static void a_watch_that_is_ended_tells_nothing_more(void)
{
    struct harness *harness = with_notes(2);
    struct watcher watcher = {.client = {0, "anna", 100}};
    watch(harness, &watcher, 1, NULL);
    UNIT_EQUAL_INT(watcher.count, 2);
    watch(harness, &watcher, 1, NULL);
    UNIT_EQUAL_INT(watcher.err, TOV_E_EXISTS);
    unwatch(harness, &watcher, 2);
    UNIT_EQUAL_INT(watcher.err, TOV_E_NOT_FOUND);
    unwatch(harness, &watcher, 0);
    UNIT_EQUAL_INT(watcher.err, TOV_E_NOT_FOUND);
    unwatch(harness, &watcher, 1);
    UNIT_EQUAL_INT(watcher.err, TOV_OK);
    unwatch(harness, &watcher, 1);
    UNIT_EQUAL_INT(watcher.err, TOV_E_NOT_FOUND);
    (void)send_to_both(harness, NULL);
    take_all(harness, &watcher);
    UNIT_EQUAL_INT(watcher.count, 0);
    watch(harness, &watcher, 1, NULL); /* and the number is free again */
    UNIT_EQUAL_INT(watcher.count, 3);
    harness_destroy(harness);
}

/* I11 */
static void a_key_has_eight_watches_over_all_its_connections(void)
{
    struct harness *harness = with_notes(1);
    struct watcher first = {.client = {0, "anna", 100}}, second = {.client = {0, "anna", 101}};
    struct watcher other = {.client = {0, "eva", 102}};
    for (uint64_t id = 1; id <= 5; id++) {
        watch(harness, &first, id, NULL);
        UNIT_EQUAL_INT(first.count, 1);
    }
    for (uint64_t id = 1; id <= TOV_API_WATCHES_MAX - 5; id++) {
        watch(harness, &second, id, NULL);
        UNIT_EQUAL_INT(second.count, 1);
    }
    watch(harness, &second, 70, NULL);
    UNIT_EQUAL_INT(second.err, TOV_E_BUSY);
    watch(harness, &other, 1, NULL);
    CU_ASSERT(other.is_caught_up);
    unwatch(harness, &first, 3);
    watch(harness, &second, 70, NULL);
    UNIT_EQUAL_INT(second.count, 1);
    harness_gone(harness, &second.client); /* and so are those of a connection that ends */
    for (uint64_t id = 10; id < 13; id++) {
        watch(harness, &first, id, NULL);
        UNIT_EQUAL_INT(first.count, 1);
    }
    harness_destroy(harness);
}

/* ---- names ---- */

static void a_named_watch_goes_on_behind_what_was_acknowledged(void)
{
    struct harness *harness = with_notes(3);
    struct watcher watcher = {.client = {0, "anna", 100}};
    watch(harness, &watcher, 1, NULL);
    UNIT_NEED(watcher.count == 3);
    uint64_t numbers[3];
    memcpy(numbers, watcher.numbers, sizeof numbers);
    UNIT_OK(acknowledge(harness, &watcher, "journal", numbers[1]));
    UNIT_OK(acknowledge(harness, &watcher, "journal", numbers[0])); /* never back */
    UNIT_EQUAL_INT(acknowledge(harness, &watcher, "journal", 100000), TOV_E_ARGUMENT);
    harness_restart(harness, 0);
    harness_advance(harness, 2000);
    watch(harness, &watcher, 2, "journal");
    UNIT_EQUAL_INT(watcher.count, 1);
    UNIT_EQUAL_INT(watcher.numbers[0], numbers[2]);
    watch(harness, &watcher, 3, "another");
    UNIT_EQUAL_INT(watcher.count, 3);
    /* A name is of a client: nobody moves another's. */
    struct watcher other = {.client = {0, "sofie", 101}};
    UNIT_OK(acknowledge(harness, &other, "journal", numbers[2]));
    watch(harness, &watcher, 4, "journal");
    UNIT_EQUAL_INT(watcher.count, 1);
    harness_destroy(harness);
}

static void a_name_has_one_to_sixty_three_bytes(void)
{
    struct harness *harness = with_notes(1);
    struct watcher watcher = {.client = {0, "anna", 100}};
    char name[TOV_API_WATCH_NAME_MAX_BYTES + 2];
    memset(name, 'n', sizeof name);
    name[TOV_API_WATCH_NAME_MAX_BYTES + 1] = '\0';
    watch(harness, &watcher, 1, name);
    UNIT_EQUAL_INT(watcher.err, TOV_E_SCHEMA);
    UNIT_EQUAL_INT(acknowledge(harness, &watcher, name, 1), TOV_E_SCHEMA);
    UNIT_EQUAL_INT(acknowledge(harness, &watcher, NULL, 1), TOV_E_SCHEMA);
    name[TOV_API_WATCH_NAME_MAX_BYTES] = '\0';
    UNIT_OK(acknowledge(harness, &watcher, name, 1));
    watch(harness, &watcher, 1, name);
    CU_ASSERT(watcher.is_caught_up);
    harness_destroy(harness);
}

/* ---- damage ---- */

static void one_row_that_cannot_be_read_does_not_end_a_watch(void)
{
    struct harness *harness = with_notes(3);
    struct watcher watcher = {.client = {0, "anna", 100}};
    struct tov_core *core = tov_node_core(harness_node(harness, 0));
    watch(harness, &watcher, 1, NULL);
    UNIT_NEED(watcher.count == 3);
    uint64_t bad = watcher.numbers[1], behind = watcher.numbers[2];
    tov_store_batch_put(tov_core_batch(core), TOV_TABLE_EVENT, tov_store_key_u64(bad),
                        tov_bytes_of_text("?"));
    harness_advance(harness, 2000);
    watch(harness, &watcher, 2, NULL);
    UNIT_EQUAL_INT(watcher.count, 2);
    UNIT_EQUAL_INT(watcher.numbers[1], behind);
    CU_ASSERT(watcher.is_caught_up);
    uint64_t number = send_to_both(harness, NULL);
    take_all(harness, &watcher);
    UNIT_EQUAL_INT(watcher.count, 2); /* to both */
    UNIT_EQUAL_INT(watcher.numbers[1], number);
    UNIT_EQUAL_INT(harness_logged(harness, 0, "event-unreadable"), 1);
    harness_destroy(harness);
}

/* ---- what is set aside ---- */

static struct tov_event event_at(struct tov_core *core, uint64_t number)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_event event;
    UNIT_NEED(tov_store_read_begin(core->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_event_get(read, number, &event) == TOV_OK);
    return event;
}

/* The beginning of its row (ledger/aside.h): all that a watch looks at. */
static void put_aside(struct tov_core *core, uint64_t number, uint64_t given_up_ms)
{
    uint8_t row[8];
    tov_put_be64(row, given_up_ms);
    tov_store_batch_put(tov_core_batch(core), TOV_TABLE_ASIDE, tov_store_key_u64(number),
                        TOV_BYTES_OF(row));
}

/* It is about to come back under its number, which a watch that had gone on would never be told. */
static void a_watch_waits_for_what_is_about_to_be_appended_anew(void)
{
    struct harness *harness = with_notes(3);
    struct watcher watcher = {.client = {0, "anna", 100}};
    struct tov_core *core = tov_node_core(harness_node(harness, 0));
    watch(harness, &watcher, 1, NULL);
    UNIT_NEED(watcher.count == 3);
    uint64_t number = watcher.numbers[1], behind = watcher.numbers[2];
    struct tov_event event = event_at(core, number), aside = event;
    aside.index = TOV_ASIDE_INDEX;
    tov_event_replace(core, number, &aside);
    put_aside(core, number, 0);
    harness_advance(harness, 2000);
    watch(harness, &watcher, 2, NULL);
    UNIT_EQUAL_INT(watcher.count, 1);
    CU_ASSERT(!watcher.is_caught_up);
    tov_event_replace(core, number, &event);
    tov_store_batch_delete(tov_core_batch(core), TOV_TABLE_ASIDE, tov_store_key_u64(number));
    harness_advance(harness, 2000);
    take_all(harness, &watcher);
    UNIT_EQUAL_INT(watcher.count, 2);
    UNIT_EQUAL_INT(watcher.numbers[0], number);
    UNIT_EQUAL_INT(watcher.numbers[1], behind);
    CU_ASSERT(watcher.is_caught_up);
    harness_destroy(harness);
}

static void a_watch_passes_by_what_stays_aside(void)
{
    struct harness *harness = with_notes(3);
    struct watcher watcher = {.client = {0, "anna", 100}};
    struct tov_core *core = tov_node_core(harness_node(harness, 0));
    watch(harness, &watcher, 1, NULL);
    UNIT_NEED(watcher.count == 3);
    struct tov_event aside = event_at(core, watcher.numbers[1]);
    uint64_t number = watcher.numbers[1];
    aside.index = TOV_ASIDE_INDEX;
    tov_event_replace(core, number, &aside);
    put_aside(core, number, harness_now_ms(harness));
    harness_advance(harness, 2000);
    watch(harness, &watcher, 2, NULL);
    UNIT_EQUAL_INT(watcher.count, 2);
    CU_ASSERT(watcher.is_caught_up);
    harness_destroy(harness);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(what_comes_from_now_on_is_told_alone),
        UNIT_TEST(a_watch_that_is_ended_tells_nothing_more),
        UNIT_TEST(a_key_has_eight_watches_over_all_its_connections),
        UNIT_TEST(a_named_watch_goes_on_behind_what_was_acknowledged),
        UNIT_TEST(a_name_has_one_to_sixty_three_bytes),
        UNIT_TEST(one_row_that_cannot_be_read_does_not_end_a_watch),
        UNIT_TEST(a_watch_waits_for_what_is_about_to_be_appended_anew),
        UNIT_TEST(a_watch_passes_by_what_stays_aside),
    };
    return unit_run("core: watching", tests, sizeof tests / sizeof tests[0]);
}
