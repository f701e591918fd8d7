/* SPDX-License-Identifier: MIT */
/* Profiles and grades as a business meets them: what moves them, who may see and use them, what is
 * refused, and what becomes of them when customers merge or are erased. */
#include "unit/grading/grading_world.h"

static void customer(office *o, const char *name, char id[40])
{
    world_make(o, "customer.create", world_json("{'name':'%s','kind':'company'}", name), id);
}

static acrm_value *profile(office *o, const char *id)
{
    return office_call(o, "customer.profile", world_json("{'id':'%s'}", id));
}

static void is(const acrm_value *out, const char *field, const char *text)
{
    const char *found = office_text(acrm_value_get(out, "profile"), field);

    ck_assert_msg(found && strcmp(found, text) == 0, "%s is %s, not %s", field,
                  found ? found : "null", text);
}

/* --- Profiles --- */

START_TEST(profile__adds_up_money_in_one_currency)
{
    office o;
    char id[40];

    world_open(&o, _i);
    customer(&o, "Ada", id);
    world_contract(&o, id, 1, ",'total':'12000.50','margin':'900.25','signed_on':'2025-06-01'");
    world_contract(&o, id, 2, ",'total':'8000.00','margin':'-100.00','signed_on':'2026-05-01'");
    world_do(&o, "sales_contract.create", world_json(
        "{'number':'D','customer_id':'%s','status':'draft','currency':'EUR','total':'1'}", id));
    world_do(&o, "sales_contract.create", world_json(
        "{'number':'U','customer_id':'%s','status':'signed','currency':'USD',"
        "'signed_on':'2026-05-01','total':'1'}", id));
    acrm_value *out = profile(&o, id);
    is(out, "lifetime_value", "20000.50");
    is(out, "lifetime_margin", "800.25");
    is(out, "recent_value", "8000.00");
    is(out, "first_purchase_on", "2025-06-01");
    ck_assert_int_eq(office_number(acrm_value_get(out, "profile"), "purchases"), 3);
    ck_assert_int_eq(office_number(acrm_value_get(out, "profile"), "uncounted"), 1);
    acrm_value_free(out);
    office_close(&o);
}
END_TEST

START_TEST(profile__money_past_what_a_number_holds_is_left_out_and_said)
{
    office o;
    char id[40];

    world_open(&o, _i);
    customer(&o, "Ada", id);
    world_contract(&o, id, 1, ",'total':'90000000000000000.00'");
    world_contract(&o, id, 2, ",'total':'90000000000000000.00'");
    acrm_value *out = profile(&o, id);
    is(out, "lifetime_value", "90000000000000000.00");
    ck_assert_int_eq(office_number(acrm_value_get(out, "profile"), "uncounted"), 1);
    acrm_value_free(out);
    office_close(&o);
}
END_TEST

START_TEST(profile__expects_services_and_the_next_vehicle_with_reasons)
{
    office o;
    char id[40], car[40];

    world_open(&o, _i);
    customer(&o, "Ada", id);
    world_make(&o, "vehicle.create", world_json(
        "{'make':'Alfa','model':'Uno','odometer':14000,'odometer_on':'2026-05-01'}"), car);
    world_do(&o, "vehicle_ownership.create", world_json(
        "{'vehicle_id':'%s','customer_id':'%s','from_date':'2025-05-01','odometer':0}", car, id));
    world_contract(&o, id, 1, ",'signed_on':'2025-04-20','ends_on':'2027-02-01'");
    acrm_value *out = profile(&o, id);
    /* 14,000 km in 365 days: the next 1,000 take 27 days (26.07 rounded up). */
    is(out, "next_service_on", "2026-05-01"); /* a year after the first day comes first */
    is(out, "next_service_by", "time");
    is(out, "repurchase_on", "2027-02-01");
    is(out, "repurchase_by", "contract_end");
    const acrm_value *reasons = acrm_value_get(acrm_value_get(out, "reasons"), "next_service");
    ck_assert_uint_eq(acrm_value_count(reasons), 2);
    ck_assert_str_eq(office_text(acrm_value_at(reasons, 1), "by"), "mileage");
    ck_assert_str_eq(office_text(acrm_value_at(reasons, 1), "on"), "2026-05-28");
    ck_assert_str_eq(office_text(acrm_value_at(reasons, 1), "vehicle_id"), car);
    reasons = acrm_value_get(acrm_value_get(out, "reasons"), "repurchase");
    ck_assert_uint_eq(acrm_value_count(reasons), 3);
    ck_assert_str_eq(office_text(acrm_value_at(reasons, 1), "by"), "model_cycle");
    ck_assert_str_eq(office_text(acrm_value_at(reasons, 1), "on"), "2027-05-01");
    acrm_value_free(out);
    /* A visit moves the service; a reading moves it again. */
    world_do(&o, "interaction.create", world_json(
        "{'customer_id':'%s','at':'2026-05-20T08:00:00Z','channel':'visit'}", id));
    out = profile(&o, id);
    is(out, "next_service_on", "2026-05-28");
    acrm_value_free(out);
    world_tick(&o);
    world_do(&o, "vehicle.update", world_json("{'id':'%s','odometer':15200,"
                                              "'last_write_wins':true}", car));
    ck_assert_int_eq(world_tick(&o), 1);
    out = profile(&o, id);
    is(out, "next_service_by", "time");
    is(out, "next_service_on", "2027-05-20");
    acrm_value_free(out);
    office_close(&o);
}
END_TEST

START_TEST(profile__prefers_what_is_used_most_and_what_is_wished)
{
    office o;
    char id[40], north[40], south[40];

    world_open(&o, _i);
    world_make(&o, "dealer.create", world_json("{'name':'North','code':'N'}"), north);
    world_make(&o, "dealer.create", world_json("{'name':'South','code':'S'}"), south);
    customer(&o, "Ada", id);
    for (int i = 0; i < 3; i++)
        world_do(&o, "interaction.create", world_json(
            "{'customer_id':'%s','at':'2026-05-20T08:00:00Z','channel':'%s','dealer_id':'%s'}",
            id, i < 2 ? "visit" : "email", i < 2 ? south : north));
    acrm_value *out = profile(&o, id);
    is(out, "preferred_channel", "email");
    is(out, "preferred_dealer_id", south);
    acrm_value_free(out);
    world_do(&o, "preference.create", world_json(
        "{'customer_id':'%s','preferred_channel':'letter'}", id));
    out = profile(&o, id);
    is(out, "preferred_channel", "letter");
    acrm_value_free(out);
    office_close(&o);
}
END_TEST

START_TEST(profile__state_changes_on_its_day_and_not_before)
{
    office o;
    char id[40];
    static const struct { int32_t day; const char *state; int64_t computed; } rows[] = {
        { 90, "active", 0 }, { 91, "passive", 1 }, { 199, "passive", 0 }, { 200, "passive", 1 },
        { 300, "passive", 0 }, { 301, "lost", 1 }, { 2000, "lost", 0 },
    };

    world_open(&o, _i);
    customer(&o, "Ada", id);
    world_contract(&o, id, 1, ",'signed_on':'2026-05-27'");
    ck_assert_int_eq(world_tick(&o), 1);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        world_day(rows[i].day);
        ck_assert_int_eq(world_tick(&o), rows[i].computed);
        ck_assert_int_eq(office_count(&o, "customer.count", world_json(
            "{'where':{'profile':{'$any':{'state':'%s'}}}}", rows[i].state)), 1);
    }
    ck_assert_int_eq(office_count(&o, "customer.count", world_json(
        "{'where':{'profile':{'$any':{'state':'lost'}}}}")), 1);
    acrm_value *events = office_call(&o, "event.list",
                                     "{\"types\":[\"customer.state_changed\"]}");
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(events, "items")), 3);
    acrm_value_free(events);
    office_close(&o);
}
END_TEST

START_TEST(policy__contradictions_are_refused)
{
    office o;

    world_open(&o, _i);
    office_refused(&o, "profile_policy.create", world_json(
        "{'name':'Two','currency':'EUR'}"), ACRM_E_CONFLICT, "active", "active");
    office_refused(&o, "profile_policy.create", world_json(
        "{'name':'Two','active':false,'currency':'EUR','active_days':400,'lost_days':400}"),
        ACRM_E_INVALID, "lost_days", "range");
    office_refused(&o, "profile_policy.create", world_json(
        "{'name':'Two','active':false,'currency':'XXY'}"), ACRM_E_INVALID, "currency",
        "currency");
    office_refused(&o, "profile_policy.create", world_json(
        "{'name':'Two','active':false,'currency':'EUR','model_cycles':[{'make':'A',"
        "'months':0}]}"), ACRM_E_INVALID, "/model_cycles/0/months", "type");
    acrm_value *list = office_call(&o, "profile_policy.list", "{}");
    char id[40];
    snprintf(id, sizeof id, "%s", office_text(acrm_value_at(acrm_value_get(list, "items"), 0),
                                              "id"));
    acrm_value_free(list);
    world_scheme(&o, WORLD_SCHEME);
    office_refused(&o, "profile_policy.update", world_json(
        "{'id':'%s','currency':'IRR','last_write_wins':true}", id), ACRM_E_CONFLICT, "currency",
        "schemes");
    office_refused(&o, "profile_policy.update", world_json(
        "{'id':'%s','active':false,'last_write_wins':true}", id), ACRM_E_CONFLICT, "active",
        "schemes");
    office_close(&o);
}
END_TEST

/* --- Schemes --- */

START_TEST(scheme__faults_are_told_with_their_place_and_nothing_changes)
{
    static const char one[] = "'grades':['A'],'axes':[{'name':'v','bands':[{'name':'A'}]}],"
                              "'rules':[{'name':'r',%s}]";
    static const struct { const char *kind, *rule, *field, *reason; } rows[] = {
        { "'kind':'k',", "'value':'no_such','each':1", "/rules/0/value", "unknown" },
        { "'kind':'k',", "'when':{'no_such':1},'points':1", "/rules/0/when.no_such",
          "unknown_field" },
        { "'kind':'k',", "'when':{'birth_date':{'$gt':'2000-01-01'}},'points':1",
          "/rules/0/when", "protected" },
        { "'kind':'k',", "'when':{'contact_points':{'$any':{'value':'x'}}},'points':1",
          "/rules/0/when", "protected" },
        { "'kind':'k',", "'when':{'national_id':'x'},'points':1", "/rules/0/when", "protected" },
        { "'kind':'k',", "'when':{'grade':'A'},'points':1", "/rules/0/when", "circular" },
        { "'kind':'k',", "'when':{'profile':{'$any':{'state':'lost'}}},'points':1",
          "/rules/0/when", "circular" },
        { "'kind':'k k',", "'value':'visits','each':1", "/kind", "format" },
        { "", "'value':'visits','each':1", "/kind", "required" },
    };
    office o;

    world_open(&o, _i);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char rule[512], text[1024], json[2048];
        snprintf(rule, sizeof rule, one, rows[i].rule);
        snprintf(text, sizeof text, "{'definition':{%s%s}}", rows[i].kind, rule);
        snprintf(json, sizeof json, "%s", world_json("%s", text));
        office_refused(&o, "grade.load", json, ACRM_E_INVALID, rows[i].field, rows[i].reason);
        acrm_value *out = office_call(&o, "grade.check", json);
        ck_assert_int_eq(acrm_value_bool(acrm_value_get(out, "ok")), 0);
        ck_assert_str_eq(office_text(acrm_value_at(acrm_value_get(out, "faults"), 0), "field"),
                         rows[i].field);
        acrm_value_free(out);
    }
    ck_assert_int_eq(office_count(&o, "grade_scheme.count", "{}"), 0);
    office_close(&o);
}
END_TEST

START_TEST(scheme__those_that_are_shipped_load)
{
    static const char *const names[] = { "grade_customer", "grade_rfm" };

    for (size_t i = 0; i < 2; i++) {
        char path[400], json[8192] = "{\"activate\":true,\"definition\":";
        size_t len = strlen(json);
        office o;
        snprintf(path, sizeof path, "%s/../../examples/definitions/%s.json", ACRM_TEST_DATA,
                 names[i]);
        FILE *file = fopen(path, "rb");
        ck_assert_ptr_nonnull(file);
        len += fread(json + len, 1, sizeof json - len - 2, file);
        fclose(file);
        snprintf(json + len, sizeof json - len, "}");
        world_open(&o, _i);
        world_do(&o, "grade.load", json);
        world_do(&o, "grade.run", "{}");
        office_close(&o);
    }
}
END_TEST

START_TEST(scheme__one_revision_of_a_kind_is_in_force)
{
    office o;

    world_open(&o, _i);
    world_scheme(&o, WORLD_SCHEME);
    world_scheme(&o, WORLD_SCHEME);
    ck_assert_int_eq(office_count(&o, "grade_scheme.count",
                                  world_json("{'where':{'status':'active'}}")), 1);
    ck_assert_int_eq(office_count(&o, "grade_scheme.count",
                                  world_json("{'where':{'status':'retired','revision':1}}")), 1);
    acrm_value *list = office_call(&o, "grade_scheme.list",
                                   world_json("{'where':{'revision':1}}"));
    char id[40];
    snprintf(id, sizeof id, "%s", office_text(acrm_value_at(acrm_value_get(list, "items"), 0),
                                              "id"));
    acrm_value_free(list);
    world_do(&o, "grade.activate", world_json("{'id':'%s'}", id));
    ck_assert_int_eq(office_count(&o, "grade_scheme.count", world_json(
        "{'where':{'status':'active','revision':1}}")), 1);
    world_do(&o, "grade.retire", world_json("{'id':'%s'}", id));
    ck_assert_int_eq(office_count(&o, "grade_scheme.count", world_json(
        "{'where':{'status':'active'}}")), 0);
    office_close(&o);
}
END_TEST

/* --- What moves grades --- */

START_TEST(grade__moves_with_what_happens_and_is_explained)
{
    office o;
    char id[40];

    world_open(&o, _i);
    world_scheme(&o, WORLD_SCHEME);
    customer(&o, "Ada", id);
    world_is_grade(&o, id, NULL);
    world_tick(&o);
    world_is_grade(&o, id, "C");
    world_contract(&o, id, 1, ",'total':'9999.99','signed_on':'2026-05-27'");
    ck_assert_int_eq(world_tick(&o), 1);
    world_is_grade(&o, id, "B"); /* 9 + 10 points, a cent short of the band */
    world_contract(&o, id, 2, ",'total':'0.01','signed_on':'2026-05-27'");
    ck_assert_int_eq(world_tick(&o), 1);
    world_is_grade(&o, id, "A");
    world_day(30);
    world_tick(&o);
    world_is_grade(&o, id, "B"); /* time alone: 5 + 4 points of engagement */
    world_do(&o, "consent.give", world_json(
        "{'customer_id':'%s','purpose':'marketing','channel':'email'}", id));
    world_tick(&o);
    world_is_grade(&o, id, "A");
    world_do(&o, "consent.withdraw", world_json(
        "{'customer_id':'%s','purpose':'marketing','channel':'email'}", id));
    world_tick(&o);
    world_is_grade(&o, id, "B");
    ck_assert_int_eq(world_tick(&o), 0);
    acrm_value *out = office_call(&o, "grade.explain",
                                  world_json("{'customer_id':'%s'}", id));
    const acrm_value *history = acrm_value_get(out, "history");
    static const char *const causes[] = { "change", "change", "time", "change", "change",
                                          "first" };
    ck_assert_uint_eq(acrm_value_count(history), 6);
    for (size_t i = 0; i < 6; i++)
        ck_assert_str_eq(office_text(acrm_value_at(history, i), "cause"), causes[i]);
    ck_assert_str_eq(office_text(out, "grade"), "B");
    const acrm_value *rules = acrm_value_get(acrm_value_get(out, "explanation"), "rules");
    ck_assert_uint_eq(acrm_value_count(rules), 6);
    ck_assert_str_eq(office_text(acrm_value_at(rules, 0), "value"), "10000.00");
    ck_assert_str_eq(office_text(out, "next_review"), "2026-09-24"); /* 120 days after */
    acrm_value_free(out);
    acrm_value *events = office_call(&o, "event.list", "{\"types\":[\"customer.graded\"]}");
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(events, "items")), 6);
    acrm_value_free(events);
    office_close(&o);
}
END_TEST

START_TEST(grade__by_hand_holds_for_its_time_and_no_longer)
{
    office o;
    char id[40];

    world_open(&o, _i);
    world_scheme(&o, WORLD_SCHEME ",'stay_days':50");
    customer(&o, "Ada", id);
    world_tick(&o);
    world_do(&o, "grade.set", world_json(
        "{'customer_id':'%s','grade':'B','floor':true,'until':'2026-06-01','why':'a promise'}",
        id));
    world_is_grade(&o, id, "B");
    world_contract(&o, id, 1, ",'total':'30000','signed_on':'2026-05-27'");
    world_tick(&o);
    world_is_grade(&o, id, "A"); /* a floor does not hold down */
    world_do(&o, "grade.set", world_json("{'customer_id':'%s','grade':'C','until':'2026-06-01',"
                                         "'why':'a dispute'}", id));
    world_is_grade(&o, id, "C");
    world_day(5); /* 2026-06-01 */
    world_tick(&o);
    world_is_grade(&o, id, "C");
    world_day(6);
    world_tick(&o);
    world_is_grade(&o, id, "A");
    world_do(&o, "grade.set", world_json("{'customer_id':'%s','grade':'B','why':'?'}", id));
    world_do(&o, "grade.release", world_json("{'customer_id':'%s'}", id));
    world_is_grade(&o, id, "A");
    office_refused(&o, "grade.release", world_json("{'customer_id':'%s'}", id), ACRM_E_NOTFOUND,
                   "kind", "reference");
    office_refused(&o, "grade.set", world_json("{'customer_id':'%s','grade':'Z','why':'?'}", id),
                   ACRM_E_INVALID, "grade", "choice");
    office_refused(&o, "grade.set", world_json(
        "{'customer_id':'%s','grade':'A','until':'2020-01-01','why':'?'}", id), ACRM_E_INVALID,
        "until", "range");
    office_refused(&o, "grade.set", world_json(
        "{'customer_id':'%s','kind':'none','grade':'A','why':'?'}", id), ACRM_E_NOTFOUND, "kind",
        "reference");
    office_close(&o);
}
END_TEST

START_TEST(simulate__tells_who_would_move_and_writes_nothing)
{
    office o;
    char ids[4][40];

    world_open(&o, _i);
    world_scheme(&o, WORLD_SCHEME);
    for (int i = 0; i < 4; i++) {
        char more[64];
        customer(&o, "P", ids[i]);
        snprintf(more, sizeof more, ",'total':'%d000','signed_on':'2026-05-27'", 10 * i);
        world_contract(&o, ids[i], i, more);
    }
    world_tick(&o);
    acrm_value *out = office_call(&o, "grade.simulate", world_json(
        "{'limit':1,'definition':{'kind':'customer','grades':['A','C'],'axes':[{'name':'v',"
        "'value':'lifetime_value','best':'high','absent':'C','bands':[{'name':'C',"
        "'to':'30000.00'},{'name':'A','from':'30000.00'}]}]}}"));
    ck_assert_int_eq(office_number(out, "customers"), 4);
    ck_assert_int_eq(office_number(out, "moved"), 3); /* 0: B to C, 10, 20: A to C */
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "movers")), 1);
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "moves")), 3);
    acrm_value_free(out);
    for (int i = 0; i < 4; i++)
        world_is_grade(&o, ids[i], i == 0 ? "B" : "A");
    office_close(&o);
}
END_TEST

/* --- What grades are for --- */

START_TEST(grade__leads_are_assigned_by_it)
{
    office o;
    char ada[40], ben[40], first[40], rest[40], rule[40];

    world_open(&o, _i);
    world_scheme(&o, WORLD_SCHEME);
    world_make(&o, "dealer.create", world_json("{'name':'First','code':'F'}"), first);
    world_make(&o, "dealer.create", world_json("{'name':'Rest','code':'R'}"), rest);
    world_make(&o, "distribution_rule.create", world_json(
        "{'name':'Best','position':1,'strategy':'weighted',"
        "'condition':{'customer.grade':'A'}}"), rule);
    world_do(&o, "distribution_target.create", world_json(
        "{'rule_id':'%s','dealer_id':'%s'}", rule, first));
    world_make(&o, "distribution_rule.create", world_json(
        "{'name':'Rest','position':2,'strategy':'weighted'}"), rule);
    world_do(&o, "distribution_target.create", world_json(
        "{'rule_id':'%s','dealer_id':'%s'}", rule, rest));
    customer(&o, "Ada", ada);
    customer(&o, "Ben", ben);
    world_contract(&o, ada, 1, ",'total':'30000'");
    world_tick(&o);
    const char *const who[] = { ada, ben }, *const to[] = { first, rest };
    for (int i = 0; i < 2; i++) {
        char lead[40];
        world_make(&o, "lead.create", world_json("{'customer_id':'%s'}", who[i]), lead);
        acrm_value *out = office_call(&o, "lead.get", world_json("{'id':'%s'}", lead));
        ck_assert_str_eq(office_text(out, "dealer_id"), to[i]);
        acrm_value_free(out);
    }
    ck_assert_int_eq(office_count(&o, "lead.count", world_json(
        "{'where':{'customer.grade':'A'}}")), 1);
    office_close(&o);
}
END_TEST

START_TEST(grade__cases_are_assigned_by_it)
{
    office o;
    char ids[2][40], queues[2][40], type[40];

    world_open(&o, _i);
    world_scheme(&o, WORLD_SCHEME);
    world_make(&o, "case_queue.create", world_json("{'code':'first','name':'First'}"), queues[0]);
    world_make(&o, "case_queue.create", world_json("{'code':'rest','name':'Rest'}"), queues[1]);
    world_make(&o, "case_type.create", world_json(
        "{'code':'paint','name':'Paint','kind':'complaint','queue_id':'%s'}", queues[1]), type);
    world_do(&o, "case_assignment_rule.create", world_json(
        "{'name':'Best','position':1,'queue_id':'%s','condition':{'customer.grade':'A'}}",
        queues[0]));
    for (int i = 0; i < 2; i++) {
        customer(&o, i ? "Ben" : "Ada", ids[i]);
        if (i == 0)
            world_contract(&o, ids[i], 1, ",'total':'30000'");
        world_tick(&o);
        world_do(&o, "case.open", world_json(
            "{'type':'paint','customer_id':'%s','subject':'Scratch'}", ids[i]));
        ck_assert_int_eq(office_count(&o, "case.count", world_json(
            "{'where':{'customer_id':'%s','queue_id':'%s'}}", ids[i], queues[i])), 1);
        ck_assert_int_eq(world_tick(&o), 1); /* an open complaint counts */
    }
    ck_assert_int_eq(office_count(&o, "customer.count", world_json(
        "{'where':{'profile':{'$any':{'open_complaints':1}}}}")), 2);
    office_close(&o);
}
END_TEST

START_TEST(grade__access_is_ruled_by_it)
{
    office o, desk;
    char ada[40], ben[40], lead[40], role[40], user[40], principal[64];

    world_open(&o, _i);
    world_scheme(&o, WORLD_SCHEME);
    customer(&o, "Ada", ada);
    customer(&o, "Ben", ben);
    world_contract(&o, ada, 1, ",'total':'30000'");
    world_tick(&o);
    world_make(&o, "lead.create", world_json("{'customer_id':'%s'}", ada), lead);
    world_make(&o, "role.create", world_json(
        "{'name':'desk','permissions':['*'],'scopes':{'*':'all'},'row_filters':{"
        "'customer':{'$not':{'grade':'A'}},'lead':{'$not':{'customer.grade':'A'}}}}"), role);
    world_make(&o, "user.create", world_json(
        "{'login':'desk','name':'Desk','role_id':'%s'}", role), user);
    desk = o;
    snprintf(principal, sizeof principal, "user:%s", user);
    ck_assert_int_eq(acrm_session_new(o.engine, principal, &desk.session, NULL), ACRM_OK);
    ck_assert_int_eq(office_count(&desk, "customer.count", "{}"), 1);
    ck_assert_int_eq(office_count(&desk, "lead.count", "{}"), 0);
    acrm_value_free(office_call(&desk, "customer.get", world_json("{'id':'%s'}", ben)));
    world_do(&o, "grade.set", world_json(
        "{'customer_id':'%s','grade':'A','until':'2027-06-01','why':'a promise'}", ben));
    ck_assert_int_eq(office_count(&desk, "customer.count", "{}"), 0);
    acrm_session_free(desk.session);
    office_close(&o);
}
END_TEST

/* --- Who is gone --- */

START_TEST(person__who_refuses_or_is_erased_or_deleted_has_no_grade)
{
    static const char *const ways[] = { "consent.withdraw", "privacy.erase", "customer.delete",
                                        "privacy.restrict" };
    static const char *const args[] = {
        "{'customer_id':'%s','purpose':'profiling','channel':'any'}",
        "{'customer_id':'%s','reason':'asked','basis':'request'}",
        "{'id':'%s','last_write_wins':true}",
        "{'customer_id':'%s','basis':'Art. 18'}" };

    for (size_t way = 0; way < 4; way++) {
        office o;
        char id[40], text[256];
        world_open(&o, _i);
        world_scheme(&o, WORLD_SCHEME);
        customer(&o, "Ada Example", id);
        world_contract(&o, id, 1, ",'total':'30000'");
        world_tick(&o);
        world_is_grade(&o, id, "A");
        snprintf(text, sizeof text, args[way], id);
        world_do(&o, ways[way], world_json("%s", text));
        world_tick(&o);
        ck_assert_int_eq(office_count(&o, "customer_profile.count", "{}"), 0);
        ck_assert_int_eq(office_count(&o, "customer_grade.count",
                                      world_json("{'where':{'until':null}}")), 0);
        if (way == 1) /* not even that there was one */
            ck_assert_int_eq(office_count(&o, "customer_grade.count", "{}"), 0);
        if (way != 2)
            world_is_grade(&o, id, NULL);
        if (way == 0)
            office_refused(&o, "customer.profile", world_json("{'id':'%s'}", id),
                           ACRM_E_CONFLICT, "id", "not_profiled");
        world_do(&o, "grade.run", "{}");
        ck_assert_int_eq(office_count(&o, "customer_profile.count", "{}"), 0);
        if (way == 0) { /* and who changes their mind has them again */
            world_day(1);
            world_do(&o, "consent.give", world_json(
                "{'customer_id':'%s','purpose':'profiling','channel':'any'}", id));
            world_tick(&o);
            world_is_grade(&o, id, "A");
        }
        office_close(&o);
    }
}
END_TEST

START_TEST(merge__computes_the_one_who_stays_and_undoing_both)
{
    office o;
    char ada[40], twin[40];

    world_open(&o, _i);
    world_scheme(&o, WORLD_SCHEME);
    customer(&o, "Ada", ada);
    customer(&o, "Ada", twin);
    world_contract(&o, ada, 1, ",'total':'6000'");
    world_contract(&o, twin, 2, ",'total':'6000'");
    world_tick(&o);
    world_is_grade(&o, ada, "B");
    world_do(&o, "customer.merge", world_json("{'id':'%s','others':['%s']}", ada, twin));
    world_tick(&o);
    world_is_grade(&o, ada, "A");
    ck_assert_int_eq(office_count(&o, "customer_profile.count", "{}"), 1);
    ck_assert_int_eq(office_count(&o, "customer_grade.count",
                                  world_json("{'where':{'until':null}}")), 1);
    world_do(&o, "customer.unmerge", world_json("{'id':'%s'}", twin));
    world_tick(&o);
    world_is_grade(&o, ada, "A"); /* within the margin: 16 and 20 */
    world_is_grade(&o, twin, "B");
    ck_assert_int_eq(office_count(&o, "customer_profile.count", "{}"), 2);
    office_close(&o);
}
END_TEST

/* --- Runs --- */

static int32_t stop_second(void *user, const char *what, int64_t done, int64_t total)
{
    (void)what;
    (void)done;
    (void)total;
    return ++*(int *)user == 2;
}

START_TEST(run__goes_on_where_it_was_cut_short)
{
    enum { N = 300 };
    office o;
    acrm_error *err = NULL;
    int calls = 0;
    char text[64 * 220];

    world_open(&o, _i);
    for (int i = 0; i < N; i += 100) {
        size_t len = (size_t)snprintf(text, sizeof text, "{\"records\":[");
        for (int k = 0; k < 100; k++)
            len += (size_t)snprintf(text + len, sizeof text - len, "%s{\"name\":\"P%d\"}",
                                    k ? "," : "", i + k);
        snprintf(text + len, sizeof text - len, "]}");
        world_do(&o, "customer.create_many", text);
    }
    world_scheme(&o, WORLD_SCHEME);
    acrm_session_set_progress(o.session, stop_second, &calls);
    ck_assert_int_eq(acrm_call_json(o.session, "grade.run", "{\"step\":100}", 12, NULL, &err),
                     ACRM_E_INTERRUPTED);
    acrm_error_free(err);
    acrm_session_set_progress(o.session, NULL, NULL);
    acrm_value *out = office_call(&o, "grade.run", "{\"events\":10,\"step\":100}");
    ck_assert_int_eq(office_number(out, "customers"), N);
    ck_assert_int_eq(office_number(out, "moved"), N);
    acrm_value_free(out);
    ck_assert_int_eq(office_count(&o, "grade_run.count", "{}"), 1);
    ck_assert_int_eq(office_count(&o, "customer.count", world_json("{'where':{'grade':'C'}}")), N);
    out = office_call(&o, "grade.run", "{}");
    ck_assert_int_eq(office_number(out, "moved"), 0);
    acrm_value_free(out);
    office_close(&o);
}
END_TEST

static Suite *grading_suite(void)
{
    Suite *suite = suite_create("grading");
    TCase *tc = tcase_create("grading");
    const TTest *const tests[] = {
        profile__adds_up_money_in_one_currency,
        profile__money_past_what_a_number_holds_is_left_out_and_said,
        profile__expects_services_and_the_next_vehicle_with_reasons,
        profile__prefers_what_is_used_most_and_what_is_wished,
        profile__state_changes_on_its_day_and_not_before,
        policy__contradictions_are_refused,
        scheme__faults_are_told_with_their_place_and_nothing_changes,
        scheme__those_that_are_shipped_load,
        scheme__one_revision_of_a_kind_is_in_force,
        grade__moves_with_what_happens_and_is_explained,
        grade__by_hand_holds_for_its_time_and_no_longer,
        simulate__tells_who_would_move_and_writes_nothing,
        grade__leads_are_assigned_by_it,
        grade__cases_are_assigned_by_it,
        grade__access_is_ruled_by_it,
        person__who_refuses_or_is_erased_or_deleted_has_no_grade,
        merge__computes_the_one_who_stays_and_undoing_both,
        run__goes_on_where_it_was_cut_short,
    };

    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++)
        tcase_add_loop_test(tc, tests[i], 0, OFFICE_STORAGES);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(grading_suite)
