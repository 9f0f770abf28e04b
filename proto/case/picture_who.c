/* SPDX-License-Identifier: EUPL-1.2
 *
 * Whether a sender is one of those who may take a step: one function for each bit of enum tov_who.
 */
#include "case/picture_internal.h"

typedef enum tri who_function(const struct judging *judging, const struct tov_told *sender);

static enum tri tri_of(bool holds)
{
    return holds ? TRI_YES : TRI_NO;
}

static enum tri anybody(const struct judging *judging, const struct tov_told *sender)
{
    (void)judging;
    (void)sender;
    return TRI_YES;
}

static enum tri hotline(const struct judging *judging, const struct tov_told *sender)
{
    (void)judging;
    return tri_of((sender->sender.duties & TOV_DUTY_HOTLINE) != 0);
}

static enum tri krfo(const struct judging *judging, const struct tov_told *sender)
{
    (void)judging;
    return tri_of(sender->sender.authority == TOV_AUTHORITY_KRFO);
}

static enum tri probation(const struct judging *judging, const struct tov_told *sender)
{
    (void)judging;
    return tri_of((sender->sender.duties & TOV_DUTY_PROBATION) != 0);
}

static enum tri secretariat(const struct judging *judging, const struct tov_told *sender)
{
    (void)judging;
    return tri_of((sender->sender.duties & TOV_DUTY_SECRETARIAT) != 0);
}

static enum tri coordinator_kommune(const struct judging *judging, const struct tov_told *sender)
{
    const struct instance *instance = picture_instance(judging->subject, TOV_MACHINE_CASE);
    if ((sender->sender.duties & TOV_DUTY_COORDINATOR_KOMMUNE) == 0)
        return TRI_NO;
    if (instance == NULL || instance->thing.state == NULL)
        return TRI_YES;
    if (instance->coordinator == 0)
        return TRI_UNKNOWN;
    return tri_of(instance->coordinator == sender->sender.agency);
}

static enum tri coordinator_police(const struct judging *judging, const struct tov_told *sender)
{
    (void)judging;
    return tri_of((sender->sender.duties & TOV_DUTY_COORDINATOR_POLICE) != 0);
}

static enum tri kommune(const struct judging *judging, const struct tov_told *sender)
{
    (void)judging;
    return tri_of(sender->sender.authority == TOV_AUTHORITY_KOMMUNE);
}

static enum tri party(const struct judging *judging, const struct tov_told *sender)
{
    const struct subject *subject = judging->subject;
    if (subject->about != TOV_ABOUT_CASE && !subject->has_case)
        return TRI_UNKNOWN;
    const struct tov_thing_ref *case_ref =
        subject->about == TOV_ABOUT_CASE ? &subject->ref : &subject->case_ref;
    return picture_is_party(judging->picture, case_ref, sender->sender.agency,
                            judging->effective_ms);
}

static enum tri starter(const struct judging *judging, const struct tov_told *sender)
{
    const struct tov_told *began = judging->instance->thing.began;
    return began == NULL ? TRI_UNKNOWN : tri_of(tov_unit_is_same(&began->sender, &sender->sender));
}

static enum tri addressed(const struct judging *judging, const struct tov_told *sender)
{
    const struct tov_told *began = judging->instance->thing.began;
    return began == NULL ? TRI_UNKNOWN : tri_of(tov_told_is_to(began, &sender->sender));
}

static const struct tov_thing *responsibility(const struct judging *judging)
{
    const struct instance *instance =
        picture_instance(judging->subject, TOV_MACHINE_RESPONSIBILITY);
    return instance == NULL || instance->thing.state == NULL ? NULL : &instance->thing;
}

static enum tri holder(const struct judging *judging, const struct tov_told *sender)
{
    const struct tov_thing *thing = responsibility(judging);
    const struct instance *instance =
        picture_instance(judging->subject, TOV_MACHINE_RESPONSIBILITY);
    if (thing == NULL || (thing->responsible == 0 && (thing->is_incomplete || instance->has_start)))
        return TRI_UNKNOWN;
    return tri_of(thing->responsible == sender->sender.agency);
}

static enum tri offered(const struct judging *judging, const struct tov_told *sender)
{
    const struct tov_thing *thing = responsibility(judging);
    const struct instance *instance =
        picture_instance(judging->subject, TOV_MACHINE_RESPONSIBILITY);
    if (thing == NULL || (thing->offered == 0 && (thing->is_incomplete || instance->has_start)))
        return TRI_UNKNOWN;
    return tri_of(thing->offered == sender->sender.agency);
}

static who_function *const functions[TOV_WHO_COUNT] = {
    anybody,
    hotline,
    krfo,
    probation,
    secretariat,
    coordinator_kommune,
    coordinator_police,
    kommune,
    party,
    starter,
    addressed,
    holder,
    offered,
};

enum tri picture_who(const struct judging *judging, uint32_t who, const struct tov_told *sender)
{
    enum tri found = TRI_NO;
    for (size_t bit = 0; bit < TOV_WHO_COUNT; bit++) {
        enum tri is = (who >> bit & 1) != 0 ? functions[bit](judging, sender) : TRI_NO;
        if (is == TRI_YES)
            return TRI_YES;
        if (is == TRI_UNKNOWN)
            found = TRI_UNKNOWN;
    }
    return found;
}
