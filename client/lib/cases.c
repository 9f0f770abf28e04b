/* SPDX-License-Identifier: EUPL-1.2
 *
 * Asking the node for affairs, page by page. Pages of different moments do not fit together: then
 * the asking begins again.
 */
#include "lib/cases.h"

#include <stdlib.h>

#define PAGE_AFFAIRS 200u
#define TRIES 4u /* a message came to the unit between two pages */

/* ---- all affairs ---- */

static enum tov_err make_request(const struct tov_cases_options *options, size_t skip,
                                 struct tov_record *out_request)
{
    struct tov_record body;
    TOV_TRY(request_create("cases", out_request, &body));
    if (options->unit != NULL)
        TOV_TRY(tov_record_put_text(body, "unit", options->unit));
    if (options->ended)
        TOV_TRY(tov_record_put_number(body, "ended", 1));
    if (options->at_ms != 0)
        TOV_TRY(tov_record_put_number(body, "at_ms", options->at_ms));
    if (skip != 0)
        TOV_TRY(tov_record_put_number(body, "skip", skip));
    return tov_record_put_number(body, "limit", PAGE_AFFAIRS);
}

/* Takes the page in BODY. AGAIN: it is of another moment than the first. */
static enum tov_err take_page(struct cases_reader *reader, struct tov_record body,
                              struct tov_cases *cases)
{
    size_t before = cases->count;
    uint64_t as_of = tov_record_number(body, "as_of");
    uint64_t total = tov_record_number(body, "total");
    if (before > 0 && (as_of != cases->as_of || total != cases->total))
        return TOV_E_AGAIN;
    cases->as_of = as_of;
    cases->total = total;
    if (cases->unit == NULL)
        cases->unit = lib_memory_text(&cases->memory, tov_record_bytes(body, "unit"));
    if (cases->unit == NULL)
        return TOV_E_NOMEM;
    TOV_TRY(cases_read_page(reader, body, cases));
    bool is_whole = cases->count <= total && (cases->count > before || cases->count == total);
    return is_whole ? TOV_OK : TOV_E_MALFORMED;
}

static enum tov_err ask_page(struct cases_reader *reader, const struct tov_cases_options *options,
                             struct tov_cases *cases)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record request = {0};
    TOV_CLEANUP(call_end) struct call call = {.state = CALL_NONE};
    struct tov_record body;
    TOV_TRY(make_request(options, cases->count, &request));
    struct call_order order = {reader->client, request, "cases"};
    TOV_TRY(call_do(&call, &order, &body, reader->error));
    enum tov_err err = take_page(reader, body, cases);
    return err == TOV_E_MALFORMED
               ? tov_fail(reader->error, err, "the node's list of affairs cannot be read")
               : err;
}

static enum tov_err try_cases(struct cases_reader *reader, const struct tov_cases_options *options,
                              struct tov_cases **out_cases)
{
    TOV_CLEANUP(cases_cleanup) struct tov_cases *cases = calloc(1, sizeof *cases);
    if (cases == NULL)
        return TOV_E_NOMEM;
    reader->memory = &cases->memory;
    do
        TOV_TRY(ask_page(reader, options, cases));
    while (cases->count < cases->total);
    *out_cases = TOV_TAKE(cases);
    return TOV_OK;
}

static enum tov_err changed_too_often(struct tov_error *error)
{
    return tov_fail(error, TOV_E_BUSY,
                    "messages come faster than the pages of the answer: ask again");
}

enum tov_err tov_cases_get(struct tov_client *client, const struct tov_cases_options *options,
                           struct tov_cases **out_cases, struct tov_error *error)
{
    struct cases_reader reader = {.client = client, .error = error};
    enum tov_err err = TOV_E_AGAIN;
    if (options->size < sizeof *options)
        return tov_fail(error, TOV_E_ARGUMENT, "size: begin with TOV_CASES_OPTIONS_INIT");
    for (unsigned i = 0; i < TRIES && err == TOV_E_AGAIN; i++)
        err = try_cases(&reader, options, out_cases);
    return err == TOV_E_AGAIN ? changed_too_often(error) : err;
}

const char *tov_cases_unit(const struct tov_cases *cases)
{
    return cases->unit;
}

size_t tov_cases_count(const struct tov_cases *cases)
{
    return cases->count;
}

const struct tov_affair *tov_cases_at(const struct tov_cases *cases, size_t index)
{
    return index < cases->count ? &cases->affairs[index] : NULL;
}

void tov_cases_destroy(struct tov_cases *cases)
{
    if (cases == NULL)
        return;
    lib_memory_fini(&cases->memory);
    free(cases->affairs);
    free(cases);
}

/* ---- one affair ---- */

/* Where the next page of one affair begins. */
struct case_place {
    const struct tov_case_options *options;
    uint64_t skip;
};

/* Later pages are asked for as the unit that the first was answered for. */
static enum tov_err make_case_request(const struct case_place *place, const struct tov_case *one,
                                      struct tov_record *out_request)
{
    struct tov_record body;
    const char *unit = place->skip == 0 ? place->options->unit : one->unit;
    TOV_TRY(request_create("case_read", out_request, &body));
    TOV_TRY(tov_record_put_number(body, "number", place->options->number));
    if (unit != NULL)
        TOV_TRY(tov_record_put_text(body, "unit", unit));
    if (place->options->at_ms != 0)
        TOV_TRY(tov_record_put_number(body, "at_ms", place->options->at_ms));
    return place->skip == 0 ? TOV_OK : tov_record_put_number(body, "skip", place->skip);
}

/* AGAIN: it is of another moment than the first. */
static enum tov_err take_case_page(struct cases_reader *reader, struct case_place *place,
                                   struct tov_record body, struct tov_case *one)
{
    uint64_t as_of = tov_record_number(body, "as_of");
    uint64_t next = tov_record_number(body, "next_skip");
    if (place->skip != 0 && as_of != one->as_of)
        return TOV_E_AGAIN;
    one->as_of = as_of;
    if (place->skip == 0)
        TOV_TRY(case_read_rest(reader, body, one));
    TOV_TRY(case_read_messages(reader, body, one));
    if (next != 0 && next <= place->skip)
        return TOV_E_MALFORMED; /* it would never end */
    place->skip = next;
    return TOV_OK;
}

static enum tov_err ask_case_page(struct cases_reader *reader, struct case_place *place,
                                  struct tov_case *one)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record request = {0};
    TOV_CLEANUP(call_end) struct call call = {.state = CALL_NONE};
    struct tov_record body;
    TOV_TRY(make_case_request(place, one, &request));
    struct call_order order = {reader->client, request, "case_read"};
    TOV_TRY(call_do(&call, &order, &body, reader->error));
    enum tov_err err = take_case_page(reader, place, body, one);
    return err == TOV_E_MALFORMED ? tov_fail(reader->error, err, "the node's affair cannot be read")
                                  : err;
}

static enum tov_err try_case(struct cases_reader *reader, const struct tov_case_options *options,
                             struct tov_case **out_case)
{
    TOV_CLEANUP(case_cleanup) struct tov_case *one = calloc(1, sizeof *one);
    struct case_place place = {.options = options};
    if (one == NULL)
        return TOV_E_NOMEM;
    reader->memory = &one->memory;
    do
        TOV_TRY(ask_case_page(reader, &place, one));
    while (place.skip != 0);
    one->affair.message_count = (uint32_t)one->message_count;
    one->affair.last_number = one->as_of;
    *out_case = TOV_TAKE(one);
    return TOV_OK;
}

enum tov_err tov_case_get(struct tov_client *client, const struct tov_case_options *options,
                          struct tov_case **out_case, struct tov_error *error)
{
    struct cases_reader reader = {.client = client, .error = error};
    enum tov_err err = TOV_E_AGAIN;
    if (options->size < sizeof *options || options->number == 0)
        return tov_fail(error, TOV_E_ARGUMENT,
                        "begin with TOV_CASE_OPTIONS_INIT, and name a message by its number");
    for (unsigned i = 0; i < TRIES && err == TOV_E_AGAIN; i++)
        err = try_case(&reader, options, out_case);
    return err == TOV_E_AGAIN ? changed_too_often(error) : err;
}

const char *tov_case_unit(const struct tov_case *one)
{
    return one->unit;
}

const struct tov_affair *tov_case_affair(const struct tov_case *one)
{
    return &one->affair;
}

size_t tov_case_message_count(const struct tov_case *one)
{
    return one->message_count;
}

const struct tov_case_message *tov_case_message_at(const struct tov_case *one, size_t index)
{
    return index < one->message_count ? &one->messages[index].shown : NULL;
}

size_t tov_case_task_count(const struct tov_case *one)
{
    return one->task_count;
}

const struct tov_case_task *tov_case_task_at(const struct tov_case *one, size_t index)
{
    return index < one->task_count ? &one->tasks[index] : NULL;
}

size_t tov_case_party_count(const struct tov_case *one)
{
    return one->party_count;
}

const struct tov_case_party *tov_case_party_at(const struct tov_case *one, size_t index)
{
    return index < one->party_count ? &one->parties[index] : NULL;
}

size_t tov_case_expected_count(const struct tov_case *one)
{
    return one->expected_count;
}

const struct tov_case_expected *tov_case_expected_at(const struct tov_case *one, size_t index)
{
    return index < one->expected_count ? &one->expected[index] : NULL;
}

void tov_case_destroy(struct tov_case *one)
{
    if (one == NULL)
        return;
    for (size_t i = 0; i < one->message_count; i++)
        tov_message_view_destroy(one->messages[i].view);
    free(one->messages);
    lib_memory_fini(&one->memory);
    free(one);
}
