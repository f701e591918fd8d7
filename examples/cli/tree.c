/* SPDX-License-Identifier: MIT */
/* Shorthands over acrm_value: a command line tool ends when memory is short. */
#include "cli.h"

#include <stdlib.h>
#include <string.h>

static void tree_need(bool ok)
{
    if (ok)
        return;
    fputs("autocrm: out of memory\n", stderr);
    exit(CLI_FAILED);
}

acrm_value *cli_value(void)
{
    acrm_value *value = NULL;

    tree_need(acrm_value_new(NULL, &value) == ACRM_OK);
    return value;
}

acrm_value *cli_map(void)
{
    acrm_value *map = cli_value();

    tree_need(acrm_value_set_map(map) == ACRM_OK);
    return map;
}

const char *cli_get_text(const acrm_value *map, const char *key)
{
    return acrm_value_text(acrm_value_get(map, key), NULL);
}

acrm_value *cli_put(acrm_value *map, const char *key)
{
    acrm_value *value = acrm_value_put(map, key);

    tree_need(value != NULL);
    return value;
}

acrm_value *cli_push(acrm_value *list)
{
    acrm_value *value = acrm_value_add(list);

    tree_need(value != NULL);
    return value;
}

void cli_set_text(acrm_value *value, const char *text)
{
    int32_t status = acrm_value_set_text(value, text, strlen(text));

    tree_need(status != ACRM_E_NOMEM);
}

void cli_put_text(acrm_value *map, const char *key, const char *text)
{
    cli_set_text(cli_put(map, key), text);
}

void cli_put_int(acrm_value *map, const char *key, int64_t integer)
{
    tree_need(acrm_value_set_int(cli_put(map, key), integer) == ACRM_OK);
}

static void tree_copy_leaf(acrm_value *to, const acrm_value *from)
{
    size_t len = 0;
    const char *text = acrm_value_text(from, &len);
    int32_t status = ACRM_OK;

    switch (acrm_value_type(from)) {
    case ACRM_BOOL: status = acrm_value_set_bool(to, acrm_value_bool(from)); break;
    case ACRM_INT: status = acrm_value_set_int(to, acrm_value_int(from)); break;
    case ACRM_REAL: status = acrm_value_set_real(to, acrm_value_real(from)); break;
    case ACRM_TEXT: status = acrm_value_set_text(to, text, len); break;
    case ACRM_BYTES: status = acrm_value_set_bytes(to, text, len); break;
    default: status = acrm_value_set_null(to); break;
    }
    tree_need(status == ACRM_OK);
}

/* Depth is bounded: the parser takes at most 64 levels. */
void cli_copy_value(acrm_value *to, const acrm_value *from)
{
    int32_t type = acrm_value_type(from);

    if (type != ACRM_LIST && type != ACRM_MAP) {
        tree_copy_leaf(to, from);
        return;
    }
    tree_need((type == ACRM_LIST ? acrm_value_set_list(to) : acrm_value_set_map(to)) == ACRM_OK);
    for (size_t i = 0; i < acrm_value_count(from); i++)
        cli_copy_value(type == ACRM_LIST ? cli_push(to)
                                         : cli_put(to, acrm_value_key(from, i, NULL)),
                       acrm_value_at(from, i));
}

char *cli_print(const acrm_value *value, int indent)
{
    acrm_buf *buf = NULL;

    tree_need(acrm_value_print(value, indent, &buf) == ACRM_OK);
    char *text = cli_copy(acrm_buf_data(buf), acrm_buf_len(buf));
    acrm_buf_free(buf);
    return text;
}
