/* SPDX-License-Identifier: EUPL-1.2 */
#include "cli/message.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "cli/language.h"
#include "telling/text.h"
#include "wire/leaf.h"

/* The agency of "<federation>/<agency>/<generation>". */
static struct tov_bytes agency_of_origin(const char *origin)
{
    const char *first = strchr(origin, '/');
    const char *second = first == NULL ? NULL : strchr(first + 1, '/');
    if (second == NULL)
        return tov_bytes_of_text("?");
    return (struct tov_bytes){(const uint8_t *)first + 1, (size_t)(second - first - 1)};
}

/* UNIT is as its sender likes. */
static void put_unit(char *out, size_t size, struct tov_bytes agency, const char *unit)
{
    if (strchr(unit, '/') != NULL)
        (void)snprintf(out, size, "%s", unit);
    else
        (void)snprintf(out, size, "%.*s%s%s", (int)agency.size, (const char *)agency.data,
                       unit[0] == '\0' ? "" : "/", unit);
    text_clean(out);
}

/* "kk/vink" and "vink" are the same unit. */
static bool is_unit(const char *address, const char *unit)
{
    const char *slash = strchr(unit, '/');
    return strcmp(address, unit) == 0 || (slash != NULL && strcmp(address, slash + 1) == 0);
}

static bool is_own_unit(const struct tov_identity *identity, const char *unit)
{
    for (size_t i = 0; i < identity->unit_count; i++) {
        if (is_unit(unit, identity->units[i]))
            return true;
    }
    return false;
}

/* Of the INDEXth recipient, from 1; 0: not said, which is the own agency. */
static uint32_t recipient_agency(const struct tov_message_view *view, size_t index)
{
    char path[64];
    uint64_t number = 0;
    (void)snprintf(path, sizeof path, "header.recipients.%zu.agency", index);
    struct tov_bytes text = tov_bytes_of_text(tov_message_view_text(view, path));
    return tov_decimal_decode(text, &number) == TOV_OK ? (uint32_t)number : 0;
}

bool message_is_incoming(const struct cli *cli, const struct tov_message_view *view)
{
    if (!tov_message_view_facts(view)->outgoing)
        return true;
    if (cli->client == NULL)
        return false;
    const struct tov_identity *identity = tov_client_identity(cli->client);
    if (is_own_unit(identity, tov_message_view_text(view, "header.sender_unit")))
        return false;
    uint32_t own = tov_message_view_facts(view)->ref.agency; /* it was written here */
    size_t count = tov_message_view_count(view, "header.recipients");
    for (size_t i = 1; i <= count; i++) {
        char path[64];
        uint32_t agency = recipient_agency(view, i);
        (void)snprintf(path, sizeof path, "header.recipients.%zu.unit", i);
        if ((agency == own || agency == 0) &&
            is_own_unit(identity, tov_message_view_text(view, path)))
            return true;
    }
    return false;
}

void message_sender(const struct tov_message_view *view, char out[MESSAGE_NAME_SIZE])
{
    put_unit(out, MESSAGE_NAME_SIZE,
             agency_of_origin(tov_message_view_text(view, "header.sender_origin")),
             tov_message_view_text(view, "header.sender_unit"));
}

void message_reference(const struct tov_message_view *view, char out[MESSAGE_NAME_SIZE])
{
    const struct tov_message_facts *facts = tov_message_view_facts(view);
    struct tov_bytes agency = agency_of_origin(tov_message_view_text(view, "header.sender_origin"));
    (void)snprintf(out, MESSAGE_NAME_SIZE, "%.*s/%u/%llu", (int)agency.size,
                   (const char *)agency.data, facts->ref.generation,
                   (unsigned long long)facts->ref.index);
}

/* ---- recipients ---- */

static const char *name_by_view(const struct tov_message_view *view, uint32_t agency)
{
    for (size_t i = 0; i < tov_message_view_delivery_count(view); i++) {
        const struct tov_delivery *delivery = tov_message_view_delivery(view, i);
        if (delivery->agency == agency && delivery->agency_name[0] != '\0')
            return delivery->agency_name;
    }
    return NULL;
}

const char *message_agency_name(struct cli *cli, uint32_t agency)
{
    struct tov_client *client = NULL;
    struct tov_error error = {.code = TOV_OK}; /* a name that is not known is no failure */
    if (cli_connect(cli, &client) != TOV_OK)
        return "?";
    if (cli->peers == NULL && tov_status_get(client, &cli->peers, &error) != TOV_OK)
        return "?";
    const struct tov_node_status *facts = tov_status_facts(cli->peers);
    for (size_t i = 0; i < facts->peer_count; i++) {
        if (facts->peers[i].agency == agency)
            return facts->peers[i].name;
    }
    return tov_client_identity(client)->agency;
}

void message_recipient(struct cli *cli, const struct tov_message_view *view, size_t number,
                       char out[MESSAGE_NAME_SIZE])
{
    char path[64], known[MESSAGE_NAME_SIZE] = "";
    uint32_t agency = recipient_agency(view, number);
    (void)snprintf(path, sizeof path, "header.recipients.%zu.unit", number);
    const char *address = tov_message_view_text(view, path);
    const char *name = name_by_view(view, agency);
    if (name != NULL)
        (void)snprintf(known, sizeof known, "%s", name);
    else if (strchr(address, '/') == NULL)
        (void)snprintf(known, sizeof known, "%s", message_agency_name(cli, agency));
    put_unit(out, MESSAGE_NAME_SIZE, tov_bytes_of_text(known), address);
}

void message_recipients(struct cli *cli, const struct tov_message_view *view,
                        char out[MESSAGE_ROUTE_SIZE])
{
    size_t used = 0;
    out[0] = '\0';
    size_t count = tov_message_view_count(view, "header.recipients");
    for (size_t i = 1; i <= count; i++) {
        char unit[MESSAGE_NAME_SIZE];
        message_recipient(cli, view, i, unit);
        int size =
            snprintf(out + used, MESSAGE_ROUTE_SIZE - used, "%s%s", i == 1 ? "" : ", ", unit);
        if (size < 0 || (size_t)size >= MESSAGE_ROUTE_SIZE - used)
            return;
        used += (size_t)size;
    }
}

/* ---- type and state ---- */

/* That of a type which this program does not know is as its sender likes. */
static bool is_type_id(const char *id)
{
    return id[strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789._-")] == '\0';
}

const char *message_type_name(const struct cli *cli, const struct tov_message_view *view)
{
    const char *id = tov_message_view_type(view);
    const struct tov_catalogue_type *type = tov_catalogue_find(id);
    if (type != NULL)
        return tov_catalogue_type_name(type, cli->words);
    if (id[0] == '\0')
        return _("(cannot be opened)");
    return is_type_id(id) ? id : _("(unknown type)");
}

/* What needs a person most comes first. */
static unsigned rank(enum words_level level)
{
    switch (level) {
    case WORDS_FAILED:
        return 0;
    case WORDS_WITHHELD:
        return 1;
    case WORDS_LOST_THERE:
        return 2;
    case WORDS_WRITTEN:
    case WORDS_SIGNED:
    case WORDS_RECEIVED:
    case WORDS_READ:
        break;
    }
    return 2 + (unsigned)level;
}

enum words_level message_level(const struct tov_message_view *view)
{
    const struct tov_message_facts *facts = tov_message_view_facts(view);
    enum words_level lowest = WORDS_READ;
    size_t others = 0;
    for (size_t i = 0; i < tov_message_view_delivery_count(view); i++) {
        const struct tov_delivery *delivery = tov_message_view_delivery(view, i);
        enum words_level level = words_level_of(facts, delivery);
        if (delivery->gap == TOV_GAP_TOLD)
            continue; /* nothing more comes of it */
        if (rank(level) < rank(lowest))
            lowest = level;
        others++;
    }
    if (others > 0)
        return lowest;
    return facts->is_signed ? WORDS_SIGNED : WORDS_WRITTEN;
}

bool message_is_acknowledgement(const struct tov_message_view *view)
{
    return strcmp(tov_message_view_type(view), "ack.read") == 0;
}

bool message_is_in_trouble(const struct cli *cli, const struct tov_message_view *view)
{
    const struct tov_message_facts *facts = tov_message_view_facts(view);
    if (facts->is_void)
        return true;
    if (!facts->outgoing)
        return words_verdict_trouble(facts->verdict) != NULL;
    enum words_level level = message_level(view);
    return !message_is_incoming(cli, view) &&
           (level == WORDS_FAILED || level == WORDS_WITHHELD || level == WORDS_LOST_THERE);
}

const char *message_state(const struct cli *cli, const struct tov_message_view *view)
{
    const struct tov_message_facts *facts = tov_message_view_facts(view);
    if (facts->is_void)
        return _("void");
    if (facts->is_retracted)
        return _("retracted");
    if (facts->is_keys_lost)
        return _("lacks its keys");
    if (!message_is_incoming(cli, view))
        return words_level_name(message_level(view));
    if (!facts->outgoing && words_verdict_trouble(facts->verdict) != NULL)
        return words_level_name(WORDS_FAILED);
    if (message_is_acknowledgement(view))
        return _("for information");
    if (facts->is_answered)
        return _("answered");
    if (facts->is_taken)
        return _("in handling");
    return facts->shown ? _("seen") : _("new");
}
