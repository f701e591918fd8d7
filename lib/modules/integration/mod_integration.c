/* SPDX-License-Identifier: MIT */
/* The module integration: its entities and operations. */
#include "modules/integration/entities.h"
#include "modules/integration/upsert.h"
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
static const acrm__field integration_upsert_in[] = {
    { .name = "source", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 500,
      .help = "Name of the file or feed; an unfinished import of the same name goes on" },
    { .name = "entity", .type = ACRM__T_TEXT, .max = 64,
      .help = "Entity whose records the rows are; without it the mapping's, or customer" },
    { .name = "format", .type = ACRM__T_ENUM, .choices = "auto|csv|jsonl|vcard",
      .preset = "\"auto\"", .help = "Format; auto looks at the beginning" },
    { .name = "encoding", .type = ACRM__T_TEXT, .max = 40,
      .help = "utf-8, utf-16le, utf-16be, windows-1251, windows-1252, windows-1256; guessed "
              "without it" },
    { .name = "delimiter", .type = ACRM__T_TEXT, .max = 1,
      .help = "Of a CSV: , ; tab or |; guessed without it" },
    { .name = "mapping", .type = ACRM__T_MAP,
      .help = "How columns become fields: docs/imports.md; without it their names tell" },
    { .name = "mapping_code", .type = ACRM__T_TEXT, .max = 64, .help = "A saved import_mapping" },
    { .name = "key", .type = ACRM__T_TEXT, .flags = ACRM__LIST, .max = 300,
      .help = "Fields by which a record is known again, tried in turn: [\"national_id\", "
              "\"phone+name\"]; over the mapping's" },
    { .name = "country", .type = ACRM__T_TEXT, .max = 2,
      .help = "Country to read national phone numbers by, ISO 3166-1 alpha-2" },
    { .name = "mode", .type = ACRM__T_ENUM, .choices = "upsert|create|update",
      .preset = "\"upsert\"", .help = "create: records that are there stay as they are; update: "
                                      "none is made" },
    { .name = "duplicates", .type = ACRM__T_ENUM, .choices = "skip|update|create",
      .preset = "\"skip\"",
      .help = "What becomes of a new customer whom customer.match knows under another key" },
    { .name = "duplicate_score", .type = ACRM__T_INT, .min = 0, .max = 100, .preset = "0",
      .help = "Least score of customer.match that counts as the same" },
    { .name = "dry_run", .type = ACRM__T_BOOL, .preset = "false",
      .help = "Tell what each row would do, and do nothing" },
    { .name = "show", .type = ACRM__T_INT, .min = 0, .max = 10000, .preset = "1000",
      .help = "Of a dry run: so many rows that are not unchanged are told" },
    { .name = NULL }
};
static const acrm__field integration_upsert_out[] = {
    { .name = "job_id", .type = ACRM__T_ID,
      .help = "The import_job; its rows tell the outcomes; null for a dry run" },
    { .name = "format", .type = ACRM__T_TEXT, .help = "Format that was found" },
    { .name = "encoding", .type = ACRM__T_TEXT, .help = "Encoding that was found" },
    { .name = "rows", .type = ACRM__T_INT, .help = "Rows in all" },
    { .name = "created", .type = ACRM__T_INT, .help = "Rows that made a record" },
    { .name = "updated", .type = ACRM__T_INT, .help = "Rows that changed a record" },
    { .name = "unchanged", .type = ACRM__T_INT, .help = "Rows that changed nothing" },
    { .name = "duplicate", .type = ACRM__T_INT,
      .help = "Rows about a customer known under another key; nothing was written" },
    { .name = "rejected", .type = ACRM__T_INT, .help = "Rows kept for correction" },
    { .name = "key", .type = ACRM__T_TEXT, .flags = ACRM__LIST, .help = "Keys that were used" },
    { .name = "ignored_columns", .type = ACRM__T_TEXT, .flags = ACRM__LIST,
      .help = "Columns of the file that went nowhere" },
    { .name = "dry_run", .type = ACRM__T_BOOL, .help = "Whether nothing was done" },
    { .name = "changes", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "Of a dry run: row, outcome, record_id, reason, column, message, changes (field to "
              "{from, to})" },
    { .name = NULL }
};
static const acrm__field integration_suggest_in[] = {
    { .name = "entity", .type = ACRM__T_TEXT, .preset = "\"customer\"", .max = 64,
      .help = "Entity whose records the rows are" },
    { .name = "columns", .type = ACRM__T_TEXT, .flags = ACRM__LIST,
      .help = "Names of the columns; without them those of the session's input" },
    { .name = "format", .type = ACRM__T_ENUM, .choices = "auto|csv", .preset = "\"auto\"",
      .help = "Format of the input" },
    { .name = "encoding", .type = ACRM__T_TEXT, .max = 40,
      .help = "Of the input; guessed without it" },
    { .name = "delimiter", .type = ACRM__T_TEXT, .max = 1,
      .help = "Of the input; guessed without it" },
    { .name = NULL }
};
static const acrm__field integration_suggest_out[] = {
    { .name = "mapping", .type = ACRM__T_MAP, .help = "A mapping of the columns that are known" },
    { .name = "unknown_columns", .type = ACRM__T_TEXT, .flags = ACRM__LIST,
      .help = "Columns whose names say nothing" },
    { .name = NULL }
};
static const acrm__field integration_undo_in[] = {
    { .name = "id", .type = ACRM__T_REF, .flags = ACRM__REQUIRED, .target = "import_job",
      .help = "The import" },
    { .name = "dry_run", .type = ACRM__T_BOOL, .preset = "false",
      .help = "Tell what would be undone, and do nothing" },
    { .name = NULL }
};
static const acrm__field integration_undo_out[] = {
    { .name = "job_id", .type = ACRM__T_ID, .help = "The import" },
    { .name = "dry_run", .type = ACRM__T_BOOL, .help = "Whether nothing was done" },
    { .name = "removed", .type = ACRM__T_INT, .help = "Records that it had made" },
    { .name = "restored", .type = ACRM__T_INT, .help = "Records that it had changed" },
    { .name = "conflicts", .type = ACRM__T_INT, .help = "Rows that could not be undone wholly" },
    { .name = "items", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "Conflicts, the first 1,000: row, record_id, reason, what (the fields or records)" },
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
      .help = "created, attached, updated, unchanged, duplicate or rejected" },
    { .name = "lead_id", .type = ACRM__T_ID, .help = "Its lead" },
    { .name = "customer_id", .type = ACRM__T_ID, .help = "Its customer" },
    { .name = "record_id", .type = ACRM__T_ID, .help = "Its record" },
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

static const acrm__field integration_vcard_in[] = {
    { .name = "id", .type = ACRM__T_REF, .target = "customer", .help = "Which customer" },
    { .name = "where", .type = ACRM__T_FILTER, .target = "customer",
      .help = "Instead of id: which customers, 10,000 at most" },
    { .name = "version", .type = ACRM__T_ENUM, .choices = "3.0|4.0", .preset = "\"4.0\"",
      .help = "Of vCard" },
    { .name = NULL }
};
static const acrm__field integration_vcard_out[] = {
    { .name = "vcard", .type = ACRM__T_TEXT, .help = "The cards, as a .vcf file holds them" },
    { .name = "cards", .type = ACRM__T_INT, .help = "How many" },
    { .name = NULL }
};

static const acrm__op integration_ops[] = {
    { .name = "import.run", .flags = ACRM__OP_WRITE | ACRM__OP_STEPS, .in = integration_run_in,
      .out = integration_run_out, .run = acrm__import_run,
      .help = "Read leads from the session's input, in steps: ADF, CSV or JSON lines" },
    { .name = "import.upsert", .flags = ACRM__OP_WRITE | ACRM__OP_STEPS,
      .in = integration_upsert_in, .out = integration_upsert_out, .run = acrm__import_upsert,
      .help = "Read records of any entity from the session's input, in steps: CSV, JSON lines or "
              "vCard; each is made, changed, or left as it is" },
    { .name = "import.suggest_mapping", .in = integration_suggest_in,
      .out = integration_suggest_out, .run = acrm__import_suggest,
      .help = "Propose what the columns of a file mean, by their names" },
    { .name = "import.undo", .flags = ACRM__OP_WRITE | ACRM__OP_STEPS, .in = integration_undo_in,
      .out = integration_undo_out, .run = acrm__import_undo,
      .help = "Take an import of records back, in steps: what it made is removed, what it changed "
              "is put back where nobody changed it since" },
    { .name = "import.retry", .flags = ACRM__OP_WRITE, .in = integration_retry_in,
      .out = integration_retry_out, .run = acrm__import_retry,
      .help = "Try a rejected row again, corrected or as it is" },
    { .name = "customer.export_vcard", .in = integration_vcard_in, .out = integration_vcard_out,
      .run = acrm__export_vcard,
      .help = "Write customers and how to reach them as vCards, for address books" },
    { .name = "import.discard", .flags = ACRM__OP_WRITE, .in = integration_discard_in,
      .out = integration_discard_out, .run = acrm__import_discard,
      .help = "Give a rejected row up on purpose" },
    { .name = NULL }
};

static const acrm__hook integration_hooks[] = {
    { .entity = "import_mapping", .before_write = acrm__upsert_mapping_write },
    { .entity = NULL }
};

const acrm__module acrm__mod_integration = {
    .name = "integration",
    .help = "Imports and exports",
    .entities = integration_entities,
    .ops = integration_ops,
    .hooks = integration_hooks,
};
