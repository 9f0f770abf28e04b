/* SPDX-License-Identifier: EUPL-1.2 */
#include "case/person.h"

#include "base/secret.h"

#include <string.h>

#define NAME_MIN_CHARS 2u
#define NUMBER_MIN_CHARS 6u
#define CPR_DIGITS 10u
#define BIRTH_DIGITS 6u /* ddmmyy */
#define REASON_MIN_CHARS 5u
#define LINE_DIGITS 5u /* more than any name has */

_Static_assert(TOV_PERSON_WORD_MAX_BYTES == 200 && REASON_MIN_CHARS == 5, "texts below say so");

/* ---- folding ---- */

/* The letter without its accent of U+00C0 and on, and of U+00E0 and on; '.': it has none. */
static const char latin1[] = "aaaaaa.ceeeeiiii.nooooo..uuuuy..";
/* Of U+0100 to U+017F. */
static const char extended[] = "aaaaaaccccccccdd"
                               "ddeeeeeeeeeegggg"
                               "gggghhhhiiiiiiii"
                               "iiiijjkkklllllll"
                               "lllnnnnnnnnnoooo"
                               "oooorrrrrrssssss"
                               "ssttttttuuuuuuuu"
                               "uuuuwwyyyzzzzzzs";

struct fold {
    char *out;
    size_t size;
};

static void put(struct fold *fold, unsigned char byte)
{
    if (fold->size < TOV_PERSON_WORD_MAX_BYTES)
        fold->out[fold->size++] = (char)byte;
}

static void put_ascii(struct fold *fold, unsigned char byte)
{
    if (byte >= 'A' && byte <= 'Z')
        byte = (unsigned char)(byte + 0x20);
    else if (byte == '-' || byte == '.' || byte == ',' || byte == '\t')
        byte = ' ';
    put(fold, byte);
}

/* U+00C0 to U+00FF; SECOND is its second byte. */
static void put_latin1(struct fold *fold, unsigned char second)
{
    bool is_capital = second <= 0x9e && second != 0x97; /* not the sign for times */
    int letter = second == 0xbf ? 'y' : latin1[second & 0x1f];
    if (letter != '.') {
        put(fold, (unsigned char)letter);
        return;
    }
    put(fold, 0xc3);
    put(fold, is_capital ? (unsigned char)(second + 0x20) : second);
}

static void put_extended(struct fold *fold, unsigned code)
{
    put(fold, (unsigned char)extended[code - 0x100]);
    if (code == 0x132 || code == 0x133)
        put(fold, 'j');
    if (code == 0x152 || code == 0x153)
        put(fold, 'e');
}

/* A character of two bytes. Marks that combine with the letter before, U+0300 to U+036F, go. */
static void put_pair(struct fold *fold, unsigned char first, unsigned char second)
{
    unsigned code = (first & 0x1fu) << 6 | (second & 0x3fu);
    if (code >= 0xc0 && code <= 0xff)
        put_latin1(fold, second);
    else if (code >= 0x100 && code <= 0x17f)
        put_extended(fold, code);
    else if (code < 0x300 || code > 0x36f) {
        put(fold, first);
        put(fold, second);
    }
}

static void fold_name(struct tov_bytes text, char out[TOV_PERSON_WORD_MAX_BYTES + 1])
{
    struct fold fold = {out, 0};
    for (size_t i = 0; i < text.size; i++) {
        unsigned char byte = text.data[i];
        bool is_pair = (byte & 0xe0) == 0xc0 && i + 1 < text.size;
        if (is_pair)
            put_pair(&fold, byte, text.data[++i]);
        else
            put_ascii(&fold, byte);
    }
    out[fold.size] = '\0';
}

/* Letters and digits alone, small. */
static void fold_number(struct tov_bytes text, char out[TOV_PERSON_WORD_MAX_BYTES + 1])
{
    struct fold fold = {out, 0};
    for (size_t i = 0; i < text.size; i++) {
        unsigned char byte = text.data[i];
        if (byte >= 'A' && byte <= 'Z')
            byte = (unsigned char)(byte + 0x20);
        if ((byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z'))
            put(&fold, byte);
    }
    out[fold.size] = '\0';
}

/* Characters of UTF-8 TEXT that are no blanks. */
static size_t count_characters(struct tov_bytes text)
{
    size_t count = 0;
    for (size_t i = 0; i < text.size; i++)
        count += text.data[i] > 0x20 && text.data[i] != 0x7f && (text.data[i] & 0xc0) != 0x80;
    return count;
}

/* ---- fitting ---- */

/* Whether some word of NAME begins with the SIZE bytes at WORD. */
static bool has_word(const char *name, const char *word, size_t size)
{
    for (const char *at = name; *at != '\0'; at++) {
        if ((at == name || at[-1] == ' ') && strncmp(at, word, size) == 0)
            return true;
    }
    return false;
}

static bool has_all_words(const char *name, const char *words)
{
    bool any = false;
    while (*words != '\0') {
        size_t size = strcspn(words, " ");
        if (size > 0 && !has_word(name, words, size))
            return false;
        any = any || size > 0;
        words += size + (words[size] == ' ' ? 1 : 0);
    }
    return any;
}

static int two_digits(const char *text)
{
    bool are_digits = text[0] >= '0' && text[0] <= '9' && text[1] >= '0' && text[1] <= '9';
    return are_digits ? 10 * (text[0] - '0') + text[1] - '0' : -1;
}

/* The date that a folded number begins with, its year without the century; of a replacement number
 * the day is 60 more. False: it begins with none. */
static bool date_of_number(const char *number, struct tov_date *out)
{
    if (strlen(number) < BIRTH_DIGITS)
        return false;
    int day = two_digits(number);
    *out = (struct tov_date){.year = two_digits(number + 4),
                             .month = two_digits(number + 2),
                             .day = day > 60 ? day - 60 : day};
    return out->year >= 0 && out->month >= 1 && out->month <= 12 && out->day >= 1 && out->day <= 31;
}

/* The date of birth of PERSON, else what the number says. */
static bool birth_of(struct tov_record person, struct tov_date *out, bool *out_has_century)
{
    char number[TOV_PERSON_WORD_MAX_BYTES + 1];
    *out_has_century = tov_record_date(person, "birth_date", out);
    if (*out_has_century)
        return true;
    fold_number(tov_record_bytes(person, "number"), number);
    bool is_there = date_of_number(number, out);
    tov_wipe(number, sizeof number);
    return is_there;
}

static bool is_born(struct tov_record person, struct tov_date day, bool with_century)
{
    struct tov_date date = {0};
    bool has_century = false;
    if (!birth_of(person, &date, &has_century) || date.month != day.month || date.day != day.day)
        return false;
    return has_century && with_century ? date.year == day.year : date.year % 100 == day.year % 100;
}

static bool has_number(const struct tov_person_words *words, struct tov_record person)
{
    char text[TOV_PERSON_WORD_MAX_BYTES + 1];
    struct tov_date day = {0};
    if (strlen(words->number) == BIRTH_DIGITS && date_of_number(words->number, &day) &&
        strspn(words->number, "0123456789") == BIRTH_DIGITS)
        return is_born(person, day, false);
    fold_number(tov_record_bytes(person, "number"), text);
    bool fits = strcmp(text, words->number) == 0;
    tov_wipe(text, sizeof text);
    return fits;
}

static bool has_name(const struct tov_person_words *words, struct tov_record person)
{
    char text[TOV_PERSON_WORD_MAX_BYTES + 1];
    fold_name(tov_record_bytes(person, "name"), text);
    bool fits = has_all_words(text, words->name);
    tov_wipe(text, sizeof text);
    return fits;
}

bool tov_person_fits(const struct tov_person_words *words, struct tov_record person)
{
    return (words->name[0] == '\0' || has_name(words, person)) &&
           (words->number[0] == '\0' || has_number(words, person)) &&
           (!words->has_birth_date || is_born(person, words->birth_date, true));
}

/* ---- reading ---- */

static enum tov_err fault(struct tov_text *out_fault, const char *danish, const char *english)
{
    *out_fault = (struct tov_text){danish, english};
    return TOV_E_ARGUMENT;
}

static enum tov_err check_number(const char *number, struct tov_text *out_fault)
{
    struct tov_date day;
    size_t size = strlen(number);
    bool is_digits = strspn(number, "0123456789") == size;
    if (size < NUMBER_MIN_CHARS)
        return fault(out_fault, "Skriv hele nummeret, som det står i beskederne.",
                     "Write the whole number, as it stands in the messages.");
    if (is_digits && size != CPR_DIGITS && (size != BIRTH_DIGITS || !date_of_number(number, &day)))
        return fault(out_fault,
                     "Et CPR-nummer har ti cifre. Seks cifre er en fødselsdato (ddmmåå).",
                     "A CPR number has ten digits. Six digits are a date of birth (ddmmyy).");
    return TOV_OK;
}

static enum tov_err check_name(const char *name, struct tov_text *out_fault)
{
    if (count_characters(tov_bytes_of_text(name)) >= NAME_MIN_CHARS)
        return TOV_OK;
    return fault(out_fault, "Skriv mindst to bogstaver af navnet.",
                 "Write at least two letters of the name.");
}

enum tov_err tov_person_words_read(const struct tov_person_asked *asked,
                                   struct tov_person_words *out, struct tov_text *out_fault)
{
    *out = (struct tov_person_words){.name = ""};
    if (asked->name.size == 0 && asked->number.size == 0 && !asked->has_birth_date)
        return fault(out_fault, "Skriv et navn, et CPR-nummer eller en fødselsdato.",
                     "Say a name, a CPR number or a date of birth.");
    if (asked->name.size > TOV_PERSON_WORD_MAX_BYTES ||
        asked->number.size > TOV_PERSON_WORD_MAX_BYTES)
        return fault(out_fault, "Et navn eller et nummer er længere end 200 bytes.",
                     "A name or a number is longer than 200 bytes.");
    fold_name(asked->name, out->name);
    fold_number(asked->number, out->number);
    out->has_birth_date = asked->has_birth_date;
    out->birth_date = asked->birth_date;
    if (asked->name.size > 0)
        TOV_TRY(check_name(out->name, out_fault));
    return asked->number.size == 0 ? TOV_OK : check_number(out->number, out_fault);
}

enum tov_err tov_person_reason_check(struct tov_bytes reason, struct tov_text *out_fault)
{
    if (count_characters(reason) >= REASON_MIN_CHARS)
        return TOV_OK;
    return fault(out_fault,
                 "Begrundelsen er for kort. Skriv med mindst fem tegn, hvorfor du søger; den står "
                 "i adgangsloggen.",
                 "The reason is too short. Say in at least five characters why you search; it "
                 "stands in the access log.");
}

bool tov_person_is_number(struct tov_bytes line)
{
    size_t digits = 0;
    for (size_t i = 0; i < line.size; i++)
        digits += line.data[i] >= '0' && line.data[i] <= '9' ? 1 : 0;
    return digits >= LINE_DIGITS;
}
