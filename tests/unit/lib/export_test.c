/* SPDX-License-Identifier: EUPL-1.2
 *
 * Exports: the files of a node under one folder, with a manifest; and a node that names what is not
 * its to name. Nothing may be written outside the folder, nothing overwritten.
 */
#include "fake_front.h"

#include "wire/export.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PIECES_MAX 8u
#define TEXT_MAX 1024u

/* One answer of the node. */
struct piece {
    const char *path; /* NULL: an answer without a piece */
    uint64_t offset;
    const char *data;
    bool is_last;
};

struct node {
    struct piece pieces[PIECES_MAX];
    size_t count;
    size_t silent_after; /* 0: never */
    size_t cursor_size;  /* of one that is too long; 0: an ordinary one */
};

static void put_cursor(const struct node *node, struct tov_record body, uint64_t next)
{
    char text[16];
    (void)snprintf(text, sizeof text, "at %u", (unsigned)next);
    if (node->cursor_size == 0) {
        put_bytes(body, "cursor", tov_bytes_of_text(text));
        return;
    }
    uint8_t *huge = calloc(1, node->cursor_size);
    UNIT_NEED(huge != NULL);
    put_bytes(body, "cursor", (struct tov_bytes){huge, node->cursor_size});
    free(huge);
}

/* The cursor is "at N"; the first request has none. */
static uint64_t place_of(struct tov_bytes cursor)
{
    return cursor.size < 4 ? 0 : (uint64_t)(cursor.data[3] - '0');
}

static bool play(struct fake_front *front, const char *name, struct tov_record body, void *arg)
{
    const struct node *node = arg;
    struct tov_record export;
    if (strcmp(name, "export_read") != 0)
        return false;
    uint64_t at = place_of(tov_record_bytes(body, "cursor"));
    if (node->silent_after != 0 && at >= node->silent_after)
        return true;
    UNIT_NEED(at < node->count);
    const struct piece *piece = &node->pieces[at];
    struct tov_record reply = front_reply(front_request_id(front), "export", &export);
    if (piece->path != NULL) {
        put_text(export, "path", piece->path);
        put_number(export, "offset", piece->offset);
        if (piece->data != NULL && piece->data[0] != '\0')
            put_bytes(export, "data", tov_bytes_of_text(piece->data));
        put_number(export, "last", piece->is_last ? 1 : 0);
    }
    if (at + 1 < node->count)
        put_cursor(node, export, at + 1);
    front_send(front, &reply);
    return true;
}

struct scene {
    struct node node;
    struct fake_front *front;
    struct tov_client *client;
    struct tov_export_options options;
    char path[128];
    char part[160];
};

static void open_scene(struct scene *scene)
{
    scene->front = front_start(play, &scene->node);
    scene->client = front_client(scene->front);
    (void)snprintf(scene->path, sizeof scene->path, "%s/export", front_folder(scene->front));
    (void)snprintf(scene->part, sizeof scene->part, "%s.part", scene->path);
    scene->options = (struct tov_export_options)TOV_EXPORT_OPTIONS_INIT;
    scene->options.path = scene->path;
}

static void close_scene(struct scene *scene)
{
    tov_client_close(scene->client);
    front_end(scene->front);
}

static enum tov_err export_now(struct scene *scene, struct tov_error *error)
{
    return tov_export_to(scene->client, &scene->options, error);
}

static bool is_there(const char *path)
{
    struct stat status;
    return lstat(path, &status) == 0;
}

static void path_in(const char *folder, const char *name, char out[512])
{
    UNIT_NEED(snprintf(out, 512, "%s/%s", folder, name) < 512);
}

static void expect_text(const char *folder, const char *name, const char *expected)
{
    char path[512], text[TEXT_MAX] = "";
    path_in(folder, name, path);
    FILE *file = fopen(path, "r");
    UNIT_NEED(file != NULL);
    size_t size = fread(text, 1, sizeof text - 1, file);
    text[size] = '\0';
    UNIT_EQUAL_TEXT(text, expected);
    (void)fclose(file);
}

/* ---- whole ---- */

static const struct node whole = {
    .pieces = {{"tile/0/000.p/1", 0, "abc", false},
               {"tile/0/000.p/1", 3, "def", true},
               {NULL, 0, NULL, false}, /* nothing in this turn */
               {"about", 0, "tov-export v1\n", true},
               {"journal/signatures", 0, "", true}},
    .count = 5,
};

/* "<sha256> <size> <path>\n" as docs/export.md says, made here from the bytes. */
static void put_line(char *out, const char *path, const char *bytes)
{
    struct tov_hash hash = tov_sha256(tov_bytes_of_text(bytes));
    size_t at = strlen(out);
    for (size_t i = 0; i < sizeof hash.bytes; i++, at += 2)
        (void)snprintf(out + at, TEXT_MAX - at, "%02x", hash.bytes[i]);
    (void)snprintf(out + at, TEXT_MAX - at, " %zu %s\n", strlen(bytes), path);
}

static void an_export_is_the_nodes_files_and_a_manifest_of_them(void)
{
    struct scene scene = {.node = whole};
    char manifest[TEXT_MAX] = "";
    open_scene(&scene);
    UNIT_OK(export_now(&scene, NULL));
    expect_text(scene.path, "tile/0/000.p/1", "abcdef");
    expect_text(scene.path, "about", "tov-export v1\n");
    expect_text(scene.path, "journal/signatures", "");
    put_line(manifest, "about", "tov-export v1\n");
    put_line(manifest, "journal/signatures", "");
    put_line(manifest, "tile/0/000.p/1", "abcdef");
    expect_text(scene.path, "manifest", manifest);
    CU_ASSERT_FALSE(is_there(scene.part));
    close_scene(&scene);
}

static void only_the_owner_can_read_it(void)
{
    struct scene scene = {.node = whole};
    struct stat status;
    char path[512];
    open_scene(&scene);
    UNIT_OK(export_now(&scene, NULL));
    UNIT_NEED(stat(scene.path, &status) == 0);
    UNIT_EQUAL_INT(status.st_mode & 077, 0);
    path_in(scene.path, "about", path);
    UNIT_NEED(stat(path, &status) == 0);
    UNIT_EQUAL_INT(status.st_mode & 0777, 0600);
    close_scene(&scene);
}

static void an_empty_folder_that_is_there_is_taken(void)
{
    struct scene scene = {.node = whole};
    open_scene(&scene);
    UNIT_NEED(mkdir(scene.path, 0700) == 0);
    UNIT_OK(export_now(&scene, NULL));
    expect_text(scene.path, "about", "tov-export v1\n");
    close_scene(&scene);
}

/* ---- folders that are refused ---- */

static void write_file(const char *folder, const char *name)
{
    char path[512];
    path_in(folder, name, path);
    FILE *file = fopen(path, "w");
    UNIT_NEED(file != NULL && fputs("mine", file) >= 0 && fclose(file) == 0);
}

static void a_folder_with_anything_in_it_is_left_alone(void)
{
    struct scene scene = {.node = whole};
    open_scene(&scene);
    UNIT_NEED(mkdir(scene.path, 0700) == 0);
    write_file(scene.path, "about");
    UNIT_EQUAL_INT(export_now(&scene, NULL), TOV_E_EXISTS);
    expect_text(scene.path, "about", "mine");
    UNIT_EQUAL_INT(front_seen(scene.front, "export_read"), 0);
    close_scene(&scene);
}

static void an_unfinished_export_is_left_for_a_person_to_remove(void)
{
    struct scene scene = {.node = whole};
    struct tov_error error = {0};
    open_scene(&scene);
    UNIT_NEED(mkdir(scene.part, 0700) == 0);
    write_file(scene.part, "about");
    UNIT_EQUAL_INT(export_now(&scene, &error), TOV_E_EXISTS);
    CU_ASSERT_PTR_NOT_NULL(strstr(error.text, ".part"));
    expect_text(scene.part, "about", "mine");
    close_scene(&scene);
}

static void a_link_in_the_place_of_the_folder_is_not_followed(void)
{
    struct scene scene = {.node = whole};
    char other[512];
    open_scene(&scene);
    path_in(front_folder(scene.front), "other", other);
    UNIT_NEED(mkdir(other, 0700) == 0 && symlink(other, scene.part) == 0);
    CU_ASSERT(export_now(&scene, NULL) != TOV_OK);
    path_in(front_folder(scene.front), "other/about", other);
    CU_ASSERT_FALSE(is_there(other));
    close_scene(&scene);
}

static void a_folder_needs_a_name_without_a_slash_at_its_end(void)
{
    struct scene scene = {.node = whole};
    open_scene(&scene);
    scene.options.path = "";
    UNIT_EQUAL_INT(export_now(&scene, NULL), TOV_E_ARGUMENT);
    scene.options.path = "/tmp/x/";
    UNIT_EQUAL_INT(export_now(&scene, NULL), TOV_E_ARGUMENT);
    scene.options.path = NULL;
    UNIT_EQUAL_INT(export_now(&scene, NULL), TOV_E_ARGUMENT);
    UNIT_EQUAL_INT(front_seen(scene.front, "export_read"), 0);
    close_scene(&scene);
}

/* ---- nodes that are refused ---- */

/* NODE's export fails with CODE and is not given its name. */
static void refuses(const struct node *node, enum tov_err code)
{
    struct scene scene = {.node = *node};
    struct tov_error error = {0};
    open_scene(&scene);
    enum tov_err err = export_now(&scene, &error);
    if (err != code)
        (void)fprintf(stderr, "\"%.40s\": %s\n", node->pieces[0].path, tov_err_name(err));
    UNIT_EQUAL_INT(err, code);
    CU_ASSERT(error.text[0] != '\0');
    CU_ASSERT_FALSE(is_there(scene.path));
    close_scene(&scene);
}

static void a_path_that_leads_out_of_the_folder_is_refused(void)
{
    static const char *const paths[] = {"../escaped",
                                        "/tmp/tov-escaped",
                                        "tile/../../escaped",
                                        "..",
                                        ".",
                                        "tile/./about",
                                        "tile//about",
                                        "tile/",
                                        "/",
                                        ".hidden",
                                        "tile/.hidden",
                                        "Tile/about",
                                        "a b",
                                        "a\\b",
                                        "manifest",
                                        "tile\nabout",
                                        "-rf",
                                        "t\xc3\xa6/about",
                                        "tile/../a"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct node node = {.pieces = {{paths[i], 0, "bad", true}}, .count = 1};
        refuses(&node, TOV_E_MALFORMED);
    }
    CU_ASSERT_FALSE(is_there("/tmp/tov-escaped"));
    CU_ASSERT_FALSE(is_there("/tmp/escaped"));
}

static void a_path_may_have_255_bytes_and_no_more(void)
{
    char fits[257];
    memset(fits, 'a', sizeof fits);
    fits[255] = '\0';
    struct node node = {.pieces = {{fits, 0, "x", true}}, .count = 1};
    struct scene scene = {.node = node};
    open_scene(&scene);
    UNIT_OK(export_now(&scene, NULL));
    expect_text(scene.path, fits, "x");
    close_scene(&scene);
    fits[255] = 'a';
    fits[256] = '\0';
    refuses(&node, TOV_E_MALFORMED);
}

static void a_refused_first_file_leaves_no_folder_behind(void)
{
    struct scene scene = {.node = {.pieces = {{"../x", 0, "bad", true}}, .count = 1}};
    open_scene(&scene);
    UNIT_EQUAL_INT(export_now(&scene, NULL), TOV_E_MALFORMED);
    CU_ASSERT_FALSE(is_there(scene.part));
    close_scene(&scene);
}

static void one_name_is_one_file(void)
{
    static const struct node twice = {
        .pieces = {{"about", 0, "one", true}, {"about", 0, "two", true}}, .count = 2};
    static const struct node file_and_folder = {
        .pieces = {{"about", 0, "one", true}, {"about/x", 0, "two", true}}, .count = 2};
    static const struct node folder_and_file = {
        .pieces = {{"tile/x", 0, "one", true}, {"tile", 0, "two", true}}, .count = 2};
    refuses(&twice, TOV_E_MALFORMED);
    refuses(&file_and_folder, TOV_E_MALFORMED);
    refuses(&folder_and_file, TOV_E_MALFORMED);
}

static void pieces_of_a_file_follow_each_other(void)
{
    static const struct node gap = {.pieces = {{"a", 0, "one", false}, {"a", 4, "two", true}},
                                    .count = 2};
    static const struct node overlap = {.pieces = {{"a", 0, "one", false}, {"a", 2, "two", true}},
                                        .count = 2};
    static const struct node mixed = {.pieces = {{"a", 0, "one", false}, {"b", 3, "two", true}},
                                      .count = 2};
    static const struct node late = {.pieces = {{"a", 1, "one", true}}, .count = 1};
    static const struct node unfinished = {.pieces = {{"a", 0, "one", false}}, .count = 1};
    refuses(&gap, TOV_E_MALFORMED);
    refuses(&overlap, TOV_E_MALFORMED);
    refuses(&mixed, TOV_E_MALFORMED);
    refuses(&late, TOV_E_MALFORMED);
    refuses(&unfinished, TOV_E_MALFORMED);
}

static void a_cursor_without_end_is_not_kept(void)
{
    struct node node = {
        .pieces = {{"a", 0, "one", true}, {"b", 0, "x", true}}, .count = 2, .cursor_size = 65537};
    refuses(&node, TOV_E_MALFORMED);
}

/* ---- a folder that changes under the export ---- */

struct meddling {
    struct scene *scene;
    uint64_t at; /* files */
    bool gives_up;
    uint64_t files, bytes;
};

/* Puts a link to another folder where the next file's folder will be made. */
static int meddle(void *arg, uint64_t files, uint64_t bytes)
{
    struct meddling *meddling = arg;
    char other[512], link[512];
    meddling->files = files;
    meddling->bytes = bytes;
    if (files != meddling->at)
        return 0;
    if (meddling->gives_up)
        return 1;
    path_in(front_folder(meddling->scene->front), "other", other);
    path_in(meddling->scene->part, "tile", link);
    UNIT_NEED(mkdir(other, 0700) == 0 && symlink(other, link) == 0);
    meddling->at = UINT64_MAX;
    return 0;
}

static const struct node two_files = {
    .pieces = {{"about", 0, "one", true}, {"tile/x", 0, "four", true}}, .count = 2};

static void a_link_in_the_place_of_a_folder_is_not_followed(void)
{
    struct scene scene = {.node = two_files};
    struct meddling meddling = {.scene = &scene, .at = 1};
    char escaped[512];
    open_scene(&scene);
    scene.options.progress = meddle;
    scene.options.progress_arg = &meddling;
    UNIT_EQUAL_INT(export_now(&scene, NULL), TOV_E_MALFORMED);
    path_in(front_folder(scene.front), "other/x", escaped);
    CU_ASSERT_FALSE(is_there(escaped));
    CU_ASSERT_FALSE(is_there(scene.path));
    close_scene(&scene);
}

static void progress_counts_files_and_bytes(void)
{
    struct scene scene = {.node = two_files};
    struct meddling meddling = {.scene = &scene, .at = UINT64_MAX};
    open_scene(&scene);
    scene.options.progress = meddle;
    scene.options.progress_arg = &meddling;
    UNIT_OK(export_now(&scene, NULL));
    UNIT_EQUAL_INT(meddling.files, 2);
    UNIT_EQUAL_INT(meddling.bytes, 7);
    close_scene(&scene);
}

static void giving_up_leaves_no_export(void)
{
    struct scene scene = {.node = two_files};
    struct meddling meddling = {.scene = &scene, .at = 1, .gives_up = true};
    open_scene(&scene);
    scene.options.progress = meddle;
    scene.options.progress_arg = &meddling;
    UNIT_EQUAL_INT(export_now(&scene, NULL), TOV_E_CLOSED);
    CU_ASSERT_FALSE(is_there(scene.path));
    expect_text(scene.part, "about", "one"); /* without a manifest: not an export */
    close_scene(&scene);
}

static void a_node_that_falls_silent_is_a_time_out_and_no_export(void)
{
    struct scene scene = {.node = two_files};
    scene.node.silent_after = 1;
    open_scene(&scene);
    tov_client_set_timeout(scene.client, 200);
    UNIT_EQUAL_INT(export_now(&scene, NULL), TOV_E_TIMEOUT);
    CU_ASSERT_FALSE(is_there(scene.path));
    close_scene(&scene);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(an_export_is_the_nodes_files_and_a_manifest_of_them),
        UNIT_TEST(only_the_owner_can_read_it),
        UNIT_TEST(an_empty_folder_that_is_there_is_taken),
        UNIT_TEST(a_folder_with_anything_in_it_is_left_alone),
        UNIT_TEST(an_unfinished_export_is_left_for_a_person_to_remove),
        UNIT_TEST(a_link_in_the_place_of_the_folder_is_not_followed),
        UNIT_TEST(a_folder_needs_a_name_without_a_slash_at_its_end),
        UNIT_TEST(a_path_that_leads_out_of_the_folder_is_refused),
        UNIT_TEST(a_path_may_have_255_bytes_and_no_more),
        UNIT_TEST(a_refused_first_file_leaves_no_folder_behind),
        UNIT_TEST(one_name_is_one_file),
        UNIT_TEST(pieces_of_a_file_follow_each_other),
        UNIT_TEST(a_cursor_without_end_is_not_kept),
        UNIT_TEST(a_link_in_the_place_of_a_folder_is_not_followed),
        UNIT_TEST(progress_counts_files_and_bytes),
        UNIT_TEST(giving_up_leaves_no_export),
        UNIT_TEST(a_node_that_falls_silent_is_a_time_out_and_no_export),
    };
    return unit_run("lib export", tests, sizeof tests / sizeof tests[0]);
}
