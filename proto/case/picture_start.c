/* SPDX-License-Identifier: EUPL-1.2
 *
 * Whether a starting point is believed: who gives it, what it says, and what it does not override.
 */
#include "case/picture_internal.h"

#include <string.h>

/* TOLD, of the subject, begins the machine by one who may: it names no step before its own. */
static bool begins(const struct judging *judging, const struct tov_told *told)
{
    struct tov_record step;
    struct tov_thing_ref previous;
    if (picture_step_of(told, judging->instance, &step) &&
        tov_record_uuid(step, "previous_event_ref", &previous))
        return false;
    const struct tov_machine_info *machine = judging->instance->machine;
    for (size_t i = 0; i < machine->row_count; i++) {
        const struct tov_machine_row *row = &machine->rows[i];
        if (tov_machine_row_leaves(row, TOV_NO_STATE) && picture_fits(judging, row, told) &&
            picture_who(judging, row->who | row->and_who, told) != TRI_NO)
            return true;
    }
    return false;
}

bool picture_holds_beginning(const struct judging *judging)
{
    struct judging each = *judging;
    for (size_t i = 0; i < judging->subject->count; i++) {
        each.effective_ms = judging->subject->order[i].effective_ms;
        if (begins(&each, judging->subject->order[i].told))
            return true;
    }
    return false;
}

/* Whether the sender may send the message as a step of any machine of the thing, or as a party. */
static enum tri may_send(const struct judging *judging)
{
    struct judging each = *judging;
    bool is_step = false;
    enum tri found = TRI_NO;
    for (size_t n = 0; n < judging->subject->instance_count; n++) {
        each.instance = &judging->subject->instances[n];
        for (size_t i = 0; i < each.instance->machine->row_count; i++) {
            const struct tov_machine_row *row = &each.instance->machine->rows[i];
            if (!picture_fits(&each, row, judging->told))
                continue;
            is_step = true;
            enum tri may = picture_who(&each, row->who | row->and_who, judging->told);
            found = may == TRI_NO || found == TRI_YES ? found : may;
        }
    }
    enum tri party = picture_who(judging, TOV_WHO_PARTY, judging->told);
    return party == TRI_YES || !is_step ? party : found;
}

bool picture_may_start(const struct judging *judging)
{
    const struct tov_told *told = judging->told;
    const struct instance *held = picture_instance(judging->subject, TOV_MACHINE_RESPONSIBILITY);
    if (held != NULL && held->thing.state != NULL && held->thing.responsible == told->sender.agency)
        return true;
    enum tri may = may_send(judging);
    bool is_first = judging->instance->thing.state == NULL;
    return may == TRI_YES ||
           (may == TRI_UNKNOWN &&
            (is_first || picture_was_told(judging->subject, judging->at, told->sender.agency)));
}

bool picture_knows_agency(const struct tov_picture *picture, uint64_t agency)
{
    for (size_t i = 0; i < picture->count; i++) {
        if (tov_told_is_among(&picture->messages[i], agency))
            return true;
    }
    return false;
}

bool picture_can_lead_to_start(const struct judging *judging)
{
    const struct instance *instance = judging->instance;
    for (size_t i = 0; i < instance->machine->row_count; i++) {
        const struct tov_machine_row *row = &instance->machine->rows[i];
        if (strcmp(row->to, instance->start_state) == 0 &&
            picture_fits(judging, row, judging->told) &&
            picture_who(judging, row->who | row->and_who, judging->told) != TRI_NO)
            return true;
    }
    return false;
}
