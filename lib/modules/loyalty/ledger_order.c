/* SPDX-License-Identifier: MIT */
/* Orders: what the ledger is asked to do, checked against the programme, the member and what was
 * told before, and done. */
#include "modules/loyalty/ledger_order.h"

#include "base/civil.h"

#include <string.h>

int32_t acrm__ledger_program(acrm__call *call, const acrm__rec *member, acrm__rec **out)
{
    return acrm__load(call, "loyalty_program", acrm__id(member, F_member__program_id),
                      "program_id", out);
}

/* --- What was told before --- */

int32_t acrm__ledger_known(acrm__call *call, const unsigned char program[16],
                           const char *source_id, acrm__rec **out)
{
    const acrm__term terms[] = {
        { F_points_transaction__program_id, ACRM_FILTER_EQ, acrm__cell_id(program) },
        { F_points_transaction__source_id, ACRM_FILTER_EQ, acrm__cell_text(source_id) },
    };

    *out = NULL;
    if (!source_id)
        return ACRM_OK;
    return acrm__find_one(call, &(acrm__select){ .entity = "points_transaction", .terms = terms,
                                                 .n_terms = 2, .as_system = true }, out);
}

/* What a transaction and its parts moved. */
int32_t acrm__order_total(acrm__call *call, const acrm__rec *txn, int64_t *out)
{
    const acrm__term of = { F_points_transaction__part_of_id, ACRM_FILTER_EQ, txn->cells[F_ID] };
    const acrm_cell *account = &txn->cells[F_points_transaction__account_id];
    acrm__recs parts = { NULL, 0 };
    acrm__rec *mine = NULL, *other = NULL;

    *out = acrm__int(txn, F_points_transaction__points);
    int32_t st = acrm__find(call, &(acrm__select){ .entity = "points_transaction", .terms = &of,
                                                   .n_terms = 1, .as_system = true }, &parts);
    if (st == ACRM_OK && parts.count)
        st = acrm__load(call, "points_account", account->data, "account_id", &mine);
    for (size_t i = 0; st == ACRM_OK && i < parts.count; i++) {
        st = acrm__load(call, "points_account",
                        acrm__id(parts.items[i], F_points_transaction__account_id), "account_id",
                        &other);
        if (st == ACRM_OK && acrm__cell_equal(&mine->cells[F_points_account__kind],
                                              &other->cells[F_points_account__kind]))
            *out += acrm__int(parts.items[i], F_points_transaction__points);
    }
    return st;
}

int32_t acrm__order_reversed(acrm__call *call, const acrm__rec *txn, int64_t *points, size_t *n)
{
    const acrm__term terms[] = {
        { F_points_transaction__of_id, ACRM_FILTER_EQ, txn->cells[F_ID] },
        { F_points_transaction__kind, ACRM_FILTER_EQ, acrm__cell_text("reverse") },
        { F_points_transaction__part_of_id, ACRM_FILTER_EQ, acrm__cell_null() },
    };
    acrm__recs later = { NULL, 0 };
    int32_t st = acrm__find(call, &(acrm__select){ .entity = "points_transaction",
        .terms = terms, .n_terms = 3, .as_system = true }, &later);

    *points = 0;
    *n = later.count;
    for (size_t i = 0; st == ACRM_OK && i < later.count; i++) {
        int64_t total = 0;
        st = acrm__order_total(call, later.items[i], &total);
        *points += total;
    }
    return st;
}

/* The same name for the same thing gives what was done then; for another it is refused. */
static int32_t order_repeated(acrm__order_run *run, acrm__rec *known, acrm__ledger_done *out)
{
    const acrm__ledger_order *order = run->order;
    acrm__rec *account = NULL;
    int64_t total = 0;
    int32_t st = acrm__order_total(&run->call, known, &total);

    if (st == ACRM_OK)
        st = acrm__load(&run->call, "points_account",
                        acrm__id(known, F_points_transaction__account_id), "account_id", &account);
    if (st != ACRM_OK)
        return st;
    const unsigned char *of = acrm__id(known, F_points_transaction__of_id);
    bool same = strcmp(acrm__text(known, F_points_transaction__kind), run->kind) == 0 &&
                (order->of ? of && memcmp(of, order->of, 16) == 0
                           : total == order->points &&
                             acrm__cell_equal(&account->cells[F_points_account__member_id],
                                              &order->member->cells[F_ID]));
    if (!same)
        return acrm__fail(&run->call, ACRM_E_CONFLICT, "source", "source_id",
                          "this source_id was used for something else in this programme");
    *out = (acrm__ledger_done){ .transaction = known, .account = account, .points = total,
                                .duplicate = true };
    return ACRM_OK;
}

/* --- Checks --- */

static int32_t order_points(acrm__order_run *run)
{
    const acrm__rec *p = run->book.program;
    const acrm__ledger_order *order = run->order;
    bool sized = order->points != 0 || !order->of;
    bool signed_ = strcmp(run->kind, "adjust") == 0;
    int64_t points = signed_ && order->points < 0 ? -order->points : order->points;

    if (sized && points <= 0)
        return acrm__fail(&run->call, ACRM_E_INVALID, "range", "points",
                          signed_ ? "points must not be 0" : "points must be more than 0");
    if (points > ACRM__POINTS_MAX)
        return acrm__fail(&run->call, ACRM_E_LIMIT, "overflow", "points",
                          "points must be at most %lld", (long long)ACRM__POINTS_MAX);
    if (!acrm__is_null(p, F_loyalty_program__transaction_max) && !order->of &&
        points > acrm__int(p, F_loyalty_program__transaction_max))
        return acrm__fail(&run->call, ACRM_E_LIMIT, "limit", "points",
                          "one transaction moves at most %lld points in this programme",
                          (long long)acrm__int(p, F_loyalty_program__transaction_max));
    return ACRM_OK;
}

static int32_t order_time(acrm__order_run *run)
{
    int64_t days = acrm__int(run->book.program, F_loyalty_program__back_date_days);

    run->at = run->order->at ? run->order->at : run->call.now;
    if (run->at > run->call.now)
        return acrm__fail(&run->call, ACRM_E_INVALID, "future_dated", "at",
                          "what has not happened yet cannot be told");
    if (run->call.now - run->at > (days + 1) * ACRM__DAY_US)
        return acrm__fail(&run->call, ACRM_E_INVALID, "back_dated", "at",
                          "the programme takes nothing that is older than %lld days",
                          (long long)days);
    return ACRM_OK;
}

/* What is told without a time follows all that was told before, also after the clock went back. */
static int32_t order_after_last(acrm__order_run *run)
{
    acrm__book_account *account = NULL;
    int32_t st = acrm__book_account_of(&run->book, run->order->member, run->order->kind, &account);

    if (st == ACRM_OK && !acrm__is_null(account->rec, F_points_account__last_at) &&
        acrm__int(account->rec, F_points_account__last_at) > run->at)
        run->at = acrm__int(account->rec, F_points_account__last_at);
    return st;
}

static int32_t order_member(acrm__order_run *run, const acrm__rec *member, const char *field)
{
    const char *status = acrm__text(member, F_member__status);
    bool active = acrm__int(run->book.program, F_loyalty_program__active) != 0;

    if (strcmp(status, "closed") == 0)
        return acrm__fail(&run->call, ACRM_E_CONFLICT, "member_closed", field,
                          "the membership has ended");
    if (run->spends && strcmp(status, "blocked") == 0)
        return acrm__fail(&run->call, ACRM_E_CONFLICT, "member_blocked", field,
                          "the member is blocked: nothing can be spent");
    if (!run->spends && !active && strcmp(run->kind, "earn") == 0)
        return acrm__fail(&run->call, ACRM_E_CONFLICT, "program_closed", "program_id",
                          "nothing can be earned in this programme any more");
    return ACRM_OK;
}

/* *done: it was told before. */
int32_t acrm__order_begin(acrm__order_run *run, acrm__call *call, const acrm__ledger_order *order,
                           const char *kind, acrm__ledger_done *out, bool *done)
{
    acrm__rec *program = NULL, *known = NULL;

    run->call = *call;
    run->order = order;
    run->kind = kind;
    run->txn = NULL;
    run->call.as_system = true;
    run->spends = strcmp(kind, "earn") != 0 && !order->of && order->points >= 0;
    *done = false;
    int32_t st = acrm__ledger_program(&run->call, order->member, &program);
    if (st == ACRM_OK)
        st = acrm__book_open(&run->call, program, &run->book);
    if (st == ACRM_OK)
        st = acrm__ledger_known(&run->call, acrm__id(program, F_ID), order->source_id, &known);
    if (st != ACRM_OK)
        return st;
    *done = known != NULL;
    if (known)
        return order_repeated(run, known, out);
    st = order_points(run);
    if (st == ACRM_OK)
        st = order_time(run);
    if (st == ACRM_OK && !order->at)
        st = order_after_last(run);
    return st == ACRM_OK && !order->of ? order_member(run, order->member, "member_id") : st;
}

/* --- Doing --- */

int32_t acrm__order_txn(acrm__order_run *run, acrm__book_account *account, int64_t points,
                         acrm__book_txn *main, acrm__book_txn **out)
{
    const acrm__ledger_order *order = run->order;
    int32_t st = acrm__book_txn_new(&run->book, account, run->kind, run->at, main, out);

    if (st != ACRM_OK)
        return st;
    acrm__rec *rec = (*out)->rec;
    acrm__set(rec, F_points_transaction__points, acrm__cell_int(points));
    if (!main)
        acrm__set(rec, F_points_transaction__source_id, acrm__cell_text(order->source_id));
    acrm__set(rec, F_points_transaction__rule, acrm__cell_text(order->rule));
    acrm__set(rec, F_points_transaction__source, acrm__cell_text(order->source));
    return ACRM_OK;
}

int32_t acrm__order_do(acrm__order_run *run, acrm__book_txn *txn)
{
    acrm__book_account *account = txn->account;
    acrm_cell *last = &account->rec->cells[F_points_account__last_at];
    int32_t st;

    if (acrm__book_is_late(account, run->at))
        return acrm__book_replay(&run->book, txn);
    st = acrm__book_settle(&run->book, account, run->at);
    if (st == ACRM_OK)
        st = acrm__book_do(&run->book, txn);
    if (last->type != ACRM_CELL_INT || last->integer < run->at)
        acrm__set(account->rec, F_points_account__last_at, acrm__cell_int(run->at));
    return st;
}

int32_t acrm__order_end(acrm__order_run *run, acrm__ledger_done *out)
{
    acrm__book *book = &run->book;
    int32_t st = acrm__book_close(book);

    if (st != ACRM_OK)
        return st;
    *out = (acrm__ledger_done){ .transaction = run->txn->rec, .account = run->txn->account->rec };
    for (const acrm__book_txn *t = book->txns; t; t = t->next)
        if (t->main == run->txn &&
            acrm__cell_equal(&t->account->rec->cells[F_points_account__kind],
                             &run->txn->account->rec->cells[F_points_account__kind]))
            out->points += acrm__int(t->rec, F_points_transaction__points);
    return ACRM_OK;
}

/* --- Earning and rises --- */

static int32_t order_credit(acrm__order_run *run, int32_t kind, int64_t points,
                            acrm__book_txn *main, acrm__book_txn **out)
{
    acrm__ledger_order order = *run->order;
    acrm__book_account *account = NULL;
    acrm__book_lot *lot = NULL;
    acrm__lot_terms terms;

    order.points = points;
    order.kind = kind;
    if (kind == ACRM__POINTS_QUALIFYING) { /* those count at once, and never end */
        order.activates_at = run->at;
        order.expires_on = 0;
    }
    int32_t st = acrm__book_account_of(&run->book, order.member, kind, &account);
    if (st == ACRM_OK)
        st = acrm__book_terms(&run->book, &order, run->at, &terms);
    if (st == ACRM_OK)
        st = acrm__order_txn(run, account, points, main, out);
    if (st == ACRM_OK)
        st = acrm__book_lot_new(&run->book, *out, &terms, &lot);
    return st == ACRM_OK ? acrm__order_do(run, *out) : st;
}

int32_t acrm__ledger_earn(acrm__call *call, const acrm__ledger_order *order,
                          acrm__ledger_done *out)
{
    acrm__order_run run;
    acrm__book_txn *part = NULL;
    bool done;
    int32_t st = acrm__order_begin(&run, call, order, "earn", out, &done);

    if (st != ACRM_OK || done)
        return st;
    if (order->qualifying < 0)
        return acrm__fail(&run.call, ACRM_E_INVALID, "range", "qualifying",
                          "qualifying must not be negative");
    st = order_credit(&run, order->kind, order->points, NULL, &run.txn);
    if (st == ACRM_OK && order->qualifying > 0)
        st = order_credit(&run, ACRM__POINTS_QUALIFYING, order->qualifying, run.txn, &part);
    return st == ACRM_OK ? acrm__order_end(&run, out) : st;
}

/* --- Spending --- */

/* What the member has not, the household may have. */
static int32_t order_pool(acrm__order_run *run, int64_t points)
{
    acrm__recs others = { NULL, 0 };
    int32_t st = acrm__ledger_household(&run->call, run->book.program, run->order->member,
                                        &others);

    for (size_t i = 0; st == ACRM_OK && i < others.count && points > 0; i++) {
        acrm__book_account *account = NULL;
        acrm__book_txn *part = NULL;
        st = acrm__book_account_of(&run->book, others.items[i], ACRM__POINTS, &account);
        if (st == ACRM_OK && acrm__book_is_late(account, run->at))
            continue;
        if (st == ACRM_OK)
            st = acrm__book_settle(&run->book, account, run->at);
        int64_t has = acrm__int(account->rec, F_points_account__available);
        int64_t n = has < points ? has : points;
        if (st != ACRM_OK || n <= 0)
            continue;
        st = acrm__order_txn(run, account, n, run->txn, &part);
        if (st == ACRM_OK)
            st = acrm__order_do(run, part);
        points -= n;
    }
    if (st == ACRM_OK && points > 0)
        st = acrm__fail(&run->call, ACRM_E_CONFLICT, "insufficient", "points",
                        "%lld points are missing, with those of the household",
                        (long long)points);
    return st;
}

static int32_t order_ends(acrm__order_run *run)
{
    int64_t minutes = acrm__int(run->book.program, F_loyalty_program__reserve_minutes);
    int64_t end = run->order->ends_at ? run->order->ends_at
                                      : run->at + minutes * 60 * ACRM__SECOND_US;

    if (end <= run->at)
        return acrm__fail(&run->call, ACRM_E_INVALID, "range", "ends_at",
                          "a reservation cannot end before it begins");
    acrm__set(run->txn->rec, F_points_transaction__expires_at, acrm__cell_int(end));
    return ACRM_OK;
}

/* How many of the points are the member's own; the rest are the household's. */
static int32_t order_own(acrm__order_run *run, acrm__book_account *account, int64_t *own)
{
    const char *pooling = acrm__text(run->book.program, F_loyalty_program__pooling);
    bool pool = run->spends && !run->order->own_only && strcmp(pooling, "household") == 0 &&
                !acrm__book_is_late(account, run->at);

    *own = run->order->points;
    if (!pool)
        return ACRM_OK;
    int32_t st = acrm__book_settle(&run->book, account, run->at);
    int64_t has = acrm__int(account->rec, F_points_account__available);
    if (has < *own)
        *own = has > 0 ? has : 0;
    return st;
}

static int32_t order_spend(acrm__call *call, const acrm__ledger_order *order, const char *kind,
                           acrm__ledger_done *out)
{
    acrm__order_run run;
    acrm__book_account *account = NULL;
    bool done, reserves = strcmp(kind, "reserve") == 0;
    int64_t own = 0;
    int32_t st = acrm__order_begin(&run, call, order, kind, out, &done);

    if (st != ACRM_OK || done)
        return st;
    st = acrm__book_account_of(&run.book, order->member, order->kind, &account);
    if (st == ACRM_OK)
        st = order_own(&run, account, &own);
    if (st == ACRM_OK)
        st = acrm__order_txn(&run, account, own, NULL, &run.txn);
    if (st == ACRM_OK && reserves)
        st = order_ends(&run);
    if (st == ACRM_OK)
        st = acrm__order_do(&run, run.txn);
    if (st == ACRM_OK && own != order->points)
        st = order_pool(&run, order->points - own);
    if (st == ACRM_OK)
        st = acrm__order_end(&run, out);
    if (st != ACRM_OK || !reserves)
        return st;
    return acrm__timer_set(&run.call, "loyalty.reservation", "points_transaction",
                           acrm__id(out->transaction, F_ID),
                           acrm__int(out->transaction, F_points_transaction__expires_at), NULL);
}

int32_t acrm__ledger_redeem(acrm__call *call, const acrm__ledger_order *order,
                            acrm__ledger_done *out)
{
    return order_spend(call, order, "redeem", out);
}

int32_t acrm__ledger_reserve(acrm__call *call, const acrm__ledger_order *order,
                             acrm__ledger_done *out)
{
    return order_spend(call, order, "reserve", out);
}

int32_t acrm__ledger_adjust(acrm__call *call, const acrm__ledger_order *order,
                            acrm__ledger_done *out)
{
    acrm__order_run run;
    bool done;

    if (order->points <= 0)
        return order_spend(call, order, "adjust", out);
    int32_t st = acrm__order_begin(&run, call, order, "adjust", out, &done);
    if (st != ACRM_OK || done)
        return st;
    st = order_credit(&run, order->kind, order->points, NULL, &run.txn);
    return st == ACRM_OK ? acrm__order_end(&run, out) : st;
}

/* --- Transfers --- */

/* What was taken comes to the other as lots of the same age and end. */
static int32_t order_receive(acrm__order_run *run, acrm__book_account *account)
{
    acrm__book *book = &run->book;
    acrm__book_entry *last = NULL;
    acrm__book_txn *in = NULL;
    bool owes = acrm__int(account->rec, F_points_account__available) < 0;
    int32_t st = acrm__book_txn_new(book, account, "transfer_in", run->at, NULL, &in);

    if (st != ACRM_OK)
        return st;
    acrm__set(in->rec, F_points_transaction__points,
              run->txn->rec->cells[F_points_transaction__points]);
    acrm__set(in->rec, F_points_transaction__of_id, run->txn->rec->cells[F_ID]);
    acrm__set(in->rec, F_points_transaction__source,
              run->txn->rec->cells[F_points_transaction__source]);
    for (acrm__book_entry *m = book->moves; m; m = m->next)
        last = m;
    for (acrm__book_entry *m = book->moves; st == ACRM_OK && m; m = m->next) {
        acrm__book_lot *lot = NULL;
        const acrm__rec *from = m->lot->rec;
        if (m->txn == run->txn && m->credit == ACRM__AT_TRANSFERRED) {
            const acrm__lot_terms terms = {
                .qty = m->points, .earned_at = acrm__int(from, F_points_lot__earned_at),
                .activates_at = acrm__int(from, F_points_lot__activates_at),
                .expires_at = from->cells[F_points_lot__expires_at],
                .expires_on = from->cells[F_points_lot__expires_on],
                .rule = acrm__text(from, F_points_lot__rule),
                .source = acrm__text(from, F_points_lot__source),
                .from = acrm__id(from, F_ID) };
            st = acrm__book_lot_new(book, in, &terms, &lot);
            if (st == ACRM_OK)
                st = acrm__book_move(book, in, lot, ACRM__AT_TRANSFERRED, ACRM__AT_AVAILABLE,
                                     m->points);
        }
        if (m == last)
            break;
    }
    if (st == ACRM_OK && owes)
        st = acrm__book_pay(book, in);
    if (acrm__int(account->rec, F_points_account__last_at) < run->at)
        acrm__set(account->rec, F_points_account__last_at, acrm__cell_int(run->at));
    acrm__book_active(book, account, run->at);
    return st;
}

static int32_t order_transfer_check(acrm__order_run *run)
{
    const acrm__ledger_order *order = run->order;

    if (!acrm__int(run->book.program, F_loyalty_program__transferable))
        return acrm__fail(&run->call, ACRM_E_CONFLICT, "transfer", "program_id",
                          "members of this programme cannot give points to others");
    if (order->kind != ACRM__POINTS)
        return acrm__fail(&run->call, ACRM_E_INVALID, "choice", "kind",
                          "qualifying points cannot be given to others");
    if (!acrm__cell_equal(&order->to->cells[F_member__program_id],
                          &order->member->cells[F_member__program_id]))
        return acrm__fail(&run->call, ACRM_E_INVALID, "program", "to_id",
                          "the two are members of different programmes");
    if (acrm__cell_equal(&order->to->cells[F_ID], &order->member->cells[F_ID]))
        return acrm__fail(&run->call, ACRM_E_INVALID, "same", "to_id",
                          "points cannot be given to the same member");
    return ACRM_OK;
}

int32_t acrm__ledger_transfer(acrm__call *call, const acrm__ledger_order *order,
                              acrm__ledger_done *out)
{
    acrm__order_run run;
    acrm__book_account *from = NULL, *to = NULL;
    bool done;
    int32_t st = acrm__order_begin(&run, call, order, "transfer_out", out, &done);

    if (st != ACRM_OK || done)
        return st;
    st = order_transfer_check(&run);
    run.spends = false; /* who is blocked may receive */
    if (st == ACRM_OK)
        st = order_member(&run, order->to, "to_id");
    if (st == ACRM_OK)
        st = acrm__book_account_of(&run.book, order->member, ACRM__POINTS, &from);
    if (st == ACRM_OK)
        st = acrm__book_account_of(&run.book, order->to, ACRM__POINTS, &to);
    if (st == ACRM_OK && (acrm__book_is_late(from, run.at) || acrm__book_is_late(to, run.at)))
        st = acrm__fail(&run.call, ACRM_E_CONFLICT, "back_dated", "at",
                        "a transfer cannot be dated before what was told already");
    if (st == ACRM_OK)
        st = acrm__book_settle(&run.book, to, run.at);
    if (st == ACRM_OK)
        st = acrm__order_txn(&run, from, order->points, NULL, &run.txn);
    if (st == ACRM_OK)
        st = acrm__order_do(&run, run.txn);
    if (st == ACRM_OK)
        st = order_receive(&run, to);
    return st == ACRM_OK ? acrm__order_end(&run, out) : st;
}
