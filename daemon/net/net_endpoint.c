/* SPDX-License-Identifier: EUPL-1.2
 *
 * Which endpoints are accepted: tcp and ipc only. libzmq as Debian builds it would also take pgm,
 * norm, tipc, vmci and inproc from a configuration file.
 */
#include "net/net.h"

#include "base/hex.h"

#include <string.h>
#include <sys/un.h>

static enum tov_err check_ipc(const char *path, struct tov_error *error)
{
    if (path[0] != '/')
        return tov_fail(error, TOV_E_CONFIG, "ipc endpoint: write ipc:///PATH, an absolute path");
    if (strlen(path) >= sizeof((struct sockaddr_un *)NULL)->sun_path)
        return tov_fail(error, TOV_E_CONFIG, "ipc endpoint: the path is longer than 107 bytes");
    return TOV_OK;
}

static bool host_is_good(const char *host, size_t size)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-";
    static const char in_brackets[] = "0123456789abcdefABCDEF:.";
    if (size == 1 && host[0] == '*')
        return true;
    if (size > 2 && host[0] == '[' && host[size - 1] == ']')
        return strspn(host + 1, in_brackets) == size - 2;
    return size > 0 && strspn(host, plain) == size;
}

static enum tov_err check_tcp(const char *rest, struct tov_error *error)
{
    const char *colon = strrchr(rest, ':');
    uint64_t port;
    if (colon == NULL || !host_is_good(rest, (size_t)(colon - rest)))
        return tov_fail(error, TOV_E_CONFIG, "tcp endpoint: write tcp://HOST:PORT");
    if (strcmp(colon + 1, "*") == 0)
        return TOV_OK;
    if (tov_decimal_decode(tov_bytes_of_text(colon + 1), &port) != TOV_OK || port > 65535)
        return tov_fail(error, TOV_E_CONFIG, "tcp endpoint: the port must be a number to 65535");
    return TOV_OK;
}

enum tov_err tov_net_endpoint_check(const char *endpoint, struct tov_error *error)
{
    if (strlen(endpoint) > TOV_NET_ENDPOINT_MAX_BYTES)
        return tov_fail(error, TOV_E_CONFIG, "endpoint: longer than %u bytes",
                        TOV_NET_ENDPOINT_MAX_BYTES);
    if (strncmp(endpoint, "tcp://", 6) == 0)
        return check_tcp(endpoint + 6, error);
    if (strncmp(endpoint, "ipc://", 6) == 0)
        return check_ipc(endpoint + 6, error);
    return tov_fail(error, TOV_E_CONFIG, "endpoint: write tcp://HOST:PORT or ipc:///PATH");
}
