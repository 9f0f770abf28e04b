/* SPDX-License-Identifier: EUPL-1.2
 *
 * What an export keeps of two histories under one key: it accuses who signed both, whatever else is
 * damaged, and nobody when it proves nothing.
 */
#include "damage.h"
#include "forge.h"
#include "verdict.h"

#include "base/cleanup.h"
#include "merkle/note.h"
#include "merkle/range.h"
#include "support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEPT "fork/2/1"
#define FINDINGS_MAX 10000u /* audit/finding.h */

static struct world *world;
static char dir[WORLD_PATH_SIZE];

static struct tov_hash hash_of(uint8_t byte)
{
    struct tov_hash hash;
    memset(hash.bytes, byte, sizeof hash.bytes);
    return hash;
}

/* Agency 2 signed a tree of three entries, whose proof from two on is the third hash, and something
 * else of two entries. */
static struct tov_export_fork fork_of(const struct forge_log *log)
{
    struct tov_export_fork fork = {.has_root = true, .hash_count = 1};
    struct tov_range range = {.size = 0};
    for (uint8_t i = 1; i <= 3; i++) {
        struct tov_hash leaf = hash_of(i);
        UNIT_OK(tov_range_append(&range, &leaf));
        if (i == 2)
            fork.root = tov_range_root(&range);
    }
    struct tov_hash larger = tov_range_root(&range), other = hash_of(9);
    fork.smaller = forge_sign(log, 2, &other);
    fork.larger = forge_sign(log, 3, &larger);
    fork.hashes[0] = hash_of(3);
    return fork;
}

static void keep(const struct tov_export_fork *fork)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(16384);
    damage_copy(world, "exports/a1", "copy", dir);
    tov_export_put_fork(&text, fork);
    damage_write(dir, KEPT, tov_buf_view(&text));
    damage_reseal(dir);
}

static void check(int code, const char *names, const char *said)
{
    struct verdict verdict = verdict_of_one(world, dir);
    VERDICT_IS(&verdict, code, names, said);
    verdict_fini(&verdict);
}

static void a_proof_names_who_signed_two_histories(void)
{
    struct forge_log log = forge_ledger(world, 1);
    struct tov_export_fork fork = fork_of(&log);
    keep(&fork);
    struct verdict verdict = verdict_of_one(world, dir);
    VERDICT_IS(&verdict, 5, "two-histories", "two sizes with a proof");
    const json_t *finding = verdict_find(&verdict, "two-histories", KEPT);
    CU_ASSERT(strstr(verdict_text(finding, "found"), log.key.name) != NULL);
    const char *note = strstr(verdict_text(finding, "evidence"), log.key.name);
    CU_ASSERT(note != NULL && strstr(note + 1, log.key.name) != NULL);
    verdict_fini(&verdict);
    damage_flip(dir, "tile/0/000", 40, 0); /* of the exporter's own ledger */
    verdict = verdict_of_one(world, dir);
    UNIT_EQUAL_INT(verdict.code, 5);
    CU_ASSERT(verdict_has(&verdict, "two-histories"));
    verdict_fini(&verdict);
    struct tov_hash root = hash_of(8);
    fork.smaller = forge_sign(&log, 3, &root);
    fork.has_root = false;
    fork.hash_count = 0;
    keep(&fork);
    check(5, "two-histories", "two roots of one size");
}

/* As others would copy them: also the empty lines, which stand in each note and between them. */
static void both_notes_stand_in_the_report_line_by_line(void)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf expected = TOV_BUF_INIT(16384);
    struct forge_log log = forge_ledger(world, 1);
    struct tov_export_fork fork = fork_of(&log);
    size_t empty = 0;
    json_t *no_json = NULL;
    keep(&fork);
    struct verdict verdict = verdict_of_one(world, dir);
    const char *note = verdict_text(verdict_find(&verdict, "two-histories", KEPT), "evidence");
    while (*note != '\0') {
        size_t size = strcspn(note, "\n");
        empty += size == 0 ? 1 : 0;
        tov_buf_put_text(&expected, "       ");
        tov_buf_put(&expected, note, size);
        tov_buf_put_text(&expected, "\n");
        note += size + (note[size] == '\n' ? 1 : 0);
    }
    tov_buf_put_u8(&expected, 0);
    verdict_fini(&verdict);
    UNIT_EQUAL_INT(empty, 3);
    UNIT_EQUAL_INT(world_audit(world, (const char *const[]){"verify", dir, NULL}, &no_json), 5);
    char *report = world_output(world);
    CU_ASSERT_PTR_NOT_NULL(strstr(report, (const char *)expected.data));
    free(report);
    json_decref(no_json);
}

/* Whoever holds the export can put in as many files as the list has room for, and change a byte. */
static void a_proof_is_not_crowded_out(void)
{
    char path[64];
    struct forge_log log = forge_ledger(world, 1);
    struct tov_export_fork fork = fork_of(&log);
    keep(&fork);
    for (unsigned i = 0; i <= FINDINGS_MAX; i++) {
        (void)snprintf(path, sizeof path, "extra/%u", i);
        damage_write(dir, path, tov_bytes_of_text("x"));
    }
    damage_flip(dir, "leaves/000", 100, 0);
    struct verdict verdict = verdict_of_one(world, dir);
    UNIT_EQUAL_INT(verdict.code, 5);
    const json_t *finding = verdict_find(&verdict, "two-histories", KEPT);
    CU_ASSERT_PTR_NOT_NULL(strstr(verdict_text(finding, "evidence"), log.key.name));
    UNIT_EQUAL_INT(json_array_size(json_object_get(verdict.report, "findings")), FINDINGS_MAX + 1);
    verdict_fini(&verdict);
}

static void what_proves_nothing_accuses_nobody(void)
{
    struct forge_log log = forge_ledger(world, 1), another = forge_ledger(world, 0);
    struct tov_export_fork fork = fork_of(&log), other = fork;
    other.has_root = false;
    other.hash_count = 0;
    keep(&other);
    check(4, "two-histories-claimed", "two sizes without a proof");
    other = fork;
    other.smaller = forge_sign(&log, 2, &fork.root);
    keep(&other);
    check(3, "two-histories-damaged", "the smaller tree is extended");
    other = fork;
    other.hashes[0] = hash_of(4);
    keep(&other);
    check(3, "two-histories-damaged", "a proof that does not fit");
    other = fork;
    other.root = hash_of(7);
    keep(&other);
    check(3, "two-histories-damaged", "a root that is not proven");
    other = fork;
    other.larger.signature[5] ^= 1;
    keep(&other);
    check(3, "two-histories-damaged", "a signature that is not good");
    other = fork;
    other.smaller = forge_sign(&another, 2, &fork.smaller.root);
    keep(&other);
    check(3, "two-histories-damaged", "signed by another agency");
    other = fork;
    other.smaller = other.larger;
    other.has_root = false;
    other.hash_count = 0;
    keep(&other);
    check(3, "two-histories-damaged", "one note twice");
}

static void a_file_that_is_none_is_damage(void)
{
    struct forge_log log = forge_ledger(world, 1);
    struct tov_export_fork fork = fork_of(&log);
    keep(&fork);
    damage_cut(dir, KEPT, -1);
    damage_reseal(dir);
    check(3, "file-malformed", "cut short");
    keep(&fork);
    struct tov_buf text = damage_read(dir, KEPT);
    damage_write(dir, "fork/1025/1", tov_buf_view(&text));
    damage_remove(dir, KEPT);
    damage_reseal(dir);
    tov_buf_fini(&text);
    check(3, "file-misplaced", "of an agency that cannot be");
}

/* ---- a key that was revoked ---- */

/* A copy of EXPORT has a next roster, with what FACTS say. */
static void put_next_roster(const char *export, struct tov_roster_facts facts)
{
    const struct sim_federation *federation = world->wire->federation;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf note = TOV_BUF_INIT(TOV_ROSTER_MAX_BYTES);
    facts.version++;
    facts.previous = tov_roster_hash(federation->roster);
    sim_sign_roster(federation, &facts, &note);
    damage_copy(world, export, "copy", dir);
    damage_write(dir, "roster/2", tov_buf_view(&note));
    damage_reseal(dir);
}

static void revoke_by(const char *export, const struct tov_revocation *revocation)
{
    struct tov_roster_facts facts = *tov_roster_facts(world->wire->federation->roster);
    facts.revocations = revocation;
    facts.revocation_count = 1;
    put_next_roster(export, facts);
}

/* AGENCY's ledger key was revoked at SIZE entries with ROOT. */
static void revoke_in(const char *export, uint16_t agency, uint64_t size,
                      const struct tov_hash *root)
{
    struct tov_revocation revocation = {
        .key = sim_federation_agency(world->wire->federation, agency - 1u)->ledger,
        .agency = agency,
        .size = size,
        .root = *root};
    revoke_by(export, &revocation);
}

static void revoke(uint64_t size, const struct tov_hash *root)
{
    revoke_in("exports/a1", 2, size, root);
}

static struct tov_export_signed signed_line(size_t number)
{
    struct tov_export_signed line = {.size = 0};
    struct tov_buf text = damage_read(dir, "mirror/2/1/checkpoints");
    const uint8_t *at = text.data, *end = text.data + text.size;
    for (size_t i = 0; i <= number; i++) {
        const uint8_t *stop = memchr(at, '\n', (size_t)(end - at));
        UNIT_NEED(stop != NULL);
        UNIT_OK(tov_export_parse_signed((struct tov_bytes){at, (size_t)(stop - at)}, &line));
        at = stop + 1;
    }
    tov_buf_fini(&text);
    return line;
}

static void what_is_held_above_a_revocation_is_void(void)
{
    damage_copy(world, "exports/a1", "copy", dir);
    struct tov_export_signed line = signed_line(1);
    revoke(line.size, &line.root);
    struct verdict verdict = verdict_of_one(world, dir);
    CU_ASSERT(verdict_has(&verdict, "void"));
    CU_ASSERT(!verdict_has(&verdict, "revoked-root"));
    CU_ASSERT_PTR_NOT_NULL(verdict_find(&verdict, "void", "mirror/2/1/entries"));
    verdict_fini(&verdict);
    line.root.bytes[0] ^= 1;
    revoke(line.size, &line.root);
    verdict = verdict_of_one(world, dir);
    UNIT_EQUAL_INT(verdict.code, 5);
    CU_ASSERT_PTR_NOT_NULL(verdict_find(&verdict, "revoked-root", "mirror/2/1/checkpoints"));
    verdict_fini(&verdict);
    line.size = 1u << 20;
    revoke(line.size, &line.root);
    verdict = verdict_of_one(world, dir);
    CU_ASSERT(!verdict_has(&verdict, "void") && !verdict_has(&verdict, "revoked-root"));
    verdict_fini(&verdict);
}

/* ---- ... inside a run of skipped entries ---- */

/* Agency 3 holds most of what agency 1 wrote to agency 2 as runs, with each leaf's hash. */
#define HOLDER "exports/a3"
#define RUNS "mirror/1/1/skipped"
#define RUN_MAX 256u

struct run {
    uint64_t index, count;
};

static bool note_longest(void *context, struct tov_export_record *record)
{
    struct run *longest = context;
    if (record->as.skipped.count > longest->count)
        *longest = (struct run){record->index, record->as.skipped.count};
    return true;
}

static bool pack_run(void *context, struct tov_export_record *record)
{
    static struct tov_hash packed[RUN_MAX];
    struct tov_export_skipped *run = &record->as.skipped;
    const struct tov_hash *leaves = (const struct tov_hash *)run->hashes.data;
    struct tov_canon canon = tov_canon_of(record->index, record->index + run->count);
    struct tov_subtree at;
    size_t count = 0;
    (void)context;
    UNIT_NEED(run->level0 && run->count <= RUN_MAX);
    for (; tov_canon_next(&canon, &at); count++) {
        struct tov_range range = {.size = 0};
        for (uint64_t i = 0; i < UINT64_C(1) << at.level; i++)
            UNIT_OK(tov_range_append(&range, leaves++));
        packed[count] = tov_range_root(&range);
    }
    run->level0 = false;
    run->hashes = (struct tov_bytes){packed[0].bytes, count * TOV_HASH_BYTES};
    return true;
}

/* Of the first SIZE entries of agency 1, by its own export. */
static struct tov_hash true_root(uint64_t size)
{
    char export[WORLD_PATH_SIZE];
    world_path(world, export, "exports/a1");
    struct tov_range range = forge_range(export, size);
    return tov_range_root(&range);
}

/* With the true root, or another one; PACKED: the mirror has the runs as whole subtrees. */
static void check_run(uint64_t size, bool is_true, bool is_packed, const char *expected)
{
    char said[64];
    struct tov_hash root = true_root(size);
    root.bytes[0] ^= is_true ? 0 : 1;
    revoke_in(HOLDER, 1, size, &root);
    if (is_packed) {
        forge_records(dir, RUNS, pack_run, NULL);
        damage_reseal(dir);
    }
    struct verdict verdict = verdict_of_one(world, dir);
    (void)snprintf(said, sizeof said, "revoked at %u, %s root, %s", (unsigned)size,
                   is_true ? "true" : "other", is_packed ? "subtrees" : "leaves");
    VERDICT_IS(&verdict, strstr(expected, "revoked-root") != NULL ? 5 : 4, expected, said);
    /* Whose key was revoked may have lost what it signed, and did no wrong. */
    const json_t *unseen = verdict_find(&verdict, "revoked-unseen", "mirror/1/1/skipped");
    CU_ASSERT(unseen == NULL || strstr(verdict_text(unseen, "next"), "signed") == NULL);
    verdict_fini(&verdict);
}

static void a_revocation_inside_a_skipped_run_is_compared_or_said_to_be_unseen(void)
{
    struct run run = {0, 0};
    struct tov_subtree first;
    damage_copy(world, HOLDER, "copy", dir);
    forge_records(dir, RUNS, note_longest, &run);
    struct tov_canon canon = tov_canon_of(run.index, run.index + run.count);
    uint64_t boundary = 0, inside = 0;
    for (uint64_t at = run.index; tov_canon_next(&canon, &first);
         at += UINT64_C(1) << first.level) {
        boundary = at > run.index && boundary == 0 ? at : boundary;
        inside = first.level > 0 && inside == 0 ? at + 1 : inside;
    }
    UNIT_NEED(boundary != 0 && inside != 0);
    check_run(inside, true, false, "void");
    check_run(inside, false, false, "revoked-root void");
    check_run(boundary, true, true, "void");
    check_run(boundary, false, true, "revoked-root void");
    check_run(inside, true, true, "revoked-unseen void");
    check_run(inside, false, true, "revoked-unseen void");
    check_run(run.index, false, true, "revoked-root void");
    check_run(run.index + run.count, false, true, "revoked-root void");
    check_run(run.index + run.count, true, true, "void");
}

/* ---- ... of the exporter's own logs ---- */

static void check_own(const char *said, int code, const char *names, const char *path)
{
    struct verdict verdict = verdict_of_one(world, dir);
    VERDICT_IS(&verdict, code, names, said);
    CU_ASSERT_PTR_NOT_NULL(verdict_find(&verdict, "void", path));
    verdict_fini(&verdict);
}

static void what_is_shown_above_a_revocation_is_void(void)
{
    struct tov_hash root = true_root(100);
    struct tov_buf tile = TOV_BUF_INIT(0);
    struct tov_range range = {.size = 0};
    struct tov_revocation journal = {
        .key = sim_federation_agency(world->wire->federation, 0)->journal, .agency = 1, .size = 1};
    revoke_in("exports/a1", 1, 100, &root);
    check_own("the ledger", 4, "void", "checkpoint");
    root.bytes[0] ^= 1;
    revoke_in("exports/a1", 1, 100, &root);
    check_own("the ledger, with another root", 5, "revoked-root void", "checkpoint");
    tile = damage_read(dir, "journal/tile/0/000.p/2");
    UNIT_OK(tov_range_append(&range, (const struct tov_hash *)tile.data));
    tov_buf_fini(&tile);
    journal.root = tov_range_root(&range);
    revoke_by("exports/a1", &journal);
    check_own("the journal", 4, "void", "journal/checkpoint");
    journal.root.bytes[0] ^= 1;
    revoke_by("exports/a1", &journal);
    check_own("the journal, with another root", 5, "revoked-root void", "journal/checkpoint");
}

/* ---- ... by a roster that only the other export has ---- */

/* What is told of EXPORT of the world and of the copy together, or of EXPORT's ledger alone. */
static size_t count_between(const struct verdict *verdict, const char *name, const char *path)
{
    const json_t *findings = json_object_get(verdict->report, "findings"), *finding;
    size_t i, count = 0;
    json_array_foreach(findings, i, finding) count +=
        strcmp(verdict_text(finding, "code"), name) == 0 &&
        strcmp(verdict_text(finding, "path"), path) == 0 &&
        strstr(verdict_text(finding, "export"), " and ") != NULL;
    return count;
}

static struct verdict verdict_beside(const char *export)
{
    char roots[WORLD_PATH_SIZE], other[WORLD_PATH_SIZE];
    world_path(world, roots, "roots");
    world_path(world, other, "%s", export);
    return verdict_of(world, roots, (const char *const[]){other, dir, NULL});
}

static void an_export_without_the_roster_that_revokes_is_judged_by_the_others(void)
{
    struct tov_hash root = true_root(100);
    revoke_in(HOLDER, 1, 100, &root);
    struct verdict verdict = verdict_beside("exports/a1");
    UNIT_EQUAL_INT(verdict.code, 4);
    UNIT_EQUAL_INT(count_between(&verdict, "void", "checkpoint"), 1);
    verdict_fini(&verdict);
    verdict = verdict_beside("exports/a2");
    UNIT_EQUAL_INT(count_between(&verdict, "void", "checkpoint"), 0);
    UNIT_EQUAL_INT(count_between(&verdict, "void", "mirror/1/1/entries"), 1);
    verdict_fini(&verdict);
    root.bytes[0] ^= 1;
    revoke_in(HOLDER, 1, 100, &root);
    verdict = verdict_beside("exports/a1");
    UNIT_EQUAL_INT(verdict.code, 5);
    UNIT_EQUAL_INT(count_between(&verdict, "revoked-root", "checkpoint"), 1);
    verdict_fini(&verdict);
}

/* ---- a witness's key that changed ---- */

/* Its new key is in the newest roster; what it cosigned before it did with the one before. */
static void what_a_witness_cosigned_with_its_former_key_stays_good(void)
{
    static const struct tov_key seed = {{8}};
    struct tov_roster_facts facts = *tov_roster_facts(world->wire->federation->roster);
    struct tov_agency agencies[WORLD_AGENCIES];
    uint8_t secret[64];
    UNIT_NEED(facts.agency_count == WORLD_AGENCIES);
    memcpy(agencies, facts.agencies, sizeof agencies);
    facts.agencies = agencies;
    sim_secret_of(&seed, secret);
    UNIT_OK(tov_vkey_make(tov_bytes_of_text(agencies[1].witness.name), TOV_VKEY_COSIGNATURE,
                          secret + 32, &agencies[1].witness));
    put_next_roster("exports/a1", facts);
    check(0, "", "signed by the former key");
    damage_letter(dir, "cosignatures", -10);
    damage_reseal(dir);
    check(3, "cosignature", "signed by none of them");
}

/* As revoke_by, but both rosters of the copy are signed by a root key that somebody made up. */
static void revoke_by_nobody(const struct tov_revocation *revocation)
{
    static const struct tov_key seed = {{7}};
    struct tov_roster_facts facts = *tov_roster_facts(world->wire->federation->roster);
    struct tov_vkey root;
    char path[32];
    uint8_t secret[64];
    sim_secret_of(&seed, secret);
    UNIT_OK(tov_vkey_make(tov_bytes_of_text(facts.roots[0].name), TOV_VKEY_ED25519, secret + 32,
                          &root));
    facts.roots = &root;
    damage_copy(world, HOLDER, "copy", dir);
    for (; facts.version <= 2; facts.version++) {
        TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TOV_ROSTER_MAX_BYTES);
        TOV_CLEANUP(tov_buf_fini) struct tov_buf note = TOV_BUF_INIT(TOV_ROSTER_MAX_BYTES);
        tov_roster_format(&facts, &text);
        UNIT_OK(tov_note_put_text(&note, tov_buf_view(&text)));
        tov_note_sign(&note, tov_buf_view(&text), &root, secret);
        (void)snprintf(path, sizeof path, "roster/%u", (unsigned)facts.version);
        damage_write(dir, path, tov_buf_view(&note));
        facts.previous = tov_sha256(tov_buf_view(&text));
        facts.revocations = revocation;
        facts.revocation_count = 1;
    }
    damage_reseal(dir);
}

static void a_roster_of_roots_that_nobody_knows_revokes_nothing_of_others(void)
{
    char other[WORLD_PATH_SIZE];
    struct tov_revocation revocation = {
        .key = sim_federation_agency(world->wire->federation, 0)->ledger,
        .agency = 1,
        .size = 100,
        .root = hash_of(9)};
    revoke_by_nobody(&revocation);
    world_path(world, other, "exports/a1");
    struct verdict verdict = verdict_of(world, NULL, (const char *const[]){other, dir, NULL});
    UNIT_EQUAL_INT(count_between(&verdict, "rosters-differ", "roster/1"), 1);
    UNIT_EQUAL_INT(count_between(&verdict, "void", "checkpoint"), 0);
    UNIT_EQUAL_INT(count_between(&verdict, "revoked-root", "checkpoint"), 0);
    CU_ASSERT(verdict_has(&verdict, "revoked-root")); /* of the copy alone, by its own rosters */
    verdict_fini(&verdict);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_proof_names_who_signed_two_histories),
        UNIT_TEST(both_notes_stand_in_the_report_line_by_line),
        UNIT_TEST(a_proof_is_not_crowded_out),
        UNIT_TEST(what_proves_nothing_accuses_nobody),
        UNIT_TEST(a_file_that_is_none_is_damage),
        UNIT_TEST(what_is_held_above_a_revocation_is_void),
        UNIT_TEST(a_revocation_inside_a_skipped_run_is_compared_or_said_to_be_unseen),
        UNIT_TEST(what_is_shown_above_a_revocation_is_void),
        UNIT_TEST(an_export_without_the_roster_that_revokes_is_judged_by_the_others),
        UNIT_TEST(what_a_witness_cosigned_with_its_former_key_stays_good),
        UNIT_TEST(a_roster_of_roots_that_nobody_knows_revokes_nothing_of_others),
    };
    world = world_create("audit-forks");
    int code = unit_run("audit_forks", tests, sizeof tests / sizeof tests[0]);
    world_destroy(world);
    return code;
}
