/* SPDX-License-Identifier: MIT */
/* Iran: national code of a person and national id of a legal person. */
#include "engines/identity/identity.h"

#include <string.h>

enum { IDENTITY_IR_NATIONAL_LENGTH = 10, IDENTITY_IR_LEGAL_LENGTH = 11 };

void acrm__identity_ir_national(acrm_identity *id, size_t n)
{
    static const signed char identity_weights[] = { 10, 9, 8, 7, 6, 5, 4, 3, 2 };
    const char *digits = id->normalized;
    int rest;
    char check;

    if (!acrm__identity_length(id, n, IDENTITY_IR_NATIONAL_LENGTH) ||
        !acrm__identity_digits(id, 0, n))
        return;
    memcpy(id->country, "IR", 3);
    id->entity = ACRM_ID_PERSON;
    acrm__identity_place(id, 0, 3, NULL); /* the civil registry that gave it */
    if (memcmp(digits, digits + 1, n - 1) == 0)
        acrm__identity_fail(id, ACRM_ID_FILLER, 0);
    if (memcmp(digits + 3, "000000", 6) == 0)
        acrm__identity_fail(id, ACRM_ID_FILLER, 3);
    rest = acrm__identity_weigh(id, 0, identity_weights, 9) % 11;
    check = (char)('0' + (rest < 2 ? rest : 11 - rest));
    acrm__identity_expect(id, 9, &check, 1);
}

void acrm__identity_ir_legal(acrm_identity *id, size_t n)
{
    static const signed char identity_weights[] = { 29, 27, 23, 19, 17, 29, 27, 23, 19, 17 };
    const char *digits = id->normalized;
    int sum = 0;
    char check;

    if (!acrm__identity_length(id, n, IDENTITY_IR_LEGAL_LENGTH) ||
        !acrm__identity_digits(id, 0, n))
        return;
    memcpy(id->country, "IR", 3);
    id->entity = ACRM_ID_ORGANISATION;
    acrm__identity_place(id, 0, 3, NULL);
    if (memcmp(digits + 3, "000000", 6) == 0)
        acrm__identity_fail(id, ACRM_ID_FILLER, 3);
    for (size_t i = 0; i < 10; i++)
        sum += (digits[i] - '0' + digits[9] - '0' + 2) * identity_weights[i];
    check = (char)('0' + sum % 11 % 10);
    acrm__identity_expect(id, 10, &check, 1);
}
