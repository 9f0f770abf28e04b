/* SPDX-License-Identifier: EUPL-1.2
 *
 * The line formats of proto/roster and tov-keys: rosters, roots, registries, key files, cards,
 * recipes; the first byte says which. What parses is formatted to a text that says the same, and to
 * the same text where the format has only one.
 */
#include "fuzz.h"

#include "keys/recipe.h"
#include "merkle/policy.h"
#include "roster/clients.h"
#include "roster/keytext.h"

#include <sodium.h>

#define OUT_MAX_BYTES (4u << 20)

/* ---- rosters ---- */

static void must_find(const struct tov_roster *roster, const struct tov_agency *agency)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf policy_text = TOV_BUF_INIT(OUT_MAX_BYTES);
    struct tov_policy *policy = NULL;
    MUST(tov_roster_agency(roster, agency->number) == agency);
    MUST(tov_roster_agency_by_name(roster, tov_bytes_of_text(agency->name)) == agency);
    MUST(tov_roster_agency_by_origin(roster, tov_bytes_of_text(agency->ledger.name)) == agency);
    MUST(agency->closed || tov_roster_agency_by_transport(roster, agency->transport[0]) == agency);
    for (size_t i = 0; i < agency->unit_count; i++)
        MUST(tov_agency_unit(agency, tov_bytes_of_text(agency->units[i].name)) ==
             &agency->units[i]);
    tov_roster_format_policy(roster, agency, &policy_text);
    MUST(tov_policy_parse(tov_buf_view(&policy_text), &policy, NULL) == TOV_OK);
    tov_policy_destroy(policy);
}

static void try_roster(struct tov_bytes note)
{
    TOV_CLEANUP(tov_roster_cleanup) struct tov_roster *roster = NULL;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(OUT_MAX_BYTES);
    struct tov_error error;
    if (tov_roster_parse(note, &roster, &error) != TOV_OK) {
        MUST(roster == NULL);
        return;
    }
    const struct tov_roster_facts *facts = tov_roster_facts(roster);
    tov_roster_format(facts, &out);
    fuzz_must_equal(&out, tov_roster_text(roster));
    MUST(tov_bytes_equal(tov_roster_note(roster), note));
    for (size_t i = 0; i < facts->agency_count; i++) {
        MUST(i == 0 || facts->agencies[i - 1].number < facts->agencies[i].number);
        must_find(roster, &facts->agencies[i]);
    }
    enum tov_err err = tov_roster_check_successor(roster, roster, &error);
    MUST(err == TOV_E_RULE || err == TOV_E_PROOF); /* nothing follows itself */
}

static void try_roots(struct tov_bytes text)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(OUT_MAX_BYTES);
    struct tov_roots roots;
    struct tov_error error;
    if (tov_roots_parse(text, &roots, &error) != TOV_OK)
        return;
    MUST(roots.threshold >= 1 && roots.threshold <= roots.count && roots.count <= TOV_ROOTS_MAX);
    tov_roots_format(&roots, &out);
    fuzz_must_equal(&out, text);
}

/* ---- clients ---- */

static void put_clients(const struct tov_clients *clients, struct tov_buf *out)
{
    tov_clients_format_start(tov_clients_agency(clients), out);
    for (size_t i = 0; i < tov_clients_count(clients); i++)
        tov_clients_format_entry(tov_clients_at(clients, i), out);
}

static void try_clients(struct tov_bytes text)
{
    TOV_CLEANUP(tov_clients_cleanup) struct tov_clients *clients = NULL, *again = NULL;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf first = TOV_BUF_INIT(OUT_MAX_BYTES);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf second = TOV_BUF_INIT(OUT_MAX_BYTES);
    struct tov_error error;
    if (tov_clients_parse(text, &clients, &error) != TOV_OK) {
        MUST(clients == NULL);
        return;
    }
    for (size_t i = 0; i < tov_clients_count(clients); i++) {
        const struct tov_client *client = tov_clients_at(clients, i);
        MUST(client->roles != 0 && tov_clients_find(clients, client->key) == client);
        MUST(tov_clients_find_name(clients, tov_bytes_of_text(client->name)) == client);
    }
    put_clients(clients, &first);
    MUST(tov_clients_parse(tov_buf_view(&first), &again, &error) == TOV_OK);
    put_clients(again, &second);
    fuzz_must_equal(&second, tov_buf_view(&first)); /* roles may stand in any order in a text */
}

/* ---- keys ---- */

static void try_keytext(struct tov_bytes text)
{
    TOV_CLEANUP(tov_keytext_wipe) struct tov_keytext keytext = {.locked = false};
    TOV_CLEANUP(tov_keytext_text_wipe) struct tov_keytext_text again;
    TOV_CLEANUP(tov_key_wipe) struct tov_key secret;
    struct tov_error error;
    if (tov_keytext_parse(text, &keytext, &error) != TOV_OK)
        return;
    if (keytext.locked) {
        MUST(keytext.lock.memory_kib <= TOV_KEYTEXT_MEMORY_MAX_KIB &&
             keytext.lock.passes <= TOV_KEYTEXT_PASSES_MAX);
        return;
    }
    memcpy(secret.bytes, keytext.body, sizeof secret.bytes);
    MUST(tov_keytext_format_plain(&keytext.info, &secret, &again) == TOV_OK);
    MUST(tov_bytes_equal((struct tov_bytes){(const uint8_t *)again.text, again.size}, text));
    for (unsigned number = TOV_KEY_ROOT; number <= TOV_KEY_FRONT; number++) {
        enum tov_key_purpose purpose = (enum tov_key_purpose)number;
        enum tov_err err =
            tov_keytext_open(&keytext, purpose, (struct tov_bytes){0}, &secret, &error);
        MUST(err == TOV_E_KEY || (err == TOV_OK && keytext.info.purpose == purpose));
    }
}

/* A federation that recipes can be made for: two cards, one root, all from known seeds. */
#define CARDS 2u

struct kit {
    struct tov_roots roots;
    struct tov_buf texts[CARDS];
    struct card cards[CARDS];
};

static struct tov_vkey vkey_of(const char *name, enum tov_vkey_type type, uint8_t seed_byte)
{
    uint8_t seed[32], public_key[32], secret[64];
    struct tov_vkey key;
    memset(seed, seed_byte, sizeof seed);
    MUST(crypto_sign_seed_keypair(public_key, secret, seed) == 0);
    MUST(tov_vkey_make(tov_bytes_of_text(name), type, public_key, &key) == TOV_OK);
    return key;
}

static void make_card(struct kit *kit, uint8_t number, const char *agency)
{
    char ledger[64], journal[64], witness[64];
    (void)snprintf(ledger, sizeof ledger, "fuzz-demo/%s/1", agency);
    (void)snprintf(journal, sizeof journal, "fuzz-demo/%s/1/journal/1", agency);
    (void)snprintf(witness, sizeof witness, "fuzz-demo/%s/witness", agency);
    uint8_t first = (uint8_t)(10 * number);
    struct card_keys keys = {
        .federation = "fuzz-demo",
        .agency = agency,
        .number = number,
        .generation = 1,
        .ledger = vkey_of(ledger, TOV_VKEY_ED25519, first),
        .journal = vkey_of(journal, TOV_VKEY_ED25519, (uint8_t)(first + 1)),
        .witness = vkey_of(witness, TOV_VKEY_COSIGNATURE, (uint8_t)(first + 2)),
    };
    struct tov_vkey control = vkey_of("control", TOV_VKEY_ED25519, (uint8_t)(first + 3));
    memcpy(keys.control, control.public_key, sizeof keys.control);
    memset(keys.transport, first + 4, sizeof keys.transport);
    struct tov_buf *text = &kit->texts[number - 1];
    *text = TOV_BUF_INIT(CARD_MAX_BYTES);
    card_format(&keys, text);
    MUST(card_parse(tov_buf_view(text), &kit->cards[number - 1], NULL) == TOV_OK);
}

static const struct kit *the_kit(void)
{
    static struct kit kit;
    if (kit.roots.count > 0)
        return &kit;
    make_card(&kit, 1, "kk");
    make_card(&kit, 2, "krfo");
    kit.roots = (struct tov_roots){.federation = "fuzz-demo", .threshold = 1, .count = 1};
    kit.roots.keys[0] = vkey_of("fuzz-demo/root/kommune", TOV_VKEY_ED25519, 1);
    return &kit;
}

static bool is_inside(struct tov_bytes piece, struct tov_bytes whole)
{
    return piece.size == 0 ||
           (piece.data >= whole.data && piece.data + piece.size <= whole.data + whole.size);
}

static void try_recipe(struct tov_bytes text)
{
    const struct kit *kit = the_kit();
    TOV_CLEANUP(tov_roster_cleanup) struct tov_roster *roster = NULL;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf out = TOV_BUF_INIT(OUT_MAX_BYTES);
    struct recipe_inputs inputs = {.recipe = text,
                                   .cards = kit->cards,
                                   .card_count = CARDS,
                                   .roots = &kit->roots,
                                   .base_port = 7400};
    struct recipe_client client = {.name = {NULL, 0}};
    struct recipe_agency agency;
    struct tov_error error;
    struct tov_bytes rest = text;
    MUST(is_inside(recipe_federation(text), text));
    while (recipe_next_client(&rest, &client))
        MUST(is_inside(client.name, text) && is_inside(client.units, text));
    rest = text;
    while (recipe_next_agency(&rest, &agency))
        MUST(is_inside(agency.number, text) && is_inside(agency.name, text));
    if (recipe_make(&inputs, &out, &roster, &error) != TOV_OK) {
        MUST(roster == NULL);
        return;
    }
    fuzz_must_equal(&out, tov_roster_text(roster));
}

static void try_card(struct tov_bytes text)
{
    struct card card;
    struct tov_error error;
    if (card_parse(text, &card, &error) != TOV_OK)
        return;
    MUST(is_inside(card.federation, text) && is_inside(card.agency, text) &&
         is_inside(card.keys, text));
    MUST(card.keys.data + card.keys.size == text.data + text.size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static fuzz_attempt *const attempts[] = {try_roster,  try_roots,  try_clients,
                                             try_keytext, try_recipe, try_card};
    return fuzz_choose(attempts, sizeof attempts / sizeof attempts[0], data, size);
}
