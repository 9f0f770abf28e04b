/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the sender and the receiver of the load share: arguments, a connection that is there after
 * any kill, the end by TERM.
 * Not for: test programs; they connect by federation.h.
 */
#ifndef TOV_TESTS_FEDERATION_LOAD_CLIENT_H
#define TOV_TESTS_FEDERATION_LOAD_CLIENT_H

#include <tov/tov.h>

#include <stdbool.h>

#define LOAD_TIMEOUT_MS 2000

/* Set by TERM: finish what is begun, then end. */
bool load_is_over(void);
void load_watch_for_the_end(void);

/* Tries again until there is a connection or the end has come (then NULL). A refusal that no
 * patience mends ends the program. */
struct tov_client *load_connect(const char *endpoint, const char *front, const char *key);
/* Whether ERR may be gone at the next try; else says so and ends the program. */
void load_try_again(enum tov_err err, const struct tov_error *error);
void load_pause(void);

/* The attachment of message ID: its size depends on the id. */
#define LOAD_ATTACHMENT_MAX (700u * 1024u)
size_t load_attachment(uint64_t id, uint8_t *out);

#endif
