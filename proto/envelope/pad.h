/* SPDX-License-Identifier: EUPL-1.2
 *
 * The plaintext of a part: u64 length || data || zeros, so that its size says little.
 *
 * The size rule, for L = 8 + length of the data: L is raised to 256 at least, then rounded up by
 * Padme (Nikitin et al., PURBs, 2019): with E = floor(log2 L) and S = floor(log2 E) + 1, up to
 * the next multiple of 2^(E - S). So 0 to 248 bytes of data all become 256; above, at most 12 %
 * are added, and 6 % at a megabyte. For each length there is exactly one size.
 *
 * Not for: hiding that there was a message at all.
 * Never look at the data before parsing has checked every byte of the padding.
 */
#ifndef TOV_ENVELOPE_PAD_H
#define TOV_ENVELOPE_PAD_H

#include "base/bytes.h"
#include "base/limits.h"

#define TOV_PAD_HEAD_BYTES 8u           /* the length */
#define TOV_PAD_MIN_BYTES 256u          /* the smallest padded size */
#define TOV_PAD_MAX_BYTES 2214592512ull /* that of TOV_ATTACHMENT_MAX_BYTES of data */

/* DATA_SIZE at most TOV_ATTACHMENT_MAX_BYTES (asserted). */
uint64_t tov_pad_size(uint64_t data_size);
/* Whether some data has that padded size. */
bool tov_pad_is_size(uint64_t padded_size);
/* Whether LENGTH, read from a padded plaintext of PADDED_SIZE, is one that gives that size. */
bool tov_pad_fits(uint64_t length, uint64_t padded_size);
bool tov_pad_is_zero(struct tov_bytes padding);
/* *OUT_DATA is a view into PADDED. TOV_E_MALFORMED when the size is not the one that the length
 * gives, or a byte of the padding is not zero. */
enum tov_err tov_pad_parse(struct tov_bytes padded, struct tov_bytes *out_data) TOV_MUST_CHECK;

#endif
