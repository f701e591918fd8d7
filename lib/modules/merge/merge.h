/* SPDX-License-Identifier: MIT */
/* The pieces of the module merge. */
#ifndef ACRM_MODULES_MERGE_MERGE_H
#define ACRM_MODULES_MERGE_MERGE_H

#include "kernel/inside.h"

enum { ACRM__MERGE_MAX = 1000, ACRM__MERGE_SHOWN = 100 };

/* A merge being done. */
typedef struct acrm__merge {
    acrm__call *call;   /* acts as the system: what moves is not for the caller's scope to say */
    acrm__call *caller; /* the same as it was made */
    const acrm__entity *customer;
    acrm__rec *survivor;
    acrm__rec **others;
    size_t n_others;
    acrm__rec *record;     /* customer_merge */
    const acrm_value *rules, *fields, *trust; /* arguments; NULL: none */
    int64_t position;      /* of the last item */
    int64_t *moved;        /* by number of the entity */
    int64_t n_moved, n_collapsed;
    acrm_value *collapsed; /* what became of the records that were not moved only; the first ones */
    acrm_value *changed;   /* fields of the survivor */
} acrm__merge;

/* check.c: the customers that are to be one, each of which must be there and be another. */
int32_t acrm__merge_parts(acrm__call *call, acrm__merge *merge);
/* Whether the session may bring customers of several dealers together. */
int32_t acrm__merge_dealers(acrm__call *call, const acrm__merge *merge);

/* ids.c */
typedef struct acrm__merge_ids {
    acrm__arena *arena;
    unsigned char (*items)[16];
    size_t count, cap;
} acrm__merge_ids;
/* Row functions: the first column as an id, or as a count (int64_t). */
int32_t acrm__merge_take_id(void *user, const acrm_cell *cells, uint32_t n);
int32_t acrm__merge_take_count(void *user, const acrm_cell *cells, uint32_t n);
/* Rows whose reference names a record of `target`, deleted ones too; with an id after `after`. */
int32_t acrm__merge_find_ids(acrm__call *call, const acrm__reference *ref,
                             const acrm__entity *target, const unsigned char id[16],
                             const unsigned char after[16], acrm__merge_ids *ids);

/* move.c: every reference to the others leads to the survivor. */
int32_t acrm__merge_move(acrm__merge *merge);
/* After a row: `scratch` is made free, or, when events were raised since `told`, lives on in
 * `arena` with them. */
void acrm__merge_sweep(const acrm__call *call, const struct acrm__queued_event *told,
                       acrm__arena *arena, acrm__arena *scratch);
/* A live record other than `rec` that is the same by a key; `field` is one of the key, or
 * UINT32_MAX for any unique key. NULL: none. */
int32_t acrm__merge_twin(acrm__call *call, const acrm__rec *rec, uint32_t field, acrm__rec **out);

/* survive.c: the values of the survivor, by the rules. */
int32_t acrm__merge_survive(acrm__merge *merge);
/* For each field in which the customers differ: field, from, after, and the values of all. */
int32_t acrm__merge_plan(acrm__merge *merge, acrm_value *fields);
/* The cell of a field as JSON text and back, encrypted ones opened. */
int32_t acrm__merge_kept_put(acrm__call *call, const acrm__rec *rec, uint32_t field,
                             acrm_value *map, const char *key);
int32_t acrm__merge_kept_cell(acrm__call *call, const acrm__fieldinfo *field,
                              const acrm_value *value, acrm_cell *out);
/* A cell of a record, an encrypted one opened. */
int32_t acrm__merge_plain(acrm__call *call, const acrm__rec *rec, uint32_t field, acrm_cell *out);

/* journal.c: note what was done. */
typedef struct acrm__merge_note {
    const char *action, *field;
    const acrm__rec *rec; /* after the change */
    const unsigned char *from, *to, *twin;
    const acrm_value *kept; /* NULL: nothing */
} acrm__merge_note;
int32_t acrm__merge_note_item(acrm__merge *merge, const acrm__merge_note *note);

/* check.c: the personal data of a customer can still be read; CONFLICT, "erased" otherwise. */
int32_t acrm__merge_not_erased(acrm__call *call, const unsigned char id[16], const char *place);

/* An undoing being done. */
typedef struct acrm__unmerge {
    acrm__call *call; /* acts as the system */
    const acrm__entity *customer;
    acrm__rec *record;   /* customer_merge */
    acrm__rec *survivor;
    acrm__recs parts;    /* customer_merge_part */
    bool restore;        /* what was there at the merge comes back; else what is now stays */
    int64_t n_moved, n_conflicts;
    acrm_value *fields, *conflicts;
} acrm__unmerge;
/* unmerge_find.c: the merge that the call names, if it can be undone now. */
int32_t acrm__unmerge_find(acrm__call *call, acrm__unmerge *undo);
/* unmerge_rows.c: what was moved goes back; list what came to the survivor since. */
int32_t acrm__unmerge_rows(acrm__unmerge *undo);
int32_t acrm__unmerge_since(acrm__unmerge *undo, acrm_value *list);
int32_t acrm__unmerge_conflict(acrm__unmerge *undo, const char *what, const char *entity,
                               const unsigned char id[16], const char *field);

/* merge.c, unmerge.c, rule.c */
int32_t acrm__merge_customers(acrm__call *call);
int32_t acrm__merge_preview(acrm__call *call);
int32_t acrm__unmerge_customers(acrm__call *call);
int32_t acrm__merge_rule_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);

#endif
