/* SPDX-License-Identifier: MIT */
/* Upserts: how rows become records of any entity, and how those are found again by their keys. */
#ifndef ACRM_MODULES_INTEGRATION_UPSERT_H
#define ACRM_MODULES_INTEGRATION_UPSERT_H

#include "kernel/crud.h"
#include "kernel/registry.h"
#include "modules/integration/import.h"

enum {
    ACRM__UPSERT_COLUMNS_MAX = 256,
    ACRM__UPSERT_SPLIT_MAX = 4,
    ACRM__UPSERT_CHILDREN_MAX = 32, /* related records of a row, by columns */
    ACRM__UPSERT_KEYS_MAX = 8,
    ACRM__UPSERT_PARTS_MAX = 6,
    ACRM__UPSERT_ROW_CHILDREN_MAX = 200 /* and in all, with those of lists */
};

/* What may be done to a value that is there already. */
enum { ACRM__OVERWRITE_ALWAYS = 0, ACRM__OVERWRITE_EMPTY, ACRM__OVERWRITE_NEVER };

/* A kind of related record that a row makes: all columns of the same item make one. */
typedef struct acrm__upsert_child {
    const acrm__entity *entity;
    uint32_t parent;        /* its field that refers to the record */
    const char *relation;   /* "contact_points" */
    const char *item;       /* which of them; "" when its column is alone */
    const acrm_value *set;  /* constants of it; NULL: none */
    bool contact;           /* a contact point */
} acrm__upsert_child;

typedef struct acrm__upsert_target {
    int32_t child;  /* number of the child; -1: the record itself */
    uint32_t field; /* UINT32_MAX: a list of whole children */
    uint32_t by;    /* field by which a reference names its record; UINT32_MAX: by id */
} acrm__upsert_target;

typedef struct acrm__upsert_column {
    const char *name;  /* of the file; NULL: a constant */
    const char *place; /* in the mapping */
    const acrm_value *constant;
    acrm__upsert_target targets[ACRM__UPSERT_SPLIT_MAX]; /* more than one: it is split */
    uint32_t n_targets;
    const acrm_value *values; /* what its values mean; NULL: themselves */
    const acrm_value *preset; /* of a blank one; NULL: none */
    const char *format;       /* of dates; NULL: told by their look */
    const char *separator;    /* of a split */
    bool first;               /* split at the first separator, not at the last */
    bool clears;              /* a blank empties the field */
    bool keep;                /* white space around it counts */
    bool optional;            /* the file may lack it */
    char decimal;             /* '.' or ','; 0: told by the look */
    int32_t overwrite;
    int32_t offset;           /* seconds east of UTC, of times without a zone */
} acrm__upsert_column;

/* A part of a key: a field, or the contact values of a channel. */
typedef struct acrm__upsert_part {
    uint32_t field;      /* what is compared: a field in its normal form; UINT32_MAX: see channel */
    uint32_t shown;      /* the field by its name in the key */
    const char *channel; /* "phone", "email" ...; NULL: a field */
    const char *name;
} acrm__upsert_part;

typedef struct acrm__upsert_key {
    acrm__upsert_part parts[ACRM__UPSERT_PARTS_MAX];
    uint32_t n_parts;
    const acrm_index *index; /* all of whose columns are parts; NULL: see lead */
    const char *text;        /* as it was written */
    bool derives;            /* it needs what the entity's hooks make of a row */
    uint32_t lead;           /* the part that is looked up; the others are compared */
} acrm__upsert_key;

typedef struct acrm__upsert_cache acrm__upsert_cache;

struct acrm__upsert_plan {
    const acrm__entity *entity;
    acrm__upsert_column columns[ACRM__UPSERT_COLUMNS_MAX];
    uint32_t n_columns;
    acrm__upsert_child children[ACRM__UPSERT_CHILDREN_MAX];
    uint32_t n_children;
    acrm__upsert_key keys[ACRM__UPSERT_KEYS_MAX];
    uint32_t n_keys;
    const acrm_value *nulls;  /* texts that mean nothing; NULL: none */
    acrm_value *ignored;      /* columns of the file that go nowhere */
    const char *country;      /* of national phone numbers; NULL: none */
    const char *duplicates;   /* "skip", "update", "create" */
    int64_t duplicate_score;
    bool may_create, may_update;
    bool table;     /* the file has columns: one that is empty is blank, not absent */
    acrm__upsert_cache *cache; /* of references found */
    acrm__arena *arena;       /* in which it lies */
};

/* --- upsert_plan.c --- */

/* From the options of an import (entity, mapping, key ...) and the columns of the file (NULL: not
 * known). Every fault is named by its place in the mapping. */
int32_t acrm__upsert_plan_make(acrm__call *call, const acrm_value *options,
                               const char *const *columns, uint32_t n_columns,
                               acrm__upsert_plan **out);
/* Whether the session may call an operation of the entity; DENIED when it may not. *may is false
 * when there is none. */
int32_t acrm__upsert_permit(acrm__call *call, const char *entity, const char *verb, bool *may);
/* A hook: a saved mapping must be good. */
int32_t acrm__upsert_mapping_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);

/* --- upsert_target.c: what a mapping's names mean --- */

/* Find a target by its name: a field, a channel, relation.field, reference.field. False, with the
 * fault named, when there is none. `child` may be added to the plan. */
bool acrm__upsert_target_find(acrm__call *call, acrm__upsert_plan *plan, const char *name,
                              const acrm_value *options, const char *place, acrm_value *faults,
                              acrm__upsert_target *out);
bool acrm__upsert_is_channel(const char *name);
/* --- upsert_key.c --- */

/* "external_id+source" as a key of the plan; faults are named at `place`. */
int32_t acrm__upsert_key_parse(acrm__call *call, acrm__upsert_plan *plan, const char *text,
                               const char *place, acrm_value *faults);

/* A row in the making. */
typedef struct acrm__upsert_row_child {
    const acrm__upsert_child *child;
    int32_t number; /* of the child in the plan */
    const acrm_value *fields;
    acrm__rec *rec;
    bool derived; /* rec is in its normal form */
    bool known;   /* it is there already */
} acrm__upsert_row_child;

typedef struct acrm__upsert_row {
    acrm__call *call;
    acrm__upsert_plan *plan;
    const acrm_value *given;  /* the row of the file */
    acrm_value *fields;       /* of the record, as a create takes them */
    acrm__upsert_row_child children[ACRM__UPSERT_ROW_CHILDREN_MAX];
    uint32_t n_children;
    acrm_value *faults;       /* [{field, column, reason, message}] */
    acrm__rec *fresh;         /* the record as the row alone would have it */
    bool derived;             /* fresh is in its normal form */
    acrm__rec *rec;           /* the one that is there; NULL: none */
} acrm__upsert_row;

/* Find the record of a row (row->rec) by the first key all of whose parts it has. What is wrong (no
 * key, more than one record) goes into the row's faults. */
int32_t acrm__upsert_find(acrm__upsert_row *row);
int32_t acrm__upsert_row_fault(acrm__upsert_row *row, const char *field, const char *column,
                               const char *reason, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
/* upsert_draft.c: the row's fields and related records, converted and assigned; every fault named.
 */
int32_t acrm__upsert_draft(acrm__upsert_row *row);
/* Bring a related record of the row, or the row's own, into its normal form, once. */
int32_t acrm__upsert_derive_child(acrm__upsert_row *row, acrm__upsert_row_child *child);
int32_t acrm__upsert_derive(acrm__upsert_row *row);
/* The column that fills a field of the record (child -1) or of a child. */
const acrm__upsert_column *acrm__upsert_column_of(const acrm__upsert_plan *plan, int32_t child,
                                                  uint32_t field);

/* --- upsert_value.c: texts into values --- */

typedef struct acrm__upsert_fault {
    const char *reason; /* NULL: none */
    char message[200];
} acrm__upsert_fault;

/* A value of the file as the value that the target's field takes; *out NULL: it says nothing. */
int32_t acrm__upsert_value(acrm__call *call, acrm__upsert_plan *plan,
                           const acrm__upsert_column *column, const acrm__upsert_target *target,
                           const acrm_value *given, const acrm_value **out,
                           acrm__upsert_fault *fault);
/* upsert_date.c: "DD/MM/YYYY", "jalali YYYY/MM/DD", "YYYY-MM-DD HH:mm"; NULL: by the look.
 * *us in microseconds; false with a reason otherwise. */
bool acrm__upsert_date(const char *text, size_t len, const char *format, int32_t offset,
                       int64_t *us, acrm__upsert_fault *fault);
bool acrm__upsert_date_format_valid(const char *format);
/* upsert_reference.c: the record that a text names by a field of its entity. */
int32_t acrm__upsert_reference(acrm__call *call, acrm__upsert_plan *plan, uint32_t entity,
                               uint32_t by, const char *text, const acrm_value **out,
                               acrm__upsert_fault *fault);

/* --- upsert_suggest.c --- */

/* What a column's name most likely means for an entity; NULL: nothing known. */
int32_t acrm__upsert_guess(acrm__call *call, const acrm__entity *entity, const char *column,
                           const char **out);

/* --- upsert_diff.c --- */

/* Changed fields of a record as {field: [before, after]}, before it is written; `shown` gets
 * {field: {from, to}} of what the session may see. Either may be NULL. Defaults that are not
 * `given` are no change. */
int32_t acrm__upsert_diff(acrm__call *call, const acrm__rec *rec, const acrm_value *given,
                          acrm_value *journal, acrm_value *shown);
/* One value of a record, encrypted ones opened. */
int32_t acrm__upsert_cell(acrm__call *call, const acrm__rec *rec, const acrm_cell *cells,
                          uint32_t field, acrm_value *out);

#endif
