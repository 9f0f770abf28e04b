/* SPDX-License-Identifier: EUPL-1.2 */
#include "cli/find.h"

#include <string.h>

#include "base/hex.h"
#include "cli/keyslost.h"
#include "cli/language.h"
#include "cli/message.h"

static bool is_number(const char *text, uint64_t *out_number)
{
    return tov_decimal_decode(tov_bytes_of_text(text), out_number) == TOV_OK && *out_number > 0;
}

/* Two slashes, or three with a hash at the end, which a search does not need. */
bool find_is_reference(const char *text)
{
    size_t slashes = 0;
    for (const char *at = text; *at != '\0'; at++)
        slashes += *at == '/' ? 1 : 0;
    return slashes == 2 || slashes == 3;
}

static bool has_reference(const struct tov_message_view *view, const char *wanted)
{
    const struct tov_message_facts *facts = tov_message_view_facts(view);
    char by_name[MESSAGE_NAME_SIZE], by_number[MESSAGE_NAME_SIZE], hash[65];
    message_reference(view, by_name);
    tov_hex_encode((struct tov_bytes){facts->ref.leaf_hash, sizeof facts->ref.leaf_hash}, hash);
    (void)snprintf(by_number, sizeof by_number, "%u/%u/%llu/%s", facts->ref.agency,
                   facts->ref.generation, (unsigned long long)facts->ref.index, hash);
    return strcmp(wanted, by_name) == 0 || strcmp(wanted, by_number) == 0;
}

static const struct tov_message_view *look_through(const struct tov_listing *listing,
                                                   uint64_t number, const char *reference)
{
    for (size_t i = 0; i < tov_listing_count(listing); i++) {
        const struct tov_message_view *view = tov_listing_at(listing, i);
        if (number != 0 ? tov_message_view_facts(view)->number == number
                        : has_reference(view, reference))
            return view;
    }
    return NULL;
}

/* Of a number that is in no list: the node knows of one that it could not write again, and of one
 * that it will. That it is asked is no entry in the journal, since it has no evidence to show. */
static enum tov_err explain_missing(struct cli *cli, struct tov_client *client, uint64_t number,
                                    const char *text)
{
    struct tov_get_options options = TOV_GET_OPTIONS_INIT;
    struct tov_trace *trace = NULL;
    options.number = number;
    enum tov_err err = tov_message_trace(client, &options, &trace, &cli->error);
    tov_trace_destroy(trace);
    return find_explain(cli, err == TOV_OK ? TOV_E_NOT_FOUND : err, text);
}

enum tov_err find_any(struct cli *cli, const char *text, struct tov_listing **out_listing,
                      const struct tov_message_view **out_view)
{
    uint64_t number = 0;
    struct tov_client *client = NULL;
    if (!is_number(text, &number) && !find_is_reference(text))
        return cli_fail(
            cli, TOV_E_ARGUMENT,
            _("\"%.60s\" is not a message: give its number, or a reference as kk/1/345."), text);
    TOV_TRY(cli_connect(cli, &client));
    struct tov_list_options options = TOV_LIST_OPTIONS_INIT;
    options.limit = number != 0 ? 1 : TOV_LIST_MAX;
    options.before = number == 0 ? 0 : number + 1;
    do {
        struct tov_listing *listing = NULL;
        TOV_TRY(tov_message_list(client, &options, &listing, &cli->error));
        *out_view = look_through(listing, number, text);
        if (*out_view == NULL && number == 0)
            *out_view = keyslost_find(cli, listing, text);
        if (*out_view != NULL) {
            *out_listing = listing;
            return TOV_OK;
        }
        options.before = tov_listing_next(listing);
        tov_listing_destroy(listing);
    } while (number == 0 && options.before != 0);
    return number != 0 ? explain_missing(cli, client, number, text)
                       : find_explain(cli, TOV_E_NOT_FOUND, text);
}

enum tov_err find_message(struct cli *cli, const char *text, struct tov_listing **out_listing,
                          const struct tov_message_view **out_view)
{
    TOV_TRY(find_any(cli, text, out_listing, out_view));
    if (!tov_message_view_facts(*out_view)->is_keys_lost)
        return TOV_OK;
    tov_listing_destroy(*out_listing);
    return cli_fail(cli, TOV_E_EPOCH,
                    _("%.80s could be read here, and lacks its keys since the node was set back to "
                      "an old copy: tov show %.80s"),
                    text, text);
}

enum tov_err find_number(struct cli *cli, const char *text, uint64_t *out_number)
{
    if (is_number(text, out_number))
        return TOV_OK;
    struct tov_listing *listing = NULL;
    const struct tov_message_view *view = NULL;
    TOV_TRY(find_message(cli, text, &listing, &view));
    *out_number = tov_message_view_facts(view)->number;
    tov_listing_destroy(listing);
    return TOV_OK;
}

/* "kk/1/345" of the own agency: the references of others' messages stay what they are. */
static bool is_own_reference(const struct cli *cli, const char *text)
{
    const char *own = cli->client == NULL ? "" : tov_client_identity(cli->client)->agency;
    size_t size = strlen(own);
    return size > 0 && find_is_reference(text) && strncmp(text, own, size) == 0 &&
           text[size] == '/';
}

enum tov_err find_explain(struct cli *cli, enum tov_err err, const char *text)
{
    if (err != TOV_E_NOT_FOUND)
        return err;
    if (is_own_reference(cli, text))
        return cli_fail(cli, err,
                        _("There is no message %.80s, or it is not for you to see. A message that "
                          "was written anew after the node was set back has another reference, and "
                          "its old number: tov outbox"),
                        text);
    return cli_fail(cli, err, _("There is no message %.80s, or it is not for you to see."), text);
}
