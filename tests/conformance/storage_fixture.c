/* SPDX-License-Identifier: MIT */
/* Tables, cells and shorthands for tests of storage adapters. */
#include "conformance/storage_fixture.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define COLUMNS(array) .columns = array, .n_columns = sizeof array / sizeof array[0]
#define INDEXES(array) .indexes = array, .n_indexes = sizeof array / sizeof array[0]

static const acrm_column dealer_columns[] = {
    [DEALER_ID] = { "id", ACRM_CELL_BLOB, ACRM_COLUMN_NOT_NULL, NULL },
    [DEALER_NAME] = { "name", ACRM_CELL_TEXT, 0, NULL },
    [DEALER_DELETED] = { "deleted_at", ACRM_CELL_INT, 0, NULL },
};
const acrm_table fix_dealer = {
    .name = "dealer", .number = 3, .deleted_at = DEALER_DELETED, COLUMNS(dealer_columns),
};

static const acrm_column customer_columns[] = {
    [CUSTOMER_ID] = { "id", ACRM_CELL_BLOB, ACRM_COLUMN_NOT_NULL, NULL },
    [CUSTOMER_NAME] = { "name", ACRM_CELL_TEXT, ACRM_COLUMN_NOT_NULL, NULL },
    [CUSTOMER_PHONE] = { "phone", ACRM_CELL_TEXT, 0, NULL },
    [CUSTOMER_SCORE] = { "score", ACRM_CELL_REAL, 0, NULL },
    [CUSTOMER_SEEN] = { "seen", ACRM_CELL_INT, 0, NULL },
    [CUSTOMER_DEALER] = { "dealer_id", ACRM_CELL_BLOB, 0, &fix_dealer },
    [CUSTOMER_DELETED] = { "deleted_at", ACRM_CELL_INT, 0, NULL },
};
static const uint32_t customer_by_name[] = { CUSTOMER_NAME };
static const uint32_t customer_by_phone[] = { CUSTOMER_PHONE };
static const uint32_t customer_by_seen[] = { CUSTOMER_SEEN, CUSTOMER_ID };
static const acrm_index customer_indexes[] = {
    { "name", customer_by_name, 1, 0 },
    { "phone", customer_by_phone, 1, ACRM_INDEX_UNIQUE | ACRM_INDEX_LIVE },
    { "seen", customer_by_seen, 2, 0 },
};
const acrm_table fix_customer = {
    .name = "customer", .number = 0, .flags = ACRM_TABLE_SEARCH, .deleted_at = CUSTOMER_DELETED,
    COLUMNS(customer_columns), INDEXES(customer_indexes),
};

static const acrm_column vehicle_columns[] = {
    [VEHICLE_ID] = { "id", ACRM_CELL_BLOB, ACRM_COLUMN_NOT_NULL, NULL },
    [VEHICLE_CUSTOMER] = { "customer_id", ACRM_CELL_BLOB, 0, &fix_customer },
    [VEHICLE_MODEL] = { "model", ACRM_CELL_TEXT, 0, NULL },
    [VEHICLE_DAY] = { "day", ACRM_CELL_INT, 0, NULL },
    [VEHICLE_DELETED] = { "deleted_at", ACRM_CELL_INT, 0, NULL },
};
static const uint32_t vehicle_by_customer[] = { VEHICLE_CUSTOMER };
static const acrm_index vehicle_indexes[] = { { "customer", vehicle_by_customer, 1, 0 } };
const acrm_table fix_vehicle = {
    .name = "vehicle", .number = 1, .deleted_at = VEHICLE_DELETED, COLUMNS(vehicle_columns),
    INDEXES(vehicle_indexes),
};

static const acrm_column entry_columns[] = {
    [ENTRY_SEQ] = { "seq", ACRM_CELL_INT, ACRM_COLUMN_NOT_NULL, NULL },
    [ENTRY_TEXT] = { "text", ACRM_CELL_TEXT, 0, NULL },
};
const acrm_table fix_entry = {
    .name = "entry", .number = 40, .flags = ACRM_TABLE_SEARCH, .deleted_at = UINT32_MAX,
    COLUMNS(entry_columns),
};

static const acrm_column setting_columns[] = {
    [SETTING_KEY] = { "key", ACRM_CELL_TEXT, ACRM_COLUMN_NOT_NULL, NULL },
    [SETTING_VALUE] = { "value", ACRM_CELL_INT, 0, NULL },
};
const acrm_table fix_setting = {
    .name = "setting", .number = 41, .flags = ACRM_TABLE_LEAN, .deleted_at = UINT32_MAX,
    COLUMNS(setting_columns),
};

acrm_cell fix_null(void)
{
    return (acrm_cell){ .type = ACRM_CELL_NULL };
}

acrm_cell fix_int(int64_t integer)
{
    return (acrm_cell){ .type = ACRM_CELL_INT, .integer = integer };
}

acrm_cell fix_real(double real)
{
    return (acrm_cell){ .type = ACRM_CELL_REAL, .real = real };
}

acrm_cell fix_text(const char *text)
{
    return (acrm_cell){ .type = ACRM_CELL_TEXT, .size = (uint32_t)strlen(text), .data = text };
}

acrm_cell fix_id(unsigned n)
{
    static unsigned char ring[64][16];
    static unsigned next;
    unsigned char *id = ring[next++ % 64];

    memset(id, 0, 16);
    for (int i = 0; i < 4; i++)
        id[12 + i] = (unsigned char)(n >> (24 - 8 * i));
    return (acrm_cell){ .type = ACRM_CELL_BLOB, .size = 16, .data = id };
}

static unsigned fix_id_number(const acrm_cell *cell)
{
    const unsigned char *id = cell->data;

    return (unsigned)id[12] << 24 | (unsigned)id[13] << 16 | (unsigned)id[14] << 8 | id[15];
}

int32_t fix_collect(void *rows, const acrm_cell *cells, uint32_t n)
{
    fix_rows *out = rows;
    char *to = out->text + out->len;
    size_t room = sizeof out->text - out->len;
    int len = 0;

    out->count++;
    for (uint32_t i = 0; i < n; i++) {
        const char *end = i + 1 < n ? "," : ";";
        const acrm_cell *c = &cells[i];
        if (c->type == ACRM_CELL_INT)
            len = snprintf(to, room, "%" PRId64 "%s", c->integer, end);
        else if (c->type == ACRM_CELL_REAL)
            len = snprintf(to, room, "%g%s", c->real, end);
        else if (c->type == ACRM_CELL_TEXT)
            len = snprintf(to, room, "%.*s%s", (int)c->size, (const char *)c->data, end);
        else if (c->type == ACRM_CELL_BLOB)
            len = snprintf(to, room, "#%u%s", fix_id_number(c), end);
        else
            len = snprintf(to, room, "-%s", end);
        if (len < 0 || (size_t)len >= room)
            return ACRM_E_LIMIT;
        to += len;
        room -= (size_t)len;
        out->len += (size_t)len;
    }
    return 0;
}
