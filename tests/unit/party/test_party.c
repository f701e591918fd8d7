/* SPDX-License-Identifier: MIT */
/* Customers: normalised as they are written, recognised, identified, shown whole. */
#include "support/office.h"
#include "support/suite.h"

#include <stdbool.h>

static const char person[] =
    "{\"given_name\":\"Test\",\"family_name\":\"Person\",\"country\":\"IR\",\"id_country\":\"IR\","
    "\"national_id\":\"\xdb\xb0\xdb\xb0\xdb\xb1\xdb\xb3\xdb\xb5"
    "\xdb\xb4\xdb\xb2\xdb\xb4\xdb\xb1\xdb\xb9\","
    "\"contact_points\":[{\"channel\":\"phone\",\"value\":\"0912 345 6789\"},"
    "{\"channel\":\"email\",\"value\":\" Test.Person@EXAMPLE.com \"}]}";

/* The caller frees it. */
static char *make(office *o, const char *operation, const char *json)
{
    acrm_value *out = office_call(o, operation, json);
    char *id = strdup(office_text(out, "id"));

    acrm_value_free(out);
    return id;
}

START_TEST(customer__is_normalised_as_it_is_written)
{
    office o;
    office_open(&o, _i);
    acrm_value *out = office_call(&o, "customer.create", person);

    ck_assert_str_eq(office_text(out, "name"), "Test Person");
    ck_assert_str_eq(office_text(out, "national_id"), "0013542419");
    acrm_value_free(out);
    out = office_call(&o, "contact_point.list", "{\"order\":[\"channel\"]}");
    const acrm_value *items = acrm_value_get(out, "items");
    ck_assert_str_eq(office_text(acrm_value_at(items, 0), "match_value"),
                     "test.person@example.com");
    ck_assert_str_eq(office_text(acrm_value_at(items, 1), "match_value"), "+989123456789");
    acrm_value_free(out);
    office_close(&o);
}
END_TEST

START_TEST(customer__a_number_that_cannot_be_is_kept_and_marked)
{
    office o;
    office_open(&o, _i);
    acrm_value_free(office_call(&o, "customer.create",
        "{\"name\":\"X\",\"contact_points\":[{\"channel\":\"phone\",\"value\":\"12\"},"
        "{\"channel\":\"email\",\"value\":\"nobody\"}]}"));
    ck_assert_int_eq(office_count(&o, "contact_point.count",
        "{\"where\":{\"valid\":false,\"match_value\":null}}"), 2);
    office_close(&o);
}
END_TEST

START_TEST(customer__a_wrong_identifier_is_refused)
{
    office o;
    office_open(&o, _i);
    office_refused(&o, "customer.create",
                   "{\"name\":\"X\",\"id_country\":\"IR\",\"national_id\":\"0013542418\"}",
                   ACRM_E_INVALID, "national_id", "format");
    office_refused(&o, "customer.create", "{\"kind\":\"person\"}", ACRM_E_INVALID, "name",
                   "required");
    ck_assert_int_eq(office_count(&o, "customer.count", "{}"), 0);
    office_close(&o);
}
END_TEST

static const struct {
    const char *what, *args;
    bool same;
} match_cases[] = {
    { "the same number written otherwise, names in another order",
      "{\"name\":\"person, TEST\",\"contact_points\":[{\"channel\":\"phone\",\"value\":"
      "\"+98 (912) 345-6789\"}]}", true },
    { "the same number without a name",
      "{\"contact_points\":[{\"channel\":\"phone\",\"value\":\"00989123456789\"}]}", true },
    { "the same number, another name: a family shares it",
      "{\"name\":\"Other Human\",\"contact_points\":[{\"channel\":\"phone\",\"value\":"
      "\"+989123456789\"}]}", false },
    { "the same address in capitals",
      "{\"name\":\"Test P\",\"contact_points\":[{\"channel\":\"email\",\"value\":"
      "\"TEST.PERSON@example.COM\"}]}", true },
    { "the same identifier, whatever the name",
      "{\"name\":\"Else\",\"national_id\":\"0013542419\"}",
      true },
    { "a national number of another country",
      "{\"country\":\"DE\","
      "\"contact_points\":[{\"channel\":\"phone\",\"value\":\"0912 345 6789\"}]}",
      false },
    { "nobody", "{\"name\":\"Nobody\"}", false },
};

START_TEST(match__tells_the_same_person_by_exact_signs)
{
    office o;
    office_open(&o, OFFICE_SQLITE);
    char *id = make(&o, "customer.create", person);

    for (size_t i = 0; i < sizeof match_cases / sizeof match_cases[0]; i++) {
        acrm_value *out = office_call(&o, "customer.match", match_cases[i].args);
        const char *found = office_text(out, "customer_id");
        ck_assert_msg((found != NULL) == match_cases[i].same, "%s", match_cases[i].what);
        if (found)
            ck_assert_str_eq(found, id);
        acrm_value_free(out);
    }
    free(id);
    office_close(&o);
}
END_TEST

static const char *const identify_cases[][2] = {
    { "{\"text\":\"\xdb\xb0\xdb\xb9\xdb\xb1\xdb\xb2"
      "\xdb\xb3\xdb\xb4\xdb\xb5\xdb\xb6\xdb\xb7\xdb\xb8\xdb\xb9\",\"country\":\"IR\"}", "phone" },
    { "{\"text\":\"test.person@example.com\"}", "email" },
    { "{\"text\":\"0013542419\"}", "national_id" },
    { "{\"text\":\"pers\"}", "name" },
    { "{\"email\":\"Test.Person@example.com\"}", "email" },
    { "{\"name\":\"person test\"}", "name" },
};

START_TEST(identify__finds_by_whatever_was_said)
{
    office o;
    office_open(&o, OFFICE_SQLITE);
    acrm_value_free(office_call(&o, "customer.create", person));
    acrm_value_free(office_call(&o, "customer.create", "{\"name\":\"Somebody Else\"}"));
    for (size_t i = 0; i < sizeof identify_cases / sizeof identify_cases[0]; i++) {
        acrm_value *out = office_call(&o, "customer.identify", identify_cases[i][0]);
        const acrm_value *items = acrm_value_get(out, "items");
        ck_assert_int_eq((int)acrm_value_count(items), 1);
        const acrm_value *reasons = acrm_value_get(acrm_value_at(items, 0), "reasons");
        ck_assert_str_eq(acrm_value_text(acrm_value_at(reasons, 0), NULL), identify_cases[i][1]);
        acrm_value_free(out);
    }
    office_refused(&o, "customer.identify", "{}", ACRM_E_INVALID, "text", "required");
    office_close(&o);
}
END_TEST

static void make_interactions(office *o, const char *id, int from, int to)
{
    char json[300];

    for (int i = from; i < to; i++) {
        snprintf(json, sizeof json, "{\"customer_id\":\"%s\",\"channel\":\"phone\","
                 "\"subject\":\"call %d\",\"at\":\"2026-01-%02dT10:00:00Z\"}", id, i, i + 1);
        acrm_value_free(office_call(o, "interaction.create", json));
    }
}

START_TEST(view360__costs_the_same_statements_however_much_there_is)
{
    office o;
    char json[80];
    int64_t statements[2];

    office_open(&o, OFFICE_SQLITE);
    char *id = make(&o, "customer.create", person);
    snprintf(json, sizeof json, "{\"id\":\"%s\"}", id);
    for (int i = 0; i < 2; i++) {
        make_interactions(&o, id, i * 2, i * 17 + 2);
        acrm_value_free(office_call(&o, "customer.view360", json));
        statements[i] = acrm_session_statements(o.session);
        acrm_value *out = office_call(&o, "customer.view360", json);
        statements[i] = acrm_session_statements(o.session) - statements[i];
        const acrm_value *calls = acrm_value_get(acrm_value_get(out, "related"), "interactions");
        ck_assert_int_eq(office_number(calls, "count"), i * 17 + 2);
        ck_assert_str_eq(office_text(acrm_value_get(out, "customer"), "name"), "Test Person");
        acrm_value_free(out);
    }
    ck_assert_int_eq(statements[0], statements[1]);
    free(id);
    office_close(&o);
}
END_TEST

START_TEST(timeline__is_newest_first_and_goes_on_page_by_page)
{
    office o;
    char json[160];
    int seen = 0;
    char before[40] = "";

    office_open(&o, _i);
    char *id = make(&o, "customer.create", person);
    make_interactions(&o, id, 0, 12);
    for (int page = 0; page < 4; page++) {
        snprintf(json, sizeof json, "{\"id\":\"%s\",\"limit\":5%s%s%s}", id,
                 *before ? ",\"before\":\"" : "", before, *before ? "\"" : "");
        acrm_value *out = office_call(&o, "customer.timeline", json);
        const acrm_value *items = acrm_value_get(out, "items");
        for (size_t i = 0; i < acrm_value_count(items); i++) {
            char want[40];
            snprintf(want, sizeof want, "2026-01-%02dT10:00:00Z", 12 - seen++);
            ck_assert_str_eq(office_text(acrm_value_at(items, i), "at"), want);
        }
        const char *next = office_text(out, "before");
        snprintf(before, sizeof before, "%s", next ? next : "");
        acrm_value_free(out);
        if (!*before)
            break;
    }
    ck_assert_int_eq(seen, 12);
    free(id);
    office_close(&o);
}
END_TEST

START_TEST(customer__is_looked_after_by_who_takes_the_first_lead)
{
    office o, seller = { 0 };
    acrm_error *err = NULL;
    char json[300], principal[64];

    office_open(&o, _i);
    char *dealer = make(&o, "dealer.create", "{\"name\":\"D\",\"code\":\"D\"}");
    acrm_value *roles = office_call(&o, "role.list", "{\"where\":{\"name\":\"salesperson\"}}");
    snprintf(json, sizeof json, "{\"name\":\"Seller\",\"login\":\"s\",\"takes_leads\":true,"
             "\"dealer_id\":\"%s\",\"role_id\":\"%s\"}", dealer,
             office_text(acrm_value_at(acrm_value_get(roles, "items"), 0), "id"));
    acrm_value_free(roles);
    char *user = make(&o, "user.create", json);
    char *customer = make(&o, "customer.create", person);
    snprintf(principal, sizeof principal, "user:%s", user);
    ck_assert_int_eq(acrm_session_new(o.engine, principal, &seller.session, &err), ACRM_OK);

    snprintf(json, sizeof json, "{\"id\":\"%s\"}", customer);
    office_refused(&seller, "customer.get", json, ACRM_E_NOTFOUND, "id", "reference");
    snprintf(json, sizeof json, "{\"customer_id\":\"%s\",\"model\":\"X\"}", customer);
    char *lead = make(&o, "lead.create", json);
    snprintf(json, sizeof json, "{\"id\":\"%s\",\"user_id\":\"%s\"}", lead, user);
    acrm_value_free(office_call(&o, "lead.assign", json));
    snprintf(json, sizeof json, "{\"id\":\"%s\"}", customer);
    acrm_value *seen = office_call(&seller, "customer.get", json);
    ck_assert_str_eq(office_text(seen, "owner_id"), user);
    ck_assert_str_eq(office_text(seen, "dealer_id"), dealer);
    acrm_value_free(seen);
    acrm_session_free(seller.session);
    free(dealer);
    free(user);
    free(customer);
    free(lead);
    office_close(&o);
}
END_TEST

static Suite *party_suite(void)
{
    Suite *suite = suite_create("party");
    TCase *tc = tcase_create("party");

    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, customer__is_normalised_as_it_is_written, 0, OFFICE_STORAGES);
    tcase_add_loop_test(tc, customer__a_number_that_cannot_be_is_kept_and_marked, 0,
                        OFFICE_STORAGES);
    tcase_add_loop_test(tc, customer__a_wrong_identifier_is_refused, 0, OFFICE_STORAGES);
    tcase_add_test(tc, match__tells_the_same_person_by_exact_signs);
    tcase_add_test(tc, identify__finds_by_whatever_was_said);
    tcase_add_test(tc, view360__costs_the_same_statements_however_much_there_is);
    tcase_add_loop_test(tc, timeline__is_newest_first_and_goes_on_page_by_page, 0, OFFICE_STORAGES);
    tcase_add_loop_test(tc, customer__is_looked_after_by_who_takes_the_first_lead, 0,
                        OFFICE_STORAGES);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(party_suite)
