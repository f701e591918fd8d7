/* SPDX-License-Identifier: MIT */
/* Guessing the encoding of text, and turning it into UTF-8 as it streams by. */
#ifndef ACRM_MODULES_INTEGRATION_ENCODING_H
#define ACRM_MODULES_INTEGRATION_ENCODING_H

#include "base/alloc.h"
#include "modules/integration/input.h"

enum {
    ACRM__ENCODING_NONE = 0, /* to be guessed */
    ACRM__ENCODING_UTF8 = 1,
    ACRM__ENCODING_UTF16LE = 2,
    ACRM__ENCODING_UTF16BE = 3,
    ACRM__ENCODING_1251 = 4, /* Windows, Cyrillic */
    ACRM__ENCODING_1252 = 5, /* Windows, Western Europe; read for ISO 8859-1 too */
    ACRM__ENCODING_1256 = 6, /* Windows, Arabic and Persian */

    ACRM__ENCODING_SAMPLE = 65536 /* bytes that a guess is made from */
};

/* By its usual names, in any case; ACRM__ENCODING_NONE for one not known. */
int32_t acrm__encoding_by_name(const char *name, size_t len);
const char *acrm__encoding_name(int32_t encoding); /* NULL for NONE */

/*
 * The encoding that the beginning of a text is most likely in: by its byte order mark; else UTF-16
 * by its zero bytes; else UTF-8 when it is well-formed; else the Windows code page in which its
 * letters best agree with their neighbours (Western European when nothing speaks for another).
 */
int32_t acrm__encoding_detect(const void *sample, size_t len);

/*
 * Reads from `read`, gives UTF-8. Malformed input becomes U+FFFD and is counted, or ends a strict
 * decoder with ACRM_E_INVALID. A byte order mark is taken off; U+0000 goes through.
 */
typedef struct acrm__decoder {
    acrm_allocator allocator;
    acrm__read_fn read;
    void *user;
    unsigned char *data; /* ACRM__ENCODING_SAMPLE bytes, of which start to end are to be decoded */
    size_t start;
    size_t end;
    bool ended;
    bool strict;
    int32_t encoding;      /* as given or guessed */
    uint64_t offset;       /* of data[start] in the input */
    uint64_t faults;       /* malformed places so far */
    uint64_t fault_offset; /* of the first of them */
} acrm__decoder;

/* Reads the beginning. ACRM_OK, ACRM_E_NOMEM or what `read` returned; then nothing is kept. */
int32_t acrm__decoder_init(acrm__decoder *d, const acrm_allocator *allocator, acrm__read_fn read,
                           void *user, int32_t encoding, bool strict);
void acrm__decoder_free(acrm__decoder *d);
/* An acrm__read_fn; cap is at least 4. */
int64_t acrm__decoder_read(void *decoder, void *buf, size_t cap);

#endif
