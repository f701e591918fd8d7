/* SPDX-License-Identifier: MIT */
/*
 * Numbers to and from text without the C library's strtod, which follows the host's locale.
 * Reading is correctly rounded (W. D. Clinger, "How to read floating point numbers accurately",
 * 1990): exact double arithmetic where that suffices, else a product of 64 bits whose error is
 * known, and where that leaves a doubt a division of big integers.
 */
#include "base/number.h"

#include "base/power_table.h"
#include "base/text.h"

#include <float.h>
#include <stdio.h>
#include <string.h>

enum {
    NUMBER_DIGITS_MAX = 780, /* 767 can decide how a double is rounded, the rest break ties */
    NUMBER_POWER_MAX = 400,  /* decimal exponents beyond it overflow or vanish */
    NUMBER_WORDS = 132,      /* 32 bits each: 10^(780 + 400), and 64 bits to shift by */
    NUMBER_MANTISSA = 53,
    NUMBER_EXACT_POWER = 22, /* 10^22 is a double exactly */
    NUMBER_FEW_DIGITS = 19,  /* always fit 64 bits */
    NUMBER_FEW_PLACES = 6
};

__extension__ typedef unsigned __int128 number_wide;

static const int64_t number_safe_max = 9007199254740991; /* 2^53 - 1 */

/* value = digits * 10^power; no zero at either end of the digits. */
typedef struct number_decimal {
    bool negative;
    bool more; /* non-zero digits were left out behind */
    int32_t count;
    int32_t power;
    char digits[NUMBER_DIGITS_MAX];
} number_decimal;

typedef struct number_big {
    int32_t len;
    uint32_t words[NUMBER_WORDS]; /* least first */
} number_big;

static void number_big_muladd(number_big *big, uint32_t factor, uint32_t add)
{
    uint64_t carry = add;

    for (int32_t i = 0; i < big->len; i++) {
        carry += (uint64_t)big->words[i] * factor;
        big->words[i] = (uint32_t)carry;
        carry >>= 32;
    }
    if (carry)
        big->words[big->len++] = (uint32_t)carry;
}

static void number_big_power(number_big *big, int32_t power)
{
    for (; power >= 9; power -= 9)
        number_big_muladd(big, 1000000000, 0);
    for (; power > 0; power--)
        number_big_muladd(big, 10, 0);
}

static void number_big_shift(number_big *big, int32_t bits)
{
    int32_t words = bits / 32;

    for (int32_t rest = bits % 32; rest > 0; rest = 0)
        number_big_muladd(big, (uint32_t)1 << rest, 0);
    if (words == 0 || big->len == 0)
        return;
    memmove(big->words + words, big->words, (size_t)big->len * sizeof big->words[0]);
    memset(big->words, 0, (size_t)words * sizeof big->words[0]);
    big->len += words;
}

static int32_t number_big_bits(const number_big *big)
{
    return big->len == 0 ? 0 : big->len * 32 - __builtin_clz(big->words[big->len - 1]);
}

static int number_big_compare(const number_big *a, const number_big *b)
{
    if (a->len != b->len)
        return a->len < b->len ? -1 : 1;
    for (int32_t i = a->len - 1; i >= 0; i--)
        if (a->words[i] != b->words[i])
            return a->words[i] < b->words[i] ? -1 : 1;
    return 0;
}

/* a -= b, where a >= b. */
static void number_big_subtract(number_big *a, const number_big *b)
{
    int64_t borrow = 0;

    for (int32_t i = 0; i < a->len; i++) {
        borrow += (int64_t)a->words[i] - (i < b->len ? b->words[i] : 0);
        a->words[i] = (uint32_t)borrow;
        borrow >>= 32; /* 0 or -1 */
    }
    while (a->len > 0 && a->words[a->len - 1] == 0)
        a->len--;
}

/* mantissa * 2^exponent, built from its parts: exact by construction. Zero, subnormal, or infinite
 * (false) as IEEE 754 has it. */
static bool number_compose(uint64_t mantissa, int32_t exponent, double *out)
{
    uint64_t bits = 0;

    if (mantissa >> NUMBER_MANTISSA) { /* rounding made it 2^53 */
        mantissa >>= 1;
        exponent++;
    }
    if (mantissa >> (NUMBER_MANTISSA - 1)) {
        int32_t biased = exponent + (NUMBER_MANTISSA - 1) + (DBL_MAX_EXP - 1);

        if (biased > 2 * DBL_MAX_EXP - 2)
            return false;
        bits = (uint64_t)biased << (NUMBER_MANTISSA - 1)
               | (mantissa & (((uint64_t)1 << (NUMBER_MANTISSA - 1)) - 1));
    } else {
        bits = mantissa; /* subnormal: the exponent is the least one */
    }
    memcpy(out, &bits, sizeof bits);
    return true;
}

/* How many of the low bits of a number of 63 or 64 bits a double has no room for. */
static int32_t number_drop(uint64_t bits, int32_t exponent)
{
    int32_t drop = (bits >> 63 ? 64 : 63) - NUMBER_MANTISSA;
    int32_t least = DBL_MIN_EXP - NUMBER_MANTISSA;

    return exponent + drop < least ? least - exponent : drop;
}

/* The double nearest to bits * 2^exponent, where `more` tells of something behind the bits. */
static bool number_compose_rounded(uint64_t bits, bool more, int32_t exponent, double *out)
{
    int32_t drop = number_drop(bits, exponent);
    uint64_t half = drop <= 64 ? (uint64_t)1 << (drop - 1) : 0;
    uint64_t rest = bits & (half | (half - 1));
    uint64_t kept = drop < 64 ? bits >> drop : 0;

    if (drop > 64)
        return number_compose(0, 0, out);
    if (rest > half || (rest == half && (more || (kept & 1))))
        kept++;
    return number_compose(kept, exponent + drop, out);
}

/* The nearest double of above / below, by long division. */
static bool number_divide(number_big *above, number_big *below, double *out)
{
    /* The quotient is scaled to 63 or 64 bits; the remainder only tells ties apart. */
    int32_t exponent = number_big_bits(above) - number_big_bits(below) - 63;
    uint64_t quotient = 0;

    if (exponent > 0)
        number_big_shift(below, exponent);
    else
        number_big_shift(above, -exponent);
    /* Now 2^62 < above / below < 2^64: bring it below 1 and take out 64 bits, highest first. */
    number_big_shift(below, 64);
    for (int i = 0; i < 64; i++) {
        number_big_muladd(above, 2, 0);
        quotient <<= 1;
        if (number_big_compare(above, below) >= 0) {
            number_big_subtract(above, below);
            quotient |= 1;
        }
    }
    return number_compose_rounded(quotient, above->len > 0, exponent, out);
}

/* The magnitude of a decimal. */
static bool number_round(const number_decimal *decimal, double *out)
{
    number_big above = { 0 };
    number_big below = { .len = 1, .words = { 1 } };

    if (decimal->count == 0 || decimal->count + decimal->power < -NUMBER_POWER_MAX) {
        *out = 0.0;
        return true;
    }
    if (decimal->count + decimal->power > NUMBER_POWER_MAX)
        return false;
    for (int32_t i = 0; i < decimal->count; i++)
        number_big_muladd(&above, 10, (uint32_t)(decimal->digits[i] - '0'));
    if (decimal->more) { /* anything between this digit and the next breaks the tie the same way */
        number_big_muladd(&above, 10, 1);
        number_big_power(&below, 1);
    }
    if (decimal->power > 0)
        number_big_power(&above, decimal->power);
    else
        number_big_power(&below, -decimal->power);
    return number_divide(&above, &below, out);
}

static const double number_powers[NUMBER_EXACT_POWER + 1] = {
    1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
};

/* Where an exact product or quotient of two doubles gives the answer. */
static bool number_round_fast(uint64_t mantissa, int32_t power, double *out)
{
    if (FLT_EVAL_METHOD != 0 || mantissa > (uint64_t)number_safe_max
        || power > NUMBER_EXACT_POWER || power < -NUMBER_EXACT_POWER)
        return false;
    *out = power < 0 ? (double)mantissa / number_powers[-power]
                     : (double)mantissa * number_powers[power];
    return true;
}

/*
 * Where 64 bits of the product are enough to tell to which side it rounds: nearly always.
 * `mantissa` is not 0; `more` tells that digits were left out behind it.
 */
static bool number_round_near(uint64_t mantissa, bool more, int32_t power, double *out)
{
    int32_t shift = __builtin_clzll(mantissa);
    /* In units of the last bit: half a unit of the power, a unit for what the product drops, twice
     * that for making it 64 bits, and a whole one of the mantissa where digits are missing. */
    uint64_t error = 4 + (more ? (uint64_t)4 << shift : 0);
    number_wide product = 0;
    uint64_t bits = 0;
    uint64_t rest = 0;
    uint64_t half = 0;
    int32_t exponent = 0;
    int32_t drop = 0;

    if (power < ACRM__POWER_MIN || power > ACRM__POWER_MAX)
        return false;
    product = (number_wide)(mantissa << shift) * acrm__power_table[power - ACRM__POWER_MIN];
    /* 10^power is its entry times 2 to the floor of its binary logarithm, less 63. */
    exponent = power * 217706 / 65536 - (power < 0 ? 1 : 0) - 63 + 64 - shift;
    if (!(product >> 127)) {
        product <<= 1;
        exponent--;
    }
    bits = (uint64_t)(product >> 64);
    drop = number_drop(bits, exponent);
    if (drop >= 64)
        return false;
    half = (uint64_t)1 << (drop - 1);
    rest = bits & (half | (half - 1));
    if ((rest > half ? rest - half : half - rest) <= error)
        return false;
    return number_compose_rounded(bits, true, exponent, out);
}

static size_t number_digits(const char *text, size_t len, size_t at)
{
    while (at < len && text[at] >= '0' && text[at] <= '9')
        at++;
    return at;
}

/* Take the digits of text[from, to) into the decimal; its power counts those left out. */
static void number_take(number_decimal *decimal, const char *text, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        if (decimal->count == 0 && text[i] == '0')
            continue;
        if (decimal->count < NUMBER_DIGITS_MAX) {
            decimal->digits[decimal->count++] = text[i];
        } else {
            decimal->more = decimal->more || text[i] != '0';
            if (decimal->power < INT32_MAX / 4)
                decimal->power++;
        }
    }
}

/* The exponent that begins after its "e", saturated. */
static int32_t number_exponent(const char *text, size_t at, size_t end)
{
    bool negative = text[at] == '-';
    int32_t exponent = 0;

    if (text[at] == '-' || text[at] == '+')
        at++;
    for (; at < end; at++)
        if (exponent < INT32_MAX / 100)
            exponent = exponent * 10 + (text[at] - '0');
    return negative ? -exponent : exponent;
}

/* Where the parts of a number end: whole digits, fraction digits, all of it. */
typedef struct number_shape {
    size_t whole;
    size_t point_end; /* of the fraction; equal to whole when there is none */
    size_t exponent;  /* where it begins behind the "e"; equal to end when there is none */
    size_t end;
} number_shape;

static bool number_scan(const char *text, size_t len, number_shape *shape, size_t *stop)
{
    size_t at = len > 0 && text[0] == '-' ? 1 : 0;
    size_t begin = at;

    at = number_digits(text, len, at);
    *stop = at > begin + 1 && text[begin] == '0' ? begin + 1 : at;
    if (at == begin || *stop != at)
        return false;
    shape->whole = at;
    if (at < len && text[at] == '.') {
        at = number_digits(text, len, at + 1);
        *stop = at;
        if (at == shape->whole + 1)
            return false;
    }
    shape->point_end = at;
    shape->exponent = at;
    if (at < len && (text[at] == 'e' || text[at] == 'E')) {
        at++;
        shape->exponent = at;
        begin = at + (at < len && (text[at] == '+' || text[at] == '-') ? 1 : 0);
        at = number_digits(text, len, begin);
        *stop = at;
        if (at == begin)
            return false;
    }
    shape->end = at;
    return true;
}

/* By the first digits alone, where they decide. */
static bool number_round_few(const number_decimal *decimal, double *out)
{
    int32_t count = decimal->count < NUMBER_FEW_DIGITS ? decimal->count : NUMBER_FEW_DIGITS;
    uint64_t mantissa = 0;

    for (int32_t i = 0; i < count; i++)
        mantissa = mantissa * 10 + (uint64_t)(decimal->digits[i] - '0');
    if (count == decimal->count && number_round_fast(mantissa, decimal->power, out))
        return true;
    return mantissa > 0
           && number_round_near(mantissa, count < decimal->count,
                                decimal->power + decimal->count - count, out);
}

size_t acrm__number_read(const char *text, size_t len, acrm__number *out, size_t *stop)
{
    number_decimal decimal;
    number_shape shape;

    if (!number_scan(text, len, &shape, stop))
        return 0;
    decimal.negative = text[0] == '-';
    decimal.more = false;
    decimal.count = 0;
    decimal.power = 0;
    number_take(&decimal, text, decimal.negative ? 1 : 0, shape.whole);
    if (shape.point_end > shape.whole) {
        size_t places = shape.point_end - shape.whole - 1;

        number_take(&decimal, text, shape.whole + 1, shape.point_end);
        decimal.power -= places < INT32_MAX / 4 ? (int32_t)places : INT32_MAX / 4;
    }
    if (shape.exponent < shape.end)
        decimal.power += number_exponent(text, shape.exponent, shape.end);
    for (; decimal.count > 0 && !decimal.more && decimal.digits[decimal.count - 1] == '0';
         decimal.count--)
        decimal.power++;
    if (decimal.count == 0)
        decimal.power = 0;
    *out = (acrm__number){ 0 };
    if (!number_round_few(&decimal, &out->real))
        out->overflow = !number_round(&decimal, &out->real);
    if (!out->overflow && decimal.power >= 0 && !decimal.more
        && out->real <= (double)number_safe_max) {
        out->integral = true;
        out->integer = decimal.negative ? -(int64_t)out->real : (int64_t)out->real;
    }
    if (decimal.negative)
        out->real = -out->real;
    return shape.end;
}

bool acrm__parse_real(const char *text, size_t len, double *out)
{
    acrm__number number;
    size_t stop = 0;

    if (len == 0 || acrm__number_read(text, len, &number, &stop) != len || number.overflow)
        return false;
    *out = number.real;
    return true;
}

/* Write digits with the point where the decimal exponent says, or with that exponent. */
static size_t number_layout(const char *digits, int32_t count, int32_t exponent, bool plain,
                            char *dst)
{
    char power[32];
    size_t power_len = 0;
    size_t len = 0;

    if (!plain) {
        dst[len++] = digits[0];
        if (count > 1) {
            dst[len++] = '.';
            memcpy(dst + len, digits + 1, (size_t)count - 1);
            len += (size_t)count - 1;
        }
        dst[len++] = 'e';
        power_len = acrm__print_decimal(exponent, 0, power);
        memcpy(dst + len, power, power_len);
        return len + power_len;
    }
    if (exponent < 0) {
        dst[len++] = '0';
        dst[len++] = '.';
        for (int32_t i = -1; i > exponent; i--)
            dst[len++] = '0';
    }
    for (int32_t i = 0; i < count || i <= exponent; i++) {
        if (i > 0 && i == exponent + 1)
            dst[len++] = '.';
        dst[len++] = i < count ? digits[i] : '0';
    }
    return len;
}

/* The digits of a positive double to a precision, without zeros at the end, and its exponent. */
static int32_t number_to_digits(double real, int precision, char digits[17], int32_t *exponent)
{
    char text[48];
    const char *p = text;
    int32_t count = 0;

    (void)snprintf(text, sizeof text, "%.*e", precision - 1, real);
    for (; *p != 'e'; p++) /* skips the point, which is the locale's and may be any bytes */
        if (*p >= '0' && *p <= '9')
            digits[count++] = *p;
    *exponent = number_exponent(p, 1, strlen(p));
    while (count > 1 && digits[count - 1] == '0')
        count--;
    return count;
}

/*
 * A number of few digits as an integer divided by the least power of ten that gives it back: that
 * is how it will be read, and no shorter text can mean it. Returns the digits, 0 when it is none.
 */
static int32_t number_to_few_digits(double real, char digits[17], int32_t *exponent)
{
    char text[32];
    int32_t count = 0;

    if (FLT_EVAL_METHOD != 0 || real >= 1e9 || real < 1e-6)
        return 0;
    for (int32_t places = 0; places <= NUMBER_FEW_PLACES; places++) {
        int64_t scaled = (int64_t)(real * number_powers[places] + 0.5); /* below 10^15 */

        if ((double)scaled / number_powers[places] == real) {
            count = (int32_t)acrm__print_decimal(scaled, 0, text);
            memcpy(digits, text, (size_t)count);
            *exponent = count - 1 - places;
            break;
        }
    }
    return count;
}

size_t acrm__print_real(double real, char dst[32])
{
    char digits[17];
    char *to = dst;
    size_t len = 0;
    int32_t exponent = 0;
    int32_t count = 0;
    /* Fifteen digits read back the same if any fewer do, save where precision fades out. */
    int precision = DBL_DIG;

    if (real == 0.0 || real != real) { /* callers have refused what is not a number */
        memcpy(dst, "0", 2);
        return 1;
    }
    if (real < 0) {
        *to++ = '-';
        real = -real;
    }
    if (real < DBL_MIN)
        precision = 1;
    if (real > DBL_MAX)
        real = DBL_MAX;
    count = number_to_few_digits(real, digits, &exponent);
    if (count > 0)
        len = number_layout(digits, count, exponent, true, to);
    for (; count == 0 && precision <= DBL_DECIMAL_DIG; precision++) {
        int32_t tried = number_to_digits(real, precision, digits, &exponent);
        double back = 0;

        /* A plain integer beyond 2^53 would not be read as a real again. */
        len = number_layout(digits, tried, exponent,
                            exponent >= -6 && real <= (double)number_safe_max, to);
        if (acrm__parse_real(to, len, &back) && back == real)
            break;
    }
    to[len] = '\0';
    return len + (size_t)(to - dst);
}
