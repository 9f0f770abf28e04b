/* SPDX-License-Identifier: EUPL-1.2
 *
 * The guard in the core's own process, over states in memory, for simulations.
 */
#include "guard/guard_client.h"

#include "guard/guard_object.h"

#include <sodium.h>
#include <string.h>

#define MESSAGE_MAX_BYTES 262144u /* larger than any request or answer */

void tov_guard_request_init(struct tov_guard_request *out_request, enum tov_guard_op op,
                            uint32_t id)
{
    memset(out_request, 0, sizeof(*out_request));
    out_request->op = op;
    out_request->id = id;
}

bool tov_guard_answer_is_for(const struct tov_guard_answer *answer,
                             const struct tov_guard_request *request)
{
    return answer->op == request->op && answer->id == request->id;
}

/* One file in memory. */
struct memory_file {
    struct tov_guard_local *local;
    struct tov_buf bytes;
};

struct tov_guard_local {
    struct memory_file files[TOV_GUARD_IMAGES];
    struct tov_guard *guard;
    bool will_fail;
    uint32_t writes_left; /* that succeed, when will_fail */
    size_t torn_bytes;    /* of the one that fails */
};

static enum tov_err grow(struct tov_buf *bytes, size_t size)
{
    if (size <= bytes->size)
        return TOV_OK;
    size_t more = size - bytes->size;
    uint8_t *zeros = tov_buf_extend(bytes, more);
    if (zeros == NULL)
        return bytes->failed;
    memset(zeros, 0, more);
    return TOV_OK;
}

static enum tov_err write_memory(void *context, uint64_t offset, struct tov_bytes bytes)
{
    struct memory_file *file = context;
    struct tov_guard_local *local = file->local;
    bool fails = local->will_fail && local->writes_left == 0;
    size_t size = bytes.size;
    if (local->will_fail && !fails)
        local->writes_left--;
    if (fails && size > local->torn_bytes)
        size = local->torn_bytes;
    if (size > 0) {
        TOV_TRY(grow(&file->bytes, (size_t)offset + size));
        memcpy(file->bytes.data + offset, bytes.data, size);
    }
    return fails ? TOV_E_IO : TOV_OK;
}

/* Not counted: what it writes is nothing without the write behind it. */
static enum tov_err put_memory(void *context, uint64_t offset, struct tov_bytes bytes)
{
    struct memory_file *file = context;
    TOV_TRY(grow(&file->bytes, (size_t)offset + bytes.size));
    memcpy(file->bytes.data + offset, bytes.data, bytes.size);
    return TOV_OK;
}

static enum tov_err make_empty(struct tov_guard_local *local,
                               const struct tov_guard_local_options *options)
{
    const struct tov_key *seeds[] = {&options->ledger_seed, &options->journal_seed,
                                     &options->witness_seed};
    struct tov_guard_public_key keys[TOV_GUARD_IMAGES];
    for (size_t i = 0; i < TOV_GUARD_IMAGES; i++) {
        uint8_t secret[TOV_ED25519_SECRET_BYTES];
        (void)crypto_sign_seed_keypair(keys[i].bytes, secret, seeds[i]->bytes);
        tov_wipe(secret, sizeof(secret));
    }
    struct memory_file *files = local->files;
    TOV_TRY(tov_guard_state_make_empty(TOV_GUARD_LEDGER, options->ledger_origin,
                                       &keys[TOV_GUARD_IMAGE_LEDGER], 0,
                                       &files[TOV_GUARD_IMAGE_LEDGER].bytes));
    TOV_TRY(tov_guard_state_make_empty(TOV_GUARD_JOURNAL, options->ledger_origin,
                                       &keys[TOV_GUARD_IMAGE_JOURNAL], 1,
                                       &files[TOV_GUARD_IMAGE_JOURNAL].bytes));
    return tov_guard_witness_make_empty(&keys[TOV_GUARD_IMAGE_WITNESS],
                                        &files[TOV_GUARD_IMAGE_WITNESS].bytes);
}

static enum tov_err take_images(struct tov_guard_local *local,
                                const struct tov_guard_local_options *options)
{
    for (size_t i = 0; i < TOV_GUARD_IMAGES; i++) {
        local->files[i].local = local;
        local->files[i].bytes = TOV_BUF_INIT(TOV_GUARD_WITNESS_MAX_BYTES);
        if (!options->fresh)
            tov_buf_put_bytes(&local->files[i].bytes, options->images[i]);
        if (local->files[i].bytes.failed != TOV_OK)
            return local->files[i].bytes.failed;
    }
    return options->fresh ? make_empty(local, options) : TOV_OK;
}

static struct tov_guard_part part_of(struct tov_guard_local *local, enum tov_guard_image image,
                                     const struct tov_key *seed)
{
    struct memory_file *file = &local->files[image];
    return (struct tov_guard_part){
        .seed = seed,
        .image = tov_buf_view(&file->bytes),
        .file = {.context = file, .write = write_memory, .put = put_memory}};
}

enum tov_err tov_guard_local_create(const struct tov_guard_local_options *options,
                                    struct tov_guard_local **out_local, struct tov_error *error)
{
    TOV_CLEANUP(tov_guard_local_cleanup) struct tov_guard_local *local = calloc(1, sizeof(*local));
    if (local == NULL)
        return tov_fail(error, TOV_E_NOMEM, "no memory for a guard");
    enum tov_err err = take_images(local, options);
    if (err != TOV_OK)
        return tov_fail(error, err, "the states in memory cannot be made");
    struct tov_guard_setup setup = {
        .ledger_origin = options->ledger_origin,
        .ledger = part_of(local, TOV_GUARD_IMAGE_LEDGER, &options->ledger_seed),
        .journal = part_of(local, TOV_GUARD_IMAGE_JOURNAL, &options->journal_seed),
        .witness = part_of(local, TOV_GUARD_IMAGE_WITNESS, &options->witness_seed),
        .roots = options->roots,
        .roster = options->roster};
    TOV_TRY(tov_guard_create(&setup, &local->guard, error));
    *out_local = TOV_TAKE(local);
    return TOV_OK;
}

void tov_guard_local_destroy(struct tov_guard_local *local)
{
    if (local == NULL)
        return;
    tov_guard_destroy(local->guard);
    for (size_t i = 0; i < TOV_GUARD_IMAGES; i++)
        tov_buf_fini(&local->files[i].bytes);
    free(local);
}

enum tov_err tov_guard_local_call(struct tov_guard_local *local,
                                  const struct tov_guard_request *request,
                                  struct tov_guard_answer *out_answer)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf asked = TOV_BUF_INIT(MESSAGE_MAX_BYTES);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf answered = TOV_BUF_INIT(MESSAGE_MAX_BYTES);
    uint8_t kind = 0;
    TOV_TRY(tov_guard_request_encode(request, &asked));
    TOV_TRY(tov_guard_handle_payload(local->guard, (uint8_t)request->op, tov_buf_view(&asked),
                                     &kind, &answered));
    return tov_guard_answer_decode(kind, tov_buf_view(&answered), out_answer);
}

struct tov_bytes tov_guard_local_image(const struct tov_guard_local *local,
                                       enum tov_guard_image image)
{
    return tov_buf_view(&local->files[image].bytes);
}

void tov_guard_local_fail_write(struct tov_guard_local *local, uint32_t count, size_t keep_bytes)
{
    local->will_fail = true;
    local->writes_left = count;
    local->torn_bytes = keep_bytes;
}
