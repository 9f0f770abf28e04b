/* SPDX-License-Identifier: EUPL-1.2
 *
 * roster-new, roster-show, roster-sign, roster-check.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keys/inputs.h"
#include "keys/recipe.h"
#include "keys/sign.h"
#include "keys/words.h"

/* ---- roster-new ---- */

static const struct command_option new_options[] = {{"recipe", "FILE", true},
                                                    {"roots", "FILE", true},
                                                    {"out", "FILE", true},
                                                    {"previous", "FILE", false},
                                                    {NULL, NULL, false}};

/* All cards with the texts that they are views of. */
struct cards {
    struct tov_buf *texts;
    struct card *list;
    size_t count;
};

static void free_cards(struct cards *cards)
{
    for (size_t i = 0; i < cards->count; i++)
        tov_buf_fini(&cards->texts[i]);
    free(cards->texts);
    free(cards->list);
}

static enum tov_err read_card(struct cards *cards, const char *path, const char *federation,
                              struct tov_error *error)
{
    struct tov_buf *text = &cards->texts[cards->count];
    struct card *card = &cards->list[cards->count];
    *text = TOV_BUF_INIT(CARD_MAX_BYTES);
    cards->count++;
    TOV_TRY(tov_file_read(path, CARD_MAX_BYTES, text, error));
    enum tov_err err = card_parse(tov_buf_view(text), card, error);
    if (err != TOV_OK)
        return tov_fail_in(error, err, "%s: ", path);
    if (!tov_bytes_equal(card->federation, tov_bytes_of_text(federation)))
        return tov_fail(error, TOV_E_MALFORMED, "%s: a card of another federation than %s", path,
                        federation);
    return TOV_OK;
}

static enum tov_err read_cards(const struct arguments *arguments, const char *federation,
                               struct cards *cards, struct tov_error *error)
{
    cards->texts = calloc(arguments->path_count, sizeof *cards->texts);
    cards->list = calloc(arguments->path_count, sizeof *cards->list);
    if (cards->texts == NULL || cards->list == NULL)
        return tov_fail(error, TOV_E_NOMEM, "no memory for the cards");
    for (size_t i = 0; i < arguments->path_count; i++)
        TOV_TRY(read_card(cards, arguments->paths[i], federation, error));
    return TOV_OK;
}

static enum tov_err save_made(const struct recipe_inputs *inputs, const char *path,
                              struct tov_error *error)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TOV_ROSTER_MAX_BYTES);
    TOV_CLEANUP(tov_roster_cleanup) struct tov_roster *roster = NULL;
    TOV_TRY(recipe_make(inputs, &text, &roster, error));
    if (strcmp(tov_roster_federation(roster), inputs->roots->federation) != 0)
        return tov_fail(error, TOV_E_MALFORMED, "the recipe is for %s, the roots are of %s",
                        tov_roster_federation(roster), inputs->roots->federation);
    if (inputs->previous != NULL)
        TOV_TRY(tov_roster_check_successor(inputs->previous, roster, error));
    return output_text(path, &text, error);
}

static enum tov_err run_new(const struct arguments *arguments, struct tov_error *error)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf recipe = TOV_BUF_INIT(RECIPE_MAX_BYTES);
    TOV_CLEANUP(tov_roster_cleanup) struct tov_roster *previous = NULL;
    TOV_CLEANUP(free_cards) struct cards cards = {.count = 0};
    const char *previous_path = arguments_get(arguments, "previous");
    struct tov_roots roots;
    TOV_TRY(input_roots(arguments_get(arguments, "roots"), &roots, error));
    TOV_TRY(tov_file_read(arguments_get(arguments, "recipe"), RECIPE_MAX_BYTES, &recipe, error));
    if (previous_path != NULL)
        TOV_TRY(input_roster(previous_path, &previous, error));
    TOV_TRY(read_cards(arguments, roots.federation, &cards, error));
    struct recipe_inputs inputs = {.recipe = tov_buf_view(&recipe),
                                   .cards = cards.list,
                                   .card_count = cards.count,
                                   .roots = &roots,
                                   .previous = previous};
    return save_made(&inputs, arguments_get(arguments, "out"), error);
}

const struct command command_roster_new = {
    "roster-new", "AGENCY.card...",
    "A roster to be signed, from a recipe, the roots file, the agencies' cards and the roster that "
    "it follows.",
    new_options, run_new};

/* ---- roster-show ---- */

static const struct command_option show_options[] = {{"previous", "FILE", false},
                                                     {NULL, NULL, false}};

static enum tov_err show(const struct arguments *arguments, const char *path,
                         struct tov_roster **out_roster, struct tov_roster **out_previous,
                         struct tov_error *error)
{
    const char *previous_path = arguments_get(arguments, "previous");
    TOV_TRY(input_roster(path, out_roster, error));
    words_print_roster(*out_roster, stdout);
    if (previous_path == NULL)
        return TOV_OK;
    TOV_TRY(input_roster(previous_path, out_previous, error));
    words_print_change(*out_previous, *out_roster, stdout);
    return tov_roster_check_successor(*out_previous, *out_roster, error);
}

static enum tov_err run_show(const struct arguments *arguments, struct tov_error *error)
{
    TOV_CLEANUP(tov_roster_cleanup) struct tov_roster *roster = NULL;
    TOV_CLEANUP(tov_roster_cleanup) struct tov_roster *previous = NULL;
    TOV_TRY(show(arguments, arguments->paths[0], &roster, &previous, error));
    printf("Nothing here says that it is signed: use roster-check for that.\n");
    return TOV_OK;
}

const struct command command_roster_show = {
    "roster-show", "ROSTER", "Says in words what a roster says, and what it changes.", show_options,
    run_show};

/* ---- roster-sign ---- */

static const struct command_option sign_options[] = {{"key", "FILE", true},
                                                     {"previous", "FILE", false},
                                                     COMMAND_PASSPHRASE_OPTIONS,
                                                     {"yes", NULL, false},
                                                     {NULL, NULL, false}};

/* The roots of the roster itself, and those of the one before: a change needs both thresholds. */
static size_t list_allowed(const struct tov_roster *roster, const struct tov_roster *previous,
                           struct tov_vkey out[2 * TOV_ROOTS_MAX])
{
    const struct tov_roster_facts *facts = tov_roster_facts(roster);
    size_t count = facts->root_count;
    memcpy(out, facts->roots, count * sizeof *out);
    if (previous != NULL) {
        facts = tov_roster_facts(previous);
        memcpy(out + count, facts->roots, facts->root_count * sizeof *out);
        count += facts->root_count;
    }
    return count;
}

static enum tov_err run_sign(const struct arguments *arguments, struct tov_error *error)
{
    TOV_CLEANUP(tov_roster_cleanup) struct tov_roster *roster = NULL;
    TOV_CLEANUP(tov_roster_cleanup) struct tov_roster *previous = NULL;
    struct tov_vkey allowed[2 * TOV_ROOTS_MAX];
    TOV_TRY(show(arguments, arguments->paths[0], &roster, &previous, error));
    if (previous == NULL && tov_roster_version(roster) > 1)
        return tov_fail(error, TOV_E_ARGUMENT,
                        "version %u changes an earlier roster: give it as --previous",
                        tov_roster_version(roster));
    TOV_TRY(sign_ask(arguments, error));
    struct sign_order order = {.arguments = arguments,
                               .allowed = {allowed, list_allowed(roster, previous, allowed)},
                               .note = tov_roster_note(roster),
                               .path = arguments->paths[0]};
    return sign_note(&order, error);
}

const struct command command_roster_sign = {
    "roster-sign", "ROSTER",
    "Says in words what will be signed, asks, and adds one root holder's signature.", sign_options,
    run_sign};

/* ---- roster-check ---- */

static const struct command_option check_options[] = {
    {"roots", "FILE", true}, {"previous", "FILE", false}, {NULL, NULL, false}};

static enum tov_err check_previous(const char *path, const struct tov_roots *roots,
                                   const struct tov_roster *roster, struct tov_error *error)
{
    TOV_CLEANUP(tov_roster_cleanup) struct tov_roster *previous = NULL;
    TOV_TRY(input_roster(path, &previous, error));
    enum tov_err err = tov_roster_verify(previous, roots, error);
    if (err != TOV_OK)
        return tov_fail_in(error, err, "%s: ", path);
    return tov_roster_verify_successor(previous, roster, error);
}

static enum tov_err run_check(const struct arguments *arguments, struct tov_error *error)
{
    TOV_CLEANUP(tov_roster_cleanup) struct tov_roster *roster = NULL;
    struct tov_roots roots;
    const char *path = arguments->paths[0];
    const char *previous_path = arguments_get(arguments, "previous");
    TOV_TRY(input_roots(arguments_get(arguments, "roots"), &roots, error));
    TOV_TRY(input_roster(path, &roster, error));
    enum tov_err err = previous_path != NULL ? check_previous(previous_path, &roots, roster, error)
                                             : tov_roster_verify(roster, &roots, error);
    if (err != TOV_OK)
        return tov_fail_in(error, err, "%s: ", path);
    printf("%s: good: %s, version %u\n", path, tov_roster_federation(roster),
           tov_roster_version(roster));
    return TOV_OK;
}

const struct command command_roster_check = {
    "roster-check", "ROSTER",
    "Verifies signatures by --roots; with --previous (which --roots vouch for) the change.",
    check_options, run_check};
