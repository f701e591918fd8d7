/* SPDX-License-Identifier: MIT */
/* The module sync: what other sales systems tell of orders. */
#include "modules/modules.h"
#include "modules/order/sync.h"

#define ACRM__ENTITIES_DEF "modules/order/sync.def"
#define ACRM__ENTITIES_NAME sync_entities
#include "kernel/declare_tables.h"

#define SYNC_SOURCE                                                                               \
    { .name = "source", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 64,                \
      .help = "Code of the sync_source" }

static const acrm__field sync_import_in[] = {
    SYNC_SOURCE,
    { .name = "name", .type = ACRM__T_TEXT, .max = 500,
      .help = "Name of the file; an unfinished run of the same name goes on" },
    { .name = "text", .type = ACRM__T_TEXT, .max = 16777216,
      .help = "The feed itself; without it the session's input is read" },
    { .name = NULL }
};
static const acrm__field sync_source_in[] = { SYNC_SOURCE, { .name = NULL } };
static const acrm__field sync_out[] = {
    { .name = "run_id", .type = ACRM__T_ID, .help = "The sync_run; its rows tell the outcomes" },
    { .name = "rows", .type = ACRM__T_INT, .help = "Rows in all" },
    { .name = "applied", .type = ACRM__T_INT, .help = "Rows that told something new" },
    { .name = "repeat", .type = ACRM__T_INT, .help = "Rows that were known" },
    { .name = "waiting", .type = ACRM__T_INT, .help = "Rows about what is not known yet" },
    { .name = "conflict", .type = ACRM__T_INT, .help = "Rows that contradict: sync_conflict" },
    { .name = "rejected", .type = ACRM__T_INT, .help = "Rows that are wrong" },
    { .name = "caught_up", .type = ACRM__T_INT, .help = "Rows of before that no longer wait" },
    { .name = NULL }
};
static const acrm__field sync_pull_out[] = {
    { .name = "request_id", .type = ACRM__T_ID,
      .help = "The connector_request; engine.tick asks, and takes the answer in" },
    { .name = NULL }
};
static const acrm__field sync_resolve_in[] = {
    { .name = "id", .type = ACRM__T_REF, .flags = ACRM__REQUIRED, .target = "sync_conflict",
      .help = "The conflict" },
    { .name = "take", .type = ACRM__T_ENUM, .flags = ACRM__REQUIRED, .choices = "ours|theirs",
      .help = "Which of both stands" },
    { .name = "note", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 1000, .help = "Why" },
    { .name = NULL }
};
static const acrm__field sync_resolve_out[] = {
    { .name = "record", .type = ACRM__T_RECORD, .target = "sync_conflict",
      .help = "The conflict, its fields at top level" },
    { .name = NULL }
};
static const acrm__field sync_dismiss_in[] = {
    { .name = "id", .type = ACRM__T_REF, .flags = ACRM__REQUIRED, .target = "sync_row",
      .help = "The row" },
    { .name = "cause", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 500, .help = "Why" },
    { .name = NULL }
};
static const acrm__field sync_dismiss_out[] = {
    { .name = "record", .type = ACRM__T_RECORD, .target = "sync_row",
      .help = "The row, its fields at top level" },
    { .name = NULL }
};

static const acrm__op sync_ops[] = {
    { .name = "sync.import", .flags = ACRM__OP_WRITE | ACRM__OP_STEPS, .in = sync_import_in,
      .out = sync_out, .run = acrm__sync_import,
      .help = "Read a feed of another sales system, in steps: docs/sync.md" },
    { .name = "sync.pull", .flags = ACRM__OP_WRITE, .in = sync_source_in, .out = sync_pull_out,
      .run = acrm__sync_pull, .help = "Ask the source for what is new, by its connector" },
    { .name = "sync.retry", .flags = ACRM__OP_WRITE | ACRM__OP_STEPS, .in = sync_source_in,
      .out = sync_out, .run = acrm__sync_retry, .help = "Try what waits again" },
    { .name = "sync.resolve", .flags = ACRM__OP_WRITE, .in = sync_resolve_in,
      .out = sync_resolve_out, .run = acrm__sync_resolve, .help = "Decide a conflict by hand" },
    { .name = "sync.dismiss", .flags = ACRM__OP_WRITE, .in = sync_dismiss_in,
      .out = sync_dismiss_out, .run = acrm__sync_dismiss,
      .help = "Give a row up that is wrong, waits or contradicts" },
    { .name = NULL }
};

static const acrm__reaction sync_reactions[] = {
    { .type = "connector_request.answered", .run = acrm__sync_answered },
    { .type = NULL }
};

const acrm__module acrm__mod_sync = {
    .name = "sync",
    .help = "What other sales systems tell of orders",
    .entities = sync_entities,
    .ops = sync_ops,
    .reactions = sync_reactions,
};
