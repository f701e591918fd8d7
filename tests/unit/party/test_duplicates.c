/* SPDX-License-Identifier: MIT */
/* Duplicates: rules checked, found at create, at intake and over what exists, decided; customers
 * identified by whatever field is declared to. */
#include "support/office.h"
#include "support/suite.h"

#include <stdbool.h>
#include <stdlib.h>

static char *make(office *o, const char *operation, const char *json)
{
    acrm_value *out = office_call(o, operation, json);
    char *id = strdup(office_text(out, "id"));

    acrm_value_free(out);
    return id;
}

/* One with a name, a phone number and perhaps more fields. */
static char *make_person(office *o, const char *name, const char *phone, const char *more)
{
    char json[600];

    snprintf(json, sizeof json, "{\"name\":\"%s\",\"contact_points\":[{\"channel\":\"phone\","
             "\"value\":\"%s\"}]%s}", name, phone, more);
    return make(o, "customer.create", json);
}

static int64_t open_pairs(office *o)
{
    return office_count(o, "duplicate_candidate.count", "{\"where\":{\"status\":\"open\"}}");
}

static void act(office *o, const char *operation, const char *id)
{
    char json[200];

    snprintf(json, sizeof json, "{\"id\":\"%s\"}", id);
    acrm_value_free(office_call(o, operation, json));
}

static char *first_pair(office *o)
{
    acrm_value *out = office_call(o, "duplicate_candidate.list", "{}");
    char *id = strdup(office_text(acrm_value_at(acrm_value_get(out, "items"), 0), "id"));

    acrm_value_free(out);
    return id;
}

/* --- Rules --- */

static const struct {
    const char *conditions, *field, *reason;
} rule_faults[] = {
    { "{\"field\":\"nmae\"}", "conditions", "unknown_field" },
    { "{\"$and\":[{\"field\":\"email\"},{\"$or\":[{\"field\":\"match_name\"}]}]}",
      "conditions.$and[1].$or[0]", "unknown_field" },
    { "{\"field\":\"name\",\"how\":\"sounds\"}", "conditions", "choice" },
    { "{\"$or\":[{\"field\":\"name\",\"weight\":101}]}", "conditions.$or[0]", "range" },
    { "{\"field\":\"name\",\"least\":3}", "conditions", "unknown_field" },
    { "{\"$and\":[]}", "conditions", "type" },
    { "{\"$and\":[{\"field\":\"name\"}],\"weight\":3}", "conditions", "type" },
    { "{\"$or\":[7]}", "conditions.$or[0]", "type" },
    { "{}", "conditions", "required" },
    { "[]", "conditions", "type" },
};

START_TEST(match_rule__names_what_it_cannot_read)
{
    office o;
    char json[300];

    office_open(&o, OFFICE_MEMORY);
    for (size_t i = 0; i < sizeof rule_faults / sizeof rule_faults[0]; i++) {
        snprintf(json, sizeof json, "{\"name\":\"R\",\"position\":9,\"conditions\":%s}",
                 rule_faults[i].conditions);
        office_refused(&o, "match_rule.create", json, ACRM_E_INVALID, rule_faults[i].field,
                       rule_faults[i].reason);
    }
    office_refused(&o, "match_rule.create", "{\"name\":\"R\",\"position\":9,\"review\":80,"
                   "\"automatic\":70,\"conditions\":{\"field\":\"email\"}}", ACRM_E_INVALID,
                   "automatic", "range");
    office_close(&o);
}
END_TEST

/* An own rule decides: e-mail address and city, whatever the name. */
START_TEST(match_rule__is_data)
{
    office o;

    char json[300];

    office_open(&o, _i);
    acrm_value *rules = office_call(&o, "match_rule.list", "{}");
    const acrm_value *items = acrm_value_get(rules, "items");
    ck_assert_uint_gt(acrm_value_count(items), 3); /* there are some to begin with */
    for (size_t i = 0; i < acrm_value_count(items); i++) {
        snprintf(json, sizeof json, "{\"id\":\"%s\",\"active\":false,\"last_write_wins\":true}",
                 office_text(acrm_value_at(items, i), "id"));
        acrm_value_free(office_call(&o, "match_rule.update", json));
    }
    acrm_value_free(rules);
    free(make_person(&o, "Ada", "+39 347 1234567", ",\"city\":\"Roma\",\"notes\":\"x\""));
    free(make_person(&o, "Ivo", "+39 347 1234567", ",\"city\":\"roma\",\"notes\":\"y\""));
    free(make_person(&o, "Ugo", "+39 347 1234567", ",\"city\":\"Rome\""));
    acrm_value_free(office_call(&o, "customer.duplicates", "{}"));
    ck_assert_int_eq(open_pairs(&o), 0);
    acrm_value_free(office_call(&o, "match_rule.create",
        "{\"name\":\"Mine\",\"position\":1,\"review\":50,\"automatic\":60,"
        "\"conditions\":{\"$and\":["
        "{\"field\":\"phone\",\"weight\":50},"
        "{\"field\":\"city\",\"how\":\"fuzzy\",\"at_least\":75,\"weight\":20},"
        "{\"field\":\"notes\",\"how\":\"differs\"}]}}"));
    acrm_value_free(office_call(&o, "customer.duplicates", "{}"));
    ck_assert_int_eq(open_pairs(&o), 1);
    acrm_value *out = office_call(&o, "duplicate_candidate.list", "{}");
    const acrm_value *pair = acrm_value_at(acrm_value_get(out, "items"), 0);
    ck_assert_int_eq(office_number(pair, "score"), 60); /* 1 - 0.5 x 0.8 */
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(pair, "signs")), 2);
    acrm_value_free(out);
    office_close(&o);
}
END_TEST

/* --- Finding --- */

START_TEST(duplicates__are_found_in_steps_and_once)
{
    office o;
    int64_t left = 100;

    office_open(&o, _i);
    free(make_person(&o, "Marco Bellini", "+39 347 1234567", ""));
    free(make_person(&o, "Bellini Mraco", "0039 347 123 4567", ""));
    free(make_person(&o, "Luca Bellini", "+39 347 1234567", ""));
    free(make_person(&o, "Marco Bellini", "+39 347 7654321", ",\"birth_date\":\"1980-01-01\""));
    for (bool finished = false; !finished; left--) {
        acrm_value *out = office_call(&o, "customer.duplicates", "{\"steps\":1}");
        finished = acrm_value_bool(acrm_value_get(out, "finished")) != 0;
        if (finished)
            ck_assert_int_eq(office_number(out, "found"), 1);
        ck_assert_int_gt(left, 0);
        acrm_value_free(out);
    }
    acrm_value *out = office_call(&o, "duplicate_candidate.list", "{}");
    const acrm_value *pair = acrm_value_at(acrm_value_get(out, "items"), 0);
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "items")), 1);
    ck_assert_str_eq(office_text(pair, "rule"), "Same name and number or address");
    ck_assert(acrm_value_bool(acrm_value_get(pair, "automatic")));
    const acrm_value *sign = acrm_value_at(acrm_value_get(pair, "signs"), 0);
    ck_assert_str_eq(office_text(sign, "field"), "name");
    ck_assert_str_eq(acrm_value_text(acrm_value_at(acrm_value_get(sign, "how"), 0), NULL), "slip");
    ck_assert_int_eq(office_number(sign, "similarity"), 84);
    acrm_value_free(out);
    out = office_call(&o, "customer.duplicates", "{}"); /* again: nothing is new */
    ck_assert_int_eq(office_number(out, "found") + office_number(out, "changed"), 0);
    acrm_value_free(out);
    ck_assert_int_eq(open_pairs(&o), 1);
    office_close(&o);
}
END_TEST

START_TEST(duplicates__follow_what_is_written_deleted_and_restored)
{
    office o;
    char json[300];

    office_open(&o, _i);
    char *a = make_person(&o, "Marco Bellini", "+39 347 1234567", "");
    char *b = make_person(&o, "Ada Conti", "+39 347 7654321", "");
    acrm_value_free(office_call(&o, "customer.duplicates", "{}"));
    ck_assert_int_eq(open_pairs(&o), 0);
    snprintf(json, sizeof json, "{\"id\":\"%s\",\"last_write_wins\":true,\"name\":\"M. Bellini\"}",
             b);
    acrm_value_free(office_call(&o, "customer.update", json));
    snprintf(json, sizeof json, "{\"customer_id\":\"%s\",\"channel\":\"phone\","
             "\"value\":\"+393471234567\"}", b);
    acrm_value_free(office_call(&o, "contact_point.create", json));
    snprintf(json, sizeof json, "{\"id\":\"%s\",\"last_write_wins\":true}", a);
    acrm_value_free(office_call(&o, "customer.delete", json));
    acrm_value_free(office_call(&o, "customer.duplicates", "{}"));
    ck_assert_int_eq(open_pairs(&o), 0); /* one of them is gone */
    snprintf(json, sizeof json, "{\"id\":\"%s\"}", a);
    acrm_value_free(office_call(&o, "customer.restore", json));
    acrm_value_free(office_call(&o, "customer.duplicates", "{}"));
    ck_assert_int_eq(open_pairs(&o), 1);
    free(a);
    free(b);
    office_close(&o);
}
END_TEST

START_TEST(duplicates__rejected_stay_rejected)
{
    office o;

    office_open(&o, _i);
    free(make_person(&o, "Marco Bellini", "+39 347 1234567", ""));
    free(make_person(&o, "Bellini Mraco", "+39 347 1234567", ""));
    acrm_value_free(office_call(&o, "customer.duplicates", "{}"));
    char *id = first_pair(&o);
    act(&o, "duplicate_candidate.reject", id);
    acrm_value_free(office_call(&o, "customer.duplicates", "{}"));
    ck_assert_int_eq(open_pairs(&o), 0);
    act(&o, "duplicate_candidate.reopen", id);
    ck_assert_int_eq(open_pairs(&o), 1);
    act(&o, "duplicate_candidate.accept", id);
    ck_assert_int_eq(open_pairs(&o), 0);
    ck_assert_int_eq(office_count(&o, "customer.count", "{}"), 1);
    acrm_value_free(office_call(&o, "customer.duplicates", "{\"rebuild\":true}"));
    ck_assert_int_eq(open_pairs(&o), 0);
    free(id);
    office_close(&o);
}
END_TEST

/* --- At create and at intake --- */

START_TEST(create__warns_or_refuses_as_it_is_asked_to)
{
    static const char again[] = "{\"name\":\"Belini Marco\",\"duplicates\":\"%s\","
        "\"contact_points\":[{\"channel\":\"phone\",\"value\":\"+393471234567\"}]}";
    office o;
    char json[300];

    office_open(&o, _i);
    free(make_person(&o, "Marco Bellini", "+39 347 1234567", ""));
    snprintf(json, sizeof json, again, "refuse");
    office_refused(&o, "customer.create", json, ACRM_E_CONFLICT, "name", "duplicate");
    ck_assert_int_eq(office_count(&o, "customer.count", "{}"), 1);
    snprintf(json, sizeof json, again, "allow");
    acrm_value_free(office_call(&o, "customer.create", json));
    ck_assert_int_eq(open_pairs(&o), 0);
    snprintf(json, sizeof json, again, "warn");
    acrm_value_free(office_call(&o, "customer.create", json));
    ck_assert_int_eq(open_pairs(&o), 2);
    snprintf(json, sizeof json, again, "perhaps");
    office_refused(&o, "customer.create", json, ACRM_E_INVALID, "duplicates", "choice");
    office_close(&o);
}
END_TEST

START_TEST(intake__attaches_what_a_rule_is_sure_of_and_lists_what_it_doubts)
{
    office o;

    office_open(&o, _i);
    /* No word of the names is the same, only their sounds. */
    char *id = make_person(&o, "\xD0\x9C\xD0\xB0\xD1\x80\xD0\xBA\xD0\xBE "
                           "\xD0\x91\xD0\xB5\xD0\xBB\xD0\xBB\xD0\xB8\xD0\xBD\xD0\xB8",
                           "+39 347 1234567", "");
    acrm_value *out = office_call(&o, "lead.submit",
        "{\"customer\":{\"name\":\"Marco Bellini\",\"contact_points\":[{\"channel\":\"phone\","
        "\"value\":\"+39 347 1234567\"}]},\"lead\":{\"level\":\"H\"}}");
    ck_assert_str_eq(office_text(out, "customer_id"), id);
    acrm_value_free(out);
    out = office_call(&o, "lead.submit",
        "{\"customer\":{\"name\":\"M. Belini\",\"contact_points\":[{\"channel\":\"phone\","
        "\"value\":\"+39 347 1234567\"}]},\"lead\":{\"level\":\"H\"}}");
    ck_assert_str_ne(office_text(out, "customer_id"), id);
    acrm_value_free(out);
    ck_assert_int_eq(open_pairs(&o), 1);
    free(id);
    office_close(&o);
}
END_TEST

/* --- Identifying --- */

static const char *const identify_cases[][2] = {
    { "{\"text\":\"AB-2026/17\"}", "contract_number" },
    { "{\"text\":\"ab-2026/17\"}", "contract_number" },
    { "{\"contract_number\":\"AB-2026/17\"}", "contract_number" },
    { "{\"text\":\"12b34567\"}", "plate" },
    { "{\"plate\":\"12 B 345 67\"}", "plate" },
    { "{\"text\":\"1m8gdm9axkp042788\"}", "vin" },
    { "{\"vin\":\"1M8GDM9AXKP042788\"}", "vin" },
    { "{\"text\":\"7700-01x\"}", "member_card" },
    { "{\"text\":\"7700-01X\",\"kind\":\"member_card\"}", "member_card" },
};

START_TEST(identify__finds_by_whatever_is_declared_to_identify)
{
    office o;
    char json[300];

    office_open(&o, _i);
    char *person = make_person(&o, "Ada Conti", "+39 347 1234567", "");
    char *car = make(&o, "vehicle.create", "{\"vin\":\"1m8gdm9axkp042788\",\"make\":\"Acme\","
                     "\"plate\":\"12 B 345-67\"}");
    snprintf(json, sizeof json, "{\"vehicle_id\":\"%s\",\"customer_id\":\"%s\"}", car, person);
    acrm_value_free(office_call(&o, "vehicle_ownership.create", json));
    snprintf(json, sizeof json, "{\"number\":\"AB-2026/17\",\"customer_id\":\"%s\"}", person);
    acrm_value_free(office_call(&o, "sales_contract.create", json));
    snprintf(json, sizeof json, "{\"number\":\"77 00-01x\",\"customer_id\":\"%s\"}", person);
    acrm_value_free(office_call(&o, "member_card.create", json));
    for (size_t i = 0; i < sizeof identify_cases / sizeof identify_cases[0]; i++) {
        acrm_value *out = office_call(&o, "customer.identify", identify_cases[i][0]);
        const acrm_value *first = acrm_value_at(acrm_value_get(out, "items"), 0);
        ck_assert_msg(first != NULL, "%s", identify_cases[i][0]);
        ck_assert_str_eq(office_text(acrm_value_get(first, "customer"), "id"), person);
        ck_assert_str_eq(acrm_value_text(acrm_value_at(acrm_value_get(first, "reasons"), 0), NULL),
                         identify_cases[i][1]);
        acrm_value_free(out);
    }
    office_refused(&o, "customer.identify", "{\"text\":\"x\",\"kind\":\"shoe\"}", ACRM_E_INVALID,
                   "kind", "choice");
    free(car);
    free(person);
    office_close(&o);
}
END_TEST

START_TEST(identify__ranks_the_latest_owner_first)
{
    office o;
    char json[300];

    office_open(&o, OFFICE_MEMORY);
    char *first = make_person(&o, "Ada Conti", "+39 347 1234567", "");
    char *second = make_person(&o, "Ivo Greco", "+39 347 7654321", "");
    char *car = make(&o, "vehicle.create", "{\"plate\":\"X 1\"}");
    snprintf(json, sizeof json, "{\"vehicle_id\":\"%s\",\"customer_id\":\"%s\","
             "\"from_date\":\"2010-01-01\",\"to_date\":\"2020-01-01\"}", car, first);
    acrm_value_free(office_call(&o, "vehicle_ownership.create", json));
    snprintf(json, sizeof json, "{\"vehicle_id\":\"%s\",\"customer_id\":\"%s\"}", car, second);
    acrm_value_free(office_call(&o, "vehicle_ownership.create", json));
    acrm_value *out = office_call(&o, "customer.identify", "{\"plate\":\"x1\"}");
    const acrm_value *items = acrm_value_get(out, "items");
    ck_assert_uint_eq(acrm_value_count(items), 2);
    ck_assert_str_eq(office_text(acrm_value_get(acrm_value_at(items, 0), "customer"), "id"),
                     second);
    acrm_value_free(out);
    snprintf(json, sizeof json, "{\"id\":\"%s\"}", second);
    out = office_call(&o, "customer.timeline", json);
    ck_assert_str_eq(office_text(acrm_value_at(acrm_value_get(out, "items"), 0), "entity"),
                     "vehicle_ownership");
    acrm_value_free(out);
    free(car);
    free(second);
    free(first);
    office_close(&o);
}
END_TEST

START_TEST(vehicle__is_checked_as_it_is_written)
{
    office o;

    office_open(&o, OFFICE_MEMORY);
    office_refused(&o, "vehicle.create", "{\"vin\":\"1M8GDM9A0KP042788\"}", ACRM_E_INVALID, "vin",
                   "format");
    office_refused(&o, "vehicle.create", "{\"vin\":\"123\"}", ACRM_E_INVALID, "vin", "format");
    acrm_value *out = office_call(&o, "vehicle.create",
                                  "{\"vin\":\" 1m8gdm9axkp042788\",\"make\":\"Acme\","
                                  "\"plate\":\"X 1\"}");
    ck_assert_str_eq(office_text(out, "vin"), "1M8GDM9AXKP042788");
    ck_assert_str_eq(office_text(out, "name"), "Acme X 1");
    acrm_value_free(out);
    office_refused(&o, "vehicle.create", "{\"vin\":\"1M8GDM9AXKP042788\"}", ACRM_E_CONFLICT, "vin",
                   "duplicate");
    office_refused(&o, "vehicle_ownership.create", "{}", ACRM_E_INVALID, "vehicle_id", "required");
    office_close(&o);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("party_duplicates");
    TCase *t = tcase_create("party_duplicates");

    tcase_add_test(t, match_rule__names_what_it_cannot_read);
    tcase_add_loop_test(t, duplicates__are_found_in_steps_and_once, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, duplicates__follow_what_is_written_deleted_and_restored, 0,
                        OFFICE_STORAGES);
    tcase_add_loop_test(t, duplicates__rejected_stay_rejected, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, match_rule__is_data, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, create__warns_or_refuses_as_it_is_asked_to, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, intake__attaches_what_a_rule_is_sure_of_and_lists_what_it_doubts, 0,
                        OFFICE_STORAGES);
    tcase_add_loop_test(t, identify__finds_by_whatever_is_declared_to_identify, 0,
                        OFFICE_STORAGES);
    tcase_add_test(t, identify__ranks_the_latest_owner_first);
    tcase_add_test(t, vehicle__is_checked_as_it_is_written);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
