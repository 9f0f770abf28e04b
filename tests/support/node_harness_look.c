/* SPDX-License-Identifier: EUPL-1.2 */
#include "support/node_harness_internal.h"

#include "support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void harness_hold_commits(struct harness *harness, size_t node, bool holds)
{
    harness->nodes[node].holds = holds;
}

void harness_fill_disk(struct harness *harness, size_t node, bool is_full)
{
    harness->nodes[node].disk_is_full = is_full;
    sim_disk_fill(harness->nodes[node].disk, is_full);
}

void harness_set_front_room(struct harness *harness, size_t node, size_t frames)
{
    harness->nodes[node].front_room = frames;
}

bool harness_disk_holds(const struct harness *harness, size_t node, const char *needle)
{
    return sim_disk_holds(harness->nodes[node].disk, needle);
}

bool harness_store_holds(const struct harness *harness, size_t node, struct tov_bytes needle)
{
    char path[96];
    (void)snprintf(path, sizeof path, "%s/data.mdb", harness->nodes[node].folder);
    FILE *file = fopen(path, "rb");
    UNIT_NEED(file != NULL && fseek(file, 0, SEEK_END) == 0);
    long size = ftell(file);
    uint8_t *bytes = malloc(size > 0 ? (size_t)size : 1);
    UNIT_NEED(size > 0 && bytes != NULL && fseek(file, 0, SEEK_SET) == 0);
    UNIT_NEED(fread(bytes, 1, (size_t)size, file) == (size_t)size);
    (void)fclose(file);
    bool is_there = memmem(bytes, (size_t)size, needle.data, needle.size) != NULL;
    free(bytes);
    return is_there;
}

size_t harness_logged(const struct harness *harness, size_t node, const char *event)
{
    const struct queue *logged = &harness->nodes[node].logged;
    size_t count = 0;
    for (size_t i = 0; i < logged->count; i++)
        count += tov_bytes_equal((struct tov_bytes){logged->items[i].bytes, logged->items[i].size},
                                 tov_bytes_of_text(event));
    return count;
}

/* ---- clients ---- */

void harness_send(struct harness *harness, const struct harness_client *client,
                  struct tov_bytes frame)
{
    uint8_t key[32];
    harness_key_of(client->name, key);
    tov_node_on_client_frame(harness->nodes[client->node].node, key, client->connection, frame);
}

void harness_gone(struct harness *harness, const struct harness_client *client)
{
    tov_node_on_client_gone(harness->nodes[client->node].node, client->connection);
}

bool harness_take(struct harness *harness, const struct harness_client *client, uint8_t **out_frame,
                  size_t *out_size)
{
    struct queue *replies = &harness->nodes[client->node].replies;
    for (size_t i = 0; i < replies->count; i++) {
        if (replies->items[i].to != client->connection)
            continue;
        struct item item = queue_take(replies, i);
        *out_frame = item.bytes;
        *out_size = item.size;
        return true;
    }
    return false;
}

bool harness_is_closed(const struct harness *harness, const struct harness_client *client)
{
    const struct queue *closed = &harness->nodes[client->node].closed;
    for (size_t i = 0; i < closed->count; i++) {
        if (closed->items[i].to == client->connection)
            return true;
    }
    return false;
}
