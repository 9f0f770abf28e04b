/* SPDX-License-Identifier: EUPL-1.2 */
#include "deed.h"

#include "support/failing.h"

#include <stdlib.h>

#define ROUNDS_MAX 6000u
#define TOLD_MAX_BYTES (1u << 24)

void start_again(struct harness *harness)
{
    for (size_t i = 0; i < HARNESS_NODES_MAX; i++) {
        if (harness_has_ended(harness, i))
            harness_restart(harness, i);
    }
    harness_run(harness);
}

bool try_reply(struct harness *harness, const struct harness_client *client,
               struct tov_record request, struct tov_record *out_reply)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    uint8_t *bytes;
    size_t size;
    UNIT_NEED(tov_record_put_number(request, "id", 55) == TOV_OK);
    UNIT_NEED(tov_api_encode(request, &frame) == TOV_OK);
    tov_record_destroy(&request);
    if (harness_has_ended(harness, client->node))
        return false;
    harness_send(harness, client, tov_buf_view(&frame));
    harness_run(harness);
    if (!harness_take(harness, client, &bytes, &size))
        return false;
    UNIT_NEED(tov_api_reply_decode((struct tov_bytes){bytes, size}, out_reply, NULL) == TOV_OK);
    free(bytes);
    return true;
}

bool try_request(struct harness *harness, const struct harness_client *client,
                 struct tov_record request, struct tov_record *out_reply)
{
    if (!try_reply(harness, client, request, out_reply))
        return false;
    bool is_ok = error_of(*out_reply) == 0;
    if (!is_ok)
        tov_record_destroy(out_reply);
    return is_ok;
}

static bool do_it(struct harness *harness, const struct deed *deed, struct tov_buf *out)
{
    tov_buf_clear(out);
    return deed->run(harness, deed->with, out);
}

static void end_connection(struct harness *harness, const struct harness_client *client)
{
    drop_replies(harness, client);
    harness_gone(harness, client);
    harness_run(harness);
}

static void check_told(const struct deed *deed, const struct tov_buf *now,
                       const struct tov_buf *whole, enum tov_err err)
{
    bool is_less = err != TOV_OK && (deed->skips == DEED_SKIPS_ALL ||
                                     (deed->skips == DEED_SKIPS_DAMAGE && err != TOV_E_NOMEM));
    if (is_less || tov_bytes_equal(tov_buf_view(now), tov_buf_view(whole)))
        return;
    (void)fprintf(stderr, "%s: something else is told after a failure (%s) at %p\n", deed->name,
                  tov_err_name(err), failing_last());
    UNIT_EQUAL_BYTES(tov_buf_view(now), tov_buf_view(whole));
}

void deed_check(struct harness *harness, const struct deed *deed, enum tov_err err)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf whole = TOV_BUF_INIT(TOLD_MAX_BYTES);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf now = TOV_BUF_INIT(TOLD_MAX_BYTES);
    unsigned rounds = 0;
    bool has_failed = true;
    bool is_told = do_it(harness, deed, &whole) && whole.size > 0;
    if (!is_told)
        (void)fprintf(stderr, "%s: nothing is told\n", deed->name);
    UNIT_NEED(is_told);
    end_connection(harness, deed->client);
    failing_begin(err);
    while (has_failed && rounds++ < ROUNDS_MAX) {
        failing_next();
        is_told = do_it(harness, deed, &now);
        has_failed = failing_end();
        CU_ASSERT(is_told || has_failed);
        start_again(harness);
        end_connection(harness, deed->client);
        if (is_told)
            check_told(deed, &now, &whole, err);
    }
    CU_ASSERT(rounds < ROUNDS_MAX && failing_places() > 0);
    if (deed->skips != DEED_SKIPS_NOTHING) { /* what was skipped is looked at again */
        harness_restart(harness, deed->client->node);
        harness_advance(harness, 2000);
    }
    UNIT_NEED(do_it(harness, deed, &now)); /* nothing of it stays */
    UNIT_EQUAL_BYTES(tov_buf_view(&now), tov_buf_view(&whole));
    end_connection(harness, deed->client);
}

void deed_check_all(struct harness *harness, const struct deed *deed)
{
    static const enum tov_err errors[] = {TOV_OK, TOV_E_NOMEM, TOV_E_CORRUPT, TOV_E_IO};
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++)
        deed_check(harness, deed, errors[i]);
}

/* ---- one request ---- */

static struct tov_record request_for(const struct deed_asked *asked)
{
    struct tov_record body;
    struct tov_record request = request_of(asked->name, &body);
    for (size_t i = 0; i < 3 && asked->numbers[i].field != NULL; i++)
        UNIT_OK(tov_record_put_number(body, asked->numbers[i].field, asked->numbers[i].number));
    if (asked->unit != NULL)
        UNIT_OK(tov_record_put_text(body, "unit", asked->unit));
    if (asked->box != NULL)
        UNIT_OK(tov_record_put_enum(body, "box", asked->box));
    if (asked->ref != NULL)
        UNIT_OK(tov_record_put_ref(body, asked->ref_field, asked->ref));
    return request;
}

bool deed_ask(struct harness *harness, const void *with, struct tov_buf *out)
{
    const struct deed_asked *asked = with;
    TOV_CLEANUP(tov_record_destroy) struct tov_record reply = {0};
    if (!try_request(harness, asked->client, request_for(asked), &reply))
        return false;
    UNIT_OK(tov_api_encode(reply, out));
    return true;
}
