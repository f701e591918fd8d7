/* SPDX-License-Identifier: MIT */
/* Encodings against the C library's iconv, and the guess on texts of several languages. */
#include "modules/integration/encoding.h"

#include "source.h"
#include "support/alloc_fail.h"
#include "support/suite.h"

#include <iconv.h>
#include <stdio.h>

static const struct {
    int32_t encoding;
    const char *iconv;
} encodings[] = {
    { ACRM__ENCODING_UTF8, "UTF-8" },     { ACRM__ENCODING_UTF16LE, "UTF-16LE" },
    { ACRM__ENCODING_UTF16BE, "UTF-16BE" }, { ACRM__ENCODING_1251, "CP1251" },
    { ACRM__ENCODING_1252, "CP1252" },    { ACRM__ENCODING_1256, "CP1256" },
};

/* The number of bytes, or -1 where iconv refuses. */
static long convert(const char *to, const char *from, const char *text, size_t len, char *out,
                    size_t cap)
{
    char copy[8192];
    char *in = copy;
    char *at = out;
    size_t left = cap;
    iconv_t cd = iconv_open(to, from);

    ck_assert(cd != (iconv_t)-1);
    ck_assert_uint_le(len, sizeof copy);
    memcpy(copy, text, len);
    size_t bad = iconv(cd, &in, &len, &at, &left);
    iconv_close(cd);
    return bad == (size_t)-1 ? -1 : (long)(cap - left);
}

/* Decode all of it with pieces in and out of the given sizes. */
static size_t decode(acrm__decoder *d, source *s, int32_t encoding, bool strict, char *out,
                     size_t cap, size_t step)
{
    size_t used = 0;
    int64_t n;

    ck_assert_int_eq(acrm__decoder_init(d, NULL, source_read, s, encoding, strict), ACRM_OK);
    do {
        n = acrm__decoder_read(d, out + used, cap - used < step ? cap - used : step);
        ck_assert_int_ge(n, 0);
        used += (size_t)n;
        ck_assert_uint_lt(used, cap);
    } while (n > 0);
    acrm__decoder_free(d);
    return used;
}

START_TEST(decoder__knows_each_byte_of_a_code_page)
{
    const char *name = encodings[3 + _i].iconv;

    for (int byte = 0; byte < 256; byte++) {
        char text[1] = { (char)byte };
        char want[8];
        char got[16];
        acrm__decoder d;
        source s = { .text = text, .len = 1 };
        long n = convert("UTF-8", name, text, 1, want, sizeof want);
        size_t used = decode(&d, &s, encodings[3 + _i].encoding, false, got, sizeof got, 8);
        if (n < 0) { /* no character of that page */
            ck_assert_msg(used == 3 && memcmp(got, "\xEF\xBF\xBD", 3) == 0, "%s %02x", name, byte);
            ck_assert_uint_eq(d.faults, 1);
        } else {
            ck_assert_msg(used == (size_t)n && memcmp(got, want, used) == 0, "%s %02x", name,
                          byte);
            ck_assert_uint_eq(d.faults, 0);
        }
    }
}
END_TEST

#define PERSIAN                                                                                   \
    "\xD9\x86\xD8\xA7\xD9\x85;\xD8\xAA\xD9\x84\xD9\x81\xD9\x86;\xD8\xB4\xD9\x87\xD8\xB1\r\n"     \
    "\xD8\xB2\xD9\x87\xD8\xB1\xD8\xA7 \xDA\xA9\xD8\xB1\xD9\x8A\xD9\x85\xD9\x8A;"                 \
    "09123456789;\xD8\xAA\xD9\x87\xD8\xB1\xD8\xA7\xD9\x86\r\n"
#define RUSSIAN                                                                                   \
    "\xD0\x98\xD0\xBC\xD1\x8F;\xD0\x93\xD0\xBE\xD1\x80\xD0\xBE\xD0\xB4\r\n"                       \
    "\xD0\x9F\xD1\x91\xD1\x82\xD1\x80 \xD0\xA1\xD0\xB5\xD1\x80\xD0\xB3\xD0\xB5\xD0\xB5\xD0\xB2;"  \
    "\xD0\x9C\xD0\x9E\xD0\xA1\xD0\x9A\xD0\x92\xD0\x90\r\n"
#define GERMAN                                                                                    \
    "Name;Stra\xC3\x9F" "e\r\nJ\xC3\xBCrgen Gro\xC3\x9F;\xC3\x84pfelweg 5 \xE2\x82\xAC\r\n"
#define FRENCH "nom,ville\nAnne-C\xC3\xA9" "cile,Saint-\xC3\x89tienne\nZo\xC3\xAB,N\xC3\xAEmes\n"
#define ARABIC                                                                                    \
    "\xD8\xA7\xD9\x84\xD8\xA7\xD8\xB3\xD9\x85,\xD8\xA7\xD9\x84\xD9\x85\xD8\xAF\xD9\x8A\xD9\x86"   \
    "\xD8\xA9\n\xD9\x85\xD8\xAD\xD9\x85\xD8\xAF \xD8\xB9\xD9\x84\xD9\x8A,\xD8\xA7\xD9\x84\xD9"    \
    "\x82\xD8\xA7\xD9\x87\xD8\xB1\xD8\xA9\n"
#define CHINESE "\xE5\xA7\x93\xE5\x90\x8D,\xE5\x9F\x8E\xE5\xB8\x82\n\xF0\xA0\xAE\xB7,1\n"
#define PLAIN "name,phone\nAna,+34 612 345 678\n"

static const struct {
    const char *what;
    const char *text;
    int32_t encodings[6]; /* that hold it and are told from the others; ends with 0 */
} texts[] = {
    { "Persian", PERSIAN, { 1, 2, 3, ACRM__ENCODING_1256 } },
    { "Arabic", ARABIC, { 1, 2, 3, ACRM__ENCODING_1256 } },
    { "Russian", RUSSIAN, { 1, 2, 3, ACRM__ENCODING_1251 } },
    { "German", GERMAN, { 1, 2, 3, ACRM__ENCODING_1252 } },
    { "French", FRENCH, { 1, 2, 3, ACRM__ENCODING_1252 } },
    { "Chinese", CHINESE, { 1, 2, 3 } },
    { "ASCII", PLAIN, { 1, 2, 3 } },
};

START_TEST(encoding__is_guessed_and_decoded)
{
    const char *text = texts[_i].text;

    for (int k = 0; k < 6 && texts[_i].encodings[k] != 0; k++) {
        int32_t encoding = texts[_i].encodings[k];
        char coded[1024];
        char got[1024];
        long n = convert(encodings[encoding - 1].iconv, "UTF-8", text, strlen(text), coded,
                         sizeof coded);
        ck_assert_int_gt(n, 0);
        ck_assert_msg(acrm__encoding_detect(coded, (size_t)n) == encoding, "%s in %s: %s",
                      texts[_i].what, encodings[encoding - 1].iconv,
                      acrm__encoding_name(acrm__encoding_detect(coded, (size_t)n)));
        for (size_t piece = 0; piece < 4; piece++) {
            acrm__decoder d;
            source s = { .text = coded, .len = (size_t)n, .piece = piece };
            size_t used = decode(&d, &s, 0, true, got, sizeof got, 4 + piece);
            ck_assert_int_eq(d.encoding, encoding);
            ck_assert_msg(used == strlen(text) && memcmp(got, text, used) == 0, "%s in %s",
                          texts[_i].what, encodings[encoding - 1].iconv);
            ck_assert_uint_eq(d.offset, (uint64_t)n);
        }
    }
}
END_TEST

START_TEST(decoder__takes_the_mark_off)
{
    static const struct {
        const char *text;
        size_t len;
        int32_t encoding;
    } cases[] = {
        { "\xEF\xBB\xBFx", 4, ACRM__ENCODING_UTF8 },
        { "\xFF\xFEx\0", 4, ACRM__ENCODING_UTF16LE },
        { "\xFE\xFF\0x", 4, ACRM__ENCODING_UTF16BE },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (int given = 0; given < 2; given++) {
            acrm__decoder d;
            char got[16];
            source s = { .text = cases[i].text, .len = cases[i].len };
            ck_assert_uint_eq(decode(&d, &s, given ? cases[i].encoding : 0, true, got,
                                     sizeof got, 8), 1);
            ck_assert_int_eq(got[0], 'x');
            ck_assert_int_eq(d.encoding, cases[i].encoding);
        }
    }
}
END_TEST

static const struct {
    const char *text;
    size_t len;
    int32_t encoding;
    const char *want;
    uint64_t faults;
    uint64_t offset; /* of the first */
} malformed[] = {
    { "a\xFF" "b", 3, ACRM__ENCODING_UTF8, "a\xEF\xBF\xBD" "b", 1, 1 },
    { "ab\xC3", 3, ACRM__ENCODING_UTF8, "ab\xEF\xBF\xBD", 1, 2 },
    { "\xC3(\xED\xA0\x80", 5, ACRM__ENCODING_UTF8,
      "\xEF\xBF\xBD(\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD", 4, 0 },
    { "a\0\x3D\xD8" "b\0", 6, ACRM__ENCODING_UTF16LE, "a\xEF\xBF\xBD" "b", 1, 2 },
    { "\0a\xDC\x00", 4, ACRM__ENCODING_UTF16BE, "a\xEF\xBF\xBD", 1, 2 },
    { "\0a\xD8", 3, ACRM__ENCODING_UTF16BE, "a\xEF\xBF\xBD", 1, 2 },
    { "a\x81z", 3, ACRM__ENCODING_1252, "a\xEF\xBF\xBDz", 1, 1 },
};

START_TEST(decoder__marks_or_refuses_what_is_malformed)
{
    acrm__decoder d;
    char got[64];
    source s = { .text = malformed[_i].text, .len = malformed[_i].len };
    size_t used = decode(&d, &s, malformed[_i].encoding, false, got, sizeof got, 16);

    ck_assert_uint_eq(used, strlen(malformed[_i].want));
    ck_assert_mem_eq(got, malformed[_i].want, used);
    ck_assert_uint_eq(d.faults, malformed[_i].faults);
    ck_assert_uint_eq(d.fault_offset, malformed[_i].offset);

    s.at = 0;
    ck_assert_int_eq(acrm__decoder_init(&d, NULL, source_read, &s, malformed[_i].encoding, true),
                     ACRM_OK);
    ck_assert_int_eq(acrm__decoder_read(&d, got, sizeof got), ACRM_E_INVALID);
    ck_assert_uint_eq(d.fault_offset, malformed[_i].offset);
    acrm__decoder_free(&d);
}
END_TEST

/* A file whose only non-ASCII letter comes behind the sample, or is cut by its end. */
START_TEST(decoder__streams_beyond_the_sample)
{
    size_t len = 3 * ACRM__ENCODING_SAMPLE;
    char *text = malloc(len);
    char *got = malloc(2 * len);

    for (size_t shift = 0; shift < 4; shift++) {
        acrm__decoder d;
        source s = { .text = text, .len = len, .piece = 1000 };
        memset(text, 'a', len);
        for (size_t at = ACRM__ENCODING_SAMPLE - shift; at + 3 < len; at += 50)
            memcpy(text + at, "\xE2\x82\xAC", 3);
        size_t used = decode(&d, &s, 0, true, got, 2 * len, 777);
        ck_assert_int_eq(d.encoding, ACRM__ENCODING_UTF8);
        ck_assert_uint_eq(used, len);
        ck_assert_mem_eq(got, text, len);
    }
    free(text);
    free(got);
}
END_TEST

START_TEST(decoder__hands_on_failures)
{
    source s = { .text = "abc", .len = 3, .piece = 1, .fail_at = 2 };
    acrm__decoder d;
    alloc_fail state = { .fail_at = 1 };
    acrm_allocator port = alloc_fail_port(&state);

    ck_assert_int_eq(acrm__decoder_init(&d, NULL, source_read, &s, 0, false), ACRM_E_STORE);
    s.fail_at = 0;
    ck_assert_int_eq(acrm__decoder_init(&d, &port, source_read, &s, 0, false), ACRM_E_NOMEM);
    acrm__decoder_free(&d);
    ck_assert_uint_eq(state.live_bytes, 0);
}
END_TEST

START_TEST(encoding__is_known_by_its_names)
{
    static const struct {
        const char *name;
        int32_t want;
    } cases[] = {
        { "UTF-8", ACRM__ENCODING_UTF8 },          { "utf8", ACRM__ENCODING_UTF8 },
        { "UTF-16", ACRM__ENCODING_UTF16LE },      { "utf-16BE", ACRM__ENCODING_UTF16BE },
        { "Windows-1256", ACRM__ENCODING_1256 },   { "CP1251", ACRM__ENCODING_1251 },
        { "ISO-8859-1", ACRM__ENCODING_1252 },     { "iso-8859-15", ACRM__ENCODING_NONE },
        { "", ACRM__ENCODING_NONE },               { "utf-", ACRM__ENCODING_NONE },
        { "utf-88", ACRM__ENCODING_NONE },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        ck_assert_msg(acrm__encoding_by_name(cases[i].name, strlen(cases[i].name)) ==
                      cases[i].want, "%s", cases[i].name);
    ck_assert_str_eq(acrm__encoding_name(ACRM__ENCODING_1256), "windows-1256");
    ck_assert_ptr_null(acrm__encoding_name(ACRM__ENCODING_NONE));
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("encoding");
    TCase *tc = tcase_create("encoding");

    tcase_add_loop_test(tc, decoder__knows_each_byte_of_a_code_page, 0, 3);
    tcase_add_loop_test(tc, encoding__is_guessed_and_decoded, 0, sizeof texts / sizeof *texts);
    tcase_add_test(tc, decoder__takes_the_mark_off);
    tcase_add_loop_test(tc, decoder__marks_or_refuses_what_is_malformed, 0,
                        sizeof malformed / sizeof *malformed);
    tcase_add_test(tc, decoder__streams_beyond_the_sample);
    tcase_add_test(tc, decoder__hands_on_failures);
    tcase_add_test(tc, encoding__is_known_by_its_names);
    suite_add_tcase(suite, tc);
    return suite;
}

ACRM_TEST_MAIN(make_suite)
