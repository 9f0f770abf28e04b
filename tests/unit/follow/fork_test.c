/* SPDX-License-Identifier: EUPL-1.2
 *
 * An agency that signs two histories, as two nodes with one key do, against a node that is shown
 * both: it keeps two notes that convince a third party, which here is Go's own implementation. And
 * a disk that rots, which accuses nobody.
 */
#include "hostile_peer.h"

#include "base/hex.h"
#include "follow/peer.h"
#include "merkle/checkpoint.h"
#include "support/command.h"
#include "support/goverify.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NOTE_BYTES (8u + TOV_HASH_BYTES + TOV_SIGNATURE_BYTES)

/* ---- two histories ---- */

/* A node that was copied: what it has signed so far is common. */
struct copy {
    struct tov_range range;
    uint64_t sent;
};

static void append_root(struct hostile *hostile)
{
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    UNIT_NEED(leaf != NULL);
    leaf->type = TOV_LEAF_JOURNAL_ROOT;
    leaf->as.journal_root = (struct tov_leaf_journal_root){1, 1, {{1}}};
    hostile_append(hostile, leaf); /* its blind is another each time */
}

static struct copy copy_of(const struct hostile *hostile)
{
    return (struct copy){hostile->range, hostile->sent};
}

static void become(struct hostile *hostile, const struct copy *copy)
{
    hostile->range = copy->range;
    hostile->sent = copy->sent;
}

static struct tov_frame_checkpoint newest(const struct hostile *hostile)
{
    struct tov_frame_checkpoint own = {.present = true,
                                       .generation = hostile->agency->generation,
                                       .size = hostile->range.size,
                                       .root = tov_range_root(&hostile->range)};
    struct tov_checkpoint checkpoint;
    UNIT_NEED(tov_checkpoint_make(tov_bytes_of_text(hostile->agency->ledger.name), own.size,
                                  &own.root, &checkpoint) == TOV_OK);
    tov_checkpoint_sign(&checkpoint, hostile->ledger_secret, own.signature);
    return own;
}

/* The other one's Hello: what it has signed itself. */
static void say_own(struct hostile *hostile, const struct tov_frame_checkpoint *own)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    struct tov_frame_hello hello = {.protocol_min = 1,
                                    .protocol_max = 1,
                                    .agency = hostile->agency->number,
                                    .roster_version = 1,
                                    .own = *own,
                                    .window_bytes = 1u << 20,
                                    .started = true,
                                    .now_ms = hostile_core(hostile)->now_ms};
    hostile_random(hostile, hello.nonce, sizeof hello.nonce);
    UNIT_NEED(tov_frame_encode_hello(&hello, &frame) == TOV_OK);
    hostile_say(hostile, tov_buf_view(&frame));
}

static struct hostile *meet(const char *name)
{
    struct hostile *hostile = hostile_create(name, 3);
    hostile_meet(hostile);
    return hostile;
}

/* ---- evidence ---- */

struct evidence {
    struct tov_buf row;
    char folder[64];
};

static void evidence_fini(struct evidence *evidence)
{
    const char *const words[] = {"rm", "-rf", evidence->folder, NULL};
    tov_buf_fini(&evidence->row);
    UNIT_NEED(command_run(words, NULL) == 0);
}

static void load(const struct hostile *hostile, struct evidence *evidence)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_bytes row;
    struct tov_store_key key = tov_store_key_text("fork");
    *evidence = (struct evidence){.row = TOV_BUF_INIT(8192), .folder = "/tmp/tov-fork-XXXXXX"};
    UNIT_NEED(mkdtemp(evidence->folder) != NULL);
    tov_store_key_put_u16(&key, hostile->agency->number);
    tov_store_key_put_u32(&key, hostile->agency->generation);
    UNIT_NEED(tov_store_read_begin(hostile_core(hostile)->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_store_get(read, TOV_TABLE_FACT, key, &row) == TOV_OK);
    tov_buf_put_bytes(&evidence->row, row);
    UNIT_NEED(row.size >= 2 * (size_t)NOTE_BYTES);
}

static void save(const struct evidence *evidence, const char *name, struct tov_bytes bytes)
{
    char path[128];
    (void)snprintf(path, sizeof path, "%s/%s", evidence->folder, name);
    FILE *file = fopen(path, "wb");
    UNIT_NEED(file != NULL && fwrite(bytes.data, 1, bytes.size, file) == bytes.size);
    UNIT_NEED(fclose(file) == 0);
}

static uint64_t save_note(const struct hostile *hostile, const struct evidence *evidence, size_t at,
                          const char *name)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf note = TOV_BUF_INIT(4096);
    const uint8_t *bytes = evidence->row.data + at * NOTE_BYTES;
    struct tov_checkpoint checkpoint;
    struct tov_hash root;
    uint64_t size = tov_get_be64(bytes);
    memcpy(root.bytes, bytes + 8, sizeof root.bytes);
    UNIT_NEED(tov_checkpoint_make(tov_bytes_of_text(hostile->agency->ledger.name), size, &root,
                                  &checkpoint) == TOV_OK);
    tov_checkpoint_put_note(&note, &checkpoint, &hostile->agency->ledger,
                            bytes + 8 + TOV_HASH_BYTES);
    save(evidence, name, tov_buf_view(&note));
    return size;
}

static void save_proof(const struct evidence *evidence, const struct tov_hash *root)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(8192);
    tov_buf_put_base64(&text, TOV_BYTES_OF(root->bytes));
    tov_buf_put_text(&text, "\n");
    for (size_t at = 2 * (size_t)NOTE_BYTES + TOV_HASH_BYTES; at < evidence->row.size;
         at += TOV_HASH_BYTES) {
        tov_buf_put_base64(&text, (struct tov_bytes){evidence->row.data + at, TOV_HASH_BYTES});
        tov_buf_put_text(&text, "\n");
    }
    save(evidence, "proof", tov_buf_view(&text));
}

/* What Go says of it; ROOT is what the held tree had at the smaller size. */
static bool go_is_convinced(const struct hostile *hostile, const struct evidence *evidence,
                            const struct tov_hash *root)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf vkey = TOV_BUF_INIT(1024);
    char program[GOVERIFY_PATH_SIZE], other[128], held[128], proof[128];
    UNIT_NEED(goverify_build(evidence->folder, program));
    (void)save_note(hostile, evidence, 0, "other");
    (void)save_note(hostile, evidence, 1, "held");
    save_proof(evidence, root);
    (void)snprintf(other, sizeof other, "%s/other", evidence->folder);
    (void)snprintf(held, sizeof held, "%s/held", evidence->folder);
    (void)snprintf(proof, sizeof proof, "%s/proof", evidence->folder);
    tov_vkey_format(&hostile->agency->ledger, &vkey);
    tov_buf_put_u8(&vkey, 0);
    UNIT_NEED(vkey.failed == TOV_OK);
    const char *const words[] = {program, "-equivocation",         other, held,
                                 proof,   (const char *)vkey.data, NULL};
    return command_run(words, NULL) == 0;
}

static void need_accused(struct hostile *hostile)
{
    CU_ASSERT(hostile_is_suspended(hostile));
    CU_ASSERT(sim_wire_logged(hostile->wire, "suspected-fork"));
    CU_ASSERT(hostile_victim_works(hostile));
    struct tov_peer_view view;
    tov_follow_peer_view(tov_node_follow(hostile_victim(hostile)), 1, &view);
    CU_ASSERT(!view.is_suspended); /* the third agency */
}

/* ---- what must be noticed ---- */

static void two_trees_of_one_size_are_proven_by_their_notes(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("one-size");
    TOV_CLEANUP(evidence_fini) struct evidence evidence;
    struct copy copy = copy_of(hostile);
    append_root(hostile);
    hostile_flush(hostile);
    become(hostile, &copy);
    append_root(hostile);
    struct tov_frame_checkpoint own = newest(hostile);
    say_own(hostile, &own);
    need_accused(hostile);
    load(hostile, &evidence);
    CU_ASSERT(go_is_convinced(hostile, &evidence, &own.root));
    /* The same note twice convinces nobody. */
    memcpy(evidence.row.data, evidence.row.data + NOTE_BYTES, NOTE_BYTES);
    CU_ASSERT(!go_is_convinced(hostile, &evidence, &own.root));
}

/* The other one signed fewer entries: the larger tree is shown to extend something else. */
static void a_smaller_tree_that_does_not_fit_is_proven_with_the_mirror(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("smaller");
    TOV_CLEANUP(evidence_fini) struct evidence evidence;
    struct copy copy = copy_of(hostile);
    for (size_t i = 0; i < 2; i++)
        append_root(hostile);
    struct tov_hash held_root = tov_range_root(&hostile->range); /* at a size that is not signed */
    for (size_t i = 0; i < 5; i++)
        append_root(hostile);
    hostile_flush(hostile);
    become(hostile, &copy);
    append_root(hostile);
    append_root(hostile);
    struct tov_frame_checkpoint own = newest(hostile);
    say_own(hostile, &own);
    need_accused(hostile);
    load(hostile, &evidence);
    CU_ASSERT(go_is_convinced(hostile, &evidence, &held_root));
    CU_ASSERT(!go_is_convinced(hostile, &evidence, &own.root));
}

static void need_shown(struct hostile *hostile, const struct tov_frame_checkpoint *own,
                       const struct tov_frame_checkpoint *wanted)
{
    sim_wire_pass(hostile->wire, 31000); /* the pause after the fault */
    tov_node_on_peer_up(hostile_victim(hostile), hostile->agency->number);
    sim_wire_run(hostile->wire);
    say_own(hostile, own);
    UNIT_NEED(hostile->hello.is_answer && hostile->hello.held.present);
    UNIT_EQUAL_INT(hostile->hello.held.size, wanted->size);
    CU_ASSERT(tov_hash_equal(&hostile->hello.held.root, &wanted->root));
}

/* Each of two nodes with one key can compare what it is shown: also the one that signed less, as
 * two persons start a node that was restored without its keepers. */
static void each_history_is_shown_the_other_one_at_a_size_that_it_has(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("each-shown");
    struct copy common = copy_of(hostile);
    append_root(hostile);
    struct tov_frame_checkpoint held = newest(hostile);
    hostile_flush(hostile);
    for (size_t i = 0; i < 5; i++)
        append_root(hostile);
    hostile_flush(hostile);
    struct copy followed = copy_of(hostile);
    become(hostile, &common);
    append_root(hostile);
    struct tov_frame_checkpoint other = newest(hostile);
    say_own(hostile, &other);
    need_accused(hostile);
    need_shown(hostile, &other, &held);
    become(hostile, &followed);
    struct tov_frame_checkpoint followed_newest = newest(hostile);
    need_shown(hostile, &followed_newest, &other);
}

/* It would take itself for old, and be none the wiser. */
static void who_has_signed_less_than_all_that_is_kept_is_shown_what_is_followed(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("less-shown");
    struct copy common = copy_of(hostile);
    for (size_t i = 0; i < 3; i++)
        append_root(hostile);
    hostile_flush(hostile);
    for (size_t i = 0; i < 5; i++)
        append_root(hostile);
    struct tov_frame_checkpoint followed = newest(hostile);
    hostile_flush(hostile);
    become(hostile, &common);
    append_root(hostile);
    struct tov_frame_checkpoint other = newest(hostile);
    say_own(hostile, &other);
    need_accused(hostile);
    need_shown(hostile, &other, &followed);
}

/* As an export gives it to an auditor. */
static void what_is_kept_of_a_fork_is_read_back_whole_or_not_at_all(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("kept");
    TOV_CLEANUP(evidence_fini) struct evidence evidence;
    struct tov_export_fork fork = {.hash_count = 77};
    struct copy copy = copy_of(hostile);
    for (size_t i = 0; i < 7; i++)
        append_root(hostile);
    struct tov_frame_checkpoint held = newest(hostile);
    hostile_flush(hostile);
    become(hostile, &copy);
    append_root(hostile);
    struct tov_frame_checkpoint own = newest(hostile);
    say_own(hostile, &own);
    need_accused(hostile);
    load(hostile, &evidence);
    const size_t notes = 2 * (size_t)NOTE_BYTES;
    for (size_t size = 0; size < evidence.row.size; size++) {
        bool is_whole = size >= notes && (size - notes) % TOV_HASH_BYTES == 0;
        UNIT_EQUAL_INT(tov_fork_decode((struct tov_bytes){evidence.row.data, size}, &fork),
                       is_whole ? TOV_OK : TOV_E_CORRUPT);
    }
    UNIT_OK(tov_fork_decode(tov_buf_view(&evidence.row), &fork));
    UNIT_EQUAL_INT(fork.smaller.size, own.size);
    UNIT_EQUAL_INT(fork.larger.size, held.size);
    CU_ASSERT(tov_hash_equal(&fork.smaller.root, &own.root));
    CU_ASSERT(tov_hash_equal(&fork.larger.root, &held.root));
    CU_ASSERT(fork.has_root && fork.hash_count > 0);
    uint8_t longer[2 * NOTE_BYTES + (TOV_EXPORT_FORK_HASHES_MAX + 2) * TOV_HASH_BYTES] = {0};
    UNIT_EQUAL_INT(tov_fork_decode(TOV_BYTES_OF(longer), &fork), TOV_E_CORRUPT);
    /* The larger one first: the same two notes. */
    uint8_t swapped[2 * NOTE_BYTES];
    memcpy(swapped, evidence.row.data + NOTE_BYTES, NOTE_BYTES);
    memcpy(swapped + NOTE_BYTES, evidence.row.data, NOTE_BYTES);
    UNIT_OK(tov_fork_decode(TOV_BYTES_OF(swapped), &fork));
    UNIT_EQUAL_INT(fork.smaller.size, own.size);
    UNIT_EQUAL_INT(fork.larger.size, held.size);
    CU_ASSERT(!fork.has_root);
}

/* ---- the own key used twice ---- */

/* A note over the victim's ledger, by its key unless IS_FALSE. */
static struct tov_frame_checkpoint of_victim(const struct hostile *hostile, uint64_t size,
                                             const struct tov_hash *root, bool is_false)
{
    struct tov_frame_checkpoint note = {
        .present = true, .generation = 1, .size = size, .root = *root};
    struct tov_checkpoint checkpoint;
    uint8_t secret[64];
    sim_secret_of(&hostile->wire->federation->agencies[hostile->victim].ledger, secret);
    UNIT_NEED(tov_checkpoint_make(tov_bytes_of_text(hostile->target->ledger.name), size, root,
                                  &checkpoint) == TOV_OK);
    tov_checkpoint_sign(&checkpoint, secret, note.signature);
    note.signature[3] ^= is_false ? 1 : 0;
    return note;
}

static struct tov_hash root_at(const struct hostile *hostile, uint64_t size)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_core *core = hostile_core(hostile);
    struct tov_range range;
    UNIT_NEED(tov_store_read_begin(core->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_ledger_range_at(core->ledger, read, size, &range) == TOV_OK);
    return tov_range_root(&range);
}

static bool signs(struct hostile *hostile)
{
    uint64_t before = tov_ledger_signed(hostile_core(hostile)->ledger);
    (void)sim_wire_send(hostile->wire, hostile->victim, 900);
    sim_wire_run(hostile->wire);
    return tov_ledger_signed(hostile_core(hostile)->ledger) > before;
}

static void come_again(struct hostile *hostile)
{
    struct sim_wire *wire = hostile->wire;
    sim_wire_crash(wire, hostile->victim);
    sim_wire_start(wire, hostile->victim);
    wire->is_up[hostile->victim][hostile->index] = true;
    tov_node_on_peer_up(hostile_victim(hostile), hostile->agency->number);
    sim_wire_run(wire);
    hostile_hello(hostile, NULL);
    hostile_answer(hostile);
    sim_wire_pass(wire, 31000);
}

/* I4: once it has seen that its key is used twice it signs nothing more, also after a start. */
static void a_second_history_of_its_own_stops_a_node_for_good(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = hostile_create("own-fork", 2);
    hostile_meet(hostile);
    UNIT_NEED(signs(hostile));
    const struct tov_hash other = {{4}};
    uint64_t size = tov_ledger_signed(hostile_core(hostile)->ledger) - 1;
    struct tov_frame_checkpoint note = of_victim(hostile, size, &other, false);
    hostile_hello(hostile, &note);
    sim_wire_pass(hostile->wire, 2000);
    CU_ASSERT(sim_wire_logged(hostile->wire, "own-key-used-twice"));
    CU_ASSERT(tov_node_state(hostile_victim(hostile)) != TOV_NODE_SERVING ||
              tov_node_failed(hostile_victim(hostile), NULL) != TOV_OK);
    hostile->wire->log[0] = '\0';
    come_again(hostile);
    CU_ASSERT(tov_node_state(hostile_victim(hostile)) != TOV_NODE_SERVING);
    CU_ASSERT(!signs(hostile));
}

/* What anybody can say, or what is true, is no second history. */
static void a_note_that_is_false_or_true_stops_nobody(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = hostile_create("no-own-fork", 2);
    hostile_meet(hostile);
    UNIT_NEED(signs(hostile));
    const struct tov_hash other = {{4}};
    uint64_t size = tov_ledger_signed(hostile_core(hostile)->ledger) - 1;
    struct tov_hash root = root_at(hostile, size);
    struct tov_frame_checkpoint notes[] = {of_victim(hostile, size, &other, true),
                                           of_victim(hostile, size, &root, false),
                                           of_victim(hostile, size, &other, false)};
    notes[2].generation = 7;
    for (size_t i = 0; i < sizeof notes / sizeof notes[0]; i++) {
        hostile_hello(hostile, &notes[i]);
        sim_wire_pass(hostile->wire, 2000);
        CU_ASSERT(!sim_wire_logged(hostile->wire, "own-key-used-twice"));
        UNIT_EQUAL_INT(tov_node_state(hostile_victim(hostile)), TOV_NODE_SERVING);
    }
    hostile_hello(hostile, NULL);
    CU_ASSERT(signs(hostile));
}

/* For the next round; in the product nothing takes a suspicion back. */
static void forgive(struct hostile *hostile)
{
    tov_follow_peer(tov_node_follow(hostile_victim(hostile)), hostile->agency->number)->suspended =
        false;
}

/* A thousand equivocating histories and as many honest ones, in which the copy was only behind. */
static void every_second_history_is_noticed_and_no_honest_one_is_accused(void)
{
    unsigned rounds = unit_rounds("TOV_FORKS", 1000);
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("thousand");
    uint64_t random = 7;
    unsigned missed = 0;
    unsigned accused = 0;
    for (unsigned i = 0; i < rounds; i++) {
        struct copy copy = copy_of(hostile);
        uint64_t common = 0;
        uint64_t more = 1 + unit_random(&random) % 12;
        struct copy at[13];
        for (uint64_t k = 0; k < more; k++) {
            append_root(hostile);
            at[k] = copy_of(hostile);
        }
        hostile_flush(hostile);
        struct copy after = copy_of(hostile);
        /* honest: it was set back to a state that it had */
        common = unit_random(&random) % more;
        become(hostile, &at[common]);
        struct tov_frame_checkpoint own = newest(hostile);
        say_own(hostile, &own);
        accused += hostile_is_suspended(hostile) ? 1 : 0;
        /* a fork of it, at most as large */
        become(hostile, common == 0 ? &copy : &at[common - 1]);
        struct tov_hash leaf_hash = {{(uint8_t)i, 7}};
        for (uint64_t k = unit_random(&random) % (more - common) + 1; k > 0; k--)
            UNIT_NEED(tov_range_append(&hostile->range, &leaf_hash) == TOV_OK);
        own = newest(hostile);
        say_own(hostile, &own);
        missed += hostile_is_suspended(hostile) ? 0 : 1;
        forgive(hostile);
        sim_wire_pass(hostile->wire, 1000); /* for the quota of Hellos */
        become(hostile, &after);
    }
    UNIT_EQUAL_INT(missed, 0);
    UNIT_EQUAL_INT(accused, 0);
}

/* ---- what must accuse nobody ---- */

static size_t read_row(const struct sim_node *node, struct tov_store_key key, uint8_t *row,
                       size_t size)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_bytes kept;
    UNIT_NEED(tov_store_read_begin(node->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_store_get(read, TOV_TABLE_PEER, key, &kept) == TOV_OK);
    UNIT_NEED(kept.size <= size);
    memcpy(row, kept.data, kept.size);
    return kept.size;
}

/* One bit of what the victim keeps of the peer's tree, as its disk would change it. */
static void flip_bit(struct hostile *hostile)
{
    uint8_t row[4096];
    struct tov_error error = {.text = ""};
    struct sim_node *node = &hostile->wire->nodes[hostile->victim];
    struct tov_store_key key = tov_store_key_u16(hostile->agency->number);
    TOV_CLEANUP(tov_store_batch_cleanup) struct tov_store_batch *batch = NULL;
    size_t size = read_row(node, key, row, sizeof row);
    row[size - 1] ^= 1; /* the row ends with the compact range */
    UNIT_NEED(tov_store_batch_create(0, &batch) == TOV_OK);
    tov_store_batch_put(batch, TOV_TABLE_PEER, key, (struct tov_bytes){row, size});
    UNIT_NEED(tov_store_commit(node->store, batch, &error) == TOV_OK);
}

static void a_disk_that_rots_accuses_nobody(void)
{
    TOV_CLEANUP(hostile_cleanup) struct hostile *hostile = meet("rot");
    append_root(hostile);
    hostile_flush(hostile);
    flip_bit(hostile);
    sim_wire_crash(hostile->wire, hostile->victim);
    sim_wire_start(hostile->wire, hostile->victim);
    hostile->wire->is_up[hostile->victim][hostile->index] = true;
    tov_node_on_peer_up(hostile_victim(hostile), hostile->agency->number);
    sim_wire_run(hostile->wire);
    hostile_hello(hostile, NULL);
    hostile_answer(hostile);
    sim_wire_pass(hostile->wire, 31000); /* the other keeper is not heard */
    append_root(hostile);
    hostile_flush(hostile);
    for (int i = 0; i < 3; i++)
        hostile_say(hostile, tov_buf_view(&hostile->last_parcel));
    CU_ASSERT(!hostile_is_suspended(hostile));
    CU_ASSERT(!sim_wire_logged(hostile->wire, "suspected-fork"));
    UNIT_EQUAL_INT(tov_node_failed(hostile_victim(hostile), NULL), TOV_E_CORRUPT);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(two_trees_of_one_size_are_proven_by_their_notes),
        UNIT_TEST(a_smaller_tree_that_does_not_fit_is_proven_with_the_mirror),
        UNIT_TEST(each_history_is_shown_the_other_one_at_a_size_that_it_has),
        UNIT_TEST(who_has_signed_less_than_all_that_is_kept_is_shown_what_is_followed),
        UNIT_TEST(what_is_kept_of_a_fork_is_read_back_whole_or_not_at_all),
        UNIT_TEST(a_second_history_of_its_own_stops_a_node_for_good),
        UNIT_TEST(a_note_that_is_false_or_true_stops_nobody),
        UNIT_TEST(every_second_history_is_noticed_and_no_honest_one_is_accused),
        UNIT_TEST(a_disk_that_rots_accuses_nobody),
    };
    if (!goverify_is_there())
        return unit_skip("Go verifier (" GOVERIFY_PACKAGES ")");
    return unit_run("follow_fork", tests, sizeof tests / sizeof tests[0]);
}
