/* SPDX-License-Identifier: EUPL-1.2
 *
 * See guard_process_fixture.h.
 */
#include "guard_process_fixture.h"

#include "keys/keyfile.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define QUEUE_BYTES (64u * 1024u * 1024u)

static const char *const files[] = {"ledger.key",    "journal.key",   "witness.key", "ledger.state",
                                    "journal.state", "witness.state", "roots.txt",   "roster.txt"};

void process_path(const struct process_fixture *process, const char *name, char out[128])
{
    (void)snprintf(out, 128, "%s/%s", process->dir, name);
}

static void write_file(const struct process_fixture *process, const char *name,
                       struct tov_bytes content)
{
    char path[128];
    process_path(process, name, path);
    struct tov_file_save save = {
        .path = path, .content = content, .mode = 0600, .replace = TOV_FILE_REPLACE};
    UNIT_NEED(tov_file_save(&save, NULL) == TOV_OK);
}

static const struct fixture_key *key_for(const struct process_fixture *process,
                                         enum tov_key_purpose purpose)
{
    if (purpose == TOV_KEY_LEDGER)
        return &process->known.ledger;
    return purpose == TOV_KEY_JOURNAL ? &process->known.journal : &process->known.witness;
}

void process_write_key(const struct process_fixture *process, const char *name,
                       enum tov_key_purpose purpose)
{
    const struct fixture_key *key = key_for(process, purpose);
    struct tov_key_info info = {.purpose = purpose, .owner = "kk"};
    struct tov_key_place place = {
        .federation = "infohus-demo", .owner = "kk", .generation = 1, .journal = 1};
    UNIT_NEED(tov_key_name(purpose, &place, info.name) == TOV_OK);
    memcpy(info.public_key, key->vkey.public_key, sizeof(info.public_key));
    struct tov_keytext_text text;
    UNIT_NEED(tov_keytext_format_plain(&info, &key->seed, &text) == TOV_OK);
    write_file(process, name, (struct tov_bytes){(const uint8_t *)text.text, text.size});
}

static void write_states(const struct process_fixture *process)
{
    static const char *const names[TOV_GUARD_IMAGES] = {"ledger.state", "journal.state",
                                                        "witness.state"};
    write_file(process, names[0],
               tov_guard_local_image(process->known.guard, TOV_GUARD_IMAGE_LEDGER));
    write_file(process, names[1],
               tov_guard_local_image(process->known.guard, TOV_GUARD_IMAGE_JOURNAL));
    write_file(process, names[2],
               tov_guard_local_image(process->known.guard, TOV_GUARD_IMAGE_WITNESS));
}

void process_write_roster(const struct process_fixture *process, size_t signers)
{
    struct tov_buf note = TOV_BUF_INIT(TOV_ROSTER_MAX_BYTES);
    fixture_put_roster(&process->known, signers, &note);
    write_file(process, "roster.txt", tov_buf_view(&note));
    tov_buf_fini(&note);
}

void process_init(struct process_fixture *process)
{
    *process = (struct process_fixture){.dir = "/tmp/tov-guard-XXXXXX"};
    fixture_init(&process->known);
    UNIT_NEED(mkdtemp(process->dir) != NULL);
    process_write_key(process, "ledger.key", TOV_KEY_LEDGER);
    process_write_key(process, "journal.key", TOV_KEY_JOURNAL);
    process_write_key(process, "witness.key", TOV_KEY_WITNESS);
    write_states(process);
    write_file(process, "roots.txt", tov_buf_view(&process->known.roots_text));
    process_write_roster(process, 2);
}

void process_fini(struct process_fixture *process)
{
    if (process->pid != 0)
        (void)process_stop(process);
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        char path[128];
        process_path(process, files[i], path);
        (void)unlink(path);
    }
    (void)rmdir(process->dir);
    fixture_fini(&process->known);
}

void process_start(struct process_fixture *process)
{
    int fds[2];
    char roots[128], roster[128];
    process_path(process, "roots.txt", roots);
    process_path(process, "roster.txt", roster);
    UNIT_NEED(tov_ipc_pair(fds) == TOV_OK);
    (void)fflush(NULL);
    process->pid = fork();
    UNIT_NEED(process->pid >= 0);
    if (process->pid == 0) {
        close(fds[0]);
        _exit(tov_guard_run(&(struct tov_guard_places){.fd = fds[1],
                                                       .agency = "kk",
                                                       .keys_dir = process->dir,
                                                       .state_dir = process->dir,
                                                       .roots_file = roots,
                                                       .roster_file = roster}));
    }
    close(fds[1]);
    UNIT_NEED(tov_ipc_create(fds[0], QUEUE_BYTES, &process->ipc) == TOV_OK);
}

static int wait_for(struct process_fixture *process)
{
    int status = 0;
    while (waitpid(process->pid, &status, 0) < 0)
        UNIT_NEED(errno == EINTR);
    process->pid = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

int process_stop(struct process_fixture *process)
{
    tov_ipc_destroy(process->ipc);
    process->ipc = NULL;
    return wait_for(process);
}

void process_kill(struct process_fixture *process)
{
    UNIT_NEED(kill(process->pid, SIGKILL) == 0);
    UNIT_EQUAL_INT(wait_for(process), -SIGKILL);
}

void process_send(struct process_fixture *process, const struct tov_guard_request *request)
{
    struct tov_buf payload = TOV_BUF_INIT(TOV_IPC_PAYLOAD_MAX_BYTES);
    UNIT_NEED(tov_guard_request_encode(request, &payload) == TOV_OK);
    struct tov_bytes part = tov_buf_view(&payload);
    enum tov_err err = tov_ipc_send(process->ipc, (uint8_t)request->op, &part, 1);
    UNIT_NEED(err == TOV_OK || err == TOV_E_CLOSED);
    tov_buf_fini(&payload);
}

bool process_receive(struct process_fixture *process)
{
    struct tov_ipc_frame frame;
    enum tov_err err = tov_ipc_wait(process->ipc, 20000, &frame);
    if (err == TOV_E_CLOSED)
        return false;
    UNIT_NEED(err == TOV_OK);
    UNIT_NEED(tov_guard_answer_decode(frame.kind, frame.payload, &process->answer) == TOV_OK);
    return true;
}
