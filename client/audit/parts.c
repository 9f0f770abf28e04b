/* SPDX-License-Identifier: EUPL-1.2
 *
 * See parts.h.
 */
#include "audit/parts.h"

#include "audit/why.h"
#include "audit/words.h"
#include "envelope/part.h"

#include <stdlib.h>

void tov_part_bytes_check(struct tov_findings *findings, const struct tov_place *place,
                          const struct tov_part_named *part, struct tov_bytes sealed)
{
    struct tov_part_claim claim = {part->claim->sealed_size, part->claim->root};
    if (!tov_part_is_sealed_size(claim.sealed_size) || tov_part_check(&claim, sealed) != TOV_OK)
        (void)tov_findings_add(
            findings, part->is_excused ? TOV_FOUND_PART_UNSEEN : TOV_FOUND_PART_DIFFERS, place,
            TOV_SAY(_("part %u, %llu bytes, root %s"), (unsigned)part->number,
                    (unsigned long long)claim.sealed_size, TOV_SAY_HASH(&claim.root)),
            TOV_SAY(_("%zu bytes"), sealed.size));
}

/* MALFORMED when the sizes do not fit, NOMEM. */
static enum tov_err root_of_file(FILE *file, uint64_t sealed_size, struct tov_hash *out_root)
{
    uint32_t count = tov_part_chunk_count(sealed_size);
    TOV_FREE uint8_t *chunk = malloc(TOV_PULL_CHUNK_BYTES);
    TOV_FREE struct tov_hash *hashes = malloc(count * sizeof *hashes);
    if (chunk == NULL || hashes == NULL)
        return TOV_E_NOMEM;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t size = tov_part_chunk_size(sealed_size, i);
        if (fread(chunk, 1, size, file) != size)
            return TOV_E_MALFORMED;
        hashes[i] = tov_part_chunk_hash((struct tov_bytes){chunk, size});
    }
    if (fgetc(file) != EOF)
        return TOV_E_MALFORMED;
    *out_root = tov_part_root(hashes, count);
    return TOV_OK;
}

bool tov_part_file_check(const struct tov_folder *folder, struct tov_findings *findings,
                         const struct tov_place *place, const struct tov_leaf_part *claim)
{
    FILE *file = NULL;
    struct tov_hash root;
    if (tov_folder_file(folder, place->path, &file) != TOV_OK)
        return false;
    enum tov_err err = tov_part_is_sealed_size(claim->sealed_size)
                           ? root_of_file(file, claim->sealed_size, &root)
                           : TOV_E_MALFORMED;
    (void)fclose(file);
    if (err != TOV_OK || !tov_hash_equal(&root, &claim->root))
        (void)tov_findings_add(findings, TOV_FOUND_PART_DIFFERS, place,
                               TOV_SAY(_("%llu bytes, root %s"),
                                       (unsigned long long)claim->sealed_size,
                                       TOV_SAY_HASH(&claim->root)),
                               err == TOV_OK ? TOV_SAY_HASH(&root) : tov_audit_why_err(err));
    return true;
}
