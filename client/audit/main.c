/* SPDX-License-Identifier: EUPL-1.2
 *
 * tov-audit: checks exports offline, without daemon, network or key (docs/audit.md, tov-audit(1)).
 */
#include "audit/report.h"
#include "audit/verify.h"
#include "audit/words.h"
#include "base/cleanup.h"
#include "telling/text.h"

#include <stdlib.h>
#include <string.h>

#define LINE_MAX_BYTES 65536u

struct order {
    const char *roots;
    bool json, help, version;
    size_t count; /* the command, then folders */
    const char **words;
};

static void print_help(void)
{
    (void)fputs(
        _("tov-audit: checks what agencies exported from their ledgers\n"
          "\n"
          "  tov-audit verify [--roots FILE] [--json] DIR [DIR...]\n"
          "\n"
          "DIR is an export, or a folder of exports. Several are compared with each other.\n"
          "\n"
          "  --roots FILE  the root keys that you trust; without it the keys come from the\n"
          "                export itself\n"
          "  --json        the report as one JSON value\n"
          "  --help        this text\n"
          "  --version     the version\n"
          "\n"
          "Exit codes: 0 verified, 2 wrong use, 3 local corruption, 4 unverifiable,\n"
          "5 inconsistent. More: tov-audit(1)\n"),
        stdout);
}

/* A folder's name may be others' choice. */
static int refuse(const char *what, const char *detail)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf line = TOV_BUF_INIT(LINE_MAX_BYTES);
    text_put_clean(&line, what);
    if (detail != NULL) {
        tov_buf_put_text(&line, ": ");
        text_put_clean(&line, detail);
    }
    if (line.failed == TOV_OK)
        (void)fprintf(stderr, "tov-audit: %.*s\n%s\n", (int)line.size, (const char *)line.data,
                      _("Try tov-audit --help."));
    return TOV_AUDIT_USAGE;
}

/* The option at ARGV[AT]: how many words it takes, 0 when it is none. */
static int take_option(struct order *order, char **argv, int at)
{
    static const char equals[] = "--roots=";
    const char *word = argv[at];
    if (strcmp(word, "--json") == 0)
        order->json = true;
    else if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
        order->help = true;
    else if (strcmp(word, "--version") == 0)
        order->version = true;
    else if (strncmp(word, equals, sizeof equals - 1) == 0)
        order->roots = word + sizeof equals - 1;
    else if (strcmp(word, "--roots") == 0)
        order->roots = argv[at + 1]; /* NULL at the end */
    else
        return 0;
    return strcmp(word, "--roots") == 0 && argv[at + 1] != NULL ? 2 : 1;
}

/* Words behind "--" are folders. 0, or the exit code. */
static int read_words(int argc, char **argv, struct order *order)
{
    bool has_options = true;
    int at = 1;
    while (at < argc) {
        const char *word = argv[at];
        if (has_options && word[0] == '-' && strcmp(word, "--") != 0) {
            int taken = take_option(order, argv, at);
            if (taken == 0)
                return refuse(_("there is no such option"), word);
            if (strcmp(word, "--roots") == 0 && taken == 1)
                return refuse(_("--roots needs a file"), NULL);
            at += taken;
            continue;
        }
        if (has_options && strcmp(word, "--") == 0)
            has_options = false;
        else
            order->words[order->count++] = word;
        at++;
    }
    return 0;
}

static int prepare(const struct order *order, struct tov_verify *verify)
{
    struct tov_error error = {.text = ""};
    if (order->count == 0)
        return refuse(_("say what to do: verify"), NULL);
    if (strcmp(order->words[0], "verify") != 0)
        return refuse(_("there is no such command"), order->words[0]);
    if (order->count == 1)
        return refuse(_("name the folder of an export"), NULL);
    if (order->roots != NULL && tov_verify_roots(verify, order->roots, &error) != TOV_OK)
        return refuse(error.text, NULL);
    for (size_t i = 1; i < order->count; i++) {
        if (tov_verify_add(verify, order->words[i], &error) != TOV_OK)
            return refuse(error.text, NULL);
    }
    return 0;
}

static int verify_all(const struct order *order)
{
    struct tov_verify verify = {.count = 0};
    int code = prepare(order, &verify);
    if (code == 0) {
        tov_verify_run(&verify);
        code = (int)tov_verify_verdict(&verify);
        bool is_written = order->json ? tov_report_json(stdout, &verify, order->roots)
                                      : tov_report_text(stdout, &verify, order->roots);
        if (!is_written) {
            (void)fprintf(stderr, "tov-audit: %s\n", _("the report could not be written"));
            code = code == TOV_AUDIT_VERIFIED ? TOV_AUDIT_UNVERIFIABLE : code;
        }
    }
    tov_verify_fini(&verify);
    return code;
}

int main(int argc, char **argv)
{
    struct order order = {.words = calloc((size_t)argc + 1, sizeof *order.words)};
    tov_words_init();
    int code = order.words == NULL ? refuse(_("no memory"), NULL) : read_words(argc, argv, &order);
    if (code == 0 && order.help)
        print_help();
    else if (code == 0 && order.version)
        (void)printf("tov-audit %s\n", TOV_VERSION_TEXT);
    else if (code == 0)
        code = verify_all(&order);
    free(order.words);
    return code;
}
