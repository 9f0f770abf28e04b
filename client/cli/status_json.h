/* SPDX-License-Identifier: EUPL-1.2
 *
 * What `tov status` has found, as one JSON value.
 * Not for: what of it needs a person (alarm.h, cmd_status.c).
 */
#ifndef TOV_CLI_STATUS_JSON_H
#define TOV_CLI_STATUS_JSON_H

#include <tov/node.h>

#include "cli/casecount.h"

struct day {
    const struct tov_node_status *facts;
    const struct tov_identity *identity;
    struct casecount cases;
    bool needs_person;
};

/* The caller's; NULL: no memory. */
json_t *status_json(const struct day *day);

#endif
