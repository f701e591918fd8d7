/* SPDX-License-Identifier: MIT */
/* China: resident identity number and unified social credit code. */
#include "engines/identity/identity.h"

#include "base/civil.h"

#include <string.h>

enum { IDENTITY_CN_LENGTH = 18, IDENTITY_CN_PLACE = 6 };

/* GB/T 2260: first two digits of an administrative division. */
static const struct {
    char code[3];
    const char *name;
} identity_provinces[] = {
    { "11", "Beijing" },      { "12", "Tianjin" },        { "13", "Hebei" },
    { "14", "Shanxi" },       { "15", "Inner Mongolia" }, { "21", "Liaoning" },
    { "22", "Jilin" },        { "23", "Heilongjiang" },   { "31", "Shanghai" },
    { "32", "Jiangsu" },      { "33", "Zhejiang" },       { "34", "Anhui" },
    { "35", "Fujian" },       { "36", "Jiangxi" },        { "37", "Shandong" },
    { "41", "Henan" },        { "42", "Hubei" },          { "43", "Hunan" },
    { "44", "Guangdong" },    { "45", "Guangxi" },        { "46", "Hainan" },
    { "50", "Chongqing" },    { "51", "Sichuan" },        { "52", "Guizhou" },
    { "53", "Yunnan" },       { "54", "Tibet" },          { "61", "Shaanxi" },
    { "62", "Gansu" },        { "63", "Qinghai" },        { "64", "Ningxia" },
    { "65", "Xinjiang" },     { "71", "Taiwan" },         { "81", "Hong Kong" },
    { "82", "Macao" },        { "83", "Taiwan" },         { "91", "abroad" },
};

static const char *identity_province(const char *code)
{
    for (size_t i = 0; i < sizeof identity_provinces / sizeof identity_provinces[0]; i++)
        if (memcmp(identity_provinces[i].code, code, 2) == 0)
            return identity_provinces[i].name;
    return NULL;
}

void acrm__identity_cn_resident(acrm_identity *id, size_t n)
{
    static const signed char identity_weights[] = { 7, 9, 10, 5, 8, 4, 2, 1, 6,
                                                    3, 7, 9,  10, 5, 8, 4, 2 };
    const char *code = id->normalized, *province;

    if (!acrm__identity_length(id, n, IDENTITY_CN_LENGTH) ||
        !acrm__identity_digits(id, 0, IDENTITY_CN_LENGTH - 1))
        return;
    if (code[17] != 'X' && !acrm__identity_digits(id, 17, 18))
        return;
    memcpy(id->country, "CN", 3);
    id->entity = ACRM_ID_PERSON;
    province = identity_province(code);
    acrm__identity_place(id, 0, IDENTITY_CN_PLACE, province);
    if (!province)
        acrm__identity_fail(id, ACRM_ID_PLACE, 0);
    id->birth_year = acrm__identity_two(code + 6) * 100 + acrm__identity_two(code + 8);
    id->birth_month = acrm__identity_two(code + 10);
    id->birth_day = acrm__identity_two(code + 12);
    id->century_known = 1;
    if (!acrm__civil_valid(id->birth_year, id->birth_month, id->birth_day))
        acrm__identity_fail(id, ACRM_ID_DATE, 6);
    id->sex = (code[16] - '0') % 2 ? ACRM_ID_MALE : ACRM_ID_FEMALE;
    acrm__identity_expect(id, 17,
                          &"10X98765432"[acrm__identity_weigh(id, 0, identity_weights, 17) % 11],
                          1);
}

void acrm__identity_cn_uscc(acrm_identity *id, size_t n)
{
    static const char identity_alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    int sum = 0, weight = 1;

    if (!acrm__identity_length(id, n, IDENTITY_CN_LENGTH) || !acrm__identity_digits(id, 0, 8))
        return;
    memcpy(id->country, "CN", 3);
    id->entity = ACRM_ID_ORGANISATION;
    acrm__identity_place(id, 2, IDENTITY_CN_PLACE, identity_province(id->normalized + 2));
    for (size_t i = 0; i < IDENTITY_CN_LENGTH; i++) {
        const char *at = strchr(identity_alphabet, id->normalized[i]);

        if (!at) { /* I, O, S, V and Z look like digits and are left out */
            acrm__identity_fail(id, ACRM_ID_CHARACTER, i);
            return;
        }
        if (i < IDENTITY_CN_LENGTH - 1)
            sum += (int)(at - identity_alphabet) * weight;
        weight = weight * 3 % 31;
    }
    acrm__identity_expect(id, IDENTITY_CN_LENGTH - 1, &identity_alphabet[(31 - sum % 31) % 31], 1);
}
