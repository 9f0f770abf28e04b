/* SPDX-License-Identifier: EUPL-1.2
 *
 * tov-machine-doc: prints docs/machines.md from the tables. Run it after each change of a row.
 * Not for: installation; it serves the source tree.
 * Never edit its output by hand: the test that compares would say so.
 */
#include "case/machine.h"

#include <stdio.h>
#include <string.h>

static void print_intro(void)
{
    printf(
        "# State machines\n\n"
        "Printed by `tov-machine-doc` from the tables in `proto/case/machine_*.c`; do not edit. "
        "Where a case, a concern or a detention stands follows from the messages alone.\n\n"
        "## How a message is judged\n\n"
        "- Only messages move states. Time moves nothing; it raises flags in views.\n"
        "- A row says: from this state, this message, by this sender, leads there. `-` means that "
        "the thing does not exist yet. **Every pair of state and message that no row lists is "
        "refused**: the message is kept and shown with the number of the rule and the reason, and "
        "steps nothing.\n"
        "- A message type that is in no row of a machine is never refused by it. One message may "
        "step several machines.\n"
        "- **Two signers** (`A` + `B`): two messages, the second cites the first, by another unit, "
        "and says the same. The first waits (*afventer anden underskrift*) until the second is "
        "held. A step in between makes it fall. A half that cites what is not held waits too, and "
        "the thing is marked *ufuldstændig*: one signer alone moves nothing.\n"
        "- A row that stays in its state is judged like the others, but is no step: later messages "
        "do not name it.\n"
        "- Each message names the step before it (`Header.steps`). Who does not hold that one does "
        "not judge the state: the one that the message names is shown, and the thing is marked "
        "*ufuldstændig*. The sender, and conditions of the message itself (rules 111, 114, 115, "
        "119), are judged as far as known: who may not send a row that leads there is refused. "
        "Responsibility and coordination move only where the sender is known to be one who may. "
        "The mark goes with a new starting point (`Header.start`).\n"
        "- A starting point is taken by who does not hold the beginning of the thing, from one who "
        "may send that message, takes part, or is responsible, as far as known. It makes nobody "
        "responsible who neither sent nor received a message that is held.\n"
        "- Messages of one agency, of one type, with the same `event_ref` tell of one event: the "
        "first one steps, the others are copies (*genpart*). A message without `event_ref` is an "
        "event of its own, named by its `message_id`.\n"
        "- A condition is judged by those who hold what it speaks of; for others it is no ground "
        "to refuse. The sender's node, which holds all that it sent, is asked before it sends.\n"
        "- Order: a message stands after all that its author knew, and by its time where that does "
        "not decide. A refused message whose author could not know the step before it is marked as "
        "a conflict, for a person to look at. All agencies refuse the same one.\n\n");
}

static void print_who(uint32_t who)
{
    const char *between = "";
    for (size_t bit = 0; bit < TOV_WHO_COUNT; bit++) {
        if ((who >> bit & 1) == 0)
            continue;
        printf("%s%s", between, tov_who_name(bit).en);
        between = " / ";
    }
}

static const struct {
    uint32_t bit;
    const char *words;
} effects[] = {
    {TOV_DOES_SET_REGIME, "sets the regime"},
    {TOV_DOES_FLAG_UNREADY, "flag *uden klar*: released before both had confirmed"},
    {TOV_DOES_DROP_HALVES, "a confirmation that waits falls: both confirm again"},
    {TOV_DOES_HOLD, "the sender's agency is responsible"},
    {TOV_DOES_OFFER, "the offer to `to_agency` is open; the offerer still holds it"},
    {TOV_DOES_ACCEPT, "the sender's agency is responsible from here"},
    {TOV_DOES_END_OFFER, "the offer ends; who offered holds it"},
    {TOV_DOES_END_HOLDING, "nobody is responsible any more"},
    {TOV_DOES_MOVE_COORDINATOR, "the sender's kommune coordinates the case from here"},
};

static void print_conditions(const struct tov_machine_row *row)
{
    const char *between = "";
    for (size_t i = 0; i < TOV_GUARDS_MAX && row->guards[i] != TOV_GUARD_NONE; i++) {
        printf("%srule %d", between, TOV_REFUSAL_GUARDS + row->guards[i]);
        between = ", ";
    }
    between = between[0] == '\0' ? "" : "; ";
    for (size_t i = 0; i < sizeof effects / sizeof effects[0]; i++) {
        if ((row->does & effects[i].bit) == 0)
            continue;
        printf("%s%s", between, effects[i].words);
        between = "; ";
    }
}

static void print_row(const struct tov_machine_row *row)
{
    printf("| ");
    for (size_t i = 0; i < TOV_FROM_MAX && row->from[i] != NULL; i++)
        printf("%s`%s`", i == 0 ? "" : ", ", row->from[i]);
    printf(" | `%s`", row->on.type);
    if (row->on.field != NULL)
        printf(" (%s %s %s)", row->on.field, row->on_others ? "≠" : "=", row->on.value);
    if (strcmp(row->to, TOV_STAYS) == 0)
        printf(" | stays | ");
    else
        printf(" | `%s` | ", row->to);
    print_who(row->who);
    if (row->and_who != 0) {
        printf(" + ");
        print_who(row->and_who);
    }
    printf(" | ");
    print_conditions(row);
    printf(" |\n");
}

static void print_machine(const struct tov_machine_info *info)
{
    printf("## %s (%s): `%s`\n\n| state | Danish | English |\n| --- | --- | --- |\n", info->name.en,
           info->name.da, info->id);
    for (size_t i = 0; i < info->state_count; i++) {
        const struct tov_machine_state *state = &info->states[i];
        printf("| `%s`%s | %s | %s |\n", state->id, state->is_end ? " (end)" : "", state->name.da,
               state->name.en);
    }
    printf("\n| from | message | to | who | must hold; does |\n| --- | --- | --- | --- | --- |\n");
    for (size_t i = 0; i < info->row_count; i++)
        print_row(&info->rows[i]);
    printf("\n");
}

static void print_rules(void)
{
    printf(
        "## Rules of refusal\n\n"
        "Numbers from 100 on, so that they are not taken for the sharing rules of "
        "docs/messages.md. The reason that is shown with 101 and 102 names the state, what can "
        "be sent there, and who may. Who has sent or received no message about the thing is told "
        "the rule alone, and so is each unit of the release channel.\n\n"
        "| rule | Danish | English |\n| --- | --- | --- |\n");
    for (unsigned number = TOV_REFUSAL_PAIR; number < TOV_REFUSAL_GUARDS + TOV_GUARD_COUNT;
         number++) {
        struct tov_text text = tov_refusal_text((uint16_t)number);
        if (text.da != NULL)
            printf("| %u | %s | %s |\n", number, text.da, text.en);
    }
}

int main(void)
{
    const struct tov_machine_table *table = tov_machine_table();
    print_intro();
    for (size_t i = 0; i < TOV_MACHINES_MAX && table->machines[i] != NULL; i++)
        print_machine(table->machines[i]);
    print_rules();
    return 0;
}
