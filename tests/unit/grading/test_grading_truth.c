/* SPDX-License-Identifier: MIT */
/* Random histories: what events and ticks computed is what a plain model computes, and what a run
 * over everybody would change: nothing. */
#include "unit/grading/grading_world.h"

#include <stdlib.h>

enum { PEOPLE = 25, DAYS = 420, CHECK_EVERY = 35, EVENTS_MAX = 2000 };
enum { BUY, VISIT, CALL, LEAD, KINDS };

typedef struct person {
    char id[40];
    bool company;
    int32_t days[EVENTS_MAX], kinds[EVENTS_MAX], n;
    int64_t cents;
    int32_t grade, below_since; /* of the model: -1: none */
} person;

static uint64_t truth_state;

static int64_t truth_random(int64_t n)
{
    truth_state ^= truth_state << 13;
    truth_state ^= truth_state >> 7;
    truth_state ^= truth_state << 17;
    return (int64_t)(truth_state % (uint64_t)n);
}

/* --- What happens --- */

static void truth_happen(office *o, person *p, int32_t day)
{
    static int contract;
    int32_t kind = (int32_t)truth_random(KINDS);
    int64_t cents = truth_random(9) * 100000 + truth_random(100);
    char more[64];

    if (kind == BUY) {
        snprintf(more, sizeof more, ",'total':'%d.%02d'", (int)(cents / 100),
                 (int)(cents % 100));
        world_contract(o, p->id, ++contract, more);
        p->cents += cents;
    } else if (kind == LEAD) {
        world_do(o, "lead.create", world_json("{'customer_id':'%s'}", p->id));
    } else {
        acrm_value *now = office_call(o, "engine.info", "{}");
        char at[40];
        snprintf(at, sizeof at, "%s", office_text(now, "now"));
        acrm_value_free(now);
        world_do(o, "interaction.create", world_json(
            "{'customer_id':'%s','at':'%s','channel':'%s'}", p->id, at,
            kind == VISIT ? "visit" : "phone"));
    }
    p->kinds[p->n] = kind;
    p->days[p->n++] = day;
}

/* --- The plain model --- */

typedef struct sums {
    int64_t n[KINDS], frequency, value, warm;
    int32_t seen;
    const char *state;
} sums;

static int64_t truth_min(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static sums truth_sums(const person *p, int32_t day)
{
    sums s = { .seen = INT32_MIN, .state = "new" };

    for (int32_t i = 0; i < p->n; i++) {
        bool business = p->kinds[i] == BUY || p->kinds[i] == VISIT;
        s.n[p->kinds[i]]++;
        s.frequency += business && day - p->days[i] < 200;
        s.seen = p->days[i];
    }
    s.value = truth_min(p->cents / 100000, 60) + 10 * p->company;
    if (s.seen != INT32_MIN) {
        int32_t since = day - s.seen;
        s.state = since <= 90 ? "active" : since <= 300 ? "passive" : "lost";
        s.warm = since < 30 ? 10 : since < 120 ? 5 : 0;
    }
    s.warm += truth_min(2 * s.frequency, 8);
    return s;
}

static int32_t truth_cell(int64_t value, int64_t warm)
{
    return value >= 20 ? (warm >= 10 ? 0 : 1) : warm >= 10 ? 1 : 2;
}

/* Up at once; down when it is so by more than 5 points, and for 10 days. */
static void truth_grade(person *p, int32_t day)
{
    sums s = truth_sums(p, day);
    int32_t is = truth_cell(s.value, s.warm), better = truth_cell(s.value + 5, s.warm);

    if (p->grade >= 0 && is > p->grade && better > p->grade) {
        p->below_since = p->below_since < 0 ? day : p->below_since;
        if (day - p->below_since < 10)
            return;
    }
    p->below_since = -1;
    if (p->grade < 0 || is < p->grade || better > p->grade)
        p->grade = is;
}

static void truth_check(office *o, const person *p, int32_t day)
{
    sums s = truth_sums(p, day);
    char amount[32];
    acrm_value *out = office_call(o, "customer_profile.list",
                                  world_json("{'where':{'customer_id':'%s'}}", p->id));
    const acrm_value *is = acrm_value_at(acrm_value_get(out, "items"), 0);

    snprintf(amount, sizeof amount, "%d.%02d", (int)(p->cents / 100), (int)(p->cents % 100));
    ck_assert_ptr_nonnull(is);
    ck_assert_str_eq(office_text(is, "lifetime_value"), amount);
    ck_assert_int_eq(office_number(is, "purchases"), s.n[BUY]);
    ck_assert_int_eq(office_number(is, "visits"), s.n[VISIT]);
    ck_assert_int_eq(office_number(is, "contacts"), s.n[CALL]);
    ck_assert_int_eq(office_number(is, "leads"), s.n[LEAD]);
    ck_assert_int_eq(office_number(is, "frequency"), s.frequency);
    ck_assert_int_eq(acrm_value_bool(acrm_value_get(is, "regular")), s.frequency >= 3);
    ck_assert_str_eq(office_text(is, "state"), s.state);
    acrm_value_free(out);
    world_is_grade(o, p->id, p->grade == 0 ? "A" : p->grade == 1 ? "B" : "C");
}

static void truth_run_changes_nothing(office *o)
{
    acrm_value *out = office_call(o, "grade.run", "{}");

    ck_assert_int_eq(office_number(out, "customers"), PEOPLE);
    ck_assert_int_eq(office_number(out, "changed"), 0);
    ck_assert_int_eq(office_number(out, "moved"), 0);
    acrm_value_free(out);
}

START_TEST(history__events_and_ticks_compute_what_a_model_and_a_run_do)
{
    static person people[PEOPLE];
    office o;

    truth_state = 20261122 + (uint64_t)_i;
    memset(people, 0, sizeof people);
    world_open(&o, _i);
    world_scheme(&o, WORLD_SCHEME ",'stay_days':10");
    for (int i = 0; i < PEOPLE; i++) {
        people[i].grade = people[i].below_since = -1;
        people[i].company = truth_random(3) == 0;
        world_make(&o, "customer.create", world_json("{'name':'P%d','kind':'%s'}", i,
                   people[i].company ? "company" : "person"), people[i].id);
    }
    for (int32_t day = 1; day <= DAYS; day++) {
        world_day(day);
        world_tick(&o); /* what time alone moved */
        for (int i = 0; i < PEOPLE; i++)
            truth_grade(&people[i], day);
        for (int64_t n = day > 200 ? truth_random(20) / 19 : truth_random(3); n > 0; n--)
            truth_happen(&o, &people[truth_random(PEOPLE - 5)], day);
        world_tick(&o);
        for (int i = 0; i < PEOPLE; i++)
            truth_grade(&people[i], day);
        for (int i = 0; day % CHECK_EVERY == 0 && i < PEOPLE; i++)
            truth_check(&o, &people[i], day);
        if (day % CHECK_EVERY == 0)
            truth_run_changes_nothing(&o);
    }
    office_close(&o);
}
END_TEST

/* --- Quintiles against sorting and counting --- */

START_TEST(quintiles__are_those_of_the_population)
{
    enum { N = 37 };
    static const char definition[] =
        "'kind':'rfm','grades':['1','2','3','4','5'],'axes':[{'name':'money',"
        "'value':'lifetime_value','best':'high','quantiles':5}],'map':["
        "{'grade':'1','money':['1']},{'grade':'2','money':['2']},{'grade':'3','money':['3']},"
        "{'grade':'4','money':['4']},{'grade':'5','money':['5']}]";
    int64_t spent[N];
    char ids[N][40], more[64];
    office o;

    truth_state = 77;
    world_open(&o, _i);
    world_scheme(&o, definition);
    for (int i = 0; i < N; i++) {
        world_make(&o, "customer.create", world_json("{'name':'P%d'}", i), ids[i]);
        spent[i] = (1 + truth_random(12)) * 500; /* ties */
        snprintf(more, sizeof more, ",'total':'%d'", (int)spent[i]);
        world_contract(&o, ids[i], i, more);
    }
    ck_assert_int_eq(world_tick(&o), N); /* profiles, but no grades before a run cut them */
    ck_assert_int_eq(office_count(&o, "customer_grade.count", "{}"), 0);
    world_do(&o, "grade.run", "{}");
    for (int i = 0; i < N; i++) {
        int worse = 0;
        char grade[2] = "1";
        for (int k = 0; k < N; k++)
            worse += spent[k] < spent[i];
        grade[0] = (char)('1' + 5 * worse / N);
        ck_assert_int_eq(office_count(&o, "customer.count", world_json(
            "{'where':{'id':'%s','grades':{'$any':{'kind':'rfm','until':null,'grade':'%s'}}}}",
            ids[i], grade)), 1);
    }
    acrm_value *again = office_call(&o, "grade.run", "{}");
    ck_assert_int_eq(office_number(again, "moved"), 0);
    acrm_value_free(again);
    /* Others who buy move those who do nothing, and that is what is said. */
    for (int i = 0; i < N; i++) {
        char id[40];
        world_make(&o, "customer.create", world_json("{'name':'Q%d'}", i), id);
        world_contract(&o, id, N + i, ",'total':'90000'");
    }
    world_tick(&o);
    world_day(3);
    world_do(&o, "grade.run", "{}");
    ck_assert_int_gt(office_count(&o, "customer_grade.count", world_json(
        "{'where':{'cause':'population','until':null}}")), 5);
    office_close(&o);
}
END_TEST

static Suite *truth_suite(void)
{
    Suite *suite = suite_create("grading_truth");
    TCase *tc = tcase_create("truth");

    tcase_add_loop_test(tc, history__events_and_ticks_compute_what_a_model_and_a_run_do, 0,
                        OFFICE_STORAGES);
    tcase_add_loop_test(tc, quintiles__are_those_of_the_population, 0, OFFICE_STORAGES);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(truth_suite)
