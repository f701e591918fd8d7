/* SPDX-License-Identifier: MIT */
/*
 * Between JSON and the structs of the finance engines, by tables. A list macro such as FIN_TERMS
 * (members_*.h) names each member once: its JSON name, type, words and help. It is expanded to the
 * declared parameters or results of an operation (FIN_AS_FIELD) and to what bind.c reads and
 * writes structs by (FIN_AS_MEMBER), so that the two cannot differ.
 *
 * MONEY is an int64 in minor units, DECIMAL an int64 in parts per billion, DATE a day number, ENUM
 * the position of its word plus `base`, ENUM and INT with ACRM__LIST a mask of bits, BOOL 0 or 1.
 */
#ifndef ACRM_MODULES_FINANCE_BIND_H
#define ACRM_MODULES_FINANCE_BIND_H

#include "autocrm/finance.h"
#include "kernel/call.h"

enum {
    FIN_ROWS_MAX = 3660,    /* periods, dues, events, pauses of one call */
    FIN_FLOWS_MAX = 10000,  /* flows of one call */
    FIN_EXPLAINED_MAX = 600, /* rows of a schedule that is explained */
    FIN_LISTS_MAX = 4,
    FIN_RATE_DIGITS = 9
};

typedef struct acrm__fin_member {
    acrm__field field; /* NULL name: the end */
    size_t offset, size;
    int32_t base;
} acrm__fin_member;

#define FIN_AS_FIELD(s, name_, member_, base_, kind_, ...)                                        \
    { .name = #name_, .type = ACRM__T_##kind_, __VA_ARGS__ },
#define FIN_AS_MEMBER(s, name_, member_, base_, kind_, ...)                                       \
    { .field = { .name = #name_, .type = ACRM__T_##kind_, __VA_ARGS__ },                          \
      .offset = offsetof(s, member_),                                                             \
      .size = sizeof(((s *)NULL)->member_),                                                       \
      .base = base_ },

/* A call that computes. */
typedef struct acrm__fin {
    acrm__call *call;
    int32_t digits; /* of the currency */
    struct {
        const char *name;
        const acrm__fin_member *members;
    } lists[FIN_LISTS_MAX]; /* those read so far: issues name rows of them */
    size_t n_lists;
} acrm__fin;

/* Begin: the currency is looked up when the operation has one. */
int32_t acrm__fin_begin(acrm__fin *fin, acrm__call *call);
/* The arguments named by the table, into a struct that holds the defaults. */
int32_t acrm__fin_args(acrm__fin *fin, const acrm__fin_member *members, void *into);
/* The list argument, as an array of structs of `size`: NULL and 0 when it is absent. What a row
 * does not name is 0, an absent word the first. */
int32_t acrm__fin_rows(acrm__fin *fin, const char *list, const acrm__fin_member *members,
                       size_t size, size_t max, void *rows, size_t *n);
/* Room for n structs; ACRM_E_NOMEM with NULL. */
int32_t acrm__fin_room(acrm__fin *fin, size_t n, size_t size, void *room);

/* Write a struct into a map, an array of structs as a list of maps. */
int32_t acrm__fin_put(acrm__fin *fin, const acrm__fin_member *members, const void *from,
                      acrm_value *map);
int32_t acrm__fin_put_rows(acrm__fin *fin, const char *list, const acrm__fin_member *members,
                           size_t size, const void *rows, size_t n);
bool acrm__fin_put_money(acrm__fin *fin, acrm_value *map, const char *name, int64_t minor);
bool acrm__fin_put_rate(acrm_value *map, const char *name, int64_t ppb);

/* What an engine answered: its issue becomes an error that names the argument. */
int32_t acrm__fin_answer(acrm__fin *fin, int32_t status, const acrm_issue *issue);
/* A fault of a row found before the engine is asked; `name` may be NULL. */
int32_t acrm__fin_row_fault(acrm__fin *fin, const char *list, size_t row, const char *name,
                            const char *allowed);

/* Steps of a computation, appended to "explanation". `row`: which row they made, -1: none. */
int32_t acrm__fin_put_steps(acrm__fin *fin, const acrm_explain_line *lines, size_t n, int64_t row);

#endif
