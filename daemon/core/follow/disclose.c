/* SPDX-License-Identifier: EUPL-1.2
 *
 * Need to know, at the level of entries (I10): a message and what speaks of it go to the agencies
 * it names; keys, anchors, rosters and losses to all.
 */
#include "follow/peer.h"

/* Offsets of the leaf layout (wire/leaf.c); a message's recipients stand behind suite, id, salt and
 * roster version, a receipt's peer first. */
#define TYPE_AT 5u
#define FIELDS_AT 32u

static bool names_agency(struct tov_bytes leaf, uint16_t agency)
{
    struct tov_bytes envelope = tov_leaf_envelope_view(leaf);
    size_t fixed = 1 + TOV_MESSAGE_ID_BYTES + TOV_SALT_BYTES + 4;
    if (envelope.size <= fixed)
        return false;
    struct tov_reader reader =
        tov_reader_of((struct tov_bytes){envelope.data + fixed + 1, envelope.size - fixed - 1});
    for (uint8_t i = 0; i < envelope.data[fixed]; i++) {
        uint16_t recipient = tov_read_u16(&reader);
        (void)tov_read_u8(&reader);
        if (recipient == agency)
            return true;
    }
    return false;
}

static uint16_t receipt_peer(struct tov_bytes leaf)
{
    struct tov_reader reader =
        tov_reader_of((struct tov_bytes){leaf.data + FIELDS_AT, leaf.size - FIELDS_AT});
    return tov_read_u16(&reader);
}

/* An erasure is told to those who hold what was erased: who sent it, or whom it was sent to. */
static enum tov_err holds_erased(const struct tov_core *core, struct tov_store_read *read,
                                 struct tov_bytes leaf_bytes, uint16_t agency, bool *out)
{
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    if (leaf == NULL)
        return TOV_E_NOMEM;
    TOV_TRY(tov_leaf_decode(leaf_bytes, leaf));
    *out = false;
    for (size_t i = 0; i < leaf->as.erased.ref_count && !*out; i++) {
        const struct tov_ref *ref = &leaf->as.erased.refs[i];
        if (ref->agency == agency)
            *out = true;
        if (ref->agency != core->own->number)
            continue;
        struct tov_bytes row;
        struct tov_entry entry;
        TOV_TRY(tov_store_get(read, TOV_TABLE_LEAF, tov_store_key_u64(ref->index), &row));
        TOV_TRY(tov_entry_decode_own(row, &entry));
        /* Erased to the last byte: who held it is no longer known here, and all may be told. */
        *out = entry.state != TOV_ENTRY_PRESENT || names_agency(entry.leaf, agency);
    }
    return TOV_OK;
}

enum tov_err tov_disclosed_to(const struct tov_core *core, struct tov_store_read *read,
                              struct tov_bytes leaf, uint16_t agency, bool *out_disclosed)
{
    if (leaf.size <= FIELDS_AT)
        return TOV_E_CORRUPT;
    switch ((enum tov_leaf_type)leaf.data[TYPE_AT]) {
    case TOV_LEAF_MESSAGE:
        *out_disclosed = names_agency(leaf, agency);
        return TOV_OK;
    case TOV_LEAF_RECEIPT:
        *out_disclosed = receipt_peer(leaf) == agency;
        return TOV_OK;
    case TOV_LEAF_ERASED:
        return holds_erased(core, read, leaf, agency, out_disclosed);
    case TOV_LEAF_GENESIS:
    case TOV_LEAF_EPOCH_KEY:
    case TOV_LEAF_ANCHOR:
    case TOV_LEAF_ROSTER:
    case TOV_LEAF_JOURNAL_ROOT:
    case TOV_LEAF_LOST:
        *out_disclosed = true;
        return TOV_OK;
    case TOV_LEAF_ACCESS:
    case TOV_LEAF_FOLD:
    case TOV_LEAF_REWRAP:
    case TOV_LEAF_OVERRIDE:
    case TOV_LEAF_GRANT:
        break;
    }
    return TOV_E_CORRUPT; /* a journal leaf never stands in the ledger */
}
