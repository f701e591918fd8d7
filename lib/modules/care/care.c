/* SPDX-License-Identifier: MIT */
/* What the files of the module care share. */
#include "modules/care/care.h"

#include "base/civil.h"
#include "base/json.h"
#include "engines/filter/eval.h"

/* --- Values and records --- */

acrm_value *acrm__care_map(acrm__call *call)
{
    acrm_value *map = acrm__value_in(call->arena);
    return map && acrm_value_set_map(map) == ACRM_OK ? map : NULL;
}

int32_t acrm__care_json(acrm__call *call, const acrm_value *value, acrm_cell *out)
{
    acrm__str text;

    acrm__str_init(&text, &call->arena->allocator);
    acrm__json_write(&text, value, 0);
    const char *json = text.failed ? NULL : acrm__arena_text(call->arena, text.data, text.len);
    if (json)
        *out = acrm__cell_textn(json, text.len);
    acrm__str_free(&text);
    return json ? ACRM_OK : acrm__nomem(call);
}

int32_t acrm__care_read(acrm__call *call, const acrm_cell *cell, acrm_value **out)
{
    acrm__json_fault fault;

    *out = NULL;
    if (cell->type != ACRM_CELL_TEXT)
        return ACRM_OK;
    int32_t st = acrm__json_read(call->arena, cell->data, cell->size, out, &fault);
    return st == ACRM_OK ? st : acrm__json_error(call->err, st, &fault);
}

int32_t acrm__care_by_code(acrm__call *call, const char *entity, uint32_t field, const char *code,
                           const char *arg, acrm__rec **out)
{
    acrm__term term = { field, ACRM_FILTER_EQ, acrm__cell_text(code) };

    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = entity, .terms = &term,
                                                       .n_terms = 1, .as_system = true }, out);
    if (st == ACRM_OK && !*out)
        st = acrm__fail(call, ACRM_E_INVALID, "reference", arg,
                        "there is no %s with the code %.64s", entity, code);
    return st;
}

int32_t acrm__care_follow(acrm__call *call, const acrm__rec *rec, uint32_t field,
                          acrm__rec **out)
{
    acrm__call system = acrm__care_system(call);
    const acrm__fieldinfo *f = &rec->entity->fields[field];
    const unsigned char *id = acrm__id(rec, field);

    *out = NULL;
    return id ? acrm__load(&system, f->def.target, id, f->def.name, out) : ACRM_OK;
}

int32_t acrm__care_emit(acrm__call *call, const char *type, const acrm__rec *rec)
{
    static const uint32_t texts[] = { F_case__number, F_case__kind, F_case__status,
                                      F_case__priority };
    static const uint32_t ids[] = { F_case__type_id, F_case__dealer_id, F_case__owner_id,
                                    F_case__queue_id };
    acrm_value *data = acrm__care_map(call);
    bool ok = data != NULL;

    for (size_t i = 0; ok && i < sizeof texts / sizeof texts[0]; i++)
        ok = acrm__put_text(data, rec->entity->fields[texts[i]].def.name,
                            acrm__text(rec, texts[i]));
    for (size_t i = 0; ok && i < sizeof ids / sizeof ids[0]; i++) {
        const unsigned char *id = acrm__id(rec, ids[i]);
        ok = acrm__put_text(data, rec->entity->fields[ids[i]].def.name,
                            id ? acrm__id_text(call, id) : NULL);
    }
    return ok ? acrm__emit(call, type, "case", acrm__id(rec, F_ID), data) : acrm__nomem(call);
}

const unsigned char *acrm__care_self(const acrm__call *call)
{
    const acrm__principal *principal = &call->session->principal;
    return principal->kind == ACRM__PRINCIPAL_CUSTOMER ? principal->id : NULL;
}

bool acrm__care_done(const acrm__rec *rec)
{
    return !acrm__is_null(rec, F_DELETED_AT) || acrm__care_is(rec, F_case__status, "resolved") ||
           acrm__care_is(rec, F_case__status, "closed");
}

/* --- Local time --- */

/* The zone of a dealer that has one is loaded, and the caller frees it; *zone NULL: UTC. */
static int32_t care_zone(acrm__call *call, const acrm__rec *dealer, acrm_zone **loaded,
                         const acrm_zone **zone)
{
    acrm_engine *engine = call->session->engine;
    const char *name = dealer ? acrm__text(dealer, acrm__field_of(dealer->entity, "zone")) : NULL;

    *loaded = NULL;
    *zone = engine->clock_zone;
    if (!name)
        return ACRM_OK;
    int32_t st = acrm_zone_load(name, NULL, &engine->allocator, loaded, NULL);
    if (st != ACRM_OK)
        return acrm__fail(call, st == ACRM_E_NOTFOUND ? ACRM_E_INVALID : st, "zone", "dealer_id",
                          "the dealer's time zone %.64s cannot be read: give the dealer a zone of "
                          "the IANA list", name);
    *zone = *loaded;
    return ACRM_OK;
}

int32_t acrm__care_local(acrm__call *call, const acrm__rec *dealer, int64_t at, acrm_local *out)
{
    acrm_zone *loaded;
    const acrm_zone *zone;
    int32_t st = care_zone(call, dealer, &loaded, &zone);

    if (st != ACRM_OK)
        return st;
    *out = (acrm_local){ .struct_size = sizeof *out };
    if (zone) {
        st = acrm_zone_to_local(zone, at, out);
    } else {
        out->day = (int32_t)acrm__floor_div(at, ACRM__DAY_US);
        out->second = (int32_t)(acrm__floor_mod(at, ACRM__DAY_US) / ACRM__SECOND_US);
    }
    acrm_zone_free(loaded);
    return st == ACRM_OK ? st
                         : acrm__fail(call, st, "range", NULL, "an instant is out of range");
}

int32_t acrm__care_midnight(acrm__call *call, const acrm__rec *dealer, int32_t day, int64_t *out)
{
    acrm_zone *loaded;
    const acrm_zone *zone;
    int32_t st = care_zone(call, dealer, &loaded, &zone);

    if (st != ACRM_OK)
        return st;
    *out = day * ACRM__DAY_US;
    if (zone)
        st = acrm_zone_to_instant(zone, day, 0, out, NULL);
    acrm_zone_free(loaded);
    return st == ACRM_OK ? st : acrm__fail(call, st, "range", NULL, "a date is out of range");
}

/* --- Conditions --- */

int32_t acrm__care_condition(acrm__call *call, const acrm_cell *json, const acrm_filter_node **out)
{
    acrm_value *condition;
    int32_t st = acrm__care_read(call, json, &condition);

    *out = NULL;
    return st == ACRM_OK && condition
               ? acrm__filter(call, acrm__entity_of(call, "case"), condition, "condition", out)
               : st;
}

static int32_t care_any_row(void *user, const acrm_cell *cells, uint32_t n)
{
    (void)cells;
    (void)n;
    *(bool *)user = true;
    return 1;
}

/* What a condition asks of related records is asked of the storage. */
static int32_t care_related(void *self, const acrm_filter_node *node, const acrm_cell *value,
                            uint32_t depth, bool *truth)
{
    acrm_filter_node nodes[4];
    acrm_cell null = acrm__cell_null();

    (void)depth;
    *truth = false;
    nodes[0] = (acrm_filter_node){ .op = ACRM_FILTER_AND, .n_children = 3, .children = nodes + 1 };
    nodes[1] = (acrm_filter_node){ .op = ACRM_FILTER_EQ, .column = node->related_column,
                                   .values = value, .n_values = 1 };
    nodes[2] = node->children[0];
    nodes[3] = (acrm_filter_node){ .op = ACRM_FILTER_TRUE };
    if (node->related->deleted_at != UINT32_MAX)
        nodes[3] = (acrm_filter_node){ .op = ACRM_FILTER_EQ, .column = node->related->deleted_at,
                                       .values = &null, .n_values = 1 };
    acrm_query query = { .struct_size = sizeof query, .table = node->related, .where = nodes,
                         .limit = 1 };
    return acrm__query(self, &query, care_any_row, truth);
}

int32_t acrm__care_fits(acrm__call *call, const acrm_filter_node *where, const acrm__rec *rec,
                        bool *out)
{
    acrm__filter_relations relations = { .self = call, .any = care_related };
    acrm__filter_row row = { .table = &rec->entity->table, .cells = rec->cells };

    *out = true;
    if (!where)
        return ACRM_OK;
    int32_t st = acrm__filter_eval(where, &row, &relations, 0, out);
    return st == ACRM_E_NOMEM ? acrm__nomem(call) : st;
}
