/* SPDX-License-Identifier: EUPL-1.2
 *
 * The request that carries a message, and what the node answered to it.
 */
#include "lib/submission.h"

#include "lib/directory.h"
#include "lib/view.h"

#include <stdlib.h>
#include <string.h>

struct tov_submission {
    struct lib_memory memory;
    struct tov_submission_facts facts;
    struct tov_delivery *deliveries;
    size_t delivery_count;
};
TOV_DEFINE_CLEANUP(submission, struct tov_submission, tov_submission_destroy)

/* ---- recipients ---- */

/* Splits "kk/vink"; false when RECIPIENT has a number, or a unit without an agency. */
static bool named_by_address(struct tov_record recipient, struct tov_bytes *out_agency,
                             struct tov_bytes *out_unit)
{
    struct tov_bytes unit = tov_record_bytes(recipient, "unit");
    const uint8_t *slash = unit.size == 0 ? NULL : memchr(unit.data, '/', unit.size);
    if (slash == NULL || tov_record_number(recipient, "agency") != 0)
        return false;
    size_t size = (size_t)(slash - unit.data);
    *out_agency = (struct tov_bytes){unit.data, size};
    *out_unit = (struct tov_bytes){slash + 1, unit.size - size - 1};
    return true;
}

bool submit_knows_numbers(const struct tov_submit *submit)
{
    struct tov_record recipient;
    struct tov_bytes agency, unit;
    for (size_t i = 0; tov_record_child(submit->draft->draft.header, "recipients", i, &recipient);
         i++) {
        if (named_by_address(recipient, &agency, &unit) &&
            numbers_find(&submit->client->agencies, agency) == 0)
            return false;
    }
    return true;
}

static enum tov_err resolve(const struct tov_client *client, struct tov_record recipient,
                            struct tov_error *error)
{
    struct tov_bytes agency, unit;
    if (!named_by_address(recipient, &agency, &unit))
        return TOV_OK;
    uint32_t number = numbers_find(&client->agencies, agency);
    struct tov_value value = {.kind = TOV_FIELD_TEXT, .bytes = unit};
    if (number == 0)
        return tov_fail(
            error, TOV_E_NOT_FOUND,
            "no agency \"%.*s\" in the directory: it is not in the roster, or has ended",
            (int)(agency.size > 63 ? 63 : agency.size), (const char *)agency.data);
    TOV_TRY(tov_record_put_number(recipient, "agency", number));
    return tov_record_put(recipient, "unit", &value);
}

/* ---- the two halves ---- */

static enum tov_err finish_header(const struct tov_submit *submit, struct tov_record header,
                                  struct tov_error *error)
{
    static const char *const of_the_node[] = {"message_id", "sender_origin", "recorded_at",
                                              "author"};
    const struct tov_identity *identity = &submit->client->identity;
    struct tov_record recipient;
    for (size_t i = 0; i < sizeof of_the_node / sizeof of_the_node[0]; i++)
        tov_record_clear(header, of_the_node[i]);
    for (size_t i = 0; tov_record_child(header, "recipients", i, &recipient); i++)
        TOV_TRY(resolve(submit->client, recipient, error));
    if (tov_record_count(header, "sender_unit") > 0 || identity->unit_count == 0)
        return TOV_OK;
    const char *slash = strchr(identity->units[0], '/');
    return tov_record_put_text(header, "sender_unit",
                               slash == NULL ? identity->units[0] : slash + 1);
}

static enum tov_err finish_content(const struct tov_submit *submit, struct tov_record content)
{
    const struct tov_message_draft *draft = submit->draft;
    tov_record_clear(content, "attachments");
    for (size_t i = 0; i < draft->file_count; i++) {
        struct tov_record item;
        TOV_TRY(tov_record_open(content, "attachments", &item));
        TOV_TRY(tov_record_put_text(item, "name", draft->files[i].name));
        TOV_TRY(tov_record_put_text(item, "mime", draft->files[i].mime));
        TOV_TRY(tov_record_put_bytes(item, "sha256", TOV_BYTES_OF(submit->hashes[i].bytes)));
        TOV_TRY(tov_record_put_number(item, "size", draft->files[i].size));
    }
    return TOV_OK;
}

/* A copy is changed, so that a second submit of the same draft makes the same bytes. */
static enum tov_err encode_halves(const struct tov_submit *submit, struct tov_buf *header,
                                  struct tov_buf *content, struct tov_error *error)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record first = {0};
    TOV_CLEANUP(tov_record_destroy) struct tov_record second = {0};
    TOV_TRY(tov_draft_encode(&submit->draft->draft, header, content));
    TOV_TRY(tov_record_decode(tov_schema_find("Header"), tov_buf_view(header), &first, error));
    TOV_TRY(tov_record_decode(tov_schema_find("Content"), tov_buf_view(content), &second, error));
    TOV_TRY(finish_header(submit, first, error));
    TOV_TRY(finish_content(submit, second));
    tov_buf_clear(header);
    tov_buf_clear(content);
    TOV_TRY(tov_record_encode(first, header));
    return tov_record_encode(second, content);
}

static enum tov_err fill_message(const struct tov_submit *submit, struct tov_record body,
                                 struct tov_error *error)
{
    const struct tov_message_draft *draft = submit->draft;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf header = TOV_BUF_INIT(TOV_RECORD_MAX_BYTES);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf content = TOV_BUF_INIT(TOV_RECORD_MAX_BYTES);
    TOV_TRY(encode_halves(submit, &header, &content, error));
    TOV_TRY(tov_record_put_bytes(body, "idempotency_key",
                                 (struct tov_bytes){draft->key, draft->key_size}));
    TOV_TRY(tov_record_put_bytes(body, "header", tov_buf_view(&header)));
    if (content.size > 0)
        TOV_TRY(tov_record_put_bytes(body, "content", tov_buf_view(&content)));
    if (submit->upload != 0)
        TOV_TRY(tov_record_put_number(body, "upload", submit->upload));
    return submit->check_only ? tov_record_put_number(body, "check_only", 1) : TOV_OK;
}

enum tov_err submit_make_message(struct tov_submit *submit, struct tov_record *out_request,
                                 struct tov_error *error)
{
    struct tov_error words = {.code = TOV_OK};
    struct tov_record request, body;
    TOV_TRY(request_create("submit", &request, &body));
    enum tov_err err = fill_message(submit, body, &words);
    if (err != TOV_OK) {
        tov_record_destroy(&request);
        return tov_fail(error, err, "%s",
                        words.code != TOV_OK ? words.text : "the message is too large");
    }
    *out_request = request;
    return TOV_OK;
}

/* ---- the answer ---- */

static enum tov_err read_answer(struct tov_submission *submission, struct tov_record body)
{
    struct tov_submission_facts *facts = &submission->facts;
    struct tov_bytes id = tov_record_bytes(body, "message_id");
    TOV_TRY(view_read_ref(body, "ref", &facts->ref));
    if (id.size != sizeof facts->message_id)
        return TOV_E_MALFORMED;
    memcpy(facts->message_id, id.data, id.size);
    facts->number = tov_record_number(body, "number");
    facts->repeated = tov_record_number(body, "repeated") != 0;
    return view_read_deliveries(body, &submission->memory, &submission->deliveries,
                                &submission->delivery_count);
}

enum tov_err submission_of_reply(struct tov_record body, struct tov_submission **out_submission)
{
    TOV_CLEANUP(submission_cleanup) struct tov_submission *made = calloc(1, sizeof *made);
    if (made == NULL)
        return TOV_E_NOMEM;
    TOV_TRY(read_answer(made, body));
    *out_submission = TOV_TAKE(made);
    return TOV_OK;
}

const struct tov_submission_facts *tov_submission_facts(const struct tov_submission *submission)
{
    return &submission->facts;
}

size_t tov_submission_delivery_count(const struct tov_submission *submission)
{
    return submission->delivery_count;
}

const struct tov_delivery *tov_submission_delivery(const struct tov_submission *submission,
                                                   size_t index)
{
    return index < submission->delivery_count ? &submission->deliveries[index] : NULL;
}

void tov_submission_destroy(struct tov_submission *submission)
{
    if (submission == NULL)
        return;
    lib_memory_fini(&submission->memory);
    free(submission);
}
