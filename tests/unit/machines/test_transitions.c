/* SPDX-License-Identifier: EUPL-1.2
 *
 * The table does what the description of the domain lists, and refuses every other pair of state
 * and event; and each cell of the table matters: with one changed, something listed fails.
 */
#include "support/unit.h"
#include "transitions.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS_MAX 64
#define IS_SIZE 640

static struct checks checks;

static void each_transition_is_taken_and_every_other_pair_is_refused(void)
{
    size_t failed = 0, counts[5] = {0};
    for (size_t i = 0; i < checks.count; i++) {
        char is[IS_SIZE];
        counts[checks.items[i].kind]++;
        if (check_holds(&checks.items[i], NULL, is, sizeof is))
            continue;
        if (failed++ < 20)
            (void)printf("\n    %s", is);
    }
    (void)printf("\n    %zu steps, %zu by rule, %zu by sender, %zu pairs ", counts[CHECK_STEP],
                 counts[CHECK_RULE], counts[CHECK_WHO], counts[CHECK_PAIR]);
    UNIT_EQUAL_INT(failed, 0);
    CU_ASSERT(counts[CHECK_PAIR] > 800);
}

/* ---- changed tables ---- */

/* A copy of the table in which one machine has rows of its own. */
struct copy {
    struct tov_machine_table table;
    struct tov_machine_info info;
    struct tov_machine_row rows[ROWS_MAX];
};

static size_t changed, survived;

static void copy_machine(struct copy *copy, size_t machine)
{
    copy->table = *tov_machine_table();
    copy->info = *copy->table.machines[machine];
    UNIT_NEED(copy->info.row_count <= ROWS_MAX);
    memcpy(copy->rows, copy->info.rows, copy->info.row_count * sizeof copy->rows[0]);
    copy->info.rows = copy->rows;
    copy->table.machines[machine] = &copy->info;
}

static bool is_about(const struct check *check, const char *type)
{
    for (size_t i = 0; i < check->count; i++) {
        if (strcmp(check->told[i].draft->type->id, type) == 0)
            return true;
    }
    return false;
}

/* Some check with a message of TYPE fails. */
static bool is_noticed(const struct copy *copy, const char *type)
{
    for (size_t i = 0; i < checks.count; i++) {
        const struct check *check = &checks.items[i];
        const struct tov_told *last = &check->told[check->count - 1];
        if (strcmp(last->draft->type->id, type) == 0 && !check_holds(check, &copy->table, NULL, 0))
            return true;
    }
    for (size_t i = 0; i < checks.count; i++) {
        if (is_about(&checks.items[i], type) &&
            !check_holds(&checks.items[i], &copy->table, NULL, 0))
            return true;
    }
    return false;
}

/* The row at PLACE was changed in CELL; afterwards it is as it was. */
static void must_be_noticed(struct copy *copy, size_t place, const char *cell)
{
    size_t machine = 0;
    while (tov_machine_table()->machines[machine]->machine != copy->info.machine)
        machine++;
    const struct tov_machine_row *was = &tov_machine_table()->machines[machine]->rows[place];
    changed++;
    if (!is_noticed(copy, was->on.type)) {
        survived++;
        (void)printf("\n    not noticed: %s, row %zu (%s %s), %s", copy->info.id, place,
                     was->on.type, was->on.value == NULL ? "" : was->on.value, cell);
    }
    copy->rows[place] = *was;
}

/* Another row takes the same event from STATE before this one is asked. */
static bool is_covered(const struct copy *copy, size_t place, const char *state)
{
    for (size_t i = 0; i < copy->info.row_count; i++) {
        const struct tov_event_pattern *a = &copy->rows[i].on, *b = &copy->rows[place].on;
        bool same_value = a->value == b->value ||
                          (a->value != NULL && b->value != NULL && strcmp(a->value, b->value) == 0);
        if (i != place && strcmp(a->type, b->type) == 0 && same_value &&
            copy->rows[i].about == copy->rows[place].about &&
            copy->rows[i].on_others == copy->rows[place].on_others &&
            tov_machine_row_leaves(&copy->rows[i], state))
            return true;
    }
    return false;
}

static void change_from(struct copy *copy, size_t place)
{
    struct tov_machine_row *row = &copy->rows[place];
    size_t count = 0;
    while (count < TOV_FROM_MAX && row->from[count] != NULL)
        count++;
    for (size_t i = 0; i < count; i++) {
        row->from[i] = "nowhere";
        must_be_noticed(copy, place, "a from-state taken away");
    }
    for (size_t s = 0; count < TOV_FROM_MAX && s <= copy->info.state_count; s++) {
        const char *state = s == copy->info.state_count ? TOV_NO_STATE : copy->info.states[s].id;
        /* What does not exist has no beginning to be retracted. */
        bool is_retract = row->on.value != NULL && strcmp(row->on.value, TOV_AT_START) == 0;
        if (tov_machine_row_leaves(row, state) || is_covered(copy, place, state) ||
            (is_retract && strcmp(state, TOV_NO_STATE) == 0))
            continue;
        row->from[count] = state;
        must_be_noticed(copy, place, state);
    }
}

static void change_event(struct copy *copy, size_t place)
{
    struct tov_machine_row *row = &copy->rows[place];
    row->machine = TOV_MACHINE_COPY;
    must_be_noticed(copy, place, "machine");
    row->about = TOV_ABOUT_PSYCH;
    must_be_noticed(copy, place, "about");
    row->on.type = "msg.note";
    must_be_noticed(copy, place, "type");
    row->on.field = "other";
    row->on.value = "value";
    must_be_noticed(copy, place, "field");
    if (row->on.field == NULL)
        return;
    row->on.value = "other";
    must_be_noticed(copy, place, "value");
    row->on_others = !row->on_others;
    must_be_noticed(copy, place, "on_others");
}

/* With "=" the state that a row leaves is the one that it leads to. */
static bool leads_alike(const struct tov_machine_row *row, const char *to)
{
    for (size_t i = 0; i < TOV_FROM_MAX && row->from[i] != NULL; i++) {
        if (strcmp(tov_machine_row_target(row, row->from[i]), to) != 0)
            return false;
    }
    return true;
}

static void change_target(struct copy *copy, size_t place)
{
    struct tov_machine_row *row = &copy->rows[place];
    for (size_t s = 0; s < copy->info.state_count; s++) {
        if (leads_alike(row, copy->info.states[s].id))
            continue;
        row->to = copy->info.states[s].id;
        must_be_noticed(copy, place, copy->info.states[s].id);
    }
}

static void change_who(struct copy *copy, size_t place)
{
    struct tov_machine_row *row = &copy->rows[place];
    if (row->who != TOV_WHO_ANY) {
        row->who = TOV_WHO_ANY;
        must_be_noticed(copy, place, "anybody");
    }
    for (size_t bit = 0; bit < TOV_WHO_COUNT; bit++) {
        if ((row->who >> bit & 1) != 0) {
            row->who &= ~(1u << bit);
            must_be_noticed(copy, place, "a sender taken away");
        }
        if ((row->and_who >> bit & 1) != 0) {
            row->and_who = TOV_WHO_ANY;
            must_be_noticed(copy, place, "anybody second");
            row->and_who = 0;
            must_be_noticed(copy, place, "one signer");
        }
    }
}

static void change_rest(struct copy *copy, size_t place)
{
    struct tov_machine_row *row = &copy->rows[place];
    for (size_t i = 0; i < TOV_GUARDS_MAX && row->guards[i] != TOV_GUARD_NONE; i++) {
        char cell[32];
        (void)snprintf(cell, sizeof cell, "guard %u", row->guards[i]);
        /* One that always holds stands in its place, so that the guards after it are still asked.
         */
        row->guards[i] = TOV_GUARD_COUNT;
        must_be_noticed(copy, place, cell);
    }
    for (uint32_t bit = 0; bit < 32; bit++) {
        char cell[32];
        (void)snprintf(cell, sizeof cell, "effect %u", bit);
        if ((row->does >> bit & 1) == 0)
            continue;
        row->does &= ~(1u << bit);
        must_be_noticed(copy, place, cell);
    }
}

static void every_cell_of_the_table_matters(void)
{
    struct copy *copy = calloc(1, sizeof *copy);
    UNIT_NEED(copy != NULL);
    size_t every =
        unit_percent() < 100 ? 100 / unit_percent() : 1; /* with fewer rounds: some rows */
    changed = survived = 0;
    for (size_t m = 0; m < TOV_MACHINES_MAX && tov_machine_table()->machines[m] != NULL; m++) {
        copy_machine(copy, m);
        for (size_t place = m % every; place < copy->info.row_count; place += every) {
            change_from(copy, place);
            change_event(copy, place);
            change_target(copy, place);
            change_who(copy, place);
            change_rest(copy, place);
        }
    }
    (void)printf("\n    %zu changes ", changed);
    CU_ASSERT(changed > 1000 / every);
    UNIT_EQUAL_INT(survived, 0);
    free(copy);
}

static void the_table_names_only_what_there_is(void)
{
    for (size_t m = 0; m < TOV_MACHINES_MAX && tov_machine_table()->machines[m] != NULL; m++) {
        const struct tov_machine_info *info = tov_machine_table()->machines[m];
        for (size_t i = 0; i < info->row_count; i++) {
            const struct tov_machine_row *row = &info->rows[i];
            UNIT_EQUAL_INT(row->machine, info->machine);
            CU_ASSERT(strcmp(row->to, TOV_STAYS) == 0 ||
                      tov_machine_state_find(info->machine, row->to) != NULL);
            for (size_t n = 0; n < TOV_FROM_MAX && row->from[n] != NULL; n++)
                CU_ASSERT(strcmp(row->from[n], TOV_NO_STATE) == 0 ||
                          tov_machine_state_find(info->machine, row->from[n]) != NULL);
            for (size_t n = 0; n < TOV_GUARDS_MAX; n++)
                CU_ASSERT(row->guards[n] == TOV_GUARD_NONE ||
                          tov_refusal_text((uint16_t)(TOV_REFUSAL_GUARDS + row->guards[n])).da !=
                              NULL);
        }
    }
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(each_transition_is_taken_and_every_other_pair_is_refused),
        UNIT_TEST(every_cell_of_the_table_matters),
        UNIT_TEST(the_table_names_only_what_there_is),
    };
    checks_read(TRANSITIONS, &checks);
    int result = unit_run("transitions", tests, sizeof tests / sizeof tests[0]);
    checks_fini(&checks);
    return result;
}
