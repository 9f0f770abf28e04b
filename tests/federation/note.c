/* SPDX-License-Identifier: EUPL-1.2 */
#include "federation/note.h"

#include "federation/record.h"
#include "support/unit.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* The police share by stk. 1, the others by stk. 2; a kommune names DBL § 8 too. */
static const char *const bases[NOTE_AGENCIES] = {"RPL115-2/1-3a,DBL8-2-3", "RPL115-1-3a",
                                                 "RPL115-2/1-3a"};

const char *note_bases(unsigned agency)
{
    UNIT_NEED(agency < NOTE_AGENCIES);
    return bases[agency];
}

void note_must(enum tov_err err, const struct tov_error *error)
{
    if (err == TOV_OK)
        return;
    (void)fprintf(stderr, "%s: %s\n", tov_err_name(err), error->text);
    exit(EXIT_FAILURE);
}

static void set(struct tov_message_draft *draft, const char *path, const char *text)
{
    struct tov_error error = {.code = TOV_OK};
    note_must(tov_message_draft_set(draft, path, text, &error), &error);
}

/* Calls PUT for each word of LIST. */
static void for_each(const char *list, struct tov_message_draft *draft,
                     void (*put)(struct tov_message_draft *, const char *))
{
    char words[256];
    char *rest = NULL;
    UNIT_NEED(snprintf(words, sizeof words, "%s", list) < (int)sizeof words);
    for (char *word = strtok_r(words, ",", &rest); word != NULL; word = strtok_r(NULL, ",", &rest))
        put(draft, word);
}

static void put_recipient(struct tov_message_draft *draft, const char *unit)
{
    struct tov_error error = {.code = TOV_OK};
    note_must(
        tov_message_draft_add_recipient(draft, unit, TOV_SEES_ALL, "Deltager i prøven.", &error),
        &error);
}

static void put_basis(struct tov_message_draft *draft, const char *code)
{
    set(draft, "header.legal_bases", code);
}

static void put_time(struct tov_message_draft *draft)
{
    char text[32];
    time_t now = time(NULL);
    struct tm parts;
    UNIT_NEED(gmtime_r(&now, &parts) != NULL);
    UNIT_NEED(strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts) > 0);
    set(draft, "header.occurred_at", text);
}

struct tov_message_draft *note_create(const struct note *note)
{
    char text[RECORD_TEXT_SIZE];
    struct tov_message_draft *draft = NULL;
    struct tov_error error = {.code = TOV_OK};
    note_must(tov_message_draft_create("msg.note", &draft, &error), &error);
    record_text(note->id, text);
    set(draft, "header.about.case_ref", "0102030405060708090a0b0c0d0e0f10");
    set(draft, "header.purpose", "forebyggelse");
    set(draft, "content.necessity", "Prøve af systemet, handler ikke om nogen.");
    set(draft, "fields.kind", "andet");
    set(draft, "content.free_text", text);
    put_time(draft);
    for_each(note->bases, draft, put_basis);
    for_each(note->recipients, draft, put_recipient);
    struct tov_hash key =
        tov_sha256((struct tov_bytes){(const uint8_t *)&note->id, sizeof note->id});
    note_must(tov_message_draft_set_key(draft, key.bytes, sizeof key.bytes, &error), &error);
    return draft;
}
