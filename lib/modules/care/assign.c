/* SPDX-License-Identifier: MIT */
/* Who has a case: given by hand, handed over, taken or refused. */
#include "modules/care/care.h"

static int32_t assign_target(acrm__call *call, acrm__rec **user, acrm__rec **queue)
{
    int32_t st = ACRM_OK;

    *user = *queue = NULL;
    if (acrm__arg(call, "user_id"))
        st = acrm__load_arg(call, "user", "user_id", user);
    if (st == ACRM_OK && acrm__arg(call, "queue_id"))
        st = acrm__load_arg(call, "case_queue", "queue_id", queue);
    if (st == ACRM_OK && *user && !acrm__int(*user, acrm__field_of((*user)->entity, "active")))
        return acrm__fail(call, ACRM_E_INVALID, "inactive", "user_id", "the user is not active");
    return st;
}

/* Set queue and owner; a user who is named is not picked. */
static int32_t assign_set(acrm__call *call, acrm__rec *rec, const acrm__rec *user,
                          const acrm__rec *queue)
{
    acrm__call system = acrm__care_system(call);
    acrm_value *map = acrm__care_map(call);

    if (queue && !user)
        return acrm__care_enqueue(&system, rec, queue);
    if (queue)
        acrm__set(rec, F_case__queue_id, queue->cells[F_ID]);
    if (!acrm__cell_equal(&user->cells[F_ID], &rec->cells[F_case__owner_id]))
        acrm__set(rec, F_case__assigned_at, acrm__cell_int(call->now));
    acrm__set(rec, F_case__owner_id, user->cells[F_ID]);
    bool ok = map && acrm__put_bool(map, "by_hand", true) &&
              acrm__put_text(map, "user_id", acrm__id_text(call, acrm__id(user, F_ID)));
    return ok ? acrm__care_json(call, map, &rec->cells[F_case__assignment_explanation])
              : acrm__nomem(call);
}

static int32_t assign_save(acrm__call *call, acrm__rec *rec, const char *event)
{
    acrm__call system = acrm__care_system(call);
    int32_t st = acrm__care_save(&system, rec);

    if (st == ACRM_OK)
        st = acrm__care_emit(call, event, rec);
    return st == ACRM_OK ? acrm__render(call, rec, call->out) : st;
}

int32_t acrm__care_assign(acrm__call *call)
{
    acrm__rec *rec, *user, *queue, *type;
    acrm__call system = acrm__care_system(call);

    int32_t st = acrm__care_load(call, &rec);
    if (st == ACRM_OK)
        st = acrm__care_need_open(call, rec);
    if (st == ACRM_OK)
        st = assign_target(call, &user, &queue);
    if (st != ACRM_OK)
        return st;
    if (user || queue) {
        st = assign_set(call, rec, user, queue);
    } else { /* by the rules, anew */
        st = acrm__care_follow(call, rec, F_case__type_id, &type);
        acrm__set(rec, F_case__queue_id, acrm__cell_null());
        if (st == ACRM_OK)
            st = acrm__care_place(&system, rec, type);
    }
    return st == ACRM_OK ? assign_save(call, rec, "case.assigned") : st;
}

/* --- Handing over --- */

static int32_t assign_pending(acrm__call *call, const acrm__rec *rec, acrm__rec **out)
{
    const acrm__term terms[] = {
        { F_case_handover__case_id, ACRM_FILTER_EQ, rec->cells[F_ID] },
        { F_case_handover__outcome, ACRM_FILTER_EQ, acrm__cell_text("pending") },
    };

    return acrm__find_one(call, &(acrm__select){ .entity = "case_handover", .terms = terms,
                                                 .n_terms = 2, .as_system = true }, out);
}

static int32_t assign_answer(acrm__call *call, acrm__rec *step, const char *outcome)
{
    acrm__call system = acrm__care_system(call);

    acrm__set(step, F_case_handover__outcome, acrm__cell_text(outcome));
    acrm__set(step, F_case_handover__answered_at, acrm__cell_int(call->now));
    return acrm__update(&system, step);
}

static int32_t assign_step(acrm__call *call, const acrm__rec *rec, const acrm_cell *from)
{
    acrm__call system = acrm__care_system(call);
    acrm__rec *step = acrm__new(call, "case_handover");

    if (!step)
        return acrm__nomem(call);
    acrm__set(step, F_case_handover__case_id, rec->cells[F_ID]);
    acrm__set(step, F_case_handover__at, acrm__cell_int(call->now));
    acrm__set(step, F_case_handover__from_id, *from);
    acrm__set(step, F_case_handover__user_id, rec->cells[F_case__owner_id]);
    acrm__set(step, F_case_handover__queue_id, rec->cells[F_case__queue_id]);
    acrm__set(step, F_case_handover__reason, acrm__cell_text(acrm__arg_text(call, "reason")));
    return acrm__insert(&system, step);
}

int32_t acrm__care_hand_over(acrm__call *call)
{
    acrm__rec *rec, *user, *queue, *pending = NULL;

    int32_t st = acrm__care_load(call, &rec);
    if (st == ACRM_OK)
        st = acrm__care_need_open(call, rec);
    if (st == ACRM_OK)
        st = assign_target(call, &user, &queue);
    if (st == ACRM_OK && !user && !queue)
        st = acrm__fail(call, ACRM_E_INVALID, "required", "user_id",
                        "user_id or queue_id is required: to whom is it handed over?");
    if (st == ACRM_OK)
        st = assign_pending(call, rec, &pending);
    if (st == ACRM_OK && pending) /* who hands it on has not accepted it */
        st = assign_answer(call, pending, "declined");
    if (st != ACRM_OK)
        return st;
    acrm_cell from = rec->cells[F_case__owner_id];
    st = assign_set(call, rec, user, queue);
    if (st == ACRM_OK)
        st = assign_step(call, rec, &from);
    acrm__set(rec, F_case__handovers, acrm__cell_int(acrm__int(rec, F_case__handovers) + 1));
    return st == ACRM_OK ? assign_save(call, rec, "case.handed_over") : st;
}

static int32_t assign_load_pending(acrm__call *call, acrm__rec **rec, acrm__rec **step)
{
    int32_t st = acrm__care_load(call, rec);

    if (st == ACRM_OK)
        st = assign_pending(call, *rec, step);
    if (st == ACRM_OK && !*step)
        st = acrm__fail(call, ACRM_E_CONFLICT, "state", "id",
                        "the case was not handed over to anybody who has not answered yet");
    return st;
}

int32_t acrm__care_accept(acrm__call *call)
{
    const unsigned char *actor = acrm__actor(call);
    acrm__rec *rec, *step;

    int32_t st = assign_load_pending(call, &rec, &step);
    if (st != ACRM_OK)
        return st;
    if (acrm__is_null(rec, F_case__owner_id) && actor) { /* it was handed to the queue */
        acrm__set(rec, F_case__owner_id, acrm__cell_id(actor));
        acrm__set(rec, F_case__assigned_at, acrm__cell_int(call->now));
        acrm__set(step, F_case_handover__user_id, acrm__cell_id(actor));
    }
    st = assign_answer(call, step, "accepted");
    return st == ACRM_OK ? assign_save(call, rec, "case.accepted") : st;
}

int32_t acrm__care_decline(acrm__call *call)
{
    acrm__rec *rec, *step;

    int32_t st = assign_load_pending(call, &rec, &step);
    if (st != ACRM_OK)
        return st;
    acrm__set(step, F_case_handover__answer, acrm__cell_text(acrm__arg_text(call, "reason")));
    st = assign_answer(call, step, "declined");
    acrm__set(rec, F_case__owner_id, step->cells[F_case_handover__from_id]);
    acrm__set(rec, F_case__assigned_at, acrm__cell_int(call->now));
    return st == ACRM_OK ? assign_save(call, rec, "case.declined") : st;
}
