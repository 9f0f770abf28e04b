/* SPDX-License-Identifier: EUPL-1.2
 *
 * Own messages whose recipient could read them and cannot any more, since it was set back to an old
 * copy (follow/again.c): shown to the unit that sent them, whose people say whether it is given the
 * keys again. An entry of the journal, with the person, the agency and the reason, is committed
 * before anything goes (I9). Only who could send the message may say so, and no program: it is a
 * disclosure.
 */
#include "api/desk.h"

#include <string.h>

#define REASON_MAX_BYTES 900u /* the agency's name goes before it */

/* ---- what others ask ---- */

const struct tov_link_block *tov_api_link_to(const struct tov_message *message, uint16_t agency)
{
    for (size_t i = 0; i < message->link_count; i++) {
        if (message->links[i].agency == agency)
            return &message->links[i].block;
    }
    return NULL;
}

/* Once it says anything else than that it lacks the keys, or has ended, there is nothing to decide.
 */
enum tov_err tov_api_again_of(const struct api_look *look, const struct api_view *view,
                              uint16_t agency, enum tov_again *out_state)
{
    struct tov_delivery delivery;
    const struct tov_link_block *link = tov_api_link_to(view->message, agency);
    *out_state = TOV_AGAIN_NONE;
    if (view->event.agency != look->api->core->own->number || link == NULL ||
        tov_follow_link_gap(look->api->follow, agency) == TOV_LINK_GAP_NONE)
        return TOV_OK;
    TOV_TRY(tov_follow_delivery(look->read, agency, link, &delivery));
    if (delivery.verdict.verdict != TOV_VERDICT_NO_KEY)
        return TOV_OK;
    return tov_follow_again(look->api->follow, look->read, agency, view->event.index, out_state);
}

/* ---- the request ---- */

struct deciding {
    struct api_call *call;
    struct api_look look;
    struct api_view view;
    const struct tov_agency *agency;
    enum tov_again before, wanted;
};

static enum tov_err open_message(struct deciding *deciding)
{
    struct api_call *call = deciding->call;
    struct api_wanted wanted = {0, TOV_MESSAGE_HEADER};
    TOV_TRY(tov_api_target(call, deciding->look.read, &wanted.number));
    enum tov_err err = tov_api_view_load(&deciding->look, &wanted, &deciding->view);
    if (err == TOV_E_NOT_FOUND || (err == TOV_OK && deciding->view.sight != TOV_SIGHT_CONTENT))
        return tov_api_no_message(call, &deciding->look, &deciding->view, wanted.number);
    TOV_TRY(err);
    if (!deciding->view.sends || call->client->kind != TOV_CLIENT_PERSON)
        return tov_fail(&call->error, TOV_E_DENIED,
                        "only a person of the unit that sent the message may say whether its keys "
                        "are given again");
    return TOV_OK;
}

/* As the message is shown; NONE also where it says in the same batch that it has it. */
static enum tov_err find_state(const struct deciding *deciding, uint16_t agency,
                               enum tov_again *out_state)
{
    TOV_TRY(tov_api_again_of(&deciding->look, &deciding->view, agency, out_state));
    if (*out_state == TOV_AGAIN_NONE)
        return TOV_OK;
    enum tov_err err =
        tov_follow_check_again(deciding->call->api->follow, agency, deciding->view.event.index);
    if (err == TOV_E_NOT_FOUND)
        *out_state = TOV_AGAIN_NONE;
    return err == TOV_E_NOT_FOUND ? TOV_OK : err;
}

/* The recipient that the request names, or the only one that asks. */
static enum tov_err find_agency(struct deciding *deciding)
{
    struct api_call *call = deciding->call;
    struct tov_bytes name = tov_record_bytes(call->request, "agency");
    const struct tov_message *message = deciding->view.message;
    size_t asking = 0;
    for (size_t i = 0; i < message->link_count; i++) {
        const struct tov_agency *agency =
            tov_roster_agency(call->core->roster, message->links[i].agency);
        enum tov_again state = TOV_AGAIN_NONE;
        if (agency == NULL ||
            (name.size > 0 && !tov_bytes_equal(name, tov_bytes_of_text(agency->name))))
            continue;
        TOV_TRY(find_state(deciding, agency->number, &state));
        if (state == TOV_AGAIN_NONE)
            continue;
        deciding->agency = agency;
        deciding->before = state;
        asking++;
    }
    if (asking == 0)
        return tov_fail(&call->error, TOV_E_RULE,
                        "no such recipient of the message has lost its keys: there is nothing to "
                        "give again");
    if (asking > 1)
        return tov_fail(&call->error, TOV_E_ARGUMENT,
                        "%zu recipients of the message have lost its keys: name the agency",
                        asking);
    return TOV_OK;
}

/* The entry names the agency: a message may have many. */
static enum tov_err write_entry(struct deciding *deciding)
{
    struct api_call *call = deciding->call;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TOV_ACCESS_REASON_MAX_BYTES);
    struct tov_bytes reason = tov_record_bytes(call->request, "reason");
    uint64_t entry = 0;
    if (reason.size == 0 || reason.size > REASON_MAX_BYTES)
        return tov_fail(&call->error, TOV_E_ARGUMENT,
                        "a reason is needed, of at most %u bytes: it stands in the journal",
                        REASON_MAX_BYTES);
    tov_buf_put_text(&text, deciding->agency->name);
    tov_buf_put_text(&text, ": ");
    tov_buf_put_bytes(&text, reason);
    TOV_TRY(text.failed);
    struct api_noting noting = {deciding->wanted == TOV_AGAIN_APPROVED ? TOV_ACCESS_GIVE_AGAIN
                                                                       : TOV_ACCESS_REFUSE_AGAIN,
                                &deciding->view, tov_buf_view(&text)};
    TOV_TRY(tov_api_note_at(call, &noting, &entry));
    TOV_TRY(tov_follow_give_again(call->api->follow, deciding->agency->number,
                                  deciding->view.event.index,
                                  deciding->wanted == TOV_AGAIN_APPROVED));
    return tov_desk_decided(call->api, deciding->view.number, deciding->agency->number);
}

static enum tov_err put_answer(struct deciding *deciding)
{
    struct tov_record answer;
    struct api_call *call = deciding->call;
    TOV_TRY(tov_api_answer(call, "give_again", &answer));
    TOV_TRY(tov_record_put_number(answer, "number", deciding->view.number));
    TOV_TRY(tov_record_put_text(answer, "agency_name", deciding->agency->name));
    TOV_TRY(tov_record_put_number(answer, "again", (uint64_t)deciding->wanted));
    TOV_TRY(tov_api_put_count(answer, "repeated", deciding->before == deciding->wanted ? 1 : 0));
    return tov_api_reply_after(call); /* the entry that it tells of is in the open batch */
}

static enum tov_err run(struct deciding *deciding)
{
    bool refuses = tov_record_number(deciding->call->request, "refuse") != 0;
    deciding->wanted = refuses ? TOV_AGAIN_REFUSED : TOV_AGAIN_APPROVED;
    TOV_TRY(tov_api_view_init(&deciding->view));
    TOV_TRY(tov_store_read_begin(deciding->call->core->store, &deciding->look.read, NULL));
    TOV_TRY(open_message(deciding));
    TOV_TRY(find_agency(deciding));
    if (deciding->before != deciding->wanted)
        TOV_TRY(write_entry(deciding));
    return put_answer(deciding);
}

enum tov_err tov_api_give_again(struct api_call *call)
{
    struct deciding deciding = {.call = call, .look = {.api = call->api, .client = call->client}};
    enum tov_err err = run(&deciding);
    tov_api_view_fini(&deciding.view);
    tov_store_read_end(deciding.look.read);
    return err;
}
