/* SPDX-License-Identifier: EUPL-1.2
 *
 * Tasks over messages: what they come to stands in files written by hand.
 */
#include "support/unit.h"
#include "task_script.h"

#include <string.h>

#define DEADLINES "tests/scenarios/deadlines.tsv"
#define RELEASE "tests/scenarios/release_tasks.tsv"
#define TASKS_MAX 160
#define NOW_MS UINT64_C(1700000000000)

static void each_deadline_is_opened_met_met_late_and_overdue(void)
{
    struct script *script = script_create();
    script_run(script, DEADLINES);
    script_destroy(script);
}

static void a_release_and_its_new_dates_come_to_these_tasks(void)
{
    struct script *script = script_create();
    script_run(script, RELEASE);
    script_destroy(script);
}

/* Folds AGENCY's messages with judgements at random times in between, into TEXTS. */
static size_t texts_with_judgements(struct script *script, const char *agency, uint64_t *seed,
                                    char texts[][SCRIPT_TASK_TEXT])
{
    size_t count;
    const struct tov_placed *placed = script_placed(script, agency, &count);
    struct tov_tasks *tasks = NULL;
    UNIT_NEED(tov_tasks_create(tov_calendar_find(1), &tasks) == TOV_OK);
    for (size_t i = 0; i < count; i++) {
        UNIT_NEED(tov_tasks_add(tasks, &placed[i]) == TOV_OK);
        for (uint64_t n = unit_random(seed) % 4; n > 0; n--)
            tov_tasks_judge(tasks, unit_random(seed) % UINT64_C(2000000000000));
    }
    tov_tasks_judge(tasks, NOW_MS);
    size_t task_count = tov_tasks_count(tasks);
    UNIT_NEED(task_count <= TASKS_MAX);
    for (size_t i = 0; i < task_count; i++)
        script_task_text(tov_tasks_at(tasks, i), texts[i]);
    tov_tasks_destroy(tasks);
    return task_count;
}

static void compare_with_fold(struct script *script, const char *agency, uint64_t *seed)
{
    static char texts[TASKS_MAX][SCRIPT_TASK_TEXT];
    char text[SCRIPT_TASK_TEXT];
    size_t with_judgements = texts_with_judgements(script, agency, seed, texts);
    size_t count;
    const struct tov_placed *placed = script_placed(script, agency, &count);
    struct tov_tasks *tasks = NULL;
    UNIT_NEED(tov_tasks_fold(placed, count, tov_calendar_find(1), NOW_MS, &tasks) == TOV_OK);
    UNIT_EQUAL_INT(tov_tasks_count(tasks), with_judgements);
    for (size_t i = 0; i < tov_tasks_count(tasks) && i < with_judgements; i++) {
        script_task_text(tov_tasks_at(tasks, i), text);
        UNIT_EQUAL_TEXT(texts[i], text);
    }
    tov_tasks_destroy(tasks);
}

static void looking_at_tasks_in_between_changes_nothing(void)
{
    static const struct {
        const char *path, *name;
    } cases[] = {{RELEASE, "release of P1"},
                 {RELEASE, "parole is refused"},
                 {RELEASE, "after a recall everything begins anew"},
                 {DEADLINES, "a pause of the course does not count"},
                 {DEADLINES, "a party comes and another leaves"}};
    static const char *const views[] = {NULL, "kk", "kbh-pol", "krfo"};
    struct script *script = script_create();
    uint64_t seed = 20210628;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        script_read(script, cases[i].path, cases[i].name);
        for (unsigned n = 0; n < unit_rounds("TOV_TASK_ROUNDS", 40); n++)
            compare_with_fold(script, views[n % 4], &seed);
    }
    script_destroy(script);
}

static struct tov_tasks *fold_of(struct script *script, const char *agency)
{
    struct tov_tasks *tasks = NULL;
    size_t count;
    const struct tov_placed *placed = script_placed(script, agency, &count);
    UNIT_NEED(tov_tasks_fold(placed, count, tov_calendar_find(1), NOW_MS, &tasks) == TOV_OK);
    return tasks;
}

/* The task of OTHERS that is the same as TASK, or NULL. */
static const struct tov_task *same_task(const struct tov_tasks *others, const struct tov_task *task)
{
    for (size_t i = 0; i < tov_tasks_count(others); i++) {
        const struct tov_task *other = tov_tasks_at(others, i);
        if (other->row == task->row && other->occurrence == task->occurrence &&
            other->owner.agency == task->owner.agency &&
            memcmp(&other->thing, &task->thing, sizeof task->thing) == 0)
            return other;
    }
    return NULL;
}

/* Each agency folds what it holds itself; what concerns two comes to the same for both. */
static unsigned compare_views(struct script *script, const char *one, const char *other)
{
    struct tov_tasks *left = fold_of(script, one), *right = fold_of(script, other);
    unsigned shared = 0;
    uint16_t left_agency = script_agency(one), right_agency = script_agency(other);
    for (size_t i = 0; i < tov_tasks_count(left); i++) {
        const struct tov_task *task = tov_tasks_at(left, i);
        if (!tov_task_concerns(task, left_agency) || !tov_task_concerns(task, right_agency))
            continue;
        const struct tov_task *same = same_task(right, task);
        if (same == NULL) {
            UNIT_EQUAL_TEXT(task->row->id, "a task of both");
            continue;
        }
        UNIT_EQUAL_INT(same->state, task->state);
        CU_ASSERT(tov_due_equal(&same->due, &task->due));
        shared++;
    }
    tov_tasks_destroy(left);
    tov_tasks_destroy(right);
    return shared;
}

static void agencies_agree_on_what_one_owes_the_other(void)
{
    struct script *script = script_create();
    script_read(script, RELEASE, "release of P1");
    CU_ASSERT(compare_views(script, "krfo", "kk") > 20);
    CU_ASSERT(compare_views(script, "kk", "krfo") > 20);
    CU_ASSERT(compare_views(script, "kbh-pol", "kk") > 20);
    CU_ASSERT(compare_views(script, "kbh-pol", "krfo") > 10);
    script_destroy(script);
}

static void states_have_their_words(void)
{
    UNIT_EQUAL_TEXT(tov_task_state_name(TOV_TASK_MET_LATE, TOV_DANISH), "opfyldt for sent");
    UNIT_EQUAL_TEXT(tov_task_state_name(TOV_TASK_OVERDUE, TOV_ENGLISH), "overdue");
    for (size_t i = 0; i < tov_deadline_count(); i++) {
        CU_ASSERT(tov_deadline_party_name(tov_deadline_at(i)->owner, TOV_DANISH)[0] != '\0');
        CU_ASSERT(tov_deadline_party_name(tov_deadline_at(i)->owed_to, TOV_ENGLISH)[0] != '\0');
    }
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(each_deadline_is_opened_met_met_late_and_overdue),
        UNIT_TEST(a_release_and_its_new_dates_come_to_these_tasks),
        UNIT_TEST(looking_at_tasks_in_between_changes_nothing),
        UNIT_TEST(agencies_agree_on_what_one_owes_the_other),
        UNIT_TEST(states_have_their_words),
    };
    return unit_run("case_tasks", tests, sizeof tests / sizeof tests[0]);
}
