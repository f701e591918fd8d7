/* SPDX-License-Identifier: MIT */
/* The module order: orders on their way, and who gets one of too few cars. */
#include "modules/modules.h"
#include "modules/order/allocation.h"
#include "modules/order/order.h"

#define ACRM__ENTITIES_DEF "modules/order/entities.def"
#define ACRM__ENTITIES_NAME order_entities
#include "kernel/declare_tables.h"

#define ORDER_WHICH                                                                               \
    { .name = "id", .type = ACRM__T_REF, .target = "vehicle_order", .help = "The order" },       \
    { .name = "number", .type = ACRM__T_TEXT, .max = 64, .help = "Instead: its number" }
#define ORDER_VIN { .name = "vin", .type = ACRM__T_TEXT, .max = 40, .help = "Its VIN" }
#define ORDER_MILESTONE                                                                           \
    { .name = "milestone", .type = ACRM__T_TEXT, .max = 40,                                      \
      .help = "Code of the milestone; without it the last one" }
#define ORDER_ON(help_) { .name = "on", .type = ACRM__T_DATE, .help = help_ }
#define ORDER_CAUSE                                                                               \
    { .name = "cause", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 1000, .help = "Why" }

static const acrm__field order_which_in[] = { ORDER_WHICH, ORDER_VIN, { .name = NULL } };
static const acrm__field order_record_in[] = {
    ORDER_WHICH, ORDER_VIN,
    { .name = "source", .type = ACRM__T_TEXT, .max = 64,
      .help = "Who tells; without it: by hand, which is believed over feeds" },
    { .name = "code", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 64,
      .help = "Its code (milestone_code), or a milestone of the chain" },
    { .name = "kind", .type = ACRM__T_ENUM, .choices = "reached|retracted|expected|skipped",
      .preset = "\"reached\"", .help = "What it says of the milestone" },
    { .name = "occurred_at", .type = ACRM__T_INSTANT,
      .help = "When it happened, or when the forecast was made; without it, now" },
    { .name = "expected_on", .type = ACRM__T_DATE, .help = "Of a forecast: the day" },
    { .name = "tentative", .type = ACRM__T_BOOL, .help = "Of a forecast: a guess" },
    { .name = "revision", .type = ACRM__T_INT, .min = 0, .max = INT64_MAX,
      .help = "The source's counter: the highest is believed" },
    { .name = "authority", .type = ACRM__T_INT, .min = 0, .max = 1000,
      .help = "Of the source: the highest is believed; 0, by hand 500" },
    { .name = "note", .type = ACRM__T_TEXT, .max = 1000, .help = "Why, in words" },
    { .name = NULL }
};
static const acrm__field order_record_out[] = {
    { .name = "order", .type = ACRM__T_RECORD, .target = "vehicle_order", .help = "The order" },
    { .name = "outcome", .type = ACRM__T_TEXT,
      .help = "recorded, repeat (nothing was done), or contradicts what was told before" },
    { .name = "milestone", .type = ACRM__T_TEXT, .help = "What the code means; null: nothing" },
    { .name = NULL }
};
static const acrm__field order_promise_in[] = {
    ORDER_WHICH, ORDER_MILESTONE, ORDER_ON("The day; without it as it is expected now"),
    { .name = NULL }
};
static const acrm__field order_hold_in[] = {
    ORDER_WHICH, ORDER_MILESTONE, ORDER_CAUSE,
    { .name = "source", .type = ACRM__T_TEXT, .max = 64, .help = "Who tells" },
    { .name = "from", .type = ACRM__T_DATE, .help = "First day; without it today" },
    { .name = "until", .type = ACRM__T_DATE,
      .help = "First day after it; without it until vehicle_order.resume" },
    { .name = NULL }
};
static const acrm__field order_hold_out[] = {
    { .name = "hold_id", .type = ACRM__T_ID, .help = "The order_hold" },
    { .name = "order", .type = ACRM__T_RECORD, .target = "vehicle_order", .help = "The order" },
    { .name = NULL }
};
static const acrm__field order_resume_in[] = {
    ORDER_WHICH,
    { .name = "milestone", .type = ACRM__T_TEXT, .max = 40, .help = "Stops of this one only" },
    { .name = "hold_id", .type = ACRM__T_REF, .target = "order_hold", .help = "This one only" },
    ORDER_ON("First day on which it goes on; without it today"), { .name = NULL }
};
static const acrm__field order_document_in[] = {
    ORDER_WHICH,
    { .name = "milestone", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 40,
      .help = "Code of the milestone that needs it" },
    { .name = "document", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 64,
      .help = "Code of the document" },
    ORDER_ON("Day on which it was there; without it today"),
    { .name = "withdrawn", .type = ACRM__T_BOOL, .help = "It is no longer there" },
    { .name = NULL }
};
static const acrm__field order_document_out[] = {
    { .name = "milestone", .type = ACRM__T_RECORD, .target = "order_milestone",
      .help = "The milestone" },
    { .name = NULL }
};
static const acrm__field order_identify_in[] = {
    { .name = "id", .type = ACRM__T_REF, .flags = ACRM__REQUIRED, .target = "vehicle_order",
      .help = "The order" },
    { .name = "vin", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 40,
      .help = "VIN of its vehicle" },
    { .name = NULL }
};
static const acrm__field order_deliver_in[] = {
    ORDER_WHICH,
    { .name = "odometer", .type = ACRM__T_INT, .min = 0, .max = 10000000, .unit = "km",
      .help = "Reading" },
    ORDER_ON("Day of the hand-over; without it today"), { .name = NULL }
};
static const acrm__field order_cancel_in[] = { ORDER_WHICH, ORDER_CAUSE, { .name = NULL } };
static const acrm__field order_out[] = {
    { .name = "record", .type = ACRM__T_RECORD, .target = "vehicle_order",
      .help = "The order, its fields at top level" },
    { .name = NULL }
};
static const acrm__field order_blockers_out[] = {
    { .name = "ready", .type = ACRM__T_BOOL, .help = "It can be handed over" },
    { .name = "blockers", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "What stands before it: field (the milestone), reason (gate, document, hold, "
              "vehicle, customer), message" },
    { .name = NULL }
};
static const acrm__field order_status_out[] = {
    { .name = "id", .type = ACRM__T_ID, .help = "The order" },
    { .name = "number", .type = ACRM__T_TEXT, .help = "Its number" },
    { .name = "state", .type = ACRM__T_TEXT, .help = "open, delivered or cancelled" },
    { .name = "model", .type = ACRM__T_TEXT, .help = "What is ordered" },
    { .name = "vin", .type = ACRM__T_TEXT, .help = "VIN, once it is built" },
    { .name = "milestone", .type = ACRM__T_TEXT, .help = "How far it is" },
    { .name = "promised_on", .type = ACRM__T_DATE, .help = "Delivery as promised" },
    { .name = "expected_on", .type = ACRM__T_DATE, .help = "Delivery as it looks now" },
    { .name = "tentative", .type = ACRM__T_BOOL, .help = "That is not sure" },
    { .name = "milestones", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "In order: type, name, reached_at, expected_on, promised_on, tentative; of "
              "vehicle_order.plan also planned_on, slip, because, oem_code, gate, skipped, "
              "disputed" },
    { .name = "next", .type = ACRM__T_MAP, .help = "The next of them; null: none" },
    { .name = NULL }
};

#define DRAW_WHICH                                                                                \
    { .name = "id", .type = ACRM__T_REF, .target = "draw_round", .help = "The draw" },           \
    { .name = "name", .type = ACRM__T_TEXT, .max = 200, .help = "Instead: its name" }

static const acrm__field draw_which_in[] = { DRAW_WHICH, { .name = NULL } };
static const acrm__field draw_run_in[] = {
    DRAW_WHICH,
    { .name = "seed", .type = ACRM__T_TEXT, .max = 4096,
      .help = "The public seed, as seed_source announced" },
    { .name = "parts", .type = ACRM__T_TEXT, .flags = ACRM__LIST, .max = 4096,
      .help = "Instead: the parts whose hashes were announced as commits" },
    { .name = NULL }
};
static const acrm__field draw_out[] = {
    { .name = "record", .type = ACRM__T_RECORD, .target = "draw_round",
      .help = "The draw, its fields at top level" },
    { .name = NULL }
};
static const acrm__field draw_export_out[] = {
    { .name = "list", .type = ACRM__T_TEXT,
      .help = "The list, unless it went to the session's output" },
    { .name = "list_hash", .type = ACRM__T_TEXT, .help = "Its SHA-256" },
    { .name = "entrants", .type = ACRM__T_INT, .help = "Its lines" },
    { .name = NULL }
};
static const acrm__field draw_verify_out[] = {
    { .name = "ok", .type = ACRM__T_BOOL, .help = "The same list gives the same draw" },
    { .name = "list_hash", .type = ACRM__T_TEXT, .help = "Of the list as it is stored now" },
    { .name = "entrants", .type = ACRM__T_INT, .help = "Its lines" },
    { .name = "algorithm", .type = ACRM__T_TEXT, .help = "How it was drawn" },
    { .name = "faults", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "What differs, the first hundred: position (0: the list), found, expected" },
    { .name = NULL }
};
static const acrm__field allocation_run_in[] = {
    { .name = "period", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 20,
      .help = "Quotas of this period" },
    { .name = "dealer_id", .type = ACRM__T_REF, .target = "dealer", .help = "Of this dealer" },
    { .name = "model", .type = ACRM__T_TEXT, .max = 100, .help = "Of this model" },
    { .name = NULL }
};
static const acrm__field allocation_waiting_in[] = {
    { .name = "dealer_id", .type = ACRM__T_REF, .flags = ACRM__REQUIRED, .target = "dealer",
      .help = "Dealer" },
    { .name = "model", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 100,
      .help = "Model" },
    { .name = "period", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 20,
      .help = "Period" },
    { .name = NULL }
};
static const acrm__field allocation_list_out[] = {
    { .name = "items", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "In order: id, position, outcome (offered, no_place, rule, waiting), reason of the "
              "place" },
    { .name = NULL }
};
static const acrm__field allocation_accept_in[] = {
    { .name = "id", .type = ACRM__T_REF, .flags = ACRM__REQUIRED, .target = "allocation_request",
      .help = "The request" },
    { .name = NULL }
};
static const acrm__field allocation_cause_in[] = {
    { .name = "id", .type = ACRM__T_REF, .flags = ACRM__REQUIRED, .target = "allocation_request",
      .help = "The request" },
    ORDER_CAUSE, { .name = NULL }
};
static const acrm__field allocation_out[] = {
    { .name = "record", .type = ACRM__T_RECORD, .target = "allocation_request",
      .help = "The request, its fields at top level" },
    { .name = NULL }
};

#define ORDER_WRITE(name_, in_, out_, run_, help_)                                                \
    { .name = "vehicle_order." name_, .flags = ACRM__OP_WRITE, .in = in_, .out = out_,           \
      .run = run_, .help = help_ }

static const acrm__op order_ops[] = {
    ORDER_WRITE("record", order_record_in, order_record_out, acrm__order_record,
                "Tell what happened to an order, or is expected; repeats change nothing"),
    ORDER_WRITE("promise", order_promise_in, order_out, acrm__order_promise,
                "Promise the customer a day; a slip never changes it"),
    ORDER_WRITE("hold", order_hold_in, order_hold_out, acrm__order_hold,
                "Stop the time of a milestone, for a reason"),
    ORDER_WRITE("resume", order_resume_in, order_out, acrm__order_resume, "End such stops"),
    ORDER_WRITE("document", order_document_in, order_document_out, acrm__order_document,
                "Tick a document off that a milestone needs"),
    ORDER_WRITE("identify", order_identify_in, order_out, acrm__order_identify_op,
                "Give an order its VIN: its vehicle is found, or made"),
    ORDER_WRITE("deliver", order_deliver_in, order_out, acrm__order_deliver,
                "Hand the vehicle over: ownership, warranties, first reminders. Refused with the "
                "list of what stands before it"),
    ORDER_WRITE("cancel", order_cancel_in, order_out, acrm__order_cancel, "Cancel an order"),
    { .name = "draw.freeze", .flags = ACRM__OP_WRITE, .in = draw_which_in, .out = draw_out,
      .run = acrm__draw_freeze, .help = "Exclude who may not take part, and freeze the list" },
    { .name = "draw.run", .flags = ACRM__OP_WRITE, .in = draw_run_in, .out = draw_out,
      .run = acrm__draw_run, .help = "Draw from the frozen list with a public seed, once" },
    { .name = "draw.verify", .in = draw_which_in, .out = draw_verify_out,
      .run = acrm__draw_verify, .help = "Draw again and compare" },
    { .name = "draw.export", .in = draw_which_in, .out = draw_export_out,
      .run = acrm__draw_export, .help = "The frozen list, for those who draw again themselves" },
    { .name = "allocation.run", .flags = ACRM__OP_WRITE, .in = allocation_run_in,
      .out = allocation_list_out, .run = acrm__allocation_run,
      .help = "Offer what is free of quotas to those who wait, in order" },
    { .name = "allocation.accept", .flags = ACRM__OP_WRITE, .in = allocation_accept_in,
      .out = allocation_out, .run = acrm__allocation_accept,
      .help = "The deposit is there: the offer is accepted, and the quota used" },
    { .name = "allocation.cancel", .flags = ACRM__OP_WRITE, .in = allocation_cause_in,
      .out = allocation_out, .run = acrm__allocation_cancel,
      .help = "Give a place in the list, an offer or an accepted car back" },
    { .name = "allocation.jump", .flags = ACRM__OP_WRITE, .in = allocation_cause_in,
      .out = allocation_out, .run = acrm__allocation_jump,
      .help = "Put a request before all others, for a reason that stays with it" },
    { .name = "allocation.waiting", .in = allocation_waiting_in, .out = allocation_list_out,
      .run = acrm__allocation_waiting, .help = "Who waits, in order, and why there" },
    { .name = "vehicle_order.plan", .in = order_which_in, .out = order_status_out,
      .run = acrm__order_plan, .help = "All milestones of an order with their dates, explained" },
    { .name = "vehicle_order.status", .in = order_which_in, .out = order_status_out,
      .run = acrm__order_status, .help = "What the customer may see of an order" },
    { .name = "vehicle_order.blockers", .in = order_which_in, .out = order_blockers_out,
      .run = acrm__order_blockers, .help = "What stands before the hand-over" },
    { .name = NULL }
};

static const acrm__hook order_hooks[] = {
    { .entity = "milestone_chain", .before_write = acrm__order_chain_write },
    { .entity = "vehicle_order", .before_write = acrm__order_write },
    { .entity = "draw_round", .before_write = acrm__draw_round_write },
    { .entity = "draw_entrant", .before_write = acrm__draw_entrant_write },
    { .entity = "allocation_request", .before_write = acrm__allocation_request_write },
    { .entity = NULL }
};

static const acrm__reaction order_reactions[] = {
    { .type = "vehicle_order.created", .run = acrm__order_created },
    { .type = "sales_contract.signed", .run = acrm__order_contract_signed },
    { .type = "sales_contract.cancelled", .run = acrm__order_contract_cancelled },
    { .type = NULL }
};

static const acrm__timer_kind order_timers[] = {
    { .kind = "order.overdue", .run = acrm__order_overdue,
      .help = "Look at an order again of which something is overdue", .outlives = true },
    { .kind = "allocation.due", .run = acrm__allocation_due,
      .help = "End an offer for which no deposit came", .outlives = true },
    { .kind = NULL }
};

const acrm__module acrm__mod_order = {
    .name = "order",
    .help = "Orders on their way to the customer, and their hand-over",
    .entities = order_entities,
    .ops = order_ops,
    .hooks = order_hooks,
    .reactions = order_reactions,
    .timers = order_timers,
    .seeds = "milestone_chain",
    .seed = acrm__order_seed,
};
