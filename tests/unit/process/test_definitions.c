/* SPDX-License-Identifier: MIT */
/* The definitions shipped in examples/definitions load and run; revisions, parts and rehearsals. */
#include "unit/process/works.h"

static works w;

/* A shipped file; the caller frees it. */
static char *shipped(const char *name)
{
    char path[1200];
    char *text = calloc(1, 20000);

    snprintf(path, sizeof path, "%s/../../examples/definitions/%s", ACRM_TEST_DATA, name);
    FILE *in = fopen(path, "rb");
    ck_assert_msg(in != NULL, "%s", path);
    ck_assert_uint_gt(fread(text, 1, 19999, in), 0);
    fclose(in);
    return text;
}

static void load_shipped(const char *name)
{
    char *text = shipped(name);
    char *json = malloc(strlen(text) + 80);

    sprintf(json, "{\"activate\":true,\"definition\":%s}", text);
    acrm_value_free(office_call(&w.o, "process_definition.load", json));
    free(json);
    free(text);
}

static void add_entity(const char *name)
{
    char *text = shipped(name);

    acrm_value_free(office_call(&w.o, "schema.add_entity", text));
    free(text);
}

static void go(const char *process, const char *transition, const char *fields, const char *phase)
{
    works_do(&w, "process.transition", "{'id':'%s','transition':'%s','fields':{%s}}", process,
             transition, fields);
    works_expect(&w, "process_instance", process, "phase", phase);
}

START_TEST(definitions__a_vehicle_order_is_delivered)
{
    char order[37], process[37];

    works_open(&w, _i);
    add_entity("vehicle_order.entity.json");
    load_shipped("vehicle_order.json");
    works_make(&w, order, "x_vehicle_order.create", "{'x_number':'O-1'}");
    works_make(&w, process, "process.start", "{'code':'vehicle_order','subject_id':'%s'}", order);
    works_expect(&w, "process_instance", process, "business_key", "O-1");
    go(process, "allocate", "'x_vin':'WVWZZZ1JZXW000001'", "allocated");
    works_do(&w, "x_vehicle_order.update", "{'id':'%s','x_paid':true,'last_write_wins':true}",
             order);
    works_expect(&w, "process_instance", process, "phase", "paid");
    go(process, "release", "'x_customs_paper':'C-7'", "released");
    go(process, "plate", "'x_plate':'12-345'", "plated");
    go(process, "deliver", "", "delivered");
    works_expect(&w, "x_vehicle_order", order, "x_delivered_on", "2026-11-21");
    works_expect(&w, "process_instance", process, "status", "ended");
    works_close(&w);
}
END_TEST

START_TEST(definitions__an_order_not_paid_lapses)
{
    char order[37], process[37];

    works_open(&w, _i);
    add_entity("vehicle_order.entity.json");
    load_shipped("vehicle_order.json");
    works_make(&w, order, "x_vehicle_order.create", "{'x_number':'O-1'}");
    works_make(&w, process, "process.start", "{'code':'vehicle_order','subject_id':'%s'}", order);
    go(process, "allocate", "'x_vin':'WVWZZZ1JZXW000001'", "allocated");
    works_advance(&w, 7 * 86400);
    works_tick(&w);
    works_expect(&w, "process_instance", process, "outcome", "lapsed");
    works_close(&w);
}
END_TEST

START_TEST(definitions__a_leasing_application_skips_the_committee_or_not)
{
    char one[37], process[37];

    works_open(&w, _i);
    add_entity("leasing_application.entity.json");
    load_shipped("leasing_application.json");
    for (int small = 0; small < 2; small++) {
        works_make(&w, one, "x_leasing_application.create", "{'x_number':'L-%d','x_score':%s}",
                   small, small ? "720" : "650");
        works_make(&w, process, "process.start",
                   "{'code':'leasing_application','subject_id':'%s'}", one);
        go(process, "submit", "'x_amount':9000,'x_months':36,'x_income':2000", "documents");
        go(process, "documents_fine", "'x_documents_complete':true", small ? "offer" : "checks");
        if (small)
            break;
        go(process, "to_committee", "", "committee");
        go(process, "approve", "", "offer");
        works_advance(&w, 10 * 86400);
        works_tick(&w);
        works_expect(&w, "process_instance", process, "outcome", "expired");
    }
    works_close(&w);
}
END_TEST

START_TEST(definitions__a_complaint_follows_its_case)
{
    char customer[37], process[37];

    works_open(&w, _i);
    load_shipped("complaint.json");
    works_make(&w, customer, "customer.create", "{'name':'Ada'}");
    works_do(&w, "case_type.create", "{'code':'paint','name':'Paint','kind':'complaint'}");
    acrm_value *out = works_call(&w, "case.open", "{'type':'paint','customer_id':'%s',"
                                 "'subject':'Scratched'}", customer);
    const acrm_value *one = acrm_value_get(out, "case");
    works_make(&w, process, "process.start", "{'code':'complaint','subject_id':'%s'}",
               office_text(one, "id"));
    works_expect(&w, "process_instance", process, "business_key", office_text(one, "number"));
    acrm_value_free(out);
    works_expect(&w, "process_instance", process, "phase", "received");
    works_do(&w, "process.transition", "{'id':'%s','transition':'take_up'}", process);
    works_advance(&w, 30 * 86400);
    works_tick(&w);
    out = works_call(&w, "event.list", "{'types':['process.legal_deadline']}");
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "items")), 1);
    acrm_value_free(out);
    works_close(&w);
}
END_TEST

/* --- Revisions --- */

#define TWO(first, end)                                                                           \
    "{'definition':{'code':'two','name':'Two','entity':'customer','start':'" first "',"           \
    "'phases':[{'code':'" first "','limit':{'after':'P1D','event':'late'}},"                      \
    "{'code':'" end "','end':true}],'transitions':[{'name':'finish','from':['" first "'],"        \
    "'to':'" end "'}]},'activate':true}"

START_TEST(definitions__a_running_process_keeps_its_revision_until_it_is_moved)
{
    char customer[37], other[37], old[37], new[37];
    int32_t status;

    works_open(&w, _i);
    works_do(&w, "process_definition.load", TWO("open", "closed"));
    works_make(&w, customer, "customer.create", "{'name':'A'}");
    works_make(&w, other, "customer.create", "{'name':'B'}");
    works_make(&w, old, "process.start", "{'code':'two','subject_id':'%s'}", customer);
    works_do(&w, "process_definition.load", TWO("begun", "over"));
    works_make(&w, new, "process.start", "{'code':'two','subject_id':'%s'}", other);
    works_expect(&w, "process_instance", old, "phase", "open");
    works_expect(&w, "process_instance", new, "phase", "begun");
    char *error = works_error(&w, &status, "process.migrate", "{'code':'two'}");
    ck_assert_int_eq(status, ACRM_E_INVALID);
    ck_assert_ptr_nonnull(strstr(error, "map.open"));
    free(error);
    free(works_error(&w, &status, "process.migrate", "{'code':'two','map':{'open':'over'}}"));
    ck_assert_int_eq(status, ACRM_E_INVALID);
    works_do(&w, "process.migrate", "{'code':'two','map':{'open':'begun'},'dry_run':true}");
    works_expect(&w, "process_instance", old, "phase", "open");
    acrm_value *out = works_call(&w, "process.migrate", "{'code':'two','map':{'open':'begun'}}");
    ck_assert_int_eq(office_number(out, "moved"), 1);
    ck_assert_int_eq(office_number(out, "kept"), 1);
    acrm_value_free(out);
    works_do(&w, "process.transition", "{'id':'%s','transition':'finish'}", old);
    works_expect(&w, "process_instance", old, "phase", "over");
    works_close(&w);
}
END_TEST

/* --- Processes within processes --- */

START_TEST(definitions__a_process_waits_for_the_one_within_it)
{
    char customer[37], outer[37], inner[37];
    int32_t status;

    works_open(&w, _i);
    works_do(&w, "process_definition.load", TWO("open", "closed"));
    works_do(&w, "process_definition.load",
             "{'activate':true,'definition':{'code':'outer','name':'Outer','entity':'customer',"
             "'start':'part','phases':[{'code':'part','process':'two','then':{'closed':'go',"
             "'*':'stop'}},{'code':'good','end':true},{'code':'bad','end':true}],'transitions':["
             "{'name':'go','from':['part'],'to':'good'},"
             "{'name':'stop','from':['part'],'to':'bad'}]}}");
    works_make(&w, customer, "customer.create", "{'name':'A'}");
    for (int cancel = 0; cancel < 2; cancel++) {
        works_make(&w, outer, "process.start", "{'code':'outer','subject_id':'%s'}", customer);
        free(works_error(&w, &status, "process.transition", "{'id':'%s','transition':'go'}",
                         outer));
        ck_assert_int_eq(status, ACRM_E_CONFLICT);
        acrm_value *list = works_call(&w, "process_instance.list",
                                      "{'where':{'parent_id':'%s'}}", outer);
        snprintf(inner, sizeof inner, "%s",
                 office_text(acrm_value_at(acrm_value_get(list, "items"), 0), "id"));
        acrm_value_free(list);
        works_do(&w, cancel ? "process.cancel" : "process.transition",
                 cancel ? "{'id':'%s'}" : "{'id':'%s','transition':'finish'}", inner);
        works_expect(&w, "process_instance", outer, "phase", cancel ? "bad" : "good");
    }
    works_close(&w);
}
END_TEST

START_TEST(definitions__are_rehearsed_on_records)
{
    works_open(&w, _i);
    add_entity("leasing_application.entity.json");
    load_shipped("leasing_application.json");
    for (int i = 0; i < 6; i++)
        works_do(&w, "x_leasing_application.create", "{'x_number':'%d','x_amount':%d,"
                 "'x_months':12%s}", i, i, i % 2 ? ",'x_income':100" : "");
    acrm_value *out = works_call(&w, "process.simulate", "{'code':'leasing_application'}");
    ck_assert_int_eq(office_number(out, "records"), 6);
    ck_assert_int_eq(office_number(acrm_value_get(out, "phases"), "draft"), 6);
    ck_assert_int_eq(office_number(acrm_value_get(out, "transitions"), "submit"), 3);
    acrm_value_free(out);
    ck_assert_int_eq(works_count(&w, "process_instance", "{}"), 0);
    works_close(&w);
}
END_TEST

/* --- Random definitions and walks against a plain table --- */

enum { WALK_PHASES = 6, WALK_EDGES = 10 };

static uint64_t walk_chance;

static int walk_below(int n)
{
    walk_chance = walk_chance * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (int)((walk_chance >> 33) % (uint64_t)n);
}

START_TEST(definitions__random_walks_agree_with_a_table)
{
    int from[WALK_EDGES], to[WALK_EDGES], grade[WALK_EDGES];
    char json[8192], customer[37], process[37];
    static const char *const grades[] = { "A", "B", "C" };

    walk_chance = (uint64_t)_i + 1;
    works_open(&w, OFFICE_MEMORY);
    size_t at = (size_t)sprintf(json, "{'activate':true,'definition':{'code':'walk','name':'W',"
                                      "'entity':'customer','start':'p0','phases':[");
    for (int p = 0; p < WALK_PHASES; p++)
        at += (size_t)sprintf(json + at, "%s{'code':'p%d'%s}", p ? "," : "", p,
                              p == WALK_PHASES - 1 ? ",'end':true" : "");
    at += (size_t)sprintf(json + at, "],'transitions':[");
    for (int e = 0; e < WALK_EDGES; e++) { /* a chain through all phases, then any */
        from[e] = e < WALK_PHASES - 1 ? e : walk_below(WALK_PHASES - 1);
        to[e] = e < WALK_PHASES - 1 ? e + 1 : walk_below(WALK_PHASES - 1);
        grade[e] = walk_below(3);
        at += (size_t)sprintf(json + at, "%s{'name':'t%d','from':['p%d'],'to':'p%d','guard':"
                              "{'grade':'%s'}}", e ? "," : "", e, from[e], to[e],
                              grades[grade[e]]);
    }
    strcpy(json + at, "]}}");
    works_do(&w, "process_definition.load", json, 0);
    works_make(&w, customer, "customer.create", "{'name':'A'}");
    works_make(&w, process, "process.start", "{'code':'walk','subject_id':'%s'}", customer);
    int phase = 0;
    for (int step = 0; step < 60 && phase != WALK_PHASES - 1; step++) {
        int g = walk_below(3), e = walk_below(WALK_EDGES);
        int32_t status;
        works_do(&w, "customer.update", "{'id':'%s','grade':'%s','last_write_wins':true}",
                 customer, grades[g]);
        free(works_error(&w, &status, "process.transition", "{'id':'%s','transition':'t%d'}",
                         process, e));
        bool may = from[e] == phase && grade[e] == g;
        ck_assert_int_eq(status == ACRM_OK, may);
        if (may)
            phase = to[e];
        char code[8];
        snprintf(code, sizeof code, "p%d", phase);
        works_expect(&w, "process_instance", process, "phase", code);
    }
    works_close(&w);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("definitions");
    TCase *t = tcase_create("definitions");

    tcase_add_loop_test(t, definitions__a_vehicle_order_is_delivered, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, definitions__an_order_not_paid_lapses, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, definitions__a_leasing_application_skips_the_committee_or_not, 0,
                        OFFICE_STORAGES);
    tcase_add_loop_test(t, definitions__a_complaint_follows_its_case, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, definitions__a_running_process_keeps_its_revision_until_it_is_moved, 0,
                        OFFICE_STORAGES);
    tcase_add_loop_test(t, definitions__a_process_waits_for_the_one_within_it, 0,
                        OFFICE_STORAGES);
    tcase_add_loop_test(t, definitions__are_rehearsed_on_records, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, definitions__random_walks_agree_with_a_table, 0, 30);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
