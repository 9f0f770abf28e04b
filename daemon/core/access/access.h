/* SPDX-License-Identifier: EUPL-1.2
 *
 * Who inside the agency may do and see what (docs/architecture.md): by the role and the units that
 * a client's key is registered with. Not for: what agencies disclose to each other
 * (follow/disclose.c), or writing down that somebody looked (access/journal.h). Never hand out
 * content on TOV_SIGHT_METADATA.
 *
 *   role                        sends   content  metadata        export  status
 *   casework roles, integration own     own      own units       -       yes
 *   auditor, dbr                -       -        all             auditor yes
 *   node_admin                  -       -        -               -       yes
 *   natural persons who are auditor, dbr or node_admin may also say that the node shall start
 *   without a majority of its keepers
 *
 * A key that has one of the lower roles has none of the rights of the upper ones: who checks or
 * runs the node does casework with another key.
 */
#ifndef TOV_ACCESS_ACCESS_H
#define TOV_ACCESS_ACCESS_H

#include "ledger/core.h"
#include "roster/clients.h"
#include "wire/payload.h"

enum tov_sight {
    TOV_SIGHT_NONE = 0,     /* it does not exist for this client */
    TOV_SIGHT_METADATA = 1, /* header, times, receipts, proofs */
    TOV_SIGHT_CONTENT = 2   /* also the content, as far as the agency has the right to it */
};

enum tov_deed {
    TOV_DEED_SUBMIT,  /* write messages, upload, acknowledge */
    TOV_DEED_LOOK,    /* list, get, trace, watch */
    TOV_DEED_CONTENT, /* read content and attachments */
    TOV_DEED_EXPORT,
    TOV_DEED_START, /* start the node without its keepers, as one of two persons */
    TOV_DEED_STATUS /* status, directory, hello */
};
bool tov_access_may(const struct tov_client *client, enum tov_deed deed);

/* True when UNIT (its name inside the agency) may send through CLIENT. */
bool tov_access_may_send_for(const struct tov_client *client, struct tov_bytes unit);

/* The own units of a message, from its opened header. */
struct tov_access_message {
    uint16_t own;                    /* the own agency */
    uint16_t sender;                 /* the agency whose ledger it stands in */
    const struct tov_record *header; /* NULL: it cannot be opened */
    struct tov_bytes unit; /* look only as this unit of the client's; empty: as all of them */
};
/* OUT_SENDS and OUT_RECEIVES (may be NULL): one of the client's units is the sender, a recipient;
 * for those who see all, the own agency is. */
enum tov_sight tov_access_sight(const struct tov_client *client,
                                const struct tov_access_message *message, bool *out_sends,
                                bool *out_receives);

/* Whether UNIT, a unit's name in the own agency, is one that CLIENT looks as: WANTED alone when
 * that is not empty, else all of its own; who checks has all. */
bool tov_access_is_of_unit(const struct tov_client *client, struct tov_bytes wanted,
                           struct tov_bytes unit);

/* The role in whose name a client writes: WISHED (an id, may be NULL) when it has it, else its
 * first. */
const char *tov_access_role(const struct tov_client *client, const char *wished);

#endif
