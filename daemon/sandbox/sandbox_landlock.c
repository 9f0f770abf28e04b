/* SPDX-License-Identifier: EUPL-1.2
 *
 * Landlock: which files a role may name, which TCP ports, and that it signals nobody outside. The
 * C library has no functions for it. Numbers that Debian 12's headers lack stand here, as the
 * kernel defines them for ever.
 */
#include "sandbox/sandbox_internal.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/landlock.h>
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define FILES_1 ((1ull << 13) - 1) /* execute to make_sym */
#define FILE_REFER (1ull << 13)    /* from 2 on: a name in another folder; nobody needs it */
#define FILE_TRUNCATE (1ull << 14) /* from 3 on */
#define FILE_IOCTL (1ull << 15)    /* from 5 on: of devices */
#define TCP_BIND (1ull << 0)       /* from 4 on */
#define TCP_CONNECT (1ull << 1)
#define SCOPE_ABSTRACT (1ull << 0) /* from 6 on: sockets without a file */
#define SCOPE_SIGNAL (1ull << 1)
#define RULE_PORT 2

#define READ LANDLOCK_ACCESS_FS_READ_FILE
#define READ_FOLDER (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define SOCKET_FILE (LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_REMOVE_FILE)

/* struct landlock_ruleset_attr of version 6; older kernels take it when what they do not know is 0.
 */
struct ruleset_attributes {
    uint64_t files;
    uint64_t ports;
    uint64_t scoped;
};
struct port_rule {
    uint64_t access;
    uint64_t port;
};

struct ruleset {
    int fd;
    int version;
    struct ruleset_attributes handled;
};

static long restrict_self(int fd)
{
    return syscall(SYS_landlock_restrict_self, fd, 0);
}

int tov_sandbox_landlock(void)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return version < 0 ? 0 : (int)version;
}

/* ---- rules ---- */

/* A path that is not there is not allowed, and no failure. */
static enum tov_err allow_path(const struct ruleset *ruleset, const char *path, uint64_t access)
{
    struct stat status;
    int fd = open(path, O_PATH | O_CLOEXEC);
    if (fd < 0)
        return TOV_OK;
    uint64_t allowed = access & ruleset->handled.files;
    if (fstat(fd, &status) == 0 && !S_ISDIR(status.st_mode))
        allowed &=
            READ | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_EXECUTE | FILE_TRUNCATE;
    struct landlock_path_beneath_attr rule = {.allowed_access = allowed, .parent_fd = fd};
    long failed = 0; /* a rule that allows nothing is refused by the kernel */
    if (allowed != 0)
        failed = syscall(SYS_landlock_add_rule, ruleset->fd, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    (void)close(fd);
    return failed == 0 ? TOV_OK : TOV_E_UNAVAILABLE;
}

static enum tov_err allow_folder_of(const struct ruleset *ruleset, const char *path,
                                    uint64_t access)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    if (slash == NULL || slash == path || (size_t)(slash - path) >= sizeof folder)
        return TOV_OK;
    (void)snprintf(folder, sizeof folder, "%.*s", (int)(slash - path), path);
    return allow_path(ruleset, folder, access);
}

/* The port of "tcp://HOST:PORT"; "*" is 0, any that is free. */
static enum tov_err allow_port_of(const struct ruleset *ruleset, const char *endpoint)
{
    const char *colon = strrchr(endpoint, ':');
    if (ruleset->version < 4 || strncmp(endpoint, "tcp://", 6) != 0 || colon == NULL)
        return TOV_OK;
    struct port_rule rule = {.access = TCP_BIND, .port = strtoul(colon + 1, NULL, 10)};
    return syscall(SYS_landlock_add_rule, ruleset->fd, RULE_PORT, &rule, 0) == 0
               ? TOV_OK
               : TOV_E_UNAVAILABLE;
}

/* ---- what each role may name ---- */

/* What libc reads to look up the name of a peer's endpoint. A file is meant as it is now, so that
 * one that is replaced is out of reach until the gateway starts again; folders are not. */
static enum tov_err allow_resolver(const struct ruleset *ruleset)
{
    static const char *const files[] = {"/etc/resolv.conf", "/etc/hosts", "/etc/host.conf",
                                        "/etc/nsswitch.conf", "/etc/gai.conf"};
    static const char *const folders[] = {"/run/systemd/resolve", "/run/resolvconf",
                                          "/run/NetworkManager"};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        TOV_TRY(allow_path(ruleset, files[i], READ));
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++)
        TOV_TRY(allow_path(ruleset, folders[i], READ));
    return TOV_OK;
}

static int find_interpreter(struct dl_phdr_info *info, size_t size, void *out)
{
    (void)size;
    for (size_t i = 0; i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_INTERP)
            *(const char **)out = (const char *)(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr);
    return 1; /* the program itself comes first */
}

/* This very program and the loader that it names; each is executed by the kernel. */
static enum tov_err allow_own_program(const struct ruleset *ruleset)
{
    const char *loader = NULL;
    (void)dl_iterate_phdr(find_interpreter, &loader);
    if (loader != NULL)
        TOV_TRY(allow_path(ruleset, loader, LANDLOCK_ACCESS_FS_EXECUTE));
    return allow_path(ruleset, "/proc/self/exe", LANDLOCK_ACCESS_FS_EXECUTE);
}

static enum tov_err allow_core(const struct ruleset *ruleset,
                               const struct tov_sandbox_places *places)
{
    const uint64_t below = READ_FOLDER | LANDLOCK_ACCESS_FS_WRITE_FILE |
                           LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |
                           LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
                           FILE_TRUNCATE;
    if (places->data_dir != NULL)
        TOV_TRY(allow_path(ruleset, places->data_dir, below));
    return places->clock_file == NULL ? TOV_OK : allow_folder_of(ruleset, places->clock_file, READ);
}

static enum tov_err allow_front(const struct ruleset *ruleset,
                                const struct tov_sandbox_places *places)
{
    if (places->listen == NULL)
        return TOV_OK;
    if (strncmp(places->listen, "ipc://", 6) == 0)
        return allow_folder_of(ruleset, places->listen + 6, SOCKET_FILE);
    return allow_port_of(ruleset, places->listen);
}

static enum tov_err allow_gateway(const struct ruleset *ruleset,
                                  const struct tov_sandbox_places *places)
{
    TOV_TRY(allow_resolver(ruleset));
    return places->listen == NULL ? TOV_OK : allow_port_of(ruleset, places->listen);
}

static enum tov_err allow_role(const struct ruleset *ruleset, enum tov_sandbox_role role,
                               const struct tov_sandbox_places *places)
{
    if (SANDBOX_SANITIZED)
        TOV_TRY(allow_path(ruleset, "/proc", READ_FOLDER));
    switch (role) {
    case TOV_SANDBOX_SUPERVISOR:
        return allow_own_program(ruleset);
    case TOV_SANDBOX_GUARD:
        return TOV_OK;
    case TOV_SANDBOX_CORE:
        return allow_core(ruleset, places);
    case TOV_SANDBOX_GATEWAY:
        return allow_gateway(ruleset, places);
    case TOV_SANDBOX_FRONT:
        return allow_front(ruleset, places);
    }
    return TOV_E_INTERNAL;
}

/* What is forbidden unless a rule allows it. The supervisor's set holds for the roles as well, so
 * it says nothing of files, ports and signals. */
static struct ruleset_attributes handled_by(enum tov_sandbox_role role, int version)
{
    struct ruleset_attributes handled = {.files = FILES_1};
    if (role == TOV_SANDBOX_SUPERVISOR)
        return (struct ruleset_attributes){.files = LANDLOCK_ACCESS_FS_EXECUTE};
    if (version >= 2)
        handled.files |= FILE_REFER;
    if (version >= 3)
        handled.files |= FILE_TRUNCATE;
    if (version >= 4)
        handled.ports = role == TOV_SANDBOX_GATEWAY ? TCP_BIND : TCP_BIND | TCP_CONNECT;
    if (version >= 5)
        handled.files |= FILE_IOCTL;
    if (version >= 6)
        handled.scoped = SCOPE_ABSTRACT | SCOPE_SIGNAL;
    return handled;
}

enum tov_err sandbox_landlock_enter(enum tov_sandbox_role role,
                                    const struct tov_sandbox_places *places,
                                    struct tov_error *error)
{
    struct ruleset ruleset = {.version = tov_sandbox_landlock()};
    if (ruleset.version == 0)
        return TOV_OK;
    ruleset.handled = handled_by(role, ruleset.version);
    ruleset.fd =
        (int)syscall(SYS_landlock_create_ruleset, &ruleset.handled, sizeof ruleset.handled, 0);
    if (ruleset.fd < 0)
        return tov_fail(error, TOV_E_UNAVAILABLE, "Landlock: %s", strerror(errno));
    enum tov_err err = allow_role(&ruleset, role, places);
    if (err == TOV_OK && restrict_self(ruleset.fd) != 0)
        err = TOV_E_UNAVAILABLE;
    int number = errno;
    (void)close(ruleset.fd);
    return err == TOV_OK ? TOV_OK : tov_fail(error, err, "Landlock: %s", strerror(number));
}
