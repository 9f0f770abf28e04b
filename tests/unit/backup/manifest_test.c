/* SPDX-License-Identifier: EUPL-1.2
 *
 * A backup's manifest: what is written is read, and nothing else is.
 */
#include "backup/manifest.h"
#include "support/unit.h"

#include "base/cleanup.h"
#include "base/hex.h"
#include "merkle/checkpoint.h"

#include <string.h>

static void fill(struct tov_backup_manifest *manifest)
{
    static const uint8_t point[32] = {0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7,
                                      0xd5, 0x4b, 0xfe, 0xd3, 0xc9, 0x64, 0x07, 0x3a,
                                      0x0e, 0xe1, 0x72, 0xf3, 0xda, 0xa6, 0x23, 0x25,
                                      0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a};
    struct tov_hash hash = {{1, 2, 3}};
    *manifest = (struct tov_backup_manifest){
        .about = {.federation = "infohus-demo",
                  .agency = 2,
                  .agency_name = "kbh-pol",
                  .generation = 3,
                  .made_ms = 1637000000123,
                  .software = "1.2.3",
                  .store_format = 2,
                  .ledger = {.size = 1007, .root = {{7}}, .signed_size = 1000},
                  .journal = {.size = 5, .root = {{8}}, .signed_size = 5},
                  .own_messages = 12,
                  .peer_messages = 30,
                  .absent = 2,
                  .keyless = 1}};
    UNIT_NEED(tov_vkey_make(tov_bytes_of_text("infohus-demo/kbh-pol/3"), TOV_VKEY_ED25519, point,
                            &manifest->about.ledger.key) == TOV_OK);
    UNIT_NEED(tov_vkey_make(tov_bytes_of_text("infohus-demo/kbh-pol/3/journal/1"), TOV_VKEY_ED25519,
                            point, &manifest->about.journal.key) == TOV_OK);
    UNIT_NEED(tov_backup_files_add(&manifest->files, "store/data.mdb", &hash, 65536) == TOV_OK);
    UNIT_NEED(tov_backup_files_add(&manifest->files, "blobs/own-00-2", &hash, 7) == TOV_OK);
    UNIT_NEED(tov_backup_files_add(&manifest->files, "buckets", &hash, 0) == TOV_OK);
    tov_backup_files_sort(&manifest->files);
}

static void write_text(struct tov_buf *out)
{
    struct tov_backup_manifest manifest;
    fill(&manifest);
    *out = TOV_BUF_INIT(65536);
    tov_backup_manifest_put(out, &manifest);
    UNIT_NEED(out->failed == TOV_OK);
    tov_backup_manifest_fini(&manifest);
}

/* The same text with a last line that fits. */
static void seal(struct tov_buf *text)
{
    char hex[65];
    const char *last = NULL;
    tov_buf_put_u8(text, 0);
    for (char *at = strstr((char *)text->data, "\nmanifest "); at != NULL;
         at = strstr(at + 1, "\nmanifest "))
        last = at;
    UNIT_NEED(last != NULL);
    text->size = (size_t)(last + 1 - (char *)text->data);
    struct tov_hash hash = tov_sha256(tov_buf_view(text));
    tov_hex_encode(TOV_BYTES_OF(hash.bytes), hex);
    tov_buf_put_format(text, "manifest %s\n", hex);
}

static void what_is_written_is_read(void)
{
    struct tov_buf text, again = TOV_BUF_INIT(65536);
    struct tov_backup_manifest read;
    struct tov_error error = {.text = ""};
    write_text(&text);
    UNIT_NEED(tov_backup_manifest_parse(tov_buf_view(&text), &read, &error) == TOV_OK);
    UNIT_EQUAL_TEXT(read.about.agency_name, "kbh-pol");
    UNIT_EQUAL_INT(read.about.ledger.signed_size, 1000);
    UNIT_EQUAL_INT(read.files.count, 3);
    CU_ASSERT(tov_backup_files_find(&read.files, "buckets") != NULL);
    CU_ASSERT(tov_backup_files_find(&read.files, "bucket") == NULL);
    tov_backup_manifest_put(&again, &read);
    CU_ASSERT(tov_bytes_equal(tov_buf_view(&text), tov_buf_view(&again)));
    tov_backup_manifest_fini(&read);
    tov_buf_fini(&again);
    tov_buf_fini(&text);
}

static void no_changed_bit_passes(void)
{
    struct tov_buf text;
    struct tov_backup_manifest read;
    size_t passed = 0;
    write_text(&text);
    for (size_t bit = 0; bit < 8 * text.size; bit++) {
        text.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        passed += tov_backup_manifest_parse(tov_buf_view(&text), &read, NULL) == TOV_OK ? 1 : 0;
        text.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    UNIT_EQUAL_INT(passed, 0);
    tov_buf_fini(&text);
}

/* With a last line that fits, as somebody could make it: what is still read is one text's one
 * meaning, and nothing is read beyond the text (the sanitizer looks). */
static void a_changed_bit_under_a_hash_that_fits_is_refused_or_another_manifest(void)
{
    struct tov_buf text;
    size_t read_count = 0, size;
    write_text(&text);
    size = text.size - (sizeof "manifest " - 1 + 2 * TOV_HASH_BYTES + 1);
    for (size_t bit = 0; bit < 8 * size; bit++) {
        TOV_CLEANUP(tov_buf_fini) struct tov_buf changed = TOV_BUF_INIT(65536);
        TOV_CLEANUP(tov_buf_fini) struct tov_buf again = TOV_BUF_INIT(65536);
        struct tov_backup_manifest read;
        char hex[65];
        tov_buf_put(&changed, text.data, size);
        changed.data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        struct tov_hash hash = tov_sha256(tov_buf_view(&changed));
        tov_hex_encode(TOV_BYTES_OF(hash.bytes), hex);
        tov_buf_put_format(&changed, "manifest %s\n", hex);
        if (tov_backup_manifest_parse(tov_buf_view(&changed), &read, NULL) != TOV_OK)
            continue;
        read_count++;
        tov_backup_manifest_put(&again, &read);
        CU_ASSERT(tov_bytes_equal(tov_buf_view(&again), tov_buf_view(&changed)));
        tov_backup_manifest_fini(&read);
    }
    CU_ASSERT(read_count > 100); /* other digits, other letters of a name */
    tov_buf_fini(&text);
}

static void no_cut_passes(void)
{
    struct tov_buf text;
    struct tov_backup_manifest read;
    size_t passed = 0;
    write_text(&text);
    for (size_t size = 0; size < text.size; size++)
        passed +=
            tov_backup_manifest_parse((struct tov_bytes){text.data, size}, &read, NULL) == TOV_OK
                ? 1
                : 0;
    UNIT_EQUAL_INT(passed, 0);
    tov_buf_fini(&text);
}

/* OLD becomes NEW in a text whose last line fits again. */
static enum tov_err parse_changed(const char *old_text, const char *new_text)
{
    struct tov_buf text, changed = TOV_BUF_INIT(65536);
    struct tov_backup_manifest read;
    write_text(&text);
    tov_buf_put_u8(&text, 0);
    const char *at = strstr((const char *)text.data, old_text);
    UNIT_NEED(at != NULL);
    size_t before = (size_t)(at - (const char *)text.data);
    tov_buf_put(&changed, text.data, before);
    tov_buf_put_text(&changed, new_text);
    tov_buf_put_text(&changed, at + strlen(old_text));
    seal(&changed);
    enum tov_err err = tov_backup_manifest_parse(tov_buf_view(&changed), &read, NULL);
    if (err == TOV_OK)
        tov_backup_manifest_fini(&read);
    tov_buf_fini(&changed);
    tov_buf_fini(&text);
    return err;
}

static void a_newer_format_is_told_from_damage(void)
{
    UNIT_EQUAL_INT(parse_changed("tov-backup v1", "tov-backup v2"), TOV_E_VERSION);
    UNIT_EQUAL_INT(parse_changed("tov-backup v1", "tov-backup v0"), TOV_E_CORRUPT);
}

static void only_one_text_says_one_thing(void)
{
    UNIT_EQUAL_INT(parse_changed("files 3", "files 3"), TOV_OK); /* the control */
    UNIT_EQUAL_INT(parse_changed("files 3", "files 03"), TOV_E_CORRUPT);
    UNIT_EQUAL_INT(parse_changed("files 3", "files 2"), TOV_E_CORRUPT);
    UNIT_EQUAL_INT(parse_changed("files 3", "files 4"), TOV_E_CORRUPT);
    UNIT_EQUAL_INT(parse_changed("absent 2", "absent 2 "), TOV_E_CORRUPT);
    UNIT_EQUAL_INT(parse_changed("agency 2", "agency 1025"), TOV_E_CORRUPT);
    UNIT_EQUAL_INT(parse_changed("signed 1000", "signed 1008"), TOV_E_CORRUPT);
    UNIT_EQUAL_INT(parse_changed("generation 3\n", ""), TOV_E_CORRUPT);
    UNIT_EQUAL_INT(parse_changed("keyless 1\n", "keyless 1\nmore 1\n"), TOV_E_CORRUPT);
    UNIT_EQUAL_INT(parse_changed("blobs/own-00-2", "buckets"), TOV_E_CORRUPT); /* twice */
    UNIT_EQUAL_INT(parse_changed("blobs/own-00-2", "../epochs"), TOV_E_CORRUPT);
    UNIT_EQUAL_INT(parse_changed("blobs/own-00-2", "zz"), TOV_E_CORRUPT); /* not in order */
}

/* Found by the fuzzer: a hash of all that stands above it, and something between the two. */
static void nothing_stands_before_the_hash(void)
{
    struct tov_buf text;
    struct tov_backup_manifest read;
    char hex[65];
    write_text(&text);
    text.size -= sizeof "manifest " - 1 + 2 * TOV_HASH_BYTES + 1;
    tov_buf_put_text(&text, "more");
    struct tov_hash hash = tov_sha256(tov_buf_view(&text));
    tov_hex_encode(TOV_BYTES_OF(hash.bytes), hex);
    tov_buf_put_format(&text, "manifest %s\n", hex);
    UNIT_EQUAL_INT(tov_backup_manifest_parse(tov_buf_view(&text), &read, NULL), TOV_E_CORRUPT);
    tov_buf_fini(&text);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(what_is_written_is_read),
        UNIT_TEST(no_changed_bit_passes),
        UNIT_TEST(a_changed_bit_under_a_hash_that_fits_is_refused_or_another_manifest),
        UNIT_TEST(no_cut_passes),
        UNIT_TEST(a_newer_format_is_told_from_damage),
        UNIT_TEST(only_one_text_says_one_thing),
        UNIT_TEST(nothing_stands_before_the_hash),
    };
    return unit_run("backup manifest", tests, sizeof tests / sizeof tests[0]);
}
