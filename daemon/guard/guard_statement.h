/* SPDX-License-Identifier: EUPL-1.2
 *
 * The text by which the root threshold tells a guard where a tree goes on when its state is lost
 * (docs/guard.md). Strict: one text for one meaning.
 *
 *     tov guard statement v1
 *     origin infohus-demo/kk/1
 *     tree journal
 *     journal 2
 *     number 4
 *     size 1007
 *     root <base64 of 32 bytes>
 *
 * `origin` is the ledger's for both trees (its last part is the generation); `journal` is 0 for
 * the ledger. It is signed as a note by root keys.
 * Not for: judging it (guard.h). For tov-keys, which writes and prints it, and the guard.
 * Never sign one without having seen the tree's last checkpoint at the keepers.
 */
#ifndef TOV_GUARD_STATEMENT_H
#define TOV_GUARD_STATEMENT_H

#include "guard/guard_state.h"

#define TOV_GUARD_STATEMENT_MAX_BYTES 640u

struct tov_guard_statement_text {
    char origin[TOV_ORIGIN_MAX_BYTES + 1];
    enum tov_guard_tree tree;
    uint64_t journal;
    uint64_t number; /* from 1; higher than that of any statement used before */
    uint64_t size;
    struct tov_hash root;
};

/* Appends the text that is signed; failures stick in OUT. */
void tov_guard_statement_format(const struct tov_guard_statement_text *statement,
                                struct tov_buf *out);
/* TOV_E_MALFORMED for any text that tov_guard_statement_format would not write. */
enum tov_err
tov_guard_statement_parse(struct tov_bytes text,
                          struct tov_guard_statement_text *out_statement) TOV_MUST_CHECK;

#endif
