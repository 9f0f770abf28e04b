/* SPDX-License-Identifier: EUPL-1.2
 *
 * The commands of this program, in the order of --help.
 */
#include "cli/command.h"

const struct cli_command *const cli_commands[] = {
    &command_status,
    &command_inbox,
    &command_outbox,
    &command_list,
    &command_show,
    &command_reply,
    &command_send,
    &command_drafts,
    &command_drafts_show,
    &command_drafts_edit,
    &command_drafts_send,
    &command_drafts_remove,
    &command_amend,
    &command_retract,
    &command_types,
    &command_units,
    NULL,
};
