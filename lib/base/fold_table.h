/* SPDX-License-Identifier: MIT */
/* How each code point below U+32400 folds, as a table of pages. */
#ifndef ACRM_BASE_FOLD_TABLE_H
#define ACRM_BASE_FOLD_TABLE_H

#include <stddef.h>
#include <stdint.h>

enum {
    ACRM__FOLD_PAGE = 64,
    ACRM__FOLD_END = 0x32400,
    /* Entries of a page; any other is the place + ACRM__FOLD_TEXT of a length and so many bytes. */
    ACRM__FOLD_KEEP = 0,
    ACRM__FOLD_DROP = 1,
    ACRM__FOLD_SPACE = 2,
    ACRM__FOLD_TEXT = 3
};

extern const uint16_t acrm__fold_index[]; /* code point / ACRM__FOLD_PAGE -> page */
extern const uint16_t acrm__fold_pages[][ACRM__FOLD_PAGE];
extern const unsigned char acrm__fold_pool[];

#endif
