/* SPDX-License-Identifier: EUPL-1.2
 *
 * One search: begun with its reason, then piece by piece until nothing is left.
 */
#include <tov/search.h>

#include <stdlib.h>

#include "lib/call.h"
#include "lib/listing.h"

struct searching {
    struct tov_client *client;
    const struct tov_search_options *options;
    struct tov_error *error;
    struct tov_listing *listing;
    uint64_t search;
    uint64_t before;
    uint64_t looked_at;
};

static enum tov_err put_words(const struct tov_search_options *options, struct tov_record body,
                              struct tov_error *error)
{
    struct tov_date date;
    if (options->name != NULL)
        TOV_TRY(tov_record_put_text(body, "name", options->name));
    if (options->number != NULL)
        TOV_TRY(tov_record_put_text(body, "number", options->number));
    if (options->birth_date == NULL)
        return TOV_OK;
    if (tov_date_parse(tov_bytes_of_text(options->birth_date), &date) != TOV_OK)
        return tov_fail(error, TOV_E_ARGUMENT, "birth_date: write it as 2021-06-28");
    return tov_record_put_date(body, "birth_date", date);
}

static enum tov_err take_piece(struct searching *searching, struct tov_record body)
{
    uint64_t search = tov_record_number(body, "search");
    uint64_t next = tov_record_number(body, "next_before");
    bool goes_down = next == 0 || searching->before == 0 || next < searching->before;
    if (search == 0 || (searching->search != 0 && search != searching->search) || !goes_down)
        return TOV_E_MALFORMED;
    if (searching->search != 0) {
        TOV_TRY(listing_read(searching->listing, body));
        searching->looked_at += tov_record_number(body, "looked_at");
        searching->before = next;
    }
    searching->search = search;
    return TOV_OK;
}

/* The first asks for the search itself, the later ones for pieces. */
static enum tov_err ask(struct searching *searching)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record request = {0};
    TOV_CLEANUP(call_end) struct call call = {.state = CALL_NONE};
    struct tov_record body;
    TOV_TRY(request_create("find", &request, &body));
    TOV_TRY(put_words(searching->options, body, searching->error));
    if (searching->search == 0)
        TOV_TRY(tov_record_put_text(body, "reason", searching->options->reason));
    else
        TOV_TRY(tov_record_put_number(body, "search", searching->search));
    if (searching->before != 0)
        TOV_TRY(tov_record_put_number(body, "before", searching->before));
    struct call_order order = {searching->client, request, "find"};
    TOV_TRY(call_do(&call, &order, &body, searching->error));
    enum tov_err err = take_piece(searching, body);
    return err == TOV_OK ? err
                         : tov_fail(searching->error, err, "the node's answer cannot be read");
}

static bool gives_up(const struct searching *searching)
{
    const struct tov_search_options *options = searching->options;
    return options->progress != NULL &&
           options->progress(options->progress_arg, searching->looked_at,
                             tov_listing_count(searching->listing)) != 0;
}

static enum tov_err run(struct searching *searching)
{
    TOV_TRY(ask(searching));
    do {
        TOV_TRY(ask(searching));
        if (gives_up(searching))
            return tov_fail(searching->error, TOV_E_CLOSED, "the search was given up");
    } while (searching->before != 0 &&
             tov_listing_count(searching->listing) < TOV_SEARCH_FOUND_MAX);
    return TOV_OK;
}

enum tov_err tov_search(struct tov_client *client, const struct tov_search_options *options,
                        struct tov_listing **out_listing, struct tov_error *error)
{
    struct searching searching = {.client = client, .options = options, .error = error};
    if (options->size < sizeof *options || options->reason == NULL || options->reason[0] == '\0')
        return tov_fail(error, TOV_E_ARGUMENT,
                        "begin with TOV_SEARCH_OPTIONS_INIT, and say why you search");
    TOV_TRY(listing_create(&searching.listing));
    enum tov_err err = run(&searching);
    if (err != TOV_OK) {
        tov_listing_destroy(searching.listing);
        return err;
    }
    *out_listing = searching.listing;
    return TOV_OK;
}
