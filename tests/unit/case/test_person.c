/* SPDX-License-Identifier: EUPL-1.2
 *
 * Whom the words of a search fit. Not for: searches (core/find_test.c).
 */
#include "case/person.h"

#include "support/unit.h"

#include <string.h>

#define DECOMPOSED_AASE \
    "A\xcc\x8a"         \
    "se"

struct words {
    const char *name, *number;
    struct tov_date born; /* year 0: none */
};

static struct tov_bytes typed(const char *text)
{
    return text == NULL ? (struct tov_bytes){NULL, 0} : tov_bytes_of_text(text);
}

static enum tov_err read_words(const struct words *words, struct tov_person_words *out)
{
    struct tov_person_asked asked = {.name = typed(words->name),
                                     .number = typed(words->number),
                                     .has_birth_date = words->born.year != 0,
                                     .birth_date = words->born};
    struct tov_text fault = {NULL, NULL};
    enum tov_err err = tov_person_words_read(&asked, out, &fault);
    UNIT_EQUAL_INT(err == TOV_OK, fault.da == NULL && fault.en == NULL);
    return err;
}

/* WORDS against a person. */
static bool fits(struct words words, struct words person)
{
    struct tov_record content, subject;
    struct tov_person_words read;
    UNIT_NEED(read_words(&words, &read) == TOV_OK);
    UNIT_NEED(tov_record_create(tov_schema_find("Content"), &content) == TOV_OK);
    UNIT_NEED(tov_record_open(content, "subject", &subject) == TOV_OK);
    if (person.name != NULL)
        UNIT_OK(tov_record_put_text(subject, "name", person.name));
    if (person.number != NULL)
        UNIT_OK(tov_record_put_text(subject, "number", person.number));
    if (person.born.year != 0)
        UNIT_OK(tov_record_put_date(subject, "birth_date", person.born));
    bool is_fitting = tov_person_fits(&read, subject);
    tov_record_destroy(&content);
    return is_fitting;
}

static bool is_refused(struct words words)
{
    struct tov_person_words read;
    return read_words(&words, &read) == TOV_E_ARGUMENT;
}

static bool are_alike(const char *one, const char *other)
{
    return fits((struct words){.name = one}, (struct words){.name = other}) &&
           fits((struct words){.name = other}, (struct words){.name = one});
}

static void accents_and_capitals_do_not_count(void)
{
    CU_ASSERT(are_alike("Åse", DECOMPOSED_AASE));
    CU_ASSERT(are_alike("ÅSE", "åse"));
    CU_ASSERT(are_alike("Müller", "Mu\xcc\x88ller"));
    CU_ASSERT(are_alike("ŞAHİN", "şahin"));
    CU_ASSERT(are_alike("Łukasz Wójcik", "lukasz wojcik"));
    CU_ASSERT(are_alike("DVOŘÁK", "dvor\xcc\x8c"
                                  "a\xcc\x81k"));
    CU_ASSERT(are_alike("Œuvre", "oeuvre"));
    CU_ASSERT(are_alike("ÆRØ", "ærø"));
    CU_ASSERT(are_alike("Ÿvonne", "yvonne"));
    CU_ASSERT(!are_alike("Ærø", "Aro"));
    CU_ASSERT(!are_alike("Søren", "Soren"));
}

static void six_digits_are_a_date_of_birth(void)
{
    struct words known = {.number = "120493-0151"};
    struct words replaced = {.number = "720493-0151"};
    struct words dated = {.born = {1993, 4, 12}};
    CU_ASSERT(fits((struct words){.number = "120493"}, known));
    CU_ASSERT(fits((struct words){.number = "12-04-93"}, replaced));
    CU_ASSERT(fits((struct words){.number = "720493"}, replaced));
    CU_ASSERT(fits((struct words){.number = "120493"}, dated));
    CU_ASSERT(!fits((struct words){.number = "130493"}, known));
    CU_ASSERT(!fits((struct words){.number = "120494"}, dated));
    CU_ASSERT(fits((struct words){.born = {1993, 4, 12}}, dated));
    CU_ASSERT(!fits((struct words){.born = {1893, 4, 12}}, dated));
    CU_ASSERT(fits((struct words){.number = "1204930151"}, known));
    CU_ASSERT(!fits((struct words){.number = "1204930152"}, known));
}

static void half_a_number_and_one_letter_are_refused(void)
{
    CU_ASSERT(is_refused((struct words){.number = "12049301"}));
    CU_ASSERT(is_refused((struct words){.number = "12049301511"}));
    CU_ASSERT(is_refused((struct words){.number = "991393"}));
    CU_ASSERT(is_refused((struct words){.number = "12"}));
    CU_ASSERT(is_refused((struct words){.number = "--"}));
    CU_ASSERT(!is_refused((struct words){.number = "1204abcd"})); /* of other kinds of number */
    CU_ASSERT(is_refused((struct words){.name = "å"}));
    CU_ASSERT(is_refused((struct words){.name = "ø"}));
    CU_ASSERT(is_refused((struct words){.name = "\xcc\x8a"}));
    CU_ASSERT(is_refused((struct words){.name = "ø - "}));
    CU_ASSERT(!is_refused((struct words){.name = "Bo"}));
    CU_ASSERT(is_refused((struct words){.name = NULL}));
}

static bool is_reason(const char *text)
{
    struct tov_text fault;
    return tov_person_reason_check(tov_bytes_of_text(text), &fault) == TOV_OK;
}

static void a_reason_has_five_characters_that_are_no_blanks(void)
{
    CU_ASSERT(is_reason("vagt!"));
    CU_ASSERT(is_reason(" æ ø å é ü "));
    CU_ASSERT(!is_reason("ææøø")); /* eight bytes, four characters */
    CU_ASSERT(!is_reason("a  b  c  d"));
    CU_ASSERT(!is_reason(""));
}

static void a_line_with_five_digits_is_a_number(void)
{
    CU_ASSERT(tov_person_is_number(tov_bytes_of_text("120493-0151")));
    CU_ASSERT(tov_person_is_number(tov_bytes_of_text("K 12345")));
    CU_ASSERT(!tov_person_is_number(tov_bytes_of_text("Christian 10. af Vestergade 22")));
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(accents_and_capitals_do_not_count),
        UNIT_TEST(six_digits_are_a_date_of_birth),
        UNIT_TEST(half_a_number_and_one_letter_are_refused),
        UNIT_TEST(a_reason_has_five_characters_that_are_no_blanks),
        UNIT_TEST(a_line_with_five_digits_is_a_number),
    };
    return unit_run("case: whom the words of a search fit", tests, sizeof tests / sizeof tests[0]);
}
