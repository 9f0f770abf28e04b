/* SPDX-License-Identifier: EUPL-1.2 */
#include "case_story.h"

#include <string.h>

/* ---- what is written ---- */

/* The same event to the release desk and to the coordinator, each by itself. */
void admit(struct harness *harness)
{
    struct saying to_desk = {.by = &carl,
                             .type = "prison.admission",
                             .from = "krfo/central",
                             .to = "kk/eki",
                             .bases = "BEK-HPL",
                             .fields = "about.episode_ref=" EPISODE "; event_ref=E1"};
    struct saying to_case = to_desk;
    to_case.to = "kk/vink";
    to_case.bases = "RPL115-2/1-1";
    say(harness, &to_desk, NULL);
    say(harness, &to_case, NULL);
}

void set_release_date(struct harness *harness)
{
    struct saying to_desk = {.by = &carl,
                             .type = "prison.release_date",
                             .from = "krfo/central",
                             .to = "kk/eki",
                             .bases = "BEK-HPL",
                             .fields =
                                 "about.episode_ref=" EPISODE "; event_ref=E2; date=2021-10-28"};
    struct saying to_case = to_desk;
    to_case.to = "kk/vink";
    to_case.bases = "RPL115-2/1-3a";
    to_case.fields =
        "about.episode_ref=" EPISODE "; about.case_ref=" CASE "; event_ref=E2; date=2021-10-28";
    say(harness, &to_desk, NULL);
    say(harness, &to_case, NULL);
}

void submit_concern(struct harness *harness)
{
    static const struct saying submit = {.by = &anna,
                                         .type = "concern.submit",
                                         .from = "kk/vink",
                                         .to = "kbh-pol/dks",
                                         .bases = "RPL115-2/1-1",
                                         .fields = "about.concern_ref=" CONCERN};
    say(harness, &submit, NULL);
}

/* A concern on its way to the agenda. */
void raise_concern(struct harness *harness, const char *fields)
{
    const struct saying sayings[] = {
        {&anna, "concern.submit", "kk/vink", "kbh-pol/dks", "RPL115-2/1-1", fields, NULL, NULL},
        {&bo, "concern.receipt", "kbh-pol/dks", "kk/vink", "AFTALE", fields, NULL, NULL},
        {&anna, "concern.screen_request", "kk/vink", "kbh-pol/dks", "RPL115-2/1-1", fields, NULL,
         NULL},
        {&bo, "concern.screen_result", "kbh-pol/dks", "kk/vink", "RPL115-1-1", fields, NULL, NULL},
    };
    for (size_t i = 0; i < sizeof sayings / sizeof sayings[0]; i++)
        say(harness, &sayings[i], NULL);
}

uint64_t call_meeting_about_both(struct harness *harness)
{
    const struct saying call = {.by = &bo,
                                .type = "case.meeting_call",
                                .from = "kbh-pol/dks",
                                .to = "kk/vink krfo/central",
                                .bases = "AFTALE",
                                .fields =
                                    "about.concern_ref=" CONCERN "; agenda_ref=" OTHER_CONCERN};
    return say(harness, &call, NULL);
}

uint64_t call_meeting(struct harness *harness)
{
    raise_concern(harness, "about.concern_ref=" CONCERN);
    raise_concern(harness, "about.concern_ref=" OTHER_CONCERN);
    return call_meeting_about_both(harness);
}

/* The first of them is founded, and a case opened. */
void open_case(struct harness *harness, const char *units)
{
    struct tov_ref first;
    struct saying triage = {.by = &anna,
                            .type = "concern.triage",
                            .from = "kk/vink",
                            .to = "kbh-pol/dks",
                            .bases = "RPL115-2/1-1",
                            .fields = "about.concern_ref=" CONCERN};
    say(harness, &triage, &first);
    triage.by = &bo;
    triage.from = "kbh-pol/dks";
    triage.to = "kk/vink";
    triage.bases = "RPL115-1-1";
    triage.cites = &first;
    say(harness, &triage, NULL);
    const struct saying open = {.by = &anna,
                                .type = "case.open",
                                .from = "kk/vink",
                                .to = units,
                                .bases = "RPL115-2/1-1",
                                .fields = "about.concern_ref=" CONCERN "; about.case_ref=" CASE};
    say(harness, &open, NULL);
}

/* An episode, two concerns, a case that the episode belongs to. */
struct harness *whole_story(void)
{
    struct harness *harness = three_nodes();
    admit(harness);
    (void)call_meeting(harness);
    open_case(harness, "kbh-pol/dks krfo/central");
    set_release_date(harness);
    return harness;
}

void send_note_of_krfo(struct harness *harness, const char *fields, struct tov_ref *out_ref)
{
    say(harness,
        &(struct saying){.by = &carl,
                         .type = "msg.note",
                         .from = "krfo/central",
                         .to = "kk/vink",
                         .bases = "RPL115-2/1-1",
                         .fields = fields},
        out_ref);
}

void say_read(struct harness *harness, const struct harness_client *by, const char *from,
              const char *to, const struct tov_ref *ref)
{
    say(harness,
        &(struct saying){.by = by,
                         .type = "ack.read",
                         .from = from,
                         .to = to,
                         .bases = "AFTALE",
                         .fields = "about.case_ref=" CASE,
                         .answers = ref},
        NULL);
}

void take_back(struct harness *harness, const struct harness_client *by, const char *from,
               const char *to, const struct tov_ref *ref)
{
    say(harness,
        &(struct saying){.by = by,
                         .type = "msg.retract",
                         .from = from,
                         .to = to,
                         .bases = "RPL115-2/1-1",
                         .fields = "about.case_ref=" CASE,
                         .answers = ref},
        NULL);
}

/* ---- looking at answers ---- */

bool is_named(struct tov_record record, const char *name)
{
    uint8_t id[TOV_UUID_BYTES];
    test_draft_id(name, id);
    return tov_bytes_equal(tov_record_bytes(record, "thing_ref"), TOV_BYTES_OF(id));
}

/* The state of a thing in an affair; "" when it is not shown. */
const char *state_of(struct tov_record affair, uint64_t machine, const char *name)
{
    static char state[64];
    struct tov_record thing;
    state[0] = '\0';
    for (size_t i = 0; tov_record_child(affair, "things", i, &thing); i++) {
        struct tov_bytes text = tov_record_bytes(thing, "state");
        if (tov_record_number(thing, "machine") == machine && is_named(thing, name))
            (void)snprintf(state, sizeof state, "%.*s", (int)text.size, (const char *)text.data);
    }
    return state;
}

size_t count_of(struct tov_record affair, const char *list, const char *thing)
{
    struct tov_record item;
    size_t count = 0;
    for (size_t i = 0; tov_record_child(affair, list, i, &item); i++)
        count += is_named(item, thing) ? 1 : 0;
    return count;
}

/* The affair in which the thing is shown. */
bool find_affair(struct tov_record cases, const char *thing, struct tov_record *out_affair)
{
    for (size_t i = 0; tov_record_child(cases, "affairs", i, out_affair); i++) {
        if (count_of(*out_affair, "things", thing) > 0)
            return true;
    }
    return false;
}

bool mentions(struct tov_record reply, const char *thing)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf frame = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    uint8_t id[TOV_UUID_BYTES];
    test_draft_id(thing, id);
    UNIT_NEED(tov_api_encode(reply, &frame) == TOV_OK);
    return memmem(frame.data, frame.size, id, sizeof id) != NULL;
}
