/* SPDX-License-Identifier: MIT */
/* Fuzzes templates: the input is a template, a zero byte and the JSON it is rendered with. */
#include "autocrm/template.h"
#include "bytes.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int32_t fuzz_partial(void *user, const char *name, const acrm_template **out)
{
    *out = name[0] == 'p' ? user : NULL; /* itself: it must end all the same */
    return ACRM_OK;
}

static int32_t fuzz_tag(void *user, int32_t kind, const char *name, const char *within,
                        int32_t line)
{
    (void)user;
    (void)within;
    fuzz_check(kind >= ACRM_TAG_VARIABLE && kind <= ACRM_TAG_PARTIAL && name[0] && line > 0);
    return ACRM_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *zero = size > 0 ? memchr(data, 0, size) : NULL;
    size_t len = zero ? (size_t)(zero - data) : size;
    acrm_template_options options = { .struct_size = sizeof options, .partial = fuzz_partial,
                                      .language = "fa", .native_digits = 1, .bytes_max = 65536,
                                      .escape = (int32_t)(size % 3) };
    acrm_template *made = NULL;
    acrm_value *context = NULL;
    acrm_buf *out = NULL;

    if (acrm_template_new(NULL, (const char *)data, len, &made, NULL) != ACRM_OK)
        return 0;
    fuzz_check(acrm_template_tags(made, fuzz_tag, NULL) == ACRM_OK);
    options.user = made;
    if (zero && acrm_value_parse(NULL, (const char *)zero + 1, size - len - 1, &context, NULL) ==
                    ACRM_OK) {
        if (acrm_template_render(made, context, &options, &out, NULL) == ACRM_OK)
            fuzz_check(acrm_buf_len(out) <= 65536 + size * 8);
        acrm_buf_free(out);
        acrm_value_free(context);
    }
    acrm_template_free(made);
    return 0;
}
