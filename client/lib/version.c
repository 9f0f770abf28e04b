/* SPDX-License-Identifier: EUPL-1.2 */
#include <tov/export.h>

#include <stdlib.h>

const char *tov_version(void)
{
    return TOV_VERSION_TEXT;
}

void tov_free(void *memory)
{
    free(memory);
}
