/* SPDX-License-Identifier: EUPL-1.2 */
#include "supervisor/supervisor.h"

int main(int argc, char **argv)
{
    static const struct tov_supervisor_roles roles = {.guard = tov_guard_main,
                                                      .core = tov_core_main,
                                                      .gateway = tov_gateway_main,
                                                      .front = tov_front_main};
    return tov_supervisor_main(&roles, argc, argv);
}
