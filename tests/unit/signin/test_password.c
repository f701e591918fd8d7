/* SPDX-License-Identifier: MIT */
/* Passwords: right and wrong, held up, changed, and what is left of them. */
#include "support/under.h"
#include "unit/signin/signin_world.h"

#include <stdbool.h>

START_TEST(password__signs_in_who_knows_it)
{
    world w;
    world_open(&w, _i);
    const char *token = world_signin(&w, "Ann.M", WORLD_GOOD);
    ck_assert_uint_eq(strlen(token), 47);
    ck_assert_int_eq(strncmp(token, "acs_", 4), 0);
    const char *principal = world_principal(&w, token);
    ck_assert_int_eq(strncmp(principal, "signin:", 7), 0);
    acrm_session *as = world_as(&w, principal), *own = w.o.session;
    w.o.session = as;
    ck_assert_str_eq(world_get(&w, "name", "signin.me", "{}"), "Ann");
    ck_assert_str_eq(world_get(&w, "role", "signin.me", "{}"), "dealer_manager");
    ck_assert_str_eq(world_get(&w, "dealer_id", "signin.me", "{}"), w.north.text);
    ck_assert_int_eq(world_try(as, "customer.create", "{'name':'Eve'}"), ACRM_E_DENIED);
    ck_assert_int_eq(world_try(as, "customer.list", "{}"), ACRM_OK);
    ck_assert_int_eq(world_try(as, "engine.backup", "{'path':'/tmp/no'}"), ACRM_E_DENIED);
    ck_assert_int_eq(world_try(as, "signin.password", "{'login':'a','password':'b'}"),
                     ACRM_E_DENIED); /* no oracle for who is inside */
    w.o.session = own;
    acrm_session_free(as);
    world_signin_fails(&w, "Ann.M", WORLD_OTHER);
    world_signin_fails(&w, "ann.m", WORLD_GOOD);
    office_close(&w.o);
}
END_TEST

/* Whoever asks learns nothing: the same answer, as much work, held up alike. */
START_TEST(password__tells_nothing_about_who_exists)
{
    static const char *const logins[] = { "Ann.M", "nobody", "bob", "+989121112233" };
    world w;
    world_open(&w, _i);
    for (size_t k = 0; k < 4; k++) {
        int before = world_verified;
        for (int i = 0; i < 4; i++)
            world_signin_fails(&w, logins[k], WORLD_OTHER);
        ck_assert_int_eq(world_verified - before, 4);
        refused(&w.o, ACRM_E_LIMIT, "throttled", "signin.password",
                "{'login':'%s','password':'" WORLD_GOOD "','peer':'192.0.2.7'}", logins[k]);
        ck_assert_int_eq(world_verified - before, 4);
    }
    world_later(2);
    ck_assert_str_ne(world_signin(&w, "Ann.M", WORLD_GOOD), "");
    for (int i = 0; i < 3; i++)
        world_signin_fails(&w, "Ann.M", WORLD_OTHER); /* it began anew */
    office_close(&w.o);
}
END_TEST

static int64_t password_held(world *w)
{
    char json[128];
    snprintf(json, sizeof json, "{'id':'%s'}", w->ann_key.text);
    return *world_get(w, "held_until", "credential.status", json) != '\0';
}

START_TEST(password__locks_an_account_and_staff_unlocks_it)
{
    world w;
    world_open(&w, _i);
    for (int i = 0; i < 10; i++) {
        world_signin_fails(&w, "Ann.M", WORLD_OTHER);
        world_later(i < 9 ? 61 : 1);
    }
    ck_assert_int_eq(password_held(&w), 1);
    refused(&w.o, ACRM_E_LIMIT, "throttled", "signin.password",
            "{'login':'Ann.M','password':'" WORLD_GOOD "'}");
    acrm_value *events = call(&w.o, "event.list", "{'types':['signin.locked']}");
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(events, "items")), 1);
    acrm_value_free(events);
    acrm_value_free(call(&w.o, "credential.unlock", "{'id':'%s'}", w.ann_key.text));
    ck_assert_int_eq(password_held(&w), 0);
    ck_assert_str_ne(world_signin(&w, "Ann.M", WORLD_GOOD), "");
    for (int i = 0; i < 10; i++) {
        world_signin_fails(&w, "Ann.M", WORLD_OTHER);
        world_later(i < 9 ? 61 : 901); /* the lock has an end of its own */
    }
    ck_assert_str_ne(world_signin(&w, "Ann.M", WORLD_GOOD), "");
    office_close(&w.o);
}
END_TEST

START_TEST(password__of_many_accounts_cannot_be_tried_from_one_address)
{
    world w;
    char login[32];
    world_open(&w, OFFICE_MEMORY);
    for (int i = 0; i < 31; i++) {
        snprintf(login, sizeof login, "name%d", i);
        world_signin_fails(&w, login, WORLD_OTHER);
    }
    refused(&w.o, ACRM_E_LIMIT, "throttled", "signin.password",
            "{'login':'Ann.M','password':'" WORLD_GOOD "','peer':'192.0.2.7'}");
    acrm_value_free(call(&w.o, "signin.password",
                         "{'login':'Ann.M','password':'" WORLD_GOOD "','peer':'192.0.2.8'}"));
    office_close(&w.o);
}
END_TEST

START_TEST(password__must_be_a_good_one)
{
    static const struct {
        const char *password, *reason;
    } rows[] = {
        { "short", "too_short" },          { "abcdefghijklm", "weak" },
        { "aaaaaaaaaaaaaa", "weak" },      { "1234567890123", "weak" },
        { "Password2026!", "weak" },       { "12Qwertyuiop99", "weak" },
        { "xx Ann.M says", "weak" },       { "North Cars 77", "weak" },
        { "пароль", "too_short" },         { WORLD_OTHER, NULL },
    };
    world w;
    world_open(&w, OFFICE_MEMORY);
    acrm_value *policy = call(&w.o, "signin_policy.list", "{}");
    acrm_value_free(call(&w.o, "signin_policy.update", "{'id':'%s','last_write_wins':true,"
                         "'refused':['North cars']}",
                         office_text(acrm_value_at(acrm_value_get(policy, "items"), 0), "id")));
    acrm_value_free(policy);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].reason)
            refused(&w.o, ACRM_E_INVALID, rows[i].reason, "credential.set_password",
                    "{'id':'%s','password':'%s'}", w.ann_key.text, rows[i].password);
        else
            acrm_value_free(call(&w.o, "credential.set_password", "{'id':'%s','password':'%s'}",
                                 w.ann_key.text, rows[i].password));
    }
    office_close(&w.o);
}
END_TEST

/* Who was given a password may only replace it. */
START_TEST(password__of_staff_is_changed_before_anything_else)
{
    world w;
    world_open(&w, _i);
    acrm_value_free(call(&w.o, "credential.set_password", "{'id':'%s','password':'" WORLD_OTHER
                         "'}", w.ann_key.text));
    world_signin_fails(&w, "Ann.M", WORLD_GOOD);
    const char *token = world_signin(&w, "Ann.M", WORLD_OTHER);
    acrm_session *as = world_as(&w, world_principal(&w, token)), *own = w.o.session;
    ck_assert_int_eq(world_try(as, "customer.list", "{}"), ACRM_E_DENIED);
    ck_assert_int_eq(world_try(as, "credential.change_password",
                               "{'old':'wrong','new':'" WORLD_GOOD "'}"), ACRM_E_DENIED);
    ck_assert_int_eq(world_try(as, "credential.change_password",
                               "{'old':'" WORLD_OTHER "','new':'" WORLD_OTHER "'}"),
                     ACRM_E_INVALID);
    ck_assert_int_eq(world_try(as, "credential.change_password",
                               "{'old':'" WORLD_OTHER "','new':'" WORLD_GOOD "'}"), ACRM_OK);
    ck_assert_int_eq(world_try(as, "customer.list", "{}"), ACRM_E_DENIED); /* ended with it */
    acrm_session_free(as);
    world_ended(&w, token);
    token = world_signin(&w, "Ann.M", WORLD_GOOD);
    as = world_as(&w, world_principal(&w, token));
    ck_assert_int_eq(world_try(as, "customer.list", "{}"), ACRM_OK);
    acrm_session_free(as);
    w.o.session = own;
    office_close(&w.o);
}
END_TEST

START_TEST(password__is_hashed_anew_when_the_policy_asks_for_more)
{
    world w;
    world_open(&w, OFFICE_MEMORY);
    int before = world_verified;
    world_signin(&w, "Ann.M", WORLD_GOOD);
    acrm_value *policy = call(&w.o, "signin_policy.list", "{}");
    acrm_value_free(call(&w.o, "signin_policy.update", "{'id':'%s','last_write_wins':true,"
                         "'memory_kib':2048}",
                         office_text(acrm_value_at(acrm_value_get(policy, "items"), 0), "id")));
    acrm_value_free(policy);
    acrm_value *was = call(&w.o, "credential.get", "{'id':'%s'}", w.ann_key.text);
    ck_assert_str_ne(world_signin(&w, "Ann.M", WORLD_GOOD), "");
    ck_assert_str_ne(world_signin(&w, "Ann.M", WORLD_GOOD), ""); /* the new one is right too */
    ck_assert_int_eq(world_verified - before, 3);
    acrm_value *is = call(&w.o, "credential.get", "{'id':'%s'}", w.ann_key.text);
    ck_assert_str_eq(office_text(was, "password_at"), office_text(is, "password_at"));
    acrm_value_free(was);
    acrm_value_free(is);
    office_close(&w.o);
}
END_TEST

/* Looks for a text everywhere somebody might read. */
static void password_nowhere(world *w, const char *secret)
{
    static const char *const reads[] = {
        "audit.list", "event.list", "credential.list", "signin_session.list", "access_token.list",
        "signin_code.list", "signin_throttle.list",
    };

    for (size_t i = 0; i < sizeof reads / sizeof reads[0]; i++) {
        acrm_buf *out = NULL;
        ck_assert_int_eq(acrm_call_json(w->o.session, reads[i], "{\"limit\":1000}", 14, &out, NULL),
                         ACRM_OK);
        ck_assert_msg(!strstr(acrm_buf_data(out), secret), "%s tells %s", reads[i], secret);
        acrm_buf_free(out);
    }
}

START_TEST(password__and_token_are_nowhere_to_be_read)
{
    char file[1 << 16], *all = NULL;
    size_t len = 0, n;
    world w;
    world_open(&w, OFFICE_SQLITE);
    char token[64];
    snprintf(token, sizeof token, "%s", world_signin(&w, "Ann.M", WORLD_GOOD));
    world_signin_fails(&w, "Ann.M", "wrong and secret");
    password_nowhere(&w, WORLD_GOOD);
    password_nowhere(&w, "wrong and secret");
    password_nowhere(&w, token + 4);
    password_nowhere(&w, "argon2");
    if (under_server()) { /* its own tools make backups */
        char command[256], whole[320];
        under_dump(w.o.path, command);
        snprintf(whole, sizeof whole, "%s >/tmp/acrm_signin.bak", command);
        ck_assert_int_eq(system(whole), 0);
    } else {
        ck_assert_int_eq(world_try(w.o.session, "engine.backup",
                                   "{'path':'/tmp/acrm_signin.bak'}"), ACRM_OK);
    }
    FILE *f = fopen("/tmp/acrm_signin.bak", "rb");
    ck_assert_ptr_nonnull(f);
    while ((n = fread(file, 1, sizeof file, f)) > 0) {
        all = realloc(all, len + n);
        memcpy(all + len, file, n);
        len += n;
    }
    fclose(f);
    unlink("/tmp/acrm_signin.bak");
    bool found = false;
    for (size_t i = 0; i + 43 < len; i++)
        found |= memcmp(all + i, WORLD_GOOD, strlen(WORLD_GOOD)) == 0 ||
                 memcmp(all + i, token + 4, 43) == 0;
    ck_assert(!found);
    free(all);
    office_close(&w.o);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("signin_password");
    TCase *t = tcase_create("signin_password");

    tcase_add_loop_test(t, password__signs_in_who_knows_it, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, password__tells_nothing_about_who_exists, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, password__locks_an_account_and_staff_unlocks_it, 0, OFFICE_STORAGES);
    tcase_add_test(t, password__of_many_accounts_cannot_be_tried_from_one_address);
    tcase_add_test(t, password__must_be_a_good_one);
    tcase_add_loop_test(t, password__of_staff_is_changed_before_anything_else, 0,
                        OFFICE_STORAGES);
    tcase_add_test(t, password__is_hashed_anew_when_the_policy_asks_for_more);
    tcase_add_test(t, password__and_token_are_nowhere_to_be_read);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
