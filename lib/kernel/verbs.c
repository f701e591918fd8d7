/* SPDX-License-Identifier: MIT */
/* The operations every entity has for free: their parameters and results. */
#include "kernel/crud.h"

#define HELP_WHERE "Filter over the entity's fields and relations (docs/filter.md)"

static const acrm__field verbs_record_out[] = {
    { .name = "record", .type = ACRM__T_RECORD, .help = "The record, its fields at top level" },
    { .name = NULL }
};
static const acrm__field verbs_create_many_in[] = {
    { .name = "records", .type = ACRM__T_RECORD, .flags = ACRM__REQUIRED | ACRM__LIST,
      .help = "The records to create" },
    { .name = "on_error", .type = ACRM__T_ENUM, .choices = "stop|skip", .preset = "\"stop\"",
      .help = "stop: one bad record undoes all; skip: leave it out and report it" },
    { .name = NULL }
};
static const acrm__field verbs_create_many_out[] = {
    { .name = "created", .type = ACRM__T_INT, .help = "How many were created" },
    { .name = "ids", .type = ACRM__T_ID, .flags = ACRM__LIST,
      .help = "Their ids in order; null for one left out" },
    { .name = "errors", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "For each one left out: index and error" },
    { .name = NULL }
};
static const acrm__field verbs_get_in[] = {
    { .name = "id", .type = ACRM__T_ID, .flags = ACRM__REQUIRED, .help = "Which record" },
    { .name = "fields", .type = ACRM__T_TEXT, .flags = ACRM__LIST,
      .help = "Only these fields; without it all of them" },
    { .name = "include", .type = ACRM__T_TEXT, .flags = ACRM__LIST,
      .help = "Related records to put into the result, by relation name" },
    { .name = NULL }
};
static const acrm__field verbs_update_in[] = {
    { .name = "id", .type = ACRM__T_ID, .flags = ACRM__REQUIRED, .help = "Which record" },
    { .name = "version", .type = ACRM__T_INT,
      .help = "The version you saw; a newer one in the database is a conflict" },
    { .name = "last_write_wins", .type = ACRM__T_BOOL,
      .help = "Change it whatever its version is; instead of version" },
    { .name = NULL }
};
static const acrm__field verbs_restore_in[] = {
    { .name = "id", .type = ACRM__T_ID, .flags = ACRM__REQUIRED, .help = "Which record" },
    { .name = NULL }
};
static const acrm__field verbs_list_in[] = {
    { .name = "where", .type = ACRM__T_FILTER, .help = HELP_WHERE },
    { .name = "order", .type = ACRM__T_TEXT, .flags = ACRM__LIST,
      .help = "Fields to sort by, a minus in front for descending; ties by id" },
    { .name = "limit", .type = ACRM__T_INT, .min = 1, .max = 1000, .preset = "50",
      .help = "Records a page" },
    { .name = "after", .type = ACRM__T_TEXT, .max = 65536, .help = "The next of the page before" },
    { .name = "fields", .type = ACRM__T_TEXT, .flags = ACRM__LIST,
      .help = "Only these fields; without it all of them" },
    { .name = "include", .type = ACRM__T_TEXT, .flags = ACRM__LIST,
      .help = "Related records to put into each, by relation name" },
    { .name = "deleted", .type = ACRM__T_ENUM, .choices = "without|with|only",
      .preset = "\"without\"", .help = "What to do with deleted records" },
    { .name = NULL }
};
static const acrm__field verbs_list_out[] = {
    { .name = "items", .type = ACRM__T_RECORD, .flags = ACRM__LIST, .help = "The records" },
    { .name = "next", .type = ACRM__T_TEXT,
      .help = "Pass as after to get the next page; null at the end" },
    { .name = NULL }
};
static const acrm__field verbs_count_in[] = {
    { .name = "where", .type = ACRM__T_FILTER, .help = HELP_WHERE },
    { .name = "deleted", .type = ACRM__T_ENUM, .choices = "without|with|only",
      .preset = "\"without\"", .help = "What to do with deleted records" },
    { .name = NULL }
};
static const acrm__field verbs_count_out[] = {
    { .name = "count", .type = ACRM__T_INT, .help = "How many" },
    { .name = NULL }
};
static const acrm__field verbs_aggregate_in[] = {
    { .name = "where", .type = ACRM__T_FILTER, .help = HELP_WHERE },
    { .name = "group", .type = ACRM__T_JSON,
      .help = "List of fields or relation paths (\"level\", \"dealer.name\"), or "
              "{\"field\":\"created_at\",\"bucket\":\"hour|day|week|month|quarter|year\"}" },
    { .name = "measures", .type = ACRM__T_JSON, .preset = "[\"count\"]",
      .help = "List of \"count\" or {\"sum|min|max|avg|count_distinct\":\"field\"}" },
    { .name = "order", .type = ACRM__T_TEXT, .flags = ACRM__LIST,
      .help = "Result columns to sort by, a minus in front for descending; the groups otherwise" },
    { .name = "limit", .type = ACRM__T_INT, .min = 1, .max = 10000, .preset = "1000",
      .help = "Rows at most" },
    { .name = "offset", .type = ACRM__T_INT, .min = -1080, .max = 1080, .unit = "min",
      .preset = "0", .help = "Minutes ahead of UTC of the clock in which buckets start" },
    { .name = "deleted", .type = ACRM__T_ENUM, .choices = "without|with|only",
      .preset = "\"without\"", .help = "What to do with deleted records" },
    { .name = NULL }
};
static const acrm__field verbs_aggregate_out[] = {
    { .name = "rows", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "One map a group: the group's values and the measures (count, sum_price ...)" },
    { .name = NULL }
};
static const acrm__field verbs_history_out[] = {
    { .name = "items", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "Audit entries, oldest first: seq, at, actor, operation, action, changes, reason" },
    { .name = NULL }
};

static const struct {
    const char *name;
    acrm__op op;
} verbs_table[] = {
    [ACRM__VERB_CREATE] = { "create",
        { .flags = ACRM__OP_WRITE, .out = verbs_record_out, .run = acrm__crud_create,
          .help = "Create a record, with related records in lists under their relation names" } },
    [ACRM__VERB_CREATE_MANY] = { "create_many",
        { .flags = ACRM__OP_WRITE, .in = verbs_create_many_in, .out = verbs_create_many_out,
          .run = acrm__crud_create_many, .help = "Create many records in one transaction" } },
    [ACRM__VERB_GET] = { "get",
        { .flags = ACRM__OP_SINGLE, .in = verbs_get_in, .out = verbs_record_out,
          .run = acrm__crud_get, .help = "Get a record by its id" } },
    [ACRM__VERB_UPDATE] = { "update",
        { .flags = ACRM__OP_WRITE, .in = verbs_update_in, .out = verbs_record_out,
          .run = acrm__crud_update, .help = "Change some fields of a record" } },
    [ACRM__VERB_DELETE] = { "delete",
        { .flags = ACRM__OP_WRITE, .in = verbs_update_in, .out = verbs_record_out,
          .run = acrm__crud_delete,
          .help = "Delete a record; it stays in the database and can be restored" } },
    [ACRM__VERB_RESTORE] = { "restore",
        { .flags = ACRM__OP_WRITE, .in = verbs_restore_in, .out = verbs_record_out,
          .run = acrm__crud_restore, .help = "Bring a deleted record back" } },
    [ACRM__VERB_LIST] = { "list",
        { .flags = ACRM__OP_SINGLE, .in = verbs_list_in, .out = verbs_list_out,
          .run = acrm__crud_list, .help = "List records page by page" } },
    [ACRM__VERB_COUNT] = { "count",
        { .flags = ACRM__OP_SINGLE, .in = verbs_count_in, .out = verbs_count_out,
          .run = acrm__crud_count, .help = "Count records" } },
    [ACRM__VERB_AGGREGATE] = { "aggregate",
        { .flags = ACRM__OP_SINGLE, .in = verbs_aggregate_in, .out = verbs_aggregate_out,
          .run = acrm__crud_aggregate, .help = "Group records and measure the groups" } },
    [ACRM__VERB_HISTORY] = { "history",
        { .in = verbs_restore_in, .out = verbs_history_out, .run = acrm__crud_history,
          .help = "Everything that ever changed in a record" } },
};

const acrm__op *acrm__verb_op(int32_t verb)
{
    return &verbs_table[verb].op;
}

const char *acrm__verb_name(int32_t verb)
{
    return verbs_table[verb].name;
}
