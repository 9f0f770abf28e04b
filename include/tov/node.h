/* SPDX-License-Identifier: EUPL-1.2
 *
 * The node itself: how it is, who there is to write to, and its export for auditors.
 * Not for: managing it (tovd, tov-keys).
 * Never poll the status more than once a second: watch.h tells of news.
 *
 * All block up to the client's timeout. One at a time. Errors as in receive.h.
 */
#ifndef TOV_NODE_H
#define TOV_NODE_H

#include <tov/client.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- status ---- */

/* Another agency, as the own node knows it. Texts are never NULL. Grow at their ends. The four
 * numbers of its and the own ledger are 0 for casework, which is told of its own units alone. */
struct tov_peer_status {
    uint32_t agency;
    const char *name;
    int connected;
    uint64_t held;            /* entries of its ledger, here */
    uint64_t acknowledged;    /* entries of the own ledger, there */
    uint64_t links_sent;      /* messages sent to it, ... */
    uint64_t links_receipted; /* ... and of these, those that it has receipted */
    int suspended;            /* suspected fork: nothing of it is taken */
    uint64_t faults;          /* what it sent and was refused, since the node's start */
    uint64_t last_heard_ms;   /* 0: never */
    /* Messages to it without a receipt: of the client's units alone, and of the 200 that wait
     * longest; for auditor, dbr and node_admin all of the agency. */
    uint64_t waiting;
    /* Messages of the client's units that it could read, lacks the keys of since its node was set
     * back to an old copy, and asks for again (TOV_AGAIN_ASKS, view.h); and the number of the
     * oldest, 0 when there is none. 0 for node_admin. */
    uint64_t asked_again;
    uint64_t asked_again_oldest;
    /* Its messages that could be read here, and cannot since the own node was set back to an old
     * copy: a person there says whether the keys are given again (send.h). Whose such a message is,
     * stands in what cannot be opened: for casework those that its units have answered, else all.
     * Oldest: its reference, "krfo/1/9", or "". Since: when the newest was lost; 0: none was.
     * Unknown: for casework, there are others, and nobody knows for which unit. */
    uint64_t keys_lost;
    const char *keys_lost_oldest;
    uint64_t keys_lost_since_ms;
    int keys_lost_unknown;
    /* It has ended: what is waiting it never reads, and somebody has to send it to another one.
     * Only told while something is. Successor: the agency that took over its duties, or "". */
    int closed;
    const char *successor;
    /* Its messages that lie here and that nobody can open, since their keys have not come after
     * undelivered_after_ms: its node sends them by itself, once it runs. Nobody knows for which
     * unit they are: how many is 0 for casework. Since: when the oldest came; 0: there is none. */
    uint64_t keys_awaited;
    uint64_t keys_awaited_since_ms;
};
struct tov_node_status {
    /* "starting", "serving", "read-only" (its disk is full), "recovering", "behind", "clock",
     * "guard", "stopped" */
    const char *state;
    const char *sentence_da; /* what is the matter and what to do; "" when nothing is */
    const char *sentence_en;
    const char *version;
    uint64_t ledger_size;    /* entries on disk */
    uint64_t signed_size;    /* of these, under the last signature */
    uint64_t witnessed_size; /* of these, countersigned by enough other agencies */
    uint64_t journal_size;
    uint64_t journal_signed_size;
    uint32_t roster_version;
    uint64_t roster_until_ms; /* the node goes on after it, and warns */
    uint64_t disk_free_bytes;
    uint64_t now_ms;
    int demo_clock;  /* the node's time is that of an exercise */
    uint64_t unread; /* messages to the client's units that no person was shown; no ack.read */
    /* Own messages that a recipient cannot read undelivered_after_ms after they were written: there
     * is no receipt, or it says that a key or an attachment has not come; where the recipient has
     * ended, at once, and without acknowledgements. Of the client's units alone, and without a
     * receipt of the 200 that wait longest for each agency; for auditor, dbr and node_admin all of
     * the agency. */
    uint64_t undelivered;
    uint32_t epoch; /* number of the key that others encrypt to now */
    const struct tov_peer_status *peers;
    size_t peer_count;
    /* Of the unread ones: those that nobody has taken or answered either, and that have lain beyond
     * the limits below. Oldest: a number, 0 when there is none; so for the others. */
    uint64_t unread_late;
    uint64_t unread_late_oldest;
    uint64_t undelivered_oldest; /* 0 too for node_admin, who sees no messages */
    uint64_t unrecorded; /* of the client's units, and not in the agency's own record (journal.h) */
    uint64_t unrecorded_oldest;
    /* The node still reads, or there is more than it remembers: unread, unrecorded, withheld,
     * unusable and asked_again may be others. */
    int counting;
    uint64_t undelivered_after_ms;
    uint64_t unread_after_ms;
    uint64_t unread_urgent_after_ms; /* of priority akut */
    /* Messages of the client's units with a delivery of TOV_GAP_WITHHELD (view.h); acknowledgements
     * of reading are left out. 0 for node_admin. */
    uint64_t withheld;
    uint64_t withheld_oldest;
    /* What a restore of the last 30 days lost for good, of the whole agency: messages that had
     * reached no other agency may be among it, and nobody can say which. 0 for casework: how many
     * entries; the times are for all. It was written after lost_from_ms (0: not known) and before
     * lost_until_ms (0: nothing is lost). */
    uint64_t lost;
    uint64_t lost_from_ms;
    uint64_t lost_until_ms;
    /* Messages of the client's units that a recipient could not use (verdict not opened, refused or
     * not understood, view.h), until its receipt is amended, or the message is retracted or
     * replaced. 0 for node_admin. */
    uint64_t unusable;
    uint64_t unusable_oldest;
    /* Of waiting, undelivered or keys_lost there is more than was looked at.
     * It may be the client's units', also where their count is 0. */
    int more;
    /* Messages that were taken for a unit of the agency that the roster has no more, that no person
     * was shown and nobody has taken or answered: nobody can read them until the roster has that
     * unit again. For auditor, dbr and node_admin; oldest 0 for node_admin. */
    uint64_t no_unit;
    uint64_t no_unit_oldest;
    /* Messages that such a unit sent and that are withheld, unusable or asked for again: nobody in
     * casework is told of them. For the same clients. */
    uint64_t no_unit_sent;
    uint64_t no_unit_sent_oldest;
};
struct tov_status;
TOV_API_CHECKED enum tov_err
tov_status_get(struct tov_client *client, struct tov_status **out_status, struct tov_error *error);
TOV_API const struct tov_node_status *tov_status_facts(const struct tov_status *status);
TOV_API void tov_status_destroy(struct tov_status *status); /* NULL is fine */

/* ---- starting ---- */

/* Grows at its end in later versions. */
struct tov_start_result {
    uint32_t persons;  /* who have said so and count, this one with them */
    uint32_t needed;   /* then the node starts */
    uint64_t until_ms; /* this person's word counts until then */
};
/* As one of two natural persons (auditor, dbr, node_admin; at most one of them node_admin): a node
 * that waits for a majority of its keepers shall start without it. REASON stands in the journal, an
 * entry that is durable when this returns. RULE: the node does not wait for that; DENIED; ARGUMENT:
 * no reason; LIMIT: over 1,024 bytes; and as in receive.h. */
TOV_API_CHECKED enum tov_err tov_start_anyway(struct tov_client *client, const char *reason,
                                              struct tov_start_result *out_result,
                                              struct tov_error *error);

/* ---- directory ---- */

struct tov_directory_unit {
    const char *address; /* "kk/vink" */
    const char *title;   /* Danish */
    uint32_t agency;     /* its number in the roster, which fields of the kind "agency" hold */
};
struct tov_directory;
TOV_API_CHECKED enum tov_err tov_directory_get(struct tov_client *client,
                                               struct tov_directory **out_directory,
                                               struct tov_error *error);
TOV_API uint32_t tov_directory_roster_version(const struct tov_directory *directory);
TOV_API size_t tov_directory_count(const struct tov_directory *directory);
TOV_API const struct tov_directory_unit *tov_directory_at(const struct tov_directory *directory,
                                                          size_t index);
TOV_API void tov_directory_destroy(struct tov_directory *directory); /* NULL is fine */

/* ---- export ---- */

/* Called after each piece. Other than 0 gives up (TOV_E_CLOSED). Must not use the client. */
typedef int (*tov_export_progress_fn)(void *arg, uint64_t files, uint64_t bytes);

struct tov_export_options {
    size_t size;      /* sizeof(struct tov_export_options) */
    const char *path; /* a folder that is not there yet, or is empty */
    tov_export_progress_fn progress;
    void *progress_arg;
};
#define TOV_EXPORT_OPTIONS_INIT                             \
    {                                                       \
        sizeof(struct tov_export_options), NULL, NULL, NULL \
    }
/* Writes the export that tov-audit reads (docs/protocol.md section 9): one snapshot, as plain
 * files, and last the file `manifest`; a folder without it is not an export. Names of files come
 * from the node and are checked: nothing is written outside the folder. Blocks for as long as
 * pieces come. EXISTS: the folder is not empty; MALFORMED: the node sent a name, an order or a size
 * that an export cannot have; IO, FULL; and as above. */
TOV_API_CHECKED enum tov_err tov_export_to(struct tov_client *client,
                                           const struct tov_export_options *options,
                                           struct tov_error *error);

#ifdef __cplusplus
}
#endif
#endif
