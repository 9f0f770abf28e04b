/* SPDX-License-Identifier: EUPL-1.2
 *
 * Reads all that a frame, a control body or a client's record says into structs and writes it
 * again from those: the result must be the input. For tests and fuzzers.
 */
#ifndef TOV_TESTS_WIRE_FRAME_REWRITE_H
#define TOV_TESTS_WIRE_FRAME_REWRITE_H

#include "wire/frame.h"

/* Appends to OUT. The error is the first that reading meets; TOV_E_LIMIT also when a parcel of the
 * last bytes below the cap does not fit the parcel writer, which keeps room for its largest head.
 */
enum tov_err rewrite_frame(struct tov_bytes bytes, struct tov_buf *out);
enum tov_err rewrite_control(struct tov_bytes bytes, struct tov_buf *out);

#endif
