/* SPDX-License-Identifier: MIT */
/**
 * Filters on your own records: the language of docs/filter.md, without a database or a session.
 *
 * A filter is compiled once against a table of your fields and then asked about any number of
 * records. Names without relations, and without $search and $me, which belong to stored records.
 */
#ifndef AUTOCRM_FILTER_H
#define AUTOCRM_FILTER_H

#include "autocrm/error.h"
#include "autocrm/port/allocator.h"
#include "autocrm/value.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Types of a field: what its JSON value is, in records and in filters alike. */
enum {
    ACRM_FILTER_TYPE_ID = 0,       /**< text of 36 characters; case does not matter */
    ACRM_FILTER_TYPE_TEXT = 1,     /**< text; ordered by its UTF-8 bytes */
    ACRM_FILTER_TYPE_BOOL = 2,     /**< true or false */
    ACRM_FILTER_TYPE_INT = 3,      /**< whole number */
    ACRM_FILTER_TYPE_REAL = 4,     /**< number */
    ACRM_FILTER_TYPE_MONEY = 5,    /**< decimal text with at most `digits` decimals */
    ACRM_FILTER_TYPE_INSTANT = 6,  /**< RFC 3339 text; in filters also a date, for that UTC day */
    ACRM_FILTER_TYPE_DATE = 7,     /**< "2026-11-21" */
    ACRM_FILTER_TYPE_TIME = 8,     /**< "08:30:00" */
    ACRM_FILTER_TYPE_DURATION = 9, /**< "PT4H", without months and years */
    ACRM_FILTER_TYPE_ENUM = 10,    /**< text, one of `choices` */
    ACRM_FILTER_TYPE_JSON = 11,    /**< anything; only its presence can be asked for */
    ACRM_FILTER_TYPE_BYTES = 12    /**< base64 text or bytes */
};

/**
 * A field of your records. Set struct_size in each element of an array to the same value.
 * @since 0.1
 */
typedef struct acrm_filter_field {
    uint32_t struct_size; /**< sizeof(acrm_filter_field), as you compiled it */
    int32_t type;         /**< ACRM_FILTER_TYPE_* */
    const char *name;     /**< the key in records and filters; no dots, not beginning with $ */
    const char *choices;  /**< of an enum: "new|open|won"; else NULL */
    int32_t digits;       /**< of money: decimals, 0 to 9; else 0 */
} acrm_filter_field;

/** A compiled filter; immutable, may be used by any number of threads at once. */
typedef struct acrm_filter acrm_filter;

/**
 * Compile a filter.
 * @param allocator (nullable) where the memory comes from; copied; NULL: the C library
 * @param fields    (nullable when n is 0) your fields; copied
 * @param n_fields  their number, at most 1,000
 * @param filter    (nullable) the filter, a map; null or NULL: every record. Copied
 * @param[out] out  (transfer full) acrm_filter_free() it
 * @param[out] err  (transfer full)(optional) names every failing term: `field` is its path, such as
 *                  "where.level.$in[2]", `reason` one of "unknown_field", "operator", "type",
 *                  "choice", "limit"
 * @return ACRM_OK, or
 *   ACRM_E_INVALID  the filter does not fit the fields, or a field is declared wrongly (reason
 *                   "schema")
 *   ACRM_E_LIMIT    more than 500 terms, 12 levels, 10,000 listed values or 1,000 fields
 *   ACRM_E_NOMEM    out of memory
 *   ACRM_E_MISUSE   @p out is NULL, fields are missing or of an unknown struct_size
 * @since 0.1
 */
ACRM_API int32_t acrm_filter_new(const acrm_allocator *allocator,
                                 const acrm_filter_field *fields, uint32_t n_fields,
                                 const acrm_value *filter, acrm_filter **out, acrm_error **err);

/**
 * Ask whether a record matches. Only the fields that the filter names are read: a missing one is
 * null, keys that are no fields are ignored.
 * @param record   a map
 * @param now_us   what $now stands for, and by its UTC date $today: microseconds since
 *                 1970-01-01T00:00:00Z, within the years 1 to 9999
 * @param[out] matches 1 or 0; untouched on failure
 * @param[out] err     (transfer full)(optional) names the record's field of the wrong type
 * @return ACRM_OK, ACRM_E_INVALID (the record is no map, one of its fields has the wrong type, or
 *         $now leads out of range), ACRM_E_NOMEM, ACRM_E_MISUSE (NULL)
 * @since 0.1
 */
ACRM_API int32_t acrm_filter_match(const acrm_filter *filter, const acrm_value *record,
                                   int64_t now_us, int32_t *matches, acrm_error **err);

/** Free. @param filter (nullable) @since 0.1 */
ACRM_API void acrm_filter_free(acrm_filter *filter);

#ifdef __cplusplus
}
#endif

#endif
