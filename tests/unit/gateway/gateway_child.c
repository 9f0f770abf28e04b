/* SPDX-License-Identifier: EUPL-1.2
 *
 * A gateway process for tests: the loop of tov_gateway_main with its key from the command line.
 * gateway_child FD ENDPOINT SECRET-HEX
 */
#include "base/hex.h"
#include "gateway/gateway.h"
#include "log/log.h"
#include "net/net.h"
#include "sandbox/sandbox.h"
#include "supervisor/role.h"

#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
    struct tov_key secret;
    if (argc != 4 || tov_hex_decode(tov_bytes_of_text(argv[3]), secret.bytes, 32) != TOV_OK)
        return 2;
    tov_log_open("gateway", TOV_LOG_ERROR, false);
    struct tov_net *net = NULL;
    if (tov_net_create(&net, NULL) != TOV_OK)
        return 3;
    struct tov_gateway_options options = {.listen = argv[2],
                                          .secret = &secret,
                                          .net = net,
                                          .core_fd = (int)strtol(argv[1], NULL, 10),
                                          .signal_fd = tov_role_start(),
                                          .memory_fd = tov_net_memory_open()};
    const struct tov_sandbox_places places = {.listen = argv[2]};
    if (tov_sandbox_enter(TOV_SANDBOX_GATEWAY, &places, NULL) != TOV_OK)
        return 3;
    return tov_gateway_run(&options);
}
