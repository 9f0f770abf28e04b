/* SPDX-License-Identifier: EUPL-1.2
 *
 * A new name replaces nothing, on file systems that can say so in one call and on those that cannot
 * (NFS: renameat2 answers EINVAL).
 */
#include "cli/file.h"
#include "support/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int __real_renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned flags);
int __wrap_renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned flags);

static int refused_with; /* 0: the file system can */

int __wrap_renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned flags)
{
    if (refused_with == 0)
        return __real_renameat2(from_dir, from, to_dir, to, flags);
    errno = refused_with;
    return -1;
}

static const int file_systems[] = {0, EINVAL, ENOSYS};
#define FILE_SYSTEMS (sizeof file_systems / sizeof file_systems[0])

static char root[256];

static const char *in_root(const char *name)
{
    static char paths[4][300];
    static unsigned next;
    char *path = paths[next++ % 4];
    (void)snprintf(path, sizeof paths[0], "%s/%s", root, name);
    return path;
}

static void set_up(int refusal)
{
    const char *base = getenv("TMPDIR");
    (void)snprintf(root, sizeof root, "%s/tov-file-XXXXXX", base != NULL ? base : "/tmp");
    UNIT_NEED(mkdtemp(root) != NULL);
    refused_with = refusal;
}

static void put(const char *name, const char *text)
{
    UNIT_OK(file_write(in_root(name), tov_bytes_of_text(text), NULL));
}

static void check(const char *name, const char *text)
{
    struct tov_buf got = TOV_BUF_INIT(100);
    UNIT_OK(file_read(in_root(name), &got, NULL));
    UNIT_EQUAL_BYTES(tov_buf_view(&got), tov_bytes_of_text(text));
    tov_buf_fini(&got);
}

static bool is_there(const char *name)
{
    struct stat status;
    return lstat(in_root(name), &status) == 0;
}

static void tear_down(void)
{
    static const char *const names[] = {"from/inside", "to/inside", "from", "to"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        (void)remove(in_root(names[i]));
    UNIT_EQUAL_INT(rmdir(root), 0); /* nothing else is left in it */
}

static void a_file_gets_a_name_that_is_free(void)
{
    for (size_t i = 0; i < FILE_SYSTEMS; i++) {
        set_up(file_systems[i]);
        put("from", "new");
        UNIT_EQUAL_INT(file_move_new(in_root("from"), in_root("to")), 0);
        check("to", "new");
        UNIT_EQUAL_INT(is_there("from"), 0);
        tear_down();
    }
}

static void a_file_replaces_none(void)
{
    for (size_t i = 0; i < FILE_SYSTEMS; i++) {
        set_up(file_systems[i]);
        put("from", "new");
        put("to", "old");
        UNIT_EQUAL_INT(file_move_new(in_root("from"), in_root("to")), -1);
        UNIT_EQUAL_INT(errno, EEXIST);
        check("to", "old");
        check("from", "new");
        tear_down();
    }
}

static void a_folder_gets_a_name_that_is_free_with_what_is_in_it(void)
{
    for (size_t i = 0; i < FILE_SYSTEMS; i++) {
        set_up(file_systems[i]);
        UNIT_OK(file_make_folder(in_root("from"), NULL));
        put("from/inside", "new");
        UNIT_EQUAL_INT(file_move_new(in_root("from"), in_root("to")), 0);
        check("to/inside", "new");
        UNIT_EQUAL_INT(is_there("from"), 0);
        tear_down();
    }
}

static void a_folder_replaces_none_not_even_an_empty_one(void)
{
    for (size_t i = 0; i < FILE_SYSTEMS; i++) {
        set_up(file_systems[i]);
        UNIT_OK(file_make_folder(in_root("from"), NULL));
        UNIT_OK(file_make_folder(in_root("to"), NULL));
        put("from/inside", "new");
        UNIT_EQUAL_INT(file_move_new(in_root("from"), in_root("to")), -1);
        UNIT_EQUAL_INT(errno, EEXIST);
        check("from/inside", "new");
        tear_down();
    }
}

static void the_folder_of_a_path_is_named(void)
{
    char folder[FILE_PATH_SIZE];
    file_folder_of("a/b/c", folder);
    UNIT_EQUAL_TEXT(folder, "a/b");
    file_folder_of("/c", folder);
    UNIT_EQUAL_TEXT(folder, "/");
    file_folder_of("c", folder);
    UNIT_EQUAL_TEXT(folder, ".");
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(a_file_gets_a_name_that_is_free),
        UNIT_TEST(a_file_replaces_none),
        UNIT_TEST(a_folder_gets_a_name_that_is_free_with_what_is_in_it),
        UNIT_TEST(a_folder_replaces_none_not_even_an_empty_one),
        UNIT_TEST(the_folder_of_a_path_is_named),
    };
    return unit_run("cli: files", tests, sizeof tests / sizeof tests[0]);
}
