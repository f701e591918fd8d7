/* SPDX-License-Identifier: MIT */
/* finance.settlement, finance.prepay and finance.restructure. */
#include "modules/finance/finance.h"
#include "modules/finance/members_servicing.h"
#include "modules/finance/servicing.h"

static const acrm__fin_member recast_result[] = {
    FIN_RECAST_RESULT(FIN_AS_MEMBER, acrm_recast_result)
    { .field = FIN_END }
};

/* A contract on a day, and room for the steps of what is computed from it. */
typedef struct recast_contract {
    acrm_due *dues;
    size_t n;
    int64_t day;
    acrm_explain_line *lines;
    size_t n_lines;
} recast_contract;

static int32_t recast_read(acrm__fin *fin, recast_contract *contract)
{
    int32_t st = acrm__fin_dues(fin, &contract->dues, &contract->n);

    acrm__arg_time(fin->call, "day", &contract->day);
    return st == ACRM_OK ? acrm__fin_room(fin, FIN_ROWS_MAX + 2, sizeof *contract->lines,
                                          &contract->lines) : st;
}

static int32_t recast_explain(acrm__fin *fin, const recast_contract *contract)
{
    size_t n = contract->n_lines < FIN_ROWS_MAX + 2 ? contract->n_lines : FIN_ROWS_MAX + 2;

    return acrm__arg_bool(fin->call, "explain", false)
        ? acrm__fin_put_steps(fin, contract->lines, n, -1) : ACRM_OK;
}

int32_t acrm__finance_settlement(acrm__call *call)
{
    static const acrm__fin_member given[] = {
        FIN_SETTLEMENT(FIN_AS_MEMBER, acrm_settlement_terms)
        FIN_INTEREST(FIN_AS_MEMBER, acrm_settlement_terms, "nominal")
        { .field = FIN_END }
    };
    static const acrm__fin_member members[] = {
        FIN_SETTLEMENT_QUOTE(FIN_AS_MEMBER, acrm_settlement_quote)
        { .field = FIN_END }
    };
    acrm_settlement_terms terms = { .struct_size = sizeof terms, .interest.round_unit = 1 };
    acrm_settlement_quote quote = { .struct_size = sizeof quote };
    acrm_issue issue = { .row = -1 };
    recast_contract c = { 0 };
    acrm__fin fin;
    int32_t st = acrm__fin_begin(&fin, call);

    if (st == ACRM_OK)
        st = acrm__fin_args(&fin, given, &terms);
    if (st == ACRM_OK)
        st = recast_read(&fin, &c);
    if (st == ACRM_OK)
        st = acrm__fin_answer(&fin, acrm_settlement(&terms, c.dues, c.n, (int32_t)c.day, &quote,
                                                    c.lines, FIN_ROWS_MAX, &c.n_lines, &issue),
                              &issue);
    if (st == ACRM_OK)
        st = acrm__fin_put(&fin, members, &quote, call->out);
    return st == ACRM_OK ? recast_explain(&fin, &c) : st;
}

static int32_t recast_answer(acrm__fin *fin, int32_t status, const acrm_issue *issue,
                             const acrm_due *rows, const acrm_recast_result *result,
                             const recast_contract *contract)
{
    int32_t st = acrm__fin_answer(fin, status, issue);

    if (st == ACRM_OK)
        st = acrm__fin_put_rows(fin, "rows", acrm__fin_due, sizeof *rows, rows,
                                (size_t)result->dues);
    if (st == ACRM_OK)
        st = acrm__fin_put(fin, recast_result, result, fin->call->out);
    return st == ACRM_OK ? recast_explain(fin, contract) : st;
}

int32_t acrm__finance_prepay(acrm__call *call)
{
    static const acrm__fin_member given[] = {
        FIN_PREPAY_MODE(FIN_AS_MEMBER, acrm_recast_terms)
        FIN_RECAST(FIN_AS_MEMBER, acrm_recast_terms)
        FIN_INTEREST(FIN_AS_MEMBER, acrm_recast_terms, "nominal")
        { .field = FIN_END }
    };
    static const acrm__fin_member payment[] = {
        FIN_PAID(FIN_AS_MEMBER, acrm_event)
        { .field = FIN_END }
    };
    acrm_recast_terms terms = { .struct_size = sizeof terms, .interest.round_unit = 1 };
    acrm_recast_result result = { .struct_size = sizeof result };
    acrm_issue issue = { .row = -1 };
    recast_contract c = { 0 };
    acrm_event paid = { 0 };
    acrm_due *rows = NULL;
    acrm__fin fin;
    int32_t st = acrm__fin_begin(&fin, call);

    if (st == ACRM_OK)
        st = acrm__fin_args(&fin, given, &terms);
    if (st == ACRM_OK)
        st = acrm__fin_args(&fin, payment, &paid);
    if (st == ACRM_OK)
        st = recast_read(&fin, &c);
    if (st == ACRM_OK)
        st = acrm__fin_room(&fin, c.n, sizeof *rows, &rows);
    if (st != ACRM_OK)
        return st;
    st = acrm_prepay(&terms, c.dues, c.n, paid.day, paid.amount, rows, c.n, &result, c.lines,
                     FIN_ROWS_MAX + 2, &c.n_lines, &issue);
    return recast_answer(&fin, st, &issue, rows, &result, &c);
}

int32_t acrm__finance_restructure(acrm__call *call)
{
    static const acrm__fin_member given[] = {
        FIN_RESTRUCTURE(FIN_AS_MEMBER, acrm_recast_terms)
        FIN_RECAST(FIN_AS_MEMBER, acrm_recast_terms)
        FIN_INTEREST(FIN_AS_MEMBER, acrm_recast_terms, "nominal")
        { .field = FIN_END }
    };
    acrm_recast_terms terms = { .struct_size = sizeof terms, .interest.round_unit = 1 };
    acrm_recast_result result = { .struct_size = sizeof result };
    acrm_issue issue = { .row = -1 };
    recast_contract c = { 0 };
    acrm_due *rows = NULL;
    acrm__fin fin;
    int32_t st = acrm__fin_begin(&fin, call);

    if (st == ACRM_OK)
        st = acrm__fin_args(&fin, given, &terms);
    if (st == ACRM_OK)
        st = recast_read(&fin, &c);
    if (st == ACRM_OK)
        st = acrm__fin_room(&fin, (size_t)terms.periods, sizeof *rows, &rows);
    if (st != ACRM_OK)
        return st;
    st = acrm_restructure(&terms, c.dues, c.n, (int32_t)c.day, rows, (size_t)terms.periods,
                          &result, c.lines, FIN_ROWS_MAX + 2, &c.n_lines, &issue);
    return recast_answer(&fin, st, &issue, rows, &result, &c);
}
