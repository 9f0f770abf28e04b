/* SPDX-License-Identifier: EUPL-1.2
 *
 * What an export holds that few nodes ever have: the words of witnesses, two histories of an
 * agency, entries that are gone, files that are not whole; and to whom its pieces are given. Whole
 * nodes in one process, asked by an auditor of the kommune.
 * Not for: what tov-audit makes of it (tests of audit).
 */
#include "attachment_scene.h"
#include "export_scene.h"
#include "gap_scene.h"

#include "base/cleanup.h"
#include "follow/follow.h"
#include "ledger/message.h"
#include "ledger/entry.h"
#include "merkle/checkpoint.h"
#include "merkle/note.h"
#include "merkle/range.h"
#include "merkle/tree.h"
#include "node.h"

#include <stdlib.h>
#include <string.h>

#define POLICE 2u
#define MINUTE_MS 60000u

static struct tov_core *core_of(struct harness *harness)
{
    return tov_node_core(harness_node(harness, 0));
}

static void put_row(struct harness *harness, enum tov_table table, struct tov_store_key key,
                    struct tov_bytes row)
{
    tov_store_batch_put(tov_core_batch(core_of(harness)), table, key, row);
    harness_advance(harness, 1000);
}

/* Of the message that node 0 calls NUMBER. */
static struct tov_ref ref_of(struct harness *harness, uint64_t number)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_event event;
    UNIT_NEED(tov_store_read_begin(core_of(harness)->store, &read, NULL) == TOV_OK);
    UNIT_NEED(tov_event_get(read, number, &event) == TOV_OK);
    return (struct tov_ref){
        .agency = event.agency, .generation = event.generation, .index = event.index};
}

/* ---- witnesses ---- */

/* Whether the newest signed tree is one that both peers have cosigned. */
static bool is_witnessed_to_its_end(struct harness *harness)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_core *core = core_of(harness);
    uint64_t size = tov_ledger_signed(core->ledger);
    struct tov_bytes row;
    UNIT_NEED(tov_store_read_begin(core->store, &read, NULL) == TOV_OK);
    return tov_store_get(read, TOV_TABLE_COSIGNATURE, tov_key_cosignature(size, 2), &row) ==
               TOV_OK &&
           tov_store_get(read, TOV_TABLE_COSIGNATURE, tov_key_cosignature(size, 3), &row) == TOV_OK;
}

static void the_checkpoint_has_the_words_of_its_witnesses(void)
{
    struct harness *harness = three_nodes();
    for (unsigned i = 0; i < 2 * 24 * 60 && !is_witnessed_to_its_end(harness); i++)
        harness_advance(harness, MINUTE_MS);
    UNIT_NEED(is_witnessed_to_its_end(harness));
    TOV_CLEANUP(exported_cleanup) struct exported *exported = export_all(harness);
    const struct tov_roster *roster = core_of(harness)->roster;
    struct tov_bytes text = exported_file(exported, "checkpoint");
    struct tov_vkey keys[] = {tov_roster_agency(roster, 1)->ledger,
                              tov_roster_agency(roster, 2)->witness,
                              tov_roster_agency(roster, 3)->witness};
    bool verified[3];
    struct tov_note note;
    size_t distinct = 0;
    UNIT_OK(tov_note_parse(text, TOV_NOTE_MAX_BYTES, &note, NULL));
    UNIT_EQUAL_INT(note.count, 3);
    UNIT_OK(tov_note_verify(&note, (struct tov_vkey_list){keys, 3}, verified, &distinct));
    UNIT_EQUAL_INT(distinct, 3);
    harness_destroy(harness);
}

/* ---- two histories ---- */

static void put_signed(struct tov_buf *row, uint64_t size, uint8_t fill)
{
    uint8_t rest[TOV_HASH_BYTES + TOV_ED25519_SIGNATURE_BYTES];
    memset(rest, fill, sizeof rest);
    tov_buf_put_u64(row, size);
    tov_buf_put(row, rest, sizeof rest);
}

/* As follow/fork.c keeps it: what contradicts first. HASHES behind the root, or none at all. */
static void keep_fork(struct harness *harness, uint16_t agency, uint64_t other, unsigned hashes)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf row = TOV_BUF_INIT(4096);
    uint8_t hash[TOV_HASH_BYTES] = {0};
    put_signed(&row, other, 1);
    put_signed(&row, 20, 2);
    for (unsigned i = 0; hashes > 0 && i < hashes + 1; i++) {
        memset(hash, (int)(10 + i), sizeof hash);
        tov_buf_put(&row, hash, sizeof hash);
    }
    put_row(harness, TOV_TABLE_FACT, tov_fork_key(agency, 1), tov_buf_view(&row));
}

static void two_histories_that_are_kept_are_given(void)
{
    struct harness *harness = three_nodes();
    struct tov_export_fork fork;
    keep_fork(harness, 2, 7, 3);
    keep_fork(harness, 3, 20, 0);
    TOV_CLEANUP(exported_cleanup) struct exported *exported = export_all(harness);
    UNIT_NEED(tov_export_parse_fork(exported_file(exported, "fork/2/1"), &fork) == TOV_OK);
    UNIT_EQUAL_INT(fork.smaller.size, 7);
    UNIT_EQUAL_INT(fork.smaller.root.bytes[0], 1);
    UNIT_EQUAL_INT(fork.larger.size, 20);
    UNIT_EQUAL_INT(fork.larger.signature[63], 2);
    CU_ASSERT(fork.has_root && fork.root.bytes[0] == 10);
    UNIT_EQUAL_INT(fork.hash_count, 3);
    UNIT_EQUAL_INT(fork.hashes[2].bytes[31], 13);
    UNIT_NEED(tov_export_parse_fork(exported_file(exported, "fork/3/1"), &fork) == TOV_OK);
    UNIT_EQUAL_INT(fork.smaller.size, 20);
    CU_ASSERT(!fork.has_root && fork.hash_count == 0);
    CU_ASSERT(exported_file(exported, "mirror/3/1/position").size > 0); /* and what comes behind */
    harness_destroy(harness);
}

/* ---- former generations ---- */

/* As follow/peer_row.c keeps it when an agency begins a new ledger. */
static void keep_former(struct harness *harness, uint16_t agency, uint32_t generation,
                        uint64_t size)
{
    uint8_t row[24] = {0};
    struct tov_store_key key = tov_store_key_text("mirror");
    tov_store_key_put_u16(&key, agency);
    tov_store_key_put_u32(&key, generation);
    tov_put_be64(row, size);
    tov_put_be64(row + 16, 3); /* the last link */
    put_row(harness, TOV_TABLE_FACT, key, TOV_BYTES_OF(row));
}

/* The ledger that an agency had before stays in exports; without a key for it in the roster nobody
 * can say what was signed, and no checkpoint is given. */
static void a_former_ledger_of_a_peer_is_given_too(void)
{
    struct harness *harness = three_nodes();
    struct tov_export_position position;
    keep_former(harness, 2, 7, 5);
    keep_former(harness, 3, 1, 9); /* the present one, which was just left: it is given once */
    TOV_CLEANUP(exported_cleanup) struct exported *exported = export_all(harness);
    UNIT_NEED(tov_export_parse_position(exported_file(exported, "mirror/2/7/position"),
                                        &position) == TOV_OK);
    UNIT_EQUAL_INT(position.size, 5);
    UNIT_EQUAL_INT(position.last_link, 3);
    UNIT_EQUAL_INT(exported_file(exported, "mirror/2/7/checkpoint").size, 0);
    CU_ASSERT(exported_file(exported, "mirror/2/1/checkpoint").size > 0);
    UNIT_NEED(tov_export_parse_position(exported_file(exported, "mirror/3/1/position"),
                                        &position) == TOV_OK);
    CU_ASSERT(position.size != 9);
    harness_destroy(harness);
}

/* ---- what is gone ---- */

/* The leaf at INDEX of the only bundle of FOLDER; NULL: none. */
static struct tov_bytes leaf_of(const struct exported *exported, uint64_t index)
{
    struct tov_bytes leaf = {0};
    for (size_t i = 0; i < exported->count; i++) {
        if (strncmp(exported->files[i].path, "leaves/", 7) != 0)
            continue;
        struct tov_reader reader = tov_reader_of(tov_buf_view(&exported->files[i].content));
        for (uint64_t n = 0; n <= index; n++)
            leaf = tov_read_bytes(&reader, tov_read_u16(&reader));
        CU_ASSERT(!reader.failed);
    }
    return leaf;
}

static void an_own_entry_that_is_lost_is_an_empty_one_without_anything_detached(void)
{
    struct harness *harness = three_nodes();
    struct tov_export_record record;
    struct tov_ref kept, lost;
    (void)send_to_both(harness, &kept);
    (void)send_to_both(harness, &lost);
    lose(harness, lost.index);
    TOV_CLEANUP(exported_cleanup) struct exported *exported = export_all(harness);
    CU_ASSERT(leaf_of(exported, kept.index).size > 0);
    UNIT_EQUAL_INT(leaf_of(exported, lost.index).size, 0);
    CU_ASSERT(leaf_of(exported, lost.index + 1).size > 0);
    CU_ASSERT(exported_record(exported, "detached/000", TOV_EXPORT_LINK, kept.index, &record));
    CU_ASSERT(exported_record(exported, "detached/000", TOV_EXPORT_PART, kept.index, &record));
    CU_ASSERT(!exported_record(exported, "detached/000", TOV_EXPORT_LINK, lost.index, &record));
    CU_ASSERT(!exported_record(exported, "detached/000", TOV_EXPORT_PART, lost.index, &record));
    harness_destroy(harness);
}

/* What bo said is erased here: its hash stays, that whoever checks the mirror can go on. */
static void an_erased_entry_of_a_peer_is_its_hash_alone(void)
{
    struct harness *harness = three_nodes();
    struct tov_ref ref;
    struct tov_export_record record;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf row = TOV_BUF_INIT(TOV_LEAF_MAX_BYTES);
    submit_concern(harness);
    say(harness,
        &(struct saying){.by = &bo,
                         .type = "concern.receipt",
                         .from = "kbh-pol/dks",
                         .to = "kk/vink",
                         .bases = "AFTALE",
                         .fields = "about.concern_ref=" CONCERN},
        &ref);
    tov_entry_put_mirror(&row,
                         &(struct tov_entry){.state = TOV_ENTRY_ERASED, .leaf_hash = ref.leaf});
    put_row(harness, TOV_TABLE_MLEAF, tov_store_key_u16_u32_u64(POLICE, 1, ref.index),
            tov_buf_view(&row));
    TOV_CLEANUP(exported_cleanup) struct exported *exported = export_all(harness);
    const char *entries = "mirror/2/1/entries/000";
    UNIT_NEED(exported_record(exported, entries, TOV_EXPORT_GONE, ref.index, &record));
    UNIT_EQUAL_INT(record.as.gone.state, TOV_EXPORT_ERASED);
    CU_ASSERT(tov_hash_equal(&record.as.gone.leaf_hash, &ref.leaf));
    CU_ASSERT(!exported_record(exported, entries, TOV_EXPORT_LEAF, ref.index, &record));
    CU_ASSERT(!exported_record(exported, entries, TOV_EXPORT_VERDICT, ref.index, &record));
    /* I8: no content of it is left over from before. */
    CU_ASSERT(
        !exported_record(exported, "mirror/2/1/parts/000", TOV_EXPORT_PART, ref.index, &record));
    harness_destroy(harness);
}

/* ---- files ---- */

/* The message at INDEX of AGENCY as node 0 has it. */
static void leaf_at(struct harness *harness, uint16_t agency, uint64_t index,
                    struct tov_leaf *out_leaf)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_bytes row;
    struct tov_entry entry;
    bool is_own = agency == 1;
    UNIT_NEED(tov_store_read_begin(core_of(harness)->store, &read, NULL) == TOV_OK);
    UNIT_OK(tov_store_get(
        read, is_own ? TOV_TABLE_LEAF : TOV_TABLE_MLEAF,
        is_own ? tov_store_key_u64(index) : tov_store_key_u16_u32_u64(agency, 1, index), &row));
    UNIT_OK(is_own ? tov_entry_decode_own(row, &entry) : tov_entry_decode_mirror(row, &entry));
    UNIT_NEED(tov_leaf_decode(entry.leaf, out_leaf) == TOV_OK);
}

/* The root over the sealed chunks of FILE, as the leaf has it. */
static struct tov_hash root_of(struct tov_bytes file)
{
    struct tov_range range = {.size = 0};
    for (size_t at = 0; at < file.size; at += TOV_PULL_CHUNK_BYTES) {
        size_t left = file.size - at;
        struct tov_bytes chunk = {file.data + at,
                                  left < TOV_PULL_CHUNK_BYTES ? left : TOV_PULL_CHUNK_BYTES};
        struct tov_hash hash = tov_merkle_leaf_hash(chunk);
        UNIT_OK(tov_range_append(&range, &hash));
    }
    return tov_range_root(&range);
}

static void check_file(const struct exported *exported, const char *path,
                       const struct tov_leaf_part *part)
{
    struct tov_bytes file = exported_file(exported, path);
    UNIT_EQUAL_INT(file.size, part->sealed_size);
    struct tov_hash root = root_of(file);
    CU_ASSERT(tov_hash_equal(&root, &part->root));
}

static void forget_blob(struct harness *harness, const struct tov_message_name *name,
                        const struct tov_leaf *leaf, uint8_t part)
{
    char blob[TOV_BLOB_NAME_SIZE];
    tov_blob_name(core_of(harness), name, leaf->as.message.id, part, blob);
    harness_forget_file(harness, 0, blob);
}

static void files_are_given_whole_and_those_that_are_not_here_are_left_out(void)
{
    static const uint64_t sizes[] = {300000, 1000, 200000, 2000};
    struct harness *harness = attachment_nodes();
    struct upload upload;
    TOV_FREE struct tov_leaf *own = calloc(1, sizeof *own);
    TOV_FREE struct tov_leaf *theirs = calloc(1, sizeof *theirs);
    char path[TOV_EXPORT_PATH_SIZE];
    struct tov_ref own_ref = ref_of(harness, send_files(harness, sizes, 4, &upload));
    send_files_by(harness, &bo, sizes, 2, &upload);
    struct tov_ref their_ref = ref_of(harness, newest(harness, &anna));
    UNIT_NEED(own != NULL && theirs != NULL);
    leaf_at(harness, 1, own_ref.index, own);
    leaf_at(harness, POLICE, their_ref.index, theirs);
    forget_blob(harness, &(struct tov_message_name){1, 1, own_ref.index}, own, 4);
    TOV_CLEANUP(exported_cleanup) struct exported *exported = export_all(harness);
    for (uint8_t part = 2; part < 6; part++) {
        tov_export_attachment_path("attachments", own_ref.index, part, path);
        if (part == 4)
            UNIT_EQUAL_INT(exported_file(exported, path).size, 0);
        else
            check_file(exported, path, &own->as.message.parts[part]);
    }
    for (uint8_t part = 2; part < 4; part++) {
        tov_export_attachment_path("mirror/2/1/attachments", their_ref.index, part, path);
        check_file(exported, path, &theirs->as.message.parts[part]);
    }
    harness_destroy(harness);
}

/* ---- cursors ---- */

static enum tov_err error_with(struct harness *harness, const struct harness_client *client,
                               struct tov_bytes cursor)
{
    return (enum tov_err)error_to(harness, client, export_request(cursor));
}

/* I9: who reads an export has an entry for it. */
static void a_cursor_is_of_who_was_given_it_and_of_its_week(void)
{
    static const struct harness_client checker = {0, "checker", 31};
    struct harness_options options = {.nodes = 1, .seed = 7, .disk_reserve_bytes = 1u << 20};
    struct harness *harness = harness_create(&options);
    harness_advance(harness, 2000);
    UNIT_EQUAL_INT(error_with(harness, &anna, (struct tov_bytes){0}), TOV_E_DENIED);
    TOV_CLEANUP(exported_cleanup) struct exported *exported = export_all(harness);
    struct tov_bytes cursor = tov_buf_view(&exported->cursors[1]);
    UNIT_EQUAL_INT(error_with(harness, &audit, cursor), TOV_OK);
    UNIT_EQUAL_INT(error_with(harness, &checker, cursor), TOV_E_NOT_FOUND);
    UNIT_EQUAL_INT(error_with(harness, &anna, cursor), TOV_E_DENIED);
    harness_restart(harness, 0); /* the node goes on with it */
    harness_advance(harness, 2000);
    UNIT_EQUAL_INT(error_with(harness, &audit, cursor), TOV_OK);
    for (size_t size = 0; size < cursor.size; size += 7) {
        if (size > 0)
            UNIT_EQUAL_INT(error_with(harness, &audit, (struct tov_bytes){cursor.data, size}),
                           TOV_E_NOT_FOUND);
        exported->cursors[1].data[size] ^= 1;
        UNIT_EQUAL_INT(error_with(harness, &audit, cursor), TOV_E_NOT_FOUND);
        exported->cursors[1].data[size] ^= 1;
    }
    for (unsigned hour = 0; hour < 7 * 24 - 1; hour++)
        harness_advance(harness, 60 * MINUTE_MS);
    UNIT_EQUAL_INT(error_with(harness, &audit, cursor), TOV_OK);
    harness_advance(harness, 60 * MINUTE_MS);
    UNIT_EQUAL_INT(error_with(harness, &audit, cursor), TOV_E_NOT_FOUND);
    harness_destroy(harness);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(the_checkpoint_has_the_words_of_its_witnesses),
        UNIT_TEST(two_histories_that_are_kept_are_given),
        UNIT_TEST(a_former_ledger_of_a_peer_is_given_too),
        UNIT_TEST(an_own_entry_that_is_lost_is_an_empty_one_without_anything_detached),
        UNIT_TEST(an_erased_entry_of_a_peer_is_its_hash_alone),
        UNIT_TEST(files_are_given_whole_and_those_that_are_not_here_are_left_out),
        UNIT_TEST(a_cursor_is_of_who_was_given_it_and_of_its_week),
    };
    return unit_run("core: exports", tests, sizeof tests / sizeof tests[0]);
}
