/* SPDX-License-Identifier: EUPL-1.2 */
#include "audit/why.h"

#include "telling/pattern.h"

#include <stdio.h>
#include <string.h>

#define DEPTH_MAX 3u /* sentences in sentences: "line 3, root-key: not a verifier key: ..." */

/* Those of checkpoint.c, note.c and vkey.c of proto/merkle, and of lines.c, roster_parse.c and
 * roster_trust.c of proto/roster, with "%s" for what is different each time
 * (tests/lint/refusals.sh); what may be a part of others comes last.
 * NOLINTBEGIN(bugprone-suspicious-missing-comma) */
static const char *const sentences[] = {
    N_("a note has more than %s signatures"),
    N_("line %s of a note's signatures is malformed"),
    N_("a note has no signature"),
    N_("a note is longer than %s bytes"),
    N_("a note is not plain UTF-8 text"),
    N_("a note has no empty line before its signatures"),
    N_("a cosignature key does not open a checkpoint"),
    N_("a checkpoint is not signed by its ledger's key %s"),
    N_("a checkpoint is not three lines: origin, size, root"),
    N_("a checkpoint is signed by another ledger's key"),
    N_("indented by other than 0, 2 or 4 spaces"),
    N_("does not begin with a keyword; remove it"),
    N_("one space between keyword and value, none at the end"),
    N_("the last line does not end with a newline"),
    N_("longer than 4096 bytes"),
    N_("not UTF-8, or with a control or invisible character; retype it"),
    N_("line %s, %s: the text ends where this line is missing; add it (%s)"),
    N_("stands twice or too often; remove this line"),
    N_("line %s, %s: expected here, found \"%s\" at indentation %s; each line stands once, in the "
       "order of %s"),
    N_("has no value; add it or remove the line"),
    N_("line 1, %s: version %s is not known here, only v1; use a newer program"),
    N_("unknown, or not in its place (indentation %s); see %s"),
    N_("\"%s\" is not a number from %s to %s without leading zeros"),
    N_("not 64 lower-case hexadecimal digits; copy it again"),
    N_("not a verifier key: %s; copy it again"),
    N_("a key of type 0x%s; this line wants 0x%s"),
    N_("\"%s\" is no name: 1 to 63 of a-z, 0-9, with single - or . inside"),
    N_("stands too often: at most %s"),
    N_("no root key: its name must be %s/root/<holder>; an agency's key cannot be one"),
    N_("this key stands twice; one person, one key"),
    N_("two keys of this name; rename one holder"),
    N_("%s signatures wanted of %s root keys; lower it or add keys"),
    N_("none of the %s root keys has signed this, or a root's signature is wrong; ask the root "
       "holders for the signed text"),
    N_("the signatures could not be read"),
    N_("signed by %s of the %s root keys needed; have more root holders sign it"),
    N_("a roster of %s, but the roots are those of %s; take the right file"),
    N_("the roster is not signed; have %s root holders sign it"),
    N_("agency %s: generation falls from %s to %s; raise it"),
    N_("agency %s: generation %s begins, but the ledger and journal keys of %s are not revoked at "
       "an anchor; add two revoked lines"),
    N_("agency %s: a new ledger or journal key is a new generation; raise it"),
    N_("agency %s: the journal's number falls; keep it"),
    N_("agency %s (%s) is gone; an agency that ends stays, with a successor line"),
    N_("number %s was %s and is now %s; numbers and names are never given anew"),
    N_("agency %s was closed; it cannot open again"),
    N_("the revocation of %s is gone or changed; keep its line as it was"),
    N_("a roster of %s cannot follow one of %s"),
    N_("version %s cannot follow version %s; adopt each in turn"),
    N_("version %s was made from another version %s than the one here; compare both with their "
       "makers"),
    N_("version 1 has zeros here, every later one the hash of the one before"),
    N_("not a time like 2031-12-31T00:00:00Z; write it so"),
    N_("write two-thirds or none"),
    N_("more than %s agencies or %s revoked lines; split the federation"),
    N_("not in the one form that a roster has; make it with tov-keys roster-new"),
    N_("a roster of %s bytes; at most %s"),
    N_("no memory for a roster of %s bytes"),
    N_("by the old root keys: %s"),
    N_("by the new root keys: %s"),
    N_("a verifier key has a name that is not allowed"),
    N_("a verifier key has an id that is not its own"),
    N_("a verifier key is not 32 bytes long"),
    N_("a verifier key is not a valid point of Ed25519"),
    N_("a verifier key is of type 0x%s, not 0x01 or 0x04"),
    N_("not a verifier key (name+id+key)"),
    N_("the key of a verifier key is not base64"),
    N_("line %s, %s: %s"),
    N_("line %s: %s (%s)"),
};
/* NOLINTEND(bugprone-suspicious-missing-comma) */

static bool retell(const char *text, unsigned depth, char out[TOV_FINDING_TEXT_SIZE])
{
    struct pattern_piece pieces[PATTERN_PIECES_MAX];
    char inner[PATTERN_PIECES_MAX][TOV_FINDING_TEXT_SIZE];
    size_t found = 0;
    while (found < sizeof sentences / sizeof sentences[0] &&
           !pattern_fits(sentences[found], text, pieces))
        found++;
    if (found == sizeof sentences / sizeof sentences[0])
        return false;
    for (size_t i = 0; i < PATTERN_PIECES_MAX && depth + 1 < DEPTH_MAX; i++) {
        char piece[TOV_FINDING_TEXT_SIZE];
        (void)snprintf(piece, sizeof piece, "%.*s", (int)pieces[i].size, pieces[i].at);
        if (retell(piece, depth + 1, inner[i]))
            pieces[i] = (struct pattern_piece){inner[i], strlen(inner[i])};
    }
    pattern_fill(_(sentences[found]), pieces, out, TOV_FINDING_TEXT_SIZE);
    return true;
}

const char *tov_audit_why(char *out, const char *text)
{
    static const char marked[] = N_("(in English: %s)");
    bool is_english = strcmp(_(marked), marked) == 0;
    if (text[0] == '\0' || is_english)
        (void)snprintf(out, TOV_FINDING_TEXT_SIZE, "%s", text);
    else if (!retell(text, 0, out))
        pattern_fill(_(marked), &(struct pattern_piece){text, strlen(text)}, out,
                     TOV_FINDING_TEXT_SIZE);
    return out;
}

const char *tov_audit_why_err(enum tov_err err)
{
    if (err == TOV_E_MALFORMED)
        return NULL;
    if (err == TOV_E_NOMEM)
        return _("no memory");
    if (err == TOV_E_IO)
        return _("the disk could not be read or written");
    if (err == TOV_E_LIMIT)
        return _("more than this program takes");
    if (err == TOV_E_VERSION)
        return _("a newer version");
    return tov_err_name(err);
}
