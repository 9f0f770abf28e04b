/* SPDX-License-Identifier: EUPL-1.2
 *
 * Numbers of agencies: recipients are named by address ("kk/vink"), messages hold numbers.
 */
#ifndef TOV_LIB_DIRECTORY_H
#define TOV_LIB_DIRECTORY_H

#include "lib/connection.h"

/* Takes what a DirectoryReply says about numbers. */
enum tov_err numbers_of_directory(struct agency_numbers *numbers,
                                  struct tov_record directory) TOV_MUST_CHECK;
/* 0: not known. NAME is an agency's ("kk"). */
uint32_t numbers_find(const struct agency_numbers *numbers, struct tov_bytes name);
/* NULL: not known. Borrowed from NUMBERS. */
const char *numbers_name(const struct agency_numbers *numbers, uint64_t number);

#endif
