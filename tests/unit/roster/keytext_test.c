/* SPDX-License-Identifier: EUPL-1.2 */
#include <string.h>

#include <sodium.h>

#include "roster/keytext.h"
#include "support/unit.h"

#define PURPOSES 9

static struct tov_key secret_of(uint8_t fill)
{
    struct tov_key key;
    memset(key.bytes, fill, sizeof key.bytes);
    return key;
}

static struct tov_key_info info_for(enum tov_key_purpose purpose)
{
    struct tov_key secret = secret_of(7);
    struct tov_key_info info = {.purpose = purpose};
    struct tov_key_place place = {"infohus-demo", info.owner, 1, 1};
    const char *owner = purpose == TOV_KEY_CLIENT ? "kk/mette" : "kk";
    memcpy(info.owner, owner, strlen(owner) + 1);
    UNIT_NEED(tov_key_name(purpose, &place, info.name) == TOV_OK);
    UNIT_NEED(tov_key_public(purpose, &secret, info.public_key) == TOV_OK);
    return info;
}

static struct tov_bytes view_of(const struct tov_keytext_text *text)
{
    return (struct tov_bytes){(const uint8_t *)text->text, text->size};
}

static const struct tov_keytext_lock cheap = {.passes = 1, .memory_kib = 8, .salt = {1}};

static void lock_with(struct tov_key_info *info, const char *passphrase,
                      struct tov_keytext_text *out)
{
    struct tov_key secret = secret_of(7);
    struct tov_keytext_seal seal = {info, &secret, tov_bytes_of_text(passphrase), &cheap};
    UNIT_NEED(tov_keytext_format_locked(&seal, out) == TOV_OK);
}

static void every_purpose_is_written_and_read_back(void)
{
    for (int i = 1; i <= PURPOSES; i++) {
        enum tov_key_purpose purpose = (enum tov_key_purpose)i;
        struct tov_key_info info = info_for(purpose);
        struct tov_key secret = secret_of(7), opened;
        struct tov_keytext_text text;
        struct tov_keytext keytext;
        UNIT_OK(tov_keytext_format_plain(&info, &secret, &text));
        UNIT_OK(tov_keytext_parse(view_of(&text), &keytext, NULL));
        UNIT_EQUAL_TEXT(keytext.info.name, info.name);
        CU_ASSERT(!keytext.locked);
        UNIT_OK(tov_keytext_open(&keytext, purpose, (struct tov_bytes){NULL, 0}, &opened, NULL));
        UNIT_EQUAL_BYTES(TOV_BYTES_OF(opened.bytes), TOV_BYTES_OF(secret.bytes));
    }
}

/* X25519 leaves out five bits of a secret. */
static bool is_same_key(enum tov_key_purpose purpose, const struct tov_key *opened,
                        const struct tov_key_info *info)
{
    uint8_t public_key[32];
    UNIT_NEED(tov_key_public(purpose, opened, public_key) == TOV_OK);
    return memcmp(public_key, info->public_key, sizeof public_key) == 0;
}

/* Also where no passphrase binds the lines to each other: what a disk has changed is refused, or is
 * a name, or another way to write the same digits. */
static void no_changed_bit_of_a_plain_key_gives_another_key(void)
{
    struct tov_key secret = secret_of(7);
    unsigned wrong = 0;
    unsigned refused = 0;
    for (int i = 1; i <= PURPOSES; i++) {
        enum tov_key_purpose purpose = (enum tov_key_purpose)i;
        struct tov_key_info info = info_for(purpose);
        struct tov_keytext_text text;
        UNIT_OK(tov_keytext_format_plain(&info, &secret, &text));
        for (size_t bit = 0; bit < text.size * 8; bit++) {
            struct tov_keytext keytext;
            struct tov_key opened;
            text.text[bit / 8] ^= (char)(1 << bit % 8);
            enum tov_err err = tov_keytext_parse(view_of(&text), &keytext, NULL);
            if (err == TOV_OK)
                err =
                    tov_keytext_open(&keytext, purpose, (struct tov_bytes){NULL, 0}, &opened, NULL);
            refused += err != TOV_OK;
            wrong += err == TOV_OK && !is_same_key(purpose, &opened, &info);
            text.text[bit / 8] ^= (char)(1 << bit % 8);
        }
    }
    UNIT_EQUAL_INT(wrong, 0);
    CU_ASSERT(refused > 1000);
}

static void a_key_of_one_purpose_is_refused_for_every_other(void)
{
    for (int have = 1; have <= PURPOSES; have++) {
        struct tov_key_info info = info_for((enum tov_key_purpose)have);
        struct tov_key secret = secret_of(7), opened;
        struct tov_keytext_text text;
        struct tov_keytext keytext;
        UNIT_OK(tov_keytext_format_plain(&info, &secret, &text));
        UNIT_OK(tov_keytext_parse(view_of(&text), &keytext, NULL));
        for (int want = 1; want <= PURPOSES; want++) {
            struct tov_error error = {.text = ""};
            enum tov_err err = tov_keytext_open(&keytext, (enum tov_key_purpose)want,
                                                (struct tov_bytes){NULL, 0}, &opened, &error);
            UNIT_EQUAL_INT(err, want == have ? TOV_OK : TOV_E_KEY);
            if (want != have)
                CU_ASSERT_PTR_NOT_NULL(
                    strstr(error.text, tov_key_purpose_name((enum tov_key_purpose)want)));
        }
    }
}

static void a_locked_key_opens_with_its_passphrase_only(void)
{
    struct tov_key_info info = info_for(TOV_KEY_ROOT);
    struct tov_keytext_text text;
    struct tov_keytext keytext;
    struct tov_key opened;
    lock_with(&info, "hemmelig", &text);
    UNIT_OK(tov_keytext_parse(view_of(&text), &keytext, NULL));
    CU_ASSERT(keytext.locked);
    UNIT_OK(tov_keytext_open(&keytext, TOV_KEY_ROOT, tov_bytes_of_text("hemmelig"), &opened, NULL));
    UNIT_EQUAL_INT(opened.bytes[31], 7);
    UNIT_EQUAL_INT(
        tov_keytext_open(&keytext, TOV_KEY_ROOT, tov_bytes_of_text("hemmelig "), &opened, NULL),
        TOV_E_DECRYPT);
    UNIT_EQUAL_INT(tov_keytext_open(&keytext, TOV_KEY_ROOT, tov_bytes_of_text(""), &opened, NULL),
                   TOV_E_KEY);
}

/* Another purpose, owner and name, all consistent: only the seal can tell. */
static void no_line_of_a_locked_key_can_be_changed(void)
{
    struct tov_key_info ledger = info_for(TOV_KEY_CONTROL);
    struct tov_key_info witness = info_for(TOV_KEY_WITNESS);
    struct tov_keytext_text locked, other;
    struct tov_keytext keytext;
    struct tov_key opened;
    lock_with(&ledger, "x", &locked);
    lock_with(&witness, "x", &other);
    char *from = strstr(locked.text, "\nsealed ");
    char *to = strstr(other.text, "\nsealed ");
    UNIT_NEED(from != NULL && to != NULL && strlen(from) == strlen(to));
    memcpy(to, from, strlen(from));
    UNIT_OK(tov_keytext_parse(view_of(&other), &keytext, NULL));
    UNIT_EQUAL_INT(
        tov_keytext_open(&keytext, TOV_KEY_WITNESS, tov_bytes_of_text("x"), &opened, NULL),
        TOV_E_DECRYPT);
}

static void a_secret_that_is_not_of_the_public_key_is_refused(void)
{
    struct tov_key_info info = info_for(TOV_KEY_TRANSPORT);
    struct tov_key other = secret_of(8), opened;
    struct tov_keytext_text text;
    struct tov_keytext keytext;
    UNIT_OK(tov_keytext_format_plain(&info, &other, &text));
    UNIT_OK(tov_keytext_parse(view_of(&text), &keytext, NULL));
    UNIT_EQUAL_INT(
        tov_keytext_open(&keytext, TOV_KEY_TRANSPORT, (struct tov_bytes){NULL, 0}, &opened, NULL),
        TOV_E_KEY);
}

#define HEX32 "0707070707070707070707070707070707070707070707070707070707070707"
#define HEAD "tov-key v1\npurpose ledger\nowner kk\nname f/kk/1\npublic " HEX32 "\n"
#define SALT "00000000000000000000000000000000"
#define NONCE "000000000000000000000000000000000000000000000000"

static void texts_that_are_no_key_are_refused_with_line_and_field(void)
{
    static const struct {
        const char *text, *place;
        enum tov_err err;
    } cases[] = {
        {"", "line 1, tov-key", TOV_E_MALFORMED},
        {"tov-key v2\n", "line 1, tov-key", TOV_E_VERSION},
        {"tov-key v1\npurpose love\n", "line 2, purpose", TOV_E_MALFORMED},
        {"tov-key v1\nowner kk\n", "line 2, purpose", TOV_E_MALFORMED},
        {"tov-key v1\npurpose ledger\npurpose ledger\n", "line 3, purpose", TOV_E_MALFORMED},
        {"tov-key v1\npurpose ledger\nowner kk/mette\n", "line 3, owner", TOV_E_MALFORMED},
        {"tov-key v1\npurpose client\nowner kk\n", "line 3, owner", TOV_E_MALFORMED},
        {"tov-key v1\npurpose ledger\nowner kk\nname f/krfo/1\n", "line 4, name", TOV_E_MALFORMED},
        {"tov-key v1\npurpose ledger\nowner kk\nname f/kk/1/journal/1\n", "line 4, name",
         TOV_E_MALFORMED},
        {"tov-key v1\npurpose witness\nowner kk\nname f/kk/1\n", "line 4, name", TOV_E_MALFORMED},
        {"tov-key v1\npurpose ledger\nowner kk\nname f/kk/1\npublic 07\n", "line 5, public",
         TOV_E_MALFORMED},
        {HEAD, "line 6, secret", TOV_E_MALFORMED},
        {HEAD "secret 07\n", "line 6, secret", TOV_E_MALFORMED},
        {HEAD "secret " HEX32 "\nsecret " HEX32 "\n", "line 7, secret", TOV_E_MALFORMED},
        {HEAD "sealed " HEX32 "\n", "line 6, secret", TOV_E_MALFORMED},
        {HEAD "lock scrypt 1 8 " SALT " " NONCE "\n", "line 6, lock", TOV_E_MALFORMED},
        {HEAD "lock argon2id 0 8 " SALT " " NONCE "\n", "line 6, lock", TOV_E_LIMIT},
        {HEAD "lock argon2id 17 8 " SALT " " NONCE "\n", "line 6, lock", TOV_E_LIMIT},
        {HEAD "lock argon2id 1 7 " SALT " " NONCE "\n", "line 6, lock", TOV_E_LIMIT},
        {HEAD "lock argon2id 1 1048577 " SALT " " NONCE "\n", "line 6, lock", TOV_E_LIMIT},
        {HEAD "lock argon2id 1 8 " SALT "\n", "line 6, lock", TOV_E_MALFORMED},
        {HEAD "lock argon2id 1 8 " SALT " " NONCE " 1\n", "line 6, lock", TOV_E_MALFORMED},
        {HEAD "lock argon2id 16 1048576 " SALT " " NONCE "\nsealed 07\n", "line 7, sealed",
         TOV_E_MALFORMED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct tov_keytext keytext;
        struct tov_error error = {.text = ""};
        UNIT_EQUAL_INT(tov_keytext_parse(tov_bytes_of_text(cases[i].text), &keytext, &error),
                       cases[i].err);
        error.text[strlen(cases[i].place)] = '\0';
        UNIT_EQUAL_TEXT(error.text, cases[i].place);
    }
}

static void a_key_text_of_more_than_2048_bytes_is_refused(void)
{
    uint8_t text[TOV_KEYTEXT_MAX_BYTES + 1] = {0};
    struct tov_keytext keytext;
    UNIT_EQUAL_INT(tov_keytext_parse((struct tov_bytes){text, sizeof text}, &keytext, NULL),
                   TOV_E_LIMIT);
}

static void longest_names_still_fit(void)
{
    char federation[TOV_NAME_MAX_BYTES + 1], owner[TOV_KEYTEXT_OWNER_MAX_BYTES + 1];
    struct tov_key secret = secret_of(7);
    struct tov_keytext_text text;
    struct tov_key_info info = {.purpose = TOV_KEY_CLIENT};
    memset(federation, 'f', sizeof federation);
    memset(owner, 'o', sizeof owner);
    federation[TOV_NAME_MAX_BYTES] = owner[TOV_KEYTEXT_OWNER_MAX_BYTES] = '\0';
    owner[TOV_NAME_MAX_BYTES] = '/';
    struct tov_key_place place = {federation, owner, 0, 0};
    memcpy(info.owner, owner, sizeof owner);
    UNIT_OK(tov_key_name(TOV_KEY_CLIENT, &place, info.name));
    UNIT_OK(tov_key_public(TOV_KEY_CLIENT, &secret, info.public_key));
    UNIT_OK(tov_keytext_format_plain(&info, &secret, &text));
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(every_purpose_is_written_and_read_back),
        UNIT_TEST(no_changed_bit_of_a_plain_key_gives_another_key),
        UNIT_TEST(a_key_of_one_purpose_is_refused_for_every_other),
        UNIT_TEST(a_locked_key_opens_with_its_passphrase_only),
        UNIT_TEST(no_line_of_a_locked_key_can_be_changed),
        UNIT_TEST(a_secret_that_is_not_of_the_public_key_is_refused),
        UNIT_TEST(texts_that_are_no_key_are_refused_with_line_and_field),
        UNIT_TEST(a_key_text_of_more_than_2048_bytes_is_refused),
        UNIT_TEST(longest_names_still_fit),
    };
    UNIT_NEED(sodium_init() >= 0);
    return unit_run("key text", tests, sizeof tests / sizeof tests[0]);
}
