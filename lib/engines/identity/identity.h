/* SPDX-License-Identifier: MIT */
/* Insides of the identity engine: one checker per kind over a normalised text. */
#ifndef ACRM_ENGINES_IDENTITY_H
#define ACRM_ENGINES_IDENTITY_H

#include "autocrm/identity.h"

#include <stdbool.h>

/*
 * Each checker gets `id` with everything zero but kind and `normalized`, which holds `n` capital
 * ASCII letters and digits, and fills the rest. The length is the checker's to judge.
 */
void acrm__identity_ir_national(acrm_identity *id, size_t n);
void acrm__identity_ir_legal(acrm_identity *id, size_t n);
void acrm__identity_it_codice_fiscale(acrm_identity *id, size_t n);
void acrm__identity_it_partita_iva(acrm_identity *id, size_t n);
void acrm__identity_ru_inn(acrm_identity *id, size_t n);
void acrm__identity_cn_resident(acrm_identity *id, size_t n);
void acrm__identity_cn_uscc(acrm_identity *id, size_t n);
void acrm__identity_iban(acrm_identity *id, size_t n);

/* Notes the first broken rule; later ones do not replace it. */
void acrm__identity_fail(acrm_identity *id, int32_t rule, size_t at);

/* True if the text is `length` long; otherwise notes the fault. */
bool acrm__identity_length(acrm_identity *id, size_t n, size_t length);

/* True if characters `from` to `to` (exclusive) are digits; otherwise notes the fault. */
bool acrm__identity_digits(acrm_identity *id, size_t from, size_t to);

/* The sum of the digits from `from` on, each by its weight. */
int acrm__identity_weigh(const acrm_identity *id, size_t from, const signed char *weights,
                         size_t n);

/* Notes what the check characters at `at` should be, and the fault if they are not. */
void acrm__identity_expect(acrm_identity *id, size_t at, const char *expected, size_t n);

/* Copies characters `from` to `from + n` as the code of the place. */
void acrm__identity_place(acrm_identity *id, size_t from, size_t n, const char *name);

/* The number written by two digits. */
int acrm__identity_two(const char *digits);

#endif
