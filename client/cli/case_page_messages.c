/* SPDX-License-Identifier: EUPL-1.2
 *
 * What happened in an affair: its messages in the order of the fold, and what each stepped.
 */
#include <stdio.h>
#include <string.h>

#include "case/machine.h"
#include "cli/case_page.h"
#include "cli/language.h"
#include "cli/message.h"
#include "telling/text.h"

#define TIME_COLUMNS 18u

static void put_below(struct cli *cli, const char *text)
{
    text_put_padded(&cli->page, "", TIME_COLUMNS);
    text_put_wrapped(&cli->page, text,
                     &(struct text_frame){TIME_COLUMNS, TIME_COLUMNS, cli->columns});
}

/* ---- what it stepped ---- */

static void put_refusal(struct cli *cli, const struct tov_case_judgement *judgement)
{
    char text[3 * CASEWORK_TEXT_SIZE];
    struct tov_text asked = tov_refusal_text((uint16_t)judgement->rule);
    const char *reason = cli_words(cli, judgement->reason_da, judgement->reason_en);
    const char *rule = cli_words(cli, asked.da, asked.en);
    (void)snprintf(text, sizeof text, _("REFUSED by rule %u. %s%s"), (unsigned)judgement->rule,
                   reason[0] != '\0' ? reason
                   : rule != NULL    ? rule
                                     : "",
                   judgement->conflict ? _(" CONFLICT: the sender had not seen this state.") : "");
    casework_colour(cli, true);
    put_below(cli, text);
    casework_colour_end(cli, true);
}

static void put_judgement(struct cli *cli, const struct tov_case_judgement *judgement)
{
    char text[CASEWORK_TEXT_SIZE] = "";
    const char *machine = casework_machine_name(cli, judgement->machine);
    const char *from = casework_state_name(cli, judgement->machine, judgement->from);
    const char *to = casework_state_name(cli, judgement->machine, judgement->to);
    const char *verdict = judgement->verdict;
    if (strcmp(verdict, "refused") == 0)
        put_refusal(cli, judgement);
    else if (strcmp(verdict, "taken") == 0 && casework_is_of_responsibility(judgement->machine))
        (void)snprintf(text, sizeof text, "%s: %s", machine, to);
    else if (strcmp(verdict, "taken") == 0 && from[0] == '\0')
        (void)snprintf(text, sizeof text, _("%s: begins as %s"), machine, to);
    else if (strcmp(verdict, "taken") == 0)
        (void)snprintf(text, sizeof text, "%s: %s → %s", machine, from, to);
    else if (strcmp(verdict, "looped") == 0)
        (void)snprintf(text, sizeof text, _("%s: stays at %s"), machine, to);
    else if (strcmp(verdict, "waits") == 0)
        (void)snprintf(text, sizeof text, _("%s: waits for the second signature"), machine);
    else if (strcmp(verdict, "unjudged") == 0)
        (void)snprintf(text, sizeof text, _("%s: %s (the step before is not held here)"), machine,
                       to);
    if (text[0] != '\0')
        put_below(cli, text);
}

/* ---- one message ---- */

static void add_mark(char out[CASEWORK_TEXT_SIZE], int is, const char *mark)
{
    size_t used = strlen(out);
    if (is)
        (void)snprintf(out + used, CASEWORK_TEXT_SIZE - used, " · %s", mark);
}

/* That it stands in the agency's own record, and from when the copy here may go. */
static void put_record(struct cli *cli, const struct tov_message_facts *facts)
{
    char date[WORDS_TIME_SIZE], text[CASEWORK_TEXT_SIZE];
    if (facts->recorded_ms == 0)
        return;
    words_date(facts->recorded_ms, date);
    (void)snprintf(text, sizeof text, _("In the record since %s"), date);
    size_t used = strlen(text);
    words_date(facts->erasable_ms, date);
    if (facts->erasable_ms != 0)
        (void)snprintf(text + used, sizeof text - used, _(" · erasable from %s"), date);
    put_below(cli, text);
}

static void put_message(const struct case_page *page, const struct tov_case_message *message)
{
    struct cli *cli = page->cli;
    char time[WORDS_TIME_SIZE], line[CASEWORK_TEXT_SIZE], sender[MESSAGE_NAME_SIZE],
        recipients[MESSAGE_ROUTE_SIZE], route[MESSAGE_NAME_SIZE + MESSAGE_ROUTE_SIZE + 8];
    words_time(message->effective_ms, time);
    (void)snprintf(line, sizeof line, _("No. %llu · %s"),
                   (unsigned long long)tov_message_view_facts(message->view)->number,
                   message_type_name(cli, message->view));
    add_mark(line, message->retracted, _("retracted"));
    add_mark(line, message->amended, _("amended"));
    add_mark(line, message->second, _("second signature"));
    add_mark(line, message->copy, _("copy of one that was there before"));
    add_mark(line, message->claims_ahead, _("its time lay ahead when it came"));
    message_sender(message->view, sender);
    message_recipients(cli, message->view, recipients);
    text_put_padded(&cli->page, time, TIME_COLUMNS);
    text_put_wrapped(&cli->page, line,
                     &(struct text_frame){TIME_COLUMNS, TIME_COLUMNS, cli->columns});
    (void)snprintf(route, sizeof route, "%s → %s", sender, recipients);
    put_below(cli, route);
    for (size_t i = 0; i < message->judgement_count; i++)
        put_judgement(cli, &message->judgements[i]);
    put_record(cli, tov_message_view_facts(message->view));
}

void case_page_put_messages(const struct case_page *page)
{
    case_page_heading(page->cli, _("What happened"));
    for (size_t i = 0; i < tov_case_message_count(page->one); i++)
        put_message(page, tov_case_message_at(page->one, i));
}
