/* SPDX-License-Identifier: MIT */
/* What the files of the ADF reader share: the state between calls. */
#ifndef ACRM_MODULES_INTEGRATION_ADF_INTERNAL_H
#define ACRM_MODULES_INTEGRATION_ADF_INTERNAL_H

#include "base/buf.h"
#include "modules/integration/adf.h"

enum { ACRM__ADF_MESSAGE = 256, ACRM__ADF_PLACE = 320 };

typedef struct acrm__adf_element acrm__adf_element;

typedef struct acrm__adf_frame {
    const acrm__adf_element *element; /* NULL: unknown, with all that is in it */
    acrm_value *value;                /* the map of a container or an item */
} acrm__adf_frame;

/* The prospect being put together. */
typedef struct acrm__adf_build {
    acrm__arena arena;
    acrm_value *prospect; /* NULL: outside of one */
    acrm__adf_frame frames[ACRM__ADF_DEPTH_MAX];
    uint32_t depth;
    acrm__str text; /* of the leaf now open */
    int32_t offset_min;
    uint32_t elements; /* of the prospect so far */
    bool ready;     /* the prospect has ended */
    bool closed;    /* the root has ended */
    bool nomem;
    bool fatal;     /* the fault is one of the document, not of the prospect alone */
    const char *reason; /* of a fault; NULL: none */
    char message[ACRM__ADF_MESSAGE];
    char place[ACRM__ADF_PLACE];
} acrm__adf_build;

/* Elements by name in any case; attributes as name, value, name, value ... NULL. */
void acrm__adf_start(acrm__adf_build *b, const char *name, const char **attributes);
void acrm__adf_end(acrm__adf_build *b);
void acrm__adf_text(acrm__adf_build *b, const char *text, size_t len);
/* Forget the prospect and its fault. */
void acrm__adf_reset(acrm__adf_build *b);
/* Note a fault at the element now open, unless there is one already; a fatal one counts in any
 * case. */
void acrm__adf_fault(acrm__adf_build *b, bool fatal, const char *reason, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/*
 * Dates as leads write them: ISO 8601 with a blank for the T, without seconds, with a zone of any
 * spelling ("-08:0", "+0330", "-5") or none, with slashes for the dashes. *us is set when there is
 * a time of day; *zoned tells whether a zone was named (else offset_min counts).
 */
typedef enum acrm__adf_date_kind {
    ACRM__ADF_DATE_NONE, /* not understood */
    ACRM__ADF_DATE_DAY,
    ACRM__ADF_DATE_INSTANT
} acrm__adf_date_kind;

acrm__adf_date_kind acrm__adf_date(const char *text, size_t len, int32_t offset_min, int32_t *day,
                                   int64_t *us, bool *zoned);

#endif
