/* SPDX-License-Identifier: EUPL-1.2 */
#include "cli/pager.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/file.h"
#include "cli/language.h"

static const char *first_of(const char *one, const char *other, const char *fallback)
{
    const char *value = getenv(one);
    if (value == NULL || value[0] == '\0')
        value = other == NULL ? NULL : getenv(other);
    return value == NULL || value[0] == '\0' ? fallback : value;
}

static int wait_for(pid_t child)
{
    int status = 0;
    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR)
            return -1;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool is_longer_than_terminal(const struct cli *cli)
{
    struct winsize size = {0};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row < 2)
        return false;
    size_t lines = 0;
    for (size_t i = 0; i < cli->page.size; i++)
        lines += cli->page.data[i] == '\n' ? 1 : 0;
    return lines >= size.ws_row;
}

static _Noreturn void be_pager(int input, const char *pager)
{
    (void)dup2(input, STDIN_FILENO);
    (void)setenv("LESS", "FRX", 0);
    (void)setenv("LESSSECURE", "1", 1);
    (void)setenv("LESSHISTFILE", "-", 1);
    (void)execlp("sh", "sh", "-c", pager, (char *)NULL);
    _exit(127);
}

bool pager_show(struct cli *cli)
{
    assert(cli->client == NULL);
    if (!cli->stdout_is_terminal || !cli->stdin_is_terminal || cli->page.failed != TOV_OK ||
        !is_longer_than_terminal(cli))
        return false;
    int ends[2];
    if (pipe(ends) != 0)
        return false;
    pid_t child = fork();
    if (child == 0) {
        (void)close(ends[1]);
        be_pager(ends[0], first_of("PAGER", NULL, "less"));
    }
    (void)close(ends[0]);
    void (*former)(int) = signal(SIGPIPE, SIG_IGN);
    if (child > 0)
        (void)!file_put(ends[1], tov_buf_view(&cli->page)); /* it may be left early */
    (void)close(ends[1]);
    bool shown = child > 0 && wait_for(child) != 127;
    (void)signal(SIGPIPE, former);
    if (shown)
        tov_buf_clear(&cli->page);
    return shown;
}

/* The path is an argument of its own, never a part of the command. */
static _Noreturn void be_editor(const char *path)
{
    static const char *const editors[] = {"sensible-editor", "nano", "vi"};
    const char *editor = first_of("VISUAL", "EDITOR", NULL);
    if (editor != NULL) {
        char command[1024];
        int size = snprintf(command, sizeof command, "%s \"$1\"", editor);
        if (size > 0 && (size_t)size < sizeof command)
            (void)execlp("sh", "sh", "-c", command, "sh", path, (char *)NULL);
        _exit(127);
    }
    for (size_t i = 0; i < sizeof editors / sizeof editors[0]; i++)
        (void)execlp(editors[i], editors[i], path, (char *)NULL);
    _exit(127);
}

enum tov_err editor_run(struct cli *cli, const char *path)
{
    assert(cli->client == NULL);
    pid_t child = fork();
    if (child == 0)
        be_editor(path);
    void (*former)(int) = signal(SIGINT, SIG_IGN); /* a key of the editor's */
    bool ended_well = child > 0 && wait_for(child) == 0;
    (void)signal(SIGINT, former);
    if (!ended_well)
        return cli_fail(cli, TOV_E_IO,
                        _("The editor did not end well. Set EDITOR to the one you use."));
    return TOV_OK;
}
