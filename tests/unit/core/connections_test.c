/* SPDX-License-Identifier: EUPL-1.2
 *
 * Whose connections a node takes, how many, and which it closes (I11): whole nodes in one process.
 * Not for: what is asked on them (requests_test.c, watching_test.c).
 */
#include "desk_ask.h"
#include "gap_scene.h"

#include "api/api_internal.h"
#include "base/cleanup.h"
#include "node.h"

#include <stdlib.h>
#include <string.h>

static void send_frame(struct harness *harness, struct tov_record request, uint64_t id)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    UNIT_NEED(tov_record_put_number(request, "id", id) == TOV_OK);
    UNIT_NEED(tov_api_encode(request, &frame) == TOV_OK);
    harness_send(harness, &anna, tov_buf_view(&frame));
}

static enum tov_err hello(struct harness *harness, const struct harness_client *client)
{
    struct tov_record body;
    struct tov_record request = request_of("hello", &body);
    UNIT_OK(tov_record_put_number(body, "api_min", 1));
    UNIT_OK(tov_record_put_number(body, "api_max", 1));
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    UNIT_NEED(tov_record_put_number(request, "id", 1) == TOV_OK);
    UNIT_NEED(tov_api_encode(request, &frame) == TOV_OK);
    tov_record_destroy(&request);
    struct tov_record reply = {0};
    uint8_t *bytes;
    size_t size;
    harness_send(harness, client, tov_buf_view(&frame));
    harness_run(harness);
    UNIT_NEED(harness_take(harness, client, &bytes, &size));
    UNIT_NEED(tov_api_reply_decode((struct tov_bytes){bytes, size}, &reply, NULL) == TOV_OK);
    enum tov_err err = (enum tov_err)error_of(reply);
    tov_record_destroy(&reply);
    free(bytes);
    return err;
}

static void one_key_has_sixty_four_connections_and_takes_none_from_others(void)
{
    struct harness *harness = three_nodes();
    struct harness_client client = {0, "anna", 1000};
    for (; client.connection < 1000 + TOV_API_CONNECTIONS_OF_KEY_MAX; client.connection++)
        UNIT_OK(hello(harness, &client));
    UNIT_EQUAL_INT(hello(harness, &client), TOV_E_BUSY);
    CU_ASSERT(harness_is_closed(harness, &client));
    UNIT_OK(hello(harness, &eva));
    harness_gone(harness, &(struct harness_client){0, "anna", 1005});
    client.connection++;
    UNIT_OK(hello(harness, &client));
    harness_destroy(harness);
}

/* A registry of COUNT clients, each by the key of its name. */
static struct tov_clients *clients_of(unsigned count)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TOV_CLIENTS_MAX_BYTES);
    struct tov_clients *clients = NULL;
    tov_clients_format_start("kk", &text);
    for (unsigned i = 0; i < count; i++) {
        char name[16];
        struct tov_client client = {.name = name,
                                    .kind = TOV_CLIENT_PERSON,
                                    .roles = TOV_ROLE_BIT(TOV_ROLE_SAGSBEHANDLER),
                                    .units = (const char *const[]){"eki"},
                                    .unit_count = 1};
        (void)snprintf(name, sizeof name, "c%u", i);
        struct tov_hash hash = tov_sha256(tov_bytes_of_text(name)); /* as the harness has it */
        memcpy(client.key, hash.bytes, sizeof client.key);
        tov_clients_format_entry(&client, &text);
    }
    UNIT_NEED(tov_clients_parse(tov_buf_view(&text), &clients, NULL) == TOV_OK);
    return clients;
}

static void all_keys_together_have_so_many_connections_and_no_more(void)
{
    const unsigned keys = TOV_API_CONNECTIONS_MAX / TOV_API_CONNECTIONS_OF_KEY_MAX;
    struct harness *harness = three_nodes();
    struct tov_node *node = harness_node(harness, 0);
    struct tov_clients *before = tov_node_api(node)->clients;
    struct tov_clients *clients = clients_of(keys + 1);
    uint64_t connection = 5000;
    tov_node_set_clients(node, clients);
    for (unsigned i = 0; i < keys; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "c%u", i);
        for (unsigned n = 0; n < TOV_API_CONNECTIONS_OF_KEY_MAX; n++)
            UNIT_OK(hello(harness, &(struct harness_client){0, name, connection++}));
    }
    char last[16];
    (void)snprintf(last, sizeof last, "c%u", keys);
    const struct harness_client late = {0, last, connection++};
    UNIT_EQUAL_INT(hello(harness, &late), TOV_E_BUSY);
    CU_ASSERT(harness_is_closed(harness, &late));
    harness_gone(harness, &(struct harness_client){0, "c0", 5000});
    UNIT_OK(hello(harness, &(struct harness_client){0, last, connection}));
    tov_node_set_clients(node, before);
    tov_clients_destroy(clients);
    harness_destroy(harness);
}

/* I11: what it does not take is kept for it up to a limit, and no further. */
static void who_does_not_take_its_replies_is_closed(void)
{
    struct harness *harness = three_nodes();
    struct tov_record body;
    unsigned asked = 0;
    for (unsigned i = 0; i < 40; i++)
        (void)send_to_both(harness, NULL);
    harness_set_front_room(harness, 0, 0);
    while (!harness_is_closed(harness, &anna) && asked++ < 2000) {
        struct tov_record request = request_of("list", &body);
        send_frame(harness, request, 1000 + asked);
        tov_record_destroy(&request);
        harness_run(harness);
    }
    CU_ASSERT(harness_is_closed(harness, &anna));
    CU_ASSERT(asked > 10);
    harness_set_front_room(harness, 0, SIZE_MAX);
    UNIT_OK(hello(harness, &eva)); /* nobody else is held up */
    harness_destroy(harness);
}

/* The id and the error of the next reply on the connection; false: there is none. */
static bool take_reply(struct harness *harness, const struct harness_client *client,
                       uint64_t *out_id, enum tov_err *out_error)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record reply = {0};
    uint8_t *bytes;
    size_t size;
    if (!harness_take(harness, client, &bytes, &size))
        return false;
    UNIT_NEED(tov_api_reply_decode((struct tov_bytes){bytes, size}, &reply, NULL) == TOV_OK);
    free(bytes);
    *out_id = tov_record_number(reply, "id");
    *out_error = (enum tov_err)error_of(reply);
    return true;
}

/* Asks five times while the front takes nothing; then it takes two, and the rest. */
static void ask_without_room(struct harness *harness)
{
    enum tov_err err = TOV_OK;
    uint64_t id = 0, next = 1;
    harness_set_front_room(harness, 0, 0);
    for (uint64_t asked = 1; asked <= 5; asked++) {
        struct tov_record body;
        struct tov_record request = request_of("directory", &body);
        send_frame(harness, request, asked);
        tov_record_destroy(&request);
    }
    harness_run(harness);
    CU_ASSERT(!take_reply(harness, &anna, &id, &err));
    for (unsigned room = 2; room <= 3; room++) {
        harness_set_front_room(harness, 0, room);
        harness_advance(harness, 1000);
        for (unsigned i = 0; i < room; i++) {
            CU_ASSERT_FATAL(take_reply(harness, &anna, &id, &err));
            UNIT_EQUAL_INT(id, next++);
        }
        CU_ASSERT(!take_reply(harness, &anna, &id, &err));
    }
}

/* In the order in which they were asked, and none twice; and so the next time. */
static void replies_that_found_no_room_come_when_there_is_some(void)
{
    struct harness *harness = three_nodes();
    ask_without_room(harness);
    ask_without_room(harness);
    harness_set_front_room(harness, 0, SIZE_MAX);
    UNIT_OK(hello(harness, &anna));
    harness_destroy(harness);
}

/* I11: what waits for a commit is bounded by the key, and takes nothing from others. */
static void one_key_has_so_many_requests_in_flight_and_no_more(void)
{
    struct harness *harness = three_nodes();
    struct tov_record body;
    enum tov_err err = TOV_OK;
    uint64_t id = 0, answered = 0, written = 0;
    uint64_t number = send_to_both(harness, NULL);
    struct tov_record request = request_of("get", &body);
    UNIT_OK(tov_record_put_number(body, "number", number));
    harness_hold_commits(harness, 0, true);
    for (uint64_t asked = 1; asked <= TOV_API_IN_FLIGHT_MAX + 1; asked++)
        send_frame(harness, request, asked);
    tov_record_destroy(&request);
    harness_run(harness);
    CU_ASSERT_FATAL(take_reply(harness, &anna, &id, &err));
    UNIT_EQUAL_INT(id, TOV_API_IN_FLIGHT_MAX + 1);
    UNIT_EQUAL_INT(err, TOV_E_BUSY);
    CU_ASSERT(!take_reply(harness, &anna, &id, &err));
    UNIT_OK(hello(harness, &eva));
    harness_hold_commits(harness, 0, false);
    harness_run(harness);
    for (; take_reply(harness, &anna, &id, &err); answered++)
        written += err == TOV_OK;
    UNIT_EQUAL_INT(answered, TOV_API_IN_FLIGHT_MAX);
    UNIT_EQUAL_INT(written, TOV_API_IN_FLIGHT_MAX);
    UNIT_OK(hello(harness, &anna));
    harness_destroy(harness);
}

/* Those that lie in one place of the table, too: whichever ends, the others are there. */
static void a_connection_that_ends_takes_no_other_with_it(void)
{
    static const char *const names[] = {"anna", "sofie", "eva"};
    struct harness_client clients[3 * TOV_API_CONNECTIONS_OF_KEY_MAX];
    const size_t count = sizeof clients / sizeof clients[0];
    struct harness *harness = three_nodes();
    const struct tov_api *api = tov_node_api(harness_node(harness, 0));
    uint64_t random = 1;
    for (size_t i = 0; i < count; i++) {
        clients[i] = (struct harness_client){0, names[i % 3], unit_random(&random)};
        UNIT_OK(hello(harness, &clients[i]));
    }
    UNIT_EQUAL_INT(api->connection_count, count);
    for (size_t ended = 0; ended < count; ended++) {
        harness_gone(harness, &clients[ended]);
        UNIT_EQUAL_INT(api->connection_count, count - ended - 1);
        for (size_t i = 0; i < count; i++)
            CU_ASSERT((tov_api_connection_find(api, clients[i].connection) != NULL) == (i > ended));
    }
    harness_gone(harness, &clients[0]); /* said twice, as by a front that was taken over */
    UNIT_EQUAL_INT(api->connection_count, 0);
    harness_destroy(harness);
}

static void a_key_that_is_not_registered_any_more_is_closed(void)
{
    struct harness *harness = three_nodes();
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(4096);
    struct tov_clients *clients = NULL;
    UNIT_OK(hello(harness, &anna));
    UNIT_OK(hello(harness, &eva));
    struct tov_client only = *tov_clients_find_name(tov_node_api(harness_node(harness, 0))->clients,
                                                    tov_bytes_of_text("eva"));
    tov_clients_format_start("kk", &text);
    tov_clients_format_entry(&only, &text);
    UNIT_NEED(tov_clients_parse(tov_buf_view(&text), &clients, NULL) == TOV_OK);
    struct tov_clients *before = tov_node_api(harness_node(harness, 0))->clients;
    tov_node_set_clients(harness_node(harness, 0), clients);
    CU_ASSERT(harness_is_closed(harness, &anna));
    CU_ASSERT(!harness_is_closed(harness, &eva));
    UNIT_OK(hello(harness, &eva));
    UNIT_EQUAL_INT(hello(harness, &(struct harness_client){0, "anna", 2000}), TOV_E_DENIED);
    tov_node_set_clients(harness_node(harness, 0), before);
    tov_clients_destroy(clients);
    harness_destroy(harness);
}

static void a_connection_that_comes_with_another_key_is_a_new_one(void)
{
    struct harness *harness = three_nodes();
    struct tov_record body;
    struct tov_record request = request_of("find", &body);
    UNIT_OK(tov_record_put_text(body, "name", "Magnus"));
    UNIT_OK(tov_record_put_text(body, "reason", "Borgeren har ringet"));
    struct tov_record reply = answer_to(harness, &anna, request);
    uint64_t id = tov_record_number(body_of(reply, "find"), "search");
    tov_record_destroy(&reply);
    const struct harness_client intruder = {0, "sofie", anna.connection};
    request = request_of("find", &body);
    UNIT_OK(tov_record_put_text(body, "name", "Magnus"));
    UNIT_OK(tov_record_put_number(body, "search", id));
    UNIT_EQUAL_INT(error_to(harness, &intruder, request), TOV_E_DENIED);
    harness_destroy(harness);
}

static void a_key_that_nobody_registered_is_told_so_and_closed(void)
{
    struct harness *harness = three_nodes();
    const struct harness_client stranger = {0, "nobody", 1500};
    UNIT_EQUAL_INT(hello(harness, &stranger), TOV_E_DENIED);
    CU_ASSERT(harness_is_closed(harness, &stranger));
    harness_destroy(harness);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(one_key_has_sixty_four_connections_and_takes_none_from_others),
        UNIT_TEST(all_keys_together_have_so_many_connections_and_no_more),
        UNIT_TEST(who_does_not_take_its_replies_is_closed),
        UNIT_TEST(replies_that_found_no_room_come_when_there_is_some),
        UNIT_TEST(one_key_has_so_many_requests_in_flight_and_no_more),
        UNIT_TEST(a_connection_that_ends_takes_no_other_with_it),
        UNIT_TEST(a_key_that_is_not_registered_any_more_is_closed),
        UNIT_TEST(a_connection_that_comes_with_another_key_is_a_new_one),
        UNIT_TEST(a_key_that_nobody_registered_is_told_so_and_closed),
    };
    return unit_run("core: connections", tests, sizeof tests / sizeof tests[0]);
}
