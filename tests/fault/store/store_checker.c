/* SPDX-License-Identifier: EUPL-1.2
 *
 * `store_checker PATH`: reads the acknowledged rows from standard input and says whether the store
 * is whole: exit code 0, or 1 and one line. A process of its own, since LMDB may die on a damaged
 * file, which is a finding too.
 */
#include "load.h"

#include <stdio.h>

int main(int argc, char **argv)
{
    struct invariant_log acked = {.count = 0};
    struct invariant_record record;
    char text[256];
    if (argc != 2)
        return 2;
    while (fread(&record, sizeof record, 1, stdin) == 1)
        invariant_log_add(&acked, record);
    bool is_whole = load_is_whole(argv[1], &acked, text);
    if (!is_whole)
        (void)printf("%s\n", text);
    invariant_log_fini(&acked);
    return is_whole ? 0 : 1;
}
