/* SPDX-License-Identifier: EUPL-1.2
 *
 * The front as a process: configuration and its key, then the loop (front.c).
 */
#include "front/front.h"
#include "supervisor/network_role.h"
#include "supervisor/supervisor.h"

int tov_front_main(int argc, char **argv)
{
    TOV_CLEANUP(tov_network_role_wipe) struct tov_network_role role;
    int code = tov_network_role_begin(argc, argv, "front", TOV_KEY_FRONT, &role);
    if (code != 0)
        return code;
    struct tov_net *net = NULL;
    code = tov_network_role_enter(&role, TOV_SANDBOX_FRONT, role.config.client_listen, &net);
    if (code != 0)
        return code;
    struct tov_front_options options = {.listen = role.config.client_listen,
                                        .secret = &role.secret,
                                        .net = net,
                                        .core_fd = role.core_fd,
                                        .signal_fd = role.signal_fd,
                                        .memory_fd = role.memory_fd};
    return tov_front_run(&options);
}
