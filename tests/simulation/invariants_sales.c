/* SPDX-License-Identifier: MIT */
/* What must hold of cars, quotes, contracts and commissions. */
#include "invariants.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

int64_t sim_cents(const acrm_value *value, const char *path)
{
    const char *text = host_text(value, path), *point = strchr(text, '.');
    int64_t whole = strtoll(text, NULL, 10) * 100;
    int64_t part = point ? strtoll(point + 1, NULL, 10) : 0;

    return *text == '-' ? whole - part : whole + part;
}

/* --- Cars --- */

typedef struct fleet {
    sim_ids held, queued, owned, reserved, sold;
} fleet;

static void see_hold(sim *s, const acrm_value *item, void *user)
{
    fleet *f = user;
    const char *car = host_text(item, "vehicle_id");

    (void)s;
    sim_ids_add(strcmp(host_text(item, "state"), "held") == 0 ? &f->held : &f->queued, car);
}

static void see_owner(sim *s, const acrm_value *item, void *user)
{
    fleet *f = user;

    (void)s;
    sim_ids_add(&f->owned, host_text(item, "vehicle_id"));
}

static void see_taken(sim *s, const acrm_value *item, void *user)
{
    fleet *f = user;

    (void)s;
    sim_ids_add(strcmp(host_text(item, "status"), "sold") == 0 ? &f->sold : &f->reserved,
                host_text(item, "id"));
}

static void fleet_free(fleet *f)
{
    sim_ids_free(&f->held);
    sim_ids_free(&f->queued);
    sim_ids_free(&f->owned);
    sim_ids_free(&f->reserved);
    sim_ids_free(&f->sold);
}

static void single(sim *s, const sim_ids *ids, const char *what)
{
    for (size_t i = 1; i < ids->n; i++)
        ck_assert_msg(strcmp(ids->items[i - 1], ids->items[i]) != 0,
                      "seed %llu, act %d (%s): the car %s is %s twice", SIM_AT(s), ids->items[i],
                      what);
}

/* A car is held by one reservation at most, and reserved if and only if it is. */
void sim_holds_are_single(sim *s)
{
    fleet f = { .held = { NULL, 0, 0 } };

    sim_each(s, "vehicle_reservation", "'vehicle_id','state'", "{'state':'held'}", see_hold, &f);
    sim_each(s, "vehicle", "'status'", "{'status':'reserved'}", see_taken, &f);
    sim_ids_sort(&f.held);
    sim_ids_sort(&f.reserved);
    single(s, &f.held, "reserved");
    ck_assert_msg(f.held.n == f.reserved.n, "seed %llu, act %d (%s): %zu cars are held, %zu are "
                  "reserved", SIM_AT(s), f.held.n, f.reserved.n);
    for (size_t i = 0; i < f.held.n; i++)
        ck_assert_str_eq(f.held.items[i], f.reserved.items[i]);
    fleet_free(&f);
}

static void see_contract(sim *s, const acrm_value *item, void *user)
{
    (void)s;
    sim_ids_add(user, host_text(item, "vehicle_id"));
}

/* Nobody waits for a car that is free, no car is in two contracts, what is sold is so to one. */
void sim_cars_are_nobodys_twice(sim *s)
{
    fleet f = { .held = { NULL, 0, 0 } };
    sim_ids contracts = { NULL, 0, 0 };

    sim_each(s, "vehicle_reservation", "'vehicle_id','state'", "{'state':'queued'}", see_hold, &f);
    sim_each(s, "vehicle", "'status'", "{'status':'sold'}", see_taken, &f);
    sim_each(s, "sales_contract", "'vehicle_id'", "{'status':'signed','vehicle_id':{'$ne':null}}",
             see_contract, &contracts);
    sim_ids_sort(&contracts);
    single(s, &contracts, "sold");
    for (size_t i = 0; i < f.queued.n; i++) {
        acrm_value *car = sim_ask(s, "vehicle.get", "'id':'%s'", f.queued.items[i]);
        const char *status = host_text(car, "status");
        ck_assert_msg(strcmp(status, host_text(car, "place")) != 0,
                      "seed %llu, act %d (%s): somebody waits for the car %s, which is %s",
                      SIM_AT(s), f.queued.items[i], status);
        acrm_value_free(car);
    }
    for (size_t i = 0; i < f.sold.n; i++) {
        acrm_value *list = sim_ask(s, "vehicle_reservation.list", "'where':{'vehicle_id':'%s',"
                                   "'state':{'$in':['held','used']},'ended_at':null}",
                                   f.sold.items[i]);
        const acrm_value *items = acrm_value_get(list, "items");
        bool used = false;
        for (size_t n = 0; n < acrm_value_count(items); n++)
            used = used || strcmp(host_text(acrm_value_at(items, n), "state"), "used") == 0;
        ck_assert_msg(used, "seed %llu, act %d (%s): the car %s is sold to nobody", SIM_AT(s),
                      f.sold.items[i]);
        acrm_value_free(list);
    }
    sim_ids_free(&contracts);
    fleet_free(&f);
}

static void see_delivered(sim *s, const acrm_value *item, void *user)
{
    const fleet *f = user;
    const char *id = host_text(item, "id"), *status = host_text(item, "status");
    bool delivered = strcmp(status, "delivered") == 0;

    ck_assert_msg(sim_ids_have(&f->owned, id) == delivered,
                  "seed %llu, act %d (%s): the car %s is %s, and %s", SIM_AT(s), id, status,
                  delivered ? "nobody's" : "somebody's");
}

/* Who got a car owns it, alone; nobody owns what is in stock. */
void sim_delivered_has_an_owner(sim *s)
{
    fleet f = { .held = { NULL, 0, 0 } };

    sim_each(s, "vehicle_ownership", "'vehicle_id'", "{'to_date':null,'role':'owner'}", see_owner,
             &f);
    sim_ids_sort(&f.owned);
    single(s, &f.owned, "owned");
    sim_each(s, "vehicle", "'status'", "{}", see_delivered, &f);
    fleet_free(&f);
}

void sim_costs_add_up(sim *s)
{
    const sim_pool *cars = &s->pools[SIM_CARS];

    for (int32_t i = cars->n > 40 ? cars->n - 40 : 0; i < cars->n; i++) {
        acrm_value *car = sim_ask(s, "vehicle.stock_card", "'id':'%s'", cars->items[i].id);
        ck_assert_msg(sim_cents(car, "vehicle.cost") == cars->items[i].number,
                      "seed %llu, act %d (%s): a car has cost %s, and %lld cents were told",
                      SIM_AT(s), host_text(car, "vehicle.cost"),
                      (long long)cars->items[i].number);
        acrm_value_free(car);
    }
}

/* --- Quotes and contracts --- */

/* The lines of a quote make its totals, these what is to be paid. */
static void quote_adds_up(sim *s, const char *id)
{
    acrm_value *q = sim_ask(s, "quote.get", "'id':'%s'", id);
    acrm_value *list = sim_ask(s, "quote_line.list", "'where':{'quote_id':'%s'},'limit':200", id);
    const acrm_value *lines = acrm_value_get(list, "items");
    int64_t net = 0, tax = 0, gross = 0;

    for (size_t i = 0; i < acrm_value_count(lines); i++) {
        const acrm_value *line = acrm_value_at(lines, i);
        net += sim_cents(line, "net");
        tax += sim_cents(line, "tax");
        gross += sim_cents(line, "gross");
        ck_assert_int_eq(sim_cents(line, "gross"), sim_cents(line, "net") + sim_cents(line, "tax"));
    }
    bool whole = net == sim_cents(q, "net_total") && tax == sim_cents(q, "tax_total") &&
                 gross == sim_cents(q, "gross_total") && gross == net + tax &&
                 sim_cents(q, "total") == gross - sim_cents(q, "rebate_total") &&
                 sim_cents(q, "payable") == sim_cents(q, "total") -
                     sim_cents(q, "trade_in_total") + sim_cents(q, "debt_total") &&
                 sim_cents(q, "due") == sim_cents(q, "payable") - sim_cents(q, "deposit_total");
    ck_assert_msg(whole, "seed %llu, act %d (%s): the quote %s does not add up", SIM_AT(s), id);
    acrm_value_free(list);
    acrm_value_free(q);
}

void sim_contracts_reconcile(sim *s)
{
    static const char *const same[] = { "total", "deposit_total", "due" };
    const sim_pool *quotes = &s->pools[SIM_QUOTES], *deals = &s->pools[SIM_DEALS];

    for (int32_t i = quotes->n > 30 ? quotes->n - 30 : 0; i < quotes->n; i++)
        quote_adds_up(s, quotes->items[i].id);
    for (int32_t i = deals->n > 30 ? deals->n - 30 : 0; i < deals->n; i++) {
        const char *id = deals->items[i].id;
        acrm_value *proof = sim_ask(s, "sales_contract.verify", "'id':'%s'", id);
        acrm_value *deal = sim_ask(s, "sales_contract.get", "'id':'%s','include':['quote']", id);
        acrm_value *quote = sim_ask(s, "quote.get", "'id':'%s'", host_text(deal, "quote_id"));
        acrm_value *buyer = sim_ask(s, "customer.get", "'id':'%s'", host_text(deal, "customer_id"));
        const char *what = *host_text(buyer, "erased_at") ? "totals" : "whole"; /* no document */
        ck_assert_msg(acrm_value_bool(acrm_value_get(proof, what)),
                      "seed %llu, act %d (%s): the contract %s is not whole", SIM_AT(s), id);
        for (size_t k = 0; k < sizeof same / sizeof same[0]; k++)
            ck_assert_msg(sim_cents(deal, same[k]) == sim_cents(quote, same[k]),
                          "seed %llu, act %d (%s): %s of the contract %s is not its quote's",
                          SIM_AT(s), same[k], id);
        acrm_value_free(buyer);
        acrm_value_free(quote);
        acrm_value_free(deal);
        acrm_value_free(proof);
    }
}

/* --- Commissions --- */

typedef struct payroll {
    sim_ids earned, reversed; /* contract and rule, hashed; the line that is taken back */
} payroll;

static void see_line(sim *s, const acrm_value *item, void *user)
{
    payroll *p = user;
    char key[80];

    if (strcmp(host_text(item, "kind"), "reversed") == 0) {
        ck_assert_msg(sim_cents(item, "amount") <= 0, "seed %llu, act %d (%s): what is taken back "
                      "is paid", SIM_AT(s));
        sim_ids_add(&p->reversed, host_text(item, "reverses_id"));
        return;
    }
    snprintf(key, sizeof key, "%.18s%.18s", host_text(item, "sales_contract_id") + 18,
             host_text(item, "rule_id") + 18);
    sim_ids_add(&p->earned, key);
}

/* A contract brings what it brings once, and it is taken back once. */
void sim_commissions_are_paid_once(sim *s)
{
    payroll p = { .earned = { NULL, 0, 0 } };
    const sim_ids *const lists[] = { &p.earned, &p.reversed };

    sim_each(s, "commission_line", "'kind','amount','currency','sales_contract_id','rule_id',"
             "'reverses_id'", "{}", see_line, &p);
    sim_ids_sort(&p.earned);
    sim_ids_sort(&p.reversed);
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 1; i < lists[k]->n; i++)
            ck_assert_msg(strcmp(lists[k]->items[i - 1], lists[k]->items[i]) != 0,
                          "seed %llu, act %d (%s): a commission is %s twice", SIM_AT(s),
                          k ? "taken back" : "paid");
    sim_ids_free(&p.earned);
    sim_ids_free(&p.reversed);
}
