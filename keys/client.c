/* SPDX-License-Identifier: EUPL-1.2 */
#include "keys/client.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/hex.h"
#include "keys/inputs.h"
#include "roster/lines.h"

static enum tov_err write_registration(const struct client_order *order,
                                       const struct tov_key_info *info, struct tov_error *error)
{
    struct newkey_path path;
    char hex[65];
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TOV_LINE_MAX_BYTES);
    tov_hex_encode(TOV_BYTES_OF(info->public_key), hex);
    tov_buf_put_format(&text, "tov-client v1\nagency %s\nclient %s\nkind %s\nkey %s\n",
                       order->agency, order->name,
                       order->kind == TOV_CLIENT_PERSON ? "person" : "system", hex);
    TOV_TRY(newkey_path(&path, error, "%s.pub", order->path));
    return output_text(path.text, &text, error);
}

enum tov_err client_make(const struct client_order *order, struct tov_key_info *out_info,
                         struct tov_error *error)
{
    char owner[TOV_KEYTEXT_OWNER_MAX_BYTES + 1];
    struct tov_key_info info;
    int size = snprintf(owner, sizeof owner, "%s/%s", order->agency, order->name);
    if (size < 0 || (size_t)size >= sizeof owner)
        return tov_fail(error, TOV_E_LIMIT, "the names of agency or client are too long");
    struct newkey_order key = {.lock = order->lock,
                               .path = order->path,
                               .purpose = TOV_KEY_CLIENT,
                               .place = {.federation = order->federation, .owner = owner}};
    TOV_TRY(newkey_make(&key, &info, error));
    TOV_TRY(write_registration(order, &info, error));
    if (out_info != NULL)
        *out_info = info;
    return TOV_OK;
}

/* ---- the registry ---- */

/* Cuts the word before the next comma off *REST. */
static struct tov_bytes cut_word(struct tov_bytes *rest)
{
    struct tov_bytes word = *rest;
    const uint8_t *comma = memchr(rest->data, ',', rest->size);
    if (comma == NULL) {
        *rest = (struct tov_bytes){NULL, 0};
        return word;
    }
    word.size = (size_t)(comma - rest->data);
    *rest = (struct tov_bytes){comma + 1, rest->size - word.size - 1};
    return word;
}

static enum tov_err read_roles(const char *text, uint32_t *out, struct tov_error *error)
{
    struct tov_bytes rest = tov_bytes_of_text(text);
    uint32_t roles = 0;
    while (rest.size > 0) {
        struct tov_bytes word = cut_word(&rest);
        enum tov_role role;
        if (!tov_role_find(word, &role))
            return tov_fail(error, TOV_E_ARGUMENT, "\"%.*s\" is no role; docs/roster.md lists them",
                            TOV_SHOWN(word));
        roles |= TOV_ROLE_BIT(role);
    }
    *out = roles;
    return TOV_OK;
}

/* Spaces instead of commas: as the registry's line has them. */
static void put_entry(struct tov_buf *out, const struct client_entry *entry, uint32_t roles)
{
    struct tov_client client = {.name = entry->name, .kind = entry->kind, .roles = roles};
    memcpy(client.key, entry->key, sizeof client.key);
    tov_clients_format_entry(&client, out);
    if (entry->units == NULL || entry->units[0] == '\0')
        return;
    struct tov_bytes rest = tov_bytes_of_text(entry->units);
    tov_buf_put_text(out, "  units");
    while (rest.size > 0) {
        tov_buf_put_text(out, " ");
        tov_buf_put_bytes(out, cut_word(&rest));
    }
    tov_buf_put_text(out, "\n");
}

static enum tov_err read_registry(const char *path, const char *agency, struct tov_buf *out,
                                  struct tov_error *error)
{
    enum tov_err err = tov_file_read(path, TOV_CLIENTS_MAX_BYTES, out, error);
    if (err != TOV_E_NOT_FOUND)
        return err;
    tov_clients_format_start(agency, out);
    return out->failed;
}

static enum tov_err check_registry(const char *path, const struct client_entry *entry,
                                   const struct tov_roster *roster, struct tov_bytes text,
                                   struct tov_error *error)
{
    TOV_CLEANUP(tov_clients_cleanup) struct tov_clients *clients = NULL;
    enum tov_err err = tov_clients_parse(text, &clients, error);
    if (err != TOV_OK)
        return tov_fail_in(error, err, "%s with the new entry: ", path);
    if (strcmp(tov_clients_agency(clients), entry->agency) != 0)
        return tov_fail(error, TOV_E_RULE, "%s: the registry of %s, the registration is for %s",
                        path, tov_clients_agency(clients), entry->agency);
    if (roster == NULL)
        return TOV_OK;
    const struct tov_agency *agency =
        tov_roster_agency_by_name(roster, tov_bytes_of_text(entry->agency));
    if (agency == NULL)
        return tov_fail(error, TOV_E_RULE, "the roster has no agency %s", entry->agency);
    err = tov_clients_check(clients, agency, error);
    return err == TOV_OK ? TOV_OK : tov_fail_in(error, err, "%s with the new entry: ", path);
}

enum tov_err client_register(const char *path, const struct client_entry *entry,
                             const struct tov_roster *roster, struct tov_error *error)
{
    uint32_t roles = 0;
    TOV_CLEANUP(tov_buf_fini) struct tov_buf text = TOV_BUF_INIT(TOV_CLIENTS_MAX_BYTES);
    TOV_TRY(read_roles(entry->roles, &roles, error));
    TOV_TRY(read_registry(path, entry->agency, &text, error));
    put_entry(&text, entry, roles);
    if (text.failed != TOV_OK)
        return tov_fail(error, text.failed, "%s: the registry is full, or no memory", path);
    TOV_TRY(check_registry(path, entry, roster, tov_buf_view(&text), error));
    struct tov_file_save save = {
        .path = path, .content = tov_buf_view(&text), .mode = 0640, .replace = TOV_FILE_REPLACE};
    return tov_file_save(&save, error);
}
