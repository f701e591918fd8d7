/* SPDX-License-Identifier: MIT */
/* A row of the file as the fields of a record and of its related records, every fault named. */
#include "modules/integration/upsert.h"

#include <string.h>

typedef struct draft_run {
    acrm__upsert_row *row;
    acrm_value *children[ACRM__UPSERT_CHILDREN_MAX]; /* fields given of each; NULL: none */
} draft_run;

static int32_t draft_add_child(acrm__upsert_row *row, int32_t number, const acrm_value *fields)
{
    const acrm__upsert_child *child = &row->plan->children[number];
    acrm_value *all = acrm__value_in(row->call->arena);
    const char *country = acrm__get_text(row->fields, "country");
    bool ok = all && acrm_value_set_map(all) == ACRM_OK;

    if (row->n_children == ACRM__UPSERT_ROW_CHILDREN_MAX)
        return acrm__upsert_row_fault(row, child->relation, child->relation, "limit",
                                      "a row makes %d related records at most",
                                      ACRM__UPSERT_ROW_CHILDREN_MAX);
    for (size_t i = 0; ok && i < acrm_value_count(child->set); i++)
        ok = acrm__put_value(all, acrm_value_key(child->set, i, NULL),
                             acrm_value_at(child->set, i));
    for (size_t i = 0; ok && i < acrm_value_count(fields); i++)
        ok = acrm__put_value(all, acrm_value_key(fields, i, NULL), acrm_value_at(fields, i));
    if (ok && child->contact && country && strlen(country) == 2 && !acrm_value_get(all, "country"))
        ok = acrm__put_text(all, "country", country);
    row->children[row->n_children++] = (acrm__upsert_row_child){ .child = child, .number = number,
                                                                 .fields = all };
    return ok ? ACRM_OK : acrm__nomem(row->call);
}

/* A list of whole related records, as JSON lines and vCards have them. */
static int32_t draft_list(acrm__upsert_row *row, const acrm__upsert_column *column,
                          const acrm_value *list)
{
    const acrm__upsert_target *target = &column->targets[0];
    const char *relation = row->plan->children[target->child].relation;
    int32_t st = ACRM_OK;

    if (acrm_value_type(list) != ACRM_LIST)
        return acrm__upsert_row_fault(row, relation, column->name ? column->name : relation,
                                      "type", "%s must be a list", relation);
    for (size_t i = 0; st == ACRM_OK && i < acrm_value_count(list); i++) {
        const acrm_value *item = acrm_value_at(list, i);
        if (acrm_value_type(item) != ACRM_MAP)
            return acrm__upsert_row_fault(row, relation, column->name ? column->name : relation,
                                          "type", "%s must be a list of objects", relation);
        st = draft_add_child(row, target->child, item);
    }
    return st;
}

static int32_t draft_put(draft_run *run, const acrm__upsert_column *column,
                         const acrm__upsert_target *target, const acrm_value *value)
{
    acrm__upsert_row *row = run->row;
    acrm_value *into = row->fields;
    const acrm__entity *entity = row->plan->entity;

    if (target->child >= 0) {
        if (!value)
            return ACRM_OK;
        if (target->field == UINT32_MAX)
            return draft_list(row, column, value);
        if (!run->children[target->child]) {
            run->children[target->child] = acrm__value_in(row->call->arena);
            if (!run->children[target->child] ||
                acrm_value_set_map(run->children[target->child]) != ACRM_OK)
                return acrm__nomem(row->call);
        }
        into = run->children[target->child];
        entity = row->plan->children[target->child].entity;
    }
    const char *name = entity->fields[target->field].def.name;
    bool there = acrm_value_type(acrm_value_get(into, name)) != ACRM_NULL;
    if (there && (!value || !column->name)) /* neither a blank nor a constant overrides it */
        return ACRM_OK;
    if (!value)
        return !column->clears || acrm__put_null(into, name) ? ACRM_OK : acrm__nomem(row->call);
    return acrm__put_value(into, name, value) ? ACRM_OK : acrm__nomem(row->call);
}

static int32_t draft_value(draft_run *run, const acrm__upsert_column *column,
                           const acrm__upsert_target *target, const acrm_value *given)
{
    acrm__upsert_row *row = run->row;
    const acrm__entity *entity = target->child < 0 ? row->plan->entity
                                                   : row->plan->children[target->child].entity;
    const acrm_value *value = NULL;
    acrm__upsert_fault fault;

    int32_t st = acrm__upsert_value(row->call, row->plan, column, target, given, &value, &fault);
    if (st != ACRM_OK)
        return st;
    if (fault.reason) {
        const char *field = entity->fields[target->field].def.name;
        return acrm__upsert_row_fault(row, field, column->name ? column->name : field,
                                      fault.reason, "%s", fault.message);
    }
    return draft_put(run, column, target, value);
}

/* The first or the last separator in a part of a text; `to` when there is none. */
static size_t draft_cut(const char *text, size_t from, size_t to, const char *separator, bool last)
{
    size_t step = strlen(separator), cut = to;

    for (size_t k = from; k + step <= to && (last || cut == to); k++)
        if (memcmp(text + k, separator, step) == 0)
            cut = k;
    return cut;
}

/* "Mario Luigi Rossi" at its last blank: "Mario Luigi" and "Rossi". */
static int32_t draft_split(draft_run *run, const acrm__upsert_column *column,
                           const acrm_value *given)
{
    const char *separator = column->separator ? column->separator : " ";
    size_t from = 0, to = 0;
    const char *text = acrm_value_text(given, &to);
    int32_t st = ACRM_OK;

    while (to > from && text[to - 1] == ' ')
        to--;
    while (from < to && text[from] == ' ')
        from++;
    for (uint32_t i = 0; st == ACRM_OK && i < column->n_targets; i++) {
        bool tail = i + 1 == column->n_targets;
        bool last = !column->first && i + 2 == column->n_targets;
        size_t cut = tail ? to : draft_cut(text, from, to, separator, last);
        acrm_value *part = acrm__value_in(run->row->call->arena);
        if (!part || acrm_value_set_text(part, text + from, cut - from) != ACRM_OK)
            return acrm__nomem(run->row->call);
        st = draft_value(run, column, &column->targets[i], part);
        from = cut < to ? cut + strlen(separator) : to;
    }
    return st;
}

static int32_t draft_column(draft_run *run, const acrm__upsert_column *column)
{
    const acrm_value *given = column->name ? acrm_value_get(run->row->given, column->name)
                                           : column->constant;
    bool text = acrm_value_type(given) == ACRM_TEXT;

    if (!given && !run->row->plan->table && !column->preset && !column->values)
        return ACRM_OK; /* only a table has blanks: elsewhere what is absent was not said */
    if (column->n_targets > 1 && text)
        return draft_split(run, column, given);
    return draft_value(run, column, &column->targets[0], given);
}

/* --- Assigning --- */

/* Faults that the kernel named, with the columns that gave the values. */
static int32_t draft_faults(acrm__upsert_row *row, const acrm_value *faults, int32_t child,
                            const acrm__entity *entity, const char *prefix)
{
    int32_t st = ACRM_OK;

    for (size_t i = 0; st == ACRM_OK && i < acrm_value_count(faults); i++) {
        const acrm_value *fault = acrm_value_at(faults, i);
        const char *name = acrm__get_text(fault, "field");
        uint32_t field = acrm__entity_field(entity, name, strlen(name));
        const acrm__upsert_column *column = acrm__upsert_column_of(row->plan, child, field);
        const char *path = acrm__arena_format(row->call->arena, "%s%s", prefix, name);
        if (!path)
            return acrm__nomem(row->call);
        st = acrm__upsert_row_fault(row, path, column && column->name ? column->name : path,
                                    acrm__get_text(fault, "reason"), "%s",
                                    acrm__get_text(fault, "message"));
    }
    return st;
}

static int32_t draft_assign(acrm__upsert_row *row, acrm__rec *rec, const acrm_value *fields,
                            int32_t child, const char *prefix)
{
    acrm_value *faults = acrm__value_in(row->call->arena);

    if (!faults || acrm_value_set_list(faults) != ACRM_OK)
        return acrm__nomem(row->call);
    int32_t st = acrm__assign(row->call, rec, fields, "", NULL, faults);
    if (st == ACRM_OK)
        st = draft_faults(row, faults, child, rec->entity, prefix);
    return st == ACRM_E_NOMEM ? acrm__nomem(row->call) : st;
}

static int32_t draft_child(acrm__upsert_row *row, uint32_t n)
{
    acrm__upsert_row_child *child = &row->children[n];
    const char *prefix = acrm__arena_format(row->call->arena, "%s[%u].", child->child->relation, n);

    child->rec = acrm__new(row->call, child->child->entity->def->name);
    if (!child->rec || !prefix)
        return acrm__nomem(row->call);
    return draft_assign(row, child->rec, child->fields, child->number, prefix);
}

int32_t acrm__upsert_derive_child(acrm__upsert_row *row, acrm__upsert_row_child *child)
{
    bool differs;

    if (child->derived)
        return ACRM_OK;
    child->derived = true;
    return acrm__derive(row->call, child->rec, &differs);
}

int32_t acrm__upsert_derive(acrm__upsert_row *row)
{
    bool differs;

    if (row->derived)
        return ACRM_OK;
    row->derived = true;
    return acrm__derive(row->call, row->fresh, &differs);
}

/* When a row is refused anyway, what else is missing is named too. */
static int32_t draft_missing(acrm__upsert_row *row)
{
    acrm__call quiet = *row->call;
    bool differs;
    int32_t st = ACRM_OK;

    quiet.err = NULL;
    (void)acrm__derive(&quiet, row->fresh, &differs);
    for (uint32_t i = F_SYSTEM_COUNT; st == ACRM_OK && i < row->fresh->entity->n_fields; i++) {
        const acrm__fieldinfo *f = &row->fresh->entity->fields[i];
        bool named = false;
        for (size_t k = 0; k < acrm_value_count(row->faults); k++)
            named = named || strcmp(acrm__get_text(acrm_value_at(row->faults, k), "field"),
                                    f->def.name) == 0;
        if (!(f->def.flags & ACRM__REQUIRED) || !acrm__is_null(row->fresh, i) || named)
            continue;
        const acrm__upsert_column *column = acrm__upsert_column_of(row->plan, -1, i);
        st = acrm__upsert_row_fault(row, f->def.name,
                                    column && column->name ? column->name : f->def.name,
                                    "required", "%s is required", f->def.name);
    }
    return st;
}

int32_t acrm__upsert_draft(acrm__upsert_row *row)
{
    draft_run *run = acrm__arena_zero(row->call->arena, sizeof *run);
    int32_t st = ACRM_OK;

    row->fresh = acrm__new(row->call, row->plan->entity->def->name);
    row->fields = acrm__value_in(row->call->arena);
    row->faults = acrm__value_in(row->call->arena);
    if (!run || !row->fresh || !row->fields || !row->faults ||
        acrm_value_set_map(row->fields) != ACRM_OK || acrm_value_set_list(row->faults) != ACRM_OK)
        return acrm__nomem(row->call);
    run->row = row;
    for (uint32_t i = 0; st == ACRM_OK && i < row->plan->n_columns; i++)
        st = draft_column(run, &row->plan->columns[i]);
    for (uint32_t i = 0; st == ACRM_OK && i < row->plan->n_children; i++)
        if (run->children[i])
            st = draft_add_child(row, (int32_t)i, run->children[i]);
    if (st == ACRM_OK)
        st = draft_assign(row, row->fresh, row->fields, -1, "");
    for (uint32_t i = 0; st == ACRM_OK && i < row->n_children; i++)
        st = draft_child(row, i);
    if (st == ACRM_OK && acrm_value_count(row->faults) > 0)
        return draft_missing(row);
    return st;
}
