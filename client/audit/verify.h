/* SPDX-License-Identifier: EUPL-1.2
 *
 * `tov-audit verify` without its words: which folders are meant, each checked, all compared.
 * Not for: printing (report.h) or options (main.c).
 * Never compare exports before each was checked: what is damaged in one accuses nobody in another.
 */
#ifndef TOV_AUDIT_VERIFY_H
#define TOV_AUDIT_VERIFY_H

#include "audit/audit.h"

#define TOV_VERIFY_EXPORTS_MAX 256u /* two descriptors each */

struct tov_verify {
    bool has_roots;
    struct tov_roots roots;
    size_t count;
    struct tov_verified {
        char *name; /* of the folder */
        struct tov_audit audit;
    } * exports;                 /* ascending as they were named */
    struct tov_findings between; /* of pairs */
};
void tov_verify_fini(struct tov_verify *verify);

/* The root keys of the file PATH. Else MALFORMED, LIMIT, NOT_FOUND or IO, with words. */
enum tov_err tov_verify_roots(struct tov_verify *verify, const char *path,
                              struct tov_error *error) TOV_MUST_CHECK;
/* NAME is an export, or a folder of exports: one that is none itself, and has folders that are.
 * NOT_FOUND, LIMIT, NOMEM or IO, with words; a folder that exists but is no export is taken, and
 * found wanting by the check. */
enum tov_err tov_verify_add(struct tov_verify *verify, const char *name,
                            struct tov_error *error) TOV_MUST_CHECK;
/* Checks all that were added and compares them. What cannot be finished is a finding. */
void tov_verify_run(struct tov_verify *verify);

enum tov_exit_code tov_verify_verdict(const struct tov_verify *verify);

#endif
