/* SPDX-License-Identifier: EUPL-1.2
 *
 * What requests and answers have in common.
 */
#include "api/api_internal.h"

#include "ledger/reply.h"

enum tov_err tov_api_not_found(struct api_call *call)
{
    return tov_fail(&call->error, TOV_E_NOT_FOUND,
                    "there is no such message, or it is not for your units");
}

enum tov_err tov_api_target(struct api_call *call, struct tov_store_read *read,
                            uint64_t *out_number)
{
    struct tov_ref ref;
    uint64_t number = tov_record_number(call->request, "number");
    if (number != 0) {
        *out_number = number;
        return TOV_OK;
    }
    if (!tov_record_ref(call->request, "ref", 0, &ref))
        return tov_fail(&call->error, TOV_E_SCHEMA, "name a message by its number or reference");
    enum tov_err err = tov_event_of(call->core, read, &ref, out_number);
    return err == TOV_E_NOT_FOUND ? tov_api_not_found(call) : err;
}

enum tov_err tov_api_answer(struct api_call *call, const char *name, struct tov_record *out_answer)
{
    return tov_record_open(call->reply, name, out_answer);
}

enum tov_err tov_api_put_count(struct tov_record record, const char *name, uint64_t number)
{
    return number == 0 ? TOV_OK : tov_record_put_number(record, name, number);
}

enum tov_err tov_api_put_view(struct tov_record record, const char *name, struct tov_bytes text)
{
    struct tov_value value = {.kind = TOV_FIELD_TEXT, .bytes = text};
    return text.size == 0 ? TOV_OK : tov_record_put(record, name, &value);
}

enum tov_err tov_api_check_room(struct api_call *call)
{
    if (!call->core->waits_for_room)
        return TOV_OK;
    return tov_fail(&call->error, TOV_E_FULL,
                    "the node's disk is full: what must be noted first can be neither shown nor "
                    "done; call the operator");
}

enum tov_err tov_api_note_at(struct api_call *call, const struct api_noting *noting,
                             uint64_t *out_entry)
{
    const struct api_view *view = noting->view;
    struct tov_access_note note = {.class_code = noting->class_code,
                                   .client = call->client,
                                   .role = tov_access_role(call->client, NULL),
                                   .reason = noting->reason};
    if (view != NULL) {
        note.message = (struct tov_message_name){view->event.agency, view->event.generation,
                                                 view->event.index};
        note.number = view->number;
    }
    TOV_TRY(tov_api_check_room(call));
    enum tov_err err = tov_access_note_at(call->core, &note, out_entry);
    if (err == TOV_E_UNAVAILABLE)
        return tov_fail(&call->error, err,
                        "the node has not begun its journal, so nothing can be shown: try again "
                        "when it is serving");
    if (err == TOV_E_LIMIT)
        return tov_fail(&call->error, err, "the reason is longer than %u bytes",
                        TOV_ACCESS_REASON_MAX_BYTES);
    return err;
}

enum tov_err tov_api_note(struct api_call *call, enum tov_access_class class_code,
                          const struct api_view *view, struct tov_bytes reason)
{
    uint64_t entry = 0;
    struct api_noting noting = {class_code, view, reason};
    return tov_api_note_at(call, &noting, &entry);
}
