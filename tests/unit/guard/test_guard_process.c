/* SPDX-License-Identifier: EUPL-1.2
 *
 * The guard as a real process: what it may still do, when it does not start, and that nothing it
 * signed ever conflicts, however often it is killed.
 */
#include "exit_codes.h"
#include "guard_process_fixture.h"
#include "merkle/tree.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define KILLS 50
#define BURST 30
#define MODEL_MAX 100000

static void ask_hello(struct process_fixture *process, uint32_t id)
{
    struct tov_guard_request request;
    tov_guard_request_init(&request, TOV_GUARD_HELLO, id);
    process_send(process, &request);
}

/* What the core knows: the leaves it fed, and every signature that reached it. */
struct model {
    struct tov_hash leaves[MODEL_MAX];
    uint64_t fed;      /* leaves sent, answered or not */
    uint64_t answered; /* size of the largest tree whose answer arrived */
    struct tov_guard_signed got[MODEL_MAX / 8];
    size_t got_count;
    uint64_t random;
};

/* Fresh leaves, so that a tree continued after a crash differs from what was lost. */
static void feed(struct process_fixture *process, struct model *model)
{
    struct tov_guard_request request;
    tov_guard_request_init(&request, TOV_GUARD_APPEND, 1);
    size_t count = unit_random(&model->random) % 20 + 1;
    UNIT_NEED(model->fed + count <= MODEL_MAX);
    for (size_t i = 0; i < count; i++) {
        uint64_t value = unit_random(&model->random);
        memcpy(model->leaves[model->fed + i].bytes, &value, sizeof(value));
    }
    request.append.tree = TOV_GUARD_LEDGER;
    request.append.from_size = model->fed;
    request.append.hashes = model->leaves + model->fed;
    request.append.hash_count = count;
    request.append.sign_at[0] = model->fed + (count + 1) / 2;
    request.append.sign_count = 1;
    if (count > 1) {
        request.append.sign_at[1] = model->fed + count;
        request.append.sign_count = 2;
    }
    process_send(process, &request);
    model->fed += count;
}

static void take_signatures(const struct process_fixture *process, struct model *model)
{
    const struct tov_guard_append_answer *answer = &process->answer.append;
    UNIT_NEED(process->answer.refusal == TOV_GUARD_DONE);
    for (size_t i = 0; i < answer->signature_count; i++) {
        UNIT_NEED(model->got_count < sizeof(model->got) / sizeof(model->got[0]));
        struct tov_guard_signed *got = &model->got[model->got_count++];
        got->signature = answer->signatures[i];
        got->root = tov_merkle_root(model->leaves, (size_t)got->signature.size);
    }
    model->answered = answer->size;
}

/* Guard and core agree again: the guard has at least all that was answered, at most all fed. */
static void agree(struct process_fixture *process, struct model *model)
{
    ask_hello(process, 2);
    UNIT_NEED(process_receive(process));
    const struct tov_guard_tree_view *view = &process->answer.hello.trees[0];
    CU_ASSERT_TRUE(view->present);
    CU_ASSERT_TRUE(view->range.size >= model->answered);
    CU_ASSERT_TRUE(view->range.size <= model->fed);
    struct tov_hash root = tov_merkle_root(model->leaves, (size_t)view->range.size);
    UNIT_EQUAL_BYTES(TOV_BYTES_OF(view->root.bytes), TOV_BYTES_OF(root.bytes));
    model->fed = view->range.size;
    model->answered = view->range.size;
}

static void burst_and_kill(struct process_fixture *process, struct model *model)
{
    for (size_t i = 0; i < BURST; i++)
        feed(process, model);
    UNIT_NEED(tov_ipc_flush(process->ipc) == TOV_OK);
    uint64_t reads = unit_random(&model->random) % BURST;
    for (uint64_t i = 0; i < reads && process_receive(process); i++)
        take_signatures(process, model);
    /* The point of the kill is what is random here; nothing waits for this. */
    struct timespec moment = {.tv_nsec = (long)(unit_random(&model->random) % 2000000)};
    (void)nanosleep(&moment, NULL);
    process_kill(process);
    while (process_receive(process))
        take_signatures(process, model);
    tov_ipc_destroy(process->ipc);
    process->ipc = NULL;
}

static size_t count_conflicts(const struct process_fixture *process, const struct model *model)
{
    size_t conflicts = 0;
    for (size_t i = 0; i < model->got_count; i++) {
        const struct tov_guard_signed *got = &model->got[i];
        struct tov_hash root = tov_merkle_root(model->leaves, (size_t)got->signature.size);
        struct tov_checkpoint checkpoint;
        UNIT_NEED(tov_checkpoint_make(tov_bytes_of_text(FIXTURE_ORIGIN), got->signature.size, &root,
                                      &checkpoint) == TOV_OK);
        if (!tov_hash_equal(&root, &got->root) ||
            tov_checkpoint_verify(&checkpoint, &process->known.ledger.vkey, got->signature.bytes) !=
                TOV_OK)
            conflicts++;
    }
    return conflicts;
}

static void no_two_checkpoints_conflict_over_50_kills(void)
{
    static struct process_fixture process;
    static struct model model;
    process_init(&process);
    model.random = 20210705;
    for (size_t i = 0; i < KILLS; i++) {
        process_start(&process);
        agree(&process, &model);
        burst_and_kill(&process, &model);
    }
    process_start(&process);
    agree(&process, &model);
    CU_ASSERT_TRUE(model.got_count > KILLS);
    UNIT_EQUAL_INT(count_conflicts(&process, &model), 0);
    printf("(%zu signatures, %llu leaves) ", model.got_count, (unsigned long long)model.fed);
    process_fini(&process);
}

static void a_core_that_does_not_read_gets_every_answer_later(void)
{
    static struct process_fixture process;
    process_init(&process);
    process_start(&process);
    for (uint32_t i = 0; i < 2000; i++)
        ask_hello(&process, i);
    uint32_t next = 0;
    while (next < 2000 && process_receive(&process) && process.answer.id == next)
        next++;
    UNIT_EQUAL_INT(next, 2000);
    UNIT_EQUAL_INT(process_stop(&process), TOV_EXIT_PARENT_GONE);
    process_fini(&process);
}

/* The value of FIELD in /proc/PID/status. */
static int status_of(pid_t pid, const char *field)
{
    char path[64], line[256];
    (void)snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
    FILE *file = fopen(path, "re");
    UNIT_NEED(file != NULL);
    int value = -1;
    while (value < 0 && fgets(line, sizeof(line), file) != NULL) {
        if (strncmp(line, field, strlen(field)) == 0)
            value = (int)strtol(line + strlen(field), NULL, 10);
    }
    (void)fclose(file);
    return value;
}

static void the_running_guard_is_filtered(void)
{
    static struct process_fixture process;
    process_init(&process);
    process_start(&process);
    ask_hello(&process, 1);
    UNIT_NEED(process_receive(&process));
    UNIT_EQUAL_INT(status_of(process.pid, "Seccomp:"), 2);
    UNIT_EQUAL_INT(status_of(process.pid, "NoNewPrivs:"), 1);
    process_fini(&process);
}

/* Waits for the end of a guard that does not start. */
static int failed_start(struct process_fixture *process)
{
    process_start(process);
    CU_ASSERT_FALSE(process_receive(process));
    return process_stop(process);
}

static void it_does_not_start_with_a_key_of_another_purpose(void)
{
    static struct process_fixture process;
    process_init(&process);
    process_write_key(&process, "ledger.key", TOV_KEY_JOURNAL);
    UNIT_EQUAL_INT(failed_start(&process), TOV_EXIT_KEY);
    process_fini(&process);
}

static void it_does_not_start_with_a_state_that_others_can_read(void)
{
    static struct process_fixture process;
    process_init(&process);
    char path[128];
    process_path(&process, "journal.state", path);
    UNIT_NEED(chmod(path, 0640) == 0);
    UNIT_EQUAL_INT(failed_start(&process), TOV_EXIT_KEY);
    process_fini(&process);
}

static void two_guards_never_run_on_one_state(void)
{
    static struct process_fixture process;
    process_init(&process);
    process_start(&process);
    ask_hello(&process, 1);
    UNIT_NEED(process_receive(&process));
    pid_t first_pid = process.pid;
    struct tov_ipc *first_ipc = process.ipc;
    UNIT_EQUAL_INT(failed_start(&process), TOV_EXIT_SECOND);
    process.pid = first_pid;
    process.ipc = first_ipc;
    process_fini(&process);
}

static void without_its_state_file_it_starts_and_signs_nothing(void)
{
    static struct process_fixture process;
    process_init(&process);
    char path[128];
    process_path(&process, "ledger.state", path);
    UNIT_NEED(unlink(path) == 0);
    for (size_t i = 0; i < 2; i++) {
        process_start(&process);
        struct tov_guard_request request;
        tov_guard_request_init(&request, TOV_GUARD_APPEND, 1);
        request.append.tree = TOV_GUARD_LEDGER;
        request.append.hashes = process.known.leaves;
        request.append.hash_count = 1;
        request.append.sign_at[0] = 1;
        request.append.sign_count = 1;
        process_send(&process, &request);
        UNIT_NEED(process_receive(&process));
        UNIT_EQUAL_INT(process.answer.refusal, TOV_GUARD_R_NO_STATE);
        UNIT_EQUAL_INT(process_stop(&process), TOV_EXIT_PARENT_GONE);
    }
    process_fini(&process);
}

/* The bytes of FILE from OFFSET on, what is used of a slot. */
static void damage(const struct process_fixture *process, const char *file, long offset)
{
    char path[128];
    process_path(process, file, path);
    FILE *state = fopen(path, "r+");
    UNIT_NEED(state != NULL && fseek(state, offset, SEEK_SET) == 0 && fputs("rot", state) >= 0 &&
              fclose(state) == 0);
}

/* What a guard over the folder logs until it is stopped, in OUT. */
static void log_of_start(struct process_fixture *process, char out[4096])
{
    FILE *log = tmpfile();
    int kept = dup(STDERR_FILENO);
    UNIT_NEED(log != NULL && kept >= 0 && dup2(fileno(log), STDERR_FILENO) >= 0);
    process_start(process);
    UNIT_NEED(dup2(kept, STDERR_FILENO) >= 0 && close(kept) == 0);
    ask_hello(process, 1);
    UNIT_NEED(process_receive(process));
    UNIT_EQUAL_INT(process_stop(process), TOV_EXIT_PARENT_GONE);
    rewind(log);
    out[fread(out, 1, 4095, log)] = '\0';
    (void)fclose(log);
}

/* Which peers there are nobody says then: it starts all the same, and the core ends by its code. */
static void a_roster_that_the_roots_have_not_signed_is_told(void)
{
    static struct process_fixture process;
    char log[4096];
    process_init(&process);
    log_of_start(&process, log);
    CU_ASSERT(strstr(log, "guard-roster-unusable") == NULL && strstr(log, "guard-ready") != NULL);
    process_write_roster(&process, 1);
    log_of_start(&process, log);
    CU_ASSERT(strstr(log, "guard-roster-unusable") != NULL && strstr(log, "guard-ready") != NULL);
    process_fini(&process);
}

/* As somebody leaves it who is writing it just then; the last one is over the limit. */
static void a_roster_that_is_half_written_or_too_large_is_told(void)
{
    static struct process_fixture process;
    char log[4096], path[128];
    struct stat whole;
    process_init(&process);
    process_path(&process, "roster.txt", path);
    UNIT_NEED(stat(path, &whole) == 0 && whole.st_size > 200);
    const off_t sizes[] = {
        0, 1, 200, whole.st_size / 2, whole.st_size - 1, (off_t)TOV_ROSTER_MAX_BYTES + 1};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        process_write_roster(&process, 2);
        UNIT_NEED(truncate(path, sizes[i]) == 0);
        log_of_start(&process, log);
        CU_ASSERT(strstr(log, "guard-roster-unusable") != NULL &&
                  strstr(log, "guard-ready") != NULL);
    }
    UNIT_NEED(unlink(path) == 0);
    log_of_start(&process, log);
    CU_ASSERT(strstr(log, "guard-roster-unusable") != NULL && strstr(log, "guard-ready") != NULL);
    process_fini(&process);
}

static void a_state_of_which_one_copy_is_damaged_is_told_and_used(void)
{
    static struct process_fixture process;
    static const char *const names[] = {"ledger.state", "journal.state"};
    char log[4096], told[128];
    process_init(&process);
    log_of_start(&process, log);
    CU_ASSERT(strstr(log, "guard-state-damaged") == NULL && strstr(log, "guard-ready") != NULL);
    for (size_t i = 0; i < 2; i++) {
        damage(&process, names[i], i == 0 ? 100 : TOV_GUARD_SLOT_BYTES + 100);
        log_of_start(&process, log);
        (void)snprintf(told, sizeof told, "event=guard-state-damaged file=%s", names[i]);
        CU_ASSERT(strstr(log, told) != NULL && strstr(log, "guard-ready") != NULL);
    }
    process_fini(&process);
}

static const struct unit_test tests[] = {
    UNIT_TEST(no_two_checkpoints_conflict_over_50_kills),
    UNIT_TEST(a_core_that_does_not_read_gets_every_answer_later),
    UNIT_TEST(the_running_guard_is_filtered),
    UNIT_TEST(it_does_not_start_with_a_key_of_another_purpose),
    UNIT_TEST(it_does_not_start_with_a_state_that_others_can_read),
    UNIT_TEST(two_guards_never_run_on_one_state),
    UNIT_TEST(without_its_state_file_it_starts_and_signs_nothing),
    UNIT_TEST(a_roster_that_the_roots_have_not_signed_is_told),
    UNIT_TEST(a_roster_that_is_half_written_or_too_large_is_told),
    UNIT_TEST(a_state_of_which_one_copy_is_damaged_is_told_and_used),
};

int main(void)
{
    return unit_run("guard process", tests, sizeof(tests) / sizeof(tests[0]));
}
