/* SPDX-License-Identifier: MIT */
/* The module appraisal: what used vehicles are in, are worth, and what is offered for them. */
#include "modules/appraisal/appraisal.h"
#include "modules/appraisal/entities.h"
#include "modules/modules.h"

#define ACRM__ENTITIES_DEF "modules/appraisal/entities.def"
#define ACRM__ENTITIES_NAME appraisal_entities
#include "kernel/declare_tables.h"

#define APPRAISAL_ID                                                                              \
    { .name = "id", .type = ACRM__T_REF, .flags = ACRM__REQUIRED, .target = "appraisal",          \
      .help = "The appraisal" }

static const acrm__field appraisal_value_in[] = {
    APPRAISAL_ID,
    { .name = "connector", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 32,
      .help = "Whom to ask: the name of a connector" },
    { .name = "name", .type = ACRM__T_TEXT, .max = 64, .preset = "\"valuation\"",
      .help = "What is asked for" },
    { .name = NULL }
};
static const acrm__field appraisal_value_out[] = {
    { .name = "record", .type = ACRM__T_RECORD, .target = "appraisal_valuation",
      .help = "The valuation, its fields at top level" },
    { .name = NULL }
};
static const acrm__field appraisal_submit_in[] = {
    APPRAISAL_ID,
    { .name = "valid_until", .type = ACRM__T_DATE,
      .help = "Last day of the offer; a week from now when nothing was said" },
    { .name = NULL }
};
static const acrm__field appraisal_id_in[] = { APPRAISAL_ID, { .name = NULL } };
static const acrm__field appraisal_decline_in[] = {
    APPRAISAL_ID,
    { .name = "cause", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 300, .help = "Why" },
    { .name = NULL }
};
static const acrm__field appraisal_out[] = {
    { .name = "record", .type = ACRM__T_RECORD, .target = "appraisal",
      .help = "The appraisal, its fields at top level" },
    { .name = NULL }
};
static const acrm__field appraisal_compare_in[] = {
    { .name = "ids", .type = ACRM__T_REF, .flags = ACRM__REQUIRED | ACRM__LIST,
      .target = "appraisal", .help = "2 to 6 appraisals of one vehicle, the earliest first" },
    { .name = NULL }
};
static const acrm__field appraisal_compare_out[] = {
    { .name = "appraisals", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "Each with id, stage, state, odometer and its amounts" },
    { .name = "rows", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "Each element: its states in that order (condition, repair, tread), and whether the "
              "last is worse or better than the first" },
    { .name = NULL }
};
static const acrm__field appraisal_sheet_in[] = {
    APPRAISAL_ID,
    { .name = "language", .type = ACRM__T_TEXT, .max = 35,
      .help = "BCP 47 tag; defaults to the customer's language. Words there are in en, fa, it, ru "
              "and zh" },
    { .name = "template", .type = ACRM__T_TEXT, .max = 262144,
      .help = "A template of your own instead of the built-in one" },
    { .name = NULL }
};
static const acrm__field appraisal_sheet_out[] = {
    { .name = "html", .type = ACRM__T_TEXT, .help = "The sheet, of A4" },
    { .name = NULL }
};

#define APPRAISAL_OP(name_, in_, out_, run_, help_)                                               \
    { .name = name_, .flags = ACRM__OP_WRITE, .in = in_, .out = out_, .run = run_, .help = help_ }
static const acrm__op appraisal_ops[] = {
    APPRAISAL_OP("appraisal.value", appraisal_value_in, appraisal_value_out, acrm__valuation_ask,
                 "Ask another system what the vehicle is worth"),
    APPRAISAL_OP("appraisal.submit", appraisal_submit_in, appraisal_out, acrm__appraisal_submit,
                 "Ask for approval of an offer"),
    APPRAISAL_OP("appraisal.approve", appraisal_id_in, appraisal_out, acrm__appraisal_approve,
                 "Approve an offer, within the limit of one's role; never one's own"),
    APPRAISAL_OP("appraisal.decline", appraisal_decline_in, appraisal_out,
                 acrm__appraisal_decline, "Decline an offer"),
    { .name = "appraisal.compare", .in = appraisal_compare_in, .out = appraisal_compare_out,
      .run = acrm__appraisal_compare, .help = "Appraisals of one vehicle side by side" },
    { .name = "appraisal.sheet", .in = appraisal_sheet_in, .out = appraisal_sheet_out,
      .run = acrm__appraisal_sheet, .help = "An appraisal as a page to print" },
    { .name = NULL }
};

static const acrm__hook appraisal_hooks[] = {
    { .entity = "appraisal", .before_write = acrm__appraisal_write },
    { .entity = "appraisal_item", .before_write = acrm__appraisal_item_write },
    { .entity = "appraisal_valuation", .before_write = acrm__valuation_write },
    { .entity = NULL }
};
static const acrm__reaction appraisal_reactions[] = {
    { .type = "connector_request.answered", .run = acrm__valuation_answered },
    { .type = "connector_request.failed", .run = acrm__valuation_answered },
    { .type = NULL }
};
static const acrm__timer_kind appraisal_timers[] = {
    { .kind = "appraisal.expire", .run = acrm__appraisal_expire, .help = "An offer expires",
      .outlives = true },
    { .kind = NULL }
};

const acrm__module acrm__mod_appraisal = {
    .name = "appraisal",
    .help = "Used vehicles: condition, valuations, offers",
    .entities = appraisal_entities,
    .ops = appraisal_ops,
    .hooks = appraisal_hooks,
    .reactions = appraisal_reactions,
    .timers = appraisal_timers,
    .seeds = "appraisal_element",
    .seed = acrm__appraisal_seed,
};
