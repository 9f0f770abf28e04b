/* SPDX-License-Identifier: EUPL-1.2
 *
 * A picture, or what a unit is shown of it, is whole or not there: where memory runs out it is
 * never one with something left away, which another agency would show (I5).
 */
#include "case/order.h"
#include "support/scarce.h"
#include "support/unit.h"
#include "world.h"

#include <stdlib.h>

/* Two that are refused, for a reason that names the state, and for one that names senders; what is
 * retracted; a copy; two signers; an offer; a start. */
#define LINES                                                                               \
    "kk/jobcenter > kbh-pol/dks,kk/vink concern.submit concern:K id=k;"                     \
    "kbh-pol/dks > kk/vink concern.receipt concern:K code=modtaget id=r;"                   \
    "kk/vink > kbh-pol/dks concern.receipt concern:K code=modtaget id=twice;"               \
    "kk/vink > kbh-pol/dks,krfo/central case.open case:C purpose=forebyggelse basis=B "     \
    "next_review=2021-04-30 id=open event=E;"                                               \
    "krfo/central > kk/vink case.conversation case:C part=plan id=who;"                     \
    "kk/vink > kbh-pol/dks,krfo/central case.assessment case:C next=opfoelgning purpose=p " \
    "basis=B "                                                                              \
    "next_review=2021-04-30 id=first;"                                                      \
    "kbh-pol/dks > kk/vink,krfo/central case.assessment case:C next=opfoelgning purpose=p " \
    "basis=B next_review=2021-04-30 cites=first id=second;"                                 \
    "kk/vink > krfo/central msg.retract case:C reply=first;"                                \
    "kk/vink > rhp/psyk,kbh-pol/dks case.invite case:C next_review=2021-04-30 start=yes"

static struct world world;
static struct tov_told *held;
static size_t held_count;
static struct tov_picture *picture;

static enum tov_err make_picture(void *unused)
{
    (void)unused;
    struct tov_picture *made = NULL;
    TOV_TRY(tov_picture_create(held, held_count, NULL, &made));
    tov_picture_destroy(made);
    return TOV_OK;
}

static enum tov_err view_picture(void *unit)
{
    struct tov_view view = {0};
    TOV_TRY(tov_picture_view(picture, unit, &view));
    tov_view_fini(&view);
    return TOV_OK;
}

static void hold(const char *agency)
{
    free(held);
    held = world_held(&world, agency == NULL ? 0 : world_agency(agency), &held_count);
}

static void a_picture_is_whole_or_not_there(void)
{
    static const char *const agencies[] = {NULL, "kk", "krfo", "rhp"};
    for (size_t i = 0; i < sizeof agencies / sizeof agencies[0]; i++) {
        hold(agencies[i]);
        scarce_each(agencies[i] == NULL ? "all" : agencies[i], 8, make_picture, NULL);
    }
}

static void what_a_unit_is_shown_is_whole_or_not_there(void)
{
    static const char *const units[] = {"kk/vink", "krfo/central", "kk/eki"};
    hold(NULL);
    picture = world_picture(&world, held, held_count);
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        struct tov_unit_facts unit = world_unit(units[i]);
        scarce_each(units[i], 2, view_picture, &unit);
    }
    tov_picture_destroy(picture);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_picture_is_whole_or_not_there),
        UNIT_TEST(what_a_unit_is_shown_is_whole_or_not_there),
    };
    world.fills_steps = true;
    world_say_all(&world, LINES);
    int code = unit_run("scarce memory, pictures", tests, sizeof tests / sizeof tests[0]);
    free(held);
    world_fini(&world);
    return code;
}
