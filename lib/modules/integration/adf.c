/* SPDX-License-Identifier: MIT */
/* Finds ADF documents in a stream and hands them to expat piece by piece. */
#include "modules/integration/adf.h"

#include "autocrm/status.h"

#ifdef ACRM_HAVE_EXPAT

#include "modules/integration/adf_internal.h"
#include "modules/integration/encoding.h"

#include <expat.h>

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum {
    ADF_PIECE = 16384,
    ADF_MARK = 10 /* bytes of the longest mark and what is behind it */
};

struct acrm__adf {
    acrm_allocator allocator;
    acrm__read_fn read;
    void *user;
    char *head; /* the first bytes, looked at for their encoding; ACRM__ENCODING_SAMPLE */
    size_t head_at;
    size_t head_len;
    acrm__decoder decoder;
    bool decoding;         /* the input is not UTF-8 */
    bool unknown;          /* the document names an encoding that is not known */
    acrm__input in;        /* UTF-8; its window begins where the next item's raw text does */
    uint64_t line;         /* of the window's first byte */
    acrm__adf_build build;
    XML_Parser parser;     /* NULL: between documents */
    uint64_t base;         /* of the document in the input */
    uint64_t base_line;
    uint64_t begin;        /* of the prospect now open, in the input */
    uint64_t begin_line;
    uint64_t end;          /* of the prospect or the root that has just ended */
    size_t fed;            /* bytes of the window that expat has */
    size_t given;          /* bytes of the window that the last item took */
    bool suspended;
    bool overlong;         /* too long to be kept whole; its beginning is in raw */
    acrm__str raw;
    uint64_t items;
    bool any;              /* a document has begun */
    bool over;             /* nothing more will be given */
};

/* ---- the input ---- */

static int64_t adf_read(void *user, void *buf, size_t cap)
{
    acrm__adf *adf = user;
    size_t left = adf->head_len - adf->head_at;

    if (left == 0)
        return adf->read(adf->user, buf, cap);
    if (left > cap)
        left = cap;
    memcpy(buf, adf->head + adf->head_at, left);
    adf->head_at += left;
    return (int64_t)left;
}

static const char *adf_search(const char *text, size_t len, const char *what)
{
    size_t n = strlen(what);

    for (size_t i = 0; i + n <= len; i++)
        if (memcmp(text + i, what, n) == 0)
            return text + i;
    return NULL;
}

/* The encoding that <?xml ... encoding="..."?> names. A document that can be read that far byte by
 * byte is not in UTF-16, whatever it says. */
static int32_t adf_declared(acrm__adf *adf, const char *text, size_t len)
{
    const char *from = adf_search(text, len, "<?xml");
    const char *end = from == NULL ? NULL : adf_search(from, len - (size_t)(from - text), "?>");
    const char *name = end == NULL ? NULL : adf_search(from, (size_t)(end - from), "encoding");
    size_t n = 0;

    if (name == NULL)
        return ACRM__ENCODING_UTF8;
    name += strlen("encoding");
    while (name < end && (*name == ' ' || *name == '=' || *name == '"' || *name == '\''))
        name++;
    while (name + n < end && name[n] != '"' && name[n] != '\'')
        n++;
    int32_t encoding = acrm__encoding_by_name(name, n);
    adf->unknown = encoding == ACRM__ENCODING_NONE;
    if (encoding == ACRM__ENCODING_UTF16LE || encoding == ACRM__ENCODING_UTF16BE ||
        encoding == ACRM__ENCODING_NONE)
        return ACRM__ENCODING_UTF8;
    return encoding;
}

static int32_t adf_encoding(acrm__adf *adf)
{
    int32_t guess = acrm__encoding_detect(adf->head, adf->head_len);

    if (guess == ACRM__ENCODING_UTF16LE || guess == ACRM__ENCODING_UTF16BE)
        return guess;
    return adf_declared(adf, adf->head, adf->head_len);
}

int32_t acrm__adf_new(const acrm_allocator *allocator, acrm__read_fn read, void *user,
                      int32_t offset_min, acrm__adf **out)
{
    acrm_allocator a = acrm__allocator(allocator);
    acrm__adf *adf = acrm__alloc_zero(&a, sizeof *adf);
    int32_t status = ACRM_OK;
    int32_t encoding;

    if (adf == NULL)
        return ACRM_E_NOMEM;
    adf->allocator = a;
    adf->read = read;
    adf->user = user;
    adf->line = 1;
    adf->build.offset_min = offset_min;
    acrm__arena_init(&adf->build.arena, &a);
    acrm__str_init(&adf->build.text, &a);
    acrm__str_init(&adf->raw, &a);
    adf->head = acrm__alloc(&a, ACRM__ENCODING_SAMPLE);
    if (adf->head == NULL)
        status = ACRM_E_NOMEM;
    for (int64_t n = 1; status == ACRM_OK && n > 0 && adf->head_len < ACRM__ENCODING_SAMPLE;) {
        n = read(user, adf->head + adf->head_len, ACRM__ENCODING_SAMPLE - adf->head_len);
        status = n < 0 ? (int32_t)n : ACRM_OK;
        adf->head_len += n > 0 ? (size_t)n : 0;
    }
    if (status == ACRM_OK) {
        encoding = adf_encoding(adf);
        adf->decoding = encoding != ACRM__ENCODING_UTF8;
        acrm__input_init(&adf->in, &a, adf_read, adf);
        if (adf->decoding) {
            status = acrm__decoder_init(&adf->decoder, &a, adf_read, adf, encoding, false);
            adf->decoding = status == ACRM_OK;
            acrm__input_init(&adf->in, &a, acrm__decoder_read, &adf->decoder);
        }
    }
    if (status == ACRM_OK)
        *out = adf;
    else
        acrm__adf_free(adf);
    return status;
}

static void adf_drop_parser(acrm__adf *adf)
{
    if (adf->parser != NULL)
        XML_ParserFree(adf->parser);
    adf->parser = NULL;
    adf->suspended = false;
}

void acrm__adf_free(acrm__adf *adf)
{
    if (adf == NULL)
        return;
    acrm_allocator a = adf->allocator;
    adf_drop_parser(adf);
    acrm__input_free(&adf->in);
    if (adf->decoding)
        acrm__decoder_free(&adf->decoder);
    acrm__arena_free(&adf->build.arena);
    acrm__str_free(&adf->build.text);
    acrm__str_free(&adf->raw);
    acrm__free(&a, adf->head, adf->head == NULL ? 0 : ACRM__ENCODING_SAMPLE);
    acrm__free(&a, adf, sizeof *adf);
}

static const char *adf_window(const acrm__adf *adf, size_t *len)
{
    *len = adf->in.end - adf->in.start;
    return adf->in.data + adf->in.start;
}

/* Use up n bytes of the window. */
static void adf_skip(acrm__adf *adf, size_t n)
{
    size_t len = 0;
    const char *text = adf_window(adf, &len);

    assert(n <= len);
    for (size_t i = 0; i < n; i++)
        adf->line += text[i] == '\n';
    adf->fed -= n < adf->fed ? n : adf->fed;
    acrm__input_skip(&adf->in, n);
}

/* ---- where documents begin ---- */

/* Whether a document, or with `inner` a prospect, begins with this text. */
static bool adf_is_mark(const char *text, size_t len, bool inner)
{
    static const char *const marks[] = { "<?xml", "<?adf", "<adf", "<!doctype", "<prospect" };

    for (size_t i = 0; i < sizeof marks / sizeof *marks - (inner ? 0 : 1); i++) {
        size_t n = strlen(marks[i]);
        size_t k = 0;
        while (k < n && k < len &&
               (text[k] >= 'A' && text[k] <= 'Z' ? text[k] + 32 : text[k]) == marks[i][k])
            k++;
        if (k == n && n < len && strchr(" \t\r\n>?/", text[n]) != NULL)
            return true;
    }
    return false;
}

/* "<?adf ...?>" before "<?xml ...?>": the second is where the document begins. */
static size_t adf_past_instruction(const char *text, size_t len)
{
    const char *end = len > 2 && (text[2] == 'a' || text[2] == 'A') ?
                      adf_search(text, len, "?>") : NULL;

    if (end == NULL)
        return 0;
    size_t at = (size_t)(end - text) + 2;
    while (at < len && (text[at] == ' ' || text[at] == '\t' || text[at] == '\r' ||
                        text[at] == '\n'))
        at++;
    return len - at >= 6 && memcmp(text + at, "<?xml", 5) == 0 ? at : 0;
}

/*
 * The distance from `from` bytes into the window to the next beginning; the end of the input when
 * there is none. The window keeps what it passes, up to `keep` bytes, and drops the rest.
 */
static int32_t adf_find_mark(acrm__adf *adf, size_t from, bool inner, size_t keep, size_t *at)
{
    for (;;) {
        size_t len = 0;
        const char *text = adf_window(adf, &len);
        size_t end = adf->in.ended ? len : len < ADF_MARK ? 0 : len - ADF_MARK;
        while (from < end) {
            const char *open = memchr(text + from, '<', end - from);
            from = open == NULL ? end : (size_t)(open - text);
            if (open != NULL && adf_is_mark(open, len - from, inner)) {
                *at = from;
                return ACRM_OK;
            }
            from += open != NULL ? 1 : 0;
        }
        if (adf->in.ended) {
            *at = len;
            return ACRM_OK;
        }
        if (from > keep) {
            acrm__str_add(&adf->raw, text, adf->raw.len == 0 ? keep : 0);
            adf_skip(adf, from);
            from = 0;
        }
        int32_t status = acrm__input_more(&adf->in);
        if (status != ACRM_OK)
            return status;
    }
}

/* ---- expat ---- */

static uint64_t adf_position(const acrm__adf *adf)
{
    return adf->base + (uint64_t)XML_GetCurrentByteIndex(adf->parser);
}

static uint64_t adf_line(const acrm__adf *adf)
{
    return adf->base_line - 1 + XML_GetCurrentLineNumber(adf->parser);
}

static void XMLCALL adf_on_start(void *user, const XML_Char *name, const XML_Char **attributes)
{
    acrm__adf *adf = user;
    bool outside = adf->build.prospect == NULL;

    acrm__adf_start(&adf->build, name, attributes);
    if (outside && adf->build.prospect != NULL) {
        adf->begin = adf_position(adf);
        adf->begin_line = adf_line(adf);
    }
    if (adf->build.nomem || adf->build.fatal)
        XML_StopParser(adf->parser, XML_FALSE);
}

static void XMLCALL adf_on_end(void *user, const XML_Char *name)
{
    acrm__adf *adf = user;

    (void)name;
    if (adf->build.fatal || adf->build.nomem) /* expat ends an empty element that it was told to */
        return;                               /* stop at */
    acrm__adf_end(&adf->build);
    if (!adf->build.nomem && !adf->build.ready && !adf->build.closed)
        return;
    adf->end = adf_position(adf) + (uint64_t)XML_GetCurrentByteCount(adf->parser);
    XML_StopParser(adf->parser, adf->build.nomem ? XML_FALSE : XML_TRUE);
}

static void XMLCALL adf_on_text(void *user, const XML_Char *text, int len)
{
    acrm__adf *adf = user;

    acrm__adf_text(&adf->build, text, (size_t)len);
    if (adf->build.nomem)
        XML_StopParser(adf->parser, XML_FALSE);
}

/* An entity that no one declared, such as &nbsp; from HTML: kept as it is written. */
static void XMLCALL adf_on_skipped(void *user, const XML_Char *name, int is_parameter)
{
    acrm__adf *adf = user;

    if (is_parameter)
        return;
    if (strcmp(name, "nbsp") == 0) {
        acrm__adf_text(&adf->build, " ", 1);
        return;
    }
    acrm__adf_text(&adf->build, "&", 1);
    acrm__adf_text(&adf->build, name, strlen(name));
    acrm__adf_text(&adf->build, ";", 1);
}

static void XMLCALL adf_on_entity(void *user, const XML_Char *name, int is_parameter,
                                  const XML_Char *value, int len, const XML_Char *base,
                                  const XML_Char *system, const XML_Char *public,
                                  const XML_Char *notation)
{
    acrm__adf *adf = user;

    (void)name;
    (void)is_parameter;
    (void)value;
    (void)len;
    (void)base;
    (void)system;
    (void)public;
    (void)notation;
    acrm__adf_fault(&adf->build, true, "entity",
                    "the document declares entities, which is not allowed");
    XML_StopParser(adf->parser, XML_FALSE);
}

/* Begin the document at the start of the window. */
static int32_t adf_open_document(acrm__adf *adf)
{
    adf->parser = XML_ParserCreate("UTF-8");
    if (adf->parser == NULL)
        return ACRM_E_NOMEM;
    XML_SetUserData(adf->parser, adf);
    XML_SetElementHandler(adf->parser, adf_on_start, adf_on_end);
    XML_SetCharacterDataHandler(adf->parser, adf_on_text);
    XML_SetEntityDeclHandler(adf->parser, adf_on_entity);
    XML_SetSkippedEntityHandler(adf->parser, adf_on_skipped);
    XML_UseForeignDTD(adf->parser, XML_TRUE); /* makes undeclared entities skipped, not fatal */
    acrm__adf_reset(&adf->build);
    adf->build.depth = 0;
    adf->build.closed = false;
    adf->base = adf->in.offset;
    adf->base_line = adf->line;
    adf->fed = 0;
    adf->any = true;
    acrm__str_clear(&adf->raw);
    return ACRM_OK;
}

/* ---- items ---- */

static void adf_give(acrm__adf *adf, acrm__adf_item *item)
{
    bool inside = adf->build.prospect != NULL;

    *item = (acrm__adf_item){ .number = ++adf->items,
                              .line = inside ? adf->begin_line : adf->line,
                              .offset = inside ? adf->begin : adf->in.offset };
    if (adf->build.reason != NULL) {
        item->reason = adf->build.reason;
        item->message = adf->build.message;
        item->place = adf->build.place;
    } else {
        item->prospect = adf->build.prospect;
    }
}

/* The raw text of an item: the first n bytes of the window, or what was kept of it. */
static void adf_give_raw(acrm__adf *adf, size_t n, acrm__adf_item *item)
{
    item->raw = adf->in.data + adf->in.start;
    item->raw_len = n;
    adf->given = n;
    if (adf->raw.len > 0) {
        item->raw = adf->raw.data;
        item->raw_len = adf->raw.len;
    }
    adf->overlong = false;
}

/* What is between prospects belongs to none of them. */
static void adf_skip_to_prospect(acrm__adf *adf)
{
    if (adf->build.prospect != NULL && adf->begin > adf->in.offset)
        adf_skip(adf, (size_t)(adf->begin - adf->in.offset));
}

/* The prospect that has just ended. */
static void adf_give_prospect(acrm__adf *adf, acrm__adf_item *item)
{
    adf_skip_to_prospect(adf);
    adf_give(adf, item);
    adf_give_raw(adf, (size_t)(adf->end - adf->in.offset), item);
    adf->build.ready = false;
    if (adf->build.closed) /* it was the root */
        adf_drop_parser(adf);
}

static const char *adf_reason_of(enum XML_Error error)
{
    switch (error) {
    case XML_ERROR_NO_ELEMENTS:
    case XML_ERROR_UNCLOSED_TOKEN:
    case XML_ERROR_UNCLOSED_CDATA_SECTION:
    case XML_ERROR_PARTIAL_CHAR:
        return "truncated";
    default:
        return "syntax";
    }
}

/*
 * What could not be read: from the start of the window to where reading may go on. That is the next
 * document, and after a malformed place within ADF the next prospect; after what looks like an
 * attack nothing at all.
 */
static int32_t adf_give_fault(acrm__adf *adf, acrm__adf_item *item)
{
    enum XML_Error error = XML_GetErrorCode(adf->parser);
    uint64_t place = adf_position(adf);
    bool inner = !adf->build.fatal;
    size_t from = 0;
    size_t len = 0;
    size_t at = 0;

    if (error == XML_ERROR_NO_MEMORY || adf->build.nomem)
        return ACRM_E_NOMEM;
    if (!adf->build.fatal)
        acrm__adf_fault(&adf->build, true, adf_reason_of(error), "line %llu, column %llu: %s",
                        (unsigned long long)adf_line(adf),
                        (unsigned long long)XML_GetCurrentColumnNumber(adf->parser) + 1,
                        XML_ErrorString(error));
    adf->over = !inner && strcmp(adf->build.reason, "root") != 0;
    adf_drop_parser(adf);
    adf_skip_to_prospect(adf);
    adf_give(adf, item);
    adf_window(adf, &len);
    from = place < adf->in.offset ? 0 : (size_t)(place - adf->in.offset) + 1;
    from = from < len ? from : len;
    int32_t status = adf_find_mark(adf, from, inner, ACRM__ADF_PROSPECT_MAX, &at);
    if (status != ACRM_OK)
        return status;
    adf_give_raw(adf, at, item);
    return adf->raw.failed ? ACRM_E_NOMEM : ACRM_OK;
}

/* An input in which no document begins, or one that cannot be decoded. */
static int32_t adf_give_none(acrm__adf *adf, acrm__adf_item *item)
{
    size_t len = 0;
    const char *text = adf_window(adf, &len);
    bool empty = adf->raw.len == 0;

    for (size_t i = 0; i < len && empty; i++)
        empty = strchr(" \t\r\n", text[i]) != NULL && text[i] != '\0';
    if (adf->unknown)
        acrm__adf_fault(&adf->build, true, "encoding",
                        "the encoding that the document names is not known; save it as UTF-8");
    else
        acrm__adf_fault(&adf->build, true, empty ? "empty" : "root",
                        empty ? "there is nothing in it" : "there is no ADF document in it");
    adf_give(adf, item);
    adf_give_raw(adf, len, item);
    adf->over = true;
    return adf->raw.failed ? ACRM_E_NOMEM : ACRM_OK;
}

/* ---- reading ---- */

/* Keep the window to what an item may need. */
static int32_t adf_bound_window(acrm__adf *adf)
{
    bool inside = adf->build.prospect != NULL;
    size_t len = 0;
    const char *text;

    adf_skip_to_prospect(adf);
    text = adf_window(adf, &len);
    if (adf->fed <= ACRM__ADF_PROSPECT_MAX && !adf->overlong)
        return ACRM_OK;
    if (!adf->overlong) {
        adf->overlong = true;
        acrm__str_add(&adf->raw, text, acrm__input_cut(text, len, ACRM__ADF_RAW_MAX));
        acrm__adf_fault(&adf->build, !inside, "limit", "%s is longer than %d bytes",
                        inside ? "the prospect" : "what is outside of a prospect",
                        ACRM__ADF_PROSPECT_MAX);
        if (adf->raw.failed)
            return ACRM_E_NOMEM;
    }
    adf_skip(adf, adf->fed);
    return ACRM_OK;
}

/* Hand expat the next piece. */
static int32_t adf_feed(acrm__adf *adf, enum XML_Status *parsed)
{
    size_t len = 0;
    const char *text = adf_window(adf, &len);

    if (adf->suspended) {
        adf->suspended = false;
        *parsed = XML_ResumeParser(adf->parser);
        return ACRM_OK;
    }
    if (adf->fed == len && !adf->in.ended) {
        int32_t status = acrm__input_more(&adf->in);
        if (status != ACRM_OK)
            return status;
        text = adf_window(adf, &len);
    }
    size_t n = len - adf->fed < ADF_PIECE ? len - adf->fed : ADF_PIECE;
    bool last = adf->in.ended && adf->fed + n == len;
    *parsed = XML_Parse(adf->parser, text + adf->fed, (int)n, last);
    adf->fed += n;
    return ACRM_OK;
}

/* Expat keeps a token whole until its end comes: it must come soon. */
static void adf_check_token(acrm__adf *adf)
{
    if (adf->in.offset + adf->fed > adf_position(adf) + ACRM__ADF_TOKEN_MAX)
        acrm__adf_fault(&adf->build, true, "limit", "a tag or comment is longer than %d bytes",
                        ACRM__ADF_TOKEN_MAX);
}

/* One document, from where it begins or was left. *done when it gave an item. */
static int32_t adf_run(acrm__adf *adf, acrm__adf_item *item, bool *done)
{
    while (adf->parser != NULL) {
        enum XML_Status parsed = XML_STATUS_ERROR;
        int32_t status = adf_feed(adf, &parsed);
        if (status != ACRM_OK)
            return status;
        adf->suspended = parsed == XML_STATUS_SUSPENDED;
        if (adf->build.ready) {
            adf_give_prospect(adf, item);
            *done = true;
            return ACRM_OK;
        }
        if (adf->build.closed) { /* what is behind the root is none of the document's */
            adf_skip(adf, (size_t)(adf->end - adf->in.offset));
            adf_drop_parser(adf);
            return ACRM_OK;
        }
        if (parsed != XML_STATUS_ERROR) {
            adf_check_token(adf);
            status = adf_bound_window(adf);
        }
        if (status != ACRM_OK)
            return status;
        if (parsed == XML_STATUS_ERROR || adf->build.fatal) {
            *done = true;
            return adf_give_fault(adf, item);
        }
    }
    return ACRM_OK;
}

/* Forget the item given out last. */
static void adf_take_back(acrm__adf *adf)
{
    adf_skip(adf, adf->given);
    adf->given = 0;
    acrm__adf_reset(&adf->build);
    acrm__str_clear(&adf->raw);
}

int32_t acrm__adf_next(acrm__adf *adf, acrm__adf_item *item, bool *more)
{
    bool done = false;

    adf_take_back(adf);
    *more = false;
    while (!done && !adf->over) {
        size_t at = 0;
        size_t len = 0;
        int32_t status = ACRM_OK;
        if (adf->parser == NULL) {
            status = adf_find_mark(adf, 0, true, ACRM__ADF_RAW_MAX, &at);
            if (status != ACRM_OK)
                return status;
            adf_window(adf, &len);
            if ((at == len && !adf->any) || adf->unknown) {
                *more = true;
                return adf_give_none(adf, item);
            }
            if (at == len)
                return ACRM_OK;
            adf_skip(adf, at);
            const char *text = adf_window(adf, &len);
            adf_skip(adf, adf_past_instruction(text, len));
            status = adf_open_document(adf);
        }
        if (status == ACRM_OK)
            status = adf_run(adf, item, &done);
        if (status != ACRM_OK)
            return status;
    }
    *more = done;
    return ACRM_OK;
}

#else

int32_t acrm__adf_new(const acrm_allocator *allocator, acrm__read_fn read, void *user,
                      int32_t offset_min, acrm__adf **out)
{
    (void)allocator;
    (void)read;
    (void)user;
    (void)offset_min;
    (void)out;
    return ACRM_E_UNSUPPORTED;
}

void acrm__adf_free(acrm__adf *adf)
{
    (void)adf;
}

int32_t acrm__adf_next(acrm__adf *adf, acrm__adf_item *item, bool *more)
{
    (void)adf;
    (void)item;
    (void)more;
    return ACRM_E_UNSUPPORTED;
}

#endif
