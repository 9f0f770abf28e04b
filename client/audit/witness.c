/* SPDX-License-Identifier: EUPL-1.2
 *
 * The words of witnesses on own anchors: each must verify over the tree as it was at that size.
 */
#include "audit/audit.h"

#include "audit/words.h"

#include <string.h>

static bool is_good(struct tov_audit *audit, const struct tov_export_cosignature *value)
{
    struct tov_node_source source = tov_tile_reader_source(audit->tiles);
    struct tov_cosignature cosignature = {.time_s = value->time_s};
    struct tov_checkpoint checkpoint;
    struct tov_hash root;
    const struct tov_vkey *key;
    memcpy(cosignature.signature, value->signature, sizeof cosignature.signature);
    if (value->size > audit->ledger.checkpoint.size ||
        tov_proof_make_root(&source, value->size, &root) != TOV_OK ||
        tov_checkpoint_make(tov_bytes_of_text(audit->ledger.checkpoint.origin), value->size, &root,
                            &checkpoint) != TOV_OK)
        return false;
    for (size_t i = 0; (key = tov_keyring_witness(&audit->keyring, value->witness, i)) != NULL;
         i++) {
        if (tov_checkpoint_verify_cosignature(&checkpoint, key, &cosignature) == TOV_OK)
            return true;
    }
    return false;
}

static bool is_after(const struct tov_export_cosignature *last,
                     const struct tov_export_cosignature *value)
{
    return value->size > last->size ||
           (value->size == last->size && value->witness > last->witness);
}

enum tov_err tov_audit_witnesses(struct tov_audit *audit)
{
    struct tov_export_cosignature value, last = {.size = 0};
    struct tov_place place = {.path = "cosignatures"};
    struct tov_lines lines;
    struct tov_bytes line;
    enum tov_err err = TOV_OK;
    if (!audit->ledger.is_provable || tov_lines_open(&audit->folder, place.path, &lines) != TOV_OK)
        return TOV_OK;
    while ((err = tov_lines_next(&lines, &line)) == TOV_OK) {
        if (tov_export_parse_cosignature(line, &value) != TOV_OK || !is_after(&last, &value)) {
            err = TOV_E_MALFORMED;
            break;
        }
        last = value;
        if (!is_good(audit, &value))
            (void)tov_audit_add(audit, TOV_FOUND_COSIGNATURE, &place,
                                TOV_SAY(_("a cosignature by %s over size %llu"),
                                        tov_keyring_name(&audit->keyring, value.witness),
                                        (unsigned long long)value.size),
                                TOV_SAY(_("line %llu"), (unsigned long long)lines.number));
    }
    if (err != TOV_E_NOT_FOUND)
        (void)tov_audit_add(audit, TOV_FOUND_FILE_MALFORMED, &place, NULL,
                            TOV_SAY(_("line %llu"), (unsigned long long)lines.number));
    tov_lines_close(&lines);
    return TOV_OK;
}
