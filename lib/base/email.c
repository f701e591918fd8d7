/* SPDX-License-Identifier: MIT */
/* Folds e-mail addresses for matching. */
#include "base/digits.h"
#include "base/text.h"

#include <string.h>

enum { /* RFC 5321, section 4.5.3.1 */
    EMAIL_LOCAL_MAX = 64,
    EMAIL_DOMAIN_MAX = 255,
    EMAIL_LABEL_MAX = 63,
    EMAIL_MAX = 254
};

/* What people paste along with an address and nobody sees: bidi marks, zero-width characters. */
static bool email_is_invisible(uint32_t cp)
{
    return (cp >= 0x200B && cp <= 0x200F) || (cp >= 0x202A && cp <= 0x202E)
           || (cp >= 0x2060 && cp <= 0x2069) || cp == 0xFEFF || cp == 0xAD;
}

static bool email_is_space(uint32_t cp)
{
    return cp == ' ' || (cp >= '\t' && cp <= '\r') || cp == 0xA0 || (cp >= 0x2000 && cp <= 0x200A)
           || cp == 0x202F || cp == 0x3000;
}

/* Append the address in lower case, narrow, without what is invisible; other text stays as it is.
 * False on a space or a control character inside, or on broken UTF-8. */
static bool email_clean(const char *text, size_t len, acrm__str *out)
{
    bool space = false;
    size_t begin = out->len;

    for (size_t at = 0; at < len;) {
        uint32_t cp = 0;
        size_t taken = acrm__utf8_next(text + at, len - at, &cp);
        int digit = acrm__digit_value(cp);
        const char *from = text + at;

        at += taken;
        if (email_is_invisible(cp))
            continue;
        if (email_is_space(cp)) {
            space = out->len > begin;
            continue;
        }
        if (space || cp < 0x20 || cp == 0x7F || cp == ACRM__UTF8_BAD)
            return false;
        if (cp >= 0xFF01 && cp <= 0xFF5E)
            cp = cp - 0xFF01 + '!';
        if (cp >= 'A' && cp <= 'Z')
            cp = cp - 'A' + 'a';
        if (digit >= 0)
            cp = '0' + (uint32_t)digit;
        if (cp < 0x80)
            acrm__str_putc(out, (char)cp);
        else
            acrm__str_add(out, from, taken);
    }
    return true;
}

/* Labels of letters, digits and hyphens, or any other script; no empty one, no hyphen at an end. */
static bool email_domain_ok(const char *domain, size_t len)
{
    size_t begin = 0;

    if (len == 0 || len > EMAIL_DOMAIN_MAX)
        return false;
    for (size_t i = 0; i <= len; i++) {
        unsigned char c = i < len ? (unsigned char)domain[i] : '.';

        if (c == '.') {
            if (i == begin || i - begin > EMAIL_LABEL_MAX || domain[begin] == '-'
                || domain[i - 1] == '-')
                return false;
            begin = i + 1;
        } else if (c < 0x80 && c != '-' && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9')) {
            return false;
        }
    }
    return true;
}

/* Dot-separated atoms, or one quoted string. */
static bool email_local_ok(const char *local, size_t len)
{
    if (len == 0 || len > EMAIL_LOCAL_MAX)
        return false;
    if (local[0] == '"') {
        size_t i = 1;

        while (i < len && local[i] != '"')
            i += local[i] == '\\' ? 2 : 1;
        return len > 2 && i == len - 1;
    }
    for (size_t i = 0; i < len; i++) {
        if (local[i] == '.' && (i == 0 || i == len - 1 || local[i - 1] == '.'))
            return false;
        if (strchr("\"(),:;<>@[\\]", local[i]))
            return false;
    }
    return true;
}

bool acrm__email_normalise(const char *text, size_t len, acrm__str *out)
{
    size_t begin = out->len;
    size_t size = 0;
    size_t at = 0;
    const char *address = NULL;

    if (!email_clean(text, len, out))
        goto bad;
    address = out->data + begin;
    size = out->len - begin;
    for (at = size; at > 0 && address[at - 1] != '@'; at--)
        continue;
    if (at == 0 || size > EMAIL_MAX || !email_local_ok(address, at - 1)
        || !email_domain_ok(address + at, size - at))
        goto bad;
    return true;
bad:
    acrm__str_cut(out, begin);
    return false;
}
