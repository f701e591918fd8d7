/* SPDX-License-Identifier: MIT */
/* The pieces of the module care. */
#ifndef ACRM_MODULES_CARE_CARE_H
#define ACRM_MODULES_CARE_CARE_H

#include "kernel/inside.h"
#include "modules/care/entities.h"

#include <string.h>

/* --- Shorthands of this module --- */

static inline bool acrm__care_is(const acrm__rec *rec, uint32_t field, const char *word)
{
    const char *text = acrm__text(rec, field);
    return text && strcmp(text, word) == 0;
}

static inline bool acrm__care_same(const unsigned char *a, const unsigned char *b)
{
    return a && b ? memcmp(a, b, 16) == 0 : a == b;
}

/* The same call past the caller's row scope. What a caller may touch is checked before, by loading
 * it in the caller's own scope; who works on a case next is not the caller's to see. */
static inline acrm__call acrm__care_system(const acrm__call *call)
{
    acrm__call inner = *call;
    inner.as_system = true;
    return inner;
}

/* --- care.c --- */

/* Write a value down as the JSON of a cell. */
int32_t acrm__care_json(acrm__call *call, const acrm_value *value, acrm_cell *out);
/* The JSON of a cell; *out NULL when it is null. */
int32_t acrm__care_read(acrm__call *call, const acrm_cell *cell, acrm_value **out);
acrm_value *acrm__care_map(acrm__call *call); /* an empty one; NULL: no memory */
/* The record with this code; INVALID naming `arg` when there is none. */
int32_t acrm__care_by_code(acrm__call *call, const char *entity, uint32_t field, const char *code,
                           const char *arg, acrm__rec **out);
/* A record of a field's reference, past the scope; NULL when the field is null. */
int32_t acrm__care_follow(acrm__call *call, const acrm__rec *rec, uint32_t field,
                          acrm__rec **out);
/* An event about a case with its number, type, status, priority, dealer, owner and queue. */
int32_t acrm__care_emit(acrm__call *call, const char *type, const acrm__rec *rec);
/* The customer who acts; NULL: the staff or the system does. */
const unsigned char *acrm__care_self(const acrm__call *call);
/* The wall clock at a dealer (NULL, or without a zone: the business's own). */
int32_t acrm__care_local(acrm__call *call, const acrm__rec *dealer, int64_t at, acrm_local *out);
/* The first instant of a day there. */
int32_t acrm__care_midnight(acrm__call *call, const acrm__rec *dealer, int32_t day, int64_t *out);
bool acrm__care_done(const acrm__rec *rec); /* resolved, closed or deleted */
/* A condition over case: whether it reads, and whether a case satisfies it. */
int32_t acrm__care_condition(acrm__call *call, const acrm_cell *json, const acrm_filter_node **out);
int32_t acrm__care_fits(acrm__call *call, const acrm_filter_node *where, const acrm__rec *rec,
                        bool *out);

/* --- type.c: record types --- */

int32_t acrm__care_type_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
/* Every field that the case's type requires (list: of case_type) is there, or without `all`, none
 * of them was taken away; and it was given no custom field that is not its type's. */
int32_t acrm__care_type_check(acrm__call *call, const acrm__rec *type, uint32_t list,
                              const acrm__rec *rec, bool all);

/* --- number.c --- */

int32_t acrm__care_number(acrm__call *call, acrm__rec *rec, const acrm__rec *dealer);

/* --- priority.c, legal.c --- */

int32_t acrm__care_priority(acrm__call *call, acrm__rec *rec);
int32_t acrm__care_prioritise(acrm__call *call);
int32_t acrm__care_legal(acrm__call *call, acrm__rec *rec, const acrm__rec *dealer);
/* Set or cancel its timer, as the case now is. */
int32_t acrm__care_legal_timer(acrm__call *call, const acrm__rec *rec);
int32_t acrm__care_legal_due(acrm__call *call, const acrm__timer *timer);
int32_t acrm__care_legal_rule_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);

/* --- choose.c: who should have a case --- */

int32_t acrm__care_rule_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__care_place(acrm__call *call, acrm__rec *rec, const acrm__rec *type);
/* Give it to a queue, and to whom that picks. */
int32_t acrm__care_enqueue(acrm__call *call, acrm__rec *rec, const acrm__rec *queue);

/* --- assign.c --- */

int32_t acrm__care_assign(acrm__call *call);
int32_t acrm__care_hand_over(acrm__call *call);
int32_t acrm__care_accept(acrm__call *call);
int32_t acrm__care_decline(acrm__call *call);

/* --- open.c --- */

int32_t acrm__care_case_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__care_case_created(acrm__call *call, const acrm__event *event);
int32_t acrm__care_open(acrm__call *call);
int32_t acrm__care_check_entitlement(acrm__call *call);

/* --- message.c --- */

typedef struct acrm__care_note {
    const char *direction, *channel, *body;
    int64_t at;
    const char *provider, *external_id; /* NULL: none */
} acrm__care_note;
int32_t acrm__care_note_write(acrm__call *call, acrm__rec *rec, const acrm__care_note *note);
int32_t acrm__care_message(acrm__call *call);
int32_t acrm__care_reply(acrm__call *call);
int32_t acrm__care_messages(acrm__call *call);

/* --- state.c: the way of a case --- */

/* The case of the argument id, which is no duplicate (CONFLICT "duplicate"). */
int32_t acrm__care_load(acrm__call *call, acrm__rec **out);
/* CONFLICT "state" unless it is neither resolved nor closed. */
int32_t acrm__care_need_open(acrm__call *call, const acrm__rec *rec);
/* Write it, and bring its duplicates to the same state. */
int32_t acrm__care_save(acrm__call *call, acrm__rec *rec);
/* Whether its type still lets it be opened again. */
bool acrm__care_reopen_open(const acrm__call *call, const acrm__rec *rec, const acrm__rec *type);
int32_t acrm__care_reopen_now(acrm__call *call, acrm__rec *rec);
int32_t acrm__care_resume_now(acrm__call *call, acrm__rec *rec);
int32_t acrm__care_stop(acrm__call *call);
int32_t acrm__care_resume(acrm__call *call);
int32_t acrm__care_resume_due(acrm__call *call, const acrm__timer *timer);
int32_t acrm__care_resolve(acrm__call *call);
int32_t acrm__care_tell(acrm__call *call);
int32_t acrm__care_close(acrm__call *call);
int32_t acrm__care_reopen(acrm__call *call);

/* --- duplicate.c, callback.c, compensation.c --- */

int32_t acrm__care_duplicate(acrm__call *call);
int32_t acrm__care_callback_set(acrm__call *call, acrm__rec *rec, const acrm__rec *type);
int32_t acrm__care_callback_due(acrm__call *call, const acrm__timer *timer);
int32_t acrm__care_callback(acrm__call *call);
int32_t acrm__care_compensate(acrm__call *call);
int32_t acrm__care_decide(acrm__call *call);
int32_t acrm__care_limit_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);

/* --- outside.c: service levels and processes, where there are any --- */

int32_t acrm__care_outside(acrm__call *call, const acrm__event *event);
int32_t acrm__care_breached(acrm__call *call, const acrm__event *event);
int32_t acrm__care_case_changed(acrm__call *call, const acrm__event *event);
/* The code of the stop_reason for the argument stop_reason or waiting_for; *code NULL: none. */
int32_t acrm__care_stop_reason(acrm__call *call, const acrm__rec *rec, const char **code);
/* INVALID unless there is an active process of this code for cases. */
int32_t acrm__care_check_process(acrm__call *call, const char *code);
/* The first open instant of a calendar (NULL: the default) from an instant on. */
int32_t acrm__care_next_open(acrm__call *call, const unsigned char *calendar, int64_t *at);
/* The same time of day n business days on. */
int32_t acrm__care_add_days(acrm__call *call, const unsigned char *calendar, int64_t days,
                            int64_t *at);

/* --- status.c, report.c --- */

int32_t acrm__care_status(acrm__call *call);
int32_t acrm__care_report(acrm__call *call);

#endif
