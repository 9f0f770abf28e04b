/* SPDX-License-Identifier: EUPL-1.2
 *
 * A node whose guard has lost the state of a tree, and files that say where the tree stood: one
 * that cannot be read, does not fit the store, or is not what the roots signed, brings nothing
 * back, and the node goes on waiting for the right one. Nothing is signed meanwhile (I4). Not for:
 * what else comes back (recovery_test.c), nor what the guard takes (tests/unit/guard).
 */
#include "support/sim_wire.h"
#include "support/unit.h"

#include <string.h>

#define LEDGER_FILE "ledger.statement"
#define JOURNAL_FILE "journal.statement"

struct scene {
    struct sim_wire *wire;
    struct sim_node *node;
    struct tov_signed_size ledger, journal; /* the newest that its guard signed */
};

static struct tov_ledger *tree_of(const struct scene *scene, enum tov_guard_tree tree)
{
    const struct tov_core *core = tov_node_core(scene->node->node);
    return tree == TOV_GUARD_LEDGER ? core->ledger : core->journal;
}

/* The guard has no state of TREE any more. */
static void scene_init(struct scene *scene, const char *name, enum tov_guard_tree tree)
{
    *scene = (struct scene){.wire = sim_wire_create(name, 2)};
    scene->node = &scene->wire->nodes[0];
    sim_wire_start_all(scene->wire);
    for (uint64_t i = 0; i < 3; i++)
        (void)sim_wire_send(scene->wire, 0, i);
    sim_wire_run(scene->wire);
    sim_wire_pass(scene->wire, 10000);
    UNIT_NEED(tov_ledger_newest(tree_of(scene, TOV_GUARD_LEDGER), &scene->ledger));
    UNIT_NEED(tov_ledger_newest(tree_of(scene, TOV_GUARD_JOURNAL), &scene->journal));
    sim_wire_crash(scene->wire, 0);
    tov_buf_clear(&scene->node->images[tree == TOV_GUARD_LEDGER ? TOV_GUARD_IMAGE_LEDGER
                                                                : TOV_GUARD_IMAGE_JOURNAL]);
}

static void scene_fini(struct scene *scene)
{
    sim_wire_destroy(scene->wire);
}

static void start_again(struct scene *scene)
{
    scene->wire->log[0] = '\0';
    sim_wire_start(scene->wire, 0);
    sim_wire_connect(scene->wire, 0, 1);
    sim_wire_run(scene->wire);
    sim_wire_pass(scene->wire, 40000);
}

static struct tov_guard_statement_text statement_of(const struct scene *scene,
                                                    enum tov_guard_tree tree)
{
    bool is_journal = tree == TOV_GUARD_JOURNAL;
    const struct tov_signed_size *newest = is_journal ? &scene->journal : &scene->ledger;
    struct tov_guard_statement_text text = {.tree = tree,
                                            .number = 1,
                                            .journal = is_journal ? 1 : 0,
                                            .size = newest->size,
                                            .root = newest->root};
    const char *origin = sim_federation_agency(scene->wire->federation, 0)->ledger.name;
    (void)snprintf(text.origin, sizeof text.origin, "%s", origin);
    return text;
}

/* Is told why and waits; what it holds is what was signed before. */
static void check_waits(struct scene *scene, const char *event)
{
    start_again(scene);
    UNIT_EQUAL_INT(tov_node_state(scene->node->node), TOV_NODE_GUARD_LOST);
    CU_ASSERT(sim_wire_logged(scene->wire, event));
    UNIT_EQUAL_INT(tov_ledger_signed(tree_of(scene, TOV_GUARD_LEDGER)), scene->ledger.size);
    sim_wire_crash(scene->wire, 0);
}

static void check_is_brought_back(struct scene *scene)
{
    start_again(scene);
    UNIT_EQUAL_INT(tov_node_state(scene->node->node), TOV_NODE_SERVING);
    CU_ASSERT(sim_wire_logged(scene->wire, "statement-used"));
    CU_ASSERT(tov_ledger_signed(tree_of(scene, TOV_GUARD_LEDGER)) >= scene->ledger.size);
}

static void put_file(struct scene *scene, const char *file, struct tov_bytes content)
{
    UNIT_NEED(sim_disk_save(scene->node->disk, file, content) == TOV_OK);
}

static void what_is_no_statement_brings_nothing_back(void)
{
    TOV_CLEANUP(scene_fini) struct scene scene;
    scene_init(&scene, "statement-none", TOV_GUARD_LEDGER);
    check_waits(&scene, "state"); /* there is no file */
    CU_ASSERT(!sim_wire_logged(scene.wire, "statement-not-used"));
    put_file(&scene, LEDGER_FILE, tov_bytes_of_text("not a note"));
    check_waits(&scene, "statement-not-used");
    put_file(&scene, LEDGER_FILE, tov_roster_note(scene.wire->federation->roster));
    check_waits(&scene, "statement-not-used"); /* signed by the roots, and about something else */
    struct tov_guard_statement_text right = statement_of(&scene, TOV_GUARD_LEDGER);
    sim_node_put_statement(scene.node, LEDGER_FILE, &right);
    check_is_brought_back(&scene);
}

/* Of a tree that is larger than what the store holds: that is recovered first. */
static void a_statement_of_more_than_the_store_holds_waits_for_it(void)
{
    TOV_CLEANUP(scene_fini) struct scene scene;
    scene_init(&scene, "statement-more", TOV_GUARD_LEDGER);
    struct tov_guard_statement_text text = statement_of(&scene, TOV_GUARD_LEDGER);
    text.size++;
    sim_node_put_statement(scene.node, LEDGER_FILE, &text);
    check_waits(&scene, "statement-not-used");
    text.size--;
    sim_node_put_statement(scene.node, LEDGER_FILE, &text);
    check_is_brought_back(&scene);
}

/* The guard alone judges: the hashes of the store give another root. */
static void a_statement_of_another_tree_is_refused_by_the_guard(void)
{
    TOV_CLEANUP(scene_fini) struct scene scene;
    scene_init(&scene, "statement-other", TOV_GUARD_LEDGER);
    struct tov_guard_statement_text text = statement_of(&scene, TOV_GUARD_LEDGER);
    text.root.bytes[0] ^= 1;
    sim_node_put_statement(scene.node, LEDGER_FILE, &text);
    check_waits(&scene, "statement-refused");
    text.root.bytes[0] ^= 1;
    sim_node_put_statement(scene.node, LEDGER_FILE, &text);
    check_is_brought_back(&scene);
}

static void a_journal_goes_on_by_a_statement_of_its_own_number(void)
{
    TOV_CLEANUP(scene_fini) struct scene scene;
    scene_init(&scene, "statement-journal", TOV_GUARD_JOURNAL);
    struct tov_guard_statement_text text = statement_of(&scene, TOV_GUARD_JOURNAL);
    text.journal = 7;
    sim_node_put_statement(scene.node, JOURNAL_FILE, &text);
    check_waits(&scene, "statement-not-used");
    text.journal = 1;
    text.size += 100;
    sim_node_put_statement(scene.node, JOURNAL_FILE, &text);
    check_waits(&scene, "statement-not-used");
    text.size -= 100;
    sim_node_put_statement(scene.node, JOURNAL_FILE, &text);
    check_is_brought_back(&scene);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(what_is_no_statement_brings_nothing_back),
        UNIT_TEST(a_statement_of_more_than_the_store_holds_waits_for_it),
        UNIT_TEST(a_statement_of_another_tree_is_refused_by_the_guard),
        UNIT_TEST(a_journal_goes_on_by_a_statement_of_its_own_number),
    };
    return unit_run("follow statement", tests, sizeof tests / sizeof tests[0]);
}
