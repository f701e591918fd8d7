/* SPDX-License-Identifier: MIT */
/**
 * A contract after signing: payments and their allocation, penalties, arrears, early settlement,
 * prepayment, restructuring, and the replay of a changed payment history.
 *
 * Pure computing on the caller's arrays: no session, no clock, no allocation. Amounts are int64
 * minor units of one currency; rates are parts per billion of 1 a year, as in finance.h. The state
 * of a contract is one array of dues. docs/servicing.md has the rules with examples.
 */
#ifndef AUTOCRM_SERVICING_H
#define AUTOCRM_SERVICING_H

#include "autocrm/finance.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What a due amount is made of: indices of acrm_due.due and .paid, and bits (1 << part). */
enum {
    ACRM_PART_PENALTY = 0,
    ACRM_PART_FEE = 1,
    ACRM_PART_INTEREST = 2,
    ACRM_PART_PRINCIPAL = 3,
    ACRM_PARTS = 4
};

/** When a due falls, seen from the day of a payment. */
enum {
    ACRM_WHEN_PAST_DUE = 0,  /**< due before that day */
    ACRM_WHEN_DUE = 1,       /**< due on that day */
    ACRM_WHEN_IN_ADVANCE = 2 /**< due later */
};

/** Limits. All amounts of a contract together stay within ACRM_FINANCE_AMOUNT_MAX. */
enum {
    ACRM_DUES_MAX = 36525,
    ACRM_EVENTS_MAX = 36525,
    ACRM_ALLOCATION_STEPS_MAX = 12,
    ACRM_BUCKETS_MAX = 32,
    ACRM_PAUSES_MAX = 1000,
    ACRM_ALLOCATIONS_MAX = 16,
    ACRM_REPLAY_WORK_MAX = 16777216 /**< n_dues times n_events of one replay */
};

/**
 * One instalment: what falls due on a day, and what of it has been paid. In an array, dues stand
 * by ascending day. The layout is fixed.
 * @since 0.1
 */
typedef struct acrm_due {
    int32_t number; /**< the caller's own: the instalment's number */
    int32_t day;    /**< days since 1970-01-01 */
    int64_t due[4]; /**< by ACRM_PART_...; 0 ... */
    int64_t paid[4]; /**< by ACRM_PART_...; 0 ... due */
} acrm_due;

/** How a payment walks through the dues. */
enum {
    /** Due by due, oldest first: neighbouring steps of one `when` are done for a due before the
     *  next due is looked at. */
    ACRM_ALLOCATE_HORIZONTAL = 0,
    /** Step by step: a part is paid on all dues before the next step. */
    ACRM_ALLOCATE_VERTICAL = 1
};

/** Which later dues take money that comes early. */
enum {
    ACRM_FUTURE_NEXT = 0,  /**< the next one first */
    ACRM_FUTURE_LAST = 1,  /**< the last one first */
    ACRM_FUTURE_SPREAD = 2 /**< all alike: equal shares, none above what it lacks; vertical only */
};

/**
 * An order of allocation. acrm_allocation_init() sets the size and the usual order: past due, due,
 * in advance; in each penalty, fee, interest, principal; horizontal; next first.
 * @since 0.1
 */
typedef struct acrm_allocation {
    uint32_t struct_size;
    int32_t mode;      /**< ACRM_ALLOCATE_... */
    int32_t future;    /**< ACRM_FUTURE_... */
    int32_t steps_len; /**< 1..12; what no step names is not paid */
    int32_t steps[12]; /**< each 4 * ACRM_WHEN_... + ACRM_PART_..., none twice */
} acrm_allocation;

/** One amount put where it belongs. The layout is fixed. @since 0.1 */
typedef struct acrm_allocated {
    int32_t event; /**< acrm_replay(): index of the event; else 0 */
    int32_t due;   /**< index of the due */
    int32_t part;  /**< ACRM_PART_... */
    int32_t when;  /**< ACRM_WHEN_... on the day of the payment */
    int64_t amount; /**< > 0; below 0 only in what acrm_replay_diff() takes back */
} acrm_allocated;

/**
 * Sets the size and the usual order.
 * @param allocation  the struct; NULL does nothing
 * @since 0.1
 */
ACRM_API void acrm_allocation_init(acrm_allocation *allocation);

/**
 * Allocate a payment to the dues.
 *
 * @param allocation    the order
 * @param[in,out] dues  the contract; paid grows; untouched on failure
 * @param n_dues        0..ACRM_DUES_MAX
 * @param day           the payment's value day
 * @param amount        1..ACRM_FINANCE_AMOUNT_MAX
 * @param[out] rows     what went where, in the order of allocation; unspecified after a failure
 * @param rows_max      length of @p rows; 4 * n_dues is always enough
 * @param[out] n_rows   rows written; untouched on failure
 * @param[out] rest     what no due could take; untouched on failure
 * @param[out] issue    (optional) the fault; untouched on success
 * @return ACRM_OK, or
 *   ACRM_E_MISUSE   a NULL or a wrong struct_size
 *   ACRM_E_INVALID  a bad order, amount or day; dues out of order, or paid beyond due
 *   ACRM_E_LIMIT    too many dues, or @p rows_max is too small
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_allocate(const acrm_allocation *allocation, acrm_due *dues, size_t n_dues,
                               int32_t day, int64_t amount, acrm_allocated *rows, size_t rows_max,
                               size_t *n_rows, int64_t *rest, acrm_issue *issue);

/** How interest runs. The layout is fixed. @since 0.1 */
typedef struct acrm_interest {
    int64_t rate;       /**< a year, parts per billion, 0 ... ACRM_FINANCE_RATE_MAX */
    int64_t round_unit; /**< amounts are multiples of it, 1 ... ACRM_FINANCE_UNIT_MAX */
    int32_t rounding;   /**< ACRM_ROUND_... */
    /** ACRM_DAYS_... but not ACT/ACT ICMA; or ACRM_DAYS_NOMINAL: a whole period costs rate /
     *  per_year, a part of one its share by days. */
    int32_t day_count;
    int32_t per_year; /**< ACRM_DAYS_NOMINAL: periods a year, 1..366; else not read */
} acrm_interest;

/** What a penalty is measured by. */
enum {
    ACRM_PENALTY_INTEREST = 0, /**< interest on what is overdue */
    ACRM_PENALTY_SHARE = 1,    /**< once for each due: a share of what is overdue */
    ACRM_PENALTY_FIXED = 2     /**< once for each due: an amount */
};

/**
 * A rule for penalties. Set struct_size; a cap of 0 is no cap.
 * @since 0.1
 */
typedef struct acrm_penalty_rule {
    uint32_t struct_size;
    int32_t kind;         /**< ACRM_PENALTY_... */
    acrm_interest interest; /**< INTEREST: how it runs (not ACRM_DAYS_NOMINAL). SHARE: rate is the
                             *   share, not by the year. Rounding: also of due_cap_rate */
    int64_t amount;       /**< FIXED: the penalty */
    int32_t parts;        /**< bits (1 << ACRM_PART_...) that are overdue for it; not PENALTY */
    int32_t grace_days;   /**< nothing is charged until this many days after the due day, 0..366 */
    int32_t grace_counts; /**< INTEREST: 1 = once grace is over, its days are charged too */
    int64_t floor;        /**< dues that lack no more than this bear no penalty */
    int64_t due_cap;      /**< most for one due */
    int64_t due_cap_rate; /**< most for one due: a share of its principal, interest and fee; ppb */
    int64_t total_cap;    /**< most for the contract */
} acrm_penalty_rule;

/**
 * One penalty and how it came about: what the formula gives from the end of grace to @p to, less
 * what the days before @p from bore, at most what the caps leave. The layout is fixed.
 * @since 0.1
 */
typedef struct acrm_penalty_line {
    int32_t due;      /**< index of the due */
    int32_t from, to; /**< the stretch charged; it ends before to */
    int32_t reserved; /**< 0 */
    int64_t before;   /**< what the days before the stretch bore */
    int64_t room;     /**< what the caps left for this due */
    int64_t amount;   /**< charged: step.rounded - before, 0 or more, at most room */
    acrm_explain_line step;
} acrm_penalty_line;

/**
 * Charge the penalties of the days from one day to another, on the dues as they stand.
 *
 * Call it for each stretch between two changes of the dues: before each payment, and at the end.
 * Of penalty interest, a stretch bears what all days since the due day bear less what the days
 * before the stretch did, each rounded, so that many short stretches cost what a long one does.
 *
 * @param rule          the rule
 * @param[in,out] dues  the contract; due[ACRM_PART_PENALTY] grows; untouched on failure
 * @param n_dues        0..ACRM_DUES_MAX
 * @param from, to      days; the stretch ends before @p to. On day due + grace + 1 the first
 *                      penalty is charged
 * @param[out] charged  sum of the penalties; untouched on failure
 * @param[out] lines    (optional) one for each due that was charged, in their order; unspecified
 *                      after a failure
 * @param lines_max     length of @p lines; steps beyond it are not written
 * @param[out] n_lines  (optional) how many steps there are; untouched on failure
 * @param[out] issue    (optional) the fault; untouched on success
 * @return ACRM_OK, or ACRM_E_MISUSE, ACRM_E_INVALID, ACRM_E_LIMIT as acrm_allocate(), the latter
 *   also when a penalty passes ACRM_FINANCE_AMOUNT_MAX
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_penalty_charge(const acrm_penalty_rule *rule, acrm_due *dues, size_t n_dues,
                                     int32_t from, int32_t to, int64_t *charged,
                                     acrm_penalty_line *lines, size_t lines_max, size_t *n_lines,
                                     acrm_issue *issue);

/** One range of an ageing: overdue for age_min to age_max days. The layout is fixed. @since 0.1 */
typedef struct acrm_bucket {
    int32_t age_min; /**< the first: 1; then one more than age_max above it */
    int32_t age_max; /**< >= age_min; the last: INT32_MAX */
    int32_t dues;    /**< (out) how many dues are in it */
    int64_t unpaid[4]; /**< (out) what they lack, by ACRM_PART_... */
} acrm_bucket;

/** Days that do not age a due: from first to before last. The layout is fixed. @since 0.1 */
typedef struct acrm_pause {
    int32_t first, last;
} acrm_pause;

/** How to age. Set struct_size. @since 0.1 */
typedef struct acrm_arrears_options {
    uint32_t struct_size;
    int32_t grace_days; /**< dues not older than this are not overdue, 0..366 */
    int64_t floor;      /**< dues that lack no more than this are not overdue */
    const acrm_pause *pauses; /**< (optional) borrowed; ascending, apart from one another */
    size_t pauses_len;
    /** The bucket the contract was in, or -1. With it the contract leaves a bucket for a better one
     *  only when nothing at all is overdue any more. */
    int32_t held_bucket;
} acrm_arrears_options;

/** The arrears of a contract. Set struct_size. @since 0.1 */
typedef struct acrm_arrears_result {
    uint32_t struct_size;
    int32_t dues;      /**< how many dues are overdue */
    int32_t bucket;    /**< index of the contract's bucket: its oldest due's, or held; -1: none */
    int32_t oldest;    /**< index of the oldest overdue due, or -1 */
    int32_t since_day; /**< its day, or ACRM_DAY_NONE */
    int32_t age;       /**< its age in days, pauses taken off; 0 without */
    int64_t unpaid[4]; /**< what is overdue, by ACRM_PART_... */
    int64_t total;     /**< the sum of it */
} acrm_arrears_result;

/** What the ageing found of a due. */
enum {
    ACRM_ARREARS_OVERDUE = 0,
    ACRM_ARREARS_PAID = 1,      /**< it lacks nothing */
    ACRM_ARREARS_FLOOR = 2,     /**< it lacks no more than floor */
    ACRM_ARREARS_IN_GRACE = 3   /**< its age is within grace_days */
};

/** How one due was aged: age = calendar_days - paused_days. The layout is fixed. @since 0.1 */
typedef struct acrm_arrears_line {
    int32_t due; /**< its index */
    int32_t calendar_days; /**< from its day to the day judged by */
    int32_t paused_days;   /**< of them, taken off by pauses */
    int32_t age;
    int32_t finding; /**< ACRM_ARREARS_... */
    int32_t bucket;  /**< index, or -1 when it is not overdue */
    int64_t unpaid;  /**< all that it lacks */
} acrm_arrears_line;

/**
 * Age the dues into buckets.
 * @param options            how
 * @param dues               the contract
 * @param n_dues             0..ACRM_DUES_MAX
 * @param day                the day to judge by; a due of that day is not overdue
 * @param[in,out] buckets    the ranges, checked: no gap, no overlap; the rest of each row is
 *                           written; untouched on failure
 * @param n_buckets          1..ACRM_BUCKETS_MAX
 * @param[out] result        the sums; untouched on failure
 * @param[out] lines         (optional) one for each due before @p day; unspecified after a failure
 * @param lines_max          length of @p lines; lines beyond it are not written
 * @param[out] n_lines       (optional) how many there are; untouched on failure
 * @param[out] issue         (optional) the fault; untouched on success
 * @return ACRM_OK, ACRM_E_MISUSE, ACRM_E_INVALID (which range is wrong is told by field and row),
 *   ACRM_E_LIMIT
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_arrears(const acrm_arrears_options *options, const acrm_due *dues,
                              size_t n_dues, int32_t day, acrm_bucket *buckets, size_t n_buckets,
                              acrm_arrears_result *result, acrm_arrears_line *lines,
                              size_t lines_max, size_t *n_lines, acrm_issue *issue);

/** Up to when a settlement pays interest. */
enum {
    ACRM_SETTLE_TO_DAY = 0,       /**< the day itself */
    ACRM_SETTLE_TO_NEXT_DUE = 1,  /**< the end of the running period */
    ACRM_SETTLE_ALL = 2,          /**< all interest of the contract: a fixed cost without rebate */
    ACRM_SETTLE_BY_DAYS = 3,      /**< fixed cost: its share by days passed */
    ACRM_SETTLE_BY_DIGITS = 4     /**< fixed cost: sum of the digits ("rule of 78"): after m of n
                                   *   periods, m (2 n + 1 - m) / (n (n + 1)); a begun period is
                                   *   taken as passed */
};

/** What is paid back of costs paid at signing (2008/48/EC art. 16(1), CJEU C-383/18). */
enum {
    ACRM_REFUND_NONE = 0,
    ACRM_REFUND_BY_DAYS = 1,    /**< the share of the days that remain */
    ACRM_REFUND_BY_INTEREST = 2 /**< the share of the contract's interest that is saved */
};

/**
 * How a settlement is worked out. Set struct_size.
 * @since 0.1
 */
typedef struct acrm_settlement_terms {
    uint32_t struct_size;
    int32_t start_day;   /**< first day of interest of the contract */
    acrm_interest interest; /**< rate and day count: TO_DAY, TO_NEXT_DUE; rounding: all */
    int32_t method;      /**< ACRM_SETTLE_... */
    int32_t refund;      /**< ACRM_REFUND_... */
    int64_t costs;       /**< paid at signing, for the refund */
    int64_t fee;         /**< a fixed compensation */
    int64_t fee_rate;    /**< of the principal repaid before it is due; ppb */
    int64_t fee_rate_short; /**< the same when short_days or fewer remain; ppb */
    int32_t short_days;  /**< the directive's year: 365 */
    int32_t fee_within_interest; /**< 1: at most the interest saved, art. 16(5) */
    int64_t fee_free;    /**< no compensation when the principal repaid early is at most this */
} acrm_settlement_terms;

/**
 * What it costs to end a contract on a day. total = principal + interest_due + interest_running -
 * interest_prepaid + fees + penalties + compensation - refund. Set struct_size.
 * @since 0.1
 */
typedef struct acrm_settlement_quote {
    uint32_t struct_size;
    int32_t day;
    int64_t principal;        /**< all that is unpaid of it */
    int64_t principal_early;  /**< of this, what falls due after the day */
    int64_t interest_due;     /**< unpaid of the dues up to the day */
    int64_t interest_running; /**< earned since the last due, on the principal not yet due (what
                               *   is overdue bears penalties); below 0: a fixed cost's share is
                               *   less than the dues asked for */
    int64_t interest_prepaid; /**< already paid of later dues */
    int64_t interest_saved;   /**< what the later dues would have borne more; below 0: less */
    int64_t fees;             /**< unpaid of the dues up to the day, less what is paid of later
                               *   ones, which fall away */
    int64_t penalties;        /**< unpaid, of all dues */
    int64_t compensation;
    int64_t refund;
    int64_t total; /**< below 0: the lender pays */
    int64_t days_left; /**< to the last due */
} acrm_settlement_quote;

/**
 * Quote an early settlement.
 * @param terms        how
 * @param dues         the contract
 * @param n_dues       1..ACRM_DUES_MAX
 * @param day          the day, not before start_day
 * @param[out] quote   the sums; untouched on failure
 * @param[out] lines   (optional) the steps: "interest_running", "compensation", "refund";
 *                     unspecified after a failure
 * @param lines_max    length of @p lines; 4 is always enough, steps beyond it are not written
 * @param[out] n_lines (optional) how many there are; untouched on failure
 * @param[out] issue   (optional) the fault; untouched on success
 * @return ACRM_OK, ACRM_E_MISUSE, ACRM_E_INVALID or ACRM_E_LIMIT as acrm_allocate()
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_settlement(const acrm_settlement_terms *terms, const acrm_due *dues,
                                 size_t n_dues, int32_t day, acrm_settlement_quote *quote,
                                 acrm_explain_line *lines, size_t lines_max, size_t *n_lines,
                                 acrm_issue *issue);

/** What gives way when principal is repaid early. */
enum {
    ACRM_RECAST_SHORTEN = 0, /**< instalments stay, the last ones fall away */
    ACRM_RECAST_LOWER = 1,   /**< due days stay, instalments become lower */
    ACRM_RECAST_LAST = 2     /**< parts of principal stay, the last fall away; interest falls */
};

/**
 * How to write the rest of a contract anew. Set struct_size.
 * @since 0.1
 */
typedef struct acrm_recast_terms {
    uint32_t struct_size;
    int32_t mode;           /**< ACRM_RECAST_...; restructuring: SHORTEN or LOWER */
    acrm_interest interest;
    int32_t start_day;      /**< first day of interest of the contract */
    int32_t capitalise;     /**< restructuring: bits (1 << part) of unpaid amounts added to the
                             *   principal; the others are forgiven */
    int64_t instalment;     /**< SHORTEN: principal and interest of each; 0 = the next due's */
    int64_t balloon;        /**< kept for the last due, 0 ... less than the principal */
    int32_t periods;        /**< restructuring: dues, or with SHORTEN the most; 1..ACRM_DUES_MAX */
    int32_t first_due_day;  /**< restructuring: after the day of it */
    int32_t step_months;    /**< restructuring: months between dues, 0..12 ... */
    int32_t step_days;      /**< ... or days, when step_months is 0; 1..366 */
    int32_t interest_only;  /**< restructuring: first dues without principal, 0..periods - 1 */
} acrm_recast_terms;

/** What came of it. Set struct_size. @since 0.1 */
typedef struct acrm_recast_result {
    uint32_t struct_size;
    int32_t dues;          /**< rows written */
    int64_t principal;     /**< owed by the new dues */
    int64_t capitalised;   /**< of it, interest, fees and penalties added */
    int64_t forgiven;      /**< unpaid amounts that were not */
    int64_t instalment;    /**< principal and interest of the regular new due */
    int64_t interest;      /**< of all new dues */
    int64_t interest_saved; /**< unpaid interest of the dues replaced, less that; below 0: more */
} acrm_recast_result;

/**
 * Repay principal before it is due, and write the later dues anew.
 *
 * Dues up to the day must be paid (allocate first). Interest of the running period is earned on
 * the old principal up to the day, on the new one after it, each part rounded, and falls due with
 * the next due. Unpaid fees and penalties of the dues replaced move to the new due of that place,
 * those beyond the new last one to it. A balloon needs LOWER.
 *
 * @param terms       how; the restructuring members are not read
 * @param dues        the contract
 * @param n_dues      1..ACRM_DUES_MAX
 * @param day         the day, not before start_day
 * @param amount      principal repaid, 1 to less than what is owed (all of it: acrm_settlement())
 * @param[out] rows   the dues that replace those after @p day, unpaid; not @p dues itself;
 *                    unspecified after a failure
 * @param rows_max    length of @p rows; the number of later dues is always enough
 * @param[out] result the sums; untouched on failure
 * @param[out] lines  (optional) the steps: "earned" (interest up to @p day), "instalment" unless it
 *                    was given, and "interest" of each due, without what was earned; unspecified
 *                    after a failure
 * @param lines_max   length of @p lines; steps beyond it are not written
 * @param[out] n_lines (optional) how many steps there are; untouched on failure
 * @param[out] issue  (optional) the fault; untouched on success
 * @return ACRM_OK, or
 *   ACRM_E_MISUSE, ACRM_E_INVALID, ACRM_E_LIMIT as acrm_allocate()
 *   ACRM_E_CONFLICT  dues up to the day are unpaid, or interest or principal of later ones is paid
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_prepay(const acrm_recast_terms *terms, const acrm_due *dues, size_t n_dues,
                             int32_t day, int64_t amount, acrm_due *rows, size_t rows_max,
                             acrm_recast_result *result, acrm_explain_line *lines,
                             size_t lines_max, size_t *n_lines, acrm_issue *issue);

/**
 * Replace all unpaid dues by new ones: another rate, term, instalment or first day; arrears added
 * to the principal or forgiven.
 *
 * The new principal is the unpaid principal of all dues and the unpaid amounts that capitalise
 * names. Interest earned since the last due up to @p day counts as unpaid interest.
 *
 * @param terms       how
 * @param dues        the contract
 * @param n_dues      1..ACRM_DUES_MAX
 * @param day         the first day of interest of the new dues, not before start_day
 * @param[out] rows   the new dues, numbered from 1; unspecified after a failure
 * @param rows_max    length of @p rows; periods is always enough
 * @param[out] result the sums; untouched on failure
 * @param[out] lines  (optional) the steps, as acrm_prepay()
 * @param lines_max   length of @p lines; steps beyond it are not written
 * @param[out] n_lines (optional) how many steps there are; untouched on failure
 * @param[out] issue  (optional) the fault; untouched on success
 * @return as acrm_prepay(); ACRM_E_CONFLICT when interest of dues after @p day is paid already
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_restructure(const acrm_recast_terms *terms, const acrm_due *dues,
                                  size_t n_dues, int32_t day, acrm_due *rows, size_t rows_max,
                                  acrm_recast_result *result, acrm_explain_line *lines,
                                  size_t lines_max, size_t *n_lines, acrm_issue *issue);

/** What happened to a contract. */
enum {
    ACRM_EVENT_PAYMENT = 0,
    ACRM_EVENT_REVERSAL = 1, /**< takes an earlier event of the list back; both stay in it */
    ACRM_EVENT_CHARGE = 2    /**< adds amount to a part of a due */
};

/** One entry of the history, in the order of booking. The layout is fixed. @since 0.1 */
typedef struct acrm_event {
    int32_t kind;       /**< ACRM_EVENT_... */
    int32_t day;        /**< value day; may be before that of events booked earlier */
    int64_t amount;     /**< 1 ... ACRM_FINANCE_AMOUNT_MAX; REVERSAL: 0 */
    int32_t of;         /**< REVERSAL: index of the event; CHARGE: index of the due; else 0 */
    int32_t part;       /**< CHARGE: ACRM_PART_PENALTY or _FEE; else 0 */
    int32_t allocation; /**< PAYMENT: index into the orders (one for each type of payment) */
} acrm_event;

/** What became of an event. The layout is fixed. @since 0.1 */
typedef struct acrm_event_result {
    int32_t reversed_by; /**< index of its reversal, or -1 */
    int32_t place;       /**< its place in the order of value days; -1: reversed or a reversal */
    int32_t first_row;   /**< its rows of allocation ... */
    int32_t n_rows;
    int64_t rest; /**< of a payment: what no due could take */
} acrm_event_result;

/** What a history is played by. Set struct_size. @since 0.1 */
typedef struct acrm_replay_terms {
    uint32_t struct_size;
    int32_t start_day; /**< no event is before it */
    const acrm_allocation *allocations; /**< borrowed for the call */
    size_t allocations_len;             /**< 1..16 */
    const acrm_penalty_rule *penalty;   /**< (optional) borrowed; charged between events */
    int32_t to_day;                     /**< penalties are charged up to it; not before any event */
} acrm_replay_terms;

/**
 * Play the whole history of a contract again.
 *
 * Reversed events and their reversals have no effect but stay in the list and are reported; the
 * others act in the order of their value days, those of one day in the order of booking. A payment
 * booked late for an earlier day, or the reversal of one, so changes the allocation of all later
 * payments, and the penalties: exactly as if it had been known in time.
 *
 * @param terms         orders, penalty rule
 * @param[in,out] dues  the contract as agreed, paid all 0; on return as it stands on to_day;
 *                      unspecified after a failure
 * @param n_dues        0..ACRM_DUES_MAX
 * @param events        the history, in the order of booking
 * @param n_events      0..ACRM_EVENTS_MAX
 * @param[out] results  one for each event; unspecified after a failure
 * @param[out] rows     what went where, event by event in the order of value days; unspecified
 *                      after a failure
 * @param rows_max      length of @p rows
 * @param[out] n_rows   rows written; untouched on failure
 * @param[out] lines    (optional) the penalties charged, stretch by stretch; unspecified after a
 *                      failure
 * @param lines_max     length of @p lines; lines beyond it are not written
 * @param[out] n_lines  (optional) how many there are; untouched on failure
 * @param[out] issue    (optional) the fault; untouched on success
 * @return ACRM_OK, or ACRM_E_MISUSE, ACRM_E_INVALID (an event of no kind, day, amount or reference;
 *   a reversal of a reversal, of a later event or of one already reversed), ACRM_E_LIMIT
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_replay(const acrm_replay_terms *terms, acrm_due *dues, size_t n_dues,
                             const acrm_event *events, size_t n_events,
                             acrm_event_result *results, acrm_allocated *rows, size_t rows_max,
                             size_t *n_rows, acrm_penalty_line *lines, size_t lines_max,
                             size_t *n_lines, acrm_issue *issue);

/**
 * The entries that turn the allocations of one replay into those of a later one with more events:
 * for each event whose rows differ, the old ones with their amounts negated, then the new ones. So
 * a ledger keeps both records.
 * @param old_results, old_rows  of the replay before
 * @param n_old                  its events: the first ones of the new list, unchanged
 * @param new_results, new_rows  of the replay after
 * @param n_new                  its events
 * @param[out] changes           the entries; unspecified after a failure
 * @param changes_max            length of @p changes; all old and new rows together always suffice
 * @param[out] n_changes         entries written; untouched on failure
 * @return ACRM_OK, ACRM_E_MISUSE for a NULL or n_old > n_new, ACRM_E_LIMIT when they do not fit
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_replay_diff(const acrm_event_result *old_results,
                                  const acrm_allocated *old_rows, size_t n_old,
                                  const acrm_event_result *new_results,
                                  const acrm_allocated *new_rows, size_t n_new,
                                  acrm_allocated *changes, size_t changes_max, size_t *n_changes);

#ifdef __cplusplus
}
#endif

#endif
