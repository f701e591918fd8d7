/* SPDX-License-Identifier: MIT */
/* Corrections by hand, seen by four eyes: one asks, another approves. */
#include "modules/loyalty/ledger_ops.h"

#include "kernel/inside.h"

#include <string.h>

static int32_t adjust_book(acrm__call *call, acrm__rec *rec)
{
    bool points = strcmp(acrm__text(rec, F_points_adjustment__kind), "points") == 0;
    acrm__ledger_order order = { .points = acrm__int(rec, F_points_adjustment__points),
                                 .kind = points ? ACRM__POINTS : ACRM__POINTS_QUALIFYING,
                                 .source_id = acrm__text(rec, F_points_adjustment__source_id),
                                 .own_only = true };
    acrm__ledger_done done;
    acrm__rec *member = NULL;
    int32_t st = acrm__load(call, "member", acrm__id(rec, F_points_adjustment__member_id),
                            "member_id", &member);

    order.member = member;
    if (st == ACRM_OK)
        st = acrm__ledger_adjust(call, &order, &done);
    if (st == ACRM_OK)
        acrm__set(rec, F_points_adjustment__transaction_id, done.transaction->cells[F_ID]);
    return st;
}

static void adjust_decide(acrm__call *call, acrm__rec *rec, const char *status)
{
    acrm__set(rec, F_points_adjustment__status, acrm__cell_text(status));
    acrm__set(rec, F_points_adjustment__decided_by, acrm__cell_text(acrm__actor_text(call)));
    acrm__set(rec, F_points_adjustment__decided_at, acrm__cell_int(call->now));
}

/* The same again is the adjustment that was asked for then. */
static int32_t adjust_known(acrm__call *call, const acrm__rec *member, acrm__rec **out)
{
    const acrm__term terms[] = {
        { F_points_adjustment__member_id, ACRM_FILTER_EQ, member->cells[F_ID] },
        { F_points_adjustment__source_id, ACRM_FILTER_EQ,
          acrm__cell_text(acrm__arg_text(call, "source_id")) },
    };
    int32_t st = ACRM_OK;

    *out = NULL;
    if (acrm__arg_text(call, "source_id"))
        st = acrm__find_one(call, &(acrm__select){ .entity = "points_adjustment", .terms = terms,
                                                   .n_terms = 2 }, out);
    if (st == ACRM_OK && *out && (acrm__int(*out, F_points_adjustment__points) !=
                                  acrm__arg_int(call, "points", 0)))
        st = acrm__fail(call, ACRM_E_CONFLICT, "source", "source_id",
                        "this source_id was used for another adjustment");
    return st;
}

static int32_t adjust_new(acrm__call *call, const acrm__rec *member, acrm__rec **out)
{
    acrm__rec *rec = acrm__new(call, "points_adjustment"), *program = NULL;
    int64_t points = acrm__arg_int(call, "points", 0);

    if (!rec)
        return acrm__nomem(call);
    if (points == 0)
        return acrm__fail(call, ACRM_E_INVALID, "range", "points", "points must not be 0");
    acrm__set(rec, F_points_adjustment__member_id, member->cells[F_ID]);
    acrm__set(rec, F_points_adjustment__kind, acrm__cell_text(acrm__arg_text(call, "kind")));
    acrm__set(rec, F_points_adjustment__points, acrm__cell_int(points));
    acrm__set(rec, F_points_adjustment__cause, acrm__cell_text(acrm__arg_text(call, "cause")));
    acrm__set(rec, F_points_adjustment__source_id,
              acrm__cell_text(acrm__arg_text(call, "source_id")));
    acrm__set(rec, F_points_adjustment__status, acrm__cell_text("waiting"));
    acrm__set(rec, F_points_adjustment__asked_by, acrm__cell_text(acrm__actor_text(call)));
    int32_t st = acrm__ledger_program(call, member, &program);
    if (st != ACRM_OK)
        return st;
    int64_t size = points < 0 ? -points : points;
    if (size < acrm__int(program, F_loyalty_program__four_eyes_from)) {
        st = adjust_book(call, rec);
        if (st == ACRM_OK)
            adjust_decide(call, rec, "approved");
    }
    *out = rec;
    return st == ACRM_OK ? acrm__insert(call, rec) : st;
}

int32_t acrm__loyalty_adjust(acrm__call *call)
{
    acrm__rec *member = NULL, *rec = NULL;
    int32_t st = acrm__ledger_member(call, "member_id", "card", false, &member);

    if (st == ACRM_OK)
        st = adjust_known(call, member, &rec);
    if (st == ACRM_OK && !rec)
        st = adjust_new(call, member, &rec);
    return st == ACRM_OK ? acrm__render(call, rec, call->out) : st;
}

static int32_t adjust_waiting(acrm__call *call, acrm__rec **out)
{
    int32_t st = acrm__load_arg(call, "points_adjustment", "id", out);

    if (st == ACRM_OK && strcmp(acrm__text(*out, F_points_adjustment__status), "waiting") != 0)
        st = acrm__fail(call, ACRM_E_CONFLICT, "state", "id", "this adjustment was %s already",
                        acrm__text(*out, F_points_adjustment__status));
    return st;
}

int32_t acrm__loyalty_approve(acrm__call *call)
{
    acrm__rec *rec = NULL;
    int32_t st = adjust_waiting(call, &rec);

    if (st == ACRM_OK &&
        strcmp(acrm__text(rec, F_points_adjustment__asked_by), acrm__actor_text(call)) == 0)
        st = acrm__fail(call, ACRM_E_DENIED, "four_eyes", "id",
                        "who asked for an adjustment cannot approve it");
    if (st == ACRM_OK)
        st = adjust_book(call, rec);
    if (st != ACRM_OK)
        return st;
    adjust_decide(call, rec, "approved");
    st = acrm__update(call, rec);
    return st == ACRM_OK ? acrm__render(call, rec, call->out) : st;
}

int32_t acrm__loyalty_reject(acrm__call *call)
{
    acrm__rec *rec = NULL;
    int32_t st = adjust_waiting(call, &rec);

    if (st != ACRM_OK)
        return st;
    adjust_decide(call, rec, "rejected");
    st = acrm__update(call, rec);
    return st == ACRM_OK ? acrm__render(call, rec, call->out) : st;
}
