/* SPDX-License-Identifier: MIT */
/* Sign-ins, codes and tokens of programs: what they are good for, and when they end. */
#include "support/alloc_fail.h"
#include "unit/signin/signin_world.h"

START_TEST(session__ends_by_idleness_and_in_any_case)
{
    world w;
    world_open(&w, _i);
    const char *idle = world_signin(&w, "Ann.M", WORLD_GOOD);
    world_later(3599);
    world_principal(&w, idle);
    world_later(3600);
    world_ended(&w, idle);
    char used[64], principal[64];
    snprintf(used, sizeof used, "%s", world_signin(&w, "Ann.M", WORLD_GOOD));
    snprintf(principal, sizeof principal, "%s", world_principal(&w, used));
    acrm_session *as = world_as(&w, principal);
    for (int i = 0; i < 23; i++) {
        world_later(1800);
        world_principal(&w, used);
    }
    ck_assert_int_eq(world_try(as, "customer.list", "{}"), ACRM_OK);
    world_later(1800);
    world_ended(&w, used);
    ck_assert_int_eq(world_try(as, "customer.list", "{}"), ACRM_E_DENIED);
    acrm_session_free(as);
    ck_assert_int_eq(acrm_session_new(w.o.engine, principal, &as, NULL), ACRM_E_DENIED);
    office_close(&w.o);
}
END_TEST

START_TEST(session__ends_when_signed_out_here_or_everywhere)
{
    world w;
    world_open(&w, _i);
    const char *one = world_signin(&w, "Ann.M", WORLD_GOOD);
    const char *two = world_signin(&w, "Ann.M", WORLD_GOOD);
    const char *three = world_signin(&w, "Ann.M", WORLD_GOOD);
    acrm_session *as = world_as(&w, world_principal(&w, two));
    acrm_value_free(call(&w.o, "signin.out", "{'token':'%s'}", one));
    world_ended(&w, one);
    refused(&w.o, ACRM_E_DENIED, "signed_out", "signin.out", "{'token':'%s'}", one);
    ck_assert_int_eq(world_try(as, "customer.list", "{}"), ACRM_OK);
    acrm_value *out = call(&w.o, "signin.out_everywhere", "{'token':'%s'}", three);
    ck_assert_int_eq(office_number(out, "ended"), 2);
    acrm_value_free(out);
    world_ended(&w, two);
    world_ended(&w, three);
    ck_assert_int_eq(world_try(as, "customer.list", "{}"), ACRM_E_DENIED);
    acrm_session_free(as);
    office_close(&w.o);
}
END_TEST

/* What is done to the account, and the reason that is kept. */
START_TEST(session__ends_with_what_it_stood_on)
{
    static const struct {
        const char *operation, *args, *reason; /* $ is ann, % her credential, & another role */
    } rows[] = {
        { "user.update", "{'id':'$','last_write_wins':true,'active':false}", "inactive" },
        { "user.update", "{'id':'$','last_write_wins':true,'role_id':'&'}", "role" },
        { "user.delete", "{'id':'$','last_write_wins':true}", "inactive" },
        { "credential.delete", "{'id':'%','last_write_wins':true}", "credential" },
        { "credential.set_password", "{'id':'%','password':'" WORLD_OTHER "'}", "password" },
        { "signin_session.end_all", "{'credential_id':'%'}", "staff" },
        { "user.update", "{'id':'$','last_write_wins':true,'name':'Anne'}", "" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        world w;
        char json[256], *to = json;
        world_open(&w, OFFICE_MEMORY);
        const char *token = world_signin(&w, "Ann.M", WORLD_GOOD);
        for (const char *p = rows[i].args; *p; p++) {
            const char *with = *p == '$' ? w.ann.text : *p == '%' ? w.ann_key.text
                               : *p == '&' ? w.seller.text : NULL;
            to += with ? sprintf(to, "%s", with) : sprintf(to, "%c", *p);
        }
        acrm_value_free(call(&w.o, rows[i].operation, "%s", json));
        if (*rows[i].reason)
            world_ended(&w, token);
        else
            world_principal(&w, token);
        acrm_value *list = call(&w.o, "signin_session.list", "{}");
        const char *why = office_text(acrm_value_at(acrm_value_get(list, "items"), 0),
                                      "end_reason");
        ck_assert_msg(strcmp(why ? why : "", rows[i].reason) == 0, "%s: %s", rows[i].args, why);
        acrm_value_free(list);
        office_close(&w.o);
    }
}
END_TEST

START_TEST(session__ends_when_the_customer_is_erased)
{
    world w;
    char token[64];

    world_open(&w, _i);
    acrm_value_free(call(&w.o, "credential.set_password", "{'id':'%s','password':'" WORLD_OTHER
                         "','must_change':false}", w.ada_key.text));
    snprintf(token, sizeof token, "%s", world_signin(&w, "+989121112233", WORLD_OTHER));
    acrm_value_free(call(&w.o, "privacy.erase", "{'customer_id':'%s','basis':'Art. 17','reason':"
                         "'asked'}", w.ada.text));
    world_ended(&w, token);
    world_signin_fails(&w, "+989121112233", WORLD_OTHER);
    office_close(&w.o);
}
END_TEST

START_TEST(session__is_seen_by_its_owner_alone)
{
    world w;
    world_open(&w, _i);
    acrm_value_free(call(&w.o, "credential.create", "{'user_id':'%s','password':'" WORLD_GOOD
                         "','must_change':false}", w.bob.text));
    world_signin(&w, "Ann.M", WORLD_GOOD);
    const char *token = world_signin(&w, "bob", WORLD_GOOD);
    acrm_session *own = w.o.session;
    w.o.session = world_as(&w, world_principal(&w, token));
    acrm_value *list = call(&w.o, "signin_session.list", "{}");
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(list, "items")), 1);
    acrm_value_free(list);
    list = call(&w.o, "credential.list", "{}");
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(list, "items")), 1);
    acrm_value_free(list);
    acrm_session_free(w.o.session);
    w.o.session = own;
    office_close(&w.o);
}
END_TEST

START_TEST(session__and_counters_are_forgotten_in_time)
{
    world w;
    world_open(&w, _i);
    world_signin(&w, "Ann.M", WORLD_GOOD);
    world_signin_fails(&w, "nobody", WORLD_OTHER);
    acrm_value_free(call(&w.o, "signin.request_code", "{'login':'Ann.M'}"));
    world_later(3 * 86400);
    acrm_value_free(call(&w.o, "engine.tick", "{}"));
    ck_assert_int_eq(office_count(&w.o, "signin_throttle.count", "{}"), 0);
    ck_assert_int_eq(office_count(&w.o, "signin_code.count", "{}"), 0);
    ck_assert_int_eq(office_count(&w.o, "signin_session.count", "{}"), 1);
    world_later(31 * 86400);
    acrm_value_free(call(&w.o, "engine.tick", "{}"));
    ck_assert_int_eq(office_count(&w.o, "signin_session.count", "{}"), 0);
    office_close(&w.o);
}
END_TEST

START_TEST(session__of_the_host_acts_as_whoever_is_next)
{
    world w;
    world_open(&w, _i);
    char principal[64];
    snprintf(principal, sizeof principal, "%s",
             world_principal(&w, world_signin(&w, "Ann.M", WORLD_GOOD)));
    acrm_session *as = world_as(&w, "system");
    ck_assert_int_eq(world_try(as, "engine.check", "{}"), ACRM_OK);
    ck_assert_int_eq(acrm_session_set_principal(as, principal, NULL), ACRM_OK);
    ck_assert_int_eq(world_try(as, "engine.check", "{}"), ACRM_E_DENIED);
    ck_assert_int_eq(world_try(as, "customer.list", "{}"), ACRM_OK);
    acrm_value_free(call(&w.o, "signin_session.end_all", "{'credential_id':'%s'}",
                         w.ann_key.text));
    ck_assert_int_eq(acrm_session_set_principal(as, principal, NULL), ACRM_E_DENIED);
    ck_assert_int_eq(acrm_session_set_principal(as, "nobody", NULL), ACRM_E_INVALID);
    ck_assert_int_eq(acrm_session_set_principal(as, NULL, NULL), ACRM_E_MISUSE);
    ck_assert_int_eq(acrm_session_set_principal(NULL, "system", NULL), ACRM_E_MISUSE);
    ck_assert_int_eq(world_try(as, "customer.list", "{}"), ACRM_E_DENIED); /* still as Ann */
    ck_assert_int_eq(acrm_session_set_principal(as, "system", NULL), ACRM_OK);
    ck_assert_int_eq(world_try(as, "engine.check", "{}"), ACRM_OK);
    acrm_session_free(as);
    office_close(&w.o);
}
END_TEST

/* --- Codes --- */

START_TEST(code__comes_by_the_transport_and_is_good_once)
{
    world w;
    world_open(&w, _i);
    acrm_value_free(call(&w.o, "signin.request_code", "{'login':'Ann.M'}"));
    char code[7];
    snprintf(code, sizeof code, "%s", world_code(&w));
    ck_assert_int_eq(w.sent, 1);
    ck_assert_str_eq(w.to, "ann@example.com");
    ck_assert_int_eq(w.channel, ACRM_CHANNEL_EMAIL);
    ck_assert_uint_eq(strlen(code), 6);
    acrm_value_free(call(&w.o, "engine.tick", "{}"));
    ck_assert_int_eq(w.sent, 1);
    acrm_value *out = call(&w.o, "signin.code", "{'login':'Ann.M','code':'%s'}", code);
    world_principal(&w, office_text(out, "token"));
    acrm_value_free(out);
    refused(&w.o, ACRM_E_DENIED, "signin", "signin.code", "{'login':'Ann.M','code':'%s'}", code);
    /* A customer's goes to the number that is the login, in the customer's language. */
    acrm_value_free(call(&w.o, "signin.request_code", "{'login':'+98 912 111 2233'}"));
    snprintf(code, sizeof code, "%s", world_code(&w));
    ck_assert_str_eq(w.to, "+989121112233");
    ck_assert_int_eq(w.channel, ACRM_CHANNEL_SMS);
    ck_assert_ptr_nonnull(strstr(w.body, "دقیقه"));
    refused(&w.o, ACRM_E_DENIED, "signin", "signin.code", "{'login':'Ann.M','code':'%s'}", code);
    out = call(&w.o, "signin.code", "{'login':'+989121112233','code':'%s'}", code);
    acrm_session *as = world_as(&w, office_text(out, "principal"));
    ck_assert_int_eq(world_try(as, "customer.list", "{}"), ACRM_E_DENIED);
    acrm_session_free(as);
    acrm_value_free(out);
    office_close(&w.o);
}
END_TEST

START_TEST(code__ends_by_time_by_wrong_ones_and_by_the_next)
{
    char code[7], wrong[7] = "000000";
    world w;
    world_open(&w, _i);
    acrm_value_free(call(&w.o, "signin.request_code", "{'login':'Ann.M'}"));
    snprintf(code, sizeof code, "%s", world_code(&w));
    world_later(601);
    refused(&w.o, ACRM_E_DENIED, "signin", "signin.code", "{'login':'Ann.M','code':'%s'}", code);
    acrm_value_free(call(&w.o, "signin.request_code", "{'login':'Ann.M'}"));
    refused(&w.o, ACRM_E_LIMIT, "throttled", "signin.request_code", "{'login':'Ann.M'}");
    snprintf(code, sizeof code, "%s", world_code(&w));
    world_later(61);
    acrm_value_free(call(&w.o, "signin.request_code", "{'login':'Ann.M'}"));
    refused(&w.o, ACRM_E_DENIED, "signin", "signin.code", "{'login':'Ann.M','code':'%s'}", code);
    snprintf(code, sizeof code, "%s", world_code(&w));
    wrong[0] = code[0] == '9' ? '8' : '9';
    for (int i = 0; i < 4; i++) { /* and the one before was the first of five */
        refused(&w.o, ACRM_E_DENIED, "signin", "signin.code",
                "{'login':'Ann.M','code':'%s'}", wrong);
        world_later(20);
    }
    refused(&w.o, ACRM_E_DENIED, "signin", "signin.code", "{'login':'Ann.M','code':'%s'}", code);
    office_close(&w.o);
}
END_TEST

START_TEST(code__is_asked_for_by_anybody_and_sent_to_nobody_else)
{
    world w;
    world_open(&w, _i);
    acrm_value *known = call(&w.o, "signin.request_code", "{'login':'Ann.M'}");
    acrm_value *unknown = call(&w.o, "signin.request_code", "{'login':'nobody'}");
    acrm_value *without = call(&w.o, "signin.request_code", "{'login':'bob'}");
    ck_assert_str_eq(office_text(known, "expires_at"), office_text(unknown, "expires_at"));
    ck_assert_uint_eq(acrm_value_count(known), acrm_value_count(unknown));
    ck_assert_uint_eq(acrm_value_count(known), acrm_value_count(without));
    acrm_value_free(known);
    acrm_value_free(unknown);
    acrm_value_free(without);
    refused(&w.o, ACRM_E_LIMIT, "throttled", "signin.request_code", "{'login':'nobody'}");
    world_code(&w);
    ck_assert_int_eq(w.sent, 1);
    office_close(&w.o);
}
END_TEST

START_TEST(code__sets_a_forgotten_password_anew)
{
    world w;
    world_open(&w, _i);
    char token[64];
    snprintf(token, sizeof token, "%s", world_signin(&w, "Ann.M", WORLD_GOOD));
    acrm_value_free(call(&w.o, "signin.request_code", "{'login':'Ann.M','purpose':'reset'}"));
    char code[7];
    snprintf(code, sizeof code, "%s", world_code(&w));
    refused(&w.o, ACRM_E_DENIED, "signin", "signin.code", "{'login':'Ann.M','code':'%s'}", code);
    refused(&w.o, ACRM_E_INVALID, "too_short", "signin.reset",
            "{'login':'Ann.M','code':'%s','password':'short'}", code);
    refused(&w.o, ACRM_E_DENIED, "signin", "signin.reset",
            "{'login':'nobody','code':'%s','password':'" WORLD_OTHER "'}", code);
    acrm_value_free(call(&w.o, "signin.reset", "{'login':'Ann.M','code':'%s','password':'"
                         WORLD_OTHER "'}", code));
    world_ended(&w, token);
    world_signin_fails(&w, "Ann.M", WORLD_GOOD);
    ck_assert_str_ne(world_signin(&w, "Ann.M", WORLD_OTHER), "");
    office_close(&w.o);
}
END_TEST

START_TEST(code__is_sent_again_when_the_transport_asks_for_it)
{
    world w;
    world_open(&w, _i);
    w.answer.outcome = ACRM_SENT_RETRY;
    acrm_value_free(call(&w.o, "signin.request_code", "{'login':'Ann.M'}"));
    world_code(&w);
    world_code(&w);
    ck_assert_int_eq(w.sent, 1);
    world_later(15);
    w.answer.outcome = ACRM_SENT_ACCEPTED;
    char code[7];
    snprintf(code, sizeof code, "%s", world_code(&w));
    ck_assert_int_eq(w.sent, 2);
    acrm_value_free(call(&w.o, "signin.code", "{'login':'Ann.M','code':'%s'}", code));
    office_close(&w.o);
}
END_TEST

START_TEST(code__is_written_by_the_template_of_the_business)
{
    world w;
    world_open(&w, OFFICE_MEMORY);
    acrm_value_free(call(&w.o, "message_template.create", "{'code':'signin_code',"
                         "'channel':'email','language':'en','purpose':'service',"
                         "'subject':'North Cars','body':'Yours: {{code}}, {{minutes}} min'}"));
    acrm_value_free(call(&w.o, "signin.request_code", "{'login':'Ann.M'}"));
    world_code(&w);
    ck_assert_str_eq(w.subject, "North Cars");
    ck_assert_int_eq(strncmp(w.body, "Yours: ", 7), 0);
    office_close(&w.o);
}
END_TEST

/* --- Tokens of programs --- */

static void token_make(world *w, const char *scopes, char token[64])
{
    acrm_value *out = call(&w->o, "access_token.create", "{'name':'sync','user_id':'%s',"
                           "'scopes':%s,'expires_at':'2026-12-01T00:00:00Z'}", w->ann.text,
                           scopes);

    snprintf(token, 64, "%s", office_text(out, "token"));
    acrm_value_free(out);
}

START_TEST(token__may_do_what_both_its_scopes_and_its_owner_may)
{
    static const struct {
        const char *scopes, *operation, *args;
        int32_t status;
    } rows[] = {
        { "['customer.list']", "customer.list", "{}", ACRM_OK },
        { "['customer.list']", "customer.count", "{}", ACRM_E_DENIED },
        { "['customer.*']", "customer.count", "{}", ACRM_OK },
        { "['*.list']", "lead.list", "{}", ACRM_OK },
        { "['*']", "lead.list", "{}", ACRM_OK },
        { "['*']", "engine.check", "{}", ACRM_E_DENIED },
        { "['engine.check']", "engine.check", "{}", ACRM_E_DENIED },
        { "['*']", "access_token.create", "{'name':'x','scopes':['*'],"
                   "'expires_at':'2026-12-01T00:00:00Z'}", ACRM_E_DENIED },
        { "['customer.list']", "signin.me", "{}", ACRM_OK },
    };

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        world w;
        char token[64];
        world_open(&w, OFFICE_MEMORY);
        token_make(&w, rows[i].scopes, token);
        const char *principal = world_principal(&w, token);
        ck_assert_int_eq(strncmp(principal, "token:", 6), 0);
        acrm_session *as = world_as(&w, principal);
        ck_assert_msg(world_try(as, rows[i].operation, rows[i].args) == rows[i].status, "%s %s",
                      rows[i].scopes, rows[i].operation);
        acrm_session_free(as);
        office_close(&w.o);
    }
}
END_TEST

START_TEST(token__ends_at_its_time_when_revoked_and_with_its_owner)
{
    for (int how = 0; how < 4; how++) {
        world w;
        char token[64];
        world_open(&w, _i);
        token_make(&w, "['*']", token);
        acrm_session *as = world_as(&w, world_principal(&w, token));
        ck_assert_int_eq(world_try(as, "lead.list", "{}"), ACRM_OK);
        acrm_value *list = call(&w.o, "access_token.list", "{}");
        const acrm_value *item = acrm_value_at(acrm_value_get(list, "items"), 0);
        ck_assert_str_eq(office_text(item, "ending"), token + strlen(token) - 4);
        ck_assert_ptr_nonnull(office_text(item, "used_at"));
        if (how == 0)
            acrm_value_free(call(&w.o, "access_token.revoke", "{'id':'%s'}",
                                 office_text(item, "id")));
        else if (how == 1)
            world_later(11 * 86400);
        else if (how == 2)
            acrm_value_free(call(&w.o, "user.update", "{'id':'%s','last_write_wins':true,"
                                 "'active':false}", w.ann.text));
        else
            acrm_value_free(call(&w.o, "signin_session.end_all", "{'credential_id':'%s',"
                                 "'tokens':true}", w.ann_key.text));
        acrm_value_free(list);
        world_ended(&w, token);
        ck_assert_int_ne(world_try(as, "lead.list", "{}"), ACRM_OK);
        acrm_session_free(as);
        office_close(&w.o);
    }
}
END_TEST

START_TEST(token__that_nobody_made_is_refused)
{
    static const char *const texts[] = {
        "", "acs_", "act_", "x", "acs_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "act_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "acs_' OR 1=1 --",
    };
    world w;
    world_open(&w, _i);
    char token[64];
    snprintf(token, sizeof token, "%s", world_signin(&w, "Ann.M", WORLD_GOOD));
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        acrm_value *args = NULL, *out = NULL;
        char json[128];
        snprintf(json, sizeof json, "{\"token\":\"%s\"}", texts[i]);
        ck_assert_int_eq(acrm_value_parse(NULL, json, strlen(json), &args, NULL), ACRM_OK);
        ck_assert_int_eq(acrm_call(w.o.session, "signin.check", args, &out, NULL), ACRM_E_DENIED);
        acrm_value_free(args);
    }
    token[10] = token[10] == 'A' ? 'B' : 'A';
    world_ended(&w, token);
    /* Of another database. */
    world v;
    world_open(&v, OFFICE_MEMORY);
    snprintf(token, sizeof token, "%s", world_signin(&v, "Ann.M", WORLD_GOOD));
    office_close(&v.o);
    world_ended(&w, token);
    office_close(&w.o);
}
END_TEST

/* --- Without memory --- */

static const struct {
    const char *operation, *args; /* $ is a token, # a code, % ann's credential, & ann */
} starved[] = {
    { "signin.password", "{'login':'Ann.M','password':'" WORLD_GOOD "','peer':'::1'}" },
    { "signin.request_code", "{'login':'+989121112233'}" },
    { "signin.code", "{'login':'Ann.M','code':'#'}" },
    { "signin.check", "{'token':'$'}" },
    { "signin.out", "{'token':'$'}" },
    { "signin.out_everywhere", "{'token':'$','tokens':true}" },
    { "credential.set_password", "{'id':'%','password':'" WORLD_GOOD "','must_change':false}" },
    { "credential.status", "{'id':'%'}" },
    { "access_token.create", "{'name':'x','user_id':'&','scopes':['*'],'expires_at':"
                             "'2099-01-01T00:00:00Z'}" },
    { "user.update", "{'id':'&','last_write_wins':true,'phone':'1','active':true}" },
    { "engine.tick", "{}" },
};

/* Everything once more, two days later: nothing is held up any longer. */
static void starved_args(world *w, size_t i, char json[512])
{
    char token[64], *to = json;

    world_later(2 * 86400 + 7200);
    acrm_value_free(call(&w->o, "signin.request_code", "{'login':'Ann.M'}"));
    const char *code = strcmp(starved[i].operation, "engine.tick") ? world_code(w) : "";
    snprintf(token, sizeof token, "%s", world_signin(w, "Ann.M", WORLD_GOOD));
    world_later(61);
    for (const char *p = starved[i].args; *p; p++) {
        const char *with = *p == '$' ? token : *p == '#' ? code : *p == '%' ? w->ann_key.text
                           : *p == '&' ? w->ann.text : NULL;
        to += with ? sprintf(to, "%s", with) : sprintf(to, "%c", *p == '\'' ? '"' : *p);
    }
}

START_TEST(session__is_none_or_whole_when_memory_is_short)
{
    alloc_fail state = { .fail_at = 0 };
    const acrm_allocator port = alloc_fail_port(&state);
    bool done = false;
    world w;
    world_allocator = &port;
    world_open(&w, OFFICE_MEMORY);
    for (long n = 1; !done; n += 1 + n / 12) {
        char json[512];
        acrm_error *err = NULL;
        starved_args(&w, (size_t)_i, json);
        state.count = state.failures = 0;
        state.fail_at = n;
        int32_t st = acrm_call_json(w.o.session, starved[_i].operation, json, strlen(json), NULL,
                                    &err);
        done = state.failures == 0;
        state.fail_at = 0;
        /* Some memory is only for what makes the next call faster. */
        ck_assert_msg(st == ACRM_OK || (!done && st == ACRM_E_NOMEM), "%s %ld: %s",
                      starved[_i].operation, n, acrm_error_json(err));
        acrm_error_free(err);
    }
    acrm_value *proof = call(&w.o, "audit.verify", "{}");
    ck_assert(acrm_value_bool(acrm_value_get(proof, "ok")));
    acrm_value_free(proof);
    office_close(&w.o);
    world_allocator = NULL;
    ck_assert_uint_eq(state.live_bytes, 0);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("signin_session");
    TCase *t = tcase_create("signin_session");

    tcase_add_loop_test(t, session__ends_by_idleness_and_in_any_case, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, session__ends_when_signed_out_here_or_everywhere, 0, OFFICE_STORAGES);
    tcase_add_test(t, session__ends_with_what_it_stood_on);
    tcase_add_loop_test(t, session__ends_when_the_customer_is_erased, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, session__is_seen_by_its_owner_alone, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, session__and_counters_are_forgotten_in_time, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, session__of_the_host_acts_as_whoever_is_next, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, code__comes_by_the_transport_and_is_good_once, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, code__ends_by_time_by_wrong_ones_and_by_the_next, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, code__is_asked_for_by_anybody_and_sent_to_nobody_else, 0,
                        OFFICE_STORAGES);
    tcase_add_loop_test(t, code__sets_a_forgotten_password_anew, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, code__is_sent_again_when_the_transport_asks_for_it, 0,
                        OFFICE_STORAGES);
    tcase_add_test(t, code__is_written_by_the_template_of_the_business);
    tcase_add_test(t, token__may_do_what_both_its_scopes_and_its_owner_may);
    tcase_add_loop_test(t, token__ends_at_its_time_when_revoked_and_with_its_owner, 0,
                        OFFICE_STORAGES);
    tcase_add_loop_test(t, token__that_nobody_made_is_refused, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, session__is_none_or_whole_when_memory_is_short, 0,
                        sizeof starved / sizeof starved[0]);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
