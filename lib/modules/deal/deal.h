/* SPDX-License-Identifier: MIT */
/* The pieces of the module deal. */
#ifndef ACRM_MODULES_DEAL_DEAL_H
#define ACRM_MODULES_DEAL_DEAL_H

#include "autocrm/deal.h"
#include "kernel/inside.h"

#include <string.h>

/* In the order of ACRM_DEAL_VEHICLE ... */
#define ACRM__DEAL_KINDS                                                                          \
    "vehicle|option|accessory|service|insurance|fee|levy|discount|rebate|trade_in|debt|deposit"

#include "modules/deal/entities.h"

/* --- Shorthands of this module --- */

static inline bool acrm__deal_is(const acrm__rec *rec, uint32_t field, const char *word)
{
    const char *text = acrm__text(rec, field);
    return text && strcmp(text, word) == 0;
}

static inline bool acrm__deal_same(const unsigned char *a, const unsigned char *b)
{
    return a && b ? memcmp(a, b, 16) == 0 : a == b;
}

/* The same call past the caller's row scope: what a caller may touch is checked before, by loading
 * it in the caller's own scope. */
static inline acrm__call acrm__deal_system(const acrm__call *call)
{
    acrm__call inner = *call;
    inner.as_system = true;
    return inner;
}

/* --- common.c --- */

acrm_value *acrm__deal_map(acrm__call *call); /* an empty one; NULL: no memory */
/* A field's value as JSON has it; NULL: no memory. */
acrm_value *acrm__deal_value(acrm__call *call, const acrm__rec *rec, uint32_t field);
/* An amount as text with the currency's digits. */
const char *acrm__deal_money(acrm__call *call, int64_t amount, int32_t digits);
/* A fraction with nine decimals, without the zeros at its end. */
const char *acrm__deal_rate(acrm__call *call, int64_t rate);
/* Set a field of a record from a JSON value of its type. */
int32_t acrm__deal_put(acrm__call *call, acrm__rec *rec, uint32_t field, const acrm_value *value);
/* The same, named otherwise in errors. */
int32_t acrm__deal_put_as(acrm__call *call, acrm__rec *rec, uint32_t field,
                          const acrm_value *value, const char *name);
/* Name the first of the faults found, and all of them. */
int32_t acrm__deal_verdict(acrm__call *call, int32_t st, const acrm_value *faults);
/* The record of a reference, past the scope; NULL when the field is null or it is gone. */
int32_t acrm__deal_follow(acrm__call *call, const acrm__rec *rec, uint32_t field,
                          acrm__rec **out);
/* An operation by the id of a record, as the system. `more` (NULL: none): a map to add it to. */
int32_t acrm__deal_run(acrm__call *call, const char *operation, const unsigned char id[16],
                       acrm_value *more, acrm_value **out);
/* "Q-NORTH-2026-000017": the next of a series for a dealer and year. */
int32_t acrm__deal_number(acrm__call *call, const char *letter, const acrm__rec *dealer,
                          const char **out);
/* BLAKE2b-256 as hexadecimal digits. */
const char *acrm__deal_hash(acrm__call *call, const void *data, size_t len);
/* Today is past a day. */
bool acrm__deal_past(acrm__call *call, const acrm__rec *rec, uint32_t field);

/* --- quote_make.c: quotes as they are made --- */

int32_t acrm__quote_create(acrm__call *call);
int32_t acrm__quote_revise(acrm__call *call);
/* The lines of a quote in their order. */
int32_t acrm__quote_lines(acrm__call *call, const acrm__rec *quote, acrm__recs *out);
/* What proves that the lines are as they were. */
const char *acrm__quote_lines_hash(acrm__call *call, acrm__rec *const *lines, size_t n);
/* Work stored lines out again; *issue as acrm_deal_reckon() leaves it. */
int32_t acrm__quote_reckon(acrm__call *call, const acrm__rec *quote, acrm__rec *const *lines,
                           size_t n, acrm_deal_part **parts, acrm_deal_totals *out,
                           acrm_issue *issue);

/* --- quote_source.c: the car that is quoted, and the one taken in return --- */

typedef struct acrm__quote_draft {
    acrm__call *call;
    acrm__rec *quote;
    acrm__rec *lines[ACRM_DEAL_LINES_MAX];
    int32_t given[ACRM_DEAL_LINES_MAX]; /* index among the caller's lines; -1: not one of them */
    size_t n;
    const char *tax_rate;  /* of lines that say nothing; NULL: 0 */
    bool includes_tax;
} acrm__quote_draft;

/* A new line at the end; NULL with the error told. */
acrm__rec *acrm__quote_add(acrm__quote_draft *draft, const char *kind, const char *source,
                           int32_t *st);
int32_t acrm__quote_sources(acrm__quote_draft *draft);
int32_t acrm__quote_trade_in(acrm__quote_draft *draft);
int32_t acrm__quote_trade_in_free(acrm__call *call, const acrm__rec *quote);
/* What is quoted can still be had by this customer: a car that is free, prices that hold, a
 * trade-in that is approved. */
int32_t acrm__quote_still_good(acrm__call *call, const acrm__rec *quote);

/* car.c: the car of a deal, by the operations of the stock. Nobody else gets it: CONFLICT. */
int32_t acrm__quote_car_free(acrm__call *call, const acrm__rec *quote);
int32_t acrm__quote_hold(acrm__call *call, const acrm__rec *quote, const acrm__rec *contract);
int32_t acrm__contract_sell(acrm__call *call, const acrm__rec *contract);
int32_t acrm__contract_unsell(acrm__call *call, const acrm__rec *contract);

/* --- quote_finance.c --- */

int32_t acrm__quote_finance(acrm__call *call, acrm__rec *quote, const acrm_value *terms);

/* --- quote_limit.c: discounts within the limits of roles --- */

int32_t acrm__discount_limit_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
/* DENIED with reason "discount_limit" when who acts may not give it. */
int32_t acrm__quote_may_give(acrm__call *call, const acrm__rec *quote);
int32_t acrm__quote_submit(acrm__call *call);
int32_t acrm__quote_approve(acrm__call *call);
int32_t acrm__quote_reject(acrm__call *call);

/* --- quote_state.c --- */

int32_t acrm__quote_issue(acrm__call *call);
int32_t acrm__quote_decline(acrm__call *call);
int32_t acrm__quote_expires(acrm__call *call, const acrm__timer *timer);
/* End a quote: its state, when, its timer, the event. */
int32_t acrm__quote_close(acrm__call *call, acrm__rec *quote, const char *state);
int32_t acrm__quote_emit(acrm__call *call, const acrm__rec *quote, const char *event);
int32_t acrm__quote_need(acrm__call *call, const acrm__rec *quote, const char *state);
int32_t acrm__quote_compare(acrm__call *call); /* quote_compare.c */

/* --- contract.c, contract_make.c, contract_sign.c, contract_cancel.c --- */

int32_t acrm__contract_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__contract_party_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__contract_guarantee_write(acrm__call *call, acrm__rec *rec,
                                       const acrm__rec *before);
int32_t acrm__quote_accept(acrm__call *call);
int32_t acrm__contract_emit(acrm__call *call, const acrm__rec *contract, const char *event);
int32_t acrm__contract_request_signature(acrm__call *call);
int32_t acrm__contract_sign(acrm__call *call);
int32_t acrm__contract_cancel(acrm__call *call);
int32_t acrm__contract_fulfil(acrm__call *call);
int32_t acrm__contract_verify(acrm__call *call);
/* Reactions: a signature service answered; an order was delivered. */
int32_t acrm__contract_answered(acrm__call *call, const acrm__event *event);
int32_t acrm__contract_delivered(acrm__call *call, const acrm__event *event);

/* --- document.c, document_text.c --- */

int32_t acrm__document_template_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__quote_render(acrm__call *call);
int32_t acrm__quote_layout(acrm__call *call);
int32_t acrm__contract_render(acrm__call *call);
/* Render a contract and keep the document; NULL language: the contract's. */
int32_t acrm__contract_document(acrm__call *call, const acrm__rec *contract,
                                const char **hash);
/* The kept document of a record, the newest; *out NULL: there is none. */
int32_t acrm__document_kept(acrm__call *call, const unsigned char subject[16], acrm__rec **out);

/* The layouts built in, and words of a language: pairs of name and text, ending with NULL. */
extern const char *const acrm__document_layouts[2]; /* quote, contract */
typedef struct acrm__document_words {
    const char *language;
    const char *const *words; /* in the order of acrm__document_names */
} acrm__document_words;
extern const char *const acrm__document_names[]; /* ends with NULL */
extern const acrm__document_words acrm__document_languages[]; /* ends with a NULL language */

#endif
