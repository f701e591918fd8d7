/* SPDX-License-Identifier: MIT */
/* The way of a case: stopped and going on, resolved, the customer told, closed, opened again. */
#include "modules/care/care.h"

#include "base/civil.h"

int32_t acrm__care_load(acrm__call *call, acrm__rec **out)
{
    acrm__rec *rec, *main_case = NULL;

    int32_t st = acrm__load_arg(call, "case", "id", &rec);
    if (st != ACRM_OK || acrm__is_null(rec, F_case__duplicate_of_id)) {
        if (st == ACRM_OK)
            *out = rec;
        return st;
    }
    st = acrm__care_follow(call, rec, F_case__duplicate_of_id, &main_case);
    return st == ACRM_OK ? acrm__fail(call, ACRM_E_CONFLICT, "duplicate", "id",
                                      "the case is a duplicate: work on %s instead",
                                      acrm__text(main_case, F_case__number))
                         : st;
}

int32_t acrm__care_need_open(acrm__call *call, const acrm__rec *rec)
{
    if (!acrm__care_done(rec))
        return ACRM_OK;
    return acrm__fail(call, ACRM_E_CONFLICT, "state", "id", "the case is %s; case.reopen opens it "
                      "again", acrm__text(rec, F_case__status));
}

/* --- A duplicate is in the state of its main case --- */

static const uint32_t state_shared[] = { F_case__status, F_case__owner_id, F_case__queue_id,
    F_case__waiting_for, F_case__waiting_reason, F_case__waiting_since, F_case__waiting_until,
    F_case__root_cause_id, F_case__resolution, F_case__resolved_at, F_case__closed_at,
    F_case__reopened_at };

static void state_share(const acrm__rec *rec, acrm__rec *duplicate)
{
    bool same_customer = acrm__cell_equal(&rec->cells[F_case__customer_id],
                                          &duplicate->cells[F_case__customer_id]);

    for (size_t i = 0; i < sizeof state_shared / sizeof state_shared[0]; i++)
        acrm__set(duplicate, state_shared[i], rec->cells[state_shared[i]]);
    /* Another customer is told in a message of his own, and anew after each reopening. */
    if (same_customer || acrm__is_null(rec, F_case__resolved_at)) {
        acrm__set(duplicate, F_case__told_at, rec->cells[F_case__told_at]);
        acrm__set(duplicate, F_case__told_channel, rec->cells[F_case__told_channel]);
    }
}

static int32_t state_duplicates(acrm__call *call, const acrm__rec *rec, acrm__recs *out)
{
    acrm__term term = { F_case__duplicate_of_id, ACRM_FILTER_EQ, rec->cells[F_ID] };

    return acrm__find(call, &(acrm__select){ .entity = "case", .terms = &term, .n_terms = 1,
                                             .as_system = true }, out);
}

int32_t acrm__care_save(acrm__call *call, acrm__rec *rec)
{
    acrm__call system = acrm__care_system(call);
    acrm__recs duplicates = { NULL, 0 };

    int32_t st = acrm__update(&system, rec);
    if (st == ACRM_OK)
        st = state_duplicates(&system, rec, &duplicates);
    for (size_t i = 0; st == ACRM_OK && i < duplicates.count; i++) {
        state_share(rec, duplicates.items[i]);
        st = acrm__update(&system, duplicates.items[i]);
    }
    return st;
}

/* What service levels and processes make of it shows in the result. */
static int32_t state_end(acrm__call *call, acrm__rec *rec, const char *event)
{
    acrm__call system = acrm__care_system(call);
    int32_t st = acrm__care_save(call, rec);

    if (st == ACRM_OK)
        st = acrm__care_emit(call, event, rec);
    if (st == ACRM_OK)
        st = acrm__react(&system);
    if (st == ACRM_OK)
        st = acrm__load(&system, "case", acrm__id(rec, F_ID), NULL, &rec);
    return st == ACRM_OK ? acrm__render(call, rec, call->out) : st;
}

/* --- Stop points --- */

int32_t acrm__care_stop(acrm__call *call)
{
    int64_t until = 0;
    bool limited = acrm__arg_time(call, "until", &until);
    const char *code = NULL;
    acrm__rec *rec;

    int32_t st = acrm__care_load(call, &rec);
    if (st == ACRM_OK)
        st = acrm__care_need_open(call, rec);
    if (st == ACRM_OK && acrm__care_is(rec, F_case__status, "waiting"))
        st = acrm__fail(call, ACRM_E_CONFLICT, "state", "id", "the case is stopped already");
    if (st == ACRM_OK && limited && until <= call->now)
        st = acrm__fail(call, ACRM_E_INVALID, "range", "until", "until must lie in the future");
    if (st == ACRM_OK)
        st = acrm__care_stop_reason(call, rec, &code);
    if (st != ACRM_OK)
        return st;
    acrm__set(rec, F_case__stop_reason, acrm__cell_text(code));
    acrm__set(rec, F_case__status, acrm__cell_text("waiting"));
    acrm__set(rec, F_case__waiting_for, acrm__cell_text(acrm__arg_text(call, "waiting_for")));
    acrm__set(rec, F_case__waiting_reason, acrm__cell_text(acrm__arg_text(call, "reason")));
    acrm__set(rec, F_case__waiting_since, acrm__cell_int(call->now));
    acrm__set(rec, F_case__waiting_until, limited ? acrm__cell_int(until) : acrm__cell_null());
    if (limited)
        st = acrm__timer_set(call, "case.resume", "case", acrm__id(rec, F_ID), until, NULL);
    return st == ACRM_OK ? state_end(call, rec, "case.stopped") : st;
}

int32_t acrm__care_resume_now(acrm__call *call, acrm__rec *rec)
{
    static const uint32_t fields[] = { F_case__waiting_for, F_case__waiting_reason,
        F_case__waiting_since, F_case__waiting_until, F_case__stop_reason };

    acrm__set(rec, F_case__status,
              acrm__cell_text(acrm__int(rec, F_case__reopen_count) > 0 ? "reopened" : "open"));
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        acrm__set(rec, fields[i], acrm__cell_null());
    int32_t st = acrm__timer_cancel(call, "case.resume", acrm__id(rec, F_ID));
    return st == ACRM_OK ? acrm__care_emit(call, "case.resumed", rec) : st;
}

int32_t acrm__care_resume(acrm__call *call)
{
    acrm__rec *rec;
    int32_t st = acrm__care_load(call, &rec);

    if (st == ACRM_OK && !acrm__care_is(rec, F_case__status, "waiting"))
        st = acrm__fail(call, ACRM_E_CONFLICT, "state", "id", "the case is not stopped");
    if (st == ACRM_OK)
        st = acrm__care_resume_now(call, rec);
    if (st == ACRM_OK)
        st = acrm__care_save(call, rec);
    return st == ACRM_OK ? acrm__render(call, rec, call->out) : st;
}

int32_t acrm__care_resume_due(acrm__call *call, const acrm__timer *timer)
{
    acrm__term term = { F_ID, ACRM_FILTER_EQ, acrm__cell_id(timer->subject) };
    acrm__rec *rec = NULL;

    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "case", .terms = &term,
                                                       .n_terms = 1 }, &rec);
    if (st != ACRM_OK || !rec || !acrm__care_is(rec, F_case__status, "waiting"))
        return st;
    st = acrm__care_resume_now(call, rec);
    return st == ACRM_OK ? acrm__care_save(call, rec) : st;
}

/* --- Resolving, telling, closing --- */

static int32_t state_root_cause(acrm__call *call, acrm__rec *rec, const acrm__rec *type)
{
    const char *code = acrm__arg_text(call, "root_cause");
    acrm__rec *cause;

    if (code) {
        int32_t st = acrm__care_by_code(call, "root_cause", F_root_cause__code, code,
                                        "root_cause", &cause);
        if (st != ACRM_OK)
            return st;
        acrm__set(rec, F_case__root_cause_id, cause->cells[F_ID]);
    }
    if (acrm__int(type, F_case_type__needs_root_cause) &&
        acrm__is_null(rec, F_case__root_cause_id))
        return acrm__fail(call, ACRM_E_INVALID, "required", "root_cause",
                          "cases of the type %s are resolved with their root cause only",
                          acrm__text(type, F_case_type__code));
    return ACRM_OK;
}

int32_t acrm__care_resolve(acrm__call *call)
{
    acrm__rec *rec, *type;
    int32_t st = acrm__care_load(call, &rec);

    if (st == ACRM_OK)
        st = acrm__care_need_open(call, rec);
    if (st == ACRM_OK)
        st = acrm__care_follow(call, rec, F_case__type_id, &type);
    if (st != ACRM_OK)
        return st;
    acrm__set(rec, F_case__resolution, acrm__cell_text(acrm__arg_text(call, "resolution")));
    st = state_root_cause(call, rec, type);
    if (st == ACRM_OK)
        st = acrm__care_type_check(call, type, F_case_type__required_to_resolve, rec, true);
    if (st == ACRM_OK && acrm__care_is(rec, F_case__status, "waiting"))
        st = acrm__care_resume_now(call, rec);
    if (st != ACRM_OK)
        return st;
    acrm__set(rec, F_case__status, acrm__cell_text("resolved"));
    acrm__set(rec, F_case__resolved_at, acrm__cell_int(call->now));
    return state_end(call, rec, "case.resolved");
}

/* Of a duplicate too: its customer may be another. */
int32_t acrm__care_tell(acrm__call *call)
{
    acrm__care_note note = { .direction = "out", .channel = acrm__arg_text(call, "channel"),
                             .body = acrm__arg_text(call, "body"), .at = call->now };
    acrm__rec *rec;

    int32_t st = acrm__load_arg(call, "case", "id", &rec);
    if (st == ACRM_OK && !acrm__care_is(rec, F_case__status, "resolved"))
        st = acrm__fail(call, ACRM_E_CONFLICT, "state", "id",
                        "the case is %s: the customer is told once it is resolved",
                        acrm__text(rec, F_case__status));
    if (st == ACRM_OK && note.body)
        st = acrm__care_note_write(call, rec, &note);
    if (st != ACRM_OK)
        return st;
    acrm__set(rec, F_case__told_at, acrm__cell_int(call->now));
    acrm__set(rec, F_case__told_channel, acrm__cell_text(note.channel));
    return state_end(call, rec, "case.told");
}

static int32_t state_all_told(acrm__call *call, const acrm__rec *rec)
{
    const char *untold = acrm__is_null(rec, F_case__told_at) ? acrm__text(rec, F_case__number)
                                                             : NULL;
    acrm__recs duplicates = { NULL, 0 };

    int32_t st = state_duplicates(call, rec, &duplicates);
    for (size_t i = 0; st == ACRM_OK && !untold && i < duplicates.count; i++)
        if (acrm__is_null(duplicates.items[i], F_case__told_at))
            untold = acrm__text(duplicates.items[i], F_case__number);
    if (st == ACRM_OK && untold)
        st = acrm__fail(call, ACRM_E_CONFLICT, "not_told", "told_at",
                        "the customer of %s was not told what came of it; case.tell records that",
                        untold);
    return st;
}

static int32_t state_undecided(acrm__call *call, const acrm__rec *rec)
{
    const acrm__term terms[] = {
        { F_case_compensation__case_id, ACRM_FILTER_EQ, rec->cells[F_ID] },
        { F_case_compensation__status, ACRM_FILTER_EQ, acrm__cell_text("proposed") },
    };
    acrm__rec *open = NULL;

    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "case_compensation",
        .terms = terms, .n_terms = 2, .as_system = true }, &open);
    if (st == ACRM_OK && open)
        st = acrm__fail(call, ACRM_E_CONFLICT, "compensation", "id",
                        "a compensation is still to be decided on; case_compensation.decide does");
    return st;
}

int32_t acrm__care_close(acrm__call *call)
{
    acrm__rec *rec, *type;
    int32_t st = acrm__care_load(call, &rec);

    if (st == ACRM_OK && !acrm__care_is(rec, F_case__status, "resolved"))
        st = acrm__fail(call, ACRM_E_CONFLICT, "state", "id",
                        "the case is %s: only a resolved one can be closed",
                        acrm__text(rec, F_case__status));
    if (st == ACRM_OK)
        st = state_all_told(call, rec);
    if (st == ACRM_OK)
        st = state_undecided(call, rec);
    if (st == ACRM_OK)
        st = acrm__care_follow(call, rec, F_case__type_id, &type);
    if (st != ACRM_OK)
        return st;
    acrm__set(rec, F_case__status, acrm__cell_text("closed"));
    acrm__set(rec, F_case__closed_at, acrm__cell_int(call->now));
    st = acrm__care_callback_set(call, rec, type);
    return st == ACRM_OK ? state_end(call, rec, "case.closed") : st;
}

/* --- Opening again --- */

bool acrm__care_reopen_open(const acrm__call *call, const acrm__rec *rec, const acrm__rec *type)
{
    int64_t within = acrm__int(type, F_case_type__reopen_within) * ACRM__SECOND_US;

    return acrm__is_null(type, F_case_type__reopen_within) ||
           acrm__is_null(rec, F_case__closed_at) ||
           call->now <= acrm__int(rec, F_case__closed_at) + within;
}

int32_t acrm__care_reopen_now(acrm__call *call, acrm__rec *rec)
{
    static const uint32_t cleared[] = { F_case__resolved_at, F_case__told_at,
        F_case__told_channel, F_case__closed_at, F_case__callback_at };

    for (size_t i = 0; i < sizeof cleared / sizeof cleared[0]; i++)
        acrm__set(rec, cleared[i], acrm__cell_null());
    acrm__set(rec, F_case__status, acrm__cell_text("reopened"));
    acrm__set(rec, F_case__reopened_at, acrm__cell_int(call->now));
    acrm__set(rec, F_case__reopen_count,
              acrm__cell_int(acrm__int(rec, F_case__reopen_count) + 1));
    acrm__set(rec, F_case__callback_attempts, acrm__cell_int(0));
    int32_t st = acrm__timer_cancel(call, "case.callback", acrm__id(rec, F_ID));
    if (st == ACRM_OK)
        st = acrm__care_save(call, rec);
    return st == ACRM_OK ? acrm__care_emit(call, "case.reopened", rec) : st;
}

int32_t acrm__care_reopen(acrm__call *call)
{
    acrm__rec *rec, *type;
    int32_t st = acrm__care_load(call, &rec);

    if (st == ACRM_OK && !acrm__care_done(rec))
        st = acrm__fail(call, ACRM_E_CONFLICT, "state", "id", "the case is %s already",
                        acrm__text(rec, F_case__status));
    if (st == ACRM_OK)
        st = acrm__care_follow(call, rec, F_case__type_id, &type);
    if (st == ACRM_OK && !acrm__care_reopen_open(call, rec, type))
        st = acrm__fail(call, ACRM_E_CONFLICT, "too_late", "id",
                        "the time in which a case of the type %s can be opened again is over: "
                        "open a new one", acrm__text(type, F_case_type__code));
    if (st == ACRM_OK)
        st = acrm__care_reopen_now(call, rec);
    return st == ACRM_OK ? acrm__render(call, rec, call->out) : st;
}
