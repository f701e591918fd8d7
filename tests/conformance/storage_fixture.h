/* SPDX-License-Identifier: MIT */
/* Tables, cells and shorthands for tests of storage adapters. */
#ifndef AUTOCRM_CONFORMANCE_STORAGE_FIXTURE_H
#define AUTOCRM_CONFORMANCE_STORAGE_FIXTURE_H

#include "autocrm/port/storage.h"

/* dealer 1 -- n customer 1 -- n vehicle; entry has a number as its key, setting a text. */
extern const acrm_table fix_dealer, fix_customer, fix_vehicle, fix_entry, fix_setting;

enum { DEALER_ID, DEALER_NAME, DEALER_DELETED, DEALER_COLUMNS };
enum {
    CUSTOMER_ID,
    CUSTOMER_NAME,  /* required, indexed */
    CUSTOMER_PHONE, /* unique among the living */
    CUSTOMER_SCORE, /* real */
    CUSTOMER_SEEN,  /* instant, indexed together with the id */
    CUSTOMER_DEALER,
    CUSTOMER_DELETED,
    CUSTOMER_COLUMNS
};
enum { VEHICLE_ID, VEHICLE_CUSTOMER, VEHICLE_MODEL, VEHICLE_DAY, VEHICLE_DELETED, VEHICLE_COLUMNS };
enum { ENTRY_SEQ, ENTRY_TEXT, ENTRY_COLUMNS };
enum { SETTING_KEY, SETTING_VALUE, SETTING_COLUMNS };

/* Cells. An id is a small number in 16 bytes, made in a ring of buffers: good for one call. */
acrm_cell fix_null(void);
acrm_cell fix_int(int64_t integer);
acrm_cell fix_real(double real);
acrm_cell fix_text(const char *text);
acrm_cell fix_id(unsigned n);

/* Rows as text: cells joined by commas, rows ended by semicolons; NULL as "-", an id as "#n". */
typedef struct fix_rows {
    char text[4096];
    size_t len;
    uint32_t count;
} fix_rows;
int32_t fix_collect(void *rows, const acrm_cell *cells, uint32_t n);

#endif
