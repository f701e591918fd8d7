/* SPDX-License-Identifier: MIT */
/*
 * ADF 1.0 (Auto-lead Data Format), read as it comes in: prospect by prospect, from one document or
 * several behind each other, with the text of a mail before, between and behind them passed over.
 * Streams: memory depends on the longest prospect alone.
 *
 * Lenient about what does no harm: upper case, unknown elements and attributes, either spelling of
 * the processing instruction or none, missing parts, odd dates, HTML entities. Strict about what
 * does: entity declarations, wrong roots, malformed or cut documents, and limits. After a malformed
 * place reading goes on with the next prospect.
 */
#ifndef ACRM_MODULES_INTEGRATION_ADF_H
#define ACRM_MODULES_INTEGRATION_ADF_H

#include "base/value.h"
#include "modules/integration/input.h"

enum {
    ACRM__ADF_PROSPECT_MAX = 1024 * 1024, /* bytes of a prospect's XML */
    ACRM__ADF_TEXT_MAX = 65536,           /* bytes of one element's text */
    ACRM__ADF_ELEMENTS_MAX = 10000,       /* elements of a prospect */
    ACRM__ADF_DEPTH_MAX = 32,             /* nested elements */
    ACRM__ADF_TOKEN_MAX = 262144,         /* bytes of a tag with its attributes, or of a comment */
    ACRM__ADF_RAW_MAX = 65536             /* bytes kept of a prospect that is too long */
};

typedef struct acrm__adf acrm__adf;

/*
 * A prospect, or a place that could not be read. Lives until the next one is asked for.
 *
 * `prospect` is a map in which only what the document says is present (an empty element is ""):
 *   status "new" (also when unsaid) or "resend"; ids [{value, source, sequence}];
 *   request_date as written, requested_at "2025-03-14T08:26:53Z" when it tells an instant (with
 *   zone_assumed true when it names no zone), requested_on "2025-03-14" when only a date;
 *   vehicles [{interest "buy" when unsaid, status "new" when unsaid, ids, year, make, model, vin,
 *     stock, trim, doors, bodystyle, transmission, condition, odometer {value, units, status},
 *     colors [{interior, exterior, preference}], images [{value}], prices [{value, type, currency,
 *     delta, relative_to, source}], price_comments, options [{name, manufacturer_code, stock,
 *     weighting, prices}], finance {method, amounts [{value, type, limit, currency}],
 *     balances [{value, type, currency}]}, comments}];
 *   customer {ids, contact, timeframe {description, earliest, latest}, comments};
 *   vendor {ids, name, url, contact}; provider {ids, name, service, url, emails, phones, contact}.
 * A contact is {name {first, middle, last, suffix, full ..., type}, emails [{value, preferred}],
 *   phones [{value, type, time, preferred}], addresses [{type, streets [{value, line}], apartment,
 *   city, region, postal_code, country}]}.
 * All values are text, but zone_assumed. Enumerations are in lower case.
 */
typedef struct acrm__adf_item {
    uint64_t number;   /* from 1 */
    uint64_t line;     /* on which it begins, from 1 */
    uint64_t offset;   /* of its first byte in the UTF-8 input */
    const char *raw;   /* its XML as it stands; not checked to be UTF-8 when it is a fault */
    size_t raw_len;
    const acrm_value *prospect; /* NULL: a fault */
    const char *reason;  /* of a fault: "syntax", "truncated", "root", "entity", "encoding",
                            "limit" or "empty"; else NULL */
    const char *message; /* of a fault, for people: where and what */
    const char *place;   /* of a fault: "adf.prospect.customer", or "" */
} acrm__adf_item;

/* `offset_min`: minutes east of UTC to assume for a request date that names no zone. Reads the
 * beginning. ACRM_OK, ACRM_E_NOMEM, what `read` returned, or ACRM_E_UNSUPPORTED in a build without
 * expat. (Expat takes its own memory from the C library.) */
int32_t acrm__adf_new(const acrm_allocator *allocator, acrm__read_fn read, void *user,
                      int32_t offset_min, acrm__adf **out);
void acrm__adf_free(acrm__adf *adf);

/* The next one; *more is false at the end of the input. ACRM_OK also for faults; ACRM_E_NOMEM or
 * what `read` returned end the reading. A document without a prospect gives nothing; an input
 * without a document gives one fault. */
int32_t acrm__adf_next(acrm__adf *adf, acrm__adf_item *item, bool *more);

#endif
