/* SPDX-License-Identifier: MIT */
/* Links in the text of a message: found, counted, and replaced. */
#ifndef ACRM_ENGINES_LINK_LINK_H
#define ACRM_ENGINES_LINK_LINK_H

#include "base/buf.h"

/* What stands in a template's text for the address by which its reader is taken off; a name of the
 * top level "invalid" leads nowhere for certain (RFC 2606). */
#define ACRM__LINK_UNSUBSCRIBE "https://unsubscribe.invalid/"

enum { ACRM__LINKS_MAX = 1000, ACRM__LINK_URL_MAX = 4096 };

/* A place in the text. */
typedef struct acrm__link {
    size_t at, len;
} acrm__link;

/* The next web address from *pos on, which is moved behind it: in HTML what an <a> leads to, in
 * plain text what reads like one. Not the one that stands for unsubscribing. */
bool acrm__link_next(const char *text, size_t len, bool html, size_t *pos, acrm__link *out);
/* The n-th one, from 0, as an address (in HTML its entities resolved). False: there is none. */
bool acrm__link_at(const char *text, bool html, uint32_t n, acrm__str *out);

/* Give the address for the n-th link, or NULL to leave it. */
typedef const char *(*acrm__link_fn)(void *user, uint32_t n);
/* The text with its links replaced (`fn` NULL: none), what stands for unsubscribing replaced by
 * `unsubscribe` (NULL: left), and a pixel of this address at the end of HTML (NULL: none). */
void acrm__link_rewrite(const char *text, bool html, acrm__link_fn fn, void *user,
                        const char *unsubscribe, const char *pixel, acrm__str *out);

#endif
