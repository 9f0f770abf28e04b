/* SPDX-License-Identifier: EUPL-1.2
 *
 * The form text: what is written reads back, what is wrong is named by line and field, and nothing
 * that a person wrote is taken for something else.
 */
#include "base/cleanup.h"
#include "case/form.h"
#include "drafts.h"
#include "support/unit.h"

#include <stdlib.h>
#include <string.h>

static struct test_draft test;
static struct tov_findings findings;

static struct tov_buf encoded(const struct tov_draft *draft)
{
    struct tov_buf both = TOV_BUF_INIT(2 * TOV_RECORD_MAX_BYTES);
    UNIT_NEED(tov_draft_encode(draft, &both, &both) == TOV_OK);
    return both;
}

static enum tov_err read_text(struct tov_draft *draft, struct tov_bytes text)
{
    memset(&findings, 0, sizeof findings);
    return tov_form_read(text, draft, &findings);
}

static void each_draft_reads_back_as_it_was(void)
{
    for (size_t i = 0; i < 2 * tov_message_type_count(); i++) {
        enum tov_language language = i % 2 == 0 ? TOV_DANISH : TOV_ENGLISH;
        test_draft_init(&test, tov_message_type_at(i / 2)->id);
        TOV_CLEANUP(tov_buf_fini) struct tov_buf before = encoded(&test.draft);
        TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TOV_FORM_MAX_BYTES);
        tov_form_write(&test.draft, language, &text);
        UNIT_OK(text.failed);
        UNIT_OK(read_text(&test.draft, tov_buf_view(&text)));
        findings_print(&findings);
        TOV_CLEANUP(tov_buf_fini) struct tov_buf after = encoded(&test.draft);
        UNIT_EQUAL_BYTES(tov_buf_view(&after), tov_buf_view(&before));
        UNIT_EQUAL_INT(test_draft_judge(&test, &findings), 0);
        test_draft_fini(&test);
    }
}

/* The empty form of each type is a text that reads, and then says by name what is missing. */
static void the_empty_form_reads_and_asks_for_what_is_required(void)
{
    for (size_t i = 0; i < tov_message_type_count(); i++) {
        struct tov_draft draft;
        UNIT_NEED(tov_draft_create(tov_message_type_at(i), &draft) == TOV_OK);
        TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TOV_FORM_MAX_BYTES);
        tov_form_write(&draft, TOV_DANISH, &text);
        UNIT_OK(read_text(&draft, tov_buf_view(&text)));
        struct tov_rule_context context = {.sender = unit_facts("kk/vink")};
        tov_draft_judge(&draft, &context, &findings);
        CU_ASSERT(findings_have(&findings, 0, "legal_bases"));
        tov_draft_fini(&draft);
    }
}

static bool has(struct tov_bytes text, const char *words)
{
    return memmem(text.data, text.size, words, strlen(words)) != NULL;
}

static void the_danish_form_speaks_danish(void)
{
    test_draft_init(&test, "prison.released");
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TOV_FORM_MAX_BYTES);
    tov_form_write(&test.draft, TOV_DANISH, &text);
    struct tov_bytes view = tov_buf_view(&text);
    CU_ASSERT(has(view, "# Løsladt (prison.released, version 1)\n"));
    CU_ASSERT(has(view, "* Hvorfor har modtageren brug for dette? [necessity]: Kommunen skal"));
    CU_ASSERT(has(view, "* Løsladt den [released_at]: 28-06-2021 12.00\n"));
    CU_ASSERT(has(view, "#   proeve_tilsyn: prøveløsladt med tilsyn\n"));
    CU_ASSERT(has(view, "#   BEK-HPL: Bekendtgørelsen om koordination af handleplaner\n"));
    CU_ASSERT(has(view, "# Modtager 1: eki\n"));
    CU_ASSERT(has(view, "* Hvilken opgave har modtageren? [recipients.1.need_reason]: "));
    test_draft_fini(&test);
}

/* Every comment of every form, in columns; the lines of fields are as long as they are. */
static void expect_narrow_comments(const char *type, enum tov_language language)
{
    test_draft_init(&test, type);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TOV_FORM_MAX_BYTES);
    tov_form_write(&test.draft, language, &text);
    size_t column = 0;
    bool is_comment = false;
    for (size_t i = 0; i < text.size; i++) {
        bool is_end = text.data[i] == '\n';
        if (is_end && is_comment)
            CU_ASSERT(column <= 78);
        if (is_end)
            column = 0;
        else if (column == 0)
            is_comment = text.data[i] == '#';
        column += !is_end && (text.data[i] & 0xc0) != 0x80 ? 1 : 0;
    }
    test_draft_fini(&test);
}

static void comments_fit_an_editor_of_80_columns(void)
{
    for (size_t i = 0; i < tov_message_type_count(); i++) {
        expect_narrow_comments(tov_message_type_at(i)->id, TOV_DANISH);
        expect_narrow_comments(tov_message_type_at(i)->id, TOV_ENGLISH);
    }
    test_draft_init(&test, "msg.note");
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TOV_FORM_MAX_BYTES);
    tov_form_write(&test.draft, TOV_DANISH, &text);
    CU_ASSERT(has(tov_buf_view(&text),
                  "# Én sætning om, hvorfor netop denne modtager har brug for netop disse\n"
                  "# oplysninger.\n"));
    test_draft_fini(&test);
}

/* What a caseworker fills in by hand, comments and all. */
static void a_filled_in_form_becomes_a_draft(void)
{
    static const char text[] = "# Svar på anmodning\n"
                               "\n"
                               "* Hjemmel [legal_bases]:\n"
                               "EGEN\n"
                               "* Formål [purpose]: social_indsats\r\n"
                               "* Hvornår skete det? [occurred_at]: 2/7-2021 kl\n"
                               "Er svaret fuldstændigt? [complete]: ja\n"
                               "[facts.1.dimension]: job\n"
                               "[facts.1.fact]: Har mødt stabilt.\n"
                               "\n"
                               "   Også om fredagen.   \n"
                               "\n"
                               "[facts.1.fact_date]: 15-01-2021\n"
                               "[facts.2.dimension]: familie\n"
                               "[facts.2.fact]:\n"
                               "\\# ikke en kommentar\n"
                               "# en kommentar\n"
                               "\\Se [purpose]: i bilaget\n"
                               "[categories]: helbred, tredjeperson\n";
    test_draft_init(&test, "info.response");
    UNIT_EQUAL_INT(read_text(&test.draft, tov_bytes_of_text(text)), TOV_E_SCHEMA);
    UNIT_EQUAL_INT(findings.count, 1);
    UNIT_EQUAL_TEXT(findings.items[0].field, "occurred_at");
    UNIT_EQUAL_INT(findings.items[0].line, 6);
    UNIT_EQUAL_TEXT(findings.items[0].reason_da, "Skriv dato og klokkeslæt som dd-mm-åååå tt.mm.");

    struct tov_record fact;
    UNIT_NEED(tov_record_child(test.draft.content_fields, "facts", 0, &fact));
    UNIT_EQUAL_BYTES(tov_record_bytes(fact, "fact"),
                     tov_bytes_of_text("Har mødt stabilt.\n\n   Også om fredagen."));
    UNIT_NEED(tov_record_child(test.draft.content_fields, "facts", 1, &fact));
    UNIT_EQUAL_BYTES(tov_record_bytes(fact, "fact"),
                     tov_bytes_of_text("# ikke en kommentar\nSe [purpose]: i bilaget"));
    UNIT_EQUAL_INT(tov_record_count(test.draft.header, "categories"), 2);
    UNIT_EQUAL_BYTES(tov_record_bytes(test.draft.header, "purpose"),
                     tov_bytes_of_text("social_indsats"));
    UNIT_EQUAL_INT(tov_record_number(test.draft.header_fields, "complete"), 1);
    /* not in the text any more */
    UNIT_EQUAL_INT(tov_record_count(test.draft.content_fields, "third_persons"), 0);
    /* not the form's business */
    UNIT_EQUAL_INT(tov_record_count(test.draft.header, "recipients"), 1);
    UNIT_EQUAL_INT(tov_record_count(test.draft.header, "in_reply_to"), 1);
    test_draft_fini(&test);
}

static void each_error_names_its_line_and_field(void)
{
    static const struct {
        const char *text, *field;
        uint32_t line;
    } cases[] = {
        {"\n[complete]: måske\n", "complete", 2},
        {"[facts.1.fact_date]: 31-02-2021\n", "facts.1.fact_date", 1},
        {"# x\n# y\n[facts.1.dimension]: arbejde\n", "facts.1.dimension", 3},
        {"[no_such_field]: a\n", "no_such_field", 1},
        {"[facts.fact]: a\n", "facts.fact", 1},
        {"[purpose.1.x]: a\n", "purpose.1.x", 1},
        {"[facts.2.fact]: a\n", "facts.2.fact", 1},
        {"[recipients.2.need_reason]: a\n", "recipients.2.need_reason", 1},
        {"[purpose]: boern\n[purpose]: andet\n", "purpose", 2},
        {"\n\nløs tekst\n[purpose]: boern\n", "", 3},
        {"[necessity]: \xff\n", "necessity", 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        test_draft_init(&test, "info.response");
        UNIT_EQUAL_INT(read_text(&test.draft, tov_bytes_of_text(cases[i].text)), TOV_E_SCHEMA);
        UNIT_EQUAL_INT(findings.count, 1);
        UNIT_EQUAL_TEXT(findings.items[0].field, cases[i].field);
        UNIT_EQUAL_INT(findings.items[0].line, cases[i].line);
        CU_ASSERT(findings.items[0].reason_da[0] != '\0');
        CU_ASSERT(findings.items[0].reason_en[0] != '\0');
        test_draft_fini(&test);
    }
}

static void texts_that_look_like_the_form_survive_it(void)
{
    static const char *const texts[] = {
        "en linje\n# to\n\\tre\n* Formål [purpose]: fire",
        "[a]:",
        "[purpose]: x",
        "slutter på\n\\",
        "æøå\n\nafsnit\n[x.1.y]: z",
        "kun [klammer] uden kolon\nog [tom]",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        test_draft_init(&test, "msg.note");
        UNIT_OK(tov_record_put_text(test.draft.content, "free_text", texts[i]));
        TOV_CLEANUP(tov_buf_fini) struct tov_buf form = TOV_BUF_INIT(TOV_FORM_MAX_BYTES);
        tov_form_write(&test.draft, TOV_DANISH, &form);
        UNIT_OK(read_text(&test.draft, tov_buf_view(&form)));
        UNIT_EQUAL_BYTES(tov_record_bytes(test.draft.content, "free_text"),
                         tov_bytes_of_text(texts[i]));
        test_draft_fini(&test);
    }
}

static void words_of_a_list_that_look_like_the_form_survive_it(void)
{
    static const char text[] = "[legal_bases]: \n\\#1\n\\[purpose]: x\n\\\\y\nEGEN, #2\n";
    static const char *const words[] = {"#1", "[purpose]: x", "\\y", "EGEN", "#2"};
    test_draft_init(&test, "msg.note");
    UNIT_OK(read_text(&test.draft, tov_bytes_of_text(text)));
    TOV_CLEANUP(tov_buf_fini) struct tov_buf form = TOV_BUF_INIT(TOV_FORM_MAX_BYTES);
    tov_form_write(&test.draft, TOV_DANISH, &form);
    UNIT_OK(read_text(&test.draft, tov_buf_view(&form)));
    UNIT_EQUAL_INT(tov_record_count(test.draft.header, "legal_bases"), 5);
    for (size_t i = 0; i < 5; i++) {
        struct tov_value value = {.bytes = {NULL, 0}};
        UNIT_OK(tov_record_get(test.draft.header, "legal_bases", i, &value));
        UNIT_EQUAL_BYTES(value.bytes, tov_bytes_of_text(words[i]));
    }
    test_draft_fini(&test);
}

/* The form of many records has hundreds of lines; each is read. */
static void a_form_of_many_records_reads_back(void)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TOV_FORM_MAX_BYTES);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf form = TOV_BUF_INIT(TOV_FORM_MAX_BYTES);
    const unsigned count = 200;
    for (unsigned i = 1; i <= count; i++)
        tov_buf_put_format(&text, "[facts.%u.fact]: nr. %u\n", i, i);
    test_draft_init(&test, "info.response");
    UNIT_OK(read_text(&test.draft, tov_buf_view(&text)));
    tov_form_write(&test.draft, TOV_ENGLISH, &form);
    UNIT_OK(form.failed);
    UNIT_OK(read_text(&test.draft, tov_buf_view(&form)));
    UNIT_EQUAL_INT(tov_record_count(test.draft.content_fields, "facts"), count);
    tov_buf_put_text(&text, "[facts.7.fact]: igen\n");
    UNIT_EQUAL_INT(read_text(&test.draft, tov_buf_view(&text)), TOV_E_SCHEMA);
    UNIT_EQUAL_INT(findings.count, 1);
    UNIT_EQUAL_INT(findings.items[0].line, count + 1);
    test_draft_fini(&test);
}

static void line_ends_of_any_machine_are_no_part_of_a_text(void)
{
    test_draft_init(&test, "msg.note");
    UNIT_OK(read_text(&test.draft, tov_bytes_of_text("[free_text]: en\r\r\nto\r\r\r\ntre\r\n")));
    UNIT_EQUAL_BYTES(tov_record_bytes(test.draft.content, "free_text"),
                     tov_bytes_of_text("en\nto\ntre"));
    test_draft_fini(&test);
}

static void a_text_that_is_too_long_is_refused_before_it_is_read(void)
{
    test_draft_init(&test, "msg.note");
    char *text = calloc(1, TOV_FORM_MAX_BYTES + 1);
    UNIT_NEED(text != NULL);
    memset(text, '#', TOV_FORM_MAX_BYTES + 1);
    UNIT_EQUAL_INT(
        read_text(&test.draft, (struct tov_bytes){(uint8_t *)text, TOV_FORM_MAX_BYTES + 1}),
        TOV_E_LIMIT);
    UNIT_EQUAL_INT(tov_record_count(test.draft.content, "free_text"), 1);
    UNIT_OK(read_text(&test.draft, (struct tov_bytes){(uint8_t *)text, TOV_FORM_MAX_BYTES}));
    free(text);
    test_draft_fini(&test);
}

static void mutated_forms_never_crash_and_never_pass_silently(void)
{
    uint64_t seed = 7;
    for (int round = 0; round < 3000; round++) {
        size_t which = unit_random(&seed) % tov_message_type_count();
        test_draft_init(&test, tov_message_type_at(which)->id);
        TOV_CLEANUP(tov_buf_fini) struct tov_buf form = TOV_BUF_INIT(TOV_FORM_MAX_BYTES);
        tov_form_write(&test.draft, TOV_DANISH, &form);
        for (uint64_t n = 1 + unit_random(&seed) % 8; n > 0; n--) {
            static const char bytes[] = "[]:.#\\*\n 19a\xc3";
            form.data[unit_random(&seed) % form.size] =
                (uint8_t)bytes[unit_random(&seed) % (sizeof bytes - 1)];
        }
        enum tov_err err = read_text(&test.draft, tov_buf_view(&form));
        CU_ASSERT((err == TOV_OK) == (findings.count == 0));
        if (err == TOV_OK) {
            TOV_CLEANUP(tov_buf_fini) struct tov_buf bytes = encoded(&test.draft);
            CU_ASSERT(bytes.size > 0);
        }
        test_draft_fini(&test);
    }
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(each_draft_reads_back_as_it_was),
        UNIT_TEST(the_empty_form_reads_and_asks_for_what_is_required),
        UNIT_TEST(the_danish_form_speaks_danish),
        UNIT_TEST(comments_fit_an_editor_of_80_columns),
        UNIT_TEST(a_filled_in_form_becomes_a_draft),
        UNIT_TEST(each_error_names_its_line_and_field),
        UNIT_TEST(texts_that_look_like_the_form_survive_it),
        UNIT_TEST(words_of_a_list_that_look_like_the_form_survive_it),
        UNIT_TEST(a_form_of_many_records_reads_back),
        UNIT_TEST(line_ends_of_any_machine_are_no_part_of_a_text),
        UNIT_TEST(a_text_that_is_too_long_is_refused_before_it_is_read),
        UNIT_TEST(mutated_forms_never_crash_and_never_pass_silently),
    };
    return unit_run("case_form", tests, sizeof tests / sizeof tests[0]);
}
