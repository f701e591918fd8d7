/* SPDX-License-Identifier: MIT */
/* The inside of a compiled scheme, and of its reader. */
#ifndef ACRM_ENGINES_SCORING_INTERNAL_H
#define ACRM_ENGINES_SCORING_INTERNAL_H

#include "autocrm/scoring.h"
#include "base/value.h"

#include <stdbool.h>

enum { ACRM__SCORING_FAULTS_MAX = 20, ACRM__SCORING_NAME_MAX = 64 };

/* Values from `from` up to before `to`; the first has no lower end, the last no upper one. */
typedef struct acrm__score_band {
    const char *name; /* of an axis' band; NULL in a rule's table */
    int64_t from, to; /* INT64_MIN, INT64_MAX: no end */
    int64_t points;   /* of a row of a rule's table */
} acrm__score_band;

typedef struct acrm__score_bands {
    acrm__score_band *items;
    uint32_t n;
} acrm__score_bands;

/* Kinds of rules, and of axes. */
enum { ACRM__SCORE_FLAT = 0, ACRM__SCORE_TABLE, ACRM__SCORE_EACH };
enum { ACRM__SCORE_POINTS = 0, ACRM__SCORE_VALUE, ACRM__SCORE_QUANTILES };

typedef struct acrm__score_rule {
    const char *name;
    int32_t kind;
    uint32_t axis;
    int32_t input;     /* -1: none */
    int32_t condition; /* number of its filter; -1: none */
    acrm__score_bands table;
    int64_t points;            /* FLAT */
    int64_t each, per, least, most; /* EACH */
    int64_t absent;            /* points without a value */
} acrm__score_rule;

typedef struct acrm__score_axis {
    const char *name;
    int32_t kind;
    int32_t input;  /* of VALUE and QUANTILES */
    int32_t parts;
    bool low;       /* the lower the better */
    int64_t margin;
    int32_t absent; /* band of a subject without a value */
    acrm__score_bands bands;
} acrm__score_axis;

struct acrm_scoring {
    acrm__arena arena;
    acrm_scoring_input *inputs;
    uint32_t n_inputs;
    const char *grades[ACRM_SCORING_GRADES_MAX];
    uint32_t n_grades;
    acrm__score_axis axes[ACRM_SCORING_AXES_MAX];
    uint32_t n_axes;
    acrm__score_rule rules[ACRM_SCORING_RULES_MAX];
    uint32_t n_rules;
    const acrm_value *conditions[ACRM_SCORING_RULES_MAX];
    uint32_t n_conditions;
    unsigned char *map; /* grade of each cell: bands of axis 0, then 1, then 2 */
    int32_t stay_days;
};

typedef struct acrm__scoring_reader {
    acrm_scoring *s;
    acrm_value *faults;
    int32_t status; /* NOMEM, once memory was short */
    bool axes_known; /* none was left out for a fault */
} acrm__scoring_reader;

/* scoring.c. Adds a fault (up to 20) and returns false. */
bool acrm__scoring_fault(acrm__scoring_reader *r, const char *place, const char *reason,
                         const char *format, ...) __attribute__((format(printf, 4, 5)));
/* "parent/key", "parent/index". */
const char *acrm__scoring_place(acrm__scoring_reader *r, const char *parent, const char *key);
const char *acrm__scoring_place_at(acrm__scoring_reader *r, const char *parent, size_t index);
/* Whether a value is an object that has only these keys: "name|bands". */
bool acrm__scoring_object(acrm__scoring_reader *r, const acrm_value *value, const char *place,
                          const char *keys);
/* A list of 1 to max elements; NULL (a fault was told) when it is none. */
const acrm_value *acrm__scoring_list(acrm__scoring_reader *r, const acrm_value *map,
                                     const char *place, const char *key, size_t max);
/* A name; NULL when it is missing or none. */
const char *acrm__scoring_name(acrm__scoring_reader *r, const acrm_value *map, const char *place,
                               const char *key);
/* A whole number between min and max; `absent` when there is none. */
bool acrm__scoring_int(acrm__scoring_reader *r, const acrm_value *map, const char *place,
                       const char *key, int64_t min, int64_t max, int64_t absent, int64_t *out);
/* A quantity as an input of this number counts it: money as decimal text; -1: points. */
bool acrm__scoring_quantity(acrm__scoring_reader *r, const acrm_value *value, const char *place,
                            int32_t input, int64_t *out);

/* scoring_bands.c: bands of an axis (named), or rows of a table (with points). */
bool acrm__scoring_bands(acrm__scoring_reader *r, const acrm_value *map, const char *place,
                         const char *key, int32_t input, bool named, acrm__score_bands *out);
int32_t acrm__scoring_band_of(const acrm__score_bands *bands, int64_t value);
int32_t acrm__scoring_band_named(const acrm__score_bands *bands, const char *name);

/* scoring_read.c: grades, axes, rules. */
void acrm__scoring_read(acrm__scoring_reader *r, const acrm_value *definition);
/* scoring_map.c */
void acrm__scoring_map(acrm__scoring_reader *r, const acrm_value *definition);
uint32_t acrm__scoring_cell(const acrm_scoring *s, const int32_t *bands);

/* scoring_evaluate.c: what an axis or rule is asked with: false: there is no value. */
bool acrm__scoring_value(const acrm_scoring *s, const acrm_scoring_facts *facts, int32_t input,
                         int64_t *out);

#endif
