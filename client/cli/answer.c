/* SPDX-License-Identifier: EUPL-1.2 */
#include "cli/answer.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/hex.h"
#include "cli/ask.h"
#include "cli/language.h"
#include "cli/message.h"
#include "cli/next.h"
#include "telling/text.h"

#define ANSWERS_MAX 24u

TOV_DEFINE_CLEANUP(case, struct tov_case, tov_case_destroy)

/* What fits; `one` is NULL for a message that is about no case. */
struct choice {
    struct cli *cli;
    const struct tov_message_view *view;
    const struct tov_case *one;
    struct next_step steps[ANSWERS_MAX];
    size_t count;
};

static bool is_listed(const struct choice *choice, const char *type)
{
    for (size_t i = 0; i < choice->count; i++) {
        if (strcmp(choice->steps[i].type, type) == 0)
            return true;
    }
    return false;
}

static uint64_t number_of(const struct choice *choice)
{
    return tov_message_view_facts(choice->view)->number;
}

static bool is_step_of_it(const struct choice *choice, size_t index, struct next_step *out)
{
    return next_step_at(choice->one, index, out) && out->target == number_of(choice) &&
           strcmp(out->type, "ack.read") != 0;
}

/* TYPE as the case expects it; false: it does not expect it as an answer to this message. */
static bool find_step(const struct choice *choice, const char *type, struct next_step *out)
{
    for (size_t i = 0; choice->one != NULL && i < tov_case_expected_count(choice->one); i++) {
        if (is_step_of_it(choice, i, out) && strcmp(out->type, type) == 0)
            return true;
    }
    return false;
}

static void add(struct choice *choice, const struct next_step *step)
{
    if (choice->count < ANSWERS_MAX && !is_listed(choice, step->type))
        choice->steps[choice->count++] = *step;
}

/* The steps of its case that answer or cite this message. */
static void add_steps(struct choice *choice)
{
    for (size_t i = 0; choice->one != NULL && i < tov_case_expected_count(choice->one); i++) {
        struct next_step step;
        if (is_step_of_it(choice, i, &step))
            add(choice, &step);
    }
}

/* An answer that a machine would refuse now fits no more: it was given, or its time is over. That
 * somebody took it is said by `tov read`. */
static bool fits(const struct choice *choice, const char *type)
{
    if (strcmp(type, "ack.read") == 0)
        return false;
    return choice->one == NULL || !next_is_judged(type) ||
           next_has(choice->one, choice->view, type);
}

/* In the order of the catalogue, which begins with the answer in full. */
static void add_answers(struct choice *choice)
{
    const struct tov_catalogue_type *asked =
        tov_catalogue_find(tov_message_view_type(choice->view));
    const char *type = NULL;
    if (asked == NULL || !message_is_incoming(choice->cli, choice->view))
        return;
    for (size_t i = 0; (type = tov_catalogue_type_answer(asked, i)) != NULL; i++) {
        struct next_step step;
        if (tov_catalogue_find(type) == NULL || !fits(choice, type))
            continue;
        if (!find_step(choice, type, &step))
            step = (struct next_step){.type = type, .target = number_of(choice)};
        add(choice, &step);
    }
}

/* ---- choosing ---- */

static void put_id(char out[ANSWER_ID_SIZE], const char *id)
{
    (void)snprintf(out, ANSWER_ID_SIZE, "%.*s", (int)ANSWER_ID_SIZE - 1, id);
}

static void give(const struct next_step *step, struct answer *out)
{
    *out = (struct answer){.field = "", .value = ""};
    put_id(out->type, step->type);
    if (step->value_count != 1)
        return;
    put_id(out->field, step->field);
    put_id(out->value, step->values[0]);
}

/* NUMBER 0: without one. */
static void put_step(struct cli *cli, const struct next_step *step, size_t number)
{
    char line[2 * CASEWORK_TEXT_SIZE];
    next_name(cli, step, line);
    if (number > 0)
        cli_say(cli, "%3zu  ", number);
    else
        cli_say(cli, "     ");
    text_put_wrapped(&cli->page, line, &(struct text_frame){5, 5, cli->columns});
    next_command(step, line);
    cli_say(cli, "       ");
    text_put_wrapped(&cli->page, line, &(struct text_frame){7, 7, cli->columns});
}

static void put_choices(const struct choice *choice, bool with_numbers)
{
    for (size_t i = 0; i < choice->count; i++)
        put_step(choice->cli, &choice->steps[i], with_numbers ? i + 1 : 0);
}

/* What the case expects now, though it is no answer to this message. */
static size_t put_other_steps(const struct choice *choice)
{
    size_t put = 0;
    for (size_t i = 0; choice->one != NULL && i < tov_case_expected_count(choice->one); i++) {
        struct next_step step;
        if (!next_step_at(choice->one, i, &step))
            continue;
        put_step(choice->cli, &step, 0);
        put++;
    }
    return put;
}

static enum tov_err ask(const struct choice *choice, struct answer *out_answer)
{
    struct cli *cli = choice->cli;
    char line[64];
    uint64_t number = 0;
    put_choices(choice, true);
    if (!ask_line(cli, _("Which answer? (its number)"), line, sizeof line) ||
        tov_decimal_decode(tov_bytes_of_text(line), &number) != TOV_OK || number < 1 ||
        number > choice->count)
        return cli_fail(cli, TOV_E_ARGUMENT, _("No answer was chosen. Nothing was sent."));
    give(&choice->steps[number - 1], out_answer);
    return TOV_OK;
}

static enum tov_err fail_several(const struct choice *choice)
{
    struct cli *cli = choice->cli;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf ids = TOV_BUF_INIT(4096);
    for (size_t i = 0; i < choice->count; i++)
        tov_buf_put_format(&ids, "%s%s", i == 0 ? "" : ", ", choice->steps[i].type);
    tov_buf_put_u8(&ids, 0);
    put_choices(choice, false);
    return cli_fail(cli, TOV_E_ARGUMENT, _("Several answers fit: %.150s. tov reply %llu TYPE"),
                    ids.failed == TOV_OK ? (const char *)ids.data : "",
                    (unsigned long long)number_of(choice));
}

static enum tov_err fail_none(const struct choice *choice)
{
    unsigned long long number = (unsigned long long)number_of(choice);
    if (put_other_steps(choice) > 0)
        return cli_fail(choice->cli, TOV_E_ARGUMENT,
                        _("No answer is expected to this message now, but what stands above can be "
                          "sent in its case. A note fits any: tov reply %llu msg.note"),
                        number);
    return cli_fail(choice->cli, TOV_E_ARGUMENT,
                    _("No answer is expected to this message. A note fits any: tov reply %llu "
                      "msg.note"),
                    number);
}

/* ---- the case ---- */

/* A message about no case, or one whose case cannot be shown, is answered by the catalogue. */
static enum tov_err read_case(struct cli *cli, uint64_t number, struct tov_case **out_one)
{
    struct tov_case_options options = TOV_CASE_OPTIONS_INIT;
    struct tov_error error = {0};
    options.number = number;
    enum tov_err err = tov_case_get(cli->client, &options, out_one, &error);
    if (err != TOV_E_TIMEOUT && err != TOV_E_CLOSED)
        return TOV_OK;
    cli->error = error;
    return err;
}

/* The value that the case leaves for TYPE, which the user named. */
static void give_named(const struct choice *choice, const char *type, struct answer *out_answer)
{
    struct next_step step;
    if (!find_step(choice, type, &step))
        step = (struct next_step){.type = type};
    give(&step, out_answer);
}

enum tov_err answer_find(struct cli *cli, const struct tov_message_view *view, const char *type,
                         struct answer *out_answer)
{
    TOV_CLEANUP(case_cleanup) struct tov_case *one = NULL;
    struct choice choice = {.cli = cli, .view = view};
    TOV_TRY(read_case(cli, tov_message_view_facts(view)->number, &one));
    choice.one = one;
    if (type != NULL) {
        give_named(&choice, type, out_answer);
        return TOV_OK;
    }
    add_answers(&choice);
    add_steps(&choice);
    if (choice.count == 0)
        return fail_none(&choice);
    if (choice.count > 1)
        return ask_is_possible(cli) ? ask(&choice, out_answer) : fail_several(&choice);
    give(&choice.steps[0], out_answer);
    return TOV_OK;
}
