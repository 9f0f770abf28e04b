/* SPDX-License-Identifier: EUPL-1.2
 *
 * Names, numbers with a check digit, endpoints and origins: contracts in roster/roster.h.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "roster/roster.h"

static bool is_name_byte(uint8_t byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
}

bool tov_name_is_valid(struct tov_bytes name)
{
    if (name.size == 0 || name.size > TOV_NAME_MAX_BYTES)
        return false;
    bool was_plain = false;
    for (size_t i = 0; i < name.size; i++) {
        bool is_plain = is_name_byte(name.data[i]);
        bool is_joint = name.data[i] == '-' || name.data[i] == '.';
        if (!is_plain && !(is_joint && was_plain))
            return false;
        was_plain = is_plain;
    }
    return was_plain;
}

static bool is_digits(struct tov_bytes text, size_t size)
{
    if (text.size != size)
        return false;
    for (size_t i = 0; i < size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
    }
    return true;
}

bool tov_cvr_is_valid(struct tov_bytes cvr)
{
    static const unsigned weights[8] = {2, 7, 6, 5, 4, 3, 2, 1};
    if (!is_digits(cvr, 8))
        return false;
    unsigned sum = 0;
    for (size_t i = 0; i < 8; i++)
        sum += weights[i] * (unsigned)(cvr.data[i] - '0');
    return sum > 0 && sum % 11 == 0;
}

bool tov_gln_is_valid(struct tov_bytes gln)
{
    if (!is_digits(gln, 13))
        return false;
    unsigned sum = 0;
    for (size_t i = 0; i < 13; i++)
        sum += (unsigned)(gln.data[i] - '0') * (i % 2 == 0 ? 1 : 3);
    return sum > 0 && sum % 10 == 0;
}

/* A host name or an IPv4 address; labels as in RFC 1123, lower-case. */
static bool is_host(struct tov_bytes host)
{
    if (host.size == 0 || host.size > 253)
        return false;
    bool was_plain = false;
    for (size_t i = 0; i < host.size; i++) {
        bool is_plain = is_name_byte(host.data[i]);
        bool is_inner = host.data[i] == '-' || (host.data[i] == '.' && was_plain);
        if (!is_plain && !(is_inner && i > 0 && host.data[i - 1] != '.'))
            return false;
        was_plain = is_plain;
    }
    return was_plain;
}

static bool is_v6_address(struct tov_bytes text)
{
    char address[INET6_ADDRSTRLEN];
    struct in6_addr parsed;
    if (text.size == 0 || text.size >= sizeof address)
        return false;
    memcpy(address, text.data, text.size);
    address[text.size] = '\0';
    return inet_pton(AF_INET6, address, &parsed) == 1;
}

static bool is_bracketed(struct tov_bytes host)
{
    return host.size > 2 && host.data[0] == '[' && host.data[host.size - 1] == ']';
}

bool tov_endpoint_is_valid(struct tov_bytes endpoint)
{
    const size_t scheme = strlen("tcp://");
    if (endpoint.size <= scheme || memcmp(endpoint.data, "tcp://", scheme) != 0)
        return false;
    struct tov_bytes rest = {endpoint.data + scheme, endpoint.size - scheme};
    const uint8_t *colon = memrchr(rest.data, ':', rest.size);
    if (colon == NULL)
        return false;
    struct tov_bytes host = {rest.data, (size_t)(colon - rest.data)};
    struct tov_bytes port_text = {colon + 1, rest.size - host.size - 1};
    uint64_t port = 0;
    if (tov_decimal_decode(port_text, &port) != TOV_OK || port == 0 || port > 65535)
        return false;
    if (is_bracketed(host))
        return is_v6_address((struct tov_bytes){host.data + 1, host.size - 2});
    return is_host(host);
}

enum tov_err tov_origin_format(const char *federation, const char *agency, uint32_t generation,
                               uint32_t journal, char out[TOV_ORIGIN_MAX_BYTES + 1])
{
    char text[TOV_ORIGIN_MAX_BYTES + 1];
    int size = snprintf(text, sizeof text, "%s/%s/%u", federation, agency, generation);
    if (size >= 0 && (size_t)size < sizeof text && journal != 0) {
        int more = snprintf(text + size, sizeof text - (size_t)size, "/journal/%u", journal);
        size = more < 0 ? more : size + more;
    }
    if (size < 0 || (size_t)size >= sizeof text)
        return TOV_E_LIMIT;
    memcpy(out, text, (size_t)size + 1);
    return TOV_OK;
}

/* Cuts the part before the next '/' off REST; the whole of it when there is none. */
static struct tov_bytes cut_part(struct tov_bytes *rest)
{
    struct tov_bytes part = *rest;
    const uint8_t *slash = rest->size == 0 ? NULL : memchr(rest->data, '/', rest->size);
    if (slash == NULL) {
        *rest = (struct tov_bytes){NULL, 0};
        return part;
    }
    part.size = (size_t)(slash - rest->data);
    *rest = (struct tov_bytes){slash + 1, rest->size - part.size - 1};
    return part;
}

static bool read_count(struct tov_bytes text, uint32_t *out)
{
    uint64_t value = 0;
    if (tov_decimal_decode(text, &value) != TOV_OK || value == 0 || value > UINT32_MAX)
        return false;
    *out = (uint32_t)value;
    return true;
}

enum tov_err tov_origin_parse(struct tov_bytes text, struct tov_origin *out)
{
    struct tov_bytes rest = text;
    struct tov_origin origin = {.journal = 0};
    origin.federation = cut_part(&rest);
    origin.agency = cut_part(&rest);
    if (text.size > TOV_ORIGIN_MAX_BYTES || !tov_name_is_valid(origin.federation) ||
        !tov_name_is_valid(origin.agency) || !read_count(cut_part(&rest), &origin.generation))
        return TOV_E_MALFORMED;
    if (rest.data != NULL) {
        struct tov_bytes word = cut_part(&rest);
        if (!tov_bytes_equal(word, tov_bytes_of_text("journal")) ||
            !read_count(cut_part(&rest), &origin.journal) || rest.data != NULL)
            return TOV_E_MALFORMED;
    }
    *out = origin;
    return TOV_OK;
}
