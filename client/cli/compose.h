/* SPDX-License-Identifier: EUPL-1.2
 *
 * A draft from the arguments of a command: fields, recipients, what it is about, files.
 * Not for: the form (editing.h), or sending (sending.h).
 */
#ifndef TOV_CLI_COMPOSE_H
#define TOV_CLI_COMPOSE_H

#include "cli/command.h"
#include "cli/draftfile.h"

/* Options of every command that writes a message. */
#define COMPOSE_OPTIONS                                                                            \
    {"set", N_("FIELD=VALUE"),                                                                     \
     N_("a field; tov types TYPE lists them. Lists: once for each value"), true},                  \
        {"file", N_("FIELD=PATH"), N_("a field whose text stands in a file; - is standard input"), \
         true},                                                                                    \
        {"to", N_("UNIT[=TASK]"),                                                                  \
         N_("a recipient, and which task it has there (never about the citizen)"), true},          \
        {"header-to", N_("UNIT[=TASK]"),                                                           \
         N_("a recipient that sees the step, but not the content"), true},                         \
        {"from", N_("UNIT"), N_("the unit that sends, when you have several"), false},             \
        {"about", N_("NUMBER|THING[=ID]"),                                                         \
         N_("what message NUMBER is about; or a new concern, case, course, request, psych or "     \
            "episode; or the one of message ID, or with that ID"),                                 \
         true},                                                                                    \
        {"cites", N_("NUMBER"),                                                                    \
         N_("a message that this one cites: the first of two signers, the offer it answers, the "  \
            "acceptance by which you hold what you offer"),                                        \
         true},                                                                                    \
        {"same-event", N_("NUMBER"),                                                               \
         N_("tells of the same event as message NUMBER, in another channel"), false},              \
        {"attach", N_("PATH"), N_("a file that goes with it"), true},                              \
        {"edit", NULL, N_("open the form in the editor (VISUAL, EDITOR) in any case"), false},     \
        {"check", NULL, N_("only ask whether it would be accepted; nothing is sent or kept"),      \
         false},                                                                                   \
    {                                                                                              \
        "yes", NULL, N_("send without asking"), false                                              \
    }
#define COMPOSE_KEY_OPTION                                                                         \
    {                                                                                              \
        "idempotency-key", N_("TEXT"),                                                             \
            N_("16 to 64 characters: what was sent with the same ones is never sent twice"), false \
    }
#define COMPOSE_END             \
    {                           \
        NULL, NULL, NULL, false \
    }

/* Whether a field, a text or a whole message is given: then no form is opened by itself. */
bool compose_has_fields(const struct cli_arguments *arguments);
/* Whether any option says something about the message. */
bool compose_has_options(const struct cli_arguments *arguments);
/* Puts what the options say into DRAFT. Reads files; --about NUMBER asks the node. */
enum tov_err compose_apply(struct cli *cli, const struct cli_arguments *arguments,
                           struct kept_draft *draft) TOV_MUST_CHECK;
/* Sets one field, named and written as a person does. ARGUMENT with words. */
enum tov_err compose_field(struct cli *cli, struct tov_message_draft *message, const char *path,
                           const char *text) TOV_MUST_CHECK;
/* What nobody needs to be asked: a time when it happened (now), and a legal basis where the type
 * has only one. */
enum tov_err compose_defaults(struct cli *cli, struct tov_message_draft *message) TOV_MUST_CHECK;

/* Adds a recipient; WORDS is "kk/vink" or "kk/vink=its task". */
enum tov_err compose_recipient(struct cli *cli, struct tov_message_draft *message,
                               const char *words, enum tov_message_right right) TOV_MUST_CHECK;
/* What the options --about say; a number asks the node. */
enum tov_err compose_about(struct cli *cli, const struct cli_arguments *arguments,
                           struct tov_message_draft *message) TOV_MUST_CHECK;
/* What --cites and --same-event say; asks the node. */
enum tov_err compose_cites(struct cli *cli, const struct cli_arguments *arguments,
                           struct tov_message_draft *message) TOV_MUST_CHECK;
/* One of them: "12", "krfo/1/345", "episode", "episode=12", "episode=ID". */
enum tov_err compose_about_words(struct cli *cli, struct tov_message_draft *message,
                                 const char *text) TOV_MUST_CHECK;
/* VIEW's matters become those of MESSAGE, as far as it names none of that kind. */
enum tov_err compose_about_view(struct cli *cli, struct tov_message_draft *message,
                                const struct tov_message_view *view) TOV_MUST_CHECK;
/* Opens and attaches the files of DRAFT, once. */
enum tov_err compose_attach_files(struct cli *cli, struct kept_draft *draft) TOV_MUST_CHECK;

#endif
