/* SPDX-License-Identifier: EUPL-1.2 */
#include "store/filesystem.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/vfs.h>

/* Types from statfs(2) and linux/magic.h. */
static const struct {
    uint64_t magic;
    const char *words;
} refused[] = {
    {0x6969, "NFS, a network filesystem"},
    {0x517b, "SMB, a network filesystem"},
    {0xff534d42, "CIFS, a network filesystem"},
    {0xfe534d42, "SMB2, a network filesystem"},
    {0x00c36400, "Ceph, a network filesystem"},
    {0x5346414f, "AFS, a network filesystem"},
    {0x6b414653, "AFS, a network filesystem"},
    {0x73757245, "Coda, a network filesystem"},
    {0x01021997, "9P, a shared folder of a host"},
    {0x786f4256, "a shared folder of VirtualBox"},
    {0x01161970, "GFS2, a cluster filesystem"},
    {0x7461636f, "OCFS2, a cluster filesystem"},
    {0x0bd00bd0, "Lustre, a cluster filesystem"},
    {0x47504653, "GPFS, a cluster filesystem"},
    {0x65735546, "FUSE, a filesystem of a program"},
    {0x794c7630, "overlayfs, the layers of a container"},
    {0x01021994, "tmpfs, which is lost when the machine stops"},
    {0x858458f6, "ramfs, which is lost when the machine stops"},
};

const char *tov_filesystem_refusal(uint64_t magic)
{
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        if (refused[i].magic == magic)
            return refused[i].words;
    }
    return NULL;
}

enum tov_err tov_filesystem_check(int dir_fd, const char *path, struct tov_error *error)
{
    struct statfs info;
    if (fstatfs(dir_fd, &info) != 0)
        return tov_fail(error, TOV_E_IO, "%s: cannot ask its filesystem: %s", path,
                        strerror(errno));
    /* The type is a long that may be negative for types above 2^31. */
    const char *words = tov_filesystem_refusal((uint64_t)(uint32_t)info.f_type);
    if (words == NULL)
        return TOV_OK;
    return tov_fail(error, TOV_E_CONFIG,
                    "%s is on %s; put the store on ext4 or XFS on a disk of this machine", path,
                    words);
}
