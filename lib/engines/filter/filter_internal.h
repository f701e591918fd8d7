/* SPDX-License-Identifier: MIT */
/* What the files of the filter parser share: the running parse, places, faults, operands, nodes. */
#ifndef ACRM_ENGINES_FILTER_INTERNAL_H
#define ACRM_ENGINES_FILTER_INTERNAL_H

#include "engines/filter/parse.h"

/* The entity that names are looked up in, and the table its rows are in. */
typedef struct acrm__filter_scope {
    const void *entity;
    const acrm_table *table;
} acrm__filter_scope;

/* Where in the filter we are: a chain towards the root, turned into text only for a fault. */
typedef struct acrm__filter_place {
    const struct acrm__filter_place *parent;
    const char *name; /* NULL: an element of a list */
    size_t len;
    size_t index;
} acrm__filter_place;

typedef struct acrm__filter_parser {
    acrm__arena *arena;
    const acrm__filter_schema *schema;
    const acrm__filter_context *context;
    acrm_value *faults; /* list of {field, reason, message}; NULL while all is well */
    uint32_t terms;
    uint32_t values;
    int32_t status;    /* what ended the parse early */
    acrm_error **err;
} acrm__filter_parser;

/*
 * Functions below that return bool give false when the parse must end at once, with the status
 * set; a fault in the filter is noted and gives true, so that the terms after it are seen too.
 */

/* faults.c */

/* Note a fault; the message is formatted. */
bool acrm__filter_fault(acrm__filter_parser *p, const acrm__filter_place *place,
                        const char *reason, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
bool acrm__filter_stop(acrm__filter_parser *p, int32_t status); /* sets the status; false */
bool acrm__filter_limit(acrm__filter_parser *p, const acrm__filter_place *place,
                        const char *what, uint32_t max); /* false */
bool acrm__filter_term(acrm__filter_parser *p, const acrm__filter_place *place); /* one more */
/* The place of the n-th pair of a map. */
acrm__filter_place acrm__filter_at(const acrm__filter_place *parent, const acrm_value *map,
                                   size_t n);
/* Names a text from the filter in a message: at most 64 bytes of it, cut between characters. */
int acrm__filter_clip(const char *text, size_t len);

/* cell.c */

/* Sets of operators that a type of field allows. */
enum {
    ACRM__OPS_EXISTS = 1, /* $exists, and equality with null */
    ACRM__OPS_EQUAL = 2,  /* $eq $ne $in $nin */
    ACRM__OPS_ORDER = 4,  /* $lt $lte $gt $gte */
    ACRM__OPS_TEXT = 8    /* $contains $startswith */
};

uint32_t acrm__filter_ops(const acrm__filter_field *field);
const char *acrm__filter_ops_text(const acrm__filter_field *field); /* the same in words */
const char *acrm__filter_type_name(const acrm__filter_field *field); /* "a date" */
const char *acrm__filter_expected(const acrm__filter_field *field);  /* its values, in words */
int32_t acrm__filter_cell_type(const acrm__filter_field *field);

acrm_cell acrm__filter_integer(int64_t integer);
/* TEXT or BLOB with a copy of the bytes. ACRM_OK, ACRM_E_NOMEM. */
int32_t acrm__filter_copy(acrm__arena *arena, int32_t type, const void *data, size_t len,
                          acrm_cell *out);
/* One plain value as a cell (null: a NULL cell): no $now, no whole days, no named currency.
 * ACRM_OK; ACRM_E_INVALID: not of the type; ACRM_E_NOTFOUND: not a choice; ACRM_E_NOMEM. */
int32_t acrm__filter_cell(acrm__arena *arena, const acrm__filter_field *field,
                          const acrm_value *value, acrm_cell *out);

/* operand.c */

enum {
    ACRM__OPERAND_BAD = 0,   /* a fault has been noted */
    ACRM__OPERAND_CELL = 1,  /* one value */
    ACRM__OPERAND_NULL = 2,
    ACRM__OPERAND_DAY = 3,   /* a whole day on an instant: from cell.integer up to `until` */
    ACRM__OPERAND_CELLS = 4, /* the cells of a variable, without NULLs */
    ACRM__OPERAND_MONEY = 5  /* an amount in cell, its currency in cells[0] */
};

typedef struct acrm__filter_operand {
    int32_t kind;
    acrm_cell cell;
    int64_t until;
    const acrm_cell *cells;
    uint32_t n_cells;
} acrm__filter_operand;

/* True for {"$now":..}, {"$today":..} and {"$me":..}: maps that are values. */
bool acrm__filter_is_value(const acrm_value *value);
bool acrm__filter_operand_of(acrm__filter_parser *p, const acrm__filter_field *field,
                             const acrm_value *value, const acrm__filter_place *place,
                             acrm__filter_operand *out);

/* tree.c */

/* The growing children of an AND or OR. */
typedef struct acrm__filter_list {
    int32_t op;
    bool decided; /* an AND met FALSE, an OR met TRUE */
    acrm_filter_node *nodes;
    uint32_t n;
    uint32_t cap;
} acrm__filter_list;

bool acrm__filter_add(acrm__filter_parser *p, acrm__filter_list *list,
                      const acrm_filter_node *node);
bool acrm__filter_done(acrm__filter_parser *p, acrm__filter_list *list, acrm_filter_node *out);
bool acrm__filter_not(acrm__filter_parser *p, acrm_filter_node *node); /* in place */
/* Some (for to-one: the) related row satisfies the node, in place. */
bool acrm__filter_related(acrm__filter_parser *p, const acrm__filter_field *relation,
                          acrm_filter_node *node);
/* A comparison of a column with a value (NULL: with null). */
bool acrm__filter_compare(acrm__filter_parser *p, int32_t op, uint32_t column,
                          const acrm_cell *value, acrm_filter_node *out);

/* condition.c */

/* A field found by its path: through `n_hops` to-one relations. */
typedef struct acrm__filter_target {
    acrm__filter_field hops[ACRM__FILTER_DEPTH_MAX];
    uint32_t n_hops;
    acrm__filter_scope scope; /* that holds the field */
    acrm__filter_field field;
} acrm__filter_target;

/* The value of a field: something to equal, or a map of operators. */
bool acrm__filter_condition(acrm__filter_parser *p, const acrm__filter_target *target,
                            const acrm_value *value, const acrm__filter_place *place,
                            uint32_t depth, acrm_filter_node *out);
/* Put a node (false on null) under the relations passed on the way to its field, and the negation
 * outside of them: a missing row reads as null. */
bool acrm__filter_finish(acrm__filter_parser *p, const acrm__filter_target *target, bool negate,
                         acrm_filter_node *node);

#endif
