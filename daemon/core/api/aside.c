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

static enum tov_err say_aside(struct api_call *call, const struct api_look *look, uint64_t number)
{
    struct tov_aside aside;
    TOV_TRY(tov_aside_get(look->read, number, &aside));
    if (aside.given_up_ms == 0)
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
    return say_aside(call, look, number);
}

enum tov_err tov_api_no_message(struct api_call *call, const struct api_look *look,
                                struct api_view *view, uint64_t number)
{
    TOV_TRY(tov_api_check_aside(call, look, view, number));
    return tov_api_not_found(call);
}

/* ---- all of them ---- */

/* The next one from ASIDE on that is told: given up, and not long ago. */
static enum tov_err next_told(const struct api_look *look, struct tov_aside *aside)
{
    enum tov_err err = TOV_OK;
    do {
        err = tov_aside_next(look->read, aside->number + 1, aside);
    } while (err == TOV_OK &&
             (aside->given_up_ms == 0 || aside->given_up_ms + SHOWN_MS < look->api->core->now_ms));
    return err;
}

static void note_time(struct api_aside *found, uint64_t given_up_ms)
{
    uint64_t last_ms = found->last_ms;
    found->has_older |= last_ms != 0 && last_ms != given_up_ms;
    found->last_ms = given_up_ms > last_ms ? given_up_ms : last_ms;
}

static void note_own(struct api_aside *found, const struct tov_aside *aside)
{
    note_time(found, aside->given_up_ms);
    if (found->count < API_ASIDE_NAMED)
        found->numbers[found->count] = aside->number;
    found->count++;
}

static void note_unknown(struct api_aside *found, const struct tov_aside *aside)
{
    note_time(found, aside->given_up_ms);
    found->has_unknown = true;
}

static enum tov_err take(const struct api_look *look, const struct tov_aside *aside,
                         struct api_view *view, struct api_aside *found)
{
    enum tov_err err = tov_api_view_aside(look, aside->number, view);
    if (err == TOV_E_CORRUPT || (err == TOV_OK && !view->has_header))
        note_unknown(found, aside);
    else if (err == TOV_OK && view->sends)
        note_own(found, aside);
    return err == TOV_E_CORRUPT ? TOV_OK : err;
}

static enum tov_err walk(const struct api_look *look, struct api_view *view,
                         struct api_aside *found)
{
    struct tov_aside aside = {.number = 0};
    enum tov_err err = TOV_OK;
    for (unsigned i = 0; err == TOV_OK && i < LOOKED_AT; i++) {
        err = next_told(look, &aside);
        if (err == TOV_OK)
            err = take(look, &aside, view, found);
    }
    if (err == TOV_OK && next_told(look, &aside) == TOV_OK)
        note_unknown(found, &aside); /* nobody has looked whose the rest are */
    return err == TOV_E_NOT_FOUND ? TOV_OK : err;
}

/* None is opened. */
static enum tov_err count_all(const struct api_look *look, struct api_aside *found)
{
    struct tov_aside aside = {.number = 0};
    enum tov_err err;
    while ((err = next_told(look, &aside)) == TOV_OK) {
        note_time(found, aside.given_up_ms);
        found->count++;
    }
    return err == TOV_E_NOT_FOUND ? TOV_OK : err;
}

enum tov_err tov_api_aside_of(const struct api_look *look, struct api_aside *out_aside)
{
    struct api_view view;
    *out_aside = (struct api_aside){.count = 0};
    if (!tov_access_may(look->client, TOV_DEED_CONTENT))
        return count_all(look, out_aside);
    enum tov_err err = tov_api_view_init(&view);
    if (err == TOV_OK)
        err = walk(look, &view, out_aside);
    tov_api_view_fini(&view);
    return err;
}
