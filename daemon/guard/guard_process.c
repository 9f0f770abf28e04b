/* SPDX-License-Identifier: EUPL-1.2
 *
 * The guard's process: open keys and states, give up the rest, answer one request after another.
 */
#include "guard/guard_main.h"

#include "exit_codes.h"
#include "guard/guard.h"
#include "guard/guard_disk.h"
#include "guard/guard_witness.h"
#include "ipc/ipc.h"
#include "keys/keyfile.h"
#include "log/log.h"
#include "roster/roster.h"
#include "sandbox/sandbox.h"

#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PARTS 3
#define QUEUE_LIMIT_BYTES ((size_t)4 * TOV_IPC_LENGTH_MAX_BYTES)
#define PATH_SIZE 1024

static const char *const part_names[PARTS] = {"ledger", "journal", "witness"};

/* What the guard holds while it is being put together, and its files for as long as it lives. */
struct holdings {
    struct tov_keyfile keys[PARTS];
    struct tov_guard_disk disks[PARTS];
    struct tov_buf images[PARTS];
    struct tov_buf roots;
    struct tov_roster *roster; /* NULL: it cannot be used */
};

static void holdings_init(struct holdings *holdings)
{
    *holdings = (struct holdings){.roots = TOV_BUF_INIT(TOV_ROSTER_MAX_BYTES)};
    for (size_t i = 0; i < PARTS; i++) {
        holdings->disks[i].fd = -1;
        holdings->images[i] = TOV_BUF_INIT(TOV_GUARD_WITNESS_MAX_BYTES);
    }
}

static void holdings_fini(struct holdings *holdings)
{
    for (size_t i = 0; i < PARTS; i++) {
        tov_keyfile_fini(&holdings->keys[i]);
        tov_guard_disk_close(&holdings->disks[i]);
        tov_buf_fini(&holdings->images[i]);
    }
    tov_buf_fini(&holdings->roots);
    tov_roster_destroy(holdings->roster);
}

static int exit_code_of(enum tov_err err)
{
    if (err == TOV_E_KEY || err == TOV_E_DECRYPT)
        return TOV_EXIT_KEY;
    if (err == TOV_E_BUSY)
        return TOV_EXIT_SECOND;
    if (err == TOV_E_VERSION)
        return TOV_EXIT_NEWER_STORE;
    if (err == TOV_E_FULL)
        return TOV_EXIT_DISK_FULL;
    if (err == TOV_E_IO)
        return TOV_EXIT_IO;
    return err == TOV_E_MALFORMED || err == TOV_E_NOT_FOUND ? TOV_EXIT_CONFIG : TOV_EXIT_INTERNAL;
}

static enum tov_err make_path(char out[PATH_SIZE], const char *dir, const char *name,
                              const char *suffix)
{
    int length = snprintf(out, PATH_SIZE, "%s/%s%s", dir, name, suffix);
    return length < 0 || length >= PATH_SIZE ? TOV_E_LIMIT : TOV_OK;
}

/* The passphrase that systemd hands in, when it does. */
static enum tov_err find_passphrase(char path[PATH_SIZE], enum tov_passphrase_kind otherwise,
                                    struct tov_passphrase_source *out_source)
{
    *out_source = (struct tov_passphrase_source){.kind = otherwise};
    const char *dir = getenv("CREDENTIALS_DIRECTORY");
    if (dir == NULL)
        return TOV_OK;
    TOV_TRY(make_path(path, dir, "guard-passphrase", ""));
    if (access(path, R_OK) != 0)
        return TOV_OK;
    *out_source = (struct tov_passphrase_source){.kind = TOV_PASSPHRASE_FILE, .path = path};
    return TOV_OK;
}

static enum tov_err load_keys(const struct tov_guard_places *places,
                              enum tov_passphrase_kind otherwise, struct holdings *holdings,
                              struct tov_error *error)
{
    static const enum tov_key_purpose purposes[PARTS] = {TOV_KEY_LEDGER, TOV_KEY_JOURNAL,
                                                         TOV_KEY_WITNESS};
    char passphrase_path[PATH_SIZE], path[PATH_SIZE];
    struct tov_passphrase_source source;
    TOV_TRY(find_passphrase(passphrase_path, otherwise, &source));
    for (size_t i = 0; i < PARTS; i++) {
        TOV_TRY(make_path(path, places->keys_dir, part_names[i], ".key"));
        enum tov_err err = tov_keyfile_load(path, purposes[i], &source, &holdings->keys[i], error);
        if (err != TOV_OK)
            return err == TOV_E_NOMEM ? err : TOV_E_KEY; /* one that is not there too */
        if (strcmp(holdings->keys[i].info.owner, places->agency) != 0)
            return tov_fail(error, TOV_E_KEY, "%s: belongs to another agency than %s", path,
                            places->agency);
    }
    return TOV_OK;
}

static enum tov_err open_states(const struct tov_guard_places *places, struct holdings *holdings,
                                struct tov_error *error)
{
    for (size_t i = 0; i < PARTS; i++) {
        char name[32];
        (void)snprintf(name, sizeof(name), "%s.state", part_names[i]);
        TOV_TRY(tov_guard_disk_open(places->state_dir, name, &holdings->disks[i],
                                    &holdings->images[i], error));
    }
    return tov_file_read(places->roots_file, TOV_ROSTER_MAX_BYTES, &holdings->roots, error);
}

static enum tov_err load_roster(const struct tov_guard_places *places,
                                const struct holdings *holdings, struct tov_roster **out_roster,
                                struct tov_error *error)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf note = TOV_BUF_INIT(TOV_ROSTER_MAX_BYTES);
    TOV_CLEANUP(tov_roster_cleanup) struct tov_roster *roster = NULL;
    TOV_FREE struct tov_roots *roots = calloc(1, sizeof *roots);
    if (roots == NULL)
        return tov_fail(error, TOV_E_NOMEM, "no memory for the root keys");
    TOV_TRY(tov_file_read(places->roster_file, TOV_ROSTER_MAX_BYTES, &note, error));
    TOV_TRY(tov_roots_parse(tov_buf_view(&holdings->roots), roots, error));
    TOV_TRY(tov_roster_parse(tov_buf_view(&note), &roster, error));
    TOV_TRY(tov_roster_verify(roster, roots, error));
    *out_roster = TOV_TAKE(roster);
    return TOV_OK;
}

/* The core looks at the same files and ends by its own code, which tells more: here it means that
 * no anchor is cosigned. */
static enum tov_err find_roster(const struct tov_guard_places *places, struct holdings *holdings,
                                struct tov_error *error)
{
    enum tov_err err = load_roster(places, holdings, &holdings->roster, error);
    if (err == TOV_OK || err == TOV_E_NOMEM)
        return err;
    TOV_LOG(TOV_LOG_ERROR, "guard-roster-unusable", TOV_LOG_TEXT("code", tov_err_name(err)),
            TOV_LOG_TEXT("why", error->text));
    error->text[0] = '\0';
    return TOV_OK;
}

/* SEED has the life of the call; the guard keeps its own copy in guarded memory. */
static struct tov_guard_part part_of(struct holdings *holdings, size_t part, struct tov_key *seed)
{
    memcpy(seed->bytes, tov_secret_view(holdings->keys[part].secret).data, sizeof(seed->bytes));
    return (struct tov_guard_part){.seed = seed,
                                   .image = tov_buf_view(&holdings->images[part]),
                                   .file = tov_guard_disk_file(&holdings->disks[part])};
}

static enum tov_err make_guard(struct holdings *holdings, struct tov_guard **out_guard,
                               struct tov_error *error)
{
    TOV_CLEANUP(tov_key_wipe) struct tov_key ledger;
    TOV_CLEANUP(tov_key_wipe) struct tov_key journal;
    TOV_CLEANUP(tov_key_wipe) struct tov_key witness;
    struct tov_guard_setup setup = {.ledger_origin = holdings->keys[0].info.name,
                                    .ledger = part_of(holdings, 0, &ledger),
                                    .journal = part_of(holdings, 1, &journal),
                                    .witness = part_of(holdings, 2, &witness),
                                    .roots = tov_buf_view(&holdings->roots)};
    if (holdings->roster != NULL)
        setup.roster = tov_roster_facts(holdings->roster);
    return tov_guard_create(&setup, out_guard, error);
}

static enum tov_err open_guard(const struct tov_guard_places *places, struct holdings *holdings,
                               struct tov_guard **out_guard, struct tov_error *error)
{
    TOV_TRY(load_keys(places, TOV_PASSPHRASE_NONE, holdings, error));
    TOV_TRY(open_states(places, holdings, error));
    TOV_TRY(find_roster(places, holdings, error));
    TOV_TRY(make_guard(holdings, out_guard, error));
    for (size_t i = 0; i < PARTS; i++) {
        tov_keyfile_fini(&holdings->keys[i]);
        holdings->keys[i] = (struct tov_keyfile){0};
        tov_buf_fini(&holdings->images[i]);
    }
    return tov_sandbox_enter(TOV_SANDBOX_GUARD, NULL, error);
}

/* Queues the answer; when the core does not read, waits until it does. */
static enum tov_err send_answer(struct tov_ipc *ipc, uint8_t kind, struct tov_bytes payload)
{
    for (;;) {
        enum tov_err err = tov_ipc_send(ipc, kind, &payload, 1);
        if (err != TOV_E_BUSY)
            return err;
        struct pollfd poll_fd = {.fd = tov_ipc_fd(ipc), .events = POLLOUT};
        (void)poll(&poll_fd, 1, -1);
        TOV_TRY(tov_ipc_flush(ipc));
    }
}

static void log_refusal(const struct tov_guard *guard, uint8_t kind)
{
    enum tov_guard_refusal refusal = tov_guard_last_refusal(guard);
    if (refusal != TOV_GUARD_DONE)
        TOV_LOG(TOV_LOG_WARNING, "guard-refused", TOV_LOG_NUMBER("kind", kind),
                TOV_LOG_TEXT("why", tov_guard_refusal_name(refusal)));
}

static enum tov_err answer_one(struct tov_guard *guard, struct tov_ipc *ipc)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf answer = TOV_BUF_INIT(TOV_IPC_PAYLOAD_MAX_BYTES);
    struct tov_ipc_frame frame;
    uint8_t kind = 0;
    TOV_TRY(tov_ipc_wait(ipc, -1, &frame));
    TOV_TRY(tov_guard_handle_payload(guard, frame.kind, frame.payload, &kind, &answer));
    log_refusal(guard, frame.kind);
    return send_answer(ipc, kind, tov_buf_view(&answer));
}

static int serve(struct tov_guard *guard, struct tov_ipc *ipc)
{
    enum tov_err err = TOV_OK;
    while (err == TOV_OK && tov_guard_stopped_by(guard) == TOV_OK)
        err = answer_one(guard, ipc);
    enum tov_err cause = tov_guard_stopped_by(guard);
    if (cause != TOV_OK) {
        err = tov_ipc_flush(ipc);
        TOV_LOG(TOV_LOG_ERROR, "guard-state-not-written", TOV_LOG_TEXT("why", tov_err_name(cause)),
                TOV_LOG_TEXT("told", tov_err_name(err)));
        return exit_code_of(cause);
    }
    TOV_LOG(TOV_LOG_INFO, "guard-end", TOV_LOG_TEXT("why", tov_err_name(err)));
    return err == TOV_E_CLOSED ? TOV_EXIT_PARENT_GONE : TOV_EXIT_INTERNAL;
}

/* A power cut while it was written tears a copy, too: then the torn one was answered for to nobody.
 */
static void log_damaged(const struct tov_guard *guard)
{
    for (size_t i = 0; i < PARTS; i++) {
        char name[32];
        if ((tov_guard_damaged(guard) & 1u << i) == 0)
            continue;
        (void)snprintf(name, sizeof name, "%s.state", part_names[i]);
        TOV_LOG(TOV_LOG_WARNING, "guard-state-damaged", TOV_LOG_TEXT("file", name),
                TOV_LOG_TEXT("hint", "one of its two copies is torn or changed, the other, perhaps "
                                     "older, is used: unless the power failed, check the disk"));
    }
}

/* The two trees' are told by the core, which cannot go on without them. */
static void log_lost_witness(const struct tov_guard *guard)
{
    if (tov_guard_witness_is_lost(guard))
        TOV_LOG(
            TOV_LOG_ERROR, "guard-witness-lost", TOV_LOG_TEXT("file", "witness.state"),
            TOV_LOG_TEXT("hint",
                         "it is empty or damaged, and nothing of other agencies is cosigned: at a "
                         "new node put the one that tov-keys made with the key in its place; at "
                         "any other have a new witness key "
                         "put into the roster"));
}

static void log_doubtful(const struct tov_guard *guard)
{
    size_t count = tov_guard_doubtful_peers(guard);
    if (count > 0)
        TOV_LOG(TOV_LOG_WARNING, "guard-witness-doubtful", TOV_LOG_NUMBER("peers", count),
                TOV_LOG_TEXT("hint",
                             "the witness's state has ledgers that the roster does not know, or "
                             "with other keys: somebody may have had the core. They hold up "
                             "nothing, docs/guard.md"));
}

static int run_with(const struct tov_guard_places *places, struct holdings *holdings)
{
    TOV_CLEANUP(tov_guard_cleanup) struct tov_guard *guard = NULL;
    TOV_CLEANUP(tov_ipc_cleanup) struct tov_ipc *ipc = NULL;
    struct tov_error error = {.text = ""};
    enum tov_err err = tov_ipc_create(places->fd, QUEUE_LIMIT_BYTES, &ipc);
    if (err == TOV_OK)
        err = open_guard(places, holdings, &guard, &error);
    if (err != TOV_OK) {
        TOV_LOG(TOV_LOG_ERROR, "guard-start-failed", TOV_LOG_TEXT("code", tov_err_name(err)),
                TOV_LOG_TEXT("why", error.text));
        return exit_code_of(err);
    }
    log_damaged(guard);
    log_lost_witness(guard);
    log_doubtful(guard);
    tov_log_event(TOV_LOG_INFO, "guard-ready");
    return serve(guard, ipc);
}

enum tov_err tov_guard_check_keys(const char *keys_dir, const char *agency, unsigned *locked,
                                  struct tov_error *error)
{
    const struct tov_guard_places places = {.fd = -1, .agency = agency, .keys_dir = keys_dir};
    TOV_CLEANUP(holdings_fini) struct holdings holdings;
    holdings_init(&holdings);
    TOV_TRY(load_keys(&places, TOV_PASSPHRASE_LEFT, &holdings, error));
    for (size_t i = 0; i < PARTS; i++)
        *locked += holdings.keys[i].secret == NULL;
    return TOV_OK;
}

int tov_guard_run(const struct tov_guard_places *places)
{
    if (sodium_init() < 0)
        return TOV_EXIT_INTERNAL;
    TOV_CLEANUP(holdings_fini) struct holdings holdings;
    holdings_init(&holdings);
    return run_with(places, &holdings);
}
