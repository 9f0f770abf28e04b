/* SPDX-License-Identifier: EUPL-1.2 */
#include "supervisor/door.h"

#include "ipc/ipc_messages.h"
#include "log/log.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define WAITING_MAX 4
#define REFUSAL_BYTES 512u
#define REST_MS 1000u
#define UNKNOWN_USER 65534u /* what the kernel says of users whom a namespace does not know */

/* ---- opening ---- */

static bool set_address(const char *path, struct sockaddr_un *out)
{
    *out = (struct sockaddr_un){.sun_family = AF_UNIX};
    return snprintf(out->sun_path, sizeof out->sun_path, "%s", path) < (int)sizeof out->sun_path;
}

/* A socket of another kind is told EPROTOTYPE by one that lives, which hears nothing of it. */
static bool somebody_listens(const struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    bool is_dead = fd < 0 || connect(fd, (const struct sockaddr *)address, sizeof *address) == 0 ||
                   errno != EPROTOTYPE;
    if (fd >= 0)
        (void)close(fd);
    return !is_dead;
}

static int remove_old(const struct sockaddr_un *address, struct tov_error *error)
{
    const char *path = address->sun_path;
    struct stat status;
    if (lstat(path, &status) != 0)
        return 0;
    if (!S_ISSOCK(status.st_mode)) {
        (void)tov_fail(error, TOV_E_CONFIG, "%s: is there and no socket; name another path", path);
        return TOV_EXIT_CONFIG;
    }
    if (somebody_listens(address)) {
        (void)tov_fail(error, TOV_E_EXISTS, "%s: another process listens there; stop it", path);
        return TOV_EXIT_PORT_IN_USE;
    }
    (void)unlink(path);
    return 0;
}

/* Nobody can connect before listen(). */
static int listen_at(int fd, const struct sockaddr_un *address, const struct passwd *user,
                     struct tov_error *error)
{
    const char *path = address->sun_path;
    bool is_same = user->pw_uid == geteuid();
    mode_t before = umask(0177);
    int bound = bind(fd, (const struct sockaddr *)address, sizeof *address);
    (void)umask(before);
    if (bound != 0) {
        (void)tov_fail(error, TOV_E_CONFIG, "%s: %s; its folder must be there, and this user's",
                       path, strerror(errno));
        return TOV_EXIT_CONFIG;
    }
    if (!is_same && chown(path, (uid_t)-1, user->pw_gid) != 0) {
        (void)tov_fail(error, TOV_E_CONFIG,
                       "%s: cannot be given to the group of %s: %s; make this user a member of it, "
                       "and set PrivateUsers=no (docs/gateway.md)",
                       path, user->pw_name, strerror(errno));
        return TOV_EXIT_CONFIG;
    }
    if ((is_same || chmod(path, 0660) == 0) && listen(fd, WAITING_MAX) == 0)
        return 0;
    (void)tov_fail(error, TOV_E_CONFIG, "%s: %s", path, strerror(errno));
    return TOV_EXIT_CONFIG;
}

int door_open(struct door *door, const char *path, const char *name, struct tov_error *error)
{
    struct sockaddr_un address;
    const struct passwd *user = getpwnam(name);
    *door = (struct door){.fd = -1};
    if (user == NULL || user->pw_uid == UNKNOWN_USER || !set_address(path, &address)) {
        (void)tov_fail(error, TOV_E_CONFIG,
                       "[peers] gateway-user: %s: this system has no such user that can be told "
                       "from others; make it, or name another",
                       name);
        return TOV_EXIT_CONFIG;
    }
    int code = remove_old(&address, error);
    if (code != 0)
        return code;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    code = fd < 0 ? TOV_EXIT_INTERNAL : listen_at(fd, &address, user, error);
    if (code != 0) {
        (void)close(fd);
        return code;
    }
    *door = (struct door){.fd = fd, .path = path, .user = user->pw_uid};
    return 0;
}

void door_close(struct door *door)
{
    if (door->fd < 0)
        return;
    (void)unlink(door->path);
    (void)close(door->fd);
    door->fd = -1;
}

/* ---- who comes ---- */

void door_refuse(int fd, const char *why)
{
    struct tov_ipc *ipc = NULL;
    enum tov_err told = tov_ipc_create(fd, REFUSAL_BYTES, &ipc);
    if (told == TOV_OK)
        told = tov_ipc_send_text(ipc, TOV_IPC_GW_REFUSED, why);
    if (told == TOV_OK)
        told = tov_ipc_flush(ipc);
    (void)told; /* who does not listen need not be told */
    tov_ipc_destroy(ipc);
}

/* Why a connection of this user is not taken now, or NULL. */
static const char *objection(const struct door *door, uid_t user)
{
    if (user != door->user && user == UNKNOWN_USER)
        return "its user cannot be told: with PrivateUsers=yes the node sees no other user than "
               "its "
               "own (docs/gateway.md)";
    if (user != door->user)
        return "it is not the user that the node takes a gateway from: see gateway-user in its "
               "configuration";
    return door->is_taken ? "another gateway is connected" : NULL;
}

static bool nobody_came(int number)
{
    return number == EAGAIN || number == EINTR || number == ECONNABORTED;
}

/* Who came still waits, so that to look again at once would be to look for ever. */
static void rest(struct door *door, int number, uint64_t now_ms)
{
    if (door->open_ms == 0)
        TOV_LOG(TOV_LOG_ERROR, "gateway-not-taken", TOV_LOG_TEXT("why", strerror(number)));
    door->open_ms = now_ms + REST_MS;
}

bool door_is_open(const struct door *door, uint64_t now_ms)
{
    return now_ms >= door->open_ms;
}

int door_accept(struct door *door, uint64_t now_ms)
{
    struct ucred who;
    socklen_t size = sizeof who;
    int fd = accept4(door->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) {
        if (!nobody_came(errno))
            rest(door, errno, now_ms);
        return -1;
    }
    door->open_ms = 0;
    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &size) != 0) {
        (void)close(fd);
        return -1;
    }
    const char *why = objection(door, who.uid);
    if (why == NULL) {
        TOV_LOG(TOV_LOG_INFO, "gateway-came", TOV_LOG_NUMBER("user", who.uid));
        return fd;
    }
    TOV_LOG(TOV_LOG_WARNING, "gateway-refused", TOV_LOG_NUMBER("user", who.uid),
            TOV_LOG_TEXT("why", why));
    door_refuse(fd, why);
    return -1;
}
