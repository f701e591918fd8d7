/* SPDX-License-Identifier: MIT */
/* The statement of a member: what there was, what moved, by which lots, and what there is. */
#include "modules/loyalty/ledger_ops.h"

#include "base/civil.h"
#include "modules/loyalty/ledger_book.h"

#include <string.h>

typedef struct statement {
    acrm__call *call; /* as the system */
    acrm__rec *program, *account;
    int64_t from, to; /* instants */
    int64_t opening, balance, pending;
} statement;

static int32_t statement_sum(void *user, const acrm_cell *cells, uint32_t n)
{
    int64_t *sums = user;

    for (uint32_t i = 0; i < n; i++)
        sums[i] = cells[i].type == ACRM_CELL_INT ? cells[i].integer : 0;
    return ACRM_OK;
}

/* What all that came before makes. */
static int32_t statement_opening(statement *s)
{
    static const acrm_expression sums[] = {
        { .column = F_points_transaction__available, .aggregate = ACRM_AGGREGATE_SUM },
        { .column = F_points_transaction__pending, .aggregate = ACRM_AGGREGATE_SUM },
    };
    acrm__call *call = s->call;
    int64_t totals[2] = { 0, 0 };
    const acrm__term terms[] = {
        { F_points_transaction__account_id, ACRM_FILTER_EQ, s->account->cells[F_ID] },
        { F_points_transaction__at, ACRM_FILTER_LT, acrm__cell_int(s->from) },
    };
    const acrm_query query = { .struct_size = sizeof query, .select = sums, .n_select = 2,
                               .table = &acrm__entity_of(call, "points_transaction")->table,
                               .where = acrm__where(call, terms, 2) };
    int32_t st = query.where ? acrm__query(call, &query, statement_sum, totals)
                             : acrm__nomem(call);

    s->opening = s->balance = totals[0];
    s->pending = totals[1];
    return st;
}

static int32_t statement_lots(statement *s, const acrm__rec *txn, acrm_value *into)
{
    acrm__call *call = s->call;
    const acrm__term of = { F_points_entry__transaction_id, ACRM_FILTER_EQ, txn->cells[F_ID] };
    acrm_value *lots = acrm__put_list(into, "lots");
    acrm__recs entries = { NULL, 0 };
    int32_t st = lots ? acrm__find(call, &(acrm__select){ .entity = "points_entry", .terms = &of,
                                                          .n_terms = 1 }, &entries)
                      : acrm__nomem(call);

    for (size_t i = 0; st == ACRM_OK && i < entries.count; i++) {
        const acrm__rec *e = entries.items[i];
        const unsigned char *id = acrm__id(e, F_points_entry__lot_id);
        acrm__rec *lot = NULL;
        st = acrm__load(call, "points_lot", id, "lot_id", &lot);
        if (st != ACRM_OK)
            break;
        const acrm_cell *day = &lot->cells[F_points_lot__expires_on];
        acrm_value *item = acrm__add_map(lots);
        bool ok = item && acrm__put_text(item, "lot_id", acrm__id_text(call, id)) &&
                  acrm__put_text(item, "debit", acrm__text(e, F_points_entry__debit)) &&
                  acrm__put_text(item, "credit", acrm__text(e, F_points_entry__credit)) &&
                  acrm__put_int(item, "points", acrm__int(e, F_points_entry__points)) &&
                  acrm__put_text(item, "expires_on", day->type == ACRM_CELL_INT
                                 ? acrm__date_text(call, day->integer) : NULL);
        if (!ok)
            st = acrm__nomem(call);
    }
    return st;
}

static int32_t statement_item(statement *s, const acrm__rec *txn, acrm_value *items)
{
    acrm__call *call = s->call;
    int64_t change = acrm__int(txn, F_points_transaction__available);
    const char *kind = acrm__text(txn, F_points_transaction__kind);
    acrm_value *item = acrm__add_map(items);

    s->balance += change;
    s->pending += acrm__int(txn, F_points_transaction__pending);
    bool ok = item &&
              acrm__put_text(item, "at", acrm__instant_text(call,
                             acrm__int(txn, F_points_transaction__at))) &&
              acrm__put_text(item, "kind", kind) &&
              acrm__put_int(item, "points", acrm__int(txn, F_points_transaction__points)) &&
              acrm__put_int(item, "change", change) &&
              acrm__put_int(item, "pending", acrm__int(txn, F_points_transaction__pending)) &&
              acrm__put_int(item, "balance", s->balance) &&
              acrm__put_text(item, "source", acrm__text(txn, F_points_transaction__source)) &&
              acrm__put_text(item, "source_id",
                             acrm__text(txn, F_points_transaction__source_id)) &&
              acrm__put_text(item, "rule", acrm__text(txn, F_points_transaction__rule)) &&
              acrm__put_text(item, "id", acrm__id_text(call, acrm__id(txn, F_ID)));
    return ok ? statement_lots(s, txn, item) : acrm__nomem(call);
}

/* Of what became due and was told anew, nothing may be left. */
static bool statement_is_void(const acrm__rec *txn)
{
    return acrm__int(txn, F_points_transaction__points) == 0 &&
           acrm__int(txn, F_points_transaction__available) == 0 &&
           acrm__int(txn, F_points_transaction__pending) == 0 &&
           acrm__int(txn, F_points_transaction__reserved) == 0;
}

static int32_t statement_items(statement *s, acrm_value *out, int64_t limit)
{
    acrm__call *call = s->call;
    acrm_value *items = acrm__put_list(out, "items");
    const acrm__term terms[] = {
        { F_points_transaction__account_id, ACRM_FILTER_EQ, s->account->cells[F_ID] },
        { F_points_transaction__at, ACRM_FILTER_GE, acrm__cell_int(s->from) },
        { F_points_transaction__at, ACRM_FILTER_LT, acrm__cell_int(s->to) },
    };
    acrm__recs txns = { NULL, 0 };
    int32_t st = items ? acrm__find(call, &(acrm__select){ .entity = "points_transaction",
                             .terms = terms, .n_terms = 3, .order = F_points_transaction__at,
                             .limit = (uint32_t)limit + 1 }, &txns)
                       : acrm__nomem(call);

    for (size_t i = 0; st == ACRM_OK && i < txns.count && i < (size_t)limit; i++)
        if (!statement_is_void(txns.items[i]))
            st = statement_item(s, txns.items[i], items);
    if (st == ACRM_OK && !acrm__put_bool(out, "more", txns.count > (size_t)limit))
        st = acrm__nomem(call);
    return st;
}

/* The days asked for; without them the last month up to today. */
static int32_t statement_period(statement *s, acrm_value *out)
{
    acrm__call *call = s->call;
    int32_t today = 0, month_ago = 0;
    int64_t first = 0, last = 0;
    int32_t st = acrm__ledger_day(call, s->program, call->now, &today);

    if (st != ACRM_OK)
        return st;
    if (!acrm__arg_time(call, "to", &last))
        last = today;
    if (!acrm__arg_time(call, "from", &first))
        first = acrm__civil_add_months((int32_t)last, -1, &month_ago) ? month_ago + 1 : last;
    if (first > last || last >= ACRM__DAY_MAX)
        return acrm__fail(call, ACRM_E_INVALID, "range", "from",
                          "a statement begins no later than it ends");
    st = acrm__ledger_day_start(call, s->program, (int32_t)first, &s->from);
    if (st == ACRM_OK)
        st = acrm__ledger_day_start(call, s->program, (int32_t)last + 1, &s->to);
    bool ok = st != ACRM_OK || (acrm__put_text(out, "from", acrm__date_text(call, first)) &&
                                acrm__put_text(out, "to", acrm__date_text(call, last)));
    return ok ? st : acrm__nomem(call);
}

static int32_t statement_account(statement *s, const acrm__rec *member)
{
    const acrm__term terms[] = {
        { F_points_account__member_id, ACRM_FILTER_EQ, member->cells[F_ID] },
        { F_points_account__kind, ACRM_FILTER_EQ,
          acrm__cell_text(acrm__arg_text(s->call, "kind")) },
    };

    return acrm__find_one(s->call, &(acrm__select){ .entity = "points_account", .terms = terms,
                                                    .n_terms = 2 }, &s->account);
}

int32_t acrm__loyalty_statement(acrm__call *call)
{
    acrm__call system = *call;
    statement s = { .call = &system };
    acrm__rec *member = NULL;
    int32_t st = acrm__ledger_member(call, "member_id", "card", false, &member);

    system.as_system = true;
    if (st == ACRM_OK)
        st = acrm__ledger_program(&system, member, &s.program);
    if (st == ACRM_OK)
        st = statement_period(&s, call->out);
    if (st == ACRM_OK)
        st = statement_account(&s, member);
    if (st == ACRM_OK && s.account)
        st = statement_opening(&s);
    if (st == ACRM_OK && s.account)
        st = statement_items(&s, call->out, acrm__arg_int(call, "limit", 1000));
    bool ok = st != ACRM_OK ||
              (acrm__put_text(call->out, "member_id",
                              acrm__id_text(call, acrm__id(member, F_ID))) &&
               acrm__put_text(call->out, "program",
                              acrm__text(s.program, F_loyalty_program__name)) &&
               acrm__put_text(call->out, "kind", acrm__arg_text(call, "kind")) &&
               acrm__put_int(call->out, "opening", s.opening) &&
               acrm__put_int(call->out, "closing", s.balance) &&
               acrm__put_int(call->out, "pending", s.pending) &&
               (s.account || (acrm__put_list(call->out, "items") &&
                              acrm__put_bool(call->out, "more", false))));
    return ok ? st : acrm__nomem(call);
}
