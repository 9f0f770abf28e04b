/* SPDX-License-Identifier: EUPL-1.2
 *
 * A planted bug: a node that does not know again a message that its client repeats (I3).
 */
#include "api/tags.h"

uint64_t __wrap_tov_api_tags_find(const struct tov_api_tags *tags,
                                  const uint8_t tag[TOV_TAG_BYTES]);
uint64_t __wrap_tov_api_tags_find(const struct tov_api_tags *tags, const uint8_t tag[TOV_TAG_BYTES])
{
    (void)tags;
    (void)tag;
    return 0;
}

enum tov_err __wrap_tov_api_tags_add(struct tov_api_tags *tags, const uint8_t tag[TOV_TAG_BYTES],
                                     uint64_t event);
enum tov_err __wrap_tov_api_tags_add(struct tov_api_tags *tags, const uint8_t tag[TOV_TAG_BYTES],
                                     uint64_t event)
{
    (void)tags;
    (void)tag;
    (void)event;
    return TOV_OK;
}
