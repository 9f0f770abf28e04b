/* SPDX-License-Identifier: EUPL-1.2
 *
 * Frames and control bodies encoded from the fields of tests/vectors/wire/{frame,control}.json.
 */
#ifndef TOV_TESTS_WIRE_FRAME_FIELDS_H
#define TOV_TESTS_WIRE_FRAME_FIELDS_H

#include "support/unit.h"
#include "wire/frame.h"

/* ROW of "good"; a field that is missing stops the program. */
enum tov_err encode_frame_vector(const json_t *row, struct tov_buf *out);
enum tov_err encode_control_vector(const json_t *row, struct tov_buf *out);

#endif
