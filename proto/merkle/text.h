/* SPDX-License-Identifier: EUPL-1.2
 *
 * Small strict readers of text, shared by notes, checkpoints, proofs and policies. Private to
 * proto/merkle.
 * Not for: people's text.
 * Never loosen one for one format: each text must have one reading.
 */
#ifndef TOV_MERKLE_TEXT_H
#define TOV_MERKLE_TEXT_H

#include "base/bytes.h"

/* Takes one line from the front of *REST, without its newline; false, and nothing taken, when no
 * newline is left. */
bool tov_text_next_line(struct tov_bytes *rest, struct tov_bytes *out_line);
/* Takes PREFIX from the front of *REST, or takes nothing and says false. */
bool tov_text_skip(struct tov_bytes *rest, const char *prefix);
/* Takes one character of well-formed UTF-8 (no surrogates, no overlong forms). */
bool tov_text_next_char(struct tov_bytes *rest, uint32_t *out_char);
/* White_Space of Unicode. */
bool tov_text_is_space(uint32_t character);
/* As tov_base64_decode, for text that may hold bytes over 0x7f: libsodium's decoder, where char is
 * signed, reads such a byte as '/'. */
enum tov_err tov_text_decode_base64(struct tov_bytes text, uint8_t *out, size_t capacity,
                                    size_t *out_size) TOV_MUST_CHECK;
/* Canonical padded base64 of any length, decoded nowhere. */
bool tov_text_is_base64(struct tov_bytes text);
/* UTF-8 whose only control character below 0x20 is the newline. */
bool tov_text_is_plain(struct tov_bytes text);

#endif
