/* SPDX-License-Identifier: EUPL-1.2 */
#include "support/goverify.h"

#include "support/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

bool goverify_is_there(void)
{
    static const char *const version[] = {"go", "version", NULL};
    return command_run(version, NULL) == 0 &&
           access("/usr/share/gocode/src/golang.org/x/mod/sumdb", R_OK) == 0;
}

bool goverify_build(const char *folder, char *out_program)
{
    char cache[GOVERIFY_PATH_SIZE];
    const char *const words[] = {"go", "build", "-o", out_program, "tests/support/goverify/main.go",
                                 NULL};
    (void)snprintf(cache, sizeof cache, "%s/cache", folder);
    (void)snprintf(out_program, GOVERIFY_PATH_SIZE, "%s/goverify", folder);
    return setenv("GO111MODULE", "off", 1) == 0 && setenv("GOFLAGS", "", 1) == 0 &&
           setenv("GOPATH", "/usr/share/gocode", 1) == 0 && setenv("GOCACHE", cache, 1) == 0 &&
           command_run(words, NULL) == 0;
}
