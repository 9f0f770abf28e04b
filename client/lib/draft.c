/* SPDX-License-Identifier: EUPL-1.2 */
#include "lib/draft.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "case/catalogue.h"
#include "case/machine.h"
#include "lib/path.h"
#include "lib/view.h"

#define KEY_BYTES 32u

enum tov_err message_draft_of(struct tov_draft *draft, struct tov_message_draft **out_draft)
{
    struct tov_message_draft *made = calloc(1, sizeof *made);
    if (made == NULL || sodium_init() < 0) {
        free(made);
        return TOV_E_NOMEM;
    }
    made->draft = *draft;
    *draft = (struct tov_draft){0};
    made->texts = &made->given;
    made->key_size = KEY_BYTES;
    randombytes_buf(made->key, made->key_size);
    *out_draft = made;
    return TOV_OK;
}

enum tov_err tov_message_draft_create(const char *type, struct tov_message_draft **out_draft,
                                      struct tov_error *error)
{
    const struct tov_message_type *row =
        type == NULL ? NULL : tov_message_type_find(tov_bytes_of_text(type));
    TOV_CLEANUP(tov_draft_fini) struct tov_draft draft = {0};
    if (row == NULL)
        return tov_fail(error, TOV_E_NOT_FOUND, "\"%.60s\" is no message type",
                        type == NULL ? "" : type);
    if (tov_draft_create(row, &draft) != TOV_OK || message_draft_of(&draft, out_draft) != TOV_OK)
        return tov_fail(error, TOV_E_NOMEM, "no memory for a draft");
    return TOV_OK;
}

void tov_message_draft_destroy(struct tov_message_draft *draft)
{
    if (draft == NULL)
        return;
    for (size_t i = 0; i < draft->file_count; i++)
        (void)close(draft->files[i].fd);
    tov_draft_fini(&draft->draft);
    remarks_clear(&draft->remarks);
    lib_memory_fini(&draft->given);
    free(draft);
}

/* ---- fields ---- */

const char *tov_message_draft_type(const struct tov_message_draft *draft)
{
    return draft->draft.type->id;
}

enum tov_err tov_message_draft_set(struct tov_message_draft *draft, const char *path,
                                   const char *text, struct tov_error *error)
{
    enum tov_err err = path_set(&draft->draft, path, text, error);
    lib_memory_fini(&draft->given);
    return err;
}

const char *message_text(const struct tov_draft *draft, const char *path, struct lib_memory *memory)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TOV_RECORD_BUDGET_BYTES);
    path_text(draft, path, &text);
    if (text.size == 0 || text.failed != TOV_OK)
        return "";
    const char *kept = lib_memory_text(memory, tov_buf_view(&text));
    return kept == NULL ? "" : kept;
}

const char *tov_message_draft_text(const struct tov_message_draft *draft, const char *path)
{
    return message_text(&draft->draft, path, draft->texts);
}

size_t tov_message_draft_count(const struct tov_message_draft *draft, const char *path)
{
    return path_count(&draft->draft, path);
}

/* ---- recipients, sender, target ---- */

static bool is_address(const char *unit)
{
    const char *slash = strchr(unit, '/');
    return slash != NULL && slash != unit && slash[1] != '\0' && strchr(slash + 1, '/') == NULL &&
           strlen(unit) <= 2u * TOV_NAME_MAX_BYTES + 1u;
}

static enum tov_err put_recipient(struct tov_record header, const char *unit,
                                  enum tov_message_right right, const char *reason)
{
    struct tov_record recipient;
    TOV_TRY(tov_record_open(header, "recipients", &recipient));
    TOV_TRY(tov_record_put_text(recipient, "unit", unit));
    TOV_TRY(tov_record_put_enum(recipient, "right", right == TOV_SEES_ALL ? "all" : "header"));
    return reason == NULL || reason[0] == '\0'
               ? TOV_OK
               : tov_record_put_text(recipient, "need_reason", reason);
}

enum tov_err tov_message_draft_add_recipient(struct tov_message_draft *draft, const char *unit,
                                             enum tov_message_right right, const char *reason,
                                             struct tov_error *error)
{
    if (unit == NULL || !is_address(unit))
        return tov_fail(error, TOV_E_ARGUMENT, "a recipient is a unit like \"kk/vink\"");
    if (right != TOV_SEES_HEADER && right != TOV_SEES_ALL)
        return tov_fail(error, TOV_E_ARGUMENT, "the right is header or all");
    if (tov_record_count(draft->draft.header, "recipients") >= TOV_RECIPIENTS_MAX)
        return tov_fail(error, TOV_E_LIMIT, "a message has at most %u recipients",
                        TOV_RECIPIENTS_MAX);
    /* Tried where a text that is refused leaves no half of a recipient behind. */
    TOV_CLEANUP(tov_record_destroy) struct tov_record scratch = {0};
    enum tov_err err = tov_record_create(tov_record_schema(draft->draft.header), &scratch);
    if (err == TOV_OK)
        err = put_recipient(scratch, unit, right, reason);
    if (err == TOV_OK)
        err = put_recipient(draft->draft.header, unit, right, reason);
    return err == TOV_OK ? err : tov_fail(error, err, "the recipient cannot be added");
}

enum tov_err tov_message_draft_set_sender(struct tov_message_draft *draft, const char *unit,
                                          struct tov_error *error)
{
    const char *slash = unit == NULL ? NULL : strchr(unit, '/');
    enum tov_err err = unit == NULL ? TOV_E_ARGUMENT
                                    : tov_record_put_text(draft->draft.header, "sender_unit",
                                                          slash == NULL ? unit : slash + 1);
    return err == TOV_OK ? err : tov_fail(error, err, "the sender is a unit like \"kk/vink\"");
}

enum tov_err tov_message_draft_set_target(struct tov_message_draft *draft,
                                          const struct tov_message_ref *target,
                                          const char *relation, struct tov_error *error)
{
    struct tov_ref ref;
    if (target == NULL || relation == NULL || target->agency < 1 ||
        target->agency > TOV_AGENCIES_MAX || target->generation < 1)
        return tov_fail(error, TOV_E_ARGUMENT, "a target is a reference of a message");
    ref.agency = (uint16_t)target->agency;
    ref.generation = target->generation;
    ref.index = target->index;
    memcpy(ref.leaf.bytes, target->leaf_hash, sizeof ref.leaf.bytes);
    enum tov_err err = tov_record_put_enum(draft->draft.header, "relation", relation);
    if (err != TOV_OK)
        return tov_fail(error, TOV_E_ARGUMENT, "\"%.40s\" is no relation", relation);
    return tov_record_put_ref(draft->draft.header, "in_reply_to", &ref);
}

/* ---- answering ---- */

/* What the answer's type has no room for is left out: it would be refused for it. */
static enum tov_err copy_about(struct tov_record from, struct tov_draft *to)
{
    struct tov_record about, copy;
    if (!tov_record_child(from, "about", 0, &about))
        return TOV_OK;
    TOV_TRY(tov_record_open(to->header, "about", &copy));
    const struct tov_schema *schema = tov_record_schema(about);
    for (size_t i = 0; i < tov_schema_field_count(schema); i++) {
        struct tov_field field = tov_schema_field_at(schema, i);
        struct tov_value value;
        if (tov_message_type_takes_about(to->type, field.name) &&
            tov_record_get(about, field.name, 0, &value) == TOV_OK)
            TOV_TRY(tov_record_put(copy, field.name, &value));
    }
    return TOV_OK;
}

/* The sender's unit, with the number of its agency: it is that of its ledger. */
static enum tov_err address_sender(const struct tov_message_view *view, struct tov_record header)
{
    struct tov_record recipient;
    const char *unit = tov_message_view_text(view, "header.sender_unit");
    if (unit[0] == '\0')
        return TOV_OK;
    TOV_TRY(tov_record_open(header, "recipients", &recipient));
    TOV_TRY(tov_record_put_number(recipient, "agency", view->facts.ref.agency));
    TOV_TRY(tov_record_put_text(recipient, "unit", unit));
    return tov_record_put_enum(recipient, "right", "all");
}

/* A message without event_ref is an event of its own, named by its id. */
static struct tov_bytes event_of(const struct tov_message_view *view)
{
    struct tov_bytes event = tov_record_bytes(view->draft.header, "event_ref");
    return event.size > 0 ? event : tov_record_bytes(view->draft.header, "message_id");
}

static enum tov_err cite(struct tov_record header, const struct tov_message_view *view)
{
    struct tov_record reference = {0};
    struct tov_ref ref = {.agency = (uint16_t)view->facts.ref.agency,
                          .generation = view->facts.ref.generation,
                          .index = view->facts.ref.index};
    memcpy(ref.leaf.bytes, view->facts.ref.leaf_hash, sizeof ref.leaf.bytes);
    TOV_TRY(tov_record_put_ref(header, "cites", &ref));
    (void)tov_record_child(header, "cites", tov_record_count(header, "cites") - 1, &reference);
    struct tov_bytes event = event_of(view);
    return event.size == 0 ? TOV_OK : tov_record_put_bytes(reference, "event_ref", event);
}

enum tov_err tov_message_draft_cite(struct tov_message_draft *draft,
                                    const struct tov_message_view *view, struct tov_error *error)
{
    if (view == NULL || !view->facts.has_header)
        return tov_fail(error, TOV_E_ARGUMENT, "a message without a header cannot be cited");
    enum tov_err err = cite(draft->draft.header, view);
    lib_memory_fini(&draft->given);
    return err == TOV_OK ? err : tov_fail(error, err, "the message cannot be cited");
}

enum tov_err tov_message_draft_set_event(struct tov_message_draft *draft,
                                         const struct tov_message_view *view,
                                         struct tov_error *error)
{
    if (view == NULL || !view->facts.has_header || event_of(view).size == 0)
        return tov_fail(error, TOV_E_ARGUMENT, "a message without a header tells of no event");
    enum tov_err err = tov_record_put_bytes(draft->draft.header, "event_ref", event_of(view));
    lib_memory_fini(&draft->given);
    return err == TOV_OK ? err : tov_fail(error, err, "the event cannot be set");
}

enum tov_err tov_message_draft_answer(const struct tov_message_view *view, const char *type,
                                      struct tov_message_draft **out_draft, struct tov_error *error)
{
    struct tov_message_draft *draft = NULL;
    if (!view->facts.has_header)
        return tov_fail(error, TOV_E_ARGUMENT, "a message without a header cannot be answered");
    TOV_TRY(tov_message_draft_create(type, &draft, error));
    enum tov_err err = tov_message_draft_set_target(draft, &view->facts.ref, "response", error);
    if (err == TOV_OK)
        err = copy_about(view->draft.header, &draft->draft);
    if (err == TOV_OK)
        err = address_sender(view, draft->draft.header);
    if (err == TOV_OK && tov_machine_answer_cites(type, tov_message_view_type(view)))
        err = cite(draft->draft.header, view);
    if (err != TOV_OK) {
        tov_message_draft_destroy(draft);
        return tov_fail(error, err, "the answer cannot be prepared");
    }
    *out_draft = draft;
    return TOV_OK;
}

/* ---- remarks and key ---- */

const struct tov_remarks *tov_message_draft_remarks(const struct tov_message_draft *draft)
{
    return &draft->remarks;
}

const uint8_t *tov_message_draft_key(const struct tov_message_draft *draft, size_t *out_size)
{
    *out_size = draft->key_size;
    return draft->key;
}

enum tov_err tov_message_draft_set_key(struct tov_message_draft *draft, const uint8_t *key,
                                       size_t size, struct tov_error *error)
{
    if (key == NULL || size < TOV_IDEMPOTENCY_KEY_MIN || size > TOV_IDEMPOTENCY_KEY_MAX)
        return tov_fail(error, TOV_E_LIMIT, "an idempotency key has %d to %d bytes",
                        TOV_IDEMPOTENCY_KEY_MIN, TOV_IDEMPOTENCY_KEY_MAX);
    memcpy(draft->key, key, size);
    draft->key_size = size;
    return TOV_OK;
}
