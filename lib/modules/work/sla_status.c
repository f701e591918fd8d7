/* SPDX-License-Identifier: MIT */
/* How the service levels of a record stand, told for people; and whether what is stored is what its
 * history gives. */
#include "modules/work/sla.h"

#include "base/civil.h"

#include <string.h>

typedef struct status_run {
    acrm__call *call;
    acrm__sla_state state;
    const acrm_zone *zone; /* whose wall clock is shown */
    acrm_zone *own;        /* when it was asked for */
    bool jalali;
} status_run;

/* --- Times for people --- */

static const char *status_when(status_run *run, int64_t at)
{
    acrm_local local = { .struct_size = sizeof local };
    acrm__civil date;
    char time[ACRM__TIME_SIZE];

    if (at == ACRM_SLA_NONE || acrm_zone_to_local(run->zone, at, &local) != ACRM_OK)
        return NULL;
    acrm__civil_from_day(local.day, &date);
    if (run->jalali && !acrm__jalali_from_day(local.day, &date))
        return NULL;
    acrm__time_print(local.second, time);
    return acrm__arena_format(run->call->arena, "%04d-%02d-%02d %.5s", date.year, date.month,
                              date.day, time);
}

/* "4h 05m". */
static const char *status_span(status_run *run, int64_t us)
{
    int64_t minutes = (us < 0 ? -us : us) / (60 * ACRM__SECOND_US);

    return minutes >= 60 ? acrm__arena_format(run->call->arena, "%lldh %02lldm",
                                              (long long)minutes / 60, (long long)minutes % 60)
                         : acrm__arena_format(run->call->arena, "%lldm", (long long)minutes);
}

static bool status_business(const status_run *run, const acrm_sla_clock *c)
{
    const acrm__sla_book *book = run->state.book;
    int32_t priority = acrm__sla_priority(book, acrm__text(run->state.item,
                                                           F_sla_item__priority));

    return !book->terms.targets[priority * ACRM_SLA_CLOCKS + c->clock - 1].around_the_clock;
}

static const char *status_end(status_run *run, const acrm_sla_clock *c)
{
    acrm__arena *arena = run->call->arena;
    const char *left = status_span(run, c->left);
    const char *due = status_when(run, c->due);

    if (c->state == ACRM_SLA_MET || c->state == ACRM_SLA_MISSED)
        return acrm__arena_format(arena, "%s with %s %s",
                                  c->state == ACRM_SLA_MET ? "met" : "missed", left,
                                  c->left < 0 ? "too much" : "left");
    if (!due)
        return acrm__arena_format(arena, "stands still with %s %s, due when it goes on",
                                  left, c->left < 0 ? "too much" : "left");
    return acrm__arena_format(arena, "%s %s, %s %s", c->left < 0 ? "was due" : "due", due, left,
                              c->left < 0 ? "over" : "left");
}

static const char *status_explain(status_run *run, const acrm_sla_clock *c)
{
    const char *target = status_span(run, c->target), *used = status_span(run, c->elapsed);
    const char *held = status_span(run, c->paused), *end = status_end(run, c);
    const char *start = status_when(run, c->start);

    return acrm__arena_format(run->call->arena, "%s%s from %s: %s used%s%s%s; %s", target,
                              status_business(run, c) ? " of business time" : "",
                              start ? start : "", used, c->paused ? ", " : "",
                              c->paused ? held : "", c->paused ? " standing still" : "", end);
}

/* --- sla.status --- */

static bool status_put_instant(status_run *run, acrm_value *map, const char *key, int64_t at)
{
    const char *text = at == ACRM_SLA_NONE ? NULL : acrm__instant_text(run->call, at);

    return (at == ACRM_SLA_NONE || text) && acrm__put_text(map, key, text);
}

static bool status_put_clock(status_run *run, const acrm_sla_clock *c, acrm_value *list)
{
    static const char *const states[] = { "", "active", "paused", "met", "missed" };
    acrm_value *map = acrm__add_map(list);
    const char *left = acrm__work_duration(run->call, c->left);
    const char *target = acrm__work_duration(run->call, c->target);
    const char *elapsed = acrm__work_duration(run->call, c->elapsed);
    const char *paused = acrm__work_duration(run->call, c->paused);
    const char *explain = status_explain(run, c);

    return map && left && target && elapsed && paused && explain &&
           acrm__put_text(map, "clock", acrm__sla_clock_names[c->clock]) &&
           acrm__put_int(map, "cycle", c->cycle) && acrm__put_int(map, "number", c->key) &&
           acrm__put_text(map, "state", states[c->state]) &&
           acrm__put_text(map, "due", status_when(run, c->due)) &&
           acrm__put_text(map, "left", left) && acrm__put_text(map, "target", target) &&
           acrm__put_text(map, "elapsed", elapsed) && acrm__put_text(map, "paused", paused) &&
           status_put_instant(run, map, "started_at", c->start) &&
           status_put_instant(run, map, "due_at", c->due) &&
           status_put_instant(run, map, "stopped_at", c->stop) &&
           status_put_instant(run, map, "breached_at", c->breached) &&
           acrm__put_text(map, "explanation", explain);
}

static int32_t status_zone(status_run *run)
{
    acrm__call *call = run->call;
    const char *name = acrm__arg_text(call, "zone");
    const acrm__work_calendar *calendar = NULL;

    int32_t st = acrm__calendar_version(call, run->state.book->calendar_version, &calendar);
    if (st != ACRM_OK)
        return st;
    run->zone = calendar->zone;
    if (!name)
        return ACRM_OK;
    st = acrm_zone_load(name, NULL, acrm__cache_allocator(call), &run->own, NULL);
    if (st == ACRM_E_NOMEM)
        return acrm__nomem(call);
    if (st != ACRM_OK)
        return acrm__fail(call, ACRM_E_INVALID, "zone", "zone",
                          "there is no time zone %.64s; zones are named as by IANA: Asia/Tehran",
                          name);
    run->zone = run->own;
    return ACRM_OK;
}

static int32_t status_clocks(status_run *run, int64_t at)
{
    bool all = acrm__arg_bool(run->call, "all", false);
    int64_t longest = -1;
    acrm_value *list = acrm__put_list(run->call->out, "clocks");
    bool ok = list != NULL;

    for (size_t i = 0; ok && i < acrm_sla_count(run->state.sla); i++) {
        acrm_sla_clock c = { .struct_size = sizeof c };
        ok = acrm_sla_clock_at(run->state.sla, i, at, &c) == ACRM_OK;
        if (c.clock == ACRM_SLA_UPDATE && c.target > 0 && c.elapsed > longest)
            longest = c.elapsed;
        bool shown = c.target > 0 && (all || c.stop == ACRM_SLA_NONE ||
                                      c.clock == ACRM_SLA_FIRST_RESPONSE ||
                                      c.clock == ACRM_SLA_RESOLUTION);
        if (ok && shown)
            ok = status_put_clock(run, &c, list);
    }
    const char *text = longest < 0 ? NULL : acrm__work_duration(run->call, longest);
    ok = ok && (text || longest < 0) && acrm__put_text(run->call->out, "longest_update", text);
    return ok ? ACRM_OK : acrm__nomem(run->call);
}

static int32_t status_summary(status_run *run, int64_t at)
{
    acrm__call *call = run->call;
    const acrm__rec *item = run->state.item;
    acrm_sla_summary sum = { .struct_size = sizeof sum };
    acrm__rec *policy = NULL;

    int32_t st = acrm__load(call, "sla_policy", acrm__id(item, F_sla_item__policy_id),
                            "policy_id", &policy);
    if (st != ACRM_OK)
        return st;
    acrm_sla_summarise(run->state.sla, at, &sum);
    bool ok = acrm__put_text(call->out, "item_id", acrm__id_text(call, acrm__id(item, F_ID))) &&
              acrm__put_text(call->out, "entity", acrm__text(item, F_sla_item__entity)) &&
              acrm__put_text(call->out, "policy", acrm__text(policy, F_sla_policy__name)) &&
              acrm__put_text(call->out, "priority", acrm__text(item, F_sla_item__priority)) &&
              acrm__put_text(call->out, "state",
                             !sum.open ? "resolved" : sum.paused ? "paused" : "running") &&
              acrm__put_int(call->out, "cycle", sum.cycle) &&
              status_put_instant(run, call->out, "next_at", sum.next) &&
              status_put_instant(run, call->out, "neglected_at", sum.neglected);
    return ok ? ACRM_OK : acrm__nomem(call);
}

int32_t acrm__sla_op_status(acrm__call *call)
{
    acrm__call system = *call;
    status_run run = { .call = &system, .jalali = acrm__arg_bool(call, "jalali", false) };
    acrm__rec *item = NULL;
    unsigned char id[16];
    int64_t at = 0;
    bool then = acrm__arg_time(call, "at", &at);

    system.as_system = true;
    if (!acrm__arg_id(call, "id", id))
        return acrm__fail(call, ACRM_E_INVALID, "required", "id", "id is required");
    int32_t st = acrm__sla_find(call, id, "id", &item);
    int64_t started = st == ACRM_OK ? acrm__int(item, F_sla_item__started_at) : 0;
    if (!then)
        at = call->now > started ? call->now : started;
    if (st == ACRM_OK && at < started)
        st = acrm__fail(call, ACRM_E_INVALID, "range", "at",
                        "at lies before the service levels of this record began");
    if (st != ACRM_OK)
        return st;
    st = acrm__sla_fold(&system, item, at, &run.state);
    if (st != ACRM_OK)
        return st;
    st = status_zone(&run);
    if (st == ACRM_OK)
        st = status_summary(&run, at);
    if (st == ACRM_OK)
        st = status_clocks(&run, at);
    acrm_zone_free(run.own);
    acrm_sla_free(run.state.sla);
    return st;
}

/* --- sla.verify --- */

static bool status_differs(status_run *run, const acrm_sla_clock *c, const char *field,
                           acrm_value *list)
{
    acrm_value *map = acrm__add_map(list);

    (void)run;
    return map && acrm__put_text(map, "clock", acrm__sla_clock_names[c->clock]) &&
           acrm__put_int(map, "cycle", c->cycle) && acrm__put_int(map, "number", c->key) &&
           acrm__put_text(map, "field", field);
}

static bool status_verify_clock(status_run *run, const acrm__recs *rows, size_t n, int64_t at,
                                acrm_value *list)
{
    acrm_sla_clock c = { .struct_size = sizeof c };

    if (acrm_sla_clock_at(run->state.sla, n, at, &c) != ACRM_OK)
        return false;
    acrm__rec *row = acrm__sla_row_of(rows, &c, n);
    if (!row)
        return c.target == 0 || status_differs(run, &c, "missing", list);
    acrm__sla_row_fill(row, &run->state, &c);
    for (uint32_t f = F_SYSTEM_COUNT; f < row->entity->n_fields; f++)
        if (acrm__changed(row, f) &&
            !status_differs(run, &c, row->entity->fields[f].def.name, list))
            return false;
    return true;
}

/* As of when the rows are true: now, or just before what the next tick will bring. */
static int64_t status_as_of(const acrm__rec *item, int64_t now)
{
    int64_t next = acrm__int(item, F_sla_item__next_at) - 1;

    return acrm__is_null(item, F_sla_item__next_at) || next >= now ? now : next;
}

int32_t acrm__sla_op_verify(acrm__call *call)
{
    acrm__call system = *call;
    status_run run = { .call = &system };
    acrm__recs rows = { NULL, 0 };
    acrm__rec *item = NULL;
    unsigned char id[16];

    system.as_system = true;
    if (!acrm__arg_id(call, "id", id))
        return acrm__fail(call, ACRM_E_INVALID, "required", "id", "id is required");
    int32_t st = acrm__sla_find(call, id, "id", &item);
    if (st != ACRM_OK)
        return st;
    int64_t at = status_as_of(item, call->now);
    st = acrm__sla_rows(&system, item, &rows);
    if (st == ACRM_OK)
        st = acrm__sla_fold(&system, item, at, &run.state);
    if (st != ACRM_OK)
        return st;
    acrm_value *list = acrm__put_list(call->out, "differences");
    size_t n = acrm_sla_count(run.state.sla);
    bool ok = list != NULL;
    for (size_t i = 0; ok && i < n; i++)
        ok = status_verify_clock(&run, &rows, i, at, list);
    ok = ok && acrm__put_bool(call->out, "ok", acrm_value_count(list) == 0) &&
         acrm__put_int(call->out, "clocks", (int64_t)n);
    acrm_sla_free(run.state.sla);
    return ok ? ACRM_OK : acrm__nomem(call);
}
