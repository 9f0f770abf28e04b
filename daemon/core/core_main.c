/* SPDX-License-Identifier: EUPL-1.2
 *
 * The core as a role process of tovd.
 */
#include "core_process.h"
#include "exit_codes.h"
#include "log/log.h"
#include "supervisor/supervisor.h"

#include <stdlib.h>

static bool has_all(const struct tov_role_arguments *arguments)
{
    return arguments->config != NULL && arguments->guard_fd >= 0 && arguments->front_fd >= 0 &&
           arguments->supervisor_fd >= 0;
}

int tov_core_main(int argc, char **argv)
{
    struct tov_role_arguments arguments;
    if (!tov_role_arguments_parse(argc, argv, &arguments) || !has_all(&arguments))
        return TOV_EXIT_USAGE;
    struct tov_process *process = calloc(1, sizeof *process);
    if (process == NULL)
        return TOV_EXIT_INTERNAL;
    tov_log_open("core", TOV_LOG_INFO, getenv("JOURNAL_STREAM") != NULL);
    process->signal_fd = tov_role_start();
    int code = process->signal_fd < 0 ? TOV_EXIT_INTERNAL : tov_process_start(process, &arguments);
    if (code == TOV_EXIT_OK)
        code = tov_process_run(process);
    tov_process_end(process);
    free(process);
    return code;
}
