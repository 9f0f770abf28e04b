/* SPDX-License-Identifier: EUPL-1.2
 *
 * `tov due`: what the agency owes, then what others owe it, by date.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/casework.h"
#include "cli/command.h"
#include "cli/language.h"

#define DAYS_MAX 36500u

/* An open task, and where its JSON stands. */
struct item {
    const struct tov_case_task *task;
    size_t affair, index;
    bool is_ours;
};

struct listing {
    struct cli *cli;
    struct tov_cases *cases;
    struct casework_day day;
    uint64_t within; /* days */
    struct item *items;
    size_t count;
};

/* Ours first; overdue ones have the earliest dates. */
static int compare(const void *a, const void *b)
{
    const struct item *x = a;
    const struct item *y = b;
    if (x->is_ours != y->is_ours)
        return x->is_ours ? -1 : 1;
    if (x->task->late_from_ms != y->task->late_from_ms)
        return x->task->late_from_ms < y->task->late_from_ms ? -1 : 1;
    if (x->affair != y->affair)
        return x->affair < y->affair ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

static enum tov_err gather(struct listing *list)
{
    const char *agency = tov_client_identity(list->cli->client)->agency;
    size_t room = 0;
    for (size_t i = 0; i < tov_cases_count(list->cases); i++)
        room += tov_cases_at(list->cases, i)->task_count;
    list->items = calloc(room + 1, sizeof *list->items);
    if (list->items == NULL)
        return cli_fail(list->cli, TOV_E_NOMEM, "%s", _("There is not enough memory."));
    for (size_t i = 0; i < tov_cases_count(list->cases); i++) {
        const struct tov_affair *affair = tov_cases_at(list->cases, i);
        for (size_t n = 0; n < affair->task_count; n++) {
            const struct tov_case_task *task = &affair->tasks[n];
            if (casework_is_open(task) && casework_is_within(task, &list->day, list->within))
                list->items[list->count++] =
                    (struct item){task, i, n, casework_is_owed_by(task, agency)};
        }
    }
    qsort(list->items, list->count, sizeof *list->items, compare);
    return TOV_OK;
}

/* ---- text ---- */

static void put_heading(struct cli *cli, const char *text)
{
    tov_buf_put_text(&cli->page, cli->colour ? "\033[1m" : "");
    cli_say(cli, "%s", text);
    tov_buf_put_text(&cli->page, cli->colour ? "\033[0m" : "");
    cli_say(cli, "\n");
}

static size_t put_part(const struct listing *list, bool ours, const char *heading)
{
    char number[WORDS_TIME_SIZE];
    size_t shown = 0;
    for (size_t i = 0; i < list->count; i++) {
        const struct item *item = &list->items[i];
        if (item->is_ours != ours)
            continue;
        if (shown++ == 0)
            put_heading(list->cli, heading);
        (void)snprintf(number, sizeof number, _("No. %llu"),
                       (unsigned long long)item->task->affair);
        casework_put_task(list->cli, item->task, &list->day, number);
    }
    return shown;
}

static void put_text(const struct listing *list)
{
    struct cli *cli = list->cli;
    char heading[WORDS_TIME_SIZE + 64];
    const char *agency = tov_client_identity(cli->client)->agency;
    casework_say_head(cli, tov_cases_unit(list->cases), &list->day);
    (void)snprintf(heading, sizeof heading, _("To be done by %s"), agency);
    size_t ours = put_part(list, true, heading);
    if (ours > 0 && ours < list->count)
        cli_say(cli, "\n");
    size_t others = put_part(list, false, _("Awaited from others"));
    if (ours + others > 0)
        cli_say(cli, "\n%s\n", _("See the case: tov case NUMBER"));
    else if (list->within == DAYS_MAX)
        cli_say(cli, "%s\n", _("There are no open deadlines."));
    else
        cli_say(cli, "%s\n", _("Nothing is due within that time. All deadlines: tov due"));
    casework_say_other_units(cli, tov_cases_unit(list->cases));
}

/* ---- JSON ---- */

static enum tov_err put_json(const struct listing *list)
{
    struct cli *cli = list->cli;
    char *text = NULL;
    TOV_TRY(tov_cases_to_json(list->cases, &text, &cli->error));
    json_t *all = cli_json_of(text);
    json_t *affairs = json_object_get(all, "affairs");
    json_t *due = json_array();
    tov_free(text);
    for (size_t i = 0; i < list->count; i++) {
        json_t *affair = json_array_get(affairs, list->items[i].affair);
        json_t *task = json_array_get(json_object_get(affair, "tasks"), list->items[i].index);
        (void)json_object_set_new(task, "ours", json_boolean(list->items[i].is_ours));
        (void)json_array_append(due, task);
    }
    cli_result(cli, json_pack("{s:s, s:o}", "unit", tov_cases_unit(list->cases), "due", due));
    json_decref(all);
    return TOV_OK;
}

static enum tov_err list_due(struct listing *list, const struct cli_arguments *arguments)
{
    struct cli *cli = list->cli;
    struct command_number within = {"within", DAYS_MAX, DAYS_MAX};
    TOV_TRY(command_number(cli, arguments, &within, &list->within));
    TOV_TRY(casework_day_of(cli, arguments, &list->day));
    struct tov_cases_options options = TOV_CASES_OPTIONS_INIT;
    options.unit = command_get(arguments, "unit");
    options.at_ms = list->day.asked_ms;
    enum tov_err err = tov_cases_get(cli->client, &options, &list->cases, &cli->error);
    if (err != TOV_OK)
        return casework_explain(cli, err, options.unit);
    TOV_TRY(gather(list));
    if (cli->json)
        return put_json(list);
    put_text(list);
    return TOV_OK;
}

static enum tov_err run(struct cli *cli, const struct cli_arguments *arguments)
{
    struct listing list = {.cli = cli};
    enum tov_err err = list_due(&list, arguments);
    free(list.items);
    tov_cases_destroy(list.cases);
    return err;
}

static const struct cli_option options[] = {
    {"unit", N_("UNIT"), N_("this unit of yours, as kk/vink; else your first"), false},
    {"within", N_("DAYS"), N_("only what is due within so many days, or overdue"), false},
    {"at", N_("DATE"), N_("as it was at the end of that day, as 28-06-2021"), false},
    {NULL, NULL, NULL, false},
};
const struct cli_command command_due = {
    "due",   NULL, 0, 0, N_("deadlines: what your agency owes, and what others owe it"),
    options, run};
