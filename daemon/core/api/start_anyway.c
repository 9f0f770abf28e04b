/* SPDX-License-Identifier: EUPL-1.2
 *
 * Two persons start a node that waits for a majority of its keepers (docs/guard.md). Each says so
 * alone, with a reason that becomes an entry of the journal (leaf type override), and counts only
 * once that is committed. Both within an hour; one person is one, however often; at most one of the
 * two runs the node, so that administration alone cannot do it (docs/cli.md).
 * Not for: a node that waits for anything else, or is behind: then nobody may.
 */
#include "api/api_internal.h"

#include "access/journal.h"

#include <string.h>

#define HOUR_MS 3600000u

static bool runs_node(const struct tov_client *client)
{
    return tov_client_has_role(client, TOV_ROLE_NODE_ADMIN);
}

/* Still registered as a person who may, and not longer ago than an hour. */
static const struct tov_client *still_counts(const struct tov_api *api,
                                             const struct api_start_person *person)
{
    if (person->name[0] == '\0' || api->core->mono_ms - person->said_mono_ms > HOUR_MS)
        return NULL;
    const struct tov_client *client =
        tov_clients_find_name(api->clients, tov_bytes_of_text(person->name));
    return client != NULL && tov_access_may(client, TOV_DEED_START) ? client : NULL;
}

static bool is_named(const struct tov_client *client, const char *name)
{
    return name != NULL && strcmp(client->name, name) == 0;
}

/* With OTHER (may be NULL) as if that client had said it now. */
static unsigned count_with(const struct tov_api *api, const struct tov_client *other)
{
    unsigned outside = 0;
    unsigned inside = 0;
    if (other != NULL && runs_node(other))
        inside++;
    else if (other != NULL)
        outside++;
    for (size_t i = 0; i < API_START_PERSONS_MAX; i++) {
        const struct tov_client *client = still_counts(api, &api->start_persons[i]);
        if (client == NULL || is_named(client, other == NULL ? NULL : other->name))
            continue;
        if (runs_node(client))
            inside++;
        else
            outside++;
    }
    unsigned all = outside + (inside > 0 ? 1 : 0);
    return all < TOV_API_START_PERSONS ? all : TOV_API_START_PERSONS;
}

unsigned tov_api_start_persons(const struct tov_api *api)
{
    return count_with(api, NULL);
}

void tov_api_start_reset(struct tov_api *api, bool waits)
{
    api->start_waits = waits;
    memset(api->start_persons, 0, sizeof api->start_persons);
}

/* The place of this person, or the one that has waited longest. */
static struct api_start_person *place_for(struct tov_api *api, const char *name)
{
    struct api_start_person *oldest = &api->start_persons[0];
    for (size_t i = 0; i < API_START_PERSONS_MAX; i++) {
        struct api_start_person *person = &api->start_persons[i];
        if (strcmp(person->name, name) == 0)
            return person;
        if (person->said_mono_ms < oldest->said_mono_ms)
            oldest = person;
    }
    return oldest;
}

static void on_committed(struct tov_core *core, const struct tov_after *after)
{
    struct tov_api *api = after->owner;
    char name[TOV_NAME_MAX_BYTES + 1] = "";
    if (!api->start_waits || after->bytes.size >= sizeof name)
        return;
    memcpy(name, after->bytes.data, after->bytes.size);
    struct api_start_person *person = place_for(api, name);
    memcpy(person->name, name, sizeof name);
    person->said_mono_ms = core->mono_ms;
    tov_core_log(core, TOV_HOST_WARN, "start-anyway", "persons=%u needed=%u",
                 tov_api_start_persons(api), TOV_API_START_PERSONS);
}

static enum tov_err check(struct api_call *call, struct tov_bytes reason)
{
    if (!call->api->start_waits)
        return tov_fail(&call->error, TOV_E_RULE,
                        "the node does not wait for a majority of its keepers: there is nothing "
                        "to start");
    if (reason.size == 0 || reason.size > TOV_ACCESS_REASON_MAX_BYTES)
        return tov_fail(&call->error, TOV_E_ARGUMENT,
                        "a reason is needed, of at most %u bytes: it stands in the journal",
                        TOV_ACCESS_REASON_MAX_BYTES);
    return TOV_OK;
}

static enum tov_err note(struct api_call *call, struct tov_bytes reason)
{
    struct tov_access_note entry = {.class_code = TOV_ACCESS_START_ANYWAY,
                                    .client = call->client,
                                    .role = tov_access_role(call->client, NULL),
                                    .reason = reason};
    TOV_TRY(tov_api_check_room(call));
    enum tov_err err = tov_access_note(call->core, &entry);
    if (err == TOV_E_UNAVAILABLE)
        return tov_fail(&call->error, err,
                        "the journal has not begun: what was restored is from before the node's "
                        "first entry, and only its keepers can say so");
    return err;
}

enum tov_err tov_api_start_anyway(struct api_call *call)
{
    struct tov_record body;
    struct tov_bytes reason = tov_record_bytes(call->request, "reason");
    struct tov_after after = {
        .run = on_committed, .owner = call->api, .bytes = tov_bytes_of_text(call->client->name)};
    TOV_TRY(check(call, reason));
    TOV_TRY(note(call, reason));
    TOV_TRY(tov_core_after(call->core, &after));
    TOV_TRY(tov_record_open(call->reply, "start_anyway", &body));
    TOV_TRY(tov_record_put_number(body, "persons", count_with(call->api, call->client)));
    TOV_TRY(tov_record_put_number(body, "needed", TOV_API_START_PERSONS));
    TOV_TRY(tov_record_put_number(body, "until_ms", call->core->now_ms + HOUR_MS));
    return tov_api_reply_after(call);
}
