/* SPDX-License-Identifier: MIT */
/** Vehicle identification numbers: checked, taken apart, and repaired where that is certain. */
#ifndef AUTOCRM_VIN_H
#define AUTOCRM_VIN_H

#include "autocrm/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The rule a VIN breaks. */
enum {
    ACRM_VIN_OK = 0,
    ACRM_VIN_LENGTH = 1,    /**< not 17 characters */
    ACRM_VIN_CHARACTER = 2, /**< I, O, Q, or no letter or digit at all */
    ACRM_VIN_CHECK = 3      /**< the check digit is wrong, and it binds for this maker */
};

/** Flags of acrm_vin_check() and acrm_vin_suggest(). */
enum {
    ACRM_VIN_CHINA_BINDS = 1 /**< the check digit binds for China too (GB 16735); off by default */
};

/**
 * What the first characters of a VIN tell. Set struct_size before the call.
 * @since 0.1
 */
typedef struct acrm_vin_origin {
    uint32_t struct_size;     /**< sizeof(acrm_vin_origin), as you compiled it */
    const char *maker;        /**< (transfer none) "" if not in the table */
    const char *country;      /**< (transfer none) ISO 3166 code, or "" */
    const char *country_name; /**< (transfer none) in English, or "" */
    const char *region;       /**< (transfer none) "Europe" and so on, by the first character */
} acrm_vin_origin;

/**
 * A VIN taken apart. Set struct_size before the call; texts are NUL-terminated.
 * @since 0.1
 */
typedef struct acrm_vin {
    uint32_t struct_size;   /**< sizeof(acrm_vin), as you compiled it */
    int32_t rule;           /**< ACRM_VIN_OK, or the rule it breaks */
    int32_t at;             /**< index of the first character at fault, or -1 */
    char normalized[18];    /**< capital letters, ASCII digits; "" unless it has 17 of them */
    char wmi[4];            /**< characters 1-3, the maker; "" like what follows if malformed */
    char vds[7];            /**< characters 4-9, the kind of vehicle and the check digit */
    char vis[9];            /**< characters 10-17, the vehicle */
    char small_maker[4];    /**< characters 12-14 if the third is 9: they belong to the maker */
    char plant[2];          /**< character 11, the plant, in the maker's own code */
    char year_code[2];      /**< character 10 */
    char check_expected[2]; /**< what character 9 should be: 0-9 or X */
    int32_t check_ok;       /**< 1 if it is */
    int32_t check_binds;    /**< 1 if a wrong one makes the VIN wrong, 0 if it is a hint at most */
    /** The years of the code: it repeats after 30. 0 and 0 for U, Z and 0, which are no codes. */
    int32_t years[2];
    /**
     * The model year by the rule for cars and light trucks of North America (character 7 a digit:
     * 1980 to 2009, a letter: 2010 to 2039); 0 for VINs of elsewhere or with a wrong check digit.
     */
    int32_t year_north_america;
    acrm_vin_origin origin; /**< struct_size is set by the library */
} acrm_vin;

/**
 * Normalise, check and take apart a VIN. ISO 3779, ISO 3780, 49 CFR 565.
 *
 * Small letters are capitals, decimal digits of any script and full-width letters are read, white
 * space and invisible marks around the VIN are removed; nothing inside it is. The check digit binds
 * where the first character is 1 to 5 (North America): elsewhere makers use character 9 freely.
 *
 * @param text      UTF-8; may be NULL if @p len is 0
 * @param len       its length in bytes
 * @param flags     0 or ACRM_VIN_CHINA_BINDS
 * @param[out] out  the finding; untouched on failure
 * @return ACRM_OK whatever the finding, or
 *   ACRM_E_INVALID  unknown flag
 *   ACRM_E_MISUSE   @p text or @p out is NULL, or out's struct_size is too small
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_vin_check(const char *text, size_t len, uint32_t flags, acrm_vin *out);

/**
 * Look up the maker and country of a WMI, or the country of its first characters alone.
 *
 * @param wmi       1 to 3 characters of a VIN's beginning, or 6 (WMI and characters 12-14) for a
 *                  maker whose third character is 9; capitals, NUL-terminated
 * @param[out] out  what is known; untouched on failure
 * @return ACRM_OK, or
 *   ACRM_E_NOTFOUND  neither maker nor country is known
 *   ACRM_E_MISUSE    @p wmi or @p out is NULL, or out's struct_size is too small
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_vin_origin_of(const char *wmi, acrm_vin_origin *out);

/**
 * The two model years of a code, 49 CFR 565.15.
 *
 * @param code         the tenth character, e.g. 'K'
 * @param[out] first   1980 to 2009
 * @param[out] second  30 years later
 * @return ACRM_OK, ACRM_E_NOTFOUND for a character that is no code, ACRM_E_MISUSE for a NULL
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_vin_model_years(int32_t code, int32_t *first, int32_t *second);

/** Slips that acrm_vin_suggest() undoes. */
enum {
    ACRM_VIN_LETTERS = 1, /**< I, O and Q typed for 1 and 0, in one or more places */
    ACRM_VIN_MISREAD = 2, /**< one character taken for one that looks alike */
    ACRM_VIN_SWAPPED = 3  /**< two neighbours in each other's place */
};

/**
 * One suggestion. Its members are fixed for good, so it carries no struct_size.
 * @since 0.1
 */
typedef struct acrm_vin_suggestion {
    char vin[18]; /**< the VIN meant, perhaps; its check digit is right */
    int32_t slip; /**< ACRM_VIN_LETTERS ... */
    int32_t at;   /**< index of the first character changed */
} acrm_vin_suggestion;

/**
 * VINs that a mistyped one may have meant, the likeliest first. Only such whose check digit then
 * verifies; none for a well-formed VIN whose check digit is right or does not bind.
 *
 * @param text        UTF-8, 17 letters or digits; may be NULL if @p len is 0
 * @param len         its length in bytes
 * @param flags       as for acrm_vin_check()
 * @param[out] list   room for @p room suggestions
 * @param room        8 is enough for most
 * @param[out] count  how many were written, 0 to @p room
 * @return ACRM_OK, or
 *   ACRM_E_INVALID  unknown flag
 *   ACRM_E_MISUSE   @p text, @p list or @p count is NULL
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_vin_suggest(const char *text, size_t len, uint32_t flags,
                                  acrm_vin_suggestion *list, size_t room, size_t *count);

#ifdef __cplusplus
}
#endif

#endif
