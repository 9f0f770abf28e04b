/* SPDX-License-Identifier: EUPL-1.2
 *
 * Any text as the form of a message: two bytes say of which type and in which language, the rest is
 * the text. What is read without a fault is shown in a form that reads as the same message; each
 * fault names a line of the text.
 */
#include "fuzz.h"

#include "case/form.h"

static struct tov_findings findings;

static void encode(const struct tov_draft *draft, struct tov_buf *out)
{
    MUST(tov_draft_encode(draft, out, out) == TOV_OK);
}

static bool read_form(const struct tov_message_type *type, struct tov_bytes text,
                      struct tov_draft *draft)
{
    MUST(tov_draft_create(type, draft) == TOV_OK);
    memset(&findings, 0, sizeof findings);
    enum tov_err err = tov_form_read(text, draft, &findings);
    MUST(err == TOV_OK || err == TOV_E_SCHEMA || err == TOV_E_LIMIT);
    MUST(err != TOV_E_SCHEMA || findings.count > 0);
    MUST(err != TOV_OK || !tov_findings_refuse(&findings));
    return err == TOV_OK;
}

static unsigned lines_of(struct tov_bytes text)
{
    unsigned lines = 1;
    for (size_t i = 0; i < text.size; i++)
        lines += text.data[i] == '\n' ? 1 : 0;
    return lines;
}

static void must_name_lines(struct tov_bytes text)
{
    unsigned lines = lines_of(text);
    for (size_t i = 0; i < findings.count; i++)
        MUST(findings.items[i].line >= 1 && findings.items[i].line <= lines);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    TOV_CLEANUP(tov_draft_fini) struct tov_draft draft = {0}, again = {0};
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TOV_FORM_MAX_BYTES);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf first = TOV_BUF_INIT(2 * TOV_RECORD_MAX_BYTES);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf second = TOV_BUF_INIT(2 * TOV_RECORD_MAX_BYTES);
    if (size < 2)
        return 0;
    const struct tov_message_type *type = tov_message_type_at(data[0] % tov_message_type_count());
    struct tov_bytes given = {data + 2, size - 2};
    if (!read_form(type, given, &draft)) {
        must_name_lines(given);
        return 0;
    }
    encode(&draft, &first);
    tov_form_write(&draft, data[1] % 2 == 0 ? TOV_DANISH : TOV_ENGLISH, &text);
    MUST(text.failed == TOV_OK);
    MUST(read_form(type, tov_buf_view(&text), &again));
    encode(&again, &second);
    fuzz_must_equal(&second, tov_buf_view(&first));
    return 0;
}
