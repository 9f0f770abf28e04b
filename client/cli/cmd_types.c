/* SPDX-License-Identifier: EUPL-1.2
 *
 * `tov types`: what may be sent, and how it is filled in. `tov units`: to whom.
 */
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "case/catalogue.h"
#include "case/unit.h"
#include "cli/command.h"
#include "cli/fieldpath.h"
#include "cli/language.h"
#include "cli/table.h"
#include "telling/text.h"
#include "cli/words.h"

#define PURPOSE "header.purpose"
#define BASES "header.legal_bases"

/* ---- all types ---- */

static void put_all(struct cli *cli)
{
    const char *group = "";
    for (size_t i = 0; i < tov_catalogue_count(); i++) {
        const struct tov_catalogue_type *type = tov_catalogue_at(i);
        const char *name = tov_catalogue_type_group(type, cli->words);
        if (strcmp(name, group) != 0)
            cli_say(cli, "%s%s\n", group[0] == '\0' ? "" : "\n", name);
        group = name;
        cli_say(cli, "  ");
        text_put_padded(&cli->page, tov_catalogue_type_id(type), 28);
        cli_say(cli, "%s\n", tov_catalogue_type_name(type, cli->words));
    }
    cli_say(cli, "\n%s\n", _("The fields of one: tov types TYPE"));
}

static json_t *type_json(const struct tov_catalogue_type *type)
{
    json_t *answers = json_array();
    for (size_t i = 0; tov_catalogue_type_answer(type, i) != NULL; i++)
        (void)json_array_append_new(answers, json_string(tov_catalogue_type_answer(type, i)));
    return json_pack("{s:s, s:i, s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:o}", "id",
                     tov_catalogue_type_id(type), "version", (int)tov_catalogue_type_version(type),
                     "name_da", tov_catalogue_type_name(type, TOV_WORDS_DA), "name_en",
                     tov_catalogue_type_name(type, TOV_WORDS_EN), "group_da",
                     tov_catalogue_type_group(type, TOV_WORDS_DA), "group_en",
                     tov_catalogue_type_group(type, TOV_WORDS_EN), "purpose_da",
                     tov_catalogue_type_purpose(type, TOV_WORDS_DA), "purpose_en",
                     tov_catalogue_type_purpose(type, TOV_WORDS_EN), "attachments",
                     tov_catalogue_type_takes_attachments(type), "answers", answers);
}

/* ---- one type ---- */

static const struct tov_message_type *row_of(const struct tov_catalogue_type *type)
{
    return tov_message_type_find(tov_bytes_of_text(tov_catalogue_type_id(type)));
}

static uint64_t bases_of(const struct tov_catalogue_type *type)
{
    const struct tov_message_type *row = row_of(type);
    uint64_t mask = 0;
    for (size_t i = 0; i < TOV_ROUTES_MAX && row->routes[i].from != 0; i++)
        mask |= row->routes[i].bases;
    return mask;
}

static const char *need_words(enum tov_catalogue_need need)
{
    switch (need) {
    case TOV_CATALOGUE_OPTIONAL:
        return "";
    case TOV_CATALOGUE_REQUIRED:
        return _("required");
    case TOV_CATALOGUE_REQUIRED_UNLESS_MINIMAL:
        return _("required, except to Ydelsesservice and folkeregister");
    case TOV_CATALOGUE_FORBIDDEN_IF_MINIMAL:
        return _("not to Ydelsesservice and folkeregister");
    }
    return "";
}

static const char *need_id(enum tov_catalogue_need need)
{
    switch (need) {
    case TOV_CATALOGUE_OPTIONAL:
        return "optional";
    case TOV_CATALOGUE_REQUIRED:
        return "required";
    case TOV_CATALOGUE_REQUIRED_UNLESS_MINIMAL:
        return "required-unless-minimal";
    case TOV_CATALOGUE_FORBIDDEN_IF_MINIMAL:
        return "forbidden-if-minimal";
    }
    return "";
}

/* How a value is written, for people. */
static const char *kind_words(const struct tov_catalogue_field *field)
{
    if (strcmp(field->path, BASES) == 0)
        return _("one of the codes below");
    if (strcmp(field->path, PURPOSE) == 0 || strcmp(field->kind, "enum") == 0)
        return _("one of these words");
    if (strcmp(field->kind, "text") == 0)
        return _("text");
    return fieldpath_kind_words(field->kind);
}

static void put_wrapped(struct cli *cli, size_t indent, const char *text)
{
    cli_say(cli, "%*s", (int)indent, "");
    text_put_wrapped(&cli->page, text, &(struct text_frame){indent, indent, cli->columns});
}

/* What may stand in PURPOSE, which the catalogue has as a text. */
static void put_purposes(struct cli *cli)
{
    for (size_t i = 0; i < tov_purpose_count(); i++) {
        const struct tov_purpose *purpose = tov_purpose_at(i);
        char line[512];
        (void)snprintf(line, sizeof line, "%s: %s", purpose->id,
                       cli_words(cli, purpose->name.da, purpose->name.en));
        put_wrapped(cli, 6, line);
    }
}

static void put_field(struct cli *cli, const struct tov_catalogue_type *type, size_t index)
{
    struct tov_catalogue_field field = {.size = sizeof field};
    if (tov_catalogue_field_at(type, index, &field) != TOV_OK)
        return;
    bool is_required =
        field.need == TOV_CATALOGUE_REQUIRED || field.need == TOV_CATALOGUE_REQUIRED_UNLESS_MINIMAL;
    const char *dot = strchr(field.path, '.');
    const char *name = dot == NULL ? field.path : dot + 1;
    const char *need = need_words(field.need);
    bool is_purpose = strcmp(field.path, PURPOSE) == 0;
    char line[512];
    cli_say(cli, "%s %s\n", is_required ? "*" : " ",
            cli_words(cli, field.label_da, field.label_en));
    (void)snprintf(line, sizeof line, "%s (%s%s)%s%s", name, kind_words(&field),
                   field.is_list ? _(", several") : "", need[0] == '\0' ? "" : ": ", need);
    put_wrapped(cli, 4, line);
    const char *help = cli_words(cli, field.help_da, field.help_en);
    if (help[0] != '\0')
        put_wrapped(cli, 4, help);
    for (size_t i = 0; i < field.value_count; i++) {
        cli_say(cli, "      %s: ", tov_catalogue_value_id(type, index, i));
        cli_say(cli, "%s\n", tov_catalogue_value_label(type, index, i, cli->words));
    }
    if (is_purpose)
        put_purposes(cli);
}

/* ---- who sends it to whom, about what ---- */

static const char *duty_words(uint32_t duty)
{
    static const struct {
        uint32_t duty;
        const char *words;
    } duties[] = {
        {TOV_DUTY_SECRETARIAT, N_("the secretariat of the Infohus")},
        {TOV_DUTY_COORDINATOR_KOMMUNE, N_("the coordinator of the kommune")},
        {TOV_DUTY_COORDINATOR_POLICE, N_("the coordinator of the police")},
        {TOV_DUTY_PRISON, N_("prison, remand prison, central office")},
        {TOV_DUTY_PROBATION, N_("the probation service")},
        {TOV_DUTY_RELEASE_DESK, N_("the release desk (eki, jku)")},
        {TOV_DUTY_BENEFITS, N_("benefits (ydelse)")},
        {TOV_DUTY_POPULATION, N_("the population register (folkereg)")},
        {TOV_DUTY_PROVIDER, N_("a provider (mentor, coach)")},
        {TOV_DUTY_HOTLINE, N_("the hotline")},
        {TOV_DUTY_PSYCHIATRY, N_("psychiatry")},
        {TOV_DUTY_KOMMUNE, N_("other units of a kommune")},
        {TOV_DUTY_POLICE_OTHER, N_("other units of the police")},
    };
    for (size_t i = 0; i < sizeof duties / sizeof duties[0]; i++) {
        if (duties[i].duty == duty)
            return _(duties[i].words);
    }
    return "";
}

static void put_duties(uint32_t mask, struct tov_buf *out)
{
    const char *between = "";
    if (mask == TOV_DUTIES_ANY) {
        tov_buf_put_text(out, _("any unit"));
        return;
    }
    for (unsigned bit = 0; bit < 32; bit++) {
        const char *words = (mask >> bit & 1) == 0 ? "" : duty_words((uint32_t)1 << bit);
        if (words[0] == '\0')
            continue;
        tov_buf_put_format(out, "%s%s", between, words);
        between = "; ";
    }
}

static void put_lead(struct cli *cli, const char *lead, struct tov_buf *text)
{
    tov_buf_put_u8(text, 0);
    cli_say(cli, "  ");
    text_put_padded(&cli->page, lead, 6);
    if (text->failed == TOV_OK)
        text_put_wrapped(&cli->page, (const char *)text->data,
                         &(struct text_frame){8, 8, cli->columns});
}

static void put_routes(struct cli *cli, const struct tov_message_type *row)
{
    cli_say(cli, "\n%s\n", _("Who sends it to whom"));
    for (size_t i = 0; i < TOV_ROUTES_MAX && row->routes[i].from != 0; i++) {
        TOV_CLEANUP(tov_buf_fini) struct tov_buf from = TOV_BUF_INIT(4096);
        TOV_CLEANUP(tov_buf_fini) struct tov_buf to = TOV_BUF_INIT(4096);
        bool is_as_before = i > 0 && row->routes[i].from == row->routes[i - 1].from &&
                            row->routes[i].to == row->routes[i - 1].to;
        if (is_as_before)
            continue; /* other legal bases only */
        put_duties(row->routes[i].from, &from);
        put_duties(row->routes[i].to, &to);
        put_lead(cli, _("from"), &from);
        put_lead(cli, _("to"), &to);
    }
}

static void put_about(struct cli *cli, const struct tov_message_type *row)
{
    if ((row->about_needs | row->about_may) == 0)
        return;
    bool is_free = (row->asks & TOV_MAY_ABOUT_NOTHING) != 0;
    cli_say(cli, "\n%s\n",
            row->about_needs != 0 ? _("About (* must be named)")
            : is_free             ? _("About (one of them, or nothing)")
                                  : _("About (at least one of them)"));
    for (size_t i = 0; i < TOV_ABOUT_COUNT; i++) {
        bool is_needed = (row->about_needs & tov_about_things[i].bit) != 0;
        if (is_needed || (row->about_may & tov_about_things[i].bit) != 0)
            cli_say(cli, "%s --about %s\n", is_needed ? "*" : " ", words_thing(cli, i));
    }
}

static void put_bases(struct cli *cli, const struct tov_catalogue_type *type)
{
    uint64_t mask = bases_of(type);
    cli_say(cli, "\n%s\n", _("Legal bases"));
    for (size_t i = 0; i < tov_basis_count(); i++) {
        const struct tov_basis *basis = tov_basis_at(i);
        if ((mask >> basis->code & 1) == 0)
            continue;
        cli_say(cli, "  ");
        text_put_padded(&cli->page, basis->id, 16);
        text_put_wrapped(&cli->page, cli_words(cli, basis->name.da, basis->name.en),
                         &(struct text_frame){18, 18, cli->columns});
    }
}

static void put_one(struct cli *cli, const struct tov_catalogue_type *type)
{
    const struct tov_message_type *row = row_of(type);
    cli_say(cli, "%s · %s\n", tov_catalogue_type_id(type),
            tov_catalogue_type_name(type, cli->words));
    put_wrapped(cli, 0, tov_catalogue_type_purpose(type, cli->words));
    cli_say(cli, "\n%s\n", _("Fields (* must be filled in)"));
    for (size_t i = 0; i < tov_catalogue_field_count(type); i++)
        put_field(cli, type, i);
    put_routes(cli, row);
    put_about(cli, row);
    put_bases(cli, type);
    if (tov_catalogue_type_answer(type, 0) != NULL)
        cli_say(cli, "\n%s\n", _("Answers"));
    for (size_t i = 0; tov_catalogue_type_answer(type, i) != NULL; i++) {
        const char *id = tov_catalogue_type_answer(type, i);
        const struct tov_catalogue_type *answer = tov_catalogue_find(id);
        cli_say(cli, "  ");
        text_put_padded(&cli->page, id, 28);
        cli_say(cli, "%s\n", answer == NULL ? "" : tov_catalogue_type_name(answer, cli->words));
    }
    if (tov_catalogue_type_takes_attachments(type))
        cli_say(cli, "\n%s\n", _("Files may be attached."));
}

static json_t *fields_json(const struct tov_catalogue_type *type)
{
    json_t *fields = json_array();
    for (size_t i = 0; i < tov_catalogue_field_count(type); i++) {
        struct tov_catalogue_field field = {.size = sizeof field};
        if (tov_catalogue_field_at(type, i, &field) != TOV_OK)
            continue;
        json_t *values = json_array();
        for (size_t j = 0; j < field.value_count; j++)
            (void)json_array_append_new(
                values, json_pack("{s:s, s:s, s:s}", "id", tov_catalogue_value_id(type, i, j), "da",
                                  tov_catalogue_value_label(type, i, j, TOV_WORDS_DA), "en",
                                  tov_catalogue_value_label(type, i, j, TOV_WORDS_EN)));
        (void)json_array_append_new(
            fields,
            json_pack("{s:s, s:s, s:s, s:b, s:s, s:s, s:s, s:s, s:o}", "path", field.path, "kind",
                      field.kind, "need", need_id(field.need), "list", field.is_list, "label_da",
                      field.label_da, "label_en", field.label_en, "help_da", field.help_da,
                      "help_en", field.help_en, "values", values));
    }
    return fields;
}

static json_t *bases_json(const struct tov_catalogue_type *type)
{
    uint64_t mask = bases_of(type);
    json_t *bases = json_array();
    for (size_t i = 0; i < tov_basis_count(); i++) {
        const struct tov_basis *basis = tov_basis_at(i);
        if ((mask >> basis->code & 1) != 0)
            (void)json_array_append_new(bases, json_pack("{s:s, s:s, s:s}", "id", basis->id, "da",
                                                         basis->name.da, "en", basis->name.en));
    }
    return bases;
}

static json_t *about_json(const struct tov_catalogue_type *type)
{
    const struct tov_message_type *row = row_of(type);
    json_t *about = json_array();
    for (size_t i = 0; i < TOV_ABOUT_COUNT; i++) {
        bool is_needed = (row->about_needs & tov_about_things[i].bit) != 0;
        if (is_needed || (row->about_may & tov_about_things[i].bit) != 0)
            (void)json_array_append_new(
                about, json_pack("{s:s, s:s, s:b}", "field", tov_about_things[i].field, "thing",
                                 words_things[i].english, "required", is_needed));
    }
    return about;
}

static json_t *purposes_json(void)
{
    json_t *purposes = json_array();
    for (size_t i = 0; i < tov_purpose_count(); i++) {
        const struct tov_purpose *purpose = tov_purpose_at(i);
        (void)json_array_append_new(purposes, json_pack("{s:s, s:s, s:s}", "id", purpose->id, "da",
                                                        purpose->name.da, "en", purpose->name.en));
    }
    return purposes;
}

static enum tov_err run_types(struct cli *cli, const struct cli_arguments *arguments)
{
    if (arguments->word_count == 0 && !cli->json) {
        put_all(cli);
        return TOV_OK;
    }
    if (arguments->word_count == 0) {
        json_t *types = json_array();
        for (size_t i = 0; i < tov_catalogue_count(); i++)
            (void)json_array_append_new(types, type_json(tov_catalogue_at(i)));
        cli_result(cli, json_pack("{s:o}", "types", types));
        return TOV_OK;
    }
    const struct tov_catalogue_type *type = tov_catalogue_find(arguments->words[0]);
    if (type == NULL)
        return cli_fail(cli, TOV_E_NOT_FOUND,
                        _("There is no type \"%.60s\". tov types lists them."),
                        arguments->words[0]);
    if (!cli->json) {
        put_one(cli, type);
        return TOV_OK;
    }
    json_t *value = type_json(type);
    (void)json_object_set_new(value, "fields", fields_json(type));
    (void)json_object_set_new(value, "about", about_json(type));
    (void)json_object_set_new(value, "legal_bases", bases_json(type));
    (void)json_object_set_new(value, "purposes", purposes_json());
    cli_result(cli, json_pack("{s:o}", "type", value));
    return TOV_OK;
}

/* ---- units ---- */

static void put_units(struct cli *cli, const struct tov_directory *directory)
{
    struct table table;
    table_init(&table, cli, 2, 1);
    table_add(&table, (const char *[]){_("Unit"), _("Name")}, false);
    for (size_t i = 0; i < tov_directory_count(directory); i++) {
        const struct tov_directory_unit *unit = tov_directory_at(directory, i);
        table_add(&table, (const char *[]){unit->address, unit->title}, false);
    }
    table_put(&table);
}

static json_t *units_json(const struct tov_directory *directory)
{
    json_t *units = json_array();
    for (size_t i = 0; i < tov_directory_count(directory); i++) {
        const struct tov_directory_unit *unit = tov_directory_at(directory, i);
        (void)json_array_append_new(
            units, json_pack("{s:s, s:s}", "address", unit->address, "title", unit->title));
    }
    return json_pack("{s:o, s:i}", "units", units, "roster_version",
                     (int)tov_directory_roster_version(directory));
}

static enum tov_err run_units(struct cli *cli, const struct cli_arguments *arguments)
{
    (void)arguments;
    struct tov_client *client = NULL;
    struct tov_directory *directory = NULL;
    TOV_TRY(cli_connect(cli, &client));
    TOV_TRY(tov_directory_get(client, &directory, &cli->error));
    if (cli->json)
        cli_result(cli, units_json(directory));
    else
        put_units(cli, directory);
    tov_directory_destroy(directory);
    return TOV_OK;
}

static const struct cli_option no_options[] = {{NULL, NULL, NULL, false}};
const struct cli_command command_types = {
    "types",    N_("[TYPE]"), 0, 1, N_("what can be sent; the fields and legal bases of one type"),
    no_options, run_types};
const struct cli_command command_units = {
    "units", NULL, 0, 0, N_("the units that can be written to"), no_options, run_units};
