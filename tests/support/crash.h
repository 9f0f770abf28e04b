/* SPDX-License-Identifier: EUPL-1.2
 *
 * A power cut in a file: `faultshim.c` journals every write to a watched file that no sync has
 * made durable yet; after the process was killed, crash_apply takes some or all of them back.
 * A kill alone proves nothing about syncs, since the kernel keeps what was written.
 */
#ifndef TOV_TESTS_SUPPORT_CRASH_H
#define TOV_TESTS_SUPPORT_CRASH_H

#include <stdint.h>

/* One record of the journal: this header (of this machine), old bytes, new bytes. */
struct crash_record {
    uint32_t kind; /* enum crash_kind */
    uint32_t size; /* of the write; old bytes beyond the file's end are zeros */
    uint64_t offset;
    uint64_t file_size; /* before the write */
};
enum crash_kind { CRASH_UNSYNCED = 1, CRASH_DURABLE = 2 /* written through O_DSYNC */ };

/* Takes back what JOURNAL says of the file DATA. SEED 0: everything not synced is lost; else each
 * 4 KiB page of each such write is kept or lost by chance. Returns the number of writes that were
 * not synced, -1 on failure. A journal that is not there counts as empty. */
long crash_apply(const char *journal, const char *data, uint64_t seed);

#endif
