/* SPDX-License-Identifier: MIT */
/* Countries and regions by the first two characters of a VIN (ISO 3780). */
#include "engines/vin/vin.h"

/*
 * Ranges run through the second character in the order A-Z (without I, O, Q), 1-9, 0. Where the
 * standard moved a range, vehicles of before still drive: older ranges stay if nobody got them.
 */
static const acrm__vin_country vin_countries[] = {
    { "AA", "AH", "ZA", "South Africa" },   { "AJ", "AK", "CI", "Ivory Coast" },
    { "AL", "AM", "LS", "Lesotho" },        { "AN", "AP", "BW", "Botswana" },
    { "AR", "AS", "NA", "Namibia" },        { "AT", "AU", "MG", "Madagascar" },
    { "AV", "AW", "MU", "Mauritius" },      { "AX", "AY", "TN", "Tunisia" },
    { "AZ", "A1", "CY", "Cyprus" },         { "A2", "A3", "ZW", "Zimbabwe" },
    { "A4", "A5", "MZ", "Mozambique" },     { "BA", "BB", "AO", "Angola" },
    { "BF", "BG", "KE", "Kenya" },          { "BL", "BL", "NG", "Nigeria" },
    { "BR", "BR", "DZ", "Algeria" },        { "B3", "B4", "LY", "Libya" },
    { "CA", "CB", "EG", "Egypt" },          { "CF", "CG", "MA", "Morocco" },
    { "CL", "CM", "ZM", "Zambia" },         { "DA", "DE", "EG", "Egypt" },
    { "DF", "DK", "MA", "Morocco" },        { "HA", "H0", "CN", "China" },
    { "JA", "J0", "JP", "Japan" },          { "KA", "KE", "LK", "Sri Lanka" },
    { "KF", "KK", "IL", "Israel" },         { "KL", "KR", "KR", "South Korea" },
    { "KS", "KT", "JO", "Jordan" },         { "LA", "L0", "CN", "China" },
    { "MA", "ME", "IN", "India" },          { "MF", "MK", "ID", "Indonesia" },
    { "ML", "MR", "TH", "Thailand" },       { "MS", "MS", "MM", "Myanmar" },
    { "MU", "MU", "MN", "Mongolia" },       { "MX", "MX", "KZ", "Kazakhstan" },
    { "MY", "M0", "IN", "India" },          { "NA", "NE", "IR", "Iran" },
    { "NF", "NG", "PK", "Pakistan" },       { "NJ", "NJ", "IQ", "Iraq" },
    { "NL", "NR", "TR", "Turkey" },         { "NS", "NT", "UZ", "Uzbekistan" },
    { "NU", "NU", "AZ", "Azerbaijan" },     { "NY", "NY", "AM", "Armenia" },
    { "N1", "N5", "IR", "Iran" },           { "PA", "PC", "PH", "Philippines" },
    { "PE", "PE", "PH", "Philippines" },    { "PF", "PG", "SG", "Singapore" },
    { "PL", "PR", "MY", "Malaysia" },       { "PS", "PT", "BD", "Bangladesh" },
    { "RA", "RB", "AE", "United Arab Emirates" }, { "RF", "RK", "TW", "Taiwan" },
    { "RL", "RN", "VN", "Vietnam" },        { "RP", "RP", "VN", "Vietnam" },
    { "RS", "RT", "SA", "Saudi Arabia" },   { "RU", "RW", "RU", "Russia" },
    { "R1", "R1", "HK", "Hong Kong" },      { "SA", "SM", "GB", "United Kingdom" },
    { "SN", "ST", "DE", "Germany" },        { "SU", "SZ", "PL", "Poland" },
    { "S1", "S2", "LV", "Latvia" },         { "S3", "S3", "GE", "Georgia" },
    { "TA", "TH", "CH", "Switzerland" },    { "TJ", "TP", "CZ", "Czech Republic" },
    { "TR", "TV", "HU", "Hungary" },        { "TW", "T2", "PT", "Portugal" },
    { "T3", "T5", "RS", "Serbia" },         { "T6", "T6", "AD", "Andorra" },
    { "T7", "T8", "NL", "Netherlands" },    { "UA", "UC", "ES", "Spain" },
    { "UH", "UM", "DK", "Denmark" },        { "UN", "UR", "IE", "Ireland" },
    { "UU", "UX", "RO", "Romania" },        { "U1", "U2", "MK", "North Macedonia" },
    { "U5", "U7", "SK", "Slovakia" },       { "U8", "U0", "BA", "Bosnia and Herzegovina" },
    { "VA", "VE", "AT", "Austria" },        { "VF", "VR", "FR", "France" },
    { "VS", "VW", "ES", "Spain" },          { "VX", "V2", "RS", "Serbia" },
    { "V3", "V5", "HR", "Croatia" },        { "V6", "V8", "EE", "Estonia" },
    { "WA", "W0", "DE", "Germany" },        { "XA", "XC", "BG", "Bulgaria" },
    { "XD", "XE", "RU", "Russia" },         { "XF", "XH", "GR", "Greece" },
    { "XJ", "XK", "RU", "Russia" },         { "XL", "XR", "NL", "Netherlands" },
    { "XS", "XW", "RU", "Russia" },         { "XX", "XY", "LU", "Luxembourg" },
    { "XZ", "X0", "RU", "Russia" },         { "YA", "YE", "BE", "Belgium" },
    { "YF", "YK", "FI", "Finland" },        { "YN", "YN", "MT", "Malta" },
    { "YS", "YW", "SE", "Sweden" },         { "YX", "Y2", "NO", "Norway" },
    { "Y3", "Y5", "BY", "Belarus" },        { "Y6", "Y8", "UA", "Ukraine" },
    { "ZA", "ZU", "IT", "Italy" },          { "ZX", "ZZ", "SI", "Slovenia" },
    { "Z1", "Z1", "SM", "San Marino" },     { "Z3", "Z5", "LT", "Lithuania" },
    { "Z6", "Z0", "RU", "Russia" },         { "1A", "10", "US", "United States" },
    { "2A", "25", "CA", "Canada" },         { "3A", "3X", "MX", "Mexico" },
    { "35", "35", "DO", "Dominican Republic" }, { "36", "36", "HN", "Honduras" },
    { "37", "37", "PA", "Panama" },         { "38", "39", "PR", "Puerto Rico" },
    { "4A", "40", "US", "United States" },  { "5A", "50", "US", "United States" },
    { "6A", "6X", "AU", "Australia" },      { "6Y", "61", "NZ", "New Zealand" },
    { "7A", "7E", "NZ", "New Zealand" },    { "7F", "70", "US", "United States" },
    { "8A", "8E", "AR", "Argentina" },      { "8F", "8G", "CL", "Chile" },
    { "8L", "8N", "EC", "Ecuador" },        { "8S", "8T", "PE", "Peru" },
    { "8X", "8Z", "VE", "Venezuela" },      { "82", "82", "BO", "Bolivia" },
    { "9A", "9E", "BR", "Brazil" },         { "9F", "9G", "CO", "Colombia" },
    { "9S", "9V", "UY", "Uruguay" },        { "92", "99", "BR", "Brazil" },
};

enum { VIN_COUNTRIES = sizeof vin_countries / sizeof vin_countries[0] };

/* Place of a second character in the order of the ranges. */
static int vin_rank(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    return c == '0' ? 'Z' - 'A' + 10 : 'Z' - 'A' + (c - '0');
}

const acrm__vin_country *acrm__vin_country_at(size_t n)
{
    return n < VIN_COUNTRIES ? &vin_countries[n] : NULL;
}

const acrm__vin_country *acrm__vin_country_of(char first, char second)
{
    for (size_t i = 0; i < VIN_COUNTRIES; i++) {
        const acrm__vin_country *row = &vin_countries[i];

        if (row->first[0] != first)
            continue;
        /* One character alone names a country if its range starts the letter and goes far. */
        if (second == '\0')
            return vin_rank(row->last[1]) > vin_rank('Z') ? row : NULL;
        if (vin_rank(second) >= vin_rank(row->first[1]) &&
            vin_rank(second) <= vin_rank(row->last[1]))
            return row;
    }
    return NULL;
}

const char *acrm__vin_region_of(char first, char second)
{
    if (first >= 'A' && first <= 'G')
        return "Africa";
    if (first >= 'H' && first <= 'R')
        return "Asia";
    if (first >= 'S' && first <= 'Z')
        return "Europe";
    if (first == '6' || (first == '7' && second >= 'A' && second <= 'E'))
        return "Oceania";
    if (first == '8' || first == '9')
        return "South America";
    return first >= '1' && first <= '7' ? "North America" : "";
}
