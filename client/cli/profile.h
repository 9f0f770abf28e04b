/* SPDX-License-Identifier: EUPL-1.2
 *
 * Which node, with which key: from options, else the environment, else a profile in the user's own
 * file $XDG_CONFIG_HOME/tov/config (~/.config/tov/config).
 *
 *   # a comment
 *   [vink]
 *   node = tcp://127.0.0.1:7450
 *   key = ~/.config/tov/mette.key
 *   server-key = /etc/tov/front.pub      (or 64 hexadecimal digits)
 *   language = da
 *
 * Without --profile (or TOV_PROFILE) the first profile of the file counts.
 * Not for: passphrases; there is no option and no key for them.
 */
#ifndef TOV_CLI_PROFILE_H
#define TOV_CLI_PROFILE_H

#include "base/bytes.h"
#include "base/err.h"

#define PROFILE_TEXT_SIZE 1024

struct cli_profile {
    char name[64];
    char node[PROFILE_TEXT_SIZE];
    char key[PROFILE_TEXT_SIZE];
    char server_key[PROFILE_TEXT_SIZE];
    char language[8]; /* "da", "en" or "" */
};

/* Fills what is empty in PROFILE from the profile NAME (NULL: the first) of TEXT. CONFIG: NAME is
 * not there, or a line is not understood; the words say which line and how it is written. */
enum tov_err profile_parse(struct cli_profile *profile, struct tov_bytes text, const char *name,
                           struct tov_error *error) TOV_MUST_CHECK;
/* Fills what is empty in PROFILE from the environment, then from the file. No file is fine, unless
 * NAME was asked for (CONFIG); what cannot be read is IO or LIMIT. The words name the file. */
enum tov_err profile_complete(struct cli_profile *profile, const char *name,
                              struct tov_error *error) TOV_MUST_CHECK;

#endif
