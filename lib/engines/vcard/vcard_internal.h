/* SPDX-License-Identifier: MIT */
/* The pieces of the vCard reader: lines, properties, texts. */
#ifndef ACRM_ENGINES_VCARD_INTERNAL_H
#define ACRM_ENGINES_VCARD_INTERNAL_H

#include "autocrm/vcard.h"
#include "base/buf.h"
#include "base/value.h"

enum { ACRM__VCARD_TYPES_MAX = 16, ACRM__VCARD_NAME_MAX = 32 };

/* --- vcard_lines.c: content lines, unfolded --- */

typedef struct acrm__vcard_lines {
    acrm_read_fn read;
    void *user;
    acrm_allocator allocator;
    char *window; /* bytes from start to end are read and not yet used up */
    size_t start, end;
    bool ended;
    int64_t line_number; /* of the line that comes next in the window */
    acrm__str line;      /* the content line in hand */
    int64_t begins_at;   /* the number of its first line */
    size_t skipped;      /* bytes of its value that were not kept */
    bool mended;         /* a continuation lacked its blank */
    bool too_long;
    acrm__str raw;       /* of the card in hand, as far as it is kept */
} acrm__vcard_lines;

int32_t acrm__vcard_lines_init(acrm__vcard_lines *lines, acrm_read_fn read, void *user,
                               const acrm_allocator *allocator);
void acrm__vcard_lines_free(acrm__vcard_lines *lines);
/* The next content line that is not empty; *more is false at the end of the input. */
int32_t acrm__vcard_lines_next(acrm__vcard_lines *lines, bool *more);

/* --- vcard_property.c: a content line taken apart --- */

typedef struct acrm__vcard_slice {
    const char *text;
    size_t len;
} acrm__vcard_slice;

typedef struct acrm__vcard_property {
    acrm__vcard_slice group;
    char name[ACRM__VCARD_NAME_MAX]; /* upper case; "" for one that is longer, thus unknown */
    acrm__vcard_slice types[ACRM__VCARD_TYPES_MAX];
    uint32_t n_types;
    int32_t pref; /* 0: none */
    bool base64, quoted_printable, uri, omit_year;
    acrm__vcard_slice charset, label, value;
} acrm__vcard_property;

/* False when the text is no content line. Slices point into it. */
bool acrm__vcard_property_parse(const char *text, size_t len, acrm__vcard_property *out);
/* Whether a line begins as a content line does: a name, then ; or :, and a colon in it, or behind
 * its fold. */
bool acrm__vcard_is_property(const char *text, size_t len, bool folded);
/* Whether the line that begins so has a value that is not kept: a picture and the like. */
bool acrm__vcard_is_media(const char *text, size_t len);
bool acrm__vcard_same(acrm__vcard_slice a, const char *word); /* in any case */

/* --- vcard_text.c: encodings and escapes --- */

/* The value in UTF-8, base64 or quoted-printable undone, still escaped. *fault: NULL, or the reason
 * of what had to be mended. */
void acrm__vcard_decode(const acrm__vcard_property *property, acrm__str *out, const char **fault);
/* Append a text with its escapes undone. */
void acrm__vcard_unescape(const char *text, size_t len, acrm__str *out);
/* The end of the component that begins at `from`: the next mark that is not escaped, or len. */
size_t acrm__vcard_component(const char *text, size_t len, size_t from, char mark);
/* Append a text escaped for a value. */
void acrm__vcard_escape(const char *text, size_t len, acrm__str *out);
/* RFC 6868: carets in parameter values undone. */
void acrm__vcard_uncaret(const char *text, size_t len, acrm__str *out);

#endif
