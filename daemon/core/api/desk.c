/* SPDX-License-Identifier: EUPL-1.2
 *
 * Invariants of struct tov_desk:
 *   D1 items ascend by number, and all are of events up to `read_to`.
 *   D2 an item without a wait is dead: it is counted in `dead` and goes with the next tidying.
 *   D3 `lines` count the items that wait in these ways, of all and of each agency, never above the
 *      limits.
 *   D4 what came for a unit that the roster does not have waits for nobody, if it was not taken:
 *      its sender was told so, and may invent units. What was taken and is for a unit that is no
 *      more waits on, for those who see all units: its sender was told *opened*.
 *   D5 at a limit no agency takes the place of another that has less there: the newest of whoever
 *      has most is left out. `cut` says that something was; when there is room again, all is read
 *      anew.
 *   D6 `unjudged` counts the items that wait to be sent anew and of which is not known whether a
 *      recipient lacks them, since they were not looked at or something has changed since. Only
 *      when it is 0 is their number whole.
 */
#include "api/desk.h"

#include "api/desk_line.h"
#include "ledger/reply.h"

#include <string.h>

#define EVENTS_A_PIECE 20000u
#define OPENED_A_PIECE 1000u /* messages: some tens of milliseconds */
#define JUDGED_A_PIECE 200u  /* messages with a gap: each is opened, and what answers it */
#define NO_UNIT TOV_DESK_NO_UNIT
#define OTHER_UNIT TOV_DESK_OTHER_UNIT

struct item {
    uint64_t number;
    uint64_t stored_ms;
    uint16_t agency;            /* whose message it is; 0: a damaged row names none */
    uint16_t sender, recipient; /* units of the own agency, by their place in the roster */
    uint8_t waits;              /* enum desk_wait */
    bool is_urgent;
    bool is_judged;   /* D6 */
    bool is_withheld; /* as it was judged: for certain */
};

/* What has a limit, by the place of its bit in enum desk_wait. */
enum { LINE_UNREAD, LINE_UNRECORDED, LINE_WITHHELD, LINES };
static const unsigned line_waits[LINES] = {DESK_UNREAD, DESK_UNRECORDED, DESK_WITHHELD};

struct tov_desk {
    struct item *items;
    size_t count, capacity, dead;
    struct desk_line lines[LINES];
    struct tov_troubles *troubles; /* read from the same events */
    size_t unjudged;
    uint64_t read_to;  /* events up to this one are read */
    uint64_t wanted;   /* the newest when somebody asked */
    uint64_t regained; /* as core->regained: with others, all is read anew */
    uint64_t recalled; /* as of the recall: with others, all is judged anew */
    unsigned cut;      /* D5: enum desk_wait */
    bool told_skipped, told_failed, told_nobody; /* in the log, once */
    bool told_full;                              /* since there was room */
};

enum tov_err tov_desk_create(struct tov_desk **out_desk)
{
    struct tov_desk *desk = calloc(1, sizeof *desk);
    if (desk == NULL)
        return TOV_E_NOMEM;
    enum tov_err err = tov_troubles_create(&desk->troubles);
    if (err != TOV_OK) {
        tov_desk_destroy(desk);
        return err;
    }
    tov_desk_limit(desk, TOV_DESK_UNREAD_MAX, TOV_DESK_UNRECORDED_MAX);
    *out_desk = desk;
    return TOV_OK;
}

struct tov_troubles *tov_desk_troubles(const struct tov_desk *desk)
{
    return desk->troubles;
}

void tov_desk_limit(struct tov_desk *desk, size_t unread_max, size_t unrecorded_max)
{
    desk->lines[LINE_UNREAD].max = unread_max;
    desk->lines[LINE_UNRECORDED].max = unrecorded_max;
    desk->lines[LINE_WITHHELD].max = unrecorded_max;
}

void tov_desk_begin(struct tov_desk *desk, uint64_t newest)
{
    desk->wanted = newest;
}

void tov_desk_destroy(struct tov_desk *desk)
{
    if (desk == NULL)
        return;
    tov_troubles_destroy(desk->troubles);
    free(desk->items);
    free(desk);
}

/* ---- items ---- */

/* Where the first item with a number of at least NUMBER stands. */
static size_t place_of(const struct tov_desk *desk, uint64_t number)
{
    size_t low = 0;
    size_t high = desk->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (desk->items[middle].number < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct item *find(struct tov_desk *desk, uint64_t number)
{
    size_t place = place_of(desk, number);
    return place < desk->count && desk->items[place].number == number ? &desk->items[place] : NULL;
}

static void tidy(struct tov_desk *desk)
{
    size_t kept = 0;
    if (desk->dead < 64 || desk->dead < desk->count / 2)
        return;
    for (size_t i = 0; i < desk->count; i++) {
        if (desk->items[i].waits != 0)
            desk->items[kept++] = desk->items[i];
    }
    desk->count = kept;
    desk->dead = 0;
}

static void count_lines(struct tov_desk *desk, const struct item *item, unsigned waits,
                        void (*count)(struct desk_line *line, uint16_t agency))
{
    for (size_t i = 0; i < LINES; i++) {
        if ((waits & line_waits[i]) != 0)
            count(&desk->lines[i], item->agency);
    }
}

static void stop_waiting(struct tov_desk *desk, struct item *item, unsigned waits)
{
    unsigned ends = item->waits & waits;
    count_lines(desk, item, ends, tov_desk_line_remove);
    desk->unjudged -= (ends & DESK_WITHHELD) != 0 && !item->is_judged ? 1 : 0;
    bool was_dead = item->waits == 0;
    item->waits &= (uint8_t)~waits;
    if ((item->waits & ~(unsigned)DESK_UNHANDLED) == 0)
        item->waits = 0;
    desk->dead += !was_dead && item->waits == 0 ? 1 : 0;
}

static enum tov_err make_room(struct tov_desk *desk)
{
    if (desk->count < desk->capacity)
        return TOV_OK;
    size_t capacity = desk->capacity == 0 ? 256 : 2 * desk->capacity;
    struct item *items = realloc(desk->items, capacity * sizeof *items);
    if (items == NULL)
        return TOV_E_NOMEM;
    desk->items = items;
    desk->capacity = capacity;
    return TOV_OK;
}

static void leave_out_newest(struct tov_desk *desk, size_t line, uint16_t agency)
{
    for (size_t i = desk->count; i > 0; i--) {
        struct item *item = &desk->items[i - 1];
        if (item->agency == agency && (item->waits & line_waits[line]) != 0) {
            stop_waiting(desk, item, line_waits[line]);
            return;
        }
    }
}

/* D5: makes room for one more of AGENCY; false: it is among those that have most. */
static bool make_place(struct tov_desk *desk, size_t line, uint16_t agency)
{
    uint16_t largest;
    if (!tov_desk_line_is_full(&desk->lines[line]))
        return true;
    desk->cut |= line_waits[line];
    if (!tov_desk_line_yields(&desk->lines[line], agency, &largest))
        return false;
    leave_out_newest(desk, line, largest);
    return true;
}

static void begin_waiting(struct tov_desk *desk, struct item *item, unsigned waits)
{
    for (size_t i = 0; i < LINES; i++) {
        if ((waits & line_waits[i]) != 0 && !make_place(desk, i, item->agency))
            waits &= ~line_waits[i];
    }
    item->waits = (uint8_t)waits;
    count_lines(desk, item, waits, tov_desk_line_add);
    desk->unjudged += (waits & DESK_WITHHELD) != 0 ? 1 : 0;
    if ((waits & ~(unsigned)DESK_UNHANDLED) == 0)
        item->waits = 0;
}

/* D6: what was known of ITEM is not any more. */
static void judge_again(struct tov_desk *desk, struct item *item)
{
    if ((item->waits & DESK_WITHHELD) == 0 || !item->is_judged)
        return;
    item->is_judged = false;
    desk->unjudged++;
}

/* The agency's name may stand in a log: no person's. */
static void tell_full(struct tov_desk *desk, const struct tov_core *core)
{
    if ((desk->cut & DESK_UNREAD) == 0 || desk->told_full)
        return;
    const struct tov_agency *agency = tov_roster_agency(core->roster, tov_desk_unread_most(desk));
    desk->told_full = true;
    tov_core_log(core, TOV_HOST_WARN, "desk-unread-full",
                 "count=%zu most-of=%s hint=\"more is unread than is counted: alarms may be "
                 "missing until some is read\"",
                 desk->lines[LINE_UNREAD].count, agency == NULL ? "?" : agency->name);
}

/* Of what has no room yet as much is left out again. */
static bool has_room_again(const struct tov_desk *desk)
{
    bool has_room = tov_troubles_can_heal(desk->troubles);
    for (size_t i = 0; i < LINES; i++)
        has_room = has_room || ((desk->cut & line_waits[i]) != 0 &&
                                tov_desk_line_has_room_again(&desk->lines[i]));
    return has_room;
}

/* D5: from the start. */
static void heal(struct tov_desk *desk, const struct tov_core *core)
{
    bool has_room = has_room_again(desk);
    if (!has_room && desk->regained == core->regained)
        return;
    desk->told_full = desk->told_full && !tov_desk_line_has_room_again(&desk->lines[LINE_UNREAD]);
    desk->regained = core->regained;
    desk->count = desk->dead = 0;
    for (size_t i = 0; i < LINES; i++)
        tov_desk_line_clear(&desk->lines[i]);
    tov_troubles_clear(desk->troubles);
    desk->unjudged = 0;
    desk->read_to = 0;
    desk->cut = 0;
}

/* ---- reading ---- */

struct piece {
    struct api_look look;
    struct tov_desk *desk;
    struct api_view view;
    unsigned opened;
    bool ends_unitless; /* the view takes back what is for a unit that is no more, and lay unread */
};

/* All units: who may see which is asked when it is counted. */
static const struct tov_client all_units = {
    .name = "", .roles = TOV_ROLE_BIT(TOV_ROLE_AUDITOR), .kind = TOV_CLIENT_SYSTEM};

static uint16_t recipient_place(const struct tov_core *core, struct tov_record header)
{
    struct tov_record recipient;
    for (size_t i = 0; tov_record_child(header, "recipients", i, &recipient); i++) {
        if (tov_record_number(recipient, "agency") == core->own->number)
            return tov_desk_unit_place(core, tov_record_bytes(recipient, "unit"));
    }
    return NO_UNIT;
}

static bool has_row(const struct piece *piece, unsigned table, uint64_t number)
{
    struct tov_bytes row;
    return tov_store_get(piece->look.read, table, tov_store_key_u64(number), &row) == TOV_OK;
}

/* An own answer, and a sender's taking back, settle the message that they point to; an own
 * correction, and that, may tell whom it is withheld from. */
static enum tov_err settle_target(struct piece *piece)
{
    enum tov_relation relation = tov_relation_of(piece->view.header);
    const struct tov_core *core = piece->look.api->core;
    struct tov_ref target;
    uint64_t number = 0;
    bool is_own = piece->view.event.agency == core->own->number;
    bool answers = relation == TOV_RELATION_RESPONSE || relation == TOV_RELATION_READ;
    if (!tov_record_ref(piece->view.header, "in_reply_to", 0, &target) ||
        tov_api_is_void(&piece->look, &piece->view.event))
        return TOV_OK;
    bool is_of_sender = target.agency == piece->view.event.agency;
    bool settles = (answers && is_own) || (relation == TOV_RELATION_REMOVAL && is_of_sender);
    bool may_tell = is_own && is_of_sender &&
                    (relation == TOV_RELATION_REMOVAL || relation == TOV_RELATION_REVISION);
    if (!settles && !may_tell)
        return TOV_OK;
    enum tov_err err = tov_event_of(piece->look.api->core, piece->look.read, &target, &number);
    struct item *item = err == TOV_OK ? find(piece->desk, number) : NULL;
    if (err == TOV_OK && may_tell)
        tov_troubles_judge_again(piece->desk->troubles, number);
    if (item != NULL && may_tell)
        judge_again(piece->desk, item);
    piece->ends_unitless = item != NULL && relation == TOV_RELATION_REMOVAL &&
                           item->recipient == OTHER_UNIT && (item->waits & DESK_UNREAD) != 0;
    if (item != NULL && settles)
        stop_waiting(piece->desk, item, DESK_UNHANDLED);
    return err == TOV_E_NOT_FOUND ? TOV_OK : err;
}

/* D4: by the rules, or since it names a roster that is not here yet. */
static bool is_for_nobody(const struct piece *piece)
{
    const struct tov_message *message = piece->view.message;
    uint32_t known = tov_roster_version(piece->look.api->core->roster);
    return message->verdict.verdict == TOV_VERDICT_REFUSED ||
           (message->verdict.verdict == TOV_VERDICT_NOT_UNDERSTOOD &&
            message->leaf.roster_version > known);
}

static bool has_recipient(const struct piece *piece, const struct item *item)
{
    struct tov_desk *desk = piece->desk;
    if (item->recipient != OTHER_UNIT)
        return item->recipient != NO_UNIT;
    bool waits = !is_for_nobody(piece);
    if (waits && piece->ends_unitless)
        return false; /* neither it nor that is news for anybody */
    if (!waits && !desk->told_nobody) {
        desk->told_nobody = true;
        tov_core_log(
            piece->look.api->core, TOV_HOST_WARN, "desk-no-unit",
            "message=%llu hint=\"it was refused, for it is for a unit that the roster does "
            "not have, and waits for nobody; there may be more\"",
            (unsigned long long)item->number);
    }
    return waits;
}

static unsigned waits_of(const struct piece *piece, const struct item *item)
{
    unsigned waits = 0;
    bool receives = piece->view.has_header && has_recipient(piece, item);
    if (!piece->view.has_header || (item->sender == NO_UNIT && !receives) ||
        tov_relation_of(piece->view.header) == TOV_RELATION_READ)
        return 0;
    if (!has_row(piece, TOV_TABLE_RECORD, item->number))
        waits |= DESK_UNRECORDED;
    if (item->sender != NO_UNIT && tov_api_has_gap(&piece->look, &piece->view))
        waits |= DESK_WITHHELD;
    if (receives && !has_row(piece, TOV_TABLE_SHOWN, item->number))
        waits |= DESK_UNREAD | DESK_UNHANDLED;
    return waits;
}

/* ITEM from the view, which was opened. */
static enum tov_err judge(struct piece *piece, struct item *item, unsigned *out_waits)
{
    const struct tov_core *core = piece->look.api->core;
    const struct api_view *view = &piece->view;
    bool is_own = view->event.agency == core->own->number;
    *item = (struct item){.number = view->number,
                          .stored_ms = view->event.time_ms,
                          .agency = view->event.agency <= TOV_AGENCIES_MAX ? view->event.agency : 0,
                          .sender = NO_UNIT,
                          .recipient = NO_UNIT};
    piece->ends_unitless = false;
    if (view->has_header) {
        const char *priority = tov_record_enum(view->header, "priority");
        item->is_urgent = priority != NULL && strcmp(priority, "akut") == 0;
        item->recipient = recipient_place(core, view->header);
        if (is_own)
            item->sender = tov_desk_unit_place(core, tov_record_bytes(view->header, "sender_unit"));
        TOV_TRY(settle_target(piece));
    }
    *out_waits = waits_of(piece, item);
    return TOV_OK;
}

/* Opens message NUMBER; one that has become unreadable waits for nobody. */
static enum tov_err open_one(struct piece *piece, uint64_t number, const struct tov_event *event,
                             bool *out_is_there)
{
    struct api_wanted wanted = {number, TOV_MESSAGE_HEADER};
    piece->opened++;
    enum tov_err err = tov_api_view_event(&piece->look, event, &wanted, &piece->view);
    *out_is_there = err == TOV_OK;
    return err == TOV_E_NOT_FOUND || err == TOV_E_CORRUPT ? TOV_OK : err;
}

/* The item of ROW; OUT_WAITS 0: there is none. */
static enum tov_err read_event(struct piece *piece, const struct tov_store_row *row,
                               struct item *item, unsigned *out_waits)
{
    struct tov_event event;
    bool is_there = false;
    uint64_t number = tov_store_key_to_u64(&row->key);
    *out_waits = 0;
    TOV_TRY(tov_event_decode(row->value, &event));
    if (event.kind == TOV_EVENT_DELIVERED)
        return tov_troubles_take(piece->desk->troubles, &piece->look, &event);
    if (event.kind == TOV_EVENT_RECEIVED || event.kind == TOV_EVENT_WRITTEN)
        TOV_TRY(open_one(piece, number, &event, &is_there));
    return is_there ? judge(piece, item, out_waits) : TOV_OK;
}

/* One bad row takes the count of the others from nobody: it is told once, and stepped over. */
static enum tov_err step_over(struct piece *piece, uint64_t number, enum tov_err err)
{
    if (err == TOV_E_NOMEM || err == TOV_E_IO)
        return err; /* not the row's fault */
    if (!piece->desk->told_skipped)
        tov_core_log(piece->look.api->core, TOV_HOST_ERROR, "desk-row-skipped",
                     "event=%llu error=%s", (unsigned long long)number, tov_err_name(err));
    piece->desk->told_skipped = true;
    piece->desk->read_to = number;
    return TOV_OK;
}

static enum tov_err take_event(struct piece *piece, const struct tov_store_row *row)
{
    struct tov_desk *desk = piece->desk;
    struct item item = {.number = 0};
    unsigned waits = 0;
    uint64_t number = tov_store_key_to_u64(&row->key);
    enum tov_err err = read_event(piece, row, &item, &waits);
    if (err != TOV_OK)
        return step_over(piece, number, err);
    TOV_TRY(make_room(desk));
    begin_waiting(desk, &item, waits);
    if (item.waits != 0)
        desk->items[desk->count++] = item;
    desk->read_to = number;
    return TOV_OK;
}

/* What receipts said is judged before more of it is read: so only what is trouble now can be too
 * much to remember. */
static bool may_go_on(const struct piece *piece)
{
    return piece->opened < OPENED_A_PIECE &&
           tov_troubles_unjudged(piece->desk->troubles) < OPENED_A_PIECE;
}

static enum tov_err read_events(struct piece *piece)
{
    struct tov_store_range range = {.table = TOV_TABLE_EVENT,
                                    .first = tov_store_key_u64(piece->desk->read_to + 1)};
    struct tov_store_iter iter;
    enum tov_err err = TOV_OK;
    TOV_TRY(tov_store_iter_init(piece->look.read, &range, &iter));
    for (unsigned i = 0;
         err == TOV_OK && i < EVENTS_A_PIECE && may_go_on(piece) && tov_store_iter_next(&iter); i++)
        err = take_event(piece, &iter.row);
    enum tov_err read_err = tov_store_iter_fini(&iter);
    return err != TOV_OK ? err : read_err;
}

/* ---- judging what has a gap ---- */

/* How the message of ITEM stands now; one that cannot be read tells of nobody. */
static enum tov_err judge_gaps(struct piece *piece, struct item *item)
{
    struct api_wanted wanted = {item->number, TOV_MESSAGE_HEADER};
    struct api_gaps gaps = {.count = 0};
    enum tov_err err = tov_api_view_load(&piece->look, &wanted, &piece->view);
    if (err == TOV_OK)
        err = tov_api_gaps_of(&piece->look, &piece->view, &gaps);
    if (err != TOV_OK && err != TOV_E_NOT_FOUND && err != TOV_E_CORRUPT)
        return err;
    bool is_over = err == TOV_OK;
    bool is_withheld = false;
    for (size_t i = 0; err == TOV_OK && i < gaps.count; i++) {
        is_withheld = is_withheld || gaps.gaps[i].kind == TOV_LINK_GAP_WITHHELD;
        is_over = is_over && gaps.gaps[i].kind == TOV_LINK_GAP_TOLD;
    }
    item->is_withheld = is_withheld;
    item->is_judged = true;
    piece->desk->unjudged--;
    if (is_over)
        stop_waiting(piece->desk, item, DESK_WITHHELD);
    return TOV_OK;
}

/* D6: a peer has told what it holds of the own entries, or is asked for it again. */
static void note_recall(struct tov_desk *desk, const struct tov_follow *follow)
{
    uint64_t recalled = tov_follow_recall_view(follow).changes;
    if (desk->recalled == recalled)
        return;
    desk->recalled = recalled;
    for (size_t i = 0; i < desk->count; i++)
        judge_again(desk, &desk->items[i]);
}

static enum tov_err judge_piece(struct piece *piece)
{
    struct tov_desk *desk = piece->desk;
    unsigned judged = 0;
    note_recall(desk, piece->look.api->follow);
    for (size_t i = 0; i < desk->count && desk->unjudged > 0 && judged < JUDGED_A_PIECE; i++) {
        struct item *item = &desk->items[i];
        if ((item->waits & DESK_WITHHELD) == 0 || item->is_judged)
            continue;
        judged++;
        TOV_TRY(judge_gaps(piece, item));
    }
    tov_troubles_on_time(desk->troubles, piece->look.api->core->now_ms);
    return tov_troubles_judge(desk->troubles, &piece->look, &piece->view, JUDGED_A_PIECE);
}

static enum tov_err read_piece(struct tov_api *api, struct tov_store_read *read)
{
    struct piece piece = {.look = {.api = api, .client = &all_units, .read = read},
                          .desk = api->desk};
    heal(api->desk, api->core);
    tidy(api->desk);
    enum tov_err err = tov_api_view_init(&piece.view);
    if (err == TOV_OK)
        err = read_events(&piece);
    if (err == TOV_OK)
        err = judge_piece(&piece);
    tell_full(api->desk, api->core);
    tov_api_view_fini(&piece.view);
    return err;
}

enum tov_err tov_desk_read(struct tov_api *api, struct tov_store_read *read)
{
    struct tov_store_row row;
    enum tov_err err = tov_store_last(read, TOV_TABLE_EVENT, &row);
    if (err == TOV_E_NOT_FOUND)
        return TOV_OK;
    TOV_TRY(err);
    api->desk->wanted = tov_store_key_to_u64(&row.key);
    return read_piece(api, read);
}

void tov_desk_on_tick(struct tov_api *api)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    heal(api->desk, api->core);
    note_recall(api->desk, api->follow);
    if (api->desk->read_to >= api->desk->wanted && api->desk->unjudged == 0 &&
        tov_troubles_unjudged(api->desk->troubles) == 0)
        return;
    enum tov_err err = tov_store_read_begin(api->core->store, &read, NULL);
    if (err == TOV_OK)
        err = read_piece(api, read);
    if (err != TOV_OK && !api->desk->told_failed) /* the counts say that they are not whole */
        tov_core_log(api->core, TOV_HOST_ERROR, "desk-unreadable", "error=%s", tov_err_name(err));
    api->desk->told_failed = err != TOV_OK;
}

bool tov_desk_is_whole(const struct tov_desk *desk)
{
    return desk->read_to >= desk->wanted && (desk->cut & DESK_UNREAD) == 0;
}

uint16_t tov_desk_unread_most(const struct tov_desk *desk)
{
    return (desk->cut & DESK_UNREAD) == 0 ? 0 : tov_desk_line_largest(&desk->lines[LINE_UNREAD]);
}

bool tov_desk_is_record_whole(const struct tov_desk *desk)
{
    return tov_desk_is_whole(desk) && desk->cut == 0;
}

bool tov_desk_is_sent_whole(const struct tov_desk *desk)
{
    return tov_desk_is_whole(desk) && desk->unjudged == 0 && (desk->cut & DESK_WITHHELD) == 0 &&
           tov_troubles_are_whole(desk->troubles);
}

/* ---- settling ---- */

static void settle(struct tov_core *core, const struct tov_after *after)
{
    struct tov_api *api = after->owner;
    struct item *item = find(api->desk, after->a);
    (void)core;
    if (item != NULL && item->waits != 0)
        stop_waiting(api->desk, item, (unsigned)after->b);
}

enum tov_err tov_desk_settle(struct tov_api *api, uint64_t number, unsigned waits)
{
    struct tov_after after = {.run = settle, .owner = api, .a = number, .b = waits};
    return tov_core_after(api->core, &after);
}

static void take_decision(struct tov_core *core, const struct tov_after *after)
{
    struct tov_api *api = after->owner;
    (void)core;
    tov_troubles_on_decision(api->desk->troubles, after->a, (uint16_t)after->b);
}

enum tov_err tov_desk_decided(struct tov_api *api, uint64_t number, uint16_t agency)
{
    struct tov_after after = {.run = take_decision, .owner = api, .a = number, .b = agency};
    return tov_core_after(api->core, &after);
}

/* ---- counting ---- */

uint64_t tov_desk_urgent_after_ms(const struct tov_api_policy *policy)
{
    return policy->unread_urgent_after_ms < policy->unread_after_ms ? policy->unread_urgent_after_ms
                                                                    : policy->unread_after_ms;
}

void tov_desk_count(const struct api_look *look, struct desk_count *out)
{
    const struct tov_desk *desk = look->api->desk;
    const struct tov_api_policy *policy = &look->api->policy;
    uint64_t now_ms = look->api->core->now_ms;
    *out = (struct desk_count){.unread = 0};
    for (size_t i = 0; i < desk->count; i++) {
        const struct item *item = &desk->items[i];
        bool receives = tov_desk_is_side_of(look, item->recipient);
        uint64_t limit_ms =
            item->is_urgent ? tov_desk_urgent_after_ms(policy) : policy->unread_after_ms;
        bool is_unread = receives && (item->waits & DESK_UNREAD) != 0;
        bool is_late =
            is_unread && (item->waits & DESK_UNHANDLED) != 0 && item->stored_ms + limit_ms < now_ms;
        bool is_unrecorded = (item->waits & DESK_UNRECORDED) != 0 &&
                             (receives || tov_desk_is_side_of(look, item->sender));
        out->unread += is_unread ? 1 : 0;
        out->late += is_late ? 1 : 0;
        if (is_late && out->oldest_late == 0)
            out->oldest_late = item->number;
        out->unrecorded += is_unrecorded ? 1 : 0;
        if (is_unrecorded && out->oldest_unrecorded == 0)
            out->oldest_unrecorded = item->number;
    }
}

void tov_desk_count_withheld(const struct api_look *look, struct desk_withheld *out)
{
    const struct tov_desk *desk = look->api->desk;
    *out = (struct desk_withheld){.count = 0};
    for (size_t i = 0; desk->lines[LINE_WITHHELD].count > 0 && i < desk->count; i++) {
        const struct item *item = &desk->items[i];
        if ((item->waits & DESK_WITHHELD) == 0 || !item->is_withheld ||
            !tov_desk_is_side_of(look, item->sender))
            continue;
        out->count++;
        if (out->oldest == 0)
            out->oldest = item->number;
    }
}

static void note(struct trouble_number *to, uint64_t number)
{
    to->count++;
    to->oldest = to->oldest == 0 || number < to->oldest ? number : to->oldest;
}

void tov_desk_count_unitless(const struct tov_desk *desk, struct desk_unitless *out)
{
    out->unread = (struct trouble_number){0, 0};
    tov_troubles_count_unitless(desk->troubles, &out->sent);
    for (size_t i = 0; i < desk->count; i++) {
        const struct item *item = &desk->items[i];
        if (item->recipient == OTHER_UNIT && (item->waits & DESK_UNREAD) != 0 &&
            (item->waits & DESK_UNHANDLED) != 0)
            note(&out->unread, item->number);
        if (item->sender == OTHER_UNIT && (item->waits & DESK_WITHHELD) != 0 && item->is_withheld &&
            !tov_troubles_is_unitless(desk->troubles, item->number))
            note(&out->sent, item->number);
    }
}

uint64_t tov_desk_unrecorded_after(const struct api_look *look, uint64_t after)
{
    const struct tov_desk *desk = look->api->desk;
    for (size_t i = after == UINT64_MAX ? desk->count : place_of(desk, after + 1); i < desk->count;
         i++) {
        const struct item *item = &desk->items[i];
        if ((item->waits & DESK_UNRECORDED) != 0 &&
            (tov_desk_is_side_of(look, item->recipient) || tov_desk_is_side_of(look, item->sender)))
            return item->number;
    }
    return 0;
}
