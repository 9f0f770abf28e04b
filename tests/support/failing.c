/* SPDX-License-Identifier: EUPL-1.2 */
#include "support/failing.h"

#include "node.h"

#include <stdint.h>
#include <string.h>

#define PLACES_MAX 65536u

static struct {
    enum tov_err err; /* TOV_OK: allocations fail, else what may say so */
    bool is_armed, has_failed;
    unsigned inside; /* functions of the node, less those of the host below them */
    const void *last;
    uint64_t places[PLACES_MAX]; /* by hash; 0: free */
    size_t count;
} failing;

void failing_begin(enum tov_err err)
{
    memset(&failing, 0, sizeof failing);
    failing.err = err;
}

void failing_next(void)
{
    failing.is_armed = true;
    failing.has_failed = false;
}

bool failing_end(void)
{
    failing.is_armed = false;
    return failing.has_failed;
}

size_t failing_places(void)
{
    return failing.count;
}

const void *failing_last(void)
{
    return failing.last;
}

/* True: it was not there. */
static bool add_place(uint64_t place)
{
    size_t at = place % PLACES_MAX;
    while (failing.places[at] != 0 && failing.places[at] != place)
        at = (at + 1) % PLACES_MAX;
    if (failing.places[at] == place || failing.count == PLACES_MAX / 2)
        return false;
    failing.places[at] = place;
    failing.count++;
    return true;
}

/* FRAME is that of the call that may fail: the caller's frame, and where it returns to. */
static uint64_t place_of(void *const *frame)
{
    uint64_t place = 14695981039346656037u;
    for (unsigned i = 0; i < FAILING_FRAMES; i++) {
        place = (place ^ (uint64_t)(uintptr_t)frame[1]) * 1099511628211u;
        frame = frame[0];
    }
    return place == 0 ? 1 : place;
}

/* Called by what CMake makes of every function that may fail. */
int failing_here(void *const *frame, int is_allocation);

int failing_here(void *const *frame, int is_allocation)
{
    if (is_allocation != (failing.err == TOV_OK))
        return 0;
    if (!failing.is_armed || failing.has_failed || failing.inside != 1)
        return 0;
    if (!add_place(place_of(frame)))
        return 0;
    failing.has_failed = true;
    failing.last = frame[1];
    return is_allocation ? 1 : (int)failing.err;
}

/* ---- where it begins: the node's functions ---- */

#define INSIDE(call)      \
    do {                  \
        failing.inside++; \
        call;             \
        failing.inside--; \
    } while (0)

#define ENTRY(name, parameters, arguments) \
    void __real_##name parameters;         \
    void __wrap_##name parameters;         \
    void __wrap_##name parameters          \
    {                                      \
        INSIDE(__real_##name arguments);   \
    }

ENTRY(tov_node_turn, (struct tov_node * node), (node))
ENTRY(tov_node_on_tick, (struct tov_node * node), (node))
ENTRY(tov_node_on_peer_up, (struct tov_node * node, uint16_t agency), (node, agency))
ENTRY(tov_node_on_peer_down, (struct tov_node * node, uint16_t agency), (node, agency))
ENTRY(tov_node_on_peer_frame, (struct tov_node * node, uint16_t agency, struct tov_bytes frame),
      (node, agency, frame))
ENTRY(tov_node_on_client_frame,
      (struct tov_node * node, const uint8_t key[32], uint64_t connection, struct tov_bytes frame),
      (node, key, connection, frame))
ENTRY(tov_node_on_client_gone, (struct tov_node * node, uint64_t connection), (node, connection))
ENTRY(tov_node_on_guard, (struct tov_node * node, uint8_t kind, struct tov_bytes payload),
      (node, kind, payload))
ENTRY(tov_node_on_committed, (struct tov_node * node, const struct tov_store_result *result),
      (node, result))

/* ---- where it ends: the host ---- */

#define HOSTS_MAX 64u

static struct shim {
    const struct tov_host *real;
    struct tov_host shim;
} shims[HOSTS_MAX];

/* A file of the host fails at the place where the node asks for it. */
static enum tov_err file_fails(void *const *frame)
{
    return (enum tov_err)failing_here(frame, 0);
}

/* The host's functions, each behind one that may fail. */
#define HOST_FILE(name, parameters, arguments)                        \
    static enum tov_err shim_##name parameters                        \
    {                                                                 \
        const struct tov_host *real = ((struct shim *)context)->real; \
        enum tov_err err = file_fails(__builtin_frame_address(0));    \
        if (err != TOV_OK)                                            \
            return err;                                               \
        unsigned inside = failing.inside;                             \
        failing.inside = 0;                                           \
        err = real->name arguments;                                   \
        failing.inside = inside;                                      \
        return err;                                                   \
    }
#define HOST_CALL(name, parameters, arguments)                        \
    static void shim_##name parameters                                \
    {                                                                 \
        const struct tov_host *real = ((struct shim *)context)->real; \
        unsigned inside = failing.inside;                             \
        failing.inside = 0;                                           \
        real->name arguments;                                         \
        failing.inside = inside;                                      \
    }

HOST_CALL(random, (void *context, void *out, size_t size), (real->context, out, size))
HOST_CALL(drop_peer, (void *context, uint16_t agency, uint32_t ms), (real->context, agency, ms))
HOST_CALL(close_client, (void *context, uint64_t connection), (real->context, connection))
HOST_CALL(log, (void *context, enum tov_host_level level, const char *event, const char *details),
          (real->context, level, event, details))
HOST_FILE(send_peer, (void *context, uint16_t agency, struct tov_bytes frame),
          (real->context, agency, frame))
HOST_FILE(send_client, (void *context, uint64_t connection, struct tov_bytes frame),
          (real->context, connection, frame))
HOST_FILE(ask_guard, (void *context, uint8_t kind, struct tov_bytes payload),
          (real->context, kind, payload))
HOST_FILE(file_save, (void *context, const char *name, struct tov_bytes content),
          (real->context, name, content))
HOST_FILE(file_load, (void *context, const char *name, struct tov_buf *out),
          (real->context, name, out))
HOST_FILE(file_delete, (void *context, const char *name), (real->context, name))
HOST_FILE(blob_write, (void *context, const char *name, uint64_t offset, struct tov_bytes data),
          (real->context, name, offset, data))
HOST_FILE(blob_read,
          (void *context, const char *name, uint64_t offset, struct tov_room room,
           size_t *out_read),
          (real->context, name, offset, room, out_read))
HOST_FILE(blob_sync, (void *context, const char *name), (real->context, name))
HOST_FILE(blob_rename, (void *context, const char *from, const char *to), (real->context, from, to))
HOST_FILE(blob_delete, (void *context, const char *name), (real->context, name))
HOST_FILE(blob_sweep, (void *context, const char *prefix), (real->context, prefix))

/* The same for the same host, however often it begins. */
static const struct tov_host *shim_of(const struct tov_host *real)
{
    size_t i = 0;
    while (i < HOSTS_MAX - 1 && shims[i].real != NULL && shims[i].real != real)
        i++;
    shims[i].real = real;
    shims[i].shim = (struct tov_host){.context = &shims[i],
                                      .random = shim_random,
                                      .send_peer = shim_send_peer,
                                      .drop_peer = shim_drop_peer,
                                      .send_client = shim_send_client,
                                      .close_client = shim_close_client,
                                      .ask_guard = shim_ask_guard,
                                      .log = shim_log,
                                      .file_save = shim_file_save,
                                      .file_load = shim_file_load,
                                      .file_delete = shim_file_delete,
                                      .blob_write = shim_blob_write,
                                      .blob_read = shim_blob_read,
                                      .blob_sync = shim_blob_sync,
                                      .blob_rename = shim_blob_rename,
                                      .blob_delete = shim_blob_delete,
                                      .blob_sweep = shim_blob_sweep};
    return &shims[i].shim;
}

enum tov_err __real_tov_node_create(const struct tov_node_setup *setup, struct tov_node **out_node,
                                    struct tov_error *error);
enum tov_err __wrap_tov_node_create(const struct tov_node_setup *setup, struct tov_node **out_node,
                                    struct tov_error *error);

enum tov_err __wrap_tov_node_create(const struct tov_node_setup *setup, struct tov_node **out_node,
                                    struct tov_error *error)
{
    struct tov_node_setup changed = *setup;
    enum tov_err err = TOV_OK;
    changed.host = shim_of(setup->host);
    INSIDE(err = __real_tov_node_create(&changed, out_node, error));
    return err;
}
