/* SPDX-License-Identifier: EUPL-1.2 */
#include "cli/editing.h"

#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cli/compose.h"
#include "cli/file.h"
#include "cli/formtext.h"
#include "cli/language.h"
#include "cli/pager.h"

void editing_init(struct editing *editing, struct cli *cli, struct kept_draft *draft)
{
    *editing =
        (struct editing){.cli = cli, .draft = draft, .text = TOV_BUF_INIT(DRAFT_TEXT_MAX_BYTES)};
}

void editing_fini(struct editing *editing)
{
    tov_buf_fini(&editing->text);
}

static const char *text_of(const struct editing *editing)
{
    return editing->text.size == 0 ? "" : (const char *)editing->text.data;
}

static enum tov_err no_memory(struct editing *editing)
{
    return cli_fail(editing->cli, TOV_E_LIMIT, _("The form is too long, or memory is out."));
}

/* Takes RAW (which ends in NUL) as the present text. */
static enum tov_err take_text(struct editing *editing, const char *raw)
{
    tov_buf_clear(&editing->text);
    formtext_strip(raw, &editing->text);
    tov_buf_put_u8(&editing->text, 0);
    return editing->text.failed == TOV_OK ? TOV_OK : no_memory(editing);
}

static enum tov_err read_text(struct editing *editing, const char *path)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf raw = TOV_BUF_INIT(DRAFT_TEXT_MAX_BYTES);
    TOV_TRY(cli_own(editing->cli, file_read(path, &raw, &editing->cli->error)));
    if (raw.size > 0 && memchr(raw.data, 0, raw.size) != NULL)
        return cli_fail(editing->cli, TOV_E_MALFORMED, _("%.200s is not a text."), path);
    tov_buf_put_u8(&raw, 0);
    return raw.failed == TOV_OK ? take_text(editing, (const char *)raw.data) : no_memory(editing);
}

static enum tov_err begin_text(struct editing *editing, const char *path)
{
    struct cli *cli = editing->cli;
    char *form = NULL;
    if (editing->text.size > 0)
        return TOV_OK;
    if (editing->draft->has_text)
        return read_text(editing, path);
    TOV_TRY(compose_defaults(cli, editing->draft->message));
    TOV_TRY(tov_message_draft_to_form(editing->draft->message, cli->words, &form, &cli->error));
    enum tov_err err = take_text(editing, form);
    tov_free(form);
    return err;
}

/* One look at the text in the editor. */
static enum tov_err open_editor(struct editing *editing, const char *path, bool with_remarks,
                                bool *out_changed)
{
    struct cli *cli = editing->cli;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf shown = TOV_BUF_INIT(DRAFT_TEXT_MAX_BYTES);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf former = TOV_BUF_INIT(DRAFT_TEXT_MAX_BYTES);
    if (with_remarks)
        formtext_annotate(cli, editing->draft->message, text_of(editing), &shown);
    else
        tov_buf_put_text(&shown, text_of(editing));
    tov_buf_put_bytes(&former, tov_buf_view(&editing->text));
    if (shown.failed != TOV_OK || former.failed != TOV_OK)
        return no_memory(editing);
    TOV_TRY(cli_own(cli, file_write(path, tov_buf_view(&shown), &cli->error)));
    editing->draft->has_text = true;
    cli_disconnect(cli);
    TOV_TRY(editor_run(cli, path));
    TOV_TRY(read_text(editing, path));
    *out_changed = !tov_bytes_equal(tov_buf_view(&former), tov_buf_view(&editing->text));
    editing->has_changed = editing->has_changed || *out_changed;
    return TOV_OK;
}

/* SCHEMA: the draft's remarks say why. */
static enum tov_err take_form(struct editing *editing, const char *path)
{
    struct cli *cli = editing->cli;
    struct kept_draft *draft = editing->draft;
    int is_refused = 0;
    TOV_TRY(tov_message_draft_read_form(draft->message, text_of(editing), &cli->error));
    TOV_TRY(draftfile_save(cli, draft));
    (void)unlink(path);
    draft->has_text = false;
    TOV_TRY(tov_message_draft_check(draft->message, &is_refused, &cli->error));
    return is_refused != 0 ? TOV_E_SCHEMA : TOV_OK;
}

enum tov_err editing_run(struct editing *editing, bool mends)
{
    char path[FILE_PATH_SIZE];
    TOV_TRY(draftfile_save(editing->cli, editing->draft));
    TOV_TRY(draftfile_text_path(editing->cli, editing->draft, path));
    TOV_TRY(begin_text(editing, path));
    for (;;) {
        bool has_changed = false;
        TOV_TRY(open_editor(editing, path, mends, &has_changed));
        if (mends && !has_changed)
            return TOV_E_SCHEMA;
        enum tov_err err = take_form(editing, path);
        if (err != TOV_E_SCHEMA || !has_changed)
            return err;
        mends = true;
    }
}
