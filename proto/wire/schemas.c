/* SPDX-License-Identifier: EUPL-1.2 */
#include "wire/schemas.h"

#include "generic.pb-c.h"
#include "info.pb-c.h"
#include "intervention.pb-c.h"
#include "message.pb-c.h"
#include "prison.pb-c.h"

/* One line for each record that stands alone as an encoding; those inside them follow from it. */
const ProtobufCMessageDescriptor *const tov_schemas[] = {
    &tov__header__descriptor,
    &tov__content__descriptor,
    &tov__no_fields__descriptor,
    /* generic */
    &tov__msg_note_header__descriptor,
    &tov__msg_note_content__descriptor,
    &tov__msg_amend_header__descriptor,
    &tov__msg_amend_content__descriptor,
    &tov__msg_retract_header__descriptor,
    /* info */
    &tov__info_request_header__descriptor,
    &tov__info_request_content__descriptor,
    &tov__info_response_header__descriptor,
    &tov__info_response_content__descriptor,
    &tov__info_decline_header__descriptor,
    /* intervention */
    &tov__intervention_refer_header__descriptor,
    &tov__intervention_refer_content__descriptor,
    &tov__intervention_accept_header__descriptor,
    &tov__intervention_accept_content__descriptor,
    &tov__intervention_decline_header__descriptor,
    &tov__intervention_waitlist_header__descriptor,
    /* prison */
    &tov__prison_release_date_header__descriptor,
    &tov__prison_release_date_content__descriptor,
    &tov__prison_release_final_header__descriptor,
    &tov__prison_release_final_content__descriptor,
    &tov__prison_released_header__descriptor,
    &tov__prison_released_content__descriptor,
};
const size_t tov_schemas_count = sizeof tov_schemas / sizeof tov_schemas[0];
