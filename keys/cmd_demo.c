/* SPDX-License-Identifier: EUPL-1.2
 *
 * demo-federation DIR: a whole federation with keys in clear, from the recipe that is installed
 * beside this program:
 *
 *   DIR/roster  DIR/roots  DIR/root-keys/<holder>.key
 *   DIR/nodes/<agency>/   as keys/agency.h, and clients (the registry)
 *   DIR/clients/<agency>/<client>.key, front.pub
 *
 * Never let real data into it: everything in it is readable by whoever reads DIR.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/hex.h"
#include "keys/agency.h"
#include "keys/client.h"
#include "keys/inputs.h"
#include "keys/recipe.h"
#include "keys/sign.h"

#define DEMO_PORT 47600u
#define DEMO_AGENCIES_MAX 32u
#define DEMO_THRESHOLD 2u

static const char *const holders[] = {"kommune", "politi", "kriminalforsorg"};
#define HOLDERS (sizeof holders / sizeof holders[0])

struct demo {
    const char *dir;
    struct tov_bytes recipe;
    char federation[TOV_NAME_MAX_BYTES + 1];
    struct newkey_lock lock; /* plain */
    struct tov_roots roots;
    struct tov_buf card_texts[DEMO_AGENCIES_MAX];
    struct card cards[DEMO_AGENCIES_MAX];
    size_t card_count;
    struct tov_roster *roster;
};

static void free_demo(struct demo *demo)
{
    for (size_t i = 0; i < demo->card_count; i++)
        tov_buf_fini(&demo->card_texts[i]);
    tov_roster_destroy(demo->roster);
}

struct name_text {
    char text[TOV_NAME_MAX_BYTES + 1];
};

static enum tov_err copy_name(struct tov_bytes name, struct name_text *out, struct tov_error *error)
{
    if (!tov_name_is_valid(name))
        return tov_fail(error, TOV_E_MALFORMED, "the recipe has a name that is none: \"%.*s\"",
                        (int)(name.size < 48 ? name.size : 48),
                        name.size == 0 ? "" : (const char *)name.data);
    memcpy(out->text, name.data, name.size);
    out->text[name.size] = '\0';
    return TOV_OK;
}

/* ---- roots ---- */

static enum tov_err make_root(struct demo *demo, const char *holder, struct tov_error *error)
{
    struct newkey_path path;
    struct tov_key_info info;
    TOV_TRY(newkey_path(&path, error, "%s/root-keys/%s.key", demo->dir, holder));
    struct newkey_order order = {.lock = &demo->lock,
                                 .path = path.text,
                                 .purpose = TOV_KEY_ROOT,
                                 .place = {.federation = demo->federation, .owner = holder}};
    TOV_TRY(newkey_make(&order, &info, error));
    TOV_TRY(input_root_vkey(&info, &demo->roots.keys[demo->roots.count], error));
    demo->roots.count++;
    return TOV_OK;
}

static enum tov_err make_roots(struct demo *demo, struct tov_error *error)
{
    struct newkey_path path;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TOV_NOTE_MAX_BYTES);
    TOV_TRY(newkey_path(&path, error, "%s/root-keys", demo->dir));
    TOV_TRY(newkey_folder(path.text, true, error));
    for (size_t i = 0; i < HOLDERS; i++)
        TOV_TRY(make_root(demo, holders[i], error));
    demo->roots.threshold = DEMO_THRESHOLD;
    memcpy(demo->roots.federation, demo->federation, sizeof demo->federation);
    tov_roots_format(&demo->roots, &text);
    TOV_TRY(newkey_path(&path, error, "%s/roots", demo->dir));
    return output_text(path.text, &text, error);
}

/* ---- agencies ---- */

static enum tov_err keep_card(struct demo *demo, const char *node_dir, struct tov_error *error)
{
    struct newkey_path path;
    struct tov_buf *text = &demo->card_texts[demo->card_count];
    TOV_TRY(newkey_path(&path, error, "%s/agency.card", node_dir));
    *text = TOV_BUF_INIT(CARD_MAX_BYTES);
    struct card *card = &demo->cards[demo->card_count++];
    TOV_TRY(tov_file_read(path.text, CARD_MAX_BYTES, text, error));
    return card_parse(tov_buf_view(text), card, error);
}

static enum tov_err make_agency(struct demo *demo, const struct recipe_agency *from,
                                struct tov_error *error)
{
    struct newkey_path dir;
    struct name_text name;
    uint64_t number = 0;
    TOV_TRY(copy_name(from->name, &name, error));
    if (tov_decimal_decode(from->number, &number) != TOV_OK || number == 0 ||
        number > TOV_AGENCIES_MAX || demo->card_count == DEMO_AGENCIES_MAX)
        return tov_fail(error, TOV_E_MALFORMED, "the recipe's agency %s has no good number",
                        name.text);
    TOV_TRY(newkey_path(&dir, error, "%s/nodes/%s", demo->dir, name.text));
    struct agency_order order = {.lock = &demo->lock,
                                 .federation = demo->federation,
                                 .agency = name.text,
                                 .number = (uint16_t)number,
                                 .generation = 1,
                                 .dir = dir.text};
    TOV_TRY(agency_make(&order, error));
    return keep_card(demo, dir.text, error);
}

static enum tov_err make_agencies(struct demo *demo, struct tov_error *error)
{
    struct newkey_path path;
    struct tov_bytes rest = demo->recipe;
    struct recipe_agency agency;
    TOV_TRY(newkey_path(&path, error, "%s/nodes", demo->dir));
    TOV_TRY(newkey_folder(path.text, true, error));
    while (recipe_next_agency(&rest, &agency))
        TOV_TRY(make_agency(demo, &agency, error));
    return TOV_OK;
}

/* ---- the roster, signed by as many as it takes ---- */

static enum tov_err add_signature(const struct demo *demo, size_t holder, struct tov_buf *note,
                                  struct tov_error *error)
{
    struct newkey_path path;
    TOV_CLEANUP(tov_keyfile_fini) struct tov_keyfile key = {.secret = NULL};
    TOV_TRY(newkey_path(&path, error, "%s/root-keys/%s.key", demo->dir, holders[holder]));
    TOV_TRY(tov_keyfile_load(path.text, TOV_KEY_ROOT, NULL, &key, error));
    sign_put(&key, &demo->roots.keys[holder], tov_roster_text(demo->roster), note);
    return TOV_OK;
}

static enum tov_err make_roster(struct demo *demo, uint16_t base_port, struct tov_error *error)
{
    struct newkey_path path;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TOV_ROSTER_MAX_BYTES);
    TOV_CLEANUP(tov_buf_fini) struct tov_buf note = TOV_BUF_INIT(TOV_ROSTER_MAX_BYTES);
    struct recipe_inputs inputs = {.recipe = demo->recipe,
                                   .cards = demo->cards,
                                   .card_count = demo->card_count,
                                   .roots = &demo->roots,
                                   .base_port = base_port};
    TOV_TRY(recipe_make(&inputs, &text, &demo->roster, error));
    TOV_TRY(tov_note_put_text(&note, tov_buf_view(&text)));
    for (size_t i = 0; i < DEMO_THRESHOLD; i++)
        TOV_TRY(add_signature(demo, i, &note, error));
    TOV_TRY(newkey_path(&path, error, "%s/roster", demo->dir));
    return output_text(path.text, &note, error);
}

/* ---- clients ---- */

struct comma_text {
    char text[512];
};

static enum tov_err copy_commas(struct tov_bytes from, struct comma_text *out,
                                struct tov_error *error)
{
    if (from.size == 0 || from.size >= sizeof out->text)
        return tov_fail(error, TOV_E_MALFORMED,
                        "a client line of the recipe lacks roles or units (\"-\" for none)");
    bool is_none = from.size == 1 && from.data[0] == '-';
    memcpy(out->text, from.data, from.size);
    out->text[is_none ? 0 : from.size] = '\0';
    return TOV_OK;
}

static enum tov_err register_client(const struct demo *demo, const struct recipe_client *from,
                                    struct client_entry entry, struct tov_error *error)
{
    struct newkey_path registry;
    struct comma_text roles, units;
    TOV_TRY(copy_commas(from->roles, &roles, error));
    TOV_TRY(copy_commas(from->units, &units, error));
    entry.roles = roles.text;
    entry.units = units.text;
    TOV_TRY(newkey_path(&registry, error, "%s/nodes/%s/clients", demo->dir, entry.agency));
    return client_register(registry.text, &entry, demo->roster, error);
}

/* What a client needs to know its own agency's front by. */
static enum tov_err copy_front(const struct demo *demo, const char *agency, struct tov_error *error)
{
    struct newkey_path from, to;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(CARD_MAX_BYTES);
    TOV_TRY(newkey_path(&from, error, "%s/nodes/%s/front.pub", demo->dir, agency));
    TOV_TRY(newkey_path(&to, error, "%s/clients/%s/front.pub", demo->dir, agency));
    if (access(to.text, F_OK) == 0)
        return TOV_OK;
    TOV_TRY(tov_file_read(from.text, CARD_MAX_BYTES, &text, error));
    return output_text(to.text, &text, error);
}

static enum tov_err make_client(const struct demo *demo, const struct recipe_client *from,
                                struct tov_error *error)
{
    struct newkey_path dir, path;
    struct name_text agency, name;
    struct tov_key_info info;
    TOV_TRY(copy_name(from->agency, &agency, error));
    TOV_TRY(copy_name(from->name, &name, error));
    TOV_TRY(newkey_path(&dir, error, "%s/clients/%s", demo->dir, agency.text));
    TOV_TRY(newkey_folder(dir.text, true, error));
    TOV_TRY(newkey_path(&path, error, "%s/%s.key", dir.text, name.text));
    bool is_person = tov_bytes_equal(from->kind, tov_bytes_of_text("person"));
    struct client_order order = {.lock = &demo->lock,
                                 .federation = demo->federation,
                                 .agency = agency.text,
                                 .name = name.text,
                                 .kind = is_person ? TOV_CLIENT_PERSON : TOV_CLIENT_SYSTEM,
                                 .path = path.text};
    TOV_TRY(client_make(&order, &info, error));
    struct client_entry entry = {.agency = agency.text, .name = name.text, .kind = order.kind};
    memcpy(entry.key, info.public_key, sizeof entry.key);
    TOV_TRY(register_client(demo, from, entry, error));
    return copy_front(demo, agency.text, error);
}

static enum tov_err make_clients(const struct demo *demo, struct tov_error *error)
{
    struct newkey_path path;
    struct tov_bytes rest = demo->recipe;
    struct recipe_client client = {.agency = {NULL, 0}};
    TOV_TRY(newkey_path(&path, error, "%s/clients", demo->dir));
    TOV_TRY(newkey_folder(path.text, true, error));
    while (recipe_next_client(&rest, &client))
        TOV_TRY(make_client(demo, &client, error));
    return TOV_OK;
}

/* ---- the command ---- */

static const struct command_option options[] = {
    {"base-port", "N", false}, {"recipe", "FILE", false}, {NULL, NULL, false}};

/* bin/tov-keys and share/tov/... stand beside each other, built or installed. */
static enum tov_err find_recipe(const struct arguments *arguments, struct newkey_path *out,
                                struct tov_error *error)
{
    const char *given = arguments_get(arguments, "recipe");
    char self[PATH_MAX];
    if (given != NULL)
        return newkey_path(out, error, "%s", given);
    ssize_t size = readlink("/proc/self/exe", self, sizeof self - 1);
    if (size <= 0)
        return tov_fail(error, TOV_E_IO, "/proc is not there; give the recipe as --recipe");
    self[size] = '\0';
    for (int up = 0; up < 2; up++) {
        char *slash = strrchr(self, '/');
        if (slash != NULL)
            *slash = '\0';
    }
    return newkey_path(out, error, "%s/share/tov/infohus-demo.recipe", self);
}

static enum tov_err start(struct demo *demo, struct tov_error *error)
{
    struct name_text name;
    TOV_TRY(copy_name(recipe_federation(demo->recipe), &name, error));
    memcpy(demo->federation, name.text, sizeof demo->federation);
    size_t size = strlen(name.text);
    if (size < 5 || strcmp(name.text + size - 5, "-demo") != 0)
        return tov_fail(error, TOV_E_RULE,
                        "the recipe's federation %s does not end in -demo: its keys would stand in "
                        "clear; hold a ceremony",
                        name.text);
    return newkey_folder(demo->dir, true, error);
}

static enum tov_err run(const struct arguments *arguments, struct tov_error *error)
{
    static const struct number_option port_option = {"base-port", 1024, 65535 - TOV_AGENCIES_MAX,
                                                     DEMO_PORT};
    TOV_CLEANUP(tov_buf_fini) struct tov_buf recipe = TOV_BUF_INIT(RECIPE_MAX_BYTES);
    TOV_CLEANUP(free_demo)
    struct demo demo = {.dir = arguments->paths[0], .lock = {.is_plain = true}};
    struct newkey_path recipe_path;
    uint64_t port = 0;
    TOV_TRY(arguments_number(arguments, &port_option, &port, error));
    TOV_TRY(find_recipe(arguments, &recipe_path, error));
    TOV_TRY(tov_file_read(recipe_path.text, RECIPE_MAX_BYTES, &recipe, error));
    demo.recipe = tov_buf_view(&recipe);
    TOV_TRY(start(&demo, error));
    TOV_TRY(make_roots(&demo, error));
    TOV_TRY(make_agencies(&demo, error));
    TOV_TRY(make_roster(&demo, (uint16_t)port, error));
    TOV_TRY(make_clients(&demo, error));
    printf("%s: federation %s with %zu agencies, ports from %u; keys in clear, for trying only\n",
           demo.dir, demo.federation, demo.card_count, (unsigned)port);
    return TOV_OK;
}

const struct command command_demo_federation = {
    "demo-federation", "DIR",
    "A whole federation for trying Tov: keys in clear, roster signed, clients registered.", options,
    run};
