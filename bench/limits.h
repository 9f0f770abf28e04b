/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the machine itself allows, measured with the same code that the node uses: bench_limits
 * prints one line a figure, `NAME VALUE UNIT`. bench/run puts them beside the node's figures.
 * Not for: judging another machine or another hour by; compare only within one run.
 */
#ifndef TOV_BENCH_LIMITS_H
#define TOV_BENCH_LIMITS_H

double limits_wall_s(void);
double limits_cpu_s(void); /* user and system time of this process and its ended children */
void limits_print(const char *name, double value, const char *unit);

/* LMDB: commits of 1 and of 256 rows of 1 KiB, synced as the store does it, SECONDS each, in a new
 * database below FOLDER; fdatasync of an append of 4 KiB. Stops the program when the disk fails. */
void limits_disk(const char *folder, double seconds);
/* CURVE over loopback between two processes, frames of 1 and of 64 KiB, COUNT KiB each. */
void limits_curve(unsigned kib);

#endif
