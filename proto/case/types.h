/* SPDX-License-Identifier: EUPL-1.2
 *
 * Inside proto/case: the groups of rows that make up the catalogue, and short forms for writing
 * them. A new message type is a row here, its records in proto/schema, and a line in
 * wire/schemas.c.
 * Not for: files outside proto/case.
 * Never give a typed field the name of a common one: forms know fields by name alone.
 */
#ifndef TOV_CASE_TYPES_H
#define TOV_CASE_TYPES_H

#include "case/catalogue.h"

struct tov_type_group {
    const struct tov_message_type *types;
    size_t count;
};
extern const struct tov_type_group tov_types_generic;
extern const struct tov_type_group tov_types_consent;
extern const struct tov_type_group tov_types_retention;
extern const struct tov_type_group tov_types_statistics;
extern const struct tov_type_group tov_types_concern;
extern const struct tov_type_group tov_types_child;
extern const struct tov_type_group tov_types_info;
extern const struct tov_type_group tov_types_case;
extern const struct tov_type_group tov_types_case_end;
extern const struct tov_type_group tov_types_handover;
extern const struct tov_type_group tov_types_intervention;
extern const struct tov_type_group tov_types_course;
extern const struct tov_type_group tov_types_custody;
extern const struct tov_type_group tov_types_prison;
extern const struct tov_type_group tov_types_preparation;
extern const struct tov_type_group tov_types_supervision;

#define TOV_FIELDS(array) .fields = (array), .field_count = sizeof(array) / sizeof((array)[0])

/* One field: NEED without its prefix, the name, label in both languages, and help in both. */
#define TOV_HEAD(need_, name_, da_, en_)                                          \
    {                                                                             \
        .place = TOV_IN_HEADER_FIELDS, .name = (name_), .need = TOV_NEED_##need_, \
        .label = TOV_TEXT(da_, en_)                                               \
    }
#define TOV_HEAD_HELP(need_, name_, da_, en_, help_da_, help_en_)                 \
    {                                                                             \
        .place = TOV_IN_HEADER_FIELDS, .name = (name_), .need = TOV_NEED_##need_, \
        .label = TOV_TEXT(da_, en_), .help = TOV_TEXT(help_da_, help_en_)         \
    }
#define TOV_BODY(need_, name_, da_, en_)                                           \
    {                                                                              \
        .place = TOV_IN_CONTENT_FIELDS, .name = (name_), .need = TOV_NEED_##need_, \
        .label = TOV_TEXT(da_, en_)                                                \
    }
#define TOV_BODY_HELP(need_, name_, da_, en_, help_da_, help_en_)                  \
    {                                                                              \
        .place = TOV_IN_CONTENT_FIELDS, .name = (name_), .need = TOV_NEED_##need_, \
        .label = TOV_TEXT(da_, en_), .help = TOV_TEXT(help_da_, help_en_)          \
    }

/* Where a contact person is found. */
#define TOV_CONTACT_PLACE(need_)                      \
    TOV_BODY(need_, "contact.unit", "Enhed", "Unit"), \
        TOV_BODY(need_, "contact.phone", "Telefon", "Telephone")

/* A message about a person in its most usual form: named, with purpose and necessity. */
#define TOV_ASKS_PERSON (TOV_ASKS_SUBJECT | TOV_ASKS_NECESSITY | TOV_ASKS_TEXT)
/* The same where the thing says who it is: to be named, or not. */
#define TOV_ASKS_KNOWN (TOV_MAY_SUBJECT | TOV_ASKS_NECESSITY | TOV_ASKS_TEXT)
#define TOV_ABOUT_ANY                                                                              \
    (TOV_ABOUT_CONCERN | TOV_ABOUT_CASE | TOV_ABOUT_COURSE | TOV_ABOUT_REQUEST | TOV_ABOUT_PSYCH | \
     TOV_ABOUT_EPISODE)
/* What an answer to, or a change of, any other message may rest on: that message's own bases. */
#define TOV_BASES_ANY ((UINT64_C(1) << TOV_BASIS_FVL28_1) - 1)
/* KRFO to the case: SSP before a release is planned, KSP from then on. */
#define TOV_BASES_KRFO_CASE                                                                      \
    (TOV_BASIS_BIT(RPL115_2_1_1) | TOV_BASIS_BIT(RPL115_2_1_3A) | TOV_BASIS_BIT(RPL115_2_1_3B) | \
     TOV_BASIS_BIT(RPL115_2_1_3C))
/* A transition to the case: KSP, by whoever sends it. */
#define TOV_BASES_KSP                                                                       \
    (TOV_BASIS_BIT(RPL115_1_3A) | TOV_BASIS_BIT(RPL115_1_3B) | TOV_BASIS_BIT(RPL115_1_3C) | \
     TOV_BASIS_BIT(RPL115_2_1_3A) | TOV_BASIS_BIT(RPL115_2_1_3B) | TOV_BASIS_BIT(RPL115_2_1_3C))
/* The duty to notify of a child: by the old act until 2023, the new one from 2024. */
#define TOV_BASES_CHILD                                                                            \
    (TOV_BASIS_BIT(SEL152) | TOV_BASIS_BIT(SEL153) | TOV_BASIS_BIT(SEL154) | TOV_BASIS_BIT(BL_U) | \
     TOV_BASIS_BIT(BL133) | TOV_BASIS_BIT(BL135) | TOV_BASIS_BIT(EGEN))
/* NOLINTNEXTLINE(misc-redundant-expression): what is in both is of both */
#define TOV_BASES_CASE_OR_CHILD (TOV_BASES_CASE | TOV_BASES_CHILD)
/* Courses: consent; inside one agency also casework. */
#define TOV_BASES_COURSE (TOV_BASIS_BIT(SAMTYKKE) | TOV_BASIS_BIT(EGEN) | TOV_BASES_DBL8)

/* Who can be a party of a case; a provider has its course only. */
#define TOV_DUTIES_PARTY                                                                      \
    (TOV_DUTIES_COORDINATORS | TOV_DUTY_SECRETARIAT | TOV_DUTIES_KRFO | TOV_DUTY_PSYCHIATRY | \
     TOV_DUTY_KOMMUNE)
#define TOV_DUTIES_REFERRERS \
    (TOV_DUTIES_COORDINATORS | TOV_DUTY_KOMMUNE | TOV_DUTIES_KRFO | TOV_DUTY_PSYCHIATRY)
#define TOV_DUTIES_PROVIDERS (TOV_DUTY_PROVIDER | TOV_DUTY_KOMMUNE)

/* Routes of the prison service, in both channels. */
#define TOV_KRFO_TO_CASE                                                                    \
    {                                                                                       \
        TOV_DUTIES_KRFO, TOV_DUTIES_COORDINATORS | TOV_DUTY_SECRETARIAT | TOV_DUTY_KOMMUNE, \
            TOV_BASES_KRFO_CASE                                                             \
    }
#define TOV_KRFO_TO_DESKS                                              \
    {                                                                  \
        TOV_DUTIES_KRFO, TOV_DUTY_RELEASE_DESK, TOV_BASIS_BIT(BEK_HPL) \
    }
#define TOV_KRFO_TO_KRFO                                                               \
    {                                                                                  \
        TOV_DUTIES_KRFO, TOV_DUTIES_KRFO, TOV_BASIS_BIT(BEK_HPL) | TOV_BASIS_BIT(EGEN) \
    }
/* An event that both channels learn of, in messages of their own. */
#define TOV_KRFO_TO_BOTH                                      \
    {                                                         \
        TOV_KRFO_TO_DESKS, TOV_KRFO_TO_CASE, TOV_KRFO_TO_KRFO \
    }
#define TOV_KRFO_TO_BENEFITS                                      \
    {                                                             \
        TOV_DUTIES_KRFO, TOV_DUTY_BENEFITS, TOV_BASIS_BIT(AKL10A) \
    }
#define TOV_KRFO_TO_POPULATION                                       \
    {                                                                \
        TOV_DUTIES_KRFO, TOV_DUTY_POPULATION, TOV_BASIS_BIT(CPR_ADR) \
    }
#define TOV_DESKS_TO_KRFO                                              \
    {                                                                  \
        TOV_DUTY_RELEASE_DESK, TOV_DUTIES_KRFO, TOV_BASIS_BIT(BEK_HPL) \
    }

#endif
