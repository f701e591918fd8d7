/* SPDX-License-Identifier: MIT */
/** Telephone numbers: from what people type to E.164, judged and formatted. */
#ifndef AUTOCRM_PHONE_H
#define AUTOCRM_PHONE_H

#include "autocrm/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Verdict on a number. ITU-T E.164 and the national numbering plans published with it. */
enum {
    ACRM_PHONE_VALID = 1,      /**< length and leading digits are in use in that country */
    ACRM_PHONE_POSSIBLE = 2,   /**< the length is right, the leading digits are not known here */
    ACRM_PHONE_UNASSIGNED = 3, /**< the length is right, the plan never uses the leading digits */
    ACRM_PHONE_TOO_SHORT = 4,  /**< fewer digits than such a number has */
    ACRM_PHONE_TOO_LONG = 5,   /**< more digits than such a number has */
    ACRM_PHONE_UNKNOWN_COUNTRY = 6, /**< no such calling code, or a national number, no region */
    ACRM_PHONE_NOT_A_NUMBER = 7     /**< the text is not one telephone number */
};

/** What a number is for, as far as the leading digits tell. */
enum {
    ACRM_PHONE_KIND_UNKNOWN = 0,
    ACRM_PHONE_FIXED = 1,
    ACRM_PHONE_MOBILE = 2,
    ACRM_PHONE_FIXED_OR_MOBILE = 3, /**< one range serves both, e.g. in North America */
    ACRM_PHONE_TOLL_FREE = 4,
    ACRM_PHONE_PREMIUM = 5,
    ACRM_PHONE_SHARED_COST = 6,
    ACRM_PHONE_VOIP = 7,
    ACRM_PHONE_PERSONAL = 8,
    ACRM_PHONE_OTHER = 9 /**< company-wide, satellite and the like */
};

/** Forms of acrm_phone_format(). */
enum {
    ACRM_PHONE_INTERNATIONAL = 1, /**< "+98 912 345 6789" */
    ACRM_PHONE_NATIONAL = 2,      /**< "0912 345 6789", as dialled inside the country */
    ACRM_PHONE_URI = 3            /**< "tel:+989123456789", RFC 3966 */
};

/** Longest text, in bytes, that is read as a telephone number. */
enum { ACRM_PHONE_TEXT_MAX = 250 };

/**
 * A telephone number and the verdict on it. Set struct_size before the call; all texts are
 * NUL-terminated.
 * @since 0.1
 */
typedef struct acrm_phone {
    uint32_t struct_size; /**< sizeof(acrm_phone), as you compiled it */
    int32_t validity;     /**< ACRM_PHONE_VALID ... */
    int32_t kind;         /**< ACRM_PHONE_FIXED ...; ACRM_PHONE_KIND_UNKNOWN unless valid */
    int32_t calling_code; /**< e.g. 98; 0 when none was recognised */
    char e164[17];        /**< "+989123456789"; empty unless valid or possible */
    char country[4];      /**< ISO 3166 two letters; "001" for a worldwide service; or empty */
    char national[33];    /**< the digits after the calling code, without the trunk prefix */
    char extension[21];   /**< digits of the extension, or empty */
    /**
     * (transfer none) Why the number is not valid, a text code: "" when it is, "text_too_long",
     * "malformed_utf8", "no_digits", "unexpected_text", "several_numbers", "no_region",
     * "calling_code_unassigned", "too_few_digits", "too_many_digits", "prefix_unknown",
     * "prefix_not_in_use".
     */
    const char *reason;
    size_t reason_at; /**< for malformed_utf8 and unexpected_text: byte offset in the text */
} acrm_phone;

/**
 * Read a telephone number as people type it.
 *
 * Decimal digits of any script count; blanks, dashes, dots, slashes, brackets, bidirectional and
 * zero-width marks are skipped; "tel:" and other words before the number too. An extension after
 * x, ext, #, int., доб., داخلی, 分机 and the like is kept apart. A number is international after
 * "+", after the region's international prefix or after 00; otherwise it is national: the trunk
 * prefix is removed where the country has one (Italy keeps its 0), and a calling code typed
 * without "+" is recognised if only so the number is valid.
 *
 * @param text      the text, UTF-8; may be NULL if @p len is 0
 * @param len       its length in bytes; NUL bytes are not digits
 * @param region    (nullable) ISO 3166 code of the country a national number belongs to, in any
 *                  case, NUL-terminated; NULL reads international numbers only
 * @param[out] out  the number and the verdict; untouched on failure
 * @return ACRM_OK whatever the verdict, or
 *   ACRM_E_INVALID  no country has the code @p region
 *   ACRM_E_MISUSE   @p text or @p out is NULL, or out's struct_size is too small
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_phone_parse(const char *text, size_t len, const char *region,
                                  acrm_phone *out);

/**
 * Write an E.164 number for people or for dialling, grouped simply.
 *
 * @param e164       "+" and digits, as in acrm_phone.e164, NUL-terminated
 * @param form       ACRM_PHONE_INTERNATIONAL ...
 * @param[out] text  the result, NUL-terminated; untouched on failure
 * @param size       bytes @p text has room for; 40 is enough for any number
 * @return ACRM_OK, or
 *   ACRM_E_INVALID  @p e164 is not one, has an unassigned calling code, or @p form is unknown
 *   ACRM_E_LIMIT    @p size is too small
 *   ACRM_E_MISUSE   @p e164 or @p text is NULL
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_phone_format(const char *e164, int32_t form, char *text, size_t size);

/**
 * The n-th country the engine knows, in the order of the ISO codes: for a list to choose from.
 *
 * @param n                  0, 1, 2 ...
 * @param[out] calling_code  (optional) e.g. 98
 * @return (transfer none) the ISO 3166 code, or NULL when @p n is past the last one
 * Any thread. @since 0.1
 */
ACRM_API const char *acrm_phone_country_at(size_t n, int32_t *calling_code);

#ifdef __cplusplus
}
#endif

#endif
