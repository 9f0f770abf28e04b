/* SPDX-License-Identifier: EUPL-1.2 */
#include "cli/lost.h"

#include <stdio.h>

#include "cli/alarm.h"
#include "cli/language.h"
#include "cli/words.h"

#define TEXT_SIZE 512

/* How many is told to whom checks or runs the node alone; and the time before may not be known. */
static void put_what(const struct tov_node_status *facts, char out[TEXT_SIZE])
{
    unsigned long count = (unsigned long)facts->lost;
    char from[WORDS_TIME_SIZE], until[WORDS_TIME_SIZE];
    words_time(facts->lost_from_ms, from);
    words_time(facts->lost_until_ms, until);
    if (count > 0)
        (void)snprintf(out, TEXT_SIZE,
                       ngettext("%lu entry from between %s and %s is lost: the node was set back "
                                "to an old copy, and no other agency has it.",
                                "%lu entries from between %s and %s are lost: the node was set "
                                "back to an old copy, and no other agency has them.",
                                count),
                       count, from, until);
    else
        (void)snprintf(out, TEXT_SIZE,
                       _("Messages sent between %s and %s may be lost: the node was set back to an "
                         "old copy, and what had reached no other agency is gone."),
                       from, until);
}

void lost_put(struct cli *cli, const struct tov_node_status *facts)
{
    char text[TEXT_SIZE];
    if (facts->lost_until_ms == 0)
        return;
    put_what(facts, text);
    alarm_put(cli, text,
              _("Nobody knows what they said: look in your own records for what you sent then, and "
                "send anew what is not in tov outbox."));
}

json_t *lost_json(const struct tov_node_status *facts)
{
    if (facts->lost_until_ms == 0)
        return json_null();
    return json_pack("{s:I, s:o, s:o}", "entries", (json_int_t)facts->lost, "from",
                     cli_json_time(facts->lost_from_ms), "until",
                     cli_json_time(facts->lost_until_ms));
}
