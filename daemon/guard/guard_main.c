/* SPDX-License-Identifier: EUPL-1.2
 *
 * From the arguments that every role gets to the places of the guard.
 */
#include "guard/guard_main.h"

#include "config/config.h"
#include "exit_codes.h"
#include "log/log.h"
#include "supervisor/role.h"

#include <stdlib.h>
#include <unistd.h>

int tov_guard_main(int argc, char **argv)
{
    struct tov_role_arguments arguments;
    if (!tov_role_arguments_parse(argc, argv, &arguments) || arguments.fd < 0 ||
        arguments.config == NULL)
        return TOV_EXIT_USAGE;
    int signals = tov_role_start(); /* the guard ends when the core does, by no signal */
    if (signals < 0)
        return TOV_EXIT_INTERNAL;
    close(signals);
    struct tov_config config;
    struct tov_error error;
    tov_log_open("guard", TOV_LOG_INFO, getenv("JOURNAL_STREAM") != NULL);
    enum tov_err err = tov_config_load(arguments.config, &config, &error);
    if (err != TOV_OK) {
        TOV_LOG(TOV_LOG_ERROR, "config-wrong", TOV_LOG_TEXT("why", error.text));
        return err == TOV_E_NOMEM ? TOV_EXIT_INTERNAL : TOV_EXIT_CONFIG;
    }
    tov_log_open("guard", config.log_level, getenv("JOURNAL_STREAM") != NULL);
    return tov_guard_run(&(struct tov_guard_places){.fd = arguments.fd,
                                                    .agency = config.agency,
                                                    .keys_dir = config.keys_dir,
                                                    .state_dir = config.guard_dir,
                                                    .roots_file = config.roots_file,
                                                    .roster_file = config.roster_file});
}
