/* SPDX-License-Identifier: MIT */
/** vCard 3.0 (RFC 2426) and 4.0 (RFC 6350), read leniently as a stream, written strictly. */
#ifndef AUTOCRM_VCARD_H
#define AUTOCRM_VCARD_H

#include "autocrm/engine.h"
#include "autocrm/error.h"
#include "autocrm/port/allocator.h"
#include "autocrm/value.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Versions that acrm_vcard_write() writes. */
enum { ACRM_VCARD_3 = 3, ACRM_VCARD_4 = 4 };

/** Limits of the reader, in bytes; pictures, logos, sounds and keys are counted, not kept. */
enum {
    ACRM_VCARD_LINE_MAX = 65536,  /**< one property, unfolded */
    ACRM_VCARD_CARD_MAX = 262144  /**< all that is kept of one card */
};

/** Reads cards one by one; used by one thread at a time. */
typedef struct acrm_vcard_reader acrm_vcard_reader;

/**
 * A card as it was read. Set struct_size before the call. All of it lives until the next card is
 * asked for or the reader is freed.
 * @since 0.1
 */
typedef struct acrm_vcard {
    uint32_t struct_size; /**< sizeof(acrm_vcard), as you compiled it */
    int32_t more;         /**< 1: there is a card here; 0: the input is at its end */
    int64_t number;       /**< of the card, from 1 */
    int64_t line;         /**< of the file on which it begins, from 1 */
    /**
     * The card as a map; NULL when it is broken. Keys, each absent when the card has no such
     * property: version, kind, uid, fn, title, role, note, lang, rev, bday ("1990-03-21", without a
     * year "--03-21"): texts; n: a map of family, given, additional, prefix, suffix (lists joined
     * by commas); org, categories, url: lists of texts; tel, email, impp: lists of maps of value,
     * types (lower case), pref (1 to 100; 1 is the first choice), label; adr: a list of maps of
     * po_box, extended, street, city, region, postal_code, country, label, types, pref; photo: a
     * map of bytes (how many were passed over), uri; faults: a list of maps of line, reason
     * ("folding", "encoding", "charset", "syntax"), message, for what was mended.
     */
    const acrm_value *card;
    const char *raw;      /**< the card's text without pictures and the like; not NUL-terminated */
    size_t raw_len;       /**< bytes of raw */
    const char *reason;   /**< of a broken card: "truncated", "limit", "name", "syntax" */
    const char *message;  /**< the same for people */
    int64_t fault_line;   /**< of the file, from 1; 0: none */
} acrm_vcard;

/**
 * Begin reading a stream of vCards.
 *
 * Both line ends, folding by blank or tab, quoted-printable and base64 texts, bare types and nested
 * cards of version 2.1, property groups, and lower-case names are understood. Continuation lines
 * that lack their blank are mended. The input is UTF-8; a value's own CHARSET may say otherwise
 * (ISO 8859-1, Windows-1252). Memory does not grow with the input.
 *
 * @param read       gives the input
 * @param user       (nullable) handed to @p read
 * @param allocator  (nullable) where the memory comes from; copied; NULL: the C library
 * @param[out] out   (transfer full) free it with acrm_vcard_reader_free()
 * @return ACRM_OK, ACRM_E_NOMEM, or ACRM_E_MISUSE when @p read or @p out is NULL
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_vcard_reader_new(acrm_read_fn read, void *user,
                                       const acrm_allocator *allocator, acrm_vcard_reader **out);

/**
 * The next card. A broken card is told as such, and reading goes on behind it.
 *
 * @param[out] out  the card; out->more is 0 at the end; untouched on failure
 * @return ACRM_OK also for a broken card; ACRM_E_NOMEM; what `read` returned; ACRM_E_MISUSE for
 *         NULL or a struct_size that is too small
 * One thread at a time. @since 0.1
 */
ACRM_API int32_t acrm_vcard_next(acrm_vcard_reader *reader, acrm_vcard *out);

/**
 * Free a reader.
 * @param reader (nullable)
 * @since 0.1
 */
ACRM_API void acrm_vcard_reader_free(acrm_vcard_reader *reader);

/**
 * Write a card: CRLF line ends, folded at 75 octets between characters, escaped.
 *
 * @param card       a map as acrm_vcard.card; version, photo and faults are not written. Without fn
 *                   it is made of n, or org
 * @param version    ACRM_VCARD_3 or ACRM_VCARD_4
 * @param allocator  (nullable) where the memory comes from; copied; NULL: the C library
 * @param[out] out   (transfer full) the text; acrm_buf_free() it
 * @param[out] err   (transfer full)(optional) what is wrong
 * @return ACRM_OK, or
 *   ACRM_E_INVALID  the card has no name at all ("required", field fn), a value of a wrong type
 *                   ("type"), or @p version is unknown ("choice")
 *   ACRM_E_MISUSE   @p card or @p out is NULL
 *   ACRM_E_NOMEM    memory is short
 * Any thread. @since 0.1
 */
ACRM_API int32_t acrm_vcard_write(const acrm_value *card, int32_t version,
                                  const acrm_allocator *allocator, acrm_buf **out,
                                  acrm_error **err);

#ifdef __cplusplus
}
#endif

#endif
