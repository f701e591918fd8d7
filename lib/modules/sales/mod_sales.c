/* SPDX-License-Identifier: MIT */
/* The module sales: its entities, operations and reactions, in tables. */
#include "modules/sales/entities.h"
#include "modules/modules.h"
#include "modules/sales/sales.h"

#define ACRM__ENTITIES_DEF "modules/sales/entities.def"
#define ACRM__ENTITIES_NAME sales_entities
#include "kernel/declare_tables.h"

/* --- Parameters and results --- */

static const acrm__field sales_lead_in[] = {
    { .name = "id", .type = ACRM__T_REF, .target = "lead", .flags = ACRM__REQUIRED,
      .help = "Which lead" },
    { .name = NULL }
};
static const acrm__field sales_lead_out[] = {
    { .name = "record", .type = ACRM__T_RECORD, .target = "lead",
      .help = "The lead, its fields at top level" },
    { .name = NULL }
};
static const acrm__field sales_activity_out[] = {
    { .name = "record", .type = ACRM__T_RECORD, .target = "activity",
      .help = "The activity, its fields at top level" },
    { .name = NULL }
};
static const acrm__field sales_opportunity_out[] = {
    { .name = "record", .type = ACRM__T_RECORD, .target = "opportunity",
      .help = "The deal, its fields at top level" },
    { .name = NULL }
};
static const acrm__field sales_submit_in[] = {
    { .name = "customer", .type = ACRM__T_RECORD, .target = "customer",
      .help = "Who asks: its fields, with contact_points; a known customer is recognised, "
              "otherwise one is created" },
    { .name = "customer_id", .type = ACRM__T_REF, .target = "customer",
      .help = "Who asks, when that is known" },
    { .name = "lead", .type = ACRM__T_RECORD, .target = "lead",
      .help = "What is asked for: fields of the lead" },
    { .name = "source", .type = ACRM__T_TEXT, .max = 64,
      .help = "Code of the lead_source; a new code is added" },
    { .name = "provider", .type = ACRM__T_TEXT, .max = 200, .help = "Who delivers it" },
    { .name = "external_id", .type = ACRM__T_TEXT, .max = 200,
      .help = "The provider's id of it: delivered again, it makes no second lead" },
    { .name = "resend", .type = ACRM__T_BOOL, .preset = "false",
      .help = "The provider says that it was sent before" },
    { .name = NULL }
};
static const acrm__field sales_submit_out[] = {
    { .name = "outcome", .type = ACRM__T_ENUM, .choices = "created|attached|updated|unchanged",
      .help = "What became of it: a new lead; attached to the customer's open lead for the "
              "same; a known lead changed; or nothing new" },
    { .name = "lead_id", .type = ACRM__T_ID, .help = "The lead" },
    { .name = "customer_id", .type = ACRM__T_ID, .help = "The customer" },
    { .name = "customer_outcome", .type = ACRM__T_ENUM,
      .choices = "created|matched|updated|unchanged",
      .help = "created, recognised, or recognised with something new about it" },
    { .name = "reasons", .type = ACRM__T_TEXT, .flags = ACRM__LIST, .help = "Why, as codes" },
    { .name = NULL }
};
static const acrm__field sales_placed_out[] = {
    { .name = "id", .type = ACRM__T_ID, .help = "The lead" },
    { .name = "status", .type = ACRM__T_TEXT, .help = "Its status now" },
    { .name = "dealer_id", .type = ACRM__T_ID, .help = "Dealer it is with" },
    { .name = "owner_id", .type = ACRM__T_ID, .help = "User it is with" },
    { .name = "accept_by", .type = ACRM__T_INSTANT, .help = "To be accepted until then" },
    { .name = "round", .type = ACRM__T_INT, .help = "Offers so far in this distribution" },
    { .name = NULL }
};
static const acrm__field sales_accept_in[] = {
    { .name = "id", .type = ACRM__T_REF, .target = "lead", .flags = ACRM__REQUIRED,
      .help = "Which lead" },
    { .name = "user_id", .type = ACRM__T_REF, .target = "user",
      .help = "Who takes it, when it was offered to a dealer; the caller otherwise" },
    { .name = NULL }
};
static const acrm__field sales_decline_in[] = {
    { .name = "id", .type = ACRM__T_REF, .target = "lead", .flags = ACRM__REQUIRED,
      .help = "Which lead" },
    { .name = "reason", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 300,
      .help = "Why" },
    { .name = NULL }
};
static const acrm__field sales_recall_in[] = {
    { .name = "id", .type = ACRM__T_REF, .target = "lead", .flags = ACRM__REQUIRED,
      .help = "Which lead" },
    { .name = "reason", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 300,
      .help = "Why" },
    { .name = "redistribute", .type = ACRM__T_BOOL, .preset = "false",
      .help = "Offer it to the next at once" },
    { .name = NULL }
};
static const acrm__field sales_assign_in[] = {
    { .name = "id", .type = ACRM__T_REF, .target = "lead", .flags = ACRM__REQUIRED,
      .help = "Which lead" },
    { .name = "user_id", .type = ACRM__T_REF, .target = "user", .help = "To whom" },
    { .name = "dealer_id", .type = ACRM__T_REF, .target = "dealer",
      .help = "To which dealer; without it, where the user works" },
    { .name = "force", .type = ACRM__T_BOOL, .preset = "false",
      .help = "Also beyond capacity and across dealers" },
    { .name = "reason", .type = ACRM__T_TEXT, .max = 300, .help = "Why" },
    { .name = NULL }
};
static const acrm__field sales_explain_out[] = {
    { .name = "offers", .type = ACRM__T_RECORD, .flags = ACRM__LIST, .target = "lead_offer",
      .help = "Each step in order, its explanation with rule, candidates, their figures and "
              "why they were excluded" },
    { .name = "id", .type = ACRM__T_ID, .help = "The lead" },
    { .name = "status", .type = ACRM__T_TEXT, .help = "Its status now" },
    { .name = "dealer_id", .type = ACRM__T_ID, .help = "Dealer it is with" },
    { .name = "owner_id", .type = ACRM__T_ID, .help = "User it is with" },
    { .name = "accept_by", .type = ACRM__T_INSTANT, .help = "To be accepted until then" },
    { .name = "round", .type = ACRM__T_INT, .help = "Offers so far in this distribution" },
    { .name = NULL }
};
static const acrm__field sales_contact_in[] = {
    { .name = "id", .type = ACRM__T_REF, .target = "lead", .flags = ACRM__REQUIRED,
      .help = "Which lead" },
    { .name = "channel", .type = ACRM__T_ENUM,
      .choices = "visit|phone|email|sms|messenger|web|letter|event|system",
      .preset = "\"phone\"",
      .help = "How" },
    { .name = "direction", .type = ACRM__T_ENUM, .choices = "in|out", .preset = "\"out\"",
      .help = "out: we called" },
    { .name = "effective", .type = ACRM__T_BOOL, .preset = "true",
      .help = "The customer was reached; false: it was an attempt" },
    { .name = "outcome", .type = ACRM__T_TEXT, .max = 64, .help = "What came of it" },
    { .name = "notes", .type = ACRM__T_TEXT, .max = 65536, .help = "What was said" },
    { .name = "next_at", .type = ACRM__T_INSTANT,
      .help = "Next contact as agreed with the customer; it goes before the cadence" },
    { .name = "level", .type = ACRM__T_TEXT, .max = 8, .help = "New level" },
    { .name = NULL }
};
static const acrm__field sales_level_in[] = {
    { .name = "id", .type = ACRM__T_REF, .target = "lead", .flags = ACRM__REQUIRED,
      .help = "Which lead" },
    { .name = "level", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 8,
      .help = "Code of the level; the same one again confirms it" },
    { .name = "reason", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 300,
      .help = "Why" },
    { .name = NULL }
};
static const acrm__field sales_lose_in[] = {
    { .name = "id", .type = ACRM__T_REF, .target = "lead", .flags = ACRM__REQUIRED,
      .help = "Which lead" },
    { .name = "reason", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 32,
      .help = "Code of the lost_reason" },
    { .name = "competitor", .type = ACRM__T_TEXT, .max = 200, .help = "To whom" },
    { .name = "win_back_at", .type = ACRM__T_DATE,
      .help = "Take it up again on this day, as a new lead" },
    { .name = NULL }
};
static const acrm__field sales_neglected_in[] = {
    { .name = "dealer_id", .type = ACRM__T_REF, .target = "dealer",
      .help = "Only of this dealer" },
    { .name = "user_id", .type = ACRM__T_REF, .target = "user", .help = "Only of this user" },
    { .name = "limit", .type = ACRM__T_INT, .min = 1, .max = 1000, .preset = "100",
      .help = "Leads at most" },
    { .name = NULL }
};
static const acrm__field sales_neglected_out[] = {
    { .name = "items", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "Longest neglected first: lead_id, level, status, due_at, overdue_minutes, "
              "neglected_at, raised_to, attempts, customer, owner, dealer and their ids" },
    { .name = NULL }
};
static const acrm__field sales_agenda_in[] = {
    { .name = "user_id", .type = ACRM__T_REF, .target = "user",
      .help = "Whose agenda; the caller's without it and dealer_id" },
    { .name = "dealer_id", .type = ACRM__T_REF, .target = "dealer",
      .help = "Of all at this dealer" },
    { .name = "from", .type = ACRM__T_INSTANT,
      .help = "Only what is due from then on; without it also all that is overdue" },
    { .name = "until", .type = ACRM__T_INSTANT,
      .help = "Only what is due by then; without it, within seven days" },
    { .name = "limit", .type = ACRM__T_INT, .min = 1, .max = 1000, .preset = "200",
      .help = "Entries at most" },
    { .name = NULL }
};
static const acrm__field sales_agenda_out[] = {
    { .name = "items", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "Overdue first: due_at, overdue, overdue_minutes, kind, subject, activity_id, "
              "lead_id, level, customer_id, customer, owner_id; lead_contact is a lead that "
              "nobody has yet" },
    { .name = NULL }
};
static const acrm__field sales_agenda_ical_in[] = {
    { .name = "user_id", .type = ACRM__T_REF, .target = "user",
      .help = "Whose activities; the caller's when nothing is chosen" },
    { .name = "dealer_id", .type = ACRM__T_REF, .target = "dealer",
      .help = "Of all at this dealer" },
    { .name = "customer_id", .type = ACRM__T_REF, .target = "customer",
      .help = "A customer's appointments: visits, meetings and calls that were agreed, without "
              "the staff's notes" },
    { .name = "from", .type = ACRM__T_INSTANT,
      .help = "Only what is due from then on; 30 days ago without it" },
    { .name = "until", .type = ACRM__T_INSTANT,
      .help = "Only what is due by then; in a year without it" },
    { .name = "zone", .type = ACRM__T_TEXT, .max = 64,
      .help = "IANA time zone to tell times in; the engine's without it" },
    { .name = "name", .type = ACRM__T_TEXT, .max = 200, .help = "Name of the calendar" },
    { .name = "alarm", .type = ACRM__T_DURATION, .min = 0, .max = 31536000,
      .help = "Remind so long before, such as PT15M; no reminders without it" },
    { .name = "limit", .type = ACRM__T_INT, .min = 1, .max = 10000, .preset = "2000",
      .help = "Events at most" },
    { .name = NULL }
};
static const acrm__field sales_agenda_ical_out[] = {
    { .name = "ical", .type = ACRM__T_TEXT, .help = "The calendar as RFC 5545 text" },
    { .name = "events", .type = ACRM__T_INT, .help = "Events in it" },
    { .name = "cancelled", .type = ACRM__T_INT, .help = "Those that are off" },
    { .name = "more", .type = ACRM__T_BOOL, .help = "The limit left some out" },
    { .name = NULL }
};
static const acrm__field sales_activity_ical_in[] = {
    { .name = "id", .type = ACRM__T_ID, .flags = ACRM__REQUIRED,
      .help = "Which activity; a deleted one is cancelled" },
    { .name = "zone", .type = ACRM__T_TEXT, .max = 64,
      .help = "IANA time zone to tell times in; the engine's without it" },
    { .name = NULL }
};
static const acrm__field sales_activity_ical_out[] = {
    { .name = "ical", .type = ACRM__T_TEXT, .help = "The invitation as RFC 5545 text" },
    { .name = "events", .type = ACRM__T_INT, .help = "1" },
    { .name = "cancelled", .type = ACRM__T_INT, .help = "1 when it is off" },
    { .name = NULL }
};
static const acrm__field sales_complete_in[] = {
    { .name = "id", .type = ACRM__T_REF, .target = "activity", .flags = ACRM__REQUIRED,
      .help = "Which activity" },
    { .name = "outcome", .type = ACRM__T_TEXT, .max = 64, .help = "What came of it" },
    { .name = "notes", .type = ACRM__T_TEXT, .max = 16000, .help = "Notes" },
    { .name = "effective", .type = ACRM__T_BOOL,
      .help = "Of a lead: the customer was reached (true) or not (false); recorded like "
              "lead.contact" },
    { .name = NULL }
};
static const acrm__field sales_cancel_in[] = {
    { .name = "id", .type = ACRM__T_REF, .target = "activity", .flags = ACRM__REQUIRED,
      .help = "Which activity" },
    { .name = NULL }
};
static const acrm__field sales_move_in[] = {
    { .name = "id", .type = ACRM__T_REF, .target = "opportunity", .flags = ACRM__REQUIRED,
      .help = "Which deal" },
    { .name = "stage_id", .type = ACRM__T_REF, .target = "stage", .flags = ACRM__REQUIRED,
      .help = "To which open stage of its pipeline" },
    { .name = NULL }
};
static const acrm__field sales_win_deal_in[] = {
    { .name = "id", .type = ACRM__T_REF, .target = "opportunity", .flags = ACRM__REQUIRED,
      .help = "Which deal" },
    { .name = NULL }
};
static const acrm__field sales_lose_deal_in[] = {
    { .name = "id", .type = ACRM__T_REF, .target = "opportunity", .flags = ACRM__REQUIRED,
      .help = "Which deal" },
    { .name = "reason", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 32,
      .help = "Code of the lost_reason" },
    { .name = "competitor", .type = ACRM__T_TEXT, .max = 200, .help = "To whom" },
    { .name = NULL }
};
static const acrm__field sales_review_in[] = {
    { .name = "id", .type = ACRM__T_REF, .target = "opportunity", .flags = ACRM__REQUIRED,
      .help = "Which deal" },
    { .name = "reason", .type = ACRM__T_TEXT, .max = 32,
      .help = "Code of the lost_reason that it really was" },
    { .name = "competitor", .type = ACRM__T_TEXT, .max = 200, .help = "To whom it really went" },
    { .name = NULL }
};
static const acrm__field sales_funnel_in[] = {
    { .name = "from", .type = ACRM__T_INSTANT, .help = "From then on" },
    { .name = "until", .type = ACRM__T_INSTANT, .help = "Before then" },
    { .name = "dealer_id", .type = ACRM__T_REF, .target = "dealer",
      .help = "Only of this dealer" },
    { .name = "source_id", .type = ACRM__T_REF, .target = "lead_source",
      .help = "Only from this source" },
    { .name = "group", .type = ACRM__T_ENUM,
      .choices = "dealer|user|source|channel|level|week|month",
      .help = "A row for each" },
    { .name = "pipeline_id", .type = ACRM__T_REF, .target = "pipeline",
      .help = "The deals of this pipeline instead of leads (without source_id and group)" },
    { .name = NULL }
};
static const acrm__field sales_funnel_out[] = {
    { .name = "stages", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "How many came at least so far: stage, count, of_previous, of_first" },
    { .name = "lost", .type = ACRM__T_INT, .help = "Lost" },
    { .name = "open", .type = ACRM__T_INT, .help = "Neither won nor lost" },
    { .name = "conversion", .type = ACRM__T_REAL, .help = "Won, of all" },
    { .name = "rows", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "The same for each group" },
    { .name = NULL }
};
static const acrm__field sales_sources_in[] = {
    { .name = "from", .type = ACRM__T_INSTANT, .help = "From then on" },
    { .name = "until", .type = ACRM__T_INSTANT, .help = "Before then" },
    { .name = "dealer_id", .type = ACRM__T_REF, .target = "dealer",
      .help = "Only of this dealer" },
    { .name = "source_id", .type = ACRM__T_REF, .target = "lead_source",
      .help = "Only from this source" },
    { .name = NULL }
};
static const acrm__field sales_sources_out[] = {
    { .name = "rows", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "source_id, source, name, leads, enquiries (attached to leads), reached, won, "
              "lost, open, conversion, currency, cost, cost_per_sale" },
    { .name = "total", .type = ACRM__T_MAP, .help = "The sums of the rows" },
    { .name = NULL }
};
static const acrm__field sales_response_in[] = {
    { .name = "from", .type = ACRM__T_INSTANT, .help = "From then on" },
    { .name = "until", .type = ACRM__T_INSTANT, .help = "Before then" },
    { .name = "dealer_id", .type = ACRM__T_REF, .target = "dealer",
      .help = "Only of this dealer" },
    { .name = "source_id", .type = ACRM__T_REF, .target = "lead_source",
      .help = "Only from this source" },
    { .name = "group", .type = ACRM__T_ENUM,
      .choices = "dealer|user|source|channel|level|week|month",
      .help = "A row for each" },
    { .name = NULL }
};
static const acrm__field sales_response_out[] = {
    { .name = "reached", .type = ACRM__T_INT, .help = "Leads whose customer was reached" },
    { .name = "not_reached", .type = ACRM__T_INT, .help = "Leads whose customer was not" },
    { .name = "p50_minutes", .type = ACRM__T_INT, .unit = "min",
      .help = "Half of those reached were reached within" },
    { .name = "p90_minutes", .type = ACRM__T_INT, .unit = "min",
      .help = "Nine in ten were reached within" },
    { .name = "p50_working_minutes", .type = ACRM__T_INT, .unit = "min",
      .help = "Half of them, in the hours of the dealers' calendars" },
    { .name = "p90_working_minutes", .type = ACRM__T_INT, .unit = "min",
      .help = "Nine in ten, likewise" },
    { .name = "rows", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "The same for each group, instead of the total" },
    { .name = NULL }
};
static const acrm__field sales_stages_in[] = {
    { .name = "pipeline_id", .type = ACRM__T_REF, .target = "pipeline", .flags = ACRM__REQUIRED,
      .help = "Which pipeline" },
    { .name = "from", .type = ACRM__T_INSTANT, .help = "From then on" },
    { .name = "until", .type = ACRM__T_INSTANT, .help = "Before then" },
    { .name = "dealer_id", .type = ACRM__T_REF, .target = "dealer",
      .help = "Only of this dealer" },
    { .name = NULL }
};
static const acrm__field sales_stages_out[] = {
    { .name = "rows", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "Open stages in order: stage, stage_id, left (deals that left it), p50_hours, "
              "p90_hours, waiting (deals in it), longest_hours, over_limit" },
    { .name = "bottleneck", .type = ACRM__T_TEXT, .help = "Stage with the longest median stay" },
    { .name = NULL }
};
static const acrm__field sales_lost_in[] = {
    { .name = "from", .type = ACRM__T_INSTANT, .help = "From then on" },
    { .name = "until", .type = ACRM__T_INSTANT, .help = "Before then" },
    { .name = "dealer_id", .type = ACRM__T_REF, .target = "dealer",
      .help = "Only of this dealer" },
    { .name = "of", .type = ACRM__T_ENUM, .choices = "leads|opportunities", .preset = "\"leads\"",
      .help = "Of what" },
    { .name = NULL }
};
static const acrm__field sales_lost_out[] = {
    { .name = "rows", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "Most frequent first: reason, name, competitor, count" },
    { .name = "total", .type = ACRM__T_INT, .help = "All that were lost" },
    { .name = NULL }
};

/* --- Operations --- */

static const acrm__op sales_ops[] = {
    { .name = "lead.submit", .flags = ACRM__OP_WRITE, .in = sales_submit_in,
      .out = sales_submit_out, .run = acrm__sales_submit,
      .help = "Take in a lead: recognise the customer, attach what is a repetition, create what "
              "is new" },
    { .name = "lead.distribute", .flags = ACRM__OP_WRITE, .in = sales_lead_in,
      .out = sales_placed_out, .run = acrm__sales_lead_distribute,
      .help = "Find a dealer and a user for a lead that nobody has, by the rules" },
    { .name = "lead.accept", .flags = ACRM__OP_WRITE, .in = sales_accept_in,
      .out = sales_lead_out, .run = acrm__sales_lead_accept,
      .help = "Take a lead that was offered" },
    { .name = "lead.decline", .flags = ACRM__OP_WRITE, .in = sales_decline_in,
      .out = sales_placed_out, .run = acrm__sales_lead_decline,
      .help = "Refuse a lead that was offered; it goes to the next" },
    { .name = "lead.recall", .flags = ACRM__OP_WRITE, .in = sales_recall_in,
      .out = sales_placed_out, .run = acrm__sales_lead_recall,
      .help = "Take a lead back to head office, or on to the next" },
    { .name = "lead.assign", .flags = ACRM__OP_WRITE, .in = sales_assign_in,
      .out = sales_lead_out, .run = acrm__sales_lead_assign,
      .help = "Give a lead to somebody by hand" },
    { .name = "lead.explain", .in = sales_lead_in,
      .out = sales_explain_out, .run = acrm__sales_lead_explain,
      .help = "Tell why a lead is where it is: every step of its distribution" },
    { .name = "lead.contact", .flags = ACRM__OP_WRITE, .in = sales_contact_in,
      .out = sales_lead_out, .run = acrm__sales_lead_contact,
      .help = "Record a contact with the customer of a lead, or an attempt" },
    { .name = "lead.set_level", .flags = ACRM__OP_WRITE, .in = sales_level_in,
      .out = sales_lead_out, .run = acrm__sales_lead_set_level,
      .help = "Change or confirm the level of a lead; its next contact follows" },
    { .name = "lead.win", .flags = ACRM__OP_WRITE, .in = sales_lead_in,
      .out = sales_lead_out, .run = acrm__sales_lead_win,
      .help = "End a lead: the customer ordered" },
    { .name = "lead.lose", .flags = ACRM__OP_WRITE, .in = sales_lose_in,
      .out = sales_lead_out, .run = acrm__sales_lead_lose,
      .help = "End a lead: it was lost" },
    { .name = "lead.neglected", .in = sales_neglected_in,
      .out = sales_neglected_out, .run = acrm__sales_neglected,
      .help = "Leads whose follow-up is neglected, how long, and whose they are" },
    { .name = "activity.complete", .flags = ACRM__OP_WRITE, .in = sales_complete_in,
      .out = sales_activity_out, .run = acrm__sales_activity_complete,
      .help = "Finish an activity; of a lead it counts as contact or attempt" },
    { .name = "activity.cancel", .flags = ACRM__OP_WRITE, .in = sales_cancel_in,
      .out = sales_activity_out, .run = acrm__sales_activity_cancel,
      .help = "Call an activity off" },
    { .name = "agenda.list", .in = sales_agenda_in,
      .out = sales_agenda_out, .run = acrm__sales_agenda,
      .help = "What somebody has to do, overdue first" },
    { .name = "agenda.ical", .in = sales_agenda_ical_in, .out = sales_agenda_ical_out,
      .run = acrm__sales_agenda_ical,
      .help = "Activities as an iCalendar feed; what was called off or deleted is cancelled" },
    { .name = "activity.ical", .in = sales_activity_ical_in, .out = sales_activity_ical_out,
      .run = acrm__sales_activity_ical,
      .help = "An activity as an iCalendar invitation of its customer, or its cancellation" },
    { .name = "opportunity.move", .flags = ACRM__OP_WRITE, .in = sales_move_in,
      .out = sales_opportunity_out, .run = acrm__sales_opportunity_move,
      .help = "Move a deal to another open stage" },
    { .name = "opportunity.win", .flags = ACRM__OP_WRITE, .in = sales_win_deal_in,
      .out = sales_opportunity_out, .run = acrm__sales_opportunity_win,
      .help = "Win a deal, and the lead it came from" },
    { .name = "opportunity.lose", .flags = ACRM__OP_WRITE, .in = sales_lose_deal_in,
      .out = sales_opportunity_out, .run = acrm__sales_opportunity_lose,
      .help = "Lose a deal" },
    { .name = "opportunity.review", .flags = ACRM__OP_WRITE, .in = sales_review_in,
      .out = sales_opportunity_out, .run = acrm__sales_opportunity_review,
      .help = "Note that a lost deal was reviewed, and what was found" },
    { .name = "report.funnel", .in = sales_funnel_in,
      .out = sales_funnel_out, .run = acrm__sales_report_funnel,
      .help = "How many leads or deals came how far" },
    { .name = "report.sources", .in = sales_sources_in,
      .out = sales_sources_out, .run = acrm__sales_report_sources,
      .help = "What each source of leads brings and costs" },
    { .name = "report.response_times", .in = sales_response_in,
      .out = sales_response_out, .run = acrm__sales_report_response,
      .help = "How fast customers are reached" },
    { .name = "report.stage_times", .in = sales_stages_in,
      .out = sales_stages_out, .run = acrm__sales_report_stages,
      .help = "How long deals stay in each stage, and where they wait" },
    { .name = "report.lost_reasons", .in = sales_lost_in,
      .out = sales_lost_out, .run = acrm__sales_report_lost,
      .help = "Why leads or deals are lost, and to whom" },
    { .name = NULL }
};

static const acrm__hook sales_hooks[] = {
    { .entity = "lead", .before_write = acrm__sales_lead_write },
    { .entity = "lead_level", .before_write = acrm__sales_level_write },
    { .entity = "activity", .before_write = acrm__sales_activity_write },
    { .entity = "distribution_rule", .before_write = acrm__sales_rule_write },
    { .entity = "distribution_target", .before_write = acrm__sales_target_write },
    { .entity = "opportunity", .before_write = acrm__sales_opportunity_write },
    { .entity = NULL }
};

static const acrm__reaction sales_reactions[] = {
    { .type = "lead.created", .run = acrm__sales_lead_created },
    { .type = "lead.restored", .run = acrm__sales_lead_restored },
    { .type = "opportunity.created", .run = acrm__sales_opportunity_created },
    { .type = "customer.erasing", .run = acrm__sales_customer_erasing },
    { .type = "sales_contract.cancelled", .run = acrm__sales_contract_cancelled },
    { .type = NULL }
};

static const acrm__timer_kind sales_timers[] = {
    { .kind = "lead.contact_due", .run = acrm__sales_contact_due,
      .help = "Raises a neglected lead step by step, and lets its level fall" },
    { .kind = "lead.accept_by", .run = acrm__sales_accept_by,
      .help = "Ends an offer that nobody answered, and offers the lead to the next" },
    { .kind = "lead.win_back", .run = acrm__sales_win_back,
      .help = "Takes a lost lead up again as a new one" },
    { .kind = NULL }
};

const acrm__module acrm__mod_sales = {
    .name = "sales",
    .help = "Leads, their distribution and follow-up, activities and pipelines",
    .entities = sales_entities,
    .ops = sales_ops,
    .hooks = sales_hooks,
    .reactions = sales_reactions,
    .timers = sales_timers,
    .seeds = "lead_level",
    .seed = acrm__sales_seed,
};
