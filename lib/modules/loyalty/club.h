/* SPDX-License-Identifier: MIT */
/* The pieces of the module club: what gives points, what they buy, and how a member stands. */
#ifndef ACRM_MODULES_LOYALTY_CLUB_H
#define ACRM_MODULES_LOYALTY_CLUB_H

#include "engines/earning/earning.h"
#include "engines/tier/tier.h"
#include "kernel/inside.h"
#include "modules/loyalty/ledger.h"

#define ACRM__CLUB_KINDS "purchase|service|survey|referral|digital|birthday|challenge|other"
#define ACRM__CLUB_WINDOWS \
    "rolling|calendar_year|jalali_year|membership_anniversary|tier_anniversary"
#define ACRM__CLUB_CAUSES "joined|rose|fell|granted"

#define ACRM__ENTITIES_DEF "modules/loyalty/club.def"
#include "kernel/declare_fields.h"

/* --- club_value.c: small things that all of them need --- */

/* The sum of a field over records, and their number; each may be NULL. */
int32_t acrm__club_sum(acrm__call *call, const char *entity, const acrm__term *terms, size_t n,
                       uint32_t field, int64_t *sum, int64_t *count);
/* The place of a text in "a|b|c"; -1: nowhere. */
int32_t acrm__club_choice(const char *choices, const char *text);
/* The JSON of a field, in an arena; *out NULL: the field is null. */
int32_t acrm__club_json(acrm__call *call, const acrm__rec *rec, uint32_t field,
                        acrm__arena *arena, acrm_value **out);
/* Set a field to the JSON of a value. */
int32_t acrm__club_set_json(acrm__call *call, acrm__rec *rec, uint32_t field,
                            const acrm_value *value);
/* A DECIMAL with so many decimals at most, scaled; the fault is named by place and field. */
int32_t acrm__club_decimal(acrm__call *call, const acrm__rec *rec, uint32_t field,
                           const char *place, int32_t digits, int64_t *out);
/* Points at a decimal price each, rounded half up to the decimals of money, as its text; NULL: the
 * price is null. */
int32_t acrm__club_cost(acrm__call *call, int64_t points, const char *price, int32_t digits,
                        const char **out);
/* A failure at place + field; returns its code. */
int32_t acrm__club_fail(acrm__call *call, int32_t code, const char *reason, const char *place,
                        const char *field, const char *message);
/* A filter that does not depend on the moment, over an entity; *out NULL: there is none. */
int32_t acrm__club_filter(acrm__call *call, const char *entity, const acrm__rec *rec,
                          uint32_t field, const char *place, acrm__arena *arena,
                          const acrm_filter_node **out);
/* Decimals of the programme's currency. */
int32_t acrm__club_digits(const acrm__rec *program);
/* The part of a keep for one programme; `size` bytes of zeros when it is new (*fresh), to be filled
 * and then kept. */
int32_t acrm__club_keep(acrm__call *call, const char *name, const unsigned char program[16],
                        size_t size, acrm__keep **keep, void **out, bool *fresh);
void acrm__club_kept(acrm__keep *keep, void *thing);

/* --- earn_rule.c --- */

typedef struct acrm__club_rule {
    unsigned char id[16];
    int64_t version;
    const char *code;
    const char *kind;                /* NULL: all */
    const acrm_filter_node *where;   /* NULL: every event */
    const acrm_value *categories;    /* of lines; NULL: all */
    int64_t pending_days, expire_days; /* -1: as the programme says */
} acrm__club_rule;

typedef struct acrm__club_rules {
    acrm__earning_scheme scheme;
    acrm__club_rule *rules; /* in the scheme's order */
} acrm__club_rules;

/* The rules in force of a programme. */
int32_t acrm__club_rules_of(acrm__call *call, const acrm__rec *program,
                            const acrm__club_rules **out);
/* Rules of records, put in order; `places` (nullable) names each in errors: "rules[2].". What they
 * point to lies in the arena. */
int32_t acrm__club_rules_make(acrm__call *call, const acrm__rec *program, acrm__rec *const *recs,
                              const char *const *places, size_t n, acrm__arena *arena,
                              acrm__club_rules *out);
int32_t acrm__club_rule_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__club_program_changed(acrm__call *call, const acrm__event *event);

/* --- earn.c --- */

/* An event on its way through the rules. */
typedef struct acrm__club_event {
    acrm__call *call;
    acrm__rec *program, *member;
    acrm__rec *rec;         /* of loyalty_event */
    int32_t day;            /* of the programme */
    int64_t *lines;         /* amounts; and their categories */
    const char **categories;
    size_t n_lines;
    const acrm__club_rules *rules;
    acrm__earning_share *shares;
    acrm__earning_sum sum;
} acrm__club_event;

/* Read the lines, the day and the rest that the rules need; check the amounts. */
int32_t acrm__club_event_open(acrm__club_event *event);
/* What the rules give; `given` NULL: ask the awards in the database. */
typedef int32_t (*acrm__club_given_fn)(void *self, size_t rule, int32_t period, int64_t *points,
                                       int64_t *times);
int32_t acrm__club_event_earn(acrm__club_event *event, acrm__club_given_fn given, void *self);
/* Take an event in: the ledger, the tier, challenges. `extra`: points of a challenge. When its
 * source_id is known, *rec becomes what happened then and *duplicate is set. */
int32_t acrm__club_take(acrm__call *call, acrm__rec *program, acrm__rec *member, acrm__rec **rec,
                        int64_t extra, bool *duplicate);
/* Take back all that an event gave, or with 0 < `amount` that part of what was paid. */
int32_t acrm__club_cancel(acrm__call *call, acrm__rec *event, int64_t amount);
int32_t acrm__loyalty_record(acrm__call *call);
int32_t acrm__loyalty_take_back(acrm__call *call);

/* --- earn_source.c --- */

int32_t acrm__earning_source_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__earning_source_event(acrm__call *call, const acrm__event *event); /* "*" */
int32_t acrm__birthday_plan(acrm__call *call, const acrm__event *event); /* member, customer */
int32_t acrm__birthday_due(acrm__call *call, const acrm__timer *timer);

/* --- simulate.c --- */

int32_t acrm__loyalty_simulate(acrm__call *call);

/* --- member_tier.c --- */

int32_t acrm__tier_scheme_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
/* The member's state as it was last looked at; NULL: never, or there are no tiers. */
int32_t acrm__member_tier_of(acrm__call *call, const acrm__rec *member, acrm__rec **out);
/* Points were earned on a day, or (`anew`) the past changed. */
int32_t acrm__member_tier_update(acrm__call *call, const acrm__rec *program, acrm__rec *member,
                                 int64_t at, int64_t qualifying, bool anew);
int32_t acrm__tier_forecast_tell(acrm__call *call);
int32_t acrm__tier_grant(acrm__call *call);
int32_t acrm__tier_review_due(acrm__call *call, const acrm__timer *timer);
int32_t acrm__tier_warn_due(acrm__call *call, const acrm__timer *timer);
int32_t acrm__tier_merged(acrm__call *call, const acrm__event *event); /* customer.merged */
int32_t acrm__tier_unmerged(acrm__call *call, const acrm__event *event);

/* --- reward.c, voucher.c --- */

int32_t acrm__reward_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__reward_available(acrm__call *call);
int32_t acrm__reward_reserve(acrm__call *call);
int32_t acrm__reward_confirm(acrm__call *call);
int32_t acrm__reward_cancel(acrm__call *call);
int32_t acrm__reward_due(acrm__call *call, const acrm__timer *timer);
/* Vouchers of a confirmed redemption, one for each; their codes go into the result, once. */
int32_t acrm__voucher_issue(acrm__call *call, const acrm__rec *reward, const acrm__rec *redemption);
/* Those of a redemption that is given back; CONFLICT when one was used. */
int32_t acrm__voucher_void(acrm__call *call, const acrm__rec *redemption);
int32_t acrm__voucher_check(acrm__call *call);
int32_t acrm__voucher_redeem(acrm__call *call);

/* --- challenges.c --- */

int32_t acrm__challenge_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
/* An event was taken in. */
int32_t acrm__challenge_count(const acrm__club_event *event);

/* --- card.c, partner.c --- */

int32_t acrm__card_issue(acrm__call *call);
int32_t acrm__card_replace(acrm__call *call);
int32_t acrm__card_block(acrm__call *call);
int32_t acrm__partner_settlement(acrm__call *call);

#endif
