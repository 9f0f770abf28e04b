/* SPDX-License-Identifier: EUPL-1.2
 *
 * Why a message was refused, in words that teach: where the thing stands and what can come there,
 * or who may take the step.
 */
#include "case/picture_internal.h"

#include <stdio.h>
#include <string.h>

#define WORDS_SIZE 640
struct words {
    char text[WORDS_SIZE];
    size_t size;
};

static void put(struct words *words, const char *text)
{
    int written = snprintf(words->text + words->size, sizeof words->text - words->size, "%s", text);
    words->size += written > 0 ? (size_t)written : 0;
    if (words->size >= sizeof words->text)
        words->size = sizeof words->text - 1;
}

static void put_text(struct words *words, struct tov_text text, enum tov_language language)
{
    put(words, tov_text_in(&text, language));
}

static const char *say(enum tov_language language, const char *danish, const char *english)
{
    return language == TOV_DANISH ? danish : english;
}

static void put_state(struct words *words, const struct judging *judging,
                      enum tov_language language)
{
    const struct instance *instance = judging->instance;
    put_text(words, instance->machine->name, language);
    if (instance->thing.state == NULL) {
        put(words, say(language, ": er ikke begyndt", ": has not begun"));
        return;
    }
    const struct tov_machine_state *state =
        tov_machine_state_find(instance->machine->machine, instance->thing.state);
    put(words, say(language, ": tilstanden er \"", ": the state is \""));
    if (state != NULL)
        put_text(words, state->name, language);
    put(words, "\"");
}

/* Types that some row lists for the state, each once. */
static size_t put_types(struct words *words, const struct judging *judging)
{
    const struct tov_machine_info *machine = judging->instance->machine;
    const char *state = judging->instance->thing.state;
    const char *last = "";
    size_t count = 0;
    for (size_t i = 0; i < machine->row_count; i++) {
        const struct tov_machine_row *row = &machine->rows[i];
        if ((row->about & judging->subject->about) == 0 ||
            !tov_machine_row_leaves(row, state == NULL ? TOV_NO_STATE : state) ||
            strcmp(row->on.type, last) == 0)
            continue;
        put(words, count++ == 0 ? "" : ", ");
        put(words, row->on.type);
        last = row->on.type;
    }
    return count;
}

static void put_pair(struct words *words, const struct judging *judging, enum tov_language language)
{
    struct words types = {.size = 0};
    put_state(words, judging, language);
    put(words, say(language, ", og ", ", and "));
    put(words, tov_told_type(judging->told));
    put(words, say(language, " passer ikke dertil. ", " does not fit there. "));
    if (put_types(&types, judging) == 0) {
        put(words,
            say(language, "Der kan ikke sendes mere her.", "Nothing more can be sent here."));
        return;
    }
    put(words, say(language, "Her kan sendes: ", "What can be sent here: "));
    put(words, types.text);
    put(words, ".");
}

static void put_who(struct words *words, const struct outcome *outcome, enum tov_language language)
{
    const struct tov_machine_row *row = outcome->tried;
    uint32_t who = row->who | row->and_who;
    const char *between = "";
    put(words, say(language, "Dette skridt tages af ", "This step is taken by "));
    for (size_t bit = 0; bit < TOV_WHO_COUNT; bit++) {
        if ((who >> bit & 1) == 0)
            continue;
        put(words, between);
        put_text(words, tov_who_name(bit), language);
        between =
            row->and_who != 0 ? say(language, " og ", " and ") : say(language, " eller ", " or ");
    }
    put(words, say(language, ", ikke af afsenderen.", ", not by the sender."));
}

static const char *reason_in(const struct judging *judging, const struct outcome *outcome,
                             enum tov_language language, struct tov_arena *arena)
{
    struct words words = {.size = 0};
    if (outcome->rule == TOV_REFUSAL_PAIR)
        put_pair(&words, judging, language);
    else
        put_who(&words, outcome, language);
    char *copy = tov_arena_alloc(arena, words.size + 1);
    if (copy != NULL)
        memcpy(copy, words.text, words.size + 1);
    return copy;
}

enum tov_err picture_reason(const struct judging *judging, const struct outcome *outcome,
                            struct tov_arena *arena, struct tov_text *out_reason)
{
    *out_reason = tov_refusal_text(outcome->rule);
    if (outcome->rule != TOV_REFUSAL_PAIR && outcome->rule != TOV_REFUSAL_WHO)
        return TOV_OK;
    const char *danish = reason_in(judging, outcome, TOV_DANISH, arena);
    const char *english = reason_in(judging, outcome, TOV_ENGLISH, arena);
    if (danish == NULL || english == NULL)
        return TOV_E_NOMEM;
    *out_reason = (struct tov_text){.da = danish, .en = english};
    return TOV_OK;
}
