/* SPDX-License-Identifier: EUPL-1.2
 *
 * Eight days of three nodes that write, exchange, witness, renew their keys, end and begin again,
 * while each call that may fail fails once, one every few seconds (support/failing.h). In the end
 * every node works, what was told to be written is there once, and where memory alone was missing
 * everything has arrived (I2, I3).
 * Not for: which error it is (each_failure_test.c has single requests).
 */
#include "deed.h"

#include "support/failing.h"

#include <stdlib.h>
#include <string.h>

#define MINUTE_MS 60000u
#define BUSY_SECONDS 1000u /* with something to do in each of them */
#define QUIET_MINUTES (8u * 24u * 60u)
#define WRITE_EVERY 5u

struct life {
    struct harness *harness;
    uint64_t told[3]; /* messages that a client of each node was told are written */
};

static const struct harness_client *const people[] = {&anna, &bo, &carl};

/* Takes what came for the client: how many submissions were told to be written. */
static uint64_t take_told(struct harness *harness, const struct harness_client *client)
{
    uint64_t told = 0;
    uint8_t *bytes;
    size_t size;
    while (harness_take(harness, client, &bytes, &size)) {
        TOV_CLEANUP(tov_record_destroy) struct tov_record reply = {0};
        struct tov_record answer;
        UNIT_NEED(tov_api_reply_decode((struct tov_bytes){bytes, size}, &reply, NULL) == TOV_OK);
        told += error_of(reply) == 0 && tov_record_child(reply, "submit", 0, &answer);
        free(bytes);
    }
    return told;
}

static void write_note(struct life *life, size_t node)
{
    static const char *const units[] = {"kk/vink", "kbh-pol/dks", "krfo/central"};
    struct saying saying = {.by = people[node],
                            .type = "msg.note",
                            .from = units[node],
                            .to = units[(node + 1) % 3],
                            .bases = "RPL115-2/1-1",
                            .fields = "about.concern_ref=" CONCERN};
    if (!harness_has_ended(life->harness, node))
        send_saying(life->harness, &saying);
}

static void pass(struct life *life, uint64_t ms)
{
    failing_next();
    harness_advance(life->harness, ms);
    for (size_t i = 0; i < 3; i++)
        life->told[i] += take_told(life->harness, people[i]);
    (void)failing_end();
    start_again(life->harness);
}

/* A second in which something is done. */
static void do_something(struct life *life, unsigned second)
{
    struct harness *harness = life->harness;
    failing_next();
    if (second % WRITE_EVERY == 0)
        write_note(life, second / WRITE_EVERY % 2);
    if (second % 97 == 0)
        (void)!harness_try_restart(harness, second / 97 % 3);
    if (second % 41 == 0 && !harness_has_ended(harness, 0) && !harness_has_ended(harness, 1)) {
        harness_set_link(harness, 0, 1, false);
        harness_set_link(harness, 0, 1, true);
    }
    pass(life, 1000);
    if (second % 200 == 199) {
        (void)failing_end();
        harness_connect_again(harness);
    }
}

static uint64_t of_status(struct harness *harness, const struct harness_client *client,
                          uint64_t agency, const char *name)
{
    struct tov_record body, peer;
    uint64_t number = UINT64_MAX;
    struct tov_record request = request_of("status", &body);
    struct tov_record reply = answer_to(harness, client, request);
    body = body_of(reply, "status");
    CU_ASSERT(is_text(tov_record_bytes(body, "state"), "serving"));
    for (size_t i = 0; tov_record_child(body, "peers", i, &peer); i++) {
        if (tov_record_number(peer, "agency") == agency)
            number = tov_record_number(peer, name);
    }
    tov_record_destroy(&reply);
    return number;
}

static uint64_t count_written(struct harness *harness, const struct harness_client *client)
{
    uint64_t count = 0, before = 0;
    do {
        struct tov_record body;
        struct tov_record request = request_of("list", &body);
        UNIT_OK(tov_record_put_enum(body, "box", "out"));
        UNIT_OK(tov_record_put_number(body, "limit", 200));
        UNIT_OK(tov_record_put_number(body, "before", before));
        struct tov_record reply = answer_to(harness, client, request);
        body = body_of(reply, "list");
        count += tov_record_count(body, "messages");
        before = tov_record_number(body, "next_before");
        tov_record_destroy(&reply);
    } while (before != 0);
    return count;
}

static void live(enum tov_err err)
{
    struct life life = {.harness = three_nodes()};
    submit_concern(life.harness);
    life.told[0] = 1;
    harness_let_fail(life.harness, true);
    failing_begin(err);
    for (unsigned second = 1; second <= BUSY_SECONDS; second++)
        do_something(&life, second);
    for (unsigned minute = 0; minute < QUIET_MINUTES; minute += 10)
        pass(&life, 10 * MINUTE_MS);
    CU_ASSERT(failing_places() > 10);
    harness_let_fail(life.harness, false);
    for (size_t i = 0; i < 3; i++)
        harness_restart(life.harness, i); /* what it wrote can be read */
    harness_connect_again(life.harness);
    harness_advance(life.harness, 30 * MINUTE_MS);
    for (size_t i = 0; i < 2; i++) {
        drop_replies(life.harness, people[i]);
        CU_ASSERT(count_written(life.harness, people[i]) >= life.told[i]);
    }
    CU_ASSERT(life.told[0] > 10);
    if (err == TOV_OK) { /* memory is all that was ever missing */
        uint64_t sent = of_status(life.harness, &audit, 2, "links_sent");
        UNIT_EQUAL_INT(of_status(life.harness, &audit, 2, "links_receipted"), sent);
        UNIT_EQUAL_INT(sent, count_written(life.harness, &anna));
        for (uint64_t agency = 2; agency <= 3; agency++)
            UNIT_EQUAL_INT(of_status(life.harness, &audit, agency, "suspended"), 0);
    }
    harness_destroy(life.harness);
}

static void nodes_outlive_memory_that_was_missing_anywhere_once(void)
{
    live(TOV_OK);
}

static void nodes_outlive_each_row_that_was_damaged_once(void)
{
    live(TOV_E_CORRUPT);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(nodes_outlive_memory_that_was_missing_anywhere_once),
        UNIT_TEST(nodes_outlive_each_row_that_was_damaged_once),
    };
    return unit_run("core_life_failure", tests, sizeof tests / sizeof tests[0]);
}
