/* SPDX-License-Identifier: EUPL-1.2
 *
 * Own messages that are set aside, as clients are told of them: the node took them while its store
 * was an old copy, and either writes them anew soon or could not (ledger/aside.h). They are told to
 * the units whose they are (I10). Whose one is whose header cannot be opened nobody knows: that
 * there is such a one everybody is told.
 * Not for: writing them anew.
 */
#include "api/api_internal.h"

#include "ledger/aside.h"

#define LOOKED_AT 1000u /* each opens a header */
#define SHOWN_MS (30ull * 86400000u)

/* ---- one of them ---- */

static enum tov_err say_aside(struct api_call *call, uint64_t number)
{
    uint64_t left_ms = 0;
    TOV_TRY(tov_aside_left_ms(call->core, &left_ms));
    if (left_ms == 0)
        return tov_fail(&call->error, TOV_E_UNAVAILABLE,
                        "message %llu waits to be written again, since the node was set back to an "
                        "old copy: try again when the node is serving",
                        (unsigned long long)number);
    return tov_fail(&call->error, TOV_E_ASIDE,
                    "message %llu could not be written again after the node was set back to an old "
                    "copy: nobody has it. Send it anew as a new message, and ask the operator why",
                    (unsigned long long)number);
}

enum tov_err tov_api_check_aside(struct api_call *call, const struct api_look *look,
                                 struct api_view *view, uint64_t number)
{
    enum tov_err err = tov_api_view_aside(look, number, view);
    bool is_hidden = err == TOV_OK && view->has_header && view->sight == TOV_SIGHT_NONE;
    if (err == TOV_E_NOT_FOUND || is_hidden)
        return TOV_OK;
    TOV_TRY(err);
    return say_aside(call, number);
}

enum tov_err tov_api_no_message(struct api_call *call, const struct api_look *look,
                                struct api_view *view, uint64_t number)
{
    TOV_TRY(tov_api_check_aside(call, look, view, number));
    return tov_api_not_found(call);
}

/* ---- all of them ---- */

static void note_own(struct api_aside *found, uint64_t number)
{
    if (found->count < API_ASIDE_NAMED)
        found->numbers[found->count] = number;
    found->count++;
}

static enum tov_err take(const struct api_look *look, uint64_t number, struct api_view *view,
                         struct api_aside *found)
{
    enum tov_err err = tov_api_view_aside(look, number, view);
    if (err == TOV_E_CORRUPT || (err == TOV_OK && !view->has_header))
        found->has_unknown = true;
    else if (err == TOV_OK && view->sends)
        note_own(found, number);
    return err == TOV_E_CORRUPT ? TOV_OK : err;
}

static enum tov_err walk(const struct api_look *look, struct api_view *view,
                         struct api_aside *found)
{
    uint64_t number = 0;
    enum tov_err err = TOV_OK;
    for (unsigned i = 0; err == TOV_OK && i < LOOKED_AT; i++) {
        err = tov_aside_next(look->read, number + 1, &number);
        if (err == TOV_OK)
            err = take(look, number, view, found);
    }
    if (err == TOV_OK && tov_aside_next(look->read, number + 1, &number) == TOV_OK)
        found->has_unknown = true; /* nobody has looked whose the rest are */
    return err == TOV_E_NOT_FOUND ? TOV_OK : err;
}

enum tov_err tov_api_aside_of(const struct api_look *look, struct api_aside *out_aside)
{
    struct tov_core *core = look->api->core;
    struct api_view view;
    uint64_t left_ms = 0;
    *out_aside = (struct api_aside){.left_ms = 0};
    TOV_TRY(tov_aside_left_ms(core, &left_ms));
    if (left_ms == 0 || left_ms + SHOWN_MS < core->now_ms)
        return TOV_OK;
    out_aside->left_ms = left_ms;
    if (!tov_access_may(look->client, TOV_DEED_CONTENT))
        return tov_aside_count(core, &out_aside->count);
    enum tov_err err = tov_api_view_init(&view);
    if (err == TOV_OK)
        err = walk(look, &view, out_aside);
    tov_api_view_fini(&view);
    return err;
}
