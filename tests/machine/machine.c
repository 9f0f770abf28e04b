/* SPDX-License-Identifier: EUPL-1.2 */
#include "machine/machine.h"

#include "federation/files.h"
#include "federation/process.h"
#include "support/command.h"
#include "support/unit.h"

#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define BOOTS_MS 120000
#define MAPS_MS 60000
#define ORDER_SIZE 2048

/* ---- what must be here ---- */

static bool is_program(const char *path)
{
    return access(path, X_OK) == 0;
}

static bool has_own_namespaces(void)
{
    return unshare(CLONE_NEWNS | CLONE_NEWNET) == 0 &&
           mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

static bool has_network(void)
{
    static const char *const steps[][9] = {
        {"ip", "link", "set", "lo", "up"},
        {"ip", "tuntap", "add", "tap0", "mode", "tap"},
        {"ip", "addr", "add", "198.18.0.1/24", "dev", "tap0"},
        {"ip", "link", "set", "tap0", "up"},
    };
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        if (command_run(steps[i], NULL) != 0)
            return false;
    return true;
}

const char *machine_lacks(void)
{
    if (!is_program("/usr/bin/linux.uml"))
        return "a kernel as a process: no user-mode-linux";
    if (!has_own_namespaces())
        return "a kernel as a process: mounts and a network of its own (not root?)";
    int loop = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
    (void)close(loop);
    if (loop < 0)
        return "a kernel as a process: no loop device";
    return has_network() ? NULL : "a kernel as a process: no tap device";
}

/* ---- making it ---- */

/* OUT may be a part of MACHINE. */
static void name_file(const struct machine *machine, char out[FEDERATION_PATH_SIZE],
                      const char *name)
{
    char path[FEDERATION_PATH_SIZE];
    int size = snprintf(path, sizeof path, "%s/machine/%s", machine->folder, name);
    UNIT_NEED(size > 0 && size < (int)sizeof path);
    memcpy(out, path, (size_t)size + 1);
}

void machine_init(struct machine *machine, const char *folder)
{
    char path[FEDERATION_PATH_SIZE];
    *machine = (struct machine){.orders = -1};
    (void)snprintf(machine->folder, sizeof machine->folder, "%s", folder);
    name_file(machine, path, "");
    UNIT_NEED(mkdir(path, 0700) == 0);
    name_file(machine, machine->console, "console");
    name_file(machine, path, "orders");
    UNIT_NEED(mkfifo(path, 0600) == 0);
    machine->orders = open(path, O_RDWR | O_CLOEXEC);
    UNIT_NEED(machine->orders >= 0);
}

void machine_make_disk(struct machine *machine, unsigned number, unsigned mib)
{
    char size[16], name[16];
    (void)snprintf(size, sizeof size, "%uM", mib);
    (void)snprintf(name, sizeof name, "disk%u", number);
    name_file(machine, machine->disks[number], name);
    const char *const enlarge[] = {"truncate", "-s", size, machine->disks[number], NULL};
    const char *const format[] = {"mkfs.ext4", "-q", "-F", "-m", "0", machine->disks[number], NULL};
    UNIT_NEED(command_run(enlarge, NULL) == 0);
    UNIT_NEED(command_run(format, NULL) == 0);
}

/* ---- on and off ---- */

static bool console_says(const struct machine *machine, const char *words, int timeout_ms)
{
    long long until = process_now_ms() + timeout_ms;
    while (!files_say(machine->console, words)) {
        if (!process_runs(machine->pid) || process_now_ms() > until)
            return false;
        process_pause();
    }
    return true;
}

void machine_boot(struct machine *machine)
{
    UNIT_NEED(machine->pid == 0);
    (void)unlink(machine->console);
    machine->ordered = 0;
    machine->pid = process_start((const char *const[]){MACHINE_FOLDER "/boot.sh", machine->folder,
                                                       MACHINE_FOLDER "/guest.sh", XSTATE_SHIM,
                                                       machine->disks[0], machine->disks[1], NULL},
                                 machine->console);
    bool is_up = console_says(machine, "machine: up", BOOTS_MS);
    if (!is_up)
        (void)fprintf(stderr, "the machine did not come up: %s\n", machine->console);
    UNIT_NEED(is_up);
}

void machine_cut(struct machine *machine)
{
    process_kill_tree(machine->pid);
    machine->pid = 0;
}

int machine_order(struct machine *machine, int timeout_ms, const char *format, ...)
{
    char order[ORDER_SIZE], answer[64];
    int code = -1;
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(order, sizeof order - 1, format, arguments);
    va_end(arguments);
    UNIT_NEED(size > 0 && size < (int)sizeof order - 1 && strchr(order, '\n') == NULL);
    order[size++] = '\n';
    UNIT_NEED(write(machine->orders, order, (size_t)size) == size);
    (void)snprintf(answer, sizeof answer, "machine: order %u ended ", ++machine->ordered);
    if (!console_says(machine, answer, timeout_ms))
        return -1;
    char *console = files_read(machine->console);
    const char *at = console == NULL ? NULL : strstr(console, answer);
    if (at != NULL)
        (void)sscanf(at + strlen(answer), "%d", &code);
    free(console);
    return code;
}

void machine_map(struct machine *machine, const struct machine_mapping *mapping)
{
    UNIT_NEED(machine_order(machine, MAPS_MS, "modprobe -d /run/modules %s", mapping->module) == 0);
    UNIT_NEED(machine_order(machine, MAPS_MS, "%s | " MACHINE_DMSETUP "create %s", mapping->table,
                            mapping->name) == 0);
    UNIT_NEED(machine_order(machine, MAPS_MS, "dmsetup mknodes") == 0);
}
