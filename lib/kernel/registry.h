/* SPDX-License-Identifier: MIT */
/* The registry: every entity and operation of an engine, built from the modules' declarations and
 * the custom ones kept in the database. Immutable once built; an engine replaces it whole. */
#ifndef ACRM_KERNEL_REGISTRY_H
#define ACRM_KERNEL_REGISTRY_H

#include "base/alloc.h"
#include "base/value.h"
#include "kernel/declare.h"

/* A field at run time; its number is its position in the entity and its column in the table. */
typedef struct acrm__fieldinfo {
    acrm__field def; /* flags with what they imply */
    uint32_t name_len;
    uint32_t currency; /* MONEY: number of the currency field, or UINT32_MAX (a fixed code) */
    uint32_t blind;    /* ENCRYPTED: number of its blind-index field, or UINT32_MAX */
    uint32_t target;   /* REF: number of the entity, or UINT32_MAX */
    uint32_t kind;     /* ID: number of the field that names the entity, or UINT32_MAX */
    uint32_t n_choices;
    const char **choices; /* of an ENUM */
    const acrm_value *preset; /* NULL: none */
} acrm__fieldinfo;

enum { ACRM__SAME_MAX = 8 };

/* "Records of `entity` whose `field` refers to me", under a name. */
typedef struct acrm__inverse {
    const char *name;
    uint32_t entity;
    uint32_t field;
    uint32_t kind; /* of an id of any record: the field before it, with the entity's name */
} acrm__inverse;

/* Open addressing over names. */
typedef struct acrm__names {
    uint32_t *slots; /* item + 1; 0: empty */
    uint32_t size;   /* a power of two */
} acrm__names;

struct acrm__entity {
    const acrm__entity_def *def;
    uint32_t number; /* position in the registry */
    acrm__fieldinfo *fields;
    uint32_t n_fields;
    acrm__inverse *inverses;
    uint32_t n_inverses;
    acrm__names names;
    acrm_table table;
    const char *events[4]; /* "lead.created" ..., by ACRM__CREATED ... */
    /* Field numbers, or UINT32_MAX. */
    uint32_t dealer, owner, customer, via, subject, label, timeline, merged, mirror, guard;
    uint32_t same[ACRM__SAME_MAX], n_same;
    uint32_t apart[2]; /* UINT32_MAX: none */
    bool searchable, personal, custom;
    bool collapses; /* records of it may become one: references to them are indexed */
    const acrm__hook *const *hooks; /* ends with NULL */
};

/* The events that every write of an entity raises. */
enum { ACRM__CREATED = 0, ACRM__UPDATED, ACRM__DELETED, ACRM__RESTORED, ACRM__EVENT_KINDS };

/* Verbs of the free operations. */
enum {
    ACRM__VERB_NONE = 0,
    ACRM__VERB_CREATE,
    ACRM__VERB_CREATE_MANY,
    ACRM__VERB_GET,
    ACRM__VERB_UPDATE,
    ACRM__VERB_DELETE,
    ACRM__VERB_RESTORE,
    ACRM__VERB_LIST,
    ACRM__VERB_COUNT,
    ACRM__VERB_AGGREGATE,
    ACRM__VERB_HISTORY
};

typedef struct acrm__opinfo {
    const char *name;
    const acrm__op *op;
    uint32_t entity; /* of a free operation, else UINT32_MAX */
    int32_t verb;
    const char *help;
    acrm__fieldinfo *in; /* op->in with its choices and defaults parsed */
    uint32_t n_in;
} acrm__opinfo;

typedef struct acrm__registry {
    acrm__arena arena;
    struct acrm__registry *older; /* kept until the engine ends: sessions may still read it */
    acrm__entity **entities;
    uint32_t n_entities;
    acrm__names entity_names;
    acrm__opinfo *ops;
    uint32_t n_ops;
    acrm__names op_names;
    uint32_t next_table; /* number for the next table made; never used twice in an engine */
    int64_t epoch; /* of the schema in the database that it was built from */
} acrm__registry;

/* A custom entity or field as it is kept in the database. */
typedef struct acrm__custom_field {
    const char *entity;
    acrm__field field;
} acrm__custom_field;

typedef struct acrm__custom {
    const acrm__entity_def *entities; /* without fields of their own */
    uint32_t n_entities;
    const acrm__custom_field *fields;
    uint32_t n_fields;
} acrm__custom;

/* A field that may name a record of an entity: a REF to it, or an ID beside the entity's name. */
typedef struct acrm__reference {
    const acrm__entity *entity;
    uint32_t field;
    uint32_t kind; /* the field with the entity's name, or UINT32_MAX */
} acrm__reference;
/* kernel/registry_merge.c: the next of them after *out (begin with {0}); false at the end. Those
 * that are ACRM__PINNED are left out. */
bool acrm__reference_next(const acrm__registry *r, const acrm__entity *target,
                          acrm__reference *out);
/* What merging needs of the entities, once their tables are made: marks the references that must
 * be indexed and are not. True when the entity's table must be made again. */
void acrm__registry_collapses(acrm__registry *r);
bool acrm__registry_index_references(acrm__registry *r, acrm__entity *entity);

/* Build one; it copies what it keeps of `custom` and takes `older` (NULL: none) over. Its tables
 * get numbers of their own. Declarations are checked: an error names the entity and the field. */
int32_t acrm__registry_build(const acrm_allocator *allocator, const acrm__custom *custom,
                             acrm__registry *older, acrm__registry **out, acrm_error **err);
void acrm__registry_free(acrm__registry *registry); /* and the older ones */

const acrm__entity *acrm__registry_entity(const acrm__registry *r, const char *name, size_t len);
const acrm__opinfo *acrm__registry_op(const acrm__registry *r, const char *name, size_t len);
/* Field number by name, or UINT32_MAX. */
uint32_t acrm__entity_field(const acrm__entity *entity, const char *name, size_t len);
const acrm__inverse *acrm__entity_inverse(const acrm__entity *entity, const char *name,
                                          size_t len);
/* The TO-ONE relation named like a REF field without "_id"; UINT32_MAX: none. */
uint32_t acrm__entity_relation(const acrm__entity *entity, const char *name, size_t len);
/* The closest name to a mistyped one, or NULL. */
const char *acrm__entity_suggest(const acrm__entity *entity, const char *name, size_t len);
const char *acrm__registry_suggest_op(const acrm__registry *r, const char *name, size_t len);

/* How a field type is kept: ACRM_CELL_*. */
int32_t acrm__storage_type(const acrm__field *field);
/* Its name in describe: "text", "money" ... */
const char *acrm__type_name(int32_t type);

/* Parameters and results of the free operations. */
const acrm__op *acrm__verb_op(int32_t verb);
const char *acrm__verb_name(int32_t verb);

#endif
