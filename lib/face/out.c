/* SPDX-License-Identifier: MIT */
/* JSON written straight to text. */
#include "face/out.h"

#include "base/json.h"

#include <string.h>

static void out_key(acrm__str *out, const char *key)
{
    char last = out->len ? out->data[out->len - 1] : '[';

    if (last != '{' && last != '[')
        acrm__str_putc(out, ',');
    if (key) {
        acrm__json_write_text(out, key, strlen(key));
        acrm__str_putc(out, ':');
    }
}

void acrm__out_open(acrm__str *out, const char *key, char bracket)
{
    out_key(out, key);
    acrm__str_putc(out, bracket);
}

void acrm__out_close(acrm__str *out, char bracket)
{
    acrm__str_putc(out, bracket);
}

void acrm__out_text(acrm__str *out, const char *key, const char *text)
{
    if (!text)
        return;
    out_key(out, key);
    acrm__json_write_text(out, text, strlen(text));
}

void acrm__out_int(acrm__str *out, const char *key, int64_t n)
{
    out_key(out, key);
    acrm__str_int(out, n);
}

void acrm__out_bool(acrm__str *out, const char *key, bool truth)
{
    out_key(out, key);
    acrm__str_puts(out, truth ? "true" : "false");
}

void acrm__out_null(acrm__str *out, const char *key)
{
    out_key(out, key);
    acrm__str_puts(out, "null");
}

void acrm__out_value(acrm__str *out, const char *key, const acrm_value *value)
{
    out_key(out, key);
    acrm__json_write(out, value, 0);
}
