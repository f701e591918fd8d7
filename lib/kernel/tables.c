/* SPDX-License-Identifier: MIT */
/* The tables of the kernel that are not entities. */
#include "kernel/inside.h"

#define COLUMN(name_, type_, flags_) { .name = name_, .type = ACRM_CELL_##type_, .flags = flags_ }
#define NEEDED ACRM_COLUMN_NOT_NULL

static const acrm_column tables_meta[] = {
    [ACRM__META_KEY] = COLUMN("id", BLOB, NEEDED),
    [ACRM__META_TEXT] = COLUMN("text", TEXT, 0),
    [ACRM__META_BYTES] = COLUMN("bytes", BLOB, 0),
    [ACRM__META_NUMBER] = COLUMN("number", INT, 0),
};
static const acrm_column tables_audit[] = {
    [ACRM__AUDIT_SEQ] = COLUMN("seq", INT, NEEDED),
    [ACRM__AUDIT_AT] = COLUMN("at", INT, NEEDED),
    [ACRM__AUDIT_ACTOR] = COLUMN("actor", TEXT, NEEDED),
    [ACRM__AUDIT_OPERATION] = COLUMN("operation", TEXT, NEEDED),
    [ACRM__AUDIT_ENTITY] = COLUMN("entity", TEXT, 0),
    [ACRM__AUDIT_RECORD] = COLUMN("record_id", BLOB, 0),
    [ACRM__AUDIT_ACTION] = COLUMN("action", TEXT, NEEDED),
    [ACRM__AUDIT_CHANGES] = COLUMN("changes", TEXT, 0),
    [ACRM__AUDIT_SUBJECT] = COLUMN("subject_id", BLOB, 0),
    [ACRM__AUDIT_SEALED] = COLUMN("sealed", BLOB, 0),
    [ACRM__AUDIT_REASON] = COLUMN("reason", TEXT, 0),
    [ACRM__AUDIT_HASH] = COLUMN("hash", BLOB, NEEDED),
};
static const acrm_column tables_event[] = {
    [ACRM__EVENT_SEQ] = COLUMN("seq", INT, NEEDED),
    [ACRM__EVENT_AT] = COLUMN("at", INT, NEEDED),
    [ACRM__EVENT_TYPE] = COLUMN("type", TEXT, NEEDED),
    [ACRM__EVENT_ENTITY] = COLUMN("entity", TEXT, 0),
    [ACRM__EVENT_RECORD] = COLUMN("record_id", BLOB, 0),
    [ACRM__EVENT_ACTOR] = COLUMN("actor", TEXT, NEEDED),
    [ACRM__EVENT_DATA] = COLUMN("data", TEXT, 0),
};
static const acrm_column tables_subject[] = {
    [ACRM__SUBJECT_ID] = COLUMN("id", BLOB, NEEDED),
    [ACRM__SUBJECT_KEY] = COLUMN("key", BLOB, 0),
    [ACRM__SUBJECT_ERASED_AT] = COLUMN("erased_at", INT, 0),
};
static const acrm_column tables_idempotency[] = {
    [ACRM__IDEMPOTENCY_ID] = COLUMN("id", BLOB, NEEDED),
    [ACRM__IDEMPOTENCY_AT] = COLUMN("at", INT, NEEDED),
    [ACRM__IDEMPOTENCY_OPERATION] = COLUMN("operation", TEXT, NEEDED),
    [ACRM__IDEMPOTENCY_ARGS] = COLUMN("args_hash", BLOB, NEEDED),
    [ACRM__IDEMPOTENCY_RESULT] = COLUMN("result", TEXT, 0),
};
static const acrm_column tables_key[] = {
    [ACRM__KEY_ID] = COLUMN("id", BLOB, NEEDED),
    [ACRM__KEY_RECORD] = COLUMN("record_id", BLOB, NEEDED),
};
static const acrm_column tables_kept[] = {
    [ACRM__KEPT_ID] = COLUMN("id", BLOB, NEEDED),
    [ACRM__KEPT_SUBJECT] = COLUMN("subject_id", BLOB, NEEDED),
    [ACRM__KEPT_CALL] = COLUMN("call_id", BLOB, NEEDED),
};
static const uint32_t tables_kept_subject[] = { ACRM__KEPT_SUBJECT };
static const acrm_index tables_kept_indexes[] = {
    { .name = "acrm_idempotency_subject__subject_id__index", .columns = tables_kept_subject,
      .n_columns = 1 },
};
static const acrm_column tables_blob[] = {
    [ACRM__BLOB_NAME] = COLUMN("name", TEXT, NEEDED),
    [ACRM__BLOB_BYTES] = COLUMN("bytes", BLOB, NEEDED),
};
static const uint32_t tables_audit_record[] = { ACRM__AUDIT_RECORD };
static const acrm_index tables_audit_indexes[] = {
    { .name = "acrm_audit__record_id__index", .columns = tables_audit_record, .n_columns = 1 },
};

#define COUNT(array) (uint32_t)(sizeof(array) / sizeof(array)[0])
#define TABLE(number_, name_, columns_, flags_)                                                   \
    [number_] = { .name = name_, .number = number_, .flags = flags_, .columns = columns_,         \
                  .n_columns = COUNT(columns_), .deleted_at = UINT32_MAX }

const acrm_table acrm__tables[ACRM__TABLE_COUNT] = {
    TABLE(ACRM__TABLE_META, "acrm_meta", tables_meta, ACRM_TABLE_LEAN),
    [ACRM__TABLE_AUDIT] = { .name = "acrm_audit", .number = ACRM__TABLE_AUDIT,
                            .flags = ACRM_TABLE_LATE, .columns = tables_audit,
                            .n_columns = COUNT(tables_audit),
                            .deleted_at = UINT32_MAX, .indexes = tables_audit_indexes,
                            .n_indexes = COUNT(tables_audit_indexes) },
    TABLE(ACRM__TABLE_EVENT, "acrm_event", tables_event, ACRM_TABLE_LATE),
    TABLE(ACRM__TABLE_SUBJECT_KEY, "acrm_subject_key", tables_subject,
          ACRM_TABLE_LEAN | ACRM_TABLE_LATE),
    TABLE(ACRM__TABLE_IDEMPOTENCY, "acrm_idempotency", tables_idempotency, ACRM_TABLE_LEAN),
    TABLE(ACRM__TABLE_KEY, "acrm_key", tables_key, ACRM_TABLE_LEAN | ACRM_TABLE_SET),
    [ACRM__TABLE_IDEMPOTENCY_SUBJECT] = { .name = "acrm_idempotency_subject",
                                          .number = ACRM__TABLE_IDEMPOTENCY_SUBJECT,
                                          .flags = ACRM_TABLE_LEAN, .columns = tables_kept,
                                          .n_columns = COUNT(tables_kept),
                                          .deleted_at = UINT32_MAX,
                                          .indexes = tables_kept_indexes,
                                          .n_indexes = COUNT(tables_kept_indexes) },
    TABLE(ACRM__TABLE_BLOB, "acrm_blob", tables_blob, 0),
};
