/* SPDX-License-Identifier: EUPL-1.2 */
#include "case/deadline.h"

const char *tov_deadline_strength_name(enum tov_deadline_strength strength,
                                       enum tov_language language)
{
    bool danish = language == TOV_DANISH;
    switch (strength) {
    case TOV_STRENGTH_LAW:
        return danish ? "lov" : "law";
    case TOV_STRENGTH_AGREEMENT:
        return danish ? "aftale" : "agreement";
    case TOV_STRENGTH_PRACTICE:
        return danish ? "praksis" : "practice";
    case TOV_STRENGTH_INTERNAL:
        return danish ? "intern" : "internal";
    }
    return "";
}

static const struct {
    enum tov_deadline_party party;
    struct tov_text name;
} parties[] = {
    {TOV_OWED_SECRETARIAT, TOV_TEXT("sekretariatet", "the secretariat")},
    {TOV_OWED_COORDINATOR, TOV_TEXT("kommunens tovholder", "the kommune's tovholder")},
    {TOV_OWED_COORDINATORS, TOV_TEXT("begge tovholdere", "both tovholdere")},
    {TOV_OWED_POLICE, TOV_TEXT("politiet", "the police")},
    {TOV_OWED_KRFO, TOV_TEXT("Kriminalforsorgen", "the prison service")},
    {TOV_OWED_KOMMUNE, TOV_TEXT("kommunen", "the kommune")},
    {TOV_OWED_SENDER, TOV_TEXT("afsenderen", "its sender")},
    {TOV_OWED_ADDRESSED, TOV_TEXT("den adspurgte", "the unit it went to")},
    {TOV_OWED_PROVIDER, TOV_TEXT("udføreren", "the provider")},
    {TOV_OWED_EACH_PARTY, TOV_TEXT("hver af sagens andre parter", "each other party of the case")},
    {TOV_OWED_CASE, TOV_TEXT("sagens parter", "the parties of the case")},
    {TOV_OWED_KOMMUNE_AND_CASE,
     TOV_TEXT("kommunen og sagens parter", "the kommune and the parties of the case")},
    {TOV_OWED_RECIPIENTS,
     TOV_TEXT("modtagerne af beskeden", "all who got the message that opens it")},
    {TOV_OWED_COURSE, TOV_TEXT("forløbets deltagere", "those in the course")},
    {TOV_OWED_SENDER_AND_COORDINATOR,
     TOV_TEXT("afsenderen og kommunens tovholder", "its sender and the kommune's tovholder")},
    {TOV_OWED_REFERRER, TOV_TEXT("henvenderen uden for huset", "the referrer outside the house")},
    {TOV_OWED_NAMED, TOV_TEXT("hver myndighed, som anbefalingen gælder",
                              "each agency that the recommendation addresses")},
    {TOV_OWED_OFFERED, TOV_TEXT("den, der er tilbudt ansvaret", "the agency offered to")},
};

const char *tov_deadline_party_name(enum tov_deadline_party party, enum tov_language language)
{
    for (size_t i = 0; i < sizeof parties / sizeof parties[0]; i++) {
        if (parties[i].party == party)
            return tov_text_in(&parties[i].name, language);
    }
    return "";
}
