/* SPDX-License-Identifier: EUPL-1.2 */
#include "store/store_internal.h"

#include <errno.h>

enum tov_err store_err_of(int code)
{
    switch (code) {
    case MDB_SUCCESS:
        return TOV_OK;
    case MDB_NOTFOUND:
        return TOV_E_NOT_FOUND;
    case MDB_KEYEXIST:
        return TOV_E_EXISTS;
    case MDB_PAGE_NOTFOUND:
    case MDB_CORRUPTED:
    case MDB_INVALID:
        return TOV_E_CORRUPT;
    case MDB_VERSION_MISMATCH:
        return TOV_E_VERSION;
    case MDB_MAP_FULL:
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
        return TOV_E_FULL;
    case ENOMEM:
        return TOV_E_NOMEM;
    case MDB_TXN_FULL:
        return TOV_E_LIMIT;
    case EACCES:
    case EPERM:
        return TOV_E_DENIED;
    case MDB_READERS_FULL:
        return TOV_E_BUSY;
    case MDB_DBS_FULL:
    case MDB_TLS_FULL:
    case MDB_CURSOR_FULL:
    case MDB_PAGE_FULL:
    case MDB_INCOMPATIBLE:
    case MDB_BAD_RSLOT:
    case MDB_BAD_TXN:
    case MDB_BAD_VALSIZE:
    case MDB_BAD_DBI:
    case EINVAL:
        return TOV_E_INTERNAL;
    default: /* MDB_PANIC, EIO, EROFS and whatever else a disk can say */
        return TOV_E_IO;
    }
}

static const char *remedy_of(enum tov_err err)
{
    if (err == TOV_E_FULL)
        return "; free space on its disk";
    if (err == TOV_E_CORRUPT)
        return "; restore it from a backup or from the peers";
    if (err == TOV_E_IO)
        return "; look at the disk and the kernel's log, then start again";
    if (err == TOV_E_DENIED)
        return "; the folder must belong to the user that runs tovd";
    return "";
}

enum tov_err store_fail(const struct tov_store *store, struct tov_error *error, int code,
                        const char *doing)
{
    enum tov_err err = store_err_of(code);
    return tov_fail(error, err, "%s: %s: %s%s", store->path, doing, mdb_strerror(code),
                    remedy_of(err));
}
