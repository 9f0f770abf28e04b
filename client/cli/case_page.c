/* SPDX-License-Identifier: EUPL-1.2 */
#include "cli/case_page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/language.h"
#include "telling/text.h"

void case_page_heading(struct cli *cli, const char *text)
{
    cli_say(cli, "\n");
    tov_buf_put_text(&cli->page, cli->colour ? "\033[1m" : "");
    cli_say(cli, "%s", text);
    tov_buf_put_text(&cli->page, cli->colour ? "\033[0m" : "");
    cli_say(cli, "\n");
}

/* ---- deadlines ---- */

static void put_task(const struct case_page *page, const struct tov_case_task *task)
{
    char more[CASEWORK_TEXT_SIZE], opened[WORDS_TIME_SIZE];
    words_date(task->opened_ms, opened);
    if (task->opened_number != 0)
        (void)snprintf(more, sizeof more, _("since No. %llu · %s"),
                       (unsigned long long)task->opened_number, task->source);
    else
        (void)snprintf(more, sizeof more, _("since %s · %s"), opened, task->source);
    casework_put_task(page->cli, task, &page->day, more);
}

static int compare(const void *a, const void *b)
{
    const struct tov_case_task *x = *(const struct tov_case_task *const *)a;
    const struct tov_case_task *y = *(const struct tov_case_task *const *)b;
    if (x->late_from_ms != y->late_from_ms)
        return x->late_from_ms < y->late_from_ms ? -1 : 1;
    return strcmp(x->deadline, y->deadline);
}

static void put_tasks(const struct case_page *page, bool open, const char *heading)
{
    size_t count = tov_case_task_count(page->one);
    size_t taken = 0;
    const struct tov_case_task **tasks = calloc(count + 1, sizeof *tasks);
    if (tasks == NULL) {
        page->cli->page.failed = TOV_E_NOMEM;
        return;
    }
    for (size_t i = 0; i < count; i++) {
        const struct tov_case_task *task = tov_case_task_at(page->one, i);
        if (casework_is_open(task) == open)
            tasks[taken++] = task;
    }
    if (open)
        qsort(tasks, taken, sizeof *tasks, compare);
    if (taken > 0)
        case_page_heading(page->cli, heading);
    for (size_t i = 0; i < taken; i++)
        put_task(page, tasks[i]);
    free(tasks);
}

void case_page_put(const struct case_page *page)
{
    struct cli *cli = page->cli;
    const struct tov_affair *affair = tov_case_affair(page->one);
    cli_say(cli, _("No. %llu"), (unsigned long long)affair->number);
    cli_say(cli, " · ");
    casework_say_head(cli, tov_case_unit(page->one), &page->day);
    case_page_put_things(page);
    put_tasks(page, true, _("Deadlines"));
    case_page_put_messages(page);
    put_tasks(page, false, _("Deadlines that were met or fell away"));
    case_page_put_expected(page);
}
