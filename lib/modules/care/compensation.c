/* SPDX-License-Identifier: MIT */
/* Compensation: proposed by whoever works on a case, allowed within the limits of a role. */
#include "modules/care/care.h"

int32_t acrm__care_limit_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    const acrm__term terms[] = {
        { F_case_compensation_limit__role_id, ACRM_FILTER_EQ,
          rec->cells[F_case_compensation_limit__role_id] },
        { F_case_compensation_limit__currency, ACRM_FILTER_EQ,
          rec->cells[F_case_compensation_limit__currency] },
        { F_case_compensation_limit__kind, ACRM_FILTER_EQ,
          rec->cells[F_case_compensation_limit__kind] },
        { F_ID, ACRM_FILTER_NE, rec->cells[F_ID] },
    };
    acrm__rec *same = NULL;

    (void)before;
    if (!acrm__is_null(rec, F_DELETED_AT))
        return ACRM_OK;
    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "case_compensation_limit",
        .terms = terms, .n_terms = 4, .as_system = true }, &same);
    if (st == ACRM_OK && same)
        st = acrm__fail(call, ACRM_E_CONFLICT, "unique", "role_id",
                        "the role has such a limit already");
    return st;
}

/* What the acting user may allow; INT64_MAX: the system may all. */
static int32_t compensation_limit(acrm__call *call, const acrm__rec *item, int64_t *out)
{
    const acrm__entity *user_entity = acrm__entity_of(call, "user");
    const unsigned char *actor = acrm__actor(call);
    acrm__call system = acrm__care_system(call);
    acrm__rec *user;
    acrm__recs limits = { NULL, 0 };
    bool exact = false;

    *out = actor || acrm__care_self(call) ? -1 : INT64_MAX;
    if (!actor)
        return ACRM_OK;
    int32_t st = acrm__load(&system, "user", actor, "user_id", &user);
    if (st != ACRM_OK)
        return st;
    const acrm__term terms[] = {
        { F_case_compensation_limit__role_id, ACRM_FILTER_EQ,
          user->cells[acrm__field_of(user_entity, "role_id")] },
        { F_case_compensation_limit__currency, ACRM_FILTER_EQ,
          item->cells[F_case_compensation__currency] },
    };
    st = acrm__find(&system, &(acrm__select){ .entity = "case_compensation_limit",
        .terms = terms, .n_terms = 2, .as_system = true }, &limits);
    for (size_t i = 0; st == ACRM_OK && i < limits.count; i++) {
        const acrm__rec *limit = limits.items[i];
        bool own = acrm__cell_equal(&limit->cells[F_case_compensation_limit__kind],
                                    &item->cells[F_case_compensation__kind]);
        bool any = acrm__is_null(limit, F_case_compensation_limit__kind);
        if (own || (any && !exact))
            *out = acrm__int(limit, F_case_compensation_limit__amount);
        exact = exact || own;
    }
    return st;
}

static void compensation_decided(acrm__call *call, const acrm__rec *rec, acrm__rec *item,
                                 bool approved)
{
    if (approved)
        acrm__set(item, F_case_compensation__shown_to_id, rec->cells[F_case__customer_id]);
    acrm__set(item, F_case_compensation__status,
              acrm__cell_text(approved ? "approved" : "refused"));
    acrm__set(item, F_case_compensation__decided_by_id, acrm__cell_id(acrm__actor(call)));
    acrm__set(item, F_case_compensation__decided_at, acrm__cell_int(call->now));
}

static int32_t compensation_emit(acrm__call *call, const acrm__rec *rec, const acrm__rec *item)
{
    const char *status = acrm__text(item, F_case_compensation__status);
    const char *event = strcmp(status, "approved") == 0  ? "case.compensation_approved"
                        : strcmp(status, "refused") == 0 ? "case.compensation_refused"
                                                         : "case.compensation_proposed";

    return acrm__care_emit(call, event, rec);
}

static int32_t compensation_fill(acrm__call *call, const acrm__rec *rec, acrm__rec *item)
{
    const char *currency = acrm__arg_text(call, "currency");
    const char *kind = acrm__arg_text(call, "kind");
    const acrm__entity *entity = item->entity;
    acrm_value *faults = acrm__value_in(call->arena);

    if (!faults || acrm_value_set_list(faults) != ACRM_OK)
        return acrm__nomem(call);
    acrm__set(item, F_case_compensation__case_id, rec->cells[F_ID]);
    acrm__set(item, F_case_compensation__kind, acrm__cell_text(kind));
    acrm__set(item, F_case_compensation__currency, acrm__cell_text(currency));
    acrm__set(item, F_case_compensation__note, acrm__cell_text(acrm__arg_text(call, "note")));
    acrm__set(item, F_case_compensation__proposed_by_id, acrm__cell_id(acrm__actor(call)));
    int32_t st = acrm__decode(call, &entity->fields[F_case_compensation__amount],
                              acrm__arg(call, "amount"), "amount",
                              &item->cells[F_case_compensation__amount], faults);
    if (st == ACRM_OK && acrm_value_count(faults) == 0)
        st = acrm__decode_money(entity, F_case_compensation__amount, item->cells, "amount",
                                faults);
    if (st == ACRM_OK && acrm_value_count(faults) > 0)
        st = acrm__error_fields(call->err, ACRM_E_INVALID, faults);
    return st == ACRM_E_NOMEM ? acrm__nomem(call) : st;
}

int32_t acrm__care_compensate(acrm__call *call)
{
    acrm__call system = acrm__care_system(call);
    acrm__rec *rec, *item;
    int64_t limit = 0;

    int32_t st = acrm__care_load(call, &rec);
    if (st == ACRM_OK && acrm__care_is(rec, F_case__status, "closed"))
        st = acrm__care_need_open(call, rec);
    if (st != ACRM_OK)
        return st;
    item = acrm__new(call, "case_compensation");
    if (!item)
        return acrm__nomem(call);
    st = compensation_fill(call, rec, item);
    if (st == ACRM_OK)
        st = compensation_limit(call, item, &limit);
    if (st == ACRM_OK && acrm__int(item, F_case_compensation__amount) <= limit)
        compensation_decided(call, rec, item, true);
    if (st == ACRM_OK)
        st = acrm__insert(&system, item);
    if (st == ACRM_OK)
        st = compensation_emit(call, rec, item);
    return st == ACRM_OK ? acrm__render(call, item, call->out) : st;
}

int32_t acrm__care_decide(acrm__call *call)
{
    acrm__call system = acrm__care_system(call);
    bool approve = acrm__arg_bool(call, "approve", false);
    acrm__rec *item, *rec;
    int64_t limit = 0;

    int32_t st = acrm__load_arg(call, "case_compensation", "id", &item);
    if (st == ACRM_OK && !acrm__care_is(item, F_case_compensation__status, "proposed"))
        st = acrm__fail(call, ACRM_E_CONFLICT, "state", "id", "it was %s already",
                        acrm__text(item, F_case_compensation__status));
    if (st == ACRM_OK)
        st = acrm__care_follow(call, item, F_case_compensation__case_id, &rec);
    if (st == ACRM_OK)
        st = compensation_limit(call, item, &limit);
    if (st == ACRM_OK && acrm__int(item, F_case_compensation__amount) > limit)
        st = acrm__fail(call, ACRM_E_DENIED, "limit", "id",
                        "the amount is beyond what this role may decide on");
    if (st != ACRM_OK)
        return st;
    compensation_decided(call, rec, item, approve);
    acrm__set(item, F_case_compensation__decision, acrm__cell_text(acrm__arg_text(call, "reason")));
    st = acrm__update(&system, item);
    if (st == ACRM_OK)
        st = compensation_emit(call, rec, item);
    return st == ACRM_OK ? acrm__render(call, item, call->out) : st;
}
