/* SPDX-License-Identifier: MIT */
/* The points ledger once more, as plainly as can be: arrays, sorted anew for each question. */
#ifndef TESTS_UNIT_LOYALTY_PLAIN_MODEL_H
#define TESTS_UNIT_LOYALTY_PLAIN_MODEL_H

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#pragma GCC diagnostic ignored "-Wunused-function"

enum { PLAIN_LOTS = 8000, PLAIN_TXNS = 8000, PLAIN_MEMBERS = 64, PLAIN_SPLITS = 40 };
enum { PLAIN_ONLY_PENDING, PLAIN_WITHIN_BALANCE, PLAIN_UNLIMITED };

typedef struct plain_lot {
    int member;
    int64_t earned, activates, expires; /* expires 0: never */
    int64_t qty, left, reserved, expired;
    bool pending, debt;
} plain_lot;

typedef struct plain_split {
    int lot;
    int64_t points;
} plain_split;

typedef struct plain_txn {
    char kind; /* e earn, r redeem, h hold, c confirmed hold, x cancelled hold */
    int member, lot; /* of an earning */
    int64_t points, reversed, taken, ends;
    int n_splits, reversals;
    plain_split splits[PLAIN_SPLITS];
} plain_txn;

typedef struct plain {
    bool oldest;
    int policy;
    int64_t limit; /* of debt; -1: none */
    int64_t reinstate; /* microseconds */
    int n_lots, n_txns, n_members;
    int into[PLAIN_MEMBERS]; /* whom a member was merged into; itself */
    plain_lot lots[PLAIN_LOTS];
    plain_txn txns[PLAIN_TXNS];
} plain;

static int plain_who(const plain *p, int member)
{
    while (p->into[member] != member)
        member = p->into[member];
    return member;
}

static int64_t plain_sum(const plain *p, int member, char what)
{
    int64_t sum = 0;

    for (int i = 0; i < p->n_lots; i++) {
        const plain_lot *l = &p->lots[i];
        if (l->member != member)
            continue;
        sum += what == 'r' ? l->reserved : (what == 'p') == l->pending ? l->left : 0;
    }
    return sum;
}

/* Whether lot a is spent before lot b. */
static bool plain_before(const plain *p, const plain_lot *a, const plain_lot *b)
{
    int64_t x = p->oldest ? a->earned : a->expires ? a->expires : INT64_MAX;
    int64_t y = p->oldest ? b->earned : b->expires ? b->expires : INT64_MAX;

    if (x != y)
        return x < y;
    return a->activates != b->activates ? a->activates < b->activates : a < b;
}

static int plain_next(const plain *p, int member)
{
    int best = -1;

    for (int i = 0; i < p->n_lots; i++)
        if (p->lots[i].member == member && !p->lots[i].pending && p->lots[i].left > 0 &&
            (best < 0 || plain_before(p, &p->lots[i], &p->lots[best])))
            best = i;
    return best;
}

static void plain_pay(plain *p, int member)
{
    for (int i = 0; i < p->n_lots; i++) {
        plain_lot *debt = &p->lots[i];
        if (debt->member != member || debt->left >= 0)
            continue;
        for (int k; debt->left < 0 && (k = plain_next(p, member)) >= 0;) {
            plain_lot *lot = &p->lots[k];
            int64_t n = lot->left < -debt->left ? lot->left : -debt->left;
            lot->left -= n;
            debt->left += n;
        }
    }
}

/* Moment by moment, what becomes due up to now. */
static void plain_settle(plain *p, int member, int64_t now)
{
    for (;;) {
        int64_t next = INT64_MAX;
        for (int i = 0; i < p->n_lots; i++) {
            const plain_lot *l = &p->lots[i];
            int64_t due = l->pending ? l->activates : l->expires ? l->expires : INT64_MAX;
            if (l->member == member && l->left > 0 && due < next)
                next = due;
        }
        if (next > now)
            return;
        for (int i = 0; i < p->n_lots; i++) {
            plain_lot *l = &p->lots[i];
            if (l->member != member || l->left <= 0)
                continue;
            if (l->pending && l->activates == next) {
                l->pending = false;
                plain_pay(p, member);
            } else if (!l->pending && l->expires == next) {
                l->expired += l->left;
                l->left = 0;
            }
        }
    }
}

static plain_lot *plain_lot_new(plain *p, int member, int64_t qty, int64_t at)
{
    assert(p->n_lots < PLAIN_LOTS);
    plain_lot *lot = &p->lots[p->n_lots++];
    *lot = (plain_lot){ .member = member, .earned = at, .activates = at, .qty = qty, .left = qty };
    return lot;
}

static plain_txn *plain_txn_new(plain *p, char kind, int member, int64_t points)
{
    assert(p->n_txns < PLAIN_TXNS);
    plain_txn *txn = &p->txns[p->n_txns++];
    *txn = (plain_txn){ .kind = kind, .member = member, .points = points };
    return txn;
}

static void plain_earn(plain *p, int member, int64_t points, int64_t at, int64_t activates,
                       int64_t expires)
{
    plain_settle(p, member, at);
    plain_txn *txn = plain_txn_new(p, 'e', member, points);
    plain_lot *lot = plain_lot_new(p, member, points, at);
    txn->lot = p->n_lots - 1;
    lot->activates = activates;
    lot->pending = activates > at;
    lot->expires = expires;
    if (!lot->pending)
        plain_pay(p, member);
}

/* Whether it is done; the lots are in the transaction. */
static bool plain_spend(plain *p, char kind, int member, int64_t points, int64_t at)
{
    plain_settle(p, member, at);
    if (plain_sum(p, member, 'a') < points)
        return false;
    plain_txn *txn = plain_txn_new(p, kind, member, points);
    for (int k; points > 0 && (k = plain_next(p, member)) >= 0;) {
        plain_lot *lot = &p->lots[k];
        int64_t n = lot->left < points ? lot->left : points;
        assert(txn->n_splits < PLAIN_SPLITS);
        txn->splits[txn->n_splits++] = (plain_split){ k, n };
        lot->left -= n;
        if (kind == 'h')
            lot->reserved += n;
        points -= n;
    }
    return true;
}

static void plain_give_back(plain *p, plain_lot *lot, int64_t points, int64_t at)
{
    if (lot->expires && lot->expires <= at) {
        lot->expired += points;
        return;
    }
    lot->left += points;
    plain_pay(p, lot->member);
}

/* The last to be spent first. */
static int plain_last_split(const plain *p, const plain_txn *txn)
{
    int best = -1;

    for (int i = 0; i < txn->n_splits; i++) {
        if (txn->splits[i].points == 0)
            continue;
        if (best < 0) {
            best = i;
            continue;
        }
        const plain_lot *a = &p->lots[txn->splits[i].lot], *b = &p->lots[txn->splits[best].lot];
        int64_t x = a->expires ? a->expires : INT64_MAX, y = b->expires ? b->expires : INT64_MAX;
        if (x != y ? x > y : a->earned != b->earned ? a->earned > b->earned
            : a->activates != b->activates ? a->activates > b->activates : a > b)
            best = i;
    }
    return best;
}

static void plain_release(plain *p, plain_txn *txn, bool spend, int64_t at)
{
    plain_settle(p, plain_who(p, txn->member), at);
    txn->kind = spend ? 'c' : 'x';
    while (!spend && txn->n_splits) {
        int i = plain_last_split(p, txn);
        plain_split s = txn->splits[i];
        txn->splits[i] = txn->splits[--txn->n_splits];
        p->lots[s.lot].reserved -= s.points;
        plain_give_back(p, &p->lots[s.lot], s.points, at);
    }
    for (int i = 0; spend && i < txn->n_splits; i++)
        p->lots[txn->splits[i].lot].reserved -= txn->splits[i].points;
}

/* Whether it is done. points 0: all that is left to reverse. */
static bool plain_reverse_spent(plain *p, plain_txn *txn, int64_t points, int64_t at)
{
    if (points == 0)
        points = txn->points - txn->reversed;
    if (points > txn->points - txn->reversed || (txn->reversals && txn->reversed == txn->points))
        return false;
    plain_settle(p, plain_who(p, txn->member), at);
    txn->reversed += points;
    txn->reversals++;
    while (points > 0) {
        plain_split *s = &txn->splits[plain_last_split(p, txn)];
        int64_t n = s->points < points ? s->points : points;
        s->points -= n;
        points -= n;
        plain_give_back(p, &p->lots[s->lot], n, at);
    }
    return true;
}

/* Whether it is done; nothing is changed otherwise but by time. */
static bool plain_reverse_earned(plain *p, plain_txn *txn, int64_t points, int64_t at)
{
    plain_lot *lot = &p->lots[txn->lot];
    int member = lot->member;

    if (points == 0)
        points = txn->points - txn->reversed;
    if (points > txn->points - txn->reversed || (txn->reversals && txn->reversed == txn->points))
        return false;
    plain_settle(p, member, at);
    int64_t there = lot->qty - lot->expired - txn->taken;
    int64_t take = points < there ? points : there;
    int64_t own = lot->left < take ? lot->left : take;
    int64_t has = plain_sum(p, member, 'a');
    if (take > 0 && p->policy == PLAIN_ONLY_PENDING && (!lot->pending || own < take))
        return false;
    int64_t others = take - own, spare = lot->pending ? has : has - own;
    int64_t debt = others > (spare > 0 ? spare : 0) ? others - (spare > 0 ? spare : 0) : 0;
    int64_t owed = has < 0 ? -has : 0;
    if (debt > 0 && p->policy == PLAIN_UNLIMITED && p->limit >= 0 && owed + debt > p->limit)
        return false;
    txn->reversed += points;
    txn->reversals++;
    lot->left -= own;
    txn->taken += own;
    for (int64_t left = others - debt; left > 0;) {
        plain_lot *next = &p->lots[plain_next(p, member)];
        int64_t n = next->left < left ? next->left : left;
        next->left -= n;
        left -= n;
        txn->taken += n;
    }
    if (debt > 0 && p->policy == PLAIN_UNLIMITED) {
        plain_lot *owes = plain_lot_new(p, member, -debt, at);
        owes->debt = true;
        txn->taken += debt;
    }
    return true;
}

static bool plain_transfer(plain *p, int from, int to, int64_t points, int64_t at)
{
    plain_settle(p, to, at);
    if (!plain_spend(p, 't', from, points, at))
        return false;
    const plain_txn *txn = &p->txns[--p->n_txns];
    for (int i = 0; i < txn->n_splits; i++) {
        const plain_lot *lot = &p->lots[txn->splits[i].lot];
        plain_lot *new = plain_lot_new(p, to, txn->splits[i].points, lot->earned);
        new->activates = lot->activates;
        new->expires = lot->expires;
    }
    plain_pay(p, to);
    return true;
}

static void plain_merge(plain *p, int into, int from, int64_t at)
{
    plain_settle(p, into, at);
    plain_settle(p, from, at);
    for (int i = 0; i < p->n_lots; i++)
        if (p->lots[i].member == from)
            p->lots[i].member = into;
    p->into[from] = into;
    plain_pay(p, into);
}

#endif
