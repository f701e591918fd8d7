/* SPDX-License-Identifier: MIT */
/* loyalty.simulate: past events through other rules, beside what they gave. Writes nothing. */
#include "modules/loyalty/club.h"

#include "base/civil.h"
#include "kernel/crud.h"

#include <string.h>

enum { SIMULATE_SLOTS = 4096, SIMULATE_BANDS = 6, SIMULATE_STEP = 1024 };

/* Members by the points that they have of the new rules. */
static const int64_t simulate_bands[SIMULATE_BANDS] = { 0, 1, 100, 1000, 10000, 100000 };

/* What a rule gave to a member in a period, for its caps. */
typedef struct simulate_used {
    struct simulate_used *next;
    unsigned char member[16];
    size_t rule;
    int32_t period;
    int64_t number; /* of the period */
    int64_t points, times;
} simulate_used;

typedef struct simulate_member {
    struct simulate_member *next;
    unsigned char id[16];
    int64_t given, points, qualifying;
} simulate_member;

typedef struct simulate_rule {
    int64_t points, events, cut;
} simulate_rule;

typedef struct simulation {
    acrm__call *call;
    acrm__rec *program;
    acrm__club_rules rules;
    simulate_rule *by_rule;
    simulate_used *used[SIMULATE_SLOTS];
    simulate_member *members[SIMULATE_SLOTS];
    acrm__arena scratch;
    acrm__club_event event; /* the running one */
    int64_t events, given, points, qualifying, n_members;
} simulation;

static size_t simulate_slot(const unsigned char id[16], size_t more)
{
    uint64_t hash;

    memcpy(&hash, id + 8, sizeof hash); /* the random end of it */
    return (size_t)((hash ^ (hash >> 29) ^ more * 2654435761u) % SIMULATE_SLOTS);
}

static simulate_member *simulate_member_of(simulation *s, const unsigned char id[16])
{
    simulate_member **slot = &s->members[simulate_slot(id, 0)], *m = *slot;

    while (m && memcmp(m->id, id, 16) != 0)
        m = m->next;
    if (m)
        return m;
    m = acrm__arena_zero(s->call->arena, sizeof *m);
    if (!m)
        return NULL;
    memcpy(m->id, id, 16);
    m->next = *slot;
    *slot = m;
    s->n_members++;
    return m;
}

static simulate_used *simulate_used_of(simulation *s, size_t rule, int32_t period)
{
    const unsigned char *member = acrm__id(s->event.rec, F_loyalty_event__member_id);
    int64_t number = acrm__period_of(period, s->event.day);
    simulate_used **slot = &s->used[simulate_slot(member, rule * 8 + (size_t)period +
                                                              (size_t)(number * 977))];
    simulate_used *u = *slot;

    while (u && (u->rule != rule || u->period != period || u->number != number ||
                 memcmp(u->member, member, 16) != 0))
        u = u->next;
    if (u)
        return u;
    u = acrm__arena_zero(s->call->arena, sizeof *u);
    if (!u)
        return NULL;
    memcpy(u->member, member, 16);
    u->rule = rule;
    u->period = period;
    u->number = number;
    u->next = *slot;
    *slot = u;
    return u;
}

static int32_t simulate_given(void *self, size_t rule, int32_t period, int64_t *points,
                              int64_t *times)
{
    simulation *s = self;
    const simulate_used *u = simulate_used_of(s, rule, period);

    if (!u)
        return acrm__nomem(s->call);
    *points = u->points;
    *times = u->times;
    return ACRM_OK;
}

static int32_t simulate_note(simulation *s, size_t n)
{
    const acrm__earning_rule *rule = &s->rules.scheme.rules[n];
    const acrm__earning_share *share = &s->event.shares[n];
    bool gave = share->outcome == ACRM__EARNING_GAVE && rule->gives != ACRM__EARNING_FACTOR;

    s->by_rule[n].cut += gave ? share->cut : 0;
    if ((!gave || share->points == 0) && share->outcome != ACRM__EARNING_FACTORED)
        return ACRM_OK;
    s->by_rule[n].events++;
    s->by_rule[n].points += gave ? share->points : 0;
    for (uint32_t i = 0; i < rule->n_caps; i++) {
        bool again = rule->caps[i].period == ACRM__EARNING_EVENT;
        for (uint32_t k = 0; k < i; k++) /* two caps of one period share what was used */
            again = again || rule->caps[k].period == rule->caps[i].period;
        simulate_used *u = again ? NULL : simulate_used_of(s, n, rule->caps[i].period);
        if (!again && !u)
            return acrm__nomem(s->call);
        if (u) {
            u->points += share->points;
            u->times++;
        }
    }
    return ACRM_OK;
}

static int32_t simulate_event(simulation *s, const acrm__call *scratch, acrm__rec *rec)
{
    acrm__call inner = *scratch;
    simulate_member *member = simulate_member_of(s, acrm__id(rec, F_loyalty_event__member_id));

    s->event = (acrm__club_event){ .call = &inner, .program = s->program, .rec = rec };
    if (!member)
        return acrm__nomem(s->call);
    int32_t st = acrm__club_event_open(&s->event);
    s->event.rules = &s->rules;
    if (st == ACRM_OK)
        st = acrm__club_event_earn(&s->event, simulate_given, s);
    for (size_t i = 0; st == ACRM_OK && i < s->rules.scheme.n_rules; i++)
        st = simulate_note(s, i);
    if (st != ACRM_OK)
        return st;
    int64_t given = acrm__int(rec, F_loyalty_event__points);
    member->given += given;
    member->points += s->event.sum.spendable;
    member->qualifying += s->event.sum.qualifying;
    s->given += given;
    s->points += s->event.sum.spendable;
    s->qualifying += s->event.sum.qualifying;
    s->events++;
    return s->events % SIMULATE_STEP == 0 ? acrm__progress(s->call, "simulate", s->events, 0)
                                          : ACRM_OK;
}

static int32_t simulate_row(void *user, const acrm_cell *cells, uint32_t n)
{
    simulation *s = user;
    const acrm__entity *entity = acrm__entity_of(s->call, "loyalty_event");
    acrm__call scratch = *s->call;

    (void)n;
    acrm__arena_reset(&s->scratch);
    scratch.arena = &s->scratch;
    acrm__rec *rec = acrm__rec_from_row(&scratch, entity, cells);
    return rec ? simulate_event(s, &scratch, rec) : acrm__nomem(s->call);
}

/* --- The rules that are tried --- */

static int32_t simulate_defaults(acrm__call *call, acrm__rec *rec, acrm_value *faults)
{
    int32_t st = ACRM_OK;

    for (uint32_t n = F_SYSTEM_COUNT; st == ACRM_OK && n < rec->entity->n_fields; n++) {
        const acrm__fieldinfo *field = &rec->entity->fields[n];
        if (field->preset && acrm__is_null(rec, n))
            st = acrm__decode(call, field, field->preset, field->def.name, &rec->cells[n],
                              faults);
    }
    return st;
}

static int32_t simulate_rules(simulation *s, const acrm_value *list)
{
    acrm__call *call = s->call;
    size_t n = acrm_value_count(list);
    acrm__rec **recs = acrm__arena_array(call->arena, n + 1, sizeof *recs);
    const char **places = acrm__arena_array(call->arena, n + 1, sizeof *places);
    acrm_value *faults = acrm__value_in(call->arena);
    static const char *const skip[] = { "program_id", "id", "version", NULL };

    if (!recs || !places || !faults || acrm_value_set_list(faults) != ACRM_OK)
        return acrm__nomem(call);
    for (size_t i = 0; i < n; i++) {
        recs[i] = acrm__new(call, "earning_rule");
        places[i] = acrm__arena_format(call->arena, "rules[%zu].", i);
        if (!recs[i] || !places[i])
            return acrm__nomem(call);
        if (acrm_value_type(acrm_value_at(list, i)) != ACRM_MAP)
            return acrm__club_fail(call, ACRM_E_INVALID, "type", places[i], "code",
                                   "a rule is an object with the fields of earning_rule");
        int32_t st = acrm__assign(call, recs[i], acrm_value_at(list, i), places[i], skip, faults);
        if (st == ACRM_OK && acrm_value_count(faults))
            return acrm__error_fields(call->err, ACRM_E_INVALID, faults);
        if (st == ACRM_OK)
            st = simulate_defaults(call, recs[i], faults);
        if (st != ACRM_OK)
            return st;
    }
    return acrm__club_rules_make(call, s->program, recs, places, n, call->arena, &s->rules);
}

static int32_t simulate_choose(simulation *s)
{
    const acrm_value *list = acrm__arg(s->call, "rules");
    const acrm__club_rules *now;
    int32_t st;

    if (list) {
        st = simulate_rules(s, list);
    } else {
        st = acrm__club_rules_of(s->call, s->program, &now);
        if (st == ACRM_OK)
            s->rules = *now;
    }
    if (st != ACRM_OK)
        return st;
    s->by_rule = acrm__arena_array(s->call->arena, s->rules.scheme.n_rules + 1,
                                   sizeof *s->by_rule);
    return s->by_rule ? ACRM_OK : acrm__nomem(s->call);
}

/* --- The events, in order --- */

static int32_t simulate_run(simulation *s)
{
    acrm__call *call = s->call;
    int64_t from = 0, until = 0, begin, end;
    const acrm_order order[] = { { F_loyalty_event__at, 0 }, { F_ID, 0 } };

    (void)acrm__arg_time(call, "from", &from);
    (void)acrm__arg_time(call, "to", &until);
    if (from > until)
        return acrm__fail(call, ACRM_E_INVALID, "range", "to", "to lies before from");
    int32_t st = acrm__ledger_day_start(call, s->program, (int32_t)from, &begin);
    if (st == ACRM_OK)
        st = acrm__ledger_day_start(call, s->program, (int32_t)until + 1, &end);
    if (st != ACRM_OK)
        return st;
    const acrm__term terms[] = {
        { F_loyalty_event__program_id, ACRM_FILTER_EQ, s->program->cells[F_ID] },
        { F_loyalty_event__at, ACRM_FILTER_GE, acrm__cell_int(begin) },
        { F_loyalty_event__at, ACRM_FILTER_LT, acrm__cell_int(end) },
        { F_loyalty_event__status, ACRM_FILTER_EQ, acrm__cell_text("active") },
        { F_loyalty_event__kind, ACRM_FILTER_NE, acrm__cell_text("challenge") },
    };
    acrm_query query = { .struct_size = sizeof query, .where = acrm__where(call, terms, 5),
                         .table = &acrm__entity_of(call, "loyalty_event")->table,
                         .order = order, .n_order = 2 };
    if (!query.where)
        return acrm__nomem(call);
    acrm__arena_init(&s->scratch, &call->arena->allocator);
    st = acrm__query(call, &query, simulate_row, s);
    acrm__arena_free(&s->scratch);
    return st;
}

/* --- What is told --- */

static int32_t simulate_put_rules(const simulation *s)
{
    acrm_value *list = acrm__put_list(s->call->out, "by_rule");
    bool ok = list != NULL;

    for (size_t i = 0; ok && i < s->rules.scheme.n_rules; i++) {
        acrm_value *item = acrm__add_map(list);
        ok = item && acrm__put_text(item, "rule", s->rules.rules[i].code) &&
             acrm__put_int(item, "events", s->by_rule[i].events) &&
             acrm__put_int(item, "points", s->by_rule[i].points) &&
             acrm__put_int(item, "cut", s->by_rule[i].cut);
    }
    return ok ? ACRM_OK : acrm__nomem(s->call);
}

static int32_t simulate_put_bands(const simulation *s)
{
    struct { int64_t members, given, points; } bands[SIMULATE_BANDS] = { { 0, 0, 0 } };
    acrm_value *list = acrm__put_list(s->call->out, "bands");
    bool ok = list != NULL;

    for (size_t i = 0; i < SIMULATE_SLOTS; i++)
        for (const simulate_member *m = s->members[i]; m; m = m->next) {
            size_t band = SIMULATE_BANDS - 1;
            while (band > 0 && m->points < simulate_bands[band])
                band--;
            bands[band].members++;
            bands[band].given += m->given;
            bands[band].points += m->points;
        }
    for (size_t i = 0; ok && i < SIMULATE_BANDS; i++) {
        acrm_value *item = acrm__add_map(list);
        ok = item && acrm__put_int(item, "from", simulate_bands[i]) &&
             acrm__put_int(item, "members", bands[i].members) &&
             acrm__put_int(item, "given", bands[i].given) &&
             acrm__put_int(item, "points", bands[i].points);
    }
    return ok ? ACRM_OK : acrm__nomem(s->call);
}

static int32_t simulate_put(const simulation *s)
{
    acrm__call *call = s->call;
    const char *price = acrm__text(s->program, F_loyalty_program__cost_per_point);
    int32_t digits = acrm__club_digits(s->program);
    const char *cost = NULL, *more = NULL;

    int32_t st = acrm__club_cost(call, s->points, price, digits, &cost);
    if (st == ACRM_OK)
        st = acrm__club_cost(call, s->points - s->given, price, digits, &more);
    if (st != ACRM_OK)
        return st;
    bool ok = acrm__put_int(call->out, "events", s->events) &&
              acrm__put_int(call->out, "members", s->n_members) &&
              acrm__put_int(call->out, "given", s->given) &&
              acrm__put_int(call->out, "points", s->points) &&
              acrm__put_int(call->out, "difference", s->points - s->given) &&
              acrm__put_int(call->out, "qualifying", s->qualifying) &&
              acrm__put_text(call->out, "currency",
                             acrm__text(s->program, F_loyalty_program__currency)) &&
              acrm__put_text(call->out, "cost", cost) &&
              acrm__put_text(call->out, "cost_difference", more);
    st = ok ? simulate_put_rules(s) : acrm__nomem(call);
    return st == ACRM_OK ? simulate_put_bands(s) : st;
}

int32_t acrm__loyalty_simulate(acrm__call *call)
{
    acrm__call system = *call;
    simulation *s = acrm__arena_zero(call->arena, sizeof *s);

    system.as_system = true;
    if (!s)
        return acrm__nomem(call);
    s->call = &system;
    int32_t st = acrm__ledger_program_named(&system, &s->program);
    if (st == ACRM_OK)
        st = simulate_choose(s);
    if (st == ACRM_OK)
        st = simulate_run(s);
    return st == ACRM_OK ? simulate_put(s) : st;
}
