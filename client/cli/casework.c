/* SPDX-License-Identifier: EUPL-1.2 */
#include "cli/casework.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "case/danish_time.h"
#include "case/deadline.h"
#include "case/machine.h"
#include "cli/language.h"
#include "telling/text.h"
#include "wire/payload.h"

#define DATE_COLUMNS 12u

/* ---- texts that grow ---- */

static void add(char out[CASEWORK_TEXT_SIZE], const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static void add(char out[CASEWORK_TEXT_SIZE], const char *format, ...)
{
    size_t used = strlen(out);
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(out + used, CASEWORK_TEXT_SIZE - used, format, arguments);
    va_end(arguments);
}

static const char *comma_before(const char *text)
{
    return text[0] == '\0' ? "" : ", ";
}

/* ---- as of when ---- */

static enum tov_err read_at(struct cli *cli, const char *text, struct casework_day *out)
{
    struct tov_date date;
    if (!tov_danish_date_parse(tov_bytes_of_text(text), &date) ||
        tov_danish_day_start_ms(date) == 0)
        return cli_fail(cli, TOV_E_ARGUMENT,
                        _("--at wants a date, as 28-06-2021 or 2021-06-28, not \"%.40s\"."), text);
    struct tov_date next = tov_date_of_days(tov_date_to_days(date) + 1);
    out->asked_ms = tov_danish_day_start_ms(next) - 1;
    out->now_ms = out->asked_ms;
    return TOV_OK;
}

enum tov_err casework_day_of(struct cli *cli, const struct cli_arguments *arguments,
                             struct casework_day *out)
{
    struct tov_client *client = NULL;
    const char *text = command_get(arguments, "at");
    struct casework_day day = {.asked_ms = 0};
    if (text != NULL)
        TOV_TRY(read_at(cli, text, &day));
    TOV_TRY(cli_connect(cli, &client));
    if (text == NULL)
        day.now_ms = tov_client_identity(client)->now_ms;
    day.today = tov_danish_time_of(day.now_ms).date;
    *out = day;
    return TOV_OK;
}

static bool is_own_unit(const struct cli *cli, const char *unit)
{
    const struct tov_identity *identity = tov_client_identity(cli->client);
    for (size_t i = 0; i < identity->unit_count; i++) {
        if (strcmp(identity->units[i], unit) == 0)
            return true;
    }
    return false;
}

static const char *own_units(const struct cli *cli, const char *but, char out[CASEWORK_TEXT_SIZE])
{
    const struct tov_identity *identity = tov_client_identity(cli->client);
    out[0] = '\0';
    for (size_t i = 0; i < identity->unit_count; i++) {
        if (but == NULL || strcmp(identity->units[i], but) != 0)
            add(out, "%s%s", comma_before(out), identity->units[i]);
    }
    return out;
}

void casework_say_head(struct cli *cli, const char *unit, const struct casework_day *day)
{
    char time[WORDS_TIME_SIZE];
    text_put_clean(&cli->page, unit);
    if (day->asked_ms == 0) {
        words_time(day->now_ms, time);
        cli_say(cli, " · %s\n\n", time);
    } else {
        words_date(day->asked_ms, time);
        cli_say(cli, _(" · as it was at the end of %s"), time);
        cli_say(cli, "\n\n");
    }
}

void casework_say_other_units(struct cli *cli, const char *shown)
{
    char others[CASEWORK_TEXT_SIZE];
    if (own_units(cli, shown, others)[0] == '\0')
        return;
    cli_say(cli, "\n%s ", _("Your other units, by --unit:"));
    text_put_clean(&cli->page, others);
    cli_say(cli, "\n");
}

enum tov_err casework_explain_unit(struct cli *cli, enum tov_err err, const char *unit)
{
    char units[CASEWORK_TEXT_SIZE];
    if (err == TOV_E_NOT_FOUND && unit != NULL && !is_own_unit(cli, unit))
        return cli_fail(cli, err, _("%.60s is not one of your units. Yours: %.120s"), unit,
                        own_units(cli, NULL, units));
    return err;
}

enum tov_err casework_explain(struct cli *cli, enum tov_err err, const char *unit)
{
    if (err == TOV_E_DENIED)
        return cli_fail(cli, err, "%s",
                        _("Your key is registered with no unit, so there are no cases to show. The "
                          "node administrator can add one."));
    return casework_explain_unit(cli, err, unit);
}

/* ---- things ---- */

static const struct tov_machine_info *machine_of(const char *id)
{
    const struct tov_machine_table *table = tov_machine_table();
    for (size_t i = 0; i < TOV_MACHINES_MAX && table->machines[i] != NULL; i++) {
        if (strcmp(table->machines[i]->id, id) == 0)
            return table->machines[i];
    }
    return NULL;
}

const char *casework_machine_name(const struct cli *cli, const char *machine)
{
    const struct tov_machine_info *info = machine_of(machine);
    return info == NULL ? machine : cli_words(cli, info->name.da, info->name.en);
}

const char *casework_state_name(const struct cli *cli, const char *machine, const char *state)
{
    const struct tov_machine_info *info = machine_of(machine);
    const struct tov_machine_state *found =
        info == NULL ? NULL : tov_machine_state_find(info->machine, state);
    return found == NULL ? state : cli_words(cli, found->name.da, found->name.en);
}

static size_t find_field(const struct tov_catalogue_type *type, const char *name,
                         struct tov_catalogue_field *out)
{
    char path[96];
    (void)snprintf(path, sizeof path, "fields.%s", name);
    for (size_t i = 0; i < tov_catalogue_field_count(type); i++) {
        out->size = sizeof *out;
        if (tov_catalogue_field_at(type, i, out) == TOV_OK && strcmp(out->path, path) == 0)
            return i;
    }
    out->value_count = 0;
    out->kind = "";
    return 0;
}

const char *casework_value_name(const struct cli *cli, const char *type, const char *field,
                                const char *value)
{
    const struct tov_catalogue_type *found = tov_catalogue_find(type);
    struct tov_catalogue_field facts = {.size = sizeof facts};
    if (found == NULL)
        return value;
    size_t at = find_field(found, field, &facts);
    for (size_t i = 0; i < facts.value_count; i++) {
        if (strcmp(tov_catalogue_value_id(found, at, i), value) == 0)
            return tov_catalogue_value_label(found, at, i, cli->words);
    }
    return value;
}

size_t casework_value_count(const char *type, const char *field)
{
    const struct tov_catalogue_type *found = tov_catalogue_find(type);
    struct tov_catalogue_field facts = {.size = sizeof facts, .kind = ""};
    if (found != NULL)
        (void)find_field(found, field, &facts);
    return strcmp(facts.kind, "bool") == 0 ? 2 : facts.value_count;
}

bool casework_is_of_responsibility(const char *machine)
{
    const struct tov_machine_info *info = machine_of(machine);
    return info != NULL && info->machine == TOV_MACHINE_RESPONSIBILITY;
}

bool casework_is_responsibility(const struct tov_case_thing *thing)
{
    return casework_is_of_responsibility(thing->machine);
}

void casework_states(const struct cli *cli, const struct tov_affair *affair,
                     char out[CASEWORK_TEXT_SIZE])
{
    out[0] = '\0';
    for (size_t i = 0; i < affair->thing_count; i++) {
        const struct tov_case_thing *thing = &affair->things[i];
        if (!casework_is_responsibility(thing))
            add(out, "%s%s: %s", out[0] == '\0' ? "" : " · ",
                casework_machine_name(cli, thing->machine),
                cli_words(cli, thing->state_da, thing->state_en));
    }
}

static bool is_said_before(const struct tov_affair *affair, size_t index)
{
    const struct tov_case_thing *thing = &affair->things[index];
    for (size_t i = 0; i < index; i++) {
        if (affair->things[i].responsible == thing->responsible &&
            affair->things[i].offered == thing->offered)
            return true;
    }
    return false;
}

void casework_responsible(const struct cli *cli, const struct tov_affair *affair,
                          char out[CASEWORK_TEXT_SIZE])
{
    (void)cli;
    out[0] = '\0';
    for (size_t i = 0; i < affair->thing_count; i++) {
        const struct tov_case_thing *thing = &affair->things[i];
        if (thing->responsible == 0 || is_said_before(affair, i))
            continue;
        add(out, "%s%s", comma_before(out), thing->responsible_name);
        if (thing->offered != 0)
            add(out, _(" (offered to %s)"), thing->offered_name);
    }
    if (out[0] == '\0')
        add(out, "-");
}

/* ---- citations ---- */

static uint32_t deed_cited_by(const struct tov_machine_row *row)
{
    for (size_t i = 0; i < TOV_GUARDS_MAX; i++) {
        if (row->guards[i] == TOV_GUARD_NAMES_HOLDING)
            return TOV_DOES_HOLD | TOV_DOES_ACCEPT;
        if (row->guards[i] == TOV_GUARD_NAMES_OFFER)
            return TOV_DOES_OFFER;
    }
    return 0;
}

uint32_t casework_deed_cited(const char *type)
{
    const struct tov_machine_table *table = tov_machine_table();
    uint32_t deed = 0;
    for (size_t m = 0; m < TOV_MACHINES_MAX && table->machines[m] != NULL; m++) {
        for (size_t i = 0; i < table->machines[m]->row_count; i++) {
            const struct tov_machine_row *row = &table->machines[m]->rows[i];
            if (strcmp(row->on.type, type) == 0)
                deed |= deed_cited_by(row);
        }
    }
    return deed;
}

bool casework_is_about(const struct tov_message_view *view, const uint8_t *ref)
{
    char hex[2 * TOV_UUID_BYTES + 1], path[48];
    tov_hex_encode((struct tov_bytes){ref, TOV_UUID_BYTES}, hex);
    for (size_t i = 0; i < WORDS_THINGS; i++) {
        (void)snprintf(path, sizeof path, "header.about.%s", words_things[i].field);
        if (strcmp(tov_message_view_text(view, path), hex) == 0)
            return true;
    }
    return false;
}

/* ---- deadlines: what holds ---- */

bool casework_is_open(const struct tov_case_task *task)
{
    return task->state == TOV_CASE_TASK_OPEN || task->state == TOV_CASE_TASK_OVERDUE;
}

static bool is_duty(const struct tov_case_task *task)
{
    const struct tov_deadline *row = tov_deadline_find(task->deadline);
    return row == NULL || !row->no_duty;
}

bool casework_is_overdue(const struct tov_case_task *task)
{
    return task->state == TOV_CASE_TASK_OVERDUE && is_duty(task);
}

static bool is_of_agency(const char *unit, const char *agency)
{
    size_t size = strlen(agency);
    return strncmp(unit, agency, size) == 0 && (unit[size] == '\0' || unit[size] == '/');
}

bool casework_is_owed_by(const struct tov_case_task *task, const char *agency)
{
    return is_of_agency(task->responsible[0] != '\0' ? task->responsible : task->owner, agency);
}

static int64_t due_day(const struct tov_case_task *task)
{
    struct tov_date date;
    return tov_date_parse(tov_bytes_of_text(task->due), &date) == TOV_OK ? tov_date_to_days(date)
                                                                         : 0;
}

bool casework_is_within(const struct tov_case_task *task, const struct casework_day *day,
                        uint64_t days)
{
    int64_t left = due_day(task) - tov_date_to_days(day->today);
    return left <= 0 || (uint64_t)left <= days;
}

/* ---- deadlines: in words ---- */

const char *casework_task_name(const struct cli *cli, const struct tov_case_task *task)
{
    return cli_words(cli, task->text_da, task->text_en);
}

void casework_due_date(const struct tov_case_task *task, char out[WORDS_TIME_SIZE])
{
    struct tov_date date;
    if (tov_date_parse(tov_bytes_of_text(task->due), &date) == TOV_OK)
        tov_danish_date_format(date, out);
    else
        (void)snprintf(out, WORDS_TIME_SIZE, "-");
}

static const char *strength_words(const char *id)
{
    static const struct {
        const char *id;
        const char *words;
    } strengths[] = {
        {"lov", N_("legal deadline")},
        {"aftale", N_("agreed deadline")},
        {"praksis", N_("by practice")},
        {"intern", N_("internal deadline")},
    };
    for (size_t i = 0; i < sizeof strengths / sizeof strengths[0]; i++) {
        if (strcmp(strengths[i].id, id) == 0)
            return _(strengths[i].words);
    }
    return id;
}

/* The newest calendar that this program knows. A count of days is a help to the eye; the date
 * beside it is the node's. */
static const struct tov_calendar *newest_calendar(void)
{
    const struct tov_calendar *found = NULL;
    const struct tov_calendar *next = NULL;
    for (uint32_t version = 1; (next = tov_calendar_find(version)) != NULL; version++)
        found = next;
    return found;
}

/* Working days after the day FROM, up to and with TO. */
static unsigned long working_days(int64_t from, int64_t to)
{
    unsigned long count = 0;
    for (int64_t day = from + 1; day <= to; day++) {
        if (tov_calendar_closed(newest_calendar(), tov_date_of_days(day)) == NULL)
            count++;
    }
    return count;
}

/* "3 working days"; far away "7 weeks" or "5 months". */
static void length_words(int64_t from, int64_t to, char out[WORDS_TIME_SIZE])
{
    unsigned long days = (unsigned long)(to - from);
    unsigned long working = days > 28 ? 0 : working_days(from, to);
    unsigned long weeks = days / 7, months = days / 30;
    if (days > 60)
        (void)snprintf(out, WORDS_TIME_SIZE, ngettext("%lu month", "%lu months", months), months);
    else if (days > 28)
        (void)snprintf(out, WORDS_TIME_SIZE, ngettext("%lu week", "%lu weeks", weeks), weeks);
    else if (working > 0)
        (void)snprintf(out, WORDS_TIME_SIZE,
                       ngettext("%lu working day", "%lu working days", working), working);
    else
        (void)snprintf(out, WORDS_TIME_SIZE, ngettext("%lu day", "%lu days", days), days);
}

/* Past, and still nothing that anybody neglects. */
static void add_past(const struct tov_case_task *task, char out[CASEWORK_TEXT_SIZE])
{
    if (!task->paused)
        add(out, "%s", _(", the time is past"));
}

static void add_moment(const struct tov_case_task *task, const struct casework_day *day,
                       char out[CASEWORK_TEXT_SIZE])
{
    char time[WORDS_TIME_SIZE], length[WORDS_TIME_SIZE];
    bool is_past = task->state == TOV_CASE_TASK_OVERDUE && day->now_ms >= task->due_ms;
    words_time(task->due_ms, time);
    uint64_t length_ms = is_past                      ? day->now_ms - task->due_ms
                         : task->due_ms > day->now_ms ? task->due_ms - day->now_ms
                                                      : 0;
    words_duration(length_ms, length);
    add(out, _(", at %s"), time + TOV_DANISH_DATE_SIZE);
    if (is_past && is_duty(task))
        add(out, _(", OVERDUE by %s"), length);
    else if (length_ms > 0 && !is_past)
        add(out, _(", in %s"), length);
    else
        add_past(task, out);
}

static void add_day(const struct tov_case_task *task, const struct casework_day *day,
                    char out[CASEWORK_TEXT_SIZE])
{
    char length[WORDS_TIME_SIZE];
    int64_t due = due_day(task), today = tov_date_to_days(day->today);
    if (due == today)
        add(out, "%s", _(", today"));
    else if (due == today + 1)
        add(out, "%s", _(", tomorrow"));
    else if (due > today) {
        length_words(today, due, length);
        add(out, _(", in %s"), length);
    } else if (casework_is_overdue(task)) {
        length_words(due, today, length);
        add(out, _(", OVERDUE by %s"), length);
    } else {
        add_past(task, out);
    }
}

static void add_remarks(const struct tov_case_task *task, const struct casework_day *day,
                        char out[CASEWORK_TEXT_SIZE])
{
    struct tov_date date;
    char window[TOV_DANISH_DATE_SIZE];
    if (!is_duty(task))
        add(out, "%s", _(", no duty to answer"));
    if (task->paused)
        add(out, "%s", _(", paused: no day counts"));
    if (task->compressed)
        add(out, "%s", _(", compressed"));
    if (task->call)
        add(out, "%s", _(", phone the kommune"));
    if (tov_date_parse(tov_bytes_of_text(task->window), &date) == TOV_OK &&
        tov_date_to_days(date) > tov_date_to_days(day->today)) {
        tov_danish_date_format(date, window);
        add(out, _(", can begin %s"), window);
    }
}

static void add_end(const struct tov_case_task *task, char out[CASEWORK_TEXT_SIZE])
{
    char date[WORDS_TIME_SIZE];
    words_date(task->met_ms, date);
    if (task->state == TOV_CASE_TASK_MET)
        add(out, _("met %s"), date);
    else if (task->state == TOV_CASE_TASK_MET_LATE)
        add(out, _("met too late, %s"), date);
    else
        add(out, "%s", _("fell away"));
    if (task->met_number != 0)
        add(out, _(" by No. %llu"), (unsigned long long)task->met_number);
}

void casework_terms(const struct cli *cli, const struct tov_case_task *task,
                    const struct casework_day *day, char out[CASEWORK_TEXT_SIZE])
{
    (void)cli;
    out[0] = '\0';
    if (!casework_is_open(task)) {
        add_end(task, out);
        return;
    }
    add(out, "%s", strength_words(task->strength));
    if (task->due_ms != 0)
        add_moment(task, day, out);
    else
        add_day(task, day, out);
    add_remarks(task, day, out);
}

static bool is_taken_over(const struct tov_case_task *task)
{
    return task->responsible[0] != '\0' && !is_of_agency(task->owner, task->responsible);
}

/* An agency is owed it in each of its channels, and one name says both. */
static bool is_owed_before(const struct tov_case_task *task, size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (strcmp(task->owed[i], task->owed[index]) == 0)
            return true;
    }
    return false;
}

void casework_parties(const struct cli *cli, const struct tov_case_task *task,
                      char out[CASEWORK_TEXT_SIZE])
{
    (void)cli;
    out[0] = '\0';
    add(out, "%s", task->owner);
    if (is_taken_over(task))
        add(out, _(" (taken over by %s)"), task->responsible);
    for (size_t i = 0; i < task->owed_count; i++) {
        if (!is_owed_before(task, i))
            add(out, "%s%s", i == 0 ? _(" to ") : ", ", task->owed[i]);
    }
}

/* ---- on the page ---- */

void casework_colour(struct cli *cli, bool is_overdue)
{
    if (cli->colour && is_overdue)
        tov_buf_put_text(&cli->page, "\033[1;31m");
}

void casework_colour_end(struct cli *cli, bool is_overdue)
{
    if (cli->colour && is_overdue)
        tov_buf_put_text(&cli->page, "\033[0m");
}

void casework_put_task(struct cli *cli, const struct tov_case_task *task,
                       const struct casework_day *day, const char *more)
{
    char date[WORDS_TIME_SIZE], terms[CASEWORK_TEXT_SIZE], parties[CASEWORK_TEXT_SIZE],
        line[3 * CASEWORK_TEXT_SIZE];
    struct text_frame frame = {DATE_COLUMNS, DATE_COLUMNS, cli->columns};
    bool is_red = casework_is_overdue(task);
    casework_due_date(task, date);
    casework_terms(cli, task, day, terms);
    casework_parties(cli, task, parties);
    casework_colour(cli, is_red);
    text_put_padded(&cli->page, date, DATE_COLUMNS);
    (void)snprintf(line, sizeof line, "%s (%s)", casework_task_name(cli, task), terms);
    text_put_wrapped(&cli->page, line, &frame);
    casework_colour_end(cli, is_red);
    (void)snprintf(line, sizeof line, "%s%s%s", parties, more[0] == '\0' ? "" : " · ", more);
    text_put_padded(&cli->page, "", DATE_COLUMNS);
    text_put_wrapped(&cli->page, line, &frame);
}
