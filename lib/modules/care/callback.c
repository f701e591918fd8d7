/* SPDX-License-Identifier: MIT */
/* Call-backs: after closing, the customer is asked whether all is well. */
#include "modules/care/care.h"

#include "base/civil.h"

static int32_t callback_next(acrm__call *call, acrm__rec *rec, const acrm__rec *type)
{
    int64_t at = call->now + acrm__int(type, F_case_type__callback_after) * ACRM__SECOND_US;
    int32_t st = acrm__care_next_open(call, acrm__id(type, F_case_type__calendar_id), &at);

    if (st != ACRM_OK)
        return st;
    acrm__set(rec, F_case__callback_at, acrm__cell_int(at));
    return acrm__timer_set(call, "case.callback", "case", acrm__id(rec, F_ID), at, NULL);
}

int32_t acrm__care_callback_set(acrm__call *call, acrm__rec *rec, const acrm__rec *type)
{
    acrm__set(rec, F_case__callback_outcome, acrm__cell_null());
    acrm__set(rec, F_case__callback_attempts, acrm__cell_int(0));
    return acrm__is_null(type, F_case_type__callback_after) ? ACRM_OK
                                                            : callback_next(call, rec, type);
}

static int32_t callback_activity(acrm__call *call, acrm__rec *rec)
{
    acrm__rec *activity = acrm__new(call, "activity");
    const char *subject = acrm__arena_format(call->arena, "Call back: case %s",
                                             acrm__text(rec, F_case__number));
    const struct {
        const char *field;
        acrm_cell value;
    } set[] = {
        { "customer_id", rec->cells[F_case__customer_id] },
        { "kind", acrm__cell_text("call") },
        { "subject", acrm__cell_text(subject) },
        { "due_at", rec->cells[F_case__callback_at] },
        { "owner_id", rec->cells[F_case__owner_id] },
        { "dealer_id", rec->cells[F_case__dealer_id] },
        { "automatic", acrm__cell_int(1) },
    };

    if (!activity || !subject)
        return acrm__nomem(call);
    for (size_t i = 0; i < sizeof set / sizeof set[0]; i++)
        acrm__set(activity, acrm__field_of(activity->entity, set[i].field), set[i].value);
    int32_t st = acrm__insert(call, activity);
    acrm__set(rec, F_case__callback_activity_id, activity->cells[F_ID]);
    return st;
}

/* Nobody is called whose data were erased meanwhile. */
static bool callback_gone(const acrm__rec *customer)
{
    return customer && !acrm__is_null(customer, acrm__field_of(customer->entity, "erased_at"));
}

int32_t acrm__care_callback_due(acrm__call *call, const acrm__timer *timer)
{
    acrm__term term = { F_ID, ACRM_FILTER_EQ, acrm__cell_id(timer->subject) };
    acrm__rec *rec = NULL, *customer = NULL;

    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "case", .terms = &term,
                                                       .n_terms = 1 }, &rec);
    if (st != ACRM_OK || !rec || !acrm__care_is(rec, F_case__status, "closed"))
        return st;
    st = acrm__care_follow(call, rec, F_case__customer_id, &customer);
    if (st != ACRM_OK || callback_gone(customer))
        return st;
    st = callback_activity(call, rec);
    if (st == ACRM_OK)
        st = acrm__update(call, rec);
    return st == ACRM_OK ? acrm__care_emit(call, "case.callback_due", rec) : st;
}

/* The call that was to be made is made. */
static int32_t callback_done(acrm__call *call, acrm__rec *rec, const char *outcome)
{
    const acrm__entity *activity = acrm__entity_of(call, "activity");
    const unsigned char *id = acrm__id(rec, F_case__callback_activity_id);
    acrm_value *args = acrm__care_map(call);
    acrm__rec *planned = NULL;

    acrm__set(rec, F_case__callback_activity_id, acrm__cell_null());
    int32_t st = id ? acrm__load_or_null(call, activity, id, &planned) : ACRM_OK;
    if (st != ACRM_OK || !planned ||
        !acrm__care_is(planned, acrm__field_of(activity, "status"), "open"))
        return st;
    bool ok = args && acrm__put_text(args, "id", acrm__id_text(call, id)) &&
              acrm__put_text(args, "outcome", outcome);
    return ok ? acrm__run(call, "activity.complete", args, NULL) : acrm__nomem(call);
}

static int32_t callback_note(acrm__call *call, acrm__rec *rec)
{
    const acrm__care_note note = { .direction = "internal", .channel = "phone", .at = call->now,
                                   .body = acrm__arg_text(call, "notes") };

    return note.body ? acrm__care_note_write(call, rec, &note) : ACRM_OK;
}

static int32_t callback_unreached(acrm__call *call, acrm__rec *rec)
{
    int64_t attempts = acrm__int(rec, F_case__callback_attempts) + 1;
    acrm__rec *type;

    acrm__set(rec, F_case__callback_attempts, acrm__cell_int(attempts));
    int32_t st = acrm__care_follow(call, rec, F_case__type_id, &type);
    if (st != ACRM_OK || acrm__is_null(type, F_case_type__callback_after) ||
        attempts >= acrm__int(type, F_case_type__callback_tries))
        return st;
    return callback_next(call, rec, type);
}

int32_t acrm__care_callback(acrm__call *call)
{
    acrm__call system = acrm__care_system(call);
    const char *outcome = acrm__arg_text(call, "outcome");
    acrm__rec *rec;

    int32_t st = acrm__care_load(call, &rec);
    if (st == ACRM_OK && !acrm__care_is(rec, F_case__status, "closed"))
        st = acrm__fail(call, ACRM_E_CONFLICT, "state", "id",
                        "the case is %s: call back once it is closed",
                        acrm__text(rec, F_case__status));
    if (st != ACRM_OK)
        return st;
    st = callback_done(&system, rec, outcome);
    if (st == ACRM_OK)
        st = callback_note(call, rec);
    if (st == ACRM_OK)
        st = acrm__timer_cancel(&system, "case.callback", acrm__id(rec, F_ID));
    if (st != ACRM_OK)
        return st;
    acrm__set(rec, F_case__callback_outcome, acrm__cell_text(outcome));
    if (strcmp(outcome, "unreached") == 0)
        st = callback_unreached(&system, rec);
    if (st == ACRM_OK)
        st = acrm__care_emit(call, "case.called_back", rec);
    if (st == ACRM_OK)
        st = strcmp(outcome, "dissatisfied") == 0 ? acrm__care_reopen_now(&system, rec)
                                                  : acrm__care_save(&system, rec);
    return st == ACRM_OK ? acrm__render(call, rec, call->out) : st;
}
