/* SPDX-License-Identifier: MIT */
/* Vehicles and ownerships as they are written: VIN checked, plate normalised, name made. */
#include "modules/stock/stock.h"

#include "autocrm/vin.h"
#include "base/civil.h"
#include "base/text.h"
#include "modules/stock/entities.h"

#include <string.h>

static const int64_t VEHICLE_DAY = ACRM__DAY_SECONDS * INT64_C(1000000);

static int32_t vehicle_vin(acrm__call *call, acrm__rec *rec)
{
    const acrm_cell *cell = &rec->cells[F_vehicle__vin];
    acrm_vin vin = { .struct_size = sizeof vin };

    if (cell->type != ACRM_CELL_TEXT)
        return ACRM_OK;
    int32_t st = acrm_vin_check(cell->data, cell->size, 0, &vin);
    if (st != ACRM_OK || vin.rule != ACRM_VIN_OK) {
        const char *meant = acrm__stock_vin_meant(call, cell->data, cell->size);
        return acrm__fail(call, ACRM_E_INVALID, "format", "vin", "vin is no VIN: %s%s%s",
                          vin.rule == ACRM_VIN_LENGTH      ? "it has not 17 characters"
                          : vin.rule == ACRM_VIN_CHARACTER ? "a character is none of a VIN"
                                                           : "its check digit is wrong",
                          meant ? "; perhaps " : "", meant ? meant : "");
    }
    const char *normal = acrm__arena_text(call->arena, vin.normalized, strlen(vin.normalized));
    if (!normal)
        return acrm__nomem(call);
    acrm__set(rec, F_vehicle__vin, acrm__cell_text(normal));
    return ACRM_OK;
}

/* "12 B 345-67", in whichever digits, and "12b34567" are one plate. */
static int32_t vehicle_plate(acrm__call *call, acrm__rec *rec)
{
    const acrm_cell *cell = &rec->cells[F_vehicle__plate];
    acrm__str folded;
    size_t n = 0;

    acrm__set(rec, F_vehicle__plate_key, acrm__cell_null());
    if (cell->type != ACRM_CELL_TEXT)
        return ACRM_OK;
    acrm__str_init(&folded, &call->arena->allocator);
    acrm__fold(cell->data, cell->size, &folded);
    char *key = folded.failed ? NULL : acrm__arena_text(call->arena, folded.data, folded.len);
    acrm__str_free(&folded);
    if (!key)
        return acrm__nomem(call);
    for (const char *p = key; *p; p++)
        if (*p != ' ')
            key[n++] = *p;
    key[n] = '\0';
    if (n > 0)
        acrm__set(rec, F_vehicle__plate_key, acrm__cell_textn(key, n));
    return ACRM_OK;
}

static int32_t vehicle_name(acrm__call *call, acrm__rec *rec)
{
    static const uint32_t parts[] = { F_vehicle__make, F_vehicle__model, F_vehicle__plate };
    acrm__str name;

    acrm__str_init(&name, &call->arena->allocator);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        const acrm_cell *cell = &rec->cells[parts[i]];
        if (cell->type != ACRM_CELL_TEXT)
            continue;
        if (name.len)
            acrm__str_putc(&name, ' ');
        acrm__str_add(&name, cell->data, cell->size);
    }
    if (name.len == 0 && rec->cells[F_vehicle__vin].type == ACRM_CELL_TEXT)
        acrm__str_add(&name, rec->cells[F_vehicle__vin].data, rec->cells[F_vehicle__vin].size);
    const char *kept = name.failed ? NULL : acrm__arena_text(call->arena, name.data, name.len);
    size_t len = name.len;
    acrm__str_free(&name);
    if (!kept)
        return acrm__nomem(call);
    acrm__set(rec, F_vehicle__name, len ? acrm__cell_textn(kept, len) : acrm__cell_null());
    return ACRM_OK;
}

/* Where a new one stands, by its status. Nobody has reserved or bought it yet. */
static int32_t vehicle_begin(acrm__call *call, acrm__rec *rec)
{
    const char *status = acrm__text(rec, F_vehicle__status);

    if (strcmp(status, "reserved") == 0 || strcmp(status, "sold") == 0)
        return acrm__fail(call, ACRM_E_INVALID, "status", "status",
                          "a new vehicle is not %s: vehicle.reserve and vehicle.sell tell for whom",
                          status);
    if (strcmp(status, "delivered") == 0 || strcmp(status, "scrapped") == 0)
        return ACRM_OK;
    acrm__set(rec, F_vehicle__place, acrm__cell_text(status));
    uint32_t day = strcmp(status, "in_stock") == 0 ? F_vehicle__arrived_on : F_vehicle__ordered_on;
    if (acrm__is_null(rec, day))
        acrm__set(rec, day, acrm__cell_int(acrm__today(call)));
    if (day == F_vehicle__arrived_on)
        acrm__set(rec, F_vehicle__at_dealer_since, rec->cells[F_vehicle__arrived_on]);
    return ACRM_OK;
}

/* What is in the trade changes its dealer where it arrives: by a transfer, or as it is received. */
static int32_t vehicle_moves(acrm__call *call, const acrm__rec *rec, const acrm__rec *before)
{
    bool arrives = acrm__changed(rec, F_vehicle__place) &&
                   acrm__stock_is(rec, F_vehicle__place, "in_stock");

    if (acrm__is_null(before, F_vehicle__place) || acrm__is_null(before, F_vehicle__dealer_id) ||
        !acrm__changed(rec, F_vehicle__dealer_id) || arrives)
        return ACRM_OK;
    return acrm__fail(call, ACRM_E_CONFLICT, "transfer", "dealer_id",
                      "a vehicle of the stock goes to another dealer by vehicle.transfer_request");
}

int32_t acrm__stock_vehicle_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    int32_t st = before ? vehicle_moves(call, rec, before) : vehicle_begin(call, rec);

    if (st != ACRM_OK)
        return st;
    if (!acrm__is_null(rec, F_vehicle__odometer) && acrm__changed(rec, F_vehicle__odometer) &&
        (acrm__is_null(rec, F_vehicle__odometer_on) || !acrm__changed(rec, F_vehicle__odometer_on)))
        acrm__set(rec, F_vehicle__odometer_on, acrm__cell_int(acrm__today(call)));
    if (acrm__changed(rec, F_vehicle__vin))
        st = vehicle_vin(call, rec);
    if (st == ACRM_OK && acrm__changed(rec, F_vehicle__plate))
        st = vehicle_plate(call, rec);
    return st == ACRM_OK ? vehicle_name(call, rec) : st;
}

int32_t acrm__stock_ownership_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    (void)before;
    if (acrm__is_null(rec, F_vehicle_ownership__from_date))
        acrm__set(rec, F_vehicle_ownership__from_date,
                  acrm__cell_int(acrm__floor_div(call->now, VEHICLE_DAY)));
    if (!acrm__is_null(rec, F_vehicle_ownership__to_date) &&
        acrm__int(rec, F_vehicle_ownership__to_date) <
            acrm__int(rec, F_vehicle_ownership__from_date))
        return acrm__fail(call, ACRM_E_INVALID, "range", "to_date",
                          "to_date must not be before from_date");
    acrm__set(rec, F_vehicle_ownership__since,
              acrm__cell_int(acrm__int(rec, F_vehicle_ownership__from_date) * VEHICLE_DAY));
    return ACRM_OK;
}
