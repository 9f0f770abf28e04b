/* SPDX-License-Identifier: EUPL-1.2 */
#include "front/connection.h"

#include <stdlib.h>
#include <string.h>

enum tov_err connection_table_init(struct connection_table *table)
{
    *table = (struct connection_table){.next_serial = 1};
    table->places = calloc(TOV_FRONT_CONNECTIONS_MAX, sizeof *table->places);
    return table->places == NULL ? TOV_E_NOMEM : TOV_OK;
}

void connection_table_fini(struct connection_table *table)
{
    for (size_t i = 0; i < table->end; i++)
        tov_net_queue_clear(&table->places[i].queue);
    free(table->places);
    *table = (struct connection_table){.places = NULL};
}

static bool is_it(const struct connection *connection, struct tov_net_route route,
                  const struct tov_net_key *key)
{
    return connection->used && connection->route.id == route.id &&
           tov_net_key_equal(&connection->key, key);
}

struct connection *connection_find(struct connection_table *table, struct tov_net_route route,
                                   const struct tov_net_key *key)
{
    if (is_it(&table->places[table->last_found], route, key))
        return &table->places[table->last_found];
    for (size_t i = 0; i < table->end; i++) {
        if (is_it(&table->places[i], route, key)) {
            table->last_found = i;
            return &table->places[i];
        }
    }
    return NULL;
}

struct connection *connection_of_number(struct connection_table *table, uint64_t number)
{
    struct connection *connection = &table->places[number % TOV_FRONT_CONNECTIONS_MAX];
    bool open = connection->used && !connection->closed && connection->number == number;
    return open ? connection : NULL;
}

static size_t count_of_key(const struct connection_table *table, const struct tov_net_key *key)
{
    size_t count = 0;
    for (size_t i = 0; i < table->end; i++)
        count += table->places[i].used && tov_net_key_equal(&table->places[i].key, key);
    return count;
}

struct connection *connection_start(struct connection_table *table, struct tov_net_route route,
                                    const struct tov_net_key *key)
{
    size_t place = 0;
    while (place < table->end && table->places[place].used)
        place++;
    if (place == TOV_FRONT_CONNECTIONS_MAX ||
        count_of_key(table, key) >= TOV_FRONT_CONNECTIONS_OF_KEY_MAX)
        return NULL;
    if (place == table->end)
        table->end++;
    struct connection *connection = &table->places[place];
    memset(connection, 0, sizeof *connection);
    connection->used = true;
    connection->route = route;
    connection->key = *key;
    connection->number = table->next_serial++ * TOV_FRONT_CONNECTIONS_MAX + place;
    connection->queue = TOV_NET_QUEUE_INIT(TOV_FRONT_QUEUE_MAX_BYTES);
    return connection;
}

void connection_end(struct connection_table *table, struct connection *connection)
{
    tov_net_queue_clear(&connection->queue);
    connection->used = false;
    while (table->end > 0 && !table->places[table->end - 1].used)
        table->end--;
}

bool connection_takes_request(struct connection *connection, size_t size_bytes, uint64_t now_ms)
{
    if (connection->request_count == TOV_REQUESTS_MAX ||
        size_bytes > TOV_REQUESTS_MAX_BYTES - connection->request_bytes)
        return false;
    size_t place = (connection->first_request + connection->request_count) % TOV_REQUESTS_MAX;
    connection->requests[place].size_bytes = (uint32_t)size_bytes;
    connection->requests[place].given_ms = now_ms;
    connection->request_count++;
    connection->request_bytes += size_bytes;
    return true;
}

void connection_answered(struct connection *connection)
{
    if (connection->request_count == 0)
        return;
    connection->request_bytes -= connection->requests[connection->first_request].size_bytes;
    connection->first_request = (connection->first_request + 1) % TOV_REQUESTS_MAX;
    connection->request_count--;
}

void connection_forget_old_requests(struct connection *connection, uint64_t now_ms)
{
    while (connection->request_count > 0 &&
           now_ms - connection->requests[connection->first_request].given_ms >=
               TOV_FRONT_REQUEST_MS)
        connection_answered(connection);
}
