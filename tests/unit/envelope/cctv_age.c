/* SPDX-License-Identifier: EUPL-1.2
 *
 * The STREAM cases of CCTV's age vectors (npm package cctv-age), read from the package's index.js
 * in the folder that TOV_CCTV_AGE names. A case is "name: value" lines, an empty line and an age
 * file; its payload is a 16-byte nonce and a STREAM under HKDF(file key, nonce, "payload").
 */
#include "base/hex.h"
#include "envelope/stream.h"

#include "envelope/envelope_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef TOV_TEST_HAVE_ZLIB
#include <zlib.h>
#endif

#define CASE_LIMIT (20u << 20)
#define NONCE_BYTES 16

static char *script; /* index.js, whole */
static int opened, refused, not_looked_at;

struct age_case {
    struct tov_bytes file;
    const char *expect;
    const char *compressed;
    const char *armored;
    const char *payload;
    const char *file_key;
};

static char *read_script(const char *folder)
{
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/index.js", folder);
    FILE *in = fopen(path, "rb");
    if (in == NULL)
        return NULL;
    char *text = (char *)support_alloc(4u << 20);
    size_t size = fread(text, 1, (4u << 20) - 1, in);
    text[size] = '\0';
    (void)fclose(in);
    return text;
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

/* False when it is packed and cannot be unpacked here. */
static bool unpack(struct age_case *age)
{
    if (age->compressed[0] == '\0')
        return true;
#ifdef TOV_TEST_HAVE_ZLIB
    static uint8_t space[CASE_LIMIT];
    uLongf size = sizeof space;
    UNIT_NEED(uncompress(space, &size, age->file.data, age->file.size) == Z_OK);
    age->file = (struct tov_bytes){space, size};
    return true;
#else
    return false;
#endif
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

static void check_case(const char *name, const char *base64, size_t length)
{
    uint8_t *bytes = support_alloc(length);
    size_t size = 0;
    UNIT_NEED(tov_base64_decode((struct tov_bytes){(const uint8_t *)base64, length}, bytes, length,
                                &size) == TOV_OK);
    struct age_case age = split_case(bytes, size);
    if (!is_about_payload(&age))
        return;
    if (!unpack(&age)) {
        not_looked_at++;
        return;
    }
    check_stream(&age, name);
}

static void streams_of_age_open_or_are_refused_as_age_says(void)
{
    static const char before_name[] = "// ../testdata/", before_case[] = "__toBinary(\"";
    for (char *at = strstr(script, before_name); at != NULL; at = strstr(at, before_name)) {
        char *name = at + sizeof before_name - 1;
        char *text = strstr(name, before_case);
        UNIT_NEED(text != NULL);
        text += sizeof before_case - 1;
        name[strcspn(name, "\n")] = '\0';
        check_case(name, text, strcspn(text, "\""));
        at = text;
    }
    printf("%d opened, %d refused, %d not looked at ... ", opened, refused, not_looked_at);
    CU_ASSERT(opened >= 2);
    CU_ASSERT(refused >= 7);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(streams_of_age_open_or_are_refused_as_age_says),
    };
    const char *folder = getenv("TOV_CCTV_AGE");
    if (folder == NULL || (script = read_script(folder)) == NULL)
        return unit_skip("age vectors (npm package cctv-age; TOV_CCTV_AGE names its folder)");
    return SUPPORT_TESTS("envelope STREAM, vectors of age", tests);
}
