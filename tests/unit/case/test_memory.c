/* SPDX-License-Identifier: EUPL-1.2
 *
 * Drafts, forms and tasks where memory runs out: NOMEM, never a draft or a list of tasks with
 * something left away, which would say that nothing is due (I5).
 */
#include "base/cleanup.h"
#include "case/form.h"
#include "drafts.h"
#include "support/scarce.h"
#include "support/unit.h"
#include "task_script.h"

#define DEADLINES "tests/scenarios/deadlines.tsv"
#define RELEASE "tests/scenarios/release_tasks.tsv"
#define NOW_MS UINT64_C(1700000000000)

struct placed {
    const struct tov_placed *list;
    size_t count;
};

static enum tov_err fold_tasks(void *context)
{
    const struct placed *placed = context;
    struct tov_tasks *tasks = NULL;
    TOV_TRY(tov_tasks_fold(placed->list, placed->count, tov_calendar_find(1), NOW_MS, &tasks));
    tov_tasks_destroy(tasks);
    return TOV_OK;
}

static void tasks_are_all_there_or_none_is(void)
{
    static const struct {
        const char *path, *name;
    } cases[] = {
        {RELEASE, "release of P1"},
        {DEADLINES, "concern"},
        {DEADLINES, "release tasks of the case"},
        {DEADLINES, "a concern from the hotline and one from the prison service"},
    };
    struct script *script = script_create();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        script_read(script, cases[i].path, cases[i].name);
        struct placed placed = {0};
        placed.list = script_placed(script, NULL, &placed.count);
        scarce_each(cases[i].name, 4, fold_tasks, &placed);
    }
    script_destroy(script);
}

/* A message of TYPE as bytes, and the form that shows it. */
struct written {
    struct tov_buf header, content, form;
};

static void write_draft(const struct tov_draft *draft, struct written *out)
{
    *out = (struct written){.header = TOV_BUF_INIT(TOV_RECORD_MAX_BYTES),
                            .content = TOV_BUF_INIT(TOV_RECORD_MAX_BYTES),
                            .form = TOV_BUF_INIT(TOV_FORM_MAX_BYTES)};
    UNIT_NEED(tov_draft_encode(draft, &out->header, &out->content) == TOV_OK);
    tov_form_write(draft, TOV_DANISH, &out->form);
    UNIT_NEED(out->form.failed == TOV_OK);
}

static void written_fini(struct written *written)
{
    tov_buf_fini(&written->header);
    tov_buf_fini(&written->content);
    tov_buf_fini(&written->form);
}

static enum tov_err encode(void *context)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf header = TOV_BUF_INIT(TOV_RECORD_MAX_BYTES);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf content = TOV_BUF_INIT(TOV_RECORD_MAX_BYTES);
    return tov_draft_encode(context, &header, &content);
}

static enum tov_err begin(void *context)
{
    const struct tov_draft *like = context;
    struct tov_draft draft = {0};
    TOV_TRY(tov_draft_create(like->type, &draft));
    tov_draft_fini(&draft);
    return TOV_OK;
}

static enum tov_err take(void *context)
{
    const struct written *written = context;
    struct tov_draft draft = {0};
    TOV_TRY(tov_draft_take(tov_buf_view(&written->header), tov_buf_view(&written->content), &draft,
                           NULL));
    tov_draft_fini(&draft);
    return TOV_OK;
}

static enum tov_err fill_form(void *context)
{
    const struct written *written = context;
    struct tov_findings findings = {0};
    struct tov_draft draft = {0};
    TOV_TRY(tov_draft_take(tov_buf_view(&written->header), tov_buf_view(&written->content), &draft,
                           NULL));
    enum tov_err err = tov_form_read(tov_buf_view(&written->form), &draft, &findings);
    tov_draft_fini(&draft);
    return err;
}

static void a_draft_or_form_is_whole_or_not_there(void)
{
    static const char *const types[] = {"msg.note", "prison.released", "case.open",
                                        "concern.submit", "info.response"};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        struct test_draft test;
        struct written written;
        test_draft_init(&test, types[i]);
        write_draft(&test.draft, &written);
        scarce_each(types[i], 4, begin, &test.draft);
        scarce_each(types[i], 4, encode, &test.draft);
        scarce_each(types[i], 4, take, &written);
        scarce_each(types[i], 8, fill_form, &written);
        written_fini(&written);
        test_draft_fini(&test);
    }
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(tasks_are_all_there_or_none_is),
        UNIT_TEST(a_draft_or_form_is_whole_or_not_there),
    };
    return unit_run("scarce memory, casework", tests, sizeof tests / sizeof tests[0]);
}
