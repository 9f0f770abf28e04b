/* SPDX-License-Identifier: EUPL-1.2
 *
 * Messages that are not sent yet, kept in $XDG_STATE_HOME/tov/drafts (~/.local/state/tov/drafts):
 * NAME.json has all of one, NAME.txt the text while an editor has it, or while it cannot be read.
 * Both are of mode 0600. A name is a message type and a number, "prison.released-2": it says
 * nothing about a citizen.
 *
 *   tov_draft    1, the version of this form
 *   state        "writing", "refused", "unsent", "unknown"
 *   saved_at     when, in UTC
 *   key          the idempotency key, hexadecimal
 *   sender       who tried to send it, "federation/agency/client"; "" while nobody has
 *   attachments  [{"path", "mime"}]
 *   message      as tov_message_draft_to_json gives it
 *
 * Not for: sending (sending.h).
 * Never give a draft whose outcome is unknown another key, or another content: the node would take
 * it for another message, or would leave out what was changed.
 */
#ifndef TOV_CLI_DRAFTFILE_H
#define TOV_CLI_DRAFTFILE_H

#include "cli/cli.h"
#include "cli/file.h"

#define DRAFT_NAME_SIZE 64
#define DRAFT_SENDER_SIZE 256
#define DRAFT_TEXT_MAX_BYTES 1048576u

enum draft_state {
    DRAFT_WRITING = 1, /* nobody has tried to send it */
    DRAFT_REFUSED = 2,
    DRAFT_UNSENT = 3, /* tried; it is certain that it was not sent */
    DRAFT_UNKNOWN = 4 /* tried; the answer did not come */
};

struct kept_draft {
    char name[DRAFT_NAME_SIZE]; /* "": not kept yet */
    struct tov_message_draft *message;
    enum draft_state state;
    uint64_t saved_ms;
    char sender[DRAFT_SENDER_SIZE];
    json_t *attachments; /* NULL: none */
    bool has_text;       /* NAME.txt is there */
};
void kept_draft_fini(struct kept_draft *draft); /* a zeroed struct is fine */

/* NOT_FOUND: no such draft; MALFORMED, SCHEMA, VERSION: it cannot be read. */
enum tov_err draftfile_load(struct cli *cli, const char *name,
                            struct kept_draft *out_draft) TOV_MUST_CHECK;
/* When a draft with DRAFT's key is kept already, DRAFT takes its name, and its state if nobody
 * knows whether that was sent: a system that tries again does not leave many drafts behind. */
enum tov_err draftfile_adopt(struct cli *cli, struct kept_draft *draft) TOV_MUST_CHECK;
/* Writes all of DRAFT; gives it a name when it has none. */
enum tov_err draftfile_save(struct cli *cli, struct kept_draft *draft) TOV_MUST_CHECK;
/* Ends what is kept of DRAFT; one that was never kept is fine. */
enum tov_err draftfile_remove(struct cli *cli, const struct kept_draft *draft) TOV_MUST_CHECK;

/* The path of its NAME.txt. LIMIT. */
enum tov_err draftfile_text_path(struct cli *cli, const struct kept_draft *draft,
                                 char out[FILE_PATH_SIZE]) TOV_MUST_CHECK;

/* Names of all drafts in alphabetical order, a JSON list of texts for the caller. */
enum tov_err draftfile_names(struct cli *cli, json_t **out_names) TOV_MUST_CHECK;

/* On standard error: what became of the draft of this run, if any, and how to go on with it. */
void draftfile_print_kept(const struct cli *cli);

const char *draft_state_id(enum draft_state state);
/* In words: "refused", "it is not known whether it was sent" ... */
const char *draft_state_name(enum draft_state state);

#endif
