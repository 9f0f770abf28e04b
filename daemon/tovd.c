/* SPDX-License-Identifier: EUPL-1.2 */
#include "backup/backup.h"
#include "check/check.h"
#include "supervisor/supervisor.h"

#include <string.h>

int main(int argc, char **argv)
{
    static const struct tov_supervisor_roles roles = {.guard = tov_guard_main,
                                                      .core = tov_core_main,
                                                      .gateway = tov_gateway_main,
                                                      .front = tov_front_main,
                                                      .check = tov_check_node};
    if (argc > 1 && (strcmp(argv[1], "backup") == 0 || strcmp(argv[1], "restore") == 0))
        return tov_backup_main(argc, argv);
    return tov_supervisor_main(&roles, argc, argv);
}
