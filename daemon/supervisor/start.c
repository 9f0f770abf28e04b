/* SPDX-License-Identifier: EUPL-1.2 */
#include "supervisor/start.h"

#include "sandbox/sandbox.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>

bool supervisor_parse_command(int argc, char **argv, const char *help,
                              struct supervisor_command *out_command)
{
    struct supervisor_command command = {.config = NULL};
    for (int i = 1; i < argc; i++) {
        bool has_value = i + 1 < argc;
        if (strcmp(argv[i], "--config") == 0 && has_value && command.config == NULL)
            command.config = argv[++i];
        else if (strcmp(argv[i], "--check") == 0)
            command.check = true;
        else if (strcmp(argv[i], "--version") == 0)
            command.version = true;
        else if (strcmp(argv[i], "--help") == 0)
            command.help = true;
        else if (strcmp(argv[i], "--config") == 0) {
            (void)fprintf(stderr, "tovd: --config wants a FILE, and stands once\n%s", help);
            return false;
        } else {
            (void)fprintf(stderr, "tovd: %s: not understood\n%s", argv[i], help);
            return false;
        }
    }
    if (command.config == NULL && !command.help && !command.version) {
        (void)fprintf(stderr, "tovd: --config FILE is missing\n%s", help);
        return false;
    }
    *out_command = command;
    return true;
}

int supervisor_open_signals(void)
{
    static const int signals[] = {SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGUSR1};
    sigset_t set;
    (void)sigemptyset(&set);
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
        (void)sigaddset(&set, signals[i]);
    if (sigprocmask(SIG_BLOCK, &set, NULL) != 0)
        return -1;
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

bool supervisor_enter_sandbox(void)
{
    struct tov_error error = {.code = TOV_OK};
    if (tov_sandbox_enter(TOV_SANDBOX_SUPERVISOR, NULL, &error) != TOV_OK) {
        TOV_LOG(TOV_LOG_ERROR, "no-sandbox", TOV_LOG_TEXT("why", error.text));
        return false;
    }
    if (tov_sandbox_landlock() == 0)
        TOV_LOG(TOV_LOG_WARNING, "no-landlock",
                TOV_LOG_TEXT("why", "this kernel has no Landlock: roles may open the files of "
                                    "their user, and names of peers are not looked up"));
    return true;
}
