/* SPDX-License-Identifier: EUPL-1.2
 *
 * `tov find`: in which messages of the own units a person stands. On a terminal what is missing is
 * asked for, so that a name or a number need not stand in the shell's history.
 */
#include <stdio.h>
#include <string.h>

#include "base/secret.h"
#include "case/danish_time.h"
#include "case/person.h"
#include "cli/ask.h"
#include "cli/command.h"
#include "cli/interrupt.h"
#include "cli/language.h"
#include "cli/rows.h"

#define WORD_SIZE (TOV_PERSON_WORD_MAX_BYTES + 1)
#define REASON_SIZE 513
#define DATE_SIZE 40

struct words {
    char name[WORD_SIZE];
    char number[WORD_SIZE];
    char born[DATE_SIZE]; /* ISO */
    char reason[REASON_SIZE];
};

/* ---- what is searched for ---- */

static enum tov_err take(struct cli *cli, const struct cli_arguments *arguments, const char *option,
                         char *out, size_t size)
{
    const char *text = command_get(arguments, option);
    if (text == NULL)
        return TOV_OK;
    if (strlen(text) >= size)
        return cli_fail(cli, TOV_E_ARGUMENT, _("--%s is longer than %zu bytes."), option, size - 1);
    (void)snprintf(out, size, "%s", text);
    return TOV_OK;
}

static void put_date(struct tov_date date, char out[DATE_SIZE])
{
    (void)snprintf(out, DATE_SIZE, "%04d-%02d-%02d", date.year, date.month, date.day);
}

static enum tov_err set_born(struct cli *cli, const char *text, char out[DATE_SIZE])
{
    struct tov_date date;
    if (!tov_danish_date_parse(tov_bytes_of_text(text), &date))
        return cli_fail(cli, TOV_E_ARGUMENT, _("\"%.40s\" is no date. Write it as 28-06-2021."),
                        text);
    put_date(date, out);
    return TOV_OK;
}

/* One line that says who: a date, a number or a name, by how it looks. */
static enum tov_err ask_who(struct cli *cli, struct words *words)
{
    char line[WORD_SIZE];
    struct tov_date date;
    if (!ask_line(cli, _("Whom? (name, CPR number, or date of birth)"), line, sizeof line))
        return cli_fail(cli, TOV_E_ARGUMENT, "%s", _("Nobody was named. Nothing was searched."));
    if (tov_danish_date_parse(tov_bytes_of_text(line), &date))
        put_date(date, words->born);
    else
        (void)snprintf(tov_person_is_number(tov_bytes_of_text(line)) ? words->number : words->name,
                       WORD_SIZE, "%s", line);
    return TOV_OK;
}

static enum tov_err refuse(struct cli *cli, const struct tov_text *fault)
{
    return cli_fail(cli, TOV_E_ARGUMENT, "%s", cli_words(cli, fault->da, fault->en));
}

/* Before it is sent: the node would say no more than this. */
static enum tov_err check_who(struct cli *cli, const struct words *words)
{
    struct tov_person_asked asked = {.name = tov_bytes_of_text(words->name),
                                     .number = tov_bytes_of_text(words->number),
                                     .has_birth_date = words->born[0] != '\0'};
    struct tov_person_words read;
    struct tov_text fault;
    enum tov_err err = tov_person_words_read(&asked, &read, &fault);
    tov_wipe(&read, sizeof read);
    return err == TOV_OK ? TOV_OK : refuse(cli, &fault);
}

static enum tov_err ask_why(struct cli *cli, struct words *words)
{
    struct tov_text fault;
    if (words->reason[0] == '\0' && ask_is_possible(cli))
        (void)ask_line(cli, _("Why? (it stands in the access log)"), words->reason,
                       sizeof words->reason);
    if (words->reason[0] == '\0')
        return cli_fail(cli, TOV_E_ARGUMENT, "%s",
                        _("Why do you search? --reason TEXT is missing; it stands in the access "
                          "log."));
    enum tov_err err = tov_person_reason_check(tov_bytes_of_text(words->reason), &fault);
    return err == TOV_OK ? TOV_OK : refuse(cli, &fault);
}

static enum tov_err read_words(struct cli *cli, const struct cli_arguments *arguments,
                               struct words *words)
{
    const char *born = command_get(arguments, "born");
    TOV_TRY(take(cli, arguments, "name", words->name, sizeof words->name));
    TOV_TRY(take(cli, arguments, "number", words->number, sizeof words->number));
    TOV_TRY(take(cli, arguments, "reason", words->reason, sizeof words->reason));
    if (born != NULL)
        TOV_TRY(set_born(cli, born, words->born));
    bool names_nobody =
        words->name[0] == '\0' && words->number[0] == '\0' && words->born[0] == '\0';
    if (names_nobody && !ask_is_possible(cli))
        return cli_fail(cli, TOV_E_ARGUMENT, "%s",
                        _("Whom do you search for? Give --name, --number or --born."));
    if (names_nobody)
        TOV_TRY(ask_who(cli, words));
    TOV_TRY(check_who(cli, words));
    return ask_why(cli, words);
}

/* ---- what was found ---- */

static void put_not_read(struct cli *cli, const struct tov_listing *listing)
{
    char text[96];
    unsigned long count = (unsigned long)tov_listing_not_read(listing);
    if (count == 0)
        return;
    (void)snprintf(
        text, sizeof text,
        ngettext("! %lu message could not be read.", "! %lu messages could not be read.", count),
        count);
    cli_say_wrapped(cli, "", text);
}

static void put_text(struct cli *cli, const struct tov_listing *listing)
{
    put_not_read(cli, listing);
    if (tov_listing_count(listing) == 0) {
        cli_say_wrapped(
            cli, "",
            _("No message of your units has that person as its citizen or as one who takes "
              "part. What is written in free text is not searched. Other units and agencies "
              "were not asked; what they know is asked by a message: tov send info.request"));
        return;
    }
    rows_put(cli, listing);
    cli_say(cli, "\n");
    if (tov_listing_next(listing) != 0)
        cli_say_wrapped(cli, "", _("There are more. Say more of the person, so that fewer fit."));
    cli_say_wrapped(cli, "", _("See the case of one: tov case NUMBER"));
}

static json_t *found_json(struct cli *cli, const struct tov_listing *listing)
{
    return json_pack("{s:o, s:b, s:I}", "messages", rows_json(cli, listing), "all",
                     tov_listing_next(listing) == 0, "not_read",
                     (json_int_t)tov_listing_not_read(listing));
}

/* ---- the command ---- */

static int on_progress(void *arg, uint64_t looked_at, uint64_t found)
{
    const struct cli *cli = arg;
    char line[96];
    (void)snprintf(line, sizeof line, _("%llu messages looked at, %llu found"),
                   (unsigned long long)looked_at, (unsigned long long)found);
    cli_progress(cli, line);
    return interrupt_came() ? 1 : 0;
}

static enum tov_err search(struct cli *cli, const struct words *words,
                           struct tov_listing **out_listing)
{
    struct tov_search_options options = TOV_SEARCH_OPTIONS_INIT;
    options.name = words->name[0] == '\0' ? NULL : words->name;
    options.number = words->number[0] == '\0' ? NULL : words->number;
    options.birth_date = words->born[0] == '\0' ? NULL : words->born;
    options.reason = words->reason;
    options.progress = on_progress;
    options.progress_arg = cli;
    interrupt_begin(cli->client);
    enum tov_err err = tov_search(cli->client, &options, out_listing, &cli->error);
    cli_progress(cli, "");
    bool was_stopped = interrupt_came();
    interrupt_end();
    return err != TOV_OK && was_stopped ? cli_fail(cli, TOV_E_AGAIN, "%s", _("Stopped.")) : err;
}

static enum tov_err run(struct cli *cli, const struct cli_arguments *arguments)
{
    struct words words = {.name = ""};
    struct tov_client *client = NULL;
    struct tov_listing *listing = NULL;
    TOV_TRY(read_words(cli, arguments, &words));
    TOV_TRY(cli_connect(cli, &client));
    TOV_TRY(search(cli, &words, &listing));
    if (cli->json)
        cli_result(cli, found_json(cli, listing));
    else
        put_text(cli, listing);
    tov_listing_destroy(listing);
    return TOV_OK;
}

static const struct cli_option options[] = {
    {"name", N_("NAME"),
     N_("each word begins a word of the name; capital and small letters are alike"), false},
    {"number", N_("NUMBER"), N_("the whole CPR number, or replacement number"), false},
    {"born", N_("DATE"), N_("the date of birth, as 28-06-2021"), false},
    {"reason", N_("TEXT"), N_("why you search; it stands in the access log"), false},
    {NULL, NULL, NULL, false}};
const struct cli_command command_find = {"find",
                                         NULL,
                                         0,
                                         0,
                                         N_("a person in what your own units hold, with a reason; "
                                            "other agencies are asked by info.request"),
                                         options,
                                         run};
