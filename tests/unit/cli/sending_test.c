/* SPDX-License-Identifier: EUPL-1.2
 *
 * Sending by options, and what becomes of a message that was not sent, or perhaps sent: it is kept,
 * for its owner's eyes only, and it never goes out twice.
 */
#include "cli_scene.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DRAFTS ".local/state/tov/drafts"
#define DRAFT DRAFTS "/msg.note-1.json"
#define NOTE                                                                         \
    "send", "msg.note", "--to", "kbh-pol/dks=Følger sagen", "--about", "7", "--set", \
        "kind=Telephone call", "--set", "free_text=Vi ringer i morgen.", "--set",    \
        "necessity=Mødet kan ikke holdes uden."

static unsigned mode_of(const struct ran_place *place, const char *name)
{
    char path[256];
    struct stat status = {0};
    (void)snprintf(path, sizeof path, "%s/%s", place->folder, name);
    CU_ASSERT(stat(path, &status) == 0);
    return (unsigned)status.st_mode & 07777u;
}

/* The text of field NAME in the draft's file; until the next call. */
static const char *draft_field(const struct ran_place *place, const char *name)
{
    static char text[256];
    json_t *value = json_loads(ran_file(place, DRAFT), 0, NULL);
    const char *found = json_string_value(json_object_get(value, name));
    (void)snprintf(text, sizeof text, "%s", found == NULL ? "" : found);
    json_decref(value);
    return text;
}

static bool same_keys(const struct cli_front *node, size_t one, size_t other)
{
    return node->key_sizes[one] >= 16 && node->key_sizes[one] == node->key_sizes[other] &&
           memcmp(node->keys[one], node->keys[other], node->key_sizes[one]) == 0;
}

/* Whether WORDS stand in the content of the last submit. */
static bool sent(struct cli_scene *scene, const char *words)
{
    const struct cli_front *node = cli_scene_seen(scene);
    return memmem(node->content, node->content_size, words, strlen(words)) != NULL;
}

/* ---- sent ---- */

static void options_become_the_message(void)
{
    struct cli_scene scene = {.node = {.refuses = false}};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, NOTE);
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_DONE);
    CU_ASSERT(cli_says(ran->out, "Sent: no. 11, Note (kk/1/11), to kbh-pol/dks"));
    UNIT_EQUAL_INT(cli_scene_seen(&scene)->submits, 1);
    CU_ASSERT(sent(&scene, "Vi ringer i morgen."));
    CU_ASSERT(!ran_has(&scene.place, DRAFT));
    ran_end(ran);
    cli_scene_end(&scene);
}

static void a_field_can_stand_in_a_file(void)
{
    struct cli_scene scene = {.node = {.refuses = false}};
    cli_scene_begin(&scene);
    ran_write(&scene.place, "text", "Første linje.\n\nTredje linje.\n\n");
    struct ran *ran =
        RAN(&scene.place, "send", "msg.note", "--to", "kbh-pol/dks", "--file", "free_text=text");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_DONE);
    CU_ASSERT(sent(&scene, "Første linje.\n\nTredje linje."));
    ran_end(ran);
    ran_write(&scene.place, "text", "");
    ran =
        RAN(&scene.place, "send", "msg.note", "--to", "kbh-pol/dks", "--file", "free_text=nowhere");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_FAILED);
    UNIT_EQUAL_INT(cli_scene_seen(&scene)->submits, 1);
    ran_end(ran);
    cli_scene_end(&scene);
}

/* Also where the first recipient is one; what was written is kept. */
static void an_agency_that_is_no_more_is_told_in_one_sentence(void)
{
    struct cli_scene scene = {.node = {.refuses = false}};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, NOTE, "--to", "aarhus/infohus=Møder ham");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_FAILED);
    CU_ASSERT(
        cli_says(ran->err, "tov: There is no agency \"aarhus\" on the roster, or it has ended."));
    CU_ASSERT(!cli_says(ran->err, "not for you to see"));
    CU_ASSERT(!cli_says(ran->err, "in the directory"));
    CU_ASSERT(ran_has(&scene.place, DRAFT));
    UNIT_EQUAL_INT(cli_scene_seen(&scene)->submits, 0);
    ran_end(ran);
    ran = RAN(&scene.place, NOTE, "--to", "aarhus/infohus=Møder ham", "--check");
    CU_ASSERT(cli_says(ran->err, "tov: There is no agency \"aarhus\""));
    ran_end(ran);
    cli_scene_end(&scene);
}

static void a_wrong_value_names_the_right_ones(void)
{
    struct cli_scene scene = {.node = {.refuses = false}};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "send", "msg.note", "--set", "kind=brev");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_USAGE);
    CU_ASSERT(cli_says(ran->err, "Kind of note [kind]: write one of: telefon, moede"));
    ran_end(ran);
    ran = RAN(&scene.place, "send", "msg.note", "--set", "colour=red");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_USAGE);
    CU_ASSERT(cli_says(ran->err, "msg.note has no field \"colour\". See tov types msg.note"));
    ran_end(ran);
    cli_scene_end(&scene);
}

static void a_check_sends_nothing_and_keeps_nothing(void)
{
    struct cli_scene scene = {.node = {.refuses = false}};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, NOTE, "--check");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_DONE);
    CU_ASSERT(cli_says(ran->out, "It would be accepted. Nothing was sent."));
    ran_end(ran);
    cli_scene_set(&scene, &scene.node.refuses, true);
    ran = RAN(&scene.place, NOTE, "--check");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_FAILED);
    CU_ASSERT(cli_says(ran->err, "The unit is not in the co-operation."));
    CU_ASSERT(cli_says(ran->err, "It would not be accepted: 1 thing must be mended."));
    ran_end(ran);
    UNIT_EQUAL_INT(cli_scene_seen(&scene)->submits, 0);
    UNIT_EQUAL_INT(cli_scene_seen(&scene)->checks, 2);
    CU_ASSERT(!ran_has(&scene.place, DRAFT));
    cli_scene_end(&scene);
}

static void what_nobody_wrote_in_is_not_kept(void)
{
    struct cli_scene scene = {.node = {.refuses = false}};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "send", "msg.note");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_USAGE);
    CU_ASSERT(cli_says(ran->err, "To whom? Add --to UNIT"));
    CU_ASSERT(!ran_has(&scene.place, DRAFT));
    ran_end(ran);
    cli_scene_end(&scene);
}

/* ---- refused ---- */

static void a_refusal_keeps_the_draft_for_its_owner_alone_and_names_it(void)
{
    struct cli_scene scene = {.node = {.refuses = true}};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, NOTE);
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_FAILED);
    CU_ASSERT(cli_says(ran->err, "1. Recipient 1: kbh-pol/dks"));
    CU_ASSERT(cli_says(ran->err, "The unit is not in the co-operation."));
    CU_ASSERT(cli_says(ran->err, "Choose another unit."));
    CU_ASSERT(cli_says(ran->err, "Rule 2: retsplejeloven § 115"));
    CU_ASSERT(cli_says(ran->err, "The message is not sent: 1 thing must be mended."));
    CU_ASSERT(cli_says(ran->err, "It is kept as the draft msg.note-1."));
    CU_ASSERT(cli_says(ran->err, "tov drafts edit msg.note-1"));
    UNIT_EQUAL_INT(mode_of(&scene.place, DRAFT), 0600);
    UNIT_EQUAL_INT(mode_of(&scene.place, DRAFTS), 0700);
    UNIT_EQUAL_TEXT(draft_field(&scene.place, "state"), "refused");
    ran_end(ran);
    cli_scene_set(&scene, &scene.node.refuses, false);
    ran = RAN(&scene.place, "drafts", "send", "msg.note-1");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_DONE);
    CU_ASSERT(sent(&scene, "Vi ringer i morgen."));
    CU_ASSERT(!ran_has(&scene.place, DRAFT));
    ran_end(ran);
    cli_scene_end(&scene);
}

static void a_refused_field_says_what_may_stand_in_it(void)
{
    static const struct {
        const char *field;
        const char *words;
    } fields[] = {
        {"kind", "Notatets art [kind]"},
        {"kind", "Skriv en af: telefon, moede, henvendelse, aftale, andet"},
        {"purpose", "Skriv en af: forebyggelse, loesladelse"},
        {"legal_bases", "Skriv en kode, som tov types msg.note viser"},
        {"occurred_at", "Skriv dato og klokkeslæt som \"28-06-2021 09.10\""},
    };
    struct cli_scene scene = {.node = {.refuses = true}};
    cli_scene_begin(&scene);
    ran_set(&scene.place, "TOV_LANG", "da");
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        front_lock(scene.front);
        scene.node.refused_field = fields[i].field;
        front_unlock(scene.front);
        struct ran *ran = RAN(&scene.place, NOTE, "--check");
        CU_ASSERT(cli_says(ran->err, fields[i].words));
        CU_ASSERT(cli_says(ran->err, "Felterne: tov types msg.note"));
        ran_end(ran);
    }
    cli_scene_end(&scene);
}

/* Where the node names no remedy, by what is missing. */
static void a_refusal_says_which_option_names_what_is_missing(void)
{
    static const struct {
        const char *field, *source, *has, *has_not;
    } fields[] = {
        {"cites", "docs/machines.md", "--cites NUMMER", "--about"},
        {"about.case_ref", "docs/machines.md", "Enheden er ikke med", "--about"},
        {"about.case_ref", "docs/messages.md", "--about NUMMER", "--cites"},
    };
    struct cli_scene scene = {.node = {.refuses = true}};
    cli_scene_begin(&scene);
    ran_set(&scene.place, "TOV_LANG", "da");
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        front_lock(scene.front);
        scene.node.refused_field = fields[i].field;
        scene.node.refused_source = fields[i].source;
        front_unlock(scene.front);
        struct ran *ran = RAN(&scene.place, NOTE, "--check");
        CU_ASSERT(cli_says(ran->err, fields[i].has));
        CU_ASSERT(!cli_says(ran->err, fields[i].has_not));
        ran_end(ran);
    }
    cli_scene_end(&scene);
}

static void a_field_that_is_missing_is_told_and_counted_once(void)
{
    struct cli_scene scene = {
        .node = {.refuses = true, .refuses_missing = true, .refused_field = "necessity"}};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, NOTE, "--check");
    CU_ASSERT(!cli_says(ran->err, "must be filled in"));
    CU_ASSERT(cli_says(ran->err, " 1. Why does the recipient need this? [necessity]"));
    CU_ASSERT(!cli_says(ran->err, " 2. "));
    ran_end(ran);
    ran = RAN(&scene.place, NOTE, "--json");
    json_t *value = ran_json(ran);
    UNIT_EQUAL_INT(json_array_size(json_object_get(json_object_get(value, "error"), "findings")),
                   2);
    json_decref(value);
    ran_end(ran);
    cli_scene_end(&scene);
}

static void a_refusal_in_json_names_rule_field_and_draft(void)
{
    struct cli_scene scene = {.node = {.refuses = true}};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, NOTE, "--json");
    json_t *value = ran_json(ran);
    json_t *error = json_object_get(value, "error");
    json_t *finding = json_array_get(json_object_get(error, "findings"), 0);
    UNIT_EQUAL_TEXT(json_string_value(json_object_get(error, "draft")), "msg.note-1");
    UNIT_EQUAL_INT(json_integer_value(json_object_get(finding, "rule")), 2);
    UNIT_EQUAL_TEXT(json_string_value(json_object_get(finding, "field")), "recipients.1");
    UNIT_EQUAL_TEXT(json_string_value(json_object_get(finding, "kind")), "refuses");
    json_decref(value);
    ran_end(ran);
    cli_scene_end(&scene);
}

static void a_busy_node_keeps_the_draft_too(void)
{
    struct cli_scene scene = {.node = {.error = TOV_E_BUSY}};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "send", "msg.note", "--to", "kbh-pol/dks");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_LATER);
    UNIT_EQUAL_TEXT(draft_field(&scene.place, "state"), "unsent");
    ran_end(ran);
    cli_scene_end(&scene);
}

static void drafts_are_listed_shown_and_removed(void)
{
    struct cli_scene scene = {.node = {.refuses = true}};
    cli_scene_begin(&scene);
    ran_end(RAN(&scene.place, NOTE));
    ran_end(RAN(&scene.place, NOTE));
    struct ran *ran = RAN(&scene.place, "drafts");
    CU_ASSERT(cli_says(ran->out, "msg.note-1"));
    CU_ASSERT(cli_says(ran->out, "msg.note-2"));
    CU_ASSERT(cli_says(ran->out, "refused"));
    ran_end(ran);
    ran = RAN(&scene.place, "drafts", "show", "msg.note-2");
    CU_ASSERT(cli_says(ran->out, "Vi ringer i morgen."));
    ran_end(ran);
    ran = RAN(&scene.place, "drafts", "remove", "msg.note-1");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_DONE);
    CU_ASSERT(!ran_has(&scene.place, DRAFT));
    CU_ASSERT(ran_has(&scene.place, DRAFTS "/msg.note-2.json"));
    ran_end(ran);
    cli_scene_end(&scene);
}

static void a_draft_as_json_can_be_sent(void)
{
    struct cli_scene scene = {.node = {.refuses = true}};
    cli_scene_begin(&scene);
    ran_end(RAN(&scene.place, NOTE));
    struct ran *ran = RAN(&scene.place, "drafts", "show", "msg.note-1", "--json");
    json_t *value = ran_json(ran);
    char *message =
        json_dumps(json_object_get(json_object_get(value, "draft"), "message"), JSON_COMPACT);
    UNIT_NEED(message != NULL);
    ran_write(&scene.place, "message.json", message);
    free(message);
    json_decref(value);
    ran_end(ran);
    cli_scene_set(&scene, &scene.node.refuses, false);
    ran = RAN(&scene.place, "send", "--from-json", "message.json");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_DONE);
    CU_ASSERT(sent(&scene, "Vi ringer i morgen."));
    CU_ASSERT(!same_keys(cli_scene_seen(&scene), 0, 1)); /* a message of its own */
    ran_end(ran);
    cli_scene_end(&scene);
}

/* ---- perhaps sent ---- */

/* Sends NOTE to a node that takes it and says nothing; the program is killed while it waits. */
static void send_and_kill(struct cli_scene *scene, const char *const *arguments)
{
    int ends[2];
    char byte;
    UNIT_NEED(pipe(ends) == 0);
    front_lock(scene->front);
    scene->node.tell_fd = ends[1];
    scene->node.keeps_quiet = true;
    front_unlock(scene->front);
    struct ran *ran = ran_begin(&scene->place, arguments);
    UNIT_NEED(read(ends[0], &byte, 1) == 1);
    UNIT_NEED(kill(ran->pid, SIGKILL) == 0);
    ran_finish(ran);
    UNIT_EQUAL_INT(ran->code, 128 + SIGKILL);
    ran_end(ran);
    front_lock(scene->front);
    scene->node.tell_fd = 0;
    scene->node.keeps_quiet = false;
    front_unlock(scene->front);
    (void)close(ends[0]);
    (void)close(ends[1]);
}

static void without_an_answer_the_draft_is_perhaps_sent_and_goes_again_by_its_key(void)
{
    struct cli_scene scene = {.node = {.keeps_quiet = true}};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, NOTE);
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_TIMEOUT);
    CU_ASSERT(cli_says(ran->err, "Perhaps it was sent."));
    CU_ASSERT(cli_says(ran->err, "never sent twice: tov drafts send msg.note-1"));
    UNIT_EQUAL_TEXT(draft_field(&scene.place, "state"), "unknown");
    UNIT_EQUAL_INT(mode_of(&scene.place, DRAFT), 0600);
    ran_end(ran);
    cli_scene_set(&scene, &scene.node.keeps_quiet, false);
    ran = RAN(&scene.place, "drafts", "send", "msg.note-1");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_DONE);
    UNIT_EQUAL_INT(cli_scene_seen(&scene)->submits, 2);
    CU_ASSERT(same_keys(cli_scene_seen(&scene), 0, 1));
    CU_ASSERT(!ran_has(&scene.place, DRAFT));
    ran_end(ran);
    cli_scene_end(&scene);
}

static void a_program_that_was_killed_while_it_sent_leaves_the_draft_perhaps_sent(void)
{
    struct cli_scene scene = {.node = {.refuses = false}};
    cli_scene_begin(&scene);
    send_and_kill(&scene, (const char *const[]){NOTE, NULL});
    UNIT_EQUAL_TEXT(draft_field(&scene.place, "state"), "unknown");
    UNIT_EQUAL_INT(mode_of(&scene.place, DRAFT), 0600);
    struct ran *ran = RAN(&scene.place, "drafts", "send", "msg.note-1");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_DONE);
    CU_ASSERT(same_keys(cli_scene_seen(&scene), 0, 1));
    ran_end(ran);
    cli_scene_end(&scene);
}

static void what_was_perhaps_sent_is_not_changed(void)
{
    struct cli_scene scene = {.node = {.refuses = false}};
    cli_scene_begin(&scene);
    send_and_kill(&scene, (const char *const[]){NOTE, NULL});
    struct ran *ran =
        RAN(&scene.place, "drafts", "edit", "msg.note-1", "--set", "free_text=Noget andet.");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_LATER);
    CU_ASSERT(cli_says(ran->err, "must stay as it is until the node has answered"));
    CU_ASSERT(cli_says(ran_file(&scene.place, DRAFT), "Vi ringer i morgen."));
    ran_end(ran);
    cli_scene_end(&scene);
}

/* A key counts for one client only. */
static void what_another_perhaps_sent_is_not_sent_again(void)
{
    struct cli_scene scene = {.node = {.refuses = false}};
    char text[65536];
    cli_scene_begin(&scene);
    send_and_kill(&scene, (const char *const[]){NOTE, NULL});
    (void)snprintf(text, sizeof text, "%s", ran_file(&scene.place, DRAFT));
    char *sender = strstr(text, "infohus-demo/kk/test");
    UNIT_NEED(sender != NULL);
    memcpy(sender, "infohus-demo/kk/else", 20);
    ran_write(&scene.place, DRAFT, text);
    struct ran *ran = RAN(&scene.place, "drafts", "send", "msg.note-1");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_FAILED);
    CU_ASSERT(cli_says(ran->err, "perhaps sent as infohus-demo/kk/else already"));
    UNIT_EQUAL_INT(cli_scene_seen(&scene)->submits, 1);
    UNIT_EQUAL_TEXT(draft_field(&scene.place, "state"), "unknown");
    ran_end(ran);
    cli_scene_end(&scene);
}

static void a_refusal_of_what_was_perhaps_sent_settles_it(void)
{
    struct cli_scene scene = {.node = {.refuses = false}};
    cli_scene_begin(&scene);
    send_and_kill(&scene, (const char *const[]){NOTE, NULL});
    cli_scene_set(&scene, &scene.node.refuses, true);
    ran_end(RAN(&scene.place, "drafts", "send", "msg.note-1"));
    UNIT_EQUAL_TEXT(draft_field(&scene.place, "state"), "refused");
    cli_scene_end(&scene);
}

static void a_system_that_tries_again_by_its_own_key_leaves_one_draft(void)
{
    static const char *const again[] = {NOTE, "--idempotency-key", "esdh-2021-06-28-0001", NULL};
    struct cli_scene scene = {.node = {.refuses = false}};
    cli_scene_begin(&scene);
    send_and_kill(&scene, again);
    send_and_kill(&scene, again);
    UNIT_EQUAL_TEXT(draft_field(&scene.place, "state"), "unknown");
    CU_ASSERT(!ran_has(&scene.place, DRAFTS "/msg.note-2.json"));
    struct ran *ran = ran_tov(&scene.place, again);
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_DONE);
    CU_ASSERT(same_keys(cli_scene_seen(&scene), 0, 2));
    CU_ASSERT(!ran_has(&scene.place, DRAFT));
    ran_end(ran);
    cli_scene_end(&scene);
}

/* ---- messages about another ---- */

static void an_acknowledgement_that_was_perhaps_sent_goes_again_by_its_key(void)
{
    struct cli_scene scene = {.node = {.refuses = false}};
    cli_scene_begin(&scene);
    send_and_kill(&scene, (const char *const[]){"read", "7", NULL});
    struct ran *ran = RAN(&scene.place, "read", "7");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_DONE);
    UNIT_EQUAL_INT(cli_scene_seen(&scene)->submits, 2);
    CU_ASSERT(same_keys(cli_scene_seen(&scene), 0, 1));
    ran_end(ran);
    cli_scene_end(&scene);
}

static void only_the_sender_retracts_or_amends(void)
{
    struct cli_scene scene = {.node = {.refuses = false}};
    cli_scene_begin(&scene);
    struct ran *ran = RAN(&scene.place, "retract", "7", "--set", "reason=forkert_modtager");
    UNIT_EQUAL_INT(ran->code, CLI_EXIT_FAILED);
    CU_ASSERT(cli_says(ran->err, "Only the sender can amend or retract"));
    UNIT_EQUAL_INT(cli_scene_seen(&scene)->submits, 0);
    ran_end(ran);
    cli_scene_end(&scene);
}

/* Whom it goes to instead is a person's to say. */
static void what_an_agency_that_has_ended_got_is_changed_for_those_who_are_named(void)
{
    struct cli_scene scene = {.node = {.closed = true}};
    cli_scene_begin(&scene);
    static const char *const commands[] = {"retract", "amend"};
    for (size_t i = 0; i < 2; i++) {
        struct ran *ran = RAN(&scene.place, commands[i], "5", "--set", "reason=dublet");
        UNIT_EQUAL_INT(ran->code, CLI_EXIT_FAILED);
        CU_ASSERT(cli_says(ran->err, "kbh-pol has ended, and nothing can be sent to it."));
        CU_ASSERT(cli_says(ran->err, "--to UNIT"));
        ran_end(ran);
    }
    UNIT_EQUAL_INT(cli_scene_seen(&scene)->submits, 0);
    UNIT_EQUAL_INT(CLI_CODE(&scene, "retract", "5", "--set", "reason=dublet", "--to", "kk/vink"),
                   CLI_EXIT_DONE);
    UNIT_EQUAL_INT(cli_scene_seen(&scene)->submits, 1);
    cli_scene_end(&scene);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(options_become_the_message),
        UNIT_TEST(a_field_can_stand_in_a_file),
        UNIT_TEST(an_agency_that_is_no_more_is_told_in_one_sentence),
        UNIT_TEST(a_wrong_value_names_the_right_ones),
        UNIT_TEST(a_check_sends_nothing_and_keeps_nothing),
        UNIT_TEST(what_nobody_wrote_in_is_not_kept),
        UNIT_TEST(a_refusal_keeps_the_draft_for_its_owner_alone_and_names_it),
        UNIT_TEST(a_refused_field_says_what_may_stand_in_it),
        UNIT_TEST(a_refusal_says_which_option_names_what_is_missing),
        UNIT_TEST(a_field_that_is_missing_is_told_and_counted_once),
        UNIT_TEST(a_refusal_in_json_names_rule_field_and_draft),
        UNIT_TEST(a_busy_node_keeps_the_draft_too),
        UNIT_TEST(drafts_are_listed_shown_and_removed),
        UNIT_TEST(a_draft_as_json_can_be_sent),
        UNIT_TEST(without_an_answer_the_draft_is_perhaps_sent_and_goes_again_by_its_key),
        UNIT_TEST(a_program_that_was_killed_while_it_sent_leaves_the_draft_perhaps_sent),
        UNIT_TEST(what_was_perhaps_sent_is_not_changed),
        UNIT_TEST(what_another_perhaps_sent_is_not_sent_again),
        UNIT_TEST(a_refusal_of_what_was_perhaps_sent_settles_it),
        UNIT_TEST(a_system_that_tries_again_by_its_own_key_leaves_one_draft),
        UNIT_TEST(an_acknowledgement_that_was_perhaps_sent_goes_again_by_its_key),
        UNIT_TEST(only_the_sender_retracts_or_amends),
        UNIT_TEST(what_an_agency_that_has_ended_got_is_changed_for_those_who_are_named),
    };
    return unit_run("tov: sending and drafts", tests, sizeof tests / sizeof tests[0]);
}
