/* SPDX-License-Identifier: MIT */
/* case.status: how a case stands, for people. */
#include "modules/care/care.h"

#include "kernel/wall.h"

static const struct {
    const char *what;
    uint32_t field;
} status_times[] = {
    { "opened", F_case__opened_at },
    { "first answered", F_case__first_response_at },
    { "last message in", F_case__last_inbound_at },
    { "last message out", F_case__last_outbound_at },
    { "stopped", F_case__waiting_since },
    { "goes on by itself", F_case__waiting_until },
    { "first response missed", F_case__response_missed_at },
    { "resolution missed", F_case__resolution_missed_at },
    { "warned of the law", F_case__legal_warn_at },
    { "due by law", F_case__legal_due },
    { "missed by law", F_case__legal_missed_at },
    { "reopened", F_case__reopened_at },
    { "resolved", F_case__resolved_at },
    { "customer told", F_case__told_at },
    { "closed", F_case__closed_at },
    { "call back", F_case__callback_at },
};

/* What can be done in each state. */
static const struct {
    const char *status, *next[8];
} status_next[] = {
    { "new", { "case.reply", "case.assign", "case.stop", "case.resolve", NULL } },
    { "open", { "case.reply", "case.hand_over", "case.stop", "case.resolve", NULL } },
    { "reopened", { "case.reply", "case.hand_over", "case.stop", "case.resolve", NULL } },
    { "waiting", { "case.resume", "case.message", "case.resolve", NULL } },
    { "resolved", { "case.tell", "case.close", "case.reopen", NULL } },
    { "closed", { "case.callback", "case.reopen", NULL } },
};

static bool status_put_next(acrm__call *call, const acrm__rec *rec)
{
    acrm_value *list = acrm__put_list(call->out, "next");
    bool told = !acrm__is_null(rec, F_case__told_at), ok = list != NULL;

    if (!acrm__is_null(rec, F_case__duplicate_of_id))
        return ok; /* its main case is worked on */
    for (size_t i = 0; ok && i < sizeof status_next / sizeof status_next[0]; i++) {
        if (!acrm__care_is(rec, F_case__status, status_next[i].status))
            continue;
        for (size_t k = 0; ok && status_next[i].next[k]; k++)
            if (told || strcmp(status_next[i].next[k], "case.close") != 0)
                ok = acrm__add_text(list, status_next[i].next[k]);
    }
    return ok;
}

static bool status_put_times(acrm__call *call, const acrm__rec *rec, const acrm__wall *wall)
{
    acrm_value *list = acrm__put_list(call->out, "times");
    bool put[sizeof status_times / sizeof status_times[0]] = { false }, ok = list != NULL;
    size_t n = sizeof status_times / sizeof status_times[0];

    for (size_t round = 0; ok && round < n; round++) {
        size_t best = n;
        for (size_t i = 0; i < n; i++)
            if (!put[i] && !acrm__is_null(rec, status_times[i].field) &&
                (best == n || acrm__int(rec, status_times[i].field) <
                                  acrm__int(rec, status_times[best].field)))
                best = i;
        if (best == n)
            break;
        put[best] = true;
        int64_t at = acrm__int(rec, status_times[best].field);
        acrm_value *item = acrm__add_map(list);
        ok = item && acrm__put_text(item, "what", status_times[best].what) &&
             acrm__put_text(item, "local", acrm__wall_text(call, wall, at)) &&
             acrm__put_text(item, "at", acrm__instant_text(call, at)) &&
             acrm__put_bool(item, "passed", at <= call->now);
    }
    return ok;
}

/* The label of a record that is referred to. */
static int32_t status_put_name(acrm__call *call, const acrm__rec *rec, uint32_t field,
                               const char *key)
{
    acrm__rec *found;
    int32_t st = acrm__care_follow(call, rec, field, &found);

    if (st != ACRM_OK)
        return st;
    const char *name = found ? acrm__text(found, acrm__field_of(found->entity, "name")) : NULL;
    return acrm__put_text(call->out, key, name) ? ACRM_OK : acrm__nomem(call);
}

static int32_t status_put_json(acrm__call *call, const acrm__rec *rec, uint32_t field)
{
    acrm_value *value;
    const char *key = rec->entity->fields[field].def.name;
    int32_t st = acrm__care_read(call, &rec->cells[field], &value);

    if (st != ACRM_OK)
        return st;
    bool ok = value ? acrm__put_value(call->out, key, value) : acrm__put_null(call->out, key);
    return ok ? ACRM_OK : acrm__nomem(call);
}

/* The clocks that watch it. */
static int32_t status_put_clocks(acrm__call *call, const acrm__rec *rec)
{
    static const char *const same[] = { "zone", "jalali" };
    acrm_value *args = acrm__care_map(call), *answer = NULL;
    bool ok = args && acrm__put_text(args, "id", acrm__id_text(call, acrm__id(rec, F_ID)));

    for (size_t i = 0; ok && i < 2; i++)
        if (acrm__arg(call, same[i]))
            ok = acrm__put_value(args, same[i], acrm__arg(call, same[i]));
    if (!ok)
        return acrm__nomem(call);
    if (acrm__is_null(rec, F_case__sla_item_id))
        return acrm__put_list(call->out, "clocks") ? ACRM_OK : acrm__nomem(call);
    int32_t st = acrm__run(call, "sla.status", args, &answer);
    const acrm_value *clocks = acrm_value_get(answer, "clocks");
    return st == ACRM_OK && !acrm__put_value(call->out, "clocks", clocks) ? acrm__nomem(call) : st;
}

static const uint32_t status_why[] = { F_case__priority_explanation,
                                       F_case__assignment_explanation,
                                       F_case__legal_explanation };

static int32_t status_put(acrm__call *call, const acrm__rec *rec, const acrm__wall *wall)
{
    static const uint32_t texts[] = { F_case__number, F_case__kind, F_case__status,
                                      F_case__priority, F_case__waiting_for };
    bool ok = true;

    for (size_t i = 0; ok && i < sizeof texts / sizeof texts[0]; i++)
        ok = acrm__put_text(call->out, rec->entity->fields[texts[i]].def.name,
                            acrm__text(rec, texts[i]));
    ok = ok && status_put_next(call, rec) && status_put_times(call, rec, wall);
    int32_t st = ok ? status_put_name(call, rec, F_case__type_id, "type") : acrm__nomem(call);
    if (st == ACRM_OK)
        st = status_put_name(call, rec, F_case__owner_id, "owner");
    if (st == ACRM_OK)
        st = status_put_name(call, rec, F_case__queue_id, "queue");
    if (st == ACRM_OK)
        st = status_put_clocks(call, rec);
    for (size_t i = 0; st == ACRM_OK && i < sizeof status_why / sizeof status_why[0]; i++)
        if (!acrm__care_self(call)) /* how we sort our work is not the customer's to see */
            st = status_put_json(call, rec, status_why[i]);
    return st;
}

int32_t acrm__care_status(acrm__call *call)
{
    acrm__wall wall;
    acrm__rec *rec;

    int32_t st = acrm__load_arg(call, "case", "id", &rec);
    if (st == ACRM_OK)
        st = acrm__wall_open(call, &wall);
    if (st != ACRM_OK)
        return st;
    st = status_put(call, rec, &wall);
    acrm__wall_close(&wall);
    return st;
}
