/* SPDX-License-Identifier: EUPL-1.2
 *
 * Attaching files to a draft. They are read when the draft is sent.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/draft.h"

static enum tov_err check_names(const char *name, const char *mime, struct tov_error *error)
{
    if (name == NULL || name[0] == '\0' || strchr(name, '/') != NULL)
        return tov_fail(error, TOV_E_ARGUMENT, "an attachment needs a name without slashes");
    if (strlen(name) > ATTACHMENT_NAME_MAX_BYTES || strlen(mime) > ATTACHMENT_MIME_MAX_BYTES)
        return tov_fail(error, TOV_E_LIMIT, "name (%u bytes) or type (%u) of the attachment",
                        ATTACHMENT_NAME_MAX_BYTES, ATTACHMENT_MIME_MAX_BYTES);
    return TOV_OK;
}

static enum tov_err look_at(int fd, uint64_t *out_size, struct tov_error *error)
{
    struct stat status;
    if (fstat(fd, &status) != 0)
        return tov_fail(error, TOV_E_IO, "the attachment cannot be looked at: %s", strerror(errno));
    if (!S_ISREG(status.st_mode))
        return tov_fail(error, TOV_E_ARGUMENT, "an attachment is a regular file");
    if ((uint64_t)status.st_size > TOV_ATTACHMENT_MAX_BYTES)
        return tov_fail(error, TOV_E_LIMIT, "an attachment has at most 2 GiB");
    *out_size = (uint64_t)status.st_size;
    return TOV_OK;
}

enum tov_err tov_message_draft_attach_fd(struct tov_message_draft *draft, int fd, const char *name,
                                         const char *mime, struct tov_error *error)
{
    const char *kind = mime == NULL ? "application/octet-stream" : mime;
    struct draft_file *file = &draft->files[draft->file_count];
    uint64_t size = 0;
    TOV_TRY(check_names(name, kind, error));
    if (draft->file_count == TOV_ATTACHMENTS_MAX)
        return tov_fail(error, TOV_E_LIMIT, "a message has at most %u attachments",
                        TOV_ATTACHMENTS_MAX);
    TOV_TRY(look_at(fd, &size, error));
    int own = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    if (own < 0)
        return tov_fail(error, TOV_E_IO, "no descriptor for the attachment: %s", strerror(errno));
    *file = (struct draft_file){.fd = own, .size = size};
    memcpy(file->name, name, strlen(name));
    memcpy(file->mime, kind, strlen(kind));
    draft->file_count++;
    return TOV_OK;
}

enum tov_err tov_message_draft_attach_path(struct tov_message_draft *draft, const char *path,
                                           const char *mime, struct tov_error *error)
{
    const char *slash = strrchr(path, '/');
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return tov_fail(error, errno == ENOENT ? TOV_E_NOT_FOUND : TOV_E_IO,
                        "the attachment cannot be opened: %s", strerror(errno));
    enum tov_err err =
        tov_message_draft_attach_fd(draft, fd, slash == NULL ? path : slash + 1, mime, error);
    (void)close(fd);
    return err;
}

size_t tov_message_draft_attachment_count(const struct tov_message_draft *draft)
{
    return draft->file_count;
}
