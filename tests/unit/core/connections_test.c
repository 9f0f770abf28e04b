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
        UNIT_TEST(who_does_not_take_its_replies_is_closed),
        UNIT_TEST(a_key_that_is_not_registered_any_more_is_closed),
        UNIT_TEST(a_connection_that_comes_with_another_key_is_a_new_one),
        UNIT_TEST(a_key_that_nobody_registered_is_told_so_and_closed),
    };
    return unit_run("core: connections", tests, sizeof tests / sizeof tests[0]);
}
