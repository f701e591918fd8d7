/* SPDX-License-Identifier: MIT */
/* The registry as the filter language sees it. */
#include "engines/filter/parse.h"

#include "base/civil.h"
#include "engines/filter/nearest.h"
#include "kernel/inside.h"

#include <string.h>

static const int32_t filter_types[] = {
    [ACRM__T_ID] = ACRM__FT_ID, [ACRM__T_REF] = ACRM__FT_ID, [ACRM__T_TEXT] = ACRM__FT_TEXT,
    [ACRM__T_BOOL] = ACRM__FT_BOOL, [ACRM__T_INT] = ACRM__FT_INT, [ACRM__T_REAL] = ACRM__FT_REAL,
    [ACRM__T_DECIMAL] = ACRM__FT_TEXT, [ACRM__T_MONEY] = ACRM__FT_MONEY,
    [ACRM__T_INSTANT] = ACRM__FT_INSTANT, [ACRM__T_DATE] = ACRM__FT_DATE,
    [ACRM__T_TIME] = ACRM__FT_TIME, [ACRM__T_DURATION] = ACRM__FT_DURATION,
    [ACRM__T_ENUM] = ACRM__FT_ENUM, [ACRM__T_JSON] = ACRM__FT_JSON,
    [ACRM__T_BYTES] = ACRM__FT_BYTES,
};

static int32_t filter_field(acrm__call *call, const acrm__entity *entity, uint32_t n,
                            acrm__filter_field *out)
{
    const acrm__fieldinfo *f = &entity->fields[n];

    if (f->def.flags & ACRM__HIDDEN || !acrm__may_see_field(call, entity, n))
        return ACRM_E_NOTFOUND;
    *out = (acrm__filter_field){
        .kind = ACRM__FILTER_FIELD, .column = n, .type = filter_types[f->def.type],
        .digits = -1, .currency = f->currency,
        .choices = (const char *const *)f->choices, .n_choices = f->n_choices,
    };
    out->entity = entity;
    if (f->def.type == ACRM__T_DECIMAL)
        out->encoded = 1;
    if (!(f->def.flags & ACRM__ENCRYPTED))
        return ACRM_OK;
    if (f->blind == UINT32_MAX)
        return ACRM_E_UNSUPPORTED;
    out->column = f->blind;
    out->encoded = 1;
    return ACRM_OK;
}

static int32_t filter_resolve(void *self, const void *owner, const char *name, size_t len,
                              acrm__filter_field *out)
{
    acrm__call *call = self;
    const acrm__entity *entity = owner;
    const acrm__registry *r = call->session->registry;

    uint32_t n = acrm__entity_field(entity, name, len);
    if (n != UINT32_MAX)
        return filter_field(call, entity, n, out);
    n = acrm__entity_relation(entity, name, len);
    if (n != UINT32_MAX && acrm__may_see_field(call, entity, n)) {
        const acrm__entity *target = r->entities[entity->fields[n].target];
        *out = (acrm__filter_field){ .kind = ACRM__FILTER_TO_ONE, .column = n, .entity = target,
                                     .table = &target->table, .related_column = F_ID };
        return ACRM_OK;
    }
    const acrm__inverse *inverse = acrm__entity_inverse(entity, name, len);
    if (!inverse)
        return ACRM_E_NOTFOUND;
    const acrm__entity *many = r->entities[inverse->entity];
    *out = (acrm__filter_field){ .kind = ACRM__FILTER_TO_MANY, .column = F_ID, .entity = many,
                                 .table = &many->table, .related_column = inverse->field };
    return ACRM_OK;
}

static const char *filter_name_at(const void *user, size_t n)
{
    const acrm__entity *entity = user;

    if (n < entity->n_fields)
        return entity->fields[n].def.name;
    n -= entity->n_fields;
    return n < entity->n_inverses ? entity->inverses[n].name : NULL;
}

static const char *filter_suggest(void *self, const void *entity, const char *name, size_t len)
{
    (void)self;
    return acrm__nearest(name, len, filter_name_at, entity);
}

/* A value of an encrypted field is looked for by its blind index, a decimal by its one form. */
static int32_t filter_encode(void *self, const acrm__filter_field *field, const acrm_value *value,
                             acrm__arena *arena, acrm_cell *out)
{
    acrm__call *call = self;
    const acrm__entity *entity = field->entity;
    size_t len;
    const char *text = acrm_value_text(value, &len);

    (void)arena;
    if (!text)
        return ACRM_E_INVALID;
    if (entity->fields[field->column].def.type == ACRM__T_DECIMAL)
        return acrm__decimal_normalise(call, text, len, out) ? ACRM_OK : ACRM_E_INVALID;
    for (uint32_t i = 0; i < entity->n_fields; i++)
        if (entity->fields[i].blind == field->column)
            return acrm__blind(call, entity, i, text, len, out);
    return ACRM_E_INVALID;
}

static int32_t filter_variable(void *self, const char *name, size_t len, const acrm_cell **cells,
                               uint32_t *n_cells)
{
    acrm__call *call = self;
    const acrm__principal *p = &call->session->principal;
    acrm_cell *one = acrm__arena_zero(call->arena, sizeof *one);
    bool is_user = p->kind == ACRM__PRINCIPAL_USER;

    if (!one)
        return ACRM_E_NOMEM;
    *cells = one;
    *n_cells = 1;
    if (len == 2 && memcmp(name, "id", 2) == 0) {
        if (p->kind != ACRM__PRINCIPAL_SYSTEM)
            *one = acrm__cell_blob(p->id, 16);
    } else if (len == 9 && memcmp(name, "dealer_id", 9) == 0) {
        if (is_user && p->has_dealer)
            *one = acrm__cell_blob(p->dealer_id, 16);
    } else if (len == 10 && memcmp(name, "dealer_ids", 10) == 0) {
        *cells = p->dealer_ids;
        *n_cells = p->n_dealer_ids;
    } else if (len == 8 && memcmp(name, "team_ids", 8) == 0) {
        *cells = p->team_ids;
        *n_cells = p->n_team_ids;
    } else {
        return ACRM_E_NOTFOUND;
    }
    return ACRM_OK;
}

bool acrm__day_start(const acrm__call *call, int32_t day, int64_t *us)
{
    const acrm_zone *zone = call->session->engine->clock_zone;

    if (!zone) {
        *us = day * ACRM__DAY_US;
        return true;
    }
    return acrm_zone_to_instant(zone, day, 0, us, NULL) == ACRM_OK;
}

static bool filter_day_start(void *self, int32_t day, int64_t *us)
{
    return acrm__day_start(self, day, us);
}

int32_t acrm__day_of(const acrm__call *call, int64_t us)
{
    const acrm_zone *zone = call->session->engine->clock_zone;
    acrm_local local = { .struct_size = sizeof local };

    if (zone && acrm_zone_to_local(zone, us, &local) == ACRM_OK)
        return local.day;
    return (int32_t)acrm__floor_div(us, ACRM__DAY_US);
}

int32_t acrm__today(const acrm__call *call)
{
    return acrm__day_of(call, call->now);
}

int32_t acrm__filter(acrm__call *call, const acrm__entity *entity, const acrm_value *filter,
                     const char *path, const acrm_filter_node **out)
{
    acrm__filter_schema schema = { .self = call, .resolve = filter_resolve,
                                   .suggest = filter_suggest, .encode = filter_encode };
    acrm__filter_context context = {
        .self = call, .now_us = call->now, .variable = filter_variable,
        .today = acrm__today(call), .day_start = filter_day_start,
    };

    return acrm__filter_parse(call->arena, &schema, &context, entity, &entity->table, filter, path,
                              out, call->err);
}
