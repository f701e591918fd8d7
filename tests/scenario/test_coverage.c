/* SPDX-License-Identifier: MIT */
/* Every operation of the registry goes through at least once. */
#include "access_matrix.h"
#include "life.h"
#include "support/suite.h"
#include "support/under.h"

#include <string.h>

/* Operations that need more than a call, and where they are tested. */
static const struct {
    const char *operation, *why;
} elsewhere[] = {
    { "engine.backup", "memory has no backup; test_files.c, files__a_backup_is_a_database" },
#define COMPUTES(name) { "finance." name, "only computes; tests/unit/finops" }
    COMPUTES("allocate"), COMPUTES("apr"), COMPUTES("arrears"), COMPUTES("day_count"),
    COMPUTES("lease"), COMPUTES("lease_end"), COMPUTES("penalty"), COMPUTES("prepay"),
    COMPUTES("rates"), COMPUTES("replay"), COMPUTES("restructure"), COMPUTES("schedule"),
    COMPUTES("settlement"), COMPUTES("solve"),
#undef COMPUTES
    { "case.check_entitlement", "needs a check to ask; tests/unit/care/test_case_ends.c" },
    { "loyalty.approve", "needs a second person; tests/unit/loyalty/test_ledger.c" },
    { "case_compensation.decide", "needs a role with less; tests/unit/care/test_case_ends.c" },
    { "incident.retry", "needs a rule that fails; tests/unit/process/test_automation.c" },
    { "incident.dismiss", "needs a rule that fails; tests/unit/process/test_automation.c" },
#define PROCESSES(name) { name, "needs a definition; tests/unit/process" }
    PROCESSES("process_definition.load"), PROCESSES("process_definition.check"),
    PROCESSES("process_definition.activate"), PROCESSES("process_definition.retire"),
    PROCESSES("process_definition.diagram"), PROCESSES("process.start"),
    PROCESSES("process.transition"), PROCESSES("process.cancel"),
    PROCESSES("process.available"), PROCESSES("process.status"),
#undef PROCESSES
#define SENDS(name) { "message." name, "needs a transport; tests/unit/message" }
    SENDS("retry"), SENDS("drop"),
#undef SENDS
    { "message.opened", "needs a token; tests/unit/message/test_tracking.c" },
    { "message.clicked", "needs a token; tests/unit/message/test_tracking.c" },
    { "message.unsubscribe", "needs a token; tests/unit/message/test_tracking.c" },
    { "message_link.get", "needs a token; tests/unit/message/test_tracking.c" },
    { "webhook.test", "needs a transport; tests/unit/webhook/test_endpoint.c" },
    { "timer.retry", "needs a timer that failed; tests/unit/kernel/test_timers.c" },
    { "signin.code", "needs the code that was sent; tests/unit/signin/test_session.c" },
    { "signin.reset", "needs the code that was sent; tests/unit/signin/test_session.c" },
    { "credential.change_password", "needs a user; tests/unit/signin/test_password.c" },
};

/* What the long life leaves out; it goes on from there. */
static const life_step rest[] = {
    { "engine.info", "{'counts':true}" },
    { "engine.check", "{}" },
    { "engine.copy", "{'to':'memory:'}" },
    { "customer.create", "{'name':'Jo','city':'Bath'}", .save = "jo=id" },
    { "customer.merge_preview", "{'id':'$ada','others':['$jo']}" },
    { "customer.merge", "{'id':'$ada','others':['$jo'],'reason':'one person'}" },
    { "customer.unmerge", "{'id':'$jo'}" },
    { "merge_rule.create", "{'field':'city','rule':'longest'}" },
    { "customer.relate", "{'id':'$jo','type':'child','to':'$ada'}" },
    { "customer.relationships", "{'id':'$ada'}" },
    { "customer.network", "{'id':'$ada'}" },
    { "customer.fleet", "{'id':'$ada'}" },
    { "customer.set_vip", "{'id':'$ada','level':3,'reason':'since the first day'}" },
    { "relationship_type.create", "{'code':'coach','name':'Coach','inverse_code':'coached'}",
      .save = "coach=id" },
    { "relationship.create", "{'from_id':'$ada','to_id':'$jo','type_id':'$coach'}" },
    { "customer.create", "{'name':'Kim'}", .save = "kim=id" },
    { "household.create", "{'name':'Home','head_id':'$ada','members':[{'customer_id':'$jo',"
                          "'role':'child'}]}", .save = "home=id" },
    { "household_member.create", "{'household_id':'$home','customer_id':'$kim'}" },
    { "household.view", "{'id':'$home'}" },
    { "contact_point.create", "{'customer_id':'$ada','channel':'web','value':'example.com'}" },
    { "lead_level.create", "{'code':'Z','rank':9,'first_contact':'PT1H','contact_every':'P2D'}" },
    { "lost_reason.create", "{'code':'moved','name':'Moved away'}" },
    { "team.create", "{'name':'Used cars','dealer_id':'$north'}" },
    { "interaction.create", "{'customer_id':'$ada','at':'2026-11-21T10:05:00Z',"
                            "'channel':'visit'}" },
    { "lead.create", "{'customer_id':'$ada'}", .save = "fresh=id" },
    { "distribution_rule.create", "{'name':'Late','position':9}", .save = "rule=id" },
    { "distribution_target.create", "{'rule_id':'$rule','dealer_id':'$north'}" },
    { "pipeline.create", "{'name':'Fleet'}", .save = "fleet=id" },
    { "stage.create", "{'pipeline_id':'$fleet','name':'First','position':1}" },
    { "customer.match", "{'contact_points':[{'channel':'phone','value':'+989121112233'}]}" },
    { "customer.identify", "{'text':'Ada'}" },
    { "agenda.ical", "{'customer_id':'$ada','zone':'Asia/Tehran','alarm':'PT15M'}" },
    { "activity.ical", "{'id':'$ring'}" },
    { "customer.create", "{'name':'Ivo Twin','birth_date':'1980-02-03','contact_points':["
                         "{'channel':'phone','value':'+989121112299'}]}", .save = "twin=id" },
    { "customer.create", "{'name':'Twin Ivo','duplicates':'warn','contact_points':["
                         "{'channel':'phone','value':'+989121112299'}]}" },
    { "customer.create", "{'name':'Ivo Twinn','contact_points':["
                         "{'channel':'phone','value':'+989121112299'}]}" },
    { "customer.duplicates", "{'rebuild':true}" },
    { "duplicate_candidate.list", "{'where':{'customer_id':'$twin'}}", .save = "pair=items.0.id" },
    { "duplicate_candidate.reject", "{'id':'$pair','note':'father and son'}" },
    { "duplicate_candidate.reopen", "{'id':'$pair'}" },
    { "duplicate_candidate.accept", "{'id':'$pair'}" },
    { "match_rule.create", "{'name':'Mine','position':20,'conditions':{'field':'email'}}" },
    { "vehicle.create", "{'vin':'1M8GDM9AXKP042788','plate':'12 B 345-67'}", .save = "car=id" },
    { "vehicle_ownership.create", "{'vehicle_id':'$car','customer_id':'$twin'}" },
    { "stock_location.create", "{'dealer_id':'$north','name':'Yard'}", .save = "yard=id" },
    { "dealer.create", "{'name':'Cove','code':'CV'}", .save = "cove=id" },
    { "vehicle.create", "{'status':'ordered','dealer_id':'$north','model':'Panda'}",
      .save = "panda=id" },
    { "vehicle.ship", "{'id':'$panda'}" },
    { "vehicle.receive", "{'id':'$panda','location_id':'$yard','odometer':5}" },
    { "vehicle_cost.create", "{'vehicle_id':'$panda','kind':'purchase','currency':'EUR',"
                             "'amount':'9000.00'}" },
    { "vehicle.reserve", "{'id':'$panda','customer_id':'$twin'}", .save = "keep=id" },
    { "vehicle.reserve", "{'id':'$panda','customer_id':'$jo'}" },
    { "vehicle.stock_card", "{'id':'$panda'}" },
    { "vehicle.release", "{'reservation_id':'$keep'}" },
    { "vehicle.transfer_request", "{'id':'$panda','to_dealer_id':'$cove'}", .save = "haul=id" },
    { "vehicle.transfer_send", "{'transfer_id':'$haul'}" },
    { "vehicle.transfer_receive", "{'transfer_id':'$haul'}" },
    { "vehicle.transfer_request", "{'id':'$panda','to_dealer_id':'$north'}", .save = "haul=id" },
    { "vehicle.transfer_cancel", "{'transfer_id':'$haul'}" },
    { "trade_plate.create", "{'plate':'T 1'}", .save = "tplate=id" },
    { "test_drive.book", "{'vehicle_id':'$panda','customer_id':'$jo','trade_plate_id':'$tplate'}",
      .save = "drive=id" },
    { "test_drive.start", "{'id':'$drive','licence_seen':true,'licence_number':'X1',"
                          "'licence_valid_until':'2040-01-01','odometer':6,'fuel':50}" },
    { "test_drive.finish", "{'id':'$drive','odometer':9,'fuel':49,'outcome':'interested'}" },
    { "test_drive.book", "{'vehicle_id':'$panda','customer_id':'$jo'}", .save = "drive=id" },
    { "test_drive.cancel", "{'id':'$drive'}" },
    { "test_drive.book", "{'vehicle_id':'$panda','customer_id':'$jo'}", .save = "drive=id" },
    { "test_drive.no_show", "{'id':'$drive'}" },
    { "vehicle.sell", "{'id':'$panda','customer_id':'$jo'}" },
    { "vehicle.unsell", "{'id':'$panda'}" },
    { "vehicle.deliver", "{'id':'$panda','customer_id':'$jo','odometer':9}" },
    { "report.stock", "{}" },
    { "vehicle.scrap", "{'id':'$panda'}" },
    { "vehicle_make.create", "{'name':'Northstar','country':'SE'}", .save = "make=id" },
    { "vehicle_model.create", "{'make_id':'$make','name':'Polaris'}", .save = "model=id" },
    { "vehicle_trim.create", "{'model_id':'$model','name':'Base','model_year':2026}",
      .save = "trim=id" },
    { "vehicle_option.create", "{'model_id':'$model','code':'TOW','name':'Tow bar'}",
      .save = "tow=id" },
    { "vehicle_option.create", "{'make_id':'$make','code':'ESP','name':'Trailer control'}",
      .save = "esp=id" },
    { "trim_option.create", "{'trim_id':'$trim','option_id':'$esp'}" },
    { "trim_option.create", "{'trim_id':'$trim','option_id':'$tow'}" },
    { "option_rule.create", "{'name':'A tow bar needs trailer control','model_id':'$model',"
                            "'kind':'requires','when_options':['TOW'],'then_options':['ESP']}" },
    { "price_list.create", "{'name':'2026','make_id':'$make','currency':'EUR','valid_from':"
                           "'2026-01-01','tax_rate':'0.19'}", .save = "prices=id" },
    { "price_item.create", "{'price_list_id':'$prices','trim_id':'$trim','currency':'EUR',"
                           "'amount':'20000.00'}" },
    { "price_item.create", "{'price_list_id':'$prices','option_id':'$tow','currency':'EUR',"
                           "'amount':'800.00'}" },
    { "price_item.create", "{'price_list_id':'$prices','option_id':'$esp','currency':'EUR',"
                           "'amount':'0.00'}" },
    { "configuration.check", "{'trim_id':'$trim','options':['TOW']}" },
    { "configuration.price", "{'trim_id':'$trim','options':['TOW','ESP']}" },
    { "configuration.contradictions", "{'model_id':'$model'}" },
    { "vin.check", "{'vin':'1M8GDM9AXKP042789'}" },
    { "configuration.create", "{'trim_id':'$trim','options':['TOW','ESP'],'customer_id':"
                              "'$twin'}" },
    { "account_plan.create", "{'name':'Key','customer_id':'$twin','from_date':'2026-01-01',"
                             "'to_date':'2026-12-31','expected_units':4,'market_units':10,"
                             "'competition':[{'name':'Rival'}],'buying_centre':[{'customer_id':"
                             "'$ada','role':'decider','stance':'neutral'}],'steps':[{'title':"
                             "'Visit'}]}", .save = "plan=id" },
    { "account_member.create", "{'account_plan_id':'$plan','customer_id':'$jo','role':'user'}" },
    { "account_step.create", "{'account_plan_id':'$plan','title':'Offer','status':'done'}" },
    { "account_team.create", "{'account_plan_id':'$plan','user_id':'$omid'}" },
    { "account_plan.review", "{'id':'$plan','note':'On course'}" },
    { "account_plan.view", "{'id':'$plan'}" },
    { "sales_target.create", "{'dealer_id':'$north','from_date':'2026-11-01','to_date':"
                             "'2026-11-30','measure':'units','units':10}" },
    { "report.targets", "{'on':'2026-11-21'}" },
    { "report.performance", "{'from_date':'2026-11-01','to_date':'2026-11-30'}" },
    { "forecast.sales", "{'history':12}" },
    { "commission_rule.create", "{'code':'base','name':'Base','from_date':'2026-01-01','measure':"
                                "'units','currency':'EUR','steps':[{'from':1,'pay':'50.00'}]}",
      .save = "base=id" },
    { "commission_share.create", "{'rule_id':'$base','user_id':'$omid','share':'0.1'}" },
    { "lead.create", "{'customer_id':'$twin','dealer_id':'$south','owner_id':'$omid'}",
      .save = "sold=id" },
    { "sales_contract.create", "{'number':'C-7','customer_id':'$twin','lead_id':'$sold',"
                               "'dealer_id':'$south','status':'signed','signed_on':'2026-10-05',"
                               "'currency':'EUR','total':'20000.00'}" },
    { "commission.run", "{'from_date':'2026-10-01','to_date':'2026-10-31'}", .save = "pay=id" },
    { "commission.export", "{'id':'$pay'}" },
    { "commission.approve", "{'id':'$pay'}" },
    { "sales_contract.create", "{'number':'C-8','customer_id':'$twin','lead_id':'$sold',"
                               "'dealer_id':'$south','status':'signed','signed_on':'2026-10-06',"
                               "'currency':'EUR','total':'20000.00'}", .save = "late=id" },
    { "commission_split.create", "{'sales_contract_id':'$late','user_id':'$omid','share':'0.5'}" },
    { "appraisal.create", "{'vehicle_id':'$car','customer_id':'$twin','currency':'EUR',"
                          "'appraised':'9000.00','offered':'8500.00'}", .save = "worth=id" },
    { "appraisal_item.create", "{'appraisal_id':'$worth','element':'roof','condition':'good'}" },
    { "appraisal_valuation.create", "{'appraisal_id':'$worth','source':'list','currency':'EUR',"
                                    "'amount':'9100.00'}" },
    { "appraisal.value", "{'id':'$worth','connector':'guide'}" },
    { "appraisal_element.create", "{'code':'towbar','area':'body','name':'Towbar'}" },
    { "role.list", "{}", .save = "role=items.0.id" },
    { "appraisal_level.create", "{'role_id':'$role','currency':'EUR','amount':'9000.00'}" },
    { "appraisal.submit", "{'id':'$worth'}" },
    { "appraisal.decline", "{'id':'$worth','cause':'too much'}" },
    { "appraisal.create", "{'vehicle_id':'$car','currency':'EUR','stage':'delivery','appraised':"
                          "'9000.00','offered':'8000.00'}", .save = "less=id" },
    { "appraisal_item.create", "{'appraisal_id':'$less','element':'roof','condition':'worn',"
                               "'currency':'EUR','repair':'90.00'}" },
    { "appraisal.compare", "{'ids':['$worth','$less']}" },
    { "appraisal.sheet", "{'id':'$less'}" },
    { "appraisal.submit", "{'id':'$less'}" },
    { "appraisal.approve", "{'id':'$less'}" },
    { "appraisal.create", "{'vehicle_id':'$car','currency':'EUR','items':[{'element':'roof',"
                          "'condition':'good'}]}" },
    { "sales_contract.create", "{'number':'C-1','customer_id':'$twin'}" },
    { "member_card.create", "{'number':'77 0001','customer_id':'$twin'}" },
    { "loyalty_program.create", "{'code':'spare','name':'Spare'}" },
    { "loyalty_program.create", "{'code':'club','name':'Club','expire_months':12,"
                                "'cost_per_point':'0.01','currency':'EUR',"
                                "'return_policy':'unlimited','pooling':'household',"
                                "'four_eyes_from':100}", .save = "club=id" },
    { "member.create", "{'program_id':'$club','customer_id':'$twin'}", .save = "fan=id" },
    { "member.create", "{'program_id':'$club','customer_id':'$ada'}", .save = "friend=id" },
    { "loyalty.earn", "{'member_id':'$fan','points':500,'source_id':'e1'}" },
    { "loyalty.earn", "{'card':'770001','program':'club','points':500}", .save =
      "earned=transaction.id" },
    { "loyalty.redeem", "{'member_id':'$fan','points':700,'source_id':'r1'}", .save =
      "spent=transaction.id" },
    { "loyalty.reserve", "{'member_id':'$fan','points':100,'source_id':'h1'}", .save =
      "held=transaction.id" },
    { "loyalty.confirm", "{'of_id':'$held'}" },
    { "loyalty.reserve", "{'member_id':'$fan','points':100}", .save = "held=transaction.id" },
    { "loyalty.cancel", "{'of_id':'$held'}" },
    { "loyalty.reverse", "{'of_id':'$earned'}" },
    { "loyalty.reverse", "{'of_source_id':'r1','program':'club','points':600}" },
    { "loyalty.transfer", "{'member_id':'$fan','to_id':'$friend','points':10}" },
    { "loyalty.adjust", "{'member_id':'$fan','points':20,'cause':'goodwill'}" },
    { "loyalty.adjust", "{'member_id':'$fan','points':-200,'cause':'error'}", .save = "fix=id" },
    { "loyalty.reject", "{'id':'$fix'}" },
    { "loyalty.balance", "{'member_id':'$fan'}" },
    { "loyalty_program.create", "{'code':'drivers','name':'Drivers','currency':'EUR',"
                                "'cost_per_point':'0.01','return_policy':'unlimited'}",
      .save = "drivers=id" },
    { "member.create", "{'program_id':'$drivers','customer_id':'$twin'}", .save = "driver=id" },
    { "earning_rule.create", "{'program_id':'$drivers','code':'base','number':'1',"
                             "'kind':'purchase','caps':[{'period':'day','points':90000}]}" },
    { "tier_scheme.create", "{'program_id':'$drivers','tiers':[{'code':'blue','from':0},"
                            "{'code':'gold','from':50}]}" },
    { "badge.create", "{'code':'first','name':'First'}", .save = "badge=id" },
    { "badge.create", "{'code':'spare','name':'Spare'}" },
    { "challenge.create", "{'program_id':'$drivers','code':'one','target':'1','points':5,"
                          "'badge_id':'$badge'}" },
    { "challenge.create", "{'program_id':'$drivers','code':'spare','target':'9'}" },
    { "loyalty_partner.create", "{'code':'fuel','name':'Fuel','earn_price':'0.01'}",
      .save = "fuel=id" },
    { "loyalty_partner.create", "{'code':'spare','name':'Spare'}" },
    { "earning_source.create", "{'code':'sale','program_id':'$drivers','entity':"
                               "'sales_contract','condition':{'status':'fulfilled'},"
                               "'kind':'purchase','amount_field':'total'}" },
    { "sales_contract.create", "{'number':'C-2','customer_id':'$twin','status':'fulfilled',"
                               "'currency':'EUR','total':'30.00'}" },
    { "loyalty.record", "{'member_id':'$driver','kind':'purchase','source_id':'p1',"
                        "'amount':'80.00','partner_id':'$fuel'}" },
    { "loyalty.record", "{'member_id':'$driver','kind':'purchase','source_id':'p2',"
                        "'amount':'20.00'}" },
    { "loyalty.take_back", "{'source_id':'p2','program':'drivers'}" },
    { "loyalty.simulate", "{'program':'drivers','from':'2020-01-01','to':'2030-01-01','rules':["
                          "{'code':'double','number':'2'}]}" },
    { "tier.forecast", "{'member_id':'$driver'}" },
    { "tier.grant", "{'member_id':'$driver','tier':'gold'}" },
    { "reward.create", "{'program_id':'$drivers','code':'wash','name':'Wash','points':5,"
                       "'stock':9,'voucher_days':9}" },
    { "reward.create", "{'program_id':'$drivers','code':'spare','name':'Spare','points':5}" },
    { "reward.available", "{'member_id':'$driver'}" },
    { "reward.reserve", "{'member_id':'$driver','reward':'wash'}", .save = "wash=id" },
    { "reward.cancel", "{'id':'$wash'}" },
    { "reward.reserve", "{'member_id':'$driver','reward':'wash'}", .save = "wash=id" },
    { "reward.confirm", "{'id':'$wash'}", .save = "code=vouchers.0" },
    { "voucher.check", "{'code':'$code'}" },
    { "voucher.redeem", "{'code':'$code'}" },
    { "member_card.issue", "{'member_id':'$driver'}", .save = "plastic=id" },
    { "member_card.replace", "{'id':'$plastic'}", .save = "plastic=id" },
    { "member_card.block", "{'id':'$plastic'}" },
    { "loyalty_partner.settlement", "{'partner_id':'$fuel','program':'drivers',"
                                    "'from':'2020-01-01','to':'2030-01-01'}" },
    { "loyalty.statement", "{'member_id':'$fan'}" },
    { "loyalty.liability", "{'program':'club'}" },
    { "loyalty.verify", "{'program':'club'}" },
    { "privacy.export", "{'customer_id':'$ada'}" },
    { "portal.vehicles", "{'customer_id':'$ada'}" },
    { "portal.instalments", "{'customer_id':'$ada'}" },
    { "portal.clubs", "{'customer_id':'$ada'}" },
    { "portal.case_types", "{}" },
    { "portal.export", "{'customer_id':'$ada'}" },
    { "privacy.restrict", "{'customer_id':'$bob','basis':'Art. 18'}" },
    { "privacy.lift", "{'customer_id':'$bob'}" },
    { "customer.create", "{'name':'Zoe','contact_points':[{'channel':'email',"
                         "'value':'zoe@example.org'},{'channel':'phone',"
                         "'value':'+989121119988'}]}", .save = "zoe=id" },
    { "opportunity.create", "{'customer_id':'$zoe','name':'Z','pipeline_id':'$pipe'}" },
    { "legal_hold.create", "{'customer_id':'$zoe','cause':'claim','until':'2026-11-22'}" },
    { "retention_rule.create", "{'name':'Old calls','entity':'interaction',"
                               "'action':'anonymise','months':24,'basis':'policy'}" },
    { "retention_rule.create", "{'name':'Deals','entity':'opportunity','action':'keep',"
                               "'months':120,'basis':'tax law'}" },
    { "privacy.retention_run", "{'preview':true}" },
    { "connector.request", "{'connector':'bank','name':'rate','body':{'amount':'9.00'},"
                           "'subject_entity':'customer','subject_id':'$ada',"
                           "'until':'2027-02-20T00:00:00Z'}", .save = "ask=id" },
    { "privacy.erase", "{'customer_id':'$zoe','basis':'Art. 17','reason':'by letter'}",
      .later_s = 40 * 86400 },
    { "privacy.certificate", "{'customer_id':'$zoe'}" },
    { "privacy.readmit", "{'email':'zoe@example.org','reason':'is back'}" },
    { "privacy.sweep", "{}" },
    { "audit.list", "{}" },
    { "event.list", "{}" },
    { "schema.add_entity", "{'name':'x_note','help':'A note','fields':[{'name':'x_text',"
                           "'type':'text','help':'Text'}]}" },
    { "schema.add_field", "{'entity':'x_note','name':'x_more','type':'int','help':'More'}" },
    { "schema.retire", "{'entity':'x_note','field':'x_more'}" },
    { "calendar.create", "{'name':'Workshop','hours':{'sat':['08:00-12:00']}}",
      .save = "hours=id" },
    { "calendar_day.create", "{'calendar_id':'$hours','name':'Fair','date':'2027-01-01'}" },
    { "calendar.create", "{'name':'Paint shop','hours':{'sat':['06:00-10:00']}}",
      .save = "narrow=id" },
    { "calendar_parent.create", "{'calendar_id':'$narrow','parent_id':'$hours'}" },
    { "calendar.add", "{'amount':'PT8H'}" },
    { "calendar.subtract", "{'id':'$hours','amount':'PT8H'}" },
    { "calendar.between", "{'until':'2026-12-01T00:00:00Z'}" },
    { "calendar.next_open", "{}" },
    { "calendar.is_open", "{}" },
    { "calendar.days", "{'days':10}" },
    { "calendar.preview", "{'id':'$narrow'}" },
    { "stop_reason.create", "{'code':'audit','name':'Audit','needs_approval':true}" },
    { "sla_policy.create", "{'name':'Leads','entity':'lead'}", .save = "policy=id" },
    { "sla_policy.create", "{'name':'Fleet leads','entity':'lead','position':1,"
                           "'condition':{'level':'none'}}" },
    { "sla_target.create", "{'policy_id':'$policy','clock':'resolution','amount':'PT1M',"
                           "'counts':'calendar'}" },
    { "sla_escalation.create", "{'policy_id':'$policy','position':1,'action':'run',"
                               "'operation':'lead.explain'}" },
    { "sla.start", "{'entity':'lead','id':'$fresh','at':'2026-11-20T10:00:00Z'}" },
    { "sla.happen", "{'id':'$fresh','kind':'message'}" },
    { "sla.pause", "{'id':'$fresh','reason':'waiting_for_parts'}" },
    { "sla.resume", "{'id':'$fresh'}" },
    { "sla.pause", "{'id':'$fresh','reason':'audit'}", .save = "pause=pause_id" },
    { "sla.approve", "{'id':'$pause'}" },
    { "sla.status", "{'id':'$fresh'}" },
    { "sla.recompute", "{'id':'$fresh'}" },
    { "sla.verify", "{'id':'$fresh'}" },
    { "lead.submit", "{'customer':{'name':'Ivo'},'lead':{'level':'H'}}", .save = "ivo=lead_id" },
    { "lead.decline", "{'id':'$ivo','reason':'no time'}" },
    { "lead.accept", "{'id':'$ivo'}" },
    { "import.suggest_mapping", "{'columns':['Nome','Cellulare']}" },
    { "import_mapping.create", "{'code':'m','entity':'customer','mapping':{'key':'external_id',"
                               "'columns':{'Nr':'external_id','Name':'name'}}}" },
    { "import.upsert", "{'source':'x.csv','mapping_code':'m'}", .input = "Nr,Name\n1,Zoe\n",
      .save = "zoe=job_id" },
    { "import.undo", "{'id':'$zoe'}" },
    { "customer.export_vcard", "{'id':'$ada'}" },
    { "lead.recall", "{'id':'$ivo','reason':'again','redistribute':false}" },
    { "lead.distribute", "{'id':'$ivo'}" },
    { "message_template.create", "{'code':'ready','channel':'sms','language':'en',"
                                 "'purpose':'service','body':'Dear {{name}}: {{what}}'}" },
    { "template.check", "{'body':'{{#a}}{{b}}{{/a}}'}" },
    { "message.preview", "{'customer_id':'$ada','channel':'sms','template':'ready'}" },
    { "message.send", "{'customer_id':'$ada','channel':'sms','template':'ready',"
                      "'values':{'what':'ready'},'to':'+15550001'}", .save = "sms=id" },
    { "message.cancel", "{'id':'$sms'}" },
    { "message.send_many", "{'run':'r','channel':'sms','template':'ready','where':{},"
                           "'values':{'what':'ready'},'local_time':'09:00'}" },
    { "consent.check_many", "{'customer_ids':['$ada'],'purpose':'service','channel':'sms'}" },
    { "message.setup", "{'definition':{'schedules':[{'code':'xmas','rule':'FREQ=YEARLY;BYMONTH=12;"
                       "BYMONTHDAY=25;BYHOUR=7'}],'rules':[{'name':'bday','trigger':'date',"
                       "'entity':'customer','date_field':'birth_date','every_year':'gregorian',"
                       "'actions':[{'operation':'message.send','args':{'customer_id':"
                       "{'$field':'id'},'channel':'sms','template':'ready','once':'x',"
                       "'local_time':'10:00:00'}}]}]}}" },
    { "message.rehearse", "{'rule':'bday','day':'2027-05-01'}" },
    { "message.recall", "{'once':'x'}" },
    { "template.check_many", "{'template':'ready','channel':'sms','where':{}}" },
    { "message.bounce", "{'transport':'t','mail':'Final-Recipient: x; a@b.example\\n"
                        "Action: failed\\nStatus: 5.1.1\\n'}" },
    { "message.receipt", "{'transport':'t','reference':'r','outcome':'delivered'}" },
    { "bounce_rule.create", "{'outcome':'complaint','times':1,'action':'none'}" },
    { "message_block.create", "{'value':'example.net'}" },
    { "message.outbox", "{}" },
    { "message.dead", "{}" },
    { "message.receive", "{'transport':'t','channel':'sms','from':'+15550001','body':'Hi'}" },
    { "engine.tick", "{}" },
    { "connector.retry", "{'id':'$ask'}" },
    { "webhook_endpoint.create", "{'name':'Shop','url':'https://example.com/hook','types':"
                                 "['lead.*'],'condition':{'seq':{'$gt':0}}}", .save = "hook=id" },
    { "webhook_endpoint.rotate", "{'id':'$hook','kind':'ed25519'}" },
    { "webhook_endpoint.disable", "{'id':'$hook'}" },
    { "webhook_endpoint.enable", "{'id':'$hook','skip':true}" },
    { "webhook.replay", "{'endpoint_id':'$hook','since':'2026-11-01T00:00:00Z'}" },
    { "webhook.status", "{'id':'$hook'}" },
    { "webhook.verify", "{'key':'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw','id':'a','timestamp':'1',"
                        "'signature':'v1,x','body':''}" },
    { "link_setting.create", "{'base_url':'https://example.com/m'}" },
    { "message_cap.create", "{'name':'Cap','most':3,'within':'P7D'}" },
    { "quiet_hours.create", "{'channel':'sms','quiet_from':'21:00','quiet_to':'08:00'}" },
    { "tag.create", "{'name':'VIP'}" },
    { "tag.create", "{'name':'unused'}" },
    { "tag.add", "{'id':'$ada','names':['vip','loyal'],'create':true}" },
    { "tag.remove", "{'id':'$ada','names':['loyal']}" },
    { "tag.list_for", "{'id':'$ada'}" },
    { "tag.records", "{'name':'vip'}" },
    { "attachment.add", "{'id':'$ada','file_name':'a.txt','data':'aGVsbG8='}", .save = "file=id" },
    { "attachment.read", "{'id':'$file'}" },
    { "attachment.verify", "{'id':'$file'}" },
    { "attachment.add", "{'id':'$ada','file_name':'b.txt','data':'aGVsbG8h'}", .save = "gone=id" },
    { "attachment.remove", "{'id':'$gone'}" },
    { "attachment_limit.create", "{'entity':'*'}" },
    { "note.create", "{'subject_id':'$ada','text':'Likes red'}" },
    { "root_cause.create", "{'code':'defect','name':'Defect'}" },
    { "case_queue.create", "{'code':'care','name':'Care'}", .save = "queue=id" },
    { "case_type.create", "{'code':'complaint','name':'Complaint','kind':'complaint',"
                          "'callback_after':'PT1H'}", .save = "ctype=id" },
    { "case_legal_rule.create", "{'position':1,'days':30,'law':'Any'}" },
    { "case_priority_rule.create", "{'position':1,'severity':'high','priority':'high'}" },
    { "case_assignment_rule.create", "{'name':'All','position':1,'queue_id':'$queue'}" },
    { "role.list", "{'where':{'name':'call_centre'}}", .save = "role=items.0.id" },
    { "case_compensation_limit.create", "{'role_id':'$role','currency':'EUR','amount':'9.00'}" },
    { "case.create", "{'type_id':'$ctype','customer_id':'$ada','subject':'One'}",
      .save = "case=id" },
    { "case.open", "{'type':'complaint','customer_id':'$ada','subject':'Two'}",
      .save = "twin=case.id" },
    { "case.duplicate", "{'id':'$twin','of_id':'$case'}" },
    { "case.assign", "{'id':'$case'}" },
    { "case.hand_over", "{'id':'$case','queue_id':'$queue','reason':'ill'}" },
    { "case.accept", "{'id':'$case'}" },
    { "case.hand_over", "{'id':'$case','queue_id':'$queue','reason':'ill'}" },
    { "case.decline", "{'id':'$case','reason':'no time'}" },
    { "case.prioritise", "{'id':'$case','priority':'urgent'}" },
    { "case.message", "{'id':'$case','body':'Hello'}" },
    { "case.reply", "{'id':'$case','body':'Hello'}" },
    { "case.messages", "{'id':'$case'}" },
    { "case.status", "{'id':'$case'}" },
    { "case.stop", "{'id':'$case','reason':'part'}" },
    { "case.resume", "{'id':'$case'}" },
    { "case.compensate", "{'id':'$case','kind':'money','currency':'EUR','amount':'5.00'}" },
    { "case.resolve", "{'id':'$case','resolution':'Done','root_cause':'defect'}" },
    { "case.tell", "{'id':'$case'}" },
    { "case.close", "{'id':'$case'}" },
    { "case.callback", "{'id':'$case','outcome':'satisfied'}" },
    { "case.reopen", "{'id':'$case','reason':'again'}" },
    { "work_package_template.create", "{'code':'prep','name':'Prepare','entity':'customer',"
      "'position':1,'tasks':[{'code':'a','name':'A','duration':'PT1H'},"
      "{'code':'b','name':'B','duration':'PT1H','depends_on':['a']}]}", .save = "wpt=id" },
    { "work_package_task_template.create",
      "{'template_id':'$wpt','code':'c','name':'C','duration':'PT1H'}" },
    { "work_package.choose", "{'entity':'customer','id':'$ada'}" },
    { "work_package.start", "{'entity':'customer','id':'$ada'}", .save = "pack=id" },
    { "work_package.plan", "{'id':'$pack'}" },
    { "work_package.progress", "{'id':'$pack'}" },
    { "work_package.gantt", "{'id':'$pack'}" },
    { "work_package_task.list", "{'where':{'code':'a'}}", .save = "job=items.0.id" },
    { "work_package_task.start", "{'id':'$job'}" },
    { "work_package_task.block", "{'id':'$job','reason':'rain'}" },
    { "work_package_task.unblock", "{'id':'$job'}" },
    { "work_package_task.finish", "{'id':'$job'}" },
    { "work_package_task.list", "{'where':{'code':'b'}}", .save = "next=items.0.id" },
    { "work_package_task.reassign", "{'id':'$next'}" },
    { "work_package_task.skip", "{'id':'$next','reason':'none'}" },
    { "work_package.cancel", "{'id':'$pack','reason':'sold'}" },
    { "report.productivity", "{}" },
    { "report.cases", "{'group':'type'}" },
    { "consent_purpose.create", "{'code':'club','name':'Club','double_opt_in':true}" },
    { "consent.give", "{'customer_id':'$ada','purpose':'club'}", .save = "asked=id" },
    { "consent.confirm", "{'id':'$asked'}" },
    { "consent.record", "{'customer_id':'$ada','purpose':'survey','proof':'letter',"
                        "'given_at':'2026-01-01T00:00:00Z'}" },
    { "consent.check", "{'customer_id':'$ada','purpose':'survey','channel':'sms'}" },
    { "consent.state", "{'customer_id':'$ada'}" },
    { "consent.withdraw", "{'customer_id':'$ada'}" },
    { "consent_purpose.create", "{'code':'unused','name':'Unused'}" },
    { "contact_suppression.create", "{'customer_id':'$ada','cause':'manual'}" },
    { "preference.create", "{'customer_id':'$ada','preferred_channel':'sms'}" },
    { "profile_policy.create", "{'name':'House','currency':'EUR'}" },
    { "grade.check", "{'definition':{'kind':'customer'}}" },
    { "grade.load", "{'activate':true,'definition':{'kind':'customer','grades':['A','B'],"
                    "'axes':[{'name':'v','bands':[{'name':'B','to':5},{'name':'A','from':5}]}],"
                    "'rules':[{'name':'visits','value':'visits','each':1},{'name':'fleet',"
                    "'when':{'kind':'company'},'points':5}]}}", .save = "scheme=id" },
    { "grade.simulate", "{'id':'$scheme'}" },
    { "grade.run", "{}" },
    { "grade.refresh", "{'customer_id':'$kim'}" },
    { "grade.set", "{'customer_id':'$kim','grade':'A','floor':true,'why':'a promise'}" },
    { "grade_override.list", "{}", .save = "given=items.0.id" },
    { "grade_override.get", "{'id':'$given'}" },
    { "grade_override.history", "{'id':'$given'}" },
    { "grade.explain", "{'customer_id':'$kim'}" },
    { "customer.profile", "{'id':'$kim'}" },
    { "grade.release", "{'customer_id':'$kim'}" },
    { "interaction.create", "{'customer_id':'$kim','at':'2026-11-21T10:06:00Z',"
                            "'channel':'visit'}" },
    { "engine.tick", "{}" },
    { "grade.activate", "{'id':'$scheme'}" },
    { "grade.retire", "{'id':'$scheme'}" },
    { "grade.load", "{'activate':true,'definition':{'kind':'rfm','grades':['A','B'],'axes':["
                    "{'name':'r','value':'last_seen_on','best':'low','quantiles':2}],"
                    "'map':[{'grade':'A','r':['2']}],'other':'B'}}", .save = "rfm=id" },
    { "grade.run", "{'restart':true}" },
    { "grade.retire", "{'id':'$rfm'}" },
    { "segment.create", "{'name':'All','filter':{}}", .save = "segment=id" },
    { "segment.preview", "{'id':'$segment','group':['grade']}" },
    { "segment.count", "{'id':'$segment'}" },
    { "segment.members", "{'id':'$segment'}" },
    { "segment.snapshot", "{'id':'$segment'}", .save = "picture=id" },
    { "segment.snapshot", "{'id':'$segment'}", .save = "later=id" },
    { "segment.compare", "{'id':'$later'}" },
    { "segment.drop_snapshot", "{'id':'$picture'}" },
    { "consent_purpose.create", "{'code':'spare','name':'Spare'}" }, /* nobody decided on it */
    { "schedule.create", "{'code':'daily','rule':'0 8 * * *'}", .save = "daily=id" },
    { "schedule.preview", "{'id':'$daily'}" },
    { "automation_rule.create", "{'name':'greet','trigger':'created','entity':'customer',"
                                "'condition':{'grade':'nobody'},'actions':[{'operation':"
                                "'customer.update','args':{'id':{'$field':'id'},"
                                "'last_write_wins':true,'grade':'B'}}]}", .save = "greet=id" },
    { "automation_rule.test", "{'id':'$greet'}" },
    { "automation_run.purge", "{}" },
    { "automation_rule.create", "{'name':'fail','trigger':'event','event_type':"
                                "'inbound.coverage','actions':[{'operation':'lead.accept',"
                                "'args':{'id':{'$event':'data.nothing'}}}]}" },
    { "event.raise", "{'type':'inbound.coverage'}" },
    { "process_definition.check", "{'definition':{}}" },
    { "process_definition.load", "{'definition':{'code':'care','name':'Care','entity':'customer',"
                                 "'start':'new','phases':[{'code':'new'},{'code':'done','end':"
                                 "true}],'transitions':[{'name':'finish','from':['new'],'to':"
                                 "'done'}]}}", .save = "care=id" },
    { "process_definition.activate", "{'id':'$care'}" },
    { "process_definition.diagram", "{'code':'care'}" },
    { "process.start", "{'code':'care','subject_id':'$ada'}", .save = "way=id" },
    { "process.simulate", "{'code':'care'}" },
    { "process.migrate", "{'code':'care'}" },
    { "process.available", "{'id':'$way'}" },
    { "process.transition", "{'id':'$way','transition':'finish'}" },
    { "process.status", "{'id':'$way'}" },
    { "process.start", "{'code':'care','subject_id':'$ada'}", .save = "way=id" },
    { "process.cancel", "{'id':'$way'}" },
    { "process_definition.retire", "{'id':'$care'}" },
    { "signin_policy.create", "{'memory_kib':1024,'passes':1,'refused':['north']}" },
    { "credential.create", "{'customer_id':'$ada','login':'ada@example.com'}",
      .save = "key=id" },
    { "credential.create", "{'user_id':'$sara','password':'correct horse battery',"
                           "'must_change':false}", .save = "keys=id" },
    { "credential.set_password", "{'id':'$keys','password':'staple of an evening'}" },
    { "credential.status", "{'id':'$keys'}" },
    { "signin.password", "{'login':'sara','password':'staple of an evening','peer':'::1'}",
      .save = "pass=token" },
    { "signin.password", "{'login':'sara','password':'wrong'}", .want = ACRM_E_DENIED },
    { "signin.check", "{'token':'$pass'}" },
    { "signin.check", "{'token':'$pass'}", .later_s = 61 },
    { "signin.out", "{'token':'$pass'}" },
    { "signin.password", "{'login':'sara','password':'staple of an evening'}",
      .save = "pass=token inside=session_id" },
    { "signin_session.end", "{'id':'$inside'}" },
    { "signin.password", "{'login':'sara','password':'staple of an evening'}",
      .save = "pass=token" },
    { "signin.out_everywhere", "{'token':'$pass','tokens':true}" },
    { "signin_session.end_all", "{'credential_id':'$keys'}" },
    { "signin.request_code", "{'login':'ada@example.com'}" },
    { "signin.code", "{'login':'ada@example.com','code':'none'}", .want = ACRM_E_DENIED },
    { "signin.reset", "{'login':'ada@example.com','code':'none','password':"
                      "'staple of an evening'}", .want = ACRM_E_DENIED },
    { "signin.me", "{}" },
    { "role.install_presets", "{'reset':true}" },
    { "credential.change_password", "{'old':'a','new':'b'}", .want = ACRM_E_INVALID },
    { "credential.unlock", "{'id':'$keys'}" },
    { "access_token.create", "{'name':'Sync','user_id':'$sara','scopes':['lead.*'],"
                             "'expires_at':'2030-01-01T00:00:00Z'}", .save = "robot=id" },
    { "access_token.revoke", "{'id':'$robot'}" },
    { "milestone_chain.create", "{'code':'short','name':'Short','definition':{'warranties':["
      "{'name':'Two years','months':24}],'reminders':[{'name':'Call','days':3}],'milestones':["
      "{'code':'ordered','visible':true},{'code':'released','after':['ordered'],'days':5,"
      "'gate':true,'documents':['paper']},{'code':'delivery','after':['released'],"
      "'business':true,'days':2}]}}" },
    { "milestone_code.create", "{'source':'maker','code':'1100','milestone':'ordered'}" },
    { "vehicle_order.create", "{'number':'O-1','customer_id':'$ada','chain':'short'}",
      .save = "order=id" },
    { "vehicle_order.record", "{'id':'$order','source':'maker','code':'1100'}" },
    { "vehicle_order.record", "{'number':'O-1','code':'released','vin':'1HGCM82633A004352'}" },
    { "vehicle_order.identify", "{'id':'$order','vin':'1HGCM82633A004352'}" },
    { "vehicle_order.promise", "{'id':'$order'}" },
    { "vehicle_order.hold", "{'id':'$order','cause':'strike'}" },
    { "vehicle_order.resume", "{'id':'$order'}" },
    { "vehicle_order.document", "{'id':'$order','milestone':'released','document':'paper'}" },
    { "vehicle_order.plan", "{'id':'$order'}" },
    { "vehicle_order.status", "{'number':'O-1'}" },
    { "vehicle_order.blockers", "{'vin':'1HGCM82633A004352'}" },
    { "vehicle_order.deliver", "{'id':'$order','odometer':7}" },
    { "vehicle_order.create", "{'number':'O-2','chain':'short'}", .save = "order=id" },
    { "vehicle_order.cancel", "{'id':'$order','cause':'changed mind'}" },
    { "warranty.list", "{}", .save = "promise=items.0.vehicle_id" },
    { "warranty.create", "{'vehicle_id':'$promise','from_date':'2026-01-01'}" },
    { "role.list", "{}", .save = "role=items.0.id" },
    { "discount_limit.create", "{'role_id':'$role','max_rate':'0.05'}" },
    { "document_template.create", "{'name':'Short','kind':'quote','language':'de',"
                                  "'body':'{{number}}'}" },
    { "quote.layout", "{'kind':'contract'}" },
    { "vehicle.create", "{'make':'Exemplar','status':'in_stock','kind':'new'}", .save = "car=id" },
    { "quote.create", "{'customer_id':'$ada','vehicle_id':'$car','currency':'EUR','tax_rate':"
                      "'0.2','lines':[{'kind':'vehicle','amount':'20000'},{'kind':'discount',"
                      "'rate':'0.1'}],'deposit':'1000','payment':'credit','finance':"
                      "{'rate':'0.05','periods':3}}", .save = "offer=id" },
    { "quote.submit", "{'id':'$offer'}" },
    { "quote.reject", "{'id':'$offer'}" },
    { "quote.revise", "{'id':'$offer','payment':'lease','finance':{'money_factor':'0.001',"
                      "'months':3,'residual':'9000'}}", .save = "next=id" },
    { "quote.submit", "{'id':'$next'}" },
    { "quote.approve", "{'id':'$next'}" },
    { "quote.compare", "{'ids':['$offer','$next']}" },
    { "quote.issue", "{'id':'$next'}" },
    { "quote.render", "{'id':'$next','language':'fa'}" },
    { "quote.accept", "{'id':'$next','number':'C-9'}", .save = "deal=contract.id" },
    { "contract_party.create", "{'sales_contract_id':'$deal','customer_id':'$jo',"
                               "'role':'driver'}" },
    { "sales_contract.request_signature", "{'id':'$deal'}" },
    { "sales_contract.sign", "{'id':'$deal'}" },
    { "sales_contract.render", "{'id':'$deal'}" },
    { "sales_contract.verify", "{'id':'$deal'}" },
    { "sales_contract.fulfil", "{'id':'$deal'}" },
    { "quote.create", "{'customer_id':'$jo','currency':'EUR','lines':[{'kind':'vehicle',"
                      "'amount':'9000'}]}", .save = "offer=id" },
    { "quote.issue", "{'id':'$offer'}" },
    { "quote.decline", "{'id':'$offer','reason':'moved'}" },
    { "quote.revise", "{'id':'$offer'}", .save = "next=id" },
    { "quote.issue", "{'id':'$next'}" },
    { "quote.accept", "{'id':'$next'}", .save = "deal=contract.id" },
    { "contract_guarantee.create", "{'sales_contract_id':'$deal','kind':'cheque','number':'7',"
                                   "'currency':'EUR','amount':'100'}" },
    { "contract_party.create", "{'sales_contract_id':'$deal','customer_id':'$ada',"
                               "'role':'payer'}" },
    { "quote.revise", "{'id':'$offer'}", .want = ACRM_E_CONFLICT },
    { "quote.create", "{'customer_id':'$jo','currency':'EUR','lines':[{'kind':'vehicle',"
                      "'amount':'9000'}]}", .save = "offer=id" },
    { "quote.issue", "{'id':'$offer'}" },
    { "quote.accept", "{'id':'$offer'}", .save = "deal=contract.id" },
    { "sales_contract.cancel", "{'id':'$deal','cause':'dealer'}" },
    { "draw_round.create", "{'name':'Spring','places':1,'reserves':1,'once_per':'household',"
      "'eligibility':{'weight':{'$lt':9}}}", .save = "draw=id" },
    { "draw_entrant.create", "{'draw_round_id':'$draw','entrant':'e1','customer_id':'$ada'}" },
    { "draw_entrant.create", "{'draw_round_id':'$draw','entrant':'e2','customer_id':'$ada'}" },
    { "draw_entrant.create", "{'draw_round_id':'$draw','entrant':'e3','weight':9}" },
    { "draw.freeze", "{'id':'$draw'}" },
    { "draw.export", "{'name':'Spring'}" },
    { "draw.run", "{'id':'$draw','seed':'public'}" },
    { "draw.verify", "{'id':'$draw'}" },
    { "draw_round.create", "{'name':'Spare','places':1}", .save = "draw=id" },
    { "draw_entrant.create", "{'draw_round_id':'$draw','entrant':'e1'}" },
    { "allocation_quota.create", "{'dealer_id':'$north','model':'S','period':'Q1','places':1}" },
    { "allocation_request.create", "{'dealer_id':'$north','model':'S','period':'Q1'}",
      .save = "first=id" },
    { "allocation_request.create", "{'dealer_id':'$north','model':'S','period':'Q1'}",
      .save = "second=id" },
    { "allocation.jump", "{'id':'$second','cause':'promised'}" },
    { "allocation.waiting", "{'dealer_id':'$north','model':'S','period':'Q1'}" },
    { "allocation.run", "{'period':'Q1'}" },
    { "allocation.accept", "{'id':'$second'}" },
    { "allocation.cancel", "{'id':'$second','cause':'moved'}" },
    { "sync_source.create", "{'code':'maker','connector':'sales'}" },
    { "sync_rule.create", "{'source':'maker','kind':'regress','take':'ours'}" },
    { "sync.import", "{'source':'maker','text':'{\\\"format\\\":\\\"autocrm.sync/1\\\"}\\n"
      "{\\\"type\\\":\\\"order\\\",\\\"order\\\":\\\"S-1\\\","
      "\\\"at\\\":\\\"2026-01-01T08:00:00Z\\\"}\\n"
      "{\\\"type\\\":\\\"payment\\\",\\\"order\\\":\\\"S-1\\\","
      "\\\"at\\\":\\\"2026-01-02T08:00:00Z\\\"}\\n"
      "{\\\"type\\\":\\\"payment\\\",\\\"order\\\":\\\"S-1\\\","
      "\\\"at\\\":\\\"2026-01-03T08:00:00Z\\\"}\\n"
      "{\\\"type\\\":\\\"payment\\\",\\\"order\\\":\\\"S-2\\\","
      "\\\"at\\\":\\\"2026-01-02T08:00:00Z\\\"}'}" },
    { "sync.retry", "{'source':'maker'}" },
    { "sync_conflict.list", "{}", .save = "doubt=items.0.id" },
    { "sync.resolve", "{'id':'$doubt','take':'theirs','note':'asked'}" },
    { "sync_row.list", "{'where':{'outcome':'waiting'}}", .save = "kept=items.0.id" },
    { "sync.dismiss", "{'id':'$kept','cause':'nobody knows it'}" },
    { "sync.pull", "{'source':'maker'}" },
    { NULL, NULL }
};

static void try_one(life *l, const char *entity, const char *verb, const char *args)
{
    char operation[80];
    const life_step step = { operation, args };
    acrm_error *err = NULL;

    snprintf(operation, sizeof operation, "%s.%s", entity, verb);
    (void)life_take(l, &step, &err);
    acrm_error_free(err);
}

/* The operations that every entity has; what they refuse shows in the end. */
static void try_verbs(life *l, const char *entity)
{
    static const char *const verbs[] = { "get", "history", "update", "delete", "restore" };
    char operation[80];
    char args[120];

    snprintf(operation, sizeof operation, "%s.list", entity);
    acrm_value *page = host_call(l->host->session, operation, "{'order':['-created_at']}");
    const acrm_value *items = acrm_value_get(page, "items");
    try_one(l, entity, "list", "{}");
    try_one(l, entity, "count", "{}");
    try_one(l, entity, "aggregate", "{'group':['created_at']}");
    try_one(l, entity, "create_many", "{'records':[]}");
    for (size_t i = 0; i < acrm_value_count(items) && i < 5; i++)
        for (size_t k = 0; k < sizeof verbs / sizeof verbs[0]; k++) {
            bool writes = k == 2 || k == 3;
            snprintf(args, sizeof args, "{'id':'%s'%s}", host_text(acrm_value_at(items, i), "id"),
                     writes ? ",'last_write_wins':true" : "");
            try_one(l, entity, verbs[k], args);
        }
    acrm_value_free(page);
}

/* Records as values, printed, are what the JSON call writes, byte for byte. */
static void same_both_ways(acrm_session *session, const char *operation, const char *json)
{
    acrm_value *args = NULL, *out = NULL;
    acrm_buf *printed = NULL, *written = NULL;

    ck_assert_int_eq(acrm_value_parse(NULL, json, strlen(json), &args, NULL), ACRM_OK);
    ck_assert_int_eq(acrm_call(session, operation, args, &out, NULL), ACRM_OK);
    ck_assert_int_eq(acrm_call_json(session, operation, json, strlen(json), &written, NULL),
                     ACRM_OK);
    ck_assert_int_eq(acrm_value_print(out, 0, &printed), ACRM_OK);
    ck_assert_str_eq(acrm_buf_data(printed), acrm_buf_data(written));
    acrm_buf_free(printed);
    acrm_buf_free(written);
    acrm_value_free(args);
    acrm_value_free(out);
}

static void read_both_ways(acrm_session *session, const char *entity)
{
    char operation[80], args[80];

    snprintf(operation, sizeof operation, "%s.list", entity);
    same_both_ways(session, operation, "{\"limit\":20,\"deleted\":\"with\"}");
    acrm_value *page = host_call(session, operation, "{'limit':5}");
    const acrm_value *items = acrm_value_get(page, "items");
    snprintf(operation, sizeof operation, "%s.get", entity);
    for (size_t i = 0; i < acrm_value_count(items); i++) {
        snprintf(args, sizeof args, "{\"id\":\"%s\"}",
                 host_text(acrm_value_at(items, i), "id"));
        same_both_ways(session, operation, args);
    }
    acrm_value_free(page);
}

static bool is_done(const host_str *done, const char *operation)
{
    size_t len = strlen(operation);

    for (const char *p = done->data; (p = strstr(p, operation)) != NULL; p += len)
        if ((p == done->data || p[-1] == '\n') && p[len] == '\n')
            return true;
    for (size_t i = 0; i < sizeof elsewhere / sizeof elsewhere[0]; i++)
        if (strcmp(operation, elsewhere[i].operation) == 0)
            return true;
    return false;
}

/* What tells of the storage itself is different on each. */
static bool tells_of_storage(const char *operation)
{
    return strcmp(operation, "engine.info") == 0 || strcmp(operation, "engine.check") == 0;
}

static void live_all(life *l, const life_step *steps)
{
    host_str *story = l->story;

    for (; steps->operation; steps++) {
        const life_step one[] = { *steps, { NULL, NULL } };
        l->story = tells_of_storage(steps->operation) ? NULL : story;
        life_live(l, one);
    }
    l->story = story;
}

/* Copy the database to another place and go on there: everything has come along. */
static void move(host *h, const char *to)
{
    char args[300];
    host_str here = { NULL, 0, 0 }, there = { NULL, 0, 0 };

    snprintf(args, sizeof args, "{'to':'%s'}", to);
    acrm_value_free(host_call(h->session, "engine.copy", args));
    host_dump(h, &here);
    host_close(h);
    ck_assert_int_eq(host_open(h, to, 0, NULL), ACRM_OK);
    host_verify(h->session);
    host_dump(h, &there);
    host_same(&here, &there);
    free(here.data);
    free(there.data);
}

/* To a file and, where there is a server, back to it. */
static void move_around(host *h)
{
    char path[64], url[256];

    host_path(path, "coverage");
    move(h, path);
    if (under_server()) {
        under_new_database(url);
        move(h, url);
    }
    host_remove(path);
}

/* Every operation on a storage: those that went through, what was answered, and what is there in
 * the end. The registry of it, which the caller frees. */
static acrm_value *cover(const char *where, host_str *done, host_str *story, host_str *dump)
{
    host h;
    acrm_buf *text = NULL;
    acrm_value *registry = NULL;

    host_init(&h);
    ck_assert_int_eq(host_open(&h, where, 0, NULL), ACRM_OK);
    ck_assert_int_eq(acrm_describe(h.engine, "registry", &text, NULL), ACRM_OK);
    ck_assert_int_eq(acrm_value_parse(NULL, acrm_buf_data(text), acrm_buf_len(text), &registry,
                                      NULL), ACRM_OK);
    acrm_buf_free(text);
    life l = { .host = &h, .done = done, .story = story };
    live_all(&l, life_long);
    live_all(&l, rest);
    const acrm_value *entities = acrm_value_get(registry, "entities");
    for (size_t i = 0; i < acrm_value_count(entities); i++) {
        read_both_ways(h.session, host_text(acrm_value_at(entities, i), "name"));
        try_verbs(&l, host_text(acrm_value_at(entities, i), "name"));
    }
    host_verify(h.session);
    host_dump(&h, dump);
    if (strcmp(where, "memory:") == 0)
        move_around(&h);
    host_close(&h);
    ck_assert_uint_eq(h.memory.live_bytes, 0);
    return registry;
}

START_TEST(coverage__every_operation_goes_through_the_same_on_two_storages)
{
    static const char *const places[] = { "memory:", "sqlite::memory:" };
    host_str done[2] = { { NULL, 0, 0 } }, story[2] = { { NULL, 0, 0 } };
    host_str dump[2] = { { NULL, 0, 0 } }, missing = { NULL, 0, 0 };
    acrm_value *registry = NULL;

    for (int i = 0; i < 2; i++) {
        acrm_value_free(registry);
        registry = cover(places[i], &done[i], &story[i], &dump[i]);
    }
    host_same(&story[0], &story[1]);
    host_same(&dump[0], &dump[1]);
    const acrm_value *operations = acrm_value_get(registry, "operations");
    for (size_t i = 0; i < acrm_value_count(operations); i++) {
        const char *name = host_text(acrm_value_at(operations, i), "name");
        if (!is_done(&done[0], name))
            host_str_puts(&missing, name);
    }
    ck_assert_msg(missing.len == 0, "never went through:\n%s", missing.data);
    acrm_value_free(registry);
    for (int i = 0; i < 2; i++) {
        free(done[i].data);
        free(story[i].data);
        free(dump[i].data);
    }
}
END_TEST

START_TEST(coverage__nobody_reaches_what_is_not_theirs)
{
    host h;

    host_init(&h);
    ck_assert_int_eq(host_open(&h, "memory:", 0, NULL), ACRM_OK);
    life l = { .host = &h };
    life_live(&l, life_long);
    life_live(&l, rest);
    access_matrix(&h);
    host_close(&h);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *s = suite_create("coverage");
    TCase *t = tcase_create("coverage");

    tcase_add_test(t, coverage__every_operation_goes_through_the_same_on_two_storages);
    tcase_add_test(t, coverage__nobody_reaches_what_is_not_theirs);
    suite_add_tcase(s, t);
    return s;
}

ACRM_TEST_MAIN(make_suite)
