/* SPDX-License-Identifier: EUPL-1.2
 *
 * Legal bases: codes, words, validity, who may use them, and how § 115 is written.
 * Not for: deciding whether a basis is the right one; a person picks it.
 * Never change a row's meaning: a change of law is a new validity or a new code.
 */
#ifndef TOV_CASE_BASIS_H
#define TOV_CASE_BASIS_H

#include "base/time.h"
#include "case/text.h"
#include "case/unit.h"

/* A number for each code; sets are 64-bit masks. Not on the wire, where codes are text. */
enum tov_basis_code {
    TOV_BASIS_RPL115_1_1,
    TOV_BASIS_RPL115_1_2,
    TOV_BASIS_RPL115_1_3A,
    TOV_BASIS_RPL115_1_3B,
    TOV_BASIS_RPL115_1_3C,
    TOV_BASIS_RPL115_2_1_1,
    TOV_BASIS_RPL115_2_1_2,
    TOV_BASIS_RPL115_2_1_3A,
    TOV_BASIS_RPL115_2_1_3B,
    TOV_BASIS_RPL115_2_1_3C,
    TOV_BASIS_RPL115_3_1_1,
    TOV_BASIS_RPL115_3_1_2,
    TOV_BASIS_RPL115_3_1_3A,
    TOV_BASIS_RPL115_3_1_3B,
    TOV_BASIS_RPL115_3_1_3C,
    TOV_BASIS_SAMTYKKE,
    TOV_BASIS_DBL8_2_1,
    TOV_BASIS_DBL8_2_2,
    TOV_BASIS_DBL8_2_3,
    TOV_BASIS_DBL8_2_4,
    TOV_BASIS_BEK_HPL,
    TOV_BASIS_AKL10A,
    TOV_BASIS_SEL152,
    TOV_BASIS_SEL153,
    TOV_BASIS_SEL154,
    TOV_BASIS_BL_U,
    TOV_BASIS_BL133,
    TOV_BASIS_BL135,
    TOV_BASIS_PSYKL13C,
    TOV_BASIS_SUL43_1,
    TOV_BASIS_SUL43_2_1,
    TOV_BASIS_SUL43_2_2,
    TOV_BASIS_RSL11A,
    TOV_BASIS_ANON,
    TOV_BASIS_EGEN,
    TOV_BASIS_AFTALE,
    TOV_BASIS_MEDCOM,
    TOV_BASIS_CPR_ADR,
    TOV_BASIS_FVL28_1, /* known so that it can be refused with a reason */
    TOV_BASIS_COUNT
};
#define TOV_BASIS_BIT(name) (UINT64_C(1) << TOV_BASIS_##name)

#define TOV_BASES_115_1                                                                   \
    (TOV_BASIS_BIT(RPL115_1_1) | TOV_BASIS_BIT(RPL115_1_2) | TOV_BASIS_BIT(RPL115_1_3A) | \
     TOV_BASIS_BIT(RPL115_1_3B) | TOV_BASIS_BIT(RPL115_1_3C))
#define TOV_BASES_115_2                                                                         \
    (TOV_BASIS_BIT(RPL115_2_1_1) | TOV_BASIS_BIT(RPL115_2_1_2) | TOV_BASIS_BIT(RPL115_2_1_3A) | \
     TOV_BASIS_BIT(RPL115_2_1_3B) | TOV_BASIS_BIT(RPL115_2_1_3C))
#define TOV_BASES_115_3                                                                         \
    (TOV_BASIS_BIT(RPL115_3_1_1) | TOV_BASIS_BIT(RPL115_3_1_2) | TOV_BASIS_BIT(RPL115_3_1_3A) | \
     TOV_BASIS_BIT(RPL115_3_1_3B) | TOV_BASIS_BIT(RPL115_3_1_3C))
#define TOV_BASES_115 (TOV_BASES_115_1 | TOV_BASES_115_2 | TOV_BASES_115_3)
#define TOV_BASES_DBL8                                                             \
    (TOV_BASIS_BIT(DBL8_2_1) | TOV_BASIS_BIT(DBL8_2_2) | TOV_BASIS_BIT(DBL8_2_3) | \
     TOV_BASIS_BIT(DBL8_2_4))
#define TOV_BASES_SUL (TOV_BASIS_BIT(SUL43_1) | TOV_BASIS_BIT(SUL43_2_1) | TOV_BASIS_BIT(SUL43_2_2))
/* The case basis: each authority's own paragraph of § 115, or EGEN inside one agency; DBL8 is an
 * addition and never carries a message alone. */
#define TOV_BASES_CASE (TOV_BASES_115_1 | TOV_BASES_115_2 | TOV_BASIS_BIT(EGEN) | TOV_BASES_DBL8)

enum tov_basis_date { TOV_BASIS_BY_SENDING = 1, TOV_BASIS_BY_EVENT = 2 };

struct tov_basis {
    enum tov_basis_code code;
    const char *id;             /* as it stands in Header.legal_bases */
    struct tov_text name;       /* "RPL § 115, stk. 2, jf. stk. 1, nr. 1 (SSP)" */
    struct tov_date from;       /* zeros: always */
    struct tov_date until;      /* the last day; zeros: still in force */
    enum tov_basis_date judged; /* which day must lie in from..until */
    uint32_t authorities;       /* TOV_AUTHORITY_BIT mask of senders; 0: nobody */
    uint32_t cooperation;       /* TOV_COOPERATION_BIT of § 115's door, or 0 */
    bool inside;                /* may carry a message to a unit of the own agency */
    bool outside;               /* ... to another agency */
    bool addition;              /* never alone */
    struct tov_text refusal;    /* why nobody may use it; NULL texts: it may be used */
};
#define TOV_AUTHORITY_BIT(authority) (1u << (authority))

size_t tov_basis_count(void);
const struct tov_basis *tov_basis_at(size_t index);          /* INDEX < count (asserted) */
const struct tov_basis *tov_basis_find(struct tov_bytes id); /* NULL: no such code */
bool tov_basis_is_valid_on(const struct tov_basis *basis, struct tov_date day);

#endif
