/* SPDX-License-Identifier: EUPL-1.2
 *
 * The smallest user of an installed libtov: sees that it compiles, links and runs.
 */
#include <tov/error.h>

#include <stdio.h>
#include <string.h>

int main(void)
{
    const char *name = tov_err_name(TOV_E_RULE);
    if (strcmp(name, "rule") != 0) {
        fprintf(stderr, "tov_err_name(TOV_E_RULE) is \"%s\"\n", name);
        return 1;
    }
    return 0;
}
