/* SPDX-License-Identifier: MIT */
/**
 * Instalment schedules, the solver, leases and their explanation.
 *
 * Pure computing: no session, no clock, no allocation. Amounts are int64 minor units of one
 * currency (the engine never needs to know how many decimals it has), 0 to
 * ACRM_FINANCE_AMOUNT_MAX. Rates are parts per billion of 1 a year: 4.99 % is 49 900 000, which is
 * exact for seven decimals of a percentage. Every product is exact and every figure is rounded
 * once, by the named rule, to a multiple of a named unit; no figure of money passes through
 * floating point. docs/finance.md has the formulas and their conventions.
 */
#ifndef AUTOCRM_FINANCE_H
#define AUTOCRM_FINANCE_H

#include "autocrm/apr.h"
#include "autocrm/day_count.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The largest amount taken or made: 10^15 minor units. */
#define ACRM_FINANCE_AMOUNT_MAX INT64_C(1000000000000000)
/** The largest yearly rate: 1000 %. */
#define ACRM_FINANCE_RATE_MAX INT64_C(10000000000)

/** Further limits. */
enum {
    ACRM_RATE_ONE = 1000000000,         /**< the rate 1, that is 100 %, in parts per billion */
    ACRM_FINANCE_PERIODS_MAX = 36525,   /**< periods of a contract: a century of days */
    ACRM_FINANCE_CHARGES_MAX = 64,      /**< charges of a contract */
    ACRM_FINANCE_UNIT_MAX = 1000000000, /**< largest rounding unit, in minor units */
    ACRM_EXPLAIN_LINES_MAX = 256        /**< enough lines for any explanation */
};

/** How a contract is repaid. */
enum {
    ACRM_FINANCE_ANNUITY = 0,         /**< equal instalments, interest on the balance */
    ACRM_FINANCE_EQUAL_PRINCIPAL = 1, /**< equal parts of principal, interest on the balance */
    ACRM_FINANCE_INTEREST_ONLY = 2,   /**< interest only; the principal falls due at the end */
    ACRM_FINANCE_FLAT = 3,            /**< interest on the first balance for the whole term */
    /** As FLAT, but on the average balance of equal parts: loan * rate * (n + 1) / (2 * n) * years.
     * The bank formula of Iran, loan * percent * (n + 1) / 2400 for n months. */
    ACRM_FINANCE_FLAT_AVERAGE = 4,
    ACRM_FINANCE_MURABAHA = 5 /**< cost plus an agreed, fixed profit (member profit); no rate */
};

/** When in its period an instalment falls due. */
enum { ACRM_TIMING_ARREARS = 0, ACRM_TIMING_ADVANCE = 1 };

/** Length of a period, with the periods a year that the nominal rate is divided by. */
enum {
    ACRM_PERIOD_MONTH = 0,      /**< 12 */
    ACRM_PERIOD_QUARTER = 1,    /**< 4 */
    ACRM_PERIOD_HALF_YEAR = 2,  /**< 2 */
    ACRM_PERIOD_YEAR = 3,       /**< 1 */
    ACRM_PERIOD_FOUR_WEEKS = 4, /**< 13 */
    ACRM_PERIOD_TWO_WEEKS = 5,  /**< 26 */
    ACRM_PERIOD_WEEK = 6,       /**< 52 */
    ACRM_PERIOD_DAY = 7         /**< 365 */
};

/** For day_count: each whole period costs rate / periods a year; odd days are 1/365 of a year. */
enum { ACRM_DAYS_NOMINAL = 0 };

/** The calendar whose months, month ends and skipped months count. */
enum { ACRM_CALENDAR_GREGORIAN = 0, ACRM_CALENDAR_JALALI = 1 };

/** What becomes of the interest of a period in which nothing is paid. */
enum {
    ACRM_UNPAID_CAPITALISE = 0, /**< it is added to the principal, and bears interest */
    ACRM_UNPAID_WITH_NEXT = 1   /**< it waits, and falls due on top of the next payment */
};

/** What becomes of the odd days when the first period is not a regular one. */
enum {
    ACRM_FIRST_SPREAD = 0, /**< all instalments stay equal: the odd interest is in each of them */
    ACRM_FIRST_ADD = 1,    /**< the first instalment is larger, or smaller, by it */
    ACRM_FIRST_OWN_LINE = 2 /**< its own row before the first instalment; a short one as ADD */
};

/** Where an instalment goes whose day is closed. */
enum {
    ACRM_MOVE_NONE = 0,
    ACRM_MOVE_FOLLOWING = 1,          /**< the next open day */
    ACRM_MOVE_PRECEDING = 2,          /**< the open day before */
    ACRM_MOVE_MODIFIED_FOLLOWING = 3, /**< the next, unless that is in another month */
    ACRM_MOVE_MODIFIED_PRECEDING = 4, /**< the one before, unless that is in another month */
    ACRM_MOVE_NEXT_DUE = 5            /**< the next due day that is open; the last: FOLLOWING */
};

/** Rounding to a multiple of a unit. Amounts are never negative where they are rounded. */
enum {
    ACRM_ROUND_HALF_UP = 0,
    ACRM_ROUND_HALF_EVEN = 1, /**< a tie goes to the even multiple of the unit */
    ACRM_ROUND_HALF_DOWN = 2,
    ACRM_ROUND_UP = 3,
    ACRM_ROUND_DOWN = 4
};

/** How the fixed cost of FLAT, FLAT_AVERAGE and MURABAHA is laid on the instalments. */
enum {
    ACRM_SPREAD_EVEN = 0,  /**< the same share in each */
    ACRM_SPREAD_DIGITS = 1 /**< sum of the digits ("rule of 78"): n shares first, 1 share last */
};

/** What tax is laid on. */
enum {
    ACRM_TAX_NONE = 0,
    ACRM_TAX_PRICE = 1,              /**< the price */
    ACRM_TAX_PRICE_NET_TRADE_IN = 2, /**< the price less the trade-in */
    ACRM_TAX_PAYMENT = 3,            /**< principal and interest of each payment */
    ACRM_TAX_INTEREST = 4            /**< the interest of each payment */
};

/** Charges: what they are, when they are paid, and what they are measured by. */
enum { ACRM_CHARGE_FEE = 0, ACRM_CHARGE_INSURANCE = 1 };
enum {
    ACRM_CHARGE_UPFRONT = 0,  /**< at signing, outside the schedule */
    ACRM_CHARGE_FINANCED = 1, /**< added to the amount financed */
    ACRM_CHARGE_PERIODIC = 2, /**< with every period's row, also one without instalment */
    ACRM_CHARGE_FINAL = 3     /**< with the last row */
};
enum {
    ACRM_CHARGE_FIXED = 0,    /**< member amount */
    ACRM_CHARGE_OF_PRICE = 1, /**< member rate of the price */
    /** Member rate of the amount financed; of a financed charge: of that before such charges. */
    ACRM_CHARGE_OF_LOAN = 2,
    ACRM_CHARGE_OF_BALANCE = 3 /**< member rate of the row's opening balance; PERIODIC, FINAL */
};
enum {
    ACRM_CHARGE_IN_APR = 1, /**< counts in the annual percentage rate */
    ACRM_CHARGE_TAXED = 2   /**< bears tax at tax_rate, paid when the charge is */
};

/** One charge. Its layout is fixed. @since 0.1 */
typedef struct acrm_finance_charge {
    int32_t kind;   /**< ACRM_CHARGE_FEE or _INSURANCE */
    int32_t when;   /**< ACRM_CHARGE_UPFRONT ... */
    int32_t basis;  /**< ACRM_CHARGE_FIXED ... */
    uint32_t flags; /**< ACRM_CHARGE_IN_APR, ACRM_CHARGE_TAXED */
    int64_t amount; /**< minor units, for FIXED */
    int64_t rate;   /**< parts per billion of the basis, for the others; not by the year */
} acrm_finance_charge;

/** What a step sets. */
enum {
    ACRM_STEP_SHARE = 0, /**< value is a share of the solved one: ACRM_RATE_ONE = all of it */
    ACRM_STEP_AMOUNT = 1 /**< value is the instalment in minor units */
};

/** From one period on, other instalments (ANNUITY). Its layout is fixed. @since 0.1 */
typedef struct acrm_finance_step {
    int32_t from;  /**< the first period it holds for, 1 ... periods; ascending in the array */
    int32_t what;  /**< ACRM_STEP_SHARE or ACRM_STEP_AMOUNT */
    int64_t value; /**< parts per billion (0 ... 10^12) or minor units */
} acrm_finance_step;

/**
 * Is a civil day open for payments?
 * @param user  the terms' open_user
 * @param day   days since 1970-01-01
 * @return 1 open, 0 closed, or a negative ACRM_E_* which ends the call with that status
 */
typedef int32_t (*acrm_finance_open_fn)(void *user, int32_t day);

/**
 * A contract. acrm_finance_terms_init() sets the size and the defaults; every member that is not
 * named below is 0 then.
 *
 * Amount financed = price + financed tax - deposit - trade_in + trade_in_debt + financed charges;
 * it must be positive. Without start_day the schedule has no dates.
 * @since 0.1
 */
typedef struct acrm_finance_terms {
    uint32_t struct_size;
    int32_t kind;      /**< ACRM_FINANCE_... */
    int32_t timing;    /**< ACRM_TIMING_... */
    int32_t period;    /**< ACRM_PERIOD_... */
    int32_t periods;   /**< number of periods, 1 ... ACRM_FINANCE_PERIODS_MAX */
    int32_t day_count; /**< ACRM_DAYS_NOMINAL or an ACRM_DAYS_...; the latter needs start_day */
    int64_t rate;      /**< nominal, a year, parts per billion, 0 ... ACRM_FINANCE_RATE_MAX */

    int64_t price;
    int64_t deposit;       /**< paid in cash at signing */
    int64_t trade_in;      /**< what is allowed for the old vehicle */
    int64_t trade_in_debt; /**< what is still owed on it, and financed along */
    /** Due at the end in a row of its own, 0 ... amount financed. With payments in advance that is
     * one period after the last instalment. */
    int64_t balloon;
    int64_t instalment; /**< the instalment of an ANNUITY if it is given; 0 = solve it */
    int64_t profit;     /**< MURABAHA: the agreed profit */

    int32_t grace_principal; /**< this many first periods pay interest only */
    int32_t grace_interest;  /**< this many first periods pay nothing; see unpaid */
    int32_t interest_free;   /**< this many first periods bear no interest */
    int32_t unpaid;          /**< ACRM_UNPAID_... */
    uint32_t skip_months;    /**< bit m - 1: nothing is paid in month m, but the last */
    int32_t calendar;        /**< ACRM_CALENDAR_... */
    int32_t start_day;       /**< first day of interest, or ACRM_DAY_NONE (default) */
    int32_t first_due_day;   /**< the first instalment, or ACRM_DAY_NONE (default): regular */
    int32_t due_dom;         /**< day of month the due days aim at, 1 ... 31; 0: the first one's */
    int32_t month_end;       /**< 1: a first day that ends its month makes all end theirs */
    int32_t first_period;    /**< ACRM_FIRST_... */
    int32_t move;            /**< ACRM_MOVE_...; needs start_day and open */
    int32_t move_interest;   /**< 1: interest runs to the moved day, not to the nominal one */
    int32_t spread;          /**< ACRM_SPREAD_... */

    int32_t rounding;            /**< ACRM_ROUND_... of interest, charges and tax */
    int32_t instalment_rounding; /**< ACRM_ROUND_... of instalments and parts of principal */
    int64_t round_unit;          /**< interest, charges and tax are multiples of it; default 1 */
    int64_t instalment_unit;     /**< and instalments of this; default 1 */
    int64_t tail;                /**< a rest this small is paid with the instalment before it */

    int32_t tax_on;       /**< ACRM_TAX_... */
    int32_t tax_financed; /**< 1: tax on the price is financed, 0: paid at signing */
    int64_t tax_rate;     /**< parts per billion */

    const acrm_finance_charge *charges; /**< (optional) borrowed for the call */
    size_t charges_len;
    const acrm_finance_step *steps; /**< (optional) borrowed for the call */
    size_t steps_len;
    acrm_finance_open_fn open; /**< (optional) see move */
    void *open_user;
} acrm_finance_terms;

/** What a row is. */
enum {
    ACRM_ROW_INSTALMENT = 0,
    ACRM_ROW_FIRST_INTEREST = 1, /**< the odd days of ACRM_FIRST_OWN_LINE; number 0 */
    ACRM_ROW_BALLOON = 2         /**< the balloon; number = periods + 1 */
};

/** What is special about a row. */
enum {
    ACRM_ROW_HOLIDAY = 1,       /**< nothing is paid by grace or a skipped month */
    ACRM_ROW_INTEREST_ONLY = 2, /**< only interest is paid */
    ACRM_ROW_NEGATIVE = 4,      /**< the instalment is less than the interest */
    ACRM_ROW_LAST = 8,          /**< the last row; it takes what rounding has left */
    ACRM_ROW_MOVED = 16         /**< pay_day is not due_day */
};

/**
 * One row of a schedule: closing = opening - principal, and total = principal + interest + fee +
 * insurance + tax. Capitalised interest is a negative principal, so that the principal of all rows
 * is exactly the amount financed. Its layout is fixed.
 * @since 0.1
 */
typedef struct acrm_schedule_row {
    int32_t number;  /**< 1 ... periods */
    int32_t kind;    /**< ACRM_ROW_INSTALMENT ... */
    uint32_t flags;  /**< ACRM_ROW_HOLIDAY ... */
    int32_t from_day; /**< first day of its interest period; ACRM_DAY_NONE without dates */
    int32_t due_day; /**< nominal day; ACRM_DAY_NONE without dates */
    int32_t pay_day; /**< the day after moving to an open one */
    int64_t opening;
    int64_t accrued;   /**< interest that the period earned */
    int64_t interest;  /**< interest that is paid */
    int64_t principal; /**< below 0: interest is added to the principal */
    int64_t fee;
    int64_t insurance;
    int64_t tax;
    int64_t total; /**< all that is paid */
    int64_t counted; /**< what of total counts in the annual percentage rate */
    int64_t closing;
} acrm_schedule_row;

/** The schedule in sums. Set struct_size. @since 0.1 */
typedef struct acrm_schedule_summary {
    uint32_t struct_size;
    int32_t rows;           /**< rows of the schedule */
    int32_t negative_rows;  /**< rows with ACRM_ROW_NEGATIVE */
    int32_t first_negative; /**< number of the first of them, or 0 */
    int64_t price_tax;      /**< tax on the price */
    int64_t financed;       /**< amount financed */
    int64_t upfront;        /**< upfront charges, their tax, and tax on the price if not financed */
    /** What the borrower is counted to have got: financed less the charges flagged IN_APR. */
    int64_t advance_counted;
    int64_t instalment;      /**< the regular one: principal and interest, rounded; see below */
    int64_t exact_whole;     /**< the same before rounding: whole minor units ... */
    int64_t exact_ppt;       /**< ... and parts per trillion of one */
    int64_t last_instalment; /**< principal and interest of the last row of kind INSTALMENT */
    int64_t interest;        /**< sums over the rows, from here on */
    int64_t principal;
    int64_t fee;
    int64_t insurance;
    int64_t tax;
    int64_t total;
} acrm_schedule_summary;

/**
 * Sets the size and the defaults: a monthly annuity in arrears, nominal rate, no dates, rounded
 * half up to the minor unit.
 * @param terms  the struct; NULL does nothing
 * @since 0.1
 */
ACRM_API void acrm_finance_terms_init(acrm_finance_terms *terms);

/**
 * The schedule of a contract.
 *
 * Interest of a row = opening * rate * fraction of a year, an exact product rounded once. The
 * regular instalment of an ANNUITY is the exact one, rounded; a value within 2^-36 of a minor unit
 * of a tie counts as one. The regular instalment in the summary is, for EQUAL_PRINCIPAL and
 * INTEREST_ONLY, that of the first row in which the regular payment is made. The last row takes
 * what rounding has left; the last closing balance is exactly 0. Rounding up to large units can
 * end a schedule before its last period.
 *
 * An instalment below the interest is no fault: its row is flagged and counted in the summary.
 *
 * @param terms          the contract
 * @param[out] rows      (optional) an array for the rows; unspecified after a failure
 * @param rows_max       length of @p rows; periods + 2 is always enough. 0 with NULL: sums only
 * @param[out] summary   (optional) the sums; untouched on failure
 * @param[out] issue     (optional) the fault; untouched on success
 * @return ACRM_OK, or
 *   ACRM_E_MISUSE   @p terms is NULL, a struct_size is wrong, rows_max without rows
 *   ACRM_E_INVALID  a member is out of its range or members contradict each other
 *   ACRM_E_LIMIT    @p rows_max is too small, or an amount passes ACRM_FINANCE_AMOUNT_MAX
 *   or the negative status that terms->open returned
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_schedule(const acrm_finance_terms *terms, acrm_schedule_row *rows,
                               size_t rows_max, acrm_schedule_summary *summary,
                               acrm_issue *issue);

/** What acrm_finance_solve() looks for. */
enum {
    ACRM_SOLVE_PAYMENT = 0,
    ACRM_SOLVE_RATE = 1,
    ACRM_SOLVE_TERM = 2,
    ACRM_SOLVE_PRICE = 3,
    ACRM_SOLVE_DEPOSIT = 4,
    ACRM_SOLVE_BALLOON = 5,
    ACRM_SOLVE_TRADE_IN = 6
};

/** How many values solve a contract. */
enum {
    ACRM_SOLUTIONS_NONE = 0,
    ACRM_SOLUTIONS_ONE = 1, /**< one, up to rounding: lowest ... highest all round alike */
    ACRM_SOLUTIONS_ALL = 2  /**< the unknown makes no difference: every value does */
};

/** What was found. Set struct_size. @since 0.1 */
typedef struct acrm_solution {
    uint32_t struct_size;
    int32_t solutions; /**< ACRM_SOLUTIONS_... */
    /** The value whose exact instalment is nearest to the wanted one: minor units, parts per
     * billion, or periods. With ACRM_SOLUTIONS_NONE: the nearest that the contract allows. */
    int64_t value;
    int64_t lowest;     /**< every value from here ... */
    int64_t highest;    /**< ... to here gives exactly the wanted instalment; above it: none does */
    int64_t instalment; /**< the instalment at value */
    int64_t reach_low;  /**< the instalments that any value of the unknown can reach ... */
    int64_t reach_high; /**< ... between these two */
    double periods;     /**< TERM of a plain annuity: the exact number; else as value */
} acrm_solution;

/**
 * The value of one unknown that makes the regular instalment (principal and interest, without
 * charges and tax) a wanted one. The member of @p terms that is sought is ignored.
 *
 * TERM is the number of instalments when the wanted one is paid each period until the balance is
 * gone, the last being smaller; there is none when it does not cover the interest.
 *
 * @param terms          the contract; its member instalment must be 0
 * @param unknown        ACRM_SOLVE_...
 * @param instalment     the wanted one, 1 ... ACRM_FINANCE_AMOUNT_MAX; ignored for PAYMENT
 * @param[out] solution  what was found; untouched on failure
 * @param[out] issue     (optional) the fault; untouched on success
 * @return ACRM_OK, also when there is no solution, or
 *   ACRM_E_MISUSE   a NULL or a wrong struct_size
 *   ACRM_E_INVALID  unknown @p unknown, or terms that no value of it makes valid
 *   ACRM_E_LIMIT    no value of it keeps the amounts within ACRM_FINANCE_AMOUNT_MAX
 *   or the negative status that terms->open returned
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_finance_solve(const acrm_finance_terms *terms, int32_t unknown,
                                    int64_t instalment, acrm_solution *solution,
                                    acrm_issue *issue);

/** What acrm_annuity_value() can tell about an annuity. */
enum {
    ACRM_ANNUITY_PAYMENT = 0,
    ACRM_ANNUITY_PRESENT = 1,   /**< from payment and future */
    ACRM_ANNUITY_FUTURE = 2,    /**< what a first deposit, present, and payments become */
    ACRM_ANNUITY_BALANCE = 3,   /**< owed right after payment number `period` */
    ACRM_ANNUITY_INTEREST = 4,  /**< interest in payment number `period` */
    ACRM_ANNUITY_PRINCIPAL = 5  /**< principal in payment number `period` */
};

/** The plain annuity of a spreadsheet; all amounts positive. Set struct_size. @since 0.1 */
typedef struct acrm_annuity {
    uint32_t struct_size;
    int32_t timing;           /**< ACRM_TIMING_... */
    int32_t periods;          /**< 1 ... ACRM_FINANCE_PERIODS_MAX */
    int32_t periods_per_year; /**< 1 ... 366 */
    int64_t rate;             /**< nominal, a year, parts per billion */
    int64_t present;          /**< owed or paid in at the start */
    int64_t future;           /**< owed at the end of the last period, also in advance */
    int64_t payment;          /**< for PRESENT and FUTURE */
} acrm_annuity;

/** An amount that is not rounded. Set struct_size. @since 0.1 */
typedef struct acrm_exact_amount {
    uint32_t struct_size;
    int32_t reserved; /**< 0 */
    int64_t whole;    /**< whole minor units, rounded down */
    int64_t ppt;      /**< parts per trillion of one, rounded to the nearest */
    int64_t rounded;  /**< half up to the minor unit */
} acrm_exact_amount;

/**
 * A figure of a plain annuity, without rounding anything on the way (spreadsheets' PMT, PV, FV,
 * IPMT, PPMT), to about 10^-11 of a minor unit.
 * @param annuity      the annuity
 * @param what         ACRM_ANNUITY_...
 * @param period       payment number for BALANCE, INTEREST and PRINCIPAL; else ignored
 * @param[out] value   the figure; untouched on failure
 * @param[out] issue   (optional) the fault; untouched on success
 * @return ACRM_OK, or
 *   ACRM_E_MISUSE   a NULL or a wrong struct_size
 *   ACRM_E_INVALID  a member out of range, unknown @p what, a future value above what is owed
 *   ACRM_E_LIMIT    the figure passes ACRM_FINANCE_AMOUNT_MAX
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_annuity_value(const acrm_annuity *annuity, int32_t what, int32_t period,
                                    acrm_exact_amount *value, acrm_issue *issue);

/**
 * One step of a computation: rounded = base * num / den, rounded to a multiple of unit. A figure
 * that is not of this form has den 0, and formula alone says how it came about. Its layout is
 * fixed.
 * @since 0.1
 */
typedef struct acrm_explain_line {
    const char *figure;  /**< (transfer none) static text: what was computed, "interest" */
    const char *formula; /**< (transfer none) static text: from what */
    int64_t base;
    int64_t num;
    int64_t den;
    int64_t whole;    /**< the exact result: whole minor units, rounded down ... */
    int64_t ppt;      /**< ... and parts per trillion, rounded down */
    int64_t rounded;  /**< what was used */
    int64_t unit;     /**< rounded is a multiple of it */
    int32_t rounding; /**< ACRM_ROUND_... */
    int32_t days;     /**< days counted in a day-count fraction, else 0 */
} acrm_explain_line;

/**
 * How a schedule came about: the steps that made the amounts before the first row, or one row.
 * These are the very steps of acrm_schedule(), recorded while it runs.
 * @param terms        the contract
 * @param row          index of the row, or -1 for what precedes them
 * @param[out] lines   an array for the steps; unspecified after a failure
 * @param lines_max    its length; ACRM_EXPLAIN_LINES_MAX is always enough
 * @param[out] n_lines how many there are; untouched on failure
 * @param[out] issue   (optional) the fault; untouched on success
 * @return ACRM_OK, as acrm_schedule(), or ACRM_E_NOTFOUND when there is no such row, ACRM_E_LIMIT
 *   when @p lines_max is too small
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_schedule_explain(const acrm_finance_terms *terms, int32_t row,
                                       acrm_explain_line *lines, size_t lines_max,
                                       size_t *n_lines, acrm_issue *issue);

/** What a lease's tax is laid on. */
enum {
    ACRM_LEASE_TAX_NONE = 0,
    ACRM_LEASE_TAX_PAYMENT = 1, /**< each payment, when it is paid */
    ACRM_LEASE_TAX_TOTAL = 2,   /**< the sum of all payments, at signing */
    ACRM_LEASE_TAX_PRICE = 3    /**< the price, at signing */
};

/**
 * A closed-end lease with level monthly payments, the first at signing. acrm_lease_terms_init()
 * sets the size and round_unit 1; every other member is 0 then. Amounts are minor units.
 * @since 0.1
 */
typedef struct acrm_lease_terms {
    uint32_t struct_size;
    int32_t months;
    int64_t price;            /**< agreed value of the vehicle */
    int64_t capitalised_fees; /**< added to the capitalised cost, with prior_debt */
    int64_t upfront_fees;     /**< paid at signing */
    int64_t prior_debt;       /**< what is still owed on the trade-in */
    int64_t cash_down;        /**< these three reduce the capitalised cost */
    int64_t trade_in;
    int64_t rebate;
    int64_t residual;         /**< value at the end; or 0 and the next two */
    int64_t residual_base;    /**< e.g. the list price */
    int64_t residual_rate;    /**< parts per billion of it, 0 ... ACRM_RATE_ONE */
    int64_t money_factor;     /**< parts per billion a month: 0.00125 is 1 250 000 */
    int64_t security_deposit; /**< one of them; given back at the end */
    int64_t factor_cut;       /**< by which each of them lowers the money factor */
    int32_t security_deposits; /**< how many, 0 ... 24 */
    int32_t tax_on;            /**< ACRM_LEASE_TAX_... */
    int64_t tax_rate;          /**< parts per billion */
    int32_t tax_capitalised;   /**< 1: tax due at signing is capitalised */
    int32_t zero_drive_off;    /**< 1: all that is due at signing is; cash_down must be 0 */
    int64_t disposition_fee;   /**< for giving the vehicle back */
    int64_t purchase_fee;      /**< for buying it */
    int64_t distance_year;     /**< allowed, in kilometres or miles */
    int64_t excess_rate;       /**< minor units for each 1000 beyond it */
    int64_t round_unit;        /**< payments and tax are multiples of it */
    int32_t rounding;          /**< ACRM_ROUND_... */
    int32_t reserved;          /**< 0 */
} acrm_lease_terms;

/** A lease worked out. Set struct_size. @since 0.1 */
typedef struct acrm_lease_quote {
    uint32_t struct_size;
    int32_t reserved;         /**< 0 */
    int64_t gross_cost;       /**< price, fees, debt, and what else is capitalised */
    int64_t reduction;        /**< cash_down, trade_in and rebate */
    int64_t adjusted_cost;    /**< gross_cost less reduction */
    int64_t residual;
    int64_t money_factor;     /**< after the security deposits */
    int64_t rate;             /**< about the yearly rate: money_factor * 24 */
    int64_t depreciation;     /**< of a month, rounded for display */
    int64_t rent;             /**< of a month, rounded for display */
    int64_t base_payment;     /**< their exact sum, rounded once */
    int64_t exact_whole;      /**< that sum before rounding ... */
    int64_t exact_ppt;        /**< ... and its parts per trillion of a minor unit */
    int64_t payment_tax;      /**< in each payment */
    int64_t payment;          /**< base_payment and payment_tax */
    int64_t capitalised_tax;  /**< in gross_cost */
    int64_t upfront_tax;      /**< at signing */
    int64_t drive_off;        /**< due at signing: payment, cash, fees, tax, deposits */
    int64_t payments_total;   /**< all payments, the first included */
    int64_t cost_total;       /**< all that is paid and not given back, without the trade-in */
    int64_t distance_allowed; /**< over the term, rounded down */
} acrm_lease_quote;

/** @since 0.1  Sets the size and the defaults; NULL does nothing. */
ACRM_API void acrm_lease_terms_init(acrm_lease_terms *terms);

/**
 * The payments of a lease.
 *
 *     payment = (adjusted cost - residual) / months + (adjusted cost + residual) * money factor
 *
 * is summed exactly and rounded once; adding the two rounded parts can differ by one minor unit.
 * What is capitalised and depends on the payment itself (tax on the total, zero drive-off) is the
 * smallest amount that covers it.
 *
 * @param terms       the lease
 * @param[out] quote  the figures; untouched on failure
 * @param[out] issue  (optional) the fault; untouched on success
 * @return ACRM_OK, or
 *   ACRM_E_MISUSE   a NULL or a wrong struct_size
 *   ACRM_E_INVALID  a member out of range, a residual above the adjusted cost
 *   ACRM_E_LIMIT    an amount passes ACRM_FINANCE_AMOUNT_MAX
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_lease(const acrm_lease_terms *terms, acrm_lease_quote *quote,
                            acrm_issue *issue);

/** The steps of acrm_lease(); as acrm_schedule_explain(). @since 0.1 */
ACRM_API int32_t acrm_lease_explain(const acrm_lease_terms *terms, acrm_explain_line *lines,
                                    size_t lines_max, size_t *n_lines, acrm_issue *issue);

/** How a lease ends. Set struct_size. @since 0.1 */
typedef struct acrm_lease_return {
    uint32_t struct_size;
    int32_t month;    /**< whole months gone by, 0 ... months; that many payments are due by then */
    int64_t realised; /**< what the vehicle fetches; for an early return */
    int64_t unpaid;   /**< payments and penalties still open */
    int64_t early_fee; /**< for ending before the last month */
    int64_t distance; /**< driven */
} acrm_lease_return;

/** What is due at the end of a lease. Set struct_size. @since 0.1 */
typedef struct acrm_lease_settlement {
    uint32_t struct_size;
    int32_t reserved;        /**< 0 */
    int64_t balance;         /**< by the constant-yield method; the residual at the end */
    int64_t excess_distance; /**< beyond the allowance of the months gone by */
    int64_t excess_charge;
    /** To give the vehicle back: unpaid, excess_charge, disposition_fee, less the deposits; before
     * the last month also early_fee and what balance exceeds realised by. */
    int64_t to_return;
    int64_t buyout_tax; /**< on balance and purchase_fee, when the lease is taxed */
    int64_t to_buy;     /**< unpaid, balance, purchase_fee, buyout_tax, less the deposits */
} acrm_lease_settlement;

/**
 * What it costs to end a lease: at its end, or early, by giving the vehicle back or buying it.
 * The balance is what the remaining payments and the residual are worth at the constant monthly
 * rate that makes all of them worth the adjusted cost (Regulation M, 12 CFR 1013, Appendix A-2,
 * "constant yield"; found to 10^-12). A negative result is paid to the lessee.
 * @param terms            the lease
 * @param back             how it ends
 * @param[out] settlement  the figures; untouched on failure
 * @param[out] issue       (optional) the fault; untouched on success
 * @return as acrm_lease()
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_lease_end(const acrm_lease_terms *terms, const acrm_lease_return *back,
                                acrm_lease_settlement *settlement, acrm_issue *issue);

/** The steps of acrm_lease_end(); as acrm_schedule_explain(). @since 0.1 */
ACRM_API int32_t acrm_lease_end_explain(const acrm_lease_terms *terms,
                                        const acrm_lease_return *back, acrm_explain_line *lines,
                                        size_t lines_max, size_t *n_lines, acrm_issue *issue);

#ifdef __cplusplus
}
#endif

#endif
