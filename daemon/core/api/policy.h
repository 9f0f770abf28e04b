/* SPDX-License-Identifier: EUPL-1.2
 *
 * What an agency decides about its own desk (tovd.conf, [alarms] and [retention]): after how long a
 * message that nobody has read, or that has no receipt, is an alarm; and how long the node's copy
 * of a message is kept when it stands in the agency's own record. The defaults are proposals: the
 * limits are for the parties to set, the days for the DPO and the archive.
 * Not for: deadlines of casework (case/deadline.h), which all agencies compute alike.
 */
#ifndef TOV_API_POLICY_H
#define TOV_API_POLICY_H

#include <stdint.h>

#define TOV_RETENTION_CLASSES 4u /* R0 to R3; the others are no classes of messages */

struct tov_api_policy {
    uint64_t undelivered_after_ms;   /* own messages without a receipt */
    uint64_t unread_after_ms;        /* messages that nobody has looked at, taken or answered */
    uint64_t unread_urgent_after_ms; /* ... of priority akut */
    uint32_t retention_days[TOV_RETENTION_CLASSES]; /* from the hand-over to the record */
};
#define TOV_API_POLICY_DEFAULT                          \
    {                                                   \
        4ull * 3600000, 4ull * 3600000, 2ull * 3600000, \
        {                                               \
            90u, 30u, 30u, 30u                          \
        }                                               \
    }

#endif
