/* SPDX-License-Identifier: EUPL-1.2
 *
 * Payloads of messages as neutral records: fields by name, typed values, strict encoding and
 * decoding. Whoever uses it never sees how records travel.
 * Not for: what a field means or who must fill it in (case/catalogue.h).
 * Never use a record, or a value that was read from it, after its root was destroyed.
 *
 * What a field is follows from its schema (proto/schema/message.proto says the same):
 *   string TEXT · bool BOOL · uint32, uint64 INT · sint32 DATE (days since 1970-01-01) ·
 *   fixed64 TIME (ms since 1970) · enum ENUM · message RECORD ·
 *   bytes named *_ref or *_id: UUID, 16 bytes · bytes named *_hash or sha256: HASH, 32 bytes ·
 *   other bytes: BYTES
 */
#ifndef TOV_WIRE_PAYLOAD_H
#define TOV_WIRE_PAYLOAD_H

#include "base/bytes.h"
#include "base/time.h"
#include "wire/ref.h"

#define TOV_RECORD_MAX_BYTES 65536u      /* of an encoded record */
#define TOV_RECORD_BUDGET_BYTES 2097152u /* of memory that one record may take */
/* Records inside one record, at all depths. Parties agree on this number, not on the budget, which
 * a record that keeps it never meets (docs/protocol.md section 7). */
#define TOV_RECORD_INNER_MAX 4096u
#define TOV_UUID_BYTES 16

enum tov_field_kind {
    TOV_FIELD_TEXT = 1,
    TOV_FIELD_BOOL = 2,
    TOV_FIELD_INT = 3,
    TOV_FIELD_DATE = 4,
    TOV_FIELD_TIME = 5,
    TOV_FIELD_ENUM = 6,
    TOV_FIELD_UUID = 7,
    TOV_FIELD_HASH = 8,
    TOV_FIELD_BYTES = 9,
    TOV_FIELD_RECORD = 10
};
const char *tov_field_kind_name(enum tov_field_kind kind); /* "text", "date", ... */

/* ---- schemas: static, borrowed for ever ---- */

struct tov_schema; /* opaque */

struct tov_field {
    const char *name;
    enum tov_field_kind kind;
    bool repeated;
    const struct tov_schema *record; /* RECORD: its schema, else NULL */
    const char *values_name;         /* ENUM: name of its list ("ReleaseKind.Value"), else NULL */
    const void *values;              /* ENUM: for tov_field_value_*; else NULL */
};

/* By its short name ("Header", "PrisonReleased"); NULL when there is none. */
const struct tov_schema *tov_schema_find(const char *name);
size_t tov_schema_count(void);
const struct tov_schema *tov_schema_at(size_t index); /* INDEX below the count (asserted) */
const char *tov_schema_name(const struct tov_schema *schema);
/* Fields in the order of the schema. INDEX below the count (asserted). */
size_t tov_schema_field_count(const struct tov_schema *schema);
struct tov_field tov_schema_field_at(const struct tov_schema *schema, size_t index);
bool tov_schema_find_field(const struct tov_schema *schema, const char *name,
                           struct tov_field *out_field);
/* The ids of an ENUM field ("proeve_2_3"), in order. 0 and NULL for other kinds. */
size_t tov_field_value_count(const struct tov_field *field);
const char *tov_field_value_name(const struct tov_field *field, size_t index);

/* ---- records ---- */

/* A handle; copying it copies no content. A record from _create or _decode is a root and owns its
 * memory; one from _open or _get belongs to its root. */
struct tov_record {
    void *message;
    struct tov_arena *arena;
};

struct tov_value {
    enum tov_field_kind kind;
    struct tov_bytes bytes;   /* TEXT, UUID, HASH, BYTES: borrowed */
    uint64_t number;          /* INT, TIME, BOOL (0 or 1) */
    struct tov_date date;     /* DATE */
    const char *name;         /* ENUM: its id */
    struct tov_record record; /* RECORD */
};

enum tov_err tov_record_create(const struct tov_schema *schema,
                               struct tov_record *out_record) TOV_MUST_CHECK;
/* Ends a root (a zeroed handle is fine); sub-records end with it. */
void tov_record_destroy(struct tov_record *root);
const struct tov_schema *tov_record_schema(struct tov_record record);

/* Values that are set: 0 or 1, or the length of a repeated field; 0 for an unknown name. An empty
 * text or byte string counts as not set. */
size_t tov_record_count(struct tov_record record, const char *name);
/* NOT_FOUND: not set, INDEX too large, or no such field. */
enum tov_err tov_record_get(struct tov_record record, const char *name, size_t index,
                            struct tov_value *out_value) TOV_MUST_CHECK;
/* The same for the field that stands at FIELD_INDEX of the record's schema (tov_schema_field_at):
 * for those who look at all fields. RECORD is not empty. */
enum tov_err tov_record_get_at(struct tov_record record, size_t field_index, size_t index,
                               struct tov_value *out_value) TOV_MUST_CHECK;

/* Sets a single field or appends to a repeated one; copies the value. ARGUMENT: no such field or
 * another kind (RECORD: use _open). SCHEMA: a value that its kind does not allow. LIMIT: the record
 * would take more memory than its budget. An empty text clears the field. */
enum tov_err tov_record_put(struct tov_record record, const char *name,
                            const struct tov_value *value) TOV_MUST_CHECK;
/* The record in a single field, made when it is not there; for a repeated field a new one at its
 * end. Errors as _put. */
enum tov_err tov_record_open(struct tov_record record, const char *name,
                             struct tov_record *out_child) TOV_MUST_CHECK;
/* The same, with what BYTES say: the encoding of such a record, made by this very process. They are
 * not checked: never hand in what came from outside. A single field is replaced. */
enum tov_err tov_record_open_own(struct tov_record record, const char *name, struct tov_bytes bytes,
                                 struct tov_record *out_child) TOV_MUST_CHECK;
void tov_record_clear(struct tov_record record, const char *name);

/* Appends the encoding to OUT. LIMIT: longer than TOV_RECORD_MAX_BYTES, or OUT's own limit. */
enum tov_err tov_record_encode(struct tov_record record, struct tov_buf *out) TOV_MUST_CHECK;
/* Strict: one record has one encoding (wire/strict.h), and each value is one of its kind. Errors:
 * LIMIT, NOMEM, SCHEMA. BYTES need not live on. */
enum tov_err tov_record_decode(const struct tov_schema *schema, struct tov_bytes bytes,
                               struct tov_record *out_record,
                               struct tov_error *error) TOV_MUST_CHECK;

/* The same with other limits, for records that are no payloads. */
struct tov_record_limits {
    size_t max_bytes;    /* of the encoding */
    size_t budget_bytes; /* of memory that decoding may take */
    size_t inner_max;    /* records inside, at all depths */
};
enum tov_err tov_record_encode_within(struct tov_record record, size_t max_bytes,
                                      struct tov_buf *out) TOV_MUST_CHECK;
enum tov_err tov_record_decode_within(const struct tov_schema *schema, struct tov_bytes bytes,
                                      const struct tov_record_limits *limits,
                                      struct tov_record *out_record,
                                      struct tov_error *error) TOV_MUST_CHECK;

/* ---- short forms; getters give an empty view, 0, NULL or false when the field is not set ---- */

struct tov_bytes tov_record_bytes(struct tov_record record, const char *name);
uint64_t tov_record_number(struct tov_record record, const char *name);
const char *tov_record_enum(struct tov_record record, const char *name);
bool tov_record_date(struct tov_record record, const char *name, struct tov_date *out_date);
bool tov_record_child(struct tov_record record, const char *name, size_t index,
                      struct tov_record *out_child);

enum tov_err tov_record_put_text(struct tov_record record, const char *name,
                                 const char *text) TOV_MUST_CHECK;
enum tov_err tov_record_put_number(struct tov_record record, const char *name,
                                   uint64_t number) TOV_MUST_CHECK; /* INT, TIME, BOOL */
enum tov_err tov_record_put_enum(struct tov_record record, const char *name,
                                 const char *id) TOV_MUST_CHECK;
enum tov_err tov_record_put_date(struct tov_record record, const char *name,
                                 struct tov_date date) TOV_MUST_CHECK;
enum tov_err tov_record_put_bytes(struct tov_record record, const char *name,
                                  struct tov_bytes bytes) TOV_MUST_CHECK; /* UUID, HASH, BYTES */
/* Fields whose record is "Reference". */
enum tov_err tov_record_put_ref(struct tov_record record, const char *name,
                                const struct tov_ref *ref) TOV_MUST_CHECK;
bool tov_record_ref(struct tov_record record, const char *name, size_t index,
                    struct tov_ref *out_ref);

#endif
