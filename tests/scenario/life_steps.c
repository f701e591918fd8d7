/* SPDX-License-Identifier: MIT */
/* The calls of a small business's life. */
#include "life.h"

#include <stddef.h>

enum { MINUTE = 60, HOUR = 3600, DAY = 24 * 3600 };

/* --- The organisation, customers, roles, custom fields: the kernel at work --- */

const life_step life_short[] = {
    { "role.create",
      "{'name':'seller','permissions':['customer.*','interaction.*','lead.*'],"
      "'scopes':{'*':'dealer','lead':'own'},'field_rules':{'customer':{'hidden':['notes']}}}",
      .save = "seller=id" },
    { "dealer.create", "{'name':'Importer','code':'IMP','kind':'importer'}", .save = "importer=id" },
    { "dealer.create",
      "{'name':'North Motors','code':'N1','parent_id':'$importer','zone':'Asia/Tehran'}",
      .save = "north=id" },
    { "team.create", "{'name':'Showroom','dealer_id':'$north'}", .save = "team=id" },
    { "user.create",
      "{'name':'Sara','login':'sara','dealer_id':'$north','team_id':'$team','role_id':'$seller',"
      "'takes_leads':true,'lead_capacity':50}", .save = "sara=id" },
    { "user.create", "{'name':'Omid','login':'sara','role_id':'$seller'}",
      .want = ACRM_E_CONFLICT },
    { "customer.create",
      "{'name':'Ada Example','national_id':'0084575948','id_country':'IR','dealer_id':'$north',"
      "'notes':'likes red','contact_points':[{'channel':'phone','value':'0912 345 6789',"
      "'country':'IR'},{'channel':'email','value':'Ada@Example.com'}]}", .save = "ada=id" },
    { "customer.create", "{'kind':'nobody','contact_points':[{'channel':'smoke'}]}",
      .want = ACRM_E_INVALID },
    { "customer.create_many",
      "{'records':[{'name':'Ben'},{'vip_level':99},{'name':'Eve','grade':'A'}],"
      "'on_error':'skip'}", .save = "ben=ids.0" },
    { "customer.update", "{'id':'$ada','version':1,'grade':'A'}" },
    { "customer.update", "{'id':'$ada','version':1,'grade':'B'}", .want = ACRM_E_CONFLICT },
    { "customer.update", "{'id':'$ada','last_write_wins':true,'vip_level':3,'dry_run':true}" },
    { "customer.delete", "{'id':'$ben','last_write_wins':true}", .later_s = MINUTE },
    { "customer.get", "{'id':'$ben'}" },
    { "customer.count", "{}" },
    { "customer.restore", "{'id':'$ben'}", .later_s = MINUTE },
    { "interaction.create",
      "{'customer_id':'$ada','at':'2026-11-21T10:05:00Z','channel':'phone','subject':'asked',"
      "'idempotency_key':'call-1'}", .save = "talk=id" },
    { "interaction.create",
      "{'customer_id':'$ada','at':'2026-11-21T10:05:00Z','channel':'phone','subject':'asked',"
      "'idempotency_key':'call-1'}" },
    { "schema.add_field",
      "{'entity':'customer','name':'x_hobby','type':'text','help':'What they like',"
      "'searchable':true}" },
    { "schema.add_entity",
      "{'name':'x_guest','help':'Somebody at an event','label_field':'x_name','fields':["
      "{'name':'x_name','type':'text','help':'Name','required':true},"
      "{'name':'x_customer_id','type':'ref','target':'customer','inverse':'x_guests',"
      "'help':'Who it is'}]}" },
    { "customer.update", "{'id':'$ada','last_write_wins':true,'x_hobby':'rally driving'}" },
    { "x_guest.create", "{'x_name':'Ada','x_customer_id':'$ada'}", .save = "guest=id" },
    { "customer.list",
      "{'where':{'$search':'rally'},'order':['-created_at'],'include':['contact_points'],"
      "'limit':1}" },
    { "customer.list",
      "{'where':{'contact_points':{'$any':{'match_value':'+989123456789'}}},'fields':['name']}" },
    { "customer.count", "{'where':{'dealer.code':'N1'},'deleted':'with'}" },
    { "customer.aggregate",
      "{'group':['grade',{'field':'created_at','bucket':'month'}],"
      "'measures':['count',{'max':'vip_level'}]}" },
    { "customer.match", "{'contact_points':[{'channel':'email','value':'ADA@example.com'}]}" },
    { "customer.identify", "{'phone':'09123456789','country':'IR'}" },
    { "customer.timeline", "{'id':'$ada'}" },
    { "customer.view360", "{'id':'$ada'}" },
    { "customer.history", "{'id':'$ada'}" },
    { "schema.retire", "{'entity':'customer','field':'x_hobby'}" },
    { "engine.tick", "{}", .later_s = DAY },
    { "audit.verify", "{}" },
    { "audit.list", "{'newest_first':true,'limit':2}" },
    { "event.list", "{'types':['customer.*'],'limit':2,'cloudevents':true}" },
    { NULL, NULL }
};
