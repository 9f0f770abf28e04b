/* SPDX-License-Identifier: EUPL-1.2
 *
 * A small log made by our code, read by tests/support/goverify: Go's implementation of the same
 * formats, which shares no code with ours.
 */
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "merkle/checkpoint.h"
#include "merkle/range.h"
#include "merkle/tile.h"
#include "merkle/tree.h"
#include "model.h"
#include "support/command.h"
#include "support/goverify.h"
#include "support/unit.h"

#define SIZE 700 /* two full tiles and a partial one */
#define OLD_SIZE 300
#define ORIGIN "infohus-demo/kk/1"
#define JOURNAL ORIGIN "/journal/1"

static char folder[512];
static char verifier[GOVERIFY_PATH_SIZE];

/* DIR/PATH with the folders above it. */
static void write_file(const char *dir, const char *path, struct tov_bytes content)
{
    char name[1024];
    (void)snprintf(name, sizeof name, "%s/%s", dir, path);
    for (char *slash = strchr(name + strlen(folder) + 1, '/'); slash != NULL;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        (void)mkdir(name, 0700);
        *slash = '/';
    }
    FILE *file = fopen(name, "wb");
    UNIT_NEED(file != NULL);
    UNIT_NEED(fwrite(content.data, 1, content.size, file) == content.size && fclose(file) == 0);
}

/* The hashes of each tile level, as appends tell of them. */
struct levels {
    struct tov_hash hashes[2][SIZE];
};

static void keep_node(void *ctx, struct tov_subtree at, const struct tov_hash *hash)
{
    struct levels *levels = ctx;
    if (at.level % TOV_TILE_HEIGHT == 0)
        levels->hashes[at.level / TOV_TILE_HEIGHT][at.index] = *hash;
}

static size_t make_leaf(size_t index, char leaf[32])
{
    return (size_t)snprintf(leaf, 32, "leaf number %zu", index);
}

static void write_tiles(const char *dir, const struct levels *levels)
{
    char path[TOV_TILE_PATH_SIZE];
    for (unsigned level = 0; level < 2; level++) {
        unsigned width = 0;
        for (uint64_t i = 0; (width = tov_tile_width(SIZE, level, i)) > 0; i++) {
            tov_tile_path((struct tov_tile){level, i, width}, path);
            write_file(dir, path,
                       (struct tov_bytes){levels->hashes[level][i * TOV_TILE_WIDTH].bytes,
                                          (size_t)width * TOV_HASH_BYTES});
        }
    }
}

/* Every fiftieth leaf was erased. */
static void write_leaves(const char *dir)
{
    unsigned width = 0;
    for (uint64_t i = 0; (width = tov_tile_width(SIZE, 0, i)) > 0; i++) {
        struct tov_buf bundle = TOV_BUF_INIT(1 << 20);
        char path[TOV_TILE_PATH_SIZE], leaf[32];
        for (size_t at = (size_t)i * TOV_TILE_WIDTH; at < i * TOV_TILE_WIDTH + width; at++) {
            size_t size = at % 50 == 49 ? 0 : make_leaf(at, leaf);
            tov_bundle_put(&bundle, (struct tov_bytes){(uint8_t *)leaf, size});
        }
        tov_bundle_path(i, width, path);
        write_file(dir, path, tov_buf_view(&bundle));
        tov_buf_fini(&bundle);
    }
}

static void write_checkpoint(const char *dir, const char *name, const struct model_key *key,
                             const struct tov_checkpoint *checkpoint)
{
    struct model_key witness = model_key("krfo-witness", TOV_VKEY_COSIGNATURE, 3);
    struct tov_buf note = TOV_BUF_INIT(TOV_NOTE_MAX_BYTES);
    struct tov_cosignature cosignature;
    uint8_t signature[64];
    tov_checkpoint_sign(checkpoint, key->secret, signature);
    tov_checkpoint_put_note(&note, checkpoint, &key->vkey, signature);
    UNIT_NEED(tov_checkpoint_cosign(checkpoint, 1625486400, witness.secret, &cosignature) ==
              TOV_OK);
    tov_checkpoint_put_cosignature(&note, &witness.vkey, &cosignature);
    write_file(dir, name, tov_buf_view(&note));
    tov_buf_fini(&note);
}

static void write_log(const char *dir, const char *origin, const struct model_key *key)
{
    static struct levels levels;
    struct tov_range range = {0};
    struct tov_node_sink sink = {&levels, keep_node};
    struct tov_checkpoint checkpoint;
    char leaf[32];
    for (size_t i = 0; i < SIZE; i++) {
        size_t size = make_leaf(i, leaf);
        struct tov_hash hash = tov_merkle_leaf_hash((struct tov_bytes){(uint8_t *)leaf, size});
        UNIT_NEED(tov_range_append_noting(&range, 0, &hash, &sink) == TOV_OK);
        if (i + 1 != OLD_SIZE && i + 1 != SIZE)
            continue;
        struct tov_hash root = tov_range_root(&range);
        UNIT_NEED(tov_checkpoint_make(tov_bytes_of_text(origin), i + 1, &root, &checkpoint) ==
                  TOV_OK);
        write_checkpoint(dir, i + 1 == SIZE ? "checkpoint" : "old", key, &checkpoint);
    }
    checkpoint.size = OLD_SIZE; /* with the root of another size: another history */
    write_checkpoint(dir, "fork", key, &checkpoint);
    write_tiles(dir, &levels);
    write_leaves(dir);
}

static void format_key(const struct tov_vkey *key, char out[TOV_VKEY_TEXT_MAX + 1])
{
    struct tov_buf text = TOV_BUF_INIT(TOV_VKEY_TEXT_MAX + 1);
    tov_vkey_format(key, &text);
    UNIT_NEED(text.failed == TOV_OK && text.size <= TOV_VKEY_TEXT_MAX);
    memcpy(out, text.data, text.size);
    out[text.size] = '\0';
    tov_buf_fini(&text);
}

/* Runs the verifier on DIR of the folder, with OLD (or NULL) as an older checkpoint there. */
static int verify(const char *sub, const struct model_key *key, const char *old)
{
    struct tov_vkey witness = model_key("krfo-witness", TOV_VKEY_COSIGNATURE, 3).vkey;
    char dir[600], file[700], log_text[TOV_VKEY_TEXT_MAX + 1], witness_text[TOV_VKEY_TEXT_MAX + 1];
    (void)snprintf(dir, sizeof dir, "%s/%s", folder, sub);
    (void)snprintf(file, sizeof file, "%s/%s", dir, old == NULL ? "checkpoint" : old);
    format_key(&key->vkey, log_text);
    format_key(&witness, witness_text);
    const char *const words[] = {verifier, "-witness", witness_text, "-old",
                                 file,     dir,        log_text,     NULL};
    return command_run(words, NULL);
}

static struct model_key log_key(void)
{
    return model_key(ORIGIN, TOV_VKEY_ED25519, 1);
}
static struct model_key journal_key(void)
{
    return model_key(JOURNAL, TOV_VKEY_ED25519, 2);
}

static void an_export_of_ours_verifies_and_so_does_its_journal(void)
{
    struct model_key log = log_key(), journal = journal_key();
    UNIT_EQUAL_INT(verify("export", &log, NULL), 0);
    UNIT_EQUAL_INT(verify("export/journal", &journal, NULL), 0);
}

static void an_older_checkpoint_is_a_prefix_and_a_fork_is_not(void)
{
    struct model_key log = log_key();
    UNIT_EQUAL_INT(verify("export", &log, "old"), 0);
    UNIT_EQUAL_INT(verify("export", &log, "fork"), 1);
}

static void another_key_does_not_verify(void)
{
    struct model_key other = model_key(ORIGIN, TOV_VKEY_ED25519, 4), journal = journal_key();
    UNIT_EQUAL_INT(verify("export", &other, NULL), 1);
    UNIT_EQUAL_INT(verify("export", &journal, NULL), 1);
}

static void flip(const char *path, long at)
{
    char name[700];
    (void)snprintf(name, sizeof name, "%s/export/%s", folder, path);
    FILE *file = fopen(name, "r+b");
    UNIT_NEED(file != NULL && fseek(file, at, SEEK_SET) == 0);
    int byte = fgetc(file);
    UNIT_NEED(byte != EOF && fseek(file, at, SEEK_SET) == 0);
    UNIT_NEED(fputc(byte ^ 1, file) != EOF && fclose(file) == 0);
}

static void one_flipped_bit_in_any_file_is_found(void)
{
    static const struct {
        const char *path;
        long at;
    } places[] = {
        {"checkpoint", 3},          {"checkpoint", 25},
        {"checkpoint", 120},        {"checkpoint", 280},
        {"tile/0/000", 0},          {"tile/0/001", 8191},
        {"tile/0/002.p/188", 6015}, {"tile/1/000.p/2", 63},
        {"leaves/000", 1},          {"leaves/000", 5},
        {"leaves/002.p/188", 17},   {"tile/0/000", 49 * 32}, /* the hash of an erased leaf */
    };
    struct model_key log = log_key();
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        flip(places[i].path, places[i].at);
        UNIT_EQUAL_INT(verify("export", &log, NULL), 1);
        flip(places[i].path, places[i].at);
    }
    UNIT_EQUAL_INT(verify("export", &log, NULL), 0);
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *at)
{
    (void)info, (void)type, (void)at;
    return remove(path);
}

static int run_tests(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(an_export_of_ours_verifies_and_so_does_its_journal),
        UNIT_TEST(an_older_checkpoint_is_a_prefix_and_a_fork_is_not),
        UNIT_TEST(another_key_does_not_verify),
        UNIT_TEST(one_flipped_bit_in_any_file_is_found),
    };
    struct model_key log = log_key(), journal = journal_key();
    char dir[600];
    (void)snprintf(dir, sizeof dir, "%s/export", folder);
    write_log(dir, ORIGIN, &log);
    (void)snprintf(dir, sizeof dir, "%s/export/journal", folder);
    write_log(dir, JOURNAL, &journal);
    return unit_run("merkle/goverify", tests, sizeof tests / sizeof tests[0]);
}

int main(void)
{
    const char *parent = getenv("TOV_TEST_TMP");
    if (!goverify_is_there())
        return unit_skip("Go verifier (" GOVERIFY_PACKAGES ")");
    (void)snprintf(folder, sizeof folder, "%s/goverify-XXXXXX", parent == NULL ? "/tmp" : parent);
    UNIT_NEED(mkdtemp(folder) != NULL);
    UNIT_NEED(goverify_build(folder, verifier));
    int verdict = run_tests();
    (void)nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return verdict;
}
