/* SPDX-License-Identifier: MIT */
/* Fuzzes schemes: the input is a definition; what compiles is asked about some subjects. */
#include "autocrm/scoring.h"
#include "bytes.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FUZZ_INPUTS = 6 };

static const acrm_scoring_input fuzz_inputs[FUZZ_INPUTS] = {
    { sizeof fuzz_inputs[0], ACRM_SCORING_INT, "visits", 0 },
    { sizeof fuzz_inputs[0], ACRM_SCORING_MONEY, "spent", 2 },
    { sizeof fuzz_inputs[0], ACRM_SCORING_DAY, "seen", 0 },
    { sizeof fuzz_inputs[0], ACRM_SCORING_MONEY, "lifetime_value", 2 },
    { sizeof fuzz_inputs[0], ACRM_SCORING_DAY, "last_seen_on", 0 },
    { sizeof fuzz_inputs[0], ACRM_SCORING_INT, "frequency", 0 },
};

static void fuzz_ask(const acrm_scoring *scoring, acrm_scoring_facts *facts)
{
    acrm_scoring_result out = { .struct_size = sizeof out };
    acrm_value *told = NULL;

    if (acrm_scoring_evaluate(scoring, facts, &out) != ACRM_OK)
        return;
    fuzz_check(acrm_scoring_grade(scoring, (uint32_t)out.grade) != NULL);
    fuzz_check(acrm_scoring_grade(scoring, (uint32_t)out.computed) != NULL);
    fuzz_check(out.next_on == ACRM_SCORING_NO_DAY || out.next_on > facts->today);
    if (acrm_value_new(NULL, &told) == ACRM_OK)
        fuzz_check(acrm_scoring_explain(scoring, facts, &out, told) == ACRM_OK);
    acrm_value_free(told);
    facts->grade = out.grade;
    facts->below_since = out.below_since;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int64_t values[][FUZZ_INPUTS] = {
        { 0, 0, 20000, 0, 20000, 0 },
        { 3, 1200000, 19900, 5200000, 19000, 9 },
        { INT64_MAX, INT64_MAX, 20010, INT64_MIN, 2932896, INT64_MIN },
        { INT64_MIN, INT64_MIN, -719162, -1, -719162, INT64_MAX },
    };
    static const int64_t cuts[ACRM_SCORING_PARTS_MAX] = { -5, 0, 1, 10, 100, 1000, 20000, 90000 };
    unsigned char present[FUZZ_INPUTS], conditions[ACRM_SCORING_RULES_MAX];
    acrm_value *definition = NULL;
    acrm_scoring *scoring = NULL;

    if (acrm_value_parse(NULL, (const char *)data, size, &definition, NULL) != ACRM_OK)
        return 0;
    if (acrm_scoring_new(NULL, fuzz_inputs, FUZZ_INPUTS, definition, &scoring, NULL) == ACRM_OK) {
        acrm_scoring_facts facts = { .struct_size = sizeof facts, .present = present,
                                     .conditions = conditions, .today = 20000,
                                     .grade = ACRM_SCORING_NONE,
                                     .below_since = ACRM_SCORING_NO_DAY };
        for (size_t i = 0; i < ACRM_SCORING_AXES_MAX; i++)
            facts.cuts[i] = cuts;
        for (size_t i = 0; i < 2 * sizeof values / sizeof values[0]; i++) {
            facts.values = values[i / 2];
            facts.today++;
            memset(present, i % 3 != 2, sizeof present);
            memset(conditions, i % 2, sizeof conditions);
            fuzz_ask(scoring, &facts);
        }
    }
    acrm_scoring_free(scoring);
    acrm_value_free(definition);
    return 0;
}
