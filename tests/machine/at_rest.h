/* SPDX-License-Identifier: EUPL-1.2
 *
 * A node that does not run, read as it lies on a disk: its guard's states, both of its trees from
 * the first leaf to the last, and what it has of the others. Nothing is written. It stands apart
 * from the federation's clients: the daemon and libtov name some things alike.
 */
#ifndef TOV_TESTS_MACHINE_AT_REST_H
#define TOV_TESTS_MACHINE_AT_REST_H

#include "base/err.h"

#include <stdint.h>

#define AT_REST_AGENCIES 3

struct at_rest {
    uint64_t guard_size, guard_signed; /* of the ledger, as the guard has it */
    uint64_t size, signed_size;        /* as the store has it */
    uint64_t own_messages;
    uint64_t mirrored[AT_REST_AGENCIES]; /* how much it has of the ledger of agency I + 1 */
};

/* The node of agency NUMBER, whose folders guard and data are in FOLDER. One that has not begun to
 * make its store has zeros for it. */
enum tov_err at_rest_read(const char *folder, uint16_t number, struct at_rest *out,
                          struct tov_error *error) TOV_MUST_CHECK;

#endif
