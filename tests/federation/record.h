/* SPDX-License-Identifier: EUPL-1.2
 *
 * The messages of the load: what a sender writes, and how a receiver knows them again. A record's
 * line in a file is `<id> <hash>`: id in decimal, hash of the message's text in hexadecimal; a line
 * that was cut short by the end of a program is not counted.
 * Not for: real messages; these are notes about nobody.
 */
#ifndef TOV_TESTS_FEDERATION_RECORD_H
#define TOV_TESTS_FEDERATION_RECORD_H

#include "support/invariants.h"

#include <stdio.h>

#define RECORD_TEXT_SIZE 2048

/* Ids of agency NUMBER (1, 2, 3) are NUMBER * RECORD_AGENCY + sequence. */
#define RECORD_AGENCY UINT64_C(1000000000)

/* The text of message ID: begins with the id, its length and words depend on the id alone. */
void record_text(uint64_t id, char out[RECORD_TEXT_SIZE]);
/* False when TEXT is none of ours. */
bool record_of_text(const char *text, struct invariant_record *out_record);

/* Writes and flushes one line. */
bool record_write(FILE *file, const struct invariant_record *record);
/* All whole lines of the file at PATH; a file that is not there has none. */
void record_read(const char *path, struct invariant_log *out_log);

#endif
