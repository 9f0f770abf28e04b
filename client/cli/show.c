/* SPDX-License-Identifier: EUPL-1.2 */
#include "cli/show.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "case/catalogue.h"
#include "cli/fieldpath.h"
#include "cli/language.h"
#include "telling/text.h"
#include "wire/leaf.h"

#define LEAD_COLUMNS 14u
#define REPLY_NUMBER_COLUMNS 8u
#define REPLY_SENDER_COLUMNS 24u

static void put_bold(struct cli *cli, const char *text)
{
    tov_buf_put_text(&cli->page, cli->colour ? "\033[1m" : "");
    text_put_clean(&cli->page, text);
    tov_buf_put_text(&cli->page, cli->colour ? "\033[0m" : "");
}

/* "Hjemmel:      RPL § 115 ..." */
static void put_line(struct cli *cli, const char *lead, const char *text)
{
    text_put_padded(&cli->page, lead, LEAD_COLUMNS);
    text_put_wrapped(&cli->page, text,
                     &(struct text_frame){LEAD_COLUMNS, LEAD_COLUMNS, cli->columns});
}

/* ---- the head ---- */

static void put_times(struct cli *cli, const struct tov_message_view *view)
{
    const struct tov_message_facts *facts = tov_message_view_facts(view);
    char time[WORDS_TIME_SIZE];
    words_time(facts->stored_ms, time);
    put_line(cli, message_is_incoming(cli, view) ? _("Received:") : _("Sent:"), time);
}

static void put_bases(struct cli *cli, const struct tov_message_view *view)
{
    bool is_limited = false;
    size_t count = tov_message_view_count(view, "header.legal_bases");
    for (size_t i = 1; i <= count; i++) {
        char path[48];
        (void)snprintf(path, sizeof path, "header.legal_bases.%zu", i);
        const char *code = tov_message_view_text(view, path);
        put_line(cli, i == 1 ? _("Legal basis:") : "", words_basis(cli, code));
        is_limited = is_limited || words_basis_is_115(code);
    }
    if (is_limited)
        put_line(cli, "", _("Must not be used to investigate criminal cases."));
}

static void put_purpose(struct cli *cli, const struct tov_message_view *view)
{
    const char *purpose = tov_message_view_text(view, "header.purpose");
    const char *more = tov_message_view_text(view, "content.purpose_text");
    const char *necessity = tov_message_view_text(view, "content.necessity");
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(65536);
    struct fieldpath_shown field = {.kind = "text", .path = "header.purpose"};
    if (purpose[0] != '\0') {
        fieldpath_show(cli, &field, purpose, &text);
        if (more[0] != '\0')
            tov_buf_put_format(&text, ": %s", more);
        tov_buf_put_u8(&text, 0);
        if (text.failed == TOV_OK)
            put_line(cli, _("Purpose:"), (const char *)text.data);
    }
    if (necessity[0] != '\0')
        put_line(cli, _("Necessity:"), necessity);
}

/* One a line when their tasks are named, else all in one. */
static void put_recipients(struct cli *cli, const struct tov_message_view *view)
{
    char route[MESSAGE_ROUTE_SIZE], line[MESSAGE_ROUTE_SIZE];
    if (tov_message_view_count(view, "header.recipients.1.need_reason") == 0) {
        message_recipients(cli, view, route);
        put_line(cli, _("To:"), route);
        return;
    }
    size_t count = tov_message_view_count(view, "header.recipients");
    for (size_t i = 1; i <= count; i++) {
        char unit[MESSAGE_NAME_SIZE], path[64];
        message_recipient(cli, view, i, unit);
        (void)snprintf(path, sizeof path, "header.recipients.%zu.need_reason", i);
        const char *task = tov_message_view_text(view, path);
        (void)snprintf(path, sizeof path, "header.recipients.%zu.right", i);
        bool is_header = strcmp(tov_message_view_text(view, path), "header") == 0;
        (void)snprintf(line, sizeof line, "%s%s%s%s", unit, task[0] == '\0' ? "" : ": ", task,
                       is_header ? _(" (header only)") : "");
        put_line(cli, i == 1 ? _("To:") : "", line);
    }
}

static void put_about(struct cli *cli, const struct tov_message_view *view)
{
    size_t put = 0;
    for (size_t i = 0; i < WORDS_THINGS; i++) {
        char path[64], line[128];
        (void)snprintf(path, sizeof path, "header.about.%s", words_things[i].field);
        const char *id = tov_message_view_text(view, path);
        if (id[0] == '\0')
            continue;
        (void)snprintf(line, sizeof line, "%s %s", words_thing(cli, i), id);
        put_line(cli, put++ == 0 ? _("About:") : "", line);
    }
}

static void put_sender(struct cli *cli, const struct tov_message_view *view)
{
    char sender[MESSAGE_NAME_SIZE], line[MESSAGE_NAME_SIZE + 160];
    const char *person = tov_message_view_text(view, "header.author.person");
    message_sender(view, sender);
    (void)snprintf(line, sizeof line, "%s%s%.150s", sender, person[0] == '\0' ? "" : ", ", person);
    put_line(cli, _("From:"), line);
}

/* Corrections by the same sender; what they correct stays as it was. */
static void put_amendments(struct cli *cli, const struct tov_message_view *view)
{
    uint32_t sender = tov_message_view_facts(view)->ref.agency;
    for (size_t i = 0; i < tov_message_view_reply_count(view); i++) {
        const struct tov_message_view *reply = tov_message_view_reply(view, i);
        const struct tov_message_facts *facts = tov_message_view_facts(reply);
        char line[96];
        if (facts->ref.agency != sender || facts->is_retracted || facts->is_void ||
            strcmp(tov_message_view_text(reply, "header.relation"), "revision") != 0)
            continue;
        (void)snprintf(line, sizeof line, _("CORRECTED by the sender: see no. %llu."),
                       (unsigned long long)facts->number);
        put_line(cli, _("State:"), line);
    }
}

/* How it stands in the agency's own record. */
static void put_record(struct cli *cli, const struct tov_message_view *view)
{
    const struct tov_message_facts *facts = tov_message_view_facts(view);
    const char *record = tov_message_view_record(view);
    char date[WORDS_TIME_SIZE], line[MESSAGE_NAME_SIZE + 160];
    if (facts->recorded_ms == 0)
        return;
    words_time(facts->recorded_ms, date);
    (void)snprintf(line, sizeof line, "%s%s%s%s%.150s", record, record[0] == '\0' ? "" : ", ", date,
                   record[0] == '\0' ? "" : ", ", tov_message_view_record_by(view));
    put_line(cli, _("Record:"), line);
    if (facts->erasable_ms == 0)
        return;
    words_date(facts->erasable_ms, date);
    (void)snprintf(line, sizeof line, _("from %s, unless something holds it"), date);
    put_line(cli, _("Erasable:"), line);
}

static void put_head(struct cli *cli, const struct tov_message_view *view)
{
    const struct tov_message_facts *facts = tov_message_view_facts(view);
    char number[64], reference[MESSAGE_NAME_SIZE];
    (void)snprintf(number, sizeof number, _("No. %llu · "), (unsigned long long)facts->number);
    put_bold(cli, number);
    put_bold(cli, message_type_name(cli, view));
    cli_say(cli, "\n");
    message_reference(view, reference);
    put_sender(cli, view);
    put_recipients(cli, view);
    put_times(cli, view);
    put_line(cli, _("Reference:"), reference);
    put_about(cli, view);
    put_bases(cli, view);
    put_purpose(cli, view);
    if (facts->is_void)
        put_line(cli, _("State:"),
                 _("VOID: it was written with the agency's key after that was revoked. It has no "
                   "effect, and nobody must rely on it. Ask the agency."));
    if (facts->is_retracted)
        put_line(cli, _("State:"), _("RETRACTED by the sender: its content must not be used."));
    else
        put_amendments(cli, view);
    if (!facts->outgoing && words_verdict_trouble(facts->verdict) != NULL)
        put_line(cli, _("State:"), words_trouble_here(facts->verdict));
    put_record(cli, view);
}

/* ---- fields ---- */

static bool stands_in_head(const char *path)
{
    static const char *const shown[] = {"header.legal_bases", "header.purpose",
                                        "content.purpose_text", "content.necessity",
                                        "header.recipients.need_reason"};
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++) {
        if (strcmp(shown[i], path) == 0)
            return true;
    }
    return false;
}

/* "Label: value" when it fits one line, else the label and the value below it. */
static void put_value(struct cli *cli, const char *label, size_t number, const char *value)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf lead = TOV_BUF_INIT(1024);
    size_t label_size = strlen(label);
    bool is_question = label_size > 0 && label[label_size - 1] == '?';
    tov_buf_put_text(&lead, label);
    if (number > 0)
        tov_buf_put_format(&lead, " (%zu)", number);
    tov_buf_put_text(&lead, is_question && number == 0 ? "" : ":");
    tov_buf_put_u8(&lead, 0);
    if (lead.failed != TOV_OK)
        return;
    const char *text = (const char *)lead.data;
    size_t width = text_width(text);
    bool fits = strchr(value, '\n') == NULL && width + 1 + text_width(value) <= cli->columns;
    put_bold(cli, text);
    cli_say(cli, fits ? " " : "\n  ");
    size_t indent = fits ? width + 1 : 2;
    text_put_wrapped(&cli->page, value, &(struct text_frame){indent, indent, cli->columns});
}

static void put_field(struct cli *cli, const struct tov_message_view *view,
                      const struct tov_catalogue_field *field, const struct fieldpath_shown *shown,
                      size_t number)
{
    const char *text = tov_message_view_text(view, shown->path);
    if (text[0] == '\0')
        return;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf words = TOV_BUF_INIT(262144);
    fieldpath_show(cli, shown, text, &words);
    tov_buf_put_u8(&words, 0);
    if (words.failed == TOV_OK)
        put_value(cli, cli_words(cli, field->label_da, field->label_en), number,
                  (const char *)words.data);
}

/* The list that FIELD is, or stands in: "fields.facts" of "fields.facts.fact". Its length. */
static size_t list_of(const struct tov_message_view *view, const struct tov_catalogue_field *field,
                      char head[FIELDPATH_SIZE], const char **out_leaf)
{
    (void)snprintf(head, FIELDPATH_SIZE, "%s", field->path);
    *out_leaf = "";
    if (!field->is_list)
        return 0;
    char *first = strchr(head, '.');
    char *last = strrchr(head, '.');
    if (first != NULL && last != first) {
        *out_leaf = field->path + (last - head);
        *last = '\0';
    }
    return tov_message_view_count(view, head);
}

struct group {
    const struct tov_catalogue_type *type;
    size_t first; /* index of its first field */
    size_t count; /* fields of one list of records; 1 otherwise */
};

static void put_list(struct cli *cli, const struct tov_message_view *view,
                     const struct group *group, size_t length)
{
    for (size_t number = 1; number <= length; number++) {
        for (size_t i = group->first; i < group->first + group->count; i++) {
            struct tov_catalogue_field field = {.size = sizeof field};
            char head[FIELDPATH_SIZE], path[FIELDPATH_SIZE + 24];
            const char *leaf = "";
            if (tov_catalogue_field_at(group->type, i, &field) != TOV_OK)
                continue;
            (void)list_of(view, &field, head, &leaf);
            (void)snprintf(path, sizeof path, "%s.%zu%s", head, number, leaf);
            struct fieldpath_shown shown = {group->type, i, field.kind, path};
            put_field(cli, view, &field, &shown, length > 1 ? number : 0);
        }
    }
}

/* Fields behind FIRST that stand in the same list of records. */
static size_t group_size(const struct tov_catalogue_type *type, size_t first, const char *head)
{
    size_t count = 1;
    size_t size = strlen(head);
    for (size_t i = first + 1; i < tov_catalogue_field_count(type); i++, count++) {
        struct tov_catalogue_field field = {.size = sizeof field};
        if (tov_catalogue_field_at(type, i, &field) != TOV_OK || !field.is_list ||
            strncmp(field.path, head, size) != 0 || field.path[size] != '.')
            break;
    }
    return count;
}

static void put_fields(struct cli *cli, const struct tov_message_view *view,
                       const struct tov_catalogue_type *type)
{
    for (size_t i = 0; i < tov_catalogue_field_count(type);) {
        struct tov_catalogue_field field = {.size = sizeof field};
        struct group group = {type, i, 1};
        char head[FIELDPATH_SIZE];
        const char *leaf = "";
        if (tov_catalogue_field_at(type, i, &field) == TOV_OK && !stands_in_head(field.path)) {
            size_t length = list_of(view, &field, head, &leaf);
            if (leaf[0] != '\0')
                group.count = group_size(type, i, head);
            struct fieldpath_shown shown = {type, i, field.kind, field.path};
            if (field.is_list)
                put_list(cli, view, &group, length);
            else
                put_field(cli, view, &field, &shown, 0);
        }
        i += group.count;
    }
}

/* ---- attachments, answers, deliveries ---- */

static void put_attachments(struct cli *cli, const struct tov_message_view *view)
{
    size_t count = tov_message_view_attachment_count(view);
    if (count == 0)
        return;
    cli_say(cli, "\n");
    put_bold(cli, _("Attachments"));
    cli_say(cli, "\n");
    for (size_t i = 0; i < count; i++) {
        const struct tov_attachment *attachment = tov_message_view_attachment(view, i);
        char size[WORDS_TIME_SIZE];
        words_size(cli, attachment->size, size);
        cli_say(cli, "  %u  ", attachment->part);
        text_put_clean(&cli->page, attachment->name[0] == '\0' ? "?" : attachment->name);
        cli_say(cli, ", %s", size);
        if (!attachment->complete && tov_message_view_facts(view)->outgoing)
            cli_say(cli, "%s",
                    _(", lost here in a restore: it is fetched back from the recipients"));
        else if (!attachment->complete && attachment->chunks_total > 0)
            cli_say(cli, _(", %u%% has arrived"),
                    (unsigned)(attachment->chunks_held * 100 / attachment->chunks_total));
        else if (!attachment->complete)
            cli_say(cli, "%s", _(", on its way"));
        cli_say(cli, "\n");
    }
    cli_say(cli, _("  To save one: tov attachment get %llu PART --out FILE\n"),
            (unsigned long long)tov_message_view_facts(view)->number);
}

static void put_reply(struct cli *cli, const struct tov_message_view *reply, size_t sender_width)
{
    const struct tov_message_facts *facts = tov_message_view_facts(reply);
    char number[32], sender[MESSAGE_NAME_SIZE], time[WORDS_TIME_SIZE];
    message_sender(reply, sender);
    words_time(facts->stored_ms, time);
    (void)snprintf(number, sizeof number, _("No. %llu"), (unsigned long long)facts->number);
    cli_say(cli, "  ");
    text_put_padded(&cli->page, number, REPLY_NUMBER_COLUMNS);
    cli_say(cli, "%s  ", time);
    text_put_padded(&cli->page, sender, sender_width);
    cli_say(cli, "  %s\n", message_type_name(cli, reply));
}

static void put_replies(struct cli *cli, const struct tov_message_view *view)
{
    size_t count = tov_message_view_reply_count(view);
    size_t widest = 0;
    if (count == 0)
        return;
    cli_say(cli, "\n");
    put_bold(cli, _("Answers and changes"));
    cli_say(cli, "\n");
    for (size_t i = 0; i < count; i++) {
        char sender[MESSAGE_NAME_SIZE];
        message_sender(tov_message_view_reply(view, i), sender);
        size_t width = text_width(sender);
        widest = width > widest && width <= REPLY_SENDER_COLUMNS ? width : widest;
    }
    for (size_t i = 0; i < count; i++)
        put_reply(cli, tov_message_view_reply(view, i), widest);
}

/* What a restore left of it, and what to do. */
static void put_gap(struct cli *cli, const struct tov_message_facts *facts,
                    const struct tov_delivery *delivery)
{
    char text[512] = "";
    if (delivery->gap == TOV_GAP_UNKNOWN)
        (void)snprintf(text, sizeof text,
                       _("The node was set back to an old copy. %s has not said yet whether it has "
                         "this message."),
                       delivery->agency_name);
    else if (delivery->gap == TOV_GAP_TOLD)
        (void)snprintf(text, sizeof text,
                       _("The node was set back to an old copy before %s had taken it. A later "
                         "message has told it so."),
                       delivery->agency_name);
    else if (delivery->gap != TOV_GAP_NONE)
        (void)snprintf(text, sizeof text,
                       _("The node was set back to an old copy before %s had taken it: it does not "
                         "get it. Send it anew as a new message, and then say so: tov amend %llu"),
                       delivery->agency_name, (unsigned long long)facts->number);
    if (text[0] == '\0')
        return;
    cli_say(cli, "    ");
    text_put_wrapped(&cli->page, text, &(struct text_frame){4, 4, cli->columns});
}

/* What a restore of the recipient's node left of it, and what to do. */
static void put_again(struct cli *cli, const struct tov_message_facts *facts,
                      const struct tov_delivery *delivery)
{
    char text[640] = "";
    if (delivery->again == TOV_AGAIN_NO)
        return;
    if (delivery->again == TOV_AGAIN_ASKS)
        (void)snprintf(
            text, sizeof text,
            _("%s could read it, was set back to an old copy since, and asks for the keys "
              "again. Ask there whether that is so, and give them, or not (--refuse): "
              "tov give-again %llu --agency %s --reason TEXT"),
            delivery->agency_name, (unsigned long long)facts->number, delivery->agency_name);
    else if (delivery->again == TOV_AGAIN_GRANTED)
        (void)snprintf(text, sizeof text,
                       _("%s could read it, and was set back to an old copy since. It is given the "
                         "keys again: they are on their way."),
                       delivery->agency_name);
    else
        (void)snprintf(text, sizeof text,
                       _("%s could read it, and was set back to an old copy since. It is not given "
                         "the keys again."),
                       delivery->agency_name);
    cli_say(cli, "    ");
    text_put_wrapped(&cli->page, text, &(struct text_frame){4, 4, cli->columns});
}

static bool never_reads(const struct tov_message_facts *facts, const struct tov_delivery *delivery)
{
    bool could_read = delivery->verdict != 0 && words_verdict_trouble(delivery->verdict) == NULL;
    return delivery->closed != 0 && !could_read && delivery->gap != TOV_GAP_TOLD &&
           !facts->is_retracted;
}

/* Who takes over its duties has none of it. */
static void put_closed(struct cli *cli, const struct tov_message_facts *facts,
                       const struct tov_delivery *delivery)
{
    unsigned long long number = (unsigned long long)facts->number;
    char text[640];
    (void)snprintf(text, sizeof text,
                   _("%s has ended, and never reads it. Send it to who took over its duties: tov "
                     "amend %llu --to UNIT. Or take it back: tov retract %llu --to UNIT"),
                   delivery->agency_name, number, number);
    cli_say(cli, "    ");
    text_put_wrapped(&cli->page, text, &(struct text_frame){4, 4, cli->columns});
}

static void put_delivery(struct cli *cli, const struct tov_message_facts *facts,
                         const struct tov_delivery *delivery)
{
    enum words_level level = words_level_of(facts, delivery);
    char time[WORDS_TIME_SIZE], received[2 * WORDS_TIME_SIZE] = "", text[640];
    const char *trouble = level == WORDS_FAILED ? words_verdict_trouble(delivery->verdict) : NULL;
    bool is_pending = delivery->verdict == TOV_VERDICT_PENDING;
    words_time(delivery->received_ms, time);
    if (delivery->received_ms != 0 && level == WORDS_RECEIVED)
        (void)snprintf(received, sizeof received, " %s", time);
    else if (delivery->received_ms != 0)
        (void)snprintf(received, sizeof received, _(" (received %s)"), time);
    (void)snprintf(text, sizeof text, "%s: %s%s%s%s%s", delivery->agency_name,
                   words_level_name(level), received, trouble == NULL ? "" : ": ",
                   trouble == NULL ? "" : trouble,
                   is_pending ? _(", attachments on their way") : "");
    cli_say(cli, "  ");
    text_put_wrapped(&cli->page, text, &(struct text_frame){2, 4, cli->columns});
    if (never_reads(facts, delivery)) {
        put_closed(cli, facts, delivery);
        return;
    }
    put_gap(cli, facts, delivery);
    put_again(cli, facts, delivery);
}

void show_deliveries(struct cli *cli, const struct tov_message_view *view)
{
    const struct tov_message_facts *facts = tov_message_view_facts(view);
    for (size_t i = 0; i < tov_message_view_delivery_count(view); i++)
        put_delivery(cli, facts, tov_message_view_delivery(view, i));
}

/* A type without content lacks none; of one that is not known, nobody knows. */
static bool may_have_content(const char *type)
{
    const struct tov_message_type *row = tov_message_type_find(tov_bytes_of_text(type));
    return row == NULL || (row->asks & ~(uint32_t)TOV_NEEDS_TARGET) != 0 || row->attachments ||
           strcmp(row->content_schema, "NoFields") != 0;
}

bool show_lacks_content(const struct tov_message_view *view)
{
    return !tov_message_view_facts(view)->has_content &&
           may_have_content(tov_message_view_type(view));
}

void show_message(struct cli *cli, const struct tov_message_view *view)
{
    const struct tov_message_facts *facts = tov_message_view_facts(view);
    const struct tov_catalogue_type *type = tov_catalogue_find(tov_message_view_type(view));
    put_head(cli, view);
    cli_say(cli, "\n");
    if (!facts->has_header)
        cli_say(cli, "%s\n", _("This message cannot be opened here."));
    else if (show_lacks_content(view) && !facts->is_retracted)
        cli_say(cli, "%s\n",
                _("You see the header only: the content is not for you, or was erased."));
    if (type != NULL)
        put_fields(cli, view, type);
    put_attachments(cli, view);
    put_replies(cli, view);
    if (!message_is_incoming(cli, view)) {
        cli_say(cli, "\n");
        put_bold(cli, _("Delivery"));
        cli_say(cli, "\n");
        show_deliveries(cli, view);
    }
}
