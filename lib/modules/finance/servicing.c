/* SPDX-License-Identifier: MIT */
/* finance.allocate, finance.penalty, finance.arrears and finance.replay. */
#include "modules/finance/servicing.h"

#include "modules/finance/finance.h"
#include "modules/finance/members_servicing.h"

#include <string.h>

enum { SERVICING_ALLOCATED_MAX = 100000 };

const acrm__fin_member acrm__fin_due[] = {
    FIN_DUE(FIN_AS_MEMBER, acrm_due)
    { .field = FIN_END }
};
static const acrm__fin_member servicing_allocation[] = {
    FIN_ALLOCATION(FIN_AS_MEMBER, acrm_allocation)
    { .field = FIN_END }
};
static const acrm__fin_member servicing_penalty[] = {
    FIN_PENALTY(FIN_AS_MEMBER, acrm_penalty_rule)
    FIN_INTEREST(FIN_AS_MEMBER, acrm_penalty_rule, "act_365f")
    { .field = FIN_END }
};

int32_t acrm__fin_dues(acrm__fin *fin, acrm_due **dues, size_t *n)
{
    static const char *const names[][2] = { { "penalty", "penalty_paid" },
                                            { "fee", "fee_paid" },
                                            { "interest", "interest_paid" },
                                            { "principal", "principal_paid" } };
    int32_t st = acrm__fin_rows(fin, "dues", acrm__fin_due, sizeof **dues, FIN_ROWS_MAX, dues, n);

    for (size_t i = 0; i < *n && st == ACRM_OK; i++)
        for (int32_t part = 0; part < ACRM_PARTS && st == ACRM_OK; part++) {
            const acrm_due *due = &(*dues)[i];
            if (due->due[part] < 0)
                st = acrm__fin_row_fault(fin, "dues", i, names[part][0], "0 or more");
            else if (due->paid[part] < 0 || due->paid[part] > due->due[part])
                st = acrm__fin_row_fault(fin, "dues", i, names[part][1],
                                         "from 0 to what is due");
        }
    return st;
}

/* --- Allocation --- */

static int32_t servicing_step(const char *text, size_t len)
{
    static const char *const when[] = { "past_due", "due", "in_advance" };
    static const char *const parts[] = { "penalty", "fee", "interest", "principal" };

    for (int32_t step = 0; step < ACRM_ALLOCATION_STEPS_MAX; step++) {
        size_t first = strlen(when[step / 4]), second = strlen(parts[step % 4]);
        if (len == first + 1 + second && memcmp(text, when[step / 4], first) == 0 &&
            text[first] == '.' && memcmp(text + first + 1, parts[step % 4], second) == 0)
            return step;
    }
    return -1;
}

static int32_t servicing_read_order(acrm__fin *fin, acrm_allocation *order)
{
    const acrm_value *steps = acrm__arg(fin->call, "steps");

    acrm_allocation_init(order);
    int32_t st = acrm__fin_args(fin, servicing_allocation, order);
    if (st != ACRM_OK || !steps)
        return st;
    if (acrm_value_count(steps) > ACRM_ALLOCATION_STEPS_MAX)
        return acrm__fail(fin->call, ACRM_E_LIMIT, "limit", "steps",
                          "steps may have at most 12 items");
    order->steps_len = (int32_t)acrm_value_count(steps);
    for (int32_t i = 0; i < order->steps_len && st == ACRM_OK; i++) {
        size_t len;
        const char *text = acrm_value_text(acrm_value_at(steps, (size_t)i), &len);
        order->steps[i] = servicing_step(text, len);
        if (order->steps[i] < 0)
            st = acrm__fin_row_fault(fin, "steps", (size_t)i, NULL,
                                     "when.part, such as past_due.interest");
    }
    return st;
}

int32_t acrm__finance_allocate(acrm__call *call)
{
    static const acrm__fin_member given[] = {
        FIN_PAID(FIN_AS_MEMBER, acrm_event)
        { .field = FIN_END }
    };
    static const acrm__fin_member members[] = {
        FIN_ALLOCATED(FIN_AS_MEMBER, acrm_allocated)
        { .field = FIN_END }
    };
    acrm_allocated *rows = NULL;
    acrm_event payment = { 0 };
    acrm_issue issue = { .row = -1 };
    acrm_allocation order;
    acrm_due *dues = NULL;
    size_t n = 0, n_rows = 0;
    int64_t rest = 0;
    acrm__fin fin;
    int32_t st = acrm__fin_begin(&fin, call);

    if (st == ACRM_OK)
        st = servicing_read_order(&fin, &order);
    if (st == ACRM_OK)
        st = acrm__fin_args(&fin, given, &payment);
    if (st == ACRM_OK)
        st = acrm__fin_dues(&fin, &dues, &n);
    if (st == ACRM_OK)
        st = acrm__fin_room(&fin, 4 * n, sizeof *rows, &rows);
    if (st == ACRM_OK)
        st = acrm__fin_answer(&fin, acrm_allocate(&order, dues, n, payment.day, payment.amount,
                                                  rows, 4 * n, &n_rows, &rest, &issue), &issue);
    if (st == ACRM_OK)
        st = acrm__fin_put_rows(&fin, "rows", members, sizeof *rows, rows, n_rows);
    if (st == ACRM_OK)
        st = acrm__fin_put_rows(&fin, "dues", acrm__fin_due, sizeof *dues, dues, n);
    if (st != ACRM_OK)
        return st;
    bool ok = acrm__fin_put_money(&fin, call->out, "allocated", payment.amount - rest) &&
              acrm__fin_put_money(&fin, call->out, "rest", rest);
    return ok ? ACRM_OK : acrm__nomem(call);
}

/* --- Penalties --- */

enum { SERVICING_LINES_MAX = 10000 };

static int32_t servicing_put_penalties(acrm__fin *fin, const acrm_penalty_line *lines, size_t n)
{
    static const acrm__fin_member members[] = {
        FIN_PENALTY_LINE(FIN_AS_MEMBER, acrm_penalty_line)
        { .field = FIN_END }
    };
    int32_t st = ACRM_OK;

    if (n > SERVICING_LINES_MAX)
        return acrm__fail(fin->call, ACRM_E_LIMIT, "limit", "explain",
                          "explain: allowed are at most %d penalties", SERVICING_LINES_MAX);
    for (size_t i = 0; i < n && st == ACRM_OK; i++) {
        st = acrm__fin_put_steps(fin, &lines[i].step, 1, lines[i].due);
        if (st == ACRM_OK)
            st = acrm__fin_put(fin, members, &lines[i],
                               acrm_value_at(acrm_value_get(fin->call->out, "explanation"), i));
    }
    return st;
}

static int32_t servicing_read_rule(acrm__fin *fin, acrm_penalty_rule *rule)
{
    *rule = (acrm_penalty_rule){ .struct_size = sizeof *rule, .interest.round_unit = 1,
                                 .parts = 1 << ACRM_PART_FEE | 1 << ACRM_PART_INTEREST |
                                          1 << ACRM_PART_PRINCIPAL };
    return acrm__fin_args(fin, servicing_penalty, rule);
}

int32_t acrm__finance_penalty(acrm__call *call)
{
    static const acrm__fin_member kind[] = {
        FIN_PENALTY_KIND(FIN_AS_MEMBER, acrm_penalty_rule)
        { .field = FIN_END }
    };
    acrm_penalty_line *lines = NULL;
    acrm_issue issue = { .row = -1 };
    acrm_penalty_rule rule;
    acrm_due *dues = NULL;
    size_t n = 0, n_lines = 0;
    int64_t from = 0, to = 0, charged = 0;
    acrm__fin fin;
    int32_t st = acrm__fin_begin(&fin, call);

    acrm__arg_time(call, "from", &from);
    acrm__arg_time(call, "to", &to);
    if (st == ACRM_OK)
        st = servicing_read_rule(&fin, &rule);
    if (st == ACRM_OK)
        st = acrm__fin_args(&fin, kind, &rule);
    if (st == ACRM_OK)
        st = acrm__fin_dues(&fin, &dues, &n);
    if (st == ACRM_OK)
        st = acrm__fin_room(&fin, n, sizeof *lines, &lines);
    if (st == ACRM_OK)
        st = acrm__fin_answer(&fin, acrm_penalty_charge(&rule, dues, n, (int32_t)from,
                                                        (int32_t)to, &charged, lines, n, &n_lines,
                                                        &issue), &issue);
    if (st == ACRM_OK)
        st = acrm__fin_put_rows(&fin, "rows", acrm__fin_due, sizeof *dues, dues, n);
    if (st == ACRM_OK && !acrm__fin_put_money(&fin, call->out, "charged", charged))
        st = acrm__nomem(call);
    if (st == ACRM_OK && acrm__arg_bool(call, "explain", false))
        st = servicing_put_penalties(&fin, lines, n_lines);
    return st;
}

/* --- Arrears --- */

static int32_t servicing_read_buckets(acrm__fin *fin, acrm_bucket *buckets, size_t *n)
{
    const acrm_value *ends = acrm__arg(fin->call, "buckets");
    int64_t before = 0;

    *n = acrm_value_count(ends) + 1;
    if (*n > ACRM_BUCKETS_MAX)
        return acrm__fail(fin->call, ACRM_E_LIMIT, "limit", "buckets",
                          "buckets may have at most %d ends", ACRM_BUCKETS_MAX - 1);
    for (size_t i = 0; i < *n; i++) {
        int64_t end = i + 1 < *n ? acrm_value_int(acrm_value_at(ends, i)) : INT32_MAX;
        if (end <= before)
            return acrm__fin_row_fault(fin, "buckets", i, NULL, "more days than the one before");
        buckets[i] = (acrm_bucket){ .age_min = (int32_t)before + 1, .age_max = (int32_t)end };
        before = end;
    }
    return ACRM_OK;
}

static int32_t servicing_put_arrears(acrm__fin *fin, const acrm_bucket *buckets, size_t n,
                                     const acrm_arrears_result *result)
{
    static const acrm__fin_member rows[] = {
        FIN_BUCKET(FIN_AS_MEMBER, acrm_bucket)
        { .field = FIN_END }
    };
    static const acrm__fin_member sums[] = {
        FIN_ARREARS_RESULT(FIN_AS_MEMBER, acrm_arrears_result)
        { .field = FIN_END }
    };
    acrm_value *out = fin->call->out;
    int32_t st = acrm__fin_put_rows(fin, "rows", rows, sizeof *buckets, buckets, n);

    if (st == ACRM_OK &&
        !acrm__put_null(acrm_value_at(acrm_value_get(out, "rows"), n - 1), "age_max"))
        st = acrm__nomem(fin->call);
    return st == ACRM_OK ? acrm__fin_put(fin, sums, result, out) : st;
}

int32_t acrm__finance_arrears(acrm__call *call)
{
    static const acrm__fin_member given[] = {
        FIN_ARREARS(FIN_AS_MEMBER, acrm_arrears_options)
        { .field = FIN_END }
    };
    static const acrm__fin_member pause[] = {
        FIN_PAUSE(FIN_AS_MEMBER, acrm_pause)
        { .field = FIN_END }
    };
    acrm_arrears_options options = { .struct_size = sizeof options };
    acrm_arrears_result result = { .struct_size = sizeof result };
    static const acrm__fin_member members[] = {
        FIN_ARREARS_LINE(FIN_AS_MEMBER, acrm_arrears_line)
        { .field = FIN_END }
    };
    acrm_bucket buckets[ACRM_BUCKETS_MAX];
    acrm_issue issue = { .row = -1 };
    acrm_arrears_line *lines = NULL;
    acrm_pause *pauses = NULL;
    acrm_due *dues = NULL;
    size_t n = 0, n_buckets = 0, n_lines = 0;
    int64_t day = 0;
    acrm__fin fin;
    int32_t st = acrm__fin_begin(&fin, call);

    acrm__arg_time(call, "day", &day);
    if (st == ACRM_OK)
        st = acrm__fin_args(&fin, given, &options);
    if (st == ACRM_OK)
        st = acrm__fin_rows(&fin, "pauses", pause, sizeof *pauses, ACRM_PAUSES_MAX, &pauses,
                            &options.pauses_len);
    if (st == ACRM_OK)
        st = servicing_read_buckets(&fin, buckets, &n_buckets);
    if (st == ACRM_OK)
        st = acrm__fin_dues(&fin, &dues, &n);
    options.pauses = pauses;
    if (st == ACRM_OK)
        st = acrm__fin_room(&fin, n, sizeof *lines, &lines);
    if (st == ACRM_OK)
        st = acrm__fin_answer(&fin, acrm_arrears(&options, dues, n, (int32_t)day, buckets,
                                                 n_buckets, &result, lines, n, &n_lines, &issue),
                              &issue);
    if (st == ACRM_OK)
        st = servicing_put_arrears(&fin, buckets, n_buckets, &result);
    if (st == ACRM_OK && acrm__arg_bool(call, "explain", false))
        st = acrm__fin_put_rows(&fin, "explanation", members, sizeof *lines, lines, n_lines);
    return st;
}

/* --- Replay --- */

typedef struct servicing_history {
    acrm_replay_terms terms;
    acrm_allocation order;
    acrm_penalty_rule rule;
    acrm_due *dues;
    acrm_event *events;
    size_t n_dues, n_events;
} servicing_history;

static int32_t servicing_read_history(acrm__fin *fin, servicing_history *h)
{
    static const acrm__fin_member kind[] = {
        FIN_REPLAY_KIND(FIN_AS_MEMBER, acrm_penalty_rule)
        { .field = FIN_END }
    };
    static const acrm__fin_member terms[] = {
        FIN_REPLAY(FIN_AS_MEMBER, acrm_replay_terms)
        { .field = FIN_END }
    };
    static const acrm__fin_member event[] = {
        FIN_EVENT(FIN_AS_MEMBER, acrm_event)
        { .field = FIN_END }
    };
    int32_t st;

    h->terms = (acrm_replay_terms){ .struct_size = sizeof h->terms, .allocations = &h->order,
                                    .allocations_len = 1 };
    st = servicing_read_order(fin, &h->order);
    if (st == ACRM_OK)
        st = servicing_read_rule(fin, &h->rule);
    if (st == ACRM_OK)
        st = acrm__fin_args(fin, kind, &h->rule);
    if (st == ACRM_OK)
        st = acrm__fin_args(fin, terms, &h->terms);
    if (st == ACRM_OK)
        st = acrm__fin_dues(fin, &h->dues, &h->n_dues);
    if (st == ACRM_OK)
        st = acrm__fin_rows(fin, "events", event, sizeof *h->events, FIN_ROWS_MAX, &h->events,
                            &h->n_events);
    h->terms.penalty = h->rule.kind >= 0 ? &h->rule : NULL;
    return st;
}

int32_t acrm__finance_replay(acrm__call *call)
{
    static const acrm__fin_member results[] = {
        FIN_EVENT_RESULT(FIN_AS_MEMBER, acrm_event_result)
        { .field = FIN_END }
    };
    static const acrm__fin_member allocated[] = {
        FIN_EVENT_INDEX(FIN_AS_MEMBER, acrm_allocated)
        FIN_ALLOCATED(FIN_AS_MEMBER, acrm_allocated)
        { .field = FIN_END }
    };
    bool explain = acrm__arg_bool(call, "explain", false);
    acrm_event_result *done = NULL;
    acrm_penalty_line *lines = NULL;
    acrm_allocated *rows = NULL;
    acrm_issue issue = { .row = -1 };
    servicing_history h = { 0 };
    size_t n_rows = 0, n_lines = 0, lines_max = explain ? SERVICING_LINES_MAX : 0;
    acrm__fin fin;
    int32_t st = acrm__fin_begin(&fin, call);

    if (st == ACRM_OK)
        st = servicing_read_history(&fin, &h);
    size_t room = 4 * h.n_dues * h.n_events;
    room = room > SERVICING_ALLOCATED_MAX ? SERVICING_ALLOCATED_MAX : room;
    if (st == ACRM_OK)
        st = acrm__fin_room(&fin, h.n_events, sizeof *done, &done);
    if (st == ACRM_OK)
        st = acrm__fin_room(&fin, room, sizeof *rows, &rows);
    if (st == ACRM_OK)
        st = acrm__fin_room(&fin, lines_max, sizeof *lines, &lines);
    if (st == ACRM_OK)
        st = acrm__fin_answer(&fin, acrm_replay(&h.terms, h.dues, h.n_dues, h.events, h.n_events,
                                                done, rows, room, &n_rows, lines, lines_max,
                                                &n_lines, &issue), &issue);
    if (st == ACRM_OK)
        st = acrm__fin_put_rows(&fin, "rows", acrm__fin_due, sizeof *h.dues, h.dues, h.n_dues);
    if (st == ACRM_OK)
        st = acrm__fin_put_rows(&fin, "events", results, sizeof *done, done, h.n_events);
    if (st == ACRM_OK)
        st = acrm__fin_put_rows(&fin, "allocated", allocated, sizeof *rows, rows, n_rows);
    if (st == ACRM_OK && explain)
        st = servicing_put_penalties(&fin, lines, n_lines);
    return st;
}
