/* SPDX-License-Identifier: EUPL-1.2 */
#include "keys/agency.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "guard/guard_state.h"
#include "guard/guard_witness.h"
#include "keys/card.h"
#include "keys/inputs.h"

static enum tov_err make_key(const struct agency_order *order, enum tov_key_purpose purpose,
                             struct tov_key_info *out_info, struct tov_error *error)
{
    struct newkey_path path;
    TOV_TRY(newkey_path(&path, error, "%s/keys/%s.key", order->dir, tov_key_purpose_name(purpose)));
    struct newkey_order key = {.lock = order->lock,
                               .path = path.text,
                               .purpose = purpose,
                               .place = {.federation = order->federation,
                                         .owner = order->agency,
                                         .generation = order->generation,
                                         .journal = 1}};
    return newkey_make(&key, out_info, error);
}

static enum tov_err make_vkey(const struct agency_order *order, enum tov_key_purpose purpose,
                              struct tov_vkey *out_key, struct tov_error *error)
{
    struct tov_key_info info;
    enum tov_vkey_type type = purpose == TOV_KEY_WITNESS ? TOV_VKEY_COSIGNATURE : TOV_VKEY_ED25519;
    TOV_TRY(make_key(order, purpose, &info, error));
    enum tov_err err = tov_vkey_make(tov_bytes_of_text(info.name), type, info.public_key, out_key);
    return err == TOV_OK ? TOV_OK : tov_fail(error, err, "%s: no valid key name", info.name);
}

static enum tov_err save_state(const struct agency_order *order, const char *name,
                               const struct tov_buf *state, struct tov_error *error)
{
    struct newkey_path path;
    TOV_TRY(newkey_path(&path, error, "%s/guard/%s.state", order->dir, name));
    struct tov_file_save save = {.path = path.text, .content = tov_buf_view(state), .mode = 0600};
    return tov_file_save(&save, error);
}

/* A key without its state signs nothing: both are made here, together, once. */
static enum tov_err make_tree_state(const struct agency_order *order, enum tov_guard_tree tree,
                                    const struct tov_vkey *key, struct tov_error *error)
{
    char origin[TOV_ORIGIN_MAX_BYTES + 1];
    struct tov_guard_public_key public_key;
    bool is_journal = tree == TOV_GUARD_JOURNAL;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf state = TOV_BUF_INIT(TOV_GUARD_STATE_BYTES);
    TOV_TRY(tov_origin_format(order->federation, order->agency, order->generation, 0, origin));
    memcpy(public_key.bytes, key->public_key, sizeof public_key.bytes);
    enum tov_err err =
        tov_guard_state_make_empty(tree, origin, &public_key, is_journal ? 1 : 0, &state);
    if (err != TOV_OK)
        return tov_fail(error, err, "%s: the guard's state cannot be made", origin);
    return save_state(order, is_journal ? "journal" : "ledger", &state, error);
}

static enum tov_err make_witness_state(const struct agency_order *order, const struct tov_vkey *key,
                                       struct tov_error *error)
{
    struct tov_guard_public_key public_key;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf state = TOV_BUF_INIT(TOV_GUARD_WITNESS_MAX_BYTES);
    memcpy(public_key.bytes, key->public_key, sizeof public_key.bytes);
    enum tov_err err = tov_guard_witness_make_empty(&public_key, &state);
    if (err != TOV_OK)
        return tov_fail(error, err, "the witness's state cannot be made");
    return save_state(order, "witness", &state, error);
}

static enum tov_err make_guard(const struct agency_order *order, struct card_keys *card,
                               struct tov_error *error)
{
    TOV_TRY(make_vkey(order, TOV_KEY_LEDGER, &card->ledger, error));
    TOV_TRY(make_vkey(order, TOV_KEY_JOURNAL, &card->journal, error));
    TOV_TRY(make_vkey(order, TOV_KEY_WITNESS, &card->witness, error));
    TOV_TRY(make_tree_state(order, TOV_GUARD_LEDGER, &card->ledger, error));
    TOV_TRY(make_tree_state(order, TOV_GUARD_JOURNAL, &card->journal, error));
    return make_witness_state(order, &card->witness, error);
}

/* The rest; the front's public half goes to the agency's own clients only. */
static enum tov_err make_others(const struct agency_order *order, struct card_keys *card,
                                struct tov_error *error)
{
    struct tov_key_info info;
    struct newkey_path path;
    char hex[65];
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(CARD_MAX_BYTES);
    TOV_TRY(make_key(order, TOV_KEY_CONTROL, &info, error));
    memcpy(card->control, info.public_key, sizeof card->control);
    TOV_TRY(make_key(order, TOV_KEY_TRANSPORT, &info, error));
    memcpy(card->transport, info.public_key, sizeof card->transport);
    TOV_TRY(make_key(order, TOV_KEY_STORAGE_ROOT, NULL, error));
    TOV_TRY(make_key(order, TOV_KEY_FRONT, &info, error));
    tov_hex_encode(TOV_BYTES_OF(info.public_key), hex);
    tov_buf_put_format(&text, "front %s\n", hex);
    TOV_TRY(newkey_path(&path, error, "%s/front.pub", order->dir));
    return output_text(path.text, &text, error);
}

static enum tov_err make_folders(const struct agency_order *order, struct tov_error *error)
{
    struct newkey_path path;
    TOV_TRY(newkey_folder(order->dir, true, error));
    TOV_TRY(newkey_path(&path, error, "%s/keys", order->dir));
    TOV_TRY(newkey_folder(path.text, true, error));
    TOV_TRY(newkey_path(&path, error, "%s/guard", order->dir));
    return newkey_folder(path.text, true, error);
}

enum tov_err agency_make(const struct agency_order *order, struct tov_error *error)
{
    struct newkey_path path;
    struct card_keys card = {.federation = order->federation,
                             .agency = order->agency,
                             .number = order->number,
                             .generation = order->generation};
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(CARD_MAX_BYTES);
    TOV_TRY(make_folders(order, error));
    TOV_TRY(make_guard(order, &card, error));
    TOV_TRY(make_others(order, &card, error));
    card_format(&card, &text);
    TOV_TRY(newkey_path(&path, error, "%s/agency.card", order->dir));
    return output_text(path.text, &text, error);
}

/* ---- the command ---- */

static const struct command_option options[] = {
    {"federation", "NAME", true}, {"agency", "NAME", true}, {"number", "N", true},
    {"generation", "N", false},   {"dir", "DIR", true},     COMMAND_NEW_KEY_OPTIONS,
    {NULL, NULL, false}};

static enum tov_err run(const struct arguments *arguments, struct tov_error *error)
{
    static const struct number_option number_option = {"number", 1, TOV_AGENCIES_MAX, 1};
    static const struct number_option generation_option = {"generation", 1, UINT32_MAX, 1};
    TOV_CLEANUP(newkey_lock_fini) struct newkey_lock lock = {.passphrase = NULL};
    struct agency_order order = {.lock = &lock,
                                 .federation = arguments_get(arguments, "federation"),
                                 .agency = arguments_get(arguments, "agency"),
                                 .dir = arguments_get(arguments, "dir")};
    uint64_t number = 0, generation = 0;
    TOV_TRY(arguments_number(arguments, &number_option, &number, error));
    TOV_TRY(arguments_number(arguments, &generation_option, &generation, error));
    order.number = (uint16_t)number;
    order.generation = (uint32_t)generation;
    TOV_TRY(newkey_lock_from(arguments, order.federation, &lock, error));
    TOV_TRY(agency_make(&order, error));
    printf("%s/agency.card is public: hand it to the roster maker, who compares it with you by "
           "telephone\n",
           order.dir);
    return TOV_OK;
}

const struct command command_agency_new = {
    "agency-new", NULL,
    "The keys of an agency's node, its guard's empty states and its public card, in DIR.", options,
    run};
