/* SPDX-License-Identifier: EUPL-1.2 */
#include "ledger/small_file.h"

#include "base/checksum.h"

static uint64_t sum_of(const char *name, struct tov_bytes content)
{
    struct tov_checksum_key files = tov_checksum_key_of(tov_bytes_of_text("file"));
    struct tov_checksum_key own = tov_checksum_key_for(&files, tov_bytes_of_text(name));
    return tov_checksum(&own, content);
}

void tov_small_file_seal(const char *name, struct tov_buf *content)
{
    tov_buf_put_u64(content, sum_of(name, tov_buf_view(content)));
}

enum tov_err tov_small_file_open(const char *name, struct tov_bytes file,
                                 struct tov_bytes *out_content, struct tov_error *error)
{
    struct tov_bytes content = {file.data, file.size - TOV_SMALL_FILE_SUM_BYTES};
    if (file.size < TOV_SMALL_FILE_SUM_BYTES ||
        tov_get_be64(content.data + content.size) != sum_of(name, content))
        return tov_fail(error, TOV_E_CORRUPT,
                        "the file %s of the data folder is not what was written; the disk or "
                        "memory has changed it: see docs/recovery.md for what to do",
                        name);
    *out_content = content;
    return TOV_OK;
}

enum tov_err tov_small_file_save(const struct tov_core *core, const char *name,
                                 struct tov_buf *content)
{
    tov_small_file_seal(name, content);
    if (content->failed != TOV_OK)
        return content->failed;
    return core->host->file_save(core->host->context, name, tov_buf_view(content));
}

enum tov_err tov_small_file_load(const struct tov_core *core, const char *name,
                                 struct tov_buf *file, struct tov_bytes *out_content,
                                 struct tov_error *error)
{
    enum tov_err err = core->host->file_load(core->host->context, name, file);
    if (err != TOV_OK)
        return tov_fail(error, err, "the file %s of the data folder cannot be read", name);
    return tov_small_file_open(name, tov_buf_view(file), out_content, error);
}
