/* SPDX-License-Identifier: EUPL-1.2
 *
 * Bytes over TCP as somebody would send them who wants to harm, and what a process holds meanwhile.
 * Not for: anybody with a key; those use net/net.h.
 * Never wait here for an answer: a stranger gets none that matters.
 */
#ifndef TOV_TESTS_HOSTILE_RAW_H
#define TOV_TESTS_HOSTILE_RAW_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Begins to connect from SOURCE, an address of loopback, to PORT; does not wait. -1: no descriptor.
 */
int raw_connect(const char *source, unsigned port);
/* Waits at most WITHIN_MS for the connection; -1, and closed, when there is none. */
int raw_wait(int fd, int within_ms);
/* What the socket takes now; -1 when the other side has closed. */
ssize_t raw_send(int fd, const void *data, size_t size);

/* A greeting of ZMTP (RFC 23): VERSION 3, MECHANISM padded with NUL. 64 bytes. */
void raw_greeting(uint8_t out[64], uint8_t version, const char *mechanism);
/* A command of CURVE's handshake with SIZE bytes of noise behind its name; the whole size. */
size_t raw_hello(uint8_t out[300], size_t size);

/* Of a process: open descriptors, and resident memory. */
unsigned raw_descriptors_of(pid_t pid);
size_t raw_memory_of(pid_t pid);

#endif
