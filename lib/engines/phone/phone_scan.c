/* SPDX-License-Identifier: MIT */
/* Takes a typed telephone number apart: digits, plus sign, extension. */
#include "base/digits.h"
#include "engines/phone/phone.h"

#include <string.h>

enum {
    PHONE_LABEL_MAX = 40,           /* bytes of words allowed before the number */
    PHONE_PAUSE_EXTENSION_MAX = 7,  /* more digits after a comma are a second number */
};

enum { /* What a code point is to the scanner. */
    PHONE_CP_OTHER,
    PHONE_CP_DIGIT,
    PHONE_CP_SKIP,
    PHONE_CP_PLUS,
};

/*
 * Words that announce an extension, in lower case and for scripts that have cases in the forms
 * people write; longer ones before their own beginnings.
 */
static const char *const phone_extension_words[] = {
    ";ext=", "extensión", "extension", "extn", "ext", "x", "×", "ｘ", "#", ",",
    "interno", "int", "poste", "durchwahl", "dw", "anexo", "ramal", "dahili", "toestel", "wew",
    "linka", "anknytning", "добавочный", "Добавочный", "доб", "Доб", "ДОБ", "внутр", "вн", "Вн",
    "داخلی", "داخلي", "تحويلة", "分机", "分機", "转", "轉", "内线", "內線", "内線",
};

/* What an ASCII character is between digits. */
static int phone_ascii_class(uint32_t c)
{
    switch (c) {
    case '0': case '1': case '2': case '3': case '4':
    case '5': case '6': case '7': case '8': case '9':
        return PHONE_CP_DIGIT;
    case '+':
        return PHONE_CP_PLUS;
    case ' ': case '\t': case '\r': case '\n': case '-': case '.': case '/': case '(': case ')':
    case '[': case ']': case '~': case '_': case '\'':
        return PHONE_CP_SKIP;
    default:
        return PHONE_CP_OTHER;
    }
}

/* What a code point is between digits. */
static int phone_class(uint32_t cp)
{
    if (cp < 0x80)
        return phone_ascii_class(cp);
    if (acrm__digit_value(cp) >= 0)
        return PHONE_CP_DIGIT;
    if (cp == 0xFF0B)
        return PHONE_CP_PLUS;
    return acrm__digit_separator(cp) ? PHONE_CP_SKIP : PHONE_CP_OTHER;
}

static void phone_fail(acrm__phone_scan *scan, const char *reason, size_t at)
{
    scan->reason = reason;
    scan->reason_at = at;
}

/* One code point of the text at `at`: its bytes, with its class; 0 at the end or on bad UTF-8. */
static size_t phone_step(const char *text, size_t len, size_t at, uint32_t *cp, int *class,
                         acrm__phone_scan *scan)
{
    size_t taken;

    if (at < len && (unsigned char)text[at] < 0x80) { /* nearly always */
        *cp = (unsigned char)text[at];
        *class = phone_ascii_class(*cp);
        return 1;
    }
    taken = acrm__utf8_next(text + at, len - at, cp);
    if (taken == 0)
        return 0;
    if (*cp == ACRM__UTF8_BAD) {
        phone_fail(scan, "malformed_utf8", at);
        return 0;
    }
    *class = phone_class(*cp);
    return taken;
}

/* Skips words such as "tel:" before the number. Returns where the number may start. */
static size_t phone_skip_label(const char *text, size_t len, acrm__phone_scan *scan)
{
    size_t at = 0, taken, label = 0;
    uint32_t cp;
    int class;

    while ((taken = phone_step(text, len, at, &cp, &class, scan)) > 0) {
        if (class == PHONE_CP_DIGIT || class == PHONE_CP_PLUS)
            break;
        if (class == PHONE_CP_OTHER)
            label += taken;
        if (cp == '\0' || label > PHONE_LABEL_MAX) {
            phone_fail(scan, "unexpected_text", at);
            break;
        }
        at += taken;
    }
    return at;
}

static void phone_take_digit(const char *text, size_t len, size_t at, uint32_t cp,
                             acrm__phone_scan *scan)
{
    if (scan->n == ACRM__PHONE_DIGITS_MAX) {
        phone_fail(scan, "too_many_digits", at);
        return;
    }
    if (cp == '0' && at > 0 && at + 1 < len && text[at - 1] == '(' && text[at + 1] == ')')
        scan->paren_zero = scan->n;
    scan->digits[scan->n++] = (char)('0' + acrm__digit_value(cp));
}

/* The number itself, up to the first code point that cannot belong to it. */
static size_t phone_digits(const char *text, size_t len, size_t at, acrm__phone_scan *scan)
{
    bool plus_behind = false; /* right-to-left displays lead people to type the plus last */
    size_t taken;
    uint32_t cp;
    int class;

    while ((taken = phone_step(text, len, at, &cp, &class, scan)) > 0) {
        if (class == PHONE_CP_OTHER)
            break;
        if (class != PHONE_CP_SKIP && plus_behind)
            phone_fail(scan, "several_numbers", at);
        else if (class == PHONE_CP_DIGIT)
            phone_take_digit(text, len, at, cp, scan);
        else if (class == PHONE_CP_PLUS && scan->plus)
            phone_fail(scan, scan->n > 0 ? "several_numbers" : "unexpected_text", at);
        else if (class == PHONE_CP_PLUS && scan->n > 0)
            plus_behind = true;
        else if (class == PHONE_CP_PLUS)
            scan->plus = true;
        if (scan->reason)
            break;
        at += taken;
    }
    if (plus_behind && scan->digits[0] != '0')
        scan->plus = true;
    return at;
}

/* The bytes of the extension word at the start of the text, or 0. ASCII letters in any case. */
static size_t phone_extension_word(const char *text, size_t len)
{
    for (size_t i = 0; i < sizeof phone_extension_words / sizeof phone_extension_words[0]; i++) {
        const char *word = phone_extension_words[i];
        size_t n = 0;

        while (word[n] && n < len) {
            char c = text[n];

            if (c >= 'A' && c <= 'Z')
                c = (char)(c - 'A' + 'a');
            if (c != word[n])
                break;
            n++;
        }
        if (word[n] == '\0')
            return n;
    }
    return 0;
}

/* RFC 3966 ";phone-context=+98": the digits to put before a local number. Returns its bytes. */
static size_t phone_context(const char *text, size_t len, acrm__phone_scan *scan)
{
    static const char phone_context_word[] = ";phone-context=+";
    size_t at = sizeof phone_context_word - 1, from = at;

    if (len < at || memcmp(text, phone_context_word, at) != 0 || scan->plus)
        return 0;
    while (at < len && text[at] >= '0' && text[at] <= '9')
        at++;
    if (at == from || at - from + scan->n > ACRM__PHONE_DIGITS_MAX)
        return 0;
    memmove(scan->digits + (at - from), scan->digits, scan->n);
    memcpy(scan->digits, text + from, at - from);
    scan->n += at - from;
    scan->plus = true;
    return at;
}

/* The extension, if the rest of the text is one. */
static void phone_extension(const char *text, size_t len, size_t at, acrm__phone_scan *scan)
{
    size_t word = phone_extension_word(text + at, len - at), start = at, taken, n = 0;
    bool pause = word > 0 && text[at] == ',';
    uint32_t cp;
    int class;

    if (word == 0) {
        phone_fail(scan, "unexpected_text", at);
        return;
    }
    at += word;
    while ((taken = phone_step(text, len, at, &cp, &class, scan)) > 0) {
        bool filler = class == PHONE_CP_SKIP ||
                      (n == 0 && (cp == ':' || cp == '=' || cp == '#' || cp == ','));

        if (class == PHONE_CP_DIGIT && n < ACRM__PHONE_EXTENSION_MAX)
            scan->extension[n++] = (char)('0' + acrm__digit_value(cp));
        else if (!filler) {
            phone_fail(scan, "unexpected_text", at);
            return;
        }
        at += taken;
    }
    scan->extension[n] = '\0';
    if (n == 0 && !scan->reason)
        phone_fail(scan, "unexpected_text", start);
    if (pause && n > PHONE_PAUSE_EXTENSION_MAX)
        phone_fail(scan, "several_numbers", start);
}

void acrm__phone_scan_text(const char *text, size_t len, acrm__phone_scan *out)
{
    size_t at;

    *out = (acrm__phone_scan){ .paren_zero = SIZE_MAX };
    if (len > ACRM_PHONE_TEXT_MAX) {
        phone_fail(out, "text_too_long", ACRM_PHONE_TEXT_MAX);
        return;
    }
    at = phone_skip_label(text, len, out);
    if (!out->reason)
        at = phone_digits(text, len, at, out);
    if (!out->reason && out->n > 0)
        at += phone_context(text + at, len - at, out);
    if (!out->reason && at < len)
        phone_extension(text, len, at, out);
    if (!out->reason && out->n == 0)
        phone_fail(out, "no_digits", at);
    out->digits[out->n] = '\0';
}
