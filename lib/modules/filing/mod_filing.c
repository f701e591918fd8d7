/* SPDX-License-Identifier: MIT */
/* The module filing: what can be filed with a record of any entity. */
#include "modules/filing/entities.h"
#include "modules/modules.h"
#include "modules/filing/filing.h"

#define ACRM__ENTITIES_DEF "modules/filing/entities.def"
#define ACRM__ENTITIES_NAME filing_entities
#include "kernel/declare_tables.h"

#define FILING_SUBJECT                                                                            \
    { .name = "entity", .type = ACRM__T_TEXT, .max = 64, .preset = "\"customer\"",               \
      .help = "Entity of the record" },                                                           \
    { .name = "id", .type = ACRM__T_ID, .flags = ACRM__REQUIRED, .help = "The record" }

static const acrm__field filing_tag_add_in[] = {
    FILING_SUBJECT,
    { .name = "names", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED | ACRM__LIST, .max = 200,
      .help = "The tags, in any spelling" },
    { .name = "create", .type = ACRM__T_BOOL, .preset = "false",
      .help = "Make tags that are not there yet" },
    { .name = NULL }
};
static const acrm__field filing_tag_remove_in[] = {
    FILING_SUBJECT,
    { .name = "names", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED | ACRM__LIST, .max = 200,
      .help = "The tags, in any spelling" },
    { .name = NULL }
};
static const acrm__field filing_tag_change_out[] = {
    { .name = "changed", .type = ACRM__T_INT, .help = "How many tags were put on or taken off" },
    { .name = "names", .type = ACRM__T_TEXT, .flags = ACRM__LIST,
      .help = "All tags that the record carries now" },
    { .name = NULL }
};
static const acrm__field filing_tag_list_in[] = { FILING_SUBJECT, { .name = NULL } };
static const acrm__field filing_tag_list_out[] = {
    { .name = "items", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "The record's tags: name, label, colour, since" },
    { .name = NULL }
};
static const acrm__field filing_tag_records_in[] = {
    { .name = "name", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 200,
      .help = "The tag, in any spelling" },
    { .name = "entity", .type = ACRM__T_TEXT, .max = 64, .help = "Only records of this entity" },
    { .name = "limit", .type = ACRM__T_INT, .min = 1, .max = 200, .preset = "50",
      .help = "Records a page" },
    { .name = "after", .type = ACRM__T_ID, .help = "The next of the page before" },
    { .name = NULL }
};
static const acrm__field filing_tag_records_out[] = {
    { .name = "items", .type = ACRM__T_MAP, .flags = ACRM__LIST,
      .help = "Records that carry it and that this session may see: entity, id, label, since" },
    { .name = "next", .type = ACRM__T_ID,
      .help = "Pass as after to get the next page; null at the end" },
    { .name = NULL }
};

static const acrm__op filing_ops[] = {
    { .name = "tag.add", .flags = ACRM__OP_WRITE, .in = filing_tag_add_in,
      .out = filing_tag_change_out, .run = acrm__filing_tag_add,
      .help = "Mark a record of any entity with tags" },
    { .name = "tag.remove", .flags = ACRM__OP_WRITE, .in = filing_tag_remove_in,
      .out = filing_tag_change_out, .run = acrm__filing_tag_remove,
      .help = "Take tags off a record" },
    { .name = "tag.list_for", .in = filing_tag_list_in, .out = filing_tag_list_out,
      .run = acrm__filing_tag_list_for, .help = "The tags that a record carries" },
    { .name = "tag.records", .in = filing_tag_records_in, .out = filing_tag_records_out,
      .run = acrm__filing_tag_records, .help = "The records that carry a tag" },
    { .name = NULL }
};

static const acrm__hook filing_hooks[] = {
    { .entity = "tag", .before_write = acrm__filing_tag_write },
    { .entity = "note", .before_write = acrm__filing_note_write },
    { .entity = NULL }
};

const acrm__module acrm__mod_filing = {
    .name = "filing",
    .help = "Tags and notes on records of any entity",
    .entities = filing_entities,
    .ops = filing_ops,
    .hooks = filing_hooks,
};
