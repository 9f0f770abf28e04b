/* SPDX-License-Identifier: EUPL-1.2
 *
 * What a message is about: the matters of another message, one by its id, or a new one.
 */
#include "cli/compose.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>

#include "base/hex.h"
#include "base/limits.h"
#include "case/catalogue.h"
#include "cli/find.h"
#include "cli/language.h"
#include "cli/words.h"

#define UUID_BYTES ((size_t)16)
#define PATH_SIZE 48

static void path_of(size_t thing, char out[PATH_SIZE])
{
    (void)snprintf(out, PATH_SIZE, "header.about.%s", words_things[thing].field);
}

static const struct tov_message_type *type_of(const struct tov_message_draft *message)
{
    return tov_message_type_find(tov_bytes_of_text(tov_message_draft_type(message)));
}

enum tov_err compose_about_view(struct cli *cli, struct tov_message_draft *message,
                                const struct tov_message_view *view)
{
    const struct tov_message_type *type = type_of(message);
    for (size_t i = 0; i < WORDS_THINGS; i++) {
        char path[PATH_SIZE];
        path_of(i, path);
        const char *id = tov_message_view_text(view, path);
        if (id[0] != '\0' && tov_message_type_takes_about(type, words_things[i].field) &&
            tov_message_draft_count(message, path) == 0)
            TOV_TRY(tov_message_draft_set(message, path, id, &cli->error));
    }
    return TOV_OK;
}

static bool takes_one_of(const struct tov_message_draft *message,
                         const struct tov_message_view *view)
{
    const struct tov_message_type *type = type_of(message);
    for (size_t i = 0; i < WORDS_THINGS; i++) {
        char path[PATH_SIZE];
        path_of(i, path);
        if (tov_message_view_text(view, path)[0] != '\0' &&
            tov_message_type_takes_about(type, words_things[i].field))
            return true;
    }
    return false;
}

static enum tov_err about_message(struct cli *cli, struct tov_message_draft *message,
                                  const char *text)
{
    struct tov_listing *listing = NULL;
    const struct tov_message_view *view = NULL;
    TOV_TRY(find_message(cli, text, &listing, &view));
    enum tov_err err = compose_about_view(cli, message, view);
    if (err == TOV_OK && !takes_one_of(message, view))
        err = cli_fail(cli, TOV_E_ARGUMENT,
                       _("--about: nothing of what message %.40s is about fits %s. What fits: "
                         "tov types %s"),
                       text, tov_message_draft_type(message), tov_message_draft_type(message));
    tov_listing_destroy(listing);
    return err;
}

/* Random bytes in the form of a UUID of version 4. */
static bool new_id(char out[2 * UUID_BYTES + 1])
{
    uint8_t bytes[UUID_BYTES];
    if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        return false;
    bytes[6] = (uint8_t)((bytes[6] & 0x0f) | 0x40);
    bytes[8] = (uint8_t)((bytes[8] & 0x3f) | 0x80);
    tov_hex_encode(TOV_BYTES_OF(bytes), out);
    return true;
}

static bool is_thing(size_t thing, const char *text, size_t size)
{
    const char *names[] = {words_things[thing].english, words_things[thing].danish};
    for (size_t i = 0; i < 2; i++) {
        if (strlen(names[i]) == size && strncasecmp(names[i], text, size) == 0)
            return true;
    }
    return false;
}

static enum tov_err set_thing(struct cli *cli, struct tov_message_draft *message, size_t thing,
                              const char *id)
{
    char path[PATH_SIZE];
    path_of(thing, path);
    if (tov_message_draft_set(message, path, id, &cli->error) == TOV_OK)
        return TOV_OK;
    return cli_fail(cli, TOV_E_ARGUMENT, _("--about: an ID has 32 hexadecimal digits."));
}

static enum tov_err new_thing(struct cli *cli, struct tov_message_draft *message, size_t thing)
{
    char id[2 * UUID_BYTES + 1];
    if (!new_id(id))
        return cli_fail(cli, TOV_E_INTERNAL, _("A fault in the program."));
    return set_thing(cli, message, thing, id);
}

/* The thing of that kind which message TEXT is about. */
static enum tov_err thing_of_message(struct cli *cli, struct tov_message_draft *message,
                                     size_t thing, const char *text)
{
    struct tov_listing *listing = NULL;
    const struct tov_message_view *view = NULL;
    char path[PATH_SIZE];
    path_of(thing, path);
    TOV_TRY(find_message(cli, text, &listing, &view));
    const char *id = tov_message_view_text(view, path);
    enum tov_err err =
        id[0] != '\0'
            ? set_thing(cli, message, thing, id)
            : cli_fail(cli, TOV_E_ARGUMENT, _("--about: message %.40s is about no such thing: %s."),
                       text, words_thing(cli, thing));
    tov_listing_destroy(listing);
    return err;
}

/* "episode", "episode=12" or "episode=ID": an ID is longer than any number. */
static enum tov_err about_thing(struct cli *cli, struct tov_message_draft *message, size_t thing,
                                const char *which)
{
    if (which == NULL)
        return new_thing(cli, message, thing);
    if (strlen(which) == 2 * UUID_BYTES && strchr(which, '/') == NULL)
        return set_thing(cli, message, thing, which);
    return thing_of_message(cli, message, thing, which);
}

enum tov_err compose_about_words(struct cli *cli, struct tov_message_draft *message,
                                 const char *text)
{
    const char *sign = strchr(text, '=');
    size_t size = sign == NULL ? strlen(text) : (size_t)(sign - text);
    for (size_t i = 0; i < WORDS_THINGS; i++) {
        if (is_thing(i, text, size))
            return about_thing(cli, message, i, sign == NULL ? NULL : sign + 1);
    }
    if (sign == NULL && size > 0 && (strchr(text, '/') != NULL || strchr("0123456789", text[0])))
        return about_message(cli, message, text);
    return cli_fail(cli, TOV_E_ARGUMENT,
                    _("--about wants the number of a message, or one of: concern, case, course, "
                      "request, psych, episode."));
}

enum tov_err compose_about(struct cli *cli, const struct cli_arguments *arguments,
                           struct tov_message_draft *message)
{
    const char *text = NULL;
    for (unsigned i = 0; (text = command_get_at(arguments, "about", i)) != NULL; i++)
        TOV_TRY(compose_about_words(cli, message, text));
    return TOV_OK;
}
