/* SPDX-License-Identifier: EUPL-1.2
 *
 * Requests and replies between libtov and a node's core (schema/api.proto, docs/libtov.md),
 * as records: fields by name (wire/payload.h).
 * Not for: what a client may do (access/), or what a draft says (case/).
 * Never take who asks from a request: a client is known by its CURVE key.
 *
 * Make one with tov_record_create(tov_schema_find("ApiRequest"), ...) or "ApiReply".
 */
#ifndef TOV_WIRE_API_H
#define TOV_WIRE_API_H

#include "wire/payload.h"

#define TOV_API_VERSION 1

/* Strict, at most TOV_FRAME_MAX_BYTES. SCHEMA also for: no id or id 0, a mac (reserved), and
 * anything but exactly one request. Errors: LIMIT, NOMEM, SCHEMA. BYTES need not live on. */
enum tov_err tov_api_request_decode(struct tov_bytes bytes, struct tov_record *out_request,
                                    struct tov_error *error) TOV_MUST_CHECK;
/* The same for a reply: an id is not required (a request that could not be read has none), an
 * answer neither (an error has none), but never more than one. */
enum tov_err tov_api_reply_decode(struct tov_bytes bytes, struct tov_record *out_reply,
                                  struct tov_error *error) TOV_MUST_CHECK;
/* Appends the encoding of either. LIMIT past TOV_FRAME_MAX_BYTES, or OUT's own limit. */
enum tov_err tov_api_encode(struct tov_record record, struct tov_buf *out) TOV_MUST_CHECK;

#endif
