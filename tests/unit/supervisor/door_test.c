/* SPDX-License-Identifier: EUPL-1.2
 *
 * The door of a gateway apart by itself: when it is looked at.
 */
#include "supervisor/door.h"

#include "support/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static char directory[64];
static char path[80];

static void open_door(struct door *door)
{
    const struct passwd *user = getpwuid(geteuid());
    struct tov_error error = {.text = ""};
    (void)snprintf(directory, sizeof directory, "/tmp/tov-door-XXXXXX");
    UNIT_NEED(user != NULL && mkdtemp(directory) != NULL);
    (void)snprintf(path, sizeof path, "%s/door", directory);
    UNIT_NEED(door_open(door, path, user->pw_name, &error) == 0);
}

static void close_door(struct door *door)
{
    door_close(door);
    UNIT_NEED(rmdir(directory) == 0);
}

static int knock(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    UNIT_NEED(fd >= 0 && connect(fd, (const struct sockaddr *)&address, sizeof address) == 0);
    return fd;
}

/* accept4 at NOW_MS, in a process that may open no further file. */
static int accept_without_room(struct door *door, uint64_t now_ms)
{
    struct rlimit before;
    UNIT_NEED(getrlimit(RLIMIT_NOFILE, &before) == 0);
    struct rlimit none = {.rlim_cur = 0, .rlim_max = before.rlim_max};
    UNIT_NEED(setrlimit(RLIMIT_NOFILE, &none) == 0);
    int fd = door_accept(door, now_ms);
    UNIT_NEED(setrlimit(RLIMIT_NOFILE, &before) == 0);
    return fd;
}

/* D3 */
static void a_door_at_which_nobody_can_be_taken_is_not_watched_for_a_second(void)
{
    struct door door;
    open_door(&door);
    int guest = knock();
    CU_ASSERT(door_is_open(&door, 5000));
    UNIT_EQUAL_INT(accept_without_room(&door, 5000), -1);
    CU_ASSERT_FALSE(door_is_open(&door, 5000));
    CU_ASSERT_FALSE(door_is_open(&door, 5999));
    CU_ASSERT(door_is_open(&door, 6000));
    UNIT_EQUAL_INT(accept_without_room(&door, 6000), -1);
    CU_ASSERT_FALSE(door_is_open(&door, 6999));
    int taken = door_accept(&door, 7000); /* who waited */
    CU_ASSERT(taken >= 0);
    CU_ASSERT(door_is_open(&door, 7000));
    (void)close(taken);
    (void)close(guest);
    close_door(&door);
}

static void a_door_to_which_nobody_came_is_watched_on(void)
{
    struct door door;
    open_door(&door);
    UNIT_EQUAL_INT(door_accept(&door, 5000), -1);
    CU_ASSERT(door_is_open(&door, 5000));
    close_door(&door);
}

int main(void)
{
    const struct unit_test tests[] = {
        UNIT_TEST(a_door_at_which_nobody_can_be_taken_is_not_watched_for_a_second),
        UNIT_TEST(a_door_to_which_nobody_came_is_watched_on),
    };
    return unit_run("supervisor_door", tests, sizeof tests / sizeof tests[0]);
}
