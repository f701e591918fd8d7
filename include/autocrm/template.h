/* SPDX-License-Identifier: MIT */
/**
 * Templates: texts with places for values, as letters, messages and documents are made from.
 *
 * The language is Mustache (mustache(5), specification 1.4 without its optional modules):
 * variables, sections, inverted sections, partials, comments, changed delimiters, standalone lines.
 * Beyond it a variable may name a format: {{total | money}}, {{birth_date | date_long}}. A text
 * that is empty counts as false in a section; 0 does not.
 *
 * A template is compiled once and rendered any number of times. No session, no clock, no files.
 */
#ifndef AUTOCRM_TEMPLATE_H
#define AUTOCRM_TEMPLATE_H

#include "autocrm/calendar.h"
#include "autocrm/error.h"
#include "autocrm/port/allocator.h"
#include "autocrm/value.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Limits. */
enum {
    ACRM_TEMPLATE_BYTES_MAX = 1048576, /**< of a template's source */
    ACRM_TEMPLATE_DEPTH_MAX = 32,      /**< of sections in one template */
    ACRM_TEMPLATE_NESTING_MAX = 64,    /**< of sections and partials while rendering */
    ACRM_TEMPLATE_STEPS_MAX = 4000000  /**< tags and texts of one rendering */
};

/** What rendered values are escaped for. A triple tag {{{name}}} is never escaped. */
enum {
    ACRM_ESCAPE_HTML = 0, /**< & < > " ' become entities */
    ACRM_ESCAPE_NONE = 1, /**< plain text: SMS, subject lines */
    ACRM_ESCAPE_LINE = 2  /**< plain text on one line: control characters become spaces */
};

/** Which calendar dates are written in. */
enum {
    ACRM_DATES_BY_LANGUAGE = 0, /**< Solar Hijri in Persian, else Gregorian */
    ACRM_DATES_GREGORIAN = 1,
    ACRM_DATES_JALALI = 2
};

/** A compiled template; immutable, may be used by any number of threads at once. */
typedef struct acrm_template acrm_template;

/**
 * Find a partial, {{> name}}.
 * @param user      as in the options
 * @param name      its name
 * @param[out] out  (transfer none) lives until the rendering ends; NULL: there is none, and nothing
 *                  is written for it
 * @return ACRM_OK, or a status that ends the rendering
 */
typedef int32_t (*acrm_template_partial_fn)(void *user, const char *name,
                                            const acrm_template **out);

/**
 * How to render. Set struct_size; everything else may be 0.
 * @since 0.1
 */
typedef struct acrm_template_options {
    uint32_t struct_size;
    int32_t escape; /**< ACRM_ESCAPE_... */
    int32_t dates;  /**< ACRM_DATES_... */
    int32_t native_digits; /**< 1: digits of the language's script in formatted values */
    const char *language;  /**< (nullable) BCP 47 tag, "fa-IR"; formats fall back to English */
    const acrm_zone *zone; /**< (nullable) for instants; NULL: UTC */
    acrm_template_partial_fn partial; /**< (nullable) no partials */
    void *user;
    int64_t bytes_max; /**< of the result; 0: 16 MiB */
} acrm_template_options;

/**
 * Compile a template.
 * @param allocator (nullable) where the memory comes from; copied; NULL: the C library
 * @param text      UTF-8, copied
 * @param len       its bytes, at most ACRM_TEMPLATE_BYTES_MAX
 * @param[out] out  (transfer full) acrm_template_free() it
 * @param[out] err  (transfer full)(optional) `field` is the place, "line 3, column 14"; `reason`
 *                  one of "tag", "section", "name", "format", "delimiter", "utf8", "limit"
 * @return ACRM_OK, ACRM_E_INVALID, ACRM_E_LIMIT, ACRM_E_NOMEM, ACRM_E_MISUSE for a NULL
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_template_new(const acrm_allocator *allocator, const char *text, size_t len,
                                   acrm_template **out, acrm_error **err);

/**
 * Render it.
 * @param template_ the template
 * @param context   where names are looked up: a map
 * @param options   (nullable) how; NULL: HTML, English, UTC, no partials
 * @param[out] out  (transfer full) acrm_buf_free() it; untouched on failure
 * @param[out] err  (transfer full)(optional) `field` is the tag's name
 * @return ACRM_OK, or
 *   ACRM_E_INVALID  a value that its format cannot write (reason "format")
 *   ACRM_E_LIMIT    partials that include each other, too much work or too long a result
 *   ACRM_E_NOMEM, ACRM_E_MISUSE, or what the partial callback returned
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_template_render(const acrm_template *template_, const acrm_value *context,
                                      const acrm_template_options *options, acrm_buf **out,
                                      acrm_error **err);

/** What a tag is. */
enum {
    ACRM_TAG_VARIABLE = 1,
    ACRM_TAG_SECTION = 2,
    ACRM_TAG_INVERTED = 3,
    ACRM_TAG_PARTIAL = 4
};

/**
 * One tag of a template, for checking a template before it is used.
 * @param user    as given
 * @param kind    ACRM_TAG_...
 * @param name    as written, "customer.name", "." for the item itself
 * @param within  (nullable) name of the innermost section around it
 * @param line    of the template, from 1
 * @return ACRM_OK to go on; anything else ends the walk and is returned
 */
typedef int32_t (*acrm_template_tag_fn)(void *user, int32_t kind, const char *name,
                                        const char *within, int32_t line);

/**
 * Walk over the tags in their order.
 * @return ACRM_OK, what @p each returned, or ACRM_E_MISUSE for a NULL
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_template_tags(const acrm_template *template_, acrm_template_tag_fn each,
                                    void *user);

/**
 * The variables and partials that a rendering would look for in vain: what to ask for before a
 * campaign is sent. A section that is not there is no fault.
 * @param template_ the template
 * @param context   as for rendering
 * @param options   (nullable) as for rendering: partials are followed
 * @param[in,out] missing  a list; texts, each name once, are added to it
 * @param[out] err  (transfer full)(optional)
 * @return as acrm_template_render()
 * Any thread, but one at a time for @p missing. @since 0.1
 */
ACRM_API int32_t acrm_template_missing(const acrm_template *template_, const acrm_value *context,
                                       const acrm_template_options *options, acrm_value *missing,
                                       acrm_error **err);

/** Free. @param template_ (nullable) @since 0.1 */
ACRM_API void acrm_template_free(acrm_template *template_);

/**
 * Whether a language is written from right to left: for the `dir` of a document.
 * @param language (nullable) BCP 47 tag
 * @return 1 or 0
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_language_right_to_left(const char *language);

#ifdef __cplusplus
}
#endif

#endif
