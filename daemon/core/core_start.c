/* SPDX-License-Identifier: EUPL-1.2
 *
 * From the configuration to a node: roster and roots, client registry, keys, store.
 */
#include "api/policy.h"
#include "core_clients.h"
#include "core_keys.h"
#include "core_process.h"
#include "core_roster.h"
#include "exit_codes.h"
#include "ledger/tables.h"
#include "log/log.h"
#include "sandbox/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <systemd/sd-id128.h>
#include <unistd.h>

#define PATH_SIZE 512
#define BALLAST_BYTES (16u << 20)
#define ALIVE_MS 1000u
#define UNREAD_MAX_BYTES 4096u

/* What is wrong with a file is for a person, CODE; want of memory passes. */
static enum tov_err blame(enum tov_err err, enum tov_err code)
{
    return err == TOV_OK || err == TOV_E_NOMEM ? err : code;
}

static enum tov_err load_keys(struct tov_process *process, struct tov_error *error)
{
    TOV_TRY(tov_core_key_load(&process->config, TOV_KEY_CONTROL, TOV_PASSPHRASE_NONE,
                              &process->control_key, error));
    TOV_TRY(tov_core_control_key_check(&process->config, process->roster, &process->control_key,
                                       error));
    return tov_core_key_load(&process->config, TOV_KEY_STORAGE_ROOT, TOV_PASSPHRASE_NONE,
                             &process->storage_key, error);
}

/* The loop, which says so later, waits until the store was read: longer than systemd does, when the
 * service was ready before and only this process is new. */
static void say_alive(void *context)
{
    struct tov_process *process = context;
    uint64_t mono = tov_core_clock_mono();
    if (process->last_alive_mono_ms != 0 && mono - process->last_alive_mono_ms < ALIVE_MS)
        return;
    process->last_alive_mono_ms = mono;
    enum tov_err ignored = tov_ipc_send_kind(process->supervisor, TOV_IPC_SV_ALIVE);
    if (ignored == TOV_OK)
        ignored = tov_ipc_flush(process->supervisor);
    (void)ignored; /* its end is read as closed */
}

/* Whether the store is read whole, however large: a core ended by a fault. The supervisor forgets
 * that when the service is ended or killed meanwhile, so it stands in a file until the store was
 * read. A disk that has no room for the file is no reason not to start. */
static bool must_read_whole(struct tov_core_files *files)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf content = TOV_BUF_INIT(UNREAD_MAX_BYTES);
    bool is_told = getenv(TOV_ROLE_CHECK_STORE) != NULL;
    if (tov_core_file_load(files, TOV_CORE_UNREAD_FILE, &content) != TOV_E_NOT_FOUND)
        return true;
    if (is_told)
        (void)!tov_core_file_save(files, TOV_CORE_UNREAD_FILE,
                                  tov_bytes_of_text("read the store whole\n"));
    return is_told;
}

static enum tov_err open_store(struct tov_process *process, struct tov_error *error)
{
    char path[PATH_SIZE];
    TOV_TRY(tov_core_files_open(process->config.data_dir, &process->files, error));
    bool reads_whole = must_read_whole(process->files);
    struct tov_store_options options = {.tables = tov_tables,
                                        .table_count = TOV_TABLE_COUNT,
                                        .format = TOV_STORE_FORMAT,
                                        .ballast_bytes = BALLAST_BYTES,
                                        .check_whole = reads_whole,
                                        .progress = {say_alive, process}};
    (void)snprintf(path, sizeof path, "%s/store", process->config.data_dir);
    TOV_TRY(tov_store_open(path, &options, &process->store, error));
    if (reads_whole)
        (void)!tov_core_file_delete(process->files,
                                    TOV_CORE_UNREAD_FILE); /* else it is read again */
    return TOV_OK;
}

static enum tov_err begin_commit(void *context, struct tov_store_batch *batch)
{
    struct tov_process *process = context;
    return tov_store_commit_async(process->store, batch);
}

static void copy_secret(const struct tov_keyfile *file, struct tov_key *out)
{
    memcpy(out->bytes, tov_secret_view(file->secret).data, sizeof out->bytes);
}

static struct tov_api_policy policy_of(const struct tov_config *config)
{
    struct tov_api_policy policy = {.undelivered_after_ms = config->undelivered_minutes * 60000u,
                                    .unread_after_ms = config->unread_minutes * 60000u,
                                    .unread_urgent_after_ms =
                                        config->unread_urgent_minutes * 60000u};
    for (size_t i = 0; i < TOV_RETENTION_CLASSES; i++)
        policy.retention_days[i] = (uint32_t)config->retention_days[i];
    return policy;
}

/* The id of this installation as only Tov sees it: the system's own is never stored. False where
 * there is none, as in some containers. */
static bool find_machine(uint8_t out_id[16])
{
    const sd_id128_t application =
        SD_ID128_MAKE(5d, 0e, 2b, 61, 9a, 4c, 43, 7f, 8e, 10, c7, 34, f2, 6b, 90, a5);
    sd_id128_t machine;
    if (sd_id128_get_machine_app_specific(application, &machine) != 0)
        return false;
    memcpy(out_id, machine.bytes, 16);
    return true;
}

static enum tov_err make_node(struct tov_process *process, struct tov_error *error)
{
    TOV_CLEANUP(tov_key_wipe) struct tov_key control;
    TOV_CLEANUP(tov_key_wipe) struct tov_key storage;
    struct tov_api_policy policy = policy_of(&process->config);
    uint8_t machine[16];
    copy_secret(&process->control_key, &control);
    copy_secret(&process->storage_key, &storage);
    struct tov_node_setup setup = {.host = &process->host,
                                   .store = process->store,
                                   .roster = process->roster,
                                   .clients = process->clients,
                                   .agency = process->config.agency,
                                   .control_seed = &control,
                                   .storage_root = &storage,
                                   .now_ms = tov_core_clock_now(&process->clock),
                                   .mono_ms = tov_core_clock_mono(),
                                   .window_bytes = process->config.flow_window_bytes,
                                   .peer_day_bytes = process->config.peer_day_mib << 20,
                                   .batch_max_bytes = process->config.batch_max_bytes,
                                   .disk_reserve_bytes = process->config.disk_reserve_mib << 20,
                                   .demo_clock = process->config.demo_clock,
                                   .machine_id = find_machine(machine) ? machine : NULL,
                                   .policy = &policy,
                                   .commit = begin_commit,
                                   .commit_context = process};
    return tov_node_create(&setup, &process->node, error);
}

/* Before the store, whose committer is a thread. */
static enum tov_err enter_sandbox(const struct tov_process *process, struct tov_error *error)
{
    const struct tov_config *config = &process->config;
    const struct tov_sandbox_places places = {
        .data_dir = config->data_dir,
        .clock_file = config->demo_clock ? config->demo_clock_file : NULL};
    return tov_sandbox_enter(TOV_SANDBOX_CORE, &places, error);
}

static enum tov_err read_settings(struct tov_process *process, struct tov_error *error)
{
    enum tov_err err =
        tov_core_settings_read(process->config_path, &process->settings.config, error);
    if (err == TOV_OK)
        err =
            tov_core_settings_read(process->config.clients_file, &process->settings.clients, error);
    return blame(err, TOV_E_CONFIG);
}

static void note_settings(struct tov_process *process)
{
    const struct tov_core_settings_paths paths = {process->config_path,
                                                  process->config.clients_file};
    (void)tov_core_settings_note(process->files, &process->settings, &paths);
}

static enum tov_err start_all(struct tov_process *process, struct tov_error *error)
{
    TOV_TRY(tov_core_roster_load(&process->config, &process->roster, error));
    TOV_TRY(tov_core_clients_open(&process->config, process->roster, &process->clients, error));
    TOV_TRY(read_settings(process, error));
    TOV_TRY(load_keys(process, error));
    TOV_TRY(enter_sandbox(process, error));
    TOV_TRY(open_store(process, error));
    TOV_TRY(tov_core_roster_check_adopted(process->store, process->roster,
                                          process->config.roster_file, error));
    if (process->config.demo_clock)
        process->clock.demo_file = process->config.demo_clock_file;
    tov_process_make_host(process);
    note_settings(process);
    return make_node(process, error);
}

static enum tov_err open_sockets(struct tov_process *process,
                                 const struct tov_role_arguments *arguments)
{
    const size_t queue = 64u << 20;
    TOV_TRY(tov_ipc_create(arguments->guard_fd, queue, &process->guard));
    if (arguments->gateway_fd >= 0)
        TOV_TRY(tov_ipc_create(arguments->gateway_fd, queue, &process->gateway));
    else if (process->config.gateway_socket[0] == '\0')
        return TOV_E_ARGUMENT; /* only one that runs apart comes later */
    TOV_TRY(tov_ipc_create(arguments->front_fd, queue, &process->front));
    TOV_TRY(tov_ipc_create(arguments->supervisor_fd, queue, &process->supervisor));
    tov_ipc_allow_fds(process->supervisor);
    return TOV_OK;
}

int tov_process_start(struct tov_process *process, const struct tov_role_arguments *arguments)
{
    struct tov_error error = {.text = ""};
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (sodium_init() < 0)
        return TOV_EXIT_INTERNAL;
    process->config_path = arguments->config;
    enum tov_err err = tov_config_load(arguments->config, &process->config, &error);
    if (err == TOV_OK) {
        tov_log_open("core", process->config.log_level, getenv("JOURNAL_STREAM") != NULL);
        err = open_sockets(process, arguments);
    }
    if (err == TOV_OK)
        err = start_all(process, &error);
    if (err == TOV_OK)
        return TOV_EXIT_OK;
    int code = (int)tov_exit_of_error(err);
    TOV_LOG(TOV_LOG_ERROR, "not-started", TOV_LOG_NUMBER("exit", code),
            TOV_LOG_TEXT("why", error.text[0] != '\0' ? error.text : tov_err_name(err)));
    return code;
}

void tov_process_end(struct tov_process *process)
{
    if (process->store != NULL)
        tov_store_settle(process->store); /* the node's batch may be on its way to the disk */
    tov_node_destroy(process->node);
    tov_store_close(process->store);
    tov_core_files_close(process->files);
    tov_clients_destroy(process->clients);
    tov_roster_destroy(process->roster);
    tov_keyfile_fini(&process->control_key);
    tov_keyfile_fini(&process->storage_key);
    tov_ipc_destroy(process->guard);
    tov_ipc_destroy(process->gateway);
    tov_ipc_destroy(process->front);
    tov_ipc_destroy(process->supervisor);
}
