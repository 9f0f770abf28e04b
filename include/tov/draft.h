/* SPDX-License-Identifier: EUPL-1.2
 *
 * Messages that are being written: fields by path, JSON, the form that a person fills in,
 * attachments, local checks.
 * Not for: sending (send.h), or what fields there are (catalogue.h).
 * Never send the text of a draft to a log: it is about a citizen.
 *
 * Paths. "header.F" and "content.F" are fields of the message's two halves; "fields.F" is a field
 * of the type's own, in whichever half it stands ("header.fields.F" and "content.fields.F" say it).
 * Records nest with dots ("content.subject.name"); the nth of a list is its number from 1
 * ("fields.facts.2.fact"), and one more than there are begins a new one. Text forms of values:
 *   text as it is · number 17 · true, false · date 2021-07-05 · time 2021-07-05T12:00:00.000Z
 *   (without milliseconds is read too) · id of an enum ("proeve_2_3") · UUID 32 hexadecimal digits
 *   (hyphens are read too) · hash 64 · bytes in base64 · reference agency/generation/index/hash
 *
 * Threads: one at a time for each draft. Nothing here blocks, except for reading files.
 */
#ifndef TOV_DRAFT_H
#define TOV_DRAFT_H

#include <tov/error.h>
#include <tov/remark.h>

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct tov_message_draft;
struct tov_message_view; /* view.h */

/* One entry of one agency's ledger: how messages are cited. */
struct tov_message_ref {
    uint32_t agency;
    uint32_t generation;
    uint64_t index;
    uint8_t leaf_hash[32];
};

enum tov_message_right {
    TOV_SEES_HEADER = 1, /* sees the step, its time and the responsible agency */
    TOV_SEES_ALL = 2     /* sees the content and attachments too */
};

#define TOV_IDEMPOTENCY_KEY_MIN 16
#define TOV_IDEMPOTENCY_KEY_MAX 64

/* ---- making one ---- */

/* An empty draft of the newest version of TYPE ("prison.released"), with a fresh random idempotency
 * key. NOT_FOUND: no such type; NOMEM. */
TOV_API_CHECKED enum tov_err tov_message_draft_create(const char *type,
                                                      struct tov_message_draft **out_draft,
                                                      struct tov_error *error);
/* An empty draft of TYPE that answers VIEW: in_reply_to, relation `response`, the same matters
 * (about), and the sender's unit as recipient with the right ALL. Where the answer is the second
 * signature on VIEW, or answers the offer in it, it cites VIEW. NOT_FOUND: no such type;
 * ARGUMENT: a view without a header; NOMEM. The draft does not need the view afterwards. */
TOV_API_CHECKED enum tov_err tov_message_draft_answer(const struct tov_message_view *view,
                                                      const char *type,
                                                      struct tov_message_draft **out_draft,
                                                      struct tov_error *error);
/* From JSON as docs/libtov.md says (that of tov_message_view_to_json is read too; what the node
 * fills in, and the list of attachments, is left out). MALFORMED (not JSON), SCHEMA (a key or value
 * that the type has not), LIMIT (32 levels, 256 KiB), NOT_FOUND (type), VERSION (type_version),
 * NOMEM; the words name the key, never its value. */
TOV_API_CHECKED enum tov_err tov_message_draft_from_json(const char *json,
                                                         struct tov_message_draft **out_draft,
                                                         struct tov_error *error);
/* NULL is fine. Closes what was attached. */
TOV_API void tov_message_draft_destroy(struct tov_message_draft *draft);

/* ---- what it says ---- */

/* "prison.released". */
TOV_API const char *tov_message_draft_type(const struct tov_message_draft *draft);

/* Sets the field at PATH to TEXT. A list of values without a number gets one more; NULL or ""
 * clears a field or a whole list. ARGUMENT: no such field, a path into a value, a number past the
 * end, or one value of a list (lists grow at their end and are cleared as a whole); SCHEMA: not the
 * text form of its kind; LIMIT: over 64 KiB; NOMEM. On an error the draft is as it was. */
TOV_API_CHECKED enum tov_err tov_message_draft_set(struct tov_message_draft *draft,
                                                   const char *path, const char *text,
                                                   struct tov_error *error);
/* The text form of the field at PATH (a list without a number: its first); "" when it is not set.
 * Borrowed until the draft is changed or destroyed. */
TOV_API const char *tov_message_draft_text(const struct tov_message_draft *draft, const char *path);
/* Values at PATH: 0 or 1, or the length of a list. */
TOV_API size_t tov_message_draft_count(const struct tov_message_draft *draft, const char *path);

/* One unit for each agency. UNIT is "kk/vink". REASON says why the unit needs the message: about
 * its task, never about the citizen; NULL where the type asks for none. LIMIT: 32 recipients;
 * ARGUMENT: form of UNIT. */
TOV_API_CHECKED enum tov_err tov_message_draft_add_recipient(struct tov_message_draft *draft,
                                                             const char *unit,
                                                             enum tov_message_right right,
                                                             const char *reason,
                                                             struct tov_error *error);
/* The unit that sends, "vink" or "kk/vink"; without it the client's first. ARGUMENT, SCHEMA: not
 * the form of a unit. */
TOV_API_CHECKED enum tov_err tov_message_draft_set_sender(struct tov_message_draft *draft,
                                                          const char *unit,
                                                          struct tov_error *error);
/* What it answers, revises or forwards. RELATION: "response", "revision", "removal", "forward".
 * ARGUMENT: no whole reference, or no such relation. */
TOV_API_CHECKED enum tov_err tov_message_draft_set_target(struct tov_message_draft *draft,
                                                          const struct tov_message_ref *target,
                                                          const char *relation,
                                                          struct tov_error *error);

/* Adds VIEW to what the message cites, with the event that it tells of: the first of two signers,
 * the offer that is answered, the acceptance by which the sender holds what it offers. ARGUMENT: a
 * view without a header; NOMEM. */
TOV_API_CHECKED enum tov_err tov_message_draft_cite(struct tov_message_draft *draft,
                                                    const struct tov_message_view *view,
                                                    struct tov_error *error);
/* The message tells of the same event as VIEW, in another channel. Errors as above. */
TOV_API_CHECKED enum tov_err tov_message_draft_set_event(struct tov_message_draft *draft,
                                                         const struct tov_message_view *view,
                                                         struct tov_error *error);

/* ---- texts; each is ended by tov_free; NOMEM ---- */

/* As docs/libtov.md says; without the files that are attached. */
TOV_API_CHECKED enum tov_err tov_message_draft_to_json(const struct tov_message_draft *draft,
                                                       char **out_json, struct tov_error *error);
/* The form for an editor: what is set stands filled in, what is missing is asked for. */
TOV_API_CHECKED enum tov_err tov_message_draft_to_form(const struct tov_message_draft *draft,
                                                       enum tov_words words, char **out_form,
                                                       struct tov_error *error);
/* Reads FORM into the draft. SCHEMA: it has faults, which are the draft's remarks with their lines;
 * then the draft is as it was, and the caller keeps the text. LIMIT: over 256 KiB. */
TOV_API_CHECKED enum tov_err tov_message_draft_read_form(struct tov_message_draft *draft,
                                                         const char *form, struct tov_error *error);

/* ---- attachments ---- */

/* Attaches a regular file from its beginning: the descriptor is duplicated, its offset is not used.
 * The file must stay as it is until the message was accepted. MIME NULL:
 * "application/octet-stream". NAME is shown to the recipients. LIMIT: 16 attachments, 2 GiB each,
 * NAME of 255 bytes, MIME of 127; ARGUMENT: not a regular file, NAME empty or with a slash; IO. */
TOV_API_CHECKED enum tov_err tov_message_draft_attach_fd(struct tov_message_draft *draft, int fd,
                                                         const char *name, const char *mime,
                                                         struct tov_error *error);
/* The same for a file by its path; its last component is the name. NOT_FOUND: no such file. */
TOV_API_CHECKED enum tov_err tov_message_draft_attach_path(struct tov_message_draft *draft,
                                                           const char *path, const char *mime,
                                                           struct tov_error *error);
TOV_API size_t tov_message_draft_attachment_count(const struct tov_message_draft *draft);

/* ---- checks and the key ---- */

/* Judges what can be judged without a node: required fields, forms, dates. Not 0 in *OUT_REFUSED
 * when something must be mended; the draft's remarks say what. tov_client_check asks the node,
 * which knows units and legal bases. NOMEM. */
TOV_API_CHECKED enum tov_err tov_message_draft_check(struct tov_message_draft *draft,
                                                     int *out_refused, struct tov_error *error);
/* Of the last check, submit or form. Never NULL. */
TOV_API const struct tov_remarks *tov_message_draft_remarks(const struct tov_message_draft *draft);

/* The idempotency key: 32 random bytes, or what was set. A program that may crash between writing
 * and sending keeps it beside its own record and sets it again. Borrowed until it is set anew. */
TOV_API const uint8_t *tov_message_draft_key(const struct tov_message_draft *draft,
                                             size_t *out_size);
/* KEY is copied. The node remembers the newest 1,048,576 keys of all its clients, each for its
 * client, as keyed hashes, and compares nothing else: another draft with the same key is answered
 * with the first one's answer, and not sent. LIMIT: SIZE is not 16..64. */
TOV_API_CHECKED enum tov_err tov_message_draft_set_key(struct tov_message_draft *draft,
                                                       const uint8_t *key, size_t size,
                                                       struct tov_error *error);

#ifdef __cplusplus
}
#endif
#endif
