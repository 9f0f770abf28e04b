/* SPDX-License-Identifier: EUPL-1.2 */
#include "cli/sending_tell.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/hex.h"
#include "cli/fieldpath.h"
#include "cli/findings.h"
#include "cli/language.h"
#include "telling/text.h"
#include "cli/words.h"

#define LEAD_COLUMNS 14u
#define TEXT_MAX_BYTES 65536u
#define PATH_SIZE 64

static const char *field_of(const struct tov_message_draft *message, const char *list,
                            size_t number, const char *field)
{
    char path[PATH_SIZE];
    (void)snprintf(path, sizeof path, "header.%s.%zu%s%s", list, number,
                   field[0] == '\0' ? "" : ".", field);
    return tov_message_draft_text(message, path);
}

/* ---- before ---- */

static void put_line(struct cli *cli, const char *lead, const char *text)
{
    if (text[0] == '\0')
        return;
    text_put_padded(&cli->page, lead, LEAD_COLUMNS);
    text_put_wrapped(&cli->page, text,
                     &(struct text_frame){LEAD_COLUMNS, LEAD_COLUMNS, cli->columns});
}

/* "kk/vink, kbh-pol/dks (header only)"; ends in NUL. */
static void put_route(const struct tov_message_draft *message, struct tov_buf *out)
{
    size_t count = tov_message_draft_count(message, "header.recipients");
    for (size_t i = 1; i <= count; i++) {
        const char *unit = field_of(message, "recipients", i, "unit");
        bool is_header = strcmp(field_of(message, "recipients", i, "right"), "header") == 0;
        tov_buf_put_format(out, "%s%s%s", i == 1 ? "" : ", ", unit,
                           is_header ? _(" (header only)") : "");
    }
    tov_buf_put_u8(out, 0);
}

static const char *text_in(const struct tov_buf *text)
{
    return text->failed == TOV_OK && text->size > 0 ? (const char *)text->data : "";
}

static void put_bases(struct cli *cli, const struct tov_message_draft *message)
{
    bool is_limited = false;
    size_t count = tov_message_draft_count(message, "header.legal_bases");
    for (size_t i = 1; i <= count; i++) {
        const char *code = field_of(message, "legal_bases", i, "");
        put_line(cli, i == 1 ? _("Legal basis:") : "", words_basis(cli, code));
        is_limited = is_limited || words_basis_is_115(code);
    }
    if (is_limited)
        put_line(cli, "", _("Must not be used to investigate criminal cases."));
}

static void put_purpose(struct cli *cli, const struct tov_message_draft *message)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TEXT_MAX_BYTES);
    struct fieldpath_shown field = {.kind = "text", .path = "header.purpose"};
    const char *purpose = tov_message_draft_text(message, field.path);
    if (purpose[0] != '\0')
        fieldpath_show(cli, &field, purpose, &text);
    tov_buf_put_u8(&text, 0);
    put_line(cli, _("Purpose:"), text_in(&text));
}

static void put_files(struct cli *cli, const struct kept_draft *draft)
{
    for (size_t i = 0; i < json_array_size(draft->attachments); i++) {
        const json_t *item = json_array_get(draft->attachments, i);
        const char *path = json_string_value(json_object_get(item, "path"));
        const char *slash = path == NULL ? NULL : strrchr(path, '/');
        struct stat status;
        char size[WORDS_TIME_SIZE], line[512];
        if (slash == NULL || stat(path, &status) != 0)
            continue;
        words_size(cli, (uint64_t)status.st_size, size);
        (void)snprintf(line, sizeof line, "%.400s, %s", slash + 1, size);
        put_line(cli, i == 0 ? _("Attachments:") : "", line);
    }
}

static const char *type_name(const struct cli *cli, const struct tov_message_draft *message)
{
    const struct tov_catalogue_type *type = tov_catalogue_find(tov_message_draft_type(message));
    return tov_catalogue_type_name(type, cli->words);
}

void sending_tell_plan(struct cli *cli, const struct kept_draft *draft)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf route = TOV_BUF_INIT(TEXT_MAX_BYTES);
    put_route(draft->message, &route);
    put_line(cli, _("Message:"), type_name(cli, draft->message));
    put_line(cli, _("To:"), text_in(&route));
    put_bases(cli, draft->message);
    put_purpose(cli, draft->message);
    put_files(cli, draft);
    findings_put(cli, draft->message, &cli->page);
}

/* ---- after ---- */

static void name_reference(struct cli *cli, const struct tov_submission_facts *facts, char *out,
                           size_t size)
{
    (void)snprintf(out, size, "%s/%u/%llu", tov_client_identity(cli->client)->agency,
                   facts->ref.generation, (unsigned long long)facts->ref.index);
}

static json_t *recipients_json(const struct tov_message_draft *message)
{
    json_t *list = json_array();
    size_t count = tov_message_draft_count(message, "header.recipients");
    for (size_t i = 1; i <= count; i++) {
        json_t *item = json_object();
        (void)json_object_set_new(item, "unit",
                                  json_string(field_of(message, "recipients", i, "unit")));
        (void)json_object_set_new(item, "right",
                                  json_string(field_of(message, "recipients", i, "right")));
        (void)json_array_append_new(list, item);
    }
    return list;
}

static json_t *sent_json(const struct kept_draft *draft, const struct tov_submission_facts *facts,
                         const char *reference)
{
    char hash[2 * sizeof facts->ref.leaf_hash + 1], id[2 * sizeof facts->message_id + 1];
    tov_hex_encode(TOV_BYTES_OF(facts->ref.leaf_hash), hash);
    tov_hex_encode(TOV_BYTES_OF(facts->message_id), id);
    json_t *ref = json_pack("{s:I, s:I, s:I, s:s}", "agency", (json_int_t)facts->ref.agency,
                            "generation", (json_int_t)facts->ref.generation, "index",
                            (json_int_t)facts->ref.index, "leaf_hash", hash);
    return json_pack("{s:I, s:s, s:o, s:s, s:s, s:o, s:b, s:o}", "number",
                     (json_int_t)facts->number, "reference", reference, "ref", ref, "message_id",
                     id, "type", tov_message_draft_type(draft->message), "to",
                     recipients_json(draft->message), "repeated", facts->repeated, "findings",
                     findings_json(draft->message));
}

void sending_tell_sent(struct cli *cli, const struct kept_draft *draft,
                       const struct tov_submission *submission)
{
    const struct tov_submission_facts *facts = tov_submission_facts(submission);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf line = TOV_BUF_INIT(TEXT_MAX_BYTES);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf route = TOV_BUF_INIT(TEXT_MAX_BYTES);
    char reference[160];
    name_reference(cli, facts, reference, sizeof reference);
    if (cli->json) {
        cli_result(cli, json_pack("{s:o}", "sent", sent_json(draft, facts, reference)));
        return;
    }
    put_route(draft->message, &route);
    if (facts->repeated)
        tov_buf_put_format(&line,
                           _("This was sent before, as no. %llu (%s). It was not sent "
                             "again."),
                           (unsigned long long)facts->number, reference);
    else
        tov_buf_put_format(&line, _("Sent: no. %llu, %s (%s), to %s"),
                           (unsigned long long)facts->number, type_name(cli, draft->message),
                           reference, text_in(&route));
    tov_buf_put_u8(&line, 0);
    text_put_wrapped(&cli->page, text_in(&line), &(struct text_frame){0, 2, cli->columns});
}

void sending_tell_accepted(struct cli *cli, const struct kept_draft *draft)
{
    if (cli->json) {
        cli_result(cli, json_pack("{s:{s:b, s:o}}", "check", "accepted", 1, "findings",
                                  findings_json(draft->message)));
        return;
    }
    cli_say(cli, "%s\n", _("It would be accepted. Nothing was sent."));
    findings_put(cli, draft->message, &cli->page);
}

void sending_tell_kept(struct cli *cli, const struct kept_draft *draft)
{
    if (cli->json)
        cli_result(cli, json_pack("{s:{s:s, s:s}}", "draft", "name", draft->name, "state",
                                  draft_state_id(draft->state)));
    else
        cli_say(cli,
                _("Not sent. It is kept as the draft %s.\nEdit it: tov drafts edit %s\nSend it: "
                  "tov drafts send %s\n"),
                draft->name, draft->name, draft->name);
}
