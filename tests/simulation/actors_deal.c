/* SPDX-License-Identifier: MIT */
/* From a choice out of the catalogue to quotes, contracts, and what comes of these. */
#include "actors.h"

#include <check.h>
#include <string.h>

/* --- Configurations --- */

enum { ESP = 1, TOW = 2, W17 = 4, W19 = 8, SEAT = 16, WIN = 32 };

/* What the foundation says of the catalogue, said again. */
static bool choice_is_valid(int chosen, bool sport)
{
    return !(chosen & TOW && !(chosen & ESP)) && !(chosen & W17 && chosen & W19) &&
           !(sport && chosen & TOW);
}

static int64_t choice_costs(int chosen, bool sport)
{
    int64_t net = sport ? 2700000 : 2400000;

    net += chosen & ESP ? 39050 : 0;
    net += chosen & TOW ? 80000 : 0;
    net += chosen & W19 ? 120000 : 0;
    net += chosen & SEAT && !(chosen & WIN) ? 40000 : 0;
    net += chosen & WIN ? 65000 : 0;
    return net + (net * 19 + 50) / 100;
}

void sim_act_chooser(sim *s)
{
    static const char *const codes[] = { "ESP", "TOW", "W17", "W19", "SEAT", "WIN" };
    const sim_item *c = sim_customer(s);
    bool sport = sim_below(s, 3) == 0;
    int chosen = (int)sim_below(s, 64);
    char options[64] = "", total[32];

    if (!c)
        return;
    for (size_t i = 0; i < 6; i++)
        if (chosen >> i & 1)
            snprintf(options + strlen(options), sizeof options - strlen(options), "%s'%s'",
                     *options ? "," : "", codes[i]);
    sim_may(s, "fields missing too_many not_offered");
    acrm_value *made = sim_do(s, "configuration.create",
        "'trim_id':'%s','options':[%s],'customer_id':'%s','dealer_id':'%s'",
        s->known[sport ? SIM_SPORT : SIM_TRIM], options, c->id, s->known[sim_below(s, 2)]);
    int64_t want = choice_costs(chosen, sport);
    snprintf(total, sizeof total, "%lld.%02lld", (long long)want / 100, (long long)want % 100);
    ck_assert_msg(choice_is_valid(chosen, sport) == (made != NULL),
                  "seed %llu, act %d: the choice of %s was %s", (unsigned long long)s->o->seed,
                  s->act, options, made ? "taken" : "refused");
    if (!made)
        return;
    ck_assert_str_eq(host_text(made, "total"), total);
    sim_add(s, SIM_CHOICES, host_text(made, "id"), 0)->number = want;
    s->expect[SIM_N_CHOICES]++;
    acrm_value_free(made);
}

/* --- Quotes --- */

static void quote_step(sim *s, sim_item *old)
{
    static const char *const steps[] = { "quote.issue", "quote.accept", "quote.decline",
                                         "quote.revise" };
    int64_t which = sim_below(s, 8);
    bool seller = which == 0 && sim_below(s, 2);

    which = which > 3 ? which % 2 : which;
    if (seller) /* who has limits */
        sim_as(s, "user", s->known[SIM_SARA + sim_below(s, 3)]);
    sim_may(s, "discount_limit mismatch"); /* the lead may be another's since customers parted */
    acrm_value *out = sim_do(s, steps[which], "'id':'%s'%s", old->id,
                             which == 2 ? ",'reason':'price'" : which == 3 ? ",'deposit':'50.00'"
                                                                           : "");
    if (seller)
        sim_as(s, "system", "");
    if (seller && !out && sim_done(s, "quote.submit", "'id':'%s'", old->id))
        sim_done(s, sim_below(s, 2) ? "quote.approve" : "quote.reject", "'id':'%s'", old->id);
    if (out && which == 1) {
        sim_add(s, SIM_DEALS, host_text(out, "contract.id"), 0);
        s->expect[SIM_N_CONTRACTS]++;
    }
    if (out && which == 3) {
        sim_add(s, SIM_QUOTES, host_text(out, "id"), 0);
        s->expect[SIM_N_QUOTES]++;
    }
    acrm_value_free(out);
}

/* What is sold: something from the catalogue, a car of the stock, or what is told. */
static void quote_what(sim *s, char what[300])
{
    const sim_item *choice = sim_some(s, SIM_CHOICES), *car = sim_some(s, SIM_CARS);
    int64_t of = sim_below(s, 4);

    if (of == 0 && choice)
        snprintf(what, 300, "'configuration_id':'%s','lines':[{'kind':'discount','rate':'0.0%lld'}"
                 "]", choice->id, (long long)(1 + sim_below(s, 6)));
    else if (of <= 2 && car)
        snprintf(what, 300, "'vehicle_id':'%s','tax_rate':'0.19','lines':[{'kind':'accessory',"
                 "'amount':'33.33','quantity':3},{'kind':'fee','amount':'120.00'}]", car->id);
    else
        snprintf(what, 300, "'currency':'EUR','tax_rate':'0.077','lines':[{'kind':'vehicle',"
                 "'amount':'%lld.37'},{'kind':'insurance','amount':'840.00','tax_rate':'0'},"
                 "{'kind':'discount','amount':'99.99'}]", (long long)(9000 + sim_below(s, 9000)));
}

void sim_act_quoter(sim *s)
{
    static const char *const payments[] = {
        "", "", ",'payment':'credit','finance':{'rate':'0.0499','periods':36}",
        ",'payment':'lease','finance':{'money_factor':'0.0015','months':24,'residual':'2000.00'}",
    };
    const sim_item *c = sim_customer(s), *lead = sim_some(s, SIM_LEADS);
    const sim_item *worth = sim_some(s, SIM_WORTHS);
    sim_item *old = sim_some(s, SIM_QUOTES);
    char what[300], whom[120] = "", until[16];

    if (old && sim_below(s, 3)) {
        quote_step(s, old);
        return;
    }
    if (!c)
        return;
    quote_what(s, what);
    if (worth && s->pools[SIM_CUSTOMERS].items[worth->of].state == 0 && sim_below(s, 3) == 0)
        snprintf(whom, sizeof whom, "'customer_id':'%s','appraisal_id':'%s'",
                 s->pools[SIM_CUSTOMERS].items[worth->of].id, worth->id);
    else if (lead && sim_below(s, 2))
        snprintf(whom, sizeof whom, "'lead_id':'%s'", lead->id);
    else
        snprintf(whom, sizeof whom, "'customer_id':'%s'", c->id);
    sim_may(s, "mismatch range customer");
    sim_day_in(s, 10 + sim_below(s, 50), until);
    acrm_value *made = sim_do(s, "quote.create", "%s,'deposit':'500.00','valid_until':'%s',%s%s",
                              whom, until, what, payments[sim_below(s, 4)]);
    if (made) {
        sim_add(s, SIM_QUOTES, host_text(made, "id"), 0);
        s->expect[SIM_N_QUOTES]++;
        sim_may(s, "discount_limit");
        if (sim_below(s, 2))
            sim_done(s, "quote.issue", "'id':'%s'", host_text(made, "id"));
    }
    acrm_value_free(made);
}

/* --- Contracts --- */

/* The order that a signed contract has made by itself. */
static void contract_order(sim *s, const sim_item *deal)
{
    acrm_value *list = sim_ask(s, "vehicle_order.list", "'where':{'sales_contract_id':'%s'}",
                               deal->id);

    if (*host_text(list, "items.0.id"))
        sim_add(s, SIM_ORDERS, host_text(list, "items.0.id"), 1);
    acrm_value_free(list);
}

static void contract_sign(sim *s, sim_item *deal)
{
    acrm_value *open = sim_ask(s, "contract_party.list", "'where':{'sales_contract_id':'%s',"
                               "'role':{'$in':['buyer','co_buyer']},'signed_at':null}", deal->id);
    size_t n = acrm_value_count(acrm_value_get(open, "items"));

    if (n && sim_done(s, "sales_contract.sign", "'id':'%s','party_id':'%s','evidence':'F %d'",
                      deal->id, host_text(open, "items.0.id"), s->act) && n == 1)
        contract_order(s, deal);
    acrm_value_free(open);
}

void sim_act_closer(sim *s)
{
    static const char *const causes[] = { "dealer", "withdrawal", "customer" };
    sim_item *deal = sim_some(s, SIM_DEALS);
    const sim_item *c = sim_customer(s);

    if (!deal || !c)
        return;
    switch (sim_below(s, 9)) {
    case 0:
        sim_done(s, "contract_party.create", "'sales_contract_id':'%s','customer_id':'%s',"
                 "'role':'%s'", deal->id, c->id, sim_below(s, 2) ? "co_buyer" : "driver");
        break;
    case 1:
        sim_done(s, "contract_guarantee.create", "'sales_contract_id':'%s','kind':'cheque',"
                 "'number':'%d','currency':'EUR','amount':'500.00','state':'received'", deal->id,
                 s->act);
        break;
    case 2:
        sim_done(s, "sales_contract.request_signature", "'id':'%s'%s", deal->id,
                 sim_below(s, 2) ? "" : ",'connector':'bank'");
        break;
    case 3:
        sim_done(s, "sales_contract.cancel", "'id':'%s','cause':'%s'", deal->id,
                 causes[sim_below(s, 3)]);
        break;
    case 4:
        sim_done(s, "sales_contract.fulfil", "'id':'%s'", deal->id);
        break;
    default:
        contract_sign(s, deal);
    }
}
