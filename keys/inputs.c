/* SPDX-License-Identifier: EUPL-1.2 */
#include "keys/inputs.h"

#include "base/cleanup.h"

static enum tov_err at_file(enum tov_err err, const char *path, struct tov_error *error)
{
    return err == TOV_OK ? TOV_OK : tov_fail_in(error, err, "%s: ", path);
}

enum tov_err input_roster(const char *path, struct tov_roster **out_roster, struct tov_error *error)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TOV_ROSTER_MAX_BYTES);
    TOV_TRY(tov_file_read(path, TOV_ROSTER_MAX_BYTES, &text, error));
    return at_file(tov_roster_parse(tov_buf_view(&text), out_roster, error), path, error);
}

enum tov_err input_roots(const char *path, struct tov_roots *out_roots, struct tov_error *error)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TOV_NOTE_MAX_BYTES);
    TOV_TRY(tov_file_read(path, TOV_NOTE_MAX_BYTES, &text, error));
    return at_file(tov_roots_parse(tov_buf_view(&text), out_roots, error), path, error);
}

enum tov_err input_root_vkey(const struct tov_key_info *info, struct tov_vkey *out_key,
                             struct tov_error *error)
{
    if (info->purpose != TOV_KEY_ROOT)
        return tov_fail(error, TOV_E_KEY, "a %s key, but a root key is needed here",
                        tov_key_purpose_name(info->purpose));
    enum tov_err err =
        tov_vkey_make(tov_bytes_of_text(info->name), TOV_VKEY_ED25519, info->public_key, out_key);
    return err == TOV_OK ? TOV_OK : tov_fail(error, err, "the root key's name or key is not valid");
}

enum tov_err output_text(const char *path, const struct tov_buf *text, struct tov_error *error)
{
    if (text->failed != TOV_OK)
        return tov_fail(error, text->failed, "%s: too large, or no memory", path);
    struct tov_file_save save = {.path = path, .content = tov_buf_view(text), .mode = 0644};
    return tov_file_save(&save, error);
}
