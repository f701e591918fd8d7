/* SPDX-License-Identifier: MIT */
/**
 * Configurations: options chosen for a vehicle, under rules about which go together. All breaches
 * at once, the nearest valid proposal, rules that contradict each other, and the price component by
 * component. Pure computing, no database.
 *
 * Options are numbers from 0. What is chosen is completed to what is in the vehicle:
 * 1. An optional package that is in it brings its content, which may be packages again.
 * 2. A standard option is in it, unless something optional that was chosen or brought stands in the
 *    same one-of group without condition.
 * The rules are judged over the whole. A rule holds when all options of its `when` are in the
 * vehicle; without any it always holds.
 */
#ifndef AUTOCRM_CONFIGURATION_H
#define AUTOCRM_CONFIGURATION_H

#include "autocrm/issue.h"
#include "autocrm/port/allocator.h"
#include "autocrm/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Limits. */
enum {
    ACRM_CONFIGURATION_OPTIONS_MAX = 1024,
    ACRM_CONFIGURATION_RULES_MAX = 20000,
    ACRM_CONFIGURATION_PACKAGES_MAX = 1024, /**< rules that are packages */
    ACRM_CONFIGURATION_STEPS = 20000 /**< of a search when 0 is asked for */
};

/** No option, no rule. */
#define ACRM_CONFIGURATION_NONE UINT32_MAX

/** How an option is offered. */
enum {
    ACRM_OPTION_NOT_OFFERED = 0,
    ACRM_OPTION_OPTIONAL = 1,
    ACRM_OPTION_STANDARD = 2
};

/** Kinds of rules, about the options of `then`. */
enum {
    ACRM_OPTION_REQUIRES = 1,     /**< all of them must be in it */
    ACRM_OPTION_REQUIRES_ANY = 2, /**< at least one of them must */
    ACRM_OPTION_EXCLUDES = 3,     /**< none of them may */
    ACRM_OPTION_PACKAGE = 4,      /**< they are the content of the package, the one of `when` */
    ACRM_OPTION_AT_MOST_ONE = 5,  /**< a one-of group of which none need be chosen */
    ACRM_OPTION_EXACTLY_ONE = 6   /**< a one-of group of which one must be */
};

/**
 * A rule over options.
 * @since 0.1
 */
typedef struct acrm_option_rule {
    int32_t kind;         /**< ACRM_OPTION_REQUIRES ... */
    int32_t pad;          /**< 0 */
    const uint32_t *when; /**< (nullable when when_count is 0) options; of a package: one */
    size_t when_count;
    const uint32_t *then; /**< options, at least one */
    size_t then_count;
} acrm_option_rule;

/**
 * What is offered, and its rules. Set struct_size.
 * @since 0.1
 */
typedef struct acrm_configuration_definition {
    uint32_t struct_size;
    const unsigned char *offered; /**< one for each option: ACRM_OPTION_OPTIONAL ... */
    size_t options_count;
    const acrm_option_rule *rules; /**< (nullable when rules_count is 0) */
    size_t rules_count;
} acrm_configuration_definition;

/** A compiled definition; immutable, may be used by any number of threads at once. */
typedef struct acrm_configuration acrm_configuration;

/**
 * Compile a definition, which is copied.
 * @param allocator  (nullable) where the memory comes from; copied; NULL: the C library
 * @param[out] out   (transfer full) acrm_configuration_free() it
 * @param[out] issue (optional) what is wrong; its row is the option or rule
 * @return ACRM_OK, or
 *   ACRM_E_INVALID  an option, a kind or a list is at fault, or packages hold each other
 *   ACRM_E_LIMIT    more options, rules or packages than the limits above
 *   ACRM_E_NOMEM    out of memory
 *   ACRM_E_MISUSE   a pointer is NULL, or a struct_size too small
 * @since 0.1
 */
ACRM_API int32_t acrm_configuration_new(const acrm_configuration_definition *definition,
                                        const acrm_allocator *allocator,
                                        acrm_configuration **out, acrm_issue *issue);

/** Free. @param configuration (nullable) @since 0.1 */
ACRM_API void acrm_configuration_free(acrm_configuration *configuration);

/** Reasons of a breach. */
enum {
    ACRM_BREACH_NOT_OFFERED = 1, /**< `option` is in it, not offered; `rule` brought it, if any */
    ACRM_BREACH_MISSING = 2,     /**< `option` is missing; NONE: any of the rule's `then` */
    ACRM_BREACH_EXCLUDED = 3,    /**< `option` may not be in it */
    ACRM_BREACH_PACKAGE = 4,     /**< `option` is missing in a package */
    ACRM_BREACH_TOO_MANY = 5,    /**< `option` is in it though `other` of the group is */
    ACRM_BREACH_NONE_CHOSEN = 6  /**< none of the group is in it */
};

/**
 * A breach.
 * @since 0.1
 */
typedef struct acrm_configuration_breach {
    int32_t reason;  /**< ACRM_BREACH_NOT_OFFERED ... */
    uint32_t rule;   /**< which rule; ACRM_CONFIGURATION_NONE: none */
    uint32_t option; /**< which option; ACRM_CONFIGURATION_NONE: none by itself */
    uint32_t other;  /**< the first of the rule's `when`, or of its group; NONE: there is none */
} acrm_configuration_breach;

/**
 * Judge a choice. Nothing is allocated.
 * @param chosen        options, in any order
 * @param[out] vehicle  (optional) one for each option: 1 when it is in the vehicle
 * @param[out] breaches (nullable when cap is 0) the first `cap` of them: options that are not
 *                      offered, then rules in their order, then options in theirs
 * @param[out] count    how many there are, also beyond cap; 0: the choice is valid
 * @return ACRM_OK, or
 *   ACRM_E_INVALID  an option is out of range or chosen twice; the issue's row is its place
 *   ACRM_E_MISUSE   NULL
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_configuration_check(const acrm_configuration *configuration,
                                          const uint32_t *chosen, size_t chosen_count,
                                          unsigned char *vehicle,
                                          acrm_configuration_breach *breaches, size_t cap,
                                          size_t *count, acrm_issue *issue);

/** What came of a search. */
enum {
    ACRM_SEARCH_FOUND = 1,
    ACRM_SEARCH_IMPOSSIBLE = 2, /**< proven: there is none */
    ACRM_SEARCH_LIMIT = 3       /**< not decided within the steps allowed */
};

/**
 * The nearest valid choice. Set struct_size.
 * @since 0.1
 */
typedef struct acrm_configuration_proposal {
    uint32_t struct_size;
    int32_t outcome;     /**< ACRM_SEARCH_FOUND ... */
    uint32_t changes;    /**< options added and removed; of LIMIT: no fewer than that */
    uint32_t steps;      /**< that the search took */
} acrm_configuration_proposal;

/**
 * Find a valid choice with the fewest changes: options added to or removed from what was chosen.
 *
 * Iterative deepening: with 0, 1, 2 ... changes, the rule with the fewest ways to mend it is
 * mended in each of them in turn; as many breaches as have no option in common need as many
 * changes. What is found is therefore nearest, and of several equally near ones always the same.
 * @param steps_max     choices to look at, at most; 0: ACRM_CONFIGURATION_STEPS
 * @param[out] proposed one for each option: 1 when it is to be chosen; left alone unless FOUND
 * @param[in,out] out   the outcome
 * @return ACRM_OK, ACRM_E_INVALID as acrm_configuration_check(), ACRM_E_NOMEM, ACRM_E_MISUSE
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_configuration_nearest(const acrm_configuration *configuration,
                                            const uint32_t *chosen, size_t chosen_count,
                                            uint32_t steps_max, unsigned char *proposed,
                                            acrm_configuration_proposal *out, acrm_issue *issue);

/** Kinds of contradictions. */
enum {
    ACRM_CONTRADICTION_NOTHING = 1, /**< there is no valid choice at all */
    ACRM_CONTRADICTION_OPTION = 2,  /**< an option is offered, and in no valid choice */
    ACRM_CONTRADICTION_GROUP = 3,   /**< a one-of group: some offered, none is in any */
    ACRM_CONTRADICTION_UNKNOWN = 4  /**< not decided within the steps allowed, of `option` (NONE:
                                         whether there is any valid choice) */
};

/**
 * A contradiction among rules.
 * @since 0.1
 */
typedef struct acrm_configuration_contradiction {
    int32_t kind;    /**< ACRM_CONTRADICTION_NOTHING ... */
    uint32_t option; /**< which option; ACRM_CONFIGURATION_NONE: none */
    uint32_t rule;   /**< which group; ACRM_CONFIGURATION_NONE: none */
} acrm_configuration_contradiction;

/**
 * Find what can never be: a complete search for a valid choice, then for one with each option that
 * no valid choice found so far has in it. After NOTHING no more are told.
 * @param steps_max  choices to look at for each question, at most; 0: ACRM_CONFIGURATION_STEPS
 * @param[out] list  (nullable when cap is 0) the first `cap` of them: options, then groups
 * @param[out] count how many there are, also beyond cap; 0: no contradiction
 * @return ACRM_OK, ACRM_E_NOMEM, ACRM_E_MISUSE
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_configuration_contradictions(const acrm_configuration *configuration,
                                                   uint32_t steps_max,
                                                   acrm_configuration_contradiction *list,
                                                   size_t cap, size_t *count);

/**
 * Rules that together rule an option out, none of which can be left out (what packages bring and
 * groups displace stays as it is).
 * @param option     ACRM_CONFIGURATION_NONE: rules that allow no choice at all
 * @param steps_max  as above
 * @param[out] rules (nullable when cap is 0) the first `cap` of them, in their order
 * @param[out] count how many there are, also beyond cap; 0 when the option is possible or that is
 *                   not decided, and when no rule is needed for it (what it brings is not offered)
 * @return ACRM_OK, ACRM_E_INVALID (no such option), ACRM_E_NOMEM, ACRM_E_MISUSE
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_configuration_core(const acrm_configuration *configuration, uint32_t option,
                                         uint32_t steps_max, uint32_t *rules, size_t cap,
                                         size_t *count);

/** Roundings of the tax. */
enum {
    ACRM_CONFIGURATION_HALF_UP = 0,  /**< half away from zero */
    ACRM_CONFIGURATION_HALF_EVEN = 1
};

/**
 * Prices, in minor units of one currency. Set struct_size.
 * @since 0.1
 */
typedef struct acrm_configuration_prices {
    uint32_t struct_size;
    int32_t includes_tax;        /**< 1: prices hold the tax, 0: it is added */
    int64_t base;                /**< price of the vehicle without options */
    const int64_t *amounts;      /**< one for each option; below 0: a discount */
    const unsigned char *priced; /**< (nullable: all are) one for each option: 1 when it has one */
    int64_t tax_millionths;      /**< tax as a fraction of the net price, 0 to 10,000,000 */
    int32_t rounding;            /**< ACRM_CONFIGURATION_HALF_UP or HALF_EVEN */
} acrm_configuration_prices;

/** Why a line costs what it costs. */
enum {
    ACRM_LINE_CHOSEN = 1,   /**< its price */
    ACRM_LINE_STANDARD = 2, /**< nothing: standard */
    ACRM_LINE_INCLUDED = 3  /**< nothing: part of a package in the vehicle */
};

/**
 * An option in the vehicle and its price.
 * @since 0.1
 */
typedef struct acrm_configuration_line {
    uint32_t option;
    int32_t why;      /**< ACRM_LINE_CHOSEN ... */
    uint32_t package; /**< of INCLUDED: the package; else ACRM_CONFIGURATION_NONE */
    uint32_t pad;     /**< 0 */
    int64_t amount;
} acrm_configuration_line;

/**
 * Totals: net + tax = total, exactly. Set struct_size.
 * @since 0.1
 */
typedef struct acrm_configuration_total {
    uint32_t struct_size;
    int32_t pad;         /**< 0 */
    int64_t net;
    int64_t tax;         /**< rounded once, of the sum */
    int64_t total;
    int64_t rounded_num; /**< tax minus the exact tax, as a fraction of a minor unit in lowest */
    int64_t rounded_den; /**< terms: rounded_num / rounded_den */
} acrm_configuration_total;

/**
 * Price a choice, valid or not: the sum of the base and of each option in the vehicle. Nothing is
 * allocated.
 * @param[out] lines (nullable when cap is 0) the first `cap` options in the vehicle, in their order
 * @param[out] count how many there are
 * @param[in,out] out the totals
 * @param[out] issue (optional) field "amounts" with the option as row when a price is missing
 * @return ACRM_OK, or
 *   ACRM_E_NOTFOUND  an option that costs something has no price
 *   ACRM_E_INVALID   as acrm_configuration_check(), or a rate or rounding out of range
 *   ACRM_E_LIMIT     a sum overflows
 *   ACRM_E_MISUSE    NULL, or a struct_size too small
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_configuration_price(const acrm_configuration *configuration,
                                          const uint32_t *chosen, size_t chosen_count,
                                          const acrm_configuration_prices *prices,
                                          acrm_configuration_line *lines, size_t cap,
                                          size_t *count, acrm_configuration_total *out,
                                          acrm_issue *issue);

#ifdef __cplusplus
}
#endif

#endif
