/* SPDX-License-Identifier: MIT */
/* Address blocks: the lines as people wrote them, the name where the country has it. */
#include "letter.h"

#include <string.h>
#include <strings.h>

/* Names for letters that cross a border, as the Universal Postal Union wants them: in capitals, in
 * a language known where the letter is posted. */
static const struct address_country {
    const char *code, *name;
    bool name_last; /* in its own script the address goes from the largest to the person */
} address_countries[] = {
    { "AE", "UNITED ARAB EMIRATES", false }, { "AT", "AUSTRIA", false },
    { "AU", "AUSTRALIA", false },            { "BE", "BELGIUM", false },
    { "BR", "BRAZIL", false },               { "CA", "CANADA", false },
    { "CH", "SWITZERLAND", false },          { "CN", "CHINA", true },
    { "CZ", "CZECHIA", false },              { "DE", "GERMANY", false },
    { "DK", "DENMARK", false },              { "ES", "SPAIN", false },
    { "FI", "FINLAND", false },              { "FR", "FRANCE", false },
    { "GB", "UNITED KINGDOM", false },       { "GR", "GREECE", false },
    { "HU", "HUNGARY", false },              { "IE", "IRELAND", false },
    { "IN", "INDIA", false },                { "IQ", "IRAQ", false },
    { "IR", "IRAN", false },                 { "IT", "ITALY", false },
    { "JP", "JAPAN", true },                 { "KR", "REPUBLIC OF KOREA", true },
    { "LU", "LUXEMBOURG", false },           { "NL", "NETHERLANDS", false },
    { "NO", "NORWAY", false },               { "PL", "POLAND", false },
    { "PT", "PORTUGAL", false },             { "RO", "ROMANIA", false },
    { "RU", "RUSSIAN FEDERATION", false },   { "SA", "SAUDI ARABIA", false },
    { "SE", "SWEDEN", false },               { "SI", "SLOVENIA", false },
    { "TR", "TURKIYE", false },              { "TW", "TAIWAN", true },
    { "UA", "UKRAINE", false },              { "US", "UNITED STATES OF AMERICA", false },
};

static const struct address_country *address_country(const char *code)
{
    for (size_t i = 0; code && i < sizeof address_countries / sizeof address_countries[0]; i++)
        if (strcasecmp(address_countries[i].code, code) == 0)
            return &address_countries[i];
    return NULL;
}

static bool address_own_script(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text >= 0xe0) /* beyond Latin, Greek and Cyrillic */
            return true;
    return false;
}

/* Lines, without spaces around them and without empty ones. */
static void address_lines(example_text *out, const char *to)
{
    const char *ends = strpbrk(to, "\r\n") ? "\r\n" : ",";

    while (*to) {
        to += strspn(to, " \t\r\n,");
        size_t len = strcspn(to, ends), next = len;
        while (len > 0 && (to[len - 1] == ' ' || to[len - 1] == '\t'))
            len--;
        if (len > 0) {
            example_add(out, to, len);
            example_put(out, "\n");
        }
        to += next;
    }
}

void example_address_block(example_text *out, const char *name, const char *to,
                           const char *country, const char *from_country)
{
    const struct address_country *known = address_country(country);
    bool last = known && known->name_last && address_own_script(to);

    if (name && !last)
        example_putf(out, "%s\n", name);
    address_lines(out, to);
    if (name && last)
        example_putf(out, "%s\n", name);
    if (country && from_country && strcasecmp(country, from_country) != 0)
        example_putf(out, "%s\n", known ? known->name : country);
}
