/* SPDX-License-Identifier: MIT */
/* The module marketing: whom it speaks to. */
#include "modules/marketing/entities.h"
#include "modules/modules.h"
#include "modules/marketing/marketing.h"

#define ACRM__ENTITIES_DEF "modules/marketing/entities.def"
#define ACRM__ENTITIES_NAME marketing_entities
#include "kernel/declare_tables.h"

#define MARKETING_WHICH                                                                           \
    { .name = "id", .type = ACRM__T_REF, .target = "segment",                                    \
      .help = "Which segment" },                               \
    { .name = "filter", .type = ACRM__T_FILTER, .target = "customer",                            \
      .help = "Instead of a segment: a filter that is not kept yet" }

static const acrm__field marketing_count_in[] = { MARKETING_WHICH, { .name = NULL } };
static const acrm__field marketing_count_out[] = {
    { .name = "count", .type = ACRM__T_INT, .help = "How many customers are in it now" },
    { .name = NULL }
};
static const acrm__field marketing_preview_in[] = {
    MARKETING_WHICH,
    { .name = "limit", .type = ACRM__T_INT, .min = 1, .max = 100, .preset = "10",
      .help = "Customers to show" },
    { .name = "fields", .type = ACRM__T_TEXT, .flags = ACRM__LIST,
      .help = "Only these fields of them; without it all" },
    { .name = "order", .type = ACRM__T_TEXT, .flags = ACRM__LIST,
      .help = "Fields to sort by, a minus in front for descending" },
    { .name = "group", .type = ACRM__T_JSON,
      .help = "Count them by these, as customer.aggregate takes them: [\"grade\"]" },
    { .name = NULL }
};
static const acrm__field marketing_preview_out[] = {
    { .name = "count", .type = ACRM__T_INT, .help = "How many customers are in it now" },
    { .name = "items", .type = ACRM__T_RECORD, .flags = ACRM__LIST, .target = "customer",
      .help = "The first of them" },
    { .name = "rows", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "With group: one map a group, with its count" },
    { .name = NULL }
};
static const acrm__field marketing_members_in[] = {
    MARKETING_WHICH,
    { .name = "snapshot_id", .type = ACRM__T_REF, .target = "segment_snapshot",
      .help = "Who was in this snapshot, instead of who is in the segment now" },
    { .name = "limit", .type = ACRM__T_INT, .min = 1, .max = 1000, .preset = "50",
      .help = "Customers a page" },
    { .name = "after", .type = ACRM__T_TEXT, .max = 65536, .help = "The next of the page before" },
    { .name = "order", .type = ACRM__T_TEXT, .flags = ACRM__LIST,
      .help = "Fields to sort by, of a segment only; a snapshot is in order of creation" },
    { .name = "fields", .type = ACRM__T_TEXT, .flags = ACRM__LIST,
      .help = "Only these fields; without it all" },
    { .name = "include", .type = ACRM__T_TEXT, .flags = ACRM__LIST,
      .help = "Related records to put into each, by relation name" },
    { .name = NULL }
};
static const acrm__field marketing_members_out[] = {
    { .name = "items", .type = ACRM__T_RECORD, .flags = ACRM__LIST, .target = "customer",
      .help = "The customers" },
    { .name = "next", .type = ACRM__T_TEXT,
      .help = "Pass as after to get the next page; null at the end" },
    { .name = NULL }
};
static const acrm__field marketing_snapshot_in[] = {
    { .name = "id", .type = ACRM__T_REF, .flags = ACRM__REQUIRED, .target = "segment",
      .help = "Which segment" },
    { .name = "events", .type = ACRM__T_INT, .min = 0, .max = 10000, .preset = "1000",
      .help = "Up to so many customers who entered or left raise segment.entered and "
              "segment.left; if there are more, one segment.changed is raised" },
    { .name = NULL }
};
static const acrm__field marketing_snapshot_out[] = {
    { .name = "record", .type = ACRM__T_RECORD, .target = "segment_snapshot",
      .help = "The snapshot, its fields at top level" },
    { .name = NULL }
};
static const acrm__field marketing_compare_in[] = {
    { .name = "id", .type = ACRM__T_REF, .flags = ACRM__REQUIRED, .target = "segment_snapshot",
      .help = "The later snapshot" },
    { .name = "with_id", .type = ACRM__T_REF, .target = "segment_snapshot",
      .help = "The earlier one; the previous of the same user without it" },
    { .name = "limit", .type = ACRM__T_INT, .min = 0, .max = 100000, .preset = "100",
      .help = "Ids to name of each kind at most" },
    { .name = NULL }
};
static const acrm__field marketing_compare_out[] = {
    { .name = "entered", .type = ACRM__T_INT, .help = "In the later one only" },
    { .name = "left", .type = ACRM__T_INT, .help = "In the earlier one only" },
    { .name = "stayed", .type = ACRM__T_INT, .help = "In both" },
    { .name = "entered_ids", .type = ACRM__T_ID, .flags = ACRM__LIST,
      .help = "The first who entered, by id" },
    { .name = "left_ids", .type = ACRM__T_ID, .flags = ACRM__LIST,
      .help = "The first who left, by id" },
    { .name = NULL }
};
static const acrm__field marketing_drop_in[] = {
    { .name = "id", .type = ACRM__T_REF, .flags = ACRM__REQUIRED, .target = "segment_snapshot",
      .help = "Which snapshot" },
    { .name = NULL }
};
static const acrm__field marketing_drop_out[] = {
    { .name = "members", .type = ACRM__T_INT, .help = "How many members were given up" },
    { .name = NULL }
};

static const acrm__op marketing_ops[] = {
    { .name = "segment.preview", .in = marketing_preview_in, .out = marketing_preview_out,
      .run = acrm__segment_preview,
      .help = "How many are in a segment or filter now, and the first of them" },
    { .name = "segment.count", .in = marketing_count_in, .out = marketing_count_out,
      .run = acrm__segment_count, .help = "How many customers are in a segment now" },
    { .name = "segment.members", .in = marketing_members_in, .out = marketing_members_out,
      .run = acrm__segment_members, .help = "Who is in a segment, or was in a snapshot of it" },
    { .name = "segment.snapshot", .flags = ACRM__OP_WRITE, .in = marketing_snapshot_in,
      .out = marketing_snapshot_out, .run = acrm__segment_snapshot,
      .help = "Keep who is in a segment now; tells who entered and left since the last time" },
    { .name = "segment.compare", .in = marketing_compare_in, .out = marketing_compare_out,
      .run = acrm__segment_compare, .help = "Who entered and left between two snapshots" },
    { .name = "segment.drop_snapshot", .flags = ACRM__OP_WRITE, .in = marketing_drop_in,
      .out = marketing_drop_out, .run = acrm__segment_drop,
      .help = "Give a snapshot up, with its members" },
    { .name = NULL }
};

static const acrm__hook marketing_hooks[] = {
    { .entity = "segment", .before_write = acrm__segment_write },
    { .entity = NULL }
};

const acrm__module acrm__mod_marketing = {
    .name = "marketing",
    .help = "Segments",
    .entities = marketing_entities,
    .ops = marketing_ops,
    .hooks = marketing_hooks,
};
