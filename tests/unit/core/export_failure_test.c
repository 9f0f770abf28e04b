/* SPDX-License-Identifier: EUPL-1.2
 *
 * Each call that may fail fails once (deed.h) while an auditor is given an export, piece by piece:
 * a piece is the bytes that it always is, or refused, and can be asked for again.
 * Not for: what stands in it (export_test.c).
 */
#include "attachment_scene.h"
#include "deed.h"
#include "export_scene.h"
#include "gap_scene.h"

#include "follow/follow.h"
#include "ledger/entry.h"
#include "node.h"

#include <string.h>

#define POLICE 2u

static void put_row(struct harness *harness, enum tov_table table, struct tov_store_key key,
                    struct tov_bytes row)
{
    struct tov_core *core = tov_node_core(harness_node(harness, 0));
    tov_store_batch_put(tov_core_batch(core), table, key, row);
    harness_advance(harness, 1000);
}

/* A peer's entry that is erased here. */
static void erase_theirs(struct harness *harness)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf row = TOV_BUF_INIT(TOV_LEAF_MAX_BYTES);
    struct tov_ref ref;
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
}

/* Something of all that an export may hold. */
static struct harness *create_scene(void)
{
    static const uint64_t sizes[] = {200000, 1000};
    static const uint8_t fork[2 * (8 + TOV_HASH_BYTES + TOV_ED25519_SIGNATURE_BYTES)];
    struct harness *harness = attachment_nodes();
    struct upload upload;
    struct tov_ref lost;
    (void)send_files(harness, sizes, 2, &upload);
    (void)send_files_by(harness, &bo, sizes, 2, &upload);
    erase_theirs(harness);
    (void)send_to_both(harness, &lost);
    (void)send_to_both(harness, NULL);
    lose(harness, lost.index);
    put_row(harness, TOV_TABLE_FACT, tov_fork_key(POLICE, 1), TOV_BYTES_OF(fork));
    return harness;
}

static bool ask_piece(struct harness *harness, const void *with, struct tov_buf *out)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record reply = {0};
    const struct tov_buf *cursor = with;
    if (!try_request(harness, &audit, export_request(tov_buf_view(cursor)), &reply))
        return false;
    UNIT_OK(tov_api_encode(reply, out));
    return true;
}

/* What it is of differs: each beginning is an entry of the journal. */
static bool begin(struct harness *harness, const void *with, struct tov_buf *out)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record reply = {0};
    (void)with;
    if (!try_request(harness, &audit, export_request((struct tov_bytes){0}), &reply))
        return false;
    bool goes_on = tov_record_bytes(body_of(reply, "export"), "cursor").size > 0;
    tov_buf_put_u8(out, goes_on ? 1 : 0);
    return true;
}

static void each_piece_is_the_same_bytes_or_refused(void)
{
    struct harness *harness = create_scene();
    TOV_CLEANUP(exported_cleanup) struct exported *exported = export_all(harness);
    struct deed deed = {.name = "export", .client = &audit, .run = begin, .skips = DEED_SKIPS_ALL};
    harness_let_fail(harness, true);
    deed_check_all(harness, &deed);
    CU_ASSERT(exported->pieces > 30);
    deed.run = ask_piece;
    for (size_t i = 0; i < exported->pieces; i++) {
        deed.with = &exported->cursors[i];
        deed_check_all(harness, &deed);
    }
    harness_destroy(harness);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(each_piece_is_the_same_bytes_or_refused),
    };
    return unit_run("core_export_failure", tests, sizeof tests / sizeof tests[0]);
}
