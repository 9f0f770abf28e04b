/* SPDX-License-Identifier: EUPL-1.2 */
#include "cli/words.h"

#include <stdio.h>
#include <string.h>

#include "case/basis.h"
#include "case/danish_time.h"
#include "cli/language.h"
#include "wire/leaf.h"

#define MINUTE_MS UINT64_C(60000)
#define HOUR_MS (60 * MINUTE_MS)
#define DAY_MS (24 * HOUR_MS)

void words_time(uint64_t time_ms, char out[WORDS_TIME_SIZE])
{
    if (time_ms == 0 || time_ms > TOV_TIME_MAX_MS)
        memcpy(out, "-", 2);
    else
        tov_danish_time_format(time_ms, out);
}

void words_date(uint64_t time_ms, char out[WORDS_TIME_SIZE])
{
    words_time(time_ms, out);
    if (out[0] != '-')
        out[TOV_DANISH_DATE_SIZE - 1] = '\0';
}

void words_size(const struct cli *cli, uint64_t bytes, char out[WORDS_TIME_SIZE])
{
    static const char *const units[] = {"kB", "MB", "GB", "TB"};
    if (bytes < 1000) {
        (void)snprintf(out, WORDS_TIME_SIZE, "%u B", (unsigned)bytes);
        return;
    }
    size_t unit = 0;
    uint64_t tenths = bytes / 100;
    for (; tenths >= 10000 && unit + 1 < sizeof units / sizeof units[0]; unit++)
        tenths /= 1000;
    (void)snprintf(out, WORDS_TIME_SIZE, "%u%s%u %s", (unsigned)(tenths / 10),
                   cli_words(cli, ",", "."), (unsigned)(tenths % 10), units[unit]);
}

void words_duration(uint64_t duration_ms, char out[WORDS_TIME_SIZE])
{
    unsigned long days = (unsigned long)(duration_ms / DAY_MS);
    unsigned long hours = (unsigned long)(duration_ms / HOUR_MS);
    unsigned long minutes = (unsigned long)(duration_ms / MINUTE_MS);
    if (days >= 2)
        (void)snprintf(out, WORDS_TIME_SIZE, ngettext("%lu day", "%lu days", days), days);
    else if (hours >= 2)
        (void)snprintf(out, WORDS_TIME_SIZE, ngettext("%lu hour", "%lu hours", hours), hours);
    else
        (void)snprintf(out, WORDS_TIME_SIZE, ngettext("%lu minute", "%lu minutes", minutes),
                       minutes);
}

const struct words_thing words_things[WORDS_THINGS] = {
    {"concern_ref", "concern", "henvendelse"}, {"case_ref", "case", "sag"},
    {"course_ref", "course", "forløb"},        {"request_ref", "request", "anmodning"},
    {"psych_ref", "psych", "psykiatri"},       {"episode_ref", "episode", "frihedsberøvelse"},
};

const char *words_thing(const struct cli *cli, size_t index)
{
    return cli_words(cli, words_things[index].danish, words_things[index].english);
}

enum words_level words_level_of(const struct tov_message_facts *facts,
                                const struct tov_delivery *delivery)
{
    if (delivery->gap == TOV_GAP_UNKNOWN)
        return facts->is_signed ? WORDS_SIGNED : WORDS_WRITTEN;
    if (delivery->gap != TOV_GAP_NONE)
        return WORDS_WITHHELD;
    if (delivery->again != TOV_AGAIN_NO)
        return WORDS_LOST_THERE;
    if (delivery->read)
        return WORDS_READ;
    if (delivery->link_number == 0)
        return facts->is_signed ? WORDS_RECEIVED : WORDS_WRITTEN;
    if (words_verdict_trouble(delivery->verdict) != NULL)
        return WORDS_FAILED;
    if (delivery->verdict != 0)
        return WORDS_RECEIVED;
    return facts->is_signed ? WORDS_SIGNED : WORDS_WRITTEN;
}

const char *words_level_name(enum words_level level)
{
    switch (level) {
    case WORDS_WRITTEN:
        return _("written");
    case WORDS_SIGNED:
        return _("signed");
    case WORDS_RECEIVED:
        return _("received");
    case WORDS_READ:
        return _("read");
    case WORDS_FAILED:
        return _("cannot be used");
    case WORDS_WITHHELD:
        return _("not sent");
    case WORDS_LOST_THERE:
        return _("lost there");
    }
    return "";
}

const char *words_level_id(enum words_level level)
{
    switch (level) {
    case WORDS_WRITTEN:
        return "written";
    case WORDS_SIGNED:
        return "signed";
    case WORDS_RECEIVED:
        return "received";
    case WORDS_READ:
        return "read";
    case WORDS_FAILED:
        return "failed";
    case WORDS_WITHHELD:
        return "withheld";
    case WORDS_LOST_THERE:
        return "lost-there";
    }
    return "";
}

const char *words_verdict_trouble(uint32_t verdict)
{
    switch (verdict) {
    case TOV_VERDICT_NOT_OPENED:
        return _("it could not be opened");
    case TOV_VERDICT_NO_KEY:
        return _("its key is not there yet");
    case TOV_VERDICT_REFUSED:
        return _("it was refused by a rule");
    case TOV_VERDICT_NOT_UNDERSTOOD:
        return _("its type or its roster is not known there yet: upgrade Tov, or adopt the roster");
    case TOV_VERDICT_ERASED:
        return _("it was erased before it was received");
    default:
        return NULL;
    }
}

const char *words_trouble_here(uint32_t verdict)
{
    if (verdict == TOV_VERDICT_NO_KEY)
        return _("its key is not here yet");
    if (verdict == TOV_VERDICT_NOT_UNDERSTOOD)
        return _("its type or its roster is not known here yet: call the operator, who upgrades "
                 "Tov or puts the roster in force");
    return words_verdict_trouble(verdict);
}

const char *words_basis(const struct cli *cli, const char *code)
{
    const struct tov_basis *basis = tov_basis_find(tov_bytes_of_text(code));
    return basis == NULL ? code : cli_words(cli, basis->name.da, basis->name.en);
}

bool words_basis_is_115(const char *code)
{
    const struct tov_basis *basis = tov_basis_find(tov_bytes_of_text(code));
    return basis != NULL && (TOV_BASES_115 >> basis->code & 1) != 0;
}
