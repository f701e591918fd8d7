/* SPDX-License-Identifier: MIT */
/* What must hold of orders, draws, quotas, and of what other sales systems tell. */
#include "invariants.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

/* --- Quotas --- */

static void see_quota(sim *s, const acrm_value *quota, void *user)
{
    acrm_value *list = sim_ask(s, "allocation_request.aggregate",
        "'where':{'dealer_id':'%s','model':'%s','period':'%s'},'group':['state'],'measures':"
        "{'count':'count'}", host_text(quota, "dealer_id"), host_text(quota, "model"),
        host_text(quota, "period"));
    const acrm_value *rows = acrm_value_get(list, "rows");
    int64_t offered = 0, accepted = 0;

    (void)user;
    for (size_t i = 0; i < acrm_value_count(rows); i++) {
        const acrm_value *row = acrm_value_at(rows, i);
        offered += strcmp(host_text(row, "state"), "offered") == 0 ? host_int(row, "count") : 0;
        accepted += strcmp(host_text(row, "state"), "accepted") == 0 ? host_int(row, "count") : 0;
    }
    ck_assert_msg(offered + accepted <= host_int(quota, "places") &&
                  accepted == host_int(quota, "used"),
                  "seed %llu, act %d (%s): of %lld places %lld are used, %lld offered, %lld "
                  "accepted", SIM_AT(s), (long long)host_int(quota, "places"),
                  (long long)host_int(quota, "used"), (long long)offered, (long long)accepted);
    acrm_value_free(list);
}

/* No more is offered and accepted than there are places. */
void sim_quotas_hold(sim *s)
{
    char where[60];

    snprintf(where, sizeof where, "{'period':{'$in':['P%d','P%d']}}", s->months / 3,
             s->months < 3 ? 0 : s->months / 3 - 1);
    sim_each(s, "allocation_quota", "'dealer_id','model','period','places','used'", where,
             see_quota, NULL);
}

/* --- Draws --- */

/* The draw with what everybody can see: the frozen list, its hash, the name, the seed. */
static void draw_again(sim *s, const sim_item *round)
{
    acrm_value *told = sim_ask(s, "draw.export", "'id':'%s'", round->id);
    acrm_value *drawn = sim_ask(s, "draw_entrant.list", "'where':{'draw_round_id':'%s','position':"
                                "{'$gt':0}},'order':['position'],'limit':100", round->id);
    const acrm_value *winners = acrm_value_get(drawn, "items");
    const char *list = host_text(told, "list");
    bool weighted = round->number % 2;
    char name[32];
    const acrm_draw_options options = { .struct_size = sizeof options, .weighted = weighted,
        .picks = (uint32_t)acrm_value_count(winners), .round = name, .seed = round->text,
        .list_hash = host_text(told, "list_hash") };
    acrm_draw *draw = NULL;

    snprintf(name, sizeof name, "Round %lld", (long long)round->number);
    ck_assert_int_eq(acrm_draw_new(NULL, &options, &draw, NULL), ACRM_OK);
    for (size_t len; *list; list += len + (list[len] == '\n')) {
        len = strcspn(list, "\n");
        size_t id = strcspn(list, weighted ? "\t\n" : "\n");
        uint32_t weight = weighted ? (uint32_t)strtoul(list + id + 1, NULL, 10) : 1;
        ck_assert_int_eq(acrm_draw_add(draw, list, id, weight), ACRM_OK);
    }
    ck_assert_int_eq(acrm_draw_finish(draw, NULL), ACRM_OK);
    for (size_t i = 0; i < acrm_value_count(winners); i++) {
        size_t len = 0;
        const char *pick = acrm_draw_pick(draw, i, &len, NULL);
        const char *entrant = host_text(acrm_value_at(winners, i), "entrant");
        ck_assert_msg(pick && strlen(entrant) == len && memcmp(pick, entrant, len) == 0,
                      "seed %llu, act %d (%s): %s is drawn at place %zu, %.*s should be", SIM_AT(s),
                      entrant, i + 1, (int)len, pick ? pick : "");
    }
    acrm_draw_free(draw);
    acrm_value_free(drawn);
    acrm_value_free(told);
}

void sim_draws_repeat(sim *s)
{
    const sim_pool *rounds = &s->pools[SIM_ROUNDS];

    for (int32_t i = rounds->n > 8 ? rounds->n - 8 : 0; i < rounds->n; i++) {
        const sim_item *round = &rounds->items[i];
        if (round->state != 2)
            continue;
        acrm_value *proof = sim_ask(s, "draw.verify", "'id':'%s'", round->id);
        ck_assert_msg(acrm_value_bool(acrm_value_get(proof, "ok")),
                      "seed %llu, act %d (%s): a draw is not as it was drawn", SIM_AT(s));
        acrm_value_free(proof);
        draw_again(s, round);
    }
}

/* --- Orders --- */

typedef struct way {
    acrm_milestone_chain *chain;
    acrm_milestone_state states[ACRM_MILESTONE_MAX];
    acrm_milestone_event events[400];
    acrm_milestone_hold holds[200];
    size_t n_events, n_holds;
} way;

static int32_t order_day(const acrm_value *item, const char *key)
{
    int year, month, day;
    int32_t number = ACRM_MILESTONE_NO_DAY;

    if (sscanf(host_text(item, key), "%d-%d-%d", &year, &month, &day) == 3)
        ck_assert_int_eq(acrm_date_to_day(ACRM_DATE_GREGORIAN, year, month, day, &number),
                         ACRM_OK);
    return number;
}

static int64_t order_instant(const acrm_value *item, const char *key)
{
    int hour = 0, minute = 0, second = 0;
    const char *text = host_text(item, key), *time = strchr(text, 'T');
    const char *part = strchr(text, '.');

    if (time)
        (void)sscanf(time, "T%d:%d:%d", &hour, &minute, &second);
    int64_t micro = 0, unit = 100000;
    for (const char *p = part ? part + 1 : ""; *p >= '0' && *p <= '9'; p++, unit /= 10)
        micro += (*p - '0') * unit;
    return (int64_t)order_day(item, key) * HOST_DAY +
           (hour * 3600 + minute * 60 + second) * HOST_SECOND + micro;
}

static void order_events(sim *s, way *w, const char *id)
{
    static const char *const kinds[] = { "", "reached", "retracted", "expected", "skipped" };
    acrm_value *list = sim_ask(s, "order_event.list", "'where':{'vehicle_order_id':'%s'},"
                               "'limit':400", id);
    const acrm_value *items = acrm_value_get(list, "items");

    for (size_t i = acrm_value_count(items); i-- > 0;) { /* the order makes no difference */
        const acrm_value *e = acrm_value_at(items, i);
        acrm_milestone_event *to = &w->events[w->n_events];
        *to = (acrm_milestone_event){ .milestone = acrm_milestone_find(w->chain,
                                                                       host_text(e, "type")),
            .at = order_instant(e, "occurred_at"), .revision = host_int(e, "revision"),
            .rank = (int32_t)host_int(e, "authority"), .day = order_day(e, "occurred_at"),
            .tentative = acrm_value_bool(acrm_value_get(e, "tentative")) };
        for (int32_t k = ACRM_MILESTONE_REACHED; k <= ACRM_MILESTONE_SKIPPED; k++)
            to->kind = strcmp(host_text(e, "kind"), kinds[k]) == 0 ? k : to->kind;
        if (to->kind == ACRM_MILESTONE_EXPECTED)
            to->day = order_day(e, "expected_on");
        w->n_events += to->kind && to->milestone >= 0;
    }
    acrm_value_free(list);
    list = sim_ask(s, "order_hold.list", "'where':{'vehicle_order_id':'%s'},'limit':200", id);
    items = acrm_value_get(list, "items");
    for (; w->n_holds < acrm_value_count(items); w->n_holds++) {
        const acrm_value *h = acrm_value_at(items, w->n_holds);
        w->holds[w->n_holds] = (acrm_milestone_hold){
            acrm_milestone_find(w->chain, host_text(h, "type")), order_day(h, "from_date"),
            order_day(h, "until_date") };
    }
    acrm_value_free(list);
}

static void order_reckon(sim *s, way *w, const acrm_value *order, const acrm_value *rows)
{
    const acrm_calendar_hours week[] = { { 1, 0, 86400 }, { 2, 0, 86400 }, { 3, 0, 86400 },
                                         { 4, 0, 86400 }, { 5, 0, 86400 } };
    const acrm_calendar_definition hours = { .struct_size = sizeof hours, .hours = week,
                                             .hours_count = 5 };
    size_t n = acrm_milestone_count(w->chain);
    acrm_calendar *calendar = NULL;

    ck_assert_int_eq(acrm_calendar_new(&hours, NULL, &calendar, NULL), ACRM_OK);
    ck_assert_int_eq(acrm_milestone_fold(w->chain, w->events, w->n_events, w->states, n, NULL),
                     ACRM_OK);
    for (size_t i = 0; i < n; i++) {
        w->states[i].planned = order_day(acrm_value_at(rows, i), "planned_on");
        w->states[i].promised = order_day(acrm_value_at(rows, i), "promised_on");
    }
    ck_assert_int_eq(acrm_milestone_plan(w->chain, order_day(order, "started_on"),
                                         (int32_t)(s->h.now / HOST_DAY), calendar, w->holds,
                                         w->n_holds, w->states, n, NULL), ACRM_OK);
    acrm_calendar_free(calendar);
}

static void order_compare(sim *s, const way *w, const acrm_value *order, const acrm_value *rows)
{
    bool open = strcmp(host_text(order, "state"), "open") == 0;
    int32_t furthest = acrm_milestone_furthest(w->chain, w->states);

    ck_assert_msg(strcmp(host_text(order, "milestone"),
                         furthest < 0 ? "" : acrm_milestone_code(w->chain, (size_t)furthest)) == 0,
                  "seed %llu, act %d (%s): the order %s is at %s, not %s", SIM_AT(s),
                  host_text(order, "number"), host_text(order, "milestone"),
                  furthest < 0 ? "nothing" : acrm_milestone_code(w->chain, (size_t)furthest));
    for (size_t i = 0; i < acrm_value_count(rows); i++) {
        const acrm_value *row = acrm_value_at(rows, i);
        const acrm_milestone_state *at = &w->states[i];
        bool reached = at->reached != ACRM_MILESTONE_NO_DAY;
        bool same = *host_text(row, "actual_at") ? reached && at->reached_at ==
                                                       order_instant(row, "actual_at") : !reached;
        same = same && acrm_value_bool(acrm_value_get(row, "disputed")) == (at->disputed != 0) &&
               acrm_value_bool(acrm_value_get(row, "skipped")) == (at->skipped != 0);
        if (open)
            same = same && at->expected == order_day(row, "expected_on") &&
                   acrm_value_bool(acrm_value_get(row, "tentative")) == (at->tentative != 0) &&
                   at->slip == host_int(row, "slip");
        ck_assert_msg(same, "seed %llu, act %d (%s): %s of the order %s, which is %s, is not as "
                      "it was told: expected %s (%d, not %d), slip %lld, not %d, tentative %d, "
                      "reached %s (%lld)", SIM_AT(s), host_text(row, "type"),
                      host_text(order, "number"), host_text(order, "state"),
                      host_text(row, "expected_on"), order_day(row, "expected_on"), at->expected,
                      (long long)host_int(row, "slip"), at->slip, at->tentative,
                      host_text(row, "actual_at"), (long long)at->reached_at);
    }
}

/* Where an order is, worked out anew from its events by the engine alone. */
static void order_anew(sim *s, const char *id)
{
    static way w;
    acrm_value *order = sim_ask(s, "vehicle_order.get", "'id':'%s'", id);
    acrm_value *chain = sim_ask(s, "milestone_chain.get", "'id':'%s'",
                                host_text(order, "chain_id"));
    acrm_value *list = sim_ask(s, "order_milestone.list", "'where':{'vehicle_order_id':'%s'},"
                               "'order':['position'],'limit':100", id);
    const acrm_value *rows = acrm_value_get(list, "items");

    w = (way){ .chain = NULL };
    ck_assert_int_eq(acrm_milestone_new(NULL, acrm_value_get(chain, "definition"), &w.chain, NULL),
                     ACRM_OK);
    ck_assert_uint_eq(acrm_value_count(rows), acrm_milestone_count(w.chain));
    order_events(s, &w, id);
    order_reckon(s, &w, order, rows);
    order_compare(s, &w, order, rows);
    acrm_milestone_free(w.chain);
    acrm_value_free(list);
    acrm_value_free(chain);
    acrm_value_free(order);
}

void sim_orders_are_as_told(sim *s)
{
    acrm_value *list = sim_ask(s, "vehicle_order.list", "'order':['-created_at'],'limit':40");
    const acrm_value *items = acrm_value_get(list, "items");

    for (size_t i = 0; i < acrm_value_count(items); i++)
        order_anew(s, host_text(acrm_value_at(items, i), "id"));
    acrm_value_free(list);
}

/* --- Feeds --- */

enum { FEED_LATEST = 12 }; /* orders that are looked at */

/* All that was told of the latest orders, once and in its order, to somebody who knows nothing. */
static void feed_anew(sim *s, host *fresh)
{
    const sim_pool *feed = &s->pools[SIM_FEED];
    host_str text = { NULL, 0, 0 };
    char row[400];

    host_init(fresh);
    fresh->now = s->h.now;
    ck_assert_int_eq(host_open(fresh, "memory:", 0, NULL), ACRM_OK);
    acrm_value_free(host_call(fresh->session, "dealer.create", "{'name':'North','code':'D1'}"));
    acrm_value_free(host_call(fresh->session, "sync_source.create", "{'code':'maker'}"));
    acrm_value_free(host_call(fresh->session, "milestone_code.create",
                              "{'source':'maker','code':'3800','milestone':'production'}"));
    acrm_value_free(host_call(fresh->session, "milestone_code.create",
                              "{'source':'maker','code':'4B00'}"));
    for (int32_t i = 0; i <= s->months; i++) {
        snprintf(row, sizeof row, "{'source':'maker','code':'Z%d','milestone':'plate'}", i);
        if (i < s->months)
            acrm_value_free(host_call(fresh->session, "milestone_code.create", row));
    }
    host_str_puts(&text, "{\"format\":\"autocrm.sync/1\"}");
    for (int32_t i = 0; i < feed->n; i++) {
        if (feed->items[i].of <= s->elsewhere[0] - FEED_LATEST || feed->items[i].state < SIM_TOLD)
            continue;
        sim_feed_row(&feed->items[i], row, sizeof row);
        for (char *p = row; *p; p++)
            *p = *p == '\'' ? '"' : *p;
        host_str_puts(&text, row);
    }
    host_input(fresh, text.data, text.len);
    acrm_value_free(host_call(fresh->session, "sync.import", "{'source':'maker'}"));
    free(text.data);
}

/* The order as it is shown, but for its id; to be freed. */
static char *feed_picture(acrm_session *session, int32_t number)
{
    char args[40];
    acrm_buf *json = NULL;

    snprintf(args, sizeof args, "{\"number\":\"M-%d\"}", number);
    ck_assert_int_eq(acrm_call_json(session, "vehicle_order.plan", args, strlen(args), &json,
                                    NULL), ACRM_OK);
    char *text = strdup(acrm_buf_data(json)), *id = strstr(text, "\"id\":");
    if (id)
        memset(id, ' ', 44);
    acrm_buf_free(json);
    return text;
}

/* What was told in any order, in pieces, and some of it twice, ends as if told in order. */
void sim_feeds_end_alike(sim *s)
{
    static host fresh;
    int32_t last = s->elsewhere[0];

    if (last == 0)
        return;
    feed_anew(s, &fresh);
    for (int32_t i = last > FEED_LATEST ? last - FEED_LATEST + 1 : 1; i <= last; i++) {
        char where[60];
        snprintf(where, sizeof where, "{'number':'M-%d'}", i);
        if (host_count(s->h.session, "vehicle_order", where) == 0)
            continue; /* nobody has told of it yet */
        char *here = feed_picture(s->h.session, i), *there = feed_picture(fresh.session, i);
        size_t same = 0;
        while (here[same] && here[same] == there[same])
            same++;
        same -= same > 200 ? 200 : same;
        ck_assert_msg(strcmp(here, there) == 0, "seed %llu, act %d (%s): M-%d differs:\n%.400s\n"
                      "%.400s", SIM_AT(s), i, here + same, there + same);
        free(here);
        free(there);
    }
    host_close(&fresh);
}
