/* SPDX-License-Identifier: EUPL-1.2
 *
 * The book, and what one event tells it: its message is opened as far as its header.
 */
#include "book/book_internal.h"

#include "base/secret.h"
#include "ledger/message.h"
#include "ledger/tables.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* Blocks are there where somebody asked before. */
static enum tov_err look_for_blocks(struct tov_book *book)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    struct tov_store_row row;
    TOV_TRY(tov_store_read_begin(book->core->store, &read, NULL));
    enum tov_err err = tov_store_first(read, TOV_TABLE_BOOK, &row);
    book->is_wanted = err == TOV_OK;
    return err == TOV_E_NOT_FOUND ? TOV_OK : err;
}

enum tov_err tov_book_create(struct tov_core *core, size_t block_bytes, struct tov_book **out_book)
{
    struct tov_book *book = calloc(1, sizeof *book);
    if (book == NULL)
        return TOV_E_NOMEM;
    book->core = core;
    book->block_bytes = block_bytes;
    book->policy = book_policy_of(core);
    book->checking.next = 1;
    book->regained = core->regained;
    if (tov_message_create(&book->message) != TOV_OK) {
        free(book);
        return TOV_E_NOMEM;
    }
    enum tov_err err = look_for_blocks(book);
    if (err != TOV_OK) {
        tov_book_destroy(book);
        return err;
    }
    *out_book = book;
    return TOV_OK;
}

static void forget_all(struct tov_book *book)
{
    for (size_t i = 0; i < book->entry_count; i++) {
        tov_wipe(book->entries[i].header, book->entries[i].header_size);
        free(book->entries[i].header);
    }
    for (size_t i = 0; i < book->group_count; i++)
        free(book->groups[i].members);
    free(book->entries);
    free(book->groups);
    free(book->things);
    book_saving_fini(book);
}

void book_begin_anew(struct tov_book *book)
{
    assert(!book_has_listed(book));
    forget_all(book);
    book->entries = NULL;
    book->groups = NULL;
    book->things = NULL;
    book->entry_count = book->entry_capacity = 0;
    book->group_count = book->group_capacity = 0;
    book->thing_count = book->thing_capacity = 0;
    book->newest = 0;
    book->is_loaded = false;
    book->regained = book->core->regained;
    book->checking = (struct book_checking){.next = 1, .differences = book->checking.differences};
    book->edition++;
}

void tov_book_destroy(struct tov_book *book)
{
    if (book == NULL)
        return;
    forget_all(book);
    book_pending_fini(book);
    tov_message_destroy(book->message);
    free(book);
}

uint64_t tov_book_newest(const struct tov_book *book)
{
    return book->newest;
}

size_t tov_book_count(const struct tov_book *book)
{
    return book->entry_count;
}

bool tov_book_is_wanted(const struct tov_book *book)
{
    return book->is_wanted;
}

uint64_t tov_book_edition(const struct tov_book *book)
{
    return book->edition;
}

/* ---- told ---- */

enum tov_err book_told_init(const struct tov_core *core, const struct book_entry *entry,
                            struct book_told *out)
{
    struct tov_bytes bytes = {entry->header, entry->header_size};
    TOV_TRY(tov_draft_decode(bytes, NULL, &out->draft, NULL));
    enum tov_err err = tov_judge_units(tov_units_of(core, entry->roster_version), out->draft.header,
                                       entry->ref.agency, &out->units);
    if (err != TOV_OK) {
        tov_draft_fini(&out->draft);
        return err;
    }
    out->told = (struct tov_told){
        .ref = entry->ref,
        .written_ms = entry->written_ms,
        .claims_ahead = entry->claims_ahead,
        .sender = out->units.sender,
        .recipients = out->units.recipients,
        .recipient_count = out->units.recipient_count,
        .draft = &out->draft,
    };
    return TOV_OK;
}

void book_told_fini(struct book_told *told)
{
    tov_draft_fini(&told->draft);
}

/* ---- what an event tells ---- */

static bool is_of_memory(enum tov_err err)
{
    return err == TOV_E_NOMEM;
}

static enum tov_err check_header(const struct tov_core *core, const struct tov_message *message,
                                 const struct tov_agency *agency)
{
    TOV_CLEANUP(tov_record_destroy) struct tov_record header = {0};
    char origin[TOV_ORIGIN_MAX_BYTES + 1]; /* names of agencies never change */
    TOV_TRY(tov_origin_format(tov_roster_federation(core->roster), agency->name,
                              message->name.generation, 0, origin));
    TOV_TRY(tov_record_decode(tov_schema_find("Header"), tov_buf_view(&message->header), &header,
                              NULL));
    return tov_judge_header(header, &message->leaf, origin);
}

/* A header that was written for another message says nothing of this one. */
static enum tov_err is_believed(const struct tov_core *core, const struct tov_message *message,
                                bool *out_is_believed)
{
    const struct tov_agency *agency = tov_roster_agency(core->roster, message->name.agency);
    *out_is_believed = false;
    if (message->header.size == 0 || agency == NULL)
        return TOV_OK;
    enum tov_err err = check_header(core, message, agency);
    *out_is_believed = err == TOV_OK;
    return is_of_memory(err) ? err : TOV_OK;
}

static enum tov_err copy_header(struct tov_bytes header, struct book_entry *entry)
{
    entry->header = malloc(header.size);
    if (entry->header == NULL)
        return TOV_E_NOMEM;
    memcpy(entry->header, header.data, header.size);
    entry->header_size = (uint32_t)header.size;
    return TOV_OK;
}

/* What the rules of sharing refuse, and what stands above a revocation, is kept and shown, and has
 * no effect: RULE. Judged by the header and the roster alone, as all can who hold them, and not by
 * this node's own verdict or by what came first (I5). */
static enum tov_err has_effect(const struct tov_core *core, const struct book_told *told)
{
    const struct tov_ref *ref = &told->told.ref;
    if (tov_roster_is_void(core->roster, ref->agency, ref->generation, ref->index))
        return TOV_E_RULE;
    if (ref->agency == core->own->number)
        return TOV_OK; /* it was judged before it was written */
    struct tov_findings *findings = malloc(sizeof *findings); /* large */
    if (findings == NULL)
        return TOV_E_NOMEM;
    tov_judge_by(&told->units, &told->draft, told->told.written_ms, findings);
    enum tov_err err = tov_findings_refuse(findings) ? TOV_E_RULE : TOV_OK;
    free(findings);
    return err;
}

void book_note_version(struct tov_book *book, uint32_t version)
{
    bool is_passed = tov_units_can_judge(book->core, version);
    bool is_told = is_passed ? version <= book->passed_version
                             : book->awaited_version != 0 && version >= book->awaited_version;
    if (version == 0 || is_told || tov_units_version(tov_units_of(book->core, version)) == version)
        return;
    if (is_passed)
        book->passed_version = version;
    else
        book->awaited_version = version;
    tov_core_log(book->core, TOV_HOST_WARN, "roster-missing",
                 "version=%u hint=\"a message names it: put the newest roster in force here too\"",
                 (unsigned)version);
}

void book_note_damage(struct tov_book *book, uint64_t number)
{
    book->damages++;
    tov_core_log(book->core, TOV_HOST_ERROR, "book-row-damaged",
                 "message=%llu hint=\"the store does not hold what was written: check the disk\"",
                 (unsigned long long)number);
}

size_t tov_book_damages(const struct tov_book *book)
{
    return book->damages;
}

/* Of another version, by a roster that is not here yet, or broken by its sender: it is kept and
 * shown as a message, and tells the book nothing. */
static enum tov_err tell(struct tov_book *book, struct book_telling *telling)
{
    book_note_version(book, telling->entry.roster_version);
    if (!tov_units_can_judge(book->core, telling->entry.roster_version))
        return TOV_E_NOT_FOUND;
    enum tov_err err = book_told_init(book->core, &telling->entry, &telling->told);
    if (err != TOV_OK)
        return is_of_memory(err) ? err : TOV_E_NOT_FOUND;
    err = has_effect(book->core, &telling->told);
    if (err != TOV_OK)
        book_told_fini(&telling->told);
    return err == TOV_E_RULE ? TOV_E_NOT_FOUND : err;
}

static enum tov_err read_header(struct tov_book *book, struct tov_store_read *read,
                                const struct tov_event *event, struct book_entry *entry)
{
    struct tov_message *message = book->message;
    struct tov_message_name name = {event->agency, event->generation, event->index};
    enum tov_err err = tov_message_read(book->core, read, &name, TOV_MESSAGE_HEADER, message);
    if (err == TOV_E_ERASED || err == TOV_E_VERSION)
        return TOV_E_NOT_FOUND;
    TOV_TRY(err);
    bool is_told = false;
    TOV_TRY(is_believed(book->core, message, &is_told));
    if (!is_told)
        return TOV_E_NOT_FOUND;
    bool is_own = event->agency == book->core->own->number;
    entry->ref =
        (struct tov_ref){event->agency, event->generation, event->index, message->leaf_hash};
    entry->written_ms = message->leaf_time_ms;
    entry->roster_version = message->leaf.roster_version;
    entry->claims_ahead = !is_own && (message->verdict.flags & TOV_VERDICT_FLAG_CLOCK_AHEAD) != 0;
    return copy_header(tov_buf_view(&message->header), entry);
}

enum tov_err book_telling_read(struct tov_book *book, struct tov_store_read *read, uint64_t number,
                               struct tov_bytes row, struct book_telling *out)
{
    struct tov_event event;
    out->work = 0;
    TOV_TRY(tov_event_decode(row, &event));
    if (event.kind != TOV_EVENT_WRITTEN && event.kind != TOV_EVENT_RECEIVED)
        return TOV_E_NOT_FOUND;
    out->entry = (struct book_entry){.number = number};
    enum tov_err err = read_header(book, read, &event, &out->entry);
    out->work = BOOK_MESSAGE_WORK + book->message->header.size / BOOK_WORK_BYTES;
    TOV_TRY(err);
    err = tell(book, out);
    if (err != TOV_OK)
        free(out->entry.header);
    return err;
}
