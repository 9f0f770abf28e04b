/* SPDX-License-Identifier: EUPL-1.2
 *
 * Numbers of connections are never used twice, and quotas hold at their limits.
 */
#include "front/connection.h"

#include "support/unit.h"

static struct tov_net_key key_of(uint8_t first)
{
    return (struct tov_net_key){.bytes = {first}};
}

static void a_number_is_never_used_twice(void)
{
    struct connection_table table;
    struct tov_net_key key = key_of(1);
    UNIT_NEED(connection_table_init(&table) == TOV_OK);
    struct connection *first = connection_start(&table, (struct tov_net_route){7}, &key);
    uint64_t number = first->number;
    CU_ASSERT(connection_of_number(&table, number) == first);
    connection_end(&table, first);
    CU_ASSERT(connection_of_number(&table, number) == NULL);
    struct connection *second = connection_start(&table, (struct tov_net_route){7}, &key);
    CU_ASSERT(second == first && second->number != number);
    CU_ASSERT(connection_of_number(&table, number) == NULL);
    connection_table_fini(&table);
}

static void a_route_with_another_key_is_another_connection(void)
{
    struct connection_table table;
    struct tov_net_key one = key_of(1);
    struct tov_net_key two = key_of(2);
    struct tov_net_route route = {7};
    UNIT_NEED(connection_table_init(&table) == TOV_OK);
    struct connection *connection = connection_start(&table, route, &one);
    CU_ASSERT(connection_find(&table, route, &one) == connection);
    CU_ASSERT(connection_find(&table, route, &two) == NULL);
    CU_ASSERT(connection_find(&table, (struct tov_net_route){8}, &one) == NULL);
    connection_table_fini(&table);
}

static void a_key_gets_its_share_and_the_table_its_size(void)
{
    struct connection_table table;
    UNIT_NEED(connection_table_init(&table) == TOV_OK);
    for (uint32_t i = 0; i < TOV_FRONT_CONNECTIONS_MAX; i++) {
        struct tov_net_key key = key_of((uint8_t)(i / TOV_FRONT_CONNECTIONS_OF_KEY_MAX));
        CU_ASSERT(connection_start(&table, (struct tov_net_route){i}, &key) != NULL);
        if (i == TOV_FRONT_CONNECTIONS_OF_KEY_MAX - 1)
            CU_ASSERT(connection_start(&table, (struct tov_net_route){9999}, &key) == NULL);
    }
    struct tov_net_key other = key_of(200);
    CU_ASSERT(connection_start(&table, (struct tov_net_route){9999}, &other) == NULL);
    connection_end(&table, &table.places[5]);
    CU_ASSERT(connection_start(&table, (struct tov_net_route){9999}, &other) == &table.places[5]);
    connection_table_fini(&table);
}

static void quotas_hold_in_count_bytes_and_time(void)
{
    struct connection connection = {.used = true};
    for (unsigned i = 0; i < TOV_REQUESTS_MAX; i++)
        CU_ASSERT(connection_takes_request(&connection, 10, 1000));
    CU_ASSERT(!connection_takes_request(&connection, 10, 1000));
    connection_answered(&connection);
    CU_ASSERT(connection_takes_request(&connection, 10, 2000));
    connection_forget_old_requests(&connection, 1000 + TOV_FRONT_REQUEST_MS);
    UNIT_EQUAL_INT(connection.request_count, 1);
    UNIT_EQUAL_INT(connection.request_bytes, 10);
    CU_ASSERT(!connection_takes_request(&connection, TOV_REQUESTS_MAX_BYTES - 9, 2000));
    CU_ASSERT(connection_takes_request(&connection, TOV_REQUESTS_MAX_BYTES - 10, 2000));
    connection_answered(&connection);
    connection_answered(&connection);
    connection_answered(&connection);
    UNIT_EQUAL_INT(connection.request_bytes, 0);
}

int main(void)
{
    const struct unit_test tests[] = {
        UNIT_TEST(a_number_is_never_used_twice),
        UNIT_TEST(a_route_with_another_key_is_another_connection),
        UNIT_TEST(a_key_gets_its_share_and_the_table_its_size),
        UNIT_TEST(quotas_hold_in_count_bytes_and_time),
    };
    return unit_run("front connection", tests, sizeof tests / sizeof tests[0]);
}
