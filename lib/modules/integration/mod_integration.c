/* SPDX-License-Identifier: MIT */
/* The module integration: its entities and operations. */
#include "modules/integration/entities.h"
#include "modules/integration/import.h"
#include "modules/modules.h"

#define ACRM__ENTITIES_DEF "modules/integration/entities.def"
#define ACRM__ENTITIES_NAME integration_entities
#include "kernel/declare_tables.h"

static const acrm__field integration_run_in[] = {
    { .name = "source", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 500,
      .help = "Name of the file or feed; an unfinished import of the same name goes on" },
    { .name = "format", .type = ACRM__T_ENUM, .choices = "auto|adf|csv|jsonl",
      .preset = "\"auto\"", .help = "Format; auto looks at the first character" },
    { .name = "encoding", .type = ACRM__T_TEXT, .max = 40,
      .help = "utf-8, utf-16le, utf-16be, windows-1251, windows-1252, windows-1256; guessed "
              "without it" },
    { .name = "delimiter", .type = ACRM__T_TEXT, .max = 1,
      .help = "Of a CSV: , ; tab or |; guessed without it" },
    { .name = "mapping", .type = ACRM__T_MAP,
      .help = "Columns by name to what they mean: {\"Telefon 1\":\"phone\"}; known names need "
              "none" },
    { .name = "provider", .type = ACRM__T_TEXT, .max = 200, .help = "Who delivered it" },
    { .name = "source_code", .type = ACRM__T_TEXT, .max = 64,
      .help = "Code of the lead source of rows that name none" },
    { .name = "country", .type = ACRM__T_TEXT, .max = 2,
      .help = "Country to read national phone numbers by, ISO 3166-1 alpha-2" },
    { .name = "dealer_id", .type = ACRM__T_REF, .target = "dealer",
      .help = "Dealer whose leads they are; without it they are distributed by rule" },
    { .name = "channel", .type = ACRM__T_ENUM,
      .choices = "showroom|web|phone|mail|event|social|third_party|workshop|fleet",
      .help = "How the leads came in" },
    { .name = NULL }
};
static const acrm__field integration_run_out[] = {
    { .name = "job_id", .type = ACRM__T_ID, .help = "The import_job; its rows tell the outcomes" },
    { .name = "format", .type = ACRM__T_TEXT, .help = "Format that was found" },
    { .name = "encoding", .type = ACRM__T_TEXT, .help = "Encoding that was found" },
    { .name = "rows", .type = ACRM__T_INT, .help = "Rows in all" },
    { .name = "created", .type = ACRM__T_INT, .help = "Rows that made a lead" },
    { .name = "attached", .type = ACRM__T_INT, .help = "Rows attached to an open lead" },
    { .name = "updated", .type = ACRM__T_INT, .help = "Rows that changed a lead" },
    { .name = "unchanged", .type = ACRM__T_INT, .help = "Rows that changed nothing" },
    { .name = "rejected", .type = ACRM__T_INT, .help = "Rows kept for correction" },
    { .name = NULL }
};
static const acrm__field integration_retry_in[] = {
    { .name = "id", .type = ACRM__T_REF, .flags = ACRM__REQUIRED, .target = "import_row",
      .help = "The rejected row" },
    { .name = "raw", .type = ACRM__T_TEXT, .max = 16777216,
      .help = "The input corrected; without it the kept one is tried again" },
    { .name = NULL }
};
static const acrm__field integration_retry_out[] = {
    { .name = "outcome", .type = ACRM__T_TEXT,
      .help = "created, attached, updated, unchanged or rejected" },
    { .name = "lead_id", .type = ACRM__T_ID, .help = "Its lead" },
    { .name = "customer_id", .type = ACRM__T_ID, .help = "Its customer" },
    { .name = "reason", .type = ACRM__T_TEXT, .help = "Why it was rejected, as a code" },
    { .name = "message", .type = ACRM__T_TEXT, .help = "Why, for people" },
    { .name = "place", .type = ACRM__T_TEXT, .help = "Column or element at fault" },
    { .name = NULL }
};
static const acrm__field integration_discard_in[] = {
    { .name = "id", .type = ACRM__T_REF, .flags = ACRM__REQUIRED, .target = "import_row",
      .help = "The rejected row" },
    { .name = NULL }
};
static const acrm__field integration_discard_out[] = {
    { .name = "record", .type = ACRM__T_RECORD, .target = "import_row", .help = "The row" },
    { .name = NULL }
};

static const acrm__op integration_ops[] = {
    { .name = "import.run", .flags = ACRM__OP_WRITE | ACRM__OP_STEPS, .in = integration_run_in,
      .out = integration_run_out, .run = acrm__import_run,
      .help = "Read leads from the session's input, in steps: ADF, CSV or JSON lines" },
    { .name = "import.retry", .flags = ACRM__OP_WRITE, .in = integration_retry_in,
      .out = integration_retry_out, .run = acrm__import_retry,
      .help = "Try a rejected row again, corrected or as it is" },
    { .name = "import.discard", .flags = ACRM__OP_WRITE, .in = integration_discard_in,
      .out = integration_discard_out, .run = acrm__import_discard,
      .help = "Give a rejected row up on purpose" },
    { .name = NULL }
};

const acrm__module acrm__mod_integration = {
    .name = "integration",
    .help = "Imports and exports",
    .entities = integration_entities,
    .ops = integration_ops,
};
