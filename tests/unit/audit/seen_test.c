/* SPDX-License-Identifier: EUPL-1.2
 *
 * What own anchors saw of other ledgers, where the tables that keep it come to their limit.
 * Not for: what such lists show (anchors_test.c).
 */
#include "audit/audit.h"

#include "merkle/checkpoint.h"
#include "support/unit.h"

/* RFC 8032 section 7.1, test 1: the seed and the public key behind it. */
static const uint8_t secret[TOV_ED25519_SECRET_BYTES] = {
    0x9d, 0x61, 0xb1, 0x9d, 0xef, 0xfd, 0x5a, 0x60, 0xba, 0x84, 0x4a, 0xf4, 0x92, 0xec, 0x2c, 0xc4,
    0x44, 0x49, 0xc5, 0x69, 0x7b, 0x32, 0x69, 0x19, 0x70, 0x3b, 0xac, 0x03, 0x1c, 0xae, 0x7f, 0x60,
    0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7, 0xd5, 0x4b, 0xfe, 0xd3, 0xc9, 0x64, 0x07, 0x3a,
    0x0e, 0xe1, 0x72, 0xf3, 0xda, 0xa6, 0x23, 0x25, 0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a};

/* An own list that names SIZE of the ledger of KEY. */
static void see(struct tov_audit *audit, const struct tov_ledger_key *key, uint64_t size)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf list = TOV_BUF_INIT(256);
    struct tov_leaf_anchor anchor = {.seen_count = 1};
    struct tov_place place = {.path = "lists/000"};
    struct tov_hash root = tov_sha256(tov_bytes_of_text("root"));
    struct tov_checkpoint checkpoint;
    uint8_t signature[TOV_ED25519_SIGNATURE_BYTES];
    UNIT_OK(tov_checkpoint_make(tov_bytes_of_text(key->ledger.name), size, &root, &checkpoint));
    tov_checkpoint_sign(&checkpoint, secret, signature);
    tov_buf_put_u16(&list, key->agency);
    tov_buf_put_u32(&list, key->generation);
    tov_buf_put_u64(&list, size);
    tov_buf_put(&list, root.bytes, sizeof root.bytes);
    tov_buf_put(&list, signature, sizeof signature);
    tov_audit_anchor_list(audit, &place, &anchor, tov_buf_view(&list), true);
}

/* The last page goes to one of the two tables of what own anchors saw. */
static void what_was_seen_is_kept_with_its_signature_or_not_at_all(void)
{
    struct tov_audit audit = {.folder = {.fd = -1}};
    struct tov_ledger_key key = {.agency = 2, .generation = 1};
    audit.about.agency = 1;
    audit.keyring.keys = &key;
    audit.keyring.key_count = 1;
    UNIT_NEED(tov_vkey_make(tov_bytes_of_text("infohus/a2/1"), TOV_VKEY_ED25519, secret + 32,
                            &key.ledger) == TOV_OK);
    UNIT_OK(tov_scratch_open(&audit.scratch));
    audit.scratch.pages = TOV_SCRATCH_PAGES_MAX - 1;
    see(&audit, &key, 10);
    see(&audit, &key, 20);
    UNIT_EQUAL_INT(audit.failed, TOV_OK);
    UNIT_EQUAL_INT(audit.findings.count, 1);
    UNIT_EQUAL_INT(audit.findings.items[0].code, TOV_FOUND_LIMIT);
    audit.keyring.keys = NULL;
    audit.keyring.key_count = 0;
    tov_audit_close(&audit);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(what_was_seen_is_kept_with_its_signature_or_not_at_all),
    };
    return unit_run("audit_seen", tests, sizeof tests / sizeof tests[0]);
}
