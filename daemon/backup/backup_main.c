/* SPDX-License-Identifier: EUPL-1.2
 *
 * The command lines of `tovd backup` and `tovd restore`, and what they say. Each is a process of
 * its own that ends: none of the roles runs in it.
 */
#include "backup/backup.h"

#include "base/time.h"
#include "core/core_keys.h"
#include "core/core_roster.h"
#include "exit_codes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const char help[] =
    "tovd backup --config FILE DIR              copy the node's data into the new folder DIR\n"
    "tovd backup --verify DIR [--config FILE]   read a backup through; no node is needed. With "
    "FILE:\n"
    "                                           that it is this node's, and that the storage root\n"
    "                                           key opens it\n"
    "tovd restore --config FILE [--replace] DIR put a backup back; the node must be stopped\n"
    "Exit codes: docs/exit-codes.md, tovd(8).\n";

struct command {
    bool is_restore, verify, replace, help;
    const char *config, *folder;
};

static bool take_word(struct command *command, const char *word)
{
    if (strcmp(word, "--help") == 0)
        command->help = true;
    else if (strcmp(word, "--verify") == 0 && !command->is_restore)
        command->verify = true;
    else if (strcmp(word, "--replace") == 0 && command->is_restore)
        command->replace = true;
    else if (word[0] != '-' && word[0] != '\0' && command->folder == NULL)
        command->folder = word;
    else
        return false;
    return true;
}

static bool parse_command(int argc, char **argv, struct command *out_command)
{
    struct command command = {.is_restore = strcmp(argv[1], "restore") == 0};
    for (int i = 2; i < argc; i++) {
        if (strcmp(argv[i], "--config") == 0 && i + 1 < argc && command.config == NULL)
            command.config = argv[++i];
        else if (!take_word(&command, argv[i])) {
            (void)fprintf(stderr, "tovd %s: %s: not understood\n%s", argv[1], argv[i], help);
            return false;
        }
    }
    bool needs_config = !command.verify && !command.help;
    if (!command.help && command.folder == NULL)
        (void)fprintf(stderr, "tovd %s: the folder of the backup is missing\n%s", argv[1], help);
    else if (needs_config && command.config == NULL)
        (void)fprintf(stderr, "tovd %s: --config FILE is missing\n%s", argv[1], help);
    else {
        *out_command = command;
        return true;
    }
    return false;
}

static uint64_t now_ms(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* ---- what is said ---- */

static void say_tree(const char *name, const struct tov_backup_tree *tree)
{
    (void)printf("  %-10s %llu entries, %llu of them signed\n", name,
                 (unsigned long long)tree->size, (unsigned long long)tree->signed_size);
}

static void say_manifest(const char *folder, const struct tov_backup_manifest *manifest)
{
    const struct tov_backup_about *about = &manifest->about;
    char made[TOV_TIME_TEXT_SIZE];
    tov_time_format(about->made_ms, made);
    (void)printf("%s: a whole backup of %s (%s), generation %u, as of %s\n", folder,
                 about->agency_name, about->federation, about->generation, made);
    say_tree("ledger", &about->ledger);
    say_tree("journal", &about->journal);
    (void)printf("  %-10s %llu own, %llu of other agencies\n", "messages",
                 (unsigned long long)about->own_messages, (unsigned long long)about->peer_messages);
    (void)printf("  %-10s %zu, together %llu bytes\n", "files", manifest->files.count,
                 (unsigned long long)tov_backup_files_bytes(&manifest->files));
    if (about->absent > 0)
        (void)printf("  %-10s %llu attachments that messages name: erased, or not fetched when the "
                     "backup was made\n",
                     "not in it", (unsigned long long)about->absent);
    if (about->keyless > 0)
        (void)printf("  %-10s %llu keys of messages and access entries whose bucket was "
                     "destroyed before\n",
                     "erased", (unsigned long long)about->keyless);
}

static void say_keepers(const struct tov_roster *roster, const char *agency)
{
    const struct tov_agency *own = tov_roster_agency_by_name(roster, tov_bytes_of_text(agency));
    (void)printf("At the next start the node asks its keepers how much of its ledger they hold:");
    for (size_t i = 0; own != NULL && i < own->keeper_count; i++) {
        const struct tov_agency *keeper = tov_roster_agency(roster, own->keepers[i]);
        (void)printf("%s %s", i == 0 ? "" : ",", keeper == NULL ? "?" : keeper->name);
    }
    (void)printf(".\nA majority of them must answer, %zu of %zu, before anything is signed. Until "
                 "then messages are stored\nand shown as written, not yet signed; `tov status` "
                 "says who is waited for. If they hold more of the\nledger than this backup, "
                 "nothing is signed before what is missing has been fetched from them. If too\nfew "
                 "can be reached, two persons may start the node without them: `tov "
                 "start-anyway`.\n",
                 own == NULL ? 0 : own->keeper_count / 2 + 1, own == NULL ? 0 : own->keeper_count);
}

static void say_restored(const struct tov_backup_setup *setup,
                         const struct tov_backup_manifest *manifest, const char *moved)
{
    char made[TOV_TIME_TEXT_SIZE];
    tov_time_format(manifest->about.made_ms, made);
    (void)printf("%s: restored from %s\n", setup->config->data_dir, setup->folder);
    if (moved[0] != '\0')
        (void)printf("What was there is in %s now.\n", moved);
    (void)printf("Gone is what was written here after %s and not signed: nobody else\nhas it. "
                 "Gone as well are the access entries (the journal) since then. What was sealed to "
                 "the epoch keys\nof before is asked for again.\n",
                 made);
    say_keepers(setup->roster, setup->config->agency);
}

/* ---- what is done ---- */

static enum tov_err load(const struct command *command, struct tov_config *config,
                         struct tov_roster **out_roster, struct tov_error *error)
{
    TOV_TRY(tov_config_load(command->config, config, error));
    return tov_core_roster_load(config, out_roster, error);
}

/* A root process would leave files that the node cannot open. */
static enum tov_err check_user(const char *folder, struct tov_error *error)
{
    struct stat info;
    if (stat(folder, &info) != 0)
        return tov_fail(error, TOV_E_CONFIG, "%s: the data folder is not there", folder);
    if (info.st_uid == geteuid())
        return TOV_OK;
    return tov_fail(error, TOV_E_DENIED,
                    "%s belongs to another user: make the backup as the user that the node runs "
                    "as, for example with `sudo -u tov`",
                    folder);
}

static enum tov_err make(const struct command *command, struct tov_error *error)
{
    struct tov_config config;
    TOV_CLEANUP(tov_roster_cleanup) struct tov_roster *roster = NULL;
    struct tov_backup_manifest manifest;
    TOV_TRY(load(command, &config, &roster, error));
    TOV_TRY(check_user(config.data_dir, error));
    struct tov_backup_setup setup = {
        .config = &config, .roster = roster, .folder = command->folder, .now_ms = now_ms()};
    TOV_TRY(tov_backup_make(&setup, &manifest, error));
    say_manifest(command->folder, &manifest);
    (void)printf("Never in a backup: private keys, the guard's state, epoch secrets. Without the "
                 "storage root key nobody\nreads it: keep that apart (docs/backup.md).\n");
    tov_backup_manifest_fini(&manifest);
    return TOV_OK;
}

/* The escrow of the storage root key is tried with it: without that key a backup is of no use. */
static enum tov_err verify_ours(const struct command *command, const struct tov_config *config,
                                const struct tov_backup_about *about, uint32_t *out_buckets,
                                struct tov_error *error)
{
    TOV_CLEANUP(tov_roster_cleanup) struct tov_roster *roster = NULL;
    TOV_CLEANUP(tov_keyfile_fini) struct tov_keyfile root = {.secret = NULL};
    TOV_CLEANUP(tov_key_wipe) struct tov_key key;
    TOV_TRY(tov_core_roster_load(config, &roster, error));
    enum tov_err err = tov_backup_fits(about, roster, config->agency, error);
    if (err != TOV_OK)
        return tov_fail_in(error, err, "%s: ", command->folder);
    TOV_TRY(tov_core_key_load(config, TOV_KEY_STORAGE_ROOT, TOV_PASSPHRASE_TTY, &root, error));
    memcpy(key.bytes, tov_secret_view(root.secret).data, sizeof key.bytes);
    err = tov_backup_opens(command->folder, &key, out_buckets, error);
    return err == TOV_OK ? TOV_OK
                         : tov_fail_in(error, err, "%s/storage-root.key: ", config->keys_dir);
}

static enum tov_err verify(const struct command *command, struct tov_error *error)
{
    struct tov_config config;
    struct tov_backup_manifest manifest;
    uint32_t buckets = 0;
    if (command->config != NULL)
        TOV_TRY(tov_config_load(command->config, &config, error));
    TOV_TRY(tov_backup_check(command->folder, &manifest, error));
    enum tov_err err = command->config == NULL
                           ? TOV_OK
                           : verify_ours(command, &config, &manifest.about, &buckets, error);
    if (err == TOV_OK) {
        say_manifest(command->folder, &manifest);
        if (command->config == NULL)
            (void)printf(
                "Checked with the keys that the backup itself names; with --config FILE "
                "they are compared with the roster's, and the storage root key is tried.\n");
        else if (buckets == 0)
            (void)printf("Its keys are those of the roster. It holds no message yet, so that the "
                         "storage root key could not be tried.\n");
        else
            (void)printf("Its keys are those of the roster, and %s/storage-root.key opens all its "
                         "%u bucket keys.\n",
                         config.keys_dir, buckets);
    }
    tov_backup_manifest_fini(&manifest);
    return err;
}

static enum tov_err restore(const struct command *command, struct tov_error *error)
{
    struct tov_config config;
    TOV_CLEANUP(tov_roster_cleanup) struct tov_roster *roster = NULL;
    struct tov_backup_manifest manifest;
    char moved[TOV_BACKUP_PATH_SIZE];
    TOV_TRY(load(command, &config, &roster, error));
    struct tov_backup_setup setup = {.config = &config,
                                     .roster = roster,
                                     .folder = command->folder,
                                     .now_ms = now_ms(),
                                     .replace = command->replace};
    TOV_TRY(tov_backup_restore(&setup, &manifest, moved, error));
    say_restored(&setup, &manifest, moved);
    tov_backup_manifest_fini(&manifest);
    return TOV_OK;
}

/* What a person must decide here has no code of its own among a node's. */
static enum tov_exit exit_of(enum tov_err err)
{
    bool is_refusal = err == TOV_E_EXISTS || err == TOV_E_DENIED || err == TOV_E_NOT_FOUND ||
                      err == TOV_E_RULE || err == TOV_E_AGAIN || err == TOV_E_ARGUMENT ||
                      err == TOV_E_UNAVAILABLE || err == TOV_E_LIMIT;
    return is_refusal ? TOV_EXIT_REFUSED : tov_exit_of_error(err);
}

int tov_backup_main(int argc, char **argv)
{
    struct command command;
    struct tov_error error = {.text = ""};
    if (!parse_command(argc, argv, &command))
        return TOV_EXIT_USAGE;
    if (command.help) {
        (void)printf("%s", help);
        return TOV_EXIT_OK;
    }
    enum tov_err err = command.is_restore ? restore(&command, &error)
                       : command.verify   ? verify(&command, &error)
                                          : make(&command, &error);
    if (err == TOV_OK)
        return TOV_EXIT_OK;
    (void)fprintf(stderr, "tovd %s: %s\n", argv[1],
                  error.text[0] != '\0' ? error.text : tov_err_name(err));
    return (int)exit_of(err);
}
