/* SPDX-License-Identifier: EUPL-1.2
 *
 * Values in words: times, sizes, levels of delivery, verdicts, legal bases.
 * Not for: JSON, where times are ISO and levels are ids.
 */
#ifndef TOV_CLI_WORDS_H
#define TOV_CLI_WORDS_H

#include "cli/cli.h"

#define WORDS_TIME_SIZE 32

/* "28-06-2021 09.10" of Danish time; "-" for 0. */
void words_time(uint64_t time_ms, char out[WORDS_TIME_SIZE]);
/* "28-06-2021"; "-" for 0. */
void words_date(uint64_t time_ms, char out[WORDS_TIME_SIZE]);
/* "1,4 MB" in Danish, "1.4 MB" in English. */
void words_size(const struct cli *cli, uint64_t bytes, char out[WORDS_TIME_SIZE]);
/* "13 minutes", "3 hours", "2 days". */
void words_duration(uint64_t duration_ms, char out[WORDS_TIME_SIZE]);

/* How far a message has come toward one recipient, or toward the last of all. The own agency, as a
 * recipient, has it when it is signed. */
/* What a message is about, as people name it: "sag". */
#define WORDS_THINGS 6u
struct words_thing {
    const char *field; /* of header.about: "case_ref" */
    const char *english;
    const char *danish;
};
extern const struct words_thing words_things[WORDS_THINGS];
const char *words_thing(const struct cli *cli, size_t index); /* INDEX below WORDS_THINGS */

enum words_level {
    WORDS_WRITTEN = 1,
    WORDS_SIGNED = 2,
    WORDS_RECEIVED = 3,
    WORDS_READ = 4,
    WORDS_FAILED = 5,    /* received, but it cannot be opened, is refused or not understood */
    WORDS_WITHHELD = 6,  /* it never comes there: the node was set back to an old copy */
    WORDS_LOST_THERE = 7 /* it was read there: that node was set back, and lacks the keys */
};
enum words_level words_level_of(const struct tov_message_facts *facts,
                                const struct tov_delivery *delivery);
const char *words_level_name(enum words_level level);
const char *words_level_id(enum words_level level); /* "written" ... */
/* A sentence about a verdict that is no success; NULL: it is one. */
const char *words_verdict_trouble(uint32_t verdict);

/* The same of a message that came here, and could not be used here. */
const char *words_trouble_here(uint32_t verdict);

/* "RPL § 115, stk. 2, jf. stk. 1, nr. 1 (SSP)"; the code itself when it is not known. */
const char *words_basis(const struct cli *cli, const char *code);
/* Whether the purpose limit of retsplejeloven § 115 goes with a message on this basis. */
bool words_basis_is_115(const char *code);

#endif
