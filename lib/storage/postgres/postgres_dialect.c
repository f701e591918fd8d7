/* SPDX-License-Identifier: MIT */
/* What PostgreSQL needs of its own in SQL text: date buckets, substring and search conditions. */
#include "storage/postgres/postgres_internal.h"

#include "base/civil.h"

#include <string.h>

enum { DIALECT_WORD_MAX = 2000, DIALECT_WORDS_MAX = 900000 }; /* bytes of a tsvector's parts */

static const char *const dialect_units[] = {
    [ACRM_BUCKET_DAY] = "day",     [ACRM_BUCKET_WEEK] = "week",       [ACRM_BUCKET_MONTH] = "month",
    [ACRM_BUCKET_QUARTER] = "quarter", [ACRM_BUCKET_YEAR] = "year",
};

/* (column + offset) rounded down to a multiple of `unit`. */
static void dialect_floor(acrm__sql *sql, const acrm__sql_scope *scope, uint32_t column,
                          int64_t offset, int64_t unit)
{
    acrm__sql_puts(sql, "(");
    acrm__sql_column(sql, scope, column);
    acrm__str_format(&sql->text, "+(%lld)-mod(mod(", (long long)offset);
    acrm__sql_column(sql, scope, column);
    acrm__str_format(&sql->text, "+(%lld),%lld)+%lld,%lld))", (long long)offset, (long long)unit,
                     (long long)unit, (long long)unit);
}

/* The day on which the unit begins that holds the day written by `day` and the rest. */
static void dialect_trunc(acrm__sql *sql, int32_t bucket, bool begin)
{
    if (begin)
        acrm__str_format(&sql->text, "(date_trunc('%s',(date '1970-01-01'+(",
                         dialect_units[bucket]);
    else
        acrm__sql_puts(sql, ")::int)::timestamp)::date-date '1970-01-01')::bigint");
}

/* CASE keeps the arithmetic away from what it would overflow on. */
static void dialect_bucket(acrm__sql *sql, const acrm__sql_scope *scope, const acrm_expression *e)
{
    bool days = e->bucket_is_days != 0;
    int64_t offset = days ? 0 : e->offset_minutes * INT64_C(60) * ACRM__SECOND_US;
    int64_t low = days ? ACRM__DAY_MIN : ACRM__INSTANT_MIN;
    int64_t high = days ? ACRM__DAY_MAX : ACRM__INSTANT_MAX;
    bool none = e->offset_minutes < -1440 || e->offset_minutes > 1440;

    acrm__sql_puts(sql, "CASE WHEN ");
    acrm__sql_column(sql, scope, e->column);
    acrm__str_format(&sql->text, " BETWEEN %lld AND %lld THEN NULLIF(GREATEST(",
                     (long long)(offset < 0 ? low - offset : low),
                     (long long)(none && !days ? low - 1 : offset > 0 ? high - offset : high));
    if (days && e->bucket <= ACRM_BUCKET_DAY) {
        acrm__sql_column(sql, scope, e->column);
    } else if (days) {
        dialect_trunc(sql, e->bucket, true);
        acrm__sql_column(sql, scope, e->column);
        dialect_trunc(sql, e->bucket, false);
    } else if (e->bucket <= ACRM_BUCKET_DAY) {
        dialect_floor(sql, scope, e->column, offset,
                      e->bucket == ACRM_BUCKET_HOUR ? 3600 * ACRM__SECOND_US : ACRM__DAY_US);
    } else {
        dialect_trunc(sql, e->bucket, true);
        dialect_floor(sql, scope, e->column, offset, ACRM__DAY_US);
        acrm__str_format(&sql->text, "/%lld", (long long)ACRM__DAY_US);
        dialect_trunc(sql, e->bucket, false);
        acrm__str_format(&sql->text, "*%lld", (long long)ACRM__DAY_US);
    }
    acrm__str_format(&sql->text, "-(%lld),%lld),%lld) END", (long long)offset, (long long)(low - 1),
                     (long long)(low - 1));
}

static void dialect_contains(acrm__sql *sql, const acrm__sql_scope *scope, uint32_t column,
                             const acrm_cell *text)
{
    acrm__sql_puts(sql, "strpos(");
    acrm__sql_column(sql, scope, column);
    acrm__sql_puts(sql, ",");
    acrm__sql_bind(sql, text);
    acrm__sql_puts(sql, ") > 0");
}

/* No more than the index takes, ending with a whole code point. */
static size_t dialect_word(const char *word, size_t len)
{
    if (len <= DIALECT_WORD_MAX)
        return len;
    len = DIALECT_WORD_MAX;
    while (len > 0 && ((unsigned char)word[len] & 0xc0) == 0x80)
        len--;
    return len;
}

static size_t dialect_quoted(char *to, const char *word, size_t len)
{
    size_t n = 0;

    to[n++] = '\'';
    for (size_t i = 0; i < len; i++) {
        if (word[i] == '\'' || word[i] == '\\')
            to[n++] = word[i];
        to[n++] = word[i];
    }
    to[n++] = '\'';
    return n;
}

/* `ali reza` becomes `'ali' 'reza'`, or `'ali':*&'reza':*`: both as the beginning of a word. */
acrm_cell acrm__postgres_words(acrm__sql *sql, const char *text, size_t size, bool query)
{
    size_t n = 0;
    /* At worst every second byte is a word, and every byte a quote. */
    char *out = acrm__arena_alloc(sql->arena, size * 5 + 8);

    if (!out) {
        sql->text.failed = true;
        return (acrm_cell){ .type = ACRM_CELL_NULL };
    }
    for (size_t i = 0; i < size && n < DIALECT_WORDS_MAX;) {
        size_t len = 0;
        while (i + len < size && text[i + len] != ' ')
            len++;
        if (len > 0 && n > 0)
            out[n++] = query ? '&' : ' ';
        if (len > 0) {
            n += dialect_quoted(out + n, text + i, dialect_word(text + i, len));
            memcpy(out + n, ":*", query ? 2 : 0);
            n += query ? 2 : 0;
        }
        i += len + 1;
    }
    return (acrm_cell){ .type = ACRM_CELL_TEXT, .size = (uint32_t)n, .data = out };
}

static void dialect_search(acrm__sql *sql, const acrm__sql_scope *scope, const acrm_cell *words)
{
    acrm_cell match = acrm__postgres_words(sql, words->data, words->size, true);

    acrm__str_putc(&sql->text, scope->letter);
    acrm__str_int(&sql->text, scope->number);
    acrm__sql_puts(sql, "._search @@ ");
    acrm__sql_bind(sql, &match);
    acrm__sql_puts(sql, "::tsquery");
}

const acrm__sql_dialect acrm__postgres_dialect = {
    .numbered = true,
    .inexact = true,
    .blobs_unordered = true,
    .nulls_first = " NULLS FIRST",
    .nulls_last = " NULLS LAST",
    .average_of = "::float8",
    .bucket = dialect_bucket,
    .contains = dialect_contains,
    .search = dialect_search,
};
