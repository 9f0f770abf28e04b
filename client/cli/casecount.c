/* SPDX-License-Identifier: EUPL-1.2 */
#include "cli/casecount.h"

#include <stdio.h>

#include "case/danish_time.h"
#include "cli/casework.h"
#include "cli/language.h"

#define COMMAND_SIZE 192

static void count_task(const struct tov_case_task *task, const struct casework_day *day,
                       bool is_ours, struct casecount_unit *out)
{
    bool is_overdue = casework_is_overdue(task);
    if (!casework_is_open(task))
        return;
    out->overdue += is_ours && is_overdue ? 1 : 0;
    out->soon +=
        is_ours && !is_overdue && casework_is_within(task, day, CASECOUNT_SOON_DAYS) ? 1 : 0;
    out->awaited += is_ours ? 0 : 1;
    out->awaited_overdue += !is_ours && is_overdue ? 1 : 0;
}

static enum tov_err count_unit(struct cli *cli, const char *unit, struct casecount_unit *out)
{
    const struct tov_identity *identity = tov_client_identity(cli->client);
    struct casework_day day = {.now_ms = identity->now_ms,
                               .today = tov_danish_time_of(identity->now_ms).date};
    struct tov_cases *cases = NULL;
    struct tov_cases_options options = TOV_CASES_OPTIONS_INIT;
    options.unit = unit;
    TOV_TRY(tov_cases_get(cli->client, &options, &cases, &cli->error));
    *out = (struct casecount_unit){.unit = unit, .cases = tov_cases_count(cases)};
    for (size_t i = 0; i < out->cases; i++) {
        const struct tov_affair *affair = tov_cases_at(cases, i);
        for (size_t n = 0; n < affair->task_count; n++)
            count_task(&affair->tasks[n], &day,
                       casework_is_owed_by(&affair->tasks[n], identity->agency), out);
    }
    tov_cases_destroy(cases);
    return TOV_OK;
}

enum tov_err casecount_read(struct cli *cli, struct casecount *out)
{
    const struct tov_identity *identity = tov_client_identity(cli->client);
    *out = (struct casecount){.count = 0};
    for (size_t i = 0; i < identity->unit_count && i < CASECOUNT_UNITS_MAX; i++) {
        enum tov_err err = count_unit(cli, identity->units[i], &out->units[out->count]);
        if (err == TOV_E_TIMEOUT || err == TOV_E_CLOSED)
            return err;
        if (err != TOV_OK) {
            out->failed = true;
            out->count = 0;
            return TOV_OK;
        }
        out->count++;
    }
    return TOV_OK;
}

bool casecount_needs_person(const struct casecount *count)
{
    for (size_t i = 0; i < count->count; i++) {
        if (count->units[i].overdue > 0)
            return true;
    }
    return count->failed;
}

/* ---- in words ---- */

static void put_own(struct cli *cli, const struct casecount_unit *unit, const char *command)
{
    unsigned long overdue = (unsigned long)unit->overdue, soon = (unsigned long)unit->soon;
    casework_colour(cli, overdue > 0);
    if (overdue > 0)
        cli_say(cli,
                ngettext("%lu deadline is OVERDUE. See it: %s\n",
                         "%lu deadlines are OVERDUE. See them: %s\n", overdue),
                overdue, command);
    casework_colour_end(cli, overdue > 0);
    if (soon > 0)
        cli_say(cli,
                ngettext("%lu deadline is within a week. See it: %s --within %u\n",
                         "%lu deadlines are within a week. See them: %s --within %u\n", soon),
                soon, command, CASECOUNT_SOON_DAYS);
    else
        cli_say(cli, "%s\n",
                overdue > 0 ? _("No other deadline is within a week.")
                            : _("No deadline is within a week."));
}

static void put_awaited(struct cli *cli, const struct casecount_unit *unit, const char *command)
{
    unsigned long awaited = (unsigned long)unit->awaited;
    unsigned long overdue = (unsigned long)unit->awaited_overdue;
    if (awaited == 0)
        return;
    cli_say(cli,
            ngettext("%lu task is awaited from others. See it: %s\n",
                     "%lu tasks are awaited from others. See them: %s\n", awaited),
            awaited, command);
    if (overdue > 0)
        cli_say(cli, ngettext("%lu of them is OVERDUE.\n", "%lu of them are OVERDUE.\n", overdue),
                overdue);
}

void casecount_put(struct cli *cli, const struct casecount *count)
{
    if (count->failed)
        cli_say(cli, "%s\n", _("! The deadlines cannot be shown. What is wrong: tov due"));
    for (size_t i = 0; i < count->count; i++) {
        const struct casecount_unit *unit = &count->units[i];
        char command[COMMAND_SIZE] = "tov due";
        if (count->count > 1) {
            (void)snprintf(command, sizeof command, "tov due --unit %s", unit->unit);
            cli_say(cli, "\n%s\n", unit->unit);
        }
        put_own(cli, unit, command);
        put_awaited(cli, unit, command);
    }
}

json_t *casecount_json(const struct casecount *count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count->count; i++) {
        const struct casecount_unit *unit = &count->units[i];
        (void)json_array_append_new(
            list, json_pack("{s:s, s:I, s:I, s:I, s:I, s:I}", "unit", unit->unit, "open",
                            (json_int_t)unit->cases, "overdue", (json_int_t)unit->overdue,
                            "due_within_week", (json_int_t)unit->soon, "awaited",
                            (json_int_t)unit->awaited, "awaited_overdue",
                            (json_int_t)unit->awaited_overdue));
    }
    if (!count->failed)
        return list;
    json_decref(list);
    return json_null();
}
