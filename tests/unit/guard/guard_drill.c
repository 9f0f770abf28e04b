/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a core that is taken over could ask a real guard process for: each request is refused for
 * what it is, counted, logged, and leaves the state files as they are. And: a guard that dies at
 * each step of saving a state, whole or half written, has at its next start what it had answered,
 * and signs nothing beside it.
 */
#include "exit_codes.h"
#include "guard_process_fixture.h"
#include "merkle/tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PEER FIXTURE_PEER
#define SIZE 10u /* of the guard's ledger when the drill begins */
#define DIED 137

/* ---- a death at one step ---- */

/* Which of the writes and syncs of a guard is its last; 0: none. Half of a write's bytes go. */
static long dies_at;

static void step(void)
{
    if (dies_at > 0 && --dies_at == 0)
        _exit(DIED); /* no signal may be sent in there; nothing is written after it either */
}

ssize_t pwrite(int fd, const void *bytes, size_t size, off_t offset)
{
    if (dies_at == 1 && size > 1)
        (void)syscall(SYS_pwrite64, fd, bytes, size / 2, offset);
    step();
    ssize_t put = syscall(SYS_pwrite64, fd, bytes, size, offset);
    step();
    return put;
}

int fdatasync(int fd)
{
    int result = (int)syscall(SYS_fdatasync, fd);
    step();
    return result;
}

/* ---- a guard ---- */

struct drill {
    struct process_fixture process;
    struct fixture_key peer, stranger;
    struct tov_buf note, vkey, text;
    char log[64];
    struct tov_hash before; /* of the state files */
};

static void drill_init(struct drill *drill)
{
    *drill = (struct drill){.peer = fixture_key_of(FIXTURE_PEER_KEY, PEER),
                            .stranger = fixture_key_of(31, PEER),
                            .note = TOV_BUF_INIT(65536),
                            .vkey = TOV_BUF_INIT(1024),
                            .text = TOV_BUF_INIT(4096),
                            .log = "/tmp/tov-drill-XXXXXX"};
    int fd = mkstemp(drill->log);
    UNIT_NEED(fd >= 0);
    int kept = dup(STDERR_FILENO);
    process_init(&drill->process);
    (void)fflush(stderr);
    UNIT_NEED(dup2(fd, STDERR_FILENO) >= 0);
    process_start(&drill->process);
    UNIT_NEED(dup2(kept, STDERR_FILENO) >= 0);
    close(kept);
    close(fd);
}

static void drill_fini(struct drill *drill)
{
    process_fini(&drill->process);
    tov_buf_fini(&drill->note);
    tov_buf_fini(&drill->vkey);
    tov_buf_fini(&drill->text);
    (void)unlink(drill->log);
}

static void add_file(struct tov_sha256 *sha, const char *path)
{
    static uint8_t bytes[1u << 20];
    FILE *file = fopen(path, "re");
    UNIT_NEED(file != NULL);
    size_t size = fread(bytes, 1, sizeof bytes, file);
    (void)fclose(file);
    tov_sha256_update(sha, bytes, size);
}

static struct tov_hash hash_states(const struct process_fixture *process)
{
    static const char *const names[] = {"ledger.state", "journal.state", "witness.state"};
    struct tov_sha256 sha;
    struct tov_hash hash;
    tov_sha256_init(&sha);
    for (size_t i = 0; i < 3; i++) {
        char path[128];
        process_path(process, names[i], path);
        add_file(&sha, path);
    }
    tov_sha256_final(&sha, &hash);
    return hash;
}

static enum tov_guard_refusal call(struct process_fixture *process,
                                   const struct tov_guard_request *request)
{
    process_send(process, request);
    UNIT_NEED(process_receive(process));
    return process->answer.refusal;
}

static const struct tov_guard_hello_answer *hello(struct process_fixture *process)
{
    struct tov_guard_request request;
    tov_guard_request_init(&request, TOV_GUARD_HELLO, 9);
    UNIT_NEED(call(process, &request) == TOV_GUARD_DONE);
    return &process->answer.hello;
}

/* ---- requests ---- */

struct append {
    enum tov_guard_tree tree;
    uint64_t from;
    size_t first_leaf, count;
    uint64_t sign_at[2]; /* 0: none */
};

static struct tov_guard_request append_of(struct drill *drill, const struct append *append)
{
    struct tov_guard_request request;
    tov_guard_request_init(&request, TOV_GUARD_APPEND, 7);
    request.append.tree = append->tree;
    request.append.from_size = append->from;
    request.append.hashes = drill->process.known.leaves + append->first_leaf;
    request.append.hash_count = append->count;
    for (size_t i = 0; i < 2 && append->sign_at[i] > 0; i++)
        request.append.sign_at[request.append.sign_count++] = append->sign_at[i];
    return request;
}

static struct tov_guard_request resign_of(uint64_t size)
{
    struct tov_guard_request request;
    tov_guard_request_init(&request, TOV_GUARD_RESIGN, 8);
    request.resign.tree = TOV_GUARD_LEDGER;
    request.resign.size = size;
    return request;
}

static struct tov_guard_request journal_of(uint64_t journal)
{
    struct tov_guard_request request;
    tov_guard_request_init(&request, TOV_GUARD_JOURNAL_NEXT, 12);
    request.journal_next.journal = journal;
    return request;
}

static enum tov_err peer_node(void *ctx, unsigned level, uint64_t index, struct tov_hash *out_hash)
{
    const struct tov_hash *leaves = ctx;
    *out_hash = tov_merkle_root(&leaves[index << level], (size_t)1 << level);
    return TOV_OK;
}

/* The peer's tree: SIZE leaves from FIRST on, another history for another FIRST. */
struct cosign {
    const struct fixture_key *signer, *key;
    size_t first;
    uint64_t old_size, size;
};

static struct tov_guard_request cosign_of(struct drill *drill, const struct cosign *cosign)
{
    struct tov_hash *leaves = drill->process.known.leaves + cosign->first;
    struct tov_hash root = tov_merkle_root(leaves, (size_t)cosign->size);
    struct tov_checkpoint checkpoint;
    uint8_t signature[TOV_ED25519_SIGNATURE_BYTES];
    struct tov_guard_request request;
    struct tov_node_source source = {.ctx = leaves, .node = peer_node};
    tov_buf_clear(&drill->note);
    tov_buf_clear(&drill->vkey);
    tov_vkey_format(&cosign->key->vkey, &drill->vkey);
    UNIT_NEED(tov_checkpoint_make(tov_bytes_of_text(PEER), cosign->size, &root, &checkpoint) ==
              TOV_OK);
    tov_checkpoint_sign(&checkpoint, cosign->signer->secret, signature);
    tov_checkpoint_put_note(&drill->note, &checkpoint, &cosign->key->vkey, signature);
    tov_guard_request_init(&request, TOV_GUARD_COSIGN, 21);
    request.cosign.note = tov_buf_view(&drill->note);
    request.cosign.vkey = tov_buf_view(&drill->vkey);
    request.cosign.old_size = cosign->old_size;
    request.cosign.time_s = 1625486400;
    if (cosign->old_size > 0 && cosign->old_size < cosign->size)
        UNIT_NEED(tov_proof_make_consistency(&source, cosign->old_size, cosign->size,
                                             &request.cosign.proof) == TOV_OK);
    return request;
}

static struct tov_guard_request
statement_of(struct drill *drill, const struct tov_guard_statement_text *text, size_t signers)
{
    struct fixture *known = &drill->process.known;
    struct tov_guard_request request;
    tov_buf_clear(&drill->text);
    tov_buf_clear(&drill->note);
    tov_guard_statement_format(text, &drill->text);
    UNIT_NEED(tov_note_put_text(&drill->note, tov_buf_view(&drill->text)) == TOV_OK);
    for (size_t i = 0; i < signers; i++) {
        uint8_t signature[TOV_ED25519_SIGNATURE_BYTES];
        tov_ed25519_sign(known->roots[i].secret, tov_buf_view(&drill->text), signature);
        tov_note_put_signature(&drill->note, &known->roots[i].vkey, TOV_BYTES_OF(signature));
    }
    tov_guard_request_init(&request, TOV_GUARD_STATEMENT, 11);
    request.statement.note = tov_buf_view(&drill->note);
    request.statement.range = fixture_range(known, text->size);
    return request;
}

static struct tov_guard_statement_text ledger_at(const struct drill *drill, uint64_t size,
                                                 uint64_t number)
{
    return (struct tov_guard_statement_text){.origin = FIXTURE_ORIGIN,
                                             .tree = TOV_GUARD_LEDGER,
                                             .number = number,
                                             .size = size,
                                             .root = fixture_root(&drill->process.known, size)};
}

/* ---- refusals ---- */

static void settle_in(struct drill *drill)
{
    struct tov_guard_request request =
        append_of(drill, &(struct append){TOV_GUARD_LEDGER, 0, 0, SIZE, {SIZE}});
    UNIT_NEED(call(&drill->process, &request) == TOV_GUARD_DONE);
    request = cosign_of(drill, &(struct cosign){&drill->peer, &drill->peer, 0, 0, 8});
    UNIT_NEED(call(&drill->process, &request) == TOV_GUARD_DONE);
    drill->before = hash_states(&drill->process);
}

static void need_refusal(struct drill *drill, const struct tov_guard_request *request,
                         enum tov_guard_refusal why)
{
    struct process_fixture *process = &drill->process;
    uint32_t refused = hello(process)->refused[why];
    UNIT_EQUAL_TEXT(tov_guard_refusal_name(call(process, request)), tov_guard_refusal_name(why));
    const struct tov_guard_hello_answer *after = hello(process);
    UNIT_EQUAL_INT(after->refused[why], refused + 1);
    UNIT_EQUAL_INT(after->trees[0].range.size, SIZE);
    UNIT_EQUAL_INT(after->trees[0].last.signature.size, SIZE);
    UNIT_EQUAL_INT(after->trees[1].range.size, 0);
    struct tov_hash now = hash_states(process);
    UNIT_EQUAL_BYTES(TOV_BYTES_OF(now.bytes), TOV_BYTES_OF(drill->before.bytes));
}

static unsigned count_logged(const struct drill *drill, const char *words)
{
    char line[512];
    unsigned count = 0;
    FILE *file = fopen(drill->log, "re");
    UNIT_NEED(file != NULL);
    while (fgets(line, sizeof line, file) != NULL)
        count += strstr(line, words) != NULL ? 1 : 0;
    (void)fclose(file);
    return count;
}

static void need_append_refusals(struct drill *drill)
{
    static const struct {
        struct append append;
        enum tov_guard_refusal why;
    } rows[] = {
        {{TOV_GUARD_LEDGER, 5, 5, 8, {13}}, TOV_GUARD_R_NOT_OWN_SIZE},    /* shorter */
        {{TOV_GUARD_LEDGER, 5, 300, 8, {13}}, TOV_GUARD_R_NOT_OWN_SIZE},  /* forked */
        {{TOV_GUARD_LEDGER, 0, 200, 20, {20}}, TOV_GUARD_R_NOT_OWN_SIZE}, /* unrelated */
        {{TOV_GUARD_LEDGER, 11, 11, 2, {13}}, TOV_GUARD_R_NOT_OWN_SIZE},  /* a gap */
        {{TOV_GUARD_LEDGER, UINT64_MAX, 0, 2, {0}}, TOV_GUARD_R_NOT_OWN_SIZE},
        {{TOV_GUARD_JOURNAL, SIZE, 10, 2, {12}}, TOV_GUARD_R_NOT_OWN_SIZE}, /* the other tree */
        {{TOV_GUARD_LEDGER, SIZE, 10, 2, {13}}, TOV_GUARD_R_SIGN_SIZE},     /* beyond */
        {{TOV_GUARD_LEDGER, SIZE, 10, 2, {9}}, TOV_GUARD_R_SIGN_SIZE},      /* before */
        {{TOV_GUARD_LEDGER, SIZE, 10, 2, {12, 11}}, TOV_GUARD_R_SIGN_SIZE},
        {{TOV_GUARD_LEDGER, SIZE, 10, 2, {12, 12}}, TOV_GUARD_R_SIGN_SIZE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct tov_guard_request request = append_of(drill, &rows[i].append);
        need_refusal(drill, &request, rows[i].why);
    }
}

static void need_number_refusals(struct drill *drill)
{
    static const uint64_t sizes[] = {0, SIZE - 1, SIZE + 1, UINT64_MAX};
    static const uint64_t journals[] = {0, 1, 3, UINT64_MAX};
    for (size_t i = 0; i < 4; i++) {
        struct tov_guard_request request = resign_of(sizes[i]);
        need_refusal(drill, &request, TOV_GUARD_R_NOT_LAST);
        request = journal_of(journals[i]);
        need_refusal(drill, &request, TOV_GUARD_R_JOURNAL_NUMBER);
    }
}

static void need_cosign_refusals(struct drill *drill)
{
    const struct fixture_key *peer = &drill->peer;
    const struct fixture_key *stranger = &drill->stranger;
    const struct {
        struct cosign cosign;
        enum tov_guard_refusal why;
    } rows[] = {
        {{stranger, peer, 0, 8, 12}, TOV_GUARD_R_PEER_SIGNATURE},
        {{stranger, stranger, 0, 8, 12}, TOV_GUARD_R_PEER_KEY},
        {{peer, peer, 0, 8, 6}, TOV_GUARD_R_PEER_OLD_SIZE},  /* smaller */
        {{peer, peer, 0, 4, 12}, TOV_GUARD_R_PEER_OLD_SIZE}, /* from elsewhere */
        {{peer, peer, 0, 0, 12}, TOV_GUARD_R_PEER_OLD_SIZE}, /* a first use that is none */
        {{peer, peer, 300, 8, 8}, TOV_GUARD_R_PEER_FORK},    /* another history, as large */
        {{peer, peer, 300, 8, 12}, TOV_GUARD_R_PEER_PROOF},  /* and larger */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct tov_guard_request request = cosign_of(drill, &rows[i].cosign);
        need_refusal(drill, &request, rows[i].why);
    }
    struct tov_guard_request request = cosign_of(drill, &(struct cosign){peer, peer, 0, 8, 12});
    request.cosign.note.size--;
    need_refusal(drill, &request, TOV_GUARD_R_PEER_NOTE);
}

static void need_statement_refusals(struct drill *drill)
{
    struct tov_guard_statement_text text = ledger_at(drill, SIZE + 5, 1);
    struct tov_guard_request request = statement_of(drill, &text, 1);
    need_refusal(drill, &request, TOV_GUARD_R_STATEMENT_KEYS);
    request = statement_of(drill, &text, 2);
    request.statement.range = fixture_range(&drill->process.known, SIZE + 4);
    need_refusal(drill, &request, TOV_GUARD_R_STATEMENT_RANGE);
    request = statement_of(drill, &text, 2);
    request.statement.note.size--;
    need_refusal(drill, &request, TOV_GUARD_R_STATEMENT_TEXT);
    text = ledger_at(drill, SIZE - 1, 1);
    request = statement_of(drill, &text, 2);
    need_refusal(drill, &request, TOV_GUARD_R_STATEMENT_BACK);
    text = ledger_at(drill, SIZE, 1);
    text.root.bytes[0] ^= 1;
    request = statement_of(drill, &text, 2);
    need_refusal(drill, &request, TOV_GUARD_R_STATEMENT_BACK);
    text = ledger_at(drill, SIZE + 5, 1);
    (void)snprintf(text.origin, sizeof text.origin, "infohus-demo/kk/2");
    request = statement_of(drill, &text, 2);
    need_refusal(drill, &request, TOV_GUARD_R_STATEMENT_TEXT);
}

/* A number that was used is used for both trees, and for ever. */
static void need_old_number_refused(struct drill *drill)
{
    struct tov_guard_statement_text text = ledger_at(drill, SIZE, 4);
    struct tov_guard_request request = statement_of(drill, &text, 2);
    UNIT_NEED(call(&drill->process, &request) == TOV_GUARD_DONE);
    drill->before = hash_states(&drill->process);
    for (uint64_t number = 1; number <= 4; number++) {
        text = ledger_at(drill, SIZE + 5, number);
        request = statement_of(drill, &text, 2);
        need_refusal(drill, &request, TOV_GUARD_R_STATEMENT_NUMBER);
    }
}

static void what_a_false_core_asks_for_is_refused_counted_and_logged(void)
{
    static struct drill drill;
    drill_init(&drill);
    settle_in(&drill);
    need_append_refusals(&drill);
    need_number_refusals(&drill);
    need_cosign_refusals(&drill);
    need_statement_refusals(&drill);
    need_old_number_refused(&drill);
    uint32_t all = 0;
    const struct tov_guard_hello_answer *answer = hello(&drill.process);
    for (size_t i = 0; i < TOV_GUARD_REFUSALS; i++)
        all += answer->refused[i];
    UNIT_EQUAL_INT(all, 10 + 8 + 8 + 6 + 4);
    UNIT_EQUAL_INT(count_logged(&drill, "guard-refused"), all);
    UNIT_EQUAL_INT(count_logged(&drill, "not-own-size"), 6);
    struct tov_guard_request request =
        append_of(&drill, &(struct append){TOV_GUARD_LEDGER, SIZE, SIZE, 2, {SIZE + 2}});
    UNIT_EQUAL_INT(call(&drill.process, &request), TOV_GUARD_DONE);
    drill_fini(&drill);
}

/* ---- bytes that are no request ---- */

static void send_bytes(struct process_fixture *process, uint8_t kind, struct tov_bytes bytes)
{
    enum tov_err err = tov_ipc_send(process->ipc, kind, &bytes, 1);
    UNIT_NEED(err == TOV_OK || err == TOV_E_CLOSED);
}

static void payloads_of_any_bytes_change_nothing(void)
{
    static struct drill drill;
    static uint8_t bytes[4096];
    uint64_t random = 1;
    drill_init(&drill);
    settle_in(&drill);
    for (unsigned i = 0; i < 3000; i++) {
        size_t size = unit_random(&random) % (i % 10 == 0 ? sizeof bytes : 64);
        uint8_t kind = (uint8_t)(TOV_GUARD_APPEND + unit_random(&random) % 5);
        for (size_t k = 0; k < size; k++)
            bytes[k] = (uint8_t)unit_random(&random);
        if (size >= 4)
            memset(bytes, 0, 4); /* an id that can be read */
        send_bytes(&drill.process, kind, (struct tov_bytes){bytes, size});
        UNIT_NEED(process_receive(&drill.process));
        UNIT_NEED(drill.process.answer.refusal != TOV_GUARD_DONE);
    }
    struct tov_hash now = hash_states(&drill.process);
    UNIT_EQUAL_BYTES(TOV_BYTES_OF(now.bytes), TOV_BYTES_OF(drill.before.bytes));
    UNIT_EQUAL_INT(hello(&drill.process)->trees[0].range.size, SIZE);
    drill_fini(&drill);
}

/* ---- death at each step ---- */

struct life {
    struct drill drill;
    uint64_t answered[2];       /* sizes of the trees of which an answer came */
    uint64_t journal, cosigned; /* the same */
};

static bool ask(struct life *life, const struct tov_guard_request *request)
{
    process_send(&life->drill.process, request);
    if (!process_receive(&life->drill.process))
        return false;
    UNIT_EQUAL_TEXT(tov_guard_refusal_name(life->drill.process.answer.refusal), "done");
    return true;
}

/* Everything that saves a state, in order, until the guard dies. */
static void live(struct life *life)
{
    struct drill *drill = &life->drill;
    struct tov_guard_request request =
        append_of(drill, &(struct append){TOV_GUARD_LEDGER, SIZE, SIZE, 5, {SIZE + 3, SIZE + 5}});
    if (!ask(life, &request))
        return;
    life->answered[0] = SIZE + 5;
    request = append_of(drill, &(struct append){TOV_GUARD_JOURNAL, 0, 0, 3, {3}});
    if (!ask(life, &request))
        return;
    life->answered[1] = 3;
    request = cosign_of(drill, &(struct cosign){&drill->peer, &drill->peer, 0, 8, 12});
    if (!ask(life, &request))
        return;
    life->cosigned = 12;
    request = journal_of(2);
    if (!ask(life, &request))
        return;
    life->journal = 2;
    struct tov_guard_statement_text text = ledger_at(drill, SIZE + 9, 1);
    request = statement_of(drill, &text, 2);
    if (ask(life, &request))
        life->answered[0] = SIZE + 9;
}

static void need_tree(const struct life *life, const struct tov_guard_tree_view *view, size_t tree)
{
    struct tov_hash root = fixture_root(&life->drill.process.known, view->range.size);
    CU_ASSERT(view->present);
    UNIT_EQUAL_BYTES(TOV_BYTES_OF(view->root.bytes), TOV_BYTES_OF(root.bytes));
    if (tree == 0 || view->journal == 1)
        CU_ASSERT(view->range.size >= life->answered[tree]);
    if (tree == 1)
        CU_ASSERT(view->journal >= life->journal);
}

/* The cosignature of another history than the one that was answered is still refused. */
static void need_witness(struct life *life)
{
    struct drill *drill = &life->drill;
    uint64_t at = life->cosigned;
    struct tov_guard_request request =
        cosign_of(drill, &(struct cosign){&drill->peer, &drill->peer, 300, at, at});
    CU_ASSERT(call(&drill->process, &request) != TOV_GUARD_DONE);
}

/* False: the guard lived through it. */
static bool die_at(long at)
{
    static struct life life;
    life = (struct life){.cosigned = 8, .journal = 1};
    drill_init(&life.drill);
    settle_in(&life.drill);
    UNIT_NEED(process_stop(&life.drill.process) == TOV_EXIT_PARENT_GONE);
    dies_at = at;
    process_start(&life.drill.process);
    dies_at = 0;
    live(&life);
    int code = process_stop(&life.drill.process);
    process_start(&life.drill.process);
    const struct tov_guard_hello_answer *answer = hello(&life.drill.process);
    need_tree(&life, &answer->trees[0], 0);
    need_tree(&life, &answer->trees[1], 1);
    need_witness(&life);
    drill_fini(&life.drill);
    UNIT_NEED(code == DIED || code == TOV_EXIT_PARENT_GONE);
    return code == DIED;
}

static void a_death_at_each_step_of_saving_forgets_no_answer(void)
{
    long steps = 0;
    while (die_at(steps + 1))
        steps++;
    printf("(%ld steps) ", steps);
    CU_ASSERT(steps >= 15);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(what_a_false_core_asks_for_is_refused_counted_and_logged),
        UNIT_TEST(payloads_of_any_bytes_change_nothing),
        UNIT_TEST(a_death_at_each_step_of_saving_forgets_no_answer),
    };
    return unit_run("guard drill", tests, sizeof tests / sizeof tests[0]);
}
