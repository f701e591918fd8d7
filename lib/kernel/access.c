/* SPDX-License-Identifier: MIT */
/*
 * Who acts and what of it is allowed: principals, permissions, row scopes.
 *
 * A row scope is first a plan: which field of an entity must hold one of which values, and whether
 * seeing the record referred to is enough. Filters for queries and the check of one record are
 * both made from the plan, so that they cannot disagree.
 */
#include "kernel/entities.h"
#include "kernel/inside.h"

#include "base/json.h"

#include <string.h>

enum { ACCESS_VIA_MAX = 8 };

static const char access_meta_epoch[] = "access_epoch";

/* --- Principals --- */

void acrm__principal_free(acrm__principal *principal)
{
    acrm__arena_free(&principal->arena); /* with the lists, the role and its field rules */
    *principal = (acrm__principal){ .kind = ACRM__PRINCIPAL_SYSTEM };
}

/* The kinds that the kernel itself knows something of. */
static const struct {
    const char *word;
    int32_t kind;
} access_kinds[] = {
    { "user", ACRM__PRINCIPAL_USER },
    { "customer", ACRM__PRINCIPAL_CUSTOMER },
};

static int32_t access_kind(const char *word, size_t len)
{
    for (size_t i = 0; i < sizeof access_kinds / sizeof access_kinds[0]; i++)
        if (strlen(access_kinds[i].word) == len && memcmp(access_kinds[i].word, word, len) == 0)
            return access_kinds[i].kind;
    return ACRM__PRINCIPAL_SYSTEM;
}

static const acrm__module *access_resolver(const char *word, size_t len)
{
    for (size_t m = 0; acrm__modules[m]; m++) {
        const char *known = acrm__modules[m]->principals;
        for (; known && *known; known += strcspn(known, " "), known += *known == ' ')
            if (strcspn(known, " ") == len && memcmp(known, word, len) == 0)
                return acrm__modules[m];
    }
    return NULL;
}

static int32_t access_shared_epoch(acrm__call *call, int64_t *out)
{
    acrm_cell cell;
    int32_t st = acrm__meta_get(call, access_meta_epoch, ACRM__META_NUMBER, &cell);

    if (st == ACRM_OK)
        *out = cell.type == ACRM_CELL_INT ? cell.integer : 0;
    return st;
}

static int64_t access_mark(const acrm_session *session)
{
    const acrm_storage_ops *storage = &session->engine->storage;
    return storage->change_mark ? storage->change_mark(session->conn) : 0;
}

int32_t acrm__principal_as(acrm__call *call, int32_t kind, const unsigned char id[16],
                           acrm__principal *out)
{
    const char *word = kind == ACRM__PRINCIPAL_USER ? "user" : "customer";
    const acrm__module *resolver = access_resolver(word, strlen(word));
    char printed[37];

    out->kind = kind;
    memmove(out->id, id, sizeof out->id);
    acrm__uuid_print(id, printed); /* so that the audit has one form of each name */
    out->text = acrm__arena_format(&out->arena, "%s:%s", word, printed);
    if (!out->text)
        return acrm__nomem(call);
    if (!resolver)
        return acrm__fail(call, ACRM_E_NOTFOUND, "reference", "principal",
                          "there is no such active user or customer");
    return resolver->principal(call, out->text, out);
}

static int32_t access_resolve(acrm__call *call, const char *text, acrm__principal *out)
{
    size_t len = strcspn(text, ":");
    const char *id = text[len] == ':' ? text + len + 1 : "";
    const acrm__module *resolver = access_resolver(text, len);
    unsigned char parsed[16];

    out->kind = access_kind(text, len);
    if ((!resolver && out->kind == ACRM__PRINCIPAL_SYSTEM) ||
        !acrm__uuid_parse(id, strlen(id), parsed))
        return acrm__fail(call, ACRM_E_INVALID, "format", "principal",
                          "a principal is \"system\", \"user:UUID\" or \"customer:UUID\"");
    out->source = acrm__arena_text(&out->arena, text, strlen(text));
    if (!out->source)
        return acrm__nomem(call);
    if (out->kind != ACRM__PRINCIPAL_SYSTEM)
        return acrm__principal_as(call, out->kind, parsed, out);
    memcpy(out->id, parsed, sizeof out->id);
    int32_t st = resolver->principal(call, out->source, out);
    if (st == ACRM_OK && out->kind == ACRM__PRINCIPAL_SYSTEM)
        st = acrm__fail(call, ACRM_E_CORRUPT, "principal", NULL, "nobody was found to act as");
    return st;
}

int32_t acrm__principal_load(acrm__call *call, const char *text)
{
    acrm_session *session = call->session;
    acrm_engine *engine = session->engine;
    acrm__principal fresh = { .kind = ACRM__PRINCIPAL_SYSTEM };
    acrm__call inner = *call;
    int32_t st;

    acrm__arena_init(&fresh.arena, &engine->allocator);
    if (strcmp(text, "system") == 0) {
        fresh.text = "system";
        acrm__principal_free(&session->principal);
        session->principal = fresh;
        return ACRM_OK;
    }
    /* Read before the records: a change in between then only causes one more look. */
    fresh.epoch = atomic_load(&engine->access_epoch);
    fresh.mark = access_mark(session);
    inner.as_system = true;
    st = access_shared_epoch(&inner, &fresh.shared_epoch);
    if (st == ACRM_OK)
        st = access_resolve(&inner, text, &fresh);
    if (st != ACRM_OK) {
        acrm__arena_free(&fresh.arena);
        return st;
    }
    acrm__principal_free(&session->principal);
    session->principal = fresh;
    return acrm__guard_look(&inner);
}

int32_t acrm__principal_refresh(acrm__call *call)
{
    acrm_session *session = call->session;
    acrm__principal *principal = &session->principal;
    bool stale;
    int64_t mark, shared;
    int32_t st;

    if (principal->kind == ACRM__PRINCIPAL_SYSTEM)
        return ACRM_OK;
    stale = principal->epoch != atomic_load(&session->engine->access_epoch) ||
            (principal->ends_at > 0 && principal->ends_at <= call->now);
    mark = access_mark(session);
    if (!stale && mark == principal->mark && session->engine->storage.change_mark)
        return ACRM_OK;
    if (!stale) {
        st = access_shared_epoch(call, &shared);
        if (st != ACRM_OK)
            return st;
        stale = shared != principal->shared_epoch;
        principal->mark = mark;
    }
    if (!stale)
        return ACRM_OK;
    const char *text = acrm__arena_text(call->arena, principal->source,
                                        strlen(principal->source));
    return text ? acrm__principal_load(call, text) : acrm__nomem(call);
}

int32_t acrm__access_raise(acrm__call *call)
{
    int64_t epoch;
    int32_t st = access_shared_epoch(call, &epoch);

    return st == ACRM_OK ? acrm__meta_put(call, access_meta_epoch, ACRM__META_NUMBER,
                                          acrm__cell_int(epoch + 1))
                         : st;
}

int32_t acrm__principal_role(acrm__call *call, acrm__principal *principal, const acrm__rec *role)
{
    static const struct {
        const char *name;
        uint32_t field;
    } parts[] = {
        { "permissions", F_role__permissions },
        { "scopes", F_role__scopes },
        { "fields", F_role__field_rules },
        { "filters", F_role__row_filters },
    };
    acrm_value *value = acrm__value_in(&principal->arena), *part;
    acrm__json_fault fault;

    if (!value || acrm_value_set_map(value) != ACRM_OK)
        return acrm__nomem(call);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        const acrm_cell *cell = &role->cells[parts[i].field];
        if (cell->type != ACRM_CELL_TEXT)
            continue;
        int32_t st = acrm__json_read(&principal->arena, cell->data, cell->size, &part, &fault);
        if (st == ACRM_E_NOMEM || (st == ACRM_OK && !acrm__put_value(value, parts[i].name, part)))
            return acrm__nomem(call);
        if (st != ACRM_OK)
            return acrm__fail(call, ACRM_E_CORRUPT, "role", parts[i].name, "a role is damaged");
    }
    principal->role = value;
    return ACRM_OK;
}

/* --- Permissions --- */

/* "lead.assign", "lead.*", "*.get", "*". */
bool acrm__permits(const char *pattern, size_t len, const char *name)
{
    size_t name_len = strlen(name);

    if (len == 1 && pattern[0] == '*')
        return true;
    if (len > 1 && pattern[0] == '*')
        return name_len >= len - 1 &&
               memcmp(name + name_len - (len - 1), pattern + 1, len - 1) == 0;
    if (len > 1 && pattern[len - 1] == '*')
        return name_len >= len - 1 && memcmp(name, pattern, len - 1) == 0;
    return len == name_len && memcmp(name, pattern, len) == 0;
}

static bool access_lists(const acrm_value *patterns, const char *right)
{
    for (size_t i = 0; i < acrm_value_count(patterns); i++) {
        size_t len = 0;
        const char *pattern = acrm_value_text(acrm_value_at(patterns, i), &len);
        if (pattern && acrm__permits(pattern, len, right))
            return true;
    }
    return false;
}

bool acrm__may_call(const acrm_session *session, const acrm__opinfo *op)
{
    return op->op->flags & ACRM__OP_PUBLIC || acrm__may(session, op->name);
}

bool acrm__may(const acrm_session *session, const char *right)
{
    const acrm__principal *principal = &session->principal;

    if (principal->kind == ACRM__PRINCIPAL_SYSTEM)
        return true;
    if (principal->limits && !access_lists(principal->limits, right))
        return false;
    if (!principal->role) /* a customer's rights are always written down */
        return principal->kind == ACRM__PRINCIPAL_USER;
    return access_lists(acrm_value_get(principal->role, "permissions"), right);
}

/* --- Row scopes --- */

/* A record is seen when one of the values is in the field, or the record referred to is seen. */
typedef struct access_plan {
    bool all;
    uint32_t field;          /* UINT32_MAX: no such field */
    const acrm_cell *values;
    uint32_t n_values;
    const acrm__entity *via; /* NULL: no way through another record */
} access_plan;

int32_t acrm__scope_level(const char *word)
{
    static const char *const words[] = {
        [ACRM__SCOPE_NONE] = "none",     [ACRM__SCOPE_OWN] = "own", [ACRM__SCOPE_TEAM] = "team",
        [ACRM__SCOPE_DEALER] = "dealer", [ACRM__SCOPE_ALL] = "all",
    };

    for (int32_t i = 0; word && i <= ACRM__SCOPE_ALL; i++)
        if (strcmp(words[i], word) == 0)
            return i;
    return -1;
}

static int32_t access_level(const acrm__principal *principal, const acrm__entity *entity)
{
    const acrm_value *scopes = acrm_value_get(principal->role, "scopes");
    const char *word = acrm__get_text(scopes, entity->def->name);

    if (!word)
        word = acrm__get_text(scopes, "*");
    int32_t level = acrm__scope_level(word);
    if (principal->kind == ACRM__PRINCIPAL_CUSTOMER)
        return level == ACRM__SCOPE_NONE ? ACRM__SCOPE_NONE : ACRM__SCOPE_OWN;
    if (!principal->role)
        return ACRM__SCOPE_ALL;
    return level < 0 ? ACRM__SCOPE_NONE : level;
}

static void access_plan_dealers(const acrm__principal *principal, uint32_t field,
                                access_plan *plan)
{
    plan->field = field;
    plan->values = principal->dealer_ids;
    plan->n_values = principal->n_dealer_ids;
}

static void access_plan_users(const acrm__principal *principal, const acrm_cell *self,
                              const acrm__entity *entity, int32_t level, access_plan *plan)
{
    bool team = level >= ACRM__SCOPE_TEAM && principal->n_team_ids > 0;

    plan->field = entity->owner;
    plan->values = team ? principal->team_ids : self;
    plan->n_values = team ? principal->n_team_ids : 1;
}

/* `self` is the cell of the principal's own id. What an entity does not know (an owner, a dealer)
 * it cannot be narrowed by: then the next wider thing that it does know counts. */
static void access_make_plan(const acrm__call *call, const acrm__entity *entity,
                             const acrm_cell *self, access_plan *plan)
{
    const acrm_session *session = call->session;
    const acrm__principal *principal = &session->principal;
    int32_t level = principal->kind == ACRM__PRINCIPAL_SYSTEM ? ACRM__SCOPE_ALL
                                                              : access_level(principal, entity);

    *plan = (access_plan){ .field = UINT32_MAX };
    plan->all = call->as_system || entity->def->flags & ACRM__GLOBAL || level == ACRM__SCOPE_ALL;
    if (plan->all || level == ACRM__SCOPE_NONE)
        return;
    /* An entity that says which customer may see a record has said all to customers. */
    bool told = principal->kind == ACRM__PRINCIPAL_CUSTOMER && entity->customer != UINT32_MAX;
    if (entity->via != UINT32_MAX && !told)
        plan->via = session->registry->entities[entity->fields[entity->via].target];
    if (principal->kind == ACRM__PRINCIPAL_CUSTOMER) {
        plan->field = entity->customer;
        plan->values = self;
        plan->n_values = 1;
    } else if (level == ACRM__SCOPE_DEALER && entity->dealer != UINT32_MAX) {
        access_plan_dealers(principal, entity->dealer, plan);
    } else if (entity->owner != UINT32_MAX) {
        access_plan_users(principal, self, entity, level, plan);
    } else if (entity->dealer != UINT32_MAX && !plan->via) {
        access_plan_dealers(principal, entity->dealer, plan);
    }
}

/* What the role lays over an entity's rows besides their scope; NULL: nothing. */
static const acrm_value *access_filter_of(const acrm__call *call, const acrm__entity *entity)
{
    const acrm_value *filters = acrm_value_get(call->session->principal.role, "filters");

    return call->as_system || entity->def->flags & ACRM__GLOBAL
               ? NULL
               : acrm_value_get(filters, entity->def->name);
}

/* The same as a condition. What it asks of other records is not narrowed again. */
static int32_t access_filter(acrm__call *call, const acrm__entity *entity,
                             const acrm_filter_node **out)
{
    const acrm_value *filter = access_filter_of(call, entity);
    acrm__call inner = *call;

    *out = NULL;
    inner.as_system = true;
    return filter ? acrm__filter(&inner, entity, filter, "row_filters", out) : ACRM_OK;
}

static int32_t access_node(acrm__call *call, const acrm__entity *entity, const acrm_cell *self,
                           int32_t depth, acrm_filter_node *node);

/* The scope of an entity by its plan into *node: TRUE, FALSE, or one or two conditions. Goes one
 * level down for each `via`, at most ACCESS_VIA_MAX. */
static int32_t access_plan_node(acrm__call *call, const acrm__entity *entity,
                                const acrm_cell *self, int32_t depth, acrm_filter_node *node)
{
    access_plan plan;
    acrm_filter_node own = { .op = ACRM_FILTER_FALSE }, via = { .op = ACRM_FILTER_FALSE };

    access_make_plan(call, entity, self, &plan);
    if (plan.all) {
        *node = (acrm_filter_node){ .op = ACRM_FILTER_TRUE };
        return ACRM_OK;
    }
    if (plan.field != UINT32_MAX && plan.n_values > 0)
        own = (acrm_filter_node){ .op = plan.n_values == 1 ? ACRM_FILTER_EQ : ACRM_FILTER_IN,
                                  .column = plan.field, .values = plan.values,
                                  .n_values = plan.n_values };
    if (plan.via && depth < ACCESS_VIA_MAX) {
        acrm_filter_node *child = acrm__arena_zero(call->arena, sizeof *child);
        int32_t st = child ? access_node(call, plan.via, self, depth + 1, child)
                           : acrm__nomem(call);
        if (st != ACRM_OK)
            return st;
        via = *child;
        if (child->op != ACRM_FILTER_TRUE && child->op != ACRM_FILTER_FALSE)
            via = (acrm_filter_node){ .op = ACRM_FILTER_RELATED, .column = entity->via,
                                      .related = &plan.via->table, .related_column = F_ID,
                                      .n_children = 1, .children = child };
    }
    *node = own.op == ACRM_FILTER_FALSE || via.op == ACRM_FILTER_TRUE ? via : own;
    if (own.op == ACRM_FILTER_FALSE || via.op == ACRM_FILTER_FALSE || via.op == ACRM_FILTER_TRUE)
        return ACRM_OK;
    acrm_filter_node *both = acrm__arena_array(call->arena, 2, sizeof *both);
    if (!both)
        return acrm__nomem(call);
    both[0] = own;
    both[1] = via;
    *node = (acrm_filter_node){ .op = ACRM_FILTER_OR, .n_children = 2, .children = both };
    return ACRM_OK;
}

static int32_t access_node(acrm__call *call, const acrm__entity *entity, const acrm_cell *self,
                           int32_t depth, acrm_filter_node *node)
{
    const acrm_filter_node *filter;
    int32_t st = access_plan_node(call, entity, self, depth, node);

    if (st == ACRM_OK)
        st = access_filter(call, entity, &filter);
    if (st != ACRM_OK || !filter || node->op == ACRM_FILTER_FALSE)
        return st;
    acrm_filter_node *both = acrm__arena_array(call->arena, 2, sizeof *both);
    if (!both)
        return acrm__nomem(call);
    both[0] = *node;
    both[1] = *filter;
    *node = (acrm_filter_node){ .op = ACRM_FILTER_AND, .n_children = 2, .children = both };
    return ACRM_OK;
}

/* Take what is guarded out of what a scope lets through. */
static int32_t access_guard(acrm__call *call, const acrm__entity *entity,
                            const acrm_filter_node **scope)
{
    const acrm_filter_node *hidden;
    int32_t st = acrm__guard_node(call, entity, 0, &hidden);

    if (st != ACRM_OK || !hidden)
        return st;
    acrm_filter_node *not = acrm__arena_zero(call->arena, sizeof *not);
    if (!not)
        return acrm__nomem(call);
    *not = (acrm_filter_node){ .op = ACRM_FILTER_NOT, .n_children = 1, .children = hidden };
    *scope = acrm__and(call, *scope, not);
    return *scope ? ACRM_OK : acrm__nomem(call);
}

int32_t acrm__scope(acrm__call *call, const acrm__entity *entity, const acrm_filter_node **out)
{
    acrm_filter_node *node;
    acrm_cell *self;

    if (call->as_system || call->session->principal.kind == ACRM__PRINCIPAL_SYSTEM) {
        *out = NULL;
        return ACRM_OK;
    }
    node = acrm__arena_zero(call->arena, sizeof *node);
    self = acrm__arena_zero(call->arena, sizeof *self);
    if (!node || !self)
        return acrm__nomem(call);
    *self = acrm__cell_id(call->session->principal.id);
    int32_t st = access_node(call, entity, self, 0, node);
    if (st == ACRM_OK)
        *out = node->op == ACRM_FILTER_TRUE ? NULL : node;
    return st == ACRM_OK ? access_guard(call, entity, out) : st;
}

static bool access_holds(const access_plan *plan, const acrm_cell *cells)
{
    for (uint32_t i = 0; plan->field != UINT32_MAX && i < plan->n_values; i++)
        if (acrm__cell_equal(&cells[plan->field], &plan->values[i]))
            return true;
    return false;
}

typedef struct access_row {
    acrm__arena *arena;
    acrm_cell *cells; /* NULL: none that lives */
} access_row;

static int32_t access_take_row(void *user, const acrm_cell *cells, uint32_t n_cells)
{
    access_row *row = user;

    if (cells[F_DELETED_AT].type != ACRM_CELL_NULL)
        return 1;
    row->cells = acrm__cells_copy(row->arena, cells, n_cells);
    return row->cells ? 1 : ACRM_E_NOMEM;
}

/* Whether some way of `via` ends at an entity that is seen whole: then all records are seen. */
static bool access_open(const acrm__call *call, const acrm__entity *entity, const acrm_cell *self)
{
    access_plan plan;

    for (int32_t depth = 0; entity && depth <= ACCESS_VIA_MAX; depth++) {
        access_make_plan(call, entity, self, &plan);
        if (access_filter_of(call, entity))
            return false;
        if (plan.all)
            return true;
        entity = plan.via;
    }
    return false;
}

/* Whether what the role lays over an entity's rows lets one of them through. */
static int32_t access_lets(acrm__call *call, const acrm__entity *entity, acrm_cell *cells,
                           bool *out)
{
    const acrm_filter_node *filter;
    acrm__rec rec = { .entity = entity, .cells = cells };
    int32_t st = access_filter(call, entity, &filter);

    *out = true;
    return st == ACRM_OK && filter ? acrm__matches(call, &rec, filter, out) : st;
}

static int32_t access_in_scope(acrm__call *call, const acrm__rec *rec, bool *out)
{
    acrm_session *session = call->session;
    acrm_cell self = acrm__cell_id(session->principal.id);
    const acrm__entity *entity = rec->entity;
    acrm_cell *cells = rec->cells;
    access_plan plan;

    *out = access_open(call, entity, &self);
    for (int32_t depth = 0; !*out; depth++) {
        access_row row = { .arena = call->arena };
        bool let = false;
        int32_t st = access_lets(call, entity, cells, &let);
        if (st != ACRM_OK || !let)
            return st;
        access_make_plan(call, entity, &self, &plan);
        *out = plan.all || access_holds(&plan, cells);
        if (*out || !plan.via || depth == ACCESS_VIA_MAX)
            return ACRM_OK;
        const acrm_cell *reference = &cells[entity->via];
        if (reference->type != ACRM_CELL_BLOB)
            return ACRM_OK;
        st = session->engine->storage.lookup(session->conn, &plan.via->table, F_ID,
                                                     reference, 1, access_take_row, &row,
                                                     call->err);
        if (st != ACRM_OK || !row.cells)
            return st == ACRM_E_NOMEM ? acrm__nomem(call) : st;
        entity = plan.via;
        cells = row.cells;
    }
    return ACRM_OK;
}

int32_t acrm__in_scope(acrm__call *call, const acrm__rec *rec, bool *out)
{
    bool hidden = false;
    int32_t st = access_in_scope(call, rec, out);

    if (st == ACRM_OK && *out)
        st = acrm__guard_hides(call, rec, &hidden);
    *out = *out && !hidden;
    return st;
}

bool acrm__sees_all(const acrm__call *call)
{
    const acrm__principal *principal = &call->session->principal;

    if (call->as_system || principal->kind == ACRM__PRINCIPAL_SYSTEM)
        return true;
    if (principal->kind == ACRM__PRINCIPAL_CUSTOMER)
        return false;
    if (!principal->role)
        return true;
    const acrm_value *scopes = acrm_value_get(principal->role, "scopes");
    if (acrm_value_count(acrm_value_get(principal->role, "filters")) > 0)
        return false;
    for (size_t i = 0; i < acrm_value_count(scopes); i++)
        if (acrm__scope_level(acrm_value_text(acrm_value_at(scopes, i), NULL)) != ACRM__SCOPE_ALL)
            return false;
    return acrm_value_get(scopes, "*") != NULL;
}
