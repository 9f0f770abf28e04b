/* SPDX-License-Identifier: EUPL-1.2 */
#include "lib/connection.h"

static const char *text_of(struct tov_client *client, struct tov_record record, const char *name)
{
    return lib_memory_text(&client->memory, tov_record_bytes(record, name));
}

static const char *const *texts_of(struct tov_client *client, struct tov_record record,
                                   const char *name, size_t *out_count)
{
    size_t count = tov_record_count(record, name);
    if (count > IDENTITY_NAMES_MAX)
        count = IDENTITY_NAMES_MAX;
    const char **texts = lib_memory_take(&client->memory, (count + 1) * sizeof *texts);
    for (size_t i = 0; texts != NULL && i < count; i++) {
        struct tov_value value;
        if (tov_record_get(record, name, i, &value) != TOV_OK)
            return NULL;
        texts[i] = lib_memory_text(&client->memory, value.bytes);
        if (texts[i] == NULL)
            return NULL;
    }
    *out_count = count;
    return texts;
}

enum tov_err identity_read(struct tov_client *client, struct tov_record hello)
{
    struct tov_identity *identity = &client->identity;
    identity->federation = text_of(client, hello, "federation");
    identity->agency = text_of(client, hello, "agency");
    identity->client = text_of(client, hello, "client");
    identity->roles = texts_of(client, hello, "roles", &identity->role_count);
    identity->units = texts_of(client, hello, "units", &identity->unit_count);
    uint64_t now_ms = tov_record_number(hello, "now_ms");
    if (now_ms > TOV_TIME_MAX_MS)
        return TOV_E_MALFORMED; /* programs show it, and write it into messages */
    identity->now_ms = now_ms;
    identity->api = (uint32_t)tov_record_number(hello, "api");
    bool complete = identity->federation != NULL && identity->agency != NULL &&
                    identity->client != NULL && identity->roles != NULL && identity->units != NULL;
    return complete ? TOV_OK : TOV_E_NOMEM;
}

const struct tov_identity *tov_client_identity(const struct tov_client *client)
{
    return &client->identity;
}
