/* SPDX-License-Identifier: MIT */
/*
 * The points ledger, for what gives and takes points: rules, tiers, rewards. All of it works within
 * the caller's transaction and either happens wholly or fails and leaves the ledger as it was.
 */
#ifndef ACRM_MODULES_LOYALTY_LEDGER_H
#define ACRM_MODULES_LOYALTY_LEDGER_H

#include "kernel/call.h"

#define ACRM__LEDGER_BUCKETS \
    "issued|pending|available|reserved|spent|expired|reversed|settled|transferred|adjusted"

#define ACRM__ENTITIES_DEF "modules/loyalty/ledger.def"
#include "kernel/declare_fields.h"

/* Kinds of points: what an account is of. */
enum { ACRM__POINTS = 0, ACRM__POINTS_QUALIFYING };

/* What is asked for. Zeros and NULLs mean what the programme says. */
typedef struct acrm__ledger_order {
    const acrm__rec *member;
    int32_t kind;           /* ACRM__POINTS ... */
    int64_t points;         /* more than 0; of an adjustment also less; of a reversal 0: all */
    int64_t qualifying;     /* of what is earned: points for the tier that come with it */
    int64_t at;             /* when it takes effect; 0: now. The past is replayed */
    const char *source_id;  /* the caller's name of it, unique in the programme; NULL: none */
    const char *rule, *source;      /* code of the rule; what it was for */
    int64_t activates_at;   /* of what is earned; 0: as the programme says */
    int32_t expires_on;     /* first day on which they cannot be spent; 0: as the programme says */
    bool never_expires;
    bool own_only;          /* no points of the household */
    int64_t ends_at;        /* of a reservation; 0: as the programme says */
    const acrm__rec *to;    /* of a transfer: the member who receives */
    const unsigned char *of;/* of confirm, cancel, reverse: the transaction's id */
} acrm__ledger_order;

typedef struct acrm__ledger_done {
    acrm__rec *transaction;
    acrm__rec *account; /* of the transaction, as it is now */
    int64_t points;  /* moved by all its parts */
    bool duplicate;  /* its source_id was known: this is what happened then */
} acrm__ledger_done;

int32_t acrm__ledger_earn(acrm__call *call, const acrm__ledger_order *order,
                          acrm__ledger_done *out);
int32_t acrm__ledger_redeem(acrm__call *call, const acrm__ledger_order *order,
                            acrm__ledger_done *out);
/* Points held for somebody, until they are confirmed (spent), cancelled or it ends. */
int32_t acrm__ledger_reserve(acrm__call *call, const acrm__ledger_order *order,
                             acrm__ledger_done *out);
int32_t acrm__ledger_confirm(acrm__call *call, const acrm__ledger_order *order,
                             acrm__ledger_done *out);
int32_t acrm__ledger_cancel(acrm__call *call, const acrm__ledger_order *order,
                            acrm__ledger_done *out);
/* Take back what was earned, or give back what was spent, whole or in part. */
int32_t acrm__ledger_reverse(acrm__call *call, const acrm__ledger_order *order,
                             acrm__ledger_done *out);
int32_t acrm__ledger_transfer(acrm__call *call, const acrm__ledger_order *order,
                              acrm__ledger_done *out);
/* Without asking a second person: that is for the caller to have done. */
int32_t acrm__ledger_adjust(acrm__call *call, const acrm__ledger_order *order,
                            acrm__ledger_done *out);

/* The transaction that a source_id names in a programme, or NULL. */
int32_t acrm__ledger_known(acrm__call *call, const unsigned char program[16],
                           const char *source_id, acrm__rec **out);

typedef struct acrm__ledger_balance {
    int64_t available, pending, reserved; /* at that time, of the member alone */
    int64_t pool;                         /* what could be spent with the household's */
} acrm__ledger_balance;

/* As of `at` (0: now), counting what became due and no tick has done yet. */
int32_t acrm__ledger_balance_of(acrm__call *call, const acrm__rec *member, int32_t kind,
                                int64_t at, acrm__ledger_balance *out);
/* Qualifying points with from < earned_at <= to that were not reversed: what a tier counts. */
int32_t acrm__ledger_earned(acrm__call *call, const acrm__rec *member, int32_t kind, int64_t from,
                            int64_t to, int64_t *out);

/* The programme of a member. */
int32_t acrm__ledger_program(acrm__call *call, const acrm__rec *member, acrm__rec **out);
/* The member that the arguments name: member_id, or card with, where there are several programmes,
 * program (a code). `spends`: the card must be good and the member not blocked. */
int32_t acrm__ledger_member(acrm__call *call, const char *member_arg, const char *card_arg,
                            bool spends, acrm__rec **out);
/* The programme of the argument `program`, a code; without it, the only one. */
int32_t acrm__ledger_program_named(acrm__call *call, acrm__rec **out);
/* Days of the programme: the local day of an instant, and the instant at which a day begins. */
int32_t acrm__ledger_day(acrm__call *call, const acrm__rec *program, int64_t at, int32_t *day);
int32_t acrm__ledger_day_start(acrm__call *call, const acrm__rec *program, int32_t day,
                               int64_t *at);

#endif
