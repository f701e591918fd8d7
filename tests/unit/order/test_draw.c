/* SPDX-License-Identifier: MIT */
/* Draws as records: exclusions with reasons, a frozen list, a seed nobody knew, run again; and
 * allocation under quotas. */
#include "order_world.h"

static const char part[] = "dealer: 7c1";
static const char commit[] = "8a39739fad433118bd4745564397b46340039001ad80f7ac46285bdc3c3201dd";

static void customer(world *w, const char *name, char id[40])
{
    snprintf(id, 40, "%s", world_made(w, "customer.create", world_args("{'name':'%s'}", name)));
}

/* A draw of 2 places and 1 reserve with six entries: one customer twice, one not eligible, one of a
 * household with another. */
static void round_of(world *w, const char *more)
{
    char ada[40], bob[40], eve[40], kim[40], round[40];

    customer(w, "Ada", ada);
    customer(w, "Bob", bob);
    customer(w, "Eve", eve);
    customer(w, "Kim", kim);
    world_do(w, "household.create", world_args("{'name':'Home','head_id':'%s','members':["
             "{'customer_id':'%s','role':'partner'}]}", ada, bob));
    snprintf(round, sizeof round, "%s", world_made(w, "draw_round.create", world_args(
        "{'name':'Spring','places':2,'reserves':1,'once_per':'household',"
        "'eligibility':{'weight':{'$lt':9}}%s}", more)));
    world_do(w, "draw_entrant.create_many", world_args("{'records':["
        "{'draw_round_id':'%s','entrant':'n3','customer_id':'%s'},"
        "{'draw_round_id':'%s','entrant':'n1','customer_id':'%s'},"
        "{'draw_round_id':'%s','entrant':'n2','customer_id':'%s'},"
        "{'draw_round_id':'%s','entrant':'n6','customer_id':'%s','weight':9},"
        "{'draw_round_id':'%s','entrant':'n4','customer_id':'%s'},"
        "{'draw_round_id':'%s','entrant':'n5'}]}", round, ada, round, ada, round, bob, round, eve,
        round, eve, round));
}

static const char *entrant(world *w, const char *id, const char *field)
{
    return world_ask(w, "draw_entrant.list", world_args("{'where':{'entrant':'%s'}}", id),
                     world_args("items/0/%s", field));
}

START_TEST(draw__excludes_with_reasons_and_freezes)
{
    world w;

    world_open(&w, _i);
    round_of(&w, "");
    acrm_value *frozen = office_call(&w.o, "draw.freeze", "{\"name\":\"Spring\"}");
    ck_assert_str_eq(world_at(frozen, "entrants"), "3");
    ck_assert_str_eq(world_at(frozen, "excluded"), "3");
    /* sha256sum of n3, n4, n5, one a line */
    ck_assert_str_eq(world_at(frozen, "list_hash"),
                     "8211272d1e523ac15388c3e19c473e1913e0118cb98c11aac2c5a2b602ae72e0");
    acrm_value_free(frozen);
    ck_assert_str_eq(entrant(&w, "n1", "reason"), "customer_twice");
    ck_assert_str_eq(entrant(&w, "n2", "reason"), "household_twice");
    ck_assert_str_eq(entrant(&w, "n6", "reason"), "not_eligible");
    ck_assert_str_eq(entrant(&w, "n3", "state"), "entered");
    ck_assert_str_eq(world_ask(&w, "draw.export", "{\"name\":\"Spring\"}", "list"),
                     "n3\nn4\nn5\n");
    office_refused(&w.o, "draw.freeze", "{\"name\":\"Spring\"}", ACRM_E_CONFLICT, "id", "frozen");
    office_refused(&w.o, "draw_round.update", world_args("{'id':'%s','places':3,"
        "'last_write_wins':true}", world_ask(&w, "draw_round.list", "{}", "items/0/id")),
        ACRM_E_CONFLICT, "places", "frozen");
    office_refused(&w.o, "draw_entrant.delete", world_args("{'id':'%s','last_write_wins':true}",
        entrant(&w, "n4", "id")), ACRM_E_CONFLICT, "draw_round_id", "frozen");
    office_close(&w.o);
}
END_TEST

START_TEST(draw__runs_once_and_again_for_who_doubts)
{
    world w;

    world_open(&w, _i);
    round_of(&w, "");
    office_refused(&w.o, "draw.run", "{\"name\":\"Spring\",\"seed\":\"42\"}", ACRM_E_CONFLICT,
                   "id", "state");
    world_do(&w, "draw.freeze", "{\"name\":\"Spring\"}");
    office_refused(&w.o, "draw.run", "{\"name\":\"Spring\"}", ACRM_E_INVALID, "seed", "required");
    world_do(&w, "draw.run", "{\"name\":\"Spring\",\"seed\":\"42\"}");
    office_refused(&w.o, "draw.run", "{\"name\":\"Spring\",\"seed\":\"43\"}", ACRM_E_CONFLICT,
                   "id", "state");
    ck_assert_int_eq(office_count(&w.o, "draw_entrant.count",
                                  "{\"where\":{\"state\":\"winner\"}}"), 2);
    ck_assert_int_eq(office_count(&w.o, "draw_entrant.count",
                                  "{\"where\":{\"state\":\"reserve\",\"position\":3}}"), 1);
    acrm_value *proof = office_call(&w.o, "draw.verify", "{\"name\":\"Spring\"}");
    ck_assert_str_eq(world_at(proof, "ok"), "true");
    ck_assert_str_eq(world_at(proof, "algorithm"), "sha256-rank-1");
    acrm_value_free(proof);
    office_close(&w.o);
}
END_TEST

START_TEST(draw__takes_the_parts_that_were_announced)
{
    world w;

    world_open(&w, _i);
    round_of(&w, world_args(",'weighted':true,'commits':['%s']", commit));
    world_do(&w, "draw.freeze", "{\"name\":\"Spring\"}");
    office_refused(&w.o, "draw.run", "{\"name\":\"Spring\",\"seed\":\"42\"}", ACRM_E_INVALID,
                   "parts", "required");
    office_refused(&w.o, "draw.run", "{\"name\":\"Spring\",\"parts\":[\"dealer: 7c2\"]}",
                   ACRM_E_INVALID, "parts", "commit");
    world_do(&w, "draw.run", world_args("{'name':'Spring','parts':['%s']}", part));
    ck_assert_str_eq(world_ask(&w, "draw.verify", "{\"name\":\"Spring\"}", "ok"), "true");
    ck_assert_str_eq(world_ask(&w, "draw.verify", "{\"name\":\"Spring\"}", "algorithm"),
                     "sha256-weighted-1");
    office_close(&w.o);
}
END_TEST

START_TEST(draw__tells_the_winners_orders)
{
    char round[40];
    world w;

    world_open(&w, _i);
    snprintf(round, sizeof round, "%s",
             world_made(&w, "draw_round.create", "{\"name\":\"One\",\"places\":1}"));
    for (int i = 0; i < 2; i++) {
        world_made(&w, "vehicle_order.create", world_args("{'number':'A%d'}", i));
        world_do(&w, "draw_entrant.create", world_args("{'draw_round_id':'%s','entrant':'A%d',"
                 "'vehicle_order_id':'%s'}", round, i, w.id));
    }
    world_do(&w, "draw.freeze", "{\"name\":\"One\"}");
    world_do(&w, "draw.run", "{\"name\":\"One\",\"seed\":\"s\"}");
    ck_assert_int_eq(office_count(&w.o, "order_event.count",
                                  "{\"where\":{\"type\":\"lottery\",\"source\":\"draw\"}}"), 1);
    office_close(&w.o);
}
END_TEST

/* --- Allocation --- */

typedef struct queue {
    world w;
    char dealer[40], ids[5][40];
} queue;

static void queue_open(queue *q, int storage, const char *quota)
{
    world_open(&q->w, storage);
    snprintf(q->dealer, 40, "%s",
             world_made(&q->w, "dealer.create", "{\"name\":\"North\",\"code\":\"n\"}"));
    world_do(&q->w, "allocation_quota.create", world_args("{'dealer_id':'%s','model':'S',"
             "'period':'2026-Q1'%s}", q->dealer, quota));
    for (int i = 0; i < 5; i++)
        snprintf(q->ids[i], 40, "%s", world_made(&q->w, "allocation_request.create", world_args(
            "{'dealer_id':'%s','model':'S','period':'2026-Q1'%s}", q->dealer,
            i == 3 ? ",'priority':5,'priority_reason':'old customer'" : "")));
}

static const char *queue_state(queue *q, int n)
{
    return world_ask(&q->w, "allocation_request.get", world_args("{'id':'%s'}", q->ids[n]),
                     "state");
}

static void queue_is(queue *q, const char *states)
{
    char found[6] = "";

    for (int i = 0; i < 5; i++)
        found[i] = queue_state(q, i)[0];
    ck_assert_str_eq(found, states);
}

static const char *used(queue *q)
{
    return world_ask(&q->w, "allocation_quota.list", "{}", "items/0/used");
}

START_TEST(allocation__serves_in_order_under_the_quota)
{
    queue q;

    queue_open(&q, _i, ",'places':2");
    acrm_value *run = office_call(&q.w.o, "allocation.run", "{\"period\":\"2026-Q1\"}");
    ck_assert_str_eq(world_at(run, "items/0/id"), q.ids[3]);
    ck_assert_str_eq(world_at(run, "items/0/reason"), "priority 5: old customer");
    ck_assert_str_eq(world_at(run, "items/1/id"), q.ids[0]);
    ck_assert_str_eq(world_at(run, "items/2/outcome"), "no_place");
    acrm_value_free(run);
    queue_is(&q, "owwow");
    world_do(&q.w, "allocation.run", "{\"period\":\"2026-Q1\"}"); /* nothing is free */
    queue_is(&q, "owwow");
    ck_assert_str_eq(used(&q), "0");
    world_do(&q.w, "allocation.accept", world_args("{'id':'%s'}", q.ids[3]));
    ck_assert_str_eq(used(&q), "1");
    office_refused(&q.w.o, "allocation.accept", world_args("{'id':'%s'}", q.ids[1]),
                   ACRM_E_CONFLICT, "id", "state");
    world_do(&q.w, "allocation.cancel", world_args("{'id':'%s','cause':'moved'}", q.ids[3]));
    ck_assert_str_eq(used(&q), "0");
    queue_is(&q, "oowcw"); /* the next one has the offer */
    office_refused(&q.w.o, "allocation.cancel", world_args("{'id':'%s','cause':'x'}", q.ids[3]),
                   ACRM_E_CONFLICT, "id", "state");
    office_refused(&q.w.o, "allocation_request.create", world_args("{'dealer_id':'%s','model':'S',"
                   "'period':'2026-Q1','priority':1}", q.dealer), ACRM_E_INVALID,
                   "priority_reason", "required");
    office_close(&q.w.o);
}
END_TEST

START_TEST(allocation__ends_offers_without_a_deposit)
{
    queue q;

    queue_open(&q, _i, ",'places':1,'offer_for':'P2D'");
    world_do(&q.w, "allocation.jump", world_args("{'id':'%s','cause':'court order'}", q.ids[4]));
    acrm_value *list = office_call(&q.w.o, "allocation.waiting", world_args("{'dealer_id':'%s',"
        "'model':'S','period':'2026-Q1'}", q.dealer));
    ck_assert_str_eq(world_at(list, "items/0/id"), q.ids[4]);
    ck_assert_str_eq(world_at(list, "items/0/reason"), "put before others: court order");
    acrm_value_free(list);
    world_do(&q.w, "allocation.run", "{\"period\":\"2026-Q1\"}");
    queue_is(&q, "wwwwo");
    world_clock += 2 * WORLD_DAY;
    office_refused(&q.w.o, "allocation.accept", world_args("{'id':'%s'}", q.ids[4]),
                   ACRM_E_CONFLICT, "id", "expired");
    world_do(&q.w, "engine.tick", "{}");
    queue_is(&q, "wwwoe");
    office_refused(&q.w.o, "allocation.run", "{\"period\":\"2027-Q1\"}", ACRM_E_NOTFOUND,
                   "period", "quota");
    office_close(&q.w.o);
}
END_TEST

START_TEST(allocation__comes_back_with_the_cancelled_order)
{
    char order[40];
    queue q;

    queue_open(&q, _i, ",'places':1,'rule':{'priority':7}");
    snprintf(order, sizeof order, "%s", world_made(&q.w, "vehicle_order.create",
             "{\"number\":\"A1\",\"chain\":\"domestic\"}"));
    snprintf(q.ids[2], 40, "%s", world_made(&q.w, "allocation_request.create", world_args(
        "{'dealer_id':'%s','model':'S','period':'2026-Q1','vehicle_order_id':'%s','priority':7,"
        "'priority_reason':'fleet'}", q.dealer, order)));
    world_do(&q.w, "allocation.run", "{\"period\":\"2026-Q1\"}");
    queue_is(&q, "wwoww"); /* the rule lets nobody else through */
    world_do(&q.w, "allocation.accept", world_args("{'id':'%s'}", q.ids[2]));
    ck_assert_str_eq(world_ask(&q.w, "vehicle_order.get", world_args("{'id':'%s'}", order),
                               "milestone"), "allocation");
    world_do(&q.w, "vehicle_order.cancel", world_args("{'id':'%s','cause':'x'}", order));
    ck_assert_str_eq(queue_state(&q, 2), "cancelled");
    ck_assert_str_eq(used(&q), "0");
    office_close(&q.w.o);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("order_draw");
    TCase *t = tcase_create("draw");

    tcase_add_loop_test(t, draw__excludes_with_reasons_and_freezes, 0, 2);
    tcase_add_loop_test(t, draw__runs_once_and_again_for_who_doubts, 0, 2);
    tcase_add_loop_test(t, draw__takes_the_parts_that_were_announced, 0, 2);
    tcase_add_loop_test(t, draw__tells_the_winners_orders, 0, 2);
    tcase_add_loop_test(t, allocation__serves_in_order_under_the_quota, 0, 2);
    tcase_add_loop_test(t, allocation__ends_offers_without_a_deposit, 0, 2);
    tcase_add_loop_test(t, allocation__comes_back_with_the_cancelled_order, 0, 2);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(suite)
