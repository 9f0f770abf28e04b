/* SPDX-License-Identifier: EUPL-1.2
 *
 * Everything that the core asks of the world, as one table of functions: so that a node runs the
 * same in its process and, with others, in one simulated process from one seed.
 * Not for: the store (store/store.h) and time, which are handed in.
 * Never call the world past it: no clock, random or file call in ledger, follow, access or api.
 */
#ifndef TOV_LEDGER_HOST_H
#define TOV_LEDGER_HOST_H

#include "base/bytes.h"

enum tov_host_level { TOV_HOST_ERROR, TOV_HOST_WARN, TOV_HOST_INFO, TOV_HOST_DEBUG };

struct tov_host {
    void *context;
    /* Cryptographic randomness; cannot fail. */
    void (*random)(void *context, void *out, size_t size);

    /* Queues a frame for a peer; it may be lost when the link goes down. TOV_E_BUSY: the queue is
     * full, try after credit; TOV_E_CLOSED: no link. */
    enum tov_err (*send_peer)(void *context, uint16_t agency, struct tov_bytes frame);
    /* Take nothing from this peer for a while. */
    void (*drop_peer)(void *context, uint16_t agency, uint32_t ms);
    enum tov_err (*send_client)(void *context, uint64_t connection, struct tov_bytes frame);
    void (*close_client)(void *context, uint64_t connection);
    enum tov_err (*ask_guard)(void *context, uint8_t kind, struct tov_bytes payload);
    /* One line: EVENT is a short id, DETAILS "key=value ..." without content (STYLE, Logging). */
    void (*log)(void *context, enum tov_host_level level, const char *event, const char *details);

    /* Small files of the core's folder, replaced atomically and synced before they return.
     * NAME is plain ("buckets", "epochs/12"). */
    enum tov_err (*file_save)(void *context, const char *name, struct tov_bytes content);
    enum tov_err (*file_load)(void *context, const char *name, struct tov_buf *out);
    enum tov_err (*file_delete)(void *context, const char *name);

    /* Large files (sealed attachments). Writes may be lost in a crash until blob_sync. */
    enum tov_err (*blob_write)(void *context, const char *name, uint64_t offset,
                               struct tov_bytes data);
    /* Fills ROOM, or less of it at the end of the blob. */
    enum tov_err (*blob_read)(void *context, const char *name, uint64_t offset,
                              struct tov_room room, size_t *out_read);
    enum tov_err (*blob_sync)(void *context, const char *name);
    enum tov_err (*blob_rename)(void *context, const char *from, const char *to);
    enum tov_err (*blob_delete)(void *context, const char *name);
    /* Removes every blob whose name begins with PREFIX: what a crash left half-done. */
    enum tov_err (*blob_sweep)(void *context, const char *prefix);
};

#endif
