/* SPDX-License-Identifier: MIT */
/* What people do in the simulation: customers, sellers, agents, and those who keep the house. */
#include "actors.h"
#include "invariants.h"
#include "scenario/life.h"

#include <check.h>
#include <string.h>

/* --- The foundation --- */

#define SIM_TASK(name)                                                                            \
    "[{'operation':'activity.create','args':{'kind':'task','subject':'" name "','due_at':"        \
    "{'$now':'P1D'}}}]"

#define SIM_OPTION(code, offered)                                                                  \
    { "vehicle_option.create", "{'make_id':'$make','code':'" code "','name':'" code "'}",          \
      .save = "o=id" },                                                                           \
    { "trim_option.create", "{'trim_id':'$trim','option_id':'$o','offered':'" offered "'}" },     \
    { "trim_option.create", "{'trim_id':'$sport','option_id':'$o','offered':'" offered "'}" }

/* The prices of one month: they are not valid for ever. */
static void sim_prices(sim *s)
{
    static const char *const prices[][2] = { { "ESP", "390.50" }, { "TOW", "800.00" },
        { "W17", "0.00" }, { "W19", "1200.00" }, { "SEAT", "400.00" }, { "WIN", "650.00" } };
    char from[16], to[16];

    sim_day_in(s, s->months ? 0 : -10, from);
    sim_day_in(s, 45, to);
    acrm_value *list = sim_do(s, "price_list.create", "'name':'L%d','make_id':'%s','currency':"
                              "'EUR','valid_from':'%s','valid_to':'%s','tax_rate':'0.19'",
                              s->months, s->known[SIM_MAKE], from, to);
    for (int sport = 0; sport < 2; sport++)
        sim_done(s, "price_item.create", "'price_list_id':'%s','trim_id':'%s','currency':'EUR',"
                 "'amount':'%s'", host_text(list, "id"), s->known[sport ? SIM_SPORT : SIM_TRIM],
                 sport ? "27000.00" : "24000.00");
    for (size_t i = 0; i < sizeof prices / sizeof prices[0]; i++) {
        acrm_value *of = sim_ask(s, "vehicle_option.list", "'where':{'code':'%s'}", prices[i][0]);
        sim_done(s, "price_item.create", "'price_list_id':'%s','option_id':'%s','currency':'EUR',"
                 "'amount':'%s'", host_text(list, "id"), host_text(of, "items.0.id"),
                 prices[i][1]);
        acrm_value_free(of);
    }
    acrm_value_free(list);
}

static const life_step founding[] = {
    { "dealer.create", "{'name':'North','code':'D1','country':'IR','zone':'Asia/Tehran'}",
      .save = "north=id" },
    { "dealer.create", "{'name':'South','code':'D2','country':'IR','zone':'Asia/Tehran'}",
      .save = "south=id" },
    { "role.create", "{'name':'seller_2','permissions':['*'],'scopes':{'*':'dealer'}}",
      .save = "seller=id" },
    { "user.create", "{'name':'Sara','login':'sara','dealer_id':'$north','role_id':'$seller',"
                     "'takes_leads':true}", .save = "sara=id" },
    { "user.create", "{'name':'Omid','login':'omid','dealer_id':'$south','role_id':'$seller',"
                     "'takes_leads':true}", .save = "omid=id" },
    { "user.create", "{'name':'Nima','login':'nima','dealer_id':'$south','role_id':'$seller',"
                     "'takes_leads':true}", .save = "nima=id" },
    { "discount_limit.create", "{'role_id':'$seller','max_rate':'0.03'}" },
    { "distribution_rule.create",
      "{'name':'All','position':1,'strategy':'weighted','accept_within':'PT2H',"
      "'targets':[{'dealer_id':'$north','weight':2},{'dealer_id':'$south','weight':1}]}" },
    { "process_definition.load",
      "{'activate':true,'definition':{'code':'desk','name':'Desk','entity':'case','start':'new',"
      "'phases':[{'code':'new','limit':{'after':'PT8H','transition':'chase'}},"
      "{'code':'chased','limit':{'after':'PT24H','escalate':'dealer_manager'}},"
      "{'code':'done','end':true}],'transitions':["
      "{'name':'chase','from':['new'],'to':'chased','actions':" SIM_TASK("chase") "},"
      "{'name':'close','from':['new','chased'],'to':'done','automatic':true,'guard':"
      "{'status':'closed'}}]}}" },
    { "process_definition.load",
      "{'activate':true,'definition':{'code':'welcome','name':'Welcome','entity':'customer',"
      "'start':'new','phases':[{'code':'new','limit':{'after':'P3D','transition':'ring'}},"
      "{'code':'rung'},{'code':'done','end':true}],'transitions':["
      "{'name':'ring','from':['new'],'to':'rung','actions':" SIM_TASK("ring") "},"
      "{'name':'finish','from':['new','rung'],'to':'done'}]}}" },
    { "case_type.create", "{'code':'desk','name':'Desk','kind':'complaint','process':'desk',"
                          "'callback_after':'PT48H'}" },
    { "case_legal_rule.create", "{'position':1,'kind':'complaint','country':'IR','days':9,"
                                "'law':'L','warn_before':'PT72H'}" },
    { "sla_policy.create",
      "{'name':'Desk','entity':'case','overrun_after':'PT9H','neglect_after':'PT18H','targets':["
      "{'clock':'first_response','amount':'PT8H','warnings':['80%']},"
      "{'clock':'next_response','amount':'PT12H'},"
      "{'clock':'resolution','amount':'PT24H','warnings':['50%','PT1H']}],'escalations':["
      "{'position':1,'clock':'resolution','action':'raise_priority','raise_to':'high'}]}" },
    { "automation_rule.create", "{'name':'new','trigger':'created','entity':'case','actions':"
                                SIM_TASK("created") "}" },
    { "schedule.create",
      "{'code':'weekly','rule':'0 9 * * 1','missed':'each','operation':'activity.create','args':"
      "{'kind':'task','subject':'weekly','due_at':{'$now':'P1D'}}}" },
    { "loyalty_program.create", "{'code':'club','name':'Club','expire_months':6,'currency':'EUR',"
                                "'cost_per_point':'0.01','return_policy':'unlimited'}",
      .save = "club=id" },
    { "earning_rule.create", "{'program_id':'$club','code':'base','number':'1','kind':'purchase',"
                             "'caps':[{'period':'day','points':900}]}" },
    { "tier_scheme.create", "{'program_id':'$club','tiers':[{'code':'blue','from':0},"
                            "{'code':'gold','from':500}]}" },
    { "reward.create", "{'program_id':'$club','code':'wash','name':'Wash','points':30,"
                       "'stock':90000,'voucher_days':60}" },
    { "earning_source.create", "{'code':'sale','program_id':'$club','entity':'sales_contract',"
                               "'condition':{'status':'fulfilled'},'kind':'purchase',"
                               "'amount_field':'total'}" },
    { "message_template.create", "{'code':'bday','channel':'sms','language':'en','purpose':"
                                 "'service','body':'All the best, {{name}}'}" },
    { "message.setup", "{'definition':{'rules':[{'name':'bday','trigger':'date','entity':"
                       "'customer','date_field':'birth_date','every_year':'gregorian','actions':["
                       "{'operation':'message.send','args':{'customer_id':{'$field':'id'},"
                       "'channel':'sms','template':'bday','local_time':'10:00:00'}}]}]}}" },
    { "webhook_endpoint.create", "{'name':'Shop','url':'https://example.com/hook','secret':"
                                 "'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw','types':['lead.*',"
                                 "'case.opened','points.*']}" },
    { "work_package_template.create", "{'code':'prep','name':'Prepare','entity':'customer',"
      "'position':1,'tasks':[{'code':'a','name':'A','duration':'PT1H','target':'PT20H'},"
      "{'code':'b','name':'B','duration':'PT1H','depends_on':['a']}]}" },
    { "profile_policy.create", "{'name':'House','currency':'EUR'}" },
    { "grade.load", "{'activate':true,'definition':{'kind':'customer','grades':['A','B'],"
                    "'axes':[{'name':'v','bands':[{'name':'B','to':3},{'name':'A','from':3}]}],"
                    "'rules':[{'name':'contracts','value':'visits','each':1},{'name':'fleet',"
                    "'when':{'kind':'company'},'points':5}]}}" },
    { "segment.create", "{'name':'Gold','filter':{'grade':'A'}}", .save = "segment=id" },
    { "retention_rule.create", "{'name':'calls','entity':'interaction','action':'anonymise',"
                               "'months':3,'basis':'policy'}" },
    { "milestone_chain.create", "{'code':'short','name':'Short','definition':{'milestones':["
      "{'code':'ordered','visible':true},{'code':'released','after':['ordered'],'days':5,"
      "'gate':true,'documents':['paper']},{'code':'delivery','after':['released'],'days':2}],"
      "'warranties':[{'name':'Two years','months':24}],'reminders':[{'name':'Call','days':3}]}}" },
    { "milestone_code.create", "{'source':'maker','code':'3800','milestone':'production'}" },
    { "milestone_code.create", "{'source':'maker','code':'4B00'}" },
    { "milestone_code.create", "{'source':'yard','code':'3800','milestone':'production'}" },
    { "sync_source.create", "{'code':'maker'}" },
    { "sync_source.create", "{'code':'yard','connector':'sales'}" },
    { "sync_rule.create", "{'source':'yard','kind':'vin','take':'ours'}" },
    { "allocation_quota.create", "{'dealer_id':'$north','model':'S','period':'P0','places':2,"
                                 "'offer_for':'P4D'}" },
    { "allocation_quota.create", "{'dealer_id':'$south','model':'S','period':'P0','places':1,"
                                 "'offer_for':'P4D'}" },
    { "stock_location.create", "{'dealer_id':'$north','name':'Yard'}", .save = "yard=id" },
    { "trade_plate.create", "{'plate':'T 1'}", .save = "plate=id" },
    { "vehicle_make.create", "{'name':'Northstar','country':'SE'}", .save = "make=id" },
    { "vehicle_model.create", "{'make_id':'$make','name':'Polaris'}", .save = "model=id" },
    { "vehicle_trim.create", "{'model_id':'$model','name':'Base','model_year':2026}",
      .save = "trim=id" },
    { "vehicle_trim.create", "{'model_id':'$model','name':'Sport','model_year':2026}",
      .save = "sport=id" },
    SIM_OPTION("ESP", "optional"),
    SIM_OPTION("W17", "standard"),
    SIM_OPTION("W19", "optional"),
    SIM_OPTION("SEAT", "optional"),
    SIM_OPTION("WIN", "optional"),
    { "vehicle_option.create", "{'make_id':'$make','code':'TOW','name':'TOW'}", .save = "o=id" },
    { "trim_option.create", "{'trim_id':'$trim','option_id':'$o'}" },
    { "option_rule.create", "{'name':'A tow bar needs ESP','model_id':'$model','kind':'requires',"
                            "'when_options':['TOW'],'then_options':['ESP']}" },
    { "option_rule.create", "{'name':'One set of wheels','model_id':'$model','kind':'one_of',"
                            "'mandatory':true,'then_options':['W17','W19']}" },
    { "option_rule.create", "{'name':'Winter','model_id':'$model','kind':'package',"
                            "'when_options':['WIN'],'then_options':['SEAT']}" },
    { "signin_policy.create", "{'memory_kib':1024,'passes':1,'idle':'P2D','lifetime':'P5D'}" },
    { "tag.create", "{'name':'t0'}" },
    { "tag.create", "{'name':'t1'}" },
    { "tag.create", "{'name':'t2'}" },
    { "tag.create", "{'name':'t3'}" },
    { "tag.create", "{'name':'t4'}" },
    { "commission_rule.create", "{'code':'base','name':'Base','from_date':'2026-01-01','measure':"
      "'units','currency':'EUR','steps':[{'from':1,'pay':'50.00'},{'from':3,'pay':'75.00'}]}" },
    { "commission_rule.create", "{'code':'turn','name':'Turnover','from_date':'2026-01-01',"
      "'measure':'revenue','currency':'EUR','steps':[{'from':'0','pay':'0.005'}]}" },
    { "pipeline.list", "{}", .save = "pipe=items.0.id" },
    { NULL, NULL }
};

void sim_found(sim *s)
{
    static const char *const names[SIM_KNOWN] = { "north", "south", "pipe", "segment", "club",
        "make", "trim", "sport", "yard", "plate", "sara", "omid", "nima" };
    life l = { .host = &s->h };

    life_live(&l, founding);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        for (size_t k = 0; k < l.n_saved; k++)
            if (strcmp(l.saved[k].name, names[i]) == 0)
                snprintf(s->known[i], sizeof s->known[i], "%s", l.saved[k].value);
    sim_prices(s);
}

/* --- Customers and their wishes --- */

const sim_item *sim_customer(sim *s)
{
    const sim_item *c = sim_some(s, SIM_CUSTOMERS);

    return c && c->state == 0 ? c : NULL;
}

static void newcomer(sim *s)
{
    int64_t n = s->expect[SIM_N_CUSTOMERS]++;
    bool company = sim_below(s, 5) == 0;
    acrm_value *made = sim_do(s, "customer.create",
        "'kind':'%s','name':'Customer %lld','birth_date':'19%02lld-%02lld-%02lld',"
        "'contact_points':[{'channel':'phone','value':'+98912%07lld'}]",
        company ? "company" : "person", (long long)n, (long long)(50 + sim_below(s, 50)),
        (long long)(1 + sim_below(s, 12)), (long long)(1 + sim_below(s, 28)), (long long)n);

    sim_add(s, SIM_CUSTOMERS, host_text(made, "id"), 0)->number = company;
    acrm_value_free(made);
}

/* A list of three of which one is not in order: it alone is left out. */
static void list(sim *s)
{
    long long n = (long long)s->expect[SIM_N_CUSTOMERS];

    s->expect[SIM_N_CUSTOMERS] += 2;
    acrm_value *made = sim_do(s, "customer.create_many",
        "'on_error':'skip','records':[{'kind':'person','name':'Customer %lld'},"
        "{'kind':'person','name':'X','contact_points':[{'channel':'web','value':'a.example'},"
        "{'channel':'nowhere','value':'x'}]},"
        "{'kind':'person','name':'Customer %lld'}]", n, n + 1);

    ck_assert_int_eq(host_int(made, "created"), 2);
    acrm_value_free(made);
}

static void removal(sim *s)
{
    static const char *const cities[] = { "Tehran", "Shiraz", "Qom", "Yazd" };
    const sim_item *c = sim_some(s, SIM_CUSTOMERS);

    if (c && c->state == 0)
        sim_done(s, "customer.update", "'id':'%s','last_write_wins':true,'city':'%s'", c->id,
                 cities[sim_below(s, 4)]);
}

static void enquiry(sim *s)
{
    const sim_item *c = sim_some(s, SIM_CUSTOMERS);

    if (!c || c->state)
        return;
    acrm_value *out = sim_do(s, "lead.submit",
        "'customer_id':'%s','lead':{'model':'M%lld','level':'%s'},'source':'portal'", c->id,
        (long long)sim_below(s, 9), sim_below(s, 2) ? "H" : "A");
    if (strcmp(host_text(out, "outcome"), "created") == 0) {
        sim_add(s, SIM_LEADS, host_text(out, "lead_id"), 0);
        s->expect[SIM_N_LEADS]++;
    }
    acrm_value_free(out);
}

static void seller(sim *s)
{
    static const char *const acts[][2] = {
        { "lead.accept", "" },
        { "lead.contact", ",'outcome':'interested'" },
        { "lead.contact", ",'effective':false,'outcome':'no answer'" },
        { "lead.set_level", ",'level':'B','reason':'later'" },
        { "lead.win", "" },
        { "lead.lose", ",'reason':'price'" },
    };
    const sim_item *lead = sim_some(s, SIM_LEADS);
    int64_t which = sim_below(s, 6);

    sim_may(s, "required"); /* nobody has it, as nobody takes leads just now */
    if (lead)
        sim_done(s, acts[which][0], "'id':'%s'%s", lead->id, acts[which][1]);
}

static void deal(sim *s)
{
    const sim_item *c = sim_some(s, SIM_CUSTOMERS);
    sim_item *old = sim_some(s, SIM_OPPORTUNITIES);

    if (old && sim_below(s, 2)) {
        bool won = sim_below(s, 2);
        sim_done(s, won ? "opportunity.win" : "opportunity.lose", "'id':'%s'%s", old->id,
                 won ? "" : ",'reason':'price'");
        return;
    }
    acrm_value *made = c && !c->state ? sim_do(s, "opportunity.create",
        "'customer_id':'%s','name':'A car','pipeline_id':'%s'", c->id, s->known[SIM_PIPELINE])
        : NULL;
    if (made) {
        sim_add(s, SIM_OPPORTUNITIES, host_text(made, "id"), 0);
        s->expect[SIM_N_OPPORTUNITIES]++;
    }
    acrm_value_free(made);
}

static void task(sim *s)
{
    char due[40];
    const sim_item *c = sim_some(s, SIM_CUSTOMERS);
    const sim_item *old = sim_some(s, SIM_TASKS);

    if (old && sim_below(s, 2)) {
        sim_done(s, sim_below(s, 4) ? "activity.complete" : "activity.cancel", "'id':'%s'",
                 old->id);
        return;
    }
    sim_in_days(s, 1 + sim_below(s, 9), due);
    acrm_value *made = c && !c->state ? sim_do(s, "activity.create",
        "'customer_id':'%s','kind':'meeting','subject':'sim','due_at':'%s'", c->id, due) : NULL;
    if (made) {
        sim_add(s, SIM_TASKS, host_text(made, "id"), 0);
        s->expect[SIM_N_TASKS]++;
    }
    acrm_value_free(made);
}

static void contract(sim *s)
{
    const sim_item *c = sim_some(s, SIM_CUSTOMERS);

    if (c && !c->state)
        s->expect[SIM_N_CONTRACTS] += sim_done(s, "sales_contract.create",
            "'number':'C-%d','customer_id':'%s','status':'fulfilled','currency':'EUR',"
            "'total':'%lld.50'", s->act, c->id, (long long)sim_below(s, 400));
}

/* --- Complaints, packages, processes --- */

static void complaint(sim *s)
{
    const sim_item *c = sim_some(s, SIM_CUSTOMERS);
    acrm_value *made = c && !c->state ? sim_do(s, "case.open",
        "'type':'desk','customer_id':'%s','subject':'S','dealer_id':'%s'", c->id,
        s->known[sim_below(s, 2)]) : NULL;

    if (made) {
        sim_add(s, SIM_CASES, host_text(made, "case.id"), 0);
        s->expect[SIM_N_CASES]++;
    }
    acrm_value_free(made);
}

static void agent(sim *s)
{
    static const char *const acts[][2] = {
        { "case.reply", ",'body':'B'" },
        { "case.message", ",'direction':'in','body':'B'" },
        { "case.stop", ",'reason':'r','waiting_for':'customer'" },
        { "case.resume", "" },
        { "case.resolve", ",'resolution':'R'" },
        { "case.tell", ",'channel':'phone'" },
        { "case.close", "" },
        { "case.callback", ",'outcome':'satisfied'" },
        { "case.prioritise", ",'priority':'urgent'" },
    };
    const sim_item *one = sim_some(s, SIM_CASES);
    int64_t which = sim_below(s, 9);

    if (one)
        sim_done(s, acts[which][0], "'id':'%s'%s", one->id, acts[which][1]);
}

static void package(sim *s)
{
    const sim_item *c = sim_some(s, SIM_CUSTOMERS), *old = sim_some(s, SIM_PACKAGES);

    if (old && sim_below(s, 3)) {
        acrm_value *list = sim_ask(s, "work_package_task.list",
            "'where':{'package_id':'%s','state':{'$in':['ready','active']}},'limit':1", old->id);
        if (*host_text(list, "items.0.id"))
            sim_done(s, "work_package_task.finish", "'id':'%s'", host_text(list, "items.0.id"));
        acrm_value_free(list);
        return;
    }
    acrm_value *made = c && !c->state ? sim_do(s, "work_package.start",
        "'entity':'customer','id':'%s'", c->id) : NULL;
    if (made) {
        sim_add(s, SIM_PACKAGES, host_text(made, "id"), 0);
        s->expect[SIM_N_PACKAGES]++;
    }
    acrm_value_free(made);
}

static void way(sim *s)
{
    const sim_item *c = sim_some(s, SIM_CUSTOMERS), *old = sim_some(s, SIM_WAYS);

    if (old && sim_below(s, 2)) {
        sim_done(s, "process.transition", "'id':'%s','transition':'finish'", old->id);
        return;
    }
    acrm_value *made = c && !c->state ? sim_do(s, "process.start",
        "'code':'welcome','subject_id':'%s'", c->id) : NULL;
    if (made) {
        sim_add(s, SIM_WAYS, host_text(made, "id"), 0);
        s->expect[SIM_N_WAYS]++;
    }
    acrm_value_free(made);
}

/* --- Points --- */

static void joining(sim *s)
{
    sim_item *c = sim_some(s, SIM_CUSTOMERS);
    acrm_value *made = c && !c->state ? sim_do(s, "member.create",
        "'program_id':'%s','customer_id':'%s'", s->known[SIM_CLUB], c->id) : NULL;

    if (made) {
        sim_add(s, SIM_MEMBERS, host_text(made, "id"), 0);
        s->expect[SIM_N_MEMBERS]++;
    }
    acrm_value_free(made);
}

static void purchase(sim *s)
{
    const sim_item *m = sim_some(s, SIM_MEMBERS);

    if (m)
        sim_done(s, "loyalty.record", "'member_id':'%s','kind':'purchase','source_id':'p%d',"
                 "'amount':'%lld.00'", m->id, s->act, (long long)(1 + sim_below(s, 300)));
}

static void spending(sim *s)
{
    const sim_item *m = sim_some(s, SIM_MEMBERS);
    acrm_value *out = m ? sim_do(s, "loyalty.redeem",
        "'member_id':'%s','points':%lld,'source_id':'s%d'", m->id,
        (long long)(1 + sim_below(s, 200)), s->act) : NULL;

    if (out) {
        sim_add(s, SIM_SPENT, host_text(out, "transaction.id"), 0);
        s->expect[SIM_N_POINTS]++;
    }
    acrm_value_free(out);
}

static void holding(sim *s)
{
    const sim_item *m = sim_some(s, SIM_MEMBERS), *old = sim_some(s, SIM_HELD);

    if (old && sim_below(s, 2)) {
        sim_done(s, sim_below(s, 2) ? "loyalty.confirm" : "loyalty.cancel", "'of_id':'%s'",
                 old->id);
        return;
    }
    acrm_value *out = m ? sim_do(s, "loyalty.reserve", "'member_id':'%s','points':%lld", m->id,
                                 (long long)(1 + sim_below(s, 90))) : NULL;
    if (out)
        sim_add(s, SIM_HELD, host_text(out, "transaction.id"), 0);
    acrm_value_free(out);
}

static void turning_back(sim *s)
{
    const sim_item *spent = sim_some(s, SIM_SPENT), *m = sim_some(s, SIM_MEMBERS);
    const sim_item *to = sim_some(s, SIM_MEMBERS);

    if (spent && sim_below(s, 3) == 0)
        sim_done(s, "loyalty.reverse", "'of_id':'%s'", spent->id);
    else if (m && to != m)
        sim_done(s, "loyalty.transfer", "'member_id':'%s','to_id':'%s','points':%lld", m->id,
                 to->id, (long long)(1 + sim_below(s, 50)));
}

static void reward(sim *s)
{
    const sim_item *m = sim_some(s, SIM_MEMBERS), *old = sim_some(s, SIM_REWARDS);

    if (old && sim_below(s, 2)) {
        sim_done(s, sim_below(s, 3) ? "reward.confirm" : "reward.cancel", "'id':'%s'", old->id);
        return;
    }
    acrm_value *out = m ? sim_do(s, "reward.reserve", "'member_id':'%s','reward':'wash'", m->id)
                        : NULL;
    if (out)
        sim_add(s, SIM_REWARDS, host_text(out, "id"), 0);
    acrm_value_free(out);
}

/* --- Messages, merges, privacy, money --- */

static void writer(sim *s)
{
    const sim_item *c = sim_some(s, SIM_CUSTOMERS);

    if (c && !c->state)
        s->expect[SIM_N_MESSAGES] += sim_done(s, "message.send",
            "'customer_id':'%s','channel':'sms','purpose':'service','body':'Your car is ready'",
            c->id);
}

static void consenter(sim *s)
{
    const sim_item *c = sim_some(s, SIM_CUSTOMERS);

    if (c && !c->state)
        sim_done(s, sim_below(s, 3) ? "consent.give" : "consent.withdraw",
                 "'customer_id':'%s','purpose':'marketing','channel':'sms','source':'call'",
                 c->id);
}

static void merger(sim *s)
{
    sim_item *a = sim_some(s, SIM_CUSTOMERS), *b = sim_some(s, SIM_CUSTOMERS);
    sim_item *old = sim_some(s, SIM_MERGES);

    if (old && sim_below(s, 3) == 0) {
        sim_item *back = &s->pools[SIM_CUSTOMERS].items[old->of];
        if (old->state == 0 && back->state == 1 &&
            sim_done(s, "customer.unmerge", "'merge_id':'%s'", old->id)) {
            old->state = 1;
            back->state = 0;
            s->expect[SIM_N_MERGES]--;
        }
        return;
    }
    if (!a || a == b || a->state || b->state || a->number != b->number)
        return;
    acrm_value *out = sim_do(s, "customer.merge", "'id':'%s','others':['%s']", a->id, b->id);
    if (out) {
        b->state = 1;
        s->expect[SIM_N_MERGES]++;
        sim_add(s, SIM_MERGES, host_text(out, "merge_id"),
                (int32_t)(b - s->pools[SIM_CUSTOMERS].items));
    }
    acrm_value_free(out);
}

static void forgetting(sim *s)
{
    sim_item *c = sim_some(s, SIM_CUSTOMERS);

    if (!c || c->state)
        return;
    if (sim_below(s, 3)) {
        bool lift = sim_below(s, 2);
        sim_done(s, lift ? "privacy.lift" : "privacy.restrict", "'customer_id':'%s'%s", c->id,
                 lift ? "" : ",'basis':'Art. 18'");
        return;
    }
    if (sim_done(s, "privacy.erase", "'customer_id':'%s','basis':'Art. 17','reason':'asked'",
                 c->id)) {
        c->state = 2;
        s->expect[SIM_N_ERASED]++;
        sim_guests_are_known(s);
    }
}

static void asker(sim *s)
{
    const sim_item *c = sim_some(s, SIM_CUSTOMERS);

    if (c && !c->state)
        s->expect[SIM_N_ASKED] += sim_done(s, "connector.request",
            "'connector':'bank','name':'rate','body':{'amount':'9.00'},'subject_entity':"
            "'customer','subject_id':'%s'", c->id);
}

/* A schedule of instalments settles to zero, whatever its terms. */
static void financier(sim *s)
{
    static const char *const kinds[] = { "annuity", "equal_principal", "interest_only", "flat" };
    acrm_value *out = sim_ask(s, "finance.schedule",
        "'currency':'EUR','price':'%lld.99','deposit':'%lld.00','rate':'0.%02lld','periods':%lld,"
        "'kind':'%s'", (long long)(9000 + sim_below(s, 60000)), (long long)sim_below(s, 9000),
        (long long)sim_below(s, 30), (long long)(1 + sim_below(s, 84)), kinds[sim_below(s, 4)]);
    const acrm_value *rows = acrm_value_get(out, "rows");
    const acrm_value *last = acrm_value_at(rows, acrm_value_count(rows) - 1);

    ck_assert_str_eq(host_text(last, "closing"), "0.00");
    acrm_value_free(out);
}

const sim_actor sim_actors[] = {
    /* name, weight, act */
    { "newcomer", 10, newcomer },
    { "list", 1, list },
    { "removal", 2, removal },
    { "enquiry", 10, enquiry },
    { "seller", 14, seller },
    { "deal", 5, deal },
    { "task", 6, task },
    { "contract", 3, contract },
    { "complaint", 5, complaint },
    { "agent", 12, agent },
    { "package", 4, package },
    { "way", 4, way },
    { "joining", 4, joining },
    { "purchase", 8, purchase },
    { "spending", 5, spending },
    { "holding", 4, holding },
    { "turning_back", 3, turning_back },
    { "reward", 3, reward },
    { "writer", 5, writer },
    { "consenter", 2, consenter },
    { "merger", 2, merger },
    { "forgetting", 1, forgetting },
    { "asker", 3, asker },
    { "financier", 1, financier },
    { "buyer", 5, sim_act_buyer },
    { "keeper", 6, sim_act_keeper },
    { "reserver", 5, sim_act_reserver },
    { "hauler", 3, sim_act_hauler },
    { "driver", 6, sim_act_driver },
    { "appraiser", 6, sim_act_appraiser },
    { "chooser", 3, sim_act_chooser },
    { "quoter", 8, sim_act_quoter },
    { "closer", 8, sim_act_closer },
    { "orderer", 9, sim_act_orderer },
    { "maker", 6, sim_act_maker },
    { "feeder", 4, sim_act_feeder },
    { "puller", 2, sim_act_puller },
    { "lottery", 4, sim_act_lottery },
    { "allocator", 5, sim_act_allocator },
    { "guest", 6, sim_act_guest },
    { "visitor", 2, sim_act_visitor },
    { "filer", 3, sim_act_filer },
    { "kin", 2, sim_act_kin },
    { "importer", 1, sim_act_importer },
    { "staff", 1, sim_act_staff },
    { "clock", 1, sim_act_clock },
    { "manager", 1, sim_act_manager },
    { NULL, 0, NULL },
};

void sim_month(sim *s)
{
    sim_done(s, "grade.run", "%s", "");
    sim_done(s, "segment.snapshot", "'id':'%s'", s->known[SIM_SEGMENT]);
    sim_done(s, "privacy.retention_run", "%s", "");
    sim_done(s, "privacy.sweep", "%s", "");
    sim_month_house(s);
    sim_month_orders(s);
    sim_prices(s);
}
