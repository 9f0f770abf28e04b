/* SPDX-License-Identifier: EUPL-1.2
 *
 * Where the things of an affair stand, what a person should know of that, who takes part.
 */
#include <stdio.h>
#include <string.h>

#include "cli/case_page.h"
#include "cli/language.h"
#include "telling/text.h"

#define NAME_MIN 14u /* of the words below */
#define NAME_MAX 32u

struct things {
    struct cli *cli;
    const struct case_page *page;
    const struct tov_affair *affair;
    size_t columns; /* of the names at the left */
};

static const char *name_of(const struct things *things, const struct tov_case_thing *thing)
{
    return cli_words(things->cli, thing->machine_da, thing->machine_en);
}

/* As wide as the longest name of a machine. */
static size_t measure(const struct things *things)
{
    size_t columns = NAME_MIN;
    for (size_t i = 0; i < things->affair->thing_count; i++) {
        size_t width = text_width(name_of(things, &things->affair->things[i])) + 2;
        if (width > columns && !casework_is_responsibility(&things->affair->things[i]))
            columns = width < NAME_MAX ? width : NAME_MAX;
    }
    return columns;
}

static void put_line(const struct things *things, const char *name, const char *text)
{
    struct tov_buf *page = &things->cli->page;
    text_put_padded(page, name, things->columns);
    text_put_wrapped(page, text,
                     &(struct text_frame){things->columns, things->columns, things->cli->columns});
}

static void put_flag(const struct things *things, const char *text)
{
    casework_colour(things->cli, true);
    put_line(things, "", text);
    casework_colour_end(things->cli, true);
}

static void put_flags(const struct things *things, const struct tov_case_thing *thing)
{
    char text[CASEWORK_TEXT_SIZE];
    if (thing->incomplete)
        put_flag(things, _("! incomplete: a step before this one is not held here"));
    if (thing->waits != 0) {
        (void)snprintf(text, sizeof text,
                       _("! waits for the second signature: No. %llu is the first"),
                       (unsigned long long)thing->waits);
        put_flag(things, text);
    }
    if (thing->unready)
        put_flag(things, _("! not ready: released before both had confirmed"));
    if (thing->conflict)
        put_flag(things,
                 _("! conflict: a step was refused that had not seen this state; look below"));
}

/* ---- states ---- */

static bool has_a_twin(const struct things *things, const struct tov_case_thing *thing)
{
    size_t count = 0;
    for (size_t i = 0; i < things->affair->thing_count; i++)
        count += strcmp(things->affair->things[i].machine, thing->machine) == 0 ? 1 : 0;
    return count > 1;
}

/* Of the first message about THING; 0: none is shown. */
static uint64_t first_number(const struct things *things, const struct tov_case_thing *thing)
{
    for (size_t i = 0; i < tov_case_message_count(things->page->one); i++) {
        const struct tov_message_view *view = tov_case_message_at(things->page->one, i)->view;
        if (casework_is_about(view, thing->ref))
            return tov_message_view_facts(view)->number;
    }
    return 0;
}

static void put_state(const struct things *things, const struct tov_case_thing *thing)
{
    char name[CASEWORK_TEXT_SIZE], since[WORDS_TIME_SIZE], text[CASEWORK_TEXT_SIZE];
    const struct cli *cli = things->cli;
    const char *state = cli_words(cli, thing->state_da, thing->state_en);
    const char *regime = casework_value_name(cli, "prison.placement", "regime", thing->regime);
    uint64_t number = has_a_twin(things, thing) ? first_number(things, thing) : 0;
    words_date(thing->since_ms, since);
    (void)snprintf(name, sizeof name, "%s:", name_of(things, thing));
    (void)snprintf(text, sizeof text, _("%s%s%s, since %s"), state, regime[0] == '\0' ? "" : ", ",
                   regime, since);
    size_t used = strlen(text);
    if (number != 0)
        (void)snprintf(text + used, sizeof text - used, _(" (begun by No. %llu)"),
                       (unsigned long long)number);
    put_line(things, name, text);
    put_flags(things, thing);
}

/* ---- who ---- */

/* What RESPONSIBILITY is for: of custody and release, which are of one episode, the latter. */
static const char *matter_of(const struct things *things,
                             const struct tov_case_thing *responsibility)
{
    const char *matter = "";
    for (size_t i = 0; i < things->affair->thing_count; i++) {
        const struct tov_case_thing *thing = &things->affair->things[i];
        if (!casework_is_responsibility(thing) && memcmp(thing->ref, responsibility->ref, 16) == 0)
            matter = name_of(things, thing);
    }
    return matter;
}

static void put_responsible(const struct things *things, const struct tov_case_thing *thing)
{
    char since[WORDS_TIME_SIZE], text[CASEWORK_TEXT_SIZE];
    const char *matter = matter_of(things, thing);
    words_date(thing->since_ms, since);
    if (thing->responsible == 0)
        (void)snprintf(text, sizeof text, _("nobody (%s)"), matter);
    else if (thing->offered != 0)
        (void)snprintf(text, sizeof text, _("%s (%s); offered to %s on %s, not answered yet"),
                       thing->responsible_name, matter, thing->offered_name, since);
    else
        (void)snprintf(text, sizeof text, _("%s (%s), since %s"), thing->responsible_name, matter,
                       since);
    put_line(things, _("Responsible:"), text);
    put_flags(things, thing);
}

static void put_parties(const struct things *things)
{
    char text[2 * CASEWORK_TEXT_SIZE] = "", until[WORDS_TIME_SIZE];
    size_t count = tov_case_party_count(things->page->one);
    for (size_t i = 0; i < count; i++) {
        const struct tov_case_party *party = tov_case_party_at(things->page->one, i);
        size_t used = strlen(text);
        (void)snprintf(text + used, sizeof text - used, "%s%s%s%s", used == 0 ? "" : ", ",
                       party->agency_name, party->unit[0] == '\0' ? "" : "/", party->unit);
        if (party->until_ms == 0)
            continue;
        used = strlen(text);
        words_date(party->until_ms, until);
        (void)snprintf(text + used, sizeof text - used, _(" (until %s)"), until);
    }
    if (count > 0)
        put_line(things, _("Parties:"), text);
}

void case_page_put_things(const struct case_page *page)
{
    struct things things = {page->cli, page, tov_case_affair(page->one), 0};
    things.columns = measure(&things);
    if (things.affair->thing_count == 0)
        text_put_wrapped(&page->cli->page,
                         _("Nothing has begun yet: no concern, case, course or transition."),
                         &(struct text_frame){0, 0, page->cli->columns});
    for (size_t i = 0; i < things.affair->thing_count; i++) {
        if (!casework_is_responsibility(&things.affair->things[i]))
            put_state(&things, &things.affair->things[i]);
    }
    for (size_t i = 0; i < things.affair->thing_count; i++) {
        if (casework_is_responsibility(&things.affair->things[i]))
            put_responsible(&things, &things.affair->things[i]);
    }
    put_parties(&things);
}
