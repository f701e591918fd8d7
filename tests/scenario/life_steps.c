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
    { "dealer.create", "{'name':'Importer','code':'IMP','kind':'importer'}",
      .save = "importer=id" },
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
    { "attachment.add", "{'id':'$ada','file_name':'a.txt','data':'aGVsbG8='}", .save = "file=id" },
    { "attachment.read", "{'id':'$file'}" },
    { "attachment.remove", "{'id':'$file'}" },
    { "attachment.add", "{'id':'$ada','file_name':'../a','data':'aGVsbG8='}",
      .want = ACRM_E_INVALID },
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

/* --- Leads: taken in, distributed, followed up, won and lost; imports; reports --- */

static const char adf[] =
    "<?xml version=\"1.0\"?><?adf version=\"1.0\"?>\n<adf>"
    "<prospect><id source=\"portal\">P-1</id><requestdate>2026-11-22T09:00:00Z</requestdate>"
    "<vehicle interest=\"buy\" status=\"new\"><year>2026</year><make>Nova</make>"
    "<model>Arya</model></vehicle><customer><contact><name part=\"full\">Dana Sample</name>"
    "<email>dana@example.org</email><phone>+98 912 700 0001</phone></contact></customer>"
    "<vendor><contact><name part=\"full\">North Motors</name></contact></vendor>"
    "<provider><name part=\"full\">Portal</name></provider></prospect>"
    "<prospect><id source=\"portal\">P-2</id><customer></customer></prospect></adf>\n";
static const char csv[] =
    "name;phone;email;model;comments\r\n"
    "Farid One;0912 700 0002;farid@example.org;Arya;please call\r\n"
    "\xDA\xA9\xD8\xA7\xD9\x88\xD9\x87;\xDB\xB0\xDB\xB9\xDB\xB1\xDB\xB2\xDB\xB7\xDB\xB0\xDB\xB0"
    "\xDB\xB0\xDB\xB0\xDB\xB0\xDB\xB3;;Arya;\"said \"\"now\"\"\"\r\n"
    "Nobody;;;;\r\n"
    "Farid One;+989127000002;farid@example.org;Arya;again\r\n";
static const char jsonl[] =
    "{\"name\":\"Gita Last\",\"email\":\"gita@example.org\",\"model\":\"Arya\"}\n"
    "{\"name\":\"Cut\n"
    "\n"
    "{\"name\":\"Hadi\",\"phone\":\"+989127000004\",\"model\":\"Mira\",\"external_id\":\"J-9\"}\n";

static const char people[] = "external_id,name,phone,dealer,birth date\nU1,Ula Umm,09121110001,N1,"
                             "1370/01/01\nU2,Uri Unn,09121110002,N1,\n";
static const char changed[] = "external_id,name,phone,city\nU1,Ula Umm,09121110009,Qom\nU2,Uri Unn,"
                              ",\nU3,,,\n";

const life_step life_long[] = {
    { "role.create",
      "{'name':'seller_2','permissions':['*'],'scopes':{'*':'dealer','lead':'own'}}",
      .save = "seller=id" },
    { "dealer.create", "{'name':'Importer','code':'IMP','kind':'importer'}",
      .save = "importer=id" },
    { "dealer.create", "{'name':'North Motors','code':'N1','parent_id':'$importer'}",
      .save = "north=id" },
    { "dealer.create", "{'name':'South Motors','code':'S1','parent_id':'$importer'}",
      .save = "south=id" },
    { "user.create", "{'name':'Sara','login':'sara','dealer_id':'$north','role_id':'$seller',"
                     "'takes_leads':true}", .save = "sara=id" },
    { "user.create", "{'name':'Omid','login':'omid','dealer_id':'$south','role_id':'$seller',"
                     "'takes_leads':true}", .save = "omid=id" },
    { "distribution_rule.create",
      "{'name':'All','position':1,'strategy':'weighted','accept_within':'PT2H',"
      "'targets':[{'dealer_id':'$north','weight':2},{'dealer_id':'$south','weight':1}]}" },
    { "lead_source.create", "{'code':'portal','name':'Portal','currency':'EUR',"
                            "'cost_per_lead':'12.50'}" },
    { "lead.submit",
      "{'customer':{'name':'Ada Example','contact_points':[{'channel':'phone',"
      "'value':'+989121112233'}]},'lead':{'model':'Arya','level':'H'},'source':'portal',"
      "'provider':'Portal','external_id':'A-1'}", .save = "lead=lead_id ada=customer_id" },
    { "lead.submit",
      "{'customer':{'name':'Ada Example','contact_points':[{'channel':'phone',"
      "'value':'+989121112233'}]},'lead':{'model':'Arya'},'source':'portal',"
      "'provider':'Portal','external_id':'A-1','resend':true}", .later_s = MINUTE },
    { "lead.submit", "{'customer':{'name':'Bob'}}", .later_s = MINUTE,
      .save = "second=lead_id bob=customer_id" },
    { "lead.submit", "{'customer':{'name':'Cem','contact_points':[{'channel':'email',"
                     "'value':'cem@example.org'}]},'lead':{'level':'A'}}",
      .save = "third=lead_id" },
    { "lead.explain", "{'id':'$lead'}" },
    { "lead.assign", "{'id':'$lead','user_id':'$sara','force':true,'reason':'knows her'}" },
    { "lead.set_level", "{'id':'$lead','level':'A','reason':'takes longer'}" },
    { "lead.set_level", "{'id':'$lead','level':'Q','reason':'no such level'}",
      .want = ACRM_E_INVALID },
    { "engine.tick", "{}", .later_s = 3 * HOUR },
    { "lead.contact", "{'id':'$lead','effective':false,'outcome':'no answer'}", .later_s = HOUR },
    { "lead.contact", "{'id':'$lead','outcome':'interested','notes':'wants red',"
                      "'next_at':'2026-11-25T09:00:00Z'}", .later_s = HOUR },
    { "import.run", "{'source':'day.xml','provider':'Portal'}", .input = adf, .later_s = DAY },
    { "import.run", "{'source':'day.csv','country':'IR','source_code':'fair',"
                    "'dealer_id':'$north'}", .input = csv },
    { "import.run", "{'source':'day.jsonl','country':'IR'}", .input = jsonl },
    { "import.run", "{'source':'day.csv','country':'IR','source_code':'fair',"
                    "'dealer_id':'$north'}", .input = csv },
    { "import.run", "{'source':'empty'}", .input = "", .want = ACRM_E_INVALID },
    { "import_row.list", "{'where':{'outcome':'rejected'},'order':['created_at']}",
      .save = "bad=items.0.id worse=items.1.id" },
    { "import.retry", "{'id':'$bad'}" },
    { "import.discard", "{'id':'$worse'}" },
    { "import_row.aggregate", "{'group':['outcome']}" },
    { "import.upsert", "{'source':'people','country':'IR','duplicates':'create'}",
      .input = people },
    { "import.upsert", "{'source':'people','country':'IR','dry_run':true}", .input = changed },
    { "import.upsert", "{'source':'people again','country':'IR'}", .input = changed,
      .save = "again=job_id" },
    { "import.undo", "{'id':'$again'}" },
    { "agenda.list", "{'user_id':'$sara'}" },
    { "activity.create", "{'customer_id':'$ada','lead_id':'$lead','kind':'call',"
                         "'subject':'ring','due_at':'2026-11-26T09:00:00Z'}", .save = "ring=id" },
    { "activity.complete", "{'id':'$ring','outcome':'done','effective':true}", .later_s = DAY },
    { "activity.create", "{'customer_id':'$ada','kind':'task','subject':'brochure',"
                         "'due_at':'2026-11-26T09:00:00Z'}", .save = "task=id" },
    { "activity.cancel", "{'id':'$task'}" },
    { "pipeline.list", "{'include':['stages']}", .save = "pipe=items.0.id" },
    { "stage.list", "{'where':{'pipeline_id':'$pipe'},'order':['position']}",
      .save = "one=items.0.id two=items.1.id" },
    { "opportunity.create", "{'customer_id':'$ada','lead_id':'$lead','name':'Arya for Ada',"
                            "'pipeline_id':'$pipe'}", .save = "deal=id" },
    { "opportunity.move", "{'id':'$deal','stage_id':'$two'}", .later_s = HOUR },
    { "opportunity.create", "{'customer_id':'$bob','name':'Mira for Bob','pipeline_id':'$pipe'}",
      .save = "lost=id" },
    { "opportunity.lose", "{'id':'$lost','reason':'price','competitor':'Another'}",
      .later_s = HOUR },
    { "opportunity.review", "{'id':'$lost'}" },
    { "opportunity.win", "{'id':'$deal'}", .later_s = HOUR },
    { "lead.lose", "{'id':'$second','reason':'no_interest','win_back_at':'2027-01-15'}",
      .later_s = HOUR },
    { "lead.win", "{'id':'$third'}" },
    { "engine.tick", "{}", .later_s = 5 * DAY },
    { "lead.neglected", "{}" },
    { "engine.tick", "{}", .later_s = 60 * DAY },
    { "report.funnel", "{'group':'dealer'}" },
    { "report.sources", "{}" },
    { "report.response_times", "{}" },
    { "report.stage_times", "{'pipeline_id':'$pipe'}" },
    { "report.lost_reasons", "{'of':'opportunities'}" },
    { "customer.view360", "{'id':'$ada'}" },
    { "customer.timeline", "{'id':'$ada'}" },
    { "audit.verify", "{}" },
    { NULL, NULL }
};
