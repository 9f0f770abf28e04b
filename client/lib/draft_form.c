/* SPDX-License-Identifier: EUPL-1.2
 *
 * Forms and local checks of a draft.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "case/danish_time.h"
#include "case/form.h"
#include "lib/draft.h"
#include "lib/text.h"

enum tov_err text_give(struct tov_buf *text, char **out_text, struct tov_error *error)
{
    tov_buf_put_u8(text, 0);
    if (text->failed != TOV_OK)
        return tov_fail(error, text->failed, "the text is too long, or memory is out");
    *out_text = (char *)text->data;
    *text = (struct tov_buf){.data = NULL};
    return TOV_OK;
}

enum tov_err tov_message_draft_to_form(const struct tov_message_draft *draft, enum tov_words words,
                                       char **out_form, struct tov_error *error)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TOV_FORM_MAX_BYTES);
    tov_form_write(&draft->draft, words == TOV_WORDS_EN ? TOV_ENGLISH : TOV_DANISH, &text);
    return text_give(&text, out_form, error);
}

/* ---- reading ---- */

static enum tov_err copy_draft(const struct tov_draft *draft, struct tov_draft *out_copy)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf header = TOV_BUF_INIT(TOV_RECORD_MAX_BYTES);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf content = TOV_BUF_INIT(TOV_RECORD_MAX_BYTES);
    TOV_TRY(tov_draft_encode(draft, &header, &content));
    struct tov_bytes view = tov_buf_view(&content);
    return tov_draft_decode(tov_buf_view(&header), &view, out_copy, NULL);
}

static void free_findings(struct tov_findings **findings)
{
    free(*findings);
}

static enum tov_err keep_findings(struct tov_message_draft *draft,
                                  const struct tov_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++)
        TOV_TRY(remarks_of_finding(&draft->remarks, &findings->items[i]));
    return TOV_OK;
}

enum tov_err tov_message_draft_read_form(struct tov_message_draft *draft, const char *form,
                                         struct tov_error *error)
{
    TOV_CLEANUP(tov_draft_fini) struct tov_draft copy = {0};
    TOV_CLEANUP(free_findings) struct tov_findings *findings = calloc(1, sizeof *findings);
    remarks_clear(&draft->remarks);
    if (findings == NULL)
        return tov_fail(error, TOV_E_NOMEM, "no memory for the form");
    enum tov_err err = copy_draft(&draft->draft, &copy);
    if (err == TOV_OK)
        err = tov_form_read(tov_bytes_of_text(form), &copy, findings);
    enum tov_err kept = keep_findings(draft, findings);
    if (err != TOV_OK || kept != TOV_OK)
        return tov_fail(error, err != TOV_OK ? err : kept, "the form has faults; see the remarks");
    struct tov_draft old = draft->draft;
    draft->draft = copy;
    copy = old;
    lib_memory_fini(&draft->given);
    return TOV_OK;
}

/* ---- checking ---- */

/* Rules that need nothing but the draft. The others ask for units and bases: the node's. */
static bool is_local(const struct tov_finding *finding)
{
    static const uint8_t rules[] = {0, 5, 11, 12, 16, 24, 27, 33};
    static const char *const of_the_node[] = {"message_id",        "sender_origin", "sender_unit",
                                              "recorded_at",       "author.person", "author.role",
                                              "recipients.agency", "attachments"};
    for (size_t i = 0; i < sizeof of_the_node / sizeof of_the_node[0]; i++) {
        if (strcmp(finding->field, of_the_node[i]) == 0)
            return false;
    }
    /* "recipients.1": whether the unit is there, and may get this */
    if (strncmp(finding->field, "recipients.", 11) == 0 && finding->field[11] >= '0' &&
        finding->field[11] <= '9')
        return false;
    return memchr(rules, finding->rule, sizeof rules) != NULL;
}

static uint64_t clock_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000u + (uint64_t)now.tv_nsec / 1000000u;
}

static void judge(const struct tov_message_draft *draft, struct tov_findings *findings)
{
    struct tov_unit_facts unknown[TOV_RECIPIENTS_MAX];
    size_t count = tov_record_count(draft->draft.header, "recipients");
    uint64_t now = clock_ms();
    memset(unknown, 0, sizeof unknown);
    for (size_t i = 0; i < TOV_RECIPIENTS_MAX; i++)
        unknown[i].name = "";
    struct tov_rule_context context = {.sender = unknown[0],
                                       .recipients = unknown,
                                       .recipient_count =
                                           count < TOV_RECIPIENTS_MAX ? count : TOV_RECIPIENTS_MAX,
                                       .sent = tov_danish_time_of(now).date,
                                       .sent_ms = now};
    tov_draft_judge(&draft->draft, &context, findings);
}

enum tov_err tov_message_draft_check(struct tov_message_draft *draft, int *out_refused,
                                     struct tov_error *error)
{
    TOV_CLEANUP(free_findings) struct tov_findings *findings = calloc(1, sizeof *findings);
    remarks_clear(&draft->remarks);
    if (findings == NULL)
        return tov_fail(error, TOV_E_NOMEM, "no memory for the check");
    judge(draft, findings);
    for (size_t i = 0; i < findings->count; i++) {
        if (is_local(&findings->items[i]) &&
            remarks_of_finding(&draft->remarks, &findings->items[i]) != TOV_OK)
            return tov_fail(error, TOV_E_NOMEM, "no memory for the remarks");
    }
    *out_refused = tov_remarks_refuse(&draft->remarks);
    return TOV_OK;
}
