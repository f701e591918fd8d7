/* SPDX-License-Identifier: MIT */
/*
 * Reads the outside truth in tests/data/: a file is an object whose "cases" are objects. A missing
 * file, member or a malformed value fails the running test with the case's id, so a test can read
 * straight on. Names may be paths: "expect.days".
 */
#ifndef TESTS_SUPPORT_VECTORS_H
#define TESTS_SUPPORT_VECTORS_H

#include <check.h>
#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Runs the following statement for each case of a loaded file. */
#define VECTORS_EACH(item, root)                                                                  \
    for (const cJSON *item = vectors_first(root); item != NULL; item = item->next)

/* The parsed file; free it with cJSON_Delete(). */
static inline cJSON *vectors_load(const char *file)
{
    char path[1024];
    int length = snprintf(path, sizeof path, "%s/%s", ACRM_TEST_DATA, file);
    ck_assert_int_lt(length, (int)sizeof path);
    FILE *in = fopen(path, "rb");
    ck_assert_msg(in != NULL, "cannot open %s", path);
    ck_assert_int_eq(fseek(in, 0, SEEK_END), 0);
    long size = ftell(in);
    ck_assert_int_ge(size, 0);
    rewind(in);
    char *text = malloc((size_t)size + 1);
    ck_assert_ptr_nonnull(text);
    ck_assert_uint_eq(fread(text, 1, (size_t)size, in), (size_t)size);
    fclose(in);
    text[size] = '\0';
    cJSON *root = cJSON_Parse(text);
    free(text);
    ck_assert_msg(root != NULL, "%s is not JSON", path);
    return root;
}

static inline const cJSON *vectors_first(const cJSON *root)
{
    const cJSON *cases = cJSON_GetObjectItemCaseSensitive(root, "cases");

    ck_assert_msg(cases != NULL && cases->child != NULL, "the file has no cases");
    return cases->child;
}

static inline const char *vector_id(const cJSON *item)
{
    const char *id = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(item, "id"));

    return id != NULL ? id : "(row)";
}

/* The member at a path, or NULL. */
static inline const cJSON *vector_find(const cJSON *item, const char *path)
{
    char name[64];

    while (item != NULL && *path != '\0') {
        size_t length = strcspn(path, ".");
        ck_assert_uint_lt(length, sizeof name);
        memcpy(name, path, length);
        name[length] = '\0';
        path += length + (path[length] == '.' ? 1 : 0);
        item = cJSON_GetObjectItemCaseSensitive(item, name);
    }
    return item;
}

static inline bool vector_has(const cJSON *item, const char *path)
{
    return vector_find(item, path) != NULL;
}

static inline const cJSON *vector_get(const cJSON *item, const char *path)
{
    const cJSON *found = vector_find(item, path);

    ck_assert_msg(found != NULL, "case %s has no %s", vector_id(item), path);
    return found;
}

static inline const char *vector_text(const cJSON *item, const char *path)
{
    const char *text = cJSON_GetStringValue(vector_get(item, path));

    ck_assert_msg(text != NULL, "case %s: %s is no text", vector_id(item), path);
    return text;
}

/* A number, given as a number or as text. */
static inline double vector_number(const cJSON *item, const char *path)
{
    const cJSON *found = vector_get(item, path);

    return cJSON_IsNumber(found) ? found->valuedouble : strtod(vector_text(item, path), NULL);
}

static inline int64_t vector_int(const cJSON *item, const char *path)
{
    double value = vector_number(item, path);

    ck_assert_msg(value >= -9e15 && value <= 9e15 && (double)(int64_t)value == value,
                  "case %s: %s is no integer", vector_id(item), path);
    return (int64_t)value;
}

/* An exact decimal text as an integer of 10^-digits, e.g. "230.5" with 2 digits is 23050. */
static inline int64_t vector_decimal(const char *text, int digits)
{
    bool negative = *text == '-';
    int64_t value = 0;
    int places = -1;

    for (const char *p = text + (negative ? 1 : 0); *p != '\0'; p++) {
        if (*p == '.') {
            ck_assert_msg(places < 0, "\"%s\" is no decimal", text);
            places = 0;
            continue;
        }
        ck_assert_msg(*p >= '0' && *p <= '9', "\"%s\" is no decimal", text);
        ck_assert_msg(value < INT64_MAX / 10 - 9, "\"%s\" is too large", text);
        value = value * 10 + (*p - '0');
        places += places >= 0 ? 1 : 0;
    }
    places = places < 0 ? 0 : places;
    ck_assert_msg(places <= digits, "\"%s\" has more than %d decimals", text, digits);
    for (; places < digits; places++)
        value *= 10;
    return negative ? -value : value;
}

static inline int64_t vector_minor(const cJSON *item, const char *path, int digits)
{
    return vector_decimal(vector_text(item, path), digits);
}

/* Days since 1970-01-01 of a "YYYY-MM-DD": counted year by year and month by month, the slow and
 * obvious way, so as not to share a mistake with the library. */
static inline int32_t vector_day_of(const char *text)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int year = 0;
    int month = 0;
    int day = 0;
    int32_t count = 0;

    ck_assert_msg(sscanf(text, "%4d-%2d-%2d", &year, &month, &day) == 3, "\"%s\"", text);
    ck_assert_msg(month >= 1 && month <= 12 && day >= 1 && day <= 31, "\"%s\"", text);
    for (int y = 1970; y < year; y++)
        count += (y % 4 == 0 && y % 100 != 0) || y % 400 == 0 ? 366 : 365;
    for (int y = 1969; y >= year; y--)
        count -= (y % 4 == 0 && y % 100 != 0) || y % 400 == 0 ? 366 : 365;
    for (int m = 1; m < month; m++)
        count += days[m - 1];
    if (month > 2 && ((year % 4 == 0 && year % 100 != 0) || year % 400 == 0))
        count++;
    return count + day - 1;
}

static inline int32_t vector_day(const cJSON *item, const char *path)
{
    return vector_day_of(vector_text(item, path));
}

/* A sum of fractions in text, e.g. "1/12+3/365", "-1", "13/14"; not reduced. */
static inline void vector_fraction(const char *text, int64_t *num, int64_t *den)
{
    *num = 0;
    *den = 1;
    for (const char *p = text; *p != '\0'; p += *p == '+' ? 1 : 0) {
        char *end = NULL;
        int64_t a = strtoll(p, &end, 10);
        int64_t b = 1;
        ck_assert_msg(end != p, "\"%s\" is no fraction", text);
        p = end;
        if (*p == '/') {
            b = strtoll(p + 1, &end, 10);
            ck_assert_msg(end != p + 1 && b > 0, "\"%s\" is no fraction", text);
            p = end;
        }
        ck_assert_msg(*p == '\0' || *p == '+', "\"%s\" is no fraction", text);
        *num = *num * b + a * *den;
        *den *= b;
    }
}

#endif
