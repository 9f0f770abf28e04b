/* SPDX-License-Identifier: EUPL-1.2
 *
 * Drafts: fields by path, what is refused and leaves the draft as it was, limits on both sides,
 * attachments, recipients, answers.
 */
#include "draft_fill.h"

#include <tov/tov.h>

#include "base/limits.h"
#include "lib/draft.h"
#include "support/unit.h"
#include "wire/payload.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static struct tov_message_draft *create(const char *type)
{
    struct tov_message_draft *draft = NULL;
    UNIT_NEED(tov_message_draft_create(type, &draft, NULL) == TOV_OK);
    return draft;
}

/* ---- making one ---- */

static void a_type_that_there_is_not_is_not_found_and_named(void)
{
    struct tov_message_draft *draft = NULL;
    struct tov_error error = {.code = TOV_OK};
    UNIT_EQUAL_INT(tov_message_draft_create("prison.escaped", &draft, &error), TOV_E_NOT_FOUND);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "prison.escaped"));
    UNIT_EQUAL_INT(tov_message_draft_create(NULL, &draft, NULL), TOV_E_NOT_FOUND);
    CU_ASSERT_PTR_NULL(draft);
    tov_message_draft_destroy(NULL);
}

static void every_draft_has_a_key_of_its_own(void)
{
    struct tov_message_draft *one = create("msg.note");
    struct tov_message_draft *two = create("msg.note");
    size_t size = 0;
    const uint8_t *first = tov_message_draft_key(one, &size);
    UNIT_EQUAL_INT(size, 32);
    CU_ASSERT(memcmp(first, tov_message_draft_key(two, &size), 32) != 0);
    tov_message_draft_destroy(one);
    tov_message_draft_destroy(two);
}

static void a_key_has_16_to_64_bytes(void)
{
    static const uint8_t key[65] = {1, 2, 3};
    struct tov_message_draft *draft = create("msg.note");
    size_t size = 0;
    UNIT_EQUAL_INT(tov_message_draft_set_key(draft, key, 15, NULL), TOV_E_LIMIT);
    UNIT_EQUAL_INT(tov_message_draft_set_key(draft, key, 65, NULL), TOV_E_LIMIT);
    UNIT_OK(tov_message_draft_set_key(draft, key, 16, NULL));
    UNIT_OK(tov_message_draft_set_key(draft, key, 64, NULL));
    UNIT_EQUAL_INT(memcmp(tov_message_draft_key(draft, &size), key, 64), 0);
    UNIT_EQUAL_INT(size, 64);
    tov_message_draft_destroy(draft);
}

/* ---- fields ---- */

static void every_text_form_is_read_back_as_it_was_set(void)
{
    static const char *const pairs[][2] = {
        {"content.free_text", "Linje 1\nLinje 2 æøå"},
        {"header.informed_review", "2021-07-05"},
        {"header.occurred_at", "2021-07-05T12:00:00.000Z"},
        {"header.priority", "akut"},
        {"header.about.case_ref", "0123456789abcdef0123456789abcdef"},
        {"content.subject.minor", "true"},
        {"content.subject.address_protected", "false"},
        {"header.in_reply_to",
         "2/1/17/00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"},
        {"fields.kind", "telefon"},
        {"content.fields.who", "Sagsbehandler og mentor"},
    };
    struct tov_message_draft *draft = create("msg.note");
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        UNIT_OK(tov_message_draft_set(draft, pairs[i][0], pairs[i][1], NULL));
        UNIT_EQUAL_INT(tov_message_draft_count(draft, pairs[i][0]), 1);
    }
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        UNIT_EQUAL_TEXT(tov_message_draft_text(draft, pairs[i][0]), pairs[i][1]);
    UNIT_EQUAL_TEXT(tov_message_draft_text(draft, "header.fields.kind"), "telefon");
    UNIT_EQUAL_TEXT(tov_message_draft_text(draft, "fields.who"), "Sagsbehandler og mentor");
    tov_message_draft_destroy(draft);
}

static void a_uuid_is_read_with_hyphens_and_a_time_without_milliseconds(void)
{
    struct tov_message_draft *draft = create("msg.note");
    UNIT_OK(tov_message_draft_set(draft, "header.about.case_ref",
                                  "01234567-89ab-cdef-0123-456789abcdef", NULL));
    UNIT_EQUAL_TEXT(tov_message_draft_text(draft, "header.about.case_ref"),
                    "0123456789abcdef0123456789abcdef");
    UNIT_OK(tov_message_draft_set(draft, "header.occurred_at", "2021-07-05T12:00:00Z", NULL));
    UNIT_EQUAL_TEXT(tov_message_draft_text(draft, "header.occurred_at"),
                    "2021-07-05T12:00:00.000Z");
    tov_message_draft_destroy(draft);
}

static void setting_again_replaces_and_an_empty_text_clears(void)
{
    struct tov_message_draft *draft = create("msg.note");
    UNIT_OK(tov_message_draft_set(draft, "content.free_text", "Et", NULL));
    UNIT_OK(tov_message_draft_set(draft, "content.free_text", "To", NULL));
    UNIT_EQUAL_TEXT(tov_message_draft_text(draft, "content.free_text"), "To");
    UNIT_OK(tov_message_draft_set(draft, "content.free_text", "", NULL));
    UNIT_EQUAL_INT(tov_message_draft_count(draft, "content.free_text"), 0);
    UNIT_EQUAL_TEXT(tov_message_draft_text(draft, "content.free_text"), "");
    UNIT_OK(tov_message_draft_set(draft, "content.subject.name", "", NULL)); /* was never there */
    UNIT_EQUAL_INT(tov_message_draft_count(draft, "content.subject"), 0);
    tov_message_draft_destroy(draft);
}

/* ---- lists ---- */

static void a_list_of_values_grows_and_is_cleared_as_a_whole(void)
{
    struct tov_message_draft *draft = create("msg.note");
    UNIT_OK(tov_message_draft_set(draft, "header.legal_bases", "AFTALE", NULL));
    UNIT_OK(tov_message_draft_set(draft, "header.legal_bases", "EGEN", NULL));
    UNIT_OK(tov_message_draft_set(draft, "header.legal_bases.3", "SAMTYKKE", NULL));
    UNIT_EQUAL_INT(tov_message_draft_count(draft, "header.legal_bases"), 3);
    UNIT_EQUAL_TEXT(tov_message_draft_text(draft, "header.legal_bases"), "AFTALE");
    UNIT_EQUAL_TEXT(tov_message_draft_text(draft, "header.legal_bases.2"), "EGEN");
    UNIT_EQUAL_TEXT(tov_message_draft_text(draft, "header.legal_bases.4"), "");
    UNIT_EQUAL_INT(tov_message_draft_count(draft, "header.legal_bases.4"), 0);
    UNIT_OK(tov_message_draft_set(draft, "header.legal_bases", NULL, NULL));
    UNIT_EQUAL_INT(tov_message_draft_count(draft, "header.legal_bases"), 0);
    tov_message_draft_destroy(draft);
}

static void one_value_of_a_list_is_neither_replaced_nor_cleared(void)
{
    struct tov_message_draft *draft = create("msg.note");
    UNIT_OK(tov_message_draft_set(draft, "header.legal_bases", "AFTALE", NULL));
    UNIT_OK(tov_message_draft_set(draft, "header.legal_bases", "EGEN", NULL));
    UNIT_EQUAL_INT(tov_message_draft_set(draft, "header.legal_bases.1", "SAMTYKKE", NULL),
                   TOV_E_ARGUMENT);
    UNIT_EQUAL_INT(tov_message_draft_set(draft, "header.legal_bases.1", "", NULL), TOV_E_ARGUMENT);
    UNIT_EQUAL_INT(tov_message_draft_set(draft, "header.legal_bases.4", "SAMTYKKE", NULL),
                   TOV_E_ARGUMENT);
    UNIT_EQUAL_INT(tov_message_draft_set(draft, "header.legal_bases.0", "SAMTYKKE", NULL),
                   TOV_E_ARGUMENT);
    UNIT_EQUAL_INT(tov_message_draft_count(draft, "header.legal_bases"), 2);
    tov_message_draft_destroy(draft);
}

static void one_more_than_a_list_of_records_has_begins_a_new_one(void)
{
    struct tov_message_draft *draft = create("info.response");
    UNIT_OK(tov_message_draft_set(draft, "fields.facts.1.fact", "Første", NULL));
    UNIT_OK(tov_message_draft_set(draft, "fields.facts.2.fact", "Anden", NULL));
    UNIT_OK(tov_message_draft_set(draft, "fields.facts.1.certainty", "oplyst", NULL));
    UNIT_EQUAL_INT(tov_message_draft_set(draft, "fields.facts.4.fact", "Fjerde", NULL),
                   TOV_E_ARGUMENT);
    UNIT_EQUAL_INT(tov_message_draft_count(draft, "fields.facts"), 2);
    UNIT_EQUAL_TEXT(tov_message_draft_text(draft, "fields.facts.2.fact"), "Anden");
    UNIT_EQUAL_TEXT(tov_message_draft_text(draft, "fields.facts.1.certainty"), "oplyst");
    UNIT_EQUAL_TEXT(tov_message_draft_text(draft, "fields.facts.2.certainty"), "");
    tov_message_draft_destroy(draft);
}

/* ---- what is refused ---- */

static void a_path_that_leads_nowhere_is_refused_by_name(void)
{
    static const char *const paths[] = {
        "",
        ".",
        "header",
        "content.",
        ".content.free_text",
        "content..free_text",
        "content.free_text.1",
        "content.free_text.x",
        "content.subject.nothing",
        "fields.nothing",
        "nothing.at.all",
        "free_text",
        "header.type",
        "header.type_version",
        "header.fields",
        "content.fields",
        "content.attachments",
        "content.attachments.1.name",
        "header.recipients",
        "header.about",
    };
    struct tov_message_draft *draft = create("msg.note");
    char *before = draft_json(draft);
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct tov_error error = {.code = TOV_OK};
        enum tov_err err = tov_message_draft_set(draft, paths[i], "1", &error);
        if (err != TOV_E_ARGUMENT)
            (void)fprintf(stderr, "\"%s\"\n", paths[i]);
        UNIT_EQUAL_INT(err, TOV_E_ARGUMENT);
        CU_ASSERT_PTR_NOT_NULL(strstr(error.text, paths[i]));
        UNIT_EQUAL_TEXT(i < 9 ? tov_message_draft_text(draft, paths[i]) : "", "");
    }
    char *after = draft_json(draft);
    UNIT_EQUAL_TEXT(after, before);
    tov_free(before);
    tov_free(after);
    tov_message_draft_destroy(draft);
}

static void a_path_of_256_bytes_is_refused(void)
{
    char path[300];
    struct tov_message_draft *draft = create("msg.note");
    memset(path, 'a', sizeof path);
    path[256] = '\0';
    UNIT_EQUAL_INT(tov_message_draft_set(draft, path, "x", NULL), TOV_E_ARGUMENT);
    UNIT_EQUAL_TEXT(tov_message_draft_text(draft, path), "");
    UNIT_EQUAL_INT(tov_message_draft_count(draft, path), 0);
    tov_message_draft_destroy(draft);
}

static void a_text_of_the_wrong_form_is_refused_and_nothing_is_left_of_it(void)
{
    static const char *const pairs[][2] = {
        {"fields.facts.1.fact_date", "5. juli 2021"},
        {"fields.facts.1.fact_date", "2021-02-30"},
        {"fields.facts.1.certainty", "vished"},
        {"fields.facts.1.fact", "\xff\xfe"},
        {"fields.complete", "ja"},
        {"header.occurred_at", "2021-07-05 12:00"},
        {"header.about.case_ref", "0123"},
        {"header.about.case_ref", "0123456789abcdef0123456789abcdeg"},
        {"header.about.case_ref", "0123-456789abcdef0123456789abcdef0123"},
        {"header.in_reply_to", "2/1/17"},
        {"header.in_reply_to",
         "0/1/17/00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"},
        {"header.in_reply_to",
         "1025/1/17/00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"},
        {"header.in_reply_to", "2/1/17/0011"},
        {"header.reply_expected.due_at", "i morgen"},
        {"header.recipients.1.agency", "-1"},
        {"header.recipients.1.agency", "99999999999999999999999"},
    };
    struct tov_message_draft *draft = create("info.response");
    char *before = draft_json(draft);
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        struct tov_error error = {.code = TOV_OK};
        enum tov_err err = tov_message_draft_set(draft, pairs[i][0], pairs[i][1], &error);
        if (err != TOV_E_SCHEMA)
            (void)fprintf(stderr, "%s = %s\n", pairs[i][0], pairs[i][1]);
        UNIT_EQUAL_INT(err, TOV_E_SCHEMA);
        CU_ASSERT_PTR_NOT_NULL(strstr(error.text, pairs[i][0]));
        CU_ASSERT_PTR_NULL(strstr(error.text, pairs[i][1])); /* it may be about a citizen */
    }
    char *after = draft_json(draft);
    UNIT_EQUAL_TEXT(after, before);
    tov_free(before);
    tov_free(after);
    tov_message_draft_destroy(draft);
}

static char *text_of(size_t size)
{
    char *text = malloc(size + 1);
    UNIT_NEED(text != NULL);
    memset(text, 'x', size);
    text[size] = '\0';
    return text;
}

static void a_text_longer_than_any_message_is_refused(void)
{
    struct tov_message_draft *draft = create("msg.note");
    char *fits = text_of(TOV_RECORD_MAX_BYTES);
    char *large = text_of(TOV_RECORD_MAX_BYTES + 1);
    struct tov_error error = {.code = TOV_OK};
    UNIT_OK(tov_message_draft_set(draft, "content.free_text", fits, NULL));
    UNIT_EQUAL_TEXT(tov_message_draft_text(draft, "content.free_text"), fits);
    UNIT_EQUAL_INT(tov_message_draft_set(draft, "content.free_text", large, &error), TOV_E_LIMIT);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.text, "content.free_text"));
    UNIT_EQUAL_TEXT(tov_message_draft_text(draft, "content.free_text"), fits);
    tov_message_draft_destroy(draft);
    free(fits);
    free(large);
}

/* ---- recipients, sender, target ---- */

static void a_message_has_at_most_32_recipients(void)
{
    struct tov_message_draft *draft = create("msg.note");
    char unit[32];
    for (unsigned i = 1; i <= TOV_RECIPIENTS_MAX; i++) {
        (void)snprintf(unit, sizeof unit, "agency-%u/unit", i);
        UNIT_OK(tov_message_draft_add_recipient(draft, unit, TOV_SEES_HEADER, NULL, NULL));
    }
    UNIT_EQUAL_INT(tov_message_draft_add_recipient(draft, "kk/vink", TOV_SEES_ALL, NULL, NULL),
                   TOV_E_LIMIT);
    UNIT_EQUAL_INT(tov_message_draft_count(draft, "header.recipients"), TOV_RECIPIENTS_MAX);
    tov_message_draft_destroy(draft);
}

static void a_recipient_is_agency_slash_unit_with_a_right(void)
{
    static const char *const units[] = {"", "kk", "/vink", "kk/", "kk/vink/x", NULL};
    struct tov_message_draft *draft = create("msg.note");
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++)
        UNIT_EQUAL_INT(tov_message_draft_add_recipient(draft, units[i], TOV_SEES_ALL, NULL, NULL),
                       TOV_E_ARGUMENT);
    UNIT_EQUAL_INT(
        tov_message_draft_add_recipient(draft, "kk/vink", (enum tov_message_right)3, NULL, NULL),
        TOV_E_ARGUMENT);
    UNIT_EQUAL_INT(tov_message_draft_add_recipient(draft, "kk/vink", TOV_SEES_ALL, "\xff", NULL),
                   TOV_E_SCHEMA);
    UNIT_EQUAL_INT(tov_message_draft_count(draft, "header.recipients"), 0);
    UNIT_OK(tov_message_draft_add_recipient(draft, "kk/vink", TOV_SEES_ALL, "Har sagen", NULL));
    UNIT_EQUAL_TEXT(tov_message_draft_text(draft, "header.recipients.1.right"), "all");
    UNIT_EQUAL_TEXT(tov_message_draft_text(draft, "header.recipients.1.need_reason"), "Har sagen");
    tov_message_draft_destroy(draft);
}

static void the_sender_is_a_unit_with_or_without_its_agency(void)
{
    struct tov_message_draft *draft = create("msg.note");
    UNIT_OK(tov_message_draft_set_sender(draft, "kk/vink", NULL));
    UNIT_EQUAL_TEXT(tov_message_draft_text(draft, "header.sender_unit"), "vink");
    UNIT_OK(tov_message_draft_set_sender(draft, "sof", NULL));
    UNIT_EQUAL_TEXT(tov_message_draft_text(draft, "header.sender_unit"), "sof");
    UNIT_EQUAL_INT(tov_message_draft_set_sender(draft, NULL, NULL), TOV_E_ARGUMENT);
    tov_message_draft_destroy(draft);
}

static void a_target_is_a_reference_with_a_relation(void)
{
    struct tov_message_draft *draft = create("msg.amend");
    struct tov_message_ref ref = {.agency = 2, .generation = 1, .index = 17, .leaf_hash = {0xab}};
    struct tov_message_ref wrong = {.agency = 1025, .generation = 1};
    UNIT_EQUAL_INT(tov_message_draft_set_target(draft, &wrong, "revision", NULL), TOV_E_ARGUMENT);
    UNIT_EQUAL_INT(tov_message_draft_set_target(draft, NULL, "revision", NULL), TOV_E_ARGUMENT);
    UNIT_EQUAL_INT(tov_message_draft_set_target(draft, &ref, "cousin", NULL), TOV_E_ARGUMENT);
    UNIT_EQUAL_INT(tov_message_draft_count(draft, "header.relation"), 0);
    UNIT_OK(tov_message_draft_set_target(draft, &ref, "revision", NULL));
    UNIT_EQUAL_TEXT(tov_message_draft_text(draft, "header.in_reply_to"),
                    "2/1/17/ab00000000000000000000000000000000000000000000000000000000000000");
    UNIT_EQUAL_TEXT(tov_message_draft_text(draft, "header.relation"), "revision");
    tov_message_draft_destroy(draft);
}

/* ---- attachments ---- */

static int make_file(off_t size)
{
    int fd = memfd_create("attachment", MFD_CLOEXEC); /* regular, and sparse */
    UNIT_NEED(fd >= 0 && ftruncate(fd, size) == 0);
    return fd;
}

static void an_attachment_has_at_most_2_gib(void)
{
    struct tov_message_draft *draft = create("msg.note");
    int fits = make_file((off_t)TOV_ATTACHMENT_MAX_BYTES);
    int large = make_file((off_t)TOV_ATTACHMENT_MAX_BYTES + 1);
    UNIT_OK(tov_message_draft_attach_fd(draft, fits, "a.bin", NULL, NULL));
    UNIT_EQUAL_INT(tov_message_draft_attach_fd(draft, large, "b.bin", NULL, NULL), TOV_E_LIMIT);
    UNIT_EQUAL_INT(tov_message_draft_attachment_count(draft), 1);
    tov_message_draft_destroy(draft);
    (void)close(fits);
    (void)close(large);
}

static void a_message_has_at_most_16_attachments(void)
{
    struct tov_message_draft *draft = create("msg.note");
    int fd = make_file(3);
    for (unsigned i = 0; i < TOV_ATTACHMENTS_MAX; i++)
        UNIT_OK(tov_message_draft_attach_fd(draft, fd, "a.txt", "text/plain", NULL));
    UNIT_EQUAL_INT(tov_message_draft_attach_fd(draft, fd, "a.txt", "text/plain", NULL),
                   TOV_E_LIMIT);
    UNIT_EQUAL_INT(tov_message_draft_attachment_count(draft), TOV_ATTACHMENTS_MAX);
    tov_message_draft_destroy(draft);
    UNIT_EQUAL_INT(fcntl(fd, F_GETFD) >= 0, 1); /* ours stays open */
    (void)close(fd);
}

static void names_and_types_of_attachments_have_limits(void)
{
    struct tov_message_draft *draft = create("msg.note");
    char name[257];
    int fd = make_file(3);
    memset(name, 'n', sizeof name);
    name[256] = '\0';
    UNIT_EQUAL_INT(tov_message_draft_attach_fd(draft, fd, name, NULL, NULL), TOV_E_LIMIT);
    name[255] = '\0';
    UNIT_OK(tov_message_draft_attach_fd(draft, fd, name, NULL, NULL));
    name[128] = '\0';
    UNIT_EQUAL_INT(tov_message_draft_attach_fd(draft, fd, "a", name, NULL), TOV_E_LIMIT);
    name[127] = '\0';
    UNIT_OK(tov_message_draft_attach_fd(draft, fd, "a", name, NULL));
    UNIT_EQUAL_INT(tov_message_draft_attach_fd(draft, fd, "", NULL, NULL), TOV_E_ARGUMENT);
    UNIT_EQUAL_INT(tov_message_draft_attach_fd(draft, fd, "../a", NULL, NULL), TOV_E_ARGUMENT);
    tov_message_draft_destroy(draft);
    (void)close(fd);
}

static void only_a_regular_file_can_be_attached(void)
{
    struct tov_message_draft *draft = create("msg.note");
    int ends[2];
    UNIT_NEED(pipe(ends) == 0);
    UNIT_EQUAL_INT(tov_message_draft_attach_fd(draft, ends[0], "a", NULL, NULL), TOV_E_ARGUMENT);
    UNIT_EQUAL_INT(tov_message_draft_attach_fd(draft, -1, "a", NULL, NULL), TOV_E_IO);
    UNIT_EQUAL_INT(tov_message_draft_attach_path(draft, "/tmp", NULL, NULL), TOV_E_ARGUMENT);
    UNIT_EQUAL_INT(tov_message_draft_attach_path(draft, "/nonexistent/a", NULL, NULL),
                   TOV_E_NOT_FOUND);
    UNIT_EQUAL_INT(tov_message_draft_attachment_count(draft), 0);
    tov_message_draft_destroy(draft);
    (void)close(ends[0]);
    (void)close(ends[1]);
}

/* ---- checks ---- */

static bool remarks_name(const struct tov_remarks *remarks, const char *field)
{
    for (size_t i = 0; i < tov_remarks_count(remarks); i++) {
        const struct tov_remark *remark = tov_remarks_at(remarks, i);
        if (strcmp(remark->field, field) == 0)
            return remark->reason_da[0] != '\0' && remark->reason_en[0] != '\0';
    }
    return false;
}

static void a_check_names_what_is_missing_and_lets_a_whole_draft_pass(void)
{
    struct tov_message_draft *draft = create("msg.note");
    int refused = 0;
    UNIT_OK(tov_message_draft_check(draft, &refused, NULL));
    UNIT_EQUAL_INT(refused, 1);
    CU_ASSERT(remarks_name(tov_message_draft_remarks(draft), "kind"));
    CU_ASSERT(remarks_name(tov_message_draft_remarks(draft), "necessity"));
    UNIT_OK(tov_message_draft_set(draft, "fields.kind", "telefon", NULL));
    UNIT_OK(tov_message_draft_check(draft, &refused, NULL));
    CU_ASSERT(!remarks_name(tov_message_draft_remarks(draft), "kind"));
    tov_message_draft_destroy(draft);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_type_that_there_is_not_is_not_found_and_named),
        UNIT_TEST(every_draft_has_a_key_of_its_own),
        UNIT_TEST(a_key_has_16_to_64_bytes),
        UNIT_TEST(every_text_form_is_read_back_as_it_was_set),
        UNIT_TEST(a_uuid_is_read_with_hyphens_and_a_time_without_milliseconds),
        UNIT_TEST(setting_again_replaces_and_an_empty_text_clears),
        UNIT_TEST(a_list_of_values_grows_and_is_cleared_as_a_whole),
        UNIT_TEST(one_value_of_a_list_is_neither_replaced_nor_cleared),
        UNIT_TEST(one_more_than_a_list_of_records_has_begins_a_new_one),
        UNIT_TEST(a_path_that_leads_nowhere_is_refused_by_name),
        UNIT_TEST(a_path_of_256_bytes_is_refused),
        UNIT_TEST(a_text_of_the_wrong_form_is_refused_and_nothing_is_left_of_it),
        UNIT_TEST(a_text_longer_than_any_message_is_refused),
        UNIT_TEST(a_message_has_at_most_32_recipients),
        UNIT_TEST(a_recipient_is_agency_slash_unit_with_a_right),
        UNIT_TEST(the_sender_is_a_unit_with_or_without_its_agency),
        UNIT_TEST(a_target_is_a_reference_with_a_relation),
        UNIT_TEST(an_attachment_has_at_most_2_gib),
        UNIT_TEST(a_message_has_at_most_16_attachments),
        UNIT_TEST(names_and_types_of_attachments_have_limits),
        UNIT_TEST(only_a_regular_file_can_be_attached),
        UNIT_TEST(a_check_names_what_is_missing_and_lets_a_whole_draft_pass),
    };
    return unit_run("lib draft", tests, sizeof tests / sizeof tests[0]);
}
