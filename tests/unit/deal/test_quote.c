/* SPDX-License-Identifier: MIT */
/* Quotes: what they come to, within whose limits, how long they are good. */
#include "deal_world.h"
#include "support/suite.h"

static deal_world w;

#define LINES "'lines':[{'kind':'vehicle','code':'X5','name':'Exemplar X5','amount':'20000.00'},"

/* --- Sums --- */

START_TEST(quote__adds_up_to_the_cent)
{
    static const struct {
        const char *field, *value;
    } want[] = {
        { "list_total", "20130.00" }, { "discount_total", "1002.50" }, { "discount_rate", "0.05" },
        { "net_total", "19127.50" }, { "tax_total", "3634.23" }, { "gross_total", "22761.73" },
        { "rebate_total", "0.00" }, { "total", "22761.73" }, { "debt_total", "500.00" },
        { "payable", "23261.73" }, { "deposit_total", "3000.00" }, { "due", "20261.73" },
        { "number", "Q-NORTH-2025-000001" }, { "valid_until", "2025-01-24" },
        { "priced_on", "2025-01-10" }, { "state", "draft" }, { "payment", "cash" },
    };
    char quote[72];

    deal_open(&w, _i);
    deal_does(&w.o, "quote.create", deal_quote(&w, "," LINES
              "{'kind':'accessory','code':'M1','name':'Mats','amount':'12.50','quantity':4},"
              "{'kind':'discount','rate':'0.05'},{'kind':'fee','amount':'80'}],"
              "'deposit':'3000','trade_in_debt':'500'"), "id", quote);
    for (size_t i = 0; i < sizeof want / sizeof want[0]; i++)
        deal_is(&w.o, "quote", quote, want[i].field, want[i].value);
    acrm_value *lines = office_call(&w.o, "quote_line.list",
                                    deal_json("{'where':{'quote_id':'%s'},'order':['position']}",
                                              quote));
    const acrm_value *items = acrm_value_get(lines, "items");
    ck_assert_uint_eq(acrm_value_count(items), 6);
    ck_assert_str_eq(office_text(acrm_value_at(items, 0), "discount"), "1000.00");
    ck_assert_str_eq(office_text(acrm_value_at(items, 1), "discount"), "2.50");
    ck_assert_str_eq(office_text(acrm_value_at(items, 2), "quoted"), "-1002.50");
    ck_assert_str_eq(office_text(acrm_value_at(items, 3), "gross"), "95.20");
    acrm_value_free(lines);
    office_close(&w.o);
}
END_TEST

START_TEST(quote__shows_instalments_that_pay_what_is_due)
{
    char quote[72];

    deal_open(&w, _i);
    deal_does(&w.o, "quote.create", deal_quote(&w, ",'deposit':'3800','payment':'credit',"
              "'finance':{'rate':'0.06','periods':48,'balloon':'8000.00'}"), "id", quote);
    deal_is(&w.o, "quote", quote, "due", "20000.00");
    deal_is(&w.o, "quote", quote, "financed", "20000.00");
    deal_is(&w.o, "quote", quote, "instalment", "321.82"); /* as published: semantics of B6.9 */
    deal_is(&w.o, "quote", quote, "balloon", "8000.00");
    deal_is(&w.o, "quote", quote, "apr", "6.17"); /* (1 + 0.06 / 12)^12 - 1 */
    deal_does(&w.o, "quote.create", deal_quote(&w, ",'deposit':'3800','payment':'lease','finance':"
              "{'money_factor':'0.00125','months':36,'residual':'12000'}"), "id", quote);
    deal_is(&w.o, "quote", quote, "financed", "20000.00");
    deal_is(&w.o, "quote", quote, "balloon", "12000.00");
    deal_is(&w.o, "quote", quote, "instalment", "262.22"); /* 8000/36 + 32000 * 0.00125 */
    office_close(&w.o);
}
END_TEST

/* --- Bad input --- */

static const struct {
    const char *more, *field, *reason;
} faults[] = {
    { ",'currency':'EUX'", "currency", "currency" },
    { ",'valid_until':'2025-01-09'", "valid_until", "range" },
    { "," LINES "{'kind':'gift','amount':'1'}]", "lines[1].kind", "choice" },
    { "," LINES "{'amount':'1'}]", "lines[1].kind", "choice" },
    { "," LINES "{'kind':'deposit','amount':'1'}]", "lines[1].kind", "choice" },
    { "," LINES "{'kind':'fee','amount':'-1'}]", "lines[1].amount", "range" },
    { "," LINES "{'kind':'fee','amount':'1.005'}]", "lines[1].amount", "format" },
    { "," LINES "{'kind':'fee','prize':'1'}]", "lines[1].prize", "unknown_field" },
    { "," LINES "{'kind':'fee','amount':'1','net':'1'}]", "lines[1].net", "read_only" },
    { "," LINES "{'kind':'fee','amount':'1','tax_rate':'11'}]", "lines[1].tax_rate", "range" },
    { "," LINES "{'kind':'discount','amount':'20001'}]", "lines[1].amount", "range" },
    { "," LINES "{'kind':'discount','amount':'1','on':'nothing'}]", "lines[1].on", "range" },
    { "," LINES "{'kind':'discount','rate':'1.5'}]", "lines[1].rate", "range" },
    { "," LINES "{'kind':'rebate','amount':'30000'}]", "lines", "range" },
    { ",'lines':[]", "lines", "range" },
    { ",'deposit':'x'", "deposit", "format" },
    { ",'finance':{'rate':'0.06'}", "finance", "payment" },
    { ",'payment':'credit'", "finance", "required" },
    { ",'payment':'credit','finance':{'price':'1'}", "finance", "of_quote" },
    { ",'payment':'credit','finance':{'periods':0}", "periods", "range" },
    { ",'payment':'credit','deposit':'23800','finance':{'periods':2}", "finance", "range" },
};

START_TEST(quote__names_what_is_wrong)
{
    deal_open(&w, OFFICE_MEMORY);
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        const char *json = deal_quote(&w, faults[i].more);
        acrm_error *err = NULL;
        ck_assert_int_ne(acrm_call_json(w.o.session, "quote.create", json, strlen(json), NULL,
                                        &err), ACRM_OK);
        ck_assert_msg(strcmp(acrm_error_field(err), faults[i].field) == 0, "%s: %s",
                      faults[i].more, acrm_error_json(err));
        ck_assert_msg(strcmp(acrm_error_reason(err), faults[i].reason) == 0, "%s: %s",
                      faults[i].more, acrm_error_json(err));
        acrm_error_free(err);
    }
    ck_assert_int_eq(office_count(&w.o, "quote.count", "{}"), 0);
    ck_assert_int_eq(office_count(&w.o, "quote_line.count", "{}"), 0);
    ck_assert_int_eq(office_count(&w.o, "deal_counter.count", "{}"), 0);
    deal_does(&w.o, "vehicle.sell", deal_json("{'id':'%s','customer_id':'%s'}", w.car,
                                              w.customer), NULL, NULL);
    office_refused(&w.o, "quote.create", deal_quote(&w, ""), ACRM_E_CONFLICT, "vehicle_id",
                   "sold");
    office_close(&w.o);
}
END_TEST

START_TEST(quote__is_of_the_customer_of_its_lead)
{
    char other[72], lead[72], quote[72];

    deal_open(&w, _i);
    deal_does(&w.o, "customer.create", "{\"name\":\"Ivo\"}", "id", other);
    deal_does(&w.o, "lead.create", deal_json("{'customer_id':'%s','dealer_id':'%s'}", w.customer,
                                             w.dealer), "id", lead);
    deal_does(&w.o, "quote.create", deal_json("{'lead_id':'%s','currency':'EUR','lines':"
              "[{'kind':'vehicle','amount':'1'}]}", lead), "id", quote);
    deal_is(&w.o, "quote", quote, "customer_id", w.customer);
    deal_is(&w.o, "quote", quote, "dealer_id", w.dealer);
    office_refused(&w.o, "quote.create", deal_json("{'lead_id':'%s','customer_id':'%s',"
                   "'currency':'EUR','lines':[{'kind':'vehicle','amount':'1'}]}", lead, other),
                   ACRM_E_INVALID, "lead_id", "mismatch");
    office_refused(&w.o, "quote.create", "{\"currency\":\"EUR\"}", ACRM_E_INVALID, "customer_id",
                   "required");
    office_close(&w.o);
}
END_TEST

/* --- A configured car --- */

static void catalogue(char trim[72])
{
    char make[72], model[72], option[72], list[72];

    deal_does(&w.o, "vehicle_make.create", "{\"name\":\"Exemplar\"}", "id", make);
    deal_does(&w.o, "vehicle_model.create", deal_json("{'make_id':'%s','name':'X5'}", make), "id",
              model);
    deal_does(&w.o, "vehicle_trim.create", deal_json("{'model_id':'%s','name':'Hybrid','code':"
              "'HY','model_year':2025}", model), "id", trim);
    deal_does(&w.o, "price_list.create", deal_json("{'name':'2025','currency':'EUR','valid_from':"
              "'2025-01-01','valid_to':'2025-01-20','tax_rate':'0.19'}"), "id", list);
    deal_does(&w.o, "price_item.create", deal_json("{'price_list_id':'%s','trim_id':'%s',"
              "'currency':'EUR','amount':'30000.00'}", list, trim), NULL, NULL);
    static const char *const options[][3] = { { "TOW", "accessory", "899.99" },
                                              { "BASIC", "equipment", "-500.00" } };
    for (size_t i = 0; i < 2; i++) {
        deal_does(&w.o, "vehicle_option.create", deal_json("{'make_id':'%s','code':'%s','name':"
                  "'%s','kind':'%s'}", make, options[i][0], options[i][0], options[i][1]), "id",
                  option);
        deal_does(&w.o, "trim_option.create", deal_json("{'trim_id':'%s','option_id':'%s'}", trim,
                                                        option), NULL, NULL);
        deal_does(&w.o, "price_item.create", deal_json("{'price_list_id':'%s','option_id':'%s',"
                  "'currency':'EUR','amount':'%s'}", list, option, options[i][2]), NULL, NULL);
    }
}

START_TEST(quote__takes_a_configured_car_at_its_prices)
{
    char trim[72], configuration[72], quote[72], bound[72], total[72];

    deal_open(&w, _i);
    catalogue(trim);
    deal_does(&w.o, "configuration.create", deal_json("{'trim_id':'%s','options':['TOW','BASIC'],"
              "'customer_id':'%s'}", trim, w.customer), "id", configuration);
    deal_does(&w.o, "configuration.get", deal_json("{'id':'%s'}", configuration), "total", total);
    ck_assert_str_eq(total, "36175.99"); /* (30000 - 500 + 899.99) * 1.19 */
    deal_does(&w.o, "quote.create", deal_json("{'customer_id':'%s','configuration_id':'%s'}",
                                              w.customer, configuration), "id", quote);
    deal_is(&w.o, "quote", quote, "total", total);
    deal_is(&w.o, "quote", quote, "currency", "EUR");
    deal_does(&w.o, "quote.issue", deal_json("{'id':'%s'}", quote), NULL, NULL);
    office_refused(&w.o, "quote.create", deal_json("{'customer_id':'%s','configuration_id':'%s',"
                   "'currency':'USD'}", w.customer, configuration), ACRM_E_INVALID, "currency",
                   "currency");
    office_refused(&w.o, "quote.create", deal_json("{'customer_id':'%s','configuration_id':'%s',"
                   "'lines':[{'kind':'vehicle','amount':'1'}]}", w.customer, configuration),
                   ACRM_E_INVALID, "lines[0].kind", "priced");
    deal_does(&w.o, "quote.create", deal_json("{'customer_id':'%s','configuration_id':'%s',"
              "'lines':[{'kind':'discount','amount':'100','on':'TOW'}]}", w.customer,
              configuration), "id", quote);
    deal_is(&w.o, "quote", quote, "total", "36056.99");
    deal_does(&w.o, "quote.issue", deal_json("{'id':'%s'}", quote), NULL, NULL);
    deal_does(&w.o, "quote.accept", deal_json("{'id':'%s'}", quote), NULL, NULL);
    deal_is(&w.o, "configuration", configuration, "state", "used");
    deal_does(&w.o, "quote.create", deal_json("{'customer_id':'%s','configuration_id':'%s'}",
                                              w.customer, configuration), "id", quote);
    deal_does(&w.o, "quote.create", deal_json("{'customer_id':'%s','configuration_id':'%s'}",
                                              w.customer, configuration), "id", bound);
    deal_does(&w.o, "quote.issue", deal_json("{'id':'%s'}", bound), NULL, NULL);
    deal_clock += 11 * DEAL_DAY; /* the list was in force until the 20th */
    office_refused(&w.o, "quote.issue", deal_json("{'id':'%s'}", quote), ACRM_E_CONFLICT,
                   "configuration_id", "price_list_expired");
    deal_does(&w.o, "quote.accept", deal_json("{'id':'%s'}", bound), NULL, NULL); /* it binds */
    office_refused(&w.o, "quote.revise", deal_json("{'id':'%s'}", quote), ACRM_E_CONFLICT,
                   "configuration_id", "price_list_expired");
    deal_is(&w.o, "quote", quote, "state", "draft");
    office_close(&w.o);
}
END_TEST

/* --- Limits of discounts --- */

START_TEST(discount__past_the_limit_needs_another_person)
{
    acrm_session *system, *seller;
    char user[72], boss[72], role[72], quote[72];

    deal_open(&w, _i);
    system = deal_as(&w, "seller", "salesperson", user);
    seller = w.o.session;
    w.o.session = system;
    deal_does(&w.o, "user.get", deal_json("{'id':'%s'}", user), "role_id", role);
    office_refused(&w.o, "discount_limit.create", deal_json("{'role_id':'%s','max_rate':'1.1'}",
                   role), ACRM_E_INVALID, "max_rate", "range");
    deal_does(&w.o, "discount_limit.create", deal_json("{'role_id':'%s','max_rate':'0.05',"
              "'currency':'EUR','max_amount':'900.00'}", role), NULL, NULL);
    office_refused(&w.o, "discount_limit.create", deal_json("{'role_id':'%s','max_rate':'0.5'}",
                   role), ACRM_E_CONFLICT, "role_id", "unique");
    deal_does(&w.o, "customer.update", deal_json("{'id':'%s','last_write_wins':true,"
              "'dealer_id':'%s'}", w.customer, w.dealer), NULL, NULL);
    deal_does(&w.o, "vehicle.list", "{}", NULL, NULL);
    w.o.session = seller;
    deal_does(&w.o, "quote.create", deal_json("{'customer_id':'%s','currency':'EUR'," LINES
              "{'kind':'discount','rate':'0.04'},{'kind':'rebate','amount':'100.00'}]}",
              w.customer), "id", quote);
    deal_is(&w.o, "quote", quote, "discount_rate", "0.045");
    deal_does(&w.o, "quote.issue", deal_json("{'id':'%s'}", quote), NULL, NULL);
    deal_does(&w.o, "quote.create", deal_json("{'customer_id':'%s','currency':'EUR'," LINES
              "{'kind':'discount','amount':'900.01'}]}", w.customer), "id", quote);
    office_refused(&w.o, "quote.issue", deal_json("{'id':'%s'}", quote), ACRM_E_DENIED,
                   "discount_rate", "discount_limit");
    deal_does(&w.o, "quote.submit", deal_json("{'id':'%s','note':'a good customer'}", quote),
              NULL, NULL);
    w.o.session = system;
    deal_does(&w.o, "role.list", "{}", NULL, NULL);
    deal_as(&w, "boss", "dealer_manager", boss);
    deal_does(&w.o, "quote.approve", deal_json("{'id':'%s'}", quote), NULL, NULL);
    deal_is(&w.o, "quote", quote, "approved_by_id", boss);
    acrm_session_free(w.o.session);
    w.o.session = seller;
    deal_does(&w.o, "quote.issue", deal_json("{'id':'%s'}", quote), NULL, NULL);
    deal_does(&w.o, "quote.revise", deal_json("{'id':'%s'," LINES "{'kind':'discount',"
              "'amount':'901'}]}", quote), "id", quote);
    office_refused(&w.o, "quote.issue", deal_json("{'id':'%s'}", quote), ACRM_E_DENIED,
                   "discount_rate", "discount_limit"); /* what was approved was another discount */
    acrm_session_free(seller);
    w.o.session = system;
    office_refused(&w.o, "quote.approve", deal_json("{'id':'%s'}", quote), ACRM_E_CONFLICT, "id",
                   "state");
    deal_does(&w.o, "quote.submit", deal_json("{'id':'%s'}", quote), NULL, NULL);
    deal_does(&w.o, "quote.reject", deal_json("{'id':'%s','note':'no'}", quote), NULL, NULL);
    deal_is(&w.o, "quote", quote, "approval", "rejected");
    office_close(&w.o);
}
END_TEST

/* --- Versions and time --- */

START_TEST(quote__is_revised_and_compared)
{
    char first[72], second[72], third[72], number[72];

    deal_open(&w, _i);
    deal_issue(&w, "," LINES "{'kind':'option','code':'HUD','name':'Head-up','amount':'900'}],"
               "'deposit':'1000','payment':'credit','finance':{'rate':'0.05','periods':24}",
               first);
    deal_does(&w.o, "quote.revise", deal_json("{'id':'%s','deposit':'2000'}", first), "id",
              second);
    deal_is(&w.o, "quote", first, "state", "replaced");
    deal_is(&w.o, "quote", first, "number", "Q-NORTH-2025-000001");
    deal_does(&w.o, "quote.get", deal_json("{'id':'%s'}", second), "number", number);
    ck_assert_str_eq(number, "Q-NORTH-2025-000001");
    deal_is(&w.o, "quote", second, "gross_total", "24871.00");
    deal_is(&w.o, "quote", second, "financed", "22871.00");
    office_refused(&w.o, "quote.revise", deal_json("{'id':'%s'}", first), ACRM_E_CONFLICT, "id",
                   "state");
    deal_does(&w.o, "quote.revise", deal_json("{'id':'%s','payment':'cash'}", second), "id",
              third);
    deal_is(&w.o, "quote", third, "payment", "cash");
    deal_is(&w.o, "quote", third, "deposit_total", "2000.00");
    acrm_value *out = office_call(&w.o, "quote.compare", deal_json("{'ids':['%s','%s']}", first,
                                                                   second));
    const acrm_value *rows = acrm_value_get(out, "rows");
    size_t seen = 0;
    for (size_t i = 0; i < acrm_value_count(rows); i++) {
        const acrm_value *row = acrm_value_at(rows, i), *values = acrm_value_get(row, "values");
        const char *name = office_text(row, "name");
        ck_assert_uint_eq(acrm_value_count(values), 2);
        if (strcmp(name, "deposit_total") == 0 || strcmp(name, "Head-up") == 0) {
            bool same = acrm_value_text(acrm_value_at(values, 0), NULL)[0] ==
                        acrm_value_text(acrm_value_at(values, 1), NULL)[0];
            ck_assert(same == (name[0] == 'H'));
            seen++;
        }
    }
    ck_assert_uint_eq(seen, 2);
    acrm_value_free(out);
    office_refused(&w.o, "quote.compare", deal_json("{'ids':['%s']}", first), ACRM_E_INVALID,
                   "ids", "range");
    office_close(&w.o);
}
END_TEST

START_TEST(quote__expires_and_is_declined)
{
    char quote[72], other[72];

    deal_open(&w, _i);
    deal_issue(&w, ",'valid_until':'2025-01-12'", quote);
    deal_issue(&w, "", other);
    office_refused(&w.o, "quote.decline", deal_json("{'id':'%s','reason':'none'}", other),
                   ACRM_E_INVALID, "reason", "reference");
    deal_does(&w.o, "quote.decline", deal_json("{'id':'%s','reason':'price','competitor':'Z'}",
              other), NULL, NULL);
    deal_is(&w.o, "quote", other, "state", "declined");
    deal_clock += 2 * DEAL_DAY; /* the 12th */
    deal_does(&w.o, "engine.tick", "{}", NULL, NULL);
    deal_is(&w.o, "quote", quote, "state", "issued");
    deal_clock += DEAL_DAY;
    office_refused(&w.o, "quote.accept", deal_json("{'id':'%s'}", quote), ACRM_E_CONFLICT, "id",
                   "expired");
    deal_does(&w.o, "engine.tick", "{}", NULL, NULL);
    deal_is(&w.o, "quote", quote, "state", "expired");
    deal_does(&w.o, "quote.revise", deal_json("{'id':'%s'}", quote), "id", quote);
    deal_is(&w.o, "quote", quote, "valid_until", "2025-01-27");
    deal_clock += 20 * DEAL_DAY;
    office_refused(&w.o, "quote.issue", deal_json("{'id':'%s'}", quote), ACRM_E_CONFLICT, "id",
                   "expired");
    office_close(&w.o);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("quote");
    TCase *tcase = tcase_create("quote");

    tcase_add_loop_test(tcase, quote__adds_up_to_the_cent, 0, OFFICE_STORAGES);
    tcase_add_loop_test(tcase, quote__shows_instalments_that_pay_what_is_due, 0, OFFICE_STORAGES);
    tcase_add_test(tcase, quote__names_what_is_wrong);
    tcase_add_loop_test(tcase, quote__is_of_the_customer_of_its_lead, 0, OFFICE_STORAGES);
    tcase_add_loop_test(tcase, quote__takes_a_configured_car_at_its_prices, 0, OFFICE_STORAGES);
    tcase_add_loop_test(tcase, discount__past_the_limit_needs_another_person, 0, OFFICE_STORAGES);
    tcase_add_loop_test(tcase, quote__is_revised_and_compared, 0, OFFICE_STORAGES);
    tcase_add_loop_test(tcase, quote__expires_and_is_declined, 0, OFFICE_STORAGES);
    suite_add_tcase(suite, tcase);
    return suite;
}

ACRM_TEST_MAIN(make_suite)
