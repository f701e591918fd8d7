/* SPDX-License-Identifier: MIT */
/* finance.schedule and finance.solve. */
#include "base/civil.h"
#include "modules/finance/bind.h"
#include "modules/finance/finance.h"
#include "modules/finance/members_schedule.h"

#include <stdlib.h>
#include <string.h>

typedef struct schedule_step {
    int32_t from, what;
    int64_t share, amount;
} schedule_step;

static const acrm__fin_member schedule_terms[] = {
    FIN_TERMS(FIN_AS_MEMBER, acrm_finance_terms)
    { .field = FIN_END }
};
static const acrm__fin_member schedule_charges[] = {
    FIN_CHARGE(FIN_AS_MEMBER, acrm_finance_charge)
    { .field = FIN_END }
};
static const acrm__fin_member schedule_steps[] = {
    FIN_STEP(FIN_AS_MEMBER, schedule_step)
    { .field = FIN_END }
};
static const acrm__fin_member schedule_rows[] = {
    FIN_ROW(FIN_AS_MEMBER, acrm_schedule_row)
    { .field = FIN_END }
};
static const acrm__fin_member schedule_summary[] = {
    FIN_SUMMARY(FIN_AS_MEMBER, acrm_schedule_summary)
    { .field = FIN_END }
};

/* --- Closed days --- */

enum { SCHEDULE_ASKED = 1024 }; /* a power of two */

typedef struct schedule_closed {
    uint32_t weekdays; /* bit 0: Monday */
    int32_t *days;     /* ascending */
    size_t n_days;
    acrm__call *call;
    const char *calendar_id; /* NULL: none */
    struct {
        int32_t day, open; /* -1: not asked */
    } *asked; /* what the calendar answered, by the last bits of the day */
    int32_t failed; /* status of a question that failed; it has told the error */
} schedule_closed;

static int schedule_by_day(const void *a, const void *b)
{
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;

    return (x > y) - (x < y);
}

/* Whether the calendar has business on a day. */
static int32_t schedule_ask(schedule_closed *closed, int32_t day, int32_t *open)
{
    acrm__call *call = closed->call;
    acrm_value *args = acrm__value_in(call->arena), *out = NULL;
    const char *from = acrm__date_text(call, day), *until = acrm__date_text(call, day + 1);
    bool ok = args && from && until && acrm_value_set_map(args) == ACRM_OK &&
              acrm__put_text(args, "id", closed->calendar_id) &&
              acrm__put_text(args, "from", from) && acrm__put_text(args, "until", until);
    int32_t st = ok ? acrm__run(call, "calendar.days", args, &out) : acrm__nomem(call);

    if (st == ACRM_OK)
        *open = acrm_value_int(acrm_value_get(out, "days")) > 0;
    return st;
}

static int32_t schedule_open(void *user, int32_t day)
{
    schedule_closed *closed = user;
    int32_t open;

    if (closed->weekdays >> (acrm__weekday(day) - 1) & 1)
        return 0;
    if (closed->n_days > 0 && bsearch(&day, closed->days, closed->n_days, sizeof day,
                                      schedule_by_day) != NULL)
        return 0;
    if (!closed->calendar_id)
        return 1;
    uint32_t at = (uint32_t)day % SCHEDULE_ASKED;
    if (closed->asked[at].open >= 0 && closed->asked[at].day == day)
        return closed->asked[at].open;
    closed->failed = schedule_ask(closed, day, &open);
    if (closed->failed != ACRM_OK)
        return closed->failed;
    closed->asked[at].day = day;
    closed->asked[at].open = open;
    return open;
}

static int32_t schedule_read_calendar(acrm__fin *fin, schedule_closed *closed)
{
    acrm__rec *calendar = NULL;

    closed->call = fin->call;
    closed->calendar_id = acrm__arg_text(fin->call, "calendar_id");
    if (!closed->calendar_id)
        return ACRM_OK;
    int32_t st = acrm__load_arg(fin->call, "calendar", "calendar_id", &calendar);
    if (st == ACRM_OK)
        st = acrm__fin_room(fin, SCHEDULE_ASKED, sizeof *closed->asked, &closed->asked);
    for (size_t i = 0; i < SCHEDULE_ASKED && st == ACRM_OK; i++)
        closed->asked[i].open = -1;
    return st;
}

static int32_t schedule_read_closed(acrm__fin *fin, schedule_closed *closed)
{
    static const acrm__fin_member weekdays[] = {
        FIN_AS_MEMBER(schedule_closed, closed_weekdays, weekdays, 0, ENUM, .flags = ACRM__LIST,
                      .choices = "monday|tuesday|wednesday|thursday|friday|saturday|sunday")
        { .field = FIN_END }
    };
    const acrm_value *list = acrm__arg(fin->call, "closed_days");
    int32_t st = acrm__fin_args(fin, weekdays, closed);

    closed->n_days = acrm_value_count(list);
    if (closed->n_days > FIN_ROWS_MAX)
        return acrm__fail(fin->call, ACRM_E_LIMIT, "limit", "closed_days",
                          "closed_days may have at most %d dates", FIN_ROWS_MAX);
    if (st == ACRM_OK)
        st = acrm__fin_room(fin, closed->n_days, sizeof *closed->days, &closed->days);
    for (size_t i = 0; i < closed->n_days && st == ACRM_OK; i++) {
        size_t len;
        const char *text = acrm_value_text(acrm_value_at(list, i), &len);
        acrm__date_parse(text, len, &closed->days[i]); /* the kernel has checked it */
    }
    if (st == ACRM_OK && closed->n_days > 0)
        qsort(closed->days, closed->n_days, sizeof *closed->days, schedule_by_day);
    return st;
}

/* --- Terms --- */

static int32_t schedule_read(acrm__fin *fin, acrm_finance_terms *terms, schedule_closed *closed)
{
    acrm_finance_charge *charges = NULL;
    acrm_finance_step *steps = NULL;
    schedule_step *given = NULL;
    int32_t st;

    acrm_finance_terms_init(terms);
    st = acrm__fin_args(fin, schedule_terms, terms);
    if (st == ACRM_OK)
        st = acrm__fin_rows(fin, "charges", schedule_charges, sizeof *charges,
                            ACRM_FINANCE_CHARGES_MAX, &charges, &terms->charges_len);
    if (st == ACRM_OK)
        st = acrm__fin_rows(fin, "steps", schedule_steps, sizeof *given, FIN_ROWS_MAX, &given,
                            &terms->steps_len);
    if (st == ACRM_OK)
        st = acrm__fin_room(fin, terms->steps_len, sizeof *steps, &steps);
    if (st == ACRM_OK)
        st = schedule_read_closed(fin, closed);
    if (st == ACRM_OK)
        st = schedule_read_calendar(fin, closed);
    if (st != ACRM_OK)
        return st;
    for (size_t i = 0; i < terms->steps_len; i++)
        steps[i] = (acrm_finance_step){ .from = given[i].from,
                                        .what = given[i].what,
                                        .value = given[i].what == ACRM_STEP_AMOUNT
                                                     ? given[i].amount
                                                     : given[i].share };
    terms->charges = charges;
    terms->steps = steps;
    if (terms->move != ACRM_MOVE_NONE) {
        terms->open = schedule_open;
        terms->open_user = closed;
    }
    return ACRM_OK;
}

static int32_t schedule_answer(acrm__fin *fin, int32_t status, const acrm_finance_terms *terms,
                               acrm_issue *issue)
{
    const schedule_closed *closed = terms->open_user;

    if (status != ACRM_OK && closed && closed->failed != ACRM_OK)
        return status; /* told already */
    if (status != ACRM_OK && issue->field && strcmp(issue->field, "steps.value") == 0)
        issue->field = terms->steps[issue->row].what == ACRM_STEP_AMOUNT ? "steps.amount"
                                                                         : "steps.share";
    return acrm__fin_answer(fin, status, issue);
}

static int32_t schedule_explain(acrm__fin *fin, const acrm_finance_terms *terms, int32_t rows)
{
    acrm_explain_line *lines = NULL;
    acrm_issue issue = { .row = -1 };
    int32_t st = acrm__fin_room(fin, ACRM_EXPLAIN_LINES_MAX, sizeof *lines, &lines);

    if (rows > FIN_EXPLAINED_MAX)
        return acrm__fail(fin->call, ACRM_E_LIMIT, "limit", "explain",
                          "explain: allowed is a schedule of at most %d rows", FIN_EXPLAINED_MAX);
    for (int32_t row = -1; row < rows && st == ACRM_OK; row++) {
        size_t n = 0;
        st = schedule_answer(fin, acrm_schedule_explain(terms, row, lines, ACRM_EXPLAIN_LINES_MAX,
                                                        &n, &issue), terms, &issue);
        if (st == ACRM_OK)
            st = acrm__fin_put_steps(fin, lines, n, row);
    }
    return st;
}

int32_t acrm__finance_schedule(acrm__call *call)
{
    acrm_schedule_summary sum = { .struct_size = sizeof sum };
    acrm_issue issue = { .row = -1 };
    acrm_schedule_row *rows = NULL;
    schedule_closed closed = { 0 };
    acrm_finance_terms terms;
    acrm__fin fin;
    int32_t st = acrm__fin_begin(&fin, call);

    if (st == ACRM_OK)
        st = schedule_read(&fin, &terms, &closed);
    if (st != ACRM_OK)
        return st;
    size_t room = (size_t)terms.periods + 2;
    st = acrm__fin_room(&fin, room, sizeof *rows, &rows);
    if (st == ACRM_OK)
        st = schedule_answer(&fin, acrm_schedule(&terms, rows, room, &sum, &issue), &terms,
                             &issue);
    if (st == ACRM_OK)
        st = acrm__fin_put_rows(&fin, "rows", schedule_rows, sizeof *rows, rows,
                                (size_t)sum.rows);
    if (st == ACRM_OK)
        st = acrm__fin_put(&fin, schedule_summary, &sum, call->out);
    if (st == ACRM_OK && acrm__arg_bool(call, "explain", false))
        st = schedule_explain(&fin, &terms, sum.rows);
    return st;
}

/* --- Solving --- */

static bool schedule_put_value(acrm__fin *fin, int32_t unknown, const char *name, int64_t value)
{
    if (unknown == ACRM_SOLVE_RATE)
        return acrm__fin_put_rate(fin->call->out, name, value);
    if (unknown == ACRM_SOLVE_TERM)
        return acrm__put_text(fin->call->out, name,
                              acrm__arena_format(fin->call->arena, "%lld", (long long)value));
    return acrm__fin_put_money(fin, fin->call->out, name, value);
}

/* How the contract with the value found comes about, row by row. */
static int32_t schedule_explain_solved(acrm__fin *fin, acrm_finance_terms *terms, int32_t unknown,
                                       int64_t value)
{
    int64_t *const members[] = {
        [ACRM_SOLVE_PAYMENT] = &terms->instalment, [ACRM_SOLVE_RATE] = &terms->rate,
        [ACRM_SOLVE_PRICE] = &terms->price,        [ACRM_SOLVE_DEPOSIT] = &terms->deposit,
        [ACRM_SOLVE_BALLOON] = &terms->balloon,    [ACRM_SOLVE_TRADE_IN] = &terms->trade_in,
    };
    acrm_schedule_summary sum = { .struct_size = sizeof sum };
    acrm_issue issue = { .row = -1 };
    acrm_schedule_row *rows = NULL;

    if (unknown == ACRM_SOLVE_TERM)
        terms->periods = (int32_t)value;
    else
        *members[unknown] = value;
    size_t room = (size_t)terms->periods + 2;
    int32_t st = acrm__fin_room(fin, room, sizeof *rows, &rows);
    if (st == ACRM_OK)
        st = schedule_answer(fin, acrm_schedule(terms, rows, room, &sum, &issue), terms, &issue);
    return st == ACRM_OK ? schedule_explain(fin, terms, sum.rows) : st;
}

int32_t acrm__finance_solve(acrm__call *call)
{
    static const acrm__fin_member members[] = {
        FIN_SOLUTION(FIN_AS_MEMBER, acrm_solution)
        { .field = FIN_END }
    };
    static const acrm__fin_member sought[] = {
        FIN_SOUGHT(FIN_AS_MEMBER, acrm_solution)
        { .field = FIN_END }
    };
    acrm_solution asked = { 0 }, solution = { .struct_size = sizeof solution };
    acrm_issue issue = { .row = -1 };
    schedule_closed closed = { 0 };
    acrm_finance_terms terms;
    acrm__fin fin;
    int32_t st = acrm__fin_begin(&fin, call);

    if (st == ACRM_OK)
        st = schedule_read(&fin, &terms, &closed);
    if (st == ACRM_OK)
        st = acrm__fin_args(&fin, sought, &asked);
    if (st != ACRM_OK)
        return st;
    int32_t unknown = asked.solutions;
    int64_t wanted = terms.instalment;
    terms.instalment = 0;
    st = schedule_answer(&fin, acrm_finance_solve(&terms, unknown, wanted, &solution, &issue),
                         &terms, &issue);
    if (st != ACRM_OK)
        return st;
    bool ok = schedule_put_value(&fin, unknown, "value", solution.value) &&
              schedule_put_value(&fin, unknown, "lowest", solution.lowest) &&
              schedule_put_value(&fin, unknown, "highest", solution.highest);
    st = ok ? acrm__fin_put(&fin, members, &solution, call->out) : acrm__nomem(call);
    if (st == ACRM_OK && solution.solutions != ACRM_SOLUTIONS_NONE &&
        acrm__arg_bool(call, "explain", false))
        st = schedule_explain_solved(&fin, &terms, unknown, solution.value);
    return st;
}
