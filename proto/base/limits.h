/* SPDX-License-Identifier: EUPL-1.2
 *
 * Every named limit that two parties must agree on (I11). Changing one is a change of the
 * protocol; docs/protocol.md 10 is the table for readers, and tests stand on both sides of each.
 */
#ifndef TOV_BASE_LIMITS_H
#define TOV_BASE_LIMITS_H

#define TOV_LEAF_MAX_BYTES 4095u               /* a leaf is under 4 KiB */
#define TOV_FRAME_MAX_BYTES 262144u            /* one frame, peers and clients: 256 KiB */
#define TOV_REQUESTS_MAX 1024u                 /* of a client, in flight on one connection */
#define TOV_REQUESTS_MAX_BYTES 4194304u        /* ... and their frames together: 4 MiB */
#define TOV_INLINE_MAX_BYTES 65536u            /* inline parts of a message together, padded */
#define TOV_ATTACHMENT_MAX_BYTES 2147483648ull /* data of one attachment: 2 GiB */
#define TOV_RECIPIENTS_MAX 32u                 /* of one message, the own agency not counted */
#define TOV_ATTACHMENTS_MAX 16u                /* of one message */
#define TOV_PARTS_MAX (2u + TOV_ATTACHMENTS_MAX)
#define TOV_NOTE_MAX_BYTES 131072u    /* a signed note, signatures included */
#define TOV_NOTE_SIGNATURES_MAX 100u  /* lines looked at; at least 16 must be accepted */
#define TOV_ROSTER_MAX_BYTES 2097152u /* a roster text with its signatures */
#define TOV_PROOF_MAX_HASHES 63u      /* of one inclusion or consistency proof */
#define TOV_AGENCIES_MAX 1024u        /* agency numbers are 1..1024 and never reused */
#define TOV_JSON_DEPTH_MAX 32u
#define TOV_NAME_MAX_BYTES 63u         /* federation, agency and unit names */
#define TOV_ORIGIN_MAX_BYTES 255u      /* <federation>/<agency>/<generation>[/journal/<j>] */
#define TOV_RECEIPT_MAX_VERDICTS 1024u /* messages one receipt leaf can speak of */
#define TOV_AGENDA_MAX 64u             /* concerns of one agenda that are looked at */
#define TOV_STREAM_CHUNK_BYTES 65536u  /* plaintext of one STREAM chunk */
#define TOV_STREAM_TAG_BYTES 16u
#define TOV_PULL_CHUNK_BYTES 131104u /* two sealed STREAM chunks: a leaf of a part's tree */

/* What one peer may cause: so many at once, and then so many a second. */
#define TOV_PEER_HELLOS_MAX 240u /* Hellos, and positions that ask to go on elsewhere */
#define TOV_PEER_HELLOS_PER_SECOND 2u
#define TOV_PEER_ASKS_MAX 256u /* control frames, and each cosignature, key and hash */
#define TOV_PEER_ASKS_PER_SECOND 64u
#define TOV_PEER_IDLE_MAX 4096u /* frames that change nothing */
#define TOV_PEER_IDLE_PER_SECOND 128u

#endif
