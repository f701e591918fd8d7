/* SPDX-License-Identifier: MIT */
/* Insides of the VIN engine. */
#ifndef ACRM_ENGINES_VIN_H
#define ACRM_ENGINES_VIN_H

#include "autocrm/vin.h"

#include <stdbool.h>

enum { ACRM__VIN_LENGTH = 17, ACRM__VIN_CHECK_AT = 8 };

/* Country of a VIN's first two characters; the second may be NUL. */
typedef struct acrm__vin_country {
    char first[3], last[3];
    char iso[3];
    const char *name;
} acrm__vin_country;

const acrm__vin_country *acrm__vin_country_of(char first, char second);
const char *acrm__vin_region_of(char first, char second);

/* Row `n` of the table, or NULL. */
const acrm__vin_country *acrm__vin_country_at(size_t n);

/* The maker of a WMI of three characters, or of six for small makers; NULL if unknown. */
const char *acrm__vin_maker_of(const char *wmi, size_t n);

/* Row `n` of the table of three-character WMIs and its maker, or NULL. */
const char *acrm__vin_wmi_at(size_t n, const char **maker);

/*
 * Normalises: writes 17 capital letters and digits (I, O and Q too) and returns true, or returns
 * false with the broken rule and its place.
 */
bool acrm__vin_normalise(const char *text, size_t len, char *vin, int32_t *rule, int32_t *at);

/* The check digit of 17 allowed characters. */
char acrm__vin_check_digit(const char *vin);

/* Does the check digit bind for this VIN? */
bool acrm__vin_check_binds(const char *vin, uint32_t flags);

#endif
