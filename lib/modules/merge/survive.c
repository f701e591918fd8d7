/* SPDX-License-Identifier: MIT */
/* Whose value survives, field by field: the rules as data, and the survivor written by them. */
#include "base/json.h"
#include "modules/merge/entities.h"
#include "modules/merge/merge.h"
#include "modules/merge/rule.h"

#include <string.h>

enum { SURVIVE_UNION = -1 };

typedef struct survive_run {
    acrm__merge *merge;
    acrm__call *call;
    acrm__rec **parts; /* the survivor, then the others in the order of the call */
    size_t n_parts;
    acrm__recs stored; /* merge_rule */
} survive_run;

/* --- Values --- */

int32_t acrm__merge_plain(acrm__call *call, const acrm__rec *rec, uint32_t field, acrm_cell *out)
{
    const acrm__fieldinfo *f = &rec->entity->fields[field];
    const char *plain;
    size_t len;

    *out = rec->cells[field];
    if (!(f->def.flags & ACRM__ENCRYPTED) || out->type != ACRM_CELL_BLOB)
        return ACRM_OK;
    int32_t st = acrm__unseal(call, acrm__id(rec, rec->entity->subject), f->def.name,
                              &rec->cells[field], &plain, &len);
    if (st == ACRM_OK)
        *out = acrm__cell_textn(plain, len);
    return st;
}

/* A reference to one of the merged themselves says nothing any more. */
static bool survive_has(const survive_run *run, size_t part, uint32_t field)
{
    const acrm__rec *rec = run->parts[part];
    const acrm__fieldinfo *f = &rec->entity->fields[field];

    if (acrm__is_null(rec, field))
        return false;
    for (size_t i = 0; f->target == run->merge->customer->number && i < run->n_parts; i++)
        if (memcmp(acrm__id(rec, field), acrm__id(run->parts[i], F_ID), 16) == 0)
            return false;
    return true;
}

/* --- The rules that compare: each tells whether part a has the better value than part b --- */

static int64_t survive_filled(const acrm__rec *rec)
{
    int64_t n = 0;

    for (uint32_t i = F_SYSTEM_COUNT; i < rec->entity->n_fields; i++)
        n += !acrm__is_null(rec, i);
    return n;
}

static int64_t survive_trust(const survive_run *run, const acrm__rec *rec, const acrm_value *trust)
{
    const char *source = acrm__text(rec, acrm__field_of(run->merge->customer, "source"));
    size_t n = acrm_value_count(trust);

    for (size_t i = 0; source && i < n; i++) {
        const char *name = acrm_value_text(acrm_value_at(trust, i), NULL);
        if (name && strcmp(name, source) == 0)
            return (int64_t)(n - i);
    }
    return 0;
}

static int32_t survive_order(const acrm_cell *a, const acrm_cell *b)
{
    if (a->type == ACRM_CELL_INT && b->type == ACRM_CELL_INT)
        return (a->integer > b->integer) - (a->integer < b->integer);
    if (a->type == ACRM_CELL_REAL && b->type == ACRM_CELL_REAL)
        return (a->real > b->real) - (a->real < b->real);
    size_t len = a->size < b->size ? a->size : b->size;
    int order = len ? memcmp(a->data, b->data, len) : 0;
    return order ? order : (a->size > b->size) - (a->size < b->size);
}

static bool survive_better(const survive_run *run, const acrm__merge_rule *rule, uint32_t field,
                           const acrm__rec *a, const acrm__rec *b)
{
    switch (rule->rule) {
    case ACRM__MERGE_NEWEST:
        return acrm__int(a, F_UPDATED_AT) > acrm__int(b, F_UPDATED_AT);
    case ACRM__MERGE_OLDEST:
        return acrm__int(a, F_CREATED_AT) < acrm__int(b, F_CREATED_AT);
    case ACRM__MERGE_LONGEST:
        return a->cells[field].size > b->cells[field].size;
    case ACRM__MERGE_COMPLETE:
        return survive_filled(a) > survive_filled(b);
    case ACRM__MERGE_TRUSTED:
        return survive_trust(run, a, rule->trust) > survive_trust(run, b, rule->trust);
    case ACRM__MERGE_LARGEST:
        return survive_order(&a->cells[field], &b->cells[field]) > 0;
    case ACRM__MERGE_SMALLEST:
        return survive_order(&a->cells[field], &b->cells[field]) < 0;
    default:
        return false; /* keep and fill: the first that has one */
    }
}

static size_t survive_best(const survive_run *run, const acrm__merge_rule *rule, uint32_t field)
{
    size_t best = SIZE_MAX;

    if (rule->rule == ACRM__MERGE_KEEP)
        return 0;
    for (size_t i = 0; i < run->n_parts; i++)
        if (survive_has(run, i, field) &&
            (best == SIZE_MAX ||
             survive_better(run, rule, field, run->parts[i], run->parts[best])))
            best = i;
    return best == SIZE_MAX ? 0 : best;
}

/* --- Union --- */

static int32_t survive_union_text(survive_run *run, uint32_t field, acrm_cell *out)
{
    size_t max = (size_t)run->merge->customer->fields[field].def.max;
    acrm__str text;

    acrm__str_init(&text, &run->call->arena->allocator);
    for (size_t i = 0; i < run->n_parts; i++) {
        const char *more = acrm__text(run->parts[i], field);
        size_t len = more ? strlen(more) : 0;
        bool known = len == 0 || (text.len && strstr(text.data, more));
        if (known || text.len + len + 1 > (max ? max : 4096))
            continue; /* what does not fit stays with the deleted record */
        if (text.len)
            acrm__str_putc(&text, '\n');
        acrm__str_add(&text, more, len);
    }
    char *copy = text.failed ? NULL
                             : acrm__arena_text(run->call->arena, text.data ? text.data : "",
                                                text.len);
    *out = text.len ? acrm__cell_text(copy) : acrm__cell_null();
    acrm__str_free(&text);
    return copy ? ACRM_OK : acrm__nomem(run->call);
}

static bool survive_listed(const acrm_value *list, const acrm_value *item)
{
    for (size_t i = 0; i < acrm_value_count(list); i++)
        if (acrm__value_equal(acrm_value_at(list, i), item))
            return true;
    return false;
}

/* Of JSON lists; anything else counts as a list of itself. */
static int32_t survive_union_json(survive_run *run, uint32_t field, acrm_cell *out)
{
    acrm__arena *arena = run->call->arena;
    acrm_value *all = acrm__value_in(arena), *value;
    acrm__json_fault fault;
    acrm__str text;

    if (!all || acrm_value_set_list(all) != ACRM_OK)
        return acrm__nomem(run->call);
    for (size_t i = 0; i < run->n_parts; i++) {
        const acrm_cell *cell = &run->parts[i]->cells[field];
        if (cell->type != ACRM_CELL_TEXT ||
            acrm__json_read(arena, cell->data, cell->size, &value, &fault) != ACRM_OK)
            continue;
        bool list = acrm_value_type(value) == ACRM_LIST;
        for (size_t k = 0; k < (list ? acrm_value_count(value) : 1); k++) {
            const acrm_value *item = list ? acrm_value_at(value, k) : value;
            if (!survive_listed(all, item) && !acrm__add_value(all, item))
                return acrm__nomem(run->call);
        }
    }
    acrm__str_init(&text, &arena->allocator);
    acrm__json_write(&text, all, 0);
    char *copy = text.failed ? NULL : acrm__arena_text(arena, text.data, text.len);
    acrm__str_free(&text);
    *out = acrm_value_count(all) ? acrm__cell_text(copy) : acrm__cell_null();
    return copy ? ACRM_OK : acrm__nomem(run->call);
}

/* --- The choice --- */

/* Whose value the call picks for a field: *part SIZE_MAX when it says nothing. */
static int32_t survive_pick(const survive_run *run, uint32_t field, size_t *part)
{
    const acrm__field *def = &run->merge->customer->fields[field].def;
    const acrm_value *value = acrm_value_get(run->merge->fields, def->name);
    unsigned char id[16];
    size_t len;
    const char *text = value ? acrm_value_text(value, &len) : NULL;

    *part = SIZE_MAX;
    if (!value)
        return ACRM_OK;
    for (size_t i = 0; text && acrm__uuid_parse(text, len, id) && i < run->n_parts; i++)
        if (memcmp(id, acrm__id(run->parts[i], F_ID), 16) == 0)
            *part = i;
    if (*part != SIZE_MAX)
        return ACRM_OK;
    return acrm__fail(run->call, ACRM_E_INVALID, "choice", "fields",
                      "fields.%s must be the id of one of the customers merged", def->name);
}

static uint32_t survive_leader(const survive_run *run, uint32_t field)
{
    const acrm__fieldinfo *f = &run->merge->customer->fields[field];
    const char *leader = acrm__merge_rule_leader(f->def.name);

    if (f->def.type == ACRM__T_MONEY)
        return f->currency;
    return leader ? acrm__field_of(run->merge->customer, leader) : UINT32_MAX;
}

/* *part becomes whose value it is to be, or *united is set to a value made of all. */
static int32_t survive_choose(survive_run *run, uint32_t field, size_t *part, acrm_cell *united)
{
    const acrm__fieldinfo *f = &run->merge->customer->fields[field];
    uint32_t leader = survive_leader(run, field);
    acrm__merge_rule rule;
    bool own;

    united->type = SURVIVE_UNION;
    int32_t st = survive_pick(run, field, part);
    if (st != ACRM_OK || *part != SIZE_MAX)
        return st;
    st = acrm__merge_rule_find(run->merge, &run->stored, f->def.name, &rule, &own);
    if (st != ACRM_OK)
        return st;
    if (leader != UINT32_MAX && !own) {
        acrm_cell unused;
        st = survive_choose(run, leader, part, &unused);
        if (st != ACRM_OK || survive_has(run, *part, leader))
            return st;
    }
    *part = survive_best(run, &rule, field);
    if (rule.rule == ACRM__MERGE_UNION && f->def.type == ACRM__T_TEXT &&
        !(f->def.flags & ACRM__ENCRYPTED))
        return survive_union_text(run, field, united);
    if (rule.rule == ACRM__MERGE_UNION && f->def.type == ACRM__T_JSON)
        return survive_union_json(run, field, united);
    return ACRM_OK;
}

/* --- Writing --- */

typedef struct survive_change {
    uint32_t field;
    size_t part; /* 0 with a value made of all */
    acrm_cell before;
} survive_change;

static bool survive_merges(const acrm__entity *customer, uint32_t field)
{
    const uint32_t never = ACRM__READ_ONLY | ACRM__HIDDEN | ACRM__PINNED;
    return !(customer->fields[field].def.flags & never);
}

static int32_t survive_set(survive_run *run, uint32_t field, survive_change *changes, size_t *n)
{
    acrm__rec *survivor = run->merge->survivor;
    acrm_cell before, after, united;
    size_t part;

    int32_t st = survive_choose(run, field, &part, &united);
    if (st != ACRM_OK)
        return st;
    st = acrm__merge_plain(run->call, survivor, field, &before);
    if (st == ACRM_OK)
        st = acrm__merge_plain(run->call, run->parts[part], field, &after);
    if (st != ACRM_OK)
        return st;
    if (united.type != SURVIVE_UNION)
        after = united;
    if (acrm__cell_equal(&before, &after))
        return ACRM_OK;
    acrm__set(survivor, field, after);
    changes[(*n)++] = (survive_change){ field, united.type == SURVIVE_UNION ? part : 0, before };
    return ACRM_OK;
}

static int32_t survive_show_cell(survive_run *run, const acrm__rec *rec, uint32_t field,
                                 const acrm_cell *cell, acrm_value *value)
{
    const acrm__fieldinfo *f = &rec->entity->fields[field];
    int32_t digits = f->def.type == ACRM__T_MONEY
                         ? acrm__money_digits(rec->entity, field, rec->cells) : 0;

    return value ? acrm__encode(run->call, f, cell, digits, value) : acrm__nomem(run->call);
}

static int32_t survive_show(survive_run *run, const survive_change *change)
{
    const acrm__entity *customer = run->merge->customer;
    acrm_cell after;
    bool seen = acrm__may_see_field(run->merge->caller, customer, change->field);
    const unsigned char *from = change->part ? acrm__id(run->parts[change->part], F_ID) : NULL;
    acrm_value *item = acrm__add_map(run->merge->changed);
    bool ok = item &&
              acrm__put_text(item, "field", customer->fields[change->field].def.name) &&
              acrm__put_text(item, "from", from ? acrm__id_text(run->call, from) : NULL);

    if (!ok)
        return acrm__nomem(run->call);
    if (!seen)
        return ACRM_OK;
    int32_t st = acrm__merge_plain(run->call, run->merge->survivor, change->field, &after);
    if (st == ACRM_OK)
        st = survive_show_cell(run, run->merge->survivor, change->field, &change->before,
                               acrm_value_put(item, "before"));
    return st == ACRM_OK ? survive_show_cell(run, run->merge->survivor, change->field, &after,
                                             acrm_value_put(item, "after"))
                         : st;
}

static int32_t survive_note(survive_run *run, const survive_change *change)
{
    acrm__merge *merge = run->merge;
    acrm__rec was = *merge->survivor;
    acrm_cell *cells = acrm__cells_copy(run->call->arena, was.cells, was.entity->n_fields);
    acrm_value *kept = acrm__value_in(run->call->arena);

    if (!cells || !kept || acrm_value_set_map(kept) != ACRM_OK)
        return acrm__nomem(run->call);
    was.cells = cells;
    cells[change->field] = change->before;
    int32_t st = acrm__merge_kept_put(run->call, &was, change->field, kept, "before");
    if (st == ACRM_OK)
        st = acrm__merge_kept_put(run->call, merge->survivor, change->field, kept, "after");
    if (st == ACRM_OK)
        st = acrm__merge_note_item(merge, &(acrm__merge_note){ .action = "field",
            .field = was.entity->fields[change->field].def.name, .rec = merge->survivor,
            .from = acrm__id(run->parts[change->part], F_ID), .kept = kept });
    return st == ACRM_OK ? survive_show(run, change) : st;
}

static int32_t survive_begin(acrm__merge *merge, survive_run *run)
{
    acrm__call *call = merge->call;

    *run = (survive_run){ .merge = merge, .call = call, .n_parts = merge->n_others + 1 };
    run->parts = acrm__arena_array(call->arena, run->n_parts, sizeof(acrm__rec *));
    /* Rules read the survivor as it was while its fields are being set. */
    acrm__rec *was = acrm__rec_from_row(call, merge->customer, merge->survivor->cells);
    if (!run->parts || !was)
        return acrm__nomem(call);
    run->parts[0] = was;
    memcpy(run->parts + 1, merge->others, merge->n_others * sizeof(acrm__rec *));
    return acrm__find(call, &(acrm__select){ .entity = "merge_rule" }, &run->stored);
}

int32_t acrm__merge_survive(acrm__merge *merge)
{
    acrm__call *call = merge->call;
    uint32_t n_fields = merge->customer->n_fields;
    survive_change *changes = acrm__arena_array(call->arena, n_fields, sizeof *changes);
    survive_run run;
    size_t n = 0;

    int32_t st = changes ? survive_begin(merge, &run) : acrm__nomem(call);
    for (uint32_t i = F_SYSTEM_COUNT; i < n_fields && st == ACRM_OK; i++)
        if (survive_merges(merge->customer, i))
            st = survive_set(&run, i, changes, &n);
    if (st == ACRM_OK)
        st = acrm__update(call, merge->survivor);
    for (size_t i = 0; i < n && st == ACRM_OK; i++)
        st = survive_note(&run, &changes[i]);
    return st;
}

/* --- Before anything is done --- */

static int32_t survive_differs(survive_run *run, uint32_t field, bool *out)
{
    acrm_cell first, cell;
    int32_t st = acrm__merge_plain(run->call, run->parts[0], field, &first);

    *out = false;
    for (size_t i = 1; st == ACRM_OK && i < run->n_parts && !*out; i++) {
        st = acrm__merge_plain(run->call, run->parts[i], field, &cell);
        *out = st == ACRM_OK && !acrm__cell_equal(&first, &cell);
    }
    return st;
}

static int32_t survive_offer(survive_run *run, uint32_t field, acrm_value *item)
{
    acrm_value *values = acrm__put_list(item, "values");
    int32_t st = values ? ACRM_OK : acrm__nomem(run->call);

    for (size_t i = 0; st == ACRM_OK && i < run->n_parts; i++) {
        acrm_value *value = acrm_value_add(values);
        acrm_cell cell;
        if (!value)
            return acrm__nomem(run->call);
        st = acrm__merge_plain(run->call, run->parts[i], field, &cell);
        if (st == ACRM_OK)
            st = survive_show_cell(run, run->parts[i], field, &cell, value);
    }
    return st;
}

static int32_t survive_plan(survive_run *run, uint32_t field, acrm_value *fields)
{
    const acrm__rec *survivor = run->merge->survivor;
    bool differs = false;
    acrm_cell after, united;
    size_t part = 0;

    if (!acrm__may_see_field(run->merge->caller, survivor->entity, field))
        return ACRM_OK;
    int32_t st = survive_differs(run, field, &differs);
    if (st != ACRM_OK || !differs)
        return st;
    st = survive_choose(run, field, &part, &united);
    if (st == ACRM_OK)
        st = acrm__merge_plain(run->call, run->parts[part], field, &after);
    if (st != ACRM_OK)
        return st;
    bool whole = united.type == SURVIVE_UNION;
    const char *from = acrm__id_text(run->call, acrm__id(run->parts[part], F_ID));
    acrm_value *item = acrm__add_map(fields);
    if (!item ||
        !acrm__put_text(item, "field", survivor->entity->fields[field].def.name) ||
        !acrm__put_text(item, "from", whole ? from : NULL))
        return acrm__nomem(run->call);
    st = survive_show_cell(run, run->parts[part], field, whole ? &after : &united,
                           acrm_value_put(item, "after"));
    return st == ACRM_OK ? survive_offer(run, field, item) : st;
}

int32_t acrm__merge_plan(acrm__merge *merge, acrm_value *fields)
{
    survive_run run;
    int32_t st = survive_begin(merge, &run);

    for (uint32_t i = F_SYSTEM_COUNT; i < merge->customer->n_fields && st == ACRM_OK; i++)
        if (survive_merges(merge->customer, i))
            st = survive_plan(&run, i, fields);
    return st;
}
