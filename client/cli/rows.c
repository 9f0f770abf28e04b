/* SPDX-License-Identifier: EUPL-1.2 */
#include "cli/rows.h"

#include <stdio.h>

#include "cli/language.h"
#include "cli/message.h"
#include "cli/table.h"

static void put_row(struct cli *cli, struct table *table, const struct tov_message_view *view)
{
    const struct tov_message_facts *facts = tov_message_view_facts(view);
    bool is_incoming = message_is_incoming(cli, view);
    char number[WORDS_TIME_SIZE], date[WORDS_TIME_SIZE], other[MESSAGE_ROUTE_SIZE],
        cell[MESSAGE_ROUTE_SIZE + 8];
    (void)snprintf(number, sizeof number, "%llu", (unsigned long long)facts->number);
    words_date(facts->stored_ms, date);
    if (is_incoming)
        message_sender(view, other);
    else
        message_recipients(cli, view, other);
    (void)snprintf(cell, sizeof cell, "%s %s", is_incoming ? _("from") : _("to"), other);
    table_add(table, (const char *[]){number, date, cell, message_type_name(cli, view)}, false);
}

void rows_put(struct cli *cli, const struct tov_listing *listing)
{
    struct table table;
    table_init(&table, cli, 4, 3);
    table.flexible_2 = 2;
    table_add(&table, (const char *[]){_("No."), _("Date"), _("Unit"), _("Message")}, false);
    for (size_t i = 0; i < tov_listing_count(listing); i++)
        put_row(cli, &table, tov_listing_at(listing, i));
    table_put(&table);
}

json_t *rows_json(struct cli *cli, const struct tov_listing *listing)
{
    json_t *messages = json_array();
    for (size_t i = 0; i < tov_listing_count(listing); i++)
        (void)json_array_append_new(messages, cli_json_message(cli, tov_listing_at(listing, i)));
    return messages;
}
