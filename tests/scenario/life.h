/* SPDX-License-Identifier: MIT */
/* The life of a small business as a list of calls, to be run under many conditions. */
#ifndef TESTS_SCENARIO_LIFE_H
#define TESTS_SCENARIO_LIFE_H

#include "host.h"

/* One call. In args, ' stands for " and $name for a value saved before. */
typedef struct life_step {
    const char *operation;
    const char *args;
    const char *save;  /* (nullable) "name=path name=path": values of the result to remember */
    const char *input; /* (nullable) what the session's input gives */
    int64_t later_s;   /* the clock moves on by so many seconds before it */
    int32_t want;      /* the status it must have */
} life_step;

enum { LIFE_NAMES = 256 };

/* A life being lived. */
typedef struct life {
    host *host;
    struct {
        char name[24], value[64];
    } saved[LIFE_NAMES];
    size_t n_saved;
    host_str *story; /* (nullable) gets every call and result */
    host_str *done;  /* (nullable) gets the names of the operations that went through */
} life;

/* The kernel and the customers only; and all of it. Both end with an empty step. */
extern const life_step life_short[];
extern const life_step life_long[];

/* Take one step. On success the result's values are saved. */
int32_t life_take(life *l, const life_step *step, acrm_error **err);
/* Take all steps; each must end as it says. */
void life_live(life *l, const life_step *steps);

#endif
