/* SPDX-License-Identifier: MIT */
/* Orders on their way, draws, allocations, and what other sales systems tell of orders. */
#include "actors.h"

#include <check.h>
#include <string.h>

/* --- Orders --- */

/* What stands before the hand-over is done, one after the other. */
static void order_on(sim *s, const sim_item *order)
{
    acrm_value *list = sim_ask(s, "vehicle_order.blockers", "'id':'%s'", order->id);
    const acrm_value *first = acrm_value_at(acrm_value_get(list, "blockers"), 0);
    const char *reason = host_text(first, "reason"), *field = host_text(first, "field");
    const char *paper = strstr(host_text(first, "message"), ": "); /* "Name: paper is missing" */

    paper = paper ? paper + 2 : "";
    if (!first)
        sim_done(s, "vehicle_order.deliver", "'id':'%s','odometer':%d", order->id, 10 * s->act);
    else if (strcmp(reason, "document") == 0)
        sim_done(s, "vehicle_order.document", "'id':'%s','milestone':'%s','document':'%.*s'",
                 order->id, field, (int)strcspn(paper, " "), paper);
    else if (strcmp(reason, "vehicle") == 0)
        sim_done(s, "vehicle_order.identify", "'id':'%s','vin':'WVWZZZ1JZ3X%06d'", order->id,
                 s->act);
    else if (strcmp(reason, "hold") == 0)
        sim_done(s, "vehicle_order.resume", "'id':'%s'", order->id);
    else if (strcmp(reason, "gate") == 0)
        sim_done(s, "vehicle_order.record", "'id':'%s','code':'%s'", order->id, field);
    else
        ck_assert_msg(strcmp(reason, "customer") == 0 || strcmp(reason, "state") == 0,
                      "seed %llu, act %d: an order waits for %s %s",
                      (unsigned long long)s->o->seed, s->act, field, reason);
    acrm_value_free(list);
}

void sim_act_orderer(sim *s)
{
    static const char *const acts[][2] = {
        { "vehicle_order.record", ",'code':'ordered'" },
        { "vehicle_order.record", ",'code':'released'" },
        { "vehicle_order.record", ",'code':'released','kind':'retracted'" },
        { "vehicle_order.promise", "" },
        { "vehicle_order.hold", ",'cause':'strike'" },
        { "vehicle_order.resume", "" },
        { "vehicle_order.cancel", ",'cause':'changed mind'" },
    };
    const sim_item *c = sim_customer(s), *old = sim_some(s, SIM_ORDERS);
    char day[16];

    if (old && sim_below(s, 3)) {
        int64_t which = sim_below(s, 16);
        sim_may(s, "reference"); /* orders of contracts have other milestones */
        if (which < 6 + (sim_below(s, 3) == 0)) {
            sim_done(s, acts[which][0], "'id':'%s'%s", old->id, acts[which][1]);
        } else if (which < 9) {
            sim_day_in(s, sim_below(s, 40), day);
            sim_done(s, "vehicle_order.record", "'id':'%s','code':'released','kind':'expected',"
                     "'expected_on':'%s','tentative':%s", old->id, day,
                     which % 2 ? "true" : "false");
        } else {
            sim_may(s, NULL);
            order_on(s, old);
        }
        return;
    }
    if (!c)
        return;
    acrm_value *made = sim_do(s, "vehicle_order.create",
        "'number':'O-%d','customer_id':'%s','dealer_id':'%s','chain':'short'", s->act, c->id,
        s->known[sim_below(s, 2)]);
    if (made) {
        sim_add(s, SIM_ORDERS, host_text(made, "id"), 0);
        s->expect[SIM_N_ORDERS]++;
    }
    acrm_value_free(made);
}

/* --- Feeds --- */

enum { ROW_ORDER, ROW_REGISTERED, ROW_DRAW, ROW_ALLOCATION, ROW_PAYMENT, ROW_BUILT, ROW_HOLD,
       ROW_RESUME, ROW_FORECAST, ROW_BACK, ROW_RELEASE, ROW_SIDE, ROW_LATER, ROW_WRONG,
       ROW_ORPHAN, ROW_KINDS };

void sim_feed_row(const sim_item *row, char *out, size_t size)
{
    static const char *const rest[ROW_KINDS] = {
        [ROW_ORDER] = "'type':'order','model':'S','seq':1",
        [ROW_REGISTERED] = "'type':'milestone','code':'registration'",
        [ROW_DRAW] = "'type':'draw','result':'won'",
        [ROW_ALLOCATION] = "'type':'allocation','result':'allocated'",
        [ROW_PAYMENT] = "'type':'payment','complete':true",
        [ROW_BUILT] = "'type':'milestone','code':'3800'",
        [ROW_HOLD] = "'type':'hold','code':'shipping','note':'port'",
        [ROW_RESUME] = "'type':'resume','code':'shipping'",
        [ROW_FORECAST] = "'type':'forecast','code':'customs'",
        [ROW_BACK] = "'type':'milestone','code':'3800','retracted':true",
        [ROW_RELEASE] = "'type':'release'",
        [ROW_SIDE] = "'type':'milestone','code':'4B00'",
        [ROW_LATER] = "'type':'milestone'", /* by a code that is learned of later */
        [ROW_WRONG] = "'type':'ordre'",
        [ROW_ORPHAN] = "'type':'payment'",
    };
    int32_t kind = row->state % SIM_TOLD;
    char at[40], more[80] = "", on[40];

    sim_instant(row->number, at);
    sim_instant(row->number + (1 + row->number % 41) * HOST_DAY, on);
    if (kind == ROW_ORDER)
        snprintf(more, sizeof more, ",'dealer':'D1','ordered_on':'%.10s'", at);
    else if (kind == ROW_BUILT)
        snprintf(more, sizeof more, ",'vin':'WVWZZZ1JZ3%c%06d'", row->text[0], row->of);
    else if (kind == ROW_FORECAST)
        snprintf(more, sizeof more, ",'on':'%.10s'", on);
    else if (kind == ROW_LATER)
        snprintf(more, sizeof more, ",'code':'%s'", row->id);
    snprintf(out, size, "{%s,'order':'%s%s','at':'%s'%s}", rest[kind],
             kind == ROW_ORPHAN ? "N" : "", row->text, at, more);
}

/* Elsewhere something happens to an order, which is told some day. */
static void feed_grow(sim *s, int pool)
{
    int32_t *orders = &s->elsewhere[pool == SIM_PULLED];
    bool fresh = *orders == 0 || sim_below(s, 5) == 0;
    sim_item *row = sim_add(s, pool, "", 0);

    *orders += fresh;
    row->of = *orders - (fresh ? 0 : (int32_t)sim_below(s, *orders < 4 ? *orders : 4));
    row->state = fresh ? ROW_ORDER : 1 + (int32_t)sim_below(s, ROW_KINDS - 1);
    row->number = s->h.now - (1 + sim_below(s, 40)) * 3600 * HOST_SECOND;
    snprintf(row->id, sizeof row->id, "Z%d", s->months);
    snprintf(row->text, sizeof row->text, "%c-%d", pool == SIM_PULLED ? 'Y' : 'M', row->of);
}

void sim_act_maker(sim *s)
{
    for (int64_t n = 1 + sim_below(s, 3); n > 0; n--)
        feed_grow(s, sim_below(s, 3) ? SIM_FEED : SIM_PULLED);
}

/* Some rows, in any order, some of them twice; what they tell has happened long ago. */
static void feed_tell(sim *s, const int32_t *rows, int32_t n)
{
    const sim_pool *feed = &s->pools[SIM_FEED];
    char text[8000] = "{'format':'autocrm.sync/1'}\n", quoted[16000];
    size_t len = strlen(text), to = 0;

    for (int32_t i = 0; i < n; i++) {
        sim_feed_row(&feed->items[rows[i]], text + len, sizeof text - len);
        len += strlen(text + len);
        text[len++] = '\n';
    }
    text[len] = '\0';
    for (const char *p = text; *p; p++)
        to += (size_t)snprintf(quoted + to, sizeof quoted - to, *p == '\n' ? "\\n" : *p == '\''
                               ? "\\'" : "%c", *p);
    sim_done(s, "sync.import", "'source':'maker','name':'f%lld','text':'%s'",
             (long long)s->calls, quoted);
    for (int32_t i = 0; i < n; i++) {
        sim_item *row = &feed->items[rows[i]];
        s->expect[SIM_N_TOLD] += row->state == ROW_ORDER;
        row->state |= SIM_TOLD;
    }
}

void sim_act_feeder(sim *s)
{
    const sim_pool *feed = &s->pools[SIM_FEED];
    int32_t rows[8], n = 0;

    for (int64_t i = 1 + sim_below(s, 8); i > 0 && feed->n; i--)
        rows[n++] = (int32_t)(sim_some(s, SIM_FEED) - feed->items);
    if (n)
        feed_tell(s, rows, n);
}

void sim_act_puller(sim *s)
{
    if (sim_below(s, 3)) {
        sim_done(s, "sync.pull", "'source':'yard'");
        return;
    }
    acrm_value *list = sim_ask(s, "sync_conflict.list", "'where':{'state':'open','source':'yard'}");
    if (*host_text(list, "items.0.id"))
        sim_done(s, "sync.resolve", "'id':'%s','take':'%s','note':'asked'",
                 host_text(list, "items.0.id"), sim_below(s, 2) ? "ours" : "theirs");
    acrm_value_free(list);
}

/* --- Draws --- */

static void lottery_draw(sim *s, sim_item *round)
{
    acrm_value *out = NULL;

    if (round->state == 0 && sim_done(s, "draw.freeze", "'id':'%s'", round->id)) {
        round->state = 1;
    } else if (round->state == 1) {
        out = sim_do(s, "draw.run", "'id':'%s','seed':'beacon %d'", round->id, s->act);
        ck_assert_ptr_nonnull(out);
        round->state = 2;
        snprintf(round->text, sizeof round->text, "beacon %d", s->act);
        acrm_value_free(out);
    } else if (round->state == 2) { /* once is enough */
        ck_assert(sim_refused(s, "state", "draw.run", "'id':'%s','seed':'again'", round->id));
        ck_assert(sim_refused(s, "frozen", "draw_entrant.create",
                              "'draw_round_id':'%s','entrant':'late'", round->id));
    }
}

void sim_act_lottery(sim *s)
{
    sim_item *round = sim_some(s, SIM_ROUNDS);
    const sim_item *c = sim_customer(s);

    if (!round || (round->state == 2 && sim_below(s, 3) == 0)) {
        acrm_value *made = sim_do(s, "draw_round.create", "'name':'Round %d','places':%lld,"
                                  "'reserves':2,'weighted':%s", s->act,
                                  (long long)(1 + sim_below(s, 3)), s->act % 2 ? "true" : "false");
        sim_add(s, SIM_ROUNDS, host_text(made, "id"), 0)->number = s->act;
        s->expect[SIM_N_ROUNDS]++;
        acrm_value_free(made);
    } else if (round->state || sim_below(s, 6) == 0) {
        lottery_draw(s, round);
    } else if (c) {
        s->expect[SIM_N_ENTRANTS] += sim_done(s, "draw_entrant.create",
            "'draw_round_id':'%s','entrant':'R-%d','customer_id':'%s','weight':%lld", round->id,
            s->act, c->id, (long long)(1 + sim_below(s, 9)));
    }
}

/* --- Allocations --- */

void sim_act_allocator(sim *s)
{
    const sim_item *c = sim_customer(s), *order = sim_some(s, SIM_ORDERS);
    sim_item *old = sim_some(s, SIM_WISHES);
    bool with = order && order->of == 0 && sim_below(s, 3) == 0;

    if (old && sim_below(s, 2)) {
        static const char *const acts[][2] = { { "allocation.accept", "" },
            { "allocation.accept", "" }, { "allocation.cancel", ",'cause':'moved'" },
            { "allocation.jump", ",'cause':'promised'" } };
        int64_t which = sim_below(s, 8);
        if (which > 3)
            sim_done(s, "allocation.run", "'period':'P%d'", s->months / 3);
        else
            sim_done(s, acts[which][0], "'id':'%s'%s", old->id, acts[which][1]);
        return;
    }
    if (!c)
        return;
    acrm_value *made = sim_do(s, "allocation_request.create",
        "'dealer_id':'%s','model':'S','period':'P%d','customer_id':'%s'%s%s%s%s",
        s->known[sim_below(s, 2)], s->months / 3, c->id, with ? ",'vehicle_order_id':'" : "",
        with ? order->id : "", with ? "'" : "",
        sim_below(s, 4) ? "" : ",'priority':5,'priority_reason':'third car'");
    if (made) {
        sim_add(s, SIM_WISHES, host_text(made, "id"), 0);
        s->expect[SIM_N_WISHES]++;
    }
    acrm_value_free(made);
}

/* A new month: a new code is explained, what was not told yet is, new quotas begin. */
void sim_month_orders(sim *s)
{
    const sim_pool *feed = &s->pools[SIM_FEED];
    int32_t rows[8], n = 0;

    sim_done(s, "milestone_code.create", "'source':'maker','code':'Z%d','milestone':'plate'",
             s->months);
    for (int32_t i = feed->n - 1; i >= 0; i--) {
        if (feed->items[i].state < SIM_TOLD)
            rows[n++] = i;
        if (n == 8 || (i == 0 && n)) {
            feed_tell(s, rows, n);
            n = 0;
        }
    }
    sim_done(s, "sync.retry", "'source':'maker'");
    s->months++;
    for (int32_t dealer = SIM_NORTH; s->months % 3 == 0 && dealer <= SIM_SOUTH; dealer++)
        sim_done(s, "allocation_quota.create", "'dealer_id':'%s','model':'S','period':'P%d',"
                 "'places':%lld,'offer_for':'P4D'", s->known[dealer], s->months / 3,
                 (long long)(1 + sim_below(s, 4)));
}
