/* SPDX-License-Identifier: MIT */
/* A compiled template, and what its files share. */
#ifndef ENGINES_TEMPLATE_INTERNAL_H
#define ENGINES_TEMPLATE_INTERNAL_H

#include "autocrm/template.h"
#include "base/alloc.h"
#include "base/buf.h"

enum { TEMPLATE_TEXT = 0 }; /* beside ACRM_TAG_... */

/* How a variable is written: positions in the table of formats. */
enum {
    ACRM__FORMAT_PLAIN = 0,
    ACRM__FORMAT_NUMBER,
    ACRM__FORMAT_MONEY,
    ACRM__FORMAT_DATE,
    ACRM__FORMAT_DATE_LONG,
    ACRM__FORMAT_TIME,
    ACRM__FORMAT_DATETIME,
    ACRM__FORMAT_COUNT
};

typedef struct acrm__template_node {
    int32_t kind;   /* TEMPLATE_TEXT or ACRM_TAG_... */
    int32_t format; /* of a variable */
    const char *text; /* of a text; the name of a tag, NUL-terminated */
    uint32_t len;
    uint32_t end;   /* of a section: index behind its last node */
    int32_t line;
    bool raw;           /* a variable that is not escaped */
    const char *indent; /* of a partial alone on its line */
    uint32_t indent_len;
} acrm__template_node;

struct acrm_template {
    acrm__arena arena; /* in which all of it lies, this struct included */
    acrm__template_node *nodes;
    uint32_t n;
};

/* The format of a name, or -1. */
int32_t acrm__template_format_of(const char *name, size_t len);

/* Write a value in a format. `beside` finds the value next to it under another name, NULL: none
 * (the currency of an amount). ACRM_E_INVALID when the value is not of the format's kind. */
int32_t acrm__template_format(int32_t format, const acrm_value *value, const acrm_value *currency,
                              const acrm_template_options *options, acrm__str *out);

#endif
