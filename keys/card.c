/* SPDX-License-Identifier: EUPL-1.2 */
#include "keys/card.h"

#include "base/hex.h"
#include "roster/lines.h"

static void put_vkey(struct tov_buf *out, const char *keyword, const struct tov_vkey *key)
{
    tov_buf_put_format(out, "%s ", keyword);
    tov_vkey_format(key, out);
    tov_buf_put_text(out, "\n");
}

static void put_hex(struct tov_buf *out, const char *keyword, const uint8_t bytes[32])
{
    char hex[65];
    tov_hex_encode((struct tov_bytes){bytes, 32}, hex);
    tov_buf_put_format(out, "%s %s\n", keyword, hex);
}

void card_format(const struct card_keys *keys, struct tov_buf *out)
{
    tov_buf_put_format(out, "tov-agency-card v1\nfederation %s\nagency %u %s\ngeneration %u\n",
                       keys->federation, keys->number, keys->agency, keys->generation);
    put_vkey(out, "ledger", &keys->ledger);
    put_vkey(out, "journal", &keys->journal);
    put_vkey(out, "witness", &keys->witness);
    put_hex(out, "control", keys->control);
    put_hex(out, "transport", keys->transport);
}

static enum tov_err take_keys(struct tov_lines *lines)
{
    static const char *const keywords[] = {"generation", "ledger",  "journal",
                                           "witness",    "control", "transport"};
    struct tov_line line;
    for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++)
        TOV_TRY(tov_lines_take(lines, 0, keywords[i], &line));
    if (tov_lines_is(lines, 0, "transport"))
        TOV_TRY(tov_lines_take(lines, 0, "transport", &line));
    return tov_lines_end(lines);
}

enum tov_err card_parse(struct tov_bytes text, struct card *out_card, struct tov_error *error)
{
    struct tov_lines lines;
    struct tov_line federation, agency;
    TOV_TRY(tov_lines_init(&lines, text, "docs/keys.md", error));
    TOV_TRY(tov_lines_take_format(&lines, "tov-agency-card"));
    TOV_TRY(tov_lines_take(&lines, 0, "federation", &federation));
    TOV_TRY(tov_lines_take(&lines, 0, "agency", &agency));
    const uint8_t *start = lines.line.start;
    TOV_TRY(take_keys(&lines));
    *out_card = (struct card){.federation = federation.value,
                              .agency = agency.value,
                              .keys = {start, (size_t)(text.data + text.size - start)}};
    return TOV_OK;
}
