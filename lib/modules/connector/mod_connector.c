/* SPDX-License-Identifier: MIT */
/* The module connector: other systems are asked, and their answers kept. */
#include "modules/connector/connector.h"
#include "modules/connector/entities.h"
#include "modules/modules.h"

#define ACRM__ENTITIES_DEF "modules/connector/entities.def"
#define ACRM__ENTITIES_NAME connector_entities
#include "kernel/declare_tables.h"

static const acrm__field connector_request_in[] = {
    { .name = "connector", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 32,
      .help = "Name of the connector; it waits for a host that has it" },
    { .name = "name", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 64,
      .help = "What is wanted, such as valuation" },
    { .name = "body", .type = ACRM__T_JSON, .help = "Its arguments, a map" },
    { .name = "subject_entity", .type = ACRM__T_TEXT, .max = 64,
      .help = "Entity of the record it is about" },
    { .name = "subject_id", .type = ACRM__T_ID, .help = "That record" },
    { .name = "customer_id", .type = ACRM__T_REF, .target = "customer",
      .help = "Whose data it holds; without it, whose the record is" },
    { .name = "not_before", .type = ACRM__T_INSTANT, .help = "Not asked before" },
    { .name = "until", .type = ACRM__T_INSTANT, .help = "Not asked any more from then on" },
    { .name = NULL }
};
static const acrm__field connector_id_in[] = {
    { .name = "id", .type = ACRM__T_REF, .flags = ACRM__REQUIRED, .target = "connector_request",
      .help = "The request" },
    { .name = NULL }
};
static const acrm__field connector_out[] = {
    { .name = "record", .type = ACRM__T_RECORD, .target = "connector_request",
      .help = "The request, its fields at top level" },
    { .name = NULL }
};

static const acrm__op connector_ops[] = {
    { .name = "connector.request", .flags = ACRM__OP_WRITE, .in = connector_request_in,
      .out = connector_out, .run = acrm__connector_request,
      .help = "Order a request to another system; engine.tick asks it" },
    { .name = "connector.retry", .flags = ACRM__OP_WRITE, .in = connector_id_in,
      .out = connector_out, .run = acrm__connector_retry,
      .help = "Ask again what is dead, failed or was refused" },
    { .name = NULL }
};

static const acrm__timer_kind connector_timers[] = {
    { .kind = "connector.expire", .run = acrm__connector_expire,
      .help = "A request is no longer wanted", .outlives = true },
    { .kind = NULL }
};

const acrm__module acrm__mod_connector = {
    .name = "connector",
    .help = "Other systems are asked, and their answers kept",
    .entities = connector_entities,
    .ops = connector_ops,
    .timers = connector_timers,
    .tick = acrm__connector_tick,
};
