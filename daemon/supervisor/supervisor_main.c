/* SPDX-License-Identifier: EUPL-1.2
 *
 * The command line of tovd.
 */
#include "config/config.h"
#include "sandbox/sandbox.h"
#include "supervisor/supervisor_internal.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

static const char help[] =
    "tovd --config FILE            run this agency's node, in the foreground\n"
    "tovd --config FILE --check    read the configuration and say whether it is right\n"
    "tovd backup | tovd restore    copy the node's data, put it back: tovd backup --help\n"
    "tovd --version\n"
    "Signals: TERM stops, HUP reads the clients again, USR1 logs the state.\n"
    "Exit codes: docs/exit-codes.md, tovd(8).\n";

struct command {
    const char *config;
    bool check;
    bool version;
    bool help;
};

static bool parse_command(int argc, char **argv, struct command *out_command)
{
    struct command command = {.config = NULL};
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
        else {
            (void)fprintf(stderr, "tovd: %s: not understood\n%s", argv[i], help);
            return false;
        }
    }
    *out_command = command;
    return true;
}

static const char *role_of(int argc, char **argv)
{
    for (int i = 1; i + 1 < argc; i++)
        if (strcmp(argv[i], "--role") == 0)
            return argv[i + 1];
    return NULL;
}

static int become_role(const struct tov_supervisor_roles *roles, const char *role, int argc,
                       char **argv)
{
    const struct {
        const char *name;
        tov_role_main run;
    } known[] = {
        {"guard", roles->guard},
        {"core", roles->core},
        {"gateway", roles->gateway},
        {"front", roles->front},
    };
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(known[i].name, role) != 0)
            continue;
        (void)prctl(PR_SET_NAME, role);
        return known[i].run(argc, argv);
    }
    (void)fprintf(stderr, "tovd: %s: no such role\n", role);
    return TOV_EXIT_USAGE;
}

/* Blocked here, read from the descriptor; children unblock them before exec. */
static int open_signals(void)
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

static bool enter_sandbox(void)
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

static int supervise(const char *config_path, const struct tov_config *config)
{
    tov_log_open("supervisor", config->log_level, getenv("JOURNAL_STREAM") != NULL);
    struct supervisor supervisor = {
        .config = config_path, .clients = config->clients_file, .signal_fd = open_signals()};
    if (supervisor.signal_fd < 0 || !enter_sandbox())
        return TOV_EXIT_INTERNAL;
    int code = supervisor_run(&supervisor);
    (void)close(supervisor.signal_fd);
    return code;
}

static int run(const struct command *command)
{
    struct tov_config config;
    struct tov_error error = {.code = TOV_OK};
    if (command->config == NULL) {
        (void)fprintf(stderr, "tovd: --config FILE is missing\n%s", help);
        return TOV_EXIT_USAGE;
    }
    if (tov_config_load(command->config, &config, &error) != TOV_OK ||
        tov_config_check_folders(&config, command->config, &error) != TOV_OK) {
        (void)fprintf(stderr, "tovd: %s\n", error.text);
        return TOV_EXIT_CONFIG;
    }
    if (!command->check)
        return supervise(command->config, &config);
    (void)printf("%s: understood; node of %s\n", command->config, config.agency);
    return TOV_EXIT_OK;
}

int tov_supervisor_main(const struct tov_supervisor_roles *roles, int argc, char **argv)
{
    struct command command;
    const char *role = role_of(argc, argv);
    if (role != NULL)
        return become_role(roles, role, argc, argv);
    if (!parse_command(argc, argv, &command))
        return TOV_EXIT_USAGE;
    if (command.help || command.version) {
        (void)printf("%s", command.help ? help : "tovd " TOV_VERSION_TEXT "\n");
        return TOV_EXIT_OK;
    }
    return run(&command);
}
