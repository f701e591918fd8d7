/* SPDX-License-Identifier: MIT */
/* Names, texts and dates compared. */
#include "engines/match/match.h"

#include "base/civil.h"
#include "base/digits.h"
#include "base/text.h"

#include <string.h>

enum {
    COMPARE_SPELLING = 98,
    COMPARE_SCRIPT = 97,
    COMPARE_INITIAL = 70,
    COMPARE_ENDING = 60, /* at most */
    COMPARE_WORD = 60,   /* below it two words are different ones */
    COMPARE_LONE = 70,   /* at most, when one word of several is shared */
    COMPARE_MISSING = 4,
    COMPARE_WORST = 60,  /* per cent that the worst pair counts */
    COMPARE_TRANSPOSED = 85,
    COMPARE_DIGIT = 80
};

/* --- Words --- */

static size_t compare_points(const char *text, uint32_t *points, size_t room)
{
    size_t n = 0;

    for (size_t at = 0, len = strlen(text); at < len && n < room; n++)
        at += acrm__utf8_next(text + at, len - at, &points[n]);
    return n;
}

/* Characters: equal, with the surname at the other end, or of three one another. */
static int32_t compare_han(const acrm_match_word *a, const acrm_match_word *b, int32_t *how)
{
    uint32_t x[ACRM_MATCH_TEXT_BYTES], y[ACRM_MATCH_TEXT_BYTES];
    size_t n = compare_points(a->text, x, ACRM_MATCH_TEXT_BYTES);
    size_t m = compare_points(b->text, y, ACRM_MATCH_TEXT_BYTES), same = 0;

    *how = ACRM_MATCH_DIFFERENT;
    if (n != m)
        return 0;
    for (size_t turn = 1; turn < n && turn <= 2; turn++) {
        bool before = memcmp(x + turn, y, (n - turn) * sizeof *x) == 0 &&
                      memcmp(x, y + n - turn, turn * sizeof *x) == 0;
        bool behind = memcmp(y + turn, x, (n - turn) * sizeof *x) == 0 &&
                      memcmp(y, x + n - turn, turn * sizeof *x) == 0;
        if (before || behind) {
            *how = ACRM_MATCH_EQUAL | ACRM_MATCH_ORDER;
            return COMPARE_SPELLING;
        }
    }
    for (size_t i = 0; i < n; i++)
        same += x[i] == y[i];
    if (n >= 3 && same == n - 1) {
        *how = ACRM_MATCH_SLIP;
        return (int32_t)(100 * same / n);
    }
    return 0;
}

/* By the letter in one script, by its sound in two. */
static int32_t compare_initial(const acrm_match_word *a, const acrm_match_word *b, int32_t *how)
{
    uint32_t x = 0, y = 0;
    bool same = a->sound[0] && a->sound[0] == b->sound[0];

    (void)acrm__utf8_next(a->text, strlen(a->text), &x);
    (void)acrm__utf8_next(b->text, strlen(b->text), &y);
    if (a->script == b->script)
        same = x == y;

    *how = same ? ACRM_MATCH_INITIAL : ACRM_MATCH_DIFFERENT;
    if (same && a->initial && b->initial)
        return COMPARE_SPELLING;
    return same ? COMPARE_INITIAL : 0;
}

/* Mario and Maria, Ivanov and Ivanova, Farid and Faride: all but a last vowel. */
static bool compare_ending(const acrm_match_word *a, const acrm_match_word *b)
{
    size_t n = strlen(a->sound), m = strlen(b->sound);
    bool x = n > 0 && acrm__match_vowel(a->sound[n - 1]);
    bool y = m > 0 && acrm__match_vowel(b->sound[m - 1]);

    if ((!x && !y) || a->script != b->script || n < 3 || m < 3)
        return false;
    n -= x;
    m -= y;
    return n == m && memcmp(a->sound, b->sound, n) == 0;
}

/* The same over two scripts: one ends with a vowel, or what may be one, and the other does not. */
static bool compare_ends_more(const acrm_match_word *a, const acrm_match_word *b)
{
    size_t n = strlen(a->sound), m = strlen(b->sound);
    char x = n ? a->sound[n - 1] : 'x', y = m ? b->sound[m - 1] : 'x';
    bool open_x = acrm__match_vowel(x) || x == 'w' || x == 'y';
    bool open_y = acrm__match_vowel(y) || y == 'w' || y == 'y';

    /* What is written with an e in Latin letters may be mute: Catherine. */
    bool mute = (a->script == ACRM_MATCH_LATIN && a->text[strlen(a->text) - 1] == 'e') ||
                (b->script == ACRM_MATCH_LATIN && b->text[strlen(b->text) - 1] == 'e');
    bool waw = (x == 'w' && y == 'v') || (x == 'v' && y == 'w');
    return a->script != b->script && open_x != open_y && !mute && !waw;
}

static int32_t compare_text(const acrm_match_word *a, const acrm_match_word *b);

/* What the slips are held against: in a Persian word there are fewer letters. */
static int32_t compare_length(const acrm_match_word *a, const acrm_match_word *b)
{
    size_t n = strlen(a->sound), m = strlen(b->sound), longer = n > m ? n : m;

    if (a->script != b->script &&
        (a->script == ACRM_MATCH_ARABIC || b->script == ACRM_MATCH_ARABIC))
        longer = n < m ? n : m;
    return longer > 0 ? (int32_t)longer : 1;
}

static int32_t compare_slips(const acrm_match_word *a, const acrm_match_word *b, int32_t *how)
{
    int32_t slips = acrm__match_slips(a, b);
    int32_t similarity = 100 - 10 * slips / compare_length(a, b);

    if (similarity < 0)
        similarity = 0;
    if (compare_ending(a, b) || (similarity > COMPARE_ENDING && compare_ends_more(a, b))) {
        *how = ACRM_MATCH_ENDING;
        return similarity < COMPARE_ENDING ? similarity : COMPARE_ENDING;
    }
    if (a->script == b->script) { /* a slip may show less in the letters than in the sounds */
        int32_t by_text = compare_text(a, b);
        similarity = by_text > similarity ? by_text : similarity;
    }
    if (similarity < COMPARE_WORD) /* half the letters of any two words agree somehow */
        return similarity / 2;
    *how = ACRM_MATCH_SLIP;
    if (a->script != b->script)
        *how = ACRM_MATCH_SCRIPT | (slips >= 10 ? ACRM_MATCH_SLIP : 0);
    return similarity < COMPARE_SCRIPT ? similarity : COMPARE_SCRIPT;
}

int32_t acrm__match_words(const acrm_match_word *a, const acrm_match_word *b, int32_t *how)
{
    bool over_scripts = a->script != b->script;

    if (!over_scripts && strcmp(a->text, b->text) == 0) {
        *how = ACRM_MATCH_EQUAL;
        return 100;
    }
    *how = ACRM_MATCH_DIFFERENT;
    bool odd = a->script == ACRM_MATCH_OTHER || b->script == ACRM_MATCH_OTHER ||
               a->script == ACRM_MATCH_HAN || b->script == ACRM_MATCH_HAN;
    if (odd && over_scripts)
        *how = ACRM_MATCH_UNKNOWN;
    if (odd)
        return a->script == ACRM_MATCH_HAN && !over_scripts ? compare_han(a, b, how) : 0;
    if (a->initial || b->initial)
        return compare_initial(a, b, how);
    if (strcmp(a->sound, b->sound) == 0) {
        *how = over_scripts ? ACRM_MATCH_SCRIPT : ACRM_MATCH_SPELLING;
        return over_scripts ? COMPARE_SCRIPT : COMPARE_SPELLING;
    }
    return compare_slips(a, b, how);
}

/* --- Names --- */

typedef struct compare_grid {
    int32_t similarity[ACRM_MATCH_WORDS][ACRM_MATCH_WORDS];
    int32_t how[ACRM_MATCH_WORDS][ACRM_MATCH_WORDS];
    bool used_a[ACRM_MATCH_WORDS], used_b[ACRM_MATCH_WORDS];
} compare_grid;

/* The best pair that is left; false: none. Equal ones: those in the same place first. */
static bool compare_best(const compare_grid *grid, int32_t n, int32_t m, acrm_match_pair *out)
{
    bool found = false;

    for (int32_t i = 0; i < n; i++)
        for (int32_t j = 0; j < m; j++) {
            int32_t similarity = grid->similarity[i][j];
            bool better = !found || similarity > out->similarity ||
                          (similarity == out->similarity && i == j && out->a != out->b);
            if (grid->used_a[i] || grid->used_b[j] || !better)
                continue;
            *out = (acrm_match_pair){ i, j, similarity, grid->how[i][j] };
            found = true;
        }
    return found;
}

static void compare_sum_up(const acrm_match_name *a, const acrm_match_name *b,
                           acrm_match_likeness *out)
{
    int32_t worst = 100, sum = 0, more = a->n_words - b->n_words;

    for (int32_t i = 0; i < out->n_pairs; i++) {
        sum += out->pairs[i].similarity;
        if (out->pairs[i].similarity < worst)
            worst = out->pairs[i].similarity;
        out->how |= out->pairs[i].how;
        if (out->pairs[i].a != out->pairs[i].b && more == 0)
            out->how |= ACRM_MATCH_ORDER;
    }
    if (more != 0)
        out->how |= ACRM_MATCH_MISSING;
    more = more < 0 ? -more : more;
    out->similarity = (COMPARE_WORST * worst + (100 - COMPARE_WORST) * sum / out->n_pairs) / 100 -
                      COMPARE_MISSING * more;
    if (more > 0 && out->n_pairs == 1 && out->similarity > COMPARE_LONE)
        out->similarity = COMPARE_LONE;
    if (out->similarity < 0)
        out->similarity = 0;
}

static void compare_names(const acrm_match_name *a, const acrm_match_name *b,
                          acrm_match_likeness *out)
{
    compare_grid grid;

    memset(grid.used_a, 0, sizeof grid.used_a);
    memset(grid.used_b, 0, sizeof grid.used_b);
    out->similarity = out->how = out->n_pairs = 0;
    for (int32_t i = 0; i < a->n_words; i++)
        for (int32_t j = 0; j < b->n_words; j++)
            grid.similarity[i][j] = acrm__match_words(&a->words[i], &b->words[j],
                                                      &grid.how[i][j]);
    for (acrm_match_pair pair = { 0 }; compare_best(&grid, a->n_words, b->n_words, &pair);) {
        grid.used_a[pair.a] = grid.used_b[pair.b] = true;
        out->pairs[out->n_pairs++] = pair;
    }
    if (out->n_pairs > 0)
        compare_sum_up(a, b, out);
}

/* The name with the words n and n + 1 as one. */
static bool compare_join(const acrm_match_name *name, int32_t n, acrm_match_name *out)
{
    acrm_match_word *word = &out->words[n];
    const acrm_match_word *next = &name->words[n + 1];
    size_t have = strlen(name->words[n].text), more = strlen(next->text);

    if (name->words[n].script != next->script || have + more >= sizeof word->text)
        return false;
    *out = *name;
    memcpy(word->text + have, next->text, more + 1);
    word->initial = 0;
    acrm__match_sound(word->text, have + more, word->script, word->sound);
    for (int32_t i = n + 1; i + 1 < name->n_words; i++)
        out->words[i] = name->words[i + 1];
    out->n_words--;
    return true;
}

static void compare_joined(const acrm_match_name *more, const acrm_match_name *fewer, bool turned,
                           acrm_match_likeness *out)
{
    for (int32_t n = 0; n + 1 < more->n_words; n++) {
        acrm_match_likeness now = { .struct_size = sizeof now };
        acrm_match_name joined;
        if (!compare_join(more, n, &joined))
            continue;
        compare_names(turned ? fewer : &joined, turned ? &joined : fewer, &now);
        if (now.similarity <= out->similarity)
            continue;
        now.how |= ACRM_MATCH_JOINED;
        for (int32_t i = 0; i < now.n_pairs; i++) {
            int32_t *at = turned ? &now.pairs[i].b : &now.pairs[i].a;
            if (*at == n)
                now.pairs[i].how |= ACRM_MATCH_JOINED;
            *at += *at > n;
        }
        now.struct_size = out->struct_size;
        *out = now;
    }
}

int32_t acrm_match_name_compare(const acrm_match_name *a, const acrm_match_name *b,
                                acrm_match_likeness *out)
{
    if (!a || !b || !out || a->struct_size < sizeof *a || b->struct_size < sizeof *b ||
        out->struct_size < sizeof *out)
        return ACRM_E_MISUSE;
    compare_names(a, b, out);
    if (a->n_words > b->n_words)
        compare_joined(a, b, false, out);
    else if (b->n_words > a->n_words)
        compare_joined(b, a, true, out);
    if (out->n_pairs == 0)
        out->how = ACRM_MATCH_DIFFERENT;
    return ACRM_OK;
}

/* --- Texts --- */

static size_t compare_least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t compare_edits(const uint32_t *x, size_t n, const uint32_t *y, size_t m)
{
    uint16_t rows[3][ACRM__MATCH_INPUT_MAX + 1];
    uint16_t *above = rows[0], *last = rows[1], *row = rows[2];

    for (size_t j = 0; j <= m; j++)
        last[j] = (uint16_t)j;
    for (size_t i = 1; i <= n; i++) {
        row[0] = (uint16_t)i;
        for (size_t j = 1; j <= m; j++) {
            size_t cost = last[j - 1] + (size_t)(x[i - 1] != y[j - 1]);
            cost = compare_least(cost, compare_least(last[j], row[j - 1]) + 1U);
            if (i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1])
                cost = compare_least(cost, above[j - 2] + 1U);
            row[j] = (uint16_t)cost;
        }
        uint16_t *spare = above;
        above = last;
        last = row;
        row = spare;
    }
    return last[m];
}

static int32_t compare_text(const acrm_match_word *a, const acrm_match_word *b)
{
    uint32_t x[ACRM_MATCH_TEXT_BYTES], y[ACRM_MATCH_TEXT_BYTES];
    size_t n = compare_points(a->text, x, ACRM_MATCH_TEXT_BYTES);
    size_t m = compare_points(b->text, y, ACRM_MATCH_TEXT_BYTES), longer = n > m ? n : m;

    return (int32_t)(100 - 100 * compare_edits(x, n, y, m) / longer);
}

int32_t acrm_match_text_compare(const char *a, size_t a_len, const char *b, size_t b_len,
                                int32_t *similarity)
{
    uint32_t x[ACRM__MATCH_INPUT_MAX], y[ACRM__MATCH_INPUT_MAX];
    acrm__match_room room;

    if ((!a && a_len > 0) || (!b && b_len > 0) || !similarity)
        return ACRM_E_MISUSE;
    acrm__match_fold(&room, a, a_len);
    size_t n = compare_points(room.text.data, x, ACRM__MATCH_INPUT_MAX);
    acrm__match_fold(&room, b, b_len);
    size_t m = compare_points(room.text.data, y, ACRM__MATCH_INPUT_MAX);
    size_t longer = n > m ? n : m;
    *similarity = longer == 0 ? 100
                              : (int32_t)(100 - 100 * compare_edits(x, n, y, m) / longer);
    return ACRM_OK;
}

/* --- Dates --- */

int32_t acrm_match_date_compare(int32_t a, int32_t b, int32_t *similarity)
{
    char x[ACRM__DATE_SIZE], y[ACRM__DATE_SIZE];
    uint32_t p[ACRM__DATE_SIZE], q[ACRM__DATE_SIZE];

    if (!similarity)
        return ACRM_E_MISUSE;
    if (a < ACRM__DAY_MIN || a > ACRM__DAY_MAX || b < ACRM__DAY_MIN || b > ACRM__DAY_MAX)
        return ACRM_E_INVALID;
    acrm__date_print(a, x);
    acrm__date_print(b, y);
    size_t n = compare_points(x, p, ACRM__DATE_SIZE), m = compare_points(y, q, ACRM__DATE_SIZE);
    bool turned = n == 10 && m == 10 && memcmp(x, y, 5) == 0 && memcmp(x + 5, y + 8, 2) == 0 &&
                  memcmp(x + 8, y + 5, 2) == 0;
    *similarity = a == b ? 100 : turned ? COMPARE_TRANSPOSED
                                        : compare_edits(p, n, q, m) == 1 ? COMPARE_DIGIT : 0;
    return ACRM_OK;
}

/* --- Signs --- */

int32_t acrm_match_score(const acrm_match_sign *signs, size_t n, int32_t *score)
{
    int64_t open = 1000000; /* what the signs leave in doubt, in millionths */

    if ((!signs && n > 0) || !score)
        return ACRM_E_MISUSE;
    for (size_t i = 0; i < n; i++) {
        if (signs[i].similarity < 0 || signs[i].similarity > 100 || signs[i].weight < 0 ||
            signs[i].weight > 100)
            return ACRM_E_INVALID;
        open = open * (10000 - signs[i].similarity * signs[i].weight) / 10000;
    }
    *score = (int32_t)((1000000 - open) / 10000);
    return ACRM_OK;
}
