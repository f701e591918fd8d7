/* SPDX-License-Identifier: MIT */
/* Words and parameters that several operations of the module share. */
#ifndef ACRM_MODULES_FINANCE_MEMBERS_H
#define ACRM_MODULES_FINANCE_MEMBERS_H

#define FIN_ROUNDINGS "half_up|half_even|half_down|up|down"
#define FIN_DAY_COUNTS                                                                            \
    "30_360_us|30_360_bond|30e_360|30e_360_isda|act_360|act_365f|act_act_isda|act_act_icma"
#define FIN_PARTS "penalty|fee|interest|principal"

#define FIN_CURRENCY                                                                              \
    { .name = "currency", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 3,                \
      .help = "ISO 4217 code of all amounts" }
#define FIN_EXPLAIN                                                                               \
    { .name = "explain", .type = ACRM__T_BOOL, .preset = "false",                                 \
      .help = "Tell how each figure came about, as explanation" }
#define FIN_EXPLANATION                                                                           \
    { .name = "explanation", .type = ACRM__T_MAP, .flags = ACRM__LIST,                            \
      .help = "Steps, if asked for: row, figure, formula, base * factor = exact, rounded to a "   \
              "multiple of unit by rounding, days" }
#define FIN_PENALTIES                                                                             \
    { .name = "explanation", .type = ACRM__T_MAP, .flags = ACRM__LIST,                            \
      .help = "If asked for, each penalty: row (the due's place from 0), from, to, the step "     \
              "(formula, base * factor = exact, rounded, days), before (borne before "            \
              "from), room (left by the caps), charged" }
#define FIN_END { .name = NULL }

#endif
