/* SPDX-License-Identifier: EUPL-1.2
 *
 * Invariants of struct tov_troubles:
 *   B1 items ascend by message and recipient, one for each, and line counts them, never above its
 *      limit (as D5 of desk.c).
 *   B2 unjudged counts the items of kind UNJUDGED. Only when it is 0, and nothing was left out,
 *      are the numbers whole.
 *   B3 An item stands for what a recipient's newest receipt says and, where that is `no key`, for
 *      what a person has said since. What is settled has none: it is taken out, and is put in again
 *      by the event that tells of it.
 */
#include "api/trouble.h"

#include "api/desk_line.h"

#include <string.h>

#define VERDICT_ROW_BYTES 12u /* verdict 1, flags 1, detail 2, receipt 8 (follow/receipt.c) */
#define LOOK_AGAIN_MS 3600000u

enum kind {
    UNJUDGED,
    UNUSABLE,
    ASKED,    /* for a person to decide */
    APPROVED, /* decided; lapses */
    SETTLED   /* goes with the next judging */
};

struct item {
    uint64_t number;
    uint16_t agency; /* the recipient */
    uint16_t sender; /* unit of the own agency, by its place in the roster */
    uint8_t kind;
    bool is_unitless; /* its header says a unit that the roster does not have */
};

struct tov_troubles {
    struct item *items;
    size_t count, capacity;
    struct desk_line line;
    size_t unjudged;
    bool is_cut;        /* some was left out */
    uint64_t looked_ms; /* at what was approved */
};

enum tov_err tov_troubles_create(struct tov_troubles **out_troubles)
{
    struct tov_troubles *troubles = calloc(1, sizeof *troubles);
    if (troubles == NULL)
        return TOV_E_NOMEM;
    troubles->line.max = TOV_TROUBLES_MAX;
    *out_troubles = troubles;
    return TOV_OK;
}

void tov_troubles_destroy(struct tov_troubles *troubles)
{
    if (troubles == NULL)
        return;
    free(troubles->items);
    free(troubles);
}

void tov_troubles_limit(struct tov_troubles *troubles, size_t max)
{
    troubles->line.max = max;
}

void tov_troubles_clear(struct tov_troubles *troubles)
{
    troubles->count = troubles->unjudged = 0;
    tov_desk_line_clear(&troubles->line);
    troubles->is_cut = false;
}

/* ---- items ---- */

static bool is_before(const struct item *item, uint64_t number, uint16_t agency)
{
    return item->number < number || (item->number == number && item->agency < agency);
}

/* Where the first one stands that is not before NUMBER and AGENCY. */
static size_t place_of(const struct tov_troubles *troubles, uint64_t number, uint16_t agency)
{
    size_t low = 0;
    size_t high = troubles->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (is_before(&troubles->items[middle], number, agency))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void judge_again(struct tov_troubles *troubles, struct item *item)
{
    troubles->unjudged += item->kind != UNJUDGED ? 1 : 0;
    item->kind = UNJUDGED;
}

static void take_out(struct tov_troubles *troubles, size_t place)
{
    struct item *item = &troubles->items[place];
    tov_desk_line_remove(&troubles->line, item->agency);
    troubles->unjudged -= item->kind == UNJUDGED ? 1 : 0;
    troubles->count--;
    memmove(item, item + 1, (troubles->count - place) * sizeof *item);
}

static enum tov_err make_room(struct tov_troubles *troubles)
{
    if (troubles->count < troubles->capacity)
        return TOV_OK;
    size_t capacity = troubles->capacity == 0 ? 64 : 2 * troubles->capacity;
    struct item *items = realloc(troubles->items, capacity * sizeof *items);
    if (items == NULL)
        return TOV_E_NOMEM;
    troubles->items = items;
    troubles->capacity = capacity;
    return TOV_OK;
}

static void leave_out_newest(struct tov_troubles *troubles, uint16_t agency)
{
    size_t place = troubles->count;
    while (place > 0 && troubles->items[place - 1].agency != agency)
        place--;
    if (place > 0)
        take_out(troubles, place - 1);
}

/* B1; false: one more of AGENCY is left out. */
static bool make_place(struct tov_troubles *troubles, uint16_t agency)
{
    uint16_t largest;
    if (!tov_desk_line_is_full(&troubles->line))
        return true;
    troubles->is_cut = true;
    if (!tov_desk_line_yields(&troubles->line, agency, &largest))
        return false;
    leave_out_newest(troubles, largest);
    return true;
}

static struct item *find(struct tov_troubles *troubles, uint64_t number, uint16_t agency)
{
    size_t place = place_of(troubles, number, agency);
    struct item *item = &troubles->items[place];
    bool is_there = place < troubles->count && item->number == number && item->agency == agency;
    return is_there ? item : NULL;
}

/* To be judged, whether it was there or not. */
static enum tov_err note(struct tov_troubles *troubles, uint64_t number, uint16_t agency)
{
    struct item *item = find(troubles, number, agency);
    if (item != NULL) {
        judge_again(troubles, item);
        return TOV_OK;
    }
    TOV_TRY(make_room(troubles));
    if (!make_place(troubles, agency))
        return TOV_OK;
    size_t place = place_of(troubles, number, agency);
    item = &troubles->items[place];
    memmove(item + 1, item, (troubles->count - place) * sizeof *item);
    *item = (struct item){.number = number, .agency = agency, .kind = UNJUDGED};
    troubles->count++;
    troubles->unjudged++;
    tov_desk_line_add(&troubles->line, agency);
    return TOV_OK;
}

void tov_troubles_judge_again(struct tov_troubles *troubles, uint64_t number)
{
    for (size_t i = place_of(troubles, number, 0);
         i < troubles->count && troubles->items[i].number == number; i++)
        judge_again(troubles, &troubles->items[i]);
}

/* Without memory it is as what is left out: counts are not whole until all is read anew. */
void tov_troubles_on_decision(struct tov_troubles *troubles, uint64_t number, uint16_t agency)
{
    if (note(troubles, number, agency) != TOV_OK)
        troubles->is_cut = true;
}

/* A clock that went back is looked at, too. */
void tov_troubles_on_time(struct tov_troubles *troubles, uint64_t now_ms)
{
    if (now_ms >= troubles->looked_ms && now_ms - troubles->looked_ms < LOOK_AGAIN_MS)
        return;
    troubles->looked_ms = now_ms;
    for (size_t i = 0; i < troubles->count; i++) {
        if (troubles->items[i].kind == APPROVED)
            judge_again(troubles, &troubles->items[i]);
    }
}

/* ---- what receipts say ---- */

static bool is_for_a_person(uint8_t verdict)
{
    return verdict == TOV_VERDICT_NOT_OPENED || verdict == TOV_VERDICT_REFUSED ||
           verdict == TOV_VERDICT_NOT_UNDERSTOOD;
}

/* The own entry on a link, and the number under which it is shown; 0: it is erased or lost. */
struct own {
    uint64_t index, number;
};

static enum tov_err find_own(const struct api_look *look, const struct tov_store_key *link,
                             struct own *out)
{
    struct tov_bytes row;
    struct tov_entry entry = {.event = 0};
    *out = (struct own){0, 0};
    enum tov_err err = tov_store_get(look->read, TOV_TABLE_LINK, *link, &row);
    if (err == TOV_OK && row.size != 8)
        return TOV_E_CORRUPT;
    if (err == TOV_OK) {
        out->index = tov_get_be64(row.data);
        err = tov_store_get(look->read, TOV_TABLE_LEAF, tov_store_key_u64(out->index), &row);
    }
    if (err == TOV_OK)
        err = tov_entry_decode_own(row, &entry);
    if (err == TOV_OK && entry.state == TOV_ENTRY_PRESENT)
        out->number = entry.event;
    return err == TOV_E_NOT_FOUND ? TOV_OK : err;
}

/* Whether VERDICT, which AGENCY gave of own message INDEX, may be one for a person. */
static enum tov_err may_be_trouble(const struct api_look *look, uint16_t agency, uint64_t index,
                                   uint8_t verdict, bool *out_may)
{
    enum tov_again again = TOV_AGAIN_NONE;
    if (verdict == TOV_VERDICT_NO_KEY)
        TOV_TRY(tov_follow_again(look->api->follow, look->read, agency, index, &again));
    *out_may = is_for_a_person(verdict) || again == TOV_AGAIN_ASKED || again == TOV_AGAIN_APPROVED;
    return TOV_OK;
}

static enum tov_err take_verdict(struct tov_troubles *troubles, const struct api_look *look,
                                 const struct tov_store_row *row)
{
    uint16_t agency = (uint16_t)(row->key.bytes[0] << 8 | row->key.bytes[1]);
    struct own own;
    bool may = false;
    TOV_TRY(find_own(look, &row->key, &own));
    if (own.number == 0)
        return TOV_OK;
    if (row->value.size == VERDICT_ROW_BYTES) /* else nobody wrote it: it says nothing */
        TOV_TRY(may_be_trouble(look, agency, own.index, row->value.data[0], &may));
    struct item *item = find(troubles, own.number, agency);
    if (item != NULL)
        judge_again(troubles, item); /* and it may be found to be settled */
    return may ? note(troubles, own.number, agency) : TOV_OK;
}

enum tov_err tov_troubles_take(struct tov_troubles *troubles, const struct api_look *look,
                               const struct tov_event *event)
{
    struct tov_link_place first = {event->agency, event->series.generation,
                                   event->series.lost_index, event->first_link};
    struct tov_link_place last = first;
    last.link = event->last_link;
    struct tov_store_range range = {
        .table = TOV_TABLE_EXCEPTION, .first = tov_key_link(&first), .last = tov_key_link(&last)};
    struct tov_store_iter iter;
    enum tov_err first_err = TOV_OK;
    if (event->agency > TOV_AGENCIES_MAX)
        return TOV_E_CORRUPT;
    TOV_TRY(tov_store_iter_init(look->read, &range, &iter));
    while (first_err != TOV_E_NOMEM && tov_store_iter_next(&iter)) {
        enum tov_err err = take_verdict(troubles, look, &iter.row);
        if (first_err == TOV_OK || err == TOV_E_NOMEM)
            first_err = err;
    }
    enum tov_err read_err = tov_store_iter_fini(&iter);
    return first_err != TOV_OK ? first_err : read_err;
}

/* ---- judging ---- */

static enum tov_err judge_unusable(const struct api_look *look, const struct api_view *view,
                                   enum kind *out_kind)
{
    struct api_replies replies;
    TOV_TRY(tov_api_replies_of(look, view, &replies));
    *out_kind = replies.is_retracted || replies.is_replaced ? SETTLED : UNUSABLE;
    return TOV_OK;
}

static enum tov_err judge_again_state(const struct api_look *look, const struct api_view *view,
                                      uint16_t agency, enum kind *out_kind)
{
    enum tov_again again = TOV_AGAIN_NONE;
    TOV_TRY(tov_api_again_of(look, view, agency, &again));
    *out_kind = again == TOV_AGAIN_ASKED ? ASKED : again == TOV_AGAIN_APPROVED ? APPROVED : SETTLED;
    return TOV_OK;
}

/* VIEW is of its message. Who has ended asks for no keys any more; what it could not use nobody has
 * used, and a person must still send it to another one. */
static enum tov_err judge_said(const struct api_look *look, const struct api_view *view,
                               uint16_t agency, enum kind *out_kind)
{
    const struct tov_link_block *link = tov_api_link_to(view->message, agency);
    struct tov_delivery delivery;
    *out_kind = SETTLED;
    if (link == NULL)
        return TOV_OK;
    TOV_TRY(tov_follow_delivery(look->read, agency, link, &delivery));
    if (is_for_a_person((uint8_t)delivery.verdict.verdict))
        return judge_unusable(look, view, out_kind);
    return delivery.verdict.verdict == TOV_VERDICT_NO_KEY
               ? judge_again_state(look, view, agency, out_kind)
               : TOV_OK;
}

/* One that cannot be read tells of nobody; without a header only who sees all units is told. */
static enum tov_err judge(const struct api_look *look, struct api_view *view, struct item *item)
{
    struct api_wanted wanted = {item->number, TOV_MESSAGE_HEADER};
    enum kind kind = SETTLED;
    enum tov_err err = tov_api_view_load(look, &wanted, view);
    if (err == TOV_OK)
        err = judge_said(look, view, item->agency, &kind);
    if (err != TOV_OK && err != TOV_E_NOT_FOUND && err != TOV_E_CORRUPT)
        return err;
    item->kind = (uint8_t)kind;
    item->sender = TOV_DESK_OTHER_UNIT;
    bool is_known = kind != SETTLED && view->has_header;
    if (is_known)
        item->sender =
            tov_desk_unit_place(look->api->core, tov_record_bytes(view->header, "sender_unit"));
    item->is_unitless = is_known && item->sender == TOV_DESK_OTHER_UNIT;
    return TOV_OK;
}

static void drop_settled(struct tov_troubles *troubles)
{
    size_t kept = 0;
    for (size_t i = 0; i < troubles->count; i++) {
        if (troubles->items[i].kind == SETTLED)
            tov_desk_line_remove(&troubles->line, troubles->items[i].agency);
        else
            troubles->items[kept++] = troubles->items[i];
    }
    troubles->count = kept;
}

size_t tov_troubles_unjudged(const struct tov_troubles *troubles)
{
    return troubles->unjudged;
}

enum tov_err tov_troubles_judge(struct tov_troubles *troubles, const struct api_look *look,
                                struct api_view *view, unsigned count)
{
    enum tov_err err = TOV_OK;
    if (troubles->unjudged == 0)
        return TOV_OK;
    for (size_t i = 0; err == TOV_OK && i < troubles->count && count > 0; i++) {
        if (troubles->items[i].kind != UNJUDGED)
            continue;
        err = judge(look, view, &troubles->items[i]);
        troubles->unjudged -= err == TOV_OK ? 1 : 0;
        count--;
    }
    drop_settled(troubles);
    return err;
}

bool tov_troubles_are_whole(const struct tov_troubles *troubles)
{
    return troubles->unjudged == 0 && !troubles->is_cut;
}

bool tov_troubles_can_heal(const struct tov_troubles *troubles)
{
    return troubles->is_cut && tov_desk_line_has_room_again(&troubles->line);
}

/* ---- counting ---- */

/* The numbers ascend. */
static void add(struct trouble_number *to, uint64_t number)
{
    to->count++;
    if (to->oldest == 0)
        to->oldest = number;
}

void tov_troubles_count(const struct tov_troubles *troubles, const struct api_look *look,
                        struct trouble_count *out)
{
    uint64_t last = 0; /* counted as unusable: an item for each recipient follows */
    *out = (struct trouble_count){.unusable = {0, 0}};
    for (size_t i = 0; i < troubles->count; i++) {
        const struct item *item = &troubles->items[i];
        bool counts = (item->kind == UNUSABLE && item->number != last) || item->kind == ASKED;
        if (!counts || !tov_desk_is_side_of(look, item->sender))
            continue;
        if (item->kind == ASKED)
            add(&out->asked_by[item->agency], item->number);
        else
            add(&out->unusable, item->number);
        last = item->kind == UNUSABLE ? item->number : last;
    }
}

static bool counts_unitless(const struct item *item)
{
    return item->is_unitless && (item->kind == UNUSABLE || item->kind == ASKED);
}

void tov_troubles_count_unitless(const struct tov_troubles *troubles, struct trouble_number *out)
{
    uint64_t last = 0;
    *out = (struct trouble_number){0, 0};
    for (size_t i = 0; i < troubles->count; i++) {
        const struct item *item = &troubles->items[i];
        if (!counts_unitless(item) || item->number == last)
            continue;
        last = item->number;
        add(out, last);
    }
}

bool tov_troubles_is_unitless(const struct tov_troubles *troubles, uint64_t number)
{
    for (size_t i = place_of(troubles, number, 0);
         i < troubles->count && troubles->items[i].number == number; i++) {
        if (counts_unitless(&troubles->items[i]))
            return true;
    }
    return false;
}
