/* SPDX-License-Identifier: EUPL-1.2
 *
 * A message as the node shows it to this client: sent or received, header alone or with content.
 * Not for: fetching one (receive.h).
 * Never take a text from here as a name of a file or a part of a command: others wrote it.
 *
 * Paths and text forms are those of draft.h. Threads: one at a time for each view. Nothing blocks.
 */
#ifndef TOV_VIEW_H
#define TOV_VIEW_H

#include <tov/draft.h>
#include <tov/error.h>

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct tov_message_view;

/* What a restore of the own node from an old copy left of the way to a recipient. */
enum tov_delivery_gap {
    TOV_GAP_NONE = 0,     /* nothing is missing */
    TOV_GAP_UNKNOWN = 1,  /* the recipient's node has not said yet whether it has the message */
    TOV_GAP_WITHHELD = 2, /* it had not taken it, and does not get it: it has to be sent anew */
    /* The same, and a later msg.amend or msg.retract of the own agency that goes to it has said so:
     * nothing is left to do. */
    TOV_GAP_TOLD = 3
};

/* Whether the recipient could read the message, and lacks its keys since its node was set back to
 * an old copy. */
enum tov_delivery_again {
    TOV_AGAIN_NO = 0,     /* it is not so */
    TOV_AGAIN_ASKS = 1,   /* it asks for them: a person says whether it gets them (send.h) */
    TOV_AGAIN_DENIED = 2, /* a person said no */
    TOV_AGAIN_GRANTED = 3 /* a person said yes: they go to it */
};

/* What the recipient's node found (docs/protocol.md): verdict 0 is "no receipt yet". Grows at its
 * end in later versions. */
struct tov_delivery {
    uint32_t agency;
    const char *agency_name;
    uint64_t link_number; /* 0: the own agency, or there is a gap */
    uint32_t verdict;
    uint32_t verdict_flags;
    uint32_t verdict_detail;
    uint64_t received_ms; /* when its receipt was stored here; 0: not yet */
    int read;             /* an acknowledgement of a person there answers the message */
    uint32_t gap;         /* enum tov_delivery_gap; one of a later version: treat as WITHHELD */
    uint32_t again;       /* enum tov_delivery_again; one of a later version: treat as DENIED */
    int closed;           /* the agency has ended: what has not come to it never will */
};
/* English id: "none", "unknown", "withheld", "told"; "withheld" for one of a later version. Static
 * storage, any thread. */
TOV_API const char *tov_gap_text(uint32_t gap);
/* English id: "no", "asks", "denied", "granted"; "denied" for one of a later version. Static
 * storage, any thread. */
TOV_API const char *tov_again_text(uint32_t again);
/* English id of a verdict: "opened", "attachment-pending" ...; "none" for 0, "unknown" for one of a
 * later version. Static storage, any thread. */
TOV_API const char *tov_verdict_text(uint32_t verdict);

/* Borrowed from the view. Grows at its end in later versions. */
struct tov_message_facts {
    uint64_t number; /* at this agency, as shown to people */
    struct tov_message_ref ref;
    int outgoing;
    uint64_t stored_ms;
    uint32_t verdict; /* incoming: the own one */
    uint32_t verdict_flags;
    uint32_t verdict_detail;
    int shown; /* its content was handed to someone here before */
    int is_signed;
    int is_witnessed;
    int is_retracted;
    uint32_t attachment_count;
    uint32_t reply_count;
    int has_header;       /* 0: it cannot be opened */
    int has_content;      /* 0: only the header was disclosed, or it was not fetched (a list) */
    int is_taken;         /* a person of this agency took it into handling */
    int is_answered;      /* this agency sent a response to it */
    uint64_t recorded_ms; /* handed over to the agency's own record (journal.h); 0: it is not */
    uint64_t erasable_ms; /* the copy here may be erased from then on; 0: no time is set */
    int is_void; /* written with a key of its agency after that was revoked: it has no effect */
    /* It could be read here, and its keys were lost when the own node was set back to an old copy:
     * a person at its sender says whether they are given again. It has no number and no header;
     * stored_ms is the time that its sender wrote into it. Only of tov_listing_keys_lost_at. */
    int is_keys_lost;
};
TOV_API const struct tov_message_facts *tov_message_view_facts(const struct tov_message_view *view);

/* "prison.released"; "" without a header. Also for a type that this library does not know. Never
 * NULL. */
TOV_API const char *tov_message_view_type(const struct tov_message_view *view);
/* The text form of the field at PATH (a list without a number: its first); "" when it is not set or
 * not to be seen. Borrowed from the view. */
TOV_API const char *tov_message_view_text(const struct tov_message_view *view, const char *path);
/* Values at PATH: 0 or 1, or the length of a list. */
TOV_API size_t tov_message_view_count(const struct tov_message_view *view, const char *path);

/* Under which number it stands in the agency's own record, and the name of the client that said so;
 * "" when it does not, and in lists. Borrowed from the view. */
TOV_API const char *tov_message_view_record(const struct tov_message_view *view);
TOV_API const char *tov_message_view_record_by(const struct tov_message_view *view);

/* Outgoing: one for each agency. NULL: INDEX is not below the count; so for all lists here. */
TOV_API size_t tov_message_view_delivery_count(const struct tov_message_view *view);
TOV_API const struct tov_delivery *tov_message_view_delivery(const struct tov_message_view *view,
                                                             size_t index);

/* Name and type are the sender's words; "" while the content is not to be seen. */
struct tov_attachment {
    uint32_t part; /* its number for tov_attachment_save, from 2 */
    const char *name;
    const char *mime;
    uint64_t size;         /* bytes of data; 0 while not known */
    int complete;          /* all of it is at the node */
    uint64_t chunks_held;  /* pieces that have come to the node */
    uint64_t chunks_total; /* 0 while not known */
    const uint8_t
        *sha256; /* 32 bytes, the sender's word; NULL while the content is not to be seen */
};
TOV_API size_t tov_message_view_attachment_count(const struct tov_message_view *view);
TOV_API const struct tov_attachment *
tov_message_view_attachment(const struct tov_message_view *view, size_t index);

/* Messages that answer it, as in a list; only in what tov_message_get gave. Borrowed. */
TOV_API size_t tov_message_view_reply_count(const struct tov_message_view *view);
TOV_API const struct tov_message_view *tov_message_view_reply(const struct tov_message_view *view,
                                                              size_t index);

/* JSON as docs/libtov.md says; ended by tov_free. NOMEM. */
TOV_API_CHECKED enum tov_err tov_message_view_to_json(const struct tov_message_view *view,
                                                      char **out_json, struct tov_error *error);
/* For what came through an `out_`; not for borrowed ones. NULL is fine. */
TOV_API void tov_message_view_destroy(struct tov_message_view *view);

#ifdef __cplusplus
}
#endif
#endif
