/* SPDX-License-Identifier: EUPL-1.2
 *
 * The front as a process: configuration and its key, then the loop (front.c).
 */
#include "config/config.h"
#include "exit_codes.h"
#include "front/front.h"
#include "log/log.h"
#include "supervisor/role.h"
#include "supervisor/role_key.h"
#include "supervisor/supervisor.h"

int tov_front_main(int argc, char **argv)
{
    struct tov_role_arguments arguments;
    struct tov_config config;
    struct tov_error error = {.code = TOV_OK};
    if (!tov_role_arguments_parse(argc, argv, &arguments) || arguments.config == NULL ||
        arguments.fd < 0)
        return TOV_EXIT_USAGE;
    int signal_fd = tov_role_start();
    if (signal_fd < 0)
        return TOV_EXIT_INTERNAL;
    if (tov_config_load(arguments.config, &config, &error) != TOV_OK) {
        TOV_LOG(TOV_LOG_ERROR, "config", TOV_LOG_TEXT("why", error.text));
        return TOV_EXIT_CONFIG;
    }
    tov_role_log("front", &config);
    TOV_CLEANUP(tov_key_wipe) struct tov_key secret;
    if (tov_role_key_load(&config, TOV_KEY_FRONT, &secret, &error) != TOV_OK) {
        TOV_LOG(TOV_LOG_ERROR, "key", TOV_LOG_TEXT("why", error.text));
        return TOV_EXIT_KEY;
    }
    struct tov_front_options options = {.listen = config.client_listen,
                                        .secret = &secret,
                                        .core_fd = arguments.fd,
                                        .signal_fd = signal_fd};
    return tov_front_run(&options);
}
