/* SPDX-License-Identifier: EUPL-1.2
 *
 * The units of every roster that this node adopted. A message is judged by the roster that its leaf
 * names, today and for ever: a unit that gets other duties, or is closed, changes nothing of what
 * was sent before (I5). Parsed rosters are large and many; of each only this is kept in memory.
 * Not for: keys, endpoints and titles, which are those of today (core->roster).
 * Never judge by a row of the table "roster" that tov_units_open has not read: a roster is adopted
 * at a start and no other time, and the facts that it gave are borrowed until the core ends.
 *
 * U1 versions ascend, and each is there once
 * U2 the roster in force is among them
 */
#ifndef TOV_LEDGER_UNITS_H
#define TOV_LEDGER_UNITS_H

#include "case/unit.h"
#include "ledger/core.h"

struct tov_units; /* those of one roster version; opaque */

/* Reads the table "roster", and takes core->roster, into core->unit_history. CORRUPT: a row is no
 * roster, and a picture without it would be another one than that of other agencies. */
enum tov_err tov_units_open(struct tov_core *core, struct tov_error *error) TOV_MUST_CHECK;
void tov_units_close(struct tov_unit_history *history); /* NULL is fine */

/* Whether a message that names roster VERSION can be judged here: it is a version, and not newer
 * than all that this node has adopted. What cannot be judged has no effect, and is refused by no
 * rule: when the version is adopted it is judged as by all others. */
bool tov_units_can_judge(const struct tov_core *core, uint32_t version);
/* The units by which a message that names roster VERSION is judged. Of a version that this node
 * passed over: those of the newest before it, or of the oldest where all are newer. Where
 * tov_units_can_judge is false: for showing only. */
const struct tov_units *tov_units_of(const struct tov_core *core, uint32_t version);
/* Those of the roster in force, by which this node writes. */
const struct tov_units *tov_units_in_force(const struct tov_core *core);
uint32_t tov_units_version(const struct tov_units *units); /* the one asked for, or not */

/* The facts of a unit of an agency: duties 0, and without name, when the roster has no such unit;
 * agency 0 when it has no such agency. */
struct tov_unit_facts tov_units_find(const struct tov_units *units, uint16_t agency,
                                     struct tov_bytes name);

#endif
