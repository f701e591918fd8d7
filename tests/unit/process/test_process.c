/* SPDX-License-Identifier: MIT */
/* Processes over records: they go where their definition lets them, and tell why not elsewhere. */
#include "unit/process/works.h"

static const char path[] =
    "{'code':'care','name':'Care','entity':'customer','start':'new','limit':{'after':'P30D',"
    "'event':'too_long'},'end_when':[{'when':{'do_not_contact':true},'outcome':'withdrawn'}],"
    "'phases':["
    "{'code':'new','name':'New','limit':{'after':'P2D','transition':'lapse'}},"
    "{'code':'working','entry':[{'operation':'customer.update','args':{'id':{'$field':'id'},"
    "'grade':'W','last_write_wins':true}}],'limit':{'after':'PT4H','escalate':'dealer_manager'}},"
    "{'code':'checked'},"
    "{'code':'done','end':true,'outcome':'settled'},{'code':'lapsed','end':true}],"
    "'transitions':["
    "{'name':'take','from':['new'],'to':'working','required':['country'],"
    "'guard':{'vip_level':{'$lt':5},'kind':'person'}},"
    "{'name':'check','from':['working'],'to':'checked'},"
    "{'name':'finish','from':['checked'],'to':'done','automatic':true,"
    "'guard':{'language':'fa'}},"
    "{'name':'lapse','from':['new'],'to':'lapsed'},"
    "{'name':'sign','from':['working'],'to':'done','roles':['dealer_manager']}]}";

static void load(works *w)
{
    char definition[4096];

    snprintf(definition, sizeof definition, "{'definition':%s,'activate':true}", path);
    works_do(w, "process_definition.load", definition, 0);
}

static void begin(works *w, char customer[37], char process[37], const char *more)
{
    works_make(w, customer, "customer.create", "{'name':'Ada'%s}", more);
    works_make(w, process, "process.start", "{'code':'care','subject_id':'%s'}", customer);
}

START_TEST(process__goes_its_way_to_the_end)
{
    works w;
    char customer[37], process[37];

    works_open(&w, _i);
    load(&w);
    begin(&w, customer, process, ",'country':'IR'");
    works_expect(&w, "process_instance", process, "phase", "new");
    works_expect(&w, "process_instance", process, "due_at", "2026-11-23T12:00:00Z");
    works_do(&w, "process.transition", "{'id':'%s','transition':'take'}", process);
    works_expect(&w, "customer", customer, "grade", "W");
    works_expect(&w, "process_instance", process, "due_at", "2026-11-21T16:00:00Z");
    works_do(&w, "process.transition", "{'id':'%s','transition':'check'}", process);
    works_expect(&w, "process_instance", process, "phase", "checked");
    works_expect(&w, "process_instance", process, "due_at", "null");
    works_do(&w, "customer.update", "{'id':'%s','language':'fa','last_write_wins':true}", customer);
    works_expect(&w, "process_instance", process, "phase", "done");
    works_expect(&w, "process_instance", process, "status", "ended");
    works_expect(&w, "process_instance", process, "outcome", "settled");
    ck_assert_int_eq(works_count(&w, "process_step", "{}"), 4);
    ck_assert_int_eq(works_count(&w, "timer", "{}"), 0);
    acrm_value *status = works_call(&w, "process.status", "{'id':'%s'}", process);
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(status, "steps")), 4);
    acrm_value_free(status);
    works_close(&w);
}
END_TEST

START_TEST(process__tells_why_not)
{
    static const char *const want[] = { "required", "guard", "guard" };
    works w;
    char customer[37], process[37];
    int32_t status;

    works_open(&w, _i);
    load(&w);
    begin(&w, customer, process, ",'vip_level':7,'kind':'company'");
    acrm_value *out = works_call(&w, "process.available", "{'id':'%s'}", process);
    const acrm_value *take = acrm_value_at(acrm_value_get(out, "items"), 0);
    const acrm_value *refusals = acrm_value_get(take, "refusals");
    ck_assert_int_eq(acrm_value_bool(acrm_value_get(take, "possible")), 0);
    ck_assert_uint_eq(acrm_value_count(refusals), 3);
    for (size_t i = 0; i < 3; i++)
        ck_assert_str_eq(office_text(acrm_value_at(refusals, i), "reason"), want[i]);
    acrm_value_free(out);
    free(works_error(&w, &status, "process.transition", "{'id':'%s','transition':'take'}",
                     process));
    ck_assert_int_eq(status, ACRM_E_INVALID);
    free(works_error(&w, &status, "process.transition", "{'id':'%s','transition':'check'}",
                     process));
    ck_assert_int_eq(status, ACRM_E_CONFLICT);
    works_do(&w, "process.transition",
             "{'id':'%s','transition':'take','fields':{'country':'IR','vip_level':1,"
             "'kind':'person'}}", process);
    works_expect(&w, "process_instance", process, "phase", "working");
    works_close(&w);
}
END_TEST

START_TEST(process__one_is_open_for_a_key)
{
    works w;
    char customer[37], process[37];
    int32_t status;

    works_open(&w, _i);
    load(&w);
    begin(&w, customer, process, "");
    char *error = works_error(&w, &status, "process.start", "{'code':'care','subject_id':'%s'}",
                              customer);
    ck_assert_int_eq(status, ACRM_E_CONFLICT);
    ck_assert_ptr_nonnull(strstr(error, process));
    free(error);
    works_do(&w, "process.cancel", "{'id':'%s','note':'by mistake'}", process);
    works_do(&w, "process.start", "{'code':'care','subject_id':'%s'}", customer);
    works_close(&w);
}
END_TEST

START_TEST(process__limits_pass_once)
{
    works w;
    char customer[37], process[37], other[37], late[37];

    works_open(&w, _i);
    load(&w);
    begin(&w, customer, process, ",'country':'IR'");
    begin(&w, other, late, ",'country':'IR'");
    works_do(&w, "process.transition", "{'id':'%s','transition':'take'}", late);
    works_advance(&w, 4 * 3600);
    works_tick(&w);
    works_tick(&w);
    works_expect(&w, "process_instance", late, "overdue", "true");
    works_expect(&w, "process_instance", late, "phase", "working");
    works_advance(&w, 2 * 86400);
    works_tick(&w);
    works_expect(&w, "process_instance", process, "phase", "lapsed");
    works_advance(&w, 40 * 86400);
    works_tick(&w);
    acrm_value *out = works_call(&w, "event.list", "{'types':['process.overdue',"
                                                   "'process.escalated','process.too_long']}");
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "items")), 5);
    acrm_value_free(out);
    works_close(&w);
}
END_TEST

START_TEST(process__only_what_is_active_is_started)
{
    works w;
    char customer[37], definition[4096];
    int32_t status;

    works_open(&w, _i);
    load(&w);
    snprintf(definition, sizeof definition, "{'definition':%s}", path);
    works_do(&w, "process_definition.load", definition, 0); /* revision 2, a draft */
    works_make(&w, customer, "customer.create", "{'name':'Ada'}");
    free(works_error(&w, &status, "process.start",
                     "{'code':'care','subject_id':'%s','revision':2}", customer));
    ck_assert_int_eq(status, ACRM_E_CONFLICT);
    free(works_error(&w, &status, "process.start",
                     "{'code':'care','subject_id':'%s','revision':3}", customer));
    ck_assert_int_eq(status, ACRM_E_NOTFOUND);
    works_do(&w, "process.start", "{'code':'care','subject_id':'%s'}", customer);
    works_close(&w);
}
END_TEST

START_TEST(process__ends_when_the_record_says_so)
{
    works w;
    char customer[37], process[37];

    works_open(&w, _i);
    load(&w);
    begin(&w, customer, process, "");
    works_do(&w, "customer.update", "{'id':'%s','do_not_contact':true,'last_write_wins':true}",
             customer);
    works_expect(&w, "process_instance", process, "status", "ended");
    works_expect(&w, "process_instance", process, "outcome", "withdrawn");
    works_close(&w);
}
END_TEST

START_TEST(process__is_drawn)
{
    works w;

    works_open(&w, OFFICE_MEMORY);
    load(&w);
    acrm_value *out = works_call(&w, "process_definition.diagram",
                                 "{'code':'care','phase':'working'}");
    const char *svg = office_text(out, "diagram");
    ck_assert_ptr_eq(strstr(svg, "<svg "), svg);
    ck_assert_ptr_nonnull(strstr(svg, "class=\"box here\""));
    acrm_value_free(out);
    out = works_call(&w, "process_definition.diagram", "{'code':'care','format':'mermaid'}");
    ck_assert_ptr_nonnull(strstr(office_text(out, "diagram"), "p0 --> p1 : take"));
    acrm_value_free(out);
    works_close(&w);
}
END_TEST

/* What a role may do: the operation by its permissions, the transition by the definition. */
START_TEST(process__roles_decide)
{
    works w;
    char customer[37], process[37], user[48] = "user:", role[37], dealer[37], manager[48] = "user:";
    acrm_error *err = NULL;

    works_open(&w, _i);
    load(&w);
    works_make(&w, dealer, "dealer.create", "{'name':'D','code':'D'}");
    for (int i = 0; i < 2; i++) {
        acrm_value *list = works_call(&w, "role.list", "{'where':{'name':'%s'}}",
                                      i ? "dealer_manager" : "salesperson");
        snprintf(role, sizeof role, "%s",
                 office_text(acrm_value_at(acrm_value_get(list, "items"), 0), "id"));
        acrm_value_free(list);
        works_make(&w, (i ? manager : user) + 5, "user.create",
                   "{'name':'U','login':'u%d','role_id':'%s','dealer_id':'%s'}", i, role, dealer);
    }
    works_make(&w, customer, "customer.create", "{'name':'Ada','country':'IR','dealer_id':'%s',"
               "'owner_id':'%s'}", dealer, user + 5);
    acrm_session_free(w.o.session);
    ck_assert_int_eq(acrm_session_new(w.o.engine, user, &w.o.session, &err), ACRM_OK);
    works_make(&w, process, "process.start", "{'code':'care','subject_id':'%s'}", customer);
    works_do(&w, "process.transition", "{'id':'%s','transition':'take'}", process);
    int32_t status;
    free(works_error(&w, &status, "process.transition", "{'id':'%s','transition':'sign'}",
                     process));
    ck_assert_int_eq(status, ACRM_E_DENIED);
    free(works_error(&w, &status, "process.cancel", "{'id':'%s'}", process));
    ck_assert_int_eq(status, ACRM_E_DENIED);
    acrm_session_free(w.o.session);
    ck_assert_int_eq(acrm_session_new(w.o.engine, manager, &w.o.session, &err), ACRM_OK);
    works_do(&w, "process.transition", "{'id':'%s','transition':'sign'}", process);
    works_expect(&w, "process_instance", process, "status", "ended");
    works_close(&w);
}
END_TEST

/* Who proposes does not approve. */
START_TEST(process__four_eyes)
{
    works w;
    char customer[37], process[37], dealer[37], role[37], user[2][48];
    acrm_error *err = NULL;
    int32_t status;

    works_open(&w, _i);
    works_do(&w, "process_definition.load", "{'activate':true,'definition':{'code':'pay',"
             "'name':'Pay','entity':'customer','start':'a','phases':[{'code':'a'},{'code':'b'},"
             "{'code':'c','end':true}],'transitions':[{'name':'propose','from':['a'],'to':'b'},"
             "{'name':'again','from':['b'],'to':'a'},{'name':'approve','from':['b'],'to':'c',"
             "'four_eyes':'propose'}]}}");
    works_make(&w, dealer, "dealer.create", "{'name':'D','code':'D'}");
    acrm_value *list = works_call(&w, "role.list", "{'where':{'name':'dealer_manager'}}");
    snprintf(role, sizeof role, "%s",
             office_text(acrm_value_at(acrm_value_get(list, "items"), 0), "id"));
    acrm_value_free(list);
    for (int i = 0; i < 2; i++) {
        memcpy(user[i], "user:", 6);
        works_make(&w, user[i] + 5, "user.create", "{'name':'U','login':'u%d','role_id':'%s',"
                   "'dealer_id':'%s'}", i, role, dealer);
    }
    works_make(&w, customer, "customer.create", "{'name':'Ada','dealer_id':'%s'}", dealer);
    works_make(&w, process, "process.start", "{'code':'pay','subject_id':'%s'}", customer);
    for (int i = 0; i < 2; i++) { /* the last who proposed counts */
        acrm_session_free(w.o.session);
        ck_assert_int_eq(acrm_session_new(w.o.engine, user[i], &w.o.session, &err), ACRM_OK);
        works_do(&w, "process.transition", "{'id':'%s','transition':'propose'}", process);
        char *text = works_error(&w, &status, "process.transition",
                                 "{'id':'%s','transition':'approve'}", process);
        ck_assert_int_eq(status, ACRM_E_DENIED);
        ck_assert_ptr_nonnull(strstr(text, "\"four_eyes\""));
        free(text);
        if (i == 0)
            works_do(&w, "process.transition", "{'id':'%s','transition':'again'}", process);
    }
    acrm_session_free(w.o.session);
    ck_assert_int_eq(acrm_session_new(w.o.engine, user[0], &w.o.session, &err), ACRM_OK);
    works_do(&w, "process.transition", "{'id':'%s','transition':'approve'}", process);
    works_expect(&w, "process_instance", process, "status", "ended");
    works_close(&w);
}
END_TEST

/* --- Limits on a calendar, over the days on which clocks are put forward and back --- */

static const struct {
    const char *calendar, *after;
    int64_t from; /* seconds */
    const char *due;
} on_calendar[] = {
    { "Round", "P1D", 1792836000, "2026-10-25T11:00:00Z" },   /* Saturday noon, 25 hours */
    { "Round", "PT24H", 1792836000, "2026-10-25T10:00:00Z" },
    { "Round", "P1D", 1806145200, "2027-03-28T10:00:00Z" },   /* Saturday noon, 23 hours */
    { "Round", "PT24H", 1806145200, "2027-03-28T11:00:00Z" },
    { "Shop", "PT4H", 1792764000, "2026-10-26T10:00:00Z" },   /* an hour before Friday's end */
    { "Shop", "P2D", 1792764000, "2026-10-27T15:00:00Z" },
    { "Shop", "PT9H", 1806073200, "2027-03-29T14:00:00Z" },
};

START_TEST(process__limits_keep_to_the_calendar)
{
    works w;
    char customer[37], process[37];

    works_open(&w, _i % 2);
    w.now = on_calendar[_i / 2].from * 1000000;
    works_do(&w, "calendar.create", "{'name':'Round','zone':'Europe/Berlin','hours':{"
             "'mon':['00:00-24:00'],'tue':['00:00-24:00'],'wed':['00:00-24:00'],"
             "'thu':['00:00-24:00'],'fri':['00:00-24:00'],'sat':['00:00-24:00'],"
             "'sun':['00:00-24:00']}}");
    works_do(&w, "calendar.create", "{'name':'Shop','zone':'Europe/Berlin','hours':{"
             "'mon':['08:00-17:00'],'tue':['08:00-17:00'],'wed':['08:00-17:00'],"
             "'thu':['08:00-17:00'],'fri':['08:00-17:00']}}");
    works_do(&w, "process_definition.load", "{'activate':true,'definition':{'code':'c','name':'C',"
             "'entity':'customer','start':'a','calendar':'%s','phases':[{'code':'a','limit':"
             "{'after':'%s','event':'late'}},{'code':'b','end':true}],'transitions':[{'name':'go',"
             "'from':['a'],'to':'b'}]}}", on_calendar[_i / 2].calendar, on_calendar[_i / 2].after);
    works_make(&w, customer, "customer.create", "{'name':'Ada'}");
    works_make(&w, process, "process.start", "{'code':'c','subject_id':'%s'}", customer);
    works_expect(&w, "process_instance", process, "due_at", on_calendar[_i / 2].due);
    works_close(&w);
}
END_TEST

/* A timer that waits for an earlier time than the limit's is no limit. */
START_TEST(process__limits_count_from_their_own_phase)
{
    works w;
    char customer[37], process[37];

    works_open(&w, _i);
    works_do(&w, "process_definition.load", "{'activate':true,'definition':{'code':'c','name':'C',"
             "'entity':'customer','start':'a','phases':[{'code':'a','limit':{'after':'PT4H',"
             "'event':'late'}},{'code':'b','limit':{'after':'P2D','event':'late'}},{'code':'e',"
             "'end':true}],'transitions':[{'name':'go','from':['a'],'to':'b'},{'name':'end',"
             "'from':['b'],'to':'e'}]}}");
    works_make(&w, customer, "customer.create", "{'name':'Ada'}");
    works_make(&w, process, "process.start", "{'code':'c','subject_id':'%s'}", customer);
    works_advance(&w, 3600);
    works_do(&w, "process.transition", "{'id':'%s','transition':'go'}", process);
    works_advance(&w, 4 * 3600); /* when the first phase would have been too long */
    works_tick(&w);
    works_expect(&w, "process_instance", process, "overdue", "false");
    works_advance(&w, 2 * 86400 - 4 * 3600 - 1);
    works_tick(&w);
    works_expect(&w, "process_instance", process, "overdue", "false");
    works_advance(&w, 1);
    works_tick(&w);
    works_tick(&w);
    works_expect(&w, "process_instance", process, "overdue", "true");
    acrm_value *out = works_call(&w, "event.list", "{'types':['process.overdue']}");
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "items")), 1);
    acrm_value_free(out);
    works_close(&w);
}
END_TEST

/* --- Faults: every one at once, with its place --- */

static const struct {
    const char *change, *with; /* of the definition above */
    const char *place, *reason;
} faults[] = {
    { "'start':'new'", "'start':'nowhere'", "/start", "reference" },
    { "'entity':'customer'", "'entity':'custmer'", "/entity", "reference" },
    { "'name':'Care',", "", "/name", "required" },
    { "'name':'Care'", "'name':7", "/name", "type" },
    { "'name':'Care'", "'name':'Care','colour':'red'", "/colour", "unknown_key" },
    { "{'code':'checked'}", "{'code':'working'}", "/phases/2/code", "duplicate" },
    { "{'name':'check'", "{'name':'take'", "/transitions/1/name", "duplicate" },
    { "'to':'checked'", "'to':'chekced'", "/transitions/1/to", "reference" },
    { "'from':['working'],'to':'checked'", "'from':['new','gone'],'to':'checked'",
      "/transitions/1/from/1", "reference" },
    { "'required':['country']", "'required':['land']", "/transitions/0/required/0",
      "unknown_field" },
    { "'vip_level':{'$lt':5}", "'vip_lvel':{'$lt':5}", "/transitions/0/guard/vip_lvel",
      "unknown_field" },
    { "'kind':'person'", "'kind':{'$in':['person','dog']}", "/transitions/0/guard/kind/$in/1",
      "choice" },
    { "'roles':['dealer_manager']", "'roles':['boss']", "/transitions/4/roles/0", "reference" },
    { "'escalate':'dealer_manager'", "'escalate':'boss'", "/phases/1/limit/escalate",
      "reference" },
    { "'operation':'customer.update'", "'operation':'customer.updat'",
      "/phases/1/entry/0/operation", "reference" },
    { "'grade':'W'", "'grad':'W'", "/phases/1/entry/0/args/grad", "unknown_field" },
    { "'grade':'W'", "'vip_level':'high'", "/phases/1/entry/0/args/vip_level", "type" },
    { "{'$field':'id'}", "{'$field':'idd'}", "/phases/1/entry/0/args/id/$field", "template" },
    { "'args':{'id':{'$field':'id'},", "'args':{", "/phases/1/entry/0/args/id", "required" },
    { "'after':'P2D'", "'after':'2 days'", "/phases/0/limit/after", "format" },
    { "'after':'P2D'", "'after':'PT0S'", "/phases/0/limit/after", "range" },
    { "'after':'P2D'", "'after':'P31D'", "/phases/0/limit", "contradiction" },
    { "'after':'P2D','transition':'lapse'", "'after':'P2D','transition':'sign'",
      "/phases/0/limit/transition", "contradiction" },
    { "'after':'P2D','transition':'lapse'", "'after':'P2D','transition':'lapse','event':'x'",
      "/phases/0/limit", "contradiction" },
    { "'after':'P2D'", "'after':'P2D','calendar':'Mars'", "/phases/0/limit/calendar",
      "reference" },
    { "{'code':'checked'}", "{'code':'checked'},{'code':'lost'}", "/phases/3", "unreachable" },
    { "'from':['checked'],'to':'done'", "'from':['checked'],'to':'checked'", "/phases/2",
      "no_exit" },
    { "'end':true,'outcome':'settled'},{'code':'lapsed','end':true}",
      "'outcome':'settled'},{'code':'lapsed'}", "/phases", "no_end" },
    { "'automatic':true,'guard':{'language':'fa'}", "'automatic':true,'roles':['customer']",
      "/transitions/2/roles", "contradiction" },
    { "'from':['checked'],'to':'done','automatic':true,'guard':{'language':'fa'}",
      "'from':['checked'],'to':'checked','automatic':true", "/phases/2", "endless" },
{ "'name':'check',", "'name':'check','four_eyes':'nobody',", "/transitions/1/four_eyes",
      "reference" },
    { "'automatic':true,'guard':{'language':'fa'}", "'automatic':true,'four_eyes':'take'",
      "/transitions/2/four_eyes", "contradiction" },
    { "{'code':'done','end':true", "{'code':'done','end':true,'limit':{'after':'P1D','event':'x'}",
      "/phases/3", "contradiction" },
    { "'from':['new'],'to':'lapsed'", "'from':['new','done'],'to':'lapsed'",
      "/transitions/3/from", "contradiction" },
    { "{'code':'checked'}", "{'code':'checked','process':'other','then':{'*':'finish'}}",
      "/phases/2/process", "reference" },
    { "{'code':'checked'}", "{'code':'checked','process':'other'}", "/phases/2/then",
      "required" },
    { "{'code':'checked'}", "{'code':'Checked!'}", "/phases/2/code", "format" },
    { "'when':{'do_not_contact':true}", "'when':{'do_not_contact':3}",
      "/end_when/0/when/do_not_contact", "type" },
};

static char *changed(const char *change, const char *with)
{
    const char *at = strstr(path, change);
    char *out = malloc(sizeof path + strlen(with) + 1);

    ck_assert_msg(at != NULL, "%s", change);
    snprintf(out, sizeof path + strlen(with) + 1, "%.*s%s%s", (int)(at - path), path, with,
             at + strlen(change));
    return out;
}

START_TEST(process__a_fault_is_named_with_its_place)
{
    works w;
    bool found = false;

    works_open(&w, OFFICE_MEMORY);
    char *definition = changed(faults[_i].change, faults[_i].with);
    acrm_value *out = works_call(&w, "process_definition.check", "{'definition':%s}", definition);
    const acrm_value *list = acrm_value_get(out, "faults");
    ck_assert_int_eq(acrm_value_bool(acrm_value_get(out, "ok")), 0);
    for (size_t i = 0; i < acrm_value_count(list); i++) {
        const acrm_value *fault = acrm_value_at(list, i);
        found |= strcmp(office_text(fault, "field"), faults[_i].place) == 0 &&
                 strcmp(office_text(fault, "reason"), faults[_i].reason) == 0;
        ck_assert_uint_gt(strlen(office_text(fault, "message")), 10);
    }
    acrm_buf *text = NULL;
    ck_assert_int_eq(acrm_value_print(list, 0, &text), ACRM_OK);
    ck_assert_msg(found, "%s: %s", faults[_i].place, acrm_buf_data(text));
    acrm_buf_free(text);
    acrm_value_free(out);
    free(definition);
    works_close(&w);
}
END_TEST

START_TEST(process__all_faults_are_told_at_once)
{
    works w;
    int32_t status;

    works_open(&w, OFFICE_MEMORY);
    char *error = works_error(&w, &status, "process_definition.load",
        "{'code':'x','definition':{'name':'X','entity':'customer','start':'a','phases':["
        "{'code':'a'},{'code':'b','end':true}],'transitions':[{'name':'t','from':['a'],"
        "'to':'c','guard':{'nme':1},'roles':['boss'],'required':['land']}]}}");
    ck_assert_int_eq(status, ACRM_E_INVALID);
    static const char *const places[] = { "/transitions/0/to", "/transitions/0/guard/nme",
                                          "/transitions/0/roles/0", "/transitions/0/required/0",
                                          "\"/phases/1\"" };
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        ck_assert_msg(strstr(error, places[i]) != NULL, "%s: %s", places[i], error);
    free(error);
    works_close(&w);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("process");
    TCase *t = tcase_create("process");

    tcase_add_loop_test(t, process__goes_its_way_to_the_end, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, process__tells_why_not, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, process__one_is_open_for_a_key, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, process__limits_pass_once, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, process__ends_when_the_record_says_so, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, process__a_fault_is_named_with_its_place, 0,
                        (int)(sizeof faults / sizeof faults[0]));
    tcase_add_loop_test(t, process__only_what_is_active_is_started, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, process__roles_decide, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, process__four_eyes, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, process__limits_keep_to_the_calendar, 0,
                        2 * (int)(sizeof on_calendar / sizeof on_calendar[0]));
    tcase_add_loop_test(t, process__limits_count_from_their_own_phase, 0, OFFICE_STORAGES);
    tcase_add_test(t, process__is_drawn);
    tcase_add_test(t, process__all_faults_are_told_at_once);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
