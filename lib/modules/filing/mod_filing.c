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

static const acrm__field filing_attachment_add_in[] = {
    FILING_SUBJECT,
    { .name = "file_name", .type = ACRM__T_TEXT, .flags = ACRM__REQUIRED, .max = 4096,
      .help = "Name of the file, without a path" },
    { .name = "media_type", .type = ACRM__T_TEXT, .max = 127,
      .help = "What it is, such as image/jpeg; found out from the content without it" },
    { .name = "title", .type = ACRM__T_TEXT, .max = 200, .help = "What it is, for people" },
    { .name = "visibility", .type = ACRM__T_ENUM, .choices = "internal|customer",
      .preset = "\"internal\"", .help = "internal, or customer: the customer may see it too" },
    { .name = "data", .type = ACRM__T_BYTES,
      .help = "The content, base64; without it the session's input is read" },
    { .name = NULL }
};
static const acrm__field filing_attachment_add_out[] = {
    { .name = "record", .type = ACRM__T_RECORD, .target = "attachment",
      .help = "The attachment, its fields at top level" },
    { .name = "duplicate", .type = ACRM__T_BOOL,
      .help = "The record had this content already: the attachment is the old one" },
    { .name = NULL }
};
static const acrm__field filing_attachment_id_in[] = {
    { .name = "id", .type = ACRM__T_REF, .flags = ACRM__REQUIRED, .target = "attachment",
      .help = "Which attachment" },
    { .name = NULL }
};
static const acrm__field filing_attachment_read_out[] = {
    { .name = "file_name", .type = ACRM__T_TEXT, .help = "Name of the file" },
    { .name = "media_type", .type = ACRM__T_TEXT, .help = "What it is" },
    { .name = "size", .type = ACRM__T_INT, .unit = "bytes", .help = "Its size" },
    { .name = "data", .type = ACRM__T_BYTES,
      .help = "The content, base64, when no output was lent to the session; at most 4 MiB" },
    { .name = NULL }
};
static const acrm__field filing_attachment_verify_out[] = {
    { .name = "ok", .type = ACRM__T_BOOL, .help = "The content is whole and the one added" },
    { .name = "fault", .type = ACRM__T_TEXT, .help = "What is wrong with it" },
    { .name = "size", .type = ACRM__T_INT, .unit = "bytes", .help = "Its size" },
    { .name = "sha256", .type = ACRM__T_TEXT, .help = "SHA-256 of the content, hexadecimal" },
    { .name = NULL }
};
static const acrm__field filing_attachment_remove_out[] = {
    { .name = "record", .type = ACRM__T_RECORD, .target = "attachment",
      .help = "The attachment as it was, its fields at top level" },
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
    { .name = "attachment.add", .flags = ACRM__OP_WRITE, .in = filing_attachment_add_in,
      .out = filing_attachment_add_out, .run = acrm__filing_attachment_add,
      .help = "Keep a file with a record, encrypted; from the session's input, or from data" },
    { .name = "attachment.read", .in = filing_attachment_id_in,
      .out = filing_attachment_read_out, .run = acrm__filing_attachment_read,
      .help = "Give the content of a file to the session's output, or in the result" },
    { .name = "attachment.verify", .in = filing_attachment_id_in,
      .out = filing_attachment_verify_out, .run = acrm__filing_attachment_verify,
      .help = "Tell whether the content of a file is whole and the one that was added" },
    { .name = "attachment.remove", .flags = ACRM__OP_WRITE, .in = filing_attachment_id_in,
      .out = filing_attachment_remove_out, .run = acrm__filing_attachment_remove,
      .help = "Remove a file, its content for good" },
    { .name = NULL }
};

static const acrm__hook filing_hooks[] = {
    { .entity = "tag", .before_write = acrm__filing_tag_write },
    { .entity = "note", .before_write = acrm__filing_note_write },
    { .entity = "attachment", .before_write = acrm__filing_attachment_write },
    { .entity = "attachment_limit", .before_write = acrm__filing_limit_write },
    { .entity = NULL }
};

static const acrm__reaction filing_reactions[] = {
    { .type = "customer.erased", .run = acrm__filing_customer_erased },
    { .type = NULL }
};

const acrm__module acrm__mod_filing = {
    .name = "filing",
    .help = "Tags, notes and attachments on records of any entity",
    .entities = filing_entities,
    .ops = filing_ops,
    .hooks = filing_hooks,
    .reactions = filing_reactions,
};
