/* SPDX-License-Identifier: EUPL-1.2
 *
 * Who takes part in which case, through which unit, from when: by the opening, by invitations, by
 * leaving; and the units of a party that write in the case themselves.
 */
#include "case/picture_internal.h"

#include <string.h>

/* A unit takes part when it sends one of these about the case; a provider's messages about a course
 * do not make it a party's contact. */
static const char *const by_writing[] = {"case.", "handover.", "prison.", "supervision."};

static bool begins_with(const char *text, const char *start)
{
    return strncmp(text, start, strlen(start)) == 0;
}

static bool is_writing(const struct tov_told *told)
{
    for (size_t i = 0; i < sizeof by_writing / sizeof by_writing[0]; i++) {
        if (begins_with(tov_told_type(told), by_writing[i]))
            return true;
    }
    return false;
}

static bool is_invitation(const struct tov_told *told)
{
    bool invites = strcmp(tov_told_type(told), "case.open") == 0 ||
                   strcmp(tov_told_type(told), "case.invite") == 0;
    return invites && (told->sender.duties & TOV_DUTY_COORDINATOR_KOMMUNE) != 0;
}

static bool is_in(const struct tov_picture *picture, const struct tov_party *party)
{
    for (size_t i = 0; i < picture->party_count; i++) {
        const struct tov_party *other = &picture->parties[i];
        if (other->agency == party->agency && other->until_ms == 0 &&
            strcmp(other->unit, party->unit) == 0 &&
            tov_thing_ref_equal(&other->case_ref, &party->case_ref))
            return true;
    }
    return false;
}

static void add(struct tov_picture *picture, const struct tov_party *party)
{
    if (!is_in(picture, party))
        picture->parties[picture->party_count++] = *party;
}

static bool is_party_now(const struct tov_picture *picture, const struct tov_thing_ref *case_ref,
                         uint16_t agency)
{
    for (size_t i = 0; i < picture->party_count; i++) {
        const struct tov_party *party = &picture->parties[i];
        if (party->agency == agency && party->until_ms == 0 &&
            tov_thing_ref_equal(&party->case_ref, case_ref))
            return true;
    }
    return false;
}

static void add_units(struct tov_picture *picture, const struct tov_ordered *ordered,
                      const struct tov_thing_ref *case_ref)
{
    const struct tov_told *told = ordered->told;
    struct tov_party party = {
        .case_ref = *case_ref,
        .agency = told->sender.agency,
        .unit = told->sender.name,
        .from_ms = ordered->effective_ms,
        .by_opening = strcmp(tov_told_type(told), "case.open") == 0,
    };
    if (is_invitation(told)) {
        add(picture, &party);
        for (size_t i = 0; i < told->recipient_count; i++) {
            party.agency = told->recipients[i].agency;
            party.unit = told->recipients[i].name;
            add(picture, &party);
        }
    } else if (is_writing(told) && is_party_now(picture, case_ref, party.agency)) {
        add(picture, &party);
    }
}

static void leave(struct tov_picture *picture, const struct tov_ordered *ordered,
                  const struct tov_thing_ref *case_ref)
{
    for (size_t i = 0; i < picture->party_count; i++) {
        struct tov_party *party = &picture->parties[i];
        if (party->agency == ordered->told->sender.agency && party->until_ms == 0 &&
            tov_thing_ref_equal(&party->case_ref, case_ref))
            party->until_ms = ordered->effective_ms;
    }
}

/* In the case's own order: all who hold its messages find the same parties (P1). */
static void find_of_case(struct tov_picture *picture, const struct subject *subject)
{
    for (size_t i = 0; i < subject->count; i++) {
        const struct tov_ordered *ordered = &subject->order[i];
        if (tov_told_is_release_channel(ordered->told))
            continue;
        if (strcmp(tov_told_type(ordered->told), "case.leave") == 0)
            leave(picture, ordered, &subject->ref);
        else
            add_units(picture, ordered, &subject->ref);
    }
}

enum tov_err picture_find_parties(struct tov_picture *picture)
{
    size_t room = 1;
    for (size_t i = 0; i < picture->count; i++)
        room += 1 + picture->messages[i].recipient_count;
    picture->parties = tov_arena_alloc(picture->arena, room * sizeof *picture->parties);
    if (picture->parties == NULL)
        return TOV_E_NOMEM;
    for (size_t i = 0; i < picture->subject_count; i++) {
        if (picture->subjects[i].about == TOV_ABOUT_CASE)
            find_of_case(picture, &picture->subjects[i]);
    }
    return TOV_OK;
}

bool picture_holds_opening(const struct tov_picture *picture, const struct tov_thing_ref *case_ref)
{
    for (size_t i = 0; i < picture->party_count; i++) {
        if (picture->parties[i].by_opening &&
            tov_thing_ref_equal(&picture->parties[i].case_ref, case_ref))
            return true;
    }
    return false;
}

enum tri picture_is_party(const struct tov_picture *picture, const struct tov_thing_ref *case_ref,
                          uint16_t agency, uint64_t time_ms)
{
    for (size_t i = 0; i < picture->party_count; i++) {
        const struct tov_party *party = &picture->parties[i];
        if (party->agency == agency && tov_thing_ref_equal(&party->case_ref, case_ref) &&
            party->from_ms <= time_ms && (party->until_ms == 0 || party->until_ms > time_ms))
            return TRI_YES;
    }
    return picture_holds_opening(picture, case_ref) ? TRI_NO : TRI_UNKNOWN;
}
