/* SPDX-License-Identifier: MIT */
/* Two words about one thing: listed, and decided by a rule or by hand; the decision is an event of
 * the order like any other, told with more authority. */
#include "modules/order/sync.h"

#include "base/civil.h"

enum { CONFLICT_AUTHORITY = 900 };

/* "reached 2026-01-04T08:00:00Z" as a word of the milestone. */
static bool conflict_word(const char *text, const char *type, acrm__order_word *word)
{
    static const char *const kinds[] = { "reached", "retracted", "expected", "skipped" };

    *word = (acrm__order_word){ .source = "decision", .code = type, .type = type,
                                .authority = CONFLICT_AUTHORITY,
                                .expected = ACRM_MILESTONE_NO_DAY };
    for (size_t i = 0; text && i < sizeof kinds / sizeof *kinds; i++) {
        size_t n = strlen(kinds[i]);
        if (strncmp(text, kinds[i], n) != 0 || text[n] != ' ')
            continue;
        word->kind = kinds[i];
        const char *when = text + n + 1;
        if (acrm__instant_parse(when, strlen(when), &word->at))
            return true;
        return strcmp(kinds[i], "expected") == 0 &&
               acrm__date_parse(when, strlen(when), &word->expected);
    }
    return false;
}

static int32_t conflict_decide(acrm__order *order, const acrm__rec *conflict, bool *told)
{
    const char *take = acrm__text(conflict, F_sync_conflict__take);
    const char *type = acrm__text(conflict, F_sync_conflict__type);
    bool theirs = strcmp(take, "theirs") == 0;
    const char *text = acrm__text(conflict, theirs ? F_sync_conflict__theirs
                                                   : F_sync_conflict__ours);
    acrm__call *call = order->call;
    acrm__order_word word;
    int32_t verdict;

    *told = false;
    if (strcmp(acrm__text(conflict, F_sync_conflict__kind), "vin") == 0 && theirs) {
        acrm__set(order->rec, F_vehicle_order__vin, acrm__cell_null());
        acrm__set(order->rec, F_vehicle_order__vehicle_id, acrm__cell_null());
        return acrm__order_identify(call, order->rec, text);
    }
    if (!type || !conflict_word(text, type, &word))
        return ACRM_OK;
    word.note = acrm__text(conflict, F_sync_conflict__note);
    word.revision = 1; /* behind those that were decided before */
    for (size_t i = 0; i < order->events.count; i++)
        if (strcmp(acrm__text(order->events.items[i], F_order_event__source), "decision") == 0)
            word.revision++;
    if (word.expected != ACRM_MILESTONE_NO_DAY)
        word.at = call->now;
    *told = true;
    return acrm__order_tell(order, &word, &verdict);
}

static int32_t conflict_rule(acrm__sync *sync, const char *kind, const char **take)
{
    const acrm__term of[] = {
        { F_sync_rule__source, ACRM_FILTER_EQ, acrm__cell_text(sync->code) },
        { F_sync_rule__kind, ACRM_FILTER_EQ, acrm__cell_text(kind) },
    };
    acrm__rec *rule = NULL;
    int32_t st = acrm__find_one(sync->call, &(acrm__select){ .entity = "sync_rule", .terms = of,
                                                             .n_terms = 2, .as_system = true },
                                &rule);

    *take = rule ? acrm__text(rule, F_sync_rule__take) : NULL;
    return st;
}

int32_t acrm__sync_conflict_put(acrm__sync *sync, acrm__sync_order *order, const char *kind,
                                const char *type, const char *ours, const char *theirs)
{
    acrm__rec *rec = acrm__new(sync->call, "sync_conflict");
    const char *take = NULL;
    bool told = false;
    int32_t st = rec ? conflict_rule(sync, kind, &take) : acrm__nomem(sync->call);

    if (st != ACRM_OK)
        return st;
    acrm__set(rec, F_sync_conflict__vehicle_order_id, order->order.rec->cells[F_ID]);
    acrm__set(rec, F_sync_conflict__sync_run_id, sync->run->cells[F_ID]);
    acrm__set(rec, F_sync_conflict__source, acrm__cell_text(sync->code));
    acrm__set(rec, F_sync_conflict__kind, acrm__cell_text(kind));
    acrm__set(rec, F_sync_conflict__type, acrm__cell_text(type));
    acrm__set(rec, F_sync_conflict__ours, acrm__cell_text(ours));
    acrm__set(rec, F_sync_conflict__theirs, acrm__cell_text(theirs));
    if (take) {
        acrm__set(rec, F_sync_conflict__take, acrm__cell_text(take));
        acrm__set(rec, F_sync_conflict__state, acrm__cell_text("resolved"));
        acrm__set(rec, F_sync_conflict__by_rule, acrm__cell_int(1));
        acrm__set(rec, F_sync_conflict__note, acrm__cell_text("by rule"));
    }
    st = acrm__insert(sync->call, rec);
    if (st == ACRM_OK && take && strcmp(kind, "vin") != 0)
        st = conflict_decide(&order->order, rec, &told);
    if (told)
        order->dirty = true;
    return st;
}

int32_t acrm__sync_resolve(acrm__call *call)
{
    acrm__rec *conflict = NULL, *rec = NULL;
    acrm__order order;
    bool told = false;
    int32_t st = acrm__load_arg(call, "sync_conflict", "id", &conflict);

    if (st == ACRM_OK && strcmp(acrm__text(conflict, F_sync_conflict__state), "open") != 0)
        st = acrm__fail(call, ACRM_E_CONFLICT, "state", "id", "it is resolved already");
    if (st == ACRM_OK)
        st = acrm__load(call, "vehicle_order",
                        acrm__id(conflict, F_sync_conflict__vehicle_order_id), "id", &rec);
    if (st == ACRM_OK)
        st = acrm__order_open(call, rec, &order);
    if (st != ACRM_OK)
        return st;
    acrm__set(conflict, F_sync_conflict__state, acrm__cell_text("resolved"));
    acrm__set(conflict, F_sync_conflict__take, acrm__cell_text(acrm__arg_text(call, "take")));
    acrm__set(conflict, F_sync_conflict__note, acrm__cell_text(acrm__arg_text(call, "note")));
    st = acrm__update(call, conflict);
    if (st == ACRM_OK)
        st = conflict_decide(&order, conflict, &told);
    if (st == ACRM_OK && told)
        st = acrm__order_settle(&order);
    return st == ACRM_OK ? acrm__render(call, conflict, call->out) : st;
}
