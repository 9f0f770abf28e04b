/* SPDX-License-Identifier: EUPL-1.2 */
#include "federation/record.h"

#include "base/hex.h"
#include "support/unit.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

void record_text(uint64_t id, char out[RECORD_TEXT_SIZE])
{
    uint64_t random = id;
    size_t size = (size_t)snprintf(out, RECORD_TEXT_SIZE, "%" PRIu64, id);
    size_t wanted = 64 + (size_t)(unit_random(&random) % (RECORD_TEXT_SIZE - 128));
    while (size < wanted)
        size += (size_t)snprintf(out + size, RECORD_TEXT_SIZE - size, " ord%" PRIu64,
                                 unit_random(&random) % 100000);
}

bool record_of_text(const char *text, struct invariant_record *out_record)
{
    char *end = NULL;
    uint64_t id = strtoull(text, &end, 10);
    if (id < RECORD_AGENCY || (*end != ' ' && *end != '\0'))
        return false;
    *out_record = (struct invariant_record){.id = id, .hash = tov_sha256(tov_bytes_of_text(text))};
    return true;
}

bool record_write(FILE *file, const struct invariant_record *record)
{
    char hex[2 * TOV_HASH_BYTES + 1];
    tov_hex_encode(TOV_BYTES_OF(record->hash.bytes), hex);
    return fprintf(file, "%" PRIu64 " %s\n", record->id, hex) > 0 && fflush(file) == 0;
}

static bool parse_line(const char *line, struct invariant_record *out_record)
{
    char *end = NULL;
    size_t size = strlen(line);
    out_record->id = strtoull(line, &end, 10);
    if (size == 0 || line[size - 1] != '\n' || *end != ' ')
        return false;
    struct tov_bytes hex = {(const uint8_t *)end + 1, strcspn(end + 1, "\n")};
    return tov_hex_decode(hex, out_record->hash.bytes, sizeof out_record->hash.bytes) == TOV_OK;
}

void record_read(const char *path, struct invariant_log *out_log)
{
    char line[256];
    struct invariant_record record;
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return;
    while (fgets(line, sizeof line, file) != NULL)
        if (parse_line(line, &record))
            invariant_log_add(out_log, record);
    (void)fclose(file);
}
