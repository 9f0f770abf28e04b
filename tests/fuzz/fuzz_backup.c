/* SPDX-License-Identifier: EUPL-1.2
 *
 * The manifest of a backup. What is read is written again as the same text; its last line, the hash
 * of all others, is put right here: it is what somebody could write who knows the format. The first
 * byte says whether it is.
 */
#include "fuzz.h"

#include "backup/manifest.h"
#include "base/hex.h"

#define MANIFEST_MAX_BYTES 65536u

static void seal(struct tov_buf *text)
{
    char hex[2 * TOV_HASH_BYTES + 1];
    struct tov_hash hash = tov_sha256(tov_buf_view(text));
    tov_hex_encode(TOV_BYTES_OF(hash.bytes), hex);
    tov_buf_put_format(text, "manifest %s\n", hex);
}

static void read_manifest(struct tov_bytes text)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf again = TOV_BUF_INIT(MANIFEST_MAX_BYTES);
    struct tov_backup_manifest manifest = {.files = {.items = NULL}};
    struct tov_error error = {.text = ""};
    enum tov_err err = tov_backup_manifest_parse(text, &manifest, &error);
    MUST(err == TOV_OK || err == TOV_E_CORRUPT || err == TOV_E_VERSION);
    if (err != TOV_OK) {
        MUST(error.text[0] != '\0' && manifest.files.items == NULL);
        return;
    }
    tov_backup_manifest_put(&again, &manifest);
    fuzz_must_equal(&again, text);
    for (size_t i = 0; i < manifest.files.count; i++) {
        const struct tov_backup_file *file = &manifest.files.items[i];
        MUST(tov_backup_files_find(&manifest.files, file->path) == file);
        MUST(strchr("./", file->path[0]) == NULL && strstr(file->path, "/.") == NULL);
    }
    tov_backup_manifest_fini(&manifest);
}

static void try_as_it_is(struct tov_bytes bytes)
{
    read_manifest(bytes);
}

static void try_sealed(struct tov_bytes bytes)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(MANIFEST_MAX_BYTES);
    tov_buf_put_bytes(&text, bytes);
    seal(&text);
    if (text.failed == TOV_OK)
        read_manifest(tov_buf_view(&text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static fuzz_attempt *const attempts[] = {try_as_it_is, try_sealed};
    return fuzz_choose(attempts, sizeof attempts / sizeof attempts[0], data, size);
}
