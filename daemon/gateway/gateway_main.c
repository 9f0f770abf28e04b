/* SPDX-License-Identifier: EUPL-1.2
 *
 * The gateway as a process: configuration and transport key, then the loop (gateway.c).
 */
#include "gateway/gateway.h"
#include "supervisor/network_role.h"
#include "supervisor/supervisor.h"

int tov_gateway_main(int argc, char **argv)
{
    TOV_CLEANUP(tov_network_role_wipe) struct tov_network_role role;
    int code = tov_network_role_begin(argc, argv, "gateway", TOV_KEY_TRANSPORT, &role);
    if (code != 0)
        return code;
    struct tov_net *net = NULL;
    code = tov_network_role_enter(&role, TOV_SANDBOX_GATEWAY, role.config.listen, &net);
    if (code != 0)
        return code;
    struct tov_gateway_options options = {.listen = role.config.listen,
                                          .secret = &role.secret,
                                          .net = net,
                                          .core_fd = role.core_fd,
                                          .signal_fd = role.signal_fd,
                                          .memory_fd = role.memory_fd};
    return tov_gateway_run(&options);
}
