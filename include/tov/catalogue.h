/* SPDX-License-Identifier: EUPL-1.2
 *
 * The message types and their fields, with words in both languages: what forms and mappings of an
 * integration are made from.
 * Not for: judging (tov_message_draft_check, tov_client_check).
 *
 * Everything here is static, needs no client, never blocks, and may be called from any thread.
 * Structs grow at their ends in later versions: pass pointers to them on, never copy arrays.
 */
#ifndef TOV_CATALOGUE_H
#define TOV_CATALOGUE_H

#include <tov/error.h>

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A message type; opaque. */
struct tov_catalogue_type;
/* Types, each version of each. */
TOV_API size_t tov_catalogue_count(void);
/* NULL: INDEX is not below the count. */
TOV_API const struct tov_catalogue_type *tov_catalogue_at(size_t index);
/* The newest version of ID; NULL: none. */
TOV_API const struct tov_catalogue_type *tov_catalogue_find(const char *id);

/* "prison.released". Texts of this header are never NULL, unless it says so. */
TOV_API const char *tov_catalogue_type_id(const struct tov_catalogue_type *type);
TOV_API uint32_t tov_catalogue_type_version(const struct tov_catalogue_type *type);
TOV_API const char *tov_catalogue_type_name(const struct tov_catalogue_type *type,
                                            enum tov_words words);
TOV_API const char *tov_catalogue_type_group(const struct tov_catalogue_type *type,
                                             enum tov_words words);
/* One sentence: when it is sent. */
TOV_API const char *tov_catalogue_type_purpose(const struct tov_catalogue_type *type,
                                               enum tov_words words);
TOV_API int tov_catalogue_type_takes_attachments(const struct tov_catalogue_type *type);
/* The types that answer it; NULL: INDEX is past the last. */
TOV_API const char *tov_catalogue_type_answer(const struct tov_catalogue_type *type, size_t index);

enum tov_catalogue_need {
    TOV_CATALOGUE_OPTIONAL = 1,
    TOV_CATALOGUE_REQUIRED = 2,
    TOV_CATALOGUE_REQUIRED_UNLESS_MINIMAL = 3, /* and forbidden to minimal recipients */
    TOV_CATALOGUE_FORBIDDEN_IF_MINIMAL = 4
};
/* One field of a type, as a person fills it in. */
struct tov_catalogue_field {
    size_t size; /* sizeof(struct tov_catalogue_field), set by the caller */
    enum tov_catalogue_need need;
    char path[96];    /* "content.subject.name", "fields.date" */
    const char *kind; /* "text", "date", "time", "enum", "bool", "int", "uuid", "hash" ...; "agency"
                         is the number of one (tov_directory_unit.agency) */
    int is_list;      /* it, or the record that it stands in, may come more than once */
    const char *label_da;
    const char *label_en;
    const char *help_da; /* may be "" */
    const char *help_en;
    size_t value_count; /* enum: number of its ids */
};
TOV_API size_t tov_catalogue_field_count(const struct tov_catalogue_type *type);
/* ARGUMENT: INDEX is not below the count, or `size` is not set. */
TOV_API_CHECKED enum tov_err tov_catalogue_field_at(const struct tov_catalogue_type *type,
                                                    size_t index,
                                                    struct tov_catalogue_field *out_field);
/* The id and the words of one value of an enum field; NULL: none. */
TOV_API const char *tov_catalogue_value_id(const struct tov_catalogue_type *type, size_t field,
                                           size_t value);
TOV_API const char *tov_catalogue_value_label(const struct tov_catalogue_type *type, size_t field,
                                              size_t value, enum tov_words words);

#ifdef __cplusplus
}
#endif
#endif
