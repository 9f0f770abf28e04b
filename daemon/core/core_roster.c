/* SPDX-License-Identifier: EUPL-1.2 */
#include "core_roster.h"

#include "keys/keyfile.h"
#include "ledger/tables.h"
#include "store/read.h"

#include <stdlib.h>

/* What is wrong with a file is for a person, CODE; want of memory passes. */
static enum tov_err blame(enum tov_err err, enum tov_err code)
{
    return err == TOV_OK || err == TOV_E_NOMEM ? err : code;
}

static enum tov_err read_text(const char *path, size_t limit, struct tov_buf *out,
                              struct tov_error *error)
{
    *out = TOV_BUF_INIT(limit);
    return blame(tov_file_read(path, limit, out, error), TOV_E_CONFIG);
}

enum tov_err tov_core_roster_load(const struct tov_config *config, struct tov_roster **out_roster,
                                  struct tov_error *error)
{
    TOV_CLEANUP(tov_roster_cleanup) struct tov_roster *roster = NULL;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf note = TOV_BUF_INIT(0);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf roots_text = TOV_BUF_INIT(0);
    TOV_FREE struct tov_roots *roots = calloc(1, sizeof *roots);
    if (roots == NULL)
        return TOV_E_NOMEM;
    enum tov_err err = read_text(config->roster_file, TOV_ROSTER_MAX_BYTES, &note, error);
    if (err == TOV_OK)
        err = read_text(config->roots_file, TOV_ROSTER_MAX_BYTES, &roots_text, error);
    TOV_TRY(err);
    err = tov_roots_parse(tov_buf_view(&roots_text), roots, error);
    if (err != TOV_OK)
        return tov_fail_in(error, blame(err, TOV_E_CONFIG), "%s: ", config->roots_file);
    err = tov_roster_parse(tov_buf_view(&note), &roster, error);
    if (err != TOV_OK)
        return tov_fail_in(error, blame(err, TOV_E_CONFIG), "%s: ", config->roster_file);
    err = tov_roster_verify(roster, roots, error);
    if (err != TOV_OK)
        return tov_fail_in(error, blame(err, TOV_E_SIGNATURE), "%s: ", config->roster_file);
    if (config->demo_clock && !tov_roster_is_demo(roster))
        return tov_fail(error, TOV_E_CONFIG,
                        "demo_clock is only for federations whose name ends in -demo: remove it "
                        "from the configuration");
    *out_roster = TOV_TAKE(roster);
    return TOV_OK;
}

static enum tov_err compare(const struct tov_roster *adopted, const struct tov_roster *roster,
                            const char *file, struct tov_error *error)
{
    unsigned before = tov_roster_version(adopted), now = tov_roster_version(roster);
    struct tov_hash hashes[2] = {tov_roster_hash(adopted), tov_roster_hash(roster)};
    if (now < before)
        return tov_fail(error, TOV_E_SIGNATURE,
                        "%s: version %u, but version %u was in force here: put the newest one back",
                        file, now, before);
    if (now == before && !tov_hash_equal(&hashes[0], &hashes[1]))
        return tov_fail(error, TOV_E_SIGNATURE,
                        "%s: another version %u than the one that was in force here: ask who keeps "
                        "the federation's root keys which one counts",
                        file, now);
    if (now != before + 1)
        return TOV_OK;
    enum tov_err err = tov_roster_verify_successor(adopted, roster, error);
    if (err != TOV_OK)
        return tov_fail_in(error, blame(err, TOV_E_SIGNATURE),
                           "%s: may not follow version %u: ", file, before);
    return TOV_OK;
}

enum tov_err tov_core_roster_check_adopted(struct tov_store *store, const struct tov_roster *roster,
                                           const char *file, struct tov_error *error)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_CLEANUP(tov_roster_cleanup) struct tov_roster *adopted = NULL;
    struct tov_store_row row;
    TOV_TRY(tov_store_read_begin(store, &read, error));
    enum tov_err err = tov_store_last(read, TOV_TABLE_ROSTER, &row);
    if (err == TOV_E_NOT_FOUND)
        return TOV_OK;
    if (err == TOV_OK)
        err = tov_roster_parse(row.value, &adopted, error);
    if (err != TOV_OK)
        return tov_fail(error, blame(err, TOV_E_CORRUPT),
                        "the roster that was in force here cannot be read from the store");
    return compare(adopted, roster, file, error);
}
