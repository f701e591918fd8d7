/* SPDX-License-Identifier: MIT */
/* What customers see of what is theirs, and of nobody else's. */
#include "support/speak.h"
#include "support/suite.h"

#include <stdlib.h>

typedef struct pair {
    office o;
    id ada, bob;
    acrm_session *system;
} pair;

/* Two customers with a car each; the office's session becomes Ada's. */
static void open_pair(pair *p, int storage)
{
    char text[64];
    office *o = &p->o;

    office_open(o, storage);
    p->ada = make(o, "customer.create", "{'name':'Ada'}");
    p->bob = make(o, "customer.create", "{'name':'Bob'}");
    const id *who[] = { &p->ada, &p->bob };
    for (int i = 0; i < 2; i++) {
        id car = make(o, "vehicle.create", "{'make':'Exemplar','model':'M%d','plate':'P%d'}", i, i);
        make(o, "vehicle_ownership.create",
             "{'vehicle_id':'%s','customer_id':'%s','from_date':'2020-01-0%d'}", car.text,
             who[i]->text, i + 1);
    }
    id sold = make(o, "vehicle.create", "{'make':'Exemplar','model':'Old'}");
    make(o, "vehicle_ownership.create", "{'vehicle_id':'%s','customer_id':'%s',"
         "'from_date':'2010-01-01','to_date':'2012-01-01'}", sold.text, p->ada.text);
    id club = make(o, "loyalty_program.create", "{'code':'club','name':'Club'}");
    make(o, "member.create", "{'program_id':'%s','customer_id':'%s'}", club.text, p->ada.text);
    make(o, "case_type.create", "{'code':'paint','name':'Paint','kind':'complaint'}");
    id stock = make(o, "vehicle.create", "{'make':'Exemplar','kind':'new','status':'in_stock'}");
    for (int i = 0; i < 2; i++) { /* the second one is never accepted */
        id quote = make(o, "quote.create", "{'customer_id':'%s','vehicle_id':'%s','currency':'EUR',"
                        "'payment':'credit','finance':{'rate':'0.05','periods':3},"
                        "'lines':[{'kind':'vehicle','amount':'20000'}]}", p->ada.text, stock.text);
        acrm_value_free(call(o, "quote.submit", "{'id':'%s'}", quote.text));
        acrm_value_free(call(o, "quote.issue", "{'id':'%s'}", quote.text));
        if (i == 0)
            acrm_value_free(call(o, "quote.accept", "{'id':'%s','number':'C-1'}", quote.text));
        stock = make(o, "vehicle.create", "{'make':'Exemplar','kind':'new','status':'in_stock'}");
    }
    p->system = o->session;
    snprintf(text, sizeof text, "customer:%s", p->ada.text);
    ck_assert_int_eq(acrm_session_new(o->engine, text, &o->session, NULL), ACRM_OK);
}

static void close_pair(pair *p)
{
    acrm_session_free(p->o.session);
    p->o.session = p->system;
    office_close(&p->o);
}

START_TEST(portal__shows_the_customers_own)
{
    pair p;

    open_pair(&p, _i);
    acrm_value *out = call(&p.o, "portal.vehicles", "{}");
    const acrm_value *items = acrm_value_get(out, "items"), *car = acrm_value_at(items, 0);
    ck_assert_uint_eq(acrm_value_count(items), 1); /* the one sold is theirs no more */
    ck_assert_str_eq(office_text(car, "model"), "M0");
    ck_assert_str_eq(office_text(car, "plate"), "P0");
    ck_assert_str_eq(office_text(car, "since"), "2020-01-01");
    ck_assert_str_eq(office_text(car, "role"), "owner");
    ck_assert_ptr_null(acrm_value_get(car, "dealer_id"));
    acrm_value_free(out);
    out = call(&p.o, "portal.clubs", "{'customer_id':'%s'}", p.ada.text);
    ck_assert_str_eq(office_text(acrm_value_at(acrm_value_get(out, "items"), 0), "program"),
                     "Club");
    acrm_value_free(out);
    out = call(&p.o, "portal.case_types", "{}");
    ck_assert_str_eq(office_text(acrm_value_at(acrm_value_get(out, "items"), 0), "code"), "paint");
    acrm_value_free(out);
    out = call(&p.o, "portal.instalments", "{}");
    items = acrm_value_get(out, "items");
    ck_assert_uint_eq(acrm_value_count(items), 1);
    const acrm_value *plan = acrm_value_get(acrm_value_at(items, 0), "finance_plan");
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(plan, "rows")), 3);
    ck_assert_ptr_null(acrm_value_get(acrm_value_at(items, 0), "discount_rate"));
    acrm_value_free(out);
    out = call(&p.o, "portal.export", "{}");
    ck_assert_str_eq(office_text(acrm_value_get(out, "document"), "customer_id"), p.ada.text);
    acrm_value_free(out);
    close_pair(&p);
}
END_TEST

START_TEST(portal__shows_nobody_elses)
{
    static const char *const operations[] = { "portal.vehicles", "portal.instalments",
                                              "portal.clubs", "portal.export" };
    pair p;

    open_pair(&p, _i);
    for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++)
        refused(&p.o, ACRM_E_NOTFOUND, "reference", operations[i], "{'customer_id':'%s'}",
                p.bob.text);
    acrm_session *self = p.o.session;
    p.o.session = p.system;
    for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++)
        refused(&p.o, ACRM_E_INVALID, "required", operations[i], "{}");
    acrm_value *out = call(&p.o, "portal.vehicles", "{'customer_id':'%s'}", p.bob.text);
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "items")), 1);
    acrm_value_free(out);
    p.o.session = self;
    close_pair(&p);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("portal");
    TCase *t = tcase_create("portal");

    tcase_add_loop_test(t, portal__shows_the_customers_own, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, portal__shows_nobody_elses, 0, OFFICE_STORAGES);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
