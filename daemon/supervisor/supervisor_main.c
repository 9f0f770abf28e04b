/* SPDX-License-Identifier: EUPL-1.2
 *
 * The command line of tovd.
 */
#include "config/config.h"
#include "supervisor/apart.h"
#include "supervisor/role.h"
#include "supervisor/start.h"
#include "supervisor/supervisor_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static const char help[] =
    "tovd --config FILE            run this agency's node, in the foreground\n"
    "tovd --config FILE --check    load what a start loads, as the user of the node, and say\n"
    "                              whether it is right; nothing is started or changed\n"
    "tovd gateway                  run its gateway apart from it: tovd gateway --help\n"
    "tovd backup | tovd restore    copy the node's data, put it back: tovd backup --help\n"
    "tovd --version\n"
    "Signals: TERM stops, HUP reads the clients again, USR1 logs the state.\n"
    "Exit codes: docs/exit-codes.md, tovd(8).\n";

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
        {"guard", roles->guard},     {"core", roles->core},
        {"gateway", roles->gateway}, {TOV_ROLE_GATEWAY_APART, roles->gateway},
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

/* Where a gateway apart is taken. Before the sandbox: it looks up the gateway's user. */
static int open_door(const struct tov_config *config, struct door *door)
{
    struct tov_error error = {.text = ""};
    if (config->gateway_socket[0] == '\0')
        return 0;
    int code = door_open(door, config->gateway_socket, config->gateway_user, &error);
    if (code != 0)
        TOV_LOG(TOV_LOG_ERROR, "no-place-for-the-gateway", TOV_LOG_TEXT("why", error.text));
    return code;
}

static int supervise(const char *config_path, const struct tov_config *config)
{
    tov_log_open("supervisor", config->log_level, getenv("JOURNAL_STREAM") != NULL);
    struct supervisor supervisor = {.config = config_path,
                                    .clients = config->clients_file,
                                    .signal_fd = supervisor_open_signals(),
                                    .door = {.fd = -1}};
    int code = supervisor.signal_fd < 0 ? TOV_EXIT_INTERNAL : open_door(config, &supervisor.door);
    if (code == 0 && !supervisor_enter_sandbox())
        code = TOV_EXIT_INTERNAL;
    if (code == 0)
        code = supervisor_run(&supervisor);
    door_close(&supervisor.door);
    (void)close(supervisor.signal_fd);
    return code;
}

static int check(const struct tov_supervisor_roles *roles, const char *config_path,
                 const struct tov_config *config)
{
    struct tov_error error = {.text = ""};
    unsigned locked = 0;
    enum tov_err err = roles->check(config, &locked, &error);
    if (err != TOV_OK) {
        (void)fprintf(stderr, "tovd: %s\n", error.text[0] != '\0' ? error.text : tov_err_name(err));
        return (int)tov_exit_of_error(err);
    }
    (void)printf("%s: understood; node of %s\n", config_path, config->agency);
    if (locked > 0)
        (void)printf("%u key files are locked and were not opened: their passphrases are "
                     "credentials of the service.\n",
                     locked);
    return TOV_EXIT_OK;
}

static int run(const struct tov_supervisor_roles *roles, const struct supervisor_command *command)
{
    struct tov_config config;
    struct tov_error error = {.code = TOV_OK};
    if (tov_config_load(command->config, &config, &error) != TOV_OK ||
        tov_config_check_folders(&config, command->config, &error) != TOV_OK) {
        (void)fprintf(stderr, "tovd: %s\n", error.text);
        return TOV_EXIT_CONFIG;
    }
    return command->check ? check(roles, command->config, &config)
                          : supervise(command->config, &config);
}

int tov_supervisor_main(const struct tov_supervisor_roles *roles, int argc, char **argv)
{
    struct supervisor_command command;
    const char *role = role_of(argc, argv);
    if (role != NULL)
        return become_role(roles, role, argc, argv);
    if (argc > 1 && strcmp(argv[1], "gateway") == 0)
        return apart_main(argc - 1, argv + 1);
    if (!supervisor_parse_command(argc, argv, help, &command))
        return TOV_EXIT_USAGE;
    if (command.help || command.version) {
        (void)printf("%s", command.help ? help : "tovd " TOV_VERSION_TEXT "\n");
        return TOV_EXIT_OK;
    }
    return run(roles, &command);
}
