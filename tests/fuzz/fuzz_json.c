/* SPDX-License-Identifier: EUPL-1.2
 *
 * What programs and people hand to libtov and tov as text; the first byte says which: a message as
 * JSON, a field by its path (two lines: path, text), a kept draft of the command line. What is read
 * is written again as it was understood; what is refused changes nothing.
 */
#include "fuzz.h"

#include "cli/draftfile.h"

#include <sys/stat.h>
#include <unistd.h>

/* Ended by tov_free. */
static char *json_of(const struct tov_message_draft *draft)
{
    char *json = NULL;
    MUST(tov_message_draft_to_json(draft, &json, NULL) == TOV_OK);
    return json;
}

static struct tov_message_draft *draft_of(const char *json)
{
    struct tov_message_draft *draft = NULL;
    struct tov_error error;
    MUST(tov_message_draft_from_json(json, &draft, &error) == TOV_OK);
    return draft;
}

static void must_read_again(struct tov_message_draft *draft)
{
    int is_refused;
    char *json = json_of(draft);
    struct tov_message_draft *again = draft_of(json);
    char *second = json_of(again);
    MUST(strcmp(json, second) == 0);
    MUST(tov_message_draft_check(again, &is_refused, NULL) == TOV_OK);
    MUST((is_refused != 0) == (tov_remarks_refuse(tov_message_draft_remarks(again)) != 0));
    tov_free(second);
    tov_free(json);
    tov_message_draft_destroy(again);
}

static void try_json(struct tov_bytes bytes)
{
    struct tov_message_draft *draft = NULL;
    struct tov_error error;
    TOV_FREE char *json = fuzz_text(bytes);
    if (tov_message_draft_from_json(json, &draft, &error) != TOV_OK) {
        MUST(draft == NULL);
        return;
    }
    must_read_again(draft);
    tov_message_draft_destroy(draft);
}

/* ---- one field ---- */

static void try_field(struct tov_bytes bytes)
{
    struct tov_message_draft *draft = NULL;
    struct tov_error error;
    TOV_FREE char *path = fuzz_text(bytes);
    char *value = strchr(path, '\n');
    if (value == NULL)
        return;
    *value++ = '\0';
    MUST(tov_message_draft_create("info.response", &draft, NULL) == TOV_OK);
    MUST(tov_message_draft_set(draft, "fields.facts.1.fact_date", "2021-07-05", NULL) == TOV_OK);
    char *before = json_of(draft);
    enum tov_err err = tov_message_draft_set(draft, path, value, &error);
    char *after = json_of(draft);
    MUST(err == TOV_OK || strcmp(before, after) == 0);
    if (err == TOV_OK && value[0] != '\0')
        MUST(tov_message_draft_count(draft, path) >= 1);
    if (err == TOV_OK && strncmp(path, "header.", 7) != 0)
        must_read_again(draft);
    tov_free(after);
    tov_free(before);
    tov_message_draft_destroy(draft);
}

/* ---- a draft that tov kept ---- */

#define DRAFT "fuzz-1"

static char folder[] = "/tmp/tov-fuzz-json-XXXXXX";

static void make_path(const char *name, char out[128])
{
    (void)snprintf(out, 128, "%s/%s", folder, name);
}

static void remove_drafts(void)
{
    static const char *const names[] = {"tov/drafts/" DRAFT ".json", "tov/drafts", "tov", ""};
    char path[128];
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        make_path(names[i], path);
        (void)remove(path);
    }
}

static void make_drafts(void)
{
    static bool is_made;
    char path[128];
    if (is_made)
        return;
    is_made = true;
    MUST(mkdtemp(folder) != NULL && setenv("XDG_STATE_HOME", folder, 1) == 0);
    MUST(atexit(remove_drafts) == 0);
    make_path("tov", path);
    MUST(mkdir(path, 0700) == 0);
    make_path("tov/drafts", path);
    MUST(mkdir(path, 0700) == 0);
}

static void try_draft_file(struct tov_bytes bytes)
{
    static struct cli cli;
    char path[128];
    struct kept_draft draft = {.name = ""}, again = {.name = ""};
    make_drafts();
    make_path("tov/drafts/" DRAFT ".json", path);
    FILE *file = fopen(path, "w");
    MUST(file != NULL && fwrite(bytes.data, 1, bytes.size, file) == bytes.size);
    MUST(fclose(file) == 0);
    if (draftfile_load(&cli, DRAFT, &draft) != TOV_OK) {
        MUST(draft.message == NULL && access(path, F_OK) == 0);
        return;
    }
    MUST(draftfile_save(&cli, &draft) == TOV_OK);
    MUST(draftfile_load(&cli, DRAFT, &again) == TOV_OK);
    char *first = json_of(draft.message), *second = json_of(again.message);
    MUST(strcmp(first, second) == 0 && strcmp(draft.sender, again.sender) == 0);
    MUST(draft.state == again.state && json_equal(draft.attachments, again.attachments));
    tov_free(first);
    tov_free(second);
    kept_draft_fini(&draft);
    kept_draft_fini(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static fuzz_attempt *const attempts[] = {try_json, try_field, try_draft_file};
    return fuzz_choose(attempts, sizeof attempts / sizeof attempts[0], data, size);
}
