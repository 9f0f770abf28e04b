/* SPDX-License-Identifier: EUPL-1.2
 *
 * See verify.h.
 */
#include "audit/verify.h"

#include "audit/pair.h"
#include "audit/why.h"
#include "audit/words.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROOTS_MAX_BYTES 65536u

void tov_verify_fini(struct tov_verify *verify)
{
    for (size_t i = 0; i < verify->count; i++) {
        tov_audit_close(&verify->exports[i].audit);
        free(verify->exports[i].name);
    }
    free(verify->exports);
    tov_findings_fini(&verify->between);
    *verify = (struct tov_verify){0};
}

/* ---- root keys ---- */

/* OUT_WHY: what the system said; 0: nothing. */
static enum tov_err read_text(const char *path, struct tov_buf *out, int *out_why)
{
    uint8_t piece[4096];
    size_t got = 0;
    FILE *file = fopen(path, "rb");
    *out_why = file == NULL ? errno : 0;
    if (file == NULL)
        return errno == ENOENT ? TOV_E_NOT_FOUND : TOV_E_IO;
    while ((got = fread(piece, 1, sizeof piece, file)) > 0 && out->failed == TOV_OK)
        tov_buf_put(out, piece, got);
    *out_why = ferror(file) != 0 ? errno : 0;
    enum tov_err err = ferror(file) != 0 ? TOV_E_IO : out->failed;
    (void)fclose(file);
    return err;
}

/* The common ones, as the system says them in English; it has no Danish where only tov-audit is. */
static const char *say_errno(int number)
{
    if (number == ENOENT)
        return _("No such file or directory");
    if (number == EACCES)
        return _("Permission denied");
    if (number == EISDIR)
        return _("Is a directory");
    return strerror(number);
}

enum tov_err tov_verify_roots(struct tov_verify *verify, const char *path, struct tov_error *error)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(ROOTS_MAX_BYTES);
    struct tov_error why = {.text = ""};
    int why_not = 0;
    enum tov_err err = read_text(path, &text, &why_not);
    if (err != TOV_OK)
        return tov_fail(error, err, _("the root keys in %s cannot be read: %s"), path,
                        why_not != 0 ? say_errno(why_not) : _("the file is too large"));
    err = tov_roots_parse(tov_buf_view(&text), &verify->roots, &why);
    if (err != TOV_OK)
        return tov_fail(error, err, _("%s does not hold root keys: %s"), path, TOV_WHY(why.text));
    verify->has_roots = true;
    return TOV_OK;
}

/* ---- which folders ---- */

static bool has_file(const char *folder, const char *name)
{
    char path[TOV_FOLDER_NAME_SIZE];
    int size = snprintf(path, sizeof path, "%s/%s", folder, name);
    return size > 0 && (size_t)size < sizeof path && access(path, F_OK) == 0;
}

/* One that lost either of the two is still taken for an export, and found damaged. */
static bool is_export(const char *folder)
{
    return has_file(folder, "manifest") || has_file(folder, "about");
}

static bool is_folder(const char *name)
{
    struct stat info;
    return stat(name, &info) == 0 && S_ISDIR(info.st_mode);
}

static bool is_same_folder(const char *a, const char *b)
{
    struct stat first, second;
    return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
           first.st_ino == second.st_ino;
}

static enum tov_err add_one(struct tov_verify *verify, const char *name, struct tov_error *error)
{
    for (size_t i = 0; i < verify->count; i++) {
        if (is_same_folder(verify->exports[i].name, name))
            return tov_fail(error, TOV_E_EXISTS,
                            _("%s is named twice: an export is not compared with itself"), name);
    }
    if (verify->count == TOV_VERIFY_EXPORTS_MAX)
        return tov_fail(error, TOV_E_LIMIT, _("more than %u exports"), TOV_VERIFY_EXPORTS_MAX);
    struct tov_verified *exports =
        realloc(verify->exports, (verify->count + 1) * sizeof *verify->exports);
    if (exports == NULL)
        return tov_fail(error, TOV_E_NOMEM, _("no memory"));
    verify->exports = exports;
    struct tov_verified *added = &exports[verify->count];
    *added = (struct tov_verified){.audit = {.folder = {.fd = -1}, .scratch = {.fd = -1}}};
    added->name = strdup(name);
    if (added->name == NULL)
        return tov_fail(error, TOV_E_NOMEM, _("no memory"));
    verify->count++;
    return TOV_OK;
}

static int keep_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* Those in FOLDER, in the order of their names. */
static enum tov_err add_inner(struct tov_verify *verify, const char *folder,
                              struct tov_error *error)
{
    struct dirent **entries = NULL;
    enum tov_err err = TOV_OK;
    int count = scandir(folder, &entries, keep_visible, alphasort);
    for (int i = 0; i < count; i++) {
        char name[TOV_FOLDER_NAME_SIZE];
        int size = snprintf(name, sizeof name, "%s/%s", folder, entries[i]->d_name);
        bool fits = size > 0 && (size_t)size < sizeof name;
        if (err == TOV_OK && fits && is_folder(name) && is_export(name))
            err = add_one(verify, name, error);
        free(entries[i]);
    }
    free(entries);
    return err;
}

enum tov_err tov_verify_add(struct tov_verify *verify, const char *name, struct tov_error *error)
{
    char folder[TOV_FOLDER_NAME_SIZE];
    size_t size = strlen(name), before = verify->count;
    if (size == 0 || size >= sizeof folder)
        return tov_fail(error, TOV_E_ARGUMENT, _("a folder's name is empty or too long"));
    memcpy(folder, name, size + 1);
    while (size > 1 && folder[size - 1] == '/')
        folder[--size] = '\0';
    if (!is_folder(folder))
        return tov_fail(error, TOV_E_NOT_FOUND, _("%s is not a folder that can be read"), folder);
    if (!is_export(folder))
        TOV_TRY(add_inner(verify, folder, error));
    return verify->count > before ? TOV_OK : add_one(verify, folder, error);
}

/* ---- checking ---- */

static void say_unfinished(struct tov_findings *findings, enum tov_err err)
{
    (void)tov_findings_add(findings, TOV_FOUND_UNFINISHED, NULL, NULL, tov_audit_why_err(err));
}

static void check_one(const struct tov_verify *verify, struct tov_verified *export)
{
    enum tov_err err =
        tov_audit_check(export->name, verify->has_roots ? &verify->roots : NULL, &export->audit);
    export->audit.findings.subject = export->name;
    if (err != TOV_OK)
        say_unfinished(&export->audit.findings, err);
}

/* The agencies number and name mean the same in both. */
static bool are_comparable(const struct tov_audit *a, const struct tov_audit *b)
{
    return a->has_about && b->has_about && a->ledger.has_checkpoint && b->ledger.has_checkpoint &&
           strcmp(a->about.federation, b->about.federation) == 0;
}

static enum tov_err compare(struct tov_audit *a, struct tov_audit *b, struct tov_findings *findings)
{
    if (!are_comparable(a, b))
        return TOV_OK;
    tov_pair_rosters(a, b, findings);
    if (!a->keyring.is_trusted || !b->keyring.is_trusted)
        return TOV_OK; /* what keys that nobody vouches for have signed accuses nobody */
    tov_pair_revoked(a, b, findings);
    tov_pair_revoked(b, a, findings);
    if (tov_pair_is_same_ledger(a, b))
        return tov_pair_same(a, b, findings);
    TOV_TRY(tov_pair_mirror(a, b, findings));
    return tov_pair_mirror(b, a, findings);
}

static void compare_pair(struct tov_verify *verify, size_t i, size_t k)
{
    char subject[2 * TOV_FOLDER_NAME_SIZE + 64];
    (void)snprintf(subject, sizeof subject, _("%s and %s"), verify->exports[i].name,
                   verify->exports[k].name);
    verify->between.subject = subject;
    enum tov_err err =
        compare(&verify->exports[i].audit, &verify->exports[k].audit, &verify->between);
    if (err != TOV_OK)
        say_unfinished(&verify->between, err);
    verify->between.subject = NULL;
}

void tov_verify_run(struct tov_verify *verify)
{
    for (size_t i = 0; i < verify->count; i++)
        check_one(verify, &verify->exports[i]);
    for (size_t i = 0; i < verify->count; i++) {
        for (size_t k = i + 1; k < verify->count; k++)
            compare_pair(verify, i, k);
    }
}

enum tov_exit_code tov_verify_verdict(const struct tov_verify *verify)
{
    struct tov_findings all = {.worst = verify->between.worst};
    for (size_t i = 0; i < verify->count; i++) {
        if (verify->exports[i].audit.findings.worst > all.worst)
            all.worst = verify->exports[i].audit.findings.worst;
    }
    return tov_findings_verdict(&all);
}
