/* SPDX-License-Identifier: MIT */
/* Names of files: refused when some file system would take them for something else. */
#include "base/text.h"
#include "modules/filing/filing.h"

#include <string.h>

enum { NAME_MAX_BYTES = 255 };

static char name_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool name_is(const char *name, size_t len, const char *word)
{
    for (size_t i = 0; i < len; i++)
        if (word[i] == '\0' || name_lower(name[i]) != word[i])
            return false;
    return word[len] == '\0';
}

/* Devices of old, whatever comes behind their dot: CON, com1.txt. */
static bool name_reserved(const char *name, size_t len)
{
    static const char *const devices[] = { "con", "prn", "aux", "nul", "com", "lpt" };
    const char *dot = memchr(name, '.', len);
    size_t stem = dot ? (size_t)(dot - name) : len;

    while (stem > 0 && name[stem - 1] == ' ')
        stem--;
    for (size_t i = 0; i < sizeof devices / sizeof devices[0]; i++)
        if (i < 4 ? name_is(name, stem, devices[i])
                  : stem == 4 && name_is(name, 3, devices[i]) && name[3] >= '0' && name[3] <= '9')
            return true;
    return (len == 1 && name[0] == '.') || (len == 2 && name[0] == '.' && name[1] == '.');
}

/* Control characters of both sets, and those that turn the direction of what is shown around:
 * with one of them a program can be made to look like a picture. */
static bool name_control(const unsigned char *name, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (name[i] < 0x20 || name[i] == 0x7f)
            return true;
        if (name[i] == 0xc2 && i + 1 < len && name[i + 1] < 0xa0)
            return true;
        if (name[i] != 0xe2 || i + 2 >= len)
            continue;
        unsigned char second = name[i + 1], third = name[i + 2];
        bool embeds = second == 0x80 && third >= 0xa8 && third <= 0xae; /* U+2028 to U+202E */
        bool isolates = second == 0x81 && third >= 0xa6 && third <= 0xa9; /* U+2066 to U+2069 */
        if (embeds || isolates)
            return true;
    }
    return false;
}

const char *acrm__filing_name_fault(const char *name, size_t len, const char **what)
{
    *what = "a file needs a name";
    if (len == 0)
        return "required";
    *what = "the name may have at most 255 bytes";
    if (len > NAME_MAX_BYTES)
        return "too_long";
    *what = "the name must be UTF-8 without control characters";
    if (!acrm__utf8_valid(name, len) || name_control((const unsigned char *)name, len))
        return "control";
    *what = "the name must be that of a file alone, without a path";
    if (memchr(name, '/', len) || memchr(name, '\\', len) ||
        (len > 1 && name[1] == ':' && ((name_lower(name[0]) >= 'a' && name_lower(name[0]) <= 'z'))))
        return "path";
    *what = "this name means something else to some system";
    if (name_reserved(name, len))
        return "reserved";
    *what = "the name may not have any of < > : \" | ? *, nor begin with a space or end with a "
            "space or dot";
    bool barred = name[0] == ' ' || name[len - 1] == ' ' || name[len - 1] == '.';
    for (const char *c = "<>:\"|?*"; *c; c++)
        barred = barred || memchr(name, *c, len);
    if (barred)
        return "format";
    return NULL;
}
