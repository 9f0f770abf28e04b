/* SPDX-License-Identifier: EUPL-1.2
 *
 * Information requests (anmodninger om oplysninger), one for each unit that is asked.
 */
#include "case/machine_rows.h"

static const struct tov_machine_state states[] = {
    TOV_STATE("sendt", "sendt", "sent"),
    TOV_STATE("kvitteret", "modtaget til behandling", "taken into handling"),
    TOV_STATE("opklaring", "opklarende spørgsmål stillet", "question for clarification asked"),
    TOV_STATE("delvist_besvaret", "delvist besvaret", "answered in part"),
    TOV_STATE("besvaret", "besvaret", "answered"),
    TOV_STATE("ingen_oplysninger", "ingen oplysninger", "no information"),
    TOV_STATE("videregiver_ikke", "videregiver ikke", "declines to share"),
    TOV_END_STATE("lukket", "lukket", "closed"),
};

#define ROW(...)                                                                \
    {                                                                           \
        .machine = TOV_MACHINE_REQUEST, .about = TOV_ABOUT_REQUEST, __VA_ARGS__ \
    }
#define ADDRESSED BY(TOV_WHO_ADDRESSED)

static const struct tov_machine_row rows[] = {
    ROW(FROM(TOV_NO_STATE), ON("info.request"), TO("sendt"),
        BY(TOV_WHO_COORDINATOR_KOMMUNE | TOV_WHO_COORDINATOR_POLICE)),
    ROW(FROM("sendt"), ON("ack.read"), TO("kvitteret"), ADDRESSED),
    ROW(FROM("sendt", "kvitteret"), ON("info.clarify"), TO("opklaring"), ADDRESSED),
    ROW(FROM("opklaring"), ON("info.clarify"), TO("kvitteret"), BY(TOV_WHO_STARTER)),
    ROW(FROM("sendt", "kvitteret", "opklaring", "delvist_besvaret"),
        ON_FIELD("info.response", "complete", "ja"), TO("besvaret"), ADDRESSED),
    ROW(FROM("sendt", "kvitteret", "opklaring", "delvist_besvaret"),
        ON_FIELD("info.response", "complete", "nej"), TO("delvist_besvaret"), ADDRESSED),
    ROW(FROM("sendt", "kvitteret", "opklaring"), ON("info.none"), TO("ingen_oplysninger"),
        ADDRESSED),
    ROW(FROM("sendt", "kvitteret", "opklaring", "delvist_besvaret"), ON("info.decline"),
        TO("videregiver_ikke"), ADDRESSED),
    ROW(FROM("sendt", "kvitteret", "opklaring", "delvist_besvaret", "besvaret", "ingen_oplysninger",
             "videregiver_ikke"),
        ON("info.close"), TO("lukket"), BY(TOV_WHO_STARTER)),
};

const struct tov_machine_info tov_machine_request =
    TOV_MACHINE(TOV_MACHINE_REQUEST, "anmodning",
                TOV_TEXT("Anmodning om oplysninger", "Information request"), states, rows);
