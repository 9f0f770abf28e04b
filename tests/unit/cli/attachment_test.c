/* SPDX-License-Identifier: EUPL-1.2
 *
 * Saving what another agency sent, and exports: only where the user said, never over what is there,
 * and never a piece.
 */
#include "cli_scene.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DATA "%PDF-1.4 en side, og en til"
#define WITH_ATTACHMENTS                                         \
    {                                                            \
        .node = {.name = "../Plan for mødet.pdf", .data = DATA } \
    }

static void an_attachment_is_saved_whole_under_the_name_that_was_asked_for(void)
{
    struct cli_scene scene = WITH_ATTACHMENTS;
    struct stat status;
    char path[128];
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "attachment", "get", "7", "2", "--out", "plan.pdf");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_DONE);
    CU_ASSERT(cli_says(ran->out, "Saved: plan.pdf (27 B)"));
    UNIT_EQUAL_TEXT(ran_file(&scene.place, "plan.pdf"), DATA);
    UNIT_EQUAL_INT(ran_entries(&scene.place), 1);
    (void)snprintf(path, sizeof path, "%s/plan.pdf", scene.place.folder);
    UNIT_NEED(stat(path, &status) == 0);
    UNIT_EQUAL_INT(status.st_mode & 07777u, 0600);
    ran_end(ran);
    cli_scene_end(&scene);
}

static void what_is_there_is_replaced_only_by_force(void)
{
    struct cli_scene scene = WITH_ATTACHMENTS;
    cli_scene_begin(&scene);
    ran_write(&scene.place, "plan.pdf", "mine");
    struct ran *ran = RAN(&scene.place, "attachment", "get", "7", "2", "--out", "plan.pdf");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_FAILED);
    CU_ASSERT(cli_says(ran->err, "plan.pdf is there already. --force replaces it."));
    UNIT_EQUAL_TEXT(ran_file(&scene.place, "plan.pdf"), "mine");
    ran_end(ran);
    UNIT_EQUAL_INT(front_seen(scene.front, "attachment_read"), 0); /* not even asked for */
    UNIT_EQUAL_INT(CLI_CODE(&scene, "attachment", "get", "7", "2", "--out", "plan.pdf", "--force"),
                   CLI_EXIT_DONE);
    UNIT_EQUAL_TEXT(ran_file(&scene.place, "plan.pdf"), DATA);
    UNIT_EQUAL_INT(ran_entries(&scene.place), 1);
    cli_scene_end(&scene);
}

static void the_senders_name_finds_it_but_names_no_file(void)
{
    struct cli_scene scene = {.node = {.name = "plan.pdf", .data = DATA}};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "attachment", "get", "7", "plan.pdf");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_USAGE);
    CU_ASSERT(cli_says(ran->err, "The sender's name for it is not used."));
    UNIT_EQUAL_INT(ran_entries(&scene.place), 0);
    ran_end(ran);
    ran = RAN(&scene.place, "attachment", "get", "7", "plan.pdf", "--out", "here");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_USAGE); /* two have that name */
    CU_ASSERT(cli_says(ran->err, "Several attachments have that name"));
    ran_end(ran);
    UNIT_EQUAL_INT(CLI_CODE(&scene, "attachment", "get", "7", "other.pdf", "--out", "here"),
                   CLI_EXIT_FAILED);
    UNIT_EQUAL_INT(ran_entries(&scene.place), 0);
    cli_scene_end(&scene);
}

static void of_an_attachment_that_is_not_whole_nothing_stays(void)
{
    struct cli_scene scene = WITH_ATTACHMENTS;
    scene.node.data_error = TOV_E_UNAVAILABLE;
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "attachment", "get", "7", "2", "--out", "plan.pdf");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_LATER);
    CU_ASSERT(cli_says(ran->err, "Not all of it is here now."));
    UNIT_EQUAL_INT(ran_entries(&scene.place), 0);
    ran_end(ran);
    ran_write(&scene.place, "plan.pdf", "mine");
    UNIT_EQUAL_INT(CLI_CODE(&scene, "attachment", "get", "7", "2", "--out", "plan.pdf", "--force"),
                   CLI_EXIT_LATER);
    UNIT_EQUAL_TEXT(ran_file(&scene.place, "plan.pdf"), "mine");
    UNIT_EQUAL_INT(ran_entries(&scene.place), 1);
    cli_scene_end(&scene);
}

static void a_link_or_a_folder_is_not_followed(void)
{
    struct cli_scene scene = WITH_ATTACHMENTS;
    char path[128];
    cli_scene_begin(&scene);
    ran_write(&scene.place, "mine", "mine");
    (void)snprintf(path, sizeof path, "%s/link", scene.place.folder);
    UNIT_NEED(symlink("mine", path) == 0);
    UNIT_EQUAL_INT(CLI_CODE(&scene, "attachment", "get", "7", "2", "--out", "link", "--force"),
                   CLI_EXIT_USAGE);
    UNIT_EQUAL_INT(CLI_CODE(&scene, "attachment", "get", "7", "2", "--out", "."), CLI_EXIT_USAGE);
    UNIT_EQUAL_TEXT(ran_file(&scene.place, "mine"), "mine");
    cli_scene_end(&scene);
}

static void standard_output_gets_the_bytes_and_nothing_else(void)
{
    struct cli_scene scene = WITH_ATTACHMENTS;
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "attachment", "get", "7", "2", "--out", "-");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_DONE);
    UNIT_EQUAL_TEXT(ran->out, DATA);
    UNIT_EQUAL_TEXT(ran->err, "");
    ran_end(ran);
    cli_scene_end(&scene);
}

static void proofs_and_leaves_are_not_written_over_either(void)
{
    struct cli_scene scene = {.node = {.verdict = 1}};
    cli_scene_begin(&scene);
    ran_write(&scene.place, "proof", "mine");
    UNIT_EQUAL_INT(CLI_CODE(&scene, "trace", "5", "--proof", "proof"), CLI_EXIT_FAILED);
    UNIT_EQUAL_TEXT(ran_file(&scene.place, "proof"), "mine");
    UNIT_EQUAL_INT(CLI_CODE(&scene, "trace", "5", "--proof", "proof", "--force"), CLI_EXIT_DONE);
    CU_ASSERT(cli_says(ran_file(&scene.place, "proof"), "c2sp.org/tlog-proof@v1"));
    cli_scene_end(&scene);
}

static void an_export_goes_into_a_new_folder_only(void)
{
    struct cli_scene scene = {.node = {.verdict = 1}};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "export", "ledger/");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_DONE);
    CU_ASSERT(cli_says(
        ran->out,
        "Exported: ledger\n1 files, 18 B\nCheck it: tov-audit verify --roots ROOTS ledger"));
    UNIT_EQUAL_TEXT(ran_file(&scene.place, "ledger/checkpoint"), "infohus-demo/kk/1\n");
    ran_end(ran);
    ran = RAN(&scene.place, "export", "ledger");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_FAILED);
    CU_ASSERT(cli_says(ran->err, "ledger is not empty"));
    ran_end(ran);
    cli_scene_end(&scene);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(an_attachment_is_saved_whole_under_the_name_that_was_asked_for),
        UNIT_TEST(what_is_there_is_replaced_only_by_force),
        UNIT_TEST(the_senders_name_finds_it_but_names_no_file),
        UNIT_TEST(of_an_attachment_that_is_not_whole_nothing_stays),
        UNIT_TEST(a_link_or_a_folder_is_not_followed),
        UNIT_TEST(standard_output_gets_the_bytes_and_nothing_else),
        UNIT_TEST(proofs_and_leaves_are_not_written_over_either),
        UNIT_TEST(an_export_goes_into_a_new_folder_only),
    };
    return unit_run("tov: attachments, proofs and exports", tests, sizeof tests / sizeof tests[0]);
}
