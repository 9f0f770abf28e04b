/* SPDX-License-Identifier: EUPL-1.2
 *
 * The text files of an export: one text for one value, no blank more, no line more.
 */
#include "base/hex.h"
#include "base/time.h"
#include "wire/export.h"

#include <string.h>

/* Takes the text up to END, which is taken too; without one, fails. */
static bool take_until(struct tov_bytes *rest, char end, struct tov_bytes *out)
{
    const uint8_t *found = rest->size == 0 ? NULL : memchr(rest->data, end, rest->size);
    if (found == NULL)
        return false;
    *out = (struct tov_bytes){rest->data, (size_t)(found - rest->data)};
    rest->data += out->size + 1;
    rest->size -= out->size + 1;
    return true;
}

static bool take_word(struct tov_bytes *rest, struct tov_bytes *out)
{
    return take_until(rest, ' ', out);
}

static bool decode_number(struct tov_bytes word, uint64_t max, uint64_t *out)
{
    return tov_decimal_decode(word, out) == TOV_OK && *out <= max;
}

static bool take_number(struct tov_bytes *rest, uint64_t max, uint64_t *out)
{
    struct tov_bytes word;
    return take_word(rest, &word) && decode_number(word, max, out);
}

static bool decode_base64(struct tov_bytes word, uint8_t *out, size_t size)
{
    size_t got = 0;
    for (size_t i = 0; i < word.size; i++) {
        if (word.data[i] > 0x7f)
            return false;
    }
    return word.size == TOV_BASE64_SIZE(size) &&
           tov_base64_decode(word, out, size, &got) == TOV_OK && got == size;
}

/* ---- lines ---- */

void tov_export_put_signed(struct tov_buf *out, const struct tov_export_signed *value)
{
    tov_buf_put_format(out, "%llu ", (unsigned long long)value->size);
    tov_buf_put_base64(out, TOV_BYTES_OF(value->root.bytes));
    tov_buf_put_text(out, " ");
    tov_buf_put_base64(out, TOV_BYTES_OF(value->signature));
    tov_buf_put_text(out, "\n");
}

enum tov_err tov_export_parse_signed(struct tov_bytes line, struct tov_export_signed *out_value)
{
    struct tov_export_signed value;
    struct tov_bytes root;
    if (!take_number(&line, UINT64_MAX, &value.size) || !take_word(&line, &root) ||
        !decode_base64(root, value.root.bytes, sizeof value.root.bytes) ||
        !decode_base64(line, value.signature, sizeof value.signature))
        return TOV_E_MALFORMED;
    *out_value = value;
    return TOV_OK;
}

void tov_export_put_cosignature(struct tov_buf *out, const struct tov_export_cosignature *value)
{
    tov_buf_put_format(out, "%llu %u %llu ", (unsigned long long)value->size,
                       (unsigned)value->witness, (unsigned long long)value->time_s);
    tov_buf_put_base64(out, TOV_BYTES_OF(value->signature));
    tov_buf_put_text(out, "\n");
}

enum tov_err tov_export_parse_cosignature(struct tov_bytes line,
                                          struct tov_export_cosignature *out_value)
{
    struct tov_export_cosignature value;
    uint64_t witness = 0;
    if (!take_number(&line, UINT64_MAX, &value.size) ||
        !take_number(&line, TOV_AGENCIES_MAX, &witness) || witness == 0 ||
        !take_number(&line, INT64_MAX, &value.time_s) ||
        !decode_base64(line, value.signature, sizeof value.signature))
        return TOV_E_MALFORMED;
    value.witness = (uint16_t)witness;
    *out_value = value;
    return TOV_OK;
}

static bool is_first_of_name(uint8_t c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

bool tov_export_path_is_valid(struct tov_bytes path)
{
    bool at_start = true;
    if (path.size == 0 || path.size > TOV_EXPORT_PATH_MAX_BYTES)
        return false;
    for (size_t i = 0; i < path.size; i++) {
        uint8_t c = path.data[i];
        if (!is_first_of_name(c) && (at_start || (c != '.' && c != '-' && c != '/')))
            return false;
        at_start = c == '/';
    }
    return !at_start;
}

int tov_export_path_compare(struct tov_bytes a, struct tov_bytes b)
{
    size_t common = a.size < b.size ? a.size : b.size;
    int order = common == 0 ? 0 : memcmp(a.data, b.data, common);
    if (order != 0)
        return order;
    return a.size < b.size ? -1 : a.size > b.size ? 1 : 0;
}

void tov_export_put_file(struct tov_buf *out, const struct tov_export_file *file)
{
    char hex[2 * TOV_HASH_BYTES + 1];
    tov_hex_encode(TOV_BYTES_OF(file->hash.bytes), hex);
    tov_buf_put_text(out, hex);
    tov_buf_put_format(out, " %llu ", (unsigned long long)file->size);
    tov_buf_put_bytes(out, file->path);
    tov_buf_put_text(out, "\n");
}

enum tov_err tov_export_parse_file(struct tov_bytes line, struct tov_export_file *out_file)
{
    struct tov_export_file file;
    struct tov_bytes hash;
    if (!take_word(&line, &hash) ||
        tov_hex_decode(hash, file.hash.bytes, sizeof file.hash.bytes) != TOV_OK ||
        !take_number(&line, INT64_MAX, &file.size) || !tov_export_path_is_valid(line))
        return TOV_E_MALFORMED;
    file.path = line;
    *out_file = file;
    return TOV_OK;
}

/* ---- about ---- */

static bool is_name(struct tov_bytes name)
{
    if (name.size == 0 || name.size > TOV_NAME_MAX_BYTES)
        return false;
    for (size_t i = 0; i < name.size; i++) {
        uint8_t c = name.data[i];
        if (!is_first_of_name(c) && c != '-' && c != '.')
            return false;
    }
    return true;
}

static bool is_software(struct tov_bytes text)
{
    if (text.size == 0 || text.size > TOV_EXPORT_SOFTWARE_MAX_BYTES)
        return false;
    for (size_t i = 0; i < text.size; i++) {
        uint8_t c = text.data[i];
        if (!is_first_of_name(c) && !(c >= 'A' && c <= 'Z') && strchr(".+~-", c) == NULL)
            return false;
    }
    return memchr(text.data, '\0', text.size) == NULL;
}

static bool is_valid_about(const struct tov_export_about *about)
{
    return is_name(tov_bytes_of_text(about->federation)) &&
           is_name(tov_bytes_of_text(about->agency_name)) &&
           is_software(tov_bytes_of_text(about->software)) && about->agency >= 1 &&
           about->agency <= TOV_AGENCIES_MAX && about->generation >= 1 &&
           about->time_ms <= TOV_TIME_MAX_MS && (about->journal == 0) == (about->journal_size == 0);
}

enum tov_err tov_export_put_about(struct tov_buf *out, const struct tov_export_about *about)
{
    char time[TOV_TIME_TEXT_SIZE];
    if (!is_valid_about(about))
        return TOV_E_MALFORMED;
    tov_time_format(about->time_ms, time);
    tov_buf_put_format(out, "tov-export %u\n", TOV_EXPORT_VERSION);
    tov_buf_put_format(out, "federation %s\n", about->federation);
    tov_buf_put_format(out, "agency %u %s\n", (unsigned)about->agency, about->agency_name);
    tov_buf_put_format(out, "generation %u\n", (unsigned)about->generation);
    tov_buf_put_format(out, "software %s\n", about->software);
    tov_buf_put_format(out, "time %s\n", time);
    tov_buf_put_format(out, "ledger %llu\n", (unsigned long long)about->ledger_size);
    tov_buf_put_format(out, "journal %u %llu\n", (unsigned)about->journal,
                       (unsigned long long)about->journal_size);
    return out->failed;
}

/* Takes "NAME value\n". */
static bool take_field(struct tov_bytes *rest, const char *name, struct tov_bytes *out)
{
    struct tov_bytes word;
    return take_word(rest, &word) && tov_bytes_equal(word, tov_bytes_of_text(name)) &&
           take_until(rest, '\n', out);
}

static bool take_field_number(struct tov_bytes *rest, const char *name, uint64_t max, uint64_t *out)
{
    struct tov_bytes value;
    return take_field(rest, name, &value) && decode_number(value, max, out);
}

static bool copy_text(struct tov_bytes text, char *out, size_t size)
{
    if (text.size >= size || (text.size > 0 && memchr(text.data, '\0', text.size) != NULL))
        return false;
    if (text.size > 0)
        memcpy(out, text.data, text.size);
    out[text.size] = '\0';
    return true;
}

static bool take_agency(struct tov_bytes *rest, struct tov_export_about *out)
{
    struct tov_bytes value;
    uint64_t number = 0;
    if (!take_field(rest, "agency", &value) || !take_number(&value, TOV_AGENCIES_MAX, &number))
        return false;
    out->agency = (uint16_t)number;
    return copy_text(value, out->agency_name, sizeof out->agency_name);
}

static bool take_journal(struct tov_bytes *rest, struct tov_export_about *out)
{
    struct tov_bytes value;
    uint64_t number = 0;
    if (!take_field(rest, "journal", &value) || !take_number(&value, UINT32_MAX, &number))
        return false;
    out->journal = (uint32_t)number;
    return decode_number(value, UINT64_MAX, &out->journal_size);
}

enum tov_err tov_export_parse_about(struct tov_bytes text, struct tov_export_about *out_about)
{
    struct tov_export_about about = {.agency = 0};
    struct tov_bytes federation, software, time;
    uint64_t version = 0, generation = 0;
    if (!take_field_number(&text, "tov-export", UINT32_MAX, &version) || version == 0)
        return TOV_E_MALFORMED;
    if (version > TOV_EXPORT_VERSION)
        return TOV_E_VERSION;
    if (!take_field(&text, "federation", &federation) ||
        !copy_text(federation, about.federation, sizeof about.federation) ||
        !take_agency(&text, &about) ||
        !take_field_number(&text, "generation", UINT32_MAX, &generation) ||
        !take_field(&text, "software", &software) ||
        !copy_text(software, about.software, sizeof about.software) ||
        !take_field(&text, "time", &time) || time.size != TOV_TIME_TEXT_SIZE - 1 ||
        tov_time_parse(time, &about.time_ms) != TOV_OK ||
        !take_field_number(&text, "ledger", UINT64_MAX, &about.ledger_size) ||
        !take_journal(&text, &about) || text.size != 0)
        return TOV_E_MALFORMED;
    about.generation = (uint32_t)generation;
    if (!is_valid_about(&about))
        return TOV_E_MALFORMED;
    *out_about = about;
    return TOV_OK;
}

/* ---- position ---- */

void tov_export_put_position(struct tov_buf *out, const struct tov_export_position *position)
{
    tov_buf_put_format(out, "size %llu\n", (unsigned long long)position->size);
    tov_buf_put_format(out, "series %u %llu\n", (unsigned)position->series.generation,
                       (unsigned long long)position->series.lost_index);
    tov_buf_put_format(out, "link %llu\n", (unsigned long long)position->last_link);
}

enum tov_err tov_export_parse_position(struct tov_bytes text,
                                       struct tov_export_position *out_position)
{
    struct tov_export_position position;
    struct tov_bytes series;
    uint64_t generation = 0;
    if (!take_field_number(&text, "size", UINT64_MAX, &position.size) ||
        !take_field(&text, "series", &series) || !take_number(&series, UINT32_MAX, &generation) ||
        generation == 0 || !decode_number(series, UINT64_MAX, &position.series.lost_index) ||
        !take_field_number(&text, "link", UINT64_MAX, &position.last_link) || text.size != 0)
        return TOV_E_MALFORMED;
    position.series.generation = (uint32_t)generation;
    *out_position = position;
    return TOV_OK;
}

/* ---- fork ---- */

static void put_hash(struct tov_buf *out, const struct tov_hash *hash)
{
    tov_buf_put_base64(out, TOV_BYTES_OF(hash->bytes));
    tov_buf_put_text(out, "\n");
}

void tov_export_put_fork(struct tov_buf *out, const struct tov_export_fork *fork)
{
    tov_export_put_signed(out, &fork->smaller);
    tov_export_put_signed(out, &fork->larger);
    if (fork->has_root)
        put_hash(out, &fork->root);
    for (size_t i = 0; i < fork->hash_count; i++)
        put_hash(out, &fork->hashes[i]);
}

static bool take_signed(struct tov_bytes *rest, struct tov_export_signed *out)
{
    struct tov_bytes line;
    return take_until(rest, '\n', &line) && tov_export_parse_signed(line, out) == TOV_OK &&
           out->size > 0;
}

static bool take_hash(struct tov_bytes *rest, struct tov_hash *out)
{
    struct tov_bytes line;
    return take_until(rest, '\n', &line) && decode_base64(line, out->bytes, sizeof out->bytes);
}

enum tov_err tov_export_parse_fork(struct tov_bytes text, struct tov_export_fork *out_fork)
{
    struct tov_export_fork fork = {.has_root = false};
    if (!take_signed(&text, &fork.smaller) || !take_signed(&text, &fork.larger) ||
        fork.smaller.size > fork.larger.size)
        return TOV_E_MALFORMED;
    fork.has_root = text.size > 0;
    if (fork.has_root && !take_hash(&text, &fork.root))
        return TOV_E_MALFORMED;
    while (text.size > 0) {
        if (fork.hash_count == TOV_EXPORT_FORK_HASHES_MAX ||
            !take_hash(&text, &fork.hashes[fork.hash_count++]))
            return TOV_E_MALFORMED;
    }
    if (fork.has_root && (fork.hash_count == 0 || fork.smaller.size == fork.larger.size))
        return TOV_E_MALFORMED;
    *out_fork = fork;
    return TOV_OK;
}
