/* SPDX-License-Identifier: EUPL-1.2
 *
 * Going through the steps of lib/submit.h: each take looks at the answer of the step and sends the
 * next request. The blocking form is the same with waiting between.
 */
#include "lib/submit.h"

#include "lib/directory.h"
#include "lib/submission.h"

#include <stdlib.h>
#include <string.h>

static enum tov_err ask_numbers(struct tov_submit *submit, struct tov_error *error)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record request = {0};
    struct tov_record body;
    submit->step = SUBMIT_NUMBERS;
    TOV_TRY(request_create("directory", &request, &body));
    call_end(&submit->call);
    return call_begin(&submit->call, submit->client, request, error);
}

static enum tov_err send_message(struct tov_submit *submit, struct tov_error *error)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record request = {0};
    submit->step = SUBMIT_MESSAGE;
    TOV_TRY(submit_make_message(submit, &request, error));
    call_end(&submit->call);
    return call_begin(&submit->call, submit->client, request, error);
}

/* Behind the numbers: files, then the message. */
static enum tov_err go_on(struct tov_submit *submit, struct tov_error *error)
{
    if (submit->check_only && submit->draft->file_count > 0)
        TOV_TRY(submit_hash_files(submit, error));
    if (submit->check_only || submit->draft->file_count == 0)
        return send_message(submit, error);
    submit->step = SUBMIT_BEGIN;
    return submit_ask_upload(submit, error);
}

static enum tov_err start(struct tov_submit *submit, struct tov_error *error)
{
    if (submit_knows_numbers(submit))
        return go_on(submit, error);
    return ask_numbers(submit, error);
}

/* ---- answers ---- */

static enum tov_err took_numbers(struct tov_submit *submit, struct tov_error *error)
{
    struct tov_record body;
    TOV_TRY(call_body(&submit->call, "directory", &body, error));
    TOV_TRY(numbers_of_directory(&submit->client->agencies, body));
    return go_on(submit, error); /* who has no number by now is named by its error */
}

static enum tov_err took_message(struct tov_submit *submit, struct tov_submission **out_submission,
                                 struct tov_error *error)
{
    struct tov_record body;
    submit->step = SUBMIT_OVER;
    if (submit->check_only)
        return TOV_OK;
    TOV_TRY(call_body(&submit->call, "submit", &body, error));
    submit->upload = 0; /* it is the message's now */
    enum tov_err err = submission_of_reply(body, out_submission);
    return err == TOV_OK ? err
                         : tov_fail(error, err, "the node's answer cannot be read; submit again");
}

static enum tov_err took_answer(struct tov_submit *submit, struct tov_submission **out_submission,
                                struct tov_error *error)
{
    enum tov_err err = TOV_E_INTERNAL;
    switch (submit->step) {
    case SUBMIT_NUMBERS:
        err = took_numbers(submit, error);
        return err == TOV_OK ? TOV_E_AGAIN : err;
    case SUBMIT_BEGIN:
    case SUBMIT_DATA:
        err = submit_next_upload(submit, error);
        if (err == TOV_OK)
            err = send_message(submit, error);
        return err == TOV_OK ? TOV_E_AGAIN : err;
    case SUBMIT_MESSAGE:
        return took_message(submit, out_submission, error);
    case SUBMIT_OVER:
        break;
    }
    return tov_fail(error, TOV_E_ARGUMENT, "this submit is over");
}

/* A refusal says why; an acceptance may warn. */
static enum tov_err keep_remarks(struct tov_submit *submit)
{
    if (submit->step != SUBMIT_MESSAGE || submit->call.reply.message == NULL)
        return TOV_OK;
    return remarks_of_reply(&submit->draft->remarks, submit->call.reply);
}

static enum tov_err advance(struct tov_submit *submit, struct tov_submission **out_submission,
                            struct tov_error *error)
{
    if (submit->step == SUBMIT_OVER)
        return tov_fail(error, TOV_E_ARGUMENT, "this submit is over");
    enum tov_err err = call_result(&submit->call, error);
    if (err == TOV_E_AGAIN)
        return err;
    TOV_TRY(keep_remarks(submit));
    return err == TOV_OK ? took_answer(submit, out_submission, error) : err;
}

/* ---- the interface ---- */

static enum tov_err begin(struct tov_client *client, struct tov_message_draft *draft,
                          const struct tov_submit_options *options, struct tov_submit **out_submit)
{
    struct tov_submit *submit = calloc(1, sizeof *submit);
    if (submit == NULL)
        return TOV_E_NOMEM;
    submit->client = client;
    submit->draft = draft;
    if (options != NULL)
        submit->options = *options;
    remarks_clear(&draft->remarks);
    draft->under_way = true;
    *out_submit = submit;
    return TOV_OK;
}

static enum tov_err check_arguments(const struct tov_message_draft *draft,
                                    const struct tov_submit_options *options,
                                    struct tov_error *error)
{
    if (options != NULL && options->size < sizeof *options)
        return tov_fail(error, TOV_E_ARGUMENT, "size: begin with TOV_SUBMIT_OPTIONS_INIT");
    if (draft->under_way)
        return tov_fail(error, TOV_E_ARGUMENT, "this draft is being submitted already");
    return TOV_OK;
}

enum tov_err tov_submit_begin(struct tov_client *client, struct tov_message_draft *draft,
                              const struct tov_submit_options *options,
                              struct tov_submit **out_submit, struct tov_error *error)
{
    struct tov_submit *submit = NULL;
    TOV_TRY(check_arguments(draft, options, error));
    TOV_TRY(begin(client, draft, options, &submit));
    enum tov_err err = start(submit, error);
    if (err != TOV_OK) {
        tov_submit_destroy(submit);
        return err;
    }
    *out_submit = submit;
    return TOV_OK;
}

enum tov_err tov_submit_take(struct tov_submit *submit, struct tov_submission **out_submission,
                             struct tov_error *error)
{
    enum tov_err err = advance(submit, out_submission, error);
    if (err == TOV_E_AGAIN)
        return err;
    submit->step = SUBMIT_OVER;
    return err;
}

void tov_submit_destroy(struct tov_submit *submit)
{
    if (submit == NULL)
        return;
    submit_drop_upload(submit);
    call_end(&submit->call);
    submit->draft->under_way = false;
    free(submit);
}

static enum tov_err finish(struct tov_submit *submit, struct tov_submission **out_submission,
                           struct tov_error *error)
{
    for (;;) {
        enum tov_err err = tov_submit_take(submit, out_submission, error);
        if (err != TOV_E_AGAIN)
            return err;
        TOV_TRY(connection_turn(submit->client, UINT64_MAX, error));
    }
}

TOV_DEFINE_CLEANUP(submit, struct tov_submit, tov_submit_destroy)

enum tov_err tov_client_submit(struct tov_client *client, struct tov_message_draft *draft,
                               const struct tov_submit_options *options,
                               struct tov_submission **out_submission, struct tov_error *error)
{
    TOV_CLEANUP(submit_cleanup) struct tov_submit *submit = NULL;
    TOV_TRY(tov_submit_begin(client, draft, options, &submit, error));
    return finish(submit, out_submission, error);
}

enum tov_err tov_client_check(struct tov_client *client, struct tov_message_draft *draft,
                              struct tov_error *error)
{
    TOV_CLEANUP(submit_cleanup) struct tov_submit *submit = NULL;
    TOV_TRY(check_arguments(draft, NULL, error));
    TOV_TRY(begin(client, draft, NULL, &submit));
    submit->check_only = true;
    TOV_TRY(start(submit, error));
    return finish(submit, NULL, error);
}
