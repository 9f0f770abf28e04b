/* SPDX-License-Identifier: EUPL-1.2 */
#include "cli/refusals.h"

#include "cli/language.h"

/* Some texts are in two lines. NOLINTBEGIN(bugprone-suspicious-missing-comma) */
const char *const refusals[] = {
    N_("%s recipients of the message have lost its keys: name the agency"),
    N_("%s recipients, must be 1 to %s"),
    N_("a message has at most %s attachments"),
    N_("a reason is needed, of at most %s bytes: it stands in the journal"),
    N_("a request that this node does not know"),
    N_("a watch with this id is open already"),
    N_("an attachment has at most 2 GiB"),
    N_("at most %s bytes at once"),
    N_("cases are shown to units, and your key is registered with none"),
    N_("content.attachments must name the %s uploaded files, in order"),
    N_("content.attachments names files that were not uploaded"),
    N_("content.attachments.%s: name, mime, sha256 and size must be there and fit the uploaded "
       "file"),
    N_("file %s of the upload is not whole"),
    N_("idempotency_key has %s bytes, must have %s to %s"),
    N_("in_reply_to or cites names a message that was set aside while the node's store was an old "
       "copy, and that nobody has; tov status says whether it must be written again"),
    N_("in_reply_to is no whole reference"),
    N_("in_reply_to names no message that is held here and is for your units"),
    N_("message %s could not be written again after the node was set back to an old copy: nobody "
       "has it. Send it anew as a new message, and ask the operator why"),
    N_("message %s is not about a case, a concern, a course or a transition that your units take "
       "part in, or there is no such message"),
    N_("message %s waits to be written again, since the node was set back to an old copy: try "
       "again when the node is serving"),
    N_("more data than the size said at the begin"),
    N_("name a message by its number or reference"),
    N_("no such recipient of the message has lost its keys: there is nothing to give again"),
    N_("no such search was begun on this connection, or it is over: begin it with its reason"),
    N_("no watch with this id is open"),
    N_("nothing of the ledger is signed yet: try again when the node is serving"),
    N_("offset is not where the file stands: go on from %s"),
    N_("only a person of the unit that sent the message may say whether its keys are given again"),
    N_("over %s requests of your key are waiting: wait for answers"),
    N_("recipients: agency %s is not in the roster, or is closed"),
    N_("recipients: two units of agency %s; send two messages with one event_ref"),
    N_("record: the number in your agency's own record, 1 to %s bytes in one line"),
    N_("sender_unit is not one of your units"),
    N_("the attachment has been damaged on this node's disk: it must be restored from a backup, or "
       "sent again"),
    N_("the attachment is still on its way from the sender"),
    N_("the attachment's file is not on this node any more: it is being fetched back from the "
       "message's recipients. Try again later"),
    N_("the draft is refused; each finding says why and what to do"),
    N_("the journal has not begun: what was restored is from before the node's first entry, and "
       "only its keepers can say so"),
    N_("the message has no such attachment"),
    N_("the message stands in the record under another number already; say `replace` to correct "
       "it"),
    N_("the message steps more than %s things: send it in parts"),
    N_("the message's text is longer than %s bytes: send the long text as an attachment"),
    N_("the name of a watch has 1 to %s bytes"),
    N_("the node does not wait for a majority of its keepers: there is nothing to start"),
    N_("the node has not begun its journal, so nothing can be shown: try again when it is serving"),
    N_("the node has not begun its ledger: try again when it is serving"),
    N_("the node has not enough memory for another connection: try again, and call the operator if "
       "it stays so"),
    N_("the node is about to end: ask again when it is back"),
    N_("the node is reading its case book, and many requests wait for it: wait for answers, and "
       "try again"),
    N_("the node's disk has no room for this file; call the operator"),
    N_("the node's disk is full, and what you ask about waits for room: ask again later"),
    N_("the node's disk is full: what must be noted first can be neither shown nor done; call the "
       "operator"),
    N_("the node's disk is full; keep the files and call the operator"),
    N_("the node's disk is nearly full and takes no new messages; keep the draft and call the "
       "operator"),
    N_("the node, or your key, has too many connections: close some, and try again"),
    N_("the reason is longer than %s bytes"),
    N_("the roles of your key do not allow this"),
    N_("the roster names calendar %s, which this node does not know: install a newer version"),
    N_("the sender has taken the message back"),
    N_("the upload failed and is ended: begin again"),
    N_("the upload has no such file"),
    N_("the upload is gone with the connection that it came by: submit again"),
    N_("there is no event with that number yet"),
    N_("there is no such message, or it is not for your units"),
    N_("there is no such unit in this agency, or it is not one of yours"),
    N_("this export is not known any more: begin a new one"),
    N_("this idempotency key was used for a message that has been erased since"),
    N_("this key is not registered at the node"),
    N_("this node speaks version %s of the client protocol: use a library that does"),
    N_("thread is no whole reference"),
    N_("you have used %s names of watches: use one of them again"),
    N_("your agency has no right to the content"),
    N_("your key asks more than the node can answer, and others wait: wait for answers, and try "
       "again"),
    N_("your key has %s uploads open already"),
    N_("your key has %s watches open already"),
    N_("your key has uploads of %s bytes open already"),
    N_("your unit %s is not in the roster: it is shown nothing"),
    NULL,
};
/* NOLINTEND(bugprone-suspicious-missing-comma) */
