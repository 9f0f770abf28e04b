/* SPDX-License-Identifier: EUPL-1.2 */
#include "cli/ask.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cli/file.h"
#include "telling/text.h"

#define QUESTION_MAX_BYTES 4096u

bool ask_is_possible(const struct cli *cli)
{
    return cli->stdin_is_terminal && cli->stdout_is_terminal && !cli->json;
}

/* On standard error, within the terminal's width; the answer is written behind it. */
static void put_question(const struct cli *cli, const char *question)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(QUESTION_MAX_BYTES);
    text_put_wrapped(&text, question, &(struct text_frame){0, 0, cli->columns - 1});
    if (text.failed != TOV_OK)
        return;
    text.data[text.size - 1] = ' '; /* the end of its last line */
    (void)!file_put(STDERR_FILENO, tov_buf_view(&text));
}

bool ask_line(struct cli *cli, const char *question, char *out, size_t size)
{
    if (cli_flush(cli) != TOV_OK)
        return false;
    put_question(cli, question);
    if (fgets(out, (int)size, stdin) == NULL) {
        (void)fprintf(stderr, "\n");
        return false;
    }
    out[strcspn(out, "\r\n")] = '\0';
    size_t start = strspn(out, " \t");
    memmove(out, out + start, strlen(out + start) + 1);
    for (size_t end = strlen(out); end > 0 && (out[end - 1] == ' ' || out[end - 1] == '\t'); end--)
        out[end - 1] = '\0';
    return out[0] != '\0';
}

static bool is_one_of(const char *text, const char *const words[4])
{
    for (size_t i = 0; i < 4; i++) {
        if (strcasecmp(text, words[i]) == 0)
            return true;
    }
    return false;
}

enum ask_answer ask_yes(struct cli *cli, const char *question)
{
    static const char *const yes[4] = {"j", "ja", "y", "yes"};
    static const char *const edit[4] = {"r", "ret", "e", "edit"};
    char line[32];
    if (!ask_line(cli, question, line, sizeof line))
        return ASK_NO;
    return is_one_of(line, yes) ? ASK_YES : is_one_of(line, edit) ? ASK_EDIT : ASK_NO;
}
