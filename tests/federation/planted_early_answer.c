/* SPDX-License-Identifier: EUPL-1.2
 *
 * A planted bug: a node that does at once what shall be done after the commit, so that clients and
 * peers are told "stored" of what may never be (I2).
 */
#include "ledger/core.h"

enum tov_err __wrap_tov_core_after(struct tov_core *core, const struct tov_after *after);
enum tov_err __wrap_tov_core_after(struct tov_core *core, const struct tov_after *after)
{
    after->run(core, after);
    return TOV_OK;
}
