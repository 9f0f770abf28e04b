/* SPDX-License-Identifier: EUPL-1.2
 *
 * Writing a message into the own ledger: keys, commitments, sealed inline parts, link blocks, leaf,
 * data keys and event, all into the open batch; and reading own and received messages back.
 * Not for: judging a draft (case/rules.h) or sending it (follow/).
 * Never answer a client before the batch is committed.
 */
#ifndef TOV_LEDGER_MESSAGE_H
#define TOV_LEDGER_MESSAGE_H

#include "envelope/keys.h"
#include "envelope/part.h"
#include "ledger/entry.h"
#include "ledger/event.h"

/* The newest link to one peer: continued by the next message to it. */
struct tov_link_head {
    uint64_t number; /* 0: none in this series yet */
    struct tov_hash leaf;
};

/* Where the link heads are: the follow layer keeps one for each peer. */
struct tov_link_heads {
    void *context;
    struct tov_link_head *(*head)(void *context, uint16_t agency); /* NULL: no such peer */
};

struct tov_message_recipient {
    uint16_t agency;
    enum tov_right right;
};

/* An attachment that is sealed and synced as a blob already. */
struct tov_message_attachment {
    struct tov_part_claim claim;
};

struct tov_message_plan {
    uint8_t id[TOV_MESSAGE_ID_BYTES];
    uint8_t salt[TOV_SALT_BYTES];
    struct tov_message_keys keys; /* both; wiped by the caller */
    struct tov_bytes header;      /* plaintext of part 0 */
    struct tov_bytes content;     /* plaintext of part 1 */
    size_t recipient_count;
    struct tov_message_recipient recipients[TOV_RECIPIENTS_MAX]; /* agencies ascend */
    size_t attachment_count;
    struct tov_message_attachment attachments[TOV_ATTACHMENTS_MAX];
    uint8_t class_code; /* retention */
    uint8_t tag[TOV_TAG_BYTES];
};

struct tov_message_written {
    struct tov_ledger_place place;
    uint64_t event;
    size_t link_count;
    struct {
        uint16_t agency;
        uint64_t number;
    } links[TOV_RECIPIENTS_MAX];
};

/* Fresh id, salt and keys. */
void tov_message_plan_init(struct tov_core *core, struct tov_message_plan *plan);
void tov_message_plan_wipe(struct tov_message_plan *plan);

/* TOV_E_LIMIT when header and content do not fit the inline limit together; else only failures
 * that end the node. */
enum tov_err tov_message_write(struct tov_core *core, const struct tov_message_plan *plan,
                               const struct tov_link_heads *heads,
                               struct tov_message_written *out_written) TOV_MUST_CHECK;

/* A message that was written and lost its place (ledger/aside.h). Views are of the caller's. */
struct tov_message_again {
    uint64_t event;
    struct tov_bytes leaf; /* as it was: links and blind bytes are made anew, the time is that of
                            * tov_core_leaf_time_again */
    struct tov_bytes body;
    struct tov_bytes keys;   /* its data key row */
    struct tov_bytes header; /* plaintext of part 0 in place of what it was; of no bytes: as it was.
                              * It is sealed by a new header key */
};
/* Appends it under its old event number. TOV_E_NOT_FOUND: a recipient is no peer any more;
 * TOV_E_ERASED: its key is gone; TOV_E_LIMIT: its new header has no room. None of them leaves
 * anything in the batch. */
enum tov_err tov_message_write_again(struct tov_core *core, const struct tov_link_heads *heads,
                                     const struct tov_message_again *again,
                                     struct tov_message_written *out_written) TOV_MUST_CHECK;

/* ---- reading back, from committed rows ---- */

/* Which entry: the own ledger when agency is the own number. */
struct tov_message_name {
    uint16_t agency;
    uint32_t generation;
    uint64_t index;
};

/* A message that was read: buffers of the caller's, wiped by tov_message_fini. */
struct tov_message {
    struct tov_message_name name;
    struct tov_hash leaf_hash;
    struct tov_leaf_message leaf;
    uint64_t leaf_time_ms;
    uint64_t event;
    struct tov_verdict_value verdict; /* of a received one */
    size_t link_count;
    struct {
        uint16_t agency;
        struct tov_link_block block;
    } links[TOV_RECIPIENTS_MAX];
    bool has_keys;
    struct tov_message_keys keys;
    struct tov_buf header;  /* plaintext, when it opens */
    struct tov_buf content; /* plaintext, when asked for and it opens; may be of no bytes */
    bool shows_content;     /* it was asked for and opened */
};
enum tov_message_depth { TOV_MESSAGE_LEAF, TOV_MESSAGE_HEADER, TOV_MESSAGE_CONTENT };

/* TOV_E_NOT_FOUND: no such entry, or not a message; TOV_E_ERASED. A message whose keys are not held
 * is TOV_OK with has_keys false. OUT is large: keep it on the heap (tov_message_create). */
enum tov_err tov_message_create(struct tov_message **out_message) TOV_MUST_CHECK;
void tov_message_destroy(struct tov_message *message);
TOV_DEFINE_CLEANUP(tov_message, struct tov_message, tov_message_destroy)
enum tov_err tov_message_read(struct tov_core *core, struct tov_store_read *read,
                              const struct tov_message_name *name, enum tov_message_depth depth,
                              struct tov_message *message) TOV_MUST_CHECK;

/* The same of one that has no place, to the depth of the header; its name and event stay as they
 * are. TOV_E_ERASED: its key is gone. */
enum tov_err tov_message_open_again(struct tov_core *core, const struct tov_message_again *again,
                                    struct tov_message *message) TOV_MUST_CHECK;

/* Names of blobs; ID is read only of own messages. OUT has room for TOV_BLOB_NAME_SIZE. Beside an
 * own one lies its tree, with TOV_BLOB_TREE behind the name. */
#define TOV_BLOB_NAME_SIZE 80
#define TOV_BLOB_TREE ".tree"
void tov_blob_name(const struct tov_core *core, const struct tov_message_name *name,
                   const uint8_t id[TOV_MESSAGE_ID_BYTES], uint8_t part,
                   char out[TOV_BLOB_NAME_SIZE]);
/* The same without a core: OWN is the own agency's number. */
void tov_blob_name_of(uint16_t own, const struct tov_message_name *name,
                      const uint8_t id[TOV_MESSAGE_ID_BYTES], uint8_t part,
                      char out[TOV_BLOB_NAME_SIZE]);

#endif
