/* SPDX-License-Identifier: MIT */
/* Relationships as they are written: two customers, of the right kind, once at a time. */
#include "modules/ties/entities.h"
#include "modules/ties/ties.h"

#include <string.h>

/* --- Types --- */

static int32_t type_by(acrm__call *call, uint32_t field, const char *code, acrm__rec **out)
{
    const acrm__term term = { field, ACRM_FILTER_EQ, acrm__cell_text(code) };
    return acrm__find_one(call, &(acrm__select){ .entity = "relationship_type", .terms = &term,
                                                 .n_terms = 1, .as_system = true }, out);
}

/* A code means one thing, whichever side it names. */
static int32_t type_code_free(acrm__call *call, const acrm__rec *rec, uint32_t here,
                              uint32_t there, const char *place)
{
    const char *code = acrm__text(rec, here);
    acrm__rec *other = NULL;
    int32_t st = code ? type_by(call, there, code, &other) : ACRM_OK;

    if (st != ACRM_OK || !other ||
        (acrm__id(rec, F_ID) && memcmp(acrm__id(other, F_ID), acrm__id(rec, F_ID), 16) == 0))
        return st;
    return acrm__fail(call, ACRM_E_CONFLICT, "duplicate", place,
                      "%s is a side of another relationship type already", code);
}

int32_t acrm__ties_type_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    const char *code = acrm__text(rec, F_relationship_type__code);
    const char *inverse = acrm__text(rec, F_relationship_type__inverse_code);
    bool symmetric = acrm__int(rec, F_relationship_type__symmetric) != 0;

    if (!acrm__is_null(rec, F_DELETED_AT))
        return ACRM_OK;
    if (symmetric && inverse)
        return acrm__fail(call, ACRM_E_INVALID, "symmetric", "inverse_code",
                          "a symmetric type has one code for both sides");
    if (!symmetric && (!inverse || (code && strcmp(code, inverse) == 0)))
        return acrm__fail(call, ACRM_E_INVALID, "required", "inverse_code",
                          "inverse_code must name the other side, or the type be symmetric");
    if (before && acrm__changed(rec, F_relationship_type__symmetric))
        return acrm__fail(call, ACRM_E_INVALID, "read_only", "symmetric",
                          "symmetric cannot be changed: relationships of the type rely on it");
    int32_t st = type_code_free(call, rec, F_relationship_type__code,
                                F_relationship_type__inverse_code, "code");
    if (st == ACRM_OK)
        st = type_code_free(call, rec, F_relationship_type__inverse_code,
                            F_relationship_type__code, "inverse_code");
    return st;
}

/* --- Relationships --- */

/* NULL where there is none: that is refused a moment later, by name. */
static int32_t relationship_load(acrm__call *call, const acrm__rec *rec, const char *entity,
                                 uint32_t field, acrm__rec **out)
{
    *out = NULL;
    if (acrm__is_null(rec, field))
        return ACRM_OK;
    return acrm__load_or_null(call, acrm__entity_of(call, entity), acrm__id(rec, field), out);
}

static int32_t relationship_kind(acrm__call *call, const acrm__rec *type, uint32_t wanted,
                                 const acrm__rec *customer, const char *place)
{
    const char *want = acrm__text(type, wanted);
    const char *kind = acrm__text(customer, acrm__field_of(customer->entity, "kind"));

    if (!want || (kind && strcmp(want, kind) == 0))
        return ACRM_OK;
    return acrm__fail(call, ACRM_E_INVALID, "kind", place, "%s must be a %s for the type %s",
                      place, want, acrm__text(type, F_relationship_type__code));
}

static bool relationship_overlap(const acrm__rec *a, const acrm__rec *b)
{
    const acrm_cell *a_until = &a->cells[F_relationship__until];
    const acrm_cell *b_until = &b->cells[F_relationship__until];
    const acrm_cell *a_since = &a->cells[F_relationship__since];
    const acrm_cell *b_since = &b->cells[F_relationship__since];
    bool a_before = a_until->type == ACRM_CELL_INT && b_since->type == ACRM_CELL_INT &&
                    a_until->integer < b_since->integer;
    bool b_before = b_until->type == ACRM_CELL_INT && a_since->type == ACRM_CELL_INT &&
                    b_until->integer < a_since->integer;

    return !a_before && !b_before;
}

static int32_t relationship_once(acrm__call *call, const acrm__rec *rec, const acrm_cell *from,
                                 const acrm_cell *to)
{
    const acrm__term terms[] = {
        { F_relationship__from_id, ACRM_FILTER_EQ, *from },
        { F_relationship__to_id, ACRM_FILTER_EQ, *to },
        { F_relationship__type_id, ACRM_FILTER_EQ, rec->cells[F_relationship__type_id] },
    };
    acrm__recs found;
    int32_t st = acrm__find(call, &(acrm__select){ .entity = "relationship", .terms = terms,
                                                   .n_terms = 3, .as_system = true }, &found);

    for (size_t i = 0; st == ACRM_OK && i < found.count; i++)
        if (memcmp(acrm__id(found.items[i], F_ID), acrm__id(rec, F_ID), 16) != 0 &&
            relationship_overlap(rec, found.items[i]))
            return acrm__fail(call, ACRM_E_CONFLICT, "duplicate", "to_id",
                              "the two are related so already");
    return st;
}

static int32_t relationship_check(acrm__call *call, acrm__rec *rec, const acrm__rec *type,
                                  const acrm__rec *from, const acrm__rec *to)
{
    bool symmetric = acrm__int(type, F_relationship_type__symmetric) != 0;

    if (acrm__cell_equal(&from->cells[F_ID], &to->cells[F_ID]))
        return acrm__fail(call, ACRM_E_INVALID, "self", "to_id",
                          "a customer has no relationship with itself");
    acrm__set(rec, F_relationship__symmetric, acrm__cell_int(symmetric));
    int32_t st = relationship_kind(call, type, F_relationship_type__from_kind, from, "from_id");
    if (st == ACRM_OK)
        st = relationship_kind(call, type, F_relationship_type__to_kind, to, "to_id");
    if (st == ACRM_OK)
        st = relationship_once(call, rec, &from->cells[F_ID], &to->cells[F_ID]);
    if (st == ACRM_OK && symmetric)
        st = relationship_once(call, rec, &to->cells[F_ID], &from->cells[F_ID]);
    return st;
}

int32_t acrm__ties_relationship_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    acrm__rec *type, *from, *to;

    (void)before;
    if (!acrm__is_null(rec, F_DELETED_AT))
        return ACRM_OK;
    if (!acrm__is_null(rec, F_relationship__since) && !acrm__is_null(rec, F_relationship__until) &&
        acrm__int(rec, F_relationship__until) < acrm__int(rec, F_relationship__since))
        return acrm__fail(call, ACRM_E_INVALID, "range", "until", "until is before since");
    int32_t st = relationship_load(call, rec, "relationship_type", F_relationship__type_id, &type);
    if (st == ACRM_OK)
        st = relationship_load(call, rec, "customer", F_relationship__from_id, &from);
    if (st == ACRM_OK)
        st = relationship_load(call, rec, "customer", F_relationship__to_id, &to);
    if (st != ACRM_OK || !type || !from || !to)
        return st;
    return relationship_check(call, rec, type, from, to);
}

/* --- customer.relate --- */

int32_t acrm__ties_relate(acrm__call *call)
{
    static const struct {
        const char *arg;
        uint32_t field;
    } dates[] = { { "since", F_relationship__since }, { "until", F_relationship__until } };
    const char *code = acrm__arg_text(call, "type");
    acrm__rec *type = NULL, *from = NULL, *to = NULL;
    acrm__rec *rec = acrm__new(call, "relationship");
    int64_t day;

    if (!rec)
        return acrm__nomem(call);
    int32_t st = acrm__load_arg(call, "customer", "id", &from);
    if (st == ACRM_OK)
        st = acrm__load_arg(call, "customer", "to", &to);
    if (st == ACRM_OK)
        st = type_by(call, F_relationship_type__code, code, &type);
    bool inverse = st == ACRM_OK && !type;
    if (inverse)
        st = type_by(call, F_relationship_type__inverse_code, code, &type);
    if (st != ACRM_OK)
        return st;
    if (!type)
        return acrm__fail(call, ACRM_E_NOTFOUND, "reference", "type",
                          "there is no relationship type %.40s; see relationship_type.list", code);
    acrm__set(rec, F_relationship__type_id, type->cells[F_ID]);
    acrm__set(rec, F_relationship__from_id, inverse ? to->cells[F_ID] : from->cells[F_ID]);
    acrm__set(rec, F_relationship__to_id, inverse ? from->cells[F_ID] : to->cells[F_ID]);
    acrm__set(rec, F_relationship__notes, acrm__cell_text(acrm__arg_text(call, "notes")));
    for (size_t i = 0; i < sizeof dates / sizeof dates[0]; i++)
        if (acrm__arg_time(call, dates[i].arg, &day))
            acrm__set(rec, dates[i].field, acrm__cell_int(day));
    st = acrm__insert(call, rec);
    return st == ACRM_OK ? acrm__render(call, rec, call->out) : st;
}
