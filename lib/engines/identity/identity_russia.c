/* SPDX-License-Identifier: MIT */
/* Russia: INN of an organisation and of a person. */
#include "engines/identity/identity.h"

#include <string.h>

enum { IDENTITY_INN_COMPANY = 10, IDENTITY_INN_PERSON = 12 };

void acrm__identity_ru_inn(acrm_identity *id, size_t n)
{
    /* A number's check digits read the digits before them by the end of this list. */
    static const signed char identity_weights[] = { 3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8 };
    bool person = n > IDENTITY_INN_COMPANY;
    size_t checks = person ? 2 : 1;
    char expected[2];

    if (!acrm__identity_digits(id, 0, n) ||
        !acrm__identity_length(id, n, person ? IDENTITY_INN_PERSON : IDENTITY_INN_COMPANY))
        return;
    memcpy(id->country, "RU", 3);
    id->entity = person ? ACRM_ID_PERSON : ACRM_ID_ORGANISATION;
    acrm__identity_place(id, 0, 4, NULL); /* region and tax office */
    if (strspn(id->normalized, "0") == n)
        acrm__identity_fail(id, ACRM_ID_FILLER, 0);
    for (size_t i = 0; i < checks; i++) {
        size_t length = n - checks + i;
        int sum = acrm__identity_weigh(id, 0, identity_weights + 11 - length, length);

        if (i > 0) /* the second one reads the first as it should be */
            sum += (expected[0] - id->normalized[length - 1]) * identity_weights[10];
        expected[i] = (char)('0' + sum % 11 % 10);
    }
    acrm__identity_expect(id, n - checks, expected, checks);
}
