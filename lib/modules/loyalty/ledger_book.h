/* SPDX-License-Identifier: MIT */
/*
 * A book: the accounts, lots, transactions and moves of points that one operation deals with, until
 * it is closed and all of it is written.
 *
 * Every move takes points of a lot from one bucket to another, so that nothing is ever out of
 * balance. Lots are written before they are looked for again; transactions and entries at the end.
 */
#ifndef ACRM_MODULES_LOYALTY_LEDGER_BOOK_H
#define ACRM_MODULES_LOYALTY_LEDGER_BOOK_H

#include "kernel/inside.h"
#include "modules/loyalty/ledger.h"

/* In the order of ACRM__LEDGER_BUCKETS. */
enum {
    ACRM__AT_ISSUED = 0,
    ACRM__AT_PENDING,
    ACRM__AT_AVAILABLE,
    ACRM__AT_RESERVED,
    ACRM__AT_SPENT,
    ACRM__AT_EXPIRED,
    ACRM__AT_REVERSED,
    ACRM__AT_SETTLED,
    ACRM__AT_TRANSFERRED,
    ACRM__AT_ADJUSTED,
    ACRM__AT_COUNT
};
extern const char *const acrm__ledger_buckets[];
int32_t acrm__ledger_bucket(const char *name);

/* The largest number of points that is a number in every JSON. */
#define ACRM__POINTS_MAX INT64_C(9007199254740991)

typedef struct acrm__book_account {
    struct acrm__book_account *next;
    acrm__rec *rec;
} acrm__book_account;

typedef struct acrm__book_lot {
    struct acrm__book_lot *next; /* of its slot */
    struct acrm__book_lot *later;
    acrm__rec *rec;
    uint32_t number;
} acrm__book_lot;

typedef struct acrm__book_txn {
    struct acrm__book_txn *next;
    acrm__rec *rec;
    acrm__book_account *account;
    struct acrm__book_txn *main; /* itself, or the one it is a part of */
    uint32_t number;
    bool derived;                /* its points are what moved */
} acrm__book_txn;

typedef struct acrm__book_entry {
    struct acrm__book_entry *next;
    acrm__book_txn *txn;
    acrm__book_lot *lot;
    int32_t debit, credit;
    int64_t points;
} acrm__book_entry;

enum { ACRM__BOOK_SLOTS = 64 };

typedef struct acrm__book {
    acrm__call *call;
    acrm__rec *program;
    const acrm_zone *zone; /* NULL: UTC */
    acrm__book_account *accounts;
    acrm__book_lot *slots[ACRM__BOOK_SLOTS], *lots, **lots_last;
    acrm__book_txn *txns, **txns_last;
    acrm__book_entry *moves, **moves_last;
    acrm__book_txn *reuse; /* of a replay: what became due, to be told anew */
    acrm__book_txn *cause; /* of a replay: what it is done for */
    uint32_t n_lots, n_txns;
} acrm__book;

int32_t acrm__book_open(acrm__call *call, acrm__rec *program, acrm__book *book);
/* The account of a member, made when there is none. */
int32_t acrm__book_account_of(acrm__book *book, const acrm__rec *member, int32_t kind,
                              acrm__book_account **out);
int32_t acrm__book_account_by_id(acrm__book *book, const unsigned char id[16],
                                 acrm__book_account **out);
int32_t acrm__book_lot_by_id(acrm__book *book, const unsigned char id[16], acrm__book_lot **out);
/* The lot of a row that was read. */
int32_t acrm__book_lot_of(acrm__book *book, acrm__rec *rec, acrm__book_lot **out);

/* A new lot, of no points yet. */
typedef struct acrm__lot_terms {
    int64_t qty, earned_at, activates_at;
    acrm_cell expires_at, expires_on;
    const char *rule, *source;
    const unsigned char *from;
} acrm__lot_terms;
int32_t acrm__book_lot_new(acrm__book *book, acrm__book_txn *txn, const acrm__lot_terms *terms,
                           acrm__book_lot **out);

/* A new transaction of an account; `main` NULL: it stands by itself. */
int32_t acrm__book_txn_new(acrm__book *book, acrm__book_account *account, const char *kind,
                           int64_t at, acrm__book_txn *main, acrm__book_txn **out);
/* A transaction that was written before. */
int32_t acrm__book_txn_of(acrm__book *book, acrm__rec *rec, acrm__book_txn **out);

/* The transaction itself, or its part for the account of a lot. */
int32_t acrm__book_part(acrm__book *book, acrm__book_txn *txn, const acrm__rec *lot,
                        acrm__book_txn **out);
/* An empty lot of an account that became a part of another is that one's. */
int32_t acrm__book_follow(acrm__book *book, acrm__book_lot *lot);
/* Move points of a lot; where the lot is another account's, by a part of the transaction. */
int32_t acrm__book_move(acrm__book *book, acrm__book_txn *txn, acrm__book_lot *lot, int32_t debit,
                        int32_t credit, int64_t points);
/* Pay what an account owes out of what it has. */
int32_t acrm__book_pay(acrm__book *book, acrm__book_txn *txn);
/* Move up to `points` available ones, in the order in which they are spent; *left: those that there
 * are not. */
int32_t acrm__book_take(acrm__book *book, acrm__book_txn *txn, int32_t credit, int64_t points,
                        int64_t *left);
/* Lots of an account by conditions, in the order of spending. */
int32_t acrm__book_find_lots(acrm__book *book, const acrm__term *terms, size_t n, uint32_t limit,
                             acrm__recs *out);
/* What `txn` and those that follow it have in a bucket, for each lot: points that can be given
 * back. In the reverse order of spending. */
typedef struct acrm__book_share {
    acrm__book_lot *lot;
    int64_t points;
} acrm__book_share;
typedef struct acrm__book_shares {
    acrm__book_share *items;
    size_t count, cap;
} acrm__book_shares;
int32_t acrm__book_shares_of(acrm__book *book, const acrm__rec *txn, int32_t bucket,
                             acrm__book_shares *out);

/* Write the lots so that they are found as they are now. */
int32_t acrm__book_flush(acrm__book *book);
/* Write everything. */
int32_t acrm__book_close(acrm__book *book);

/* ledger_due.c: what became due by `at` becomes spendable, or expires. */
int32_t acrm__book_settle(acrm__book *book, acrm__book_account *account, int64_t at);
/* Where points last by activity: they last anew. */
void acrm__book_active(acrm__book *book, acrm__book_account *account, int64_t at);
/* Give points back to a lot, or let them expire at once. */
int32_t acrm__book_give_back(acrm__book *book, acrm__book_txn *txn, acrm__book_lot *lot,
                             int32_t debit, int64_t points);

/* ledger_days.c */
int32_t acrm__ledger_zone(acrm__call *call, const acrm__rec *program, const acrm_zone **out);
int32_t acrm__book_terms(const acrm__book *book, const acrm__ledger_order *order, int64_t at,
                         acrm__lot_terms *out);
int64_t acrm__book_day_start(const acrm__book *book, int32_t day);
int32_t acrm__book_day(const acrm__book *book, int64_t at);
bool acrm__book_by_activity(const acrm__book *book);
/* Until when points of that time last by the programme; null: for ever. */
acrm_cell acrm__book_lasts(const acrm__book *book, int64_t at);

/* ledger_replay.c */
/* Whether something was dated later on this account. */
bool acrm__book_is_late(const acrm__book_account *account, int64_t at);
/* Take back what came after a transaction, do it, and do the rest again. */
int32_t acrm__book_replay(acrm__book *book, acrm__book_txn *txn);

/* ledger_step.c: what a transaction does, by its kind, the first time and again. */
int32_t acrm__book_do(acrm__book *book, acrm__book_txn *txn);
/* The lot that an earning or a rise made. */
int32_t acrm__book_lot_made(acrm__book *book, const acrm__rec *txn, acrm__book_lot **out);

#endif
