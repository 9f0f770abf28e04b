/* SPDX-License-Identifier: EUPL-1.2 */
#include "task_script_internal.h"

#include "case/danish_time.h"
#include "case/told_field.h"
#include "drafts.h"
#include "support/unit.h"

#include <assert.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const script_agencies[] = {NULL, "kk", "kbh-pol", "krfo", "hotline", "rhp", "aarhus"};
#define AGENCIES (sizeof script_agencies / sizeof script_agencies[0])

uint16_t script_agency(const char *code)
{
    for (uint16_t i = 1; i < AGENCIES; i++) {
        if (strcmp(script_agencies[i], code) == 0)
            return i;
    }
    (void)fprintf(stderr, "no agency %s\n", code);
    UNIT_NEED(false);
    return 0;
}

/* ---- hand-made fields ---- */

const struct script_message *script_message_of(const struct tov_told *told)
{
    return (const struct script_message *)(const void *)told;
}

static bool is_agency_field(const char *name)
{
    return strcmp(name, "addressed") == 0 || strcmp(name, "to_agency") == 0 ||
           strcmp(name, "invited") == 0;
}

/* The INDEX'th of "kk+krfo". */
static bool read_agency(const char *text, size_t index, struct tov_value *out)
{
    for (; index > 0 && text != NULL; index--) {
        text = strchr(text, '+');
        text = text == NULL ? NULL : text + 1;
    }
    if (text == NULL)
        return false;
    char code[16] = {0};
    memcpy(code, text, strcspn(text, "+"));
    *out = (struct tov_value){.kind = TOV_FIELD_INT, .number = script_agency(code)};
    return true;
}

/* Takes the place of proto/case/told_field.c. */
bool tov_told_field(const struct tov_told *told, const char *name, size_t index,
                    struct tov_value *out_value)
{
    const struct script_message *message = script_message_of(told);
    for (size_t i = 0; i < message->field_count; i++) {
        const char *text = message->fields[i].value;
        struct tov_bytes bytes = tov_bytes_of_text(text);
        if (strcmp(message->fields[i].name, name) != 0)
            continue;
        if (is_agency_field(name))
            return read_agency(text, index, out_value);
        *out_value = (struct tov_value){.kind = TOV_FIELD_ENUM, .name = text};
        if (strcmp(name, "version") == 0)
            *out_value =
                (struct tov_value){.kind = TOV_FIELD_INT, .number = strtoull(text, NULL, 10)};
        if (strcmp(name, "task") == 0)
            *out_value = (struct tov_value){.kind = TOV_FIELD_TEXT, .bytes = bytes};
        if (tov_date_parse(bytes, &out_value->date) == TOV_OK)
            out_value->kind = TOV_FIELD_DATE;
        return index == 0;
    }
    return false;
}

/* ---- reading ---- */

static void must(enum tov_err err)
{
    UNIT_NEED(err == TOV_OK);
}

/* Splits LINE at tabulators; missing words are empty. */
static size_t split(char *line, char *words[WORDS_MAX])
{
    static char empty[] = "";
    size_t count = 0;
    line[strcspn(line, "\r\n")] = '\0';
    for (char *at = line; at != NULL && count < WORDS_MAX; count++) {
        char *end = strchr(at, '\t');
        words[count] = at;
        if (end != NULL)
            *end++ = '\0';
        at = end;
    }
    for (size_t i = count; i < WORDS_MAX; i++)
        words[i] = empty;
    return count;
}

uint64_t script_time(const char *text)
{
    uint64_t time_ms = 0;
    if (!tov_danish_time_parse(tov_bytes_of_text(text), &time_ms))
        (void)fprintf(stderr, "no time: %s\n", text);
    UNIT_NEED(time_ms != 0);
    return time_ms;
}

struct tov_bytes script_uuid(const char *name, uint8_t out[TOV_UUID_BYTES])
{
    UNIT_NEED(strlen(name) < TOV_UUID_BYTES);
    memset(out, 0, TOV_UUID_BYTES);
    memcpy(out, name, strlen(name));
    return (struct tov_bytes){out, TOV_UUID_BYTES};
}

/* The next word of *AT at any of SEPARATORS, without blanks before it. */
static bool next_word(const char **at, const char *separators, char *out, size_t size)
{
    *at += strspn(*at, separators);
    *at += strspn(*at, " ");
    size_t length = strcspn(*at, separators);
    if (length == 0)
        return false;
    UNIT_NEED(length < size);
    memcpy(out, *at, length);
    out[length] = '\0';
    *at += length;
    return true;
}

/* "episode:E1 case:C1". */
static void set_about(struct script_message *message, const char *text)
{
    char word[40];
    struct tov_record about;
    uint8_t uuid[TOV_UUID_BYTES];
    if (strcmp(text, "-") == 0 || text[0] == '\0')
        return;
    must(tov_record_open(message->draft.header, "about", &about));
    while (next_word(&text, " ", word, sizeof word)) {
        char field[48];
        char *colon = strchr(word, ':');
        UNIT_NEED(colon != NULL);
        *colon = '\0';
        (void)snprintf(field, sizeof field, "%s_ref", word);
        must(tov_record_put_bytes(about, field, script_uuid(colon + 1, uuid)));
    }
}

static struct script_message *find(struct script *script, const char *id)
{
    for (size_t i = 0; i < script->count; i++) {
        if (strcmp(script->messages[i]->id, id) == 0)
            return script->messages[i];
    }
    (void)fprintf(stderr, "%s:%d: no message %s\n", script->path, script->line, id);
    UNIT_NEED(false);
    return NULL;
}

static void copy(char *to, size_t size, const char *from)
{
    UNIT_NEED(strlen(from) < size);
    memcpy(to, from, strlen(from) + 1);
}

static void set_field(struct script *script, struct script_message *message, const char *name,
                      const char *value)
{
    uint8_t uuid[TOV_UUID_BYTES];
    struct tov_record header = message->draft.header;
    if (strcmp(name, "event") == 0) {
        must(tov_record_put_bytes(header, "event_ref", script_uuid(value, uuid)));
    } else if (strcmp(name, "cites") == 0) {
        copy(message->cites, sizeof message->cites, value);
        must(tov_record_put_ref(header, "cites", &find(script, value)->told.ref));
    } else if (strcmp(name, "target") == 0) {
        copy(message->target, sizeof message->target, value);
        must(tov_record_put_ref(header, "in_reply_to", &find(script, value)->told.ref));
    } else if (strcmp(name, "effective") == 0) {
        message->effective_ms = script_time(value);
    } else if (strcmp(name, "refused") == 0) {
        copy(message->refused, sizeof message->refused, value);
    } else {
        UNIT_NEED(message->field_count < FIELDS_MAX);
        struct script_field *field = &message->fields[message->field_count++];
        copy(field->name, sizeof field->name, name);
        copy(field->value, sizeof field->value, value);
    }
}

static void set_fields(struct script *script, struct script_message *message, const char *text)
{
    char word[128];
    while (strcmp(text, "-") != 0 && next_word(&text, ";", word, sizeof word)) {
        char *equals = strchr(word, '=');
        UNIT_NEED(equals != NULL);
        *equals = '\0';
        set_field(script, message, word, equals + 1);
    }
}

static void set_recipients(struct script_message *message, const char *to)
{
    char word[40];
    while (next_word(&to, " ", word, sizeof word)) {
        UNIT_NEED(message->told.recipient_count < 8);
        message->recipients[message->told.recipient_count++] = unit_facts(word);
    }
    message->told.recipients = message->recipients;
}

/* Words: ID SENT TYPE FROM TO ABOUT FIELDS. */
void script_add_message(struct script *script, char *const words[7])
{
    UNIT_NEED(script->count < SCRIPT_MESSAGES_MAX);
    struct script_message *message = calloc(1, sizeof *message);
    UNIT_NEED(message != NULL);
    copy(message->id, sizeof message->id, words[0]);
    copy(message->type, sizeof message->type, words[2]);
    message->row.id = message->type;
    message->draft.type = &message->row;
    must(tov_record_create(tov_schema_find("Header"), &message->draft.header));
    message->told.draft = &message->draft;
    message->told.written_ms = script_time(words[1]);
    message->told.sender = unit_facts(words[3]);
    message->told.ref = (struct tov_ref){
        .agency = message->told.sender.agency, .generation = 1, .index = script->count};
    copy((char *)message->told.ref.leaf.bytes, sizeof message->told.ref.leaf.bytes, words[0]);
    set_recipients(message, words[4]);
    set_about(message, words[5]);
    set_fields(script, message, words[6]);
    script->messages[script->count++] = message;
}

void script_drop_message(struct script *script)
{
    UNIT_NEED(script->count > 0);
    struct script_message *message = script->messages[--script->count];
    tov_draft_fini(&message->draft);
    free(message);
}

/* ---- placing ---- */

static bool is_held(const struct script_message *message, const char *agency)
{
    if (agency == NULL || agency[0] == '\0')
        return true;
    uint16_t number = script_agency(agency);
    bool held = message->told.sender.agency == number;
    for (size_t i = 0; i < message->told.recipient_count; i++)
        held |= message->recipients[i].agency == number;
    return held;
}

static bool is_same_event(const struct tov_told *a, const struct tov_told *b)
{
    struct tov_thing_ref left, right;
    return tov_told_event(a, &left) && tov_told_event(b, &right) &&
           tov_thing_ref_equal(&left, &right);
}

static void refuse(const struct script_message *message, struct tov_judgement *judgements,
                   struct tov_placed *placed)
{
    static const struct {
        const char *name;
        uint32_t about;
        enum tov_machine machine;
    } machines[] = {{"concern", TOV_ABOUT_CONCERN, TOV_MACHINE_CONCERN},
                    {"case", TOV_ABOUT_CASE, TOV_MACHINE_CASE},
                    {"episode", TOV_ABOUT_EPISODE, TOV_MACHINE_RELEASE}};
    placed->judgements = judgements;
    for (size_t i = 0; i < sizeof machines / sizeof machines[0]; i++) {
        struct tov_thing_ref thing;
        if (strcmp(machines[i].name, message->refused) == 0 &&
            tov_told_about(&message->told, machines[i].about, &thing))
            judgements[placed->judgement_count++] = (struct tov_judgement){
                .machine = machines[i].machine, .thing = thing, .verdict = TOV_STEP_REFUSED};
    }
    UNIT_NEED(placed->judgement_count > 0);
}

static void place(struct script *script, const struct script_message *message, size_t index,
                  const char *agency)
{
    struct tov_placed *placed = &script->placed[index];
    *placed = (struct tov_placed){.told = &message->told, .effective_ms = message->effective_ms};
    if (message->effective_ms == 0)
        placed->effective_ms = message->told.written_ms;
    for (size_t i = 0; i < index; i++) {
        const struct tov_told *before = script->placed[i].told;
        bool same_type = strcmp(script_message_of(before)->type, message->type) == 0;
        placed->is_copy |= same_type && is_same_event(before, &message->told);
        if (same_type && message->cites[0] != '\0' &&
            strcmp(script_message_of(before)->id, message->cites) == 0) {
            placed->is_second = true;
            placed->first = before;
        }
    }
    for (size_t i = 0; i < script->count; i++) {
        placed->is_retracted |= strcmp(script->messages[i]->target, message->id) == 0 &&
                                is_held(script->messages[i], agency);
    }
    if (message->refused[0] != '\0')
        refuse(message, script->judgements[index], placed);
}

const struct tov_placed *script_placed(struct script *script, const char *agency, size_t *out_count)
{
    size_t count = 0;
    for (size_t i = 0; i < script->count; i++) {
        if (is_held(script->messages[i], agency))
            place(script, script->messages[i], count++, agency);
    }
    *out_count = count;
    return script->placed;
}

/* ---- files ---- */

static void begin_case(struct script *script)
{
    while (script->count > 0)
        script_drop_message(script);
    script->view[0] = '\0';
}

static void run_line(struct script *script, char *const words[WORDS_MAX])
{
    if (strcmp(words[0], "case") == 0)
        begin_case(script);
    else if (strcmp(words[0], "view") == 0)
        copy(script->view, sizeof script->view, words[1]);
    else if (strcmp(words[0], "msg") == 0)
        script_add_message(script, words + 1);
    else if (strcmp(words[0], "drop") == 0)
        script_drop_message(script);
    else
        script_expect(script, words);
}

/* Runs the lines of CASE_NAME (NULL: of all), or only those that are messages. */
static void each_line(struct script *script, const char *path, const char *case_name)
{
    char line[LINE_MAX_SIZE];
    char *words[WORDS_MAX];
    bool inside = case_name == NULL;
    FILE *file = fopen(path, "r");
    UNIT_NEED(file != NULL);
    script->path = path;
    script->line = 0;
    while (fgets(line, sizeof line, file) != NULL) {
        script->line++;
        if (line[0] == '#' || line[0] == '\n')
            continue;
        (void)split(line, words);
        if (case_name != NULL && strcmp(words[0], "case") == 0)
            inside = strcmp(words[1], case_name) == 0;
        if (inside && (case_name == NULL || strcmp(words[0], "msg") == 0))
            run_line(script, words);
    }
    (void)fclose(file);
}

struct script *script_create(void)
{
    struct script *script = calloc(1, sizeof *script);
    UNIT_NEED(script != NULL);
    return script;
}

void script_destroy(struct script *script)
{
    begin_case(script);
    free(script);
}

void script_run(struct script *script, const char *path)
{
    each_line(script, path, NULL);
}

void script_read(struct script *script, const char *path, const char *case_name)
{
    begin_case(script);
    each_line(script, path, case_name);
    UNIT_NEED(script->count > 0);
}
