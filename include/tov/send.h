/* SPDX-License-Identifier: EUPL-1.2
 *
 * Handing a draft to the node.
 * Not for: delivery to the other agency; watch.h tells of that.
 * Never make a new draft after TOV_E_TIMEOUT: the message may have been accepted, and would be sent
 * twice. Submit the same draft again (or one of the same content with the same key): the node
 * answers once more what it answered then.
 *
 * TOV_OK from a submit means that the message is in the ledger of the own agency, synced to disk.
 */
#ifndef TOV_SEND_H
#define TOV_SEND_H

#include <tov/client.h>
#include <tov/draft.h>
#include <tov/view.h>

#ifdef __cplusplus
extern "C" {
#endif

struct tov_submission;

/* Called while attachments are sent, in the thread of the call: FILE from 0, bytes of it that the
 * node has. Must not use the client. Other than 0 gives up (TOV_E_CLOSED); nothing is sent then. */
typedef int (*tov_progress_fn)(void *arg, uint32_t file, uint64_t done, uint64_t total);

struct tov_submit_options {
    size_t size;              /* sizeof(struct tov_submit_options) */
    tov_progress_fn progress; /* NULL: none */
    void *progress_arg;
};
#define TOV_SUBMIT_OPTIONS_INIT                       \
    {                                                 \
        sizeof(struct tov_submit_options), NULL, NULL \
    }

/* Sends attachments, then the message, and waits for the node's answer; the timeout counts for each
 * step. OPTIONS may be NULL. Blocks. One at a time for client and draft.
 * Errors: RULE and SCHEMA (refused; the draft's remarks say why), DENIED (not a unit of this
 * client), NOT_FOUND (a recipient that is not in the directory, or a target), ERASED (the key
 * belongs to a message that was erased since), ASIDE (to one that nobody has since the node was set
 * back), LIMIT, BUSY, FULL and UNAVAILABLE (later), IO (an attachment cannot be read, or is shorter
 * now), PROOF (an attachment did not arrive as it was sent), TIMEOUT (outcome unknown: submit the
 * same draft again), CLOSED (progress gave up), MALFORMED (an answer that cannot be read: submit
 * again), ARGUMENT (the draft is under way already), NOMEM. */
TOV_API_CHECKED enum tov_err tov_client_submit(struct tov_client *client,
                                               struct tov_message_draft *draft,
                                               const struct tov_submit_options *options,
                                               struct tov_submission **out_submission,
                                               struct tov_error *error);

/* Asks the node to judge the draft; nothing is written or sent. TOV_OK: it would be accepted; the
 * draft's remarks may hold warnings. Errors as above. Blocks. */
TOV_API_CHECKED enum tov_err tov_client_check(struct tov_client *client,
                                              struct tov_message_draft *draft,
                                              struct tov_error *error);

/* Texts and deliveries are borrowed. Grows at its end in later versions. */
struct tov_submission_facts {
    struct tov_message_ref ref; /* how other messages cite it, at every agency */
    uint64_t number;            /* at this agency: for tov_message_get, and as shown to people */
    uint8_t message_id[16];     /* the same at every agency */
    int repeated; /* the key was used before: all this is of the message that was sent then */
};
TOV_API const struct tov_submission_facts *
tov_submission_facts(const struct tov_submission *submission);
/* One for each other agency that is a recipient. NULL: INDEX is not below the count. */
TOV_API size_t tov_submission_delivery_count(const struct tov_submission *submission);
TOV_API const struct tov_delivery *tov_submission_delivery(const struct tov_submission *submission,
                                                           size_t index);
TOV_API void tov_submission_destroy(struct tov_submission *submission); /* NULL is fine */

/* ---- without blocking ---- */

struct tov_submit; /* one that is under way */

/* Begins; DRAFT and the options' arguments must outlive it. Does not block, except for reading
 * attachments. One submit of a draft at a time: ARGUMENT. LIMIT, UNAVAILABLE (forked), NOMEM. */
TOV_API_CHECKED enum tov_err tov_submit_begin(struct tov_client *client,
                                              struct tov_message_draft *draft,
                                              const struct tov_submit_options *options,
                                              struct tov_submit **out_submit,
                                              struct tov_error *error);
/* AGAIN: not yet; wait for the client and process. Else as tov_client_submit, once; after that
 * ARGUMENT. Reads the next piece of an attachment, and does not block else. */
TOV_API_CHECKED enum tov_err tov_submit_take(struct tov_submit *submit,
                                             struct tov_submission **out_submission,
                                             struct tov_error *error);
/* Forgets it; before the client is closed and the draft destroyed. Before its answer was taken, the
 * outcome is unknown. NULL is fine. */
TOV_API void tov_submit_destroy(struct tov_submit *submit);

/* ---- a recipient that was set back ---- */

struct tov_give_again_options {
    size_t size; /* sizeof(struct tov_give_again_options) */
    uint64_t number;
    const struct tov_message_ref *ref; /* when NUMBER is 0 */
    const char *agency;                /* its name; NULL: the only one that asks */
    const char *reason;                /* at most 900 bytes; it stands in the journal */
    int refuse;                        /* it is not given them */
};
#define TOV_GIVE_AGAIN_OPTIONS_INIT                                   \
    {                                                                 \
        sizeof(struct tov_give_again_options), 0, NULL, NULL, NULL, 0 \
    }

/* Grows at its end in later versions. */
struct tov_give_again_result {
    uint64_t number;
    char agency_name[64];
    uint32_t again; /* enum tov_delivery_again, from now on */
    int repeated;   /* it was said before: nothing was written */
};

/* A person of the unit that sent a message says whether a recipient that could read it, and lacks
 * its keys since its node was set back to an old copy (a delivery's `again`, view.h), is given them
 * again. The entry of the journal is durable when this returns; the keys go then, by themselves,
 * within 30 days. It can be said otherwise until they are there. Blocks. RULE: no such recipient
 * has lost them; DENIED: not a person of the unit that sent it; ARGUMENT: no reason, or too long,
 * or several recipients ask and none is named; and as in receive.h. */
TOV_API_CHECKED enum tov_err tov_give_again(struct tov_client *client,
                                            const struct tov_give_again_options *options,
                                            struct tov_give_again_result *out_result,
                                            struct tov_error *error);

#ifdef __cplusplus
}
#endif
#endif
