/* SPDX-License-Identifier: MIT */
/* Access: what a role opens, what it hides, and that both ways to a row agree. */
#include "unit/kernel/world.h"

static world w;
static char north[37], south[37], ada[37], bob[37], cem[37], dee[37], boss[37];
static char client[37], stranger[37];
static char deals[4][37], notes[4][37];

static void role(const char *name, const char *scopes, const char *rules, char id[37])
{
    world_create(w.system, "role.create", id,
                 "{'name':'%s','permissions':['deal.*','note.*','*.get','*.list','*.count',"
                 "'*.aggregate','audit.*','event.*','*.history'],'scopes':%s,'field_rules':%s}",
                 name, scopes, rules);
}

static void worker(const char *name, const char *garage, const char *team, const char *role_id,
                   char id[37])
{
    world_create(w.system, "worker.create", id,
                 "{'name':'%s','garage_id':'%s','team':'%s','role_id':'%s'}", name, garage, team,
                 role_id);
}

/* Two garages; Ada and Bob share a team in the north, Cem is alone there, Dee is in the south. Each
 * has a deal with a note; Ada's is with the client. */
static void setup(int storage)
{
    char own[37], team[37], dealer[37], all[37], id[37];

    w = world_new(storage);
    world_create(w.system, "garage.create", north, "{'name':'North'}");
    world_create(w.system, "garage.create", south, "{'name':'South'}");
    role("own", "{'*':'own'}", "null", own);
    role("team", "{'*':'team'}", "null", team);
    role("dealer", "{'*':'dealer'}", "null", dealer);
    role("all", "{'*':'all'}", "null", all);
    role("client", "{'*':'own'}", "null", id);
    worker("Ada", north, "one", own, ada);
    worker("Bob", north, "one", team, bob);
    worker("Cem", north, "two", dealer, cem);
    worker("Dee", south, "one and only", own, dee);
    worker("Boss", north, "none", all, boss);
    world_create(w.system, "client.create", client, "{'name':'C','garage_id':'%s'}", north);
    world_create(w.system, "client.create", stranger, "{'name':'S','garage_id':'%s'}", south);
    const char *owners[] = { ada, bob, cem, dee };
    for (int i = 0; i < 4; i++) {
        world_create(w.system, "deal.create", deals[i],
                     "{'title':'%d','garage_id':'%s','worker_id':'%s','client_id':'%s',"
                     "'price':%d}", i, i < 3 ? north : south, owners[i],
                     i == 0 ? client : stranger, 1 << i);
        world_create(w.system, "note.create", notes[i], "{'text':'%d','deal_id':'%s'}", i,
                     deals[i]);
        world_do(w.system, "stamp.create", "{'note_id':'%s'}", notes[i]);
    }
    world_do(w.system, "brand.create", "{'name':'B'}");
    world_do(w.system, "vault.create", "{'name':'V'}");
}

static const struct {
    const char *what;
    const char *kind;
    const char *who;
    unsigned deals; /* bit i: sees deal i, and so its note and its stamp */
    int64_t clients, garages, brands, vaults;
} views[] = {
    { "own: one's own deals, and what has no owner by the dealer", "user", ada, 1, 1, 1, 1, 0 },
    { "team: those of the team", "user", bob, 3, 1, 1, 1, 0 },
    { "dealer: all of the garage", "user", cem, 7, 1, 1, 1, 0 },
    { "own, in the other garage", "user", dee, 8, 1, 1, 1, 0 },
    { "all: everything", "user", boss, 15, 2, 2, 1, 1 },
    { "a customer: what is about oneself", "customer", client, 1, 1, 0, 1, 0 },
    { "another customer", "customer", stranger, 14, 1, 0, 1, 0 },
};

static void expect_row(acrm_session *s, const char *entity, const char *id, bool seen)
{
    char op[64];

    snprintf(op, sizeof op, "%s.get", entity);
    if (seen)
        world_do(s, op, "{'id':'%s'}", id);
    else
        world_refuse(s, ACRM_E_NOTFOUND, "reference", op, "{'id':'%s'}", id);
}

START_TEST(access__shows_each_principal_its_rows_and_no_other)
{
    setup(_i % 2);
    const unsigned mask = views[_i / 2].deals;
    acrm_session *s = world_session(&w, views[_i / 2].kind, views[_i / 2].who);
    int64_t n = 0, sum = 0;
    for (int i = 0; i < 4; i++) {
        bool seen = mask >> i & 1;
        n += seen;
        sum += seen ? 1 << i : 0;
        expect_row(s, "deal", deals[i], seen);
        expect_row(s, "note", notes[i], seen);
    }
    ck_assert_msg(world_count(s, "deal.count", "{}") == n, "%s", views[_i / 2].what);
    ck_assert_int_eq(world_count(s, "note.count", "{}"), n);
    ck_assert_int_eq(world_count(s, "stamp.count", "{}"), n);
    ck_assert_int_eq(world_count(s, "client.count", "{}"), views[_i / 2].clients);
    ck_assert_int_eq(world_count(s, "garage.count", "{}"), views[_i / 2].garages);
    ck_assert_int_eq(world_count(s, "brand.count", "{}"), views[_i / 2].brands);
    ck_assert_int_eq(world_count(s, "vault.count", "{}"), views[_i / 2].vaults);
    acrm_value *out = world_call(s, "deal.list", "{'order':['-price'],'limit':1}");
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "items")), 1);
    acrm_value_free(out);
    out = world_call(s, "deal.aggregate", "{'measures':[{'sum':'price'}]}");
    ck_assert_int_eq(world_int(out, "rows.0.sum_price"), sum);
    acrm_value_free(out);
    acrm_session_free(s);
    world_free(&w);
}
END_TEST

START_TEST(access__hides_rows_from_writes_too)
{
    setup(_i);
    acrm_session *s = world_session(&w, "user", ada);
    world_do(s, "deal.update", "{'id':'%s','version':1,'title':'mine'}", deals[0]);
    world_refuse(s, ACRM_E_NOTFOUND, "reference", "deal.update",
                 "{'id':'%s','version':1,'title':'mine'}", deals[1]);
    world_refuse(s, ACRM_E_NOTFOUND, "reference", "deal.delete", "{'id':'%s','version':1}",
                 deals[1]);
    world_refuse(s, ACRM_E_DENIED, "scope", "deal.create", "{'title':'x','worker_id':'%s'}", bob);
    world_refuse(s, ACRM_E_INVALID, "reference", "note.create", "{'text':'x','deal_id':'%s'}",
                 deals[1]);
    world_do(s, "note.create", "{'text':'x','deal_id':'%s'}", deals[0]);
    acrm_session_free(s);
    world_free(&w);
}
END_TEST

START_TEST(access__with_a_deleted_record_ends_the_way_through_it)
{
    setup(_i);
    acrm_session *s = world_session(&w, "user", ada);
    ck_assert_int_eq(world_count(s, "note.count", "{}"), 1);
    world_do(w.system, "deal.delete", "{'id':'%s','version':1}", deals[0]);
    ck_assert_int_eq(world_count(s, "note.count", "{}"), 0);
    expect_row(s, "note", notes[0], false);
    acrm_session_free(s);
    world_free(&w);
}
END_TEST

/* All of the garage's deals but those of price 2, and notes through them. */
START_TEST(access__narrows_rows_by_a_filter_too)
{
    char role_id[37], who[37];

    setup(_i);
    world_create(w.system, "role.create", role_id,
                 "{'name':'narrow','permissions':['*'],'scopes':{'*':'dealer','note':'all'},"
                 "'row_filters':{'deal':{'price':{'$ne':2}},'note':{'deal.price':{'$ne':4}}}}");
    worker("Eve", north, "three", role_id, who);
    acrm_session *s = world_session(&w, "user", who);
    for (int i = 0; i < 4; i++) {
        expect_row(s, "deal", deals[i], i == 0 || i == 2);
        expect_row(s, "note", notes[i], i != 2);
    }
    ck_assert_int_eq(world_count(s, "deal.count", "{}"), 2);
    ck_assert_int_eq(world_count(s, "note.count", "{}"), 3);
    ck_assert_int_eq(world_count(s, "stamp.count", "{}"), 3);
    world_refuse(s, ACRM_E_NOTFOUND, "reference", "deal.update",
                 "{'id':'%s','version':1,'title':'x'}", deals[1]);
    world_refuse(s, ACRM_E_DENIED, "scope", "deal.create",
                 "{'title':'x','garage_id':'%s','price':2}", north);
    world_do(s, "deal.create", "{'title':'x','garage_id':'%s','price':3}", north);
    world_refuse(s, ACRM_E_DENIED, "scope", "audit.list", "{}");
    world_do(w.system, "role.update", "{'id':'%s','version':1,'row_filters':null}", role_id);
    ck_assert_int_eq(world_count(s, "deal.count", "{}"), 4);
    acrm_session_free(s);
    world_free(&w);
}
END_TEST

START_TEST(access__permits_by_exact_name_entity_and_verb)
{
    static const struct {
        const char *permission;
        bool get, list, create;
    } cases[] = {
        { "deal.get", true, false, false }, { "deal.*", true, true, true },
        { "*.list", false, true, false },   { "*", true, true, true },
        { "deal.ge", false, false, false }, { "dea.*", false, false, false },
    };
    char id[37], who[37];

    setup(WORLD_MEMORY);
    world_create(w.system, "role.create", id,
                 "{'name':'x','permissions':['%s'],'scopes':{'*':'all'}}", cases[_i].permission);
    worker("X", north, "x", id, who);
    acrm_session *s = world_session(&w, "user", who);
    if (cases[_i].get)
        world_do(s, "deal.get", "{'id':'%s'}", deals[0]);
    else
        world_refuse(s, ACRM_E_DENIED, "permission", "deal.get", "{'id':'%s'}", deals[0]);
    if (cases[_i].list)
        world_do(s, "deal.list", "{}");
    else
        world_refuse(s, ACRM_E_DENIED, "permission", "deal.list", "{}");
    if (cases[_i].create)
        world_do(s, "deal.create", "{'title':'x'}");
    else
        world_refuse(s, ACRM_E_DENIED, "permission", "deal.create", "{'title':'x'}");
    acrm_session_free(s);
    world_free(&w);
}
END_TEST

START_TEST(access__hides_and_locks_fields_by_role)
{
    char id[37], who[37];

    setup(_i);
    role("narrow", "{'*':'all'}", "{'deal':{'hidden':['price'],'read_only':['client_id']}}", id);
    worker("X", north, "x", id, who);
    acrm_session *s = world_session(&w, "user", who);
    acrm_value *out = world_call(s, "deal.get", "{'id':'%s'}", deals[0]);
    ck_assert_ptr_null(acrm_value_get(out, "price"));
    ck_assert_str_eq(world_text(out, "client_id"), client);
    acrm_value_free(out);
    out = world_call(s, "deal.history", "{'id':'%s'}", deals[0]);
    ck_assert_ptr_null(world_at(out, "items.0.changes.price"));
    ck_assert_str_eq(world_text(out, "items.0.changes.title.1"), "0");
    acrm_value_free(out);
    out = NULL;
    world_refuse(s, ACRM_E_INVALID, "read_only", "deal.update",
                 "{'id':'%s','version':1,'client_id':null}", deals[0]);
    world_refuse(s, ACRM_E_INVALID, "unknown_field", "deal.list", "{'where':{'price':1}}");
    world_do(s, "deal.update", "{'id':'%s','version':1,'title':'t'}", deals[0]);
    acrm_session_free(s);
    world_free(&w);
}
END_TEST

/* Events about a record in pages of two, read to the end. */
static int events_about(acrm_session *s, const char *record)
{
    int64_t after = 0;
    int n = 0;

    for (bool more = true; more;) {
        acrm_value *out = world_call(s, "event.list", "{'after':%lld,'limit':2}",
                                     (long long)after);
        const acrm_value *items = acrm_value_get(out, "items");
        for (size_t i = 0; i < acrm_value_count(items); i++)
            n += strcmp(world_text(acrm_value_at(items, i), "record"), record) == 0;
        more = acrm_value_type(acrm_value_get(out, "next")) != ACRM_NULL;
        after = world_int(out, "last_seq");
        acrm_value_free(out);
    }
    return n;
}

START_TEST(access__shows_of_the_feed_what_is_about_visible_records)
{
    char id[37], who[37];

    setup(_i);
    role("narrow", "{'deal':'all','*':'dealer'}", "{'deal':{'hidden':['price']}}", id);
    worker("X", north, "x", id, who);
    world_do(w.system, "deal.update", "{'id':'%s','version':1,'price':7,'title':'t'}", deals[0]);
    acrm_session *s = world_session(&w, "user", cem);
    ck_assert_int_eq(events_about(s, deals[0]), 2);
    ck_assert_int_eq(events_about(s, deals[3]), 0);
    ck_assert_int_eq(events_about(w.system, deals[3]), 1);
    acrm_value *out = world_call(s, "event.list", "{'types':['deal.updated']}");
    ck_assert_ptr_nonnull(world_at(out, "items.0.data.changes.price"));
    acrm_value_free(out);
    acrm_session_free(s);
    s = world_session(&w, "user", who);
    out = world_call(s, "event.list", "{'types':['deal.updated'],'cloudevents':true}");
    ck_assert_ptr_nonnull(world_at(out, "items.0.data.changes.title"));
    ck_assert_ptr_null(world_at(out, "items.0.data.changes.price"));
    acrm_value_free(out);
    acrm_session_free(s);
    world_refuse(w.system, ACRM_E_CONFLICT, "lost_cursor", "event.list", "{'after':99999}");
    world_free(&w);
}
END_TEST

START_TEST(access__keeps_the_log_for_who_sees_all)
{
    setup(_i);
    acrm_session *s = world_session(&w, "user", cem);
    world_refuse(s, ACRM_E_DENIED, "scope", "audit.list", "{}");
    world_refuse(s, ACRM_E_DENIED, "scope", "audit.list", "{'entity':'deal'}");
    world_refuse(s, ACRM_E_NOTFOUND, "reference", "audit.list",
                 "{'entity':'deal','record':'%s'}", deals[3]);
    world_do(s, "audit.list", "{'entity':'deal','record':'%s'}", deals[0]);
    world_refuse(s, ACRM_E_NOTFOUND, "reference", "deal.history", "{'id':'%s'}", deals[3]);
    acrm_session_free(s);
    s = world_session(&w, "user", boss);
    world_do(s, "audit.list", "{}");
    acrm_session_free(s);
    world_free(&w);
}
END_TEST

START_TEST(access__follows_a_change_of_role_at_the_next_call)
{
    char id[37];

    setup(_i);
    acrm_session *s = world_session(&w, "user", ada);
    ck_assert_int_eq(world_count(s, "deal.count", "{}"), 1);
    acrm_value *out = world_call(w.system, "role.list", "{'where':{'name':'own'}}");
    snprintf(id, sizeof id, "%s", world_text(out, "items.0.id"));
    acrm_value_free(out);
    world_do(w.system, "role.update", "{'id':'%s','version':1,'scopes':{'*':'dealer'}}", id);
    ck_assert_int_eq(world_count(s, "deal.count", "{}"), 3);
    world_do(w.system, "role.update", "{'id':'%s','version':2,'permissions':['deal.get']}", id);
    world_refuse(s, ACRM_E_DENIED, "permission", "deal.count", "{}");
    acrm_session_free(s);
    world_free(&w);
}
END_TEST

/* Another process has an engine of its own on the same file. */
START_TEST(access__follows_a_change_of_role_by_another_process)
{
    world second = { .path = "" };
    char id[37];

    setup(WORLD_SQLITE);
    acrm_session *s = world_session(&w, "user", ada);
    ck_assert_int_eq(world_count(s, "deal.count", "{}"), 1);
    acrm_value *out = world_call(w.system, "role.list", "{'where':{'name':'own'}}");
    snprintf(id, sizeof id, "%s", world_text(out, "items.0.id"));
    acrm_value_free(out);
    world_open(&second, w.path, NULL);
    world_do(second.system, "role.update", "{'id':'%s','version':1,'scopes':{'*':'dealer'}}", id);
    ck_assert_int_eq(world_count(s, "deal.count", "{}"), 3);
    world_close(&second);
    acrm_session_free(s);
    world_free(&w);
}
END_TEST

START_TEST(access__refuses_principals_that_are_none)
{
    static const struct {
        const char *text;
        int32_t want;
    } cases[] = {
        { "", ACRM_E_INVALID },
        { "root", ACRM_E_INVALID },
        { "user:", ACRM_E_INVALID },
        { "user:7", ACRM_E_INVALID },
        { "users:0190163d-8694-739b-aea5-966c26f8ad91", ACRM_E_INVALID },
        { "user:0190163d-8694-739b-aea5-966c26f8ad91", ACRM_E_NOTFOUND },
        { "customer:0190163d-8694-739b-aea5-966c26f8ad91", ACRM_E_NOTFOUND },
    };
    acrm_session *s = NULL;
    acrm_error *err = NULL;

    w = world_new(WORLD_MEMORY);
    ck_assert_int_eq(acrm_session_new(w.engine, cases[_i].text, &s, &err), cases[_i].want);
    ck_assert_ptr_null(s);
    ck_assert_ptr_nonnull(err);
    acrm_error_free(err);
    world_free(&w);
}
END_TEST

static const struct {
    const char *what, *permissions, *scopes, *rules, *reason;
} slips[] = {
    { "permissions are a list", "'*'", "{'*':'all'}", "null", "type" },
    { "of texts", "[7]", "{'*':'all'}", "null", "format" },
    { "no star inside", "['a*b']", "{'*':'all'}", "null", "format" },
    { "no two stars", "['*.*']", "{'*':'all'}", "null", "format" },
    { "no spaces", "['deal. get']", "{'*':'all'}", "null", "format" },
    { "scopes say what is for the rest", "['*']", "{'deal':'all'}", "null", "required" },
    { "scopes name entities", "['*']", "{'*':'all','dael':'own'}", "null", "unknown_entity" },
    { "scopes are known words", "['*']", "{'*':'some'}", "null", "choice" },
    { "rules name entities", "['*']", "{'*':'all'}", "{'dael':{}}", "unknown_entity" },
    { "rules name fields", "['*']", "{'*':'all'}", "{'deal':{'hidden':['prize']}}",
      "unknown_field" },
    { "rules hide or lock", "['*']", "{'*':'all'}", "{'deal':{'hide':['price']}}",
      "unknown_field" },
    { "rules are lists", "['*']", "{'*':'all'}", "{'deal':{'hidden':'price'}}", "type" },
};

START_TEST(access__refuses_a_role_with_a_slip)
{
    w = world_new(WORLD_MEMORY);
    world_refuse(w.system, ACRM_E_INVALID, slips[_i].reason, "role.create",
                 "{'name':'x','permissions':%s,'scopes':%s,'field_rules':%s}",
                 slips[_i].permissions, slips[_i].scopes, slips[_i].rules);
    ck_assert_int_eq(world_count(w.system, "role.count", "{'name':'x'}"), 0);
    world_free(&w);
}
END_TEST

START_TEST(access__refuses_a_row_filter_with_a_slip)
{
    static const struct {
        const char *filters, *reason;
    } wrong[] = {
        { "[]", "type" },
        { "{'dael':{}}", "unknown_entity" },
        { "{'brand':{'name':'B'}}", "choice" },
        { "{'deal':{'prize':2}}", "unknown_field" },
    };

    w = world_new(WORLD_MEMORY);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        world_refuse(w.system, ACRM_E_INVALID, wrong[i].reason, "role.create",
                     "{'name':'x','permissions':['*'],'scopes':{'*':'all'},'row_filters':%s}",
                     wrong[i].filters);
    world_free(&w);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("access");
    TCase *t = tcase_create("access");

    tcase_add_loop_test(t, access__shows_each_principal_its_rows_and_no_other, 0,
                        2 * (int)(sizeof views / sizeof views[0]));
    tcase_add_loop_test(t, access__hides_rows_from_writes_too, 0, WORLD_STORAGES);
    tcase_add_loop_test(t, access__with_a_deleted_record_ends_the_way_through_it, 0,
                        WORLD_STORAGES);
    tcase_add_loop_test(t, access__permits_by_exact_name_entity_and_verb, 0, 6);
    tcase_add_loop_test(t, access__narrows_rows_by_a_filter_too, 0, WORLD_STORAGES);
    tcase_add_test(t, access__refuses_a_row_filter_with_a_slip);
    tcase_add_loop_test(t, access__hides_and_locks_fields_by_role, 0, WORLD_STORAGES);
    tcase_add_loop_test(t, access__shows_of_the_feed_what_is_about_visible_records, 0,
                        WORLD_STORAGES);
    tcase_add_loop_test(t, access__keeps_the_log_for_who_sees_all, 0,
                        WORLD_STORAGES);
    tcase_add_loop_test(t, access__follows_a_change_of_role_at_the_next_call, 0, WORLD_STORAGES);
    tcase_add_test(t, access__follows_a_change_of_role_by_another_process);
    tcase_add_loop_test(t, access__refuses_principals_that_are_none, 0, 7);
    tcase_add_loop_test(t, access__refuses_a_role_with_a_slip, 0,
                        (int)(sizeof slips / sizeof slips[0]));
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
