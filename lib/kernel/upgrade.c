/* SPDX-License-Identifier: MIT */
/* What tables and columns that have just been made begin with: first records, and defaults. */
#include "kernel/inside.h"

#include <string.h>

/* --- First records --- */

static int32_t upgrade_found(void *user, const acrm_cell *cells, uint32_t n_cells)
{
    (void)cells;
    (void)n_cells;
    *(bool *)user = true;
    return 1;
}

static int32_t upgrade_seed(acrm__call *call, const acrm__module *module)
{
    acrm_session *s = call->session;
    const acrm__entity *entity =
        acrm__registry_entity(s->registry, module->seeds, strlen(module->seeds));
    const acrm_query query = { .struct_size = sizeof query, .table = &entity->table, .limit = 1 };
    bool any = false;

    int32_t st = s->engine->storage.query(s->conn, &query, upgrade_found, &any, call->err);
    return st == ACRM_OK && !any ? module->seed(call) : st;
}

int32_t acrm__upgrade_seeds(acrm__call *call)
{
    for (size_t m = 0; acrm__modules[m]; m++) {
        int32_t st = acrm__modules[m]->seed ? upgrade_seed(call, acrm__modules[m]) : ACRM_OK;
        if (st != ACRM_OK)
            return st;
    }
    return acrm__react(call);
}

/* --- Defaults: no write leaves a field empty that has one, but a new column is --- */

enum { UPGRADE_ROWS = 256 };

typedef struct upgrade_rows {
    unsigned char ids[UPGRADE_ROWS][16];
    uint32_t n;
} upgrade_rows;

static int32_t upgrade_row(void *user, const acrm_cell *cells, uint32_t n_cells)
{
    upgrade_rows *rows = user;

    (void)n_cells;
    memcpy(rows->ids[rows->n++], cells[F_ID].data, 16);
    return 0;
}

/* Some rows that have nothing there get the default; *more: there may be others. */
static int32_t upgrade_fill_some(acrm__call *call, const acrm_table *table, uint32_t column,
                                 const acrm_cell *preset, bool *more)
{
    acrm_session *s = call->session;
    const acrm_storage_ops *storage = &s->engine->storage;
    const acrm_cell none = acrm__cell_null();
    const acrm_filter_node empty = { .op = ACRM_FILTER_EQ, .column = column, .values = &none,
                                     .n_values = 1 };
    const acrm_query query = { .struct_size = sizeof query, .table = table, .where = &empty,
                               .limit = UPGRADE_ROWS };
    upgrade_rows rows = { .n = 0 };

    int32_t st = storage->query(s->conn, &query, upgrade_row, &rows, call->err);
    for (uint32_t i = 0; i < rows.n && st == ACRM_OK; i++) {
        const acrm_cell key = acrm__cell_blob(rows.ids[i], sizeof rows.ids[i]);
        st = storage->update(s->conn, table, &key, &column, preset, 1, NULL, NULL, NULL,
                             call->err);
    }
    *more = rows.n == UPGRADE_ROWS;
    return st;
}

static int32_t upgrade_fill(acrm__call *call, const acrm__entity *entity, uint32_t column)
{
    const acrm__fieldinfo *f = &entity->fields[column];
    acrm_cell preset;
    bool more = true;

    int32_t st = acrm__decode(call, f, f->preset, f->def.name, &preset, NULL);
    while (st == ACRM_OK && more && preset.type != ACRM_CELL_NULL)
        st = upgrade_fill_some(call, &entity->table, column, &preset, &more);
    return st;
}

int32_t acrm__upgrade_presets(acrm__call *call)
{
    const acrm__registry *r = call->session->registry;
    int32_t st = ACRM_OK;

    for (uint32_t i = 0; i < r->n_entities; i++)
        for (uint32_t k = F_SYSTEM_COUNT; k < r->entities[i]->n_fields && st == ACRM_OK; k++)
            if (r->entities[i]->fields[k].preset &&
                !(r->entities[i]->fields[k].def.flags & ACRM__CUSTOM))
                st = upgrade_fill(call, r->entities[i], k);
    return st == ACRM_E_NOMEM ? acrm__nomem(call) : st;
}
