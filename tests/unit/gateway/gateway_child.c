/* SPDX-License-Identifier: EUPL-1.2
 *
 * A gateway process for tests: the loop of tov_gateway_main with its key from the command line.
 * gateway_child FD ENDPOINT SECRET-HEX
 */
#include "base/hex.h"
#include "gateway/gateway.h"
#include "log/log.h"
#include "supervisor/role.h"

#include <stdlib.h>
#include <string.h>

int main(int argc, char **argv)
{
    struct tov_key secret;
    if (argc != 4 || tov_hex_decode(tov_bytes_of_text(argv[3]), secret.bytes, 32) != TOV_OK)
        return 2;
    tov_log_open("gateway", TOV_LOG_ERROR, false);
    struct tov_gateway_options options = {.listen = argv[2],
                                          .secret = &secret,
                                          .core_fd = (int)strtol(argv[1], NULL, 10),
                                          .signal_fd = tov_role_start()};
    return tov_gateway_run(&options);
}
