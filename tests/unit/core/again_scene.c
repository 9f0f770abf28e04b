/* SPDX-License-Identifier: EUPL-1.2 */
#include "again_scene.h"

#include "verdict_scene.h"

uint64_t send_note(struct harness *harness, const char *to, struct tov_ref *out_ref)
{
    uint64_t number = say(harness,
                          &(struct saying){.by = &anna,
                                           .type = "msg.note",
                                           .from = "kk/vink",
                                           .to = to,
                                           .bases = "RPL115-2/1-1",
                                           .fields = "about.case_ref=" CASE},
                          out_ref);
    harness_advance(harness, 5000);
    return number;
}

void lose_keys(struct harness *harness, uint16_t agency, const struct tov_ref *ref)
{
    amend_receipt(harness, agency - 1u, ref, (struct tov_verdict_value){TOV_VERDICT_NO_KEY, 0, 0});
}

struct tov_record word_request(const struct word *word)
{
    struct tov_record body;
    struct tov_record request = request_of("give_again", &body);
    UNIT_OK(tov_record_put_number(body, "number", word->number));
    if (word->agency != NULL)
        UNIT_OK(tov_record_put_text(body, "agency", word->agency));
    if (word->reason != NULL)
        UNIT_OK(tov_record_put_text(body, "reason", word->reason));
    if (word->refuses)
        UNIT_OK(tov_record_put_number(body, "refuse", 1));
    return request;
}
