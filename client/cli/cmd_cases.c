/* SPDX-License-Identifier: EUPL-1.2
 *
 * `tov cases`: the affairs of one unit, those first in which something is due first. Without a
 * citizen's name.
 */
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "cli/casework.h"
#include "cli/command.h"
#include "cli/language.h"
#include "telling/text.h"

#define NUMBER_COLUMNS 5u
#define RESPONSIBLE_MIN 12u
#define RESPONSIBLE_MAX 28u
#define UNREAD_COLUMNS 6u
#define STATES_MIN 10u
#define TEXT_MAX_BYTES 8192u

TOV_DEFINE_CLEANUP(cases, struct tov_cases, tov_cases_destroy)

struct listing {
    struct cli *cli;
    const struct tov_cases *cases;
    struct casework_day day;
    size_t responsible; /* columns */
    size_t states;
};

/* ---- one affair ---- */

/* STATES wrapped to WIDTH; the other cells stand on the first of its lines. */
static void put_row(const struct listing *list, const char *const cells[4])
{
    struct cli *cli = list->cli;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf lines = TOV_BUF_INIT(TEXT_MAX_BYTES);
    text_put_wrapped(&lines, cells[1], &(struct text_frame){0, 0, list->states});
    tov_buf_put_u8(&lines, 0);
    if (lines.failed != TOV_OK) {
        cli->page.failed = lines.failed;
        return;
    }
    char *line = (char *)lines.data;
    for (bool is_first = true; line[0] != '\0'; is_first = false) {
        char *end = strchr(line, '\n');
        *end = '\0';
        text_put_padded(&cli->page, is_first ? cells[0] : "", NUMBER_COLUMNS);
        if (is_first) {
            text_put_padded(&cli->page, line, list->states + 2);
            text_put_padded(&cli->page, cells[2], list->responsible);
            cli_say(cli, "  ");
            text_put_clean(&cli->page, cells[3]);
        } else {
            text_put_clean(&cli->page, line);
        }
        cli_say(cli, "\n");
        line = end + 1;
    }
}

/* What is overdue goes first, then what is to come, then what was only asked for. */
static int rank(const struct tov_case_task *task)
{
    return casework_is_overdue(task) ? 0 : task->state == TOV_CASE_TASK_OPEN ? 1 : 2;
}

/* The nearest of the first rank; NULL: none is open. */
static const struct tov_case_task *next_task(const struct tov_affair *affair)
{
    const struct tov_case_task *next = NULL;
    for (size_t i = 0; i < affair->task_count; i++) {
        const struct tov_case_task *task = &affair->tasks[i];
        if (!casework_is_open(task))
            continue;
        if (next == NULL || rank(task) < rank(next) ||
            (rank(task) == rank(next) && task->late_from_ms < next->late_from_ms))
            next = task;
    }
    return next;
}

static void put_next(const struct listing *list, const struct tov_affair *affair)
{
    struct cli *cli = list->cli;
    const struct tov_case_task *task = next_task(affair);
    char date[WORDS_TIME_SIZE], terms[CASEWORK_TEXT_SIZE], line[3 * CASEWORK_TEXT_SIZE];
    struct text_frame frame = {NUMBER_COLUMNS, NUMBER_COLUMNS, cli->columns};
    if (task == NULL)
        return;
    casework_due_date(task, date);
    casework_terms(cli, task, &list->day, terms);
    (void)snprintf(line, sizeof line, _("Deadline: %s (%s): %s, %s"), date, terms,
                   casework_task_name(cli, task), task->owner);
    bool is_red = casework_is_overdue(task);
    text_put_padded(&cli->page, "", NUMBER_COLUMNS);
    casework_colour(cli, is_red);
    text_put_wrapped(&cli->page, line, &frame);
    casework_colour_end(cli, is_red);
}

static void put_affair(const struct listing *list, const struct tov_affair *affair)
{
    struct cli *cli = list->cli;
    char number[WORDS_TIME_SIZE], states[CASEWORK_TEXT_SIZE], responsible[CASEWORK_TEXT_SIZE],
        unread[WORDS_TIME_SIZE];
    (void)snprintf(number, sizeof number, "%llu", (unsigned long long)affair->number);
    (void)snprintf(unread, sizeof unread, "%u", (unsigned)affair->unread);
    casework_states(cli, affair, states);
    casework_responsible(cli, affair, responsible);
    bool is_bold = cli->colour && affair->unread > 0;
    tov_buf_put_text(&cli->page, is_bold ? "\033[1m" : "");
    put_row(list, (const char *[]){number, states, responsible, unread});
    tov_buf_put_text(&cli->page, is_bold ? "\033[0m" : "");
    put_next(list, affair);
}

/* ---- all ---- */

static void put_heading(const struct listing *list)
{
    struct cli *cli = list->cli;
    tov_buf_put_text(&cli->page, cli->colour ? "\033[4m" : "");
    put_row(list, (const char *[]){_("No."), _("Case and state"), _("Responsible"), _("Unread")});
    tov_buf_put_text(&cli->page, cli->colour ? "\033[0m" : "");
}

/* Who is responsible is told in full as far as it goes, the states in what is left. */
static void measure(struct listing *list)
{
    char responsible[CASEWORK_TEXT_SIZE];
    list->responsible = RESPONSIBLE_MIN;
    for (size_t i = 0; i < tov_cases_count(list->cases); i++) {
        casework_responsible(list->cli, tov_cases_at(list->cases, i), responsible);
        size_t width = text_width(responsible);
        if (width > list->responsible)
            list->responsible = width < RESPONSIBLE_MAX ? width : RESPONSIBLE_MAX;
    }
    size_t others = NUMBER_COLUMNS + 2 + list->responsible + 2 + UNREAD_COLUMNS;
    list->states =
        list->cli->columns > others + STATES_MIN ? list->cli->columns - others : STATES_MIN;
}

static void put_text(struct listing *list, bool all)
{
    struct cli *cli = list->cli;
    const char *unit = tov_cases_unit(list->cases);
    size_t count = tov_cases_count(list->cases);
    measure(list);
    casework_say_head(cli, unit, &list->day);
    if (count > 0)
        put_heading(list);
    for (size_t i = 0; i < count; i++)
        put_affair(list, tov_cases_at(list->cases, i));
    if (count > 0)
        cli_say(cli, "\n%s\n", _("See one: tov case NUMBER"));
    else
        cli_say(cli, "%s\n",
                all ? _("There are no cases.")
                    : _("There are no open cases. Also what has ended: tov cases --all"));
    casework_say_other_units(cli, unit);
}

static enum tov_err run(struct cli *cli, const struct cli_arguments *arguments)
{
    TOV_CLEANUP(cases_cleanup) struct tov_cases *cases = NULL;
    struct listing list = {.cli = cli};
    char *json = NULL;
    TOV_TRY(casework_day_of(cli, arguments, &list.day));
    struct tov_cases_options options = TOV_CASES_OPTIONS_INIT;
    options.unit = command_get(arguments, "unit");
    options.ended = command_has(arguments, "all");
    options.at_ms = list.day.asked_ms;
    enum tov_err err = tov_cases_get(cli->client, &options, &cases, &cli->error);
    if (err != TOV_OK)
        return casework_explain(cli, err, options.unit);
    if (!cli->json) {
        list.cases = cases;
        put_text(&list, options.ended != 0);
        return TOV_OK;
    }
    TOV_TRY(tov_cases_to_json(cases, &json, &cli->error));
    cli_result(cli, cli_json_of(json));
    tov_free(json);
    return TOV_OK;
}

static const struct cli_option options[] = {
    {"unit", N_("UNIT"), N_("this unit of yours, as kk/vink; else your first"), false},
    {"all", NULL, N_("also what has ended"), false},
    {"at", N_("DATE"), N_("as it was at the end of that day, as 28-06-2021"), false},
    {NULL, NULL, NULL, false},
};
const struct cli_command command_cases = {
    "cases", NULL, 0, 0, N_("the cases of your unit, with state and next deadline"), options, run};
