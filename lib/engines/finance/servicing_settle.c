/* SPDX-License-Identifier: MIT */
/* What it costs to end a contract early. */
#include "engines/finance/servicing_internal.h"

/* A settlement while it is worked out. */
typedef struct settle_work {
    const acrm_settlement_terms *terms;
    const acrm_due *dues;
    size_t n_dues;
    size_t passed; /* dues up to the day */
    int32_t day;
    int64_t interest_all;   /* of the contract */
    int64_t interest_asked; /* of the dues up to the day */
    acrm_explain_line *lines;
    size_t lines_max, lines_len;
} settle_work;

static int32_t settle_check(const acrm_settlement_terms *terms, acrm_issue *issue)
{
    const struct {
        int64_t amount, max;
        const char *field, *allowed;
    } amounts[] = {
        { terms->costs, ACRM_FINANCE_AMOUNT_MAX, "terms.costs", "0..1000000000000000" },
        { terms->fee, ACRM_FINANCE_AMOUNT_MAX, "terms.fee", "0..1000000000000000" },
        { terms->fee_rate, ACRM_RATE_ONE, "terms.fee_rate", "0..1000000000" },
        { terms->fee_rate_short, ACRM_RATE_ONE, "terms.fee_rate_short", "0..1000000000" },
        { terms->fee_free, ACRM_FINANCE_AMOUNT_MAX, "terms.fee_free", "0..1000000000000000" },
        { terms->short_days, INT32_MAX, "terms.short_days", "0..2147483647" },
        { terms->fee_within_interest, 1, "terms.fee_within_interest", "0, 1" },
        { terms->method, ACRM_SETTLE_BY_DIGITS, "terms.method", "0..4" },
        { terms->refund, ACRM_REFUND_BY_INTEREST, "terms.refund", "0..2" },
    };

    for (size_t i = 0; i < sizeof amounts / sizeof amounts[0]; i++)
        if (amounts[i].amount < 0 || amounts[i].amount > amounts[i].max)
            return acrm__issue(issue, ACRM_E_INVALID, amounts[i].field, -1, amounts[i].allowed);
    if (!acrm__day_ok(terms->start_day))
        return acrm__issue(issue, ACRM_E_INVALID, "terms.start_day", -1,
                           "0001-01-01..9999-12-31");
    return acrm__interest_check(&terms->interest, true, issue);
}

static acrm_explain_line *settle_line(settle_work *work, const char *figure, const char *formula)
{
    acrm_explain_line *line = NULL;

    if (work->lines_len < work->lines_max) {
        line = &work->lines[work->lines_len];
        *line = (acrm_explain_line){ .figure = figure, .formula = formula };
    }
    work->lines_len++;
    return line;
}

static void settle_add_up(settle_work *work, acrm_settlement_quote *quote)
{
    for (size_t i = 0; i < work->n_dues; i++) {
        const acrm_due *due = &work->dues[i];
        bool later = i >= work->passed;
        quote->principal += acrm__unpaid(due, ACRM_PART_PRINCIPAL);
        quote->penalties += acrm__unpaid(due, ACRM_PART_PENALTY);
        work->interest_all += due->due[ACRM_PART_INTEREST];
        if (later) {
            quote->principal_early += acrm__unpaid(due, ACRM_PART_PRINCIPAL);
            quote->interest_prepaid += due->paid[ACRM_PART_INTEREST];
            quote->fees -= due->paid[ACRM_PART_FEE];
        } else {
            quote->interest_due += acrm__unpaid(due, ACRM_PART_INTEREST);
            quote->fees += acrm__unpaid(due, ACRM_PART_FEE);
            work->interest_asked += due->due[ACRM_PART_INTEREST];
        }
    }
    int32_t end = work->dues[work->n_dues - 1].day;
    quote->days_left = end > work->day ? end - work->day : 0;
}

/* Interest earned since the last due; for a fixed cost, its earned share less what is asked for. */
static int32_t settle_running(settle_work *work, acrm_settlement_quote *quote)
{
    const acrm_settlement_terms *terms = work->terms;
    int64_t n = (int64_t)work->n_dues;
    int64_t m = (int64_t)work->passed;
    int32_t last = m > 0 ? work->dues[m - 1].day : terms->start_day;
    int32_t end = work->dues[n - 1].day;
    int64_t earned = 0;
    int32_t status;

    if (m == n)
        return ACRM_OK;
    int32_t next = work->dues[m].day;
    int32_t to = terms->method == ACRM_SETTLE_TO_DAY ? work->day : next;
    switch (terms->method) {
    case ACRM_SETTLE_TO_DAY:
    case ACRM_SETTLE_TO_NEXT_DUE:
        return acrm__interest(&terms->interest, quote->principal_early,
                              (acrm__stretch){ last, to, last, next }, &quote->interest_running,
                              settle_line(work, "interest_running",
                                          "principal not yet due * rate * days"));
    case ACRM_SETTLE_BY_DAYS:
        status = acrm__share(&terms->interest, work->interest_all,
                             work->day - terms->start_day, end - terms->start_day, &earned,
                             settle_line(work, "interest_running",
                                         "all interest * days passed / days, less the dues'"));
        break;
    case ACRM_SETTLE_BY_DIGITS:
        m += work->day > last ? 1 : 0;
        status = acrm__share(&terms->interest, work->interest_all,
                             m * (2 * n + 1 - m), n * (n + 1), &earned,
                             settle_line(work, "interest_running",
                                         "all interest * m (2 n + 1 - m) / (n (n + 1)), less the "
                                         "dues'"));
        break;
    default: /* all of it */
        earned = work->interest_all;
        status = ACRM_OK;
        break;
    }
    quote->interest_running = earned - work->interest_asked;
    return status;
}

static int32_t settle_compensation(settle_work *work, acrm_settlement_quote *quote)
{
    const acrm_settlement_terms *terms = work->terms;
    bool is_short = quote->days_left <= terms->short_days;
    int64_t rate = is_short ? terms->fee_rate_short : terms->fee_rate;
    int64_t share = 0;

    if (quote->principal_early == 0 || quote->principal_early <= terms->fee_free)
        return ACRM_OK;
    int32_t status = acrm__share(&terms->interest, quote->principal_early,
                                 rate, ACRM_RATE_ONE, &share,
                                 settle_line(work, "compensation",
                                             is_short ? "principal early * fee_rate_short, + fee"
                                                      : "principal early * fee_rate, + fee"));
    int64_t saved = quote->interest_saved > 0 ? quote->interest_saved : 0;
    quote->compensation = terms->fee + share;
    if (terms->fee_within_interest && quote->compensation > saved)
        quote->compensation = saved;
    return status;
}

static int32_t settle_refund(settle_work *work, acrm_settlement_quote *quote)
{
    const acrm_settlement_terms *terms = work->terms;
    int32_t span = work->dues[work->n_dues - 1].day - terms->start_day;

    if (terms->refund == ACRM_REFUND_BY_DAYS && span > 0)
        return acrm__share(&terms->interest, terms->costs, quote->days_left,
                           span, &quote->refund,
                           settle_line(work, "refund", "costs * days left / days"));
    if (terms->refund == ACRM_REFUND_BY_INTEREST && quote->interest_saved > 0)
        return acrm__share(&terms->interest, terms->costs,
                           quote->interest_saved,
                           work->interest_all, &quote->refund,
                           settle_line(work, "refund", "costs * interest saved / all interest"));
    return ACRM_OK;
}

int32_t acrm_settlement(const acrm_settlement_terms *terms, const acrm_due *dues, size_t n_dues,
                        int32_t day, acrm_settlement_quote *quote, acrm_explain_line *lines,
                        size_t lines_max, size_t *n_lines, acrm_issue *issue)
{
    if (terms == NULL || terms->struct_size != sizeof *terms || quote == NULL ||
        quote->struct_size != sizeof *quote || acrm__no_array(dues, n_dues) ||
        acrm__no_array(lines, lines_max))
        return ACRM_E_MISUSE;

    int32_t status = settle_check(terms, issue);
    if (status == ACRM_OK)
        status = acrm__dues_check(dues, n_dues, NULL, issue);
    if (status != ACRM_OK)
        return status;
    if (n_dues == 0)
        return acrm__issue(issue, ACRM_E_INVALID, "dues", -1, "1..36525 rows");
    if (dues[0].day < terms->start_day)
        return acrm__issue(issue, ACRM_E_INVALID, "terms.start_day", -1,
                           "not after the first due");
    if (!acrm__day_ok(day) || day < terms->start_day)
        return acrm__issue(issue, ACRM_E_INVALID, "day", -1, "terms.start_day..9999-12-31");

    acrm_settlement_quote sums = { .struct_size = sizeof sums, .day = day };
    settle_work work = { .terms = terms,
                         .dues = dues,
                         .n_dues = n_dues,
                         .passed = acrm__dues_upto(dues, n_dues, day),
                         .day = day,
                         .lines = lines,
                         .lines_max = lines_max };
    settle_add_up(&work, &sums);
    status = settle_running(&work, &sums);
    sums.interest_saved = work.interest_all - work.interest_asked - sums.interest_running;
    if (status == ACRM_OK)
        status = settle_compensation(&work, &sums);
    if (status == ACRM_OK)
        status = settle_refund(&work, &sums);
    if (status != ACRM_OK)
        return acrm__issue(issue, status, "terms", -1, "interest within 1000000000000000");
    sums.total = sums.principal + sums.interest_due + sums.interest_running -
                 sums.interest_prepaid + sums.fees + sums.penalties + sums.compensation -
                 sums.refund;
    *quote = sums;
    if (n_lines != NULL)
        *n_lines = work.lines_len;
    return ACRM_OK;
}
