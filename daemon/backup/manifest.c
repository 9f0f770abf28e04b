/* SPDX-License-Identifier: EUPL-1.2 */
#include "backup/manifest.h"

#include "base/hex.h"
#include "base/time.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char first_word[] = "tov-backup v";
static const char last_word[] = "manifest ";
static const size_t last_line_size = sizeof last_word - 1 + (size_t)2 * TOV_HASH_BYTES;

/* ---- files ---- */

enum tov_err tov_backup_files_add(struct tov_backup_files *files, const char *path,
                                  const struct tov_hash *hash, uint64_t size)
{
    if (files->count == files->capacity) {
        size_t capacity = files->capacity == 0 ? 64 : files->capacity * 2;
        struct tov_backup_file *items = realloc(files->items, capacity * sizeof *items);
        if (items == NULL)
            return TOV_E_NOMEM;
        files->items = items;
        files->capacity = capacity;
    }
    char *copy = strdup(path);
    if (copy == NULL)
        return TOV_E_NOMEM;
    files->items[files->count++] = (struct tov_backup_file){*hash, size, copy};
    return TOV_OK;
}

static int compare_files(const void *a, const void *b)
{
    return strcmp(((const struct tov_backup_file *)a)->path,
                  ((const struct tov_backup_file *)b)->path);
}

void tov_backup_files_sort(struct tov_backup_files *files)
{
    if (files->count > 0)
        qsort(files->items, files->count, sizeof *files->items, compare_files);
}

static int compare_path(const void *path, const void *file)
{
    return strcmp(path, ((const struct tov_backup_file *)file)->path);
}

const struct tov_backup_file *tov_backup_files_find(const struct tov_backup_files *files,
                                                    const char *path)
{
    if (files->count == 0)
        return NULL;
    return bsearch(path, files->items, files->count, sizeof *files->items, compare_path);
}

uint64_t tov_backup_files_bytes(const struct tov_backup_files *files)
{
    uint64_t bytes = 0;
    for (size_t i = 0; i < files->count; i++)
        bytes += files->items[i].size;
    return bytes;
}

void tov_backup_files_fini(struct tov_backup_files *files)
{
    for (size_t i = 0; i < files->count; i++)
        free(files->items[i].path);
    free(files->items);
    *files = (struct tov_backup_files){.items = NULL};
}

void tov_backup_manifest_fini(struct tov_backup_manifest *manifest)
{
    tov_backup_files_fini(&manifest->files);
}

/* ---- writing ---- */

static void put_tree(struct tov_buf *out, const char *name, const struct tov_backup_tree *tree)
{
    tov_buf_put_format(out, "%s-key ", name);
    tov_vkey_format(&tree->key, out);
    tov_buf_put_format(out, "\n%s %llu ", name, (unsigned long long)tree->size);
    tov_buf_put_base64(out, TOV_BYTES_OF(tree->root.bytes));
    tov_buf_put_format(out, " signed %llu\n", (unsigned long long)tree->signed_size);
}

static void put_about(struct tov_buf *out, const struct tov_backup_about *about)
{
    char made[TOV_TIME_TEXT_SIZE];
    tov_time_format(about->made_ms, made);
    tov_buf_put_format(out, "%s%u\nfederation %s\nagency %u %s\ngeneration %u\n", first_word,
                       TOV_BACKUP_VERSION, about->federation, about->agency, about->agency_name,
                       about->generation);
    tov_buf_put_format(out, "made %s\nsoftware %s\nstore-format %u\n", made, about->software,
                       about->store_format);
    put_tree(out, "ledger", &about->ledger);
    put_tree(out, "journal", &about->journal);
    tov_buf_put_format(out, "messages %llu %llu\nabsent %llu\nkeyless %llu\n",
                       (unsigned long long)about->own_messages,
                       (unsigned long long)about->peer_messages, (unsigned long long)about->absent,
                       (unsigned long long)about->keyless);
}

static void put_files(struct tov_buf *out, const struct tov_backup_files *files)
{
    tov_buf_put_format(out, "files %zu\n", files->count);
    for (size_t i = 0; i < files->count; i++) {
        const struct tov_backup_file *file = &files->items[i];
        struct tov_export_file line = {file->hash, file->size, tov_bytes_of_text(file->path)};
        tov_export_put_file(out, &line);
    }
}

void tov_backup_manifest_put(struct tov_buf *out, const struct tov_backup_manifest *manifest)
{
    char hex[(size_t)2 * TOV_HASH_BYTES + 1];
    assert(out->size == 0);
    put_about(out, &manifest->about);
    put_files(out, &manifest->files);
    if (out->failed != TOV_OK)
        return;
    struct tov_hash hash = tov_sha256(tov_buf_view(out));
    tov_hex_encode(TOV_BYTES_OF(hash.bytes), hex);
    tov_buf_put_format(out, "%s%s\n", last_word, hex);
}

/* ---- reading ---- */

struct parser {
    struct tov_bytes left;
    unsigned line;
    struct tov_error *error;
};

static enum tov_err wrong(struct parser *parser)
{
    return tov_fail(parser->error, TOV_E_CORRUPT,
                    "manifest, line %u: not what a backup of this format has there", parser->line);
}

static bool take_line(struct parser *parser, struct tov_bytes *out_line)
{
    const uint8_t *end =
        parser->left.size == 0 ? NULL : memchr(parser->left.data, '\n', parser->left.size);
    if (end == NULL)
        return false;
    size_t size = (size_t)(end - parser->left.data);
    *out_line = (struct tov_bytes){parser->left.data, size};
    parser->left.data += size + 1;
    parser->left.size -= size + 1;
    parser->line++;
    return true;
}

static bool skip_text(struct tov_bytes *at, const char *text)
{
    struct tov_bytes wanted = tov_bytes_of_text(text);
    if (at->size < wanted.size ||
        !tov_bytes_equal((struct tov_bytes){at->data, wanted.size}, wanted))
        return false;
    *at = (struct tov_bytes){at->data + wanted.size, at->size - wanted.size};
    return true;
}

/* The rest of the next line, which begins with NAME and a space. */
static bool take_field(struct parser *parser, const char *name, struct tov_bytes *out_value)
{
    return take_line(parser, out_value) && skip_text(out_value, name) && skip_text(out_value, " ");
}

/* Up to the next space, which is taken too, or to the end. A space at the end is left over. */
static struct tov_bytes take_word(struct tov_bytes *at)
{
    const uint8_t *space = at->size == 0 ? NULL : memchr(at->data, ' ', at->size);
    size_t size = space == NULL ? at->size : (size_t)(space - at->data);
    struct tov_bytes word = {at->data, size};
    size_t taken = space == NULL || size + 1 == at->size ? size : size + 1;
    *at = (struct tov_bytes){at->data + taken, at->size - taken};
    return word;
}

static bool take_number(struct tov_bytes *at, uint64_t limit, uint64_t *out)
{
    return tov_decimal_decode(take_word(at), out) == TOV_OK && *out <= limit;
}

static bool copy_text(struct tov_bytes text, char *out, size_t size)
{
    if (text.size == 0 || text.size >= size)
        return false;
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] <= ' ' || text.data[i] > '~')
            return false;
    }
    memcpy(out, text.data, text.size);
    out[text.size] = '\0';
    return true;
}

static bool take_tree(struct parser *parser, const char *name, struct tov_backup_tree *tree)
{
    char key_name[16];
    struct tov_bytes value;
    size_t size = 0;
    (void)snprintf(key_name, sizeof key_name, "%s-key", name);
    return take_field(parser, key_name, &value) &&
           tov_vkey_parse(value, &tree->key, NULL) == TOV_OK && take_field(parser, name, &value) &&
           take_number(&value, INT64_MAX, &tree->size) &&
           tov_base64_decode(take_word(&value), tree->root.bytes, sizeof tree->root.bytes, &size) ==
               TOV_OK &&
           size == sizeof tree->root.bytes && skip_text(&value, "signed ") &&
           take_number(&value, tree->size, &tree->signed_size) && value.size == 0;
}

static bool take_identity(struct parser *parser, struct tov_backup_about *about)
{
    struct tov_bytes value;
    uint64_t agency, generation, format;
    if (!take_field(parser, "federation", &value) ||
        !copy_text(value, about->federation, sizeof about->federation) ||
        !take_field(parser, "agency", &value) || !take_number(&value, TOV_AGENCIES_MAX, &agency) ||
        !copy_text(value, about->agency_name, sizeof about->agency_name) ||
        !take_field(parser, "generation", &value) ||
        !take_number(&value, UINT32_MAX, &generation) || value.size != 0 ||
        !take_field(parser, "made", &value) || tov_time_parse(value, &about->made_ms) != TOV_OK ||
        !take_field(parser, "software", &value) ||
        !copy_text(value, about->software, sizeof about->software) ||
        !take_field(parser, "store-format", &value) || !take_number(&value, UINT32_MAX, &format) ||
        value.size != 0)
        return false;
    about->agency = (uint16_t)agency;
    about->generation = (uint32_t)generation;
    about->store_format = (uint32_t)format;
    return true;
}

/* A line of one number. */
static bool take_count(struct parser *parser, const char *name, uint64_t *out)
{
    struct tov_bytes value;
    return take_field(parser, name, &value) && take_number(&value, INT64_MAX, out) &&
           value.size == 0;
}

static bool take_about(struct parser *parser, struct tov_backup_about *about)
{
    struct tov_bytes value;
    return take_identity(parser, about) && take_tree(parser, "ledger", &about->ledger) &&
           take_tree(parser, "journal", &about->journal) &&
           take_field(parser, "messages", &value) &&
           take_number(&value, INT64_MAX, &about->own_messages) &&
           take_number(&value, INT64_MAX, &about->peer_messages) && value.size == 0 &&
           take_count(parser, "absent", &about->absent) &&
           take_count(parser, "keyless", &about->keyless);
}

static enum tov_err take_file(struct parser *parser, struct tov_backup_files *files)
{
    struct tov_bytes line;
    struct tov_export_file file;
    char path[TOV_EXPORT_PATH_SIZE];
    if (!take_line(parser, &line) || tov_export_parse_file(line, &file) != TOV_OK ||
        !copy_text(file.path, path, sizeof path))
        return wrong(parser);
    if (files->count > 0 && strcmp(files->items[files->count - 1].path, path) >= 0)
        return wrong(parser);
    return tov_backup_files_add(files, path, &file.hash, file.size);
}

static enum tov_err take_all(struct parser *parser, struct tov_backup_manifest *manifest)
{
    uint64_t count;
    if (!take_about(parser, &manifest->about) || !take_count(parser, "files", &count))
        return wrong(parser);
    for (uint64_t i = 0; i < count; i++)
        TOV_TRY(take_file(parser, &manifest->files));
    return TOV_OK;
}

/* The last line speaks of all that stands above it. */
static enum tov_err check_hash(struct tov_bytes text, struct tov_error *error)
{
    struct tov_hash said;
    if (text.size > last_line_size && text.data[text.size - 1] == '\n') {
        struct tov_bytes above = {text.data, text.size - last_line_size - 1};
        struct tov_bytes tail = {above.data + above.size, last_line_size};
        struct tov_hash made = tov_sha256(above);
        if (skip_text(&tail, last_word) &&
            tov_hex_decode(tail, said.bytes, sizeof said.bytes) == TOV_OK &&
            tov_hash_equal(&said, &made))
            return TOV_OK;
    }
    return tov_fail(error, TOV_E_CORRUPT,
                    "manifest: its last line is not the hash of the lines above: it was cut or "
                    "changed, so this backup is not whole");
}

static enum tov_err check_version(struct parser *parser)
{
    struct tov_bytes line;
    uint64_t version;
    if (!take_line(parser, &line) || !skip_text(&line, first_word) ||
        tov_decimal_decode(line, &version) != TOV_OK)
        return tov_fail(parser->error, TOV_E_CORRUPT, "manifest: not the manifest of a backup");
    if (version > TOV_BACKUP_VERSION)
        return tov_fail(parser->error, TOV_E_VERSION,
                        "manifest: a backup of format %llu, made by a newer tovd (this one knows "
                        "%u); use that version or a later one",
                        (unsigned long long)version, TOV_BACKUP_VERSION);
    return version == TOV_BACKUP_VERSION ? TOV_OK : wrong(parser);
}

enum tov_err tov_backup_manifest_parse(struct tov_bytes text,
                                       struct tov_backup_manifest *out_manifest,
                                       struct tov_error *error)
{
    struct parser parser = {.left = text, .error = error};
    struct tov_backup_manifest manifest = {.files = {.items = NULL}};
    TOV_TRY(check_version(&parser));
    TOV_TRY(check_hash(text, error));
    enum tov_err err = take_all(&parser, &manifest);
    struct tov_bytes line;
    /* Its hash was looked at, from the end: nothing may stand before it on its line. */
    if (err == TOV_OK &&
        (!take_line(&parser, &line) || line.size != last_line_size || parser.left.size != 0))
        err = wrong(&parser);
    if (err != TOV_OK) {
        tov_backup_manifest_fini(&manifest);
        return err;
    }
    *out_manifest = manifest;
    return TOV_OK;
}
