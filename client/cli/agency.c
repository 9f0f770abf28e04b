/* SPDX-License-Identifier: EUPL-1.2 */
#include "cli/agency.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "cli/language.h"

/* The agencies that have a unit; message holders are no others. */
static enum tov_err ask(struct cli *cli)
{
    struct tov_client *client = NULL;
    if (cli->directory != NULL)
        return TOV_OK;
    TOV_TRY(cli_connect(cli, &client));
    return tov_directory_get(client, &cli->directory, &cli->error);
}

/* The size of "kk" in "kk/vink". */
static size_t name_size(const struct tov_directory_unit *unit)
{
    return strcspn(unit->address, "/");
}

enum tov_err agency_number(struct cli *cli, const char *text, char out[AGENCY_NUMBER_SIZE])
{
    uint64_t number = 0;
    size_t size = strlen(text);
    if (tov_decimal_decode(tov_bytes_of_text(text), &number) == TOV_OK && number <= UINT32_MAX) {
        (void)snprintf(out, AGENCY_NUMBER_SIZE, "%u", (unsigned)number);
        return TOV_OK;
    }
    TOV_TRY(ask(cli));
    for (size_t i = 0; i < tov_directory_count(cli->directory); i++) {
        const struct tov_directory_unit *unit = tov_directory_at(cli->directory, i);
        if (name_size(unit) != size || strncmp(unit->address, text, size) != 0)
            continue;
        (void)snprintf(out, AGENCY_NUMBER_SIZE, "%u", (unsigned)unit->agency);
        return TOV_OK;
    }
    return cli_fail(
        cli, TOV_E_NOT_FOUND,
        _("There is no agency \"%.60s\" on the roster, or it has ended. tov units lists "
          "the units of the others, as kk/vink."),
        text);
}

const char *agency_name(struct cli *cli, const char *number)
{
    uint64_t wanted = 0;
    struct tov_error kept = cli->error; /* a name that is not known is no failure */
    bool is_known =
        tov_decimal_decode(tov_bytes_of_text(number), &wanted) == TOV_OK && ask(cli) == TOV_OK;
    cli->error = kept;
    for (size_t i = 0; is_known && i < tov_directory_count(cli->directory); i++) {
        const struct tov_directory_unit *unit = tov_directory_at(cli->directory, i);
        if (unit->agency != wanted)
            continue;
        (void)snprintf(cli->agency, sizeof cli->agency, "%.*s", (int)name_size(unit),
                       unit->address);
        return cli->agency;
    }
    return number;
}
