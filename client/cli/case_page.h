/* SPDX-License-Identifier: EUPL-1.2
 *
 * One affair as a page for a caseworker: where its things stand, its deadlines, what happened, what
 * may be sent next.
 * Not for: fetching it (cmd_case.c), or content of messages (show.h).
 */
#ifndef TOV_CLI_CASE_PAGE_H
#define TOV_CLI_CASE_PAGE_H

#include "cli/casework.h"

struct case_page {
    struct cli *cli;
    const struct tov_case *one;
    struct casework_day day;
};

/* All of it. May ask the node for names of agencies. */
void case_page_put(const struct case_page *page);

/* Private to case_page*.c. */
void case_page_heading(struct cli *cli, const char *text);
void case_page_put_things(const struct case_page *page);
void case_page_put_messages(const struct case_page *page);
void case_page_put_expected(const struct case_page *page);

#endif
