/* SPDX-License-Identifier: EUPL-1.2 */
#include "case/told_facts.h"

#include <string.h>

const char *tov_told_type(const struct tov_told *told)
{
    return told->draft->type->id;
}

bool tov_told_about(const struct tov_told *told, uint32_t about, struct tov_thing_ref *out_thing)
{
    struct tov_record record;
    if (!tov_record_child(told->draft->header, "about", 0, &record))
        return false;
    for (size_t i = 0; i < TOV_ABOUT_COUNT; i++) {
        if (tov_about_things[i].bit == about)
            return tov_record_uuid(record, tov_about_things[i].field, out_thing);
    }
    return false;
}

bool tov_told_event(const struct tov_told *told, struct tov_thing_ref *out_event)
{
    return tov_record_uuid(told->draft->header, "event_ref", out_event);
}

bool tov_told_cites(const struct tov_told *told, size_t index, struct tov_ref *out_ref)
{
    return tov_record_ref(told->draft->header, "cites", index, out_ref);
}

bool tov_told_reply_to(const struct tov_told *told, struct tov_ref *out_ref)
{
    return tov_record_ref(told->draft->header, "in_reply_to", 0, out_ref);
}

bool tov_thing_ref_equal(const struct tov_thing_ref *a, const struct tov_thing_ref *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}
