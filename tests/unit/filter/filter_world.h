/* SPDX-License-Identifier: MIT */
/*
 * A small schema for the filter tests: leads of customers of dealers, and vehicles of customers.
 * It is written as one table of names, apart from any registry of the library.
 */
#ifndef TESTS_FILTER_WORLD_H
#define TESTS_FILTER_WORLD_H

#include "base/alloc.h"
#include "base/value.h"
#include "engines/filter/nearest.h"
#include "engines/filter/parse.h"

#include <stdint.h>
#include <string.h>

enum {
    WORLD_LEAD,
    WORLD_CUSTOMER,
    WORLD_DEALER,
    WORLD_VEHICLE,
    WORLD_ENTITIES
};

typedef struct world_name {
    const char *name;
    int32_t kind;
    int32_t type;
    uint32_t column;
    int32_t entity; /* of a relation */
    uint32_t related_column;
} world_name;

typedef struct world_entity {
    const char *name;
    uint32_t flags;
    const world_name *names;
} world_entity;

#define WORLD_FIELD(name, column, type) { name, ACRM__FILTER_FIELD, type, column, -1, 0 }

static const char *const world_levels[] = { "H", "A", "B", "C", "lost", "delivered" };

static const world_name world_lead[] = {
    WORLD_FIELD("id", 0, ACRM__FT_ID),
    WORLD_FIELD("customer_id", 1, ACRM__FT_ID),
    WORLD_FIELD("level", 2, ACRM__FT_ENUM),
    WORLD_FIELD("score", 3, ACRM__FT_INT),
    WORLD_FIELD("rate", 4, ACRM__FT_REAL),
    WORLD_FIELD("amount", 5, ACRM__FT_MONEY), /* currency in column 6 */
    WORLD_FIELD("currency", 6, ACRM__FT_TEXT),
    WORLD_FIELD("fee", 7, ACRM__FT_MONEY), /* two digits, no currency */
    WORLD_FIELD("created_at", 8, ACRM__FT_INSTANT),
    WORLD_FIELD("due_on", 9, ACRM__FT_DATE),
    WORLD_FIELD("call_at", 10, ACRM__FT_TIME),
    WORLD_FIELD("waited", 11, ACRM__FT_DURATION),
    WORLD_FIELD("hot", 12, ACRM__FT_BOOL),
    WORLD_FIELD("note", 13, ACRM__FT_TEXT),
    WORLD_FIELD("extra", 14, ACRM__FT_JSON),
    WORLD_FIELD("token", 15, ACRM__FT_BYTES),
    WORLD_FIELD("national_id", 16, ACRM__FT_TEXT), /* encoded */
    { "customer", ACRM__FILTER_TO_ONE, 0, 1, WORLD_CUSTOMER, 0 },
    { 0 }
};

static const world_name world_customer[] = {
    WORLD_FIELD("id", 0, ACRM__FT_ID),
    WORLD_FIELD("dealer_id", 1, ACRM__FT_ID),
    WORLD_FIELD("grade", 2, ACRM__FT_TEXT),
    WORLD_FIELD("city", 3, ACRM__FT_TEXT),
    WORLD_FIELD("born_on", 4, ACRM__FT_DATE),
    { "dealer", ACRM__FILTER_TO_ONE, 0, 1, WORLD_DEALER, 0 },
    { "vehicles", ACRM__FILTER_TO_MANY, 0, 0, WORLD_VEHICLE, 1 },
    { "leads", ACRM__FILTER_TO_MANY, 0, 0, WORLD_LEAD, 1 },
    { 0 }
};

static const world_name world_dealer[] = {
    WORLD_FIELD("id", 0, ACRM__FT_ID),
    WORLD_FIELD("name", 1, ACRM__FT_TEXT),
    { "customers", ACRM__FILTER_TO_MANY, 0, 0, WORLD_CUSTOMER, 1 },
    { 0 }
};

static const world_name world_vehicle[] = {
    WORLD_FIELD("id", 0, ACRM__FT_ID),
    WORLD_FIELD("owner_id", 1, ACRM__FT_ID),
    WORLD_FIELD("model", 2, ACRM__FT_TEXT),
    WORLD_FIELD("year", 3, ACRM__FT_INT),
    { "owner", ACRM__FILTER_TO_ONE, 0, 1, WORLD_CUSTOMER, 0 },
    { 0 }
};

static const world_entity world_entities[WORLD_ENTITIES] = {
    [WORLD_LEAD] = { "lead", ACRM_TABLE_SEARCH, world_lead },
    [WORLD_CUSTOMER] = { "customer", ACRM_TABLE_SEARCH, world_customer },
    [WORLD_DEALER] = { "dealer", 0, world_dealer },
    [WORLD_VEHICLE] = { "vehicle", 0, world_vehicle },
};

/* Tables: only name, number and flags are read by the parser. */
static const acrm_table world_tables[WORLD_ENTITIES] = {
    [WORLD_LEAD] = { .name = "lead", .number = WORLD_LEAD, .flags = ACRM_TABLE_SEARCH,
                     .deleted_at = UINT32_MAX },
    [WORLD_CUSTOMER] = { .name = "customer", .number = WORLD_CUSTOMER, .flags = ACRM_TABLE_SEARCH,
                         .deleted_at = UINT32_MAX },
    [WORLD_DEALER] = { .name = "dealer", .number = WORLD_DEALER, .deleted_at = UINT32_MAX },
    [WORLD_VEHICLE] = { .name = "vehicle", .number = WORLD_VEHICLE, .deleted_at = UINT32_MAX },
};

static inline int32_t world_resolve(void *self, const void *handle, const char *name, size_t len,
                                    acrm__filter_field *out)
{
    const world_entity *entity = handle;

    (void)self;
    for (const world_name *n = entity->names; n->name != NULL; n++) {
        if (strlen(n->name) != len || memcmp(n->name, name, len) != 0)
            continue;
        out->kind = n->kind;
        out->type = n->type;
        out->column = n->column;
        if (n->kind != ACRM__FILTER_FIELD) {
            out->entity = &world_entities[n->entity];
            out->table = &world_tables[n->entity];
            out->related_column = n->related_column;
        }
        if (n->type == ACRM__FT_ENUM) {
            out->choices = world_levels;
            out->n_choices = sizeof world_levels / sizeof *world_levels;
        }
        if (strcmp(n->name, "amount") == 0) {
            out->digits = -1;
            out->currency = 6;
        } else if (strcmp(n->name, "fee") == 0) {
            out->digits = 2;
        }
        out->encoded = strcmp(n->name, "national_id") == 0;
        return ACRM_OK;
    }
    return len == 6 && memcmp(name, "secret", 6) == 0 ? ACRM_E_UNSUPPORTED : ACRM_E_NOTFOUND;
}

static inline const char *world_name_at(const void *handle, size_t n)
{
    const world_entity *entity = handle;

    return entity->names[n].name;
}

static inline const char *world_suggest(void *self, const void *handle, const char *name,
                                        size_t len)
{
    (void)self;
    return acrm__nearest(name, len, world_name_at, handle);
}

/* The stored form of a national id: its digits backwards; a text without them does not fit. */
static inline int32_t world_encode(void *self, const acrm__filter_field *field,
                                   const acrm_value *value, acrm__arena *arena, acrm_cell *out)
{
    size_t len = 0;
    const char *text = acrm_value_text(value, &len);

    (void)self;
    (void)field;
    if (acrm_value_type(value) != ACRM_TEXT || len == 0 || text[0] < '0' || text[0] > '9')
        return ACRM_E_INVALID;
    char *copy = acrm__arena_text(arena, text, len);
    if (copy == NULL)
        return ACRM_E_NOMEM;
    for (size_t i = 0; i < len; i++)
        copy[i] = text[len - 1 - i];
    *out = (acrm_cell){ .type = ACRM_CELL_BLOB, .size = (uint32_t)len, .data = copy };
    return ACRM_OK;
}

static const acrm__filter_schema world_schema = {
    .resolve = world_resolve, .suggest = world_suggest, .encode = world_encode
};

/* $me: id, teams (two ids), none (null), empty (no cell), city, many. */
static const unsigned char world_ids[3][16] = {
    { 1, 0, 0, 0, 0, 0, 0x70, 0, 0x80 }, { 2, 0, 0, 0, 0, 0, 0x70, 0, 0x80 },
    { 3, 0, 0, 0, 0, 0, 0x70, 0, 0x80 }
};

static inline int32_t world_variable(void *self, const char *name, size_t len,
                                     const acrm_cell **cells, uint32_t *n_cells)
{
    static const acrm_cell id[] = { { ACRM_CELL_BLOB, 16, 0, 0, world_ids[0] } };
    static const acrm_cell teams[] = { { ACRM_CELL_BLOB, 16, 0, 0, world_ids[1] },
                                       { ACRM_CELL_NULL, 0, 0, 0, NULL },
                                       { ACRM_CELL_BLOB, 16, 0, 0, world_ids[2] } };
    static const acrm_cell none[] = { { ACRM_CELL_NULL, 0, 0, 0, NULL } };
    static const acrm_cell city[] = { { ACRM_CELL_TEXT, 4, 0, 0, "Bonn" } };
    static const struct {
        const char *name;
        const acrm_cell *cells;
        uint32_t n;
    } variables[] = {
        { "id", id, 1 }, { "teams", teams, 3 }, { "none", none, 1 },
        { "empty", NULL, 0 }, { "city", city, 1 }, { "many", none, UINT32_MAX },
    };

    (void)self;
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        if (strlen(variables[i].name) == len && memcmp(variables[i].name, name, len) == 0) {
            *cells = variables[i].cells;
            *n_cells = variables[i].n;
            return ACRM_OK;
        }
    }
    return ACRM_E_NOTFOUND;
}

/* 2026-11-21T08:30:00Z; a zone two hours ahead of UTC. */
#define WORLD_NOW INT64_C(1795249800000000)
#define WORLD_TODAY 20778

static inline bool world_day_start(void *self, int32_t day, int64_t *us)
{
    (void)self;
    *us = (int64_t)day * 86400000000 - INT64_C(7200000000);
    return true;
}

static const acrm__filter_context world_context = {
    .now_us = WORLD_NOW,
    .today = WORLD_TODAY,
    .day_start = world_day_start,
    .variable = world_variable,
};

#endif
