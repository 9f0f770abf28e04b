/* SPDX-License-Identifier: EUPL-1.2
 *
 * Looking for words in all texts of a draft. At each place two tables, by the byte there and by
 * the next, say which words may begin; only those are compared.
 */
#include "case/judging.h"

#include <assert.h>
#include <string.h>

#define WORDS_MAX 16u

struct search {
    const struct tov_word_list *words;
    uint16_t starts[256];  /* bit i: word i may begin with this byte */
    uint16_t seconds[256]; /* bit i: this may be its second byte */
    uint16_t found;
};

/* The byte at AT in lower case: ASCII, and Latin letters like Æ, Ø, Å after their lead byte. */
static uint8_t lower_at(struct tov_bytes text, size_t at)
{
    uint8_t byte = text.data[at];
    if (byte >= 'A' && byte <= 'Z')
        return (uint8_t)(byte + 32);
    if (at > 0 && text.data[at - 1] == 0xc3 && byte >= 0x80 && byte <= 0x9e)
        return (uint8_t)(byte + 32);
    return byte;
}

/* Both cases; too many letters only cost a comparison. */
static void allow(uint16_t table[256], uint8_t byte, uint16_t bit)
{
    table[byte] |= bit;
    if ((byte >= 'a' && byte <= 'z') || (byte >= 0xa0 && byte <= 0xbe))
        table[byte - 32] |= bit;
}

static void search_init(struct search *search, const struct tov_word_list *words)
{
    assert(words->count <= WORDS_MAX);
    memset(search, 0, sizeof *search);
    search->words = words;
    for (size_t i = 0; i < words->count; i++) {
        const char *word = words->words[i];
        assert(word[0] != '\0' && word[1] != '\0');
        allow(search->starts, (uint8_t)word[0], (uint16_t)(1u << i));
        allow(search->seconds, (uint8_t)word[1], (uint16_t)(1u << i));
    }
}

static bool stands_at(struct tov_bytes text, size_t at, const char *word, bool exact)
{
    size_t same = 0;
    while (word[same] != '\0' && at + same < text.size &&
           (uint8_t)word[same] == (exact ? text.data[at + same] : lower_at(text, at + same)))
        same++;
    return word[same] == '\0';
}

static void search_text(struct search *search, struct tov_bytes text)
{
    for (size_t at = 0; at + 1 < text.size; at++) {
        unsigned may = search->starts[text.data[at]] & search->seconds[text.data[at + 1]];
        for (size_t i = 0; may != 0; i++, may >>= 1) {
            if ((may & 1) != 0 &&
                stands_at(text, at, search->words->words[i], search->words->exact))
                search->found |= (uint16_t)(1u << i);
        }
    }
}

/* Records nest as deep as their schemas, which never contain themselves. */
static void search_record(struct search *search, struct tov_record record)
{
    if (record.message == NULL)
        return;
    const struct tov_schema *schema = tov_record_schema(record);
    for (size_t i = 0; i < tov_schema_field_count(schema); i++) {
        struct tov_field field = tov_schema_field_at(schema, i);
        struct tov_value value;
        if (field.kind != TOV_FIELD_TEXT && field.kind != TOV_FIELD_RECORD)
            continue;
        for (size_t n = 0; tov_record_get_at(record, i, n, &value) == TOV_OK; n++) {
            if (field.kind == TOV_FIELD_TEXT)
                search_text(search, value.bytes);
            else
                search_record(search, value.record);
        }
    }
}

const char *tov_draft_mentions(const struct tov_draft *draft, const struct tov_word_list *words)
{
    struct search search;
    search_init(&search, words);
    search_record(&search, draft->content);
    search_record(&search, draft->content_fields);
    for (size_t i = 0; i < words->count; i++) {
        if ((search.found >> i & 1) != 0)
            return words->words[i];
    }
    return NULL;
}
