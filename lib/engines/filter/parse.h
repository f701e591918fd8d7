/* SPDX-License-Identifier: MIT */
/*
 * The filter language: a Mongo-style JSON filter, checked against a schema and turned into the
 * tree of the storage port. What the schema is (entities, fields, relations) comes by callbacks,
 * so the engine knows no registry. docs/filter.md describes the language.
 */
#ifndef ACRM_ENGINES_FILTER_PARSE_H
#define ACRM_ENGINES_FILTER_PARSE_H

#include "autocrm/port/storage.h"
#include "base/alloc.h"
#include "base/value.h"

/* Limits of one filter. The first is half of what SQLite lets one expression nest, so that an
 * adapter may write a list of terms as one chain and add a row scope to it. A level gives at most
 * four nodes, one below the other: trees stay within what lib/engines/filter/eval.h takes. */
enum {
    ACRM__FILTER_TERMS_MAX = 500,     /* conditions and logical operators */
    ACRM__FILTER_DEPTH_MAX = 12,      /* nested objects and followed relations together */
    ACRM__FILTER_VALUES_MAX = 10000,  /* values of all lists together */
    ACRM__FILTER_SEARCH_MAX = 1000,   /* bytes of the words of a search */
    ACRM__FILTER_FAULTS_MAX = 20      /* failing terms reported at once */
};

/* Types of a field: how its JSON value becomes a cell. */
enum {
    ACRM__FT_ID = 0,       /* 36-character text; BLOB of 16 bytes */
    ACRM__FT_TEXT = 1,     /* text; TEXT */
    ACRM__FT_BOOL = 2,     /* true, false; INT 1, 0 */
    ACRM__FT_INT = 3,      /* whole number; INT */
    ACRM__FT_REAL = 4,     /* number; REAL */
    ACRM__FT_MONEY = 5,    /* "1250.50" or "1250.50 EUR"; INT of minor units */
    ACRM__FT_INSTANT = 6,  /* RFC 3339 text, or a date for all of that day; INT microseconds */
    ACRM__FT_DATE = 7,     /* "2026-11-21"; INT days since 1970-01-01 */
    ACRM__FT_TIME = 8,     /* "08:30:00"; INT seconds of the day */
    ACRM__FT_DURATION = 9, /* "PT4H"; INT seconds */
    ACRM__FT_ENUM = 10,    /* one of `choices`; TEXT */
    ACRM__FT_JSON = 11,    /* only $exists and null; TEXT */
    ACRM__FT_BYTES = 12    /* base64 text; BLOB */
};

/* What a name of an entity means. */
enum {
    ACRM__FILTER_FIELD = 0,
    ACRM__FILTER_TO_ONE = 1, /* "customer": `column` refers to `related_column` of `table` */
    ACRM__FILTER_TO_MANY = 2 /* "vehicles": rows of `table` whose `related_column` is `column` */
};

typedef struct acrm__filter_field {
    int32_t kind;
    uint32_t column; /* of the entity's own table; the key (0) for most to-many relations */
    /* FIELD */
    int32_t type;   /* ACRM__FT_* */
    int32_t digits;    /* of ACRM__FT_MONEY: of a bare amount; -1: it must name its currency */
    uint32_t currency; /* of ACRM__FT_MONEY: column with the currency's code, or UINT32_MAX */
    const char *const *choices; /* of ACRM__FT_ENUM */
    uint32_t n_choices;
    int32_t encoded; /* 1: values go through the schema's encode(), only equality is possible */
    /* TO_ONE, TO_MANY */
    const void *entity; /* the related entity, for further calls of resolve() */
    const acrm_table *table;
    uint32_t related_column;
} acrm__filter_field;

typedef struct acrm__filter_schema {
    void *self;
    /* What `name` means in `entity`; *out is zero before, but for currency UINT32_MAX. ACRM_OK;
     * ACRM_E_NOTFOUND when there is no such name (or the caller may not know of it);
     * ACRM_E_UNSUPPORTED when it is no field to filter on; ACRM_E_NOMEM. */
    int32_t (*resolve)(void *self, const void *entity, const char *name, size_t len,
                       acrm__filter_field *out);
    /* Optional: the name most like an unknown one, or NULL (see nearest.h). */
    const char *(*suggest)(void *self, const void *entity, const char *name, size_t len);
    /* For fields with `encoded`: the stored form of a value, allocated in the arena. ACRM_OK,
     * ACRM_E_INVALID (no such value can exist), ACRM_E_NOMEM. */
    int32_t (*encode)(void *self, const acrm__filter_field *field, const acrm_value *value,
                      acrm__arena *arena, acrm_cell *out);
} acrm__filter_schema;

/* What the values $now, $today and $me stand for. A variable that has no value gives one NULL
 * cell or no cell: nothing equals it. */
typedef struct acrm__filter_context {
    void *self;
    int64_t now_us;
    int32_t today; /* day number in the engine's zone */
    /* The instant at which a civil day begins; false out of range. NULL: 00:00 UTC. */
    bool (*day_start)(void *self, int32_t day, int64_t *us);
    /* The cells of {"$me":name}, lent until the parse ends. ACRM_OK, ACRM_E_NOTFOUND, NOMEM. NULL:
     * there are no variables. */
    int32_t (*variable)(void *self, const char *name, size_t len, const acrm_cell **cells,
                        uint32_t *n_cells);
} acrm__filter_context;

/*
 * Parse `filter` (NULL or null: all rows) for rows of `table`, which holds `entity`. The tree
 * lives in the arena and lends nothing from the filter. `place` is the name under which errors
 * speak of the filter, e.g. "where".
 *
 * A dotted path through a to-one relation reads as null when there is no related row, so the
 * negation of a condition is always the opposite of it. Terms are folded: no TRUE or FALSE below
 * the root, no AND in an AND, and conditions on the same related row share one RELATED node.
 *
 * ACRM_E_INVALID names every failing term (up to ACRM__FILTER_FAULTS_MAX) with the reasons
 * "unknown_field", "operator", "type" or "choice"; ACRM_E_LIMIT has the reason "limit";
 * ACRM_E_NOMEM; or what a callback returned.
 */
int32_t acrm__filter_parse(acrm__arena *arena, const acrm__filter_schema *schema,
                           const acrm__filter_context *context, const void *entity,
                           const acrm_table *table, const acrm_value *filter, const char *place,
                           const acrm_filter_node **out, acrm_error **err);

/* Whether a filter that parses holds $now, $today or $me, so that its tree is good only once. */
bool acrm__filter_relative(const acrm_value *filter);

#endif
