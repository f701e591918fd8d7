/* SPDX-License-Identifier: MIT */
/* The pieces of the module appraisal. */
#ifndef ACRM_MODULES_APPRAISAL_APPRAISAL_H
#define ACRM_MODULES_APPRAISAL_APPRAISAL_H

#include "kernel/call.h"

#include <string.h>

static inline bool acrm__appraisal_is(const acrm__rec *rec, uint32_t field, const char *value)
{
    const char *text = acrm__text(rec, field);

    return text && strcmp(text, value) == 0;
}

/* appraise.c: its items, and its way to an offer. */
int32_t acrm__appraisal_seed(acrm__call *call);
/* Its place among the elements that come with a database; SIZE_MAX: it is none, or was renamed. */
size_t acrm__appraisal_element(const char *code, const char *name);
int32_t acrm__appraisal_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__appraisal_item_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__appraisal_submit(acrm__call *call);
int32_t acrm__appraisal_approve(acrm__call *call);
int32_t acrm__appraisal_decline(acrm__call *call);
int32_t acrm__appraisal_expire(acrm__call *call, const acrm__timer *timer);
/* An appraisal past the scope. */
int32_t acrm__appraisal_of(acrm__call *call, const unsigned char id[16], acrm__rec **out);
/* Whether it may still be changed; else a CONFLICT naming `arg`. */
int32_t acrm__appraisal_open(acrm__call *call, const acrm__rec *rec, const char *arg);
/* The currency of a part of it is its own, or NULL and then set. */
int32_t acrm__appraisal_currency(acrm__call *call, const acrm__rec *of, acrm__rec *rec,
                                 uint32_t field);

/* valuation.c: what others say. */
int32_t acrm__valuation_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__valuation_ask(acrm__call *call);
int32_t acrm__valuation_answered(acrm__call *call, const acrm__event *event);

/* sheet.c: side by side, and on paper. */
int32_t acrm__appraisal_compare(acrm__call *call);
int32_t acrm__appraisal_sheet(acrm__call *call);

/* sheet_text.c: the sheet that is built in, and its words in the language of a BCP 47 tag. */
extern const char acrm__sheet_layout[];
/* All of them by their names; false: no memory. */
bool acrm__sheet_words(acrm__call *call, const char *language, acrm_value *map);
/* The name of an element that came with the database; "" in English, NULL: no memory. */
const char *acrm__sheet_element(acrm__call *call, const char *language, size_t element);

#endif
