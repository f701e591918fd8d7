/* SPDX-License-Identifier: MIT */
/* The catalogue in the database: rules as they are defined, choices, price lists, configurations.
 */
#include "support/speak.h"
#include "support/suite.h"

#include <stdbool.h>

static const char define[] = "option_rule.create";

typedef struct shop {
    office o;
    id make, model, base, sport, list;
} shop;

static void offer(shop *s, const char *code, const char *kind, const char *base,
                  const char *sport)
{
    id option = make(&s->o, "vehicle_option.create",
                     "{'make_id':'%s','code':'%s','name':'The %s','kind':'%s'}", s->make.text,
                     code, code, kind);
    if (base)
        make(&s->o, "trim_option.create", "{'trim_id':'%s','option_id':'%s','offered':'%s'}",
             s->base.text, option.text, base);
    if (sport)
        make(&s->o, "trim_option.create", "{'trim_id':'%s','option_id':'%s','offered':'%s'}",
             s->sport.text, option.text, sport);
    make(&s->o, "price_item.create", "{'price_list_id':'%s','option_id':'%s','currency':'EUR',"
         "'amount':'%u.50'}", s->list.text, option.text, 100 * (unsigned)strlen(code));
}

static id rule(shop *s, const char *name, const char *kind, const char *when, const char *then,
               const char *more)
{
    return make(&s->o, "option_rule.create", "{'model_id':'%s','name':'%s','kind':'%s',"
                "'when_options':%s,'then_options':%s%s}", s->model.text, name, kind, when, then,
                more);
}

static void shop_open(shop *s, int storage)
{
    office *o = &s->o;

    office_open(o, storage);
    s->make = make(o, "vehicle_make.create", "{'name':'Northstar','code':'NS'}");
    s->model = make(o, "vehicle_model.create", "{'make_id':'%s','name':'Polaris'}", s->make.text);
    s->base = make(o, "vehicle_trim.create", "{'model_id':'%s','name':'Base','model_year':2026}",
                   s->model.text);
    s->sport = make(o, "vehicle_trim.create", "{'model_id':'%s','name':'Sport','to_date':"
                    "'2026-12-31'}", s->model.text);
    s->list = make(o, "price_list.create", "{'name':'2026','make_id':'%s','currency':'EUR',"
                   "'valid_from':'2026-01-01','valid_to':'2026-12-31','tax_rate':'0.19'}",
                   s->make.text);
    make(o, "price_item.create", "{'price_list_id':'%s','trim_id':'%s','currency':'EUR','amount':"
         "'20000.00'}", s->list.text, s->base.text);
    make(o, "price_item.create", "{'price_list_id':'%s','trim_id':'%s','currency':'EUR','amount':"
         "'25000.00'}", s->list.text, s->sport.text);
    offer(s, "TOW", "accessory", "optional", "optional");
    offer(s, "ESP", "equipment", "optional", "standard");
    offer(s, "W17", "wheels", "standard", NULL);
    offer(s, "W19", "wheels", "optional", "standard");
    offer(s, "WIN", "package", "optional", NULL);
    offer(s, "SEATS", "interior", "optional", "optional");
    offer(s, "LEATHER", "interior", NULL, "optional");
    rule(s, "A tow bar needs ESP", "requires", "['TOW']", "['ESP']", "");
    rule(s, "One set of wheels", "one_of", "null", "['W17','W19']", ",'mandatory':true");
    rule(s, "Winter package", "package", "['WIN']", "['SEATS','ESP']", "");
}

static const char *breach(const acrm_value *out, size_t i, const char *key)
{
    return office_text(acrm_value_at(acrm_value_get(out, "breaches"), i), key);
}

START_TEST(catalogue__all_breaches_are_told_with_a_way_out)
{
    shop s;
    shop_open(&s, _i);
    acrm_value *out = call(&s.o, "configuration.check", "{'trim_id':'%s','on':'2026-06-01',"
                           "'options':['TOW','NIX','LEATHER','W17','W19']}", s.base.text);

    ck_assert_int_eq(acrm_value_bool(acrm_value_get(out, "valid")), 0);
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "breaches")), 4);
    ck_assert_str_eq(breach(out, 0, "reason"), "unknown");
    ck_assert_str_eq(breach(out, 0, "field"), "options[1]");
    ck_assert_str_eq(breach(out, 1, "reason"), "not_offered");
    ck_assert_str_eq(breach(out, 1, "option"), "LEATHER");
    ck_assert_str_eq(breach(out, 2, "reason"), "missing");
    ck_assert_str_eq(breach(out, 2, "option"), "ESP");
    ck_assert_str_eq(breach(out, 2, "field"), "options[0]");
    ck_assert_str_eq(breach(out, 2, "message"), "TOW: ESP is required: A tow bar needs ESP");
    ck_assert_str_eq(breach(out, 3, "reason"), "too_many");
    const acrm_value *proposal = acrm_value_get(out, "proposal");
    ck_assert_str_eq(office_text(proposal, "outcome"), "found");
    ck_assert_int_eq(office_number(proposal, "changes"), 2);
    acrm_value_free(out);
    out = call(&s.o, "configuration.check", "{'trim_id':'%s','options':['TOW','ESP'],"
               "'on':'2026-06-01'}", s.base.text);
    ck_assert_int_eq(acrm_value_bool(acrm_value_get(out, "valid")), 1);
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(out, "vehicle")), 3);
    ck_assert(acrm_value_type(acrm_value_get(out, "proposal")) == ACRM_NULL);
    acrm_value_free(out);
    out = call(&s.o, "configuration.check", "{'trim_id':'%s','on':'2027-01-01'}", s.sport.text);
    ck_assert_str_eq(breach(out, 0, "reason"), "not_sold");
    acrm_value_free(out);
    office_close(&s.o);
}
END_TEST

START_TEST(catalogue__a_contradicting_rule_is_refused_and_named)
{
    shop s;
    acrm_error *err = NULL;
    char json[600];
    shop_open(&s, _i);

    snprintf(json, sizeof json, "{\"model_id\":\"%s\",\"name\":\"No ESP with a tow bar\","
             "\"kind\":\"excludes\",\"when_options\":[\"TOW\"],\"then_options\":[\"ESP\"]}",
             s.model.text);
    ck_assert_int_eq(acrm_call_json(s.o.session, define, json, strlen(json), NULL, &err),
                     ACRM_E_INVALID);
    ck_assert_str_eq(acrm_error_reason(err), "contradiction");
    ck_assert_str_eq(acrm_error_message(err),
                     "in trim Base option TOW can never be chosen, by the rules: "
                     "A tow bar needs ESP; No ESP with a tow bar");
    acrm_error_free(err);
    ck_assert_int_eq(count(&s.o, "option_rule", "{}"), 3);
    refused(&s.o, ACRM_E_INVALID, "unknown", define, "{'model_id':'%s','name':'X','kind':"
            "'excludes','when_options':['TOW'],'then_options':['NIX']}", s.model.text);
    refused(&s.o, ACRM_E_INVALID, "circle", define, "{'model_id':'%s','name':'X','kind':"
            "'package','when_options':['SEATS'],'then_options':['WIN']}", s.model.text);
    refused(&s.o, ACRM_E_INVALID, "required", define, "{'model_id':'%s','name':'X','kind':"
            "'requires','when_options':['TOW'],'then_options':[]}", s.model.text);
    refused(&s.o, ACRM_E_INVALID, "duplicate", define, "{'model_id':'%s','name':'X','kind':"
            "'requires','when_options':['TOW','TOW'],'then_options':['ESP']}", s.model.text);
    refused(&s.o, ACRM_E_INVALID, "type", define, "{'model_id':'%s','name':'X','kind':"
            "'requires','when_options':'TOW','then_options':['ESP']}", s.model.text);
    refused(&s.o, ACRM_E_INVALID, "not_allowed", define, "{'model_id':'%s','name':'X','kind':"
            "'excludes','any':true,'when_options':['TOW'],'then_options':['W19']}", s.model.text);
    refused(&s.o, ACRM_E_INVALID, "required", define, "{'name':'X','kind':'one_of',"
            "'then_options':['W17']}");
    /* Not in force it may say anything; put in force it is judged. */
    id idle = make(&s.o, define, "{'model_id':'%s','name':'Idle','kind':'excludes',"
                   "'when_options':['TOW'],'then_options':['ESP'],'active':false}", s.model.text);
    refused(&s.o, ACRM_E_INVALID, "contradiction", "option_rule.update",
            "{'id':'%s','version':1,'active':true}", idle.text);
    acrm_value *out = call(&s.o, "configuration.contradictions", "{'model_id':'%s'}",
                           s.model.text);
    ck_assert_int_eq(office_number(out, "count"), 0);
    acrm_value_free(out);
    office_close(&s.o);
}
END_TEST

START_TEST(catalogue__contradictions_of_offers_are_listed)
{
    shop s;
    shop_open(&s, _i);
    acrm_value *page = call(&s.o, "trim_option.list", "{'where':{'trim_id':'%s','option.code':"
                            "'ESP'}}", s.base.text);
    const acrm_value *item = acrm_value_at(acrm_value_get(page, "items"), 0);

    acrm_value_free(call(&s.o, "trim_option.delete", "{'id':'%s','version':1}",
                         office_text(item, "id")));
    acrm_value_free(page);
    acrm_value *out = call(&s.o, "configuration.contradictions", "{'trim_id':'%s'}", s.base.text);
    ck_assert_int_eq(office_number(out, "count"), 2);
    const acrm_value *trim = acrm_value_at(acrm_value_get(out, "trims"), 0);
    const acrm_value *first = acrm_value_at(acrm_value_get(trim, "contradictions"), 0);
    ck_assert_str_eq(office_text(first, "kind"), "option");
    ck_assert_str_eq(office_text(first, "option"), "TOW");
    acrm_value_free(out);
    refused(&s.o, ACRM_E_INVALID, "required", "configuration.contradictions", "{}");
    refused(&s.o, ACRM_E_INVALID, "not_offered", "configuration.price",
            "{'trim_id':'%s','options':['ESP'],'on':'2026-06-01'}", s.base.text);
    office_close(&s.o);
}
END_TEST

static const char *verdict(shop *s, id trim, const char *on, const char *options)
{
    static char reason[40];
    acrm_value *out = call(&s->o, "configuration.check", "{'trim_id':'%s','on':'%s','options':%s}",
                           trim.text, on, options);
    const char *first = breach(out, 0, "reason");

    snprintf(reason, sizeof reason, "%s", first ? first : "valid");
    acrm_value_free(out);
    return reason;
}

START_TEST(catalogue__rules_and_offers_hold_between_their_days)
{
    static const struct {
        const char *on, *options, *verdict;
    } rows[] = {
        { "2026-06-30", "['TOW','ESP','W19']", "valid" },
        { "2026-07-01", "['TOW','ESP','W19']", "excluded" },
        { "2026-09-30", "['TOW','ESP','W19']", "excluded" },
        { "2026-10-01", "['TOW','ESP','W19']", "valid" },
        { "2026-07-31", "['ROOF']", "not_offered" },
        { "2026-08-01", "['ROOF']", "valid" },
        { "2026-08-31", "['ROOF']", "valid" },
        { "2026-09-01", "['ROOF']", "not_offered" },
    };
    shop s;
    shop_open(&s, _i);
    make(&s.o, define, "{'trim_id':'%s','name':'Summer','kind':'excludes','when_options':['TOW'],"
         "'then_options':['W19'],'valid_from':'2026-07-01','valid_to':'2026-09-30'}", s.base.text);
    id roof = make(&s.o, "vehicle_option.create", "{'make_id':'%s','code':'ROOF','name':'Roof'}",
                   s.make.text);
    make(&s.o, "trim_option.create", "{'trim_id':'%s','option_id':'%s','valid_from':'2026-08-01',"
         "'valid_to':'2026-08-31'}", s.base.text, roof.text);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        ck_assert_msg(strcmp(verdict(&s, s.base, rows[i].on, rows[i].options),
                             rows[i].verdict) == 0, "%s %s", rows[i].on, rows[i].options);
    refused(&s.o, ACRM_E_INVALID, "excluded", "configuration.create", "{'trim_id':'%s','options':"
            "['TOW','ESP','W19'],'priced_on':'2026-07-01'}", s.base.text);
    make(&s.o, "configuration.create", "{'trim_id':'%s','options':['TOW','ESP','W19'],'priced_on':"
         "'2026-06-30'}", s.base.text);
    refused(&s.o, ACRM_E_INVALID, "range", define, "{'model_id':'%s','name':'X','kind':'excludes',"
            "'when_options':['TOW'],'then_options':['W19'],'valid_from':'2026-02-02','valid_to':"
            "'2026-02-01'}", s.model.text);
    refused(&s.o, ACRM_E_INVALID, "range", "trim_option.create", "{'trim_id':'%s','option_id':"
            "'%s','valid_from':'2026-02-02','valid_to':'2026-02-01'}", s.sport.text, roof.text);
    office_close(&s.o);
}
END_TEST

START_TEST(catalogue__rules_of_different_days_do_not_contradict)
{
    shop s;
    acrm_error *err = NULL;
    char json[600];
    shop_open(&s, _i);
    const char *when = "'kind':'excludes','when_options':['SEATS'],'then_options':['W17']";
    const char *then = "'kind':'requires','when_options':['SEATS'],'then_options':['W17']";

    make(&s.o, define, "{'trim_id':'%s','name':'Old',%s,'valid_to':'2026-06-30'}", s.base.text,
         when);
    refused(&s.o, ACRM_E_INVALID, "contradiction", define, "{'trim_id':'%s','name':'Always',%s}",
            s.base.text, then);
    refused(&s.o, ACRM_E_INVALID, "contradiction", define, "{'trim_id':'%s','name':'Early',%s,"
            "'valid_from':'2026-06-30'}", s.base.text, then);
    id next = make(&s.o, define, "{'trim_id':'%s','name':'New',%s,'valid_from':'2026-07-01'}",
                   s.base.text, then);
    snprintf(json, sizeof json, "{\"trim_id\":\"%s\",\"name\":\"Late\",\"kind\":\"excludes\","
             "\"when_options\":[\"SEATS\"],\"then_options\":[\"W17\"],\"valid_from\":"
             "\"2026-05-01\"}", s.base.text);
    ck_assert_int_eq(acrm_call_json(s.o.session, define, json, strlen(json), NULL, &err),
                     ACRM_E_INVALID);
    ck_assert_str_eq(acrm_error_message(err), "in trim Base from 2026-07-01 option SEATS can never "
                                              "be chosen, by the rules: New; Late");
    acrm_error_free(err);
    refused(&s.o, ACRM_E_INVALID, "contradiction", "option_rule.update", "{'id':'%s','version':1,"
            "'valid_from':'2026-06-30'}", next.text);
    /* What is offered can still make them impossible, from its day on. */
    id w17 = { "" };
    acrm_value *page = call(&s.o, "trim_option.list", "{'where':{'trim_id':'%s','option.code':"
                            "'W17'}}", s.base.text);
    snprintf(w17.text, sizeof w17.text, "%s",
             office_text(acrm_value_at(acrm_value_get(page, "items"), 0), "id"));
    acrm_value_free(page);
    acrm_value_free(call(&s.o, "trim_option.update", "{'id':'%s','version':1,'valid_to':"
                         "'2026-08-31'}", w17.text));
    acrm_value *out = call(&s.o, "configuration.contradictions", "{'trim_id':'%s','on':"
                           "'2026-01-01'}", s.base.text);
    ck_assert_int_eq(office_number(out, "count"), 2); /* the seats, and the package with them */
    const acrm_value *trim = acrm_value_at(acrm_value_get(out, "trims"), 0);
    ck_assert_str_eq(office_text(trim, "from_date"), "2026-09-01");
    ck_assert_ptr_null(office_text(trim, "to_date"));
    acrm_value_free(out);
    office_close(&s.o);
}
END_TEST

static uint32_t dice_state = 7;

static uint32_t dice(uint32_t sides)
{
    dice_state = dice_state * 1664525u + 1013904223u;
    return (dice_state >> 8) % sides;
}

/* Random rules of random days, and choices on random days, against a plain look at each rule. */
START_TEST(catalogue__agrees_with_each_dated_rule_looked_at_alone)
{
    enum { OPTIONS = 5, DAYS = 9, RULES = 12, CHOICES = 60 };
    struct {
        uint32_t when, then, from, to;
        bool excludes;
    } rules[RULES];
    shop s;
    uint32_t invalid = 0;

    shop_open(&s, OFFICE_MEMORY);
    for (char code[] = "A"; code[0] < 'A' + OPTIONS; code[0]++)
        offer(&s, code, "equipment", "optional", NULL);
    uint32_t n = 0;
    for (int i = 0; i < RULES; i++) {
        uint32_t when = dice(OPTIONS), then = (when + 1 + dice(OPTIONS - 1)) % OPTIONS;
        uint32_t from = dice(DAYS), to = from + dice(DAYS - from);
        bool excludes = dice(2) == 0;
        char json[400];
        snprintf(json, sizeof json, "{\"trim_id\":\"%s\",\"name\":\"R%d\",\"kind\":\"%s\","
                 "\"when_options\":[\"%c\"],\"then_options\":[\"%c\"],\"valid_from\":"
                 "\"2026-06-0%u\",\"valid_to\":\"2026-06-0%u\"}", s.base.text, i,
                 excludes ? "excludes" : "requires", 'A' + (int)when, 'A' + (int)then, from + 1,
                 to + 1);
        int32_t st = acrm_call_json(s.o.session, define, json, strlen(json), NULL, NULL);
        ck_assert(st == ACRM_OK || st == ACRM_E_INVALID); /* it contradicts those before */
        if (st == ACRM_OK) {
            rules[n].when = when, rules[n].then = then, rules[n].excludes = excludes;
            rules[n].from = from, rules[n++].to = to;
        }
    }
    ck_assert_uint_ge(n, RULES / 2);
    for (int i = 0; i < CHOICES; i++) {
        uint32_t chosen = dice(1u << OPTIONS), day = dice(DAYS);
        char options[64] = "[", on[16];
        bool valid = true;
        for (uint32_t o = 0; o < OPTIONS; o++)
            if (chosen >> o & 1)
                snprintf(options + strlen(options), 8, "%s'%c'", options[1] ? "," : "",
                         'A' + (int)o);
        strcat(options, "]");
        snprintf(on, sizeof on, "2026-06-0%u", day + 1);
        for (uint32_t r = 0; r < n; r++)
            if (day >= rules[r].from && day <= rules[r].to && chosen >> rules[r].when & 1 &&
                (chosen >> rules[r].then & 1) == (rules[r].excludes ? 1u : 0u))
                valid = false;
        invalid += !valid;
        ck_assert_msg((strcmp(verdict(&s, s.base, on, options), "valid") == 0) == valid, "%s %s",
                      on, options);
    }
    ck_assert(invalid > CHOICES / 10 && invalid < CHOICES * 9 / 10);
    office_close(&s.o);
}
END_TEST

START_TEST(catalogue__each_component_of_a_price_is_explained)
{
    shop s;
    shop_open(&s, _i);
    acrm_value *out = call(&s.o, "configuration.price", "{'trim_id':'%s','on':'2026-06-01',"
                           "'options':['WIN','W19']}", s.base.text);
    static const struct {
        const char *code, *amount, *why;
    } lines[] = {
        { "Base", "20000.00", "price" }, { "ESP", "0.00", "included" },
        { "SEATS", "0.00", "included" }, { "W19", "300.50", "price" }, { "WIN", "300.50", "price" },
    };

    ck_assert_str_eq(office_text(out, "base"), "20000.00");
    ck_assert_str_eq(office_text(out, "net"), "20601.00");
    ck_assert_str_eq(office_text(out, "tax"), "3914.19");
    ck_assert_str_eq(office_text(out, "total"), "24515.19");
    ck_assert_str_eq(office_text(out, "currency"), "EUR");
    const acrm_value *list = acrm_value_get(out, "lines");
    ck_assert_uint_eq(acrm_value_count(list), 5);
    for (size_t i = 0; i < 5; i++) {
        ck_assert_str_eq(office_text(acrm_value_at(list, i), "code"), lines[i].code);
        ck_assert_str_eq(office_text(acrm_value_at(list, i), "amount"), lines[i].amount);
        ck_assert_str_eq(office_text(acrm_value_at(list, i), "why"), lines[i].why);
    }
    ck_assert_str_eq(office_text(acrm_value_at(list, 1), "package"), "WIN");
    ck_assert_str_eq(office_text(acrm_value_get(out, "explain"), "rounded_by"), "0");
    acrm_value_free(out);
    office_close(&s.o);
}
END_TEST

static id list_of(shop *s, const char *name, const char *more, const char *amount)
{
    id list = make(&s->o, "price_list.create", "{'name':'%s','currency':'EUR'%s}", name, more);

    if (amount)
        make(&s->o, "price_item.create", "{'price_list_id':'%s','trim_id':'%s','currency':'EUR',"
             "'amount':'%s'}", list.text, s->base.text, amount);
    return list;
}

START_TEST(catalogue__the_list_that_fits_best_decides)
{
    static const struct {
        const char *rule, *args, *total;
    } rows[] = {
        { "the list of the make", "", "23800.00" },
        { "another region's list does not apply", ",'region':'South'", "23800.00" },
        { "that of the region is more special", ",'region':'North'", "19000.00" },
        { "that of the group is more special still", ",'region':'North','customer_group':'fleet'",
          "18000.00" },
        { "priority stands before all", ",'country':'SE','customer_group':'fleet'", "17000.00" },
        { "dealers have a place of their own", ",'dealer_id':'$'", "19000.00" },
        { "a list can be named", ",'country':'SE','customer_group':'fleet','price_list_id':'#'",
          "18000.00" },
    };
    shop s;
    shop_open(&s, _i);
    id dealer = make(&s.o, "dealer.create", "{'name':'D','code':'D','region':'North'}");

    list_of(&s, "North", ",'region':'North','valid_from':'2026-01-01'", "19000.00");
    id fleet = list_of(&s, "Fleet", ",'customer_group':'fleet','valid_from':'2026-01-01'",
                       "18000.00");
    list_of(&s, "Sweden", ",'country':'SE','valid_from':'2026-01-01','priority':5", "17000.00");
    list_of(&s, "Empty", ",'valid_from':'2026-01-01','priority':9", NULL);
    list_of(&s, "Idle", ",'valid_from':'2026-01-01','priority':9,'active':false", "1.00");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char args[200];
        const char *at = strpbrk(rows[i].args, "$#");
        snprintf(args, sizeof args, "%.*s%s%s", at ? (int)(at - rows[i].args) : 200, rows[i].args,
                 !at ? "" : *at == '$' ? dealer.text : fleet.text, at ? "'" : "");
        acrm_value *out = call(&s.o, "configuration.price", "{'trim_id':'%s','on':'2026-06-01'%s}",
                               s.base.text, args);
        ck_assert_msg(strcmp(office_text(out, "total"), rows[i].total) == 0, "%s: %s",
                      rows[i].rule, office_text(out, "total"));
        acrm_value_free(out);
    }
    office_close(&s.o);
}
END_TEST

START_TEST(catalogue__what_cannot_be_priced_is_refused_by_name)
{
    shop s;
    shop_open(&s, _i);
    const char *price = "configuration.price";
    id next = list_of(&s, "2030", ",'valid_from':'2030-01-01'", "9.00");

    refused(&s.o, ACRM_E_CONFLICT, "expired", price, "{'trim_id':'%s','on':'2027-01-01'}",
            s.base.text);
    refused(&s.o, ACRM_E_CONFLICT, "not_yet_valid", price, "{'trim_id':'%s','on':'2029-01-01',"
            "'price_list_id':'%s'}", s.base.text, next.text);
    refused(&s.o, ACRM_E_INVALID, "missing", price, "{'trim_id':'%s','options':['TOW'],'on':"
            "'2026-06-01'}", s.base.text);
    refused(&s.o, ACRM_E_NOTFOUND, "reference", price, "{'trim_id':'%s','options':['TOW']}",
            next.text);
    id bare = make(&s.o, "vehicle_trim.create", "{'model_id':'%s','name':'Bare'}", s.model.text);
    refused(&s.o, ACRM_E_INVALID, "none_chosen", price, "{'trim_id':'%s','on':'2026-06-01'}",
            bare.text);
    id other = make(&s.o, "vehicle_model.create", "{'make_id':'%s','name':'Vega'}", s.make.text);
    id vega = make(&s.o, "vehicle_trim.create", "{'model_id':'%s','name':'V'}", other.text);
    refused(&s.o, ACRM_E_CONFLICT, "no_price", price, "{'trim_id':'%s','on':'2026-06-01'}",
            vega.text);
    refused(&s.o, ACRM_E_INVALID, "mismatch", "price_item.create", "{'price_list_id':'%s',"
            "'trim_id':'%s','currency':'USD','amount':'1.00'}", s.list.text, vega.text);
    refused(&s.o, ACRM_E_CONFLICT, "unique", "price_item.create", "{'price_list_id':'%s',"
            "'trim_id':'%s','currency':'EUR','amount':'1.00'}", s.list.text, s.base.text);
    refused(&s.o, ACRM_E_INVALID, "range", "price_list.create", "{'name':'X','currency':'EUR',"
            "'valid_from':'2026-01-02','valid_to':'2026-01-01'}");
    refused(&s.o, ACRM_E_INVALID, "range", "price_list.create", "{'name':'X','currency':'EUR',"
            "'valid_from':'2026-01-02','tax_rate':'-0.1'}");
    refused(&s.o, ACRM_E_INVALID, "currency", "price_list.create", "{'name':'X','currency':'XYZ',"
            "'valid_from':'2026-01-02'}");
    office_close(&s.o);
}
END_TEST

START_TEST(catalogue__a_stored_configuration_keeps_its_price)
{
    shop s;
    shop_open(&s, _i);
    acrm_value *out = call(&s.o, "configuration.create", "{'trim_id':'%s','options':['WIN'],"
                           "'priced_on':'2026-06-01'}", s.base.text);
    char own[37];

    snprintf(own, sizeof own, "%s", office_text(out, "id"));
    ck_assert_str_eq(office_text(out, "name"), "Base");
    ck_assert_str_eq(office_text(out, "total"), "24157.60");
    ck_assert_uint_eq(acrm_value_count(acrm_value_get(acrm_value_get(out, "breakdown"), "lines")),
                      5);
    acrm_value_free(out);
    acrm_value *items = call(&s.o, "price_item.list", "{'where':{'trim_id':'%s'}}", s.base.text);
    id item;
    snprintf(item.text, sizeof item.text, "%s",
             office_text(acrm_value_at(acrm_value_get(items, "items"), 0), "id"));
    acrm_value_free(items);
    acrm_value_free(call(&s.o, "price_item.update", "{'id':'%s','version':1,'amount':'1.00'}",
                         item.text));
    out = call(&s.o, "configuration.update", "{'id':'%s','version':1,'name':'Mine'}", own);
    ck_assert_str_eq(office_text(out, "total"), "24157.60");
    acrm_value_free(out);
    out = call(&s.o, "configuration.update", "{'id':'%s','version':2,'options':[],'state':'used'}",
               own);
    ck_assert_str_eq(office_text(out, "total"), "1.19");
    acrm_value_free(out);
    refused(&s.o, ACRM_E_CONFLICT, "state", "configuration.update",
            "{'id':'%s','version':3,'options':['WIN']}", own);
    refused(&s.o, ACRM_E_INVALID, "missing", "configuration.create", "{'trim_id':'%s','options':"
            "['TOW'],'priced_on':'2026-06-01'}", s.base.text);
    refused(&s.o, ACRM_E_INVALID, "type", "configuration.create", "{'trim_id':'%s','options':"
            "[1],'priced_on':'2026-06-01'}", s.base.text);
    office_close(&s.o);
}
END_TEST

START_TEST(catalogue__what_does_not_belong_together_is_refused)
{
    shop s;
    shop_open(&s, _i);
    id other = make(&s.o, "vehicle_make.create", "{'name':'Other'}");
    id strange = make(&s.o, "vehicle_option.create", "{'make_id':'%s','code':'TOW','name':'T'}",
                      other.text);

    refused(&s.o, ACRM_E_INVALID, "mismatch", "trim_option.create", "{'trim_id':'%s',"
            "'option_id':'%s'}", s.base.text, strange.text);
    refused(&s.o, ACRM_E_INVALID, "mismatch", "vehicle_option.create", "{'make_id':'%s',"
            "'model_id':'%s','code':'Y','name':'Y'}", other.text, s.model.text);
    refused(&s.o, ACRM_E_INVALID, "required", "vehicle_option.create", "{'code':'Y','name':'Y'}");
    refused(&s.o, ACRM_E_INVALID, "range", "vehicle_trim.create", "{'model_id':'%s','name':'Z',"
            "'from_date':'2026-02-01','to_date':'2026-01-01'}", s.model.text);
    refused(&s.o, ACRM_E_INVALID, "type", "vehicle_trim.create", "{'model_id':'%s','name':'Z',"
            "'specifications':[1]}", s.model.text);
    office_close(&s.o);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("catalogue");
    TCase *t = tcase_create("catalogue");

    tcase_add_loop_test(t, catalogue__all_breaches_are_told_with_a_way_out, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, catalogue__a_contradicting_rule_is_refused_and_named, 0,
                        OFFICE_STORAGES);
    tcase_add_loop_test(t, catalogue__contradictions_of_offers_are_listed, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, catalogue__rules_and_offers_hold_between_their_days, 0,
                        OFFICE_STORAGES);
    tcase_add_loop_test(t, catalogue__rules_of_different_days_do_not_contradict, 0,
                        OFFICE_STORAGES);
    tcase_add_test(t, catalogue__agrees_with_each_dated_rule_looked_at_alone);
    tcase_add_loop_test(t, catalogue__each_component_of_a_price_is_explained, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, catalogue__the_list_that_fits_best_decides, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, catalogue__what_cannot_be_priced_is_refused_by_name, 0,
                        OFFICE_STORAGES);
    tcase_add_loop_test(t, catalogue__a_stored_configuration_keeps_its_price, 0, OFFICE_STORAGES);
    tcase_add_loop_test(t, catalogue__what_does_not_belong_together_is_refused, 0,
                        OFFICE_STORAGES);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
