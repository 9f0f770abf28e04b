/* SPDX-License-Identifier: EUPL-1.2 */
#include "cli/failure.h"

#include <stdio.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cli/draftfile.h"
#include "cli/file.h"
#include "cli/language.h"
#include "cli/retell.h"
#include "telling/text.h"

#define INDENT 5u /* of "tov: " */
#define TEXT_MAX_BYTES 16384u

/* What a code of libtov or the node means to a person. libtov's own line follows
 * (retell.h). */
static const char *const sentences[] = {
    [TOV_E_NOMEM] = N_("There is not enough memory."),
    [TOV_E_ARGUMENT] = N_("This is not how the command is used."),
    [TOV_E_LIMIT] = N_("This is larger than allowed."),
    [TOV_E_MALFORMED] = N_("This cannot be read."),
    [TOV_E_VERSION] = N_("This is of a newer version. Tov must be upgraded here."),
    [TOV_E_SIGNATURE] = N_("A signature does not hold. Tell the node administrator."),
    [TOV_E_PROOF] = N_("A proof does not hold. Tell the node administrator."),
    [TOV_E_COMMITMENT] = N_("A key does not fit its message. Tell the node administrator."),
    [TOV_E_DECRYPT] = N_("It cannot be decrypted: a wrong passphrase, or a wrong key."),
    [TOV_E_SCHEMA] = N_("The message is not filled in as its type demands."),
    [TOV_E_RULE] = N_("A rule forbids it."),
    [TOV_E_NOT_FOUND] = N_("There is no such thing, or it is not for you to see."),
    [TOV_E_EXISTS] = N_("It is there already, with another content."),
    [TOV_E_IO] = N_("A file could not be read or written."),
    [TOV_E_FULL] = N_("There is no space left on the disk."),
    [TOV_E_DENIED] = N_("Your roles and units do not allow it."),
    [TOV_E_BUSY] = N_("The node is busy. Try again in a moment."),
    [TOV_E_TIMEOUT] = N_("No answer came in time."),
    [TOV_E_AGAIN] = N_("There is nothing yet."),
    [TOV_E_FORK] = N_("Two histories of one ledger have been seen. Tell the node administrator."),
    [TOV_E_KEY] = N_("The key file cannot be used."),
    [TOV_E_CLOSED] = N_("The connection was ended."),
    [TOV_E_UNAVAILABLE] = N_("The node cannot do it now. `tov status` says why."),
    [TOV_E_CORRUPT] = N_("Stored data does not agree with itself. Tell the node administrator."),
    [TOV_E_CLOCK] = N_("A clock is wrong. Tell the node administrator."),
    [TOV_E_ERASED] = N_("It has been erased."),
    [TOV_E_EPOCH] = N_("The key that opens it is not here, or not here any more."),
    [TOV_E_CONFIG] = N_("The configuration is wrong."),
    [TOV_E_INTERNAL] = N_("A fault in the program."),
    [TOV_E_ASIDE] = N_("Nobody has this message: the node could not write it again."),
};

static const char *sentence_of(enum tov_err err)
{
    size_t code = (size_t)err;
    if (code >= sizeof sentences / sizeof sentences[0] || sentences[code] == NULL)
        return tov_err_name(err);
    return _(sentences[code]);
}

static void put_line(const struct cli *cli, const char *lead, const char *text, struct tov_buf *out)
{
    tov_buf_put_text(out, lead);
    text_put_wrapped(out, text, &(struct text_frame){INDENT, INDENT, cli->columns});
}

/* Of a time-out libtov says the same in English; of a node that cannot, `tov status` says it in the
 * user's language. */
static bool adds_something(const struct cli *cli, enum tov_err err, bool is_retold)
{
    bool is_told_by_status = err == TOV_E_UNAVAILABLE && cli->words == TOV_WORDS_DA && !is_retold;
    return err != TOV_E_TIMEOUT && !is_told_by_status;
}

void failure_print(const struct cli *cli, enum tov_err err)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(TEXT_MAX_BYTES);
    char retold[sizeof cli->error.text], detail[sizeof retold + 32];
    put_line(cli, "tov: ", cli->error_is_ours ? cli->error.text : sentence_of(err), &out);
    bool is_retold = retell(cli->error.text, retold, sizeof retold);
    if (!cli->error_is_ours && cli->error.text[0] != '\0' && adds_something(cli, err, is_retold)) {
        bool is_english = cli->words == TOV_WORDS_DA && !is_retold;
        (void)snprintf(detail, sizeof detail, is_english ? _("(in English: %s)") : "(%s)",
                       is_retold ? retold : cli->error.text);
        put_line(cli, "     ", detail, &out);
    }
    if (out.failed == TOV_OK)
        (void)!file_put(STDERR_FILENO, tov_buf_view(&out)); /* nobody is left to be told */
    draftfile_print_kept(cli);
}

json_t *failure_json(const struct cli *cli, enum tov_err err)
{
    const char *text = cli->error.text[0] != '\0' ? cli->error.text : sentence_of(err);
    json_t *findings = cli->findings != NULL ? json_incref(cli->findings) : json_array();
    json_t *error =
        json_pack("{s:i, s:s, s:s, s:i, s:o}", "code", (int)err, "name", tov_err_name(err), "text",
                  text, "exit", failure_exit(cli, err), "findings", findings);
    if (error != NULL && cli->draft[0] != '\0')
        (void)json_object_set_new(error, "draft", json_string(cli->draft));
    return json_pack("{s:o}", "error", error != NULL ? error : json_null());
}

int failure_exit(const struct cli *cli, enum tov_err err)
{
    if (err == TOV_E_TIMEOUT)
        return cli->outcome_is_unknown ? CLI_EXIT_TIMEOUT : CLI_EXIT_UNREACHABLE;
    if (cli->is_unreachable)
        return CLI_EXIT_UNREACHABLE;
    if (err == TOV_E_ARGUMENT || err == TOV_E_CONFIG)
        return CLI_EXIT_USAGE;
    if (err == TOV_E_BUSY || err == TOV_E_FULL || err == TOV_E_UNAVAILABLE)
        return CLI_EXIT_LATER;
    return CLI_EXIT_FAILED;
}
