/* SPDX-License-Identifier: EUPL-1.2 */
#include "node_internal.h"

#include "ledger/epoch.h"
#include "ledger/event.h"
#include "ledger/series.h"
#include "ledger/units.h"
#include "ledger/vault.h"
#include "merkle/ed25519.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

static void set_control_key(struct tov_core *core, const struct tov_key *seed)
{
    uint8_t public_key[32];
    (void)crypto_sign_seed_keypair(public_key, core->control_secret, seed->bytes);
}

/* A turn ends long before (batch_max_bytes); the end of a recovery writes in one what was taken
 * while its keepers were waited for. */
#define BATCH_LIMIT_BYTES ((size_t)1024 * 1024 * 1024)

static enum tov_err make_turns(struct tov_core *core)
{
    for (size_t i = 0; i < 2; i++)
        TOV_TRY(tov_store_batch_create(BATCH_LIMIT_BYTES, &core->turns[i].batch));
    core->open = &core->turns[0];
    return TOV_OK;
}

/* Of those that are here: what is lost by now bears no time. */
static enum tov_err note_newest_time(struct tov_core *core, struct tov_store_read *read,
                                     unsigned table)
{
    struct tov_store_range range = {.table = table, .backward = true};
    struct tov_store_iter iter;
    enum tov_err err = TOV_OK;
    bool is_found = false;
    TOV_TRY(tov_store_iter_init(read, &range, &iter));
    while (err == TOV_OK && !is_found && tov_store_iter_next(&iter)) {
        struct tov_entry entry;
        err = tov_entry_decode_own(iter.row.value, &entry);
        is_found = err == TOV_OK && entry.state == TOV_ENTRY_PRESENT && entry.leaf.size >= 16;
        if (is_found)
            tov_core_note_leaf_time(core, tov_get_be64(entry.leaf.data + 8));
    }
    enum tov_err read_err = tov_store_iter_fini(&iter);
    return err != TOV_OK ? err : read_err;
}

/* The time of the newest leaf of both trees: leaf times never go back. */
static enum tov_err load_last_time(struct tov_core *core)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_TRY(tov_store_read_begin(core->store, &read, NULL));
    TOV_TRY(note_newest_time(core, read, TOV_TABLE_LEAF));
    return note_newest_time(core, read, TOV_TABLE_JLEAF);
}

/* A generation begins its ledger in a store of its own: continued under another key, the entries
 * of the one before would be signed a second time, for nobody to follow. */
static enum tov_err check_generation(const struct tov_core *core, struct tov_error *error)
{
    TOV_CLEANUP(tov_store_read_cleanup) struct tov_store_read *read = NULL;
    TOV_FREE struct tov_leaf *leaf = calloc(1, sizeof *leaf);
    struct tov_bytes row;
    struct tov_entry entry;
    if (leaf == NULL)
        return TOV_E_NOMEM;
    TOV_TRY(tov_store_read_begin(core->store, &read, error));
    enum tov_err err = tov_store_get(read, TOV_TABLE_LEAF, tov_store_key_u64(0), &row);
    if (err != TOV_OK)
        return err == TOV_E_NOT_FOUND ? TOV_OK : err;
    TOV_TRY(tov_entry_decode_own(row, &entry));
    if (entry.state != TOV_ENTRY_PRESENT || tov_leaf_decode(entry.leaf, leaf) != TOV_OK ||
        leaf->type != TOV_LEAF_GENESIS || leaf->as.genesis.generation == core->own->generation)
        return TOV_OK;
    return tov_fail(error, TOV_E_CONFIG,
                    "the data folder holds generation %u of the ledger, and by the roster it is "
                    "generation %u: keep that folder, and name an empty one as `data`",
                    (unsigned)leaf->as.genesis.generation, (unsigned)core->own->generation);
}

static enum tov_err open_core(struct tov_node *node, const struct tov_node_setup *setup,
                              struct tov_error *error)
{
    struct tov_core *core = &node->core;
    core->host = setup->host;
    core->store = setup->store;
    core->roster = setup->roster;
    core->disk_free_bytes = UINT64_MAX; /* until the first look */
    core->disk_reserve_bytes = setup->disk_reserve_bytes;
    core->now_ms = setup->now_ms;
    core->latest_believed_ms = UINT64_MAX;
    core->mono_ms = setup->mono_ms;
    core->own = tov_roster_agency_by_name(setup->roster, tov_bytes_of_text(setup->agency));
    if (core->own == NULL)
        return tov_fail(error, TOV_E_CONFIG,
                        "the roster has no agency %s: check `agency` in the configuration",
                        setup->agency);
    TOV_TRY(check_generation(core, error));
    TOV_TRY(tov_units_open(core, error));
    TOV_TRY(tov_series_load(core));
    set_control_key(core, setup->control_seed);
    TOV_TRY(make_turns(core));
    struct tov_ledger_setup ledger = {
        .kind = TOV_TREE_LEDGER, .key = core->own->ledger, .store = core->store};
    TOV_TRY(tov_ledger_open(&ledger, &core->ledger, error));
    TOV_TRY(tov_node_open_journal(node, error));
    TOV_TRY(load_last_time(core));
    TOV_TRY(tov_vault_open(core, setup->storage_root, &core->vault, error));
    TOV_TRY(tov_epochs_open(core, &core->epochs, error));
    return tov_event_open(core);
}

enum tov_err tov_node_create(const struct tov_node_setup *setup, struct tov_node **out_node,
                             struct tov_error *error)
{
    TOV_CLEANUP(tov_node_cleanup) struct tov_node *node = calloc(1, sizeof *node);
    if (node == NULL)
        return TOV_E_NOMEM;
    node->guard_payload = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    node->answer = calloc(1, sizeof *node->answer);
    if (node->answer == NULL)
        return TOV_E_NOMEM;
    node->commit = setup->commit;
    node->commit_context = setup->commit_context;
    node->batch_max_bytes = setup->batch_max_bytes;
    node->demo_clock = setup->demo_clock;
    node->has_machine = setup->machine_id != NULL;
    if (node->has_machine)
        memcpy(node->machine, setup->machine_id, sizeof node->machine);
    TOV_TRY(open_core(node, setup, error));
    tov_node_prepare_keys(node);
    TOV_TRY(tov_node_failed(node, error));
    node->created_mono_ms = node->core.mono_ms;
    node->leaf_ms_at_start = node->core.last_leaf_ms;
    struct tov_follow_options follow = {.window_bytes = setup->window_bytes,
                                        .day_bytes = setup->peer_day_bytes};
    TOV_TRY(tov_follow_create(&node->core, &follow, &node->follow, error));
    struct tov_api_options api = {.core = &node->core,
                                  .follow = node->follow,
                                  .clients = setup->clients,
                                  .demo_clock = setup->demo_clock,
                                  .book_block_bytes = setup->book_block_bytes,
                                  .policy = setup->policy};
    TOV_TRY(tov_api_create(&api, &node->api, error));
    TOV_TRY(tov_node_load_routine(node));
    TOV_TRY(tov_node_load_start_rule(node));
    TOV_TRY(tov_node_load_recovery(node));
    tov_node_become(node, TOV_NODE_GUARD, "to=guard");
    *out_node = TOV_TAKE(node);
    return TOV_OK;
}

void tov_node_destroy(struct tov_node *node)
{
    if (node == NULL)
        return;
    struct tov_core *core = &node->core;
    tov_api_destroy(node->api);
    tov_follow_destroy(node->follow);
    tov_rebuild_destroy(node->rebuild);
    tov_units_close(core->unit_history);
    tov_epochs_close(core->epochs);
    tov_vault_close(core->vault);
    tov_ledger_close(core->journal);
    tov_ledger_close(core->ledger);
    for (size_t i = 0; i < 2; i++) {
        tov_after_list_fini(&core->turns[i].after);
        tov_store_batch_destroy(core->turns[i].batch);
    }
    tov_wipe(core->control_secret, sizeof core->control_secret);
    tov_wipe(core->stock, sizeof core->stock);
    tov_buf_fini(&node->guard_payload);
    free(node->answer);
    free(node);
}

/* ---- events ---- */

void tov_node_on_peer_up(struct tov_node *node, uint16_t agency)
{
    tov_follow_on_up(node->follow, agency);
}

void tov_node_on_peer_down(struct tov_node *node, uint16_t agency)
{
    tov_follow_on_down(node->follow, agency);
}

void tov_node_on_peer_frame(struct tov_node *node, uint16_t agency, struct tov_bytes frame)
{
    if (node->core.failed == TOV_OK && !node->restarts)
        tov_follow_on_frame(node->follow, agency, frame);
}

void tov_node_on_client_frame(struct tov_node *node, const uint8_t client_key[32],
                              uint64_t connection, struct tov_bytes frame)
{
    if (node->core.failed == TOV_OK && !node->restarts)
        tov_api_on_frame(node->api, client_key, connection, frame);
}

void tov_node_refuse_client_frame(struct tov_node *node, const uint8_t client_key[32],
                                  uint64_t connection, struct tov_bytes frame)
{
    if (node->core.failed == TOV_OK && !node->restarts)
        tov_api_refuse_busy(node->api, client_key, connection, frame);
}

void tov_node_on_client_gone(struct tov_node *node, uint64_t connection)
{
    tov_api_on_gone(node->api, connection);
}

void tov_node_on_clients_gone(struct tov_node *node)
{
    tov_api_on_all_gone(node->api);
}

void tov_node_set_clients(struct tov_node *node, struct tov_clients *clients)
{
    tov_api_set_clients(node->api, clients);
}

void tov_node_set_gateway(struct tov_node *node, bool is_there)
{
    tov_api_set_gateway(node->api, is_there);
}

void tov_node_on_tick(struct tov_node *node)
{
    if (node->core.failed != TOV_OK)
        return;
    node->has_ticked = true;
    node->routine_waits = false;
    tov_node_prepare_keys(node);
    tov_follow_on_tick(node->follow);
    tov_api_on_tick(node->api);
    tov_node_scrub(node);
}

void tov_node_stop(struct tov_node *node)
{
    node->is_stopping = true;
    tov_api_stop(node->api);
    if (node->has_no_room)
        (void)tov_core_fail(&node->core, TOV_E_FULL,
                            "the disk is full: what waited for room was acknowledged to nobody");
}

/* ---- for the shell ---- */

enum tov_err tov_node_failed(const struct tov_node *node, struct tov_error *out_error)
{
    if (node->core.failed != TOV_OK && out_error != NULL)
        *out_error = node->core.failure;
    return node->core.failed;
}

enum tov_node_state tov_node_state(const struct tov_node *node)
{
    return node->state;
}

bool tov_node_is_busy(const struct tov_node *node)
{
    /* While there is no room nothing is taken that would make it larger, and clients are told. */
    return !node->core.waits_for_room &&
           tov_store_batch_bytes(node->core.open->batch) >= node->batch_max_bytes;
}

bool tov_node_is_idle(const struct tov_node *node)
{
    const struct tov_core *core = &node->core;
    return !node->is_committing && !core->open->has_work &&
           tov_ledger_signed(core->ledger) == tov_ledger_size(core->ledger) &&
           tov_ledger_signed(core->journal) == tov_ledger_size(core->journal);
}

bool tov_node_wants_turn(const struct tov_node *node)
{
    return node->core.failed == TOV_OK &&
           (tov_api_has_waiting(node->api) ||
            (tov_node_is_settled(node) && tov_api_has_rest(node->api)));
}

bool tov_node_is_settled(const struct tov_node *node)
{
    return !node->is_committing && !node->core.open->has_work;
}

struct tov_api *tov_node_api(struct tov_node *node)
{
    return node->api;
}

struct tov_core *tov_node_core(struct tov_node *node)
{
    return &node->core;
}

struct tov_follow *tov_node_follow(struct tov_node *node)
{
    return node->follow;
}
