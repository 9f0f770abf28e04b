/* SPDX-License-Identifier: EUPL-1.2 */
#include "support/sim_federation.h"

#include "envelope/x25519.h"
#include "merkle/ed25519.h"
#include "support/unit.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define CASEWORKER_KEY 0x1000u
#define AUDITOR_KEY 0x2000u

static struct tov_key seed_of(const char *owner, const char *purpose)
{
    char text[64];
    struct tov_key key;
    (void)snprintf(text, sizeof text, "tov test seed %s %s", owner, purpose);
    struct tov_hash hash = tov_sha256(tov_bytes_of_text(text));
    memcpy(key.bytes, hash.bytes, sizeof key.bytes);
    return key;
}

void sim_secret_of(const struct tov_key *seed, uint8_t out_secret[64])
{
    uint8_t public_key[32];
    (void)crypto_sign_seed_keypair(public_key, out_secret, seed->bytes);
}

void sim_sign_parcel(const uint8_t secret[64], uint16_t from, uint16_t to, struct tov_buf *frame)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf message = TOV_BUF_INIT(512);
    struct tov_parcel_route route = {SIM_FEDERATION, from, to};
    uint8_t signature[TOV_SIGNATURE_BYTES];
    tov_parcel_signed_bytes(&route, tov_buf_view(frame), &message);
    UNIT_NEED(message.failed == TOV_OK);
    tov_ed25519_sign(secret, tov_buf_view(&message), signature);
    tov_parcel_put_signature(frame, signature);
}

static void public_of(const struct tov_key *seed, uint8_t out[32])
{
    uint8_t secret[64];
    sim_secret_of(seed, secret);
    memcpy(out, secret + 32, 32);
}

static struct tov_vkey vkey_of(const char *name, enum tov_vkey_type type,
                               const struct tov_key *seed)
{
    struct tov_vkey key;
    uint8_t public_key[32];
    public_of(seed, public_key);
    UNIT_NEED(tov_vkey_make(tov_bytes_of_text(name), type, public_key, &key) == TOV_OK);
    return key;
}

/* Eight digits whose last makes the weighted sum a multiple of eleven. */
static void make_cvr(size_t index, char out[9])
{
    static const unsigned weights[] = {2, 7, 6, 5, 4, 3, 2, 1};
    for (unsigned base = 10u * (unsigned)index;; base++) {
        unsigned sum = 0;
        (void)snprintf(out, 9, "%07u", base + 1);
        for (size_t i = 0; i < 7; i++)
            sum += weights[i] * (unsigned)(out[i] - '0');
        unsigned last = (11 - sum % 11) % 11;
        if (last < 10) {
            out[7] = (char)('0' + last);
            out[8] = '\0';
            return;
        }
    }
}

static void make_seeds(struct sim_agency *agency, size_t index)
{
    agency->number = (uint16_t)(index + 1);
    (void)snprintf(agency->name, sizeof agency->name, "a%zu", index + 1);
    agency->ledger = seed_of(agency->name, "ledger");
    agency->journal = seed_of(agency->name, "journal");
    agency->witness = seed_of(agency->name, "witness");
    agency->control = seed_of(agency->name, "control");
    agency->transport = seed_of(agency->name, "transport");
    agency->storage = seed_of(agency->name, "storage");
}

#define KOMMUNE TOV_ROLE_BIT(TOV_ROLE_TOVHOLDER_KOMMUNE)
#define CASEWORK TOV_ROLE_BIT(TOV_ROLE_SAGSBEHANDLER)
#define UNIT(name_, roles_)                                                                  \
    {                                                                                        \
        .name = (name_), .title = "Enheden", .gln = "", .roles = (roles_), .cooperations = 7 \
    }

static const struct tov_unit only_unit[] = {UNIT(SIM_UNIT, KOMMUNE | CASEWORK)};
static const struct tov_unit kommune_units[] = {UNIT("vink", KOMMUNE), UNIT("eki", CASEWORK),
                                                UNIT("mentor", TOV_ROLE_BIT(TOV_ROLE_MENTOR))};
static const struct tov_unit police_units[] = {
    UNIT("dks", TOV_ROLE_BIT(TOV_ROLE_TOVHOLDER_POLITI))};
static const struct tov_unit krfo_units[] = {
    UNIT("faengsel", TOV_ROLE_BIT(TOV_ROLE_HANDLEPLANSANSVARLIG)),
    UNIT("kif", TOV_ROLE_BIT(TOV_ROLE_TILSYNSFOERENDE)),
    UNIT("central", TOV_ROLE_BIT(TOV_ROLE_KOORDINATOR_KRFO))};

/* Units of one agency, and what its caseworker is there. */
struct sim_staff {
    const struct tov_unit *units;
    size_t count;
    enum tov_regime regime;
    const char *roles;
    const char *names;
};

static const struct sim_staff ordinary = {only_unit, 1, TOV_REGIME_GDPR, "sagsbehandler", SIM_UNIT};
static const struct sim_staff infohus[SIM_INFOHUS_MAX] = {
    {kommune_units, 3, TOV_REGIME_GDPR, "tovholder_kommune sagsbehandler mentor",
     "vink eki mentor"},
    {police_units, 1, TOV_REGIME_LED, "tovholder_politi", "dks"},
    {krfo_units, 3, TOV_REGIME_LED, "koordinator_krfo handleplansansvarlig tilsynsfoerende",
     "faengsel kif central"},
};

static const struct sim_staff *staff_of(const struct sim_federation *federation, size_t index)
{
    return federation->is_infohus ? &infohus[index] : &ordinary;
}

/* What a roster says of one agency, with room for what it points at. */
struct facts_room {
    struct tov_agency agencies[SIM_NODES_MAX];
    char cvrs[SIM_NODES_MAX][9];
    uint16_t keepers[SIM_NODES_MAX][SIM_NODES_MAX];
    char endpoints[SIM_NODES_MAX][40];
    const char *endpoint_of[SIM_NODES_MAX];
};

static void set_keepers(struct facts_room *room, size_t index, size_t count, size_t wanted)
{
    struct tov_agency *out = &room->agencies[index];
    for (size_t i = 0; i < count; i++) {
        if (i != index && (wanted == 0 || out->keeper_count < wanted))
            room->keepers[index][out->keeper_count++] = (uint16_t)(i + 1);
    }
    out->keepers = room->keepers[index];
}

static void set_agency(struct facts_room *room, const struct sim_federation *federation,
                       size_t index)
{
    const struct sim_agency *agency = &federation->agencies[index];
    const struct sim_staff *staff = staff_of(federation, index);
    struct tov_agency *out = &room->agencies[index];
    struct tov_x25519_public transport;
    char name[TOV_ORIGIN_MAX_BYTES + 1];
    make_cvr(index, room->cvrs[index]);
    (void)snprintf(room->endpoints[index], sizeof room->endpoints[index], "tcp://127.0.0.1:%u",
                   20000 + (unsigned)index);
    room->endpoint_of[index] = room->endpoints[index];
    *out = (struct tov_agency){.number = agency->number,
                               .name = agency->name,
                               .title = "Myndighed",
                               .cvr = room->cvrs[index],
                               .regime = staff->regime,
                               .generation = 1,
                               .transport_count = 1,
                               .endpoints = &room->endpoint_of[index],
                               .endpoint_count = 1,
                               .units = staff->units,
                               .unit_count = staff->count};
    (void)snprintf(name, sizeof name, SIM_FEDERATION "/%s/1", agency->name);
    out->ledger = vkey_of(name, TOV_VKEY_ED25519, &agency->ledger);
    (void)snprintf(name, sizeof name, SIM_FEDERATION "/%s/1/journal/1", agency->name);
    out->journal = vkey_of(name, TOV_VKEY_ED25519, &agency->journal);
    (void)snprintf(name, sizeof name, SIM_FEDERATION "/%s/witness", agency->name);
    out->witness = vkey_of(name, TOV_VKEY_COSIGNATURE, &agency->witness);
    public_of(&agency->control, out->control);
    tov_x25519_public_of(&agency->transport, &transport);
    memcpy(out->transport[0], transport.bytes, 32);
}

void sim_sign_roster(const struct sim_federation *federation, const struct tov_roster_facts *facts,
                     struct tov_buf *out_note)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TOV_ROSTER_MAX_BYTES);
    uint8_t secret[64];
    sim_secret_of(&federation->root_seed, secret);
    tov_roster_format(facts, &text);
    tov_buf_clear(out_note);
    UNIT_NEED(text.failed == TOV_OK && tov_note_put_text(out_note, tov_buf_view(&text)) == TOV_OK);
    tov_note_sign(out_note, tov_buf_view(&text), &facts->roots[0], secret);
    UNIT_NEED(out_note->failed == TOV_OK);
}

void sim_put_roster(struct sim_federation *federation, const struct tov_roster_facts *facts)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf note = TOV_BUF_INIT(TOV_ROSTER_MAX_BYTES);
    struct tov_roster *roster = NULL;
    struct tov_error error = {.text = ""};
    sim_sign_roster(federation, facts, &note);
    enum tov_err err = tov_roster_parse(tov_buf_view(&note), &roster, &error);
    if (err != TOV_OK)
        (void)fprintf(stderr, "roster: %s\n", error.text);
    UNIT_NEED(err == TOV_OK);
    tov_roster_destroy(federation->roster);
    federation->roster = roster;
}

static void make_roster(struct sim_federation *federation, size_t keepers)
{
    struct facts_room *room = calloc(1, sizeof *room);
    UNIT_NEED(room != NULL);
    federation->root_seed = seed_of("root", "root");
    struct tov_vkey root =
        vkey_of(SIM_FEDERATION "/root/test", TOV_VKEY_ED25519, &federation->root_seed);
    for (size_t i = 0; i < federation->count; i++) {
        set_agency(room, federation, i);
        set_keepers(room, i, federation->count, keepers);
    }
    struct tov_roster_facts facts = {.federation = SIM_FEDERATION,
                                     .version = 1,
                                     .valid_until_ms = 4102444799000,
                                     .catalogue_version = 1,
                                     .calendar_version = 1,
                                     .witness_policy = TOV_WITNESS_TWO_THIRDS,
                                     .threshold = 1,
                                     .roots = &root,
                                     .root_count = 1,
                                     .agencies = room->agencies,
                                     .agency_count = federation->count};
    sim_put_roster(federation, &facts);
    tov_roster_roots(federation->roster, &federation->roots);
    free(room);
}

static void make_clients(struct sim_agency *agency, const struct sim_staff *staff)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(4096);
    tov_clients_format_start(agency->name, &text);
    tov_buf_put_format(&text,
                       "client someone\n  kind person\n  key %064x\n  roles %s\n  units %s\n"
                       "client checker\n  kind person\n  key %064x\n  roles auditor\n",
                       CASEWORKER_KEY + agency->number, staff->roles, staff->names,
                       AUDITOR_KEY + agency->number);
    UNIT_NEED(tov_clients_parse(tov_buf_view(&text), &agency->clients, NULL) == TOV_OK);
}

static struct sim_federation *create(size_t count, size_t keepers, bool is_infohus)
{
    struct sim_federation *federation = calloc(1, sizeof *federation);
    UNIT_NEED(federation != NULL && count <= SIM_NODES_MAX && sodium_init() >= 0);
    federation->count = count;
    federation->is_infohus = is_infohus;
    for (size_t i = 0; i < count; i++) {
        make_seeds(&federation->agencies[i], i);
        make_clients(&federation->agencies[i], staff_of(federation, i));
    }
    make_roster(federation, keepers);
    return federation;
}

struct sim_federation *sim_federation_create(size_t count, size_t keepers)
{
    return create(count, keepers, false);
}

struct sim_federation *sim_federation_create_infohus(size_t count)
{
    UNIT_NEED(count <= SIM_INFOHUS_MAX);
    return create(count, 0, true);
}

void sim_federation_destroy(struct sim_federation *federation)
{
    if (federation == NULL)
        return;
    for (size_t i = 0; i < federation->count; i++)
        tov_clients_destroy(federation->agencies[i].clients);
    tov_roster_destroy(federation->roster);
    free(federation);
}

void sim_caseworker_key(const struct sim_federation *federation, size_t index, uint8_t out_key[32])
{
    memset(out_key, 0, 32);
    tov_put_be16(out_key + 30, (uint16_t)(CASEWORKER_KEY + federation->agencies[index].number));
}

void sim_auditor_key(const struct sim_federation *federation, size_t index, uint8_t out_key[32])
{
    memset(out_key, 0, 32);
    tov_put_be16(out_key + 30, (uint16_t)(AUDITOR_KEY + federation->agencies[index].number));
}

const struct tov_agency *sim_federation_agency(const struct sim_federation *federation,
                                               size_t index)
{
    return tov_roster_agency(federation->roster, federation->agencies[index].number);
}

void sim_sign_control(const struct sim_federation *federation, size_t index,
                      const struct tov_control *control, struct tov_buf *out)
{
    TOV_CLEANUP(tov_buf_fini) struct tov_buf body = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf message = TOV_BUF_INIT(TOV_FRAME_MAX_BYTES + 256);
    struct tov_frame_control frame;
    uint8_t secret[64];
    sim_secret_of(&federation->agencies[index].control, secret);
    UNIT_NEED(tov_control_encode(control, &body) == TOV_OK);
    tov_control_signed_bytes(tov_roster_federation(federation->roster), tov_buf_view(&body),
                             &message);
    tov_ed25519_sign(secret, tov_buf_view(&message), frame.signature);
    frame.body = tov_buf_view(&body);
    tov_buf_clear(out);
    UNIT_NEED(tov_frame_encode_control(&frame, out) == TOV_OK);
}
