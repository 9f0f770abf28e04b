/* SPDX-License-Identifier: EUPL-1.2 */
#include "wire/schemas.h"

#include "api.pb-c.h"
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
    /* clients' records: the frames, and those that other code names */
    &tov__api_request__descriptor,
    &tov__api_reply__descriptor,
    &tov__api_ref__descriptor,
    &tov__api_finding__descriptor,
    &tov__api_hello__descriptor,
    &tov__api_hello_reply__descriptor,
    &tov__api_submit__descriptor,
    &tov__api_delivery__descriptor,
    &tov__api_submit_reply__descriptor,
    &tov__api_upload_begin__descriptor,
    &tov__api_upload_data__descriptor,
    &tov__api_upload_cancel__descriptor,
    &tov__api_upload_reply__descriptor,
    &tov__api_list__descriptor,
    &tov__api_summary__descriptor,
    &tov__api_list_reply__descriptor,
    &tov__api_get__descriptor,
    &tov__api_attachment__descriptor,
    &tov__api_get_reply__descriptor,
    &tov__api_trace__descriptor,
    &tov__api_trace_reply__descriptor,
    &tov__api_receipt_proof__descriptor,
    &tov__api_watch__descriptor,
    &tov__api_unwatch__descriptor,
    &tov__api_acknowledge__descriptor,
    &tov__api_event__descriptor,
    &tov__api_attachment_read__descriptor,
    &tov__api_data_reply__descriptor,
    &tov__api_status__descriptor,
    &tov__api_peer_status__descriptor,
    &tov__api_status_reply__descriptor,
    &tov__api_export_read__descriptor,
    &tov__api_export_reply__descriptor,
    &tov__api_directory__descriptor,
    &tov__api_directory_unit__descriptor,
    &tov__api_directory_reply__descriptor,
    &tov__api_cases__descriptor,
    &tov__api_cases_reply__descriptor,
    &tov__api_affair__descriptor,
    &tov__api_thing__descriptor,
    &tov__api_task_party__descriptor,
    &tov__api_task__descriptor,
    &tov__api_case_read__descriptor,
    &tov__api_case_reply__descriptor,
    &tov__api_case_message__descriptor,
    &tov__api_judgement__descriptor,
    &tov__api_party__descriptor,
    &tov__api_expected__descriptor,
};
const size_t tov_schemas_count = sizeof tov_schemas / sizeof tov_schemas[0];
