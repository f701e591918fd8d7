/* SPDX-License-Identifier: MIT */
/* A mapping checked and made into a plan; every fault is named by its place in the mapping. */
#include "modules/integration/upsert.h"

#include "base/json.h"
#include "modules/integration/entities.h"

#include <string.h>

typedef struct plan_run {
    acrm__call *call;
    acrm__upsert_plan *plan;
    acrm_value *faults;
    const char *const *columns; /* of the file; NULL: not known */
    uint32_t n_columns;
} plan_run;

static int32_t plan_fault(plan_run *run, const char *place, const char *reason, const char *format,
                          const char *detail)
{
    return acrm__fault(run->faults, place, reason, format, detail);
}

static const char *plan_place(const plan_run *run, const char *place, const char *key)
{
    const char *text = acrm__arena_format(run->call->arena, "%s.%s", place, key);

    return text ? text : place;
}

/* --- Keys that a map may have, and the types of their values --- */

static const struct {
    const char *key;
    int32_t type; /* of acrm_value; 0: any */
} plan_mapping_keys[] = {
    { "entity", ACRM_TEXT }, { "key", 0 },  { "columns", ACRM_MAP },
    { "constants", ACRM_MAP }, { "null_values", ACRM_LIST }, { "unmapped", ACRM_TEXT },
}, plan_column_keys[] = {
    { "to", 0 },                { "format", ACRM_TEXT },  { "decimal", ACRM_TEXT },
    { "values", ACRM_MAP },     { "default", 0 },         { "by", ACRM_TEXT },
    { "overwrite", ACRM_TEXT }, { "blank", ACRM_TEXT },   { "trim", ACRM_BOOL },
    { "separator", ACRM_TEXT }, { "at", ACRM_TEXT },      { "item", ACRM_TEXT },
    { "set", ACRM_MAP },        { "optional", ACRM_BOOL }, { "offset", ACRM_TEXT },
};

static const char *const plan_types[] = {
    [ACRM_BOOL] = "true or false", [ACRM_TEXT] = "text", [ACRM_LIST] = "a list",
    [ACRM_MAP] = "an object",
};

#define PLAN_COUNT(array) (sizeof(array) / sizeof(array)[0])

static int32_t plan_keys(plan_run *run, const acrm_value *map, const char *place, bool column)
{
    size_t n = column ? PLAN_COUNT(plan_column_keys) : PLAN_COUNT(plan_mapping_keys);
    int32_t st = ACRM_OK;

    for (size_t i = 0; st == ACRM_OK && i < acrm_value_count(map); i++) {
        const char *key = acrm_value_key(map, i, NULL);
        int32_t type = acrm_value_type(acrm_value_at(map, i)), wanted = -1;
        for (size_t k = 0; k < n; k++)
            if (strcmp(column ? plan_column_keys[k].key : plan_mapping_keys[k].key, key) == 0)
                wanted = column ? plan_column_keys[k].type : plan_mapping_keys[k].type;
        if (wanted < 0)
            st = plan_fault(run, plan_place(run, place, key), "unknown_field",
                            "a mapping knows no %s here", key);
        else if (wanted && type != wanted)
            st = plan_fault(run, plan_place(run, place, key), "type", "must be %s",
                            plan_types[wanted]);
    }
    return st;
}

/* One word of a few: its number, or -1 with the fault named. */
static int32_t plan_word(plan_run *run, const acrm_value *map, const char *key, const char *place,
                         const char *const *words)
{
    const char *text = acrm__get_text(map, key);

    for (int32_t i = 0; text && words[i]; i++)
        if (strcmp(words[i], text) == 0)
            return i;
    if (text)
        (void)acrm__fault(run->faults, plan_place(run, place, key), "choice",
                          "must be one of %s, %s%s%s", words[0], words[1], words[2] ? ", " : "",
                          words[2] ? words[2] : "");
    return -1;
}

/* --- Columns --- */

/* "+03:30" to seconds. */
static bool plan_offset(const char *text, int32_t *out)
{
    int32_t n[4];
    size_t k = 0;

    if (strlen(text) != 6 || !strchr("+-", text[0]) || text[3] != ':')
        return false;
    for (size_t i = 1; i < 6; i++) {
        if (i == 3)
            continue;
        if (text[i] < '0' || text[i] > '9')
            return false;
        n[k++] = text[i] - '0';
    }
    int32_t seconds = ((n[0] * 10 + n[1]) * 60 + n[2] * 10 + n[3]) * 60;
    *out = text[0] == '-' ? -seconds : seconds;
    return seconds <= 18 * 3600;
}

static void plan_options(plan_run *run, const acrm_value *map, const char *place,
                         acrm__upsert_column *column)
{
    static const char *const overwrites[] = { "always", "empty", "never", NULL };
    static const char *const blanks[] = { "skip", "clear", NULL };
    static const char *const ends[] = { "last", "first", NULL };
    const char *decimal = acrm__get_text(map, "decimal"), *offset = acrm__get_text(map, "offset");
    int32_t overwrite = plan_word(run, map, "overwrite", place, overwrites);

    column->values = acrm_value_get(map, "values");
    column->preset = acrm_value_get(map, "default");
    column->format = acrm__get_text(map, "format");
    column->separator = acrm__get_text(map, "separator");
    column->overwrite = overwrite > 0 ? overwrite : ACRM__OVERWRITE_ALWAYS;
    column->clears = plan_word(run, map, "blank", place, blanks) == 1;
    column->first = plan_word(run, map, "at", place, ends) == 1;
    column->optional = acrm_value_bool(acrm_value_get(map, "optional"));
    column->keep = acrm_value_get(map, "trim") && !acrm_value_bool(acrm_value_get(map, "trim"));
    if (decimal && strcmp(decimal, ".") != 0 && strcmp(decimal, ",") != 0)
        (void)plan_fault(run, plan_place(run, place, "decimal"), "choice",
                         "must be . or ,%s", "");
    column->decimal = decimal ? decimal[0] : '\0';
    if (offset && !plan_offset(offset, &column->offset))
        (void)plan_fault(run, plan_place(run, place, "offset"), "format",
                         "must be like +03:30, not %.20s", offset);
    if (column->format && !acrm__upsert_date_format_valid(column->format))
        (void)plan_fault(run, plan_place(run, place, "format"), "format",
                         "must be like DD/MM/YYYY, jalali YYYY/MM/DD or YYYY-MM-DD HH:mm:ss, "
                         "not %.60s", column->format);
    if (column->separator && !column->separator[0])
        column->separator = NULL;
}

static void plan_target(plan_run *run, const acrm_value *to, const acrm_value *map,
                        const char *place, acrm__upsert_column *column)
{
    const char *name = acrm_value_text(to, NULL);
    acrm__upsert_target *target = &column->targets[column->n_targets];

    if (!name)
        (void)plan_fault(run, place, "type", "must name a field%s", "");
    else if (column->n_targets == ACRM__UPSERT_SPLIT_MAX)
        (void)plan_fault(run, place, "limit", "a column is split into four fields at most%s", "");
    else if (acrm__upsert_target_find(run->call, run->plan, name, map, place, run->faults, target))
        column->n_targets++;
}

static int32_t plan_column(plan_run *run, const char *name, const acrm_value *how,
                           const char *place)
{
    acrm__upsert_plan *plan = run->plan;
    const acrm_value *to = acrm_value_type(how) == ACRM_MAP ? acrm_value_get(how, "to") : how;
    const char *to_place = to == how ? place : plan_place(run, place, "to");
    int32_t st = ACRM_OK;

    if (plan->n_columns == ACRM__UPSERT_COLUMNS_MAX)
        return plan_fault(run, place, "limit", "a mapping has 256 columns at most%s", "");
    acrm__upsert_column *column = &plan->columns[plan->n_columns];
    *column = (acrm__upsert_column){ .name = name, .place = place };
    if (acrm_value_type(how) == ACRM_MAP) {
        st = plan_keys(run, how, place, true);
        plan_options(run, how, place, column);
    }
    const acrm_value *map = acrm_value_type(how) == ACRM_MAP ? how : NULL;
    if (acrm_value_type(to) == ACRM_LIST)
        for (size_t i = 0; i < acrm_value_count(to); i++)
            plan_target(run, acrm_value_at(to, i), map, to_place, column);
    else
        plan_target(run, to, map, to_place, column);
    plan->n_columns += column->n_targets > 0;
    return st;
}

static bool plan_has_column(const plan_run *run, const char *name, uint32_t *times)
{
    *times = 0;
    for (uint32_t i = 0; i < run->n_columns; i++)
        *times += strcmp(run->columns[i], name) == 0;
    return *times > 0 || !run->columns;
}

static int32_t plan_columns(plan_run *run, const acrm_value *columns)
{
    int32_t st = ACRM_OK;

    for (size_t i = 0; st == ACRM_OK && i < acrm_value_count(columns); i++) {
        const char *name = acrm_value_key(columns, i, NULL);
        const acrm_value *how = acrm_value_at(columns, i);
        const char *place = plan_place(run, "mapping.columns", name);
        bool optional = acrm_value_bool(acrm_value_get(how, "optional"));
        uint32_t times;
        bool there = plan_has_column(run, name, &times);
        if (acrm_value_type(how) == ACRM_NULL || (!there && optional)) /* passed over on purpose */
            continue;
        if (!there)
            st = plan_fault(run, place, "unknown_column", "the file has no column %.100s", name);
        else if (times > 1)
            st = plan_fault(run, place, "duplicate_column",
                            "the file has more than one column %.100s", name);
        else
            st = plan_column(run, name, how, place);
    }
    return st;
}

static int32_t plan_constants(plan_run *run, const acrm_value *constants)
{
    int32_t st = ACRM_OK;

    for (size_t i = 0; st == ACRM_OK && i < acrm_value_count(constants); i++) {
        const char *field = acrm_value_key(constants, i, NULL);
        const char *place = plan_place(run, "mapping.constants", field);
        acrm_value *name = acrm__value_in(run->call->arena);
        uint32_t before = run->plan->n_columns;
        if (!name || acrm_value_set_text(name, field, strlen(field)) != ACRM_OK)
            return acrm__nomem(run->call);
        st = plan_column(run, NULL, name, place);
        if (run->plan->n_columns > before)
            run->plan->columns[before].constant = acrm_value_at(constants, i);
    }
    return st;
}

/* Without a mapping the names of the columns tell. */
static int32_t plan_guess(plan_run *run)
{
    int32_t st = ACRM_OK;

    for (uint32_t i = 0; st == ACRM_OK && i < run->n_columns; i++) {
        const char *guess = NULL;
        uint32_t times;
        acrm_value *name = acrm__value_in(run->call->arena);
        (void)plan_has_column(run, run->columns[i], &times);
        st = acrm__upsert_guess(run->call, run->plan->entity, run->columns[i], &guess);
        if (st != ACRM_OK || !guess)
            continue;
        if (times > 1)
            return plan_fault(run, run->columns[i], "duplicate_column",
                              "the file has more than one column %.100s", run->columns[i]);
        if (!name || acrm_value_set_text(name, guess, strlen(guess)) != ACRM_OK)
            return acrm__nomem(run->call);
        st = plan_column(run, run->columns[i], name, run->columns[i]);
    }
    return st;
}

/* --- Keys --- */

static bool plan_has_field(const acrm__upsert_plan *plan, const char *name)
{
    uint32_t field = acrm__entity_field(plan->entity, name, strlen(name));

    for (uint32_t i = 0; i < plan->n_columns; i++)
        for (uint32_t k = 0; k < plan->columns[i].n_targets; k++) {
            const acrm__upsert_target *t = &plan->columns[i].targets[k];
            const acrm_value *set = t->child < 0 ? NULL : plan->children[t->child].set;
            const char *channel = acrm__get_text(set, "channel");
            bool list = t->child >= 0 && t->field == UINT32_MAX && plan->children[t->child].contact;
            if ((t->child < 0 && t->field == field && field != UINT32_MAX) ||
                (field == UINT32_MAX && (list || (channel && strcmp(channel, name) == 0))))
                return true;
        }
    return false;
}

/* Without a key the first of the usual ones that the columns have: a unique field, then those of a
 * customer. */
static int32_t plan_usual_keys(plan_run *run)
{
    static const struct {
        const char *key, *parts[2];
    } usual[] = {
        { "national_id", { "national_id", "national_id" } },
        { "external_id+source", { "external_id", "source" } },
        { "external_id", { "external_id", "external_id" } },
        { "phone+name", { "phone", "name" } },
        { "email+name", { "email", "name" } },
    };
    const acrm__entity *entity = run->plan->entity;
    int32_t st = ACRM_OK;

    for (uint32_t i = F_SYSTEM_COUNT; st == ACRM_OK && i < entity->n_fields; i++)
        if (entity->fields[i].def.flags & ACRM__UNIQUE &&
            plan_has_field(run->plan, entity->fields[i].def.name))
            st = acrm__upsert_key_parse(run->call, run->plan, entity->fields[i].def.name, "key",
                                        run->faults);
    bool customer = strcmp(entity->def->name, "customer") == 0;
    for (size_t i = 0; customer && st == ACRM_OK && i < PLAN_COUNT(usual); i++) {
        if (!plan_has_field(run->plan, usual[i].parts[0]) ||
            !plan_has_field(run->plan, usual[i].parts[1]))
            continue;
        st = acrm__upsert_key_parse(run->call, run->plan, usual[i].key, "key", run->faults);
    }
    return st;
}

static int32_t plan_keys_all(plan_run *run, const acrm_value *key, const char *place)
{
    int32_t st = ACRM_OK;

    if (acrm_value_type(key) == ACRM_TEXT)
        st = acrm__upsert_key_parse(run->call, run->plan, acrm_value_text(key, NULL), place,
                                    run->faults);
    else if (key && acrm_value_type(key) != ACRM_LIST)
        st = plan_fault(run, place, "type", "must be a text or a list of texts%s", "");
    for (size_t i = 0; st == ACRM_OK && acrm_value_type(key) == ACRM_LIST &&
                       i < acrm_value_count(key); i++) {
        const char *text = acrm_value_text(acrm_value_at(key, i), NULL);
        st = text ? acrm__upsert_key_parse(run->call, run->plan, text, place, run->faults)
                  : plan_fault(run, place, "type", "must be a text or a list of texts%s", "");
    }
    if (st == ACRM_OK && run->plan->n_keys == 0 && !key)
        st = plan_usual_keys(run);
    if (st == ACRM_OK && run->plan->n_keys == 0 && acrm_value_count(run->faults) == 0)
        st = plan_fault(run, place, "required",
                        "say by which fields a record is known again: --key code%s", "");
    return st;
}

/* --- The whole --- */

static int32_t plan_ignored(plan_run *run, const char *unmapped)
{
    acrm__upsert_plan *plan = run->plan;

    plan->ignored = acrm__value_in(run->call->arena);
    if (!plan->ignored || acrm_value_set_list(plan->ignored) != ACRM_OK)
        return acrm__nomem(run->call);
    for (uint32_t i = 0; i < run->n_columns; i++) {
        bool used = false;
        for (uint32_t k = 0; k < plan->n_columns; k++)
            used = used || (plan->columns[k].name &&
                            strcmp(plan->columns[k].name, run->columns[i]) == 0);
        if (used)
            continue;
        if (!acrm__add_text(plan->ignored, run->columns[i]))
            return acrm__nomem(run->call);
        if (unmapped && strcmp(unmapped, "refuse") == 0) {
            int32_t st = plan_fault(run, "mapping.unmapped", "unknown_column",
                                    "the column %.100s is not mapped", run->columns[i]);
            if (st != ACRM_OK)
                return st;
        }
    }
    return ACRM_OK;
}

int32_t acrm__upsert_permit(acrm__call *call, const char *entity, const char *verb, bool *may)
{
    const char *name = acrm__arena_format(call->arena, "%s.%s", entity, verb);
    const acrm__opinfo *op = name ? acrm__registry_op(call->session->registry, name, strlen(name))
                                  : NULL;

    if (!name)
        return acrm__nomem(call);
    *may = op && acrm__may_call(call->session, op);
    if (op && !*may)
        return acrm__fail(call, ACRM_E_DENIED, "permission", "entity",
                          "this session may not call %s", name);
    return ACRM_OK;
}

static int32_t plan_begin(plan_run *run, const acrm_value *options)
{
    acrm__call *call = run->call;
    acrm__upsert_plan *plan = run->plan;
    const acrm_value *mapping = acrm_value_get(options, "mapping");
    const char *entity = acrm__get_text(options, "entity");
    const char *mode = acrm__get_text(options, "mode");
    const char *duplicates = acrm__get_text(options, "duplicates");
    const acrm_value *score = acrm_value_get(options, "duplicate_score");

    if (!entity)
        entity = acrm__get_text(mapping, "entity");
    if (!entity)
        return acrm__fail(call, ACRM_E_INVALID, "required", "entity",
                          "say whose records the rows are: an entity such as customer");
    plan->entity = acrm__registry_entity(call->session->registry, entity, strlen(entity));
    if (!plan->entity)
        return acrm__fail(call, ACRM_E_INVALID, "choice", "entity", "there is no entity %.64s",
                          entity);
    plan->nulls = acrm_value_get(mapping, "null_values");
    plan->country = acrm__get_text(options, "country");
    plan->duplicates = duplicates ? duplicates : "skip";
    plan->duplicate_score = score ? acrm_value_int(score) : 0;
    int32_t st = acrm__upsert_permit(run->call, entity, "create", &plan->may_create);
    if (st == ACRM_OK)
        st = acrm__upsert_permit(run->call, entity, "update", &plan->may_update);
    if (st == ACRM_OK && !plan->may_create && !plan->may_update)
        st = acrm__fail(call, ACRM_E_INVALID, "read_only", "entity",
                        "%.64s is written by the library alone", entity);
    if (mode && strcmp(mode, "create") == 0)
        plan->may_update = false;
    if (mode && strcmp(mode, "update") == 0)
        plan->may_create = false;
    return st;
}

static int32_t plan_children(plan_run *run)
{
    int32_t st = ACRM_OK;

    for (uint32_t i = 0; st == ACRM_OK && i < run->plan->n_children; i++) {
        const char *name = run->plan->children[i].entity->def->name;
        bool may;
        st = acrm__upsert_permit(run->call, name, "create", &may);
    }
    return st;
}

/* Columns and constants: what goes where. */
static int32_t plan_targets(plan_run *run, const acrm_value *mapping)
{
    const acrm_value *columns = acrm_value_get(mapping, "columns");
    int32_t st = mapping ? plan_keys(run, mapping, "mapping", false) : ACRM_OK;

    if (st == ACRM_OK)
        st = acrm_value_count(columns) > 0 ? plan_columns(run, columns) : plan_guess(run);
    if (st == ACRM_OK)
        st = plan_constants(run, acrm_value_get(mapping, "constants"));
    if (st == ACRM_OK && run->plan->n_columns == 0 && acrm_value_count(run->faults) == 0)
        st = plan_fault(run, "mapping", "required",
                        "no column of the file is known: give a mapping%s", "");
    return st;
}

int32_t acrm__upsert_plan_make(acrm__call *call, const acrm_value *options,
                               const char *const *columns, uint32_t n_columns,
                               acrm__upsert_plan **out)
{
    acrm__upsert_plan *plan = acrm__arena_zero(call->arena, sizeof *plan);
    plan_run run = { .call = call, .plan = plan, .columns = columns, .n_columns = n_columns };
    const acrm_value *mapping = acrm_value_get(options, "mapping");
    const acrm_value *key = acrm_value_get(options, "key");
    bool argued = acrm_value_count(key) > 0;

    run.faults = acrm__value_in(call->arena);
    if (!plan || !run.faults || acrm_value_set_list(run.faults) != ACRM_OK)
        return acrm__nomem(call);
    plan->arena = call->arena;
    int32_t st = plan_begin(&run, options);
    if (st == ACRM_OK)
        st = plan_targets(&run, mapping);
    if (st == ACRM_OK)
        st = plan_keys_all(&run, argued ? key : acrm_value_get(mapping, "key"),
                           argued || !mapping ? "key" : "mapping.key");
    if (st == ACRM_OK)
        st = plan_ignored(&run, acrm__get_text(mapping, "unmapped"));
    if (st == ACRM_OK)
        st = plan_children(&run);
    if (st != ACRM_OK)
        return st == ACRM_E_NOMEM ? acrm__nomem(call) : st;
    if (acrm_value_count(run.faults) > 0)
        return acrm__error_fields(call->err, ACRM_E_INVALID, run.faults);
    *out = plan;
    return ACRM_OK;
}

const acrm__upsert_column *acrm__upsert_column_of(const acrm__upsert_plan *plan, int32_t child,
                                                  uint32_t field)
{
    for (uint32_t i = 0; i < plan->n_columns; i++)
        for (uint32_t k = 0; k < plan->columns[i].n_targets; k++)
            if (plan->columns[i].targets[k].child == child &&
                (plan->columns[i].targets[k].field == field ||
                 plan->columns[i].targets[k].field == UINT32_MAX))
                return &plan->columns[i];
    return NULL;
}

/* --- Saved mappings --- */

int32_t acrm__upsert_mapping_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    const acrm_cell *cell = &rec->cells[F_import_mapping__mapping];
    acrm_value *mapping = NULL, *options = acrm__value_in(call->arena);
    acrm__upsert_plan *plan;
    acrm__json_fault fault;

    (void)before;
    if (cell->type != ACRM_CELL_TEXT || acrm__is_null(rec, F_import_mapping__entity))
        return ACRM_OK; /* refused as required fields in a moment */
    int32_t st = acrm__json_read(call->arena, cell->data, cell->size, &mapping, &fault);
    if (st == ACRM_E_NOMEM || !options || acrm_value_set_map(options) != ACRM_OK ||
        !acrm__put_text(options, "entity", acrm__text(rec, F_import_mapping__entity)))
        return acrm__nomem(call);
    if (st != ACRM_OK || acrm_value_type(mapping) != ACRM_MAP)
        return acrm__fail(call, ACRM_E_INVALID, "type", "mapping", "mapping must be an object");
    if (acrm_value_count(acrm_value_get(mapping, "columns")) == 0)
        return acrm__fail(call, ACRM_E_INVALID, "required", "mapping.columns",
                          "a mapping needs its columns");
    if (!acrm__put_value(options, "mapping", mapping))
        return acrm__nomem(call);
    return acrm__upsert_plan_make(call, options, NULL, 0, &plan);
}
