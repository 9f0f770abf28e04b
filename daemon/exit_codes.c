/* SPDX-License-Identifier: EUPL-1.2 */
#include "exit_codes.h"

const char *tov_exit_text(enum tov_exit code)
{
    switch (code) {
    case TOV_EXIT_OK:
        return "ended as asked";
    case TOV_EXIT_USAGE:
        return "wrong arguments: see tovd --help";
    case TOV_EXIT_CONFIG:
        return "the configuration is wrong: correct the line named above";
    case TOV_EXIT_KEY:
        return "a key file is not there, of the wrong purpose or form, or others may read it: see "
               "the line above";
    case TOV_EXIT_ROSTER:
        return "the roster is not signed by enough root keys, or may not follow the one that was "
               "in force: see the line above";
    case TOV_EXIT_DISK_FULL:
        return "no space on the disk of the ledger: free some or enlarge it";
    case TOV_EXIT_IO:
        return "the disk failed to read, write or sync: check it before starting again";
    case TOV_EXIT_SECOND:
        return "another tovd has this ledger open: stop it first";
    case TOV_EXIT_PORT_IN_USE:
        return "an endpoint is in use by another program: see the line above";
    case TOV_EXIT_NEWER_STORE:
        return "the ledger was written by a newer tovd: install that version again";
    case TOV_EXIT_CORRUPT:
        return "the ledger does not agree with itself: keep it and follow the restore manual";
    case TOV_EXIT_GUARD_DISAGREES:
        return "guard and ledger hold different histories: follow the restore manual";
    case TOV_EXIT_CLOCK:
        return "the clock cannot be right: set it and start again";
    case TOV_EXIT_REFUSED:
        return "a backup or restore was refused: see the line above";
    case TOV_EXIT_PEERS_CHANGED:
        return "a key was withdrawn: connections are made afresh";
    case TOV_EXIT_MEMORY_BOUND:
        return "over its memory bound: started afresh";
    case TOV_EXIT_PARENT_GONE:
        return "the process that it serves is gone";
    case TOV_EXIT_RECOVERED:
        return "an old store was brought forward: started from what it holds now";
    case TOV_EXIT_NOT_TAKEN:
        return "the node does not take this gateway: see the line above";
    case TOV_EXIT_INTERNAL:
        return "a fault in tovd: please report the lines above";
    }
    return "ended in a way that tovd does not know";
}

enum tov_exit tov_exit_of_error(enum tov_err err)
{
    switch (err) {
    case TOV_OK:
        return TOV_EXIT_OK;
    case TOV_E_CONFIG:
        return TOV_EXIT_CONFIG;
    case TOV_E_KEY:
        return TOV_EXIT_KEY;
    case TOV_E_SIGNATURE:
        return TOV_EXIT_ROSTER;
    case TOV_E_FULL:
        return TOV_EXIT_DISK_FULL;
    case TOV_E_IO:
        return TOV_EXIT_IO;
    case TOV_E_BUSY:
        return TOV_EXIT_SECOND;
    case TOV_E_VERSION:
        return TOV_EXIT_NEWER_STORE;
    case TOV_E_CORRUPT:
        return TOV_EXIT_CORRUPT;
    case TOV_E_FORK:
        return TOV_EXIT_GUARD_DISAGREES;
    case TOV_E_CLOCK:
        return TOV_EXIT_CLOCK;
    case TOV_E_AGAIN:
        return TOV_EXIT_RECOVERED;
    case TOV_E_NOMEM:
    case TOV_E_ARGUMENT:
    case TOV_E_LIMIT:
    case TOV_E_MALFORMED:
    case TOV_E_PROOF:
    case TOV_E_COMMITMENT:
    case TOV_E_DECRYPT:
    case TOV_E_SCHEMA:
    case TOV_E_RULE:
    case TOV_E_NOT_FOUND:
    case TOV_E_EXISTS:
    case TOV_E_DENIED:
    case TOV_E_TIMEOUT:
    case TOV_E_CLOSED:
    case TOV_E_UNAVAILABLE:
    case TOV_E_ERASED:
    case TOV_E_EPOCH:
    case TOV_E_INTERNAL:
    case TOV_E_ASIDE:
        break;
    }
    return TOV_EXIT_INTERNAL;
}

enum tov_exit tov_exit_of_listening(enum tov_err served)
{
    if (served == TOV_E_EXISTS)
        return TOV_EXIT_PORT_IN_USE;
    return served == TOV_E_CONFIG || served == TOV_E_IO ? TOV_EXIT_CONFIG : TOV_EXIT_INTERNAL;
}

enum tov_exit_remedy tov_exit_remedy(enum tov_exit code)
{
    switch (code) {
    case TOV_EXIT_USAGE:
    case TOV_EXIT_CONFIG:
    case TOV_EXIT_KEY:
    case TOV_EXIT_ROSTER:
    case TOV_EXIT_IO:
    case TOV_EXIT_SECOND:
    case TOV_EXIT_PORT_IN_USE:
    case TOV_EXIT_NEWER_STORE:
    case TOV_EXIT_CORRUPT:
    case TOV_EXIT_GUARD_DISAGREES:
    case TOV_EXIT_CLOCK:
    case TOV_EXIT_REFUSED:
        return TOV_EXIT_NEEDS_A_PERSON;
    case TOV_EXIT_DISK_FULL:
        return TOV_EXIT_AGAIN_SLOWLY;
    case TOV_EXIT_PEERS_CHANGED:
    case TOV_EXIT_RECOVERED:
        return TOV_EXIT_AGAIN_AT_ONCE;
    case TOV_EXIT_OK:
    case TOV_EXIT_MEMORY_BOUND:
    case TOV_EXIT_PARENT_GONE:
    case TOV_EXIT_NOT_TAKEN:
    case TOV_EXIT_INTERNAL:
        return TOV_EXIT_AGAIN;
    }
    return TOV_EXIT_AGAIN;
}
