/* SPDX-License-Identifier: EUPL-1.2
 *
 * What the rules must know of a unit that sends or receives, as plain values: which authority it
 * belongs to, what it does there, which co-operations it is in.
 * Not for: looking units up (the caller has the roster).
 * Never judge a message by facts of another roster version than the one the message names.
 */
#ifndef TOV_CASE_UNIT_H
#define TOV_CASE_UNIT_H

#include "roster/role.h"

/* What a unit does in the federation; sets are bit masks. */
enum tov_unit_duty {
    TOV_DUTY_SECRETARIAT = 1u << 0,         /* secretariat of the Infohus */
    TOV_DUTY_COORDINATOR_KOMMUNE = 1u << 1, /* tovholder_kommune */
    TOV_DUTY_COORDINATOR_POLICE = 1u << 2,  /* tovholder_politi: the preventive section */
    TOV_DUTY_PRISON = 1u << 3,              /* prison, arrest, central office */
    TOV_DUTY_PROBATION = 1u << 4,           /* kif */
    TOV_DUTY_RELEASE_DESK = 1u << 5,        /* eki, jku: main contacts for releases */
    TOV_DUTY_BENEFITS = 1u << 6,            /* ydelse: minimal notices only */
    TOV_DUTY_POPULATION = 1u << 7,          /* folkereg: minimal notices only */
    TOV_DUTY_PROVIDER = 1u << 8,            /* mentor, coach */
    TOV_DUTY_HOTLINE = 1u << 9,
    TOV_DUTY_PSYCHIATRY = 1u << 10,
    TOV_DUTY_KOMMUNE = 1u << 11,     /* any other unit of a kommune: sof, ssp, jobcenter ... */
    TOV_DUTY_POLICE_OTHER = 1u << 12 /* a police unit outside the preventive section */
};
#define TOV_DUTIES_RELEASE (TOV_DUTY_RELEASE_DESK | TOV_DUTY_BENEFITS | TOV_DUTY_POPULATION)
#define TOV_DUTIES_MINIMAL (TOV_DUTY_BENEFITS | TOV_DUTY_POPULATION)
#define TOV_DUTIES_KRFO (TOV_DUTY_PRISON | TOV_DUTY_PROBATION)
#define TOV_DUTIES_PREVENTIVE (TOV_DUTY_SECRETARIAT | TOV_DUTY_COORDINATOR_POLICE)
#define TOV_DUTIES_POLICE (TOV_DUTIES_PREVENTIVE | TOV_DUTY_POLICE_OTHER)
#define TOV_DUTIES_COORDINATORS (TOV_DUTY_COORDINATOR_KOMMUNE | TOV_DUTY_COORDINATOR_POLICE)
#define TOV_DUTIES_CASE                                                                       \
    (TOV_DUTIES_COORDINATORS | TOV_DUTY_SECRETARIAT | TOV_DUTIES_KRFO | TOV_DUTY_PSYCHIATRY | \
     TOV_DUTY_KOMMUNE | TOV_DUTY_PROVIDER)
#define TOV_DUTIES_ANY (TOV_DUTIES_CASE | TOV_DUTIES_RELEASE | TOV_DUTY_HOTLINE)

enum tov_authority {
    TOV_AUTHORITY_OTHER = 1,
    TOV_AUTHORITY_KOMMUNE = 2,
    TOV_AUTHORITY_POLICE = 3,
    TOV_AUTHORITY_KRFO = 4,
    TOV_AUTHORITY_REGION = 5,
    TOV_AUTHORITY_HOTLINE = 6
};

struct tov_unit_facts {
    uint16_t agency;  /* number in the roster */
    const char *name; /* the unit's, without its agency: "vink" */
    enum tov_authority authority;
    enum tov_regime regime;
    uint32_t duties;       /* TOV_DUTY_* mask; 0: the roster has no such unit */
    uint32_t cooperations; /* TOV_COOPERATION_BIT mask */
};

/* Derives authority and duties from what a roster says: the unit's name, roles (TOV_ROLE_BIT mask)
 * and co-operations, and the roles of all units of its agency together. The release desks of a
 * kommune are known by name: eki, jku, ydelse, folkereg (docs/messages.md). */
struct tov_unit_source {
    uint16_t agency;
    enum tov_regime regime;
    uint32_t agency_roles;
    const char *unit_name;
    uint32_t unit_roles;
    uint32_t cooperations;
};
struct tov_unit_facts tov_unit_facts_of(const struct tov_unit_source *source);

#endif
