/* SPDX-License-Identifier: EUPL-1.2
 *
 * See keyring.h.
 */
#include "audit/keyring.h"

#include "audit/why.h"
#include "audit/words.h"

#include <stdlib.h>
#include <string.h>

struct chain {
    const struct tov_folder *folder;
    const struct tov_roots *roots;
    struct tov_findings *findings;
    struct tov_keyring *keyring;
};

void tov_keyring_fini(struct tov_keyring *keyring)
{
    tov_roster_destroy(keyring->newest);
    free(keyring->roster_hashes);
    free(keyring->keys);
    free(keyring->witnesses);
    free(keyring->witness_agencies);
    *keyring = (struct tov_keyring){0};
}

/* NOTE keeps the bytes. */
static enum tov_err read_roster(const struct tov_folder *folder, const char *path,
                                struct tov_buf *note, struct tov_roster **out_roster,
                                struct tov_error *error)
{
    TOV_TRY(tov_folder_read(folder, path, note));
    return tov_roster_parse(tov_buf_view(note), out_roster, error);
}

/* Signature lines beyond those of the roster's own roots, and of the roots before it. */
static enum tov_err count_unknown(const struct chain *chain, const struct tov_roster *roster,
                                  struct tov_bytes bytes, size_t *out_count)
{
    TOV_FREE struct tov_note *note = malloc(sizeof *note);
    struct tov_roots own, before = {.count = 0};
    struct tov_vkey keys[2 * TOV_ROOTS_MAX];
    bool have_signed[2 * TOV_ROOTS_MAX] = {false};
    size_t count = 0, distinct = 0;
    *out_count = 0;
    if (note == NULL)
        return TOV_E_NOMEM;
    tov_roster_roots(roster, &own);
    if (chain->keyring->newest != NULL)
        tov_roster_roots(chain->keyring->newest, &before);
    for (size_t i = 0; i < own.count; i++)
        keys[count++] = own.keys[i];
    for (size_t i = 0; i < before.count; i++) {
        size_t k = 0;
        while (k < own.count && !tov_vkey_is_same_key(&own.keys[k], &before.keys[i]))
            k++;
        if (k == own.count)
            keys[count++] = before.keys[i];
    }
    if (tov_note_parse(bytes, TOV_ROSTER_MAX_BYTES, note, NULL) != TOV_OK ||
        tov_note_check(note, (struct tov_vkey_list){keys, count}, have_signed, &distinct) != TOV_OK)
        return TOV_OK; /* a finding of its own */
    *out_count = note->count;
    for (size_t i = 0; i < count; i++)
        *out_count -= have_signed[i] ? 1 : 0;
    return TOV_OK;
}

static enum tov_err add_key(struct tov_keyring *keyring, const struct tov_agency *agency)
{
    if (tov_keyring_ledger(keyring, agency->number, agency->generation) != NULL)
        return TOV_OK;
    if (keyring->key_count == TOV_KEYRING_KEYS_MAX)
        return TOV_E_LIMIT;
    if (keyring->key_count % 64 == 0) {
        struct tov_ledger_key *keys =
            realloc(keyring->keys, (keyring->key_count + 64) * sizeof *keys);
        if (keys == NULL)
            return TOV_E_NOMEM;
        keyring->keys = keys;
    }
    keyring->keys[keyring->key_count++] = (struct tov_ledger_key){
        agency->number, agency->generation, agency->ledger, agency->journal};
    return TOV_OK;
}

static enum tov_err add_witness(struct tov_keyring *keyring, const struct tov_agency *agency)
{
    const struct tov_vkey *known;
    for (size_t i = 0; (known = tov_keyring_witness(keyring, agency->number, i)) != NULL; i++) {
        if (tov_vkey_is_same_key(known, &agency->witness))
            return TOV_OK;
    }
    if (keyring->witness_count == TOV_KEYRING_KEYS_MAX)
        return TOV_E_LIMIT;
    if (keyring->witness_count % 64 == 0) {
        size_t room = keyring->witness_count + 64;
        struct tov_vkey *keys = realloc(keyring->witnesses, room * sizeof *keys);
        if (keys == NULL)
            return TOV_E_NOMEM;
        keyring->witnesses = keys;
        uint16_t *agencies = realloc(keyring->witness_agencies, room * sizeof *agencies);
        if (agencies == NULL)
            return TOV_E_NOMEM;
        keyring->witness_agencies = agencies;
    }
    keyring->witnesses[keyring->witness_count] = agency->witness;
    keyring->witness_agencies[keyring->witness_count++] = agency->number;
    return TOV_OK;
}

static enum tov_err take_roster(struct tov_keyring *keyring, struct tov_roster *roster)
{
    const struct tov_roster_facts *facts = tov_roster_facts(roster);
    struct tov_hash *hashes =
        realloc(keyring->roster_hashes, (keyring->roster_count + 1) * sizeof *hashes);
    tov_roster_destroy(keyring->newest);
    keyring->newest = roster;
    if (hashes == NULL)
        return TOV_E_NOMEM;
    keyring->roster_hashes = hashes;
    hashes[keyring->roster_count++] = tov_roster_hash(roster);
    for (size_t i = 0; i < facts->agency_count; i++) {
        TOV_TRY(add_key(keyring, &facts->agencies[i]));
        TOV_TRY(add_witness(keyring, &facts->agencies[i]));
    }
    return TOV_OK;
}

static void say(struct chain *chain, enum tov_finding_code code, const char *path,
                const char *found)
{
    struct tov_place place = {.path = path};
    (void)tov_findings_add(chain->findings, code, &place, NULL, found);
}

/* The oldest roster stands for itself: who does not trust it gives the roots. False when ROSTER is
 * not to be used; the next one may then be the oldest. */
static bool check_first(struct chain *chain, const char *path, const struct tov_roster *roster)
{
    struct tov_error error = {.text = ""};
    struct tov_roots own;
    tov_roster_roots(roster, &own);
    if (tov_roster_verify(roster, &own, &error) == TOV_OK)
        return true;
    say(chain, TOV_FOUND_ROSTER_THRESHOLD, path, TOV_WHY(error.text));
    return false;
}

static bool is_signed_by_roots_of(const struct tov_roster *signer, const struct tov_roster *roster)
{
    struct tov_roots roots;
    tov_roster_roots(signer, &roots);
    return tov_roster_verify(roster, &roots, NULL) == TOV_OK;
}

/* Signed by all whom it needs and yet no successor: the roots said two things, whatever else of the
 * export is damaged. */
static void say_no_successor(struct chain *chain, const char *path, const struct tov_roster *roster,
                             const char *why)
{
    struct tov_place place = {.path = path};
    bool is_signed = is_signed_by_roots_of(chain->keyring->newest, roster) &&
                     is_signed_by_roots_of(roster, roster);
    struct tov_finding *finding = tov_findings_add(
        chain->findings, is_signed ? TOV_FOUND_ROSTER_CHAIN : TOV_FOUND_ROSTER_THRESHOLD, &place,
        NULL, why);
    if (finding != NULL)
        finding->is_firm = true;
}

/* False when ROSTER is not to be used. */
static bool check_next(struct chain *chain, const char *path, const struct tov_roster *roster)
{
    struct tov_error error = {.text = ""};
    const struct tov_keyring *keyring = chain->keyring;
    if (tov_roster_version(roster) != tov_roster_version(keyring->newest) + 1) {
        say(chain, TOV_FOUND_ROSTER_GAP, path, NULL);
        return false;
    }
    if (tov_roster_verify_successor(keyring->newest, roster, &error) == TOV_OK)
        return true;
    say_no_successor(chain, path, roster, TOV_WHY(error.text));
    return false;
}

/* *OUT_GO_ON: whether the next version can follow. */
static enum tov_err load_one(struct chain *chain, uint64_t version, bool *out_go_on)
{
    struct tov_keyring *keyring = chain->keyring;
    char path[TOV_EXPORT_PATH_SIZE];
    struct tov_error error = {.text = ""};
    size_t unknown = 0;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf note = TOV_BUF_INIT(TOV_ROSTER_MAX_BYTES);
    TOV_CLEANUP(tov_roster_cleanup) struct tov_roster *roster = NULL;
    *out_go_on = keyring->newest == NULL;
    tov_export_roster_path((uint32_t)version, path);
    enum tov_err err = read_roster(chain->folder, path, &note, &roster, &error);
    if (err == TOV_E_NOMEM)
        return err;
    if (err != TOV_OK || tov_roster_version(roster) != version) {
        say(chain, TOV_FOUND_FILE_MALFORMED, path, TOV_WHY(error.text));
        return TOV_OK;
    }
    if (keyring->newest == NULL ? !check_first(chain, path, roster)
                                : !check_next(chain, path, roster))
        return TOV_OK;
    TOV_TRY(count_unknown(chain, roster, tov_buf_view(&note), &unknown));
    tov_findings_add_unknown(chain->findings, path, unknown);
    if (keyring->newest == NULL)
        keyring->first_version = (uint32_t)version;
    if (chain->roots != NULL && tov_roster_verify(roster, chain->roots, NULL) == TOV_OK)
        keyring->is_anchored = true;
    *out_go_on = true;
    return take_roster(keyring, TOV_TAKE(roster));
}

static enum tov_err load_all(struct chain *chain, const uint64_t *versions, size_t count)
{
    bool go_on = true;
    for (size_t i = 0; i < count && go_on; i++) {
        if (versions[i] > UINT32_MAX)
            break;
        TOV_TRY(load_one(chain, versions[i], &go_on));
    }
    return TOV_OK;
}

enum tov_err tov_keyring_load(const struct tov_folder *folder, const struct tov_roots *roots,
                              struct tov_findings *findings, struct tov_keyring *out_keyring)
{
    *out_keyring = (struct tov_keyring){.is_trusted = roots == NULL};
    struct chain chain = {folder, roots, findings, out_keyring};
    TOV_FREE uint64_t *versions = malloc(TOV_KEYRING_ROSTERS_MAX * sizeof *versions);
    if (versions == NULL)
        return TOV_E_NOMEM;
    size_t count = tov_folder_numbers(folder, "roster", versions, TOV_KEYRING_ROSTERS_MAX);
    if (count == 0) {
        tov_findings_add_missing(findings, "roster");
        return TOV_OK;
    }
    TOV_TRY(load_all(&chain, versions, count));
    out_keyring->is_trusted |= out_keyring->is_anchored;
    if (!out_keyring->is_trusted)
        say(&chain, TOV_FOUND_ROOTS_DIFFER, "roster", NULL);
    return TOV_OK;
}

const struct tov_ledger_key *tov_keyring_ledger(const struct tov_keyring *keyring, uint16_t agency,
                                                uint32_t generation)
{
    for (size_t i = 0; i < keyring->key_count; i++) {
        if (keyring->keys[i].agency == agency && keyring->keys[i].generation == generation)
            return &keyring->keys[i];
    }
    return NULL;
}

enum tov_err tov_keyring_journal(const struct tov_ledger_key *key, uint32_t number,
                                 struct tov_vkey *out_key)
{
    char name[TOV_ORIGIN_MAX_BYTES + 32];
    int size = snprintf(name, sizeof name, "%s/journal/%u", key->ledger.name, (unsigned)number);
    if (size <= 0 || (size_t)size > TOV_ORIGIN_MAX_BYTES)
        return TOV_E_NOT_FOUND;
    return tov_vkey_make(tov_bytes_of_text(name), TOV_VKEY_ED25519, key->journal.public_key,
                         out_key);
}

const struct tov_vkey *tov_keyring_witness(const struct tov_keyring *keyring, uint16_t agency,
                                           size_t number)
{
    for (size_t i = 0; i < keyring->witness_count; i++) {
        if (keyring->witness_agencies[i] == agency && number-- == 0)
            return &keyring->witnesses[i];
    }
    return NULL;
}

const struct tov_hash *tov_keyring_roster_hash(const struct tov_keyring *keyring, uint32_t version)
{
    if (version < keyring->first_version ||
        version - keyring->first_version >= keyring->roster_count)
        return NULL;
    return &keyring->roster_hashes[version - keyring->first_version];
}

const char *tov_keyring_name(const struct tov_keyring *keyring, uint16_t agency)
{
    static char number[64];
    const struct tov_agency *found =
        keyring->newest == NULL ? NULL : tov_roster_agency(keyring->newest, agency);
    if (found != NULL)
        return found->name;
    (void)snprintf(number, sizeof number, _("agency %u"), (unsigned)agency);
    return number;
}
