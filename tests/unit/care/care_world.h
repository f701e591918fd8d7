/* SPDX-License-Identifier: MIT */
/* A dealer with a complaints desk, for the tests of cases: on the world of the sales tests. */
#ifndef TESTS_UNIT_CARE_WORLD_H
#define TESTS_UNIT_CARE_WORLD_H

#include "unit/sales/sales_world.h"

typedef struct care_world {
    sales_world w;
    acrm_session *system, *agent, *manager, *customer;
    char dealer[37], team[37], agent_id[37], second_id[37], manager_id[37], customer_id[37],
        queue[37], type[37];
} care_world;

static void care_role(care_world *c, const char *name, char id[37])
{
    acrm_value *out = sales_call(c->system, "role.list", "{'where':{'name':'%s'}}", name);

    snprintf(id, 37, "%s", sales_text(out, "items.0.id"));
    acrm_value_free(out);
}

static void care_staff(care_world *c, const char *login, const char *role, char id[37])
{
    char role_id[37];

    care_role(c, role, role_id);
    sales_create(c->system, "user.create", id, "{'name':'%s','login':'%s','role_id':'%s',"
                 "'dealer_id':'%s','team_id':'%s'}", login, login, role_id, c->dealer, c->team);
}

static care_world care_new(int storage)
{
    care_world c = { .w = sales_new(storage) };
    acrm_error *err = NULL;
    char text[64];

    c.system = c.w.system;
    sales_create(c.system, "dealer.create", c.dealer,
                 "{'name':'North','code':'D01','country':'IR','zone':'Asia/Tehran'}");
    sales_create(c.system, "team.create", c.team, "{'name':'Care','dealer_id':'%s'}", c.dealer);
    care_staff(&c, "agent", "service_advisor", c.agent_id);
    care_staff(&c, "second", "service_advisor", c.second_id);
    care_staff(&c, "manager", "dealer_manager", c.manager_id);
    sales_do(c.system, "user.update", "{'id':'%s','team_id':null,'last_write_wins':true}",
             c.manager_id);
    sales_create(c.system, "case_queue.create", c.queue,
                 "{'code':'care','name':'Care','dealer_id':'%s','team_id':'%s',"
                 "'pick':'least_loaded'}", c.dealer, c.team);
    sales_create(c.system, "case_type.create", c.type,
                 "{'code':'paint','name':'Paint complaint','kind':'complaint','queue_id':'%s',"
                 "'needs_root_cause':true,'callback_after':'PT48H','reopen_within':'PT720H'}",
                 c.queue);
    sales_do(c.system, "root_cause.create", "{'code':'defect','name':'Paint defect'}");
    sales_create(c.system, "customer.create", c.customer_id,
                 "{'name':'Sara Karimi','country':'IR','dealer_id':'%s','contact_points':["
                 "{'channel':'phone','value':'+989121234567'}]}", c.dealer);
    c.agent = sales_user(&c.w, c.agent_id);
    c.manager = sales_user(&c.w, c.manager_id);
    snprintf(text, sizeof text, "customer:%s", c.customer_id);
    ck_assert_int_eq(acrm_session_new(c.w.engine, text, &c.customer, &err), ACRM_OK);
    return c;
}

static void care_free(care_world *c)
{
    acrm_session_free(c->agent);
    acrm_session_free(c->manager);
    acrm_session_free(c->customer);
    sales_free(&c->w);
}

/* A case of the customer, its id into `id`. */
static void care_open(care_world *c, char id[37], const char *more)
{
    acrm_value *out = sales_call(c->system, "case.open", "{'type':'paint','customer_id':'%s',"
                                 "'subject':'Scratched door'%s}", c->customer_id, more);

    snprintf(id, 37, "%s", sales_text(out, "case.id"));
    acrm_value_free(out);
}

static acrm_value *care_get(care_world *c, const char *id)
{
    return sales_call(c->system, "case.get", "{'id':'%s'}", id);
}

static void care_expect(care_world *c, const char *id, const char *field, const char *want)
{
    acrm_value *rec = care_get(c, id);

    ck_assert_msg(strcmp(sales_text(rec, field), want) == 0, "%s is %s, not %s", field,
                  sales_text(rec, field), want);
    acrm_value_free(rec);
}

static void care_tick(care_world *c, int64_t seconds)
{
    sales_advance(seconds);
    sales_do(c->system, "engine.tick", "{}");
}

/* How many events of a type there are about a record. */
static int care_events(care_world *c, const char *type, const char *id)
{
    acrm_value *out = sales_call(c->system, "event.list", "{'types':['%s'],'limit':1000}", type);
    int n = 0;

    for (size_t i = 0; i < sales_length(out, "items"); i++)
        n += strcmp(sales_text(acrm_value_at(acrm_value_get(out, "items"), i), "record"), id) == 0;
    acrm_value_free(out);
    return n;
}

#endif
