/* SPDX-License-Identifier: EUPL-1.2
 *
 * Inside proto/wire: the list of records that payloads are made of, and what kind a field is.
 * Not for: files outside proto/wire.
 * Never leave a record of the catalogue out of the list: it could not be found by name.
 */
#ifndef TOV_WIRE_SCHEMAS_H
#define TOV_WIRE_SCHEMAS_H

#include "wire/payload.h"

#include <protobuf-c/protobuf-c.h>

extern const ProtobufCMessageDescriptor *const tov_schemas[];
extern const size_t tov_schemas_count;

/* A schema is a descriptor under another name. */
static inline const ProtobufCMessageDescriptor *tov_descriptor_of(const struct tov_schema *schema)
{
    return (const ProtobufCMessageDescriptor *)(const void *)schema;
}
static inline const struct tov_schema *tov_schema_of(const ProtobufCMessageDescriptor *descriptor)
{
    return (const struct tov_schema *)(const void *)descriptor;
}
struct tov_field tov_field_of(const ProtobufCFieldDescriptor *field);

#endif
