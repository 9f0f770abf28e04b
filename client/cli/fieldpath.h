/* SPDX-License-Identifier: EUPL-1.2
 *
 * Fields as a person names and writes them: "necessity" for content.necessity, 28-06-2021 for a
 * date, ja for true; and back.
 * Not for: judging values.
 */
#ifndef TOV_CLI_FIELDPATH_H
#define TOV_CLI_FIELDPATH_H

#include "cli/cli.h"

#define FIELDPATH_SIZE 128

/* The field of TYPE that PATH names, with or without "header.", "content." or "fields.", numbers of
 * lists anywhere: its whole path in OUT and its description. False: the type has none. */
bool fieldpath_find(const struct tov_catalogue_type *type, const char *path,
                    char out[FIELDPATH_SIZE], struct tov_catalogue_field *out_field,
                    size_t *out_index);
/* TEXT as libtov reads it for a field of KIND. */
void fieldpath_value(const char *kind, const char *text, struct tov_buf *out);
/* How a value of KIND is written: "a date as 28-06-2021"; KIND itself when it is not known. */
const char *fieldpath_kind_words(const char *kind);
/* Appends what may be written in field INDEX of TYPE: "one of: telefon, moede", "yes or no". */
void fieldpath_choices(const struct tov_catalogue_type *type, size_t index, struct tov_buf *out);
/* The text form of libtov in words for a person. */
struct fieldpath_shown {
    const struct tov_catalogue_type *type;
    size_t index; /* of the field */
    const char *kind;
    const char *path;
};
void fieldpath_show(struct cli *cli, const struct fieldpath_shown *field, const char *text,
                    struct tov_buf *out);
/* The label of the field that PATH names, else PATH itself. */
const char *fieldpath_label(const struct cli *cli, const char *type, const char *path);

#endif
