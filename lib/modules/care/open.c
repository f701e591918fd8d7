/* SPDX-License-Identifier: MIT */
/* Cases as they come in and are written: customer, type, number, priority, deadline, owner. */
#include "modules/care/care.h"

#include "base/civil.h"
#include "kernel/crud.h"

/* --- As it is written --- */

static int32_t open_dealer(acrm__call *call, acrm__rec *rec)
{
    const acrm__principal *principal = &call->session->principal;
    acrm__rec *customer = NULL;
    int32_t st = ACRM_OK;

    if (!acrm__is_null(rec, F_case__dealer_id))
        return ACRM_OK;
    if (principal->kind == ACRM__PRINCIPAL_USER && principal->has_dealer) {
        acrm__set(rec, F_case__dealer_id, acrm__cell_id(principal->dealer_id));
        return ACRM_OK;
    }
    st = acrm__care_follow(call, rec, F_case__customer_id, &customer);
    if (st == ACRM_OK && customer)
        acrm__set(rec, F_case__dealer_id,
                  customer->cells[acrm__field_of(customer->entity, "dealer_id")]);
    return st;
}

static int32_t open_new(acrm__call *call, acrm__rec *rec, const acrm__rec *type)
{
    if (!acrm__int(type, F_case_type__active))
        return acrm__fail(call, ACRM_E_INVALID, "inactive", "type_id",
                          "the case type %s is no longer in use",
                          acrm__text(type, F_case_type__code));
    if (acrm__is_null(rec, F_case__opened_at))
        acrm__set(rec, F_case__opened_at, acrm__cell_int(call->now));
    if (acrm__int(rec, F_case__opened_at) > call->now + ACRM__DAY_US)
        return acrm__fail(call, ACRM_E_INVALID, "range", "opened_at",
                          "opened_at lies in the future");
    return open_dealer(call, rec);
}

/* The vehicle of a VIN, and the VIN of a vehicle. */
static int32_t open_vehicle(acrm__call *call, acrm__rec *rec)
{
    const acrm__entity *vehicle = acrm__entity_of(call, "vehicle");
    uint32_t vin = acrm__field_of(vehicle, "vin");
    acrm__term term = { vin, ACRM_FILTER_EQ, rec->cells[F_case__vin] };
    acrm__rec *found = NULL;
    bool named = acrm__changed(rec, F_case__vehicle_id) &&
                 !acrm__is_null(rec, F_case__vehicle_id);
    int32_t st = ACRM_OK;

    if (named) {
        st = acrm__care_follow(call, rec, F_case__vehicle_id, &found);
        if (st == ACRM_OK && !acrm__is_null(found, vin))
            acrm__set(rec, F_case__vin, found->cells[vin]);
    } else if (acrm__changed(rec, F_case__vin) && !acrm__is_null(rec, F_case__vin)) {
        st = acrm__find_one(call, &(acrm__select){ .entity = "vehicle", .terms = &term,
                                                   .n_terms = 1, .as_system = true }, &found);
        acrm__set(rec, F_case__vehicle_id, found ? found->cells[F_ID] : acrm__cell_null());
    }
    return st;
}

static bool open_priority_moved(const acrm__rec *rec)
{
    static const uint32_t causes[] = { F_case__type_id, F_case__topic, F_case__severity,
                                       F_case__risk };

    for (size_t i = 0; i < sizeof causes / sizeof causes[0]; i++)
        if (acrm__changed(rec, causes[i]))
            return !acrm__int(rec, F_case__priority_by_hand);
    return false;
}

static int32_t open_derive(acrm__call *call, acrm__rec *rec, const acrm__rec *type, bool fresh)
{
    acrm__rec *dealer;
    int32_t st = acrm__care_follow(call, rec, F_case__dealer_id, &dealer);

    acrm__set(rec, F_case__kind, type->cells[F_case_type__kind]);
    if (st == ACRM_OK && fresh)
        st = acrm__care_number(call, rec, dealer);
    if (st == ACRM_OK && open_priority_moved(rec))
        st = acrm__care_priority(call, rec);
    if (st == ACRM_OK && acrm__changed(rec, F_case__type_id))
        st = acrm__care_legal(call, rec, dealer);
    if (st == ACRM_OK && fresh)
        st = acrm__care_place(call, rec, type);
    return st;
}

static int32_t open_timers(acrm__call *call, const acrm__rec *rec)
{
    static const uint32_t causes[] = { F_case__legal_due, F_case__told_at, F_DELETED_AT,
                                       F_case__duplicate_of_id };
    bool moved = false;
    int32_t st = ACRM_OK;

    for (size_t i = 0; i < sizeof causes / sizeof causes[0]; i++)
        moved = moved || acrm__changed(rec, causes[i]);
    if (moved && (rec->before || !acrm__is_null(rec, F_case__legal_due)))
        st = acrm__care_legal_timer(call, rec);
    if (st != ACRM_OK || acrm__is_null(rec, F_DELETED_AT))
        return st;
    st = acrm__timer_cancel(call, "case.resume", acrm__id(rec, F_ID));
    return st == ACRM_OK ? acrm__timer_cancel(call, "case.callback", acrm__id(rec, F_ID)) : st;
}

int32_t acrm__care_case_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    acrm__call system = acrm__care_system(call);
    acrm__rec *type;
    bool anew = !before || acrm__changed(rec, F_case__type_id);

    if (acrm__is_null(rec, F_case__type_id)) /* refused as required in a moment */
        return ACRM_OK;
    int32_t st = acrm__care_follow(call, rec, F_case__type_id, &type);
    if (st == ACRM_OK && !before)
        st = open_new(&system, rec, type);
    if (st == ACRM_OK)
        st = open_vehicle(&system, rec);
    if (st == ACRM_OK)
        st = acrm__care_type_check(call, type, F_case_type__required, rec, anew);
    if (st == ACRM_OK)
        st = open_derive(&system, rec, type, !before);
    return st == ACRM_OK ? open_timers(&system, rec) : st;
}

/* --- Entitlement --- */

static int32_t open_ask(acrm__call *call, const acrm__rec *rec, const acrm__rec *type,
                        acrm_value **out)
{
    acrm_value *args = acrm__care_map(call);
    bool ok = args && acrm__put_text(args, "id", acrm__id_text(call, acrm__id(rec, F_ID)));

    return ok ? acrm__run(call, acrm__text(type, F_case_type__entitlement), args, out)
              : acrm__nomem(call);
}

/* A check that fails does not lose the case: what went wrong is written down. */
static int32_t open_entitle(acrm__call *call, acrm__rec *rec, const acrm__rec *type)
{
    acrm__call inner = *call;
    acrm_value *answer = NULL;
    acrm_error *err = NULL;

    if (acrm__is_null(type, F_case_type__entitlement))
        return ACRM_OK;
    int32_t st = acrm__savepoint(call);
    if (st != ACRM_OK)
        return st;
    inner.err = &err;
    st = open_ask(&inner, rec, type, &answer);
    if (st == ACRM_OK) {
        const acrm_value *entitled = acrm_value_get(answer, "entitled");
        st = acrm__release(call);
        acrm__set(rec, F_case__entitled, acrm_value_type(entitled) == ACRM_BOOL
                                             ? acrm__cell_int(acrm_value_bool(entitled))
                                             : acrm__cell_null());
    } else {
        const char *reason = acrm__arena_format(call->arena, "%.63s", acrm_error_reason(err));
        answer = acrm__care_map(call);
        st = acrm__rollback_to(call);
        acrm__set(rec, F_case__entitled, acrm__cell_null());
        if (st == ACRM_OK && !(reason && answer && acrm__put_text(answer, "error", reason)))
            st = acrm__nomem(call);
    }
    acrm_error_free(err);
    return st == ACRM_OK ? acrm__care_json(call, answer, &rec->cells[F_case__entitlement]) : st;
}

int32_t acrm__care_check_entitlement(acrm__call *call)
{
    acrm__call system = acrm__care_system(call);
    acrm__rec *rec, *type;

    int32_t st = acrm__care_load(call, &rec);
    if (st == ACRM_OK)
        st = acrm__care_follow(call, rec, F_case__type_id, &type);
    if (st == ACRM_OK && acrm__is_null(type, F_case_type__entitlement))
        st = acrm__fail(call, ACRM_E_CONFLICT, "state", "id",
                        "the case type %s has no entitlement check",
                        acrm__text(type, F_case_type__code));
    if (st == ACRM_OK)
        st = open_entitle(&system, rec, type);
    if (st == ACRM_OK)
        st = acrm__update(&system, rec);
    return st == ACRM_OK ? acrm__render(call, rec, call->out) : st;
}

/* Once its row is there: the rest of what a new case needs. */
int32_t acrm__care_case_created(acrm__call *call, const acrm__event *event)
{
    acrm__call system = acrm__care_system(call);
    acrm__rec *rec, *type;

    int32_t st = acrm__load(&system, "case", event->id, NULL, &rec);
    if (st == ACRM_OK)
        st = acrm__care_follow(&system, rec, F_case__type_id, &type);
    if (st == ACRM_OK)
        st = acrm__care_emit(&system, "case.opened", rec);
    if (st == ACRM_OK)
        st = open_entitle(&system, rec, type);
    return st == ACRM_OK ? acrm__update(&system, rec) : st;
}

/* --- case.open --- */

static int32_t open_match(acrm__call *call, const acrm_value *customer, const char **out)
{
    static const char *const same[] = { "name", "contact_points", "national_id", "country" };
    acrm_value *args = acrm__care_map(call), *match = NULL;
    bool ok = args != NULL;

    for (size_t i = 0; ok && i < sizeof same / sizeof same[0]; i++) {
        const acrm_value *value = acrm_value_get(customer, same[i]);
        if (value)
            ok = acrm__put_value(args, same[i], value);
    }
    int32_t st = ok ? acrm__run(call, "customer.match", args, &match) : acrm__nomem(call);
    if (st == ACRM_OK)
        *out = acrm__get_text(match, "customer_id");
    return st;
}

/* Whose case it is: named, recognised, or new. */
static int32_t open_customer(acrm__call *call, acrm__call *system, const char **id,
                             const char **outcome)
{
    const acrm_value *customer = acrm__arg(call, "customer");
    const unsigned char *self = acrm__care_self(call);
    acrm_value *made = NULL;
    acrm__rec *named;

    *outcome = "named";
    *id = self ? acrm__id_text(call, self) : acrm__arg_text(call, "customer_id");
    if (*id)
        return self ? ACRM_OK : acrm__load_arg(call, "customer", "customer_id", &named);
    if (!customer)
        return acrm__fail(call, ACRM_E_INVALID, "required", "customer",
                          "customer or customer_id is required");
    int32_t st = open_match(system, customer, id);
    *outcome = "matched";
    if (st != ACRM_OK || *id)
        return st;
    *outcome = "created";
    st = acrm__run(system, "customer.create", customer, &made);
    if (st == ACRM_OK)
        *id = acrm__get_text(made, "id");
    return st;
}

static const char *const open_fields[] = { "vehicle_id", "vin", "dealer_id", "channel", "topic",
    "subject", "description", "severity", "risk", "opened_at", "provider", "external_id", NULL };

static int32_t open_assign(acrm__call *call, acrm__rec *rec, const char *customer,
                           const acrm__rec *type)
{
    acrm_value *faults = acrm__value_in(call->arena), *given = acrm__care_map(call);
    const acrm_value *more = acrm__arg(call, "fields");
    bool ok = given && faults && acrm_value_set_list(faults) == ACRM_OK &&
              acrm__put_text(given, "customer_id", customer) &&
              acrm__put_text(given, "type_id", acrm__id_text(call, acrm__id(type, F_ID)));

    for (size_t i = 0; ok && open_fields[i]; i++)
        if (acrm__arg(call, open_fields[i]))
            ok = acrm__put_value(given, open_fields[i], acrm__arg(call, open_fields[i]));
    if (!ok)
        return acrm__nomem(call);
    int32_t st = acrm__assign(call, rec, given, "", NULL, faults);
    if (st == ACRM_OK && more)
        st = acrm__assign(call, rec, more, "fields.", NULL, faults);
    if (st == ACRM_OK && acrm_value_count(faults) > 0)
        st = acrm__error_fields(call->err, ACRM_E_INVALID, faults);
    return st == ACRM_E_NOMEM ? acrm__nomem(call) : st;
}

/* Delivered before by the same provider. */
static int32_t open_known(acrm__call *call, acrm__rec **out)
{
    const acrm__term terms[] = {
        { F_case__provider, ACRM_FILTER_EQ, acrm__cell_text(acrm__arg_text(call, "provider")) },
        { F_case__external_id, ACRM_FILTER_EQ,
          acrm__cell_text(acrm__arg_text(call, "external_id")) },
    };

    *out = NULL;
    if (!acrm__arg(call, "external_id"))
        return ACRM_OK;
    return acrm__find_one(call, &(acrm__select){ .entity = "case", .terms = terms, .n_terms = 2,
                                                 .as_system = true }, out);
}

static int32_t open_answer(acrm__call *call, const acrm__rec *rec, const char *outcome,
                           const char *customer_outcome)
{
    acrm_value *shown = acrm_value_put(call->out, "case");
    const unsigned char *customer = acrm__id(rec, F_case__customer_id);
    bool ok = shown && acrm__put_text(call->out, "outcome", outcome) &&
              acrm__put_text(call->out, "customer_id", acrm__id_text(call, customer)) &&
              acrm__put_text(call->out, "customer_outcome", customer_outcome);

    return ok ? acrm__render(call, rec, shown) : acrm__nomem(call);
}

int32_t acrm__care_open(acrm__call *call)
{
    acrm__call system = acrm__care_system(call); /* intake knows every customer */
    const char *customer, *outcome;
    acrm__rec *rec, *type;

    int32_t st = open_known(&system, &rec);
    if (st == ACRM_OK && rec)
        return open_answer(call, rec, "unchanged", "named");
    if (st == ACRM_OK)
        st = acrm__care_by_code(call, "case_type", F_case_type__code,
                                acrm__arg_text(call, "type"), "type", &type);
    if (st == ACRM_OK)
        st = open_customer(call, &system, &customer, &outcome);
    if (st != ACRM_OK)
        return st;
    rec = acrm__new(call, "case");
    if (!rec)
        return acrm__nomem(call);
    st = open_assign(call, rec, customer, type);
    if (st == ACRM_OK)
        st = acrm__insert(&system, rec);
    if (st == ACRM_OK)
        st = acrm__react(&system);
    if (st == ACRM_OK)
        st = acrm__load(&system, "case", acrm__id(rec, F_ID), NULL, &rec);
    return st == ACRM_OK ? open_answer(call, rec, "created", outcome) : st;
}
