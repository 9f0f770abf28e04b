/* SPDX-License-Identifier: EUPL-1.2
 *
 * A policy is a forest: each witness and each group is a member of at most one group, and a group
 * names only what stands above it. So one pass over the groups in their order settles them all:
 * a group's members are settled before it is.
 */
#include "merkle/policy.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/hex.h"
#include "merkle/text.h"

#define NO_PARENT UINT32_MAX

/* A name in the policy's one namespace: a witness or a group. */
struct item {
    struct tov_bytes name; /* a view into the policy's text */
    bool is_group;
    uint32_t index;  /* among the witnesses or the groups */
    uint32_t parent; /* the group it is a member of */
};

struct group {
    uint32_t needed;
    uint32_t item;
};

struct tov_policy {
    uint8_t *text;
    struct tov_vkey *logs, *witnesses;
    struct item *items;
    struct group *groups;
    uint32_t *witness_items; /* witness index -> item */
    size_t log_count, witness_count, item_count, group_count;
    bool has_quorum, is_none;
    uint32_t quorum; /* an item */
};

void tov_policy_destroy(struct tov_policy *policy)
{
    if (policy == NULL)
        return;
    free(policy->text);
    free(policy->logs);
    free(policy->witnesses);
    free(policy->items);
    free(policy->groups);
    free(policy->witness_items);
    free(policy);
}
TOV_DEFINE_CLEANUP(tov_policy, struct tov_policy, tov_policy_destroy)

/* Room for one more in *ARRAY of COUNT entries of SIZE bytes, doubling at powers of two. */
static bool grow(void **array, size_t count, size_t size)
{
    if ((count & (count - 1)) != 0)
        return true;
    void *larger = realloc(*array, (count == 0 ? 1 : 2 * count) * size);
    if (larger == NULL)
        return false;
    *array = larger;
    return true;
}
#define GROW(array, count) grow((void **)&(array), (count), sizeof *(array))

static struct tov_bytes next_word(struct tov_bytes *line)
{
    while (line->size > 0 && (line->data[0] == ' ' || line->data[0] == '\t'))
        *line = (struct tov_bytes){line->data + 1, line->size - 1};
    struct tov_bytes word = {line->data, 0};
    while (line->size > 0 && line->data[0] != ' ' && line->data[0] != '\t') {
        *line = (struct tov_bytes){line->data + 1, line->size - 1};
        word.size++;
    }
    return word;
}

static bool is_word(struct tov_bytes word, const char *text)
{
    return tov_bytes_equal(word, tov_bytes_of_text(text));
}

static bool find_item(const struct tov_policy *policy, struct tov_bytes name, uint32_t *out_item)
{
    for (size_t i = 0; i < policy->item_count; i++) {
        if (tov_bytes_equal(policy->items[i].name, name)) {
            *out_item = (uint32_t)i;
            return true;
        }
    }
    return false;
}

static enum tov_err add_item(struct tov_policy *policy, struct item item, struct tov_error *error)
{
    uint32_t existing = 0;
    if (item.name.size == 0 || is_word(item.name, "none") ||
        find_item(policy, item.name, &existing))
        return tov_fail(error, TOV_E_MALFORMED, "a name is missing, reserved or taken");
    if (!GROW(policy->items, policy->item_count))
        return tov_fail(error, TOV_E_NOMEM, "no memory for a policy");
    policy->items[policy->item_count++] = item;
    return TOV_OK;
}

/* What a line's key must be: of TYPE, and not one of EARLIER. */
struct wanted {
    enum tov_vkey_type type;
    struct tov_vkey_list earlier;
};

/* `<vkey> [<url>]`. */
static enum tov_err read_key(struct tov_bytes line, struct wanted wanted, struct tov_vkey *out_key,
                             struct tov_error *error)
{
    TOV_TRY(tov_vkey_parse(next_word(&line), out_key, error));
    if (out_key->type != wanted.type)
        return tov_fail(error, TOV_E_MALFORMED, "a key of type 0x%02x, not 0x%02x",
                        (unsigned)out_key->type, (unsigned)wanted.type);
    (void)next_word(&line);
    if (next_word(&line).size != 0)
        return tov_fail(error, TOV_E_MALFORMED, "too many words");
    for (size_t i = 0; i < wanted.earlier.count; i++) {
        if (tov_vkey_is_same_key(&wanted.earlier.keys[i], out_key))
            return tov_fail(error, TOV_E_MALFORMED, "a key that stands in the policy already");
    }
    return TOV_OK;
}

static enum tov_err add_log(struct tov_policy *policy, struct tov_bytes line,
                            struct tov_error *error)
{
    struct tov_vkey key;
    if (policy->log_count == TOV_POLICY_LOGS_MAX)
        return tov_fail(error, TOV_E_LIMIT, "more than %u logs", TOV_POLICY_LOGS_MAX);
    struct wanted wanted = {TOV_VKEY_ED25519, tov_policy_logs(policy)};
    TOV_TRY(read_key(line, wanted, &key, error));
    if (!GROW(policy->logs, policy->log_count))
        return tov_fail(error, TOV_E_NOMEM, "no memory for a policy");
    policy->logs[policy->log_count++] = key;
    return TOV_OK;
}

static enum tov_err add_witness(struct tov_policy *policy, struct tov_bytes line,
                                struct tov_error *error)
{
    struct tov_vkey key;
    if (policy->witness_count == TOV_POLICY_WITNESSES_MAX)
        return tov_fail(error, TOV_E_LIMIT, "more than %u witnesses", TOV_POLICY_WITNESSES_MAX);
    struct tov_bytes name = next_word(&line);
    struct wanted wanted = {TOV_VKEY_COSIGNATURE, tov_policy_witnesses(policy)};
    TOV_TRY(read_key(line, wanted, &key, error));
    struct item item = {name, false, (uint32_t)policy->witness_count, NO_PARENT};
    TOV_TRY(add_item(policy, item, error));
    if (!GROW(policy->witnesses, policy->witness_count) ||
        !GROW(policy->witness_items, policy->witness_count))
        return tov_fail(error, TOV_E_NOMEM, "no memory for a policy");
    policy->witness_items[policy->witness_count] = (uint32_t)policy->item_count - 1;
    policy->witnesses[policy->witness_count++] = key;
    return TOV_OK;
}

/* Makes each word of LINE a member of the group that will stand next. */
static enum tov_err take_members(struct tov_policy *policy, struct tov_bytes line,
                                 uint32_t *out_count, struct tov_error *error)
{
    uint32_t count = 0;
    for (struct tov_bytes word = next_word(&line); word.size > 0; word = next_word(&line)) {
        uint32_t member = 0;
        if (!find_item(policy, word, &member))
            return tov_fail(error, TOV_E_MALFORMED, "a member that is not defined above");
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference): what was found is there */
        if (policy->items[member].parent != NO_PARENT)
            return tov_fail(error, TOV_E_MALFORMED, "a member of two groups");
        policy->items[member].parent = (uint32_t)policy->group_count;
        count++;
    }
    *out_count = count;
    return TOV_OK;
}

static enum tov_err read_needed(struct tov_bytes word, uint32_t members, uint32_t *out_needed,
                                struct tov_error *error)
{
    uint64_t needed = 0;
    if (is_word(word, "all"))
        needed = members;
    else if (is_word(word, "any"))
        needed = 1;
    else if (tov_decimal_decode(word, &needed) != TOV_OK)
        needed = 0;
    if (needed == 0 || needed > members)
        return tov_fail(error, TOV_E_MALFORMED, "a group needs all, any or 1..%u of its members",
                        (unsigned)members);
    *out_needed = (uint32_t)needed;
    return TOV_OK;
}

static enum tov_err add_group(struct tov_policy *policy, struct tov_bytes line,
                              struct tov_error *error)
{
    if (policy->group_count == TOV_POLICY_GROUPS_MAX)
        return tov_fail(error, TOV_E_LIMIT, "more than %u groups", TOV_POLICY_GROUPS_MAX);
    uint32_t index = (uint32_t)policy->group_count, members = 0;
    struct group group = {.needed = 0};
    struct tov_bytes name = next_word(&line);
    struct tov_bytes needed = next_word(&line);
    TOV_TRY(take_members(policy, line, &members, error));
    TOV_TRY(read_needed(needed, members, &group.needed, error));
    TOV_TRY(add_item(policy, (struct item){name, true, index, NO_PARENT}, error));
    group.item = (uint32_t)policy->item_count - 1;
    if (!GROW(policy->groups, policy->group_count))
        return tov_fail(error, TOV_E_NOMEM, "no memory for a policy");
    policy->groups[policy->group_count++] = group;
    return TOV_OK;
}

static enum tov_err set_quorum(struct tov_policy *policy, struct tov_bytes line,
                               struct tov_error *error)
{
    struct tov_bytes name = next_word(&line);
    if (policy->has_quorum)
        return tov_fail(error, TOV_E_MALFORMED, "a second quorum");
    if (next_word(&line).size != 0)
        return tov_fail(error, TOV_E_MALFORMED, "too many words");
    policy->has_quorum = true;
    policy->is_none = is_word(name, "none");
    if (!policy->is_none && !find_item(policy, name, &policy->quorum))
        return tov_fail(error, TOV_E_MALFORMED, "a quorum that is not defined above");
    return TOV_OK;
}

static enum tov_err read_line(struct tov_policy *policy, struct tov_bytes line,
                              struct tov_error *error)
{
    struct tov_bytes word = next_word(&line);
    if (word.size == 0 || word.data[0] == '#')
        return TOV_OK;
    if (is_word(word, "log"))
        return add_log(policy, line, error);
    if (is_word(word, "witness"))
        return add_witness(policy, line, error);
    if (is_word(word, "group"))
        return add_group(policy, line, error);
    if (is_word(word, "quorum"))
        return set_quorum(policy, line, error);
    return tov_fail(error, TOV_E_MALFORMED, "not log, witness, group or quorum");
}

static bool has_allowed_bytes(struct tov_bytes text)
{
    for (size_t i = 0; i < text.size; i++) {
        uint8_t byte = text.data[i];
        if ((byte < 0x20 && byte != '\t' && byte != '\n') || byte == 0x7f)
            return false;
    }
    return true;
}

static enum tov_err read_lines(struct tov_policy *policy, struct tov_bytes text,
                               struct tov_error *error)
{
    struct tov_bytes line;
    for (unsigned number = 1; text.size > 0; number++) {
        if (!tov_text_next_line(&text, &line))
            return tov_fail(error, TOV_E_MALFORMED, "policy line %u: no newline", number);
        enum tov_err err = read_line(policy, line, error);
        if (err != TOV_OK)
            return tov_fail_in(error, err, "policy line %u: ", number);
    }
    if (!policy->has_quorum)
        return tov_fail(error, TOV_E_MALFORMED, "a policy without a quorum line");
    return TOV_OK;
}

enum tov_err tov_policy_parse(struct tov_bytes text, struct tov_policy **out_policy,
                              struct tov_error *error)
{
    if (text.size > TOV_POLICY_MAX_BYTES)
        return tov_fail(error, TOV_E_LIMIT, "a policy is longer than %u bytes",
                        TOV_POLICY_MAX_BYTES);
    if (!has_allowed_bytes(text))
        return tov_fail(error, TOV_E_MALFORMED, "a policy has control characters");
    TOV_CLEANUP(tov_policy_cleanup) struct tov_policy *policy = calloc(1, sizeof *policy);
    if (policy == NULL || (policy->text = malloc(text.size + 1)) == NULL)
        return tov_fail(error, TOV_E_NOMEM, "no memory for a policy");
    if (text.size > 0)
        memcpy(policy->text, text.data, text.size);
    TOV_TRY(read_lines(policy, (struct tov_bytes){policy->text, text.size}, error));
    *out_policy = TOV_TAKE(policy);
    return TOV_OK;
}

struct tov_vkey_list tov_policy_logs(const struct tov_policy *policy)
{
    return (struct tov_vkey_list){policy->logs, policy->log_count};
}

struct tov_vkey_list tov_policy_witnesses(const struct tov_policy *policy)
{
    return (struct tov_vkey_list){policy->witnesses, policy->witness_count};
}

/* One more member of the group above ITEM has cosigned. */
static void count_in_parent(const struct tov_policy *policy, uint32_t item, uint32_t *counts)
{
    uint32_t parent = policy->items[item].parent;
    if (parent != NO_PARENT)
        counts[parent]++;
}

bool tov_policy_is_met(const struct tov_policy *policy, const bool *cosigned)
{
    uint32_t counts[TOV_POLICY_GROUPS_MAX] = {0};
    if (policy->is_none)
        return true;
    for (size_t i = 0; i < policy->witness_count; i++) {
        if (cosigned[i])
            count_in_parent(policy, policy->witness_items[i], counts);
    }
    for (size_t i = 0; i < policy->group_count; i++) {
        if (counts[i] >= policy->groups[i].needed)
            count_in_parent(policy, policy->groups[i].item, counts);
    }
    const struct item *quorum = &policy->items[policy->quorum];
    if (quorum->is_group)
        return counts[quorum->index] >= policy->groups[quorum->index].needed;
    return cosigned[quorum->index];
}

/* Whether a log that signed bears the checkpoint's origin as its name. */
static bool is_own_log(const struct tov_policy *policy, const bool *signed_by,
                       const struct tov_checkpoint *checkpoint)
{
    for (size_t i = 0; i < policy->log_count; i++) {
        if (signed_by[i] && strcmp(policy->logs[i].name, checkpoint->origin) == 0)
            return true;
    }
    return false;
}

enum tov_err tov_policy_judge(const struct tov_policy *policy, struct tov_bytes note,
                              struct tov_policy_verdict *out_verdict, struct tov_error *error)
{
    struct tov_note parsed;
    struct tov_policy_verdict verdict;
    bool logs[TOV_POLICY_LOGS_MAX], witnesses[TOV_POLICY_WITNESSES_MAX];
    size_t log_count = 0;
    TOV_TRY(tov_note_parse(note, TOV_NOTE_MAX_BYTES, &parsed, error));
    if (tov_note_verify(&parsed, tov_policy_logs(policy), logs, &log_count) != TOV_OK)
        return tov_fail(error, TOV_E_SIGNATURE, "no log of the policy signed the checkpoint");
    if (tov_note_check(&parsed, tov_policy_witnesses(policy), witnesses, &verdict.witnesses) !=
        TOV_OK)
        return tov_fail(error, TOV_E_SIGNATURE, "the cosignature of a known witness is wrong");
    if (tov_checkpoint_parse(parsed.text, &verdict.checkpoint) != TOV_OK)
        return tov_fail(error, TOV_E_MALFORMED,
                        "a checkpoint is not three lines: origin, size, root");
    if (!is_own_log(policy, logs, &verdict.checkpoint))
        return tov_fail(error, TOV_E_SIGNATURE, "a checkpoint is signed by another log's key");
    verdict.is_met = tov_policy_is_met(policy, witnesses);
    *out_verdict = verdict;
    return TOV_OK;
}

unsigned tov_policy_quorum(unsigned witnesses)
{
    return (unsigned)(2 * (uint64_t)witnesses / 3) + 1;
}
