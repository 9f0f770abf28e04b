/* SPDX-License-Identifier: EUPL-1.2
 *
 * One row for each thing that an audit can find: the word for programs, the class, the sentence and
 * what to do next. docs/audit.md tells the same at length.
 */
#include "audit/finding.h"

#include "audit/words.h"

enum next {
    NEXT_AGAIN,
    NEXT_ASK,
    NEXT_COPY,
    NEXT_FORK,
    NEXT_NOTHING,
    NEXT_PROVE,
    NEXT_READ,
    NEXT_ROOTS,
    NEXT_TOGETHER,
    NEXT_UPDATE
};

static const char *const next_sentences[] = {
    [NEXT_AGAIN] = N_("Ask the agency for a complete new export."),
    [NEXT_ASK] =
        N_("Keep the export as evidence, and ask the agency that wrote the entry to explain it."),
    [NEXT_COPY] =
        N_("Compare with another copy of the export, or ask the agency to make it again."),
    [NEXT_FORK] = N_("Keep all exports and both signed notes as evidence, trust neither history, "
                     "and tell every agency of the federation."),
    [NEXT_NOTHING] = N_("Nothing needs to be done."),
    [NEXT_PROVE] = N_("Ask the agency that signed both for a proof that they are of one history; "
                      "if it has none, it signed two."),
    [NEXT_READ] = N_("Check the disk and your permissions, then run the check again."),
    [NEXT_ROOTS] = N_("Get the root keys of the federation on a safe way, and the roster with all "
                      "its signatures."),
    [NEXT_TOGETHER] = N_("Ask the agency whose key it is for an export, and check both together."),
    [NEXT_UPDATE] = N_("Use a newer version of tov-audit."),
};

struct row {
    const char *name;
    enum tov_finding_class class;
    enum next next;
    const char *sentence;
};

static const struct row rows[TOV_FOUND_CODE_COUNT] = {
    [TOV_FOUND_NO_EXPORT] = {"no-export", TOV_CLASS_UNVERIFIABLE, NEXT_AGAIN,
                             N_("This is not a complete export.")},
    [TOV_FOUND_MANIFEST_LINE] = {"manifest-line", TOV_CLASS_CORRUPT, NEXT_COPY,
                                 N_("A line of the manifest cannot be read.")},
    [TOV_FOUND_MANIFEST_ORDER] =
        {"manifest-order", TOV_CLASS_CORRUPT, NEXT_COPY,
         N_("The lines of the manifest are not in order, or one stands twice.")},
    [TOV_FOUND_FILE_MISSING] = {"file-missing", TOV_CLASS_UNVERIFIABLE, NEXT_AGAIN,
                                N_("A file is missing.")},
    [TOV_FOUND_FILE_CHANGED] = {"file-changed", TOV_CLASS_CORRUPT, NEXT_COPY,
                                N_("A file is not the one that the manifest names.")},
    [TOV_FOUND_FILE_EXTRA] = {"file-extra", TOV_CLASS_CORRUPT, NEXT_COPY,
                              N_("A file is there that the manifest does not name.")},
    [TOV_FOUND_FILE_KIND] = {"file-kind", TOV_CLASS_CORRUPT, NEXT_COPY,
                             N_("Something in the folder is neither a plain file nor a folder, or "
                                "has a name that no export has.")},
    [TOV_FOUND_FILE_UNKNOWN] = {"file-unknown", TOV_CLASS_UNVERIFIABLE, NEXT_UPDATE,
                                N_("A file is of a kind that this program does not know.")},
    [TOV_FOUND_FILE_MISPLACED] = {"file-misplaced", TOV_CLASS_CORRUPT, NEXT_COPY,
                                  N_("A file is there that this export has no place for.")},
    [TOV_FOUND_FILE_MALFORMED] = {"file-malformed", TOV_CLASS_CORRUPT, NEXT_COPY,
                                  N_("A file is not written as its format says.")},
    [TOV_FOUND_FILE_UNREADABLE] = {"file-unreadable", TOV_CLASS_UNVERIFIABLE, NEXT_READ,
                                   N_("A file could not be read.")},
    [TOV_FOUND_VERSION_NEWER] = {"version-newer", TOV_CLASS_UNVERIFIABLE, NEXT_UPDATE,
                                 N_("The export is of a newer format.")},
    [TOV_FOUND_ABOUT_DIFFERS] = {"about-differs", TOV_CLASS_CORRUPT, NEXT_COPY,
                                 N_("The export says of itself what its files do not show.")},
    [TOV_FOUND_LIMIT] = {"limit", TOV_CLASS_UNVERIFIABLE, NEXT_UPDATE,
                         N_("A limit of this program is exceeded.")},
    [TOV_FOUND_UNFINISHED] = {"unfinished", TOV_CLASS_UNVERIFIABLE, NEXT_READ,
                              N_("The check could not be finished: memory is short, or there is no "
                                 "room for a temporary file.")},
    [TOV_FOUND_ROOTS_DIFFER] =
        {"roots-differ", TOV_CLASS_UNVERIFIABLE, NEXT_ROOTS,
         N_("No roster of the export is signed by the root keys that you trust.")},
    [TOV_FOUND_ROSTER_THRESHOLD] =
        {"roster-threshold", TOV_CLASS_UNVERIFIABLE, NEXT_ROOTS,
         N_("A roster has fewer good signatures of root keys than it needs.")},
    [TOV_FOUND_ROSTER_CHAIN] = {"roster-chain", TOV_CLASS_INCONSISTENT, NEXT_ASK,
                                N_("A signed roster does not follow from the one before it.")},
    [TOV_FOUND_ROSTER_GAP] = {"roster-gap", TOV_CLASS_UNVERIFIABLE, NEXT_AGAIN,
                              N_("A version of the roster is missing.")},
    [TOV_FOUND_KEY_MISSING] = {"key-missing", TOV_CLASS_UNVERIFIABLE, NEXT_AGAIN,
                               N_("No roster of the export has the key of this ledger.")},
    [TOV_FOUND_VOID] =
        {"void", TOV_CLASS_UNVERIFIABLE, NEXT_ASK,
         N_("Entries stand above the point at which the key was revoked; they are void.")},
    [TOV_FOUND_REVOKED_ROOT] = {"revoked-root", TOV_CLASS_INCONSISTENT, NEXT_FORK,
                                N_("The tree is not the one at which the key was revoked.")},
    [TOV_FOUND_REVOKED_UNSEEN] =
        {"revoked-unseen", TOV_CLASS_UNVERIFIABLE, NEXT_TOGETHER,
         N_("Whether the tree is the one at which the key was revoked cannot be seen: it ends "
            "inside a run of skipped entries.")},
    [TOV_FOUND_CHECKPOINT_SIGNATURE] = {"checkpoint-signature", TOV_CLASS_CORRUPT, NEXT_COPY,
                                        N_("The signature of a checkpoint does not verify.")},
    [TOV_FOUND_COSIGNATURE] = {"cosignature", TOV_CLASS_CORRUPT, NEXT_COPY,
                               N_("A witness's cosignature does not verify.")},
    [TOV_FOUND_LEAF_DIFFERS] = {"leaf-differs", TOV_CLASS_CORRUPT, NEXT_COPY,
                                N_("An entry is not the one whose hash stands in the tree.")},
    [TOV_FOUND_LEAF_EMPTY] =
        {"leaf-empty", TOV_CLASS_CORRUPT, NEXT_ASK,
         N_("An entry is gone, and no later entry says that it was erased or lost.")},
    [TOV_FOUND_TILE_DIFFERS] = {"tile-differs", TOV_CLASS_CORRUPT, NEXT_COPY,
                                N_("A hash in a tile does not follow from the entries.")},
    [TOV_FOUND_ROOT_DAMAGED] = {"root-damaged", TOV_CLASS_CORRUPT, NEXT_COPY,
                                N_("The tree does not lead to its signed root: entries or hashes "
                                   "were damaged or changed.")},
    [TOV_FOUND_SIGNATURE_BAD] = {"signature-bad", TOV_CLASS_CORRUPT, NEXT_COPY,
                                 N_("The signature over a size does not verify.")},
    [TOV_FOUND_TWO_ROOTS] = {"two-roots", TOV_CLASS_INCONSISTENT, NEXT_FORK,
                             N_("The agency signed two trees that exclude each other (a fork).")},
    [TOV_FOUND_BEYOND_TREE] = {"beyond-tree", TOV_CLASS_UNVERIFIABLE, NEXT_AGAIN,
                               N_("The agency signed more entries than it shows.")},
    [TOV_FOUND_LEAF_MALFORMED] = {"leaf-malformed", TOV_CLASS_INCONSISTENT, NEXT_ASK,
                                  N_("An entry is not written as the format says.")},
    [TOV_FOUND_LEAF_NEWER] = {"leaf-newer", TOV_CLASS_UNVERIFIABLE, NEXT_UPDATE,
                              N_("An entry is of a newer version.")},
    [TOV_FOUND_TIME_BACKWARDS] =
        {"time-backwards", TOV_CLASS_INCONSISTENT, NEXT_ASK,
         N_("The time of an entry is before that of the entry before it.")},
    [TOV_FOUND_GENESIS] =
        {"genesis", TOV_CLASS_INCONSISTENT, NEXT_ASK,
         N_("The first entry is not the genesis of this ledger, or a genesis stands later.")},
    [TOV_FOUND_EPOCH_ORDER] = {"epoch-order", TOV_CLASS_INCONSISTENT, NEXT_ASK,
                               N_("An epoch key is not newer than the one before it.")},
    [TOV_FOUND_ROSTER_ENTRY] =
        {"roster-entry", TOV_CLASS_INCONSISTENT, NEXT_ASK,
         N_("An entry adopts another roster than the export holds under that version.")},
    [TOV_FOUND_ROSTER_UNKNOWN] = {"roster-unknown", TOV_CLASS_UNVERIFIABLE, NEXT_AGAIN,
                                  N_("An entry names a roster that is not in the export.")},
    [TOV_FOUND_WRONG_TREE] =
        {"wrong-tree", TOV_CLASS_INCONSISTENT, NEXT_ASK,
         N_("An entry of the journal stands in the ledger, or the other way round.")},
    [TOV_FOUND_ERASED_REF] =
        {"erased-ref", TOV_CLASS_INCONSISTENT, NEXT_ASK,
         N_("An erasure names an entry that is not the one at that place, or is no message.")},
    [TOV_FOUND_LOST_RANGE] = {"lost-range", TOV_CLASS_INCONSISTENT, NEXT_ASK,
                              N_("A loss names entries that are not before it.")},
    [TOV_FOUND_ANCHOR_UNSIGNED] = {"anchor-unsigned", TOV_CLASS_UNVERIFIABLE, NEXT_AGAIN,
                                   N_("An anchor has no signature of its own.")},
    [TOV_FOUND_ANCHOR_LIST] = {"anchor-list", TOV_CLASS_CORRUPT, NEXT_COPY,
                               N_("The list of an anchor is not the one that the entry names.")},
    [TOV_FOUND_LIST_MISSING] = {"list-missing", TOV_CLASS_UNVERIFIABLE, NEXT_AGAIN,
                                N_("The list of an anchor is missing.")},
    [TOV_FOUND_JOURNAL_ROOT] = {"journal-root", TOV_CLASS_INCONSISTENT, NEXT_FORK,
                                N_("The journal is not the one whose root the ledger holds.")},
    [TOV_FOUND_JOURNAL_BEYOND] =
        {"journal-beyond", TOV_CLASS_UNVERIFIABLE, NEXT_AGAIN,
         N_("The ledger names a journal, or a size of it, that the export does not hold.")},
    [TOV_FOUND_LINK_MISSING] = {"link-missing", TOV_CLASS_UNVERIFIABLE, NEXT_AGAIN,
                                N_("A message has no link block for one of its recipients.")},
    [TOV_FOUND_LINK_HASH] = {"link-hash", TOV_CLASS_CORRUPT, NEXT_COPY,
                             N_("A link block is not the one that the message names.")},
    [TOV_FOUND_LINK_SERIES] = {"link-series", TOV_CLASS_INCONSISTENT, NEXT_ASK,
                               N_("A message counts in another series than the ledger is in.")},
    [TOV_FOUND_LINK_GAP] =
        {"link-gap", TOV_CLASS_INCONSISTENT, NEXT_ASK,
         N_("A number on a link is missing: a message before this one is not shown.")},
    [TOV_FOUND_LINK_UNSEEN] =
        {"link-unseen", TOV_CLASS_UNVERIFIABLE, NEXT_ASK,
         N_("A message before this one was withheld, or was taken out of the export.")},
    [TOV_FOUND_LINK_DOUBLED] = {"link-doubled", TOV_CLASS_INCONSISTENT, NEXT_ASK,
                                N_("A number on a link is used twice.")},
    [TOV_FOUND_LINK_PREVIOUS] = {"link-previous", TOV_CLASS_INCONSISTENT, NEXT_ASK,
                                 N_("A message names another message before it on the link.")},
    [TOV_FOUND_LINK_OWN] = {"link-own", TOV_CLASS_INCONSISTENT, NEXT_ASK,
                            N_("A message has a link to its own agency, or none to another.")},
    [TOV_FOUND_PART_MISSING] =
        {"part-missing", TOV_CLASS_UNVERIFIABLE, NEXT_AGAIN,
         N_("A sealed part of a message is missing, and no entry says that it was erased.")},
    [TOV_FOUND_PART_DIFFERS] = {"part-differs", TOV_CLASS_CORRUPT, NEXT_COPY,
                                N_("A sealed part is not the one that the message names.")},
    [TOV_FOUND_RECORD_EXTRA] = {"record-extra", TOV_CLASS_CORRUPT, NEXT_COPY,
                                N_("A record belongs to no entry that could have it.")},
    [TOV_FOUND_MIRROR_GAP] =
        {"mirror-gap", TOV_CLASS_UNVERIFIABLE, NEXT_AGAIN,
         N_("Entries are missing in what is held of another agency's ledger.")},
    [TOV_FOUND_MIRROR_DAMAGED] =
        {"mirror-damaged", TOV_CLASS_CORRUPT, NEXT_COPY,
         N_("What is held of another agency's ledger does not lead to the root that was signed.")},
    [TOV_FOUND_MIRROR_FORK] =
        {"mirror-fork", TOV_CLASS_INCONSISTENT, NEXT_FORK,
         N_("The other agency signed two trees that exclude each other (a fork).")},
    [TOV_FOUND_TWO_HISTORIES] =
        {"two-histories", TOV_CLASS_INCONSISTENT, NEXT_FORK,
         N_("One agency's key signed two histories that exclude each other; the proof was kept.")},
    [TOV_FOUND_TWO_HISTORIES_CLAIMED] =
        {"two-histories-claimed", TOV_CLASS_UNVERIFIABLE, NEXT_PROVE,
         N_("The exporter suspects two histories under one key; what was kept does not prove it.")},
    [TOV_FOUND_TWO_HISTORIES_DAMAGED] =
        {"two-histories-damaged", TOV_CLASS_CORRUPT, NEXT_COPY,
         N_("What was kept as proof of two histories does not verify; it accuses nobody.")},
    [TOV_FOUND_MIRROR_TAIL] =
        {"mirror-tail", TOV_CLASS_UNVERIFIABLE, NEXT_AGAIN,
         N_("What is held of another agency's ledger ends behind its last signed size.")},
    [TOV_FOUND_MIRROR_POSITION] =
        {"mirror-position", TOV_CLASS_CORRUPT, NEXT_COPY,
         N_("The position held of another agency's ledger is not the one that its entries show.")},
    [TOV_FOUND_NOT_FOR_US] = {"not-for-us", TOV_CLASS_UNVERIFIABLE, NEXT_ASK,
                              N_("A message is held by an agency that it does not name.")},
    [TOV_FOUND_GONE_UNNAMED] =
        {"gone-unnamed", TOV_CLASS_CORRUPT, NEXT_ASK,
         N_("A message that was received is gone, and no entry says that it was erased or lost.")},
    [TOV_FOUND_VERDICT_DIFFERS] =
        {"verdict-differs", TOV_CLASS_CORRUPT, NEXT_COPY,
         N_("The verdict stored with a received message is not the one in the signed receipts.")},
    [TOV_FOUND_VERDICT_MISSING] = {"verdict-missing", TOV_CLASS_UNVERIFIABLE, NEXT_AGAIN,
                                   N_("A received message has no verdict stored with it.")},
    [TOV_FOUND_VERDICT_UNCHECKED] =
        {
            "verdict-unchecked", TOV_CLASS_UNVERIFIABLE, NEXT_AGAIN,
            N_("Verdicts stored with received messages cannot be compared with the receipts, which "
               "cannot be read.")},
    [TOV_FOUND_RECEIPT_ORDER] = {"receipt-order", TOV_CLASS_INCONSISTENT, NEXT_ASK,
                                 N_("A receipt leaves out messages or covers some twice.")},
    [TOV_FOUND_RECEIPT_NUMBER] = {"receipt-number", TOV_CLASS_UNVERIFIABLE, NEXT_AGAIN,
                                  N_("A receipt covers a message that the export does not show.")},
    [TOV_FOUND_RECEIPT_HASH] = {"receipt-hash", TOV_CLASS_INCONSISTENT, NEXT_FORK,
                                N_("A receipt names another message than the one that was sent.")},
    [TOV_FOUND_RECEIPT_UNCHECKED] =
        {"receipt-unchecked", TOV_CLASS_UNVERIFIABLE, NEXT_AGAIN,
         N_("A receipt, or one before it, cannot be checked by what the export holds.")},
    [TOV_FOUND_ROSTERS_DIFFER] =
        {"rosters-differ", TOV_CLASS_UNVERIFIABLE, NEXT_ROOTS,
         N_("Two exports hold different rosters of one version: one of them may be invented.")},
    [TOV_FOUND_ROSTERS_FORK] = {"rosters-fork", TOV_CLASS_INCONSISTENT, NEXT_ASK,
                                N_("The root keys signed two different rosters of one version.")},
    [TOV_FOUND_FORK] = {"fork", TOV_CLASS_INCONSISTENT, NEXT_FORK,
                        N_("Two exports show two histories of one ledger (a fork).")},
    [TOV_FOUND_WITHHELD] = {"withheld", TOV_CLASS_UNVERIFIABLE, NEXT_ASK,
                            N_("An entry names an agency, but was withheld from it, or was taken "
                               "out of its export.")},
    [TOV_FOUND_TRUNCATED] =
        {"truncated", TOV_CLASS_UNVERIFIABLE, NEXT_AGAIN,
         N_("Another agency holds more of this ledger than its own export shows.")},
    [TOV_FOUND_GONE_HELD] =
        {"gone-held", TOV_CLASS_UNVERIFIABLE, NEXT_ASK,
         N_("An entry that is gone from its own ledger is there in another agency's export.")},
    [TOV_FOUND_AHEAD] = {"ahead", TOV_CLASS_INFORMATION, NEXT_NOTHING,
                         N_("Another agency's export is newer and holds more of this ledger.")},
    [TOV_FOUND_SENT_NOT_RECEIVED] =
        {"sent-not-received", TOV_CLASS_INFORMATION, NEXT_NOTHING,
         N_("Messages were sent that the recipient's export does not hold yet.")},
    [TOV_FOUND_ATTACHMENT_ABSENT] = {"attachment-absent", TOV_CLASS_INFORMATION, NEXT_NOTHING,
                                     N_("Attachments are not in the export.")},
    [TOV_FOUND_PART_UNSEEN] = {"part-unseen", TOV_CLASS_INFORMATION, NEXT_NOTHING,
                               N_("A sealed part is missing or not the one that the message names; "
                                  "its verdict says that "
                                  "it was not opened, or was erased.")},
    [TOV_FOUND_SIGNATURE_UNKNOWN] =
        {"signature-unknown", TOV_CLASS_INFORMATION, NEXT_NOTHING,
         N_("A signed note has signature lines of no known key, or one twice; they say nothing.")},
    [TOV_FOUND_VERDICT_UNRECEIPTED] =
        {"verdict-unreceipted", TOV_CLASS_INFORMATION, NEXT_NOTHING,
         N_("The verdict on some received messages is newer than the signed receipts.")},
    [TOV_FOUND_TEXT_LOST] =
        {"text-lost", TOV_CLASS_INFORMATION, NEXT_NOTHING,
         N_(
             "Received messages that were read once cannot be read here any more since a restore: "
             "their keys were lost. The messages are whole.")},
};

enum tov_finding_class tov_finding_default_class(enum tov_finding_code code)
{
    return rows[code].class;
}

const char *tov_finding_name(enum tov_finding_code code)
{
    return rows[code].name;
}

const char *tov_finding_sentence(enum tov_finding_code code)
{
    return _(rows[code].sentence);
}

const char *tov_finding_next(const struct tov_finding *finding)
{
    const struct row *row = &rows[finding->code];
    if (finding->class >= row->class)
        return _(next_sentences[row->next]);
    return _(next_sentences[finding->class == TOV_CLASS_CORRUPT ? NEXT_COPY : NEXT_ROOTS]);
}
