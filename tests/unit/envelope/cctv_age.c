/* SPDX-License-Identifier: EUPL-1.2
 *
 * The STREAM cases of CCTV's age vectors, one file each, as scripts/setup puts them into
 * build/vectors/cctv-age (TOV_CCTV_AGE names another folder). A case is "name: value" lines, an
 * empty line and an age file, packed by zlib where a line says so; the age file's payload is a
 * 16-byte nonce and a STREAM under HKDF(file key, nonce, "payload").
 */
#include "base/hex.h"
#include "envelope/stream.h"

#include "envelope/envelope_support.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#define FOLDER "build/vectors/cctv-age"
#define CASE_LIMIT (20u << 20)
#define NONCE_BYTES 16

static const char *folder; /* where the cases are */
static int opened, refused;

struct age_case {
    struct tov_bytes file;
    const char *expect;
    const char *compressed;
    const char *armored;
    const char *payload;
    const char *file_key;
};

static uint8_t *read_case(const char *name, size_t *out_size)
{
    char path[1024];
    UNIT_NEED(snprintf(path, sizeof path, "%s/%s", folder, name) < (int)sizeof path);
    FILE *in = fopen(path, "rb");
    UNIT_NEED(in != NULL);
    uint8_t *bytes = malloc(CASE_LIMIT);
    UNIT_NEED(bytes != NULL);
    *out_size = fread(bytes, 1, CASE_LIMIT, in);
    UNIT_NEED(feof(in) && *out_size > 0);
    (void)fclose(in);
    return bytes;
}

/* Cuts the lines before the empty line into names and values, in place. */
static struct age_case split_case(uint8_t *bytes, size_t size)
{
    struct age_case out = {.compressed = "", .armored = "", .payload = "", .file_key = ""};
    const struct {
        const char *name;
        const char **value;
    } fields[] = {{"expect: ", &out.expect},
                  {"compressed: ", &out.compressed},
                  {"armored: ", &out.armored},
                  {"payload: ", &out.payload},
                  {"file key: ", &out.file_key}};
    char *line = (char *)bytes;
    while (*line != '\n') {
        char *end = strchr(line, '\n');
        UNIT_NEED(end != NULL);
        *end = '\0';
        for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
            size_t length = strlen(fields[i].name);
            if (strncmp(line, fields[i].name, length) == 0)
                *fields[i].value = line + length;
        }
        line = end + 1;
    }
    const uint8_t *file = (const uint8_t *)line + 1;
    out.file = (struct tov_bytes){file, size - (size_t)(file - bytes)};
    return out;
}

static void unpack(struct age_case *age)
{
    static uint8_t space[CASE_LIMIT];
    uLongf size = sizeof space;
    if (age->compressed[0] == '\0')
        return;
    UNIT_NEED(uncompress(space, &size, age->file.data, age->file.size) == Z_OK);
    age->file = (struct tov_bytes){space, size};
}

/* What follows the line that begins with "--- ". */
static struct tov_bytes payload_of(struct tov_bytes file)
{
    const uint8_t *mac = memmem(file.data, file.size, "\n--- ", 5);
    UNIT_NEED(mac != NULL);
    size_t left = file.size - (size_t)(mac + 1 - file.data);
    const uint8_t *end = memchr(mac + 1, '\n', left);
    UNIT_NEED(end != NULL);
    return (struct tov_bytes){end + 1, file.size - (size_t)(end + 1 - file.data)};
}

static struct tov_key payload_key(const struct age_case *age, struct tov_bytes nonce)
{
    size_t size = 0;
    struct tov_key key;
    uint8_t *file_key = unit_hex(age->file_key, &size);
    struct tov_hash prk = tov_hkdf_extract(nonce, (struct tov_bytes){file_key, size});
    tov_hkdf_expand(&prk, tov_bytes_of_text("payload"), key.bytes, sizeof key.bytes);
    free(file_key);
    return key;
}

static void check_stream(const struct age_case *age, const char *name)
{
    struct tov_bytes payload = payload_of(age->file);
    UNIT_NEED(payload.size >= NONCE_BYTES);
    struct tov_key key = payload_key(age, (struct tov_bytes){payload.data, NONCE_BYTES});
    struct tov_bytes sealed = {payload.data + NONCE_BYTES, payload.size - NONCE_BYTES};
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(CASE_LIMIT);
    enum tov_err err = tov_stream_open(&key, sealed, &out);
    if (strcmp(age->expect, "success") != 0) {
        if (err == TOV_OK)
            UNIT_EQUAL_TEXT("opened", name);
        refused++;
        return;
    }
    UNIT_OK(err);
    struct tov_hash hash = tov_sha256(tov_buf_view(&out));
    UNIT_EQUAL_BYTES(TOV_BYTES_OF(hash.bytes), TOV_BYTES_OF(unit_hash(age->payload).bytes));
    TOV_CLEANUP(tov_buf_fini) struct tov_buf again = TOV_BUF_INIT(CASE_LIMIT);
    UNIT_OK(tov_stream_seal(&key, tov_buf_view(&out), &again));
    UNIT_EQUAL_BYTES(tov_buf_view(&again), sealed);
    opened++;
}

static bool is_about_payload(const struct age_case *age)
{
    return age->armored[0] == '\0' &&
           (strcmp(age->expect, "success") == 0 || strcmp(age->expect, "payload failure") == 0);
}

static void check_case(const char *name)
{
    size_t size = 0;
    uint8_t *bytes = read_case(name, &size);
    struct age_case age = split_case(bytes, size);
    if (is_about_payload(&age)) {
        unpack(&age);
        check_stream(&age, name);
    }
    free(bytes);
}

static void streams_of_age_open_or_are_refused_as_age_says(void)
{
    DIR *cases = opendir(folder);
    UNIT_NEED(cases != NULL);
    for (const struct dirent *entry = readdir(cases); entry != NULL; entry = readdir(cases)) {
        if (entry->d_name[0] != '.')
            check_case(entry->d_name);
    }
    (void)closedir(cases);
    printf("%d opened, %d refused ... ", opened, refused);
    CU_ASSERT(opened >= 19);
    CU_ASSERT(refused >= 18);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(streams_of_age_open_or_are_refused_as_age_says),
    };
    folder = getenv("TOV_CCTV_AGE");
    if (folder == NULL)
        folder = FOLDER;
    if (access(folder, R_OK) != 0)
        return unit_skip("age vectors (scripts/setup fetches them into " FOLDER ")");
    return SUPPORT_TESTS("envelope STREAM, vectors of age", tests);
}
