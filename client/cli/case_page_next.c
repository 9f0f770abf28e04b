/* SPDX-License-Identifier: EUPL-1.2
 *
 * What may be sent next in an affair: each type with its name and the command for it.
 */
#include <stdio.h>
#include <string.h>

#include "cli/case_page.h"
#include "cli/language.h"
#include "cli/next.h"
#include "telling/text.h"

static void put_step(struct cli *cli, const struct next_step *step)
{
    char line[2 * CASEWORK_TEXT_SIZE];
    next_name(cli, step, line);
    cli_say(cli, "  ");
    text_put_wrapped(&cli->page, line, &(struct text_frame){2, 2, cli->columns});
    next_command(step, line);
    cli_say(cli, "      ");
    text_put_wrapped(&cli->page, line, &(struct text_frame){6, 6, cli->columns});
}

void case_page_put_expected(const struct case_page *page)
{
    bool is_first = true;
    for (size_t i = 0; i < tov_case_expected_count(page->one); i++) {
        struct next_step step;
        if (!next_step_at(page->one, i, &step))
            continue;
        if (is_first)
            case_page_heading(page->cli, _("What can be sent now"));
        is_first = false;
        put_step(page->cli, &step);
    }
}
