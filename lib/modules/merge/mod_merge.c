/* SPDX-License-Identifier: MIT */
/* The module merge: customers that are one become one, and two again when they were not. */
#include "modules/merge/entities.h"
#include "modules/merge/merge.h"
#include "modules/modules.h"

#define ACRM__ENTITIES_DEF "modules/merge/entities.def"
#define ACRM__ENTITIES_NAME merge_entities
#include "kernel/declare_tables.h"

static const acrm__field merge_merge_in[] = {
    { .name = "id", .type = ACRM__T_ID, .flags = ACRM__REQUIRED, .target = "customer",
      .help = "The customer that stays" },
    { .name = "others", .type = ACRM__T_ID, .flags = ACRM__REQUIRED | ACRM__LIST,
      .target = "customer",
      .help = "The customers that go into it, 1,000 at most" },
    { .name = "rules", .type = ACRM__T_MAP,
      .help = "Rules by field, * for those without a rule of their own: keep, fill, newest, "
              "oldest, longest, complete, trusted, largest, smallest, union" },
    { .name = "fields", .type = ACRM__T_MAP,
      .help = "Customers by field: whose value it is to be, whatever the rules" },
    { .name = "trust", .type = ACRM__T_TEXT, .flags = ACRM__LIST,
      .help = "Of the rule trusted: customer sources, the most trusted first" },
    { .name = NULL }
};
static const acrm__field merge_merge_out[] = {
    { .name = "merge_id", .type = ACRM__T_ID, .help = "The merge, to undo it by" },
    { .name = "id", .type = ACRM__T_ID, .help = "The customer that stayed" },
    { .name = "merged", .type = ACRM__T_ID, .flags = ACRM__LIST, .help = "Those that went" },
    { .name = "fields", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "Fields that changed: field, from (customer), before, after" },
    { .name = "moved", .type = ACRM__T_MAP, .help = "References moved, by entity" },
    { .name = "rows", .type = ACRM__T_INT, .help = "References moved in all" },
    { .name = "collapsed", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "Records that were deleted, the first 100: action (collapsed: the survivor has "
              "the same; dropped: it named one customer twice), entity, id, same_as" },
    { .name = "collapsed_rows", .type = ACRM__T_INT, .help = "How many they are in all" },
    { .name = NULL }
};
static const acrm__field merge_preview_out[] = {
    { .name = "fields", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "Where the customers differ: field, from (whose value it would be), after, values "
              "(one for each of customers)" },
    { .name = "customers", .type = ACRM__T_ID, .flags = ACRM__LIST,
      .help = "The one that stays and the others, in the order of values" },
    { .name = "moves", .type = ACRM__T_MAP, .help = "References that would move, by entity" },
    { .name = "rows", .type = ACRM__T_INT, .help = "References in all" },
    { .name = NULL }
};
static const acrm__field merge_unmerge_in[] = {
    { .name = "merge_id", .type = ACRM__T_ID, .help = "Which merge" },
    { .name = "id", .type = ACRM__T_ID, .target = "customer",
      .help = "Or a customer: the last merge that it went into, or that went into it" },
    { .name = "policy", .type = ACRM__T_ENUM, .choices = "keep_current|restore",
      .preset = "\"keep_current\"",
      .help = "What was changed since the merge stays, or becomes again what it was" },
    { .name = NULL }
};
static const acrm__field merge_unmerge_out[] = {
    { .name = "merge_id", .type = ACRM__T_ID, .help = "The merge" },
    { .name = "id", .type = ACRM__T_ID, .help = "The customer that the others were merged into" },
    { .name = "restored", .type = ACRM__T_ID, .flags = ACRM__LIST,
      .help = "The customers that are back" },
    { .name = "fields", .type = ACRM__T_TEXT, .flags = ACRM__LIST,
      .help = "Fields of the survivor that have their old values again" },
    { .name = "rows", .type = ACRM__T_INT, .help = "References that went back" },
    { .name = "conflicts", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "What was changed since, the first 1,000: conflict (field_changed, row_changed, "
              "row_deleted, row_gone, moved_on, taken, entity_gone), entity, id, field, "
              "now (kept or restored)" },
    { .name = "n_conflicts", .type = ACRM__T_INT, .help = "How many they are in all" },
    { .name = "since", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "What was made for the survivor since, and stays with it: entity, field, count, "
              "ids (the first 20)" },
    { .name = NULL }
};

static const acrm__op merge_ops[] = {
    { .name = "customer.merge", .flags = ACRM__OP_WRITE, .in = merge_merge_in,
      .out = merge_merge_out, .run = acrm__merge_customers,
      .help = "Make several customers one; dry_run shows what it would do" },
    { .name = "customer.merge_preview", .in = merge_merge_in, .out = merge_preview_out,
      .run = acrm__merge_preview,
      .help = "What customers that are to be merged differ in, without a write" },
    { .name = "customer.unmerge", .flags = ACRM__OP_WRITE, .in = merge_unmerge_in,
      .out = merge_unmerge_out, .run = acrm__unmerge_customers,
      .help = "Take a merge back, the last one first" },
    { .name = NULL }
};

static const acrm__hook merge_hooks[] = {
    { .entity = "merge_rule", .before_write = acrm__merge_rule_write },
    { .entity = NULL }
};

const acrm__module acrm__mod_merge = {
    .name = "merge",
    .help = "Merging customers and undoing it",
    .entities = merge_entities,
    .ops = merge_ops,
    .hooks = merge_hooks,
};
