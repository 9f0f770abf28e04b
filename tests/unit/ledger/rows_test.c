/* SPDX-License-Identifier: EUPL-1.2
 *
 * Rows as a damaged disk may give them back: what has no meaning is damage, and is not guessed at.
 */
#include "ledger/event.h"

#include "support/unit.h"

#define EVENT_HEAD_BYTES 23u /* kind, agency, generation, index, time */

static enum tov_err decode_event_of_kind(uint8_t kind, size_t more)
{
    uint8_t row[EVENT_HEAD_BYTES + 64] = {0};
    struct tov_event event;
    row[0] = kind;
    return tov_event_decode((struct tov_bytes){row, EVENT_HEAD_BYTES + more}, &event);
}

static void an_event_of_a_kind_that_there_is_not_is_damage(void)
{
    UNIT_EQUAL_INT(decode_event_of_kind(0, 0), TOV_E_CORRUPT);
    for (unsigned kind = TOV_EVENT_ATTACHMENT + 1; kind < 256; kind++)
        UNIT_EQUAL_INT(decode_event_of_kind((uint8_t)kind, 0), TOV_E_CORRUPT);
}

static void an_event_of_each_kind_has_its_own_size(void)
{
    static const struct {
        enum tov_event_kind kind;
        size_t more;
    } rows[] = {{TOV_EVENT_WRITTEN, 16},
                {TOV_EVENT_RECEIVED, 0},
                {TOV_EVENT_DELIVERED, 29},
                {TOV_EVENT_ATTACHMENT, 1}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        UNIT_OK(decode_event_of_kind((uint8_t)rows[i].kind, rows[i].more));
        UNIT_EQUAL_INT(decode_event_of_kind((uint8_t)rows[i].kind, rows[i].more + 1),
                       TOV_E_CORRUPT);
    }
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(an_event_of_a_kind_that_there_is_not_is_damage),
        UNIT_TEST(an_event_of_each_kind_has_its_own_size),
    };
    return unit_run("ledger_rows", tests, sizeof tests / sizeof tests[0]);
}
