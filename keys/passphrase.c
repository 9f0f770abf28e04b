/* SPDX-License-Identifier: EUPL-1.2
 *
 * Where passphrases come from: contracts in keys/keyfile.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "keys/private_file.h"

struct line_text {
    char bytes[TOV_PASSPHRASE_MAX_BYTES + 2];
    size_t size;
};

static void wipe_line(struct line_text *line)
{
    tov_wipe(line, sizeof *line);
}

static void close_fd(const int *fd)
{
    if (*fd >= 0)
        (void)close(*fd);
}

/* Byte by byte, so that what follows the line in FD is left to others. */
static enum tov_err read_line(int fd, struct line_text *line, struct tov_error *error)
{
    line->size = 0;
    while (line->size < sizeof line->bytes) {
        ssize_t got = read(fd, line->bytes + line->size, 1);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return tov_fail(error, TOV_E_IO, "the passphrase cannot be read: %s", strerror(errno));
        if (got == 0 || line->bytes[line->size] == '\n')
            break;
        line->size++;
    }
    if (line->size == 0 || line->size > TOV_PASSPHRASE_MAX_BYTES)
        return tov_fail(error, TOV_E_KEY, "a passphrase has 1 to %u bytes on one line",
                        TOV_PASSPHRASE_MAX_BYTES);
    return TOV_OK;
}

/* Signals wait until the echo is back: a terminal must not be left mute. */
static enum tov_err read_mute(int tty, struct line_text *line, struct tov_error *error)
{
    sigset_t all, before;
    struct termios shown, mute;
    if (tcgetattr(tty, &shown) != 0)
        return tov_fail(error, TOV_E_IO, "the terminal cannot be set: %s", strerror(errno));
    mute = shown;
    mute.c_lflag &= ~(tcflag_t)(ECHO | ISIG);
    sigfillset(&all);
    (void)sigprocmask(SIG_BLOCK, &all, &before);
    (void)tcsetattr(tty, TCSAFLUSH, &mute);
    enum tov_err err = read_line(tty, line, error);
    (void)tcsetattr(tty, TCSAFLUSH, &shown);
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    return err;
}

static enum tov_err ask(const struct tov_passphrase_source *source, struct line_text *line,
                        struct tov_error *error)
{
    TOV_CLEANUP(close_fd) int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (tty < 0)
        return tov_fail(
            error, TOV_E_KEY,
            "a passphrase is needed and there is no terminal; hand it in by file or fd");
    (void)dprintf(tty, "%s: ", source->prompt == NULL ? "Passphrase" : source->prompt);
    enum tov_err err = read_mute(tty, line, error);
    (void)dprintf(tty, "\n");
    return err;
}

static enum tov_err read_source(const struct tov_passphrase_source *source, struct line_text *line,
                                struct tov_error *error)
{
    switch (source->kind) {
    case TOV_PASSPHRASE_NONE:
    case TOV_PASSPHRASE_LEFT:
        break;
    case TOV_PASSPHRASE_FD:
        return read_line(source->fd, line, error);
    case TOV_PASSPHRASE_FILE: {
        TOV_CLEANUP(close_fd) int fd = -1;
        TOV_TRY(tov_private_file_open(source->path, &fd, error));
        return read_line(fd, line, error);
    }
    case TOV_PASSPHRASE_TTY:
        return ask(source, line, error);
    }
    return tov_fail(error, TOV_E_KEY, "a passphrase is needed; say where it comes from");
}

enum tov_err tov_passphrase_read(const struct tov_passphrase_source *source,
                                 struct tov_secret **out_passphrase, struct tov_error *error)
{
    TOV_CLEANUP(wipe_line) struct line_text line;
    struct tov_secret *secret = NULL;
    line.size = 0;
    TOV_TRY(read_source(source, &line, error));
    if (tov_secret_create(line.size, &secret) != TOV_OK)
        return tov_fail(error, TOV_E_NOMEM, "no guarded memory for the passphrase");
    memcpy(tov_secret_data(secret), line.bytes, line.size);
    *out_passphrase = secret;
    return TOV_OK;
}
