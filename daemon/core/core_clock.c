/* SPDX-License-Identifier: EUPL-1.2 */
#include "core_clock.h"

#include "base/time.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define LOOK_EVERY_MS 20u

static uint64_t read_clock(clockid_t id)
{
    struct timespec now;
    (void)clock_gettime(id, &now);
    return (uint64_t)now.tv_sec * 1000u + (uint64_t)now.tv_nsec / 1000000u;
}

uint64_t tov_core_clock_mono(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

uint64_t tov_core_clock_mono_us(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000u + (uint64_t)now.tv_nsec / 1000u;
}

static void look_at_file(struct tov_core_clock *clock)
{
    struct stat status;
    char line[64];
    if (stat(clock->demo_file, &status) != 0 || (status.st_mtim.tv_sec == clock->changed.tv_sec &&
                                                 status.st_mtim.tv_nsec == clock->changed.tv_nsec))
        return;
    FILE *file = fopen(clock->demo_file, "re");
    if (file == NULL)
        return;
    char *read = fgets(line, sizeof line, file);
    (void)fclose(file);
    if (read == NULL)
        return;
    line[strcspn(line, "\r\n")] = '\0';
    uint64_t time_ms = 0;
    if (tov_time_parse(tov_bytes_of_text(line), &time_ms) != TOV_OK)
        return;
    clock->changed = status.st_mtim;
    clock->set_ms = time_ms;
    clock->at_ms =
        (uint64_t)status.st_mtim.tv_sec * 1000u + (uint64_t)status.st_mtim.tv_nsec / 1000000u;
}

uint64_t tov_core_clock_now(struct tov_core_clock *clock)
{
    uint64_t system_ms = read_clock(CLOCK_REALTIME);
    if (clock->demo_file == NULL)
        return system_ms;
    uint64_t mono = tov_core_clock_mono();
    if (mono - clock->looked_mono_ms >= LOOK_EVERY_MS || clock->looked_mono_ms == 0) {
        clock->looked_mono_ms = mono;
        look_at_file(clock);
    }
    if (clock->set_ms == 0)
        return system_ms;
    return clock->set_ms + (system_ms > clock->at_ms ? system_ms - clock->at_ms : 0);
}
