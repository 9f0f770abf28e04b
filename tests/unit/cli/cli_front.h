/* SPDX-License-Identifier: EUPL-1.2
 *
 * A node of two messages, for the command line's tests: number 5, which kk/vink sent to
 * kbh-pol/dks, and number 7, which came from there. A test changes the struct before the front
 * starts, or under front_lock.
 * Not for: what a real node would refuse.
 */
#ifndef TOV_TESTS_CLI_FRONT_H
#define TOV_TESTS_CLI_FRONT_H

#include "unit/lib/fake_front.h"

#define CLI_FRONT_SENT 5u
#define CLI_FRONT_CAME 7u
#define CLI_FRONT_EVENTS_MAX 8u
#define CLI_FRONT_SUBMITS_MAX 8u

struct cli_front_event {
    uint64_t number;
    const char *kind; /* "received", "delivered" ... */
};

struct cli_front_next {
    const char *type, *field, *value;
};

struct cli_front {
    const char *text;      /* of the content of both; NULL: a short one */
    bool of_episode;       /* both are about an episode */
    bool of_no_case;       /* and not about their case */
    const char *task;      /* of the recipient of both; NULL: none is named */
    const char *came_type; /* of number 7; NULL: msg.note. Another has no fields of its own */
    const char *odd_type;  /* of number 7 in its place, of no program; it answers number 5 */
    const char *came_unit; /* that says to have sent it; NULL: dks */
    const char *third;     /* "krfo/kif": a second recipient of number 7, or NULL */
    const uint8_t *event;  /* 16 bytes: event_ref of both, or NULL */
    bool taken;            /* number 7 is in handling */
    bool answered;         /* and answered */
    bool is_void;          /* and written with a key that was revoked */
    uint64_t unread;       /* of the status */
    enum tov_err error;    /* what all but hello is answered with; 0: what was asked for */
    const char *error_text;
    bool silent; /* not at all */

    /* number 5 at kbh-pol; its proof is of a tree of two entries */
    uint64_t verdict;
    const char *state;      /* of the node; NULL: it serves */
    uint64_t own_verdict;   /* on the message that came; 0: opened */
    uint64_t verdict_later; /* from the second look on, which an event asks for; 0: none */
    bool read;
    bool broken_proof;
    bool closed;           /* kbh-pol has ended */
    enum tov_err no_other; /* what any other message is answered with; 0: there is none */
    const char *no_other_text;

    /* number 7's attachments, parts 2 and 3, both with the name NAME */
    const char *name; /* NULL: it has none */
    const char *data;
    enum tov_err data_error; /* of what comes after the first piece, which is half of it */

    /* the case book (cli_front_cases.c) */
    bool no_book;                  /* the node refuses all that is about it */
    bool has_case;                 /* one affair, number 5; else none */
    bool in_time;                  /* without what is overdue */
    bool flags;                    /* its release has them all */
    bool offers;                   /* number 7 offers responsibility for it to the agency */
    struct cli_front_next next[4]; /* what may be sent; none: a list of its own */
    uint64_t at_ms;
    bool ended; /* what the last request asked for */

    /* the desk (cli_front_desk.c) */
    uint64_t late;        /* of the unread ones; the oldest is number 7 */
    uint64_t undelivered; /* the oldest is number 5 */
    uint64_t withheld;    /* so for these */
    uint64_t unusable;    /* so for these */
    uint64_t gap;         /* of the message that was sent */
    uint64_t again;       /* of its recipient, and what the last request made of it */
    uint64_t lost, lost_until_ms;
    uint64_t keys_lost; /* of kbh-pol's; the oldest is kbh-pol/1/9, the only one in lists */
    uint64_t keys_lost_days;
    bool keys_lost_unknown;
    uint64_t keys_awaited;    /* of kbh-pol's */
    uint64_t keys_awaited_ms; /* since then */
    uint64_t waiting;         /* for a receipt of kbh-pol, which goes on */
    uint64_t never_read;      /* by krfo, which has ended */
    const char *successor;    /* of it; NULL: none */
    bool more;
    uint64_t no_unit, no_unit_oldest, no_unit_sent, no_unit_sent_oldest;
    uint64_t unrecorded;
    bool counting;
    bool late_attachment; /* part 3 of number 7 has not arrived */
    char record[65];      /* of number 7, and what the last hand-over said */
    bool finds_nobody;
    uint64_t not_read;             /* contents of each piece */
    char searched[64], reason[64]; /* of the last search */

    /* events; then, unless more will come, caught_up */
    struct cli_front_event events[CLI_FRONT_EVENTS_MAX];
    size_t event_count;
    uint64_t event_verdict; /* of receipts; 0: opened */
    uint64_t after;         /* what the last watch asked for */
    uint64_t acknowledged;  /* how far, and where a named watch goes on */

    /* submits */
    bool refuses; /* by rule 2, at recipient 1 or the field below */
    const char *refused_field;
    bool refuses_missing;       /* the field is required as well, says rule 0 */
    const char *refused_source; /* then without a remedy; NULL: the law, with one */
    bool keeps_quiet;           /* takes the submit, and does not answer */
    int tell_fd;                /* not 0: one byte is written to it for each submit that came */
    size_t submits;             /* without checks */
    size_t checks;
    uint8_t keys[CLI_FRONT_SUBMITS_MAX][64]; /* of the submits, and their sizes */
    size_t key_sizes[CLI_FRONT_SUBMITS_MAX];
    uint8_t content[4096]; /* of the last one */
    size_t content_size;

    /* inside */
    size_t lists;
    uint64_t watch;
};
bool cli_front_play(struct fake_front *front, const char *name, struct tov_record body, void *arg);

#endif
