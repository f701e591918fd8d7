/* SPDX-License-Identifier: MIT */
/** Identifiers of people, companies and bank accounts: normalised, checked and explained. */
#ifndef AUTOCRM_IDENTITY_H
#define AUTOCRM_IDENTITY_H

#include "autocrm/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Kinds of identifier. */
enum {
    ACRM_ID_IR_NATIONAL = 1,       /**< Iran, national code of a person, 10 digits */
    ACRM_ID_IR_LEGAL = 2,          /**< Iran, national id of a legal person, 11 digits */
    ACRM_ID_IT_CODICE_FISCALE = 3, /**< Italy, tax code: 16 characters, or 11 digits of a company */
    ACRM_ID_IT_PARTITA_IVA = 4,    /**< Italy, VAT number, 11 digits, with or without "IT" */
    ACRM_ID_RU_INN = 5,            /**< Russia, tax number: 10 digits company, 12 digits person */
    ACRM_ID_CN_RESIDENT = 6,       /**< China, resident identity number, 18 characters */
    ACRM_ID_CN_USCC = 7,           /**< China, unified social credit code, 18 characters */
    ACRM_ID_IBAN = 8               /**< bank account, ISO 13616 and Iran's by the same rule */
};

/** The rule an identifier breaks. */
enum {
    ACRM_ID_OK = 0,
    ACRM_ID_LENGTH = 1,    /**< too few or too many characters */
    ACRM_ID_CHARACTER = 2, /**< a character that no identifier of the kind has */
    ACRM_ID_STRUCTURE = 3, /**< a letter where a digit belongs, or the like */
    ACRM_ID_CHECK = 4,     /**< the check characters do not fit the rest; see `expected` */
    ACRM_ID_FILLER = 5,    /**< digits that are never given out: all equal, or a serial of zeros */
    ACRM_ID_DATE = 6,      /**< the date of birth in it does not exist */
    ACRM_ID_PLACE = 7,     /**< the province or office in it does not exist */
    ACRM_ID_COUNTRY = 8    /**< no country, or none with IBANs */
};

/** Who an identifier belongs to, and a person's sex as far as it tells. */
enum {
    ACRM_ID_ENTITY_UNKNOWN = 0,
    ACRM_ID_PERSON = 1,
    ACRM_ID_ORGANISATION = 2
};
enum {
    ACRM_ID_SEX_UNKNOWN = 0,
    ACRM_ID_MALE = 1,
    ACRM_ID_FEMALE = 2
};

/**
 * An identifier taken apart. Set struct_size before the call; texts are NUL-terminated. What is
 * decoded stands after the rule: for a broken identifier it is filled as far as it could be read.
 * @since 0.1
 */
typedef struct acrm_identity {
    uint32_t struct_size; /**< sizeof(acrm_identity), as you compiled it */
    int32_t kind;         /**< ACRM_ID_IR_NATIONAL ... */
    int32_t rule;         /**< ACRM_ID_OK, or the first rule it breaks */
    int32_t at;           /**< index in `normalized` of the first character at fault, or -1 */
    char normalized[40];  /**< upper case, ASCII digits, no separators; up to a wrong character */
    char expected[4];     /**< the check characters the rest calls for; "" if it cannot be told */
    int32_t length;       /**< the length it should have; the nearest one if there are several */
    int32_t entity;       /**< ACRM_ID_PERSON ... */
    int32_t sex;          /**< ACRM_ID_MALE ... */
    int32_t birth_year;   /**< 0 if not in it */
    int32_t birth_month;  /**< 1..12, or 0 */
    int32_t birth_day;    /**< 1..31, or 0 */
    int32_t century_known;  /**< 0: the id has two digits of the year; read as 1920 to 2019 */
    char country[3];        /**< ISO 3166 code, or "" */
    char place[8];          /**< the code of the place or office in it, e.g. "H501"; or "" */
    const char *place_name; /**< (transfer none) English name where we know it, else "" */
} acrm_identity;

/**
 * Normalise and check an identifier.
 *
 * Digits of any script are digits, full-width letters are letters, case does not matter; blanks,
 * dashes, dots, slashes, colons, zero-width and bidirectional marks are skipped.
 *
 * Rules: Iran: weights 10 to 2 modulo 11; legal persons: (digit + tenth digit + 2) by 29 27 23 19
 * 17 modulo 11. Italy: D.M. 12 March 1974 (tax code; letters in place of digits are read) and
 * D.P.R. 633/1972 (VAT, Luhn, office code). Russia: order of the tax service on the INN. China:
 * GB 11643-1999 and GB 32100-2015. IBAN: ISO 13616, structure by country, ISO 7064 MOD 97-10, and
 * the national check digits of Belgium, Montenegro, Norway and Spain.
 *
 * @param kind      ACRM_ID_IR_NATIONAL ...
 * @param text      UTF-8; may be NULL if @p len is 0
 * @param len       its length in bytes
 * @param[out] out  the finding; untouched on failure
 * @return ACRM_OK whatever the finding, or
 *   ACRM_E_INVALID  no such kind
 *   ACRM_E_MISUSE   @p text or @p out is NULL, or out's struct_size is too small
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_identity_check(int32_t kind, const char *text, size_t len,
                                     acrm_identity *out);

/**
 * One line of plain English for a rule, e.g. "the check characters do not fit the rest".
 * @return (transfer none) static text; never NULL
 * Any thread. @since 0.1
 */
ACRM_API const char *acrm_identity_rule_text(int32_t rule);

/**
 * The n-th kind of identifier.
 * @param n          0, 1, 2 ...
 * @param[out] kind  (optional) ACRM_ID_IR_NATIONAL ...
 * @return (transfer none) its name, e.g. "ir.national_code"; NULL when @p n is past the last one
 * Any thread. @since 0.1
 */
ACRM_API const char *acrm_identity_kind_at(size_t n, int32_t *kind);

#ifdef __cplusplus
}
#endif

#endif
