/* SPDX-License-Identifier: EUPL-1.2 */
#include "case/told_facts.h"

#include <string.h>

bool tov_told_says(const struct tov_told *told, const char *field, const char *value)
{
    struct tov_value is;
    if (!tov_told_field(told, field, 0, &is) &&
        tov_record_get(told->draft->header, field, 0, &is) != TOV_OK)
        return false;
    if (is.kind == TOV_FIELD_BOOL)
        return strcmp(value, is.number != 0 ? "ja" : "nej") == 0;
    return is.kind == TOV_FIELD_ENUM && strcmp(value, is.name) == 0;
}

bool tov_record_uuid(struct tov_record record, const char *name, struct tov_thing_ref *out_uuid)
{
    struct tov_bytes bytes = tov_record_bytes(record, name);
    if (bytes.size != sizeof out_uuid->bytes)
        return false;
    memcpy(out_uuid->bytes, bytes.data, sizeof out_uuid->bytes);
    return true;
}

bool tov_told_step_event(const struct tov_told *told, struct tov_thing_ref *out_event)
{
    return tov_told_event(told, out_event) ||
           tov_record_uuid(told->draft->header, "message_id", out_event);
}

bool tov_told_tells_as(const struct tov_told *told, const struct tov_told *like,
                       const struct tov_thing_ref *event)
{
    struct tov_thing_ref other;
    return told->sender.agency == like->sender.agency &&
           strcmp(tov_told_type(told), tov_told_type(like)) == 0 &&
           tov_told_step_event(told, &other) && tov_thing_ref_equal(&other, event);
}

bool tov_told_is_among(const struct tov_told *told, uint64_t agency)
{
    bool is_among = told->sender.agency == agency;
    for (size_t i = 0; !is_among && i < told->recipient_count; i++)
        is_among = told->recipients[i].agency == agency;
    return is_among;
}

bool tov_told_is_same_event(const struct tov_told *a, const struct tov_told *b)
{
    struct tov_thing_ref event;
    return a == b || (tov_told_step_event(b, &event) && tov_told_tells_as(a, b, &event));
}

bool tov_told_thing(const struct tov_told *told, uint32_t about, size_t index,
                    struct tov_thing_ref *out_thing)
{
    size_t named = tov_told_about(told, about, out_thing) ? 1 : 0;
    if (index < named)
        return true;
    struct tov_value listed;
    if (about != TOV_ABOUT_CONCERN || index >= TOV_AGENDA_MAX ||
        !tov_told_field(told, "agenda_ref", index - named, &listed) ||
        listed.bytes.size != sizeof out_thing->bytes)
        return false;
    memcpy(out_thing->bytes, listed.bytes.data, sizeof out_thing->bytes);
    return true;
}

bool tov_told_is_about(const struct tov_told *told, uint32_t about,
                       const struct tov_thing_ref *thing)
{
    struct tov_thing_ref is;
    for (size_t i = 0; tov_told_thing(told, about, i, &is); i++) {
        if (tov_thing_ref_equal(&is, thing))
            return true;
    }
    return false;
}

bool tov_unit_is_same(const struct tov_unit_facts *a, const struct tov_unit_facts *b)
{
    return a->agency == b->agency && strcmp(a->name, b->name) == 0;
}

bool tov_told_is_to(const struct tov_told *told, const struct tov_unit_facts *unit)
{
    for (size_t i = 0; i < told->recipient_count; i++) {
        if (tov_unit_is_same(&told->recipients[i], unit))
            return true;
    }
    return false;
}

bool tov_told_is_release_channel(const struct tov_told *told)
{
    uint32_t duties = told->sender.duties;
    for (size_t i = 0; i < told->recipient_count; i++)
        duties |= told->recipients[i].duties;
    return (duties & TOV_DUTIES_RELEASE) != 0;
}

static bool names(const struct tov_told *told, const char *field, const struct tov_ref *ref)
{
    struct tov_ref named;
    for (size_t i = 0; i < tov_record_count(told->draft->header, field); i++) {
        if (tov_record_ref(told->draft->header, field, i, &named) && tov_ref_equal(&named, ref))
            return true;
    }
    return false;
}

bool tov_told_has_seen(const struct tov_told *told, const struct tov_told *other)
{
    const struct tov_ref *ref = &other->ref;
    if (told->ref.agency == ref->agency && told->ref.generation == ref->generation)
        return ref->index < told->ref.index;
    struct tov_record seen;
    for (size_t i = 0; tov_record_child(told->draft->header, "seen", i, &seen); i++) {
        if (tov_record_number(seen, "agency") == ref->agency &&
            tov_record_number(seen, "generation") == ref->generation &&
            tov_record_number(seen, "size") > ref->index)
            return true;
    }
    return names(told, "cites", ref) || names(told, "in_reply_to", ref);
}
