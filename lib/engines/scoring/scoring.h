/* SPDX-License-Identifier: MIT */
/* What modules ask of a compiled scheme beyond its public face. */
#ifndef ACRM_ENGINES_SCORING_H
#define ACRM_ENGINES_SCORING_H

#include "autocrm/scoring.h"

#include <stdbool.h>

uint32_t acrm__scoring_axes(const acrm_scoring *scoring);
uint32_t acrm__scoring_rules(const acrm_scoring *scoring);
/* The value that a rule looks at; false: it looks at none, or there is none. */
bool acrm__scoring_rule_value(const acrm_scoring *scoring, const acrm_scoring_facts *facts,
                              uint32_t rule, int64_t *out);

#endif
