/* SPDX-License-Identifier: EUPL-1.2
 *
 * A recipe is a roster without what the tool knows better: "version", "previous", "threshold" and
 * "root" lines come from the previous roster and the roots, the line "  keys" becomes an agency's
 * card, lines that begin with '#', empty lines and "  client" lines are left out.
 */
#include "keys/recipe.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "roster/lines.h"

struct maker {
    const struct recipe_inputs *inputs;
    struct tov_buf *out;
    struct tov_buf origins;  /* u32 recipe line of each line made */
    unsigned line;           /* of the recipe */
    unsigned made;           /* lines so far */
    struct tov_bytes agency; /* "1 kk" */
    struct tov_error *error;
};

static bool next_line(struct tov_bytes *rest, struct tov_bytes *out_line)
{
    if (rest->size == 0)
        return false;
    const uint8_t *newline = memchr(rest->data, '\n', rest->size);
    size_t size = newline == NULL ? rest->size : (size_t)(newline - rest->data);
    *out_line = (struct tov_bytes){rest->data, size};
    size_t used = newline == NULL ? size : size + 1;
    *rest = (struct tov_bytes){rest->data + used, rest->size - used};
    return true;
}

static bool begins_with(struct tov_bytes line, const char *start, struct tov_bytes *out_value)
{
    size_t size = strlen(start);
    if (line.size < size || memcmp(line.data, start, size) != 0)
        return false;
    *out_value = (struct tov_bytes){line.data + size, line.size - size};
    return true;
}

/* Remembers that the lines made since the last call come from the recipe's present line. */
static void note_origin(struct maker *maker, struct tov_bytes made)
{
    for (size_t i = 0; i < made.size; i++) {
        if (made.data[i] == '\n') {
            tov_buf_put_u32(&maker->origins, maker->line);
            maker->made++;
        }
    }
}

static void put_head(struct maker *maker)
{
    const struct tov_roster *previous = maker->inputs->previous;
    struct tov_hash hash = {{0}};
    char hex[65];
    if (previous != NULL)
        hash = tov_roster_hash(previous);
    tov_hex_encode(TOV_BYTES_OF(hash.bytes), hex);
    tov_buf_put_format(maker->out, "version %u\nprevious %s\n",
                       previous == NULL ? 1 : tov_roster_version(previous) + 1, hex);
}

static void put_roots(struct maker *maker)
{
    const struct tov_roots *roots = maker->inputs->roots;
    tov_buf_put_format(maker->out, "threshold %u\n", roots->threshold);
    for (size_t i = 0; i < roots->count; i++) {
        tov_buf_put_text(maker->out, "root ");
        tov_vkey_format(&roots->keys[i], maker->out);
        tov_buf_put_text(maker->out, "\n");
    }
}

static enum tov_err put_keys(struct maker *maker)
{
    for (size_t i = 0; i < maker->inputs->card_count; i++) {
        const struct card *card = &maker->inputs->cards[i];
        if (!tov_bytes_equal(card->agency, maker->agency))
            continue;
        struct tov_bytes rest = card->keys;
        struct tov_bytes line;
        while (next_line(&rest, &line)) {
            tov_buf_put_text(maker->out, "  ");
            tov_buf_put_bytes(maker->out, line);
            tov_buf_put_text(maker->out, "\n");
        }
        return TOV_OK;
    }
    return tov_fail(maker->error, TOV_E_MALFORMED,
                    "recipe line %u: no card says \"agency %.*s\"; hand in that agency's card",
                    maker->line, TOV_SHOWN(maker->agency));
}

static enum tov_err put_port(struct maker *maker, struct tov_bytes start)
{
    uint64_t number = 0;
    const uint8_t *space =
        maker->agency.size == 0 ? NULL : memchr(maker->agency.data, ' ', maker->agency.size);
    struct tov_bytes digits = {maker->agency.data,
                               space == NULL ? 0 : (size_t)(space - maker->agency.data)};
    if (maker->inputs->base_port == 0 || tov_decimal_decode(digits, &number) != TOV_OK ||
        number == 0)
        return tov_fail(
            maker->error, TOV_E_MALFORMED,
            "recipe line %u, endpoint: PORT stands for a number only in demo-federation",
            maker->line);
    tov_buf_put_bytes(maker->out, start);
    tov_buf_put_format(maker->out, "%u\n", maker->inputs->base_port + (unsigned)number - 1);
    return TOV_OK;
}

static bool ends_with_port(struct tov_bytes line)
{
    return line.size > 5 && memcmp(line.data + line.size - 5, ":PORT", 5) == 0;
}

static enum tov_err put_line(struct maker *maker, struct tov_bytes line)
{
    struct tov_bytes value;
    if (begins_with(line, "agency ", &value))
        maker->agency = value;
    if (tov_bytes_is_text(line, "tov-roster-recipe v1")) {
        tov_buf_put_text(maker->out, "tov-roster v1\n");
        return TOV_OK;
    }
    if (tov_bytes_is_text(line, "  keys"))
        return put_keys(maker);
    if (begins_with(line, "  endpoint ", &value) && ends_with_port(line))
        return put_port(maker, (struct tov_bytes){line.data, line.size - 4});
    tov_buf_put_bytes(maker->out, line);
    tov_buf_put_text(maker->out, "\n");
    if (begins_with(line, "federation ", &value))
        put_head(maker);
    if (begins_with(line, "witness-policy ", &value))
        put_roots(maker);
    return TOV_OK;
}

static enum tov_err put_all(struct maker *maker)
{
    struct tov_bytes rest = maker->inputs->recipe;
    struct tov_bytes line, value;
    while (next_line(&rest, &line)) {
        maker->line++;
        if (line.size == 0 || line.data[0] == '#' || begins_with(line, "  client ", &value))
            continue;
        size_t before = maker->out->size;
        TOV_TRY(put_line(maker, line));
        if (maker->out->failed != TOV_OK)
            return tov_fail(maker->error, maker->out->failed,
                            "the roster would be larger than %u "
                            "bytes, or no memory",
                            TOV_ROSTER_MAX_BYTES);
        note_origin(maker,
                    (struct tov_bytes){maker->out->data + before, maker->out->size - before});
    }
    return TOV_OK;
}

/* "line 12, cvr: ..." speaks of the text that was made; people have the recipe. */
static enum tov_err fail_in_recipe(const struct maker *maker, enum tov_err err)
{
    unsigned made = 0;
    /* NOLINTNEXTLINE(cert-err34-c): the number is one that the parser counted */
    if (maker->error == NULL || sscanf(maker->error->text, "line %u", &made) != 1 || made == 0 ||
        made > maker->made)
        return err;
    const uint8_t *at = maker->origins.data + 4 * (size_t)(made - 1);
    unsigned line = (unsigned)at[0] << 24 | (unsigned)at[1] << 16 | (unsigned)at[2] << 8 | at[3];
    return tov_fail_in(maker->error, err, "recipe line %u makes roster ", line);
}

enum tov_err recipe_make(const struct recipe_inputs *inputs, struct tov_buf *out,
                         struct tov_roster **out_roster, struct tov_error *error)
{
    struct maker maker = {.inputs = inputs,
                          .out = out,
                          .origins = TOV_BUF_INIT((size_t)4 * TOV_ROSTER_MAX_BYTES),
                          .error = error};
    enum tov_err err = put_all(&maker);
    if (err == TOV_OK) {
        err = tov_roster_parse(tov_buf_view(out), out_roster, error);
        if (err != TOV_OK)
            err = fail_in_recipe(&maker, err);
    }
    tov_buf_fini(&maker.origins);
    return err;
}

static struct tov_bytes next_word(struct tov_bytes *rest)
{
    struct tov_bytes word = {NULL, 0};
    (void)tov_words_next(rest, &word);
    return word;
}

bool recipe_next_agency(struct tov_bytes *rest, struct recipe_agency *out)
{
    struct tov_bytes line, value;
    while (next_line(rest, &line)) {
        if (begins_with(line, "agency ", &value)) {
            out->number = next_word(&value);
            out->name = value;
            return true;
        }
    }
    return false;
}

bool recipe_next_client(struct tov_bytes *rest, struct recipe_client *client)
{
    struct tov_bytes line, value;
    while (next_line(rest, &line)) {
        if (begins_with(line, "agency ", &value)) {
            (void)next_word(&value);
            client->agency = value;
        } else if (begins_with(line, "  client ", &value)) {
            client->name = next_word(&value);
            client->kind = next_word(&value);
            client->roles = next_word(&value);
            client->units = value;
            return true;
        }
    }
    return false;
}

struct tov_bytes recipe_federation(struct tov_bytes recipe)
{
    struct tov_bytes line, value = {NULL, 0};
    while (next_line(&recipe, &line)) {
        if (begins_with(line, "federation ", &value))
            return value;
    }
    return (struct tov_bytes){NULL, 0};
}
