/* SPDX-License-Identifier: MIT */
/* How a module declares its entities, operations and reactions: once, as data. */
#ifndef ACRM_KERNEL_DECLARE_H
#define ACRM_KERNEL_DECLARE_H

#include "autocrm/port/storage.h"
#include "autocrm/value.h"

#include <stdbool.h>

/* Field types. What each is in C and in JSON: docs/concepts.md, "Types". */
enum {
    ACRM__T_ID = 1,   /* the record's own id, or any record's: an x_id beside a text x_entity, or a
                         subject_id beside a text entity, is a reference to a record of that */
    ACRM__T_REF,      /* id of a record of `target` */
    ACRM__T_TEXT,
    ACRM__T_BOOL,
    ACRM__T_INT,
    ACRM__T_REAL,
    ACRM__T_DECIMAL,  /* exact decimal, kept as canonical text */
    ACRM__T_MONEY,    /* minor units of the currency in the field named by `currency` */
    ACRM__T_INSTANT,
    ACRM__T_DATE,
    ACRM__T_TIME,
    ACRM__T_DURATION, /* seconds */
    ACRM__T_ENUM,
    ACRM__T_JSON,     /* any JSON, kept as text */
    ACRM__T_BYTES,
    /* Of parameters and results only: */
    ACRM__T_RECORD,   /* a map of fields of `target`; without target, of the operation's entity */
    ACRM__T_FILTER,   /* a filter over `target` */
    ACRM__T_MAP       /* a map whose keys the help text tells */
};

/* Flags of a field. */
enum {
    ACRM__REQUIRED = 1,
    ACRM__UNIQUE = 2,      /* among records that are not deleted */
    ACRM__INDEXED = 4,
    ACRM__SEARCHABLE = 8,  /* its words are found by $search */
    ACRM__PERSONAL = 16,   /* personal data: sealed in the audit, absent from events and logs */
    ACRM__ENCRYPTED = 32,  /* kept encrypted; implies personal */
    ACRM__READ_ONLY = 64,  /* set by the library, refused from callers */
    ACRM__IMMUTABLE = 128, /* set at create, then read-only */
    ACRM__HIDDEN = 256,    /* not in the API at all */
    ACRM__LIST = 512,      /* of parameters and results: a list of this type */
    ACRM__CUSTOM = 1024,   /* added at run time */
    ACRM__PINNED = 2048    /* a reference that stays when what it names is merged into another */
};

typedef struct acrm__field {
    const char *name;
    int32_t type;
    uint32_t flags;
    union {
        const char *target; /* entity of an ID, REF, RECORD, FILTER: acrm__field_target() */
        const char *unit;   /* of the others, for people: acrm__field_unit() */
    };
    union { /* what fields of one type have; acrm__field_has() asks for it */
        const char *inverse;  /* of a REF: the name under which the target sees these records; of
                                 an ID of any record: the name under which every entity does. The
                                 field before it is a TEXT: the name of the record's entity */
        const char *choices;  /* of an ENUM: "new|open|won" */
        const char *currency; /* of MONEY: the field that holds the code; NULL: "currency" */
        const char *blind_of; /* of BYTES: keyed hash of the normalised text of this ENCRYPTED
                                 field */
        const char *identifies; /* of TEXT: by its value customers are identified, as "plate" */
    };
    const char *preset;   /* default, as JSON text */
    int64_t min, max;     /* of INT, REAL, MONEY, DURATION, when one is not 0: "0 or more" is a max
                             of INT64_MAX; of TEXT max bytes (0: 4096) */
    const char *help;
} acrm__field;

static inline bool acrm__field_is_of_entity(const acrm__field *field)
{
    return field->type == ACRM__T_ID || field->type == ACRM__T_REF ||
           field->type == ACRM__T_RECORD || field->type == ACRM__T_FILTER;
}

static inline const char *acrm__field_target(const acrm__field *field)
{
    return acrm__field_is_of_entity(field) ? field->target : NULL;
}

static inline const char *acrm__field_unit(const acrm__field *field)
{
    return acrm__field_is_of_entity(field) ? NULL : field->unit;
}

/* What a field has as one of this type; NULL when it is of another. */
static inline const char *acrm__field_has(const acrm__field *field, int32_t type)
{
    return field->type == type ? field->choices : NULL;
}

/* Every entity begins with these fields. */
enum {
    F_ID = 0,
    F_VERSION,
    F_CREATED_AT,
    F_CREATED_BY,
    F_UPDATED_AT,
    F_UPDATED_BY,
    F_DELETED_AT,
    F_SYSTEM_COUNT
};

/* Flags of an entity: what of the free operations it does not have, and how it is kept. */
enum {
    ACRM__NO_CREATE = 1, /* no create, create_many */
    ACRM__NO_UPDATE = 2,
    ACRM__NO_DELETE = 4, /* no delete, restore */
    ACRM__NO_WRITES = 7, /* only the module's own operations write */
    ACRM__NO_AUDIT = 8,  /* changes are not audited and raise no events (queues, counters) */
    ACRM__GLOBAL = 16,   /* reference data: readable by every session */
    ACRM__LEAN = 32      /* many short rows: kept in the order of their ids. Not searchable */
};

typedef struct acrm__entity_def {
    const char *name;
    const acrm__field *fields; /* after the system fields; ends with a NULL name */
    uint32_t flags;
    const char *label;    /* the field that names a record for people */
    const char *indexes;  /* further indexes: "lead_id due_at; kind code unique" */
    const char *dealer;   /* field with the dealer a record belongs to, for row scopes */
    const char *owner;    /* field with the user who owns it */
    const char *customer; /* field with the customer who may see it; "id" for the customer itself */
    const char *via;      /* REF field: who may see that record may see this one */
    const char *timeline; /* INSTANT field that dates a record on its customer's timeline */
    const char *subject;  /* field with the customer whose key seals its personal data, or "id" */
    const char *guard;    /* INSTANT field: while it is set, the record and what is about it are
                             hidden from who has not the right privacy.see_restricted */
    const acrm__field *options; /* further arguments of create, ending with a NULL name */
    const char *merged;   /* REF field: the record that a deleted one was merged into and stands
                             for; every reference to such an entity is indexed */
    const char *same;     /* "customer_id channel match_value": records that agree in these, or in
                             a unique index, become one when what they refer to does */
    const char *apart;    /* "from_id to_id": a record in which a merge makes these two the same
                             means nothing any more */
    const char *mirror;   /* BOOL field: when true the fields of `apart` may be exchanged */
    const char *help;
} acrm__entity_def;

typedef struct acrm__entity acrm__entity; /* kernel/registry.h */
typedef struct acrm__call acrm__call;
typedef struct acrm__rec acrm__rec;

/* Flags of an operation. */
enum {
    ACRM__OP_WRITE = 1,  /* runs in a write transaction; takes idempotency_key and dry_run */
    ACRM__OP_STEPS = 2,  /* manages its own transactions: finished steps stay */
    ACRM__OP_SINGLE = 4, /* reads with one statement: no transaction is opened */
    ACRM__OP_PUBLIC = 8, /* needs no permission: pure computing, or about who acts alone */
    ACRM__OP_SECRET = 16 /* its result shows a secret once: it is not kept for a repeated call */
};

typedef struct acrm__op {
    const char *name; /* noun.verb */
    uint32_t flags;
    const acrm__field *in;  /* parameters; ends with a NULL name; NULL: none */
    const acrm__field *out; /* what the result map holds */
    int32_t (*run)(acrm__call *call);
    const char *help;
} acrm__op;

/* Before a record is written: derive fields, refuse what breaks a rule. `before` is NULL at create;
 * at delete `rec` has deleted_at set. */
typedef struct acrm__hook {
    const char *entity;
    int32_t (*before_write)(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
    /* Before a merge or its undoing moves the record, instead: may refuse nothing, only carry
     * along what hangs on its references. NULL: nothing does. */
    int32_t (*moved)(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
    /* Personal values were taken out of a record: take out what was derived from them elsewhere.
     * Such a write calls no before_write. NULL: there is nothing. */
    int32_t (*blanked)(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
} acrm__hook;

typedef struct acrm__event {
    const char *type; /* "lead.created" */
    const char *entity;
    unsigned char id[16];
    const acrm_value *data; /* not personal; of updates:
                               {"changes":{"level":["B","A"]},"personal":["name"]} */
    const acrm_cell *before; /* of changes: the record's cells until then; else NULL */
} acrm__event;

/* Runs in the transaction of the event, after the operation's own work. `type` may be "lead.*". */
typedef struct acrm__reaction {
    const char *type;
    int32_t (*run)(acrm__call *call, const acrm__event *event);
} acrm__reaction;

typedef struct acrm__timer {
    unsigned char id[16];
    const char *kind;
    const char *entity;
    unsigned char subject[16];
    int64_t due_at;
    const acrm_value *data; /* NULL: none */
    int64_t attempts;       /* before this one */
} acrm__timer;

/* What to do when a timer of a kind falls due, in a transaction of its own. */
typedef struct acrm__timer_kind {
    const char *kind; /* "lead.accept_by" */
    int32_t (*run)(acrm__call *call, const acrm__timer *timer);
    const char *help;
    bool outlives; /* it goes on when the person whose record it is of is erased: it says nothing
                    * of the person, and what it ends would never end */
} acrm__timer_kind;

typedef struct acrm__principal acrm__principal;

typedef struct acrm__module {
    const char *name;
    const char *help;
    const acrm__entity_def *entities;    /* these lists end with a NULL name; any may be NULL */
    const acrm__op *ops;
    const acrm__hook *hooks;
    const acrm__reaction *reactions;
    const acrm__timer_kind *timers;
    /* The first records of an entity, and of others with it: made where it has none, in a new
     * database or one that an upgrade has just given the table. */
    const char *seeds;
    int32_t (*seed)(acrm__call *call);
    /* Part of engine.tick, after the timers, in steps: transactions of its own, and work outside
     * of them. Adds what was done to the result. */
    int32_t (*tick)(acrm__call *call);
    /* Find who a session acts as, "user:UUID"; and the words before the colon that it knows, parted
     * by blanks. Of a word that is neither user nor customer, acrm__principal_as() says who that
     * is, after which the rights may be narrowed. */
    const char *principals;
    int32_t (*principal)(acrm__call *call, const char *text, acrm__principal *out);
} acrm__module;

/* The module list: lib/modules/modules.c. */
extern const acrm__module *const acrm__modules[]; /* ends with NULL */

#endif
