/* SPDX-License-Identifier: EUPL-1.2
 *
 * The inside of a script of tasks, shared by its two files: reading and placing (task_script.c),
 * expecting (task_expect.c).
 */
#ifndef TOV_TESTS_CASE_TASK_SCRIPT_INTERNAL_H
#define TOV_TESTS_CASE_TASK_SCRIPT_INTERNAL_H

#include "task_script.h"

#define WORDS_MAX 12
#define FIELDS_MAX 12
#define LINE_MAX_SIZE 1024

struct script_field {
    char name[32];
    char value[64];
};

struct script_message {
    struct tov_told told; /* first: see of_told() */
    char id[32];
    char type[48];
    struct tov_message_type row;
    struct tov_draft draft;
    struct tov_unit_facts recipients[8];
    uint64_t effective_ms; /* 0: as written */
    char cites[32];
    char target[32];
    char refused[40];
    struct script_field fields[FIELDS_MAX];
    size_t field_count;
};

struct script {
    struct script_message *messages[SCRIPT_MESSAGES_MAX];
    size_t count;
    struct tov_placed placed[SCRIPT_MESSAGES_MAX];
    struct tov_judgement judgements[SCRIPT_MESSAGES_MAX][TOV_ABOUT_COUNT]; /* of placed */
    char view[16];
    const char *path;
    int line;
};

extern const char *const script_agencies[];

const struct script_message *script_message_of(const struct tov_told *told);
uint64_t script_time(const char *danish);
struct tov_bytes script_uuid(const char *name, uint8_t out[TOV_UUID_BYTES]);
/* Words: ID SENT TYPE FROM TO ABOUT FIELDS. */
void script_add_message(struct script *script, char *const words[7]);
void script_drop_message(struct script *script);
/* A line that expects something. */
void script_expect(struct script *script, char *const words[WORDS_MAX]);

#endif
