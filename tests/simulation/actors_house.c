/* SPDX-License-Identifier: MIT */
/* Who signs in, looks at what is theirs, files, belongs together, is imported, works here; and what
 * those who manage reckon. */
#include "actors.h"
#include "invariants.h"

#include <check.h>
#include <string.h>

#define SEED(s) (unsigned long long)(s)->o->seed, (s)->act

/* --- Signing in --- */

static void guest_key(sim *s, const sim_item *c)
{
    int32_t of = (int32_t)(c - s->pools[SIM_CUSTOMERS].items);
    char login[64];

    for (int32_t i = 0; i < s->pools[SIM_KEYRING].n; i++)
        if (s->pools[SIM_KEYRING].items[i].of == of)
            return;
    snprintf(login, sizeof login, "c%d@example.com", of);
    acrm_value *made = sim_do(s, "credential.create", "'customer_id':'%s','login':'%s','password':"
                              "'staple of %d','must_change':false", c->id, login, of);
    if (!made) /* it was made, and the answer was lost; or another's who is the same now */
        made = sim_ask(s, "credential.list", "'where':{'customer_id':'%s','login':'%s'}", c->id,
                       login);
    const char *id = *host_text(made, "id") ? host_text(made, "id") : host_text(made, "items.0.id");
    if (*id) {
        sim_item *key = sim_add(s, SIM_KEYRING, id, of);
        snprintf(key->text, sizeof key->text, "%s", login);
        s->expect[SIM_N_KEYS]++;
    }
    acrm_value_free(made);
}

static void guest_in(sim *s, sim_item *key, acrm_value *in)
{
    if (!in)
        return;
    sim_item *token = sim_add(s, SIM_TOKENS, host_text(in, "session_id"), key->of);
    token->number = s->h.now;
    snprintf(token->text, sizeof token->text, "%s", host_text(in, "token"));
    acrm_value_free(in);
}

/* Somebody guesses: nothing opens, not even what is right, until some time has passed. */
static void guest_thief(sim *s, const sim_item *key)
{
    for (int guess = 0; guess < 5; guess++) {
        sim_may(s, "signin throttled");
        ck_assert_msg(!sim_done(s, "signin.password", "'login':'%s','password':'guess %d'",
                                key->text, guess),
                      "seed %llu, act %d: a guess opens", SEED(s));
    }
    sim_may(s, "throttled signin");
    ck_assert_msg(!sim_done(s, "signin.password", "'login':'%s','password':'staple of %d'",
                            key->text, key->of),
                  "seed %llu, act %d: who guesses does not wait", SEED(s));
}

static void guest_code(sim *s, sim_item *key)
{
    *s->outside->code = '\0';
    sim_may(s, "throttled");
    if (!sim_done(s, "signin.request_code", "'login':'%s'", key->text))
        return;
    sim_tick(s);
    sim_may(s, "signin throttled");
    guest_in(s, key, sim_do(s, "signin.code", "'login':'%s','code':'%s'", key->text,
                            *s->outside->code ? s->outside->code : "none"));
}

void sim_act_guest(sim *s)
{
    const sim_item *c = sim_customer(s);
    sim_item *key = sim_some(s, SIM_KEYRING), *token = sim_some(s, SIM_TOKENS);

    if (!key || sim_below(s, 4) == 0) {
        if (c)
            guest_key(s, c);
        return;
    }
    switch (sim_below(s, 8)) {
    case 0:
        guest_thief(s, key);
        return;
    case 1:
        guest_code(s, key);
        return;
    case 2:
        if (token && token->state == 0) {
            sim_may(s, "signed_out"); /* long ago, by itself */
            sim_done(s, "signin.out", "'token':'%s'", token->text);
            token->state = 1;
            sim_guests_are_known(s);
        }
        return;
    default:
        sim_may(s, "throttled signin");
        acrm_value *in = sim_do(s, "signin.password", "'login':'%s','password':'staple of %d'",
                                key->text, key->of);
        ck_assert_msg(!in || s->pools[SIM_CUSTOMERS].items[key->of].state != 2,
                      "seed %llu, act %d: somebody forgotten signs in", SEED(s));
        guest_in(s, key, in);
    }
}

/* --- The portal --- */

/* What a customer is shown is theirs. */
static void visitor_sees(sim *s, const char *entity, const char *field, const char *id)
{
    char operation[64];

    snprintf(operation, sizeof operation, "%s.list", entity);
    acrm_value *list = sim_ask(s, operation, "'limit':100");
    const acrm_value *items = acrm_value_get(list, "items");
    for (size_t i = 0; i < acrm_value_count(items); i++)
        ck_assert_msg(strcmp(host_text(acrm_value_at(items, i), field), id) == 0,
                      "seed %llu, act %d: somebody else's %s is shown", SEED(s), entity);
    acrm_value_free(list);
}

void sim_act_visitor(sim *s)
{
    static const char *const looks[] = { "portal.vehicles", "portal.instalments", "portal.clubs" };
    const sim_item *c = sim_customer(s);

    if (!c)
        return;
    sim_as(s, "customer", c->id);
    acrm_value_free(sim_ask(s, looks[sim_below(s, 3)], "%s", ""));
    visitor_sees(s, "vehicle_order", "customer_id", c->id);
    visitor_sees(s, "case", "customer_id", c->id);
    if (sim_below(s, 3) == 0) {
        acrm_value *out = sim_do(s, "portal.export", "%s", "");
        if (out)
            ck_assert_msg(strstr(host_text(out, "document.customer.id"), c->id) ||
                          !*host_text(out, "document.customer.id"),
                          "seed %llu, act %d: another's data are given", SEED(s));
        acrm_value_free(out);
    }
    sim_as(s, "system", "");
}

/* --- Files, notes, tags --- */

void sim_act_filer(sim *s)
{
    const sim_item *c = sim_customer(s);
    sim_item *old = sim_some(s, SIM_FILES);
    char data[24];

    if (!c)
        return;
    switch (sim_below(s, 5)) {
    case 0:
        s->expect[SIM_N_NOTES] += sim_done(s, "note.create", "'subject_id':'%s','text':'Note %d'",
                                           c->id, s->act);
        return;
    case 1:
        sim_done(s, sim_below(s, 3) ? "tag.add" : "tag.remove", "'id':'%s','names':['t%lld']%s",
                 c->id, (long long)sim_below(s, 5), "");
        return;
    case 2:
        if (old && old->state == 0 && sim_done(s, "attachment.remove", "'id':'%s'", old->id))
            old->state = 1;
        return;
    default:
        snprintf(data, sizeof data, "AAAA%08dAAAA", s->act);
        acrm_value *made = sim_do(s, "attachment.add", "'id':'%s','file_name':'f%d.bin','data':"
                                  "'%s'", c->id, s->act, data);
        sim_item *file = sim_add(s, SIM_FILES, host_text(made, "id"),
                                 (int32_t)(c - s->pools[SIM_CUSTOMERS].items));
        snprintf(file->text, sizeof file->text, "%s", data);
        s->expect[SIM_N_FILES]++;
        acrm_value_free(made);
    }
}

/* --- Families --- */

void sim_act_kin(sim *s)
{
    static const char *const types[] = { "child", "spouse", "friend" };
    const sim_item *a = sim_customer(s), *b = sim_customer(s), *home = sim_some(s, SIM_HOMES);

    if (!a || !b || a == b || a->number || b->number)
        return;
    sim_may(s, "reference kind household");
    if (sim_below(s, 2)) {
        s->expect[SIM_N_TIES] += sim_done(s, "customer.relate", "'id':'%s','type':'%s','to':'%s'",
                                          a->id, types[sim_below(s, 3)], b->id);
    } else if (home && sim_below(s, 2)) {
        sim_done(s, "household_member.create", "'household_id':'%s','customer_id':'%s'", home->id,
                 a->id);
    } else {
        acrm_value *made = sim_do(s, "household.create", "'name':'Home %d','head_id':'%s',"
                                  "'members':[{'customer_id':'%s','role':'child'}]", s->act, a->id,
                                  b->id);
        if (made) {
            sim_add(s, SIM_HOMES, host_text(made, "id"), 0);
            s->expect[SIM_N_HOMES]++;
        }
        acrm_value_free(made);
    }
}

/* --- Lists from elsewhere --- */

/* A list of people, some of whom are known, some on it twice; read until it was read whole. */
void sim_act_importer(sim *s)
{
    char text[400] = "external_id,name,city\n";
    int32_t known = s->pools[SIM_IMPORTS].n, fresh = 1 + (int32_t)sim_below(s, 3);

    for (int32_t i = 0; i < fresh; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "U%d,Listed U%d,Qom\n",
                 known + i, known + i);
    if (known)
        snprintf(text + strlen(text), sizeof text - strlen(text), "U%lld,,Yazd\n",
                 (long long)sim_below(s, known));
    snprintf(text + strlen(text), sizeof text - strlen(text), "U%d,,Rey\n", known);
    sim_reads(s, text);
    acrm_value *out = sim_do(s, "import.upsert", "'source':'list %d','duplicates':'create'",
                             s->act);
    ck_assert_ptr_nonnull(out);
    acrm_value_free(out);
    for (int32_t i = 0; i < fresh; i++)
        sim_add(s, SIM_IMPORTS, "", 0);
    s->expect[SIM_N_CUSTOMERS] += fresh;
}

/* --- Who works here, and when --- */

void sim_act_staff(sim *s)
{
    const char *who = s->known[SIM_SARA + sim_below(s, 3)];

    if (sim_below(s, 2))
        sim_done(s, "user.update", "'id':'%s','last_write_wins':true,'takes_leads':%s", who,
                 sim_below(s, 3) ? "true" : "false");
    else
        sim_done(s, "user.update", "'id':'%s','last_write_wins':true,'dealer_id':'%s'", who,
                 s->known[sim_below(s, 2)]);
}

/* So long after, within the hours of work, and back again. */
void sim_act_clock(sim *s)
{
    long long hours = 1 + sim_below(s, 60);
    char from[40];

    sim_in_days(s, sim_below(s, 30), from);
    acrm_value *later = sim_ask(s, "calendar.add", "'at':'%s','amount':'PT%lldH'", from, hours);
    acrm_value *passed = sim_ask(s, "calendar.between", "'from':'%s','until':'%s'", from,
                                 host_text(later, "at"));
    ck_assert_msg(host_int(passed, "seconds") == hours * 3600,
                  "seed %llu, act %d: %lld hours are %lld seconds", SEED(s), hours,
                  (long long)host_int(passed, "seconds"));
    acrm_value_free(passed);
    acrm_value_free(later);
}

/* --- Figures --- */

void sim_act_manager(sim *s)
{
    char from[16], to[16];

    sim_day_in(s, -400, from);
    sim_day_in(s, 0, to);
    acrm_value *told = sim_ask(s, "report.performance", "'from_date':'%s','to_date':'%s'", from,
                               to);
    int64_t signed_ = host_count(s->h.session, "sales_contract",
                                 "{'signed_on':{'$ne':null},'status':{'$ne':'cancelled'}}");
    ck_assert_msg(s->months >= 12 || host_int(told, "total.contracts") == signed_,
                  "seed %llu, act %d: %lld contracts are reported, %lld were signed", SEED(s),
                  (long long)host_int(told, "total.contracts"), (long long)signed_);
    acrm_value_free(told);
    told = sim_ask(s, "forecast.sales", "'history':24,'horizon':2");
    const acrm_value *months = acrm_value_get(told, "months");
    for (size_t i = 0; i < acrm_value_count(months); i++) {
        const acrm_value *m = acrm_value_at(months, i);
        double value = acrm_value_real(acrm_value_get(m, "value"));
        ck_assert_msg(acrm_value_real(acrm_value_get(m, "low")) <= value &&
                      value <= acrm_value_real(acrm_value_get(m, "high")),
                      "seed %llu, act %d: a forecast lies outside its bounds", SEED(s));
    }
    acrm_value_free(told);
    acrm_value_free(sim_ask(s, "report.stock", "'currency':'EUR'"));
    acrm_value_free(sim_ask(s, "report.targets", "%s", ""));
}

/* The month is over: it is paid for, the next one has goals and prices. */
void sim_month_house(sim *s)
{
    char from[16], to[16];

    sim_day_in(s, -29, from);
    sim_day_in(s, 0, to);
    acrm_value *run = sim_do(s, "commission.run", "'from_date':'%s','to_date':'%s'", from, to);
    if (run && sim_below(s, 4))
        sim_done(s, "commission.approve", "'id':'%s'", host_text(run, "id"));
    acrm_value_free(run);
    sim_day_in(s, 1, from);
    sim_day_in(s, 30, to);
    for (int i = 0; i < 3; i++)
        s->expect[SIM_N_GOALS] += sim_done(s, "sales_target.create", "'user_id':'%s','from_date':"
            "'%s','to_date':'%s','measure':'units','units':3", s->known[SIM_SARA + i], from, to);
}
