/* SPDX-License-Identifier: EUPL-1.2
 *
 * Error codes and the error text of Tov: one list for every program and for users of libtov; what
 * to do about each stands in docs/libtov.md, Errors. Not for: process exit codes
 * (docs/exit-codes.md). Never renumber: values are stored by integrations and shown in logs. Append
 * only: a program treats a code that it does not know as a failure that stays.
 */
#ifndef TOV_ERROR_H
#define TOV_ERROR_H

#include <tov/export.h>

#ifdef __cplusplus
extern "C" {
#endif

enum tov_err {
    TOV_OK = 0,
    TOV_E_NOMEM = 1,        /* memory could not be had */
    TOV_E_ARGUMENT = 2,     /* the caller used the interface wrongly */
    TOV_E_LIMIT = 3,        /* a named limit (docs/libtov.md) would be exceeded */
    TOV_E_MALFORMED = 4,    /* bytes or text that are not of the expected format */
    TOV_E_VERSION = 5,      /* a newer version of a format than this program knows */
    TOV_E_SIGNATURE = 6,    /* a signature does not verify */
    TOV_E_PROOF = 7,        /* a root, proof or hash does not match */
    TOV_E_COMMITMENT = 8,   /* a key does not fit the commitment in the leaf */
    TOV_E_DECRYPT = 9,      /* authenticated decryption failed */
    TOV_E_SCHEMA = 10,      /* a payload does not follow its schema */
    TOV_E_RULE = 11,        /* a rule of the catalogue or of sharing forbids it */
    TOV_E_NOT_FOUND = 12,   /* no such thing, or not for this caller to know */
    TOV_E_EXISTS = 13,      /* there already, with other content */
    TOV_E_IO = 14,          /* a read, write or sync failed */
    TOV_E_FULL = 15,        /* no space on disk, or a map that cannot grow */
    TOV_E_DENIED = 16,      /* this person, role or unit may not do it */
    TOV_E_BUSY = 17,        /* a quota or queue is full; try again later */
    TOV_E_TIMEOUT = 18,     /* no answer in time; the outcome is not known */
    TOV_E_AGAIN = 19,       /* nothing now; wait for the file descriptor */
    TOV_E_FORK = 20,        /* two signed histories of one ledger */
    TOV_E_KEY = 21,         /* a key file of the wrong purpose, form or permissions */
    TOV_E_CLOSED = 22,      /* the other end is gone */
    TOV_E_UNAVAILABLE = 23, /* the node cannot do it in its present state */
    TOV_E_CORRUPT = 24,     /* stored data does not agree with itself */
    TOV_E_CLOCK = 25,       /* the clock cannot be right */
    TOV_E_ERASED = 26,      /* it was there and has been erased */
    TOV_E_EPOCH = 27,       /* no epoch key that opens it, or none known yet */
    TOV_E_CONFIG = 28,      /* a configuration file is wrong */
    TOV_E_INTERNAL = 29,    /* a fault in this program */
    TOV_E_ASIDE = 30        /* nobody has the message: after a restore it was not written again */
};

#define TOV_ERROR_TEXT_SIZE 256

/* What went wrong, in one line: which input, why, and what to do. Never content, a name or a key.
 * Owned by the caller; functions fill it only on failure. */
struct tov_error {
    enum tov_err code;
    char text[TOV_ERROR_TEXT_SIZE];
};

/* A short English name of CODE, for example "rule"; never NULL, static storage. Thread-safe. */
TOV_API const char *tov_err_name(enum tov_err code);

#ifdef __cplusplus
}
#endif
#endif
