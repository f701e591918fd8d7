/* SPDX-License-Identifier: MIT */
/* finance.lease and finance.lease_end. */
#include "modules/finance/bind.h"
#include "modules/finance/finance.h"
#include "modules/finance/members_lease.h"

enum { LEASE_END_LINES = 8 };

static const acrm__fin_member lease_terms[] = {
    FIN_LEASE(FIN_AS_MEMBER, acrm_lease_terms)
    { .field = FIN_END }
};

static int32_t lease_read(acrm__fin *fin, acrm__call *call, acrm_lease_terms *terms)
{
    int32_t st = acrm__fin_begin(fin, call);

    acrm_lease_terms_init(terms);
    return st == ACRM_OK ? acrm__fin_args(fin, lease_terms, terms) : st;
}

int32_t acrm__finance_lease(acrm__call *call)
{
    static const acrm__fin_member members[] = {
        FIN_LEASE_QUOTE(FIN_AS_MEMBER, acrm_lease_quote)
        { .field = FIN_END }
    };
    acrm_lease_quote quote = { .struct_size = sizeof quote };
    acrm_issue issue = { .row = -1 };
    acrm_explain_line *lines = NULL;
    acrm_lease_terms terms;
    size_t n = 0;
    acrm__fin fin;
    int32_t st = lease_read(&fin, call, &terms);

    if (st == ACRM_OK)
        st = acrm__fin_answer(&fin, acrm_lease(&terms, &quote, &issue), &issue);
    if (st == ACRM_OK)
        st = acrm__fin_put(&fin, members, &quote, call->out);
    if (st != ACRM_OK || !acrm__arg_bool(call, "explain", false))
        return st;
    st = acrm__fin_room(&fin, ACRM_EXPLAIN_LINES_MAX, sizeof *lines, &lines);
    if (st == ACRM_OK)
        st = acrm__fin_answer(&fin, acrm_lease_explain(&terms, lines, ACRM_EXPLAIN_LINES_MAX, &n,
                                                       &issue), &issue);
    return st == ACRM_OK ? acrm__fin_put_steps(&fin, lines, n, -1) : st;
}

int32_t acrm__finance_lease_end(acrm__call *call)
{
    static const acrm__fin_member given[] = {
        FIN_LEASE_RETURN(FIN_AS_MEMBER, acrm_lease_return)
        { .field = FIN_END }
    };
    static const acrm__fin_member members[] = {
        FIN_LEASE_SETTLEMENT(FIN_AS_MEMBER, acrm_lease_settlement)
        { .field = FIN_END }
    };
    acrm_lease_settlement settlement = { .struct_size = sizeof settlement };
    acrm_lease_return back = { .struct_size = sizeof back };
    acrm_issue issue = { .row = -1 };
    acrm_explain_line lines[LEASE_END_LINES];
    acrm_lease_terms terms;
    size_t n = 0;
    acrm__fin fin;
    int32_t st = lease_read(&fin, call, &terms);

    if (st == ACRM_OK)
        st = acrm__fin_args(&fin, given, &back);
    if (st == ACRM_OK)
        st = acrm__fin_answer(&fin, acrm_lease_end(&terms, &back, &settlement, &issue), &issue);
    if (st == ACRM_OK)
        st = acrm__fin_put(&fin, members, &settlement, call->out);
    if (st != ACRM_OK || !acrm__arg_bool(call, "explain", false))
        return st;
    st = acrm__fin_answer(&fin, acrm_lease_end_explain(&terms, &back, lines, LEASE_END_LINES, &n,
                                                       &issue), &issue);
    return st == ACRM_OK ? acrm__fin_put_steps(&fin, lines, n, -1) : st;
}
