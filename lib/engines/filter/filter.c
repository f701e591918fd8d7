/* SPDX-License-Identifier: MIT */
/* The public filter: compiled against a table of fields, asked about records given as values. */
#include "autocrm/filter.h"

#include "base/civil.h"
#include "base/error.h"
#include "engines/filter/eval.h"
#include "engines/filter/filter_internal.h"
#include "engines/filter/nearest.h"

#include <assert.h>
#include <string.h>

enum { FILTER_FIELDS_MAX = 1000, FILTER_DIGITS_MAX = 9 };

struct acrm_filter {
    acrm__arena arena; /* in which all of it lies, this struct included */
    acrm_table table;
    const char **names;
    acrm__filter_field *fields;
    bool *used; /* fields that the filter reads */
    uint32_t n_fields;
    const acrm_value *source;    /* the filter, when its tree is good only for one moment */
    const acrm_filter_node *root; /* its tree otherwise, and at the moment 0 */
};

_Static_assert((int)ACRM_FILTER_TYPE_BYTES == (int)ACRM__FT_BYTES &&
               (int)ACRM_FILTER_TYPE_MONEY == (int)ACRM__FT_MONEY &&
               (int)ACRM_FILTER_TYPE_ENUM == (int)ACRM__FT_ENUM, "types are numbered alike");

static int32_t filter_face_resolve(void *self, const void *entity, const char *name, size_t len,
                                   acrm__filter_field *out)
{
    const acrm_filter *filter = self;

    (void)entity;
    for (uint32_t i = 0; i < filter->n_fields; i++) {
        if (strlen(filter->names[i]) != len || memcmp(filter->names[i], name, len) != 0)
            continue;
        *out = filter->fields[i];
        return ACRM_OK;
    }
    return ACRM_E_NOTFOUND;
}

static const char *filter_face_name(const void *user, size_t n)
{
    const acrm_filter *filter = user;

    return n < filter->n_fields ? filter->names[n] : NULL;
}

static const char *filter_face_suggest(void *self, const void *entity, const char *name,
                                       size_t len)
{
    (void)entity;
    return acrm__nearest(name, len, filter_face_name, self);
}

/* Parse in an arena, for one moment; day and instant by UTC. */
static int32_t filter_face_parse(const acrm_filter *filter, acrm__arena *arena,
                                 const acrm_value *source, int64_t now_us,
                                 const acrm_filter_node **out, acrm_error **err)
{
    acrm_filter *self = (acrm_filter *)(uintptr_t)filter; /* the callbacks only read it */
    const acrm__filter_schema schema = {
        .self = self, .resolve = filter_face_resolve, .suggest = filter_face_suggest
    };
    const acrm__filter_context context = {
        .now_us = now_us, .today = (int32_t)acrm__floor_div(now_us, ACRM__DAY_US)
    };

    return acrm__filter_parse(arena, &schema, &context, NULL, &filter->table, source, "where",
                              out, err);
}

/* "new|open|won" as an array. */
static bool filter_face_choices(acrm__arena *arena, const char *text, acrm__filter_field *field)
{
    size_t len = strlen(text);
    uint32_t n = 1;

    for (size_t i = 0; i < len; i++)
        n += text[i] == '|';
    char *copy = acrm__arena_text(arena, text, len);
    const char **choices = acrm__arena_array(arena, n, sizeof *choices);
    if (copy == NULL || choices == NULL)
        return false;
    field->choices = choices;
    for (; field->n_choices < n; field->n_choices++) {
        choices[field->n_choices] = copy;
        copy += strcspn(copy, "|");
        *copy++ = '\0';
    }
    return true;
}

static int32_t filter_face_field(acrm_filter *filter, const acrm_filter_field *given,
                                 acrm_error **err)
{
    acrm__filter_field *field = &filter->fields[filter->n_fields];
    const char *name = given->name;

    if (name == NULL || name[0] == '\0' || name[0] == '$' || strchr(name, '.') != NULL)
        return acrm__error(err, ACRM_E_INVALID, "schema", "fields",
                           "field %u: a name is not empty, has no dot and no leading $",
                           (unsigned)filter->n_fields);
    if (given->type < ACRM_FILTER_TYPE_ID || given->type > ACRM_FILTER_TYPE_BYTES)
        return acrm__error(err, ACRM_E_INVALID, "schema", name, "no such type of field");
    if ((given->type == ACRM_FILTER_TYPE_ENUM) != (given->choices != NULL))
        return acrm__error(err, ACRM_E_INVALID, "schema", name,
                           "an enum, and nothing else, has choices");
    if (given->digits < 0 || given->digits > FILTER_DIGITS_MAX)
        return acrm__error(err, ACRM_E_INVALID, "schema", name, "0 to 9 digits");
    *field = (acrm__filter_field){ .kind = ACRM__FILTER_FIELD, .column = filter->n_fields,
                                   .type = given->type, .digits = given->digits,
                                   .currency = UINT32_MAX };
    filter->names[filter->n_fields] = acrm__arena_text(&filter->arena, name, strlen(name));
    if (filter->names[filter->n_fields] == NULL ||
        (given->choices != NULL &&
         !filter_face_choices(&filter->arena, given->choices, field)))
        return acrm__error_nomem(err);
    filter->n_fields++;
    return ACRM_OK;
}

/* Bounded by the depth of filters. */
static void filter_face_mark(const acrm_filter *filter, const acrm_filter_node *node)
{
    if (node->op >= ACRM_FILTER_EQ && node->op <= ACRM_FILTER_STARTS)
        filter->used[node->column] = true;
    for (uint32_t i = 0; i < node->n_children; i++)
        filter_face_mark(filter, &node->children[i]);
}

static int32_t filter_face_build(acrm_filter *filter, const acrm_filter_field *fields, uint32_t n,
                                 const acrm_value *source, acrm_error **err)
{
    const char *field = (const char *)fields;
    size_t stride = n == 0 ? 0 : fields->struct_size;
    int32_t status = ACRM_OK;

    filter->names = acrm__arena_array(&filter->arena, (size_t)n + 1, sizeof *filter->names);
    filter->fields = acrm__arena_array(&filter->arena, (size_t)n + 1, sizeof *filter->fields);
    filter->used = acrm__arena_array(&filter->arena, (size_t)n + 1, sizeof *filter->used);
    if (filter->names == NULL || filter->fields == NULL || filter->used == NULL)
        return acrm__error_nomem(err);
    for (uint32_t i = 0; status == ACRM_OK && i < n; i++, field += stride)
        status = filter_face_field(filter, (const acrm_filter_field *)(const void *)field, err);
    if (status != ACRM_OK)
        return status;

    filter->table = (acrm_table){ .name = "record", .n_columns = n, .deleted_at = UINT32_MAX };
    status = filter_face_parse(filter, &filter->arena, source, 0, &filter->root, err);
    if (status != ACRM_OK)
        return status;
    filter_face_mark(filter, filter->root);
    if (acrm__filter_relative(source)) {
        acrm_value *copy = acrm__value_in(&filter->arena);
        if (copy == NULL || !acrm__value_copy(copy, source))
            return acrm__error_nomem(err);
        filter->source = copy;
    }
    return ACRM_OK;
}

int32_t acrm_filter_new(const acrm_allocator *allocator, const acrm_filter_field *fields,
                        uint32_t n_fields, const acrm_value *filter, acrm_filter **out,
                        acrm_error **err)
{
    acrm__arena arena;
    acrm_filter *made;
    int32_t status;

    if (out == NULL || (n_fields > 0 && fields == NULL))
        return acrm__error(err, ACRM_E_MISUSE, NULL, NULL, "fields and out must not be NULL");
    if (n_fields > 0 && (fields->struct_size < sizeof *fields || fields->struct_size > 1024 ||
                         fields->struct_size % _Alignof(acrm_filter_field) != 0))
        return acrm__error(err, ACRM_E_MISUSE, NULL, "fields", "struct_size of an unknown field");
    if (n_fields > FILTER_FIELDS_MAX)
        return acrm__error(err, ACRM_E_LIMIT, "limit", "fields", "at most %d fields",
                           FILTER_FIELDS_MAX);
    acrm__arena_init(&arena, allocator);
    made = acrm__arena_zero(&arena, sizeof *made);
    if (made == NULL) {
        acrm__arena_free(&arena);
        return acrm__error_nomem(err);
    }
    made->arena = arena;
    status = filter_face_build(made, fields, n_fields, filter, err);
    if (status == ACRM_OK)
        *out = made;
    else
        acrm_filter_free(made);
    return status;
}

/* The cells of the fields that the filter reads. */
static int32_t filter_face_cells(const acrm_filter *filter, acrm__arena *arena,
                                 const acrm_value *record, acrm_cell *cells, acrm_error **err)
{
    for (uint32_t i = 0; i < filter->n_fields; i++) {
        if (!filter->used[i])
            continue;
        int32_t status = acrm__filter_cell(arena, &filter->fields[i],
                                           acrm_value_get(record, filter->names[i]), &cells[i]);
        if (status == ACRM_E_NOMEM)
            return acrm__error_nomem(err);
        if (status != ACRM_OK)
            return acrm__error(err, ACRM_E_INVALID, status == ACRM_E_NOTFOUND ? "choice" : "type",
                               filter->names[i], "expected %s",
                               acrm__filter_expected(&filter->fields[i]));
    }
    return ACRM_OK;
}

int32_t acrm_filter_match(const acrm_filter *filter, const acrm_value *record, int64_t now_us,
                          int32_t *matches, acrm_error **err)
{
    const acrm_filter_node *root;
    acrm_cell *cells;
    acrm__arena arena;
    int32_t status;

    if (filter == NULL || record == NULL || matches == NULL)
        return acrm__error(err, ACRM_E_MISUSE, NULL, NULL,
                           "filter, record and matches must not be NULL");
    if (acrm_value_type(record) != ACRM_MAP)
        return acrm__error(err, ACRM_E_INVALID, "type", "record", "a record is a map");
    if (now_us < ACRM__INSTANT_MIN || now_us > ACRM__INSTANT_MAX)
        return acrm__error(err, ACRM_E_INVALID, "range", "now_us",
                           "an instant within the years 1 to 9999");
    root = filter->root;
    acrm__arena_init(&arena, &filter->arena.allocator);
    cells = acrm__arena_array(&arena, (size_t)filter->n_fields + 1, sizeof *cells);
    status = cells == NULL ? acrm__error_nomem(err) :
             filter_face_cells(filter, &arena, record, cells, err);
    if (status == ACRM_OK && filter->source != NULL)
        status = filter_face_parse(filter, &arena, filter->source, now_us, &root, err);
    if (status == ACRM_OK) {
        const acrm__filter_row row = { .table = &filter->table, .cells = cells };
        bool truth = false;
        status = acrm__filter_eval(root, &row, NULL, 0, &truth);
        assert(status == ACRM_OK); /* the parser gives no tree that fails */
        *matches = truth;
    }
    acrm__arena_free(&arena);
    return status;
}

void acrm_filter_free(acrm_filter *filter)
{
    if (filter != NULL) {
        acrm__arena arena = filter->arena; /* it lies in its own memory */
        acrm__arena_free(&arena);
    }
}
