/* SPDX-License-Identifier: EUPL-1.2
 *
 * The guard as a process of its own, started by the supervisor with one socket pair. It opens its
 * keys and states, gives up every other right (no new privileges, no dumps, seccomp), and answers
 * the core until the socket closes. Returns codes of exit_codes.h.
 * Not for: being run twice in one process; it never gets its rights back.
 */
#ifndef TOV_GUARD_MAIN_H
#define TOV_GUARD_MAIN_H

#include "base/err.h"

/* argv as every role gets it: --role guard --config FILE --fd N. */
int tov_guard_main(int argc, char **argv);

/* Where a guard finds what it holds: ledger.key, journal.key and witness.key in KEYS_DIR,
 * ledger.state, journal.state and witness.state in STATE_DIR (private files of this user). A locked
 * key is opened with the passphrase in $CREDENTIALS_DIRECTORY/guard-passphrase. */
struct tov_guard_places {
    int fd; /* a connected stream socket; the guard's from here on */
    const char *agency;
    const char *keys_dir;
    const char *state_dir;
    const char *roots_file;
    const char *roster_file; /* of peers; where it cannot be used, no anchor is cosigned */
};
/* That the three keys are there, for their purposes, and AGENCY's: for who tries a node's files. A
 * locked key without its credential is left locked and counted. TOV_E_KEY, TOV_E_NOMEM. */
enum tov_err tov_guard_check_keys(const char *keys_dir, const char *agency, unsigned *locked,
                                  struct tov_error *error) TOV_MUST_CHECK;
int tov_guard_run(const struct tov_guard_places *places);

#endif
