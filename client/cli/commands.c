/* SPDX-License-Identifier: EUPL-1.2
 *
 * All commands of `tov`, in the order of --help: what there is, cases, one message, sending,
 * following.
 */
#include "cli/command.h"

const struct cli_command *const cli_commands[] = {
    &command_status,
    &command_inbox,
    &command_outbox,
    &command_list,

    &command_cases,
    &command_case,
    &command_due,
    &command_find,

    &command_show,
    &command_read,
    &command_attachment_get,
    &command_trace,
    &command_journal,

    &command_send,
    &command_reply,
    &command_amend,
    &command_retract,
    &command_give_again,
    &command_drafts,
    &command_drafts_show,
    &command_drafts_edit,
    &command_drafts_send,
    &command_drafts_remove,

    &command_types,
    &command_units,

    &command_watch,
    &command_wait,
    &command_export,
    &command_start_anyway,

    NULL,
};
