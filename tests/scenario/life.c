/* SPDX-License-Identifier: MIT */
/* Runs a life step by step. */
#include "life.h"

#include <check.h>
#include <ctype.h>
#include <string.h>

static const char *life_value(const life *l, const char *name, size_t len)
{
    for (size_t i = l->n_saved; i-- > 0;)
        if (strlen(l->saved[i].name) == len && memcmp(l->saved[i].name, name, len) == 0)
            return l->saved[i].value;
    return NULL;
}

static void life_fill_in(const life *l, const char *args, host_str *out)
{
    while (*args) {
        size_t n = strcspn(args, "$");
        host_str_add(out, args, n);
        args += n;
        if (*args != '$')
            continue;
        for (n = 1; islower((unsigned char)args[n]) || args[n] == '_'; n++)
            continue;
        const char *value = life_value(l, args + 1, n - 1);
        host_str_add(out, value ? value : args, value ? strlen(value) : n);
        args += n;
    }
}

static void life_save(life *l, const char *save, const acrm_buf *out)
{
    acrm_value *result = NULL;
    char name[24];
    char path[64];
    int used = 0;

    ck_assert_int_eq(acrm_value_parse(NULL, acrm_buf_data(out), acrm_buf_len(out), &result, NULL),
                     ACRM_OK);
    for (; sscanf(save, " %23[^=]=%63s%n", name, path, &used) == 2; save += used) {
        ck_assert_uint_lt(l->n_saved, LIFE_NAMES);
        const char *text = host_text(result, path);
        ck_assert_msg(*text, "no %s in %s", path, acrm_buf_data(out));
        snprintf(l->saved[l->n_saved].name, sizeof l->saved->name, "%s", name);
        snprintf(l->saved[l->n_saved].value, sizeof l->saved->value, "%s", text);
        l->n_saved++;
    }
    acrm_value_free(result);
}

int32_t life_take(life *l, const life_step *step, acrm_error **err)
{
    host_str args = { NULL, 0, 0 };
    acrm_buf *out = NULL;

    host_str_add(&args, "", 0);
    life_fill_in(l, step->args ? step->args : "{}", &args);
    if (step->input)
        host_input(l->host, step->input, strlen(step->input));
    int32_t st = host_try(l->host->session, step->operation, args.data, &out, err);
    ck_assert_int_eq(st == ACRM_OK, out != NULL);
    if (l->story) {
        host_str_puts(l->story, step->operation);
        host_str_puts(l->story, out ? acrm_buf_data(out) : acrm_error_json(err ? *err : NULL));
    }
    if (l->done && st == ACRM_OK)
        host_str_puts(l->done, step->operation);
    /* What is remembered is taken by a path that needs no memory of the host's allocator. */
    if (out && step->save)
        life_save(l, step->save, out);
    acrm_buf_free(out);
    free(args.data);
    return st;
}

void life_live(life *l, const life_step *steps)
{
    for (const life_step *step = steps; step->operation; step++) {
        acrm_error *err = NULL;
        l->host->now += step->later_s * HOST_SECOND;
        int32_t st = life_take(l, step, &err);
        ck_assert_msg(st == step->want, "%s %s: %s", step->operation, step->args,
                      st == ACRM_OK ? "it went through" : acrm_error_json(err));
        acrm_error_free(err);
    }
}
