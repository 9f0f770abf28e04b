/* SPDX-License-Identifier: EUPL-1.2
 *
 * root-new and roots-new: the keys of the root holders and the file that names them.
 */
#include <stdio.h>
#include <string.h>

#include "keys/inputs.h"
#include "keys/newkey.h"
#include "roster/lines.h"

static const struct command_option root_new_options[] = {{"federation", "NAME", true},
                                                         {"holder", "NAME", true},
                                                         {"out", "FILE", true},
                                                         COMMAND_NEW_KEY_OPTIONS,
                                                         {NULL, NULL, false}};

static enum tov_err write_public(const char *path, const struct tov_key_info *info,
                                 struct tov_error *error)
{
    struct tov_vkey vkey;
    struct newkey_path public_path;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TOV_NOTE_MAX_BYTES);
    TOV_TRY(input_root_vkey(info, &vkey, error));
    TOV_TRY(newkey_path(&public_path, error, "%s.pub", path));
    tov_buf_put_text(&text, "root ");
    tov_vkey_format(&vkey, &text);
    tov_buf_put_text(&text, "\n");
    TOV_TRY(output_text(public_path.text, &text, error));
    printf("%.*s", (int)text.size, (const char *)text.data);
    return TOV_OK;
}

static enum tov_err run_root_new(const struct arguments *arguments, struct tov_error *error)
{
    TOV_CLEANUP(newkey_lock_fini) struct newkey_lock lock = {.passphrase = NULL};
    const char *federation = arguments_get(arguments, "federation");
    const char *path = arguments_get(arguments, "out");
    struct tov_key_info info;
    TOV_TRY(newkey_lock_from(arguments, federation, &lock, error));
    struct newkey_order order = {
        .lock = &lock,
        .path = path,
        .purpose = TOV_KEY_ROOT,
        .place = {.federation = federation, .owner = arguments_get(arguments, "holder")}};
    TOV_TRY(newkey_make(&order, &info, error));
    return write_public(path, &info, error);
}

const struct command command_root_new = {
    "root-new", NULL, "A root key for one person; FILE.pub holds its public half for roots-new.",
    root_new_options, run_root_new};

static const struct command_option roots_new_options[] = {{"federation", "NAME", true},
                                                          {"threshold", "N", true},
                                                          {"out", "FILE", true},
                                                          {NULL, NULL, false}};

static enum tov_err put_public(const char *path, struct tov_buf *out, struct tov_error *error)
{
    struct tov_buf text = TOV_BUF_INIT(TOV_LINE_MAX_BYTES);
    struct tov_lines lines;
    struct tov_line line;
    enum tov_err err = tov_file_read(path, TOV_LINE_MAX_BYTES, &text, error);
    if (err == TOV_OK) {
        err = tov_lines_init(&lines, tov_buf_view(&text), "docs/keys.md", error);
        if (err == TOV_OK)
            err = tov_lines_take(&lines, 0, "root", &line);
        if (err == TOV_OK)
            err = tov_lines_end(&lines);
        if (err != TOV_OK)
            err = tov_fail_in(error, err, "%s: ", path);
        tov_buf_put_bytes(out, tov_buf_view(&text));
    }
    tov_buf_fini(&text);
    return err;
}

static enum tov_err run_roots_new(const struct arguments *arguments, struct tov_error *error)
{
    static const struct number_option threshold = {"threshold", 1, TOV_ROOTS_MAX, 1};
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TOV_NOTE_MAX_BYTES);
    struct tov_roots roots;
    uint64_t number = 0;
    TOV_TRY(arguments_number(arguments, &threshold, &number, error));
    tov_buf_put_format(&text, "tov-roots v1\nfederation %s\nthreshold %u\n",
                       arguments_get(arguments, "federation"), (unsigned)number);
    for (size_t i = 0; i < arguments->path_count; i++)
        TOV_TRY(put_public(arguments->paths[i], &text, error));
    TOV_TRY(tov_roots_parse(tov_buf_view(&text), &roots, error));
    return output_text(arguments_get(arguments, "out"), &text, error);
}

const struct command command_roots_new = {
    "roots-new", "HOLDER.pub...",
    "The roots file: which root keys there are and how many must sign.", roots_new_options,
    run_roots_new};
