/* SPDX-License-Identifier: MIT */
/* Random bytes as contracts and what happens to them: nothing is lost, and no due overpaid. */
#include "autocrm/servicing.h"
#include "bytes.h"

#include <string.h>

enum { FUZZ_DUES = 24, FUZZ_EVENTS = 16, FUZZ_ROWS = 4 * FUZZ_DUES * FUZZ_EVENTS };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_dues_right(const acrm_due *dues, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (int32_t part = 0; part < 4; part++)
            fuzz_check(dues[i].paid[part] >= 0 && dues[i].paid[part] <= dues[i].due[part]);
}

/* Dues a few days apart; `wide` ones have any amount and day. */
static size_t fuzz_dues(fuzz_bytes *in, acrm_due *dues)
{
    size_t n = (size_t)(fuzz_take(in, 1) & 0xff) % (FUZZ_DUES + 1);
    bool wide = fuzz_take(in, 1) == 1;
    bool paid = fuzz_take(in, 1) & 1;
    int32_t day = 100;

    for (size_t i = 0; i < n; i++) {
        dues[i] = (acrm_due){ .number = (int32_t)i, .day = day };
        day = wide ? (int32_t)fuzz_take(in, 4) : day + (int32_t)(fuzz_take(in, 1) & 0x3f);
        for (int32_t part = 0; part < 4; part++) {
            dues[i].due[part] = fuzz_take(in, wide ? 8 : 2);
            dues[i].due[part] &= wide ? -1 : 0x7fff;
            dues[i].paid[part] = paid ? fuzz_take(in, 1) : 0;
        }
    }
    return n;
}

static acrm_interest fuzz_interest(fuzz_bytes *in)
{
    return (acrm_interest){ .rate = fuzz_take(in, 5),
                            .round_unit = fuzz_take(in, 1),
                            .rounding = (int32_t)fuzz_take(in, 1),
                            .day_count = (int32_t)fuzz_take(in, 1),
                            .per_year = (int32_t)fuzz_take(in, 1) };
}

static acrm_allocation fuzz_order(fuzz_bytes *in)
{
    acrm_allocation order;

    acrm_allocation_init(&order);
    int64_t choice = fuzz_take(in, 1);
    order.mode = (int32_t)(choice & 1);
    order.future = (int32_t)(choice >> 1 & 3);
    if ((choice & 8) != 0) {
        order.steps_len = (int32_t)fuzz_take(in, 1);
        for (int32_t i = 0; i < 12; i++)
            order.steps[i] = (int32_t)fuzz_take(in, 1);
    }
    return order;
}

static acrm_penalty_rule fuzz_penalty(fuzz_bytes *in)
{
    return (acrm_penalty_rule){ .struct_size = sizeof(acrm_penalty_rule),
                                .kind = (int32_t)fuzz_take(in, 1),
                                .interest = fuzz_interest(in),
                                .amount = fuzz_take(in, 3),
                                .parts = (int32_t)fuzz_take(in, 1),
                                .grace_days = (int32_t)fuzz_take(in, 1),
                                .grace_counts = (int32_t)fuzz_take(in, 1),
                                .floor = fuzz_take(in, 1),
                                .due_cap = fuzz_take(in, 2),
                                .due_cap_rate = fuzz_take(in, 4),
                                .total_cap = fuzz_take(in, 3) };
}

static void fuzz_allocate(fuzz_bytes *in, acrm_due *dues, size_t n)
{
    acrm_allocated rows[4 * FUZZ_DUES];
    acrm_allocation order = fuzz_order(in);
    int64_t amount = fuzz_take(in, 8);
    size_t n_rows = 0;
    int64_t rest = 0;

    if (acrm_allocate(&order, dues, n, (int32_t)fuzz_take(in, 2), amount, rows, 4 * n, &n_rows,
                      &rest, NULL) != ACRM_OK)
        return;
    fuzz_check(rest >= 0);
    for (size_t i = 0; i < n_rows; i++)
        rest += rows[i].amount;
    fuzz_check(rest == amount);
    fuzz_dues_right(dues, n);
}

static void fuzz_charge(fuzz_bytes *in, acrm_due *dues, size_t n)
{
    acrm_penalty_rule rule = fuzz_penalty(in);
    int32_t from = (int32_t)fuzz_take(in, 2);
    int64_t charged = 0;

    if (acrm_penalty_charge(&rule, dues, n, from, from + (int32_t)fuzz_take(in, 2), &charged, NULL,
                            0, NULL, NULL) == ACRM_OK)
        fuzz_check(charged >= 0 && (rule.total_cap == 0 || charged <= rule.total_cap));
    acrm_bucket buckets[3] = { { .age_min = 1, .age_max = (int32_t)fuzz_take(in, 1) },
                               { .age_min = (int32_t)fuzz_take(in, 1),
                                 .age_max = (int32_t)fuzz_take(in, 2) },
                               { .age_min = (int32_t)fuzz_take(in, 2), .age_max = INT32_MAX } };
    acrm_pause pause = { (int32_t)fuzz_take(in, 2), (int32_t)fuzz_take(in, 2) };
    acrm_arrears_options options = { .struct_size = sizeof options,
                                     .grace_days = (int32_t)fuzz_take(in, 1),
                                     .floor = fuzz_take(in, 2),
                                     .pauses = &pause,
                                     .pauses_len = 1,
                                     .held_bucket = (int32_t)fuzz_take(in, 1) };
    acrm_arrears_result result = { .struct_size = sizeof result };
    if (acrm_arrears(&options, dues, n, (int32_t)fuzz_take(in, 4), buckets, 3, &result, NULL,
                     0, NULL, NULL) != ACRM_OK)
        return;
    int64_t sum = 0;
    for (int32_t i = 0; i < 3; i++)
        for (int32_t part = 0; part < 4; part++)
            sum += buckets[i].unpaid[part];
    fuzz_check(sum == result.total);
}

static void fuzz_settle(fuzz_bytes *in, const acrm_due *dues, size_t n)
{
    acrm_settlement_terms terms = { .struct_size = sizeof terms,
                                    .start_day = (int32_t)fuzz_take(in, 1),
                                    .interest = fuzz_interest(in),
                                    .method = (int32_t)fuzz_take(in, 1),
                                    .refund = (int32_t)fuzz_take(in, 1),
                                    .costs = fuzz_take(in, 3),
                                    .fee = fuzz_take(in, 2),
                                    .fee_rate = fuzz_take(in, 4),
                                    .fee_rate_short = fuzz_take(in, 4),
                                    .short_days = (int32_t)fuzz_take(in, 2),
                                    .fee_within_interest = (int32_t)fuzz_take(in, 1),
                                    .fee_free = fuzz_take(in, 3) };
    acrm_settlement_quote quote = { .struct_size = sizeof quote };
    acrm_explain_line lines[4];
    size_t n_lines = 0;

    if (acrm_settlement(&terms, dues, n, (int32_t)fuzz_take(in, 2), &quote, lines, 4, &n_lines,
                        NULL) == ACRM_OK)
        fuzz_check(n_lines <= 4 && quote.principal >= quote.principal_early &&
                   quote.compensation >= 0 && quote.refund >= 0);
}

static void fuzz_recast(fuzz_bytes *in, const acrm_due *dues, size_t n)
{
    acrm_due rows[128];
    acrm_explain_line lines[8];
    acrm_recast_terms terms = { .struct_size = sizeof terms,
                                .mode = (int32_t)fuzz_take(in, 1),
                                .interest = fuzz_interest(in),
                                .start_day = (int32_t)fuzz_take(in, 1),
                                .capitalise = (int32_t)fuzz_take(in, 1),
                                .instalment = fuzz_take(in, 3),
                                .balloon = fuzz_take(in, 2),
                                .periods = (int32_t)fuzz_take(in, 1),
                                .first_due_day = (int32_t)fuzz_take(in, 2),
                                .step_months = (int32_t)fuzz_take(in, 1),
                                .step_days = (int32_t)fuzz_take(in, 1),
                                .interest_only = (int32_t)fuzz_take(in, 1) };
    acrm_recast_result result = { .struct_size = sizeof result };
    int32_t day = (int32_t)fuzz_take(in, 2);
    int64_t amount = fuzz_take(in, 3);
    int32_t status = fuzz_take(in, 1) & 1
                         ? acrm_prepay(&terms, dues, n, day, amount, rows, 128, &result, lines, 8,
                                       NULL, NULL)
                         : acrm_restructure(&terms, dues, n, day, rows, 128, &result, lines, 8,
                                            NULL, NULL);
    if (status != ACRM_OK)
        return;
    int64_t principal = 0;
    for (int32_t i = 0; i < result.dues; i++) {
        principal += rows[i].due[ACRM_PART_PRINCIPAL];
        fuzz_check(rows[i].day > day && (i == 0 || rows[i].day >= rows[i - 1].day));
    }
    fuzz_check(principal == result.principal);
    fuzz_dues_right(rows, (size_t)result.dues);
}

static void fuzz_replay(fuzz_bytes *in, acrm_due *dues, size_t n)
{
    static acrm_allocated rows[FUZZ_ROWS];
    acrm_event events[FUZZ_EVENTS];
    acrm_event_result results[FUZZ_EVENTS];
    acrm_allocation order = fuzz_order(in);
    acrm_penalty_rule rule = fuzz_penalty(in);
    acrm_replay_terms terms = { .struct_size = sizeof terms,
                                .allocations = &order,
                                .allocations_len = 1,
                                .penalty = fuzz_take(in, 1) & 1 ? &rule : NULL,
                                .to_day = 3000 };
    size_t n_events = 0;
    size_t n_rows = 0;
    int64_t sum = 0;

    for (; in->left > 0 && n_events < FUZZ_EVENTS; n_events++)
        events[n_events] = (acrm_event){ .kind = (int32_t)fuzz_take(in, 1),
                                         .day = (int32_t)fuzz_take(in, 2),
                                         .amount = fuzz_take(in, 3),
                                         .of = (int32_t)fuzz_take(in, 1),
                                         .part = (int32_t)fuzz_take(in, 1),
                                         .allocation = (int32_t)fuzz_take(in, 1) };
    if (acrm_replay(&terms, dues, n, events, n_events, results, rows, FUZZ_ROWS, &n_rows, NULL,
                    0, NULL, NULL) != ACRM_OK)
        return;
    fuzz_dues_right(dues, n);
    for (size_t i = 0; i < n_rows; i++)
        sum += rows[i].amount;
    for (size_t i = 0; i < n_events; i++)
        if (events[i].kind == ACRM_EVENT_PAYMENT && results[i].place >= 0)
            sum += results[i].rest - events[i].amount;
    fuzz_check(sum == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_bytes in = { data, size };
    acrm_due dues[FUZZ_DUES];
    int64_t what = fuzz_take(&in, 1);
    size_t n = fuzz_dues(&in, dues);

    switch (what) {
    case 1:
        fuzz_charge(&in, dues, n);
        break;
    case 2:
        fuzz_settle(&in, dues, n);
        break;
    case 3:
        fuzz_recast(&in, dues, n);
        break;
    case 4:
        fuzz_replay(&in, dues, n);
        break;
    default:
        fuzz_allocate(&in, dues, n);
        break;
    }
    return 0;
}
