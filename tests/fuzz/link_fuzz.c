/* SPDX-License-Identifier: MIT */
/* Fuzzes links in messages: the first byte says HTML or text, the rest is the text. */
#include "bytes.h"
#include "engines/link/link.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *fuzz_same(void *user, uint32_t n)
{
    (void)user;
    (void)n;
    return NULL;
}

static const char *fuzz_other(void *user, uint32_t n)
{
    (void)n;
    ++*(uint32_t *)user;
    return "https://c.example/x";
}

/* Links do not overlap and lie in the text; replaced, there are as many, all of them ours. */
static void fuzz_links(const char *text, size_t len, bool html, const acrm_allocator *allocator)
{
    size_t pos = 0, before = 0;
    uint32_t n = 0, replaced = 0;
    acrm__link link;
    acrm__str out, one;

    while (acrm__link_next(text, len, html, &pos, &link)) {
        fuzz_check(link.at >= before && link.at + link.len <= len && pos <= len && pos >= before);
        before = link.at + link.len;
        n++;
    }
    acrm__str_init(&out, allocator);
    acrm__link_rewrite(text, html, fuzz_same, NULL, NULL, NULL, &out);
    fuzz_check(out.len == len && memcmp(out.data, text, len) == 0);
    acrm__str_clear(&out);
    acrm__link_rewrite(text, html, fuzz_other, &replaced, "https://u.example/", "https://o.example",
                       &out);
    fuzz_check(replaced <= n);
    acrm__str_init(&one, allocator);
    if (replaced > 0 && replaced == n)
        fuzz_check(acrm__link_at(out.data, html, 0, &one) &&
                   strncmp(one.data, "https://", 8) == 0);
    acrm__str_free(&one);
    acrm__str_free(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const acrm_allocator allocator = acrm__allocator(NULL);
    char text[4096];

    if (size < 1 || size > sizeof text)
        return 0;
    memcpy(text, data + 1, size - 1);
    text[size - 1] = '\0';
    fuzz_links(text, strlen(text), data[0] % 2 == 1, &allocator);
    return 0;
}
