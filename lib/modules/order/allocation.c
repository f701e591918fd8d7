/* SPDX-License-Identifier: MIT */
/* Quotas of dealers and who waits for a car: offered in order, consumed when accepted, given back
 * when cancelled; every place in the list has its reason. */
#include "modules/order/allocation.h"
#include "modules/order/order.h"

#include "base/json.h"

enum { ALLOCATION_WAITING_MAX = 10000 };

#define REQUEST(field) F_allocation_request__##field
#define QUOTA(field) F_allocation_quota__##field

/* --- The list --- */

/* More than 0: b comes before a. */
static int allocation_order(const acrm__rec *a, const acrm__rec *b)
{
    static const uint32_t first[] = { REQUEST(ahead), REQUEST(priority) };

    for (size_t i = 0; i < sizeof first / sizeof *first; i++) {
        int64_t x = acrm__int(a, first[i]), y = acrm__int(b, first[i]);
        if (x != y)
            return x > y ? -1 : 1;
    }
    return memcmp(acrm__id(a, F_ID), acrm__id(b, F_ID), 16);
}

static void allocation_sort(acrm__rec **items, acrm__rec **spare, size_t n)
{
    for (size_t width = 1; width < n; width *= 2) {
        for (size_t at = 0; at < n; at += 2 * width) {
            size_t i = at, k = at + width < n ? at + width : n, out = at;
            size_t mid = k, end = at + 2 * width < n ? at + 2 * width : n;
            while (i < mid || k < end)
                spare[out++] = k >= end || (i < mid && allocation_order(items[i], items[k]) <= 0)
                                   ? items[i++] : items[k++];
        }
        memcpy(items, spare, n * sizeof *items);
    }
}

static int32_t allocation_of(acrm__call *call, const acrm_cell key[3], const char *state,
                             acrm__recs *out)
{
    const acrm__term of[] = {
        { REQUEST(dealer_id), ACRM_FILTER_EQ, key[0] },
        { REQUEST(model), ACRM_FILTER_EQ, key[1] },
        { REQUEST(period), ACRM_FILTER_EQ, key[2] },
        { REQUEST(state), ACRM_FILTER_EQ, acrm__cell_text(state) },
    };
    int32_t st = acrm__find(call, &(acrm__select){ .entity = "allocation_request", .terms = of,
        .n_terms = 4, .limit = ALLOCATION_WAITING_MAX, .as_system = true }, out);
    acrm__rec **spare = st == ACRM_OK
        ? acrm__arena_alloc(call->arena, (out->count + 1) * sizeof *spare) : NULL;

    if (st != ACRM_OK)
        return st;
    if (!spare)
        return acrm__nomem(call);
    allocation_sort(out->items, spare, out->count);
    return ACRM_OK;
}

static int32_t allocation_quota_of(acrm__call *call, const acrm__rec *request, acrm__rec **out)
{
    const acrm__term of[] = {
        { QUOTA(dealer_id), ACRM_FILTER_EQ, request->cells[REQUEST(dealer_id)] },
        { QUOTA(model), ACRM_FILTER_EQ, request->cells[REQUEST(model)] },
        { QUOTA(period), ACRM_FILTER_EQ, request->cells[REQUEST(period)] },
    };
    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "allocation_quota", .terms = of,
                                                       .n_terms = 3, .as_system = true }, out);

    if (st == ACRM_OK && !*out)
        st = acrm__fail(call, ACRM_E_CONFLICT, "quota", "period",
                        "the dealer has no quota of this model in this period");
    return st;
}

int32_t acrm__allocation_request_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    if (!before && acrm__int(rec, REQUEST(priority)) > 0 &&
        acrm__is_null(rec, REQUEST(priority_reason)))
        return acrm__fail(call, ACRM_E_INVALID, "required", "priority_reason",
                          "a priority needs its reason");
    if (before && acrm__changed(rec, REQUEST(priority)) &&
        !acrm__changed(rec, REQUEST(priority_reason)))
        return acrm__fail(call, ACRM_E_INVALID, "required", "priority_reason",
                          "another priority needs its reason");
    return ACRM_OK;
}

/* --- Offers --- */

static int32_t allocation_offer(acrm__call *call, const acrm__rec *quota, acrm__rec *request)
{
    int64_t until = call->now + acrm__int(quota, QUOTA(offer_for)) * INT64_C(1000000);

    acrm__set(request, REQUEST(state), acrm__cell_text("offered"));
    acrm__set(request, REQUEST(offered_until), acrm__cell_int(until));
    int32_t st = acrm__update(call, request);
    if (st == ACRM_OK)
        st = acrm__timer_set(call, "allocation.due", "allocation_request",
                             acrm__id(request, F_ID), until, NULL);
    if (st == ACRM_OK)
        st = acrm__emit(call, "allocation.offered", "allocation_request",
                        acrm__id(request, F_ID), NULL);
    return st;
}

static const char *allocation_reason(acrm__call *call, const acrm__rec *request)
{
    const char *why = acrm__text(request, REQUEST(priority_reason));

    if (acrm__int(request, REQUEST(ahead)) > 0)
        return acrm__arena_format(call->arena, "put before others: %s",
                                  acrm__text(request, REQUEST(ahead_reason)));
    if (acrm__int(request, REQUEST(priority)) > 0)
        return acrm__arena_format(call->arena, "priority %lld: %s",
                                  (long long)acrm__int(request, REQUEST(priority)),
                                  why ? why : "");
    return acrm__arena_format(call->arena, "asked at %s",
                              acrm__instant_text(call, acrm__int(request, F_CREATED_AT)));
}

static bool allocation_tell(acrm__call *call, acrm_value *list, const acrm__rec *request,
                            int64_t position, const char *outcome)
{
    acrm_value *item = acrm__add_map(list);

    return item && acrm__put_text(item, "id", acrm__id_text(call, acrm__id(request, F_ID))) &&
           acrm__put_int(item, "position", position) &&
           acrm__put_text(item, "outcome", outcome) &&
           acrm__put_text(item, "reason", allocation_reason(call, request));
}

/* Offer what is free of one quota, in order, to those its rule lets through. */
static int32_t allocation_serve(acrm__call *call, const acrm__rec *quota, acrm_value *list)
{
    const acrm_cell key[] = { quota->cells[QUOTA(dealer_id)], quota->cells[QUOTA(model)],
                              quota->cells[QUOTA(period)] };
    const acrm_cell *rule = &quota->cells[QUOTA(rule)];
    const acrm_filter_node *where = NULL;
    acrm__recs waiting = { NULL, 0 }, offered = { NULL, 0 };
    acrm_value *filter = NULL;
    acrm__json_fault fault;
    int32_t st = allocation_of(call, key, "waiting", &waiting);

    if (st == ACRM_OK)
        st = allocation_of(call, key, "offered", &offered);
    if (st == ACRM_OK && rule->type == ACRM_CELL_TEXT &&
        acrm__json_read(call->arena, rule->data, rule->size, &filter, &fault) != ACRM_OK)
        st = acrm__nomem(call);
    if (st == ACRM_OK && filter)
        st = acrm__filter(call, acrm__entity_of(call, "allocation_request"), filter, "rule",
                          &where);
    int64_t left = acrm__int(quota, QUOTA(places)) - acrm__int(quota, QUOTA(used)) -
                   (int64_t)offered.count;
    for (size_t i = 0; st == ACRM_OK && i < waiting.count; i++) {
        bool fits = true;
        if (where)
            st = acrm__matches(call, waiting.items[i], where, &fits);
        bool served = st == ACRM_OK && fits && left > 0;
        if (served) {
            st = allocation_offer(call, quota, waiting.items[i]);
            left--;
        }
        if (st == ACRM_OK && list &&
            !allocation_tell(call, list, waiting.items[i], (int64_t)i + 1,
                             served ? "offered" : fits ? "no_place" : "rule"))
            st = acrm__nomem(call);
    }
    return st;
}

int32_t acrm__allocation_run(acrm__call *call)
{
    acrm_value *list = acrm__put_list(call->out, "items");
    unsigned char *dealer = acrm__arena_alloc(call->arena, 16);
    acrm__recs quotas = { NULL, 0 };
    acrm__term of[3] = { { QUOTA(period), ACRM_FILTER_EQ,
                           acrm__cell_text(acrm__arg_text(call, "period")) } };
    size_t n = 1;

    if (!list || !dealer)
        return acrm__nomem(call);
    if (acrm__arg_id(call, "dealer_id", dealer))
        of[n++] = (acrm__term){ QUOTA(dealer_id), ACRM_FILTER_EQ, acrm__cell_id(dealer) };
    if (acrm__arg(call, "model"))
        of[n++] = (acrm__term){ QUOTA(model), ACRM_FILTER_EQ,
                                acrm__cell_text(acrm__arg_text(call, "model")) };
    int32_t st = acrm__find(call, &(acrm__select){ .entity = "allocation_quota", .terms = of,
                                                   .n_terms = n }, &quotas);
    if (st == ACRM_OK && quotas.count == 0)
        st = acrm__fail(call, ACRM_E_NOTFOUND, "quota", "period", "there is no such quota");
    for (size_t i = 0; st == ACRM_OK && i < quotas.count; i++)
        st = allocation_serve(call, quotas.items[i], list);
    return st;
}

/* --- Acceptance, cancellation, expiry --- */

/* The order of a request gets its car, or loses it again. */
static int32_t allocation_tell_order(acrm__call *call, const acrm__rec *request, const char *kind)
{
    const acrm__term by_id = { F_ID, ACRM_FILTER_EQ, request->cells[REQUEST(vehicle_order_id)] };
    acrm__rec *rec = NULL;
    acrm__order order;
    int32_t verdict;

    if (acrm__is_null(request, REQUEST(vehicle_order_id)))
        return ACRM_OK;
    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "vehicle_order", .terms = &by_id,
                                                       .n_terms = 1, .as_system = true }, &rec);
    if (st != ACRM_OK || !rec || strcmp(acrm__text(rec, F_vehicle_order__state), "open") != 0)
        return st;
    st = acrm__order_open(call, rec, &order);
    if (st != ACRM_OK || acrm_milestone_find(order.way->chain, "allocation") < 0)
        return st;
    const acrm__order_word word = { .source = "allocation", .code = "allocation",
        .type = "allocation", .kind = kind, .at = call->now,
        .note = acrm__text(request, REQUEST(period)), .expected = ACRM_MILESTONE_NO_DAY,
        .revision = acrm__int(request, F_VERSION) };
    st = acrm__order_tell(&order, &word, &verdict);
    return st == ACRM_OK ? acrm__order_settle(&order) : st;
}

/* What an accepted request took is there again; who waits next gets the offer. */
static int32_t allocation_close(acrm__call *call, acrm__rec *request, const char *state,
                                const char *reason)
{
    bool used = strcmp(acrm__text(request, REQUEST(state)), "accepted") == 0;
    acrm__rec *quota = NULL;
    int32_t st = acrm__timer_cancel(call, "allocation.due", acrm__id(request, F_ID));

    acrm__set(request, REQUEST(state), acrm__cell_text(state));
    acrm__set(request, REQUEST(closed_reason), acrm__cell_text(reason));
    acrm__set(request, REQUEST(offered_until), acrm__cell_null());
    if (st == ACRM_OK)
        st = acrm__update(call, request);
    if (st == ACRM_OK && used)
        st = allocation_tell_order(call, request, "retracted");
    if (st == ACRM_OK)
        st = allocation_quota_of(call, request, &quota);
    if (st == ACRM_OK && used) {
        acrm__set(quota, QUOTA(used), acrm__cell_int(acrm__int(quota, QUOTA(used)) - 1));
        st = acrm__update(call, quota);
    }
    return st == ACRM_OK ? allocation_serve(call, quota, NULL) : st;
}

int32_t acrm__allocation_accept(acrm__call *call)
{
    acrm__rec *request = NULL, *quota = NULL;
    int32_t st = acrm__load_arg(call, "allocation_request", "id", &request);

    if (st == ACRM_OK && strcmp(acrm__text(request, REQUEST(state)), "offered") != 0)
        st = acrm__fail(call, ACRM_E_CONFLICT, "state", "id", "nothing is offered: it is %s",
                        acrm__text(request, REQUEST(state)));
    if (st == ACRM_OK && acrm__int(request, REQUEST(offered_until)) <= call->now)
        st = acrm__fail(call, ACRM_E_CONFLICT, "expired", "id", "the offer has ended");
    if (st == ACRM_OK)
        st = allocation_quota_of(call, request, &quota);
    if (st == ACRM_OK && acrm__int(quota, QUOTA(used)) >= acrm__int(quota, QUOTA(places)))
        st = acrm__fail(call, ACRM_E_CONFLICT, "quota", "id", "the quota is used up");
    if (st != ACRM_OK)
        return st;
    acrm__set(quota, QUOTA(used), acrm__cell_int(acrm__int(quota, QUOTA(used)) + 1));
    acrm__set(request, REQUEST(state), acrm__cell_text("accepted"));
    acrm__set(request, REQUEST(accepted_at), acrm__cell_int(call->now));
    st = acrm__update(call, quota);
    if (st == ACRM_OK)
        st = acrm__update(call, request);
    if (st == ACRM_OK)
        st = acrm__timer_cancel(call, "allocation.due", acrm__id(request, F_ID));
    if (st == ACRM_OK)
        st = allocation_tell_order(call, request, "reached");
    if (st == ACRM_OK)
        st = acrm__emit(call, "allocation.accepted", "allocation_request",
                        acrm__id(request, F_ID), NULL);
    return st == ACRM_OK ? acrm__render(call, request, call->out) : st;
}

static bool allocation_is_live(const acrm__rec *request)
{
    const char *state = acrm__text(request, REQUEST(state));

    return strcmp(state, "waiting") == 0 || strcmp(state, "offered") == 0 ||
           strcmp(state, "accepted") == 0;
}

int32_t acrm__allocation_cancel(acrm__call *call)
{
    acrm__rec *request = NULL;
    int32_t st = acrm__load_arg(call, "allocation_request", "id", &request);

    if (st == ACRM_OK && !allocation_is_live(request))
        st = acrm__fail(call, ACRM_E_CONFLICT, "state", "id", "it is %s already",
                        acrm__text(request, REQUEST(state)));
    if (st == ACRM_OK)
        st = allocation_close(call, request, "cancelled", acrm__arg_text(call, "cause"));
    return st == ACRM_OK ? acrm__render(call, request, call->out) : st;
}

int32_t acrm__allocation_due(acrm__call *call, const acrm__timer *timer)
{
    const acrm__term by_id = { F_ID, ACRM_FILTER_EQ, acrm__cell_id(timer->subject) };
    acrm__rec *request = NULL;
    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "allocation_request",
        .terms = &by_id, .n_terms = 1, .as_system = true }, &request);

    if (st != ACRM_OK || !request || strcmp(acrm__text(request, REQUEST(state)), "offered") != 0)
        return st;
    return allocation_close(call, request, "expired", "no deposit came in time");
}

int32_t acrm__allocation_order_gone(acrm__call *call, const acrm__rec *order)
{
    const acrm__term of = { REQUEST(vehicle_order_id), ACRM_FILTER_EQ, order->cells[F_ID] };
    acrm__recs requests = { NULL, 0 };
    int32_t st = acrm__find(call, &(acrm__select){ .entity = "allocation_request", .terms = &of,
                                                   .n_terms = 1, .as_system = true }, &requests);

    for (size_t i = 0; st == ACRM_OK && i < requests.count; i++)
        if (allocation_is_live(requests.items[i]))
            st = allocation_close(call, requests.items[i], "cancelled", "the order was cancelled");
    return st;
}

/* --- Places --- */

int32_t acrm__allocation_jump(acrm__call *call)
{
    acrm__rec *request = NULL;
    acrm__recs waiting = { NULL, 0 };
    int32_t st = acrm__load_arg(call, "allocation_request", "id", &request);

    if (st == ACRM_OK && strcmp(acrm__text(request, REQUEST(state)), "waiting") != 0)
        st = acrm__fail(call, ACRM_E_CONFLICT, "state", "id", "it is %s, not waiting",
                        acrm__text(request, REQUEST(state)));
    if (st != ACRM_OK)
        return st;
    const acrm_cell key[] = { request->cells[REQUEST(dealer_id)], request->cells[REQUEST(model)],
                              request->cells[REQUEST(period)] };
    st = allocation_of(call, key, "waiting", &waiting);
    if (st != ACRM_OK)
        return st;
    int64_t top = waiting.count ? acrm__int(waiting.items[0], REQUEST(ahead)) : 0;
    acrm__set(request, REQUEST(ahead), acrm__cell_int(top + 1));
    acrm__set(request, REQUEST(ahead_reason), acrm__cell_text(acrm__arg_text(call, "cause")));
    st = acrm__update(call, request);
    return st == ACRM_OK ? acrm__render(call, request, call->out) : st;
}

int32_t acrm__allocation_waiting(acrm__call *call)
{
    acrm_value *list = acrm__put_list(call->out, "items");
    acrm__recs waiting = { NULL, 0 };
    acrm__rec *dealer = NULL;
    int32_t st = list ? acrm__load_arg(call, "dealer", "dealer_id", &dealer) : acrm__nomem(call);

    if (st != ACRM_OK)
        return st;
    const acrm_cell key[] = { dealer->cells[F_ID],
                              acrm__cell_text(acrm__arg_text(call, "model")),
                              acrm__cell_text(acrm__arg_text(call, "period")) };
    st = allocation_of(call, key, "waiting", &waiting);
    for (size_t i = 0; st == ACRM_OK && i < waiting.count; i++)
        if (!allocation_tell(call, list, waiting.items[i], (int64_t)i + 1, "waiting"))
            st = acrm__nomem(call);
    return st;
}
