/* SPDX-License-Identifier: EUPL-1.2
 *
 * The form in the editor, with a script for the editor: what it shows, what comes back, remarks at
 * their fields, and that no text that was written is ever lost.
 */
#include "cli_scene.h"

#include <string.h>

#define DRAFTS ".local/state/tov/drafts"
#define FORM "send", "msg.note", "--edit", "--to", "kbh-pol/dks=Følger sagen", "--about", "7"

/* Fills in what a note needs. */
#define FILL                                                                                     \
    "sed -i -e 's/\\[legal_bases\\]:.*/&\\nAFTALE/' -e 's/\\[purpose\\]:.*/& forebyggelse/' "    \
    "-e 's/\\[necessity\\]:.*/& Mødet kan ikke holdes uden./' -e 's/\\[kind\\]:.*/& telefon/' " \
    "-e 's/\\[free_text\\]:.*/&\\nVi ringer.\\n\\nOg mødes.\\n/' \"$1\"\n"

/* SCRIPT is the editor; it runs in the place's folder. */
static void use_editor(struct cli_scene *scene, const char *script)
{
    char command[256];
    ran_write(&scene->place, "editor.sh", script);
    (void)snprintf(command, sizeof command, "sh %s/editor.sh", scene->place.folder);
    ran_set(&scene->place, "EDITOR", command);
}

static bool sent(struct cli_scene *scene, const char *words)
{
    const struct cli_front *node = cli_scene_seen(scene);
    return memmem(node->content, node->content_size, words, strlen(words)) != NULL;
}

static void what_is_written_in_the_form_is_sent(void)
{
    struct cli_scene scene = {.node = {.refuses = false}};
    cli_scene_begin(&scene);
    use_editor(&scene, "cp \"$1\" shown\n" FILL);
    struct ran *ran = RAN(&scene.place, FORM, "--set", "agreed=Vi tales ved.");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_DONE);
    CU_ASSERT(cli_says(ran->out, "Sent: no. 11"));
    CU_ASSERT(sent(&scene, "Vi ringer.\n\nOg mødes."));
    CU_ASSERT(sent(&scene, "Vi tales ved."));
    const char *shown = ran_file(&scene.place, "shown");
    CU_ASSERT(
        cli_says(shown, "* What is the recipient's task? [recipients.1.need_reason]: Følger"));
    CU_ASSERT(cli_says(shown, "What was agreed? [agreed]: Vi tales ved."));
    CU_ASSERT(strstr(shown, "#!") == NULL);
    CU_ASSERT(!ran_has(&scene.place, DRAFTS "/msg.note-1.json"));
    CU_ASSERT(!ran_has(&scene.place, DRAFTS "/msg.note-1.txt"));
    ran_end(ran);
    cli_scene_end(&scene);
}

static void a_form_with_faults_comes_again_with_remarks_at_its_fields(void)
{
    struct cli_scene scene = {.node = {.refuses = false}};
    cli_scene_begin(&scene);
    use_editor(&scene, "if [ -e first ]; then cp \"$1\" second; sed -i 's/: brev$/: telefon/' "
                       "\"$1\"; else cp \"$1\" first\n" FILL
                       "sed -i 's/\\[kind\\]:.*/[kind]: brev/' \"$1\"; fi\n");
    struct ran *ran = RAN(&scene.place, FORM);
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_DONE);
    const char *again = ran_file(&scene.place, "second");
    CU_ASSERT(cli_says(again, "#! It is not sent. Mend what the lines with #! say"));
    const char *line = strstr(again, "[kind]: brev\n");
    UNIT_NEED(line != NULL);
    while (line > again && line[-1] != '\n')
        line--;
    CU_ASSERT(line > again); /* the remark is right above */
    const char *above = line - 1;
    while (above > again && above[-1] != '\n')
        above--;
    CU_ASSERT(strncmp(above, "#!", 2) == 0);
    CU_ASSERT(sent(&scene, "Vi ringer."));
    UNIT_EQUAL_INT(cli_scene_seen(&scene)->submits, 1);
    ran_end(ran);
    cli_scene_end(&scene);
}

static void the_nodes_refusal_comes_into_the_form_and_no_change_ends_it(void)
{
    struct cli_scene scene = {.node = {.refuses = true}};
    cli_scene_begin(&scene);
    use_editor(&scene,
               "if [ -e first ]; then cp \"$1\" second; else cp \"$1\" first\n" FILL "fi\n");
    struct ran *ran = RAN(&scene.place, FORM);
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_FAILED);
    CU_ASSERT(cli_says(ran_file(&scene.place, "second"), "#! "));
    CU_ASSERT(cli_says(ran_file(&scene.place, "second"), "The unit is not in the co-operation."));
    CU_ASSERT(cli_says(ran->err, "It is kept as the draft msg.note-1."));
    CU_ASSERT(cli_says(ran_file(&scene.place, DRAFTS "/msg.note-1.json"), "Vi ringer."));
    ran_end(ran);
    cli_scene_end(&scene);
}

static void a_form_closed_with_faults_is_kept_as_it_was_written(void)
{
    struct cli_scene scene = {.node = {.refuses = false}};
    cli_scene_begin(&scene);
    use_editor(&scene,
               "[ -e first ] || { cp \"$1\" first; sed -i 's/\\[kind\\]:.*/& brev/' \"$1\"; }\n");
    struct ran *ran = RAN(&scene.place, FORM);
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_FAILED);
    CU_ASSERT(cli_says(ran->err, "tov drafts edit msg.note-1"));
    UNIT_EQUAL_INT(cli_scene_seen(&scene)->submits, 0);
    ran_end(ran);
    CU_ASSERT(CLI_CODE(&scene, "drafts", "send", "msg.note-1") == CLI_EXIT_FAILED);
    UNIT_EQUAL_INT(cli_scene_seen(&scene)->submits, 0);
    use_editor(&scene, "cp \"$1\" third\nsed -i 's/\\[kind\\]: brev/[kind]:/' \"$1\"\n" FILL);
    ran = RAN(&scene.place, "drafts", "edit", "msg.note-1", "--edit", "--yes");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_DONE);
    CU_ASSERT(cli_says(ran_file(&scene.place, "third"), "[kind]: brev"));
    CU_ASSERT(sent(&scene, "Vi ringer."));
    CU_ASSERT(!ran_has(&scene.place, DRAFTS "/msg.note-1.txt"));
    ran_end(ran);
    cli_scene_end(&scene);
}

static void a_form_that_nobody_wrote_in_is_not_kept(void)
{
    struct cli_scene scene = {.node = {.refuses = false}};
    cli_scene_begin(&scene);
    use_editor(&scene, "exit 0\n");
    struct ran *ran = RAN(&scene.place, "send", "msg.note", "--edit");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_FAILED);
    CU_ASSERT(cli_says(ran->err, "Nothing was written, so nothing was sent and nothing is kept."));
    CU_ASSERT(!ran_has(&scene.place, DRAFTS "/msg.note-1.json"));
    CU_ASSERT(!ran_has(&scene.place, DRAFTS "/msg.note-1.txt"));
    ran_end(ran);
    cli_scene_end(&scene);
}

static void what_options_said_is_kept_when_the_form_is_closed_without_a_change(void)
{
    struct cli_scene scene = {.node = {.refuses = false}};
    cli_scene_begin(&scene);
    use_editor(&scene, "exit 0\n");
    struct ran *ran = RAN(&scene.place, FORM, "--set", "free_text=Vi ringer.");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_FAILED);
    CU_ASSERT(cli_says(ran->err, "It is kept as the draft msg.note-1."));
    CU_ASSERT(cli_says(ran_file(&scene.place, DRAFTS "/msg.note-1.json"), "Vi ringer."));
    ran_end(ran);
    cli_scene_end(&scene);
}

static void an_editor_that_fails_leaves_the_text(void)
{
    struct cli_scene scene = {.node = {.refuses = false}};
    cli_scene_begin(&scene);
    use_editor(&scene, FILL "exit 1\n");
    struct ran *ran = RAN(&scene.place, FORM);
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_FAILED);
    CU_ASSERT(cli_says(ran->err, "The editor did not end well. Set EDITOR"));
    CU_ASSERT(cli_says(ran->err, "tov drafts edit msg.note-1"));
    CU_ASSERT(cli_says(ran_file(&scene.place, DRAFTS "/msg.note-1.txt"), "Og mødes."));
    UNIT_EQUAL_INT(cli_scene_seen(&scene)->submits, 0);
    ran_end(ran);
    cli_scene_end(&scene);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(what_is_written_in_the_form_is_sent),
        UNIT_TEST(a_form_with_faults_comes_again_with_remarks_at_its_fields),
        UNIT_TEST(the_nodes_refusal_comes_into_the_form_and_no_change_ends_it),
        UNIT_TEST(a_form_closed_with_faults_is_kept_as_it_was_written),
        UNIT_TEST(a_form_that_nobody_wrote_in_is_not_kept),
        UNIT_TEST(what_options_said_is_kept_when_the_form_is_closed_without_a_change),
        UNIT_TEST(an_editor_that_fails_leaves_the_text),
    };
    return unit_run("tov: the form", tests, sizeof tests / sizeof tests[0]);
}
