/* SPDX-License-Identifier: EUPL-1.2
 *
 * Exports of real nodes, read by tests/support/goverify: Go's implementation of transparency logs,
 * which shares no code with Tov. The keys are the federation's, not those in the export.
 */
#include "damage.h"
#include "forge.h"

#include "merkle/checkpoint.h"
#include "support/command.h"
#include "support/goverify.h"
#include "support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_MAX 512u

static struct world *world;
static char verifier[GOVERIFY_PATH_SIZE];
static char dir[WORLD_PATH_SIZE];

static char *key_text(const struct tov_vkey *key)
{
    struct tov_buf text = TOV_BUF_INIT(TOV_VKEY_TEXT_MAX + 1);
    tov_vkey_format(key, &text);
    tov_buf_put_u8(&text, 0);
    UNIT_NEED(text.failed == TOV_OK);
    return (char *)text.data;
}

/* ---- one run ---- */

struct command {
    size_t count;
    const char *words[WORDS_MAX];
    char *owned[WORDS_MAX];
};

/* TEXT becomes the command's. */
static void add(struct command *command, const char *option, char *text)
{
    UNIT_NEED(command->count + 4 < WORDS_MAX && text != NULL);
    if (option != NULL)
        command->words[command->count++] = option;
    command->owned[command->count] = text;
    command->words[command->count++] = text;
}

/* Runs it on the log of LOG in `dir`; COMMAND may hold options by now. Its exit code. */
static int finish(struct command *command, const struct forge_log *log)
{
    char output[WORLD_PATH_SIZE], path[2 * WORLD_PATH_SIZE];
    world_path(world, output, "output");
    (void)snprintf(path, sizeof path, "%s/%s", dir, log->prefix);
    add(command, NULL, strdup(path));
    add(command, NULL, key_text(&log->key));
    int code = command_run(command->words, output);
    for (size_t i = 0; i < WORDS_MAX; i++)
        free(command->owned[i]);
    free(command);
    return code;
}

static struct command *begin(void)
{
    struct command *command = calloc(1, sizeof *command);
    UNIT_NEED(command != NULL);
    command->words[command->count++] = verifier;
    return command;
}

static int verify(const struct forge_log *log)
{
    return finish(begin(), log);
}

/* ---- older checkpoints ---- */

struct lines {
    struct tov_buf text;
    struct tov_reader rest;
};

static void read_lines(const char *path, struct lines *out)
{
    out->text = damage_read(dir, path);
    out->rest = tov_reader_of(tov_buf_view(&out->text));
}

static bool next_line(struct lines *lines, struct tov_bytes *out)
{
    if (lines->rest.left == 0)
        return false;
    const uint8_t *end = memchr(lines->rest.at, '\n', lines->rest.left);
    UNIT_NEED(end != NULL);
    *out = tov_read_bytes(&lines->rest, (size_t)(end - lines->rest.at));
    (void)tov_read_u8(&lines->rest);
    return true;
}

/* The witnesses' words on the size of CHECKPOINT, as lines of its note; how many there are. */
static size_t put_cosignatures(const struct tov_checkpoint *checkpoint, struct tov_buf *note)
{
    struct lines lines;
    struct tov_bytes line;
    size_t count = 0;
    read_lines("cosignatures", &lines);
    while (next_line(&lines, &line)) {
        struct tov_export_cosignature value;
        UNIT_NEED(tov_export_parse_cosignature(line, &value) == TOV_OK);
        const struct tov_agency *witness =
            sim_federation_agency(world->wire->federation, (size_t)value.witness - 1);
        if (value.size != checkpoint->size)
            continue;
        struct tov_cosignature cosignature = {.time_s = value.time_s};
        memcpy(cosignature.signature, value.signature, sizeof cosignature.signature);
        tov_checkpoint_put_cosignature(note, &witness->witness, &cosignature);
        count++;
    }
    tov_buf_fini(&lines.text);
    return count;
}

/* The whole note of one line of `signatures`, in a file of the world. */
static char *write_note(const struct forge_log *log, const struct tov_export_signed *value,
                        size_t *cosignatures)
{
    struct tov_buf note = TOV_BUF_INIT(TOV_NOTE_MAX_BYTES);
    struct tov_checkpoint checkpoint;
    char path[WORLD_PATH_SIZE];
    UNIT_NEED(tov_checkpoint_make(tov_bytes_of_text(log->key.name), value->size, &value->root,
                                  &checkpoint) == TOV_OK);
    tov_checkpoint_put_note(&note, &checkpoint, &log->key, value->signature);
    if (*log->prefix == '\0')
        *cosignatures += put_cosignatures(&checkpoint, &note);
    UNIT_NEED(note.failed == TOV_OK);
    world_path(world, path, "note-%llu", (unsigned long long)value->size);
    FILE *file = fopen(path, "wb");
    UNIT_NEED(file != NULL && fwrite(note.data, 1, note.size, file) == note.size);
    UNIT_NEED(fclose(file) == 0);
    tov_buf_fini(&note);
    return strdup(path);
}

/* Every size that was signed, as an older checkpoint. */
static int verify_all_signed(const struct forge_log *log, size_t *out_cosignatures)
{
    struct command *command = begin();
    struct lines lines;
    struct tov_bytes line;
    char path[TOV_EXPORT_PATH_SIZE];
    size_t count = 0;
    (void)snprintf(path, sizeof path, "%ssignatures", log->prefix);
    read_lines(path, &lines);
    *out_cosignatures = 0;
    for (; next_line(&lines, &line); count++) {
        struct tov_export_signed value;
        UNIT_NEED(tov_export_parse_signed(line, &value) == TOV_OK);
        add(command, "-old", write_note(log, &value, out_cosignatures));
    }
    tov_buf_fini(&lines.text);
    UNIT_NEED(count > 0);
    for (size_t i = 0; i<WORLD_AGENCIES && * out_cosignatures> 0; i++) {
        const struct tov_agency *agency = sim_federation_agency(world->wire->federation, i);
        if (strncmp(agency->ledger.name, log->key.name, strlen(log->key.name)) != 0)
            add(command, "-witness", key_text(&agency->witness));
    }
    return finish(command, log);
}

/* ---- tests ---- */

static void copy_fresh(size_t agency)
{
    char from[32];
    (void)snprintf(from, sizeof from, "exports/a%zu", agency + 1);
    damage_copy(world, from, "copy", dir);
}

static void ledgers_and_journals_of_real_nodes_verify(void)
{
    for (size_t i = 0; i < WORLD_AGENCIES; i++) {
        struct forge_log ledger = forge_ledger(world, i), journal = forge_journal(world, i);
        copy_fresh(i);
        UNIT_EQUAL_INT(verify(&ledger), 0);
        UNIT_EQUAL_INT(verify(&journal), 0);
    }
}

static void every_signed_size_is_a_prefix_and_the_witnesses_signed_their_anchors(void)
{
    struct forge_log ledger = forge_ledger(world, 0), journal = forge_journal(world, 0);
    size_t cosignatures = 0;
    copy_fresh(0);
    UNIT_EQUAL_INT(verify_all_signed(&ledger, &cosignatures), 0);
    UNIT_EQUAL_INT(cosignatures >= WORLD_AGENCIES - 1, 1);
    UNIT_EQUAL_INT(verify_all_signed(&journal, &cosignatures), 0);
    damage_flip(dir, "cosignatures", -10, 0);
    UNIT_EQUAL_INT(verify_all_signed(&ledger, &cosignatures), 1);
    copy_fresh(0);
    damage_flip(dir, "signatures", -10, 0);
    UNIT_EQUAL_INT(verify_all_signed(&ledger, &cosignatures), 1);
}

static void another_agency_key_does_not_verify(void)
{
    struct forge_log ledger = forge_ledger(world, 0), other = forge_ledger(world, 1);
    copy_fresh(0);
    UNIT_EQUAL_INT(verify(&other), 1);
    memcpy(other.key.name, ledger.key.name, sizeof other.key.name);
    UNIT_EQUAL_INT(verify(&other), 1);
}

#define FLIPS 4u /* of each file, evenly over it */

struct sweep {
    const char *folder;
    const struct forge_log *log;
    size_t files;
};

/* Only what the log itself is made of. */
static void flip_in(void *context, const char *path)
{
    struct sweep *sweep = context;
    char said[WORLD_PATH_SIZE];
    if (strncmp(path, sweep->folder, strlen(sweep->folder)) != 0)
        return;
    struct tov_buf content = damage_read(dir, path);
    sweep->files++;
    for (unsigned i = 0; i < FLIPS; i++) {
        long at = (long)(content.size * (2 * i + 1) / (2 * FLIPS));
        (void)snprintf(said, sizeof said, "byte %ld of %s", at, path);
        damage_flip(dir, path, at, 0);
        unit_equal_int(verify(sweep->log), 1, said, __FILE__, __LINE__);
        damage_write(dir, path, tov_buf_view(&content));
    }
    tov_buf_fini(&content);
}

static void one_flipped_bit_in_any_file_of_a_log_is_found(void)
{
    struct forge_log ledger = forge_ledger(world, 0), journal = forge_journal(world, 0);
    struct sweep sweeps[] = {
        {"checkpoint", &ledger, 0},     {"tile/", &ledger, 0},
        {"leaves/", &ledger, 0},        {"journal/checkpoint", &journal, 0},
        {"journal/tile/", &journal, 0}, {"journal/leaves/", &journal, 0},
    };
    copy_fresh(0);
    for (size_t i = 0; i < sizeof sweeps / sizeof sweeps[0]; i++) {
        damage_each(dir, flip_in, &sweeps[i]);
        unit_equal_int(sweeps[i].files > 0, 1, sweeps[i].folder, __FILE__, __LINE__);
    }
    UNIT_EQUAL_INT(verify(&ledger), 0);
    UNIT_EQUAL_INT(verify(&journal), 0);
}

static void the_signature_of_the_checkpoint_is_checked(void)
{
    struct forge_log ledger = forge_ledger(world, 0);
    copy_fresh(0);
    damage_flip(dir, "checkpoint", -20, 0);
    UNIT_EQUAL_INT(verify(&ledger), 1);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(ledgers_and_journals_of_real_nodes_verify),
        UNIT_TEST(every_signed_size_is_a_prefix_and_the_witnesses_signed_their_anchors),
        UNIT_TEST(another_agency_key_does_not_verify),
        UNIT_TEST(one_flipped_bit_in_any_file_of_a_log_is_found),
        UNIT_TEST(the_signature_of_the_checkpoint_is_checked),
    };
    if (!goverify_is_there())
        return unit_skip("Go verifier (" GOVERIFY_PACKAGES ")");
    world = world_create("audit-goverify");
    UNIT_NEED(goverify_build(world->folder, verifier));
    int code = unit_run("audit_goverify", tests, sizeof tests / sizeof tests[0]);
    world_destroy(world);
    return code;
}
