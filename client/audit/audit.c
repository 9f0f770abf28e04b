/* SPDX-License-Identifier: EUPL-1.2
 *
 * See audit.h: the order of the steps, and what they share.
 */
#include "audit/audit.h"

#include "audit/manifest.h"
#include "audit/words.h"

#include <stdlib.h>
#include <string.h>

#define GENERATIONS_MAX 256u /* of one agency that are looked at */

struct tov_finding *tov_audit_add(struct tov_audit *audit, enum tov_finding_code code,
                                  const struct tov_place *place, const char *expected,
                                  const char *found)
{
    return tov_findings_add(&audit->findings, code, place, expected, found);
}

void tov_audit_note_failure(struct tov_audit *audit, enum tov_err err)
{
    struct tov_place place = {.path = audit->looks_at};
    if (err == TOV_E_LIMIT && !audit->is_limit_told)
        (void)tov_audit_add(audit, TOV_FOUND_LIMIT, &place, NULL, NULL);
    if (err == TOV_E_LIMIT)
        audit->is_limit_told = true;
    else if (audit->failed == TOV_OK)
        audit->failed = err;
}

const char *tov_audit_federation(const struct tov_audit *audit)
{
    return audit->keyring.newest == NULL ? audit->about.federation
                                         : tov_roster_federation(audit->keyring.newest);
}

void tov_audit_note_attachment(struct tov_audit *audit, struct tov_table *table, uint64_t index,
                               uint8_t part)
{
    struct tov_row row = {.number = tov_attachment_number(index, part), .index = index};
    enum tov_err err = tov_table_put(&audit->scratch, table, &row);
    if (err != TOV_OK)
        tov_audit_note_failure(audit, err);
}

struct tov_link_line *tov_link_line_find(const struct tov_link_lines *lines, uint16_t peer,
                                         struct tov_series series)
{
    for (size_t i = 0; i < lines->count; i++) {
        if (lines->items[i].peer == peer && tov_series_equal(lines->items[i].series, series))
            return &lines->items[i];
    }
    return NULL;
}

struct tov_link_line *tov_link_line_of(struct tov_link_lines *lines, uint16_t peer,
                                       struct tov_series series)
{
    struct tov_link_line *found = tov_link_line_find(lines, peer, series);
    if (found != NULL || lines->count == TOV_AUDIT_LINKS_MAX)
        return found;
    struct tov_link_line *items = realloc(lines->items, (lines->count + 1) * sizeof *items);
    if (items == NULL)
        return NULL;
    lines->items = items;
    items[lines->count] = (struct tov_link_line){.peer = peer,
                                                 .series = series,
                                                 .has_holes = lines->has_lost_track,
                                                 .is_lost_track = lines->has_lost_track};
    return &items[lines->count++];
}

void tov_link_lines_lose(struct tov_link_lines *lines)
{
    lines->has_lost_track = true;
    for (size_t i = 0; i < lines->count; i++)
        lines->items[i].is_lost_track = lines->items[i].has_holes = true;
}

static void link_lines_fini(struct tov_link_lines *lines)
{
    for (size_t i = 0; i < lines->count; i++) {
        tov_table_fini(&lines->items[i].messages);
        tov_table_fini(&lines->items[i].receipts);
        tov_table_fini(&lines->items[i].words);
    }
    free(lines->items);
    *lines = (struct tov_link_lines){0};
}

struct tov_mirror *tov_mirror_find(const struct tov_mirrors *mirrors, uint16_t agency,
                                   uint32_t generation)
{
    for (size_t i = 0; i < mirrors->count; i++) {
        if (mirrors->items[i].agency == agency && mirrors->items[i].generation == generation)
            return &mirrors->items[i];
    }
    return NULL;
}

struct tov_mirror *tov_mirror_of(struct tov_mirrors *mirrors, uint16_t agency, uint32_t generation)
{
    struct tov_mirror *found = tov_mirror_find(mirrors, agency, generation);
    if (found != NULL || mirrors->count == TOV_AUDIT_MIRRORS_MAX)
        return found;
    struct tov_mirror *items = realloc(mirrors->items, (mirrors->count + 1) * sizeof *items);
    if (items == NULL)
        return NULL;
    mirrors->items = items;
    items[mirrors->count] = (struct tov_mirror){
        .agency = agency, .generation = generation, .series = {.generation = generation}};
    return &items[mirrors->count++];
}

static void forget_mirror(struct tov_mirror *mirror)
{
    tov_marks_fini(&mirror->named);
    tov_marks_fini(&mirror->gone);
    tov_table_fini(&mirror->attachments);
    tov_table_fini(&mirror->seen);
    tov_table_fini(&mirror->seen_signatures);
}

/* What the steps alone need, of which there is room for one export, not for all of a check. */
static void forget(struct tov_audit *audit)
{
    tov_scratch_close(&audit->scratch);
    tov_marks_fini(&audit->empty);
    tov_marks_fini(&audit->named);
    tov_marks_fini(&audit->content_erased);
    tov_marks_fini(&audit->others);
    tov_table_fini(&audit->journal_roots);
    tov_table_fini(&audit->attachments);
    link_lines_fini(&audit->sent);
    link_lines_fini(&audit->received);
    for (size_t i = 0; i < audit->mirrors.count; i++)
        forget_mirror(&audit->mirrors.items[i]);
    audit->marks_room = (struct tov_marks_room){0};
}

void tov_audit_close(struct tov_audit *audit)
{
    tov_folder_close(&audit->folder);
    tov_findings_fini(&audit->findings);
    tov_keyring_fini(&audit->keyring);
    forget(audit);
    tov_marks_fini(&audit->erased);
    free(audit->mirrors.items);
    audit->mirrors = (struct tov_mirrors){0};
    free(audit->tiles);
    free(audit->leaf);
    audit->tiles = NULL;
    audit->leaf = NULL;
}

/* ---- about ---- */

static void read_about(struct tov_audit *audit)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(4096);
    struct tov_place place = {.path = "about"};
    enum tov_err err = tov_folder_read(&audit->folder, "about", &text);
    if (err == TOV_OK)
        err = tov_export_parse_about(tov_buf_view(&text), &audit->about);
    audit->has_about = err == TOV_OK;
    if (err == TOV_E_NOT_FOUND)
        tov_findings_add_missing(&audit->findings, "about");
    else if (err == TOV_E_VERSION)
        (void)tov_audit_add(audit, TOV_FOUND_VERSION_NEWER, &place,
                            TOV_SAY(_("format %u"), TOV_EXPORT_VERSION), NULL);
    else if (err != TOV_OK)
        (void)tov_audit_add(audit, TOV_FOUND_FILE_MALFORMED, &place, NULL, NULL);
}

static void find_keys(struct tov_audit *audit)
{
    const struct tov_export_about *about = &audit->about;
    struct tov_place place = {.path = "roster"};
    audit->keys = tov_keyring_ledger(&audit->keyring, about->agency, about->generation);
    if (audit->keys == NULL)
        (void)tov_audit_add(
            audit, TOV_FOUND_KEY_MISSING, &place,
            TOV_SAY("%s/%s/%u", about->federation, about->agency_name, (unsigned)about->generation),
            NULL);
}

static void compare_about(struct tov_audit *audit)
{
    struct tov_place place = {.path = "about"};
    const struct tov_checkpoint *checkpoint = &audit->ledger.checkpoint;
    char origin[TOV_ORIGIN_MAX_BYTES + 1];
    if (!audit->ledger.has_checkpoint)
        return;
    if (checkpoint->size != audit->about.ledger_size)
        (void)tov_audit_add(audit, TOV_FOUND_ABOUT_DIFFERS, &place,
                            TOV_SAY_ENTRIES(audit->about.ledger_size),
                            TOV_SAY_ENTRIES(checkpoint->size));
    if (tov_origin_format(audit->about.federation, audit->about.agency_name,
                          audit->about.generation, 0, origin) != TOV_OK ||
        strcmp(origin, checkpoint->origin) != 0)
        (void)tov_audit_add(audit, TOV_FOUND_ABOUT_DIFFERS, &place, checkpoint->origin, origin);
    if (strcmp(tov_audit_federation(audit), audit->about.federation) != 0)
        (void)tov_audit_add(audit, TOV_FOUND_ABOUT_DIFFERS, &place, tov_audit_federation(audit),
                            audit->about.federation);
}

enum tov_err tov_audit_each_ledger(struct tov_audit *audit, const char *folder,
                                   enum tov_err (*check)(struct tov_audit *audit, uint16_t agency,
                                                         uint32_t generation))
{
    uint64_t agencies[TOV_AGENCIES_MAX], generations[GENERATIONS_MAX];
    size_t count = tov_folder_numbers(&audit->folder, folder, agencies, TOV_AGENCIES_MAX);
    for (size_t i = 0; i < count; i++) {
        char path[TOV_EXPORT_PATH_SIZE];
        if (agencies[i] > TOV_AGENCIES_MAX)
            continue;
        (void)snprintf(path, sizeof path, "%s/%llu", folder, (unsigned long long)agencies[i]);
        size_t held = tov_folder_numbers(&audit->folder, path, generations, GENERATIONS_MAX);
        for (size_t k = 0; k < held; k++) {
            if (generations[k] <= UINT32_MAX)
                TOV_TRY(check(audit, (uint16_t)agencies[i], (uint32_t)generations[k]));
        }
    }
    return TOV_OK;
}

static void say_absent(struct tov_audit *audit)
{
    if (audit->counts.attachments_absent > 0)
        (void)tov_audit_add(audit, TOV_FOUND_ATTACHMENT_ABSENT, NULL, NULL,
                            TOV_SAY("%llu", (unsigned long long)audit->counts.attachments_absent));
}

static enum tov_err check_steps(struct tov_audit *audit)
{
    find_keys(audit);
    TOV_TRY(tov_audit_ledger(audit));
    compare_about(audit);
    if (audit->ledger.has_checkpoint)
        TOV_TRY(tov_audit_sent(audit));
    else
        tov_link_lines_lose(&audit->sent);
    TOV_TRY(tov_audit_mirrors(audit));
    TOV_TRY(tov_audit_forks(audit));
    tov_audit_seen_whole(audit);
    if (audit->ledger.has_checkpoint) {
        TOV_TRY(tov_audit_receipts(audit));
        TOV_TRY(tov_audit_witnesses(audit));
    }
    say_absent(audit);
    TOV_TRY(tov_audit_journal(audit));
    TOV_TRY(tov_audit_places(audit));
    return audit->failed;
}

/* What rests on a ledger that is not sound accuses nobody, also where the steps break off. */
static enum tov_err check_content(struct tov_audit *audit)
{
    enum tov_err err = check_steps(audit);
    if (!audit->ledger.is_sound)
        tov_findings_soften(&audit->findings, (struct tov_findings_mark){0});
    return err;
}

enum tov_err tov_audit_check(const char *folder, const struct tov_roots *roots,
                             struct tov_audit *out_audit)
{
    struct tov_audit *audit = out_audit;
    *audit = (struct tov_audit){.folder = {.fd = -1}, .scratch = {.fd = -1}};
    audit->findings.subject = folder;
    enum tov_err err = tov_folder_open(folder, &audit->folder);
    if (err != TOV_OK)
        return err;
    audit->tiles = calloc(1, sizeof *audit->tiles);
    audit->leaf = calloc(1, sizeof *audit->leaf);
    if (audit->tiles == NULL || audit->leaf == NULL)
        return TOV_E_NOMEM;
    TOV_TRY(tov_scratch_open(&audit->scratch));
    TOV_TRY(tov_manifest_check(&audit->folder, &audit->findings));
    read_about(audit);
    TOV_TRY(tov_keyring_load(&audit->folder, roots, &audit->findings, &audit->keyring));
    err = audit->has_about ? check_content(audit) : TOV_OK;
    forget(audit);
    if (!audit->keyring.is_trusted)
        tov_findings_distrust(&audit->findings);
    return err;
}
