/* SPDX-License-Identifier: EUPL-1.2 */
#include "federation/files.h"

#include "federation/process.h"
#include "support/unit.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct content {
    char *bytes; /* a NUL behind them */
    size_t size;
};

static struct content read_content(const char *path)
{
    struct content content = {NULL, 0};
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return content;
    UNIT_NEED(fstat(fd, &status) == 0);
    content.bytes = malloc((size_t)status.st_size + 1);
    UNIT_NEED(content.bytes != NULL);
    for (ssize_t got = 1; got > 0 && content.size < (size_t)status.st_size;) {
        got = read(fd, content.bytes + content.size, (size_t)status.st_size - content.size);
        UNIT_NEED(got >= 0);
        content.size += (size_t)got;
    }
    content.bytes[content.size] = '\0';
    (void)close(fd);
    return content;
}

static void write_content(const char *path, const void *bytes, size_t size)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    UNIT_NEED(fd >= 0);
    UNIT_NEED(write(fd, bytes, size) == (ssize_t)size);
    UNIT_NEED(close(fd) == 0);
}

char *files_read(const char *path)
{
    return read_content(path).bytes;
}

void files_write(const char *path, const char *text)
{
    write_content(path, text, strlen(text));
}

void files_copy(const char *from, const char *to)
{
    struct content content = read_content(from);
    UNIT_NEED(content.bytes != NULL);
    write_content(to, content.bytes, content.size);
    free(content.bytes);
}

void files_change(const char *path, const char *old_text, const char *new_text)
{
    char *text = files_read(path);
    char *changed = NULL;
    UNIT_NEED(text != NULL);
    char *at = strstr(text, old_text);
    UNIT_NEED(at != NULL);
    *at = '\0';
    UNIT_NEED(asprintf(&changed, "%s%s%s", text, new_text, at + strlen(old_text)) >= 0);
    files_write(path, changed);
    free(changed);
    free(text);
}

bool files_say(const char *path, const char *text)
{
    struct content content = read_content(path);
    bool is_said =
        content.bytes != NULL && memmem(content.bytes, content.size, text, strlen(text)) != NULL;
    free(content.bytes);
    return is_said;
}

bool files_say_within(const char *path, const char *text, int timeout_ms)
{
    long long until = process_now_ms() + timeout_ms;
    while (!files_say(path, text)) {
        if (process_now_ms() > until)
            return false;
        process_pause();
    }
    return true;
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *walk)
{
    (void)status;
    (void)kind;
    (void)walk;
    return remove(path);
}

void files_remove_tree(const char *path)
{
    (void)nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

void files_unwrap(char *text)
{
    char *to = text;
    for (const char *from = text; *from != '\0'; from++) {
        bool is_space = *from == ' ' || *from == '\n';
        if (!is_space)
            *to++ = *from;
        else if (to > text && to[-1] != ' ')
            *to++ = ' ';
    }
    *to = '\0';
}
