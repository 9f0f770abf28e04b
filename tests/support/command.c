/* SPDX-License-Identifier: EUPL-1.2 */
#include "support/command.h"

#include "support/unit.h"

#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORDS_MAX 511

static void become(const char *const *words, const char *output)
{
    char *copies[WORDS_MAX + 1] = {NULL};
    for (size_t i = 0; words[i] != NULL; i++) {
        UNIT_NEED(i < WORDS_MAX);
        copies[i] = strdup(words[i]);
    }
    int fd = open(output == NULL ? "/dev/null" : output, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (fd >= 0 && dup2(fd, STDOUT_FILENO) >= 0 && dup2(fd, STDERR_FILENO) >= 0)
        (void)execvp(copies[0], copies);
    _exit(127);
}

int command_run(const char *const *words, const char *output)
{
    int status = 0;
    pid_t child = fork();
    UNIT_NEED(child >= 0);
    if (child == 0)
        become(words, output);
    UNIT_NEED(waitpid(child, &status, 0) == child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
