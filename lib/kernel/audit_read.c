/* SPDX-License-Identifier: MIT */
/* Reading the audit: the log as a list, and the history of one record. */
#include "base/json.h"
#include "kernel/chain.h"

#include <string.h>

enum { AUDIT_LIMIT = 100 };

/* Add the changes that the session may see to `into`. */
static int32_t audit_changes(acrm__call *call, const acrm__entity *entity, const char *json,
                             size_t len, acrm_value *into)
{
    acrm__json_fault fault;
    acrm_value *changes;
    int32_t st = acrm__json_read(call->arena, json, len, &changes, &fault);

    if (st != ACRM_OK)
        return st == ACRM_E_NOMEM ? acrm__nomem(call)
                                  : acrm__fail(call, ACRM_E_CORRUPT, "audit", NULL,
                                               "an audit entry is damaged; run audit.verify");
    for (size_t i = 0; i < acrm_value_count(changes); i++) {
        const char *name = acrm_value_key(changes, i, NULL);
        uint32_t field = entity ? acrm__field_of(entity, name) : UINT32_MAX;
        if (field != UINT32_MAX && !acrm__may_see_field(call, entity, field))
            continue;
        acrm_value *change = acrm_value_put(into, name);
        if (!change || !acrm__value_copy(change, acrm_value_at(changes, i)))
            return acrm__nomem(call);
    }
    return ACRM_OK;
}

/* *erased is true when the key of the customer is gone. */
static int32_t audit_open(acrm__call *call, const acrm_cell *cells, const char **json, size_t *len,
                          bool *erased)
{
    const acrm_cell *subject = &cells[ACRM__AUDIT_SUBJECT];
    const char *context = acrm__audit_context(call, cells[ACRM__AUDIT_SEQ].integer);
    acrm__call quiet = *call;
    acrm_error *err = NULL;

    if (!context)
        return acrm__nomem(call);
    quiet.err = &err;
    int32_t st = acrm__unseal(&quiet, subject->type == ACRM_CELL_BLOB ? subject->data : NULL,
                              context, &cells[ACRM__AUDIT_SEALED], json, len);
    *erased = st == ACRM_E_NOTFOUND;
    if (st != ACRM_OK && !*erased && call->err)
        *call->err = err;
    else
        acrm_error_free(err);
    return *erased ? ACRM_OK : st;
}

static bool audit_put_head(acrm__call *call, const acrm_cell *cells, acrm_value *item)
{
    static const struct {
        const char *name;
        uint32_t column;
    } texts[] = {
        { "actor", ACRM__AUDIT_ACTOR },   { "operation", ACRM__AUDIT_OPERATION },
        { "entity", ACRM__AUDIT_ENTITY }, { "action", ACRM__AUDIT_ACTION },
        { "reason", ACRM__AUDIT_REASON },
    };
    const acrm_cell *record = &cells[ACRM__AUDIT_RECORD];
    const char *at = acrm__instant_text(call, cells[ACRM__AUDIT_AT].integer);
    const char *id = record->type == ACRM_CELL_BLOB && record->size == 16
                         ? acrm__id_text(call, record->data) : NULL;
    bool ok = at && acrm__put_int(item, "seq", cells[ACRM__AUDIT_SEQ].integer) &&
              acrm__put_text(item, "at", at);

    for (size_t i = 0; ok && i < sizeof texts / sizeof texts[0]; i++) {
        const acrm_cell *cell = &cells[texts[i].column];
        ok = cell->type == ACRM_CELL_TEXT
                 ? acrm__put_textn(item, texts[i].name, cell->data, cell->size)
                 : acrm__put_null(item, texts[i].name);
    }
    return ok && acrm__put_text(item, "record", id);
}

static int32_t audit_item(acrm__call *call, const acrm_cell *cells, bool personal,
                          acrm_value *items)
{
    const acrm_cell *changes = &cells[ACRM__AUDIT_CHANGES], *name = &cells[ACRM__AUDIT_ENTITY];
    const acrm__entity *entity =
        name->type == ACRM_CELL_TEXT
            ? acrm__registry_entity(call->session->registry, name->data, name->size) : NULL;
    bool sealed = cells[ACRM__AUDIT_SEALED].type == ACRM_CELL_BLOB, erased = false;
    acrm_value *item = acrm__add_map(items), *into = NULL;
    const char *json;
    size_t len;
    int32_t st = ACRM_OK;

    if (item && audit_put_head(call, cells, item))
        into = acrm__put_map(item, "changes");
    if (!into)
        return acrm__nomem(call);
    if (changes->type == ACRM_CELL_TEXT)
        st = audit_changes(call, entity, changes->data, changes->size, into);
    if (st == ACRM_OK && sealed && personal) {
        st = audit_open(call, cells, &json, &len, &erased);
        if (st == ACRM_OK && !erased)
            st = audit_changes(call, entity, json, len, into);
    }
    /* Said apart, so that nobody takes the visible changes for all there were. */
    if (st == ACRM_OK && sealed && (!personal || erased) &&
        !acrm__put_text(item, "personal", erased ? "erased" : "sealed"))
        st = acrm__nomem(call);
    return st;
}

/* Rows are kept until the walk is over: opening a sealed part needs another statement. */
typedef struct audit_kept {
    struct audit_kept *next;
    acrm_cell *cells;
} audit_kept;

typedef struct audit_walk {
    acrm__arena *arena;
    audit_kept *first, **last;
    uint32_t n;
} audit_walk;

static int32_t audit_keep(void *user, const acrm_cell *cells, uint32_t n_cells)
{
    audit_walk *walk = user;
    audit_kept *kept = acrm__arena_zero(walk->arena, sizeof *kept);

    if (!kept)
        return ACRM_E_NOMEM;
    kept->cells = acrm__cells_copy(walk->arena, cells, n_cells);
    if (!kept->cells)
        return ACRM_E_NOMEM;
    *walk->last = kept;
    walk->last = &kept->next;
    walk->n++;
    return ACRM_OK;
}

static int32_t audit_read(acrm__call *call, const acrm_filter_node *where, bool newest_first,
                          uint32_t limit, audit_walk *walk)
{
    const acrm_order by_seq = { .expression = ACRM__AUDIT_SEQ, .descending = newest_first };
    const acrm_query query = { .struct_size = sizeof query,
                               .table = &acrm__tables[ACRM__TABLE_AUDIT], .where = where,
                               .n_order = 1, .order = &by_seq, .limit = limit };

    *walk = (audit_walk){ .arena = call->arena };
    walk->last = &walk->first;
    return acrm__query(call, &query, audit_keep, walk);
}

int32_t acrm__audit_history(acrm__call *call, const acrm__entity *entity,
                            const unsigned char record[16], acrm_value *items)
{
    const acrm__term terms[] = {
        { ACRM__AUDIT_RECORD, ACRM_FILTER_EQ, acrm__cell_id(record) },
        { ACRM__AUDIT_ENTITY, ACRM_FILTER_EQ, acrm__cell_text(entity->def->name) },
    };
    const acrm_filter_node *where = acrm__where(call, terms, 2);
    audit_walk walk;
    int32_t st = where ? audit_read(call, where, false, 0, &walk) : acrm__nomem(call);

    for (audit_kept *k = st == ACRM_OK ? walk.first : NULL; k && st == ACRM_OK; k = k->next)
        st = audit_item(call, k->cells, true, items);
    return st;
}

/* --- audit.list --- */

static void audit_term(acrm__term *terms, size_t *n, uint32_t column, int32_t op, acrm_cell value)
{
    terms[(*n)++] = (acrm__term){ column, op, value };
}

static size_t audit_terms(const acrm__call *call, unsigned char record[16], bool newest_first,
                          acrm__term *terms)
{
    static const struct {
        const char *arg;
        uint32_t column;
    } texts[] = {
        { "entity", ACRM__AUDIT_ENTITY },
        { "actor", ACRM__AUDIT_ACTOR },
        { "operation", ACRM__AUDIT_OPERATION },
        { "action", ACRM__AUDIT_ACTION },
    };
    size_t n = 0;
    int64_t at;

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (acrm__arg_text(call, texts[i].arg))
            audit_term(terms, &n, texts[i].column, ACRM_FILTER_EQ,
                       acrm__cell_text(acrm__arg_text(call, texts[i].arg)));
    if (acrm__arg_id(call, "record", record))
        audit_term(terms, &n, ACRM__AUDIT_RECORD, ACRM_FILTER_EQ, acrm__cell_id(record));
    if (acrm__arg_time(call, "since", &at))
        audit_term(terms, &n, ACRM__AUDIT_AT, ACRM_FILTER_GE, acrm__cell_int(at));
    if (acrm__arg_time(call, "until", &at))
        audit_term(terms, &n, ACRM__AUDIT_AT, ACRM_FILTER_LT, acrm__cell_int(at));
    if (acrm__arg(call, "after"))
        audit_term(terms, &n, ACRM__AUDIT_SEQ, newest_first ? ACRM_FILTER_LT : ACRM_FILTER_GT,
                   acrm__cell_int(acrm__arg_int(call, "after", 0)));
    return n;
}

/* A session that does not see every row may ask about a record that it sees, and nothing else. */
static int32_t audit_may_list(acrm__call *call, const unsigned char record[16], bool has_record)
{
    const char *name = acrm__arg_text(call, "entity");
    const acrm__entity *entity = name ? acrm__entity_of(call, name) : NULL;
    acrm__rec *rec;

    if (name && !entity)
        return acrm__fail(call, ACRM_E_INVALID, "unknown_entity", "entity",
                          "there is no entity named %.63s", name);
    if (acrm__sees_all(call))
        return ACRM_OK;
    if (!entity || !has_record)
        return acrm__fail(call, ACRM_E_DENIED, "scope", NULL,
                          "name the entity and a record that this session may see");
    return acrm__load(call, name, record, "record", &rec);
}

int32_t acrm__audit_list(acrm__call *call)
{
    acrm__term terms[8];
    unsigned char record[16];
    bool newest_first = acrm__arg_bool(call, "newest_first", false);
    uint32_t limit = (uint32_t)acrm__arg_int(call, "limit", AUDIT_LIMIT), n = 0;
    int32_t st = audit_may_list(call, record, acrm__arg_id(call, "record", record));
    audit_walk walk;

    if (st != ACRM_OK)
        return st;
    size_t n_terms = audit_terms(call, record, newest_first, terms);
    const acrm_filter_node *where = acrm__where(call, terms, n_terms);
    acrm_value *items = acrm__put_list(call->out, "items");
    if (!where || !items)
        return acrm__nomem(call);
    st = audit_read(call, where, newest_first, limit + 1, &walk);
    int64_t last = 0;
    for (audit_kept *k = walk.first; st == ACRM_OK && k && n < limit; k = k->next, n++) {
        st = audit_item(call, k->cells, false, items);
        last = k->cells[ACRM__AUDIT_SEQ].integer;
    }
    if (st != ACRM_OK)
        return st;
    bool ok = walk.n > limit ? acrm__put_int(call->out, "next", last)
                             : acrm__put_null(call->out, "next");
    return ok ? ACRM_OK : acrm__nomem(call);
}
