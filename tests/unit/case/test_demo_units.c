/* SPDX-License-Identifier: EUPL-1.2
 *
 * The units that the tests write messages from are those of the demo federation: what a test may
 * send, its users may send.
 */
#include "drafts.h"
#include "support/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reading {
    char agency[32];
    char unit[32];
    uint16_t number;
    enum tov_regime regime;
    uint32_t agency_roles; /* of the units read so far: the first one tells the authority */
    uint32_t roles;
    uint32_t cooperations;
    size_t compared;
};

/* The words after the first of LINE, as a mask. */
static uint32_t mask_of(const char *line, bool (*find)(struct tov_bytes word, unsigned *out_bit))
{
    uint32_t mask = 0;
    const char *at = line + strspn(line, " ");
    at += strcspn(at, " ");
    while (*(at += strspn(at, " ")) != '\0') {
        size_t size = strcspn(at, " ");
        unsigned bit = 0;
        UNIT_NEED(find((struct tov_bytes){(const uint8_t *)at, size}, &bit));
        mask |= 1u << bit;
        at += size;
    }
    return mask;
}

static bool find_role(struct tov_bytes word, unsigned *out_bit)
{
    enum tov_role role;
    bool found = tov_role_find(word, &role);
    *out_bit = (unsigned)role;
    return found;
}

static bool find_cooperation(struct tov_bytes word, unsigned *out_bit)
{
    enum tov_cooperation cooperation;
    bool found = tov_cooperation_find(word, &cooperation);
    *out_bit = (unsigned)cooperation;
    return found;
}

/* At the end of a unit. */
static void compare(struct reading *reading)
{
    if (reading->unit[0] == '\0')
        return;
    char path[80];
    (void)snprintf(path, sizeof path, "%s/%s", reading->agency, reading->unit);
    struct tov_unit_facts ours = unit_facts(path);
    struct tov_unit_facts theirs = tov_unit_facts_of(&(struct tov_unit_source){
        .agency = reading->number,
        .regime = reading->regime,
        .agency_roles = reading->agency_roles,
        .unit_name = reading->unit,
        .unit_roles = reading->roles,
        .cooperations = reading->cooperations,
    });
    UNIT_EQUAL_INT(ours.agency, theirs.agency);
    UNIT_EQUAL_INT(ours.regime, theirs.regime);
    UNIT_EQUAL_INT(ours.authority, theirs.authority);
    UNIT_EQUAL_INT(ours.duties, theirs.duties);
    UNIT_EQUAL_INT(ours.cooperations, theirs.cooperations);
    reading->unit[0] = '\0';
    reading->compared++;
}

static void read_line(struct reading *reading, const char *line)
{
    char word[32] = "", name[32] = "";
    unsigned number = 0;
    if (sscanf(line, "agency %u %31s", &number, name) == 2) {
        compare(reading);
        memcpy(reading->agency, name, sizeof name);
        reading->number = (uint16_t)number;
        reading->agency_roles = 0;
    } else if (sscanf(line, " %31s %31s", word, name) != 2) {
        return;
    } else if (strcmp(word, "regime") == 0) {
        reading->regime = strcmp(name, "LED") == 0 ? TOV_REGIME_LED : TOV_REGIME_GDPR;
    } else if (strcmp(word, "unit") == 0) {
        compare(reading);
        memcpy(reading->unit, name, sizeof name);
        reading->roles = reading->cooperations = 0;
    } else if (strcmp(word, "roles") == 0) {
        reading->roles = mask_of(line, find_role);
        reading->agency_roles |= reading->roles;
    } else if (strcmp(word, "cooperations") == 0) {
        reading->cooperations = mask_of(line, find_cooperation);
    }
}

static void units_of_the_tests_are_those_of_the_demo_federation(void)
{
    struct reading reading = {0};
    FILE *file = fopen("keys/infohus-demo.recipe", "r");
    UNIT_NEED(file != NULL);
    char line[256];
    while (fgets(line, sizeof line, file) != NULL) {
        line[strcspn(line, "\n")] = '\0';
        read_line(&reading, line);
    }
    compare(&reading);
    (void)fclose(file);
    UNIT_EQUAL_INT(reading.compared, 10 + 1 + 3);
}

int main(void)
{
    static const struct unit_test tests[] = {
        UNIT_TEST(units_of_the_tests_are_those_of_the_demo_federation),
    };
    return unit_run("case_demo_units", tests, sizeof tests / sizeof tests[0]);
}
