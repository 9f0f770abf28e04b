/* SPDX-License-Identifier: EUPL-1.2 */
#include "cli/event.h"

#include "cli/language.h"
#include "cli/message.h"
#include "telling/text.h"
#include "wire/leaf.h"

static const char *kind_id(enum tov_event_kind kind)
{
    switch (kind) {
    case TOV_EVENT_WRITTEN:
        return "written";
    case TOV_EVENT_RECEIVED:
        return "received";
    case TOV_EVENT_DELIVERED:
        return "delivered";
    case TOV_EVENT_ATTACHMENT:
        return "attachment";
    case TOV_EVENT_CAUGHT_UP:
        return "caught_up";
    }
    return NULL; /* of a later version: passed over */
}

/* ---- receipts ---- */

/* The delivery of VIEW that the receipt speaks of; NULL: it does not. */
static const struct tov_delivery *delivery_of(const struct tov_message_view *view,
                                              const struct tov_event_facts *facts)
{
    for (size_t i = 0; i < tov_message_view_delivery_count(view); i++) {
        const struct tov_delivery *delivery = tov_message_view_delivery(view, i);
        if (delivery->agency == facts->agency && delivery->link_number >= facts->first_link &&
            delivery->link_number <= facts->last_link)
            return delivery;
    }
    return NULL;
}

/* A message's number is that of the event of its writing, so it stands before its receipts. */
static enum tov_err list_before(struct cli *cli, const struct tov_event_facts *facts,
                                struct tov_listing **out_listing)
{
    struct tov_list_options options = TOV_LIST_OPTIONS_INIT;
    options.box = TOV_BOX_OUT;
    options.limit = TOV_LIST_MAX;
    options.before = facts->number;
    return tov_message_list(cli->client, &options, out_listing, &cli->error);
}

static void say_line(struct cli *cli, uint64_t time_ms, const char *text)
{
    char time[WORDS_TIME_SIZE];
    words_time(time_ms, time);
    cli_say(cli, "%s  ", time);
    size_t indent = text_width(time) + 2;
    text_put_wrapped(&cli->page, text, &(struct text_frame){indent, indent, cli->columns});
}

/* VERDICT is what the event tells: a later receipt may have told more by now. */
static void say_delivered(struct cli *cli, const struct tov_message_view *view,
                          const struct tov_delivery *delivery, uint32_t verdict)
{
    char text[512];
    const struct tov_message_facts *facts = tov_message_view_facts(view);
    const char *trouble = words_verdict_trouble(verdict);
    (void)snprintf(text, sizeof text, _("No. %llu (%s) received by %s%s%s%s"),
                   (unsigned long long)facts->number, message_type_name(cli, view),
                   delivery->agency_name, trouble == NULL ? "" : ": ",
                   trouble == NULL ? "" : trouble,
                   verdict == TOV_VERDICT_PENDING ? _(", attachments on their way") : "");
    say_line(cli, delivery->received_ms, text);
}

static json_t *delivered_json(struct cli *cli, const struct tov_event_facts *facts,
                              json_t *messages)
{
    return json_pack("{s:{s:I, s:s, s:I, s:s, s:I, s:I, s:s, s:o}}", "event", "number",
                     (json_int_t)facts->number, "kind", kind_id(facts->kind), "agency",
                     (json_int_t)facts->agency, "agency_name",
                     message_agency_name(cli, facts->agency), "first_link",
                     (json_int_t)facts->first_link, "last_link", (json_int_t)facts->last_link,
                     "verdict", tov_verdict_text(facts->verdict), "messages", messages);
}

static enum tov_err put_delivered(struct cli *cli, const struct tov_event_facts *facts)
{
    struct tov_listing *listing = NULL;
    json_t *messages = json_array();
    enum tov_err err = list_before(cli, facts, &listing);
    for (size_t i = err == TOV_OK ? tov_listing_count(listing) : 0; i > 0; i--) {
        const struct tov_message_view *view = tov_listing_at(listing, i - 1);
        const struct tov_delivery *delivery = delivery_of(view, facts);
        if (delivery == NULL)
            continue;
        (void)json_array_append_new(messages,
                                    json_integer((json_int_t)tov_message_view_facts(view)->number));
        if (!cli->json)
            say_delivered(cli, view, delivery,
                          facts->verdict != 0 ? facts->verdict : delivery->verdict);
    }
    tov_listing_destroy(listing);
    if (err == TOV_OK && cli->json)
        return cli_json_line(cli, delivered_json(cli, facts, messages));
    json_decref(messages);
    return err == TOV_OK ? cli_flush(cli) : err;
}

/* ---- messages ---- */

static void say_message(struct cli *cli, const struct tov_event_facts *event)
{
    char text[MESSAGE_ROUTE_SIZE + 256], who[MESSAGE_ROUTE_SIZE];
    const struct tov_message_view *view = event->message;
    const struct tov_message_facts *facts = tov_message_view_facts(view);
    unsigned long long number = (unsigned long long)facts->number;
    bool is_incoming = message_is_incoming(cli, view);
    if (is_incoming)
        message_sender(view, who);
    else
        message_recipients(cli, view, who);
    const char *type = message_type_name(cli, view);
    if (event->kind == TOV_EVENT_ATTACHMENT)
        (void)snprintf(text, sizeof text, _("No. %llu (%s) from %s: an attachment has arrived"),
                       number, type, who);
    else if (is_incoming)
        (void)snprintf(text, sizeof text, _("No. %llu from %s: %s"), number, who, type);
    else
        (void)snprintf(text, sizeof text, _("No. %llu to %s: %s"), number, who, type);
    say_line(cli, facts->stored_ms, text);
}

/* The message's own value, and the event beside it. */
static json_t *message_json(struct cli *cli, const struct tov_event_facts *facts)
{
    json_t *value = facts->message == NULL ? json_object() : cli_json_message(cli, facts->message);
    (void)json_object_set_new(
        value, "event",
        json_pack("{s:I, s:s}", "number", (json_int_t)facts->number, "kind", kind_id(facts->kind)));
    return value;
}

enum tov_err event_put(struct cli *cli, const struct tov_event_facts *facts)
{
    if (kind_id(facts->kind) == NULL)
        return TOV_OK;
    if (facts->kind == TOV_EVENT_DELIVERED)
        return put_delivered(cli, facts);
    if (cli->json)
        return cli_json_line(cli, message_json(cli, facts));
    if (facts->kind != TOV_EVENT_CAUGHT_UP)
        say_message(cli, facts);
    return cli_flush(cli);
}
