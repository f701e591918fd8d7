/* SPDX-License-Identifier: MIT */
/* Endpoints: what they refuse, that keys stay secret, and who is told what. */
#include "support/under.h"
#include "unit/webhook/webhook_world.h"

START_TEST(endpoint__refuses_what_must_not_be)
{
    static const struct {
        const char *args, *field, *reason;
    } bad[] = {
        { "'url':'https://example.com/x'", "name", "required" },
        { "'name':'x'", "url", "required" },
        { "'name':'x','url':'ftp://example.com/'", "url", "scheme" },
        { "'name':'x','url':'http://example.com/'", "url", "https" },
        { "'name':'x','url':'https://u:p@example.com/'", "url", "credentials" },
        { "'name':'x','url':'https://example.com/a b'", "url", "url" },
        { "'name':'x','url':'https://example.com/\\r\\nHost: x'", "url", "url" },
        { "'name':'x','url':'https://example.com/#part'", "url", "url" },
        { "'name':'x','url':'https://'", "url", "url" },
        { "'name':'x','url':'https://example.com:0/'", "url", "url" },
        { "'name':'x','url':'https://example.com:99999/'", "url", "url" },
        { "'name':'x','url':'https://ex\\u00e4mple.com/'", "url", "url" },
        { "'name':'x','url':'https://127.0.0.1/'", "url", "address" },
        { "'name':'x','url':'https://127.1/'", "url", "address" },
        { "'name':'x','url':'https://2130706433/'", "url", "address" },
        { "'name':'x','url':'https://0x7f.0.0.1/'", "url", "address" },
        { "'name':'x','url':'https://0177.0.0.1/'", "url", "address" },
        { "'name':'x','url':'https://10.1.2.3/'", "url", "address" },
        { "'name':'x','url':'https://169.254.169.254/latest'", "url", "address" },
        { "'name':'x','url':'https://192.168.0.9:8443/'", "url", "address" },
        { "'name':'x','url':'https://172.31.0.1/'", "url", "address" },
        { "'name':'x','url':'https://100.64.0.1/'", "url", "address" },
        { "'name':'x','url':'https://224.0.0.1/'", "url", "address" },
        { "'name':'x','url':'https://localhost/'", "url", "address" },
        { "'name':'x','url':'https://LocalHost./'", "url", "address" },
        { "'name':'x','url':'https://a.internal/'", "url", "address" },
        { "'name':'x','url':'https://intranet/'", "url", "address" },
        { "'name':'x','url':'https://[::1]/'", "url", "address" },
        { "'name':'x','url':'https://[::ffff:10.0.0.1]/'", "url", "address" },
        { "'name':'x','url':'https://[fe80::1]/'", "url", "address" },
        { "'name':'x','url':'https://[fd00::1]/'", "url", "address" },
        { "'name':'x','url':'https://[2002:7f00:1::]/'", "url", "address" },
        { "'name':'x','url':'https://[64:ff9b::a00:1]/'", "url", "address" },
        { "'name':'x','url':'https://[1::2::3]/'", "url", "address" },
        { "'name':'x','url':'https://[::1/'", "url", "url" },
        { "'name':'x','url':'https://e.com/','types':[]", "types", "types" },
        { "'name':'x','url':'https://e.com/','types':['a b']", "types", "types" },
        { "'name':'x','url':'https://e.com/','types':['*.created']", "types", "types" },
        { "'name':'x','url':'https://e.com/','condition':{'a':{'$like':'x'}}", "condition",
          "operator" },
        { "'name':'x','url':'https://e.com/','condition':{'seq':'many'}", "condition", "type" },
        { "'name':'x','url':'https://e.com/','condition':{'a.b':1}", "condition", "schema" },
        { "'name':'x','url':'https://e.com/','headers':'X-A'", "headers", "headers" },
        { "'name':'x','url':'https://e.com/','headers':'X A: b'", "headers", "headers" },
        { "'name':'x','url':'https://e.com/','headers':'X-A: b\\r\\nX-B: c'", "headers",
          "headers" },
        { "'name':'x','url':'https://e.com/','headers':'Webhook-Id: 1'", "headers", "headers" },
        { "'name':'x','url':'https://e.com/','headers':'Host: other'", "headers", "headers" },
        { "'name':'x','url':'https://e.com/','headers':'Content-Length: 1'", "headers",
          "headers" },
        { "'name':'x','url':'https://e.com/','secret':'whsec_c2hvcnQ='", "secret", "key" },
        { "'name':'x','url':'https://e.com/','secret':'whpk_PUAXw+hDiVqStwqnTRt+"
          "vJyYLM8uxJaMwM1V8Sr0Zgw='", "secret", "key" },
        { "'name':'x','url':'https://e.com/','secret':'wrong_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'",
          "secret", "key" },
        { "'name':'x','url':'https://e.com/','with_record':true", "user_id", "required" },
        { "'name':'x','url':'https://e.com/','enabled':false", "enabled", "unknown_field" },
    };
    world w;

    world_open(&w, OFFICE_MEMORY);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        acrm_error *err = NULL;
        const char *args = world_args("{%s}", bad[i].args);
        int32_t st = acrm_call_json(w.o.session, "webhook_endpoint.create", args, strlen(args),
                                    NULL, &err);
        ck_assert_msg(st == ACRM_E_INVALID, "%s: %d", args, (int)st);
        ck_assert_msg(strcmp(acrm_error_field(err), bad[i].field) == 0 &&
                          strcmp(acrm_error_reason(err), bad[i].reason) == 0,
                      "%s: %s", args, acrm_error_json(err));
        acrm_error_free(err);
    }
    ck_assert_int_eq(office_count(&w.o, "webhook_endpoint.count", "{}"), 0);
    office_close(&w.o);
}
END_TEST

START_TEST(endpoint__takes_what_may_be)
{
    static const char *const good[] = {
        "'url':'https://example.com'", "'url':'HTTPS://Example.com:8443/a?b=c'",
        "'url':'https://8.8.8.8/'", "'url':'https://[2606:4700::1111]:443/'",
        "'url':'https://xn--e1afmkfd.example/'", "'url':'https://172.32.0.1/'",
        "'url':'http://127.0.0.1:8080/x','internal':true",
        "'url':'http://[::1]/','internal':true", "'url':'http://shop','internal':true",
    };
    world w;

    world_open(&w, OFFICE_MEMORY);
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        world_do(&w, "webhook_endpoint.create", world_args("{'name':'x',%s}", good[i]));
    office_close(&w.o);
}
END_TEST

START_TEST(endpoint__signs_with_both_keys_while_one_is_replaced)
{
    world w;
    world_open(&w, _i);
    receiver *r = &w.receivers[0];
    const char *id = world_endpoint(&w, _i ? ",'kind':'ed25519'" : "");
    ck_assert_int_eq(strncmp(r->key[0], _i ? "whpk_" : "whsec_", 5), 0);
    acrm_value *out = office_call(&w.o, "webhook_endpoint.rotate", world_args(
        "{'id':'%s','kind':'hmac','grace':'PT1H'}", id));
    snprintf(r->key[1], sizeof r->key[1], "%s", office_text(out, "secret"));
    acrm_value_free(out);
    char old[100], new[100];
    snprintf(old, sizeof old, "%s", r->key[0]);
    snprintf(new, sizeof new, "%s", r->key[1]);
    for (int i = 0; i < 4; i++) {
        static const int forged[] = { 0, 0, 0, 1 }; /* by the old one: while its time lasts */
        strcpy(r->key[0], i % 2 ? old : new);
        r->key[1][0] = '\0';
        r->forged = 0;
        world_happen(&w, (char[]){ (char)('a' + i), 0 });
        if (i == 2)
            world_clock += INT64_C(3600) * WORLD_SECOND;
        ck_assert_int_ge(world_tick(&w, "delivered"), 1);
        ck_assert_int_eq(r->forged > 0, forged[i]);
        ck_assert_int_eq(strchr(r->signature, ' ') != NULL, i < 2);
    }
    /* Without grace the old one signs no more at all. */
    out = office_call(&w.o, "webhook_endpoint.rotate", world_args("{'id':'%s','grace':'PT0S',"
        "'secret':'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'}", id));
    ck_assert_str_eq(office_text(out, "secret"), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    acrm_value_free(out);
    strcpy(r->key[0], "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    r->forged = 0;
    ck_assert_int_ge(world_tick(&w, "delivered"), 1); /* webhook_endpoint.rotated */
    ck_assert_int_eq(r->forged, 0);
    ck_assert_ptr_null(strchr(r->signature, ' '));
    ck_assert_int_eq(office_count(&w.o, "webhook_secret.count", "{}"), 1);
    for (int i = 0; i < 9; i++) /* never more than fit a header */
        world_do(&w, "webhook_endpoint.rotate", world_args("{'id':'%s'}", id));
    ck_assert_int_eq(office_count(&w.o, "webhook_secret.count", "{}"), 4);
    office_close(&w.o);
}
END_TEST

/* Whether a text is anywhere in what an operation gives. */
static bool told(world *w, const char *operation, const char *args, const char *text)
{
    acrm_buf *out = NULL;
    acrm_error *err = NULL;
    int32_t st = acrm_call_json(w->o.session, operation, args, strlen(args), &out, &err);

    ck_assert_msg(st == ACRM_OK, "%s: %s", operation, acrm_error_json(err));
    bool found = strstr(acrm_buf_data(out), text) != NULL;
    acrm_buf_free(out);
    return found;
}

START_TEST(endpoint__shows_its_key_once_and_nowhere_else)
{
    static const struct {
        const char *operation, *args;
    } looks[] = {
        { "webhook_endpoint.list", "{}" }, { "webhook_secret.list", "{}" },
        { "event.list", "{\"limit\":10000}" },
        { "audit.list", "{\"limit\":1000,\"newest_first\":true}" },
        { "webhook_delivery.list", "{}" },
    };
    world w;
    world_open(&w, OFFICE_SQLITE);
    const char *create = "{\"name\":\"x\",\"url\":\"https://example.com/\",\"headers\":"
                         "\"Authorization: Bearer deepsecret\",\"idempotency_key\":\"one\"}";
    acrm_value *out = office_call(&w.o, "webhook_endpoint.create", create);
    char key[100];
    snprintf(key, sizeof key, "%s", office_text(out, "secret"));
    acrm_value_free(out);
    office_refused(&w.o, "webhook_endpoint.create", create, ACRM_E_CONFLICT, "idempotency_key",
                   "erased");
    ck_assert_int_eq(office_count(&w.o, "webhook_endpoint.count", "{}"), 1);
    for (size_t i = 0; i < sizeof looks / sizeof looks[0]; i++) {
        ck_assert_msg(!told(&w, looks[i].operation, looks[i].args, key + 6), "%s",
                      looks[i].operation);
        if (i > 0)
            ck_assert_msg(!told(&w, looks[i].operation, looks[i].args, "deepsecret"), "%s",
                          looks[i].operation);
    }
    /* Nor in the file, or in what a server keeps. */
    char path[80], dump[256], room[4096 + 128];
    size_t kept = 0, n;
    const bool server = under_server();
    for (int i = 0; i < (server ? 1 : 2); i++) {
        snprintf(path, sizeof path, "%s%s", w.o.path, i ? "-wal" : "");
        if (server)
            under_dump(w.o.path, dump);
        FILE *file = server ? popen(dump, "r") : fopen(path, "rb");
        ck_assert_ptr_nonnull(file);
        while ((n = fread(room + kept, 1, 4096, file)) > 0) {
            for (size_t k = 0; k + 16 <= kept + n; k++)
                ck_assert(memcmp(room + k, key + 6, 16) != 0 &&
                          memcmp(room + k, "deepsecretdeepse", 10) != 0);
            kept = n >= 128 ? 128 : n;
            memmove(room, room + n, kept);
        }
        ck_assert_int_eq(server ? pclose(file) : fclose(file), 0);
    }
    office_close(&w.o);
}
END_TEST

START_TEST(endpoint__sends_its_own_headers_and_the_record_its_user_may_see)
{
    world w;
    world_open(&w, _i);
    acrm_value *out = office_call(&w.o, "role.create", world_args(
        "{'name':'hook','permissions':['*.get'],'scopes':{'*':'all'},"
        "'field_rules':{'customer':{'hidden':['name']}}}"));
    char role[40], user[40];
    snprintf(role, sizeof role, "%s", office_text(out, "id"));
    acrm_value_free(out);
    out = office_call(&w.o, "user.create", world_args("{'name':'Hook','login':'hook',"
                                                      "'role_id':'%s'}", role));
    snprintf(user, sizeof user, "%s", office_text(out, "id"));
    acrm_value_free(out);
    char more[300];
    snprintf(more, sizeof more, ",'types':['customer.*'],'user_id':'%s','with_record':true,"
             "'headers':'X-Tenant: 7\\nAuthorization: Bearer x'", user);
    const char *id = world_endpoint(&w, more);
    world_do(&w, "customer.create", world_args("{'name':'Ada Secretname','city':'Bath'}"));
    ck_assert_int_eq(world_tick(&w, "delivered"), 1);
    world_do(&w, "role.update", world_args("{'id':'%s','permissions':['lead.get'],"
                                           "'last_write_wins':true}", role));
    world_do(&w, "customer.create", world_args("{'name':'Eve','city':'Rome'}"));
    char first[4000];
    snprintf(first, sizeof first, "%s", w.receivers[0].body);
    ck_assert_int_eq(world_tick(&w, "delivered"), 1);
    ck_assert_ptr_nonnull(strstr(w.receivers[0].body, "\"record\":null"));
    snprintf(w.receivers[0].body, sizeof first, "%s", first);
    ck_assert_str_eq(w.receivers[0].first_header, "X-Tenant=7");
    ck_assert_ptr_nonnull(strstr(w.receivers[0].body, "\"city\":\"Bath\""));
    ck_assert_ptr_null(strstr(w.receivers[0].body, "Secretname"));
    /* A user who is no longer active ends it. */
    world_do(&w, "user.update", world_args("{'id':'%s','active':false,'last_write_wins':true}",
                                           user));
    world_do(&w, "customer.create", world_args("{'name':'Bob'}"));
    ck_assert_int_eq(world_tick(&w, "delivered"), 0);
    out = office_call(&w.o, "webhook_endpoint.get", world_args("{'id':'%s'}", id));
    ck_assert_str_eq(office_text(out, "disabled_reason"), "fault");
    acrm_value_free(out);
    office_close(&w.o);
}
END_TEST

START_TEST(endpoint__is_sent_nothing_of_who_was_erased_meanwhile)
{
    world w;
    world_open(&w, _i);
    acrm_value *out = office_call(&w.o, "role.create", world_args(
        "{'name':'hook','permissions':['*'],'scopes':{'*':'all'}}"));
    char role[40], more[200];
    snprintf(role, sizeof role, "%s", office_text(out, "id"));
    acrm_value_free(out);
    out = office_call(&w.o, "user.create", world_args("{'name':'Hook','login':'hook',"
                                                      "'role_id':'%s'}", role));
    snprintf(more, sizeof more, ",'types':['customer.created'],'user_id':'%s','with_record':true",
             office_text(out, "id"));
    acrm_value_free(out);
    world_endpoint(&w, more);
    out = office_call(&w.o, "customer.create", world_args("{'name':'Ada Secretname'}"));
    w.receivers[0].answer = (acrm_sent){ .outcome = ACRM_SENT_RETRY, .code = 503 };
    ck_assert_int_eq(world_tick(&w, "failed"), 1);
    ck_assert_ptr_nonnull(strstr(w.receivers[0].body, "Secretname"));
    world_do(&w, "privacy.erase", world_args("{'customer_id':'%s','basis':'Art. 17',"
                                             "'reason':'by letter'}", office_text(out, "id")));
    acrm_value_free(out);
    w.receivers[0].answer = (acrm_sent){ .outcome = ACRM_SENT_DELIVERED };
    world_clock += INT64_C(10) * WORLD_SECOND;
    ck_assert_int_eq(world_tick(&w, "delivered"), 1);
    ck_assert_ptr_null(strstr(w.receivers[0].body, "Secretname"));
    office_close(&w.o);
}
END_TEST

START_TEST(endpoint__sees_no_more_than_who_made_it)
{
    world w;
    world_open(&w, _i);
    acrm_error *err = NULL;
    char user[40], role[40], text[60];
    acrm_value *out = office_call(&w.o, "dealer.create",
                                  world_args("{'name':'North','code':'N'}"));
    char north[40];
    snprintf(north, sizeof north, "%s", office_text(out, "id"));
    acrm_value_free(out);
    out = office_call(&w.o, "role.create", world_args(
        "{'name':'part','permissions':['*.get','*.list','webhook_endpoint.create','webhook.*',"
        "'customer.*'],'scopes':{'*':'dealer','webhook_endpoint':'own'}}"));
    snprintf(role, sizeof role, "%s", office_text(out, "id"));
    acrm_value_free(out);
    out = office_call(&w.o, "user.create", world_args(
        "{'name':'Part','login':'part','role_id':'%s','dealer_id':'%s'}", role, north));
    snprintf(user, sizeof user, "%s", office_text(out, "id"));
    acrm_value_free(out);
    world_endpoint(&w, ",'types':['customer.*']"); /* of the system: sees all */
    acrm_session *system = w.o.session, *part = NULL;
    snprintf(text, sizeof text, "user:%s", user);
    ck_assert_int_eq(acrm_session_new(w.o.engine, text, &part, &err), ACRM_OK);
    w.o.session = part;
    const char *id = world_endpoint(&w, ",'types':['customer.*']");
    out = office_call(&w.o, "webhook_endpoint.list", "{}");
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "items")), 1);
    acrm_value_free(out);
    out = office_call(&w.o, "webhook_endpoint.get", world_args("{'id':'%s'}", id));
    ck_assert_str_eq(office_text(out, "user_id"), user);
    acrm_value_free(out);
    w.o.session = system;
    world_do(&w, "role.update", world_args("{'id':'%s','permissions':['*.get','*.list',"
             "'webhook_endpoint.create'],'last_write_wins':true}", role));
    w.o.session = part;
    office_refused(&w.o, "webhook_endpoint.create", world_args(
        "{'name':'x','url':'http://127.0.0.1/','internal':true}"), ACRM_E_DENIED, "internal",
        "permission");
    w.o.session = system;
    world_do(&w, "customer.create", world_args("{'name':'Far'}"));
    world_do(&w, "customer.create", world_args("{'name':'Near','dealer_id':'%s'}", north));
    ck_assert_int_eq(world_tick(&w, "delivered"), 3);
    ck_assert_int_eq(w.receivers[0].n, 2);
    ck_assert_int_eq(w.receivers[1].n, 1);
    acrm_session_free(part);
    office_close(&w.o);
}
END_TEST

START_TEST(endpoint__is_tried_by_hand)
{
    world w;
    world_open(&w, _i);
    const char *id = world_endpoint(&w, "");
    acrm_value *out = office_call(&w.o, "webhook.test", world_args("{'id':'%s'}", id));
    ck_assert_str_eq(office_text(out, "status"), "delivered");
    ck_assert_int_eq(office_number(out, "code"), 200);
    ck_assert_ptr_nonnull(strstr(w.receivers[0].body, "webhook.test"));
    ck_assert_int_eq(w.receivers[0].forged, 0);
    char delivery[40];
    snprintf(delivery, sizeof delivery, "%s", office_text(out, "id"));
    acrm_value_free(out);
    office_refused(&w.o, "webhook.replay", world_args("{'delivery_id':'%s'}", delivery),
                   ACRM_E_INVALID, "delivery_id", "test");
    office_refused(&w.o, "webhook.replay", "{}", ACRM_E_INVALID, "endpoint_id", "required");
    office_refused(&w.o, "webhook.replay", world_args("{'endpoint_id':'%s'}", id),
                   ACRM_E_INVALID, "since", "required");
    w.receivers[0].answer = (acrm_sent){ .outcome = ACRM_SENT_REFUSED, .code = 404,
                                         .reason = "not found" };
    out = office_call(&w.o, "webhook.test", world_args("{'id':'%s'}", id));
    ck_assert_str_eq(office_text(out, "status"), "dead");
    ck_assert_str_eq(office_text(out, "reason"), "not found");
    acrm_value_free(out);
    office_close(&w.o);
    office_open(&w.o, OFFICE_MEMORY); /* without transports */
    out = office_call(&w.o, "webhook_endpoint.create",
                      "{\"name\":\"x\",\"url\":\"https://example.com/\"}");
    office_refused(&w.o, "webhook.test", world_args("{'id':'%s'}", office_text(out, "id")),
                   ACRM_E_UNSUPPORTED, "", "transport");
    acrm_value_free(out);
    world_do(&w, "engine.tick", "{}");
    office_close(&w.o);
}
END_TEST

START_TEST(endpoint__receivers_verify_by_an_operation)
{
    static const char args[] =
        "{'key':'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw','id':'msg_p5jXN8AQM9LWM0D4loKWxJek',"
        "'timestamp':'1614265330','signature':'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',"
        "'body':'{\\\"test\\\": 2432232314}'%s}";
    world w;
    world_open(&w, OFFICE_MEMORY);
    acrm_value *out = office_call(&w.o, "webhook.verify",
                                  world_args(args, ",'at':'2021-02-25T15:02:10Z'"));
    ck_assert_int_eq(acrm_value_bool(acrm_value_get(out, "genuine")), 1);
    acrm_value_free(out);
    out = office_call(&w.o, "webhook.verify", world_args(args, ""));
    ck_assert_int_eq(acrm_value_bool(acrm_value_get(out, "genuine")), 0);
    ck_assert_str_eq(office_text(out, "reason"), "too_old");
    acrm_value_free(out);
    office_refused(&w.o, "webhook.verify", world_args("{'key':'x','id':'a','timestamp':'%lld',"
        "'signature':'v1,x','body':''}", (long long)(world_clock / WORLD_SECOND)), ACRM_E_INVALID,
        "key", "key");
    office_close(&w.o);
}
END_TEST

static Suite *endpoint_suite(void)
{
    Suite *s = suite_create("webhook_endpoint");
    TCase *t = tcase_create("endpoint");

    tcase_add_test(t, endpoint__refuses_what_must_not_be);
    tcase_add_test(t, endpoint__takes_what_may_be);
    tcase_add_loop_test(t, endpoint__signs_with_both_keys_while_one_is_replaced, 0,
                        OFFICE_STORAGES);
    tcase_add_test(t, endpoint__shows_its_key_once_and_nowhere_else);
    tcase_add_loop_test(t, endpoint__sends_its_own_headers_and_the_record_its_user_may_see, 0,
                        OFFICE_STORAGES);
    tcase_add_loop_test(t, endpoint__is_sent_nothing_of_who_was_erased_meanwhile, 0,
                        OFFICE_STORAGES);
    tcase_add_loop_test(t, endpoint__sees_no_more_than_who_made_it, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, endpoint__is_tried_by_hand, 0, OFFICE_STORAGES);
    tcase_add_test(t, endpoint__receivers_verify_by_an_operation);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(endpoint_suite)
