/* SPDX-License-Identifier: EUPL-1.2
 *
 * Bit rot in a whole node: one bit of what it keeps changes while it is down. Its next start, or
 * what it reads then, says so by the name of the file, and nothing of it goes on; or everything
 * reads as before and the node serves. The other agency notices nothing and accuses nobody.
 * Each change is tried in a process of its own, on the same two nodes.
 */
#include "guard/guard_state.h"
#include "support/sim_wire.h"
#include "support/unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define FLIPS 100u /* at least: most bits of a store mean nothing */
#define RECORDS 12u
#define HERE 0u
#define THERE 1u

enum found { AS_BEFORE, TOLD, OTHERWISE, ACCUSED, DIED, FOUNDS };

static struct tov_hash digest_of(struct sim_wire *wire);

/* ---- two nodes that have something to lose ---- */

static struct {
    struct sim_wire *wire;
    struct sim_copy copies[2];
    struct tov_hash digest; /* of all that HERE can show */
} world;

static void submit(struct sim_wire *wire, size_t from, uint64_t record, size_t attachment_bytes)
{
    struct tov_message_written written;
    struct sim_order order = {.record = record,
                              .text_bytes = 100 + record * 60,
                              .recipient_count = 1,
                              .recipients = {{(uint16_t)(2 - from), TOV_RIGHT_ALL}},
                              .attachment_count = attachment_bytes > 0,
                              .attachment_bytes = {attachment_bytes}};
    UNIT_NEED(sim_message_submit(&wire->nodes[from], &order, &written) == TOV_OK);
    sim_wire_run(wire);
}

static void create_world(void)
{
    world.wire = sim_wire_create("rot", 2);
    sim_wire_start_all(world.wire);
    for (uint64_t i = 0; i < RECORDS; i++)
        submit(world.wire, i % 2, i + 1, i % 5 == 0 ? 300000 : 0);
    sim_wire_pass(world.wire, 5000);
    world.digest = digest_of(world.wire);
    for (size_t i = 0; i < 2; i++)
        sim_wire_crash(world.wire, i);
    for (size_t i = 0; i < 2; i++)
        sim_node_copy(&world.wire->nodes[i], &world.copies[i]);
    world.wire->log[0] = '\0';
}

static void destroy_world(void)
{
    for (size_t i = 0; i < 2; i++)
        sim_copy_fini(&world.copies[i]);
    sim_wire_destroy(world.wire);
}

/* ---- what a node can show ---- */

static void hash_messages(struct tov_core *core, uint16_t agency, uint64_t count,
                          struct tov_sha256 *sha)
{
    struct tov_store_read *read = NULL;
    struct tov_message *message = NULL;
    UNIT_NEED(tov_store_read_begin(core->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_message_create(&message) == TOV_OK);
    for (uint64_t i = 0; i < count; i++) {
        struct tov_message_name name = {agency, 1, i};
        enum tov_err err = tov_message_read(core, read, &name, TOV_MESSAGE_CONTENT, message);
        tov_sha256_update(sha, &err, sizeof err);
        if (err != TOV_OK)
            continue;
        tov_sha256_update(sha, message->leaf_hash.bytes, TOV_HASH_BYTES);
        tov_sha256_update(sha, message->header.data, message->header.size);
        tov_sha256_update(sha, message->content.data, message->content.size);
    }
    tov_message_destroy(message);
    tov_store_read_end(read);
}

static struct tov_hash digest_of(struct sim_wire *wire)
{
    static uint64_t counts[2]; /* what came later is not compared */
    struct tov_core *core = tov_node_core(wire->nodes[HERE].node);
    struct tov_sha256 sha;
    struct tov_hash hash;
    for (size_t i = 0; i < 2 && counts[i] == 0; i++)
        counts[i] = tov_ledger_size(tov_node_core(wire->nodes[i].node)->ledger);
    tov_sha256_init(&sha);
    for (uint16_t i = 0; i < 2; i++)
        hash_messages(core, (uint16_t)(i + 1), counts[i], &sha);
    tov_sha256_final(&sha, &hash);
    return hash;
}

/* ---- one change ---- */

enum place { STORE, EPOCHS, BUCKETS, GUARD_LEDGER, GUARD_JOURNAL, GUARD_WITNESS, PLACES };
static const struct {
    const char *name, *told; /* a part of the words */
} places[PLACES] = {
    [STORE] = {"store", "data.mdb"},
    [EPOCHS] = {"epoch keys", "file epochs"},
    [BUCKETS] = {"bucket keys", "file buckets"},
    [GUARD_LEDGER] = {"guard, ledger", NULL},
    [GUARD_JOURNAL] = {"guard, journal", NULL},
    [GUARD_WITNESS] = {"guard, witness", NULL},
};

static void flip_store(const struct sim_node *node, uint64_t bit)
{
    char path[320];
    struct stat info;
    uint8_t byte = 0;
    (void)snprintf(path, sizeof path, "%s/data.mdb", node->dir);
    int fd = open(path, O_RDWR);
    UNIT_NEED(fd >= 0 && fstat(fd, &info) == 0);
    bit %= (uint64_t)info.st_size * 8;
    UNIT_NEED(pread(fd, &byte, 1, (off_t)(bit / 8)) == 1);
    byte ^= (uint8_t)(1u << bit % 8);
    UNIT_NEED(pwrite(fd, &byte, 1, (off_t)(bit / 8)) == 1);
    (void)close(fd);
}

static void flip(struct sim_node *node, enum place place, uint64_t bit)
{
    if (place == STORE) {
        flip_store(node, bit);
    } else if (place == EPOCHS || place == BUCKETS) {
        UNIT_NEED(sim_disk_flip(node->disk, place == EPOCHS ? "epochs" : "buckets", bit));
    } else {
        struct tov_buf *image = &node->images[place - GUARD_LEDGER];
        UNIT_NEED(image->size > 0);
        /* near the beginning of a slot, where there is something */
        size_t slot = (bit >> 32) % 2 * TOV_GUARD_SLOT_BYTES;
        image->data[(slot + bit / 8 % 700) % image->size] ^= (uint8_t)(1u << bit % 8);
    }
}

static enum found of_words(enum place place, enum tov_err err, const struct tov_error *error)
{
    bool names_it = places[place].told == NULL || strstr(error->text, places[place].told) != NULL;
    if (err == TOV_E_CORRUPT && names_it && strstr(error->text, "docs/recovery.md") != NULL)
        return TOLD;
    (void)fprintf(stderr, "%s: %s: %s\n", places[place].name, tov_err_name(err), error->text);
    return OTHERWISE;
}

static bool is_accused(const struct sim_wire *wire)
{
    return sim_wire_logged(wire, "suspected-fork") || sim_wire_logged(wire, "peer-fault") ||
           sim_wire_logged(wire, "peer-suspended") || wire->drops > 0;
}

/* The node has started: it works for a while, and what it shows is looked at. */
static enum found work(struct sim_wire *wire, enum place place)
{
    struct sim_node *node = &wire->nodes[HERE];
    struct tov_error error = {.text = ""};
    sim_wire_start(wire, THERE);
    sim_wire_connect(wire, HERE, THERE);
    sim_wire_run(wire);
    sim_wire_pass(wire, 61000);
    if (is_accused(wire))
        return ACCUSED;
    enum tov_err err = node->node == NULL ? TOV_E_CLOSED : tov_node_failed(node->node, &error);
    if (err != TOV_OK)
        return of_words(place, err, &error);
    if (place >= GUARD_LEDGER && tov_node_state(node->node) == TOV_NODE_GUARD_LOST)
        return TOLD;
    if (tov_node_state(node->node) != TOV_NODE_SERVING)
        return OTHERWISE;
    uint64_t acknowledged = wire->acknowledged;
    submit(wire, HERE, 100, 0);
    submit(wire, THERE, 101, 0);
    struct tov_hash digest = digest_of(wire);
    bool is_right = tov_hash_equal(&digest, &world.digest) && !is_accused(wire) &&
                    wire->acknowledged == acknowledged + 2;
    return is_right ? AS_BEFORE : OTHERWISE;
}

static enum found try_change(enum place place, uint64_t bit)
{
    struct sim_wire *wire = world.wire;
    struct sim_node *node = &wire->nodes[HERE];
    struct tov_error error = {.text = ""};
    flip(node, place, bit);
    enum tov_err err = sim_node_start(node, &error);
    if (err != TOV_OK)
        return of_words(place, err, &error);
    sim_node_settle(node);
    return work(wire, place);
}

static enum found in_a_process(enum place place, uint64_t bit)
{
    int status = 0;
    for (size_t i = 0; i < 2; i++)
        sim_node_put_back(&world.wire->nodes[i], &world.copies[i], SIM_STORE);
    pid_t child = fork();
    if (child == 0)
        _exit((int)try_change(place, bit));
    UNIT_NEED(child > 0 && waitpid(child, &status, 0) == child);
    bool is_one = WIFEXITED(status) && WEXITSTATUS(status) < (int)DIED;
    return is_one ? (enum found)WEXITSTATUS(status) : DIED;
}

static void a_changed_bit_is_told_by_its_file_or_means_nothing(void)
{
    size_t tally[PLACES][FOUNDS] = {{0}};
    uint64_t random = 1;
    create_world();
    unsigned flips = unit_rounds("TOV_FLIPS", FLIPS);
    flips = flips < FLIPS ? FLIPS : flips;
    for (unsigned i = 0; i < flips; i++) {
        /* every other one in the store, the others in turn elsewhere */
        enum place place = i % 2 == 0 ? STORE : (enum place)(1 + i / 2 % (PLACES - 1));
        uint64_t bit = unit_random(&random);
        enum found found = in_a_process(place, bit);
        tally[place][found]++;
        if (found != AS_BEFORE && found != TOLD)
            (void)fprintf(stderr, "%s: number %u: %s\n", places[place].name, i,
                          found == DIED      ? "it died"
                          : found == ACCUSED ? "an agency was accused"
                                             : "it was not told");
    }
    for (size_t i = 0; i < PLACES; i++) {
        (void)printf("    %s: %zu told, %zu that mean nothing\n", places[i].name, tally[i][TOLD],
                     tally[i][AS_BEFORE]);
        UNIT_EQUAL_INT(tally[i][OTHERWISE] + tally[i][ACCUSED] + tally[i][DIED], 0);
    }
    CU_ASSERT(tally[STORE][TOLD] > 0 && tally[EPOCHS][TOLD] > 0 && tally[BUCKETS][TOLD] > 0);
    destroy_world();
}

/* ---- attachments ---- */

static bool is_complete(struct sim_wire *wire, uint64_t index)
{
    struct tov_node *node = wire->nodes[THERE].node;
    struct tov_store_read *read = NULL;
    struct tov_transfer_view view = {.complete = false};
    struct tov_message_name name = {1, 1, index};
    UNIT_NEED(tov_store_read_begin(tov_node_core(node)->store, &read, NULL) == TOV_OK);
    enum tov_err err = tov_follow_transfer(tov_node_follow(node), read, &name, 2, &view);
    tov_store_read_end(read);
    return err == TOV_OK && view.complete && !view.failed;
}

static struct tov_message_written send_attachment(struct sim_wire *wire)
{
    struct tov_message_written written;
    struct sim_order order = {.record = 1,
                              .text_bytes = 100,
                              .recipient_count = 1,
                              .recipients = {{2, TOV_RIGHT_ALL}},
                              .attachment_count = 1,
                              .attachment_bytes = {600000}};
    UNIT_NEED(sim_message_submit(&wire->nodes[HERE], &order, &written) == TOV_OK);
    return written;
}

static void what_the_own_disk_changed_is_not_sent_and_the_sender_says_so(void)
{
    struct sim_wire *wire = sim_wire_create("rot-own", 2);
    sim_wire_start_all(wire);
    sim_wire_disconnect(wire, HERE, THERE);
    struct tov_message_written written = send_attachment(wire);
    sim_wire_run(wire);
    UNIT_NEED(sim_disk_flip(wire->nodes[HERE].disk, "own-", 1000001));
    sim_wire_connect(wire, HERE, THERE);
    sim_wire_run(wire);
    sim_wire_pass(wire, 5000);
    CU_ASSERT(sim_wire_logged(wire, "attachment-damaged"));
    CU_ASSERT(!is_accused(wire));
    CU_ASSERT(!is_complete(wire, written.place.index));
    /* It is put back from a backup. */
    UNIT_NEED(sim_disk_flip(wire->nodes[HERE].disk, "own-", 1000001));
    sim_wire_pass(wire, 120000);
    CU_ASSERT(is_complete(wire, written.place.index));
    sim_wire_destroy(wire);
}

/* The third large frame: two chunks are written by then. */
static bool rot_on_the_way(void *context, struct sim_frame *frame)
{
    unsigned *large = context;
    if (frame->from == HERE && frame->bytes.size > 100000 && ++*large == 3)
        UNIT_NEED(sim_disk_flip(world.wire->nodes[THERE].disk, "peer-", 1000001));
    return true;
}

static void what_changed_while_it_was_fetched_is_fetched_again(void)
{
    unsigned large = 0;
    struct sim_wire *wire = sim_wire_create("rot-in", 2);
    world.wire = wire;
    sim_wire_start_all(wire);
    wire->filter = rot_on_the_way;
    wire->filter_context = &large;
    struct tov_message_written written = send_attachment(wire);
    sim_wire_run(wire);
    sim_wire_pass(wire, 120000);
    CU_ASSERT(large > 3);
    CU_ASSERT(sim_wire_logged(wire, "attachment-damaged"));
    CU_ASSERT(!is_accused(wire));
    CU_ASSERT(is_complete(wire, written.place.index));
    sim_wire_destroy(wire);
}

/* A bad place on the disk: whatever is written of that file is changed once it is half there. */
static bool rot_each_time(void *context, struct sim_frame *frame)
{
    unsigned *large = context;
    if (frame->from == HERE && frame->bytes.size > 100000 && ++*large % 4 == 3)
        UNIT_NEED(sim_disk_flip(world.wire->nodes[THERE].disk, "peer-", 1000001));
    return true;
}

static size_t count_given_up(struct sim_wire *wire)
{
    return tov_follow_gave_up(tov_node_follow(wire->nodes[THERE].node));
}

static void what_the_disk_changes_each_time_is_left_at_a_person(void)
{
    unsigned large = 0;
    struct sim_wire *wire = sim_wire_create("rot-again", 2);
    world.wire = wire;
    sim_wire_start_all(wire);
    wire->filter = rot_each_time;
    wire->filter_context = &large;
    struct tov_message_written written = send_attachment(wire);
    sim_wire_run(wire);
    sim_wire_pass(wire, 3600000);
    UNIT_EQUAL_INT(large, 3 * 4); /* four large chunks, three times, and no more */
    UNIT_EQUAL_INT(count_given_up(wire), 1);
    CU_ASSERT(!is_accused(wire));
    CU_ASSERT(!is_complete(wire, written.place.index));
    /* The disk is another, and the node begins again. */
    wire->filter = NULL;
    sim_wire_crash(wire, THERE);
    sim_wire_pass(wire, 1000);
    sim_wire_start(wire, THERE);
    sim_wire_connect(wire, HERE, THERE);
    sim_wire_run(wire);
    sim_wire_pass(wire, 120000);
    UNIT_EQUAL_INT(count_given_up(wire), 0);
    CU_ASSERT(is_complete(wire, written.place.index));
    sim_wire_destroy(wire);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_changed_bit_is_told_by_its_file_or_means_nothing),
        UNIT_TEST(what_the_own_disk_changed_is_not_sent_and_the_sender_says_so),
        UNIT_TEST(what_changed_while_it_was_fetched_is_fetched_again),
        UNIT_TEST(what_the_disk_changes_each_time_is_left_at_a_person),
    };
    return unit_run("rot", tests, sizeof tests / sizeof tests[0]);
}
