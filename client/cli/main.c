/* SPDX-License-Identifier: EUPL-1.2
 *
 * tov: the command line for caseworkers and scripts (docs/cli.md, tov(1)).
 */
#include "cli/run.h"

#include <stddef.h>

int main(int argc, char **argv)
{
    (void)argc;
    return cli_run((const char *const *)argv + (argv[0] == NULL ? 0 : 1));
}
