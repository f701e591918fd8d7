/* SPDX-License-Identifier: MIT */
/* The match rules that a new database begins with. A business changes them. */
#include "modules/party/entities.h"
#include "modules/party/match_rule.h"

/* Names that are alike (or, with agrees, not to be compared), where nothing that both tell
 * contradicts. */
#define NAME(how, least, weight)                                                                  \
    "{\"field\":\"kind\",\"how\":\"agrees\"},"                                                     \
    "{\"field\":\"name\",\"how\":\"" how "\",\"at_least\":" #least ",\"weight\":" #weight "},"     \
    "{\"field\":\"national_id\",\"how\":\"agrees\"},"
#define BORN "{\"field\":\"birth_date\",\"how\":\"agrees\",\"at_least\":80,\"weight\":40}"

static const struct {
    const char *name;
    int32_t review, automatic; /* automatic -1: never */
    const char *conditions;
} match_seeds[] = {
    { "Same identifier", 60, 95,
      "{\"$or\":[{\"field\":\"national_id\",\"weight\":100},"
      "{\"field\":\"tax_id\",\"weight\":100}]}" },
    { "Same name and number or address", 60, 90,
      "{\"$and\":[" NAME("fuzzy", 80, 70) BORN ",{\"$or\":[{\"field\":\"phone\",\"weight\":80},"
      "{\"field\":\"email\",\"weight\":80},{\"field\":\"messenger\",\"weight\":80}]}]}" },
    { "Same name and birth date, and another sign", 60, 90,
      "{\"$and\":[" NAME("fuzzy", 80, 70) "{\"field\":\"birth_date\",\"weight\":60},"
      "{\"$or\":[{\"field\":\"city\",\"how\":\"fuzzy\",\"weight\":40},"
      "{\"field\":\"phone\",\"how\":\"fuzzy\",\"at_least\":85,\"weight\":60},"
      "{\"field\":\"email\",\"how\":\"fuzzy\",\"at_least\":85,\"weight\":60}]}]}" },
    { "Similar name, number and address", 60, 90,
      "{\"$and\":[" NAME("agrees", 70, 20) BORN ",{\"field\":\"phone\",\"weight\":80},"
      "{\"field\":\"email\",\"weight\":80}]}" },
    { "Similar name, birth date and another sign", 60, 90,
      "{\"$and\":[" NAME("agrees", 65, 20) "{\"field\":\"birth_date\",\"weight\":60},{\"$or\":["
      "{\"field\":\"phone\",\"weight\":80},{\"field\":\"email\",\"weight\":80}]}]}" },
    { "Same name and birth date", 60, -1,
      "{\"$and\":[" NAME("fuzzy", 80, 70) "{\"field\":\"birth_date\",\"weight\":60}]}" },
    { "Similar name and one sign", 60, -1,
      "{\"$and\":[" NAME("fuzzy", 70, 40) "{\"$or\":[{\"field\":\"phone\",\"weight\":60},"
      "{\"field\":\"email\",\"weight\":60}]}]}" },
    { "Same name and near signs", 60, 90,
      "{\"$and\":[" NAME("fuzzy", 90, 60) BORN ",{\"$or\":["
      "{\"field\":\"city\",\"how\":\"fuzzy\",\"weight\":50},"
      "{\"field\":\"phone\",\"how\":\"fuzzy\",\"at_least\":85,\"weight\":70},"
      "{\"field\":\"email\",\"how\":\"fuzzy\",\"at_least\":85,\"weight\":50}]}]}" },
};

int32_t acrm__party_match_seed(acrm__call *call)
{
    int32_t st = ACRM_OK;

    for (size_t i = 0; st == ACRM_OK && i < sizeof match_seeds / sizeof match_seeds[0]; i++) {
        acrm__rec *rec = acrm__new(call, "match_rule");
        if (!rec)
            return acrm__nomem(call);
        acrm__set(rec, F_match_rule__name, acrm__cell_text(match_seeds[i].name));
        acrm__set(rec, F_match_rule__position, acrm__cell_int((int64_t)i + 1));
        acrm__set(rec, F_match_rule__conditions, acrm__cell_text(match_seeds[i].conditions));
        acrm__set(rec, F_match_rule__review, acrm__cell_int(match_seeds[i].review));
        if (match_seeds[i].automatic >= 0)
            acrm__set(rec, F_match_rule__automatic, acrm__cell_int(match_seeds[i].automatic));
        st = acrm__insert(call, rec);
    }
    return st;
}
