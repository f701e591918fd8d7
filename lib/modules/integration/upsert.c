/* SPDX-License-Identifier: MIT */
/* import.upsert: rows of a file as records of any entity, each made, changed or left as it is. */
#include "modules/integration/upsert.h"

#include "base/json.h"
#include "modules/integration/entities.h"

#include <string.h>

typedef struct upsert_run {
    acrm__import *in;
    acrm__upsert_row row;
    acrm__import_outcome *out;
    acrm_value *children; /* that were made: [{entity, id, version}] */
} upsert_run;

/* --- Refusing --- */

/* The row's faults become the outcome's: the first for people, all as JSON. */
static int32_t upsert_refuse(upsert_run *run)
{
    const acrm_value *first = acrm_value_at(run->row.faults, 0);

    run->out->outcome = "rejected";
    run->out->has_record = run->out->has_customer = false;
    acrm__draft_refuse(&run->out->fault, acrm__get_text(first, "reason"),
                       acrm__get_text(first, "column"), "%s", acrm__get_text(first, "message"));
    run->out->faults = acrm__import_json(run->in->call, run->row.faults);
    return run->out->faults ? ACRM_OK : acrm__nomem(run->in->call);
}

static bool upsert_is_refused(const upsert_run *run)
{
    return acrm_value_count(run->row.faults) > 0;
}

/* --- Related records --- */

static const acrm_cell *upsert_cell(const acrm__rec *rec, const char *field)
{
    return &rec->cells[acrm__field_of(rec->entity, field)];
}

/* The same words are the same contact; else their normal forms tell. */
static bool upsert_same_contact(const acrm__rec *a, const acrm__rec *b, bool derived)
{
    const acrm_cell *normal = upsert_cell(a, "match_value");

    if (!acrm__cell_equal(upsert_cell(a, "channel"), upsert_cell(b, "channel")))
        return false;
    if (acrm__cell_equal(upsert_cell(a, "value"), upsert_cell(b, "value")))
        return true;
    return derived && normal->type != ACRM_CELL_NULL &&
           acrm__cell_equal(normal, upsert_cell(b, "match_value"));
}

/* The same contact, or a record that has all that is given here. */
static bool upsert_same_child(const acrm__upsert_row_child *child, const acrm__rec *other)
{
    if (child->child->contact)
        return upsert_same_contact(child->rec, other, child->derived);
    for (size_t i = 0; i < acrm_value_count(child->fields); i++) {
        const char *name = acrm_value_key(child->fields, i, NULL);
        uint32_t field = acrm__field_of(other->entity, name);
        if (field != UINT32_MAX && !acrm__cell_equal(&child->rec->cells[field],
                                                     &other->cells[field]))
            return false;
    }
    return true;
}

/* Whether another contact of the row is of the same channel, and may be the same. */
static bool upsert_has_twin(const acrm__upsert_row *row, uint32_t n)
{
    bool found = false;

    for (uint32_t i = 0; i < row->n_children; i++)
        found = found || (i != n && row->children[i].child->contact &&
                          acrm__cell_equal(upsert_cell(row->children[i].rec, "channel"),
                                           upsert_cell(row->children[n].rec, "channel")));
    return found;
}

static void upsert_know_child(upsert_run *run, uint32_t n, const acrm__recs *found)
{
    acrm__upsert_row *row = &run->row;
    acrm__upsert_row_child *child = &row->children[n];

    for (uint32_t k = 0; k < n && !child->known; k++)
        child->known = row->children[k].child->entity == child->child->entity &&
                       upsert_same_child(child, row->children[k].rec);
    for (size_t k = 0; k < found->count && !child->known; k++)
        child->known = upsert_same_child(child, found->items[k]);
}

/* Which of the row's related records are there already, or twice in the row. */
static int32_t upsert_know_children(upsert_run *run, bool *any_new)
{
    acrm__upsert_row *row = &run->row;
    acrm__recs found = { NULL, 0 };
    const char *relation = NULL; /* of which they are */

    *any_new = false;
    for (uint32_t i = 0; i < row->n_children; i++) {
        acrm__upsert_row_child *child = &row->children[i];
        if (row->rec && relation != child->child->relation) {
            relation = child->child->relation;
            const acrm__term term = { child->child->parent, ACRM_FILTER_EQ, row->rec->cells[F_ID] };
            int32_t st = acrm__find(run->in->call, &(acrm__select){
                .entity = child->child->entity->def->name, .terms = &term, .n_terms = 1 }, &found);
            if (st != ACRM_OK)
                return st;
        }
        upsert_know_child(run, i, &found);
        if (!child->known && child->child->contact &&
            (found.count > 0 || upsert_has_twin(row, i))) {
            int32_t st = acrm__upsert_derive_child(row, child);
            if (st != ACRM_OK)
                return st;
            upsert_know_child(run, i, &found);
        }
        *any_new = *any_new || !child->known;
    }
    return ACRM_OK;
}

static int32_t upsert_write_children(upsert_run *run, const acrm__rec *parent)
{
    acrm__call *call = run->in->call;
    int32_t st = ACRM_OK;

    for (uint32_t i = 0; st == ACRM_OK && i < run->row.n_children; i++) {
        acrm__upsert_row_child *child = &run->row.children[i];
        if (child->known)
            continue;
        acrm__set(child->rec, child->child->parent, parent->cells[F_ID]);
        st = acrm__insert(call, child->rec);
        if (st != ACRM_OK)
            return st;
        acrm_value *item = acrm__add_map(run->children);
        if (!item || !acrm__put_text(item, "entity", child->child->entity->def->name) ||
            !acrm__put_text(item, "id", acrm__id_text(call, acrm__id(child->rec, F_ID))) ||
            !acrm__put_int(item, "version", acrm__int(child->rec, F_VERSION)))
            st = acrm__nomem(call);
    }
    return st;
}

/* --- Outcomes --- */

/* What was written must lie within the session's own scope, and the reactions to it come first. */
static int32_t upsert_settle(upsert_run *run, acrm__rec *rec)
{
    acrm__call *call = run->in->call;
    uint64_t writes = call->session->writes;
    bool visible = true;

    int32_t st = call->as_system ? ACRM_OK : acrm__in_scope(call, rec, &visible);
    if (st == ACRM_OK && !visible)
        return acrm__fail(call, ACRM_E_DENIED, "scope", NULL,
                          "the record would lie outside what this session may see");
    if (st == ACRM_OK)
        st = acrm__react(call);
    if (st == ACRM_OK && call->session->writes != writes)
        st = acrm__load_any(call, rec->entity, acrm__id(rec, F_ID), &rec);
    if (st != ACRM_OK || !rec)
        return st;
    run->out->version = acrm__int(rec, F_VERSION);
    run->out->children = acrm__import_json(call, run->children);
    return run->out->children ? ACRM_OK : acrm__nomem(call);
}

static void upsert_name_record(upsert_run *run, const acrm__rec *rec)
{
    acrm__import_outcome *out = run->out;
    uint32_t subject = rec->entity->subject;
    const unsigned char *customer = subject == UINT32_MAX ? NULL : acrm__id(rec, subject);

    memcpy(out->record, acrm__id(rec, F_ID), 16);
    out->has_record = true;
    out->version = acrm__int(rec, F_VERSION);
    out->has_customer = customer != NULL;
    if (customer)
        memcpy(out->customer, customer, 16);
}

static int32_t upsert_show_children(upsert_run *run, acrm_value *shown)
{
    acrm__call *call = run->in->call;
    bool ok = true;

    for (uint32_t i = 0; ok && i < run->row.n_children; i++) {
        const acrm__upsert_row_child *child = &run->row.children[i];
        if (child->known)
            continue;
        const char *name = acrm__arena_format(call->arena, "%s[%u]", child->child->relation, i);
        acrm_value *map = name ? acrm__put_map(shown, name) : NULL;
        ok = map && acrm__put_null(map, "from") && acrm__put_value(map, "to", child->fields);
    }
    return ok ? ACRM_OK : acrm__nomem(call);
}

/* What is about to change: for undoing it, and in a dry run for people. */
static int32_t upsert_show(upsert_run *run, const acrm__rec *rec, bool journal)
{
    acrm__call *call = run->in->call;
    acrm_value *shown = run->in->dry_run ? acrm__value_in(call->arena) : NULL;
    acrm_value *kept = journal ? acrm__value_in(call->arena) : NULL;
    bool ok = (shown || !run->in->dry_run) && (kept || !journal);

    if (!ok || (shown && acrm_value_set_map(shown) != ACRM_OK) ||
        (kept && acrm_value_set_map(kept) != ACRM_OK))
        return acrm__nomem(call);
    if (!shown && !kept)
        return ACRM_OK;
    int32_t st = acrm__upsert_diff(call, rec, run->row.fields, kept, shown);
    if (st == ACRM_OK && shown)
        st = upsert_show_children(run, shown);
    run->out->shown = shown;
    if (st == ACRM_OK && acrm_value_count(kept) > 0) {
        run->out->journal = acrm__import_json(call, kept);
        st = run->out->journal ? ACRM_OK : acrm__nomem(call);
    }
    return st;
}

/* --- Known under another key --- */

static bool upsert_match_name(upsert_run *run, acrm_value *args)
{
    const char *given = acrm__get_text(run->row.fields, "given_name");
    const char *family = acrm__get_text(run->row.fields, "family_name");
    const char *name = acrm__arena_format(run->in->call->arena, "%s %s", given ? given : "",
                                          family ? family : "");

    return name && ((!given && !family) || acrm__put_text(args, "name", name));
}

static int32_t upsert_match_args(upsert_run *run, acrm_value **out)
{
    static const char *const own[] = { "name", "national_id", "country" };
    const acrm__upsert_row *row = &run->row;
    acrm_value *args = acrm__value_in(run->in->call->arena);
    bool ok = args && acrm_value_set_map(args) == ACRM_OK;
    acrm_value *points = ok ? acrm__put_list(args, "contact_points") : NULL;

    for (size_t i = 0; ok && i < sizeof own / sizeof own[0]; i++) {
        const acrm_value *value = acrm_value_get(row->fields, own[i]);
        if (acrm_value_type(value) != ACRM_NULL)
            ok = acrm__put_value(args, own[i], value);
    }
    if (ok && row->plan->country && !acrm_value_get(args, "country"))
        ok = acrm__put_text(args, "country", row->plan->country);
    if (ok && !acrm_value_get(args, "name"))
        ok = upsert_match_name(run, args);
    for (uint32_t i = 0; ok && points && i < row->n_children; i++)
        if (row->children[i].child->contact)
            ok = acrm__add_value(points, row->children[i].fields);
    *out = args;
    return ok && points ? ACRM_OK : acrm__nomem(run->in->call);
}

/* Whether customer.match knows the row's customer well enough; *id in the call's arena. */
static int32_t upsert_match(upsert_run *run, unsigned char id[16], bool *found)
{
    acrm__call *call = run->in->call;
    acrm_value *args = NULL, *result = NULL;
    const acrm_value *list;

    *found = false;
    int32_t st = upsert_match_args(run, &args);
    if (st == ACRM_OK)
        st = acrm__run(call, "customer.match", args, &result);
    const char *same = st == ACRM_OK ? acrm__get_text(result, "customer_id") : NULL;
    if (!same || !acrm__uuid_parse(same, strlen(same), id))
        return st;
    list = acrm_value_get(result, "candidates");
    for (size_t i = 0; i < acrm_value_count(list); i++) {
        const acrm_value *item = acrm_value_at(list, i);
        const char *candidate = acrm__get_text(item, "customer_id");
        if (candidate && strcmp(candidate, same) == 0)
            *found = acrm_value_int(acrm_value_get(item, "score")) >=
                     run->row.plan->duplicate_score;
    }
    return ACRM_OK;
}

/* *handled: the row is a duplicate and there is nothing more to do. */
static int32_t upsert_duplicate(upsert_run *run, bool *handled)
{
    const acrm__upsert_plan *plan = run->row.plan;
    unsigned char id[16];
    acrm__rec *known = NULL;
    bool found;

    *handled = false;
    if (strcmp(plan->entity->def->name, "customer") != 0 || strcmp(plan->duplicates, "create") == 0)
        return ACRM_OK;
    int32_t st = upsert_match(run, id, &found);
    if (st != ACRM_OK || !found)
        return st;
    st = acrm__load_or_null(run->in->call, plan->entity, id, &known);
    if (st != ACRM_OK)
        return st;
    if (known && strcmp(plan->duplicates, "update") == 0) {
        run->row.rec = known;
        return ACRM_OK;
    }
    *handled = true;
    run->out->outcome = "duplicate";
    if (known)
        upsert_name_record(run, known);
    return ACRM_OK;
}

/* --- Creating --- */

static int32_t upsert_create(upsert_run *run)
{
    acrm__call *call = run->in->call;
    bool any;

    if (!run->row.plan->may_create) {
        int32_t st = acrm__upsert_row_fault(&run->row, "key", "", "reference",
                                            "there is no %s with this key",
                                            run->row.plan->entity->def->name);
        return st == ACRM_OK ? upsert_refuse(run) : st;
    }
    int32_t st = upsert_know_children(run, &any);
    if (st == ACRM_OK)
        st = upsert_show(run, run->row.fresh, false);
    if (st == ACRM_OK)
        st = acrm__insert(call, run->row.fresh);
    if (st == ACRM_OK)
        st = upsert_write_children(run, run->row.fresh);
    if (st != ACRM_OK)
        return st;
    upsert_name_record(run, run->row.fresh);
    run->out->outcome = "created";
    return upsert_settle(run, run->row.fresh);
}

/* --- Updating --- */

/* A column may be set to fill only what is empty, or new records only. */
static bool upsert_may_set(const upsert_run *run, uint32_t field)
{
    const acrm__upsert_column *column = acrm__upsert_column_of(run->row.plan, -1, field);

    if (!column || column->overwrite == ACRM__OVERWRITE_ALWAYS)
        return true;
    return column->overwrite == ACRM__OVERWRITE_EMPTY && acrm__is_null(run->row.rec, field);
}

/* *any: there is something to change, before it is brought into its normal form. */
static int32_t upsert_assign(upsert_run *run, bool *any)
{
    acrm__upsert_row *row = &run->row;
    acrm_value *fields = acrm__value_in(run->in->call->arena);
    acrm_value *faults = acrm__value_in(run->in->call->arena);
    bool ok = fields && faults && acrm_value_set_map(fields) == ACRM_OK &&
              acrm_value_set_list(faults) == ACRM_OK;

    for (size_t i = 0; ok && i < acrm_value_count(row->fields); i++) {
        size_t len;
        const char *name = acrm_value_key(row->fields, i, &len);
        uint32_t field = acrm__entity_field(row->plan->entity, name, len);
        bool same = acrm__cell_equal(&row->fresh->cells[field], &row->rec->cells[field]);
        if (!same && upsert_may_set(run, field))
            ok = acrm__put_value(fields, name, acrm_value_at(row->fields, i));
    }
    if (!ok)
        return acrm__nomem(run->in->call);
    *any = acrm_value_count(fields) > 0;
    if (!*any)
        return ACRM_OK;
    int32_t st = acrm__assign(run->in->call, row->rec, fields, "", NULL, faults);
    for (size_t i = 0; st == ACRM_OK && i < acrm_value_count(faults); i++) {
        const acrm_value *fault = acrm_value_at(faults, i);
        const char *field = acrm__get_text(fault, "field");
        const acrm__upsert_column *column = acrm__upsert_column_of(row->plan, -1,
            acrm__field_of(row->plan->entity, field));
        st = acrm__upsert_row_fault(row, field, column && column->name ? column->name : field,
                                    acrm__get_text(fault, "reason"), "%s",
                                    acrm__get_text(fault, "message"));
    }
    return st == ACRM_E_NOMEM ? acrm__nomem(run->in->call) : st;
}

/* The same record twice in a file: were the later row to change it again, reading the file once
 * more would change it back and forth. */
static int32_t upsert_check_twice(upsert_run *run)
{
    acrm__call *call = run->in->call;
    const acrm__term term = { F_import_row__record_id, ACRM_FILTER_EQ, run->row.rec->cells[F_ID] };
    acrm__recs found = { NULL, 0 };

    int32_t st = acrm__find(call, &(acrm__select){ .entity = "import_row", .terms = &term,
                                                   .n_terms = 1, .as_system = true }, &found);
    for (size_t i = 0; st == ACRM_OK && i < found.count && !upsert_is_refused(run); i++) {
        const acrm__rec *other = found.items[i];
        const char *outcome = acrm__text(other, F_import_row__outcome);
        int64_t position = acrm__int(other, F_import_row__position);
        bool same = memcmp(acrm__id(other, F_import_row__job_id), acrm__id(run->in->job, F_ID),
                           16) == 0;
        if (same && position != run->in->row && strcmp(outcome, "duplicate") != 0 &&
            strcmp(outcome, "undone") != 0)
            st = acrm__upsert_row_fault(&run->row, "key", run->row.plan->keys[0].parts[0].name,
                                        "duplicate_key",
                                        "row %lld of the file is the same %s, and says otherwise",
                                        (long long)position, run->row.rec->entity->def->name);
    }
    return st;
}

static int32_t upsert_update(upsert_run *run)
{
    acrm__call *call = run->in->call;
    acrm__rec *rec = run->row.rec;
    bool any = false, differs = false, any_new = false;

    upsert_name_record(run, rec);
    run->out->outcome = "unchanged";
    if (!run->row.plan->may_update)
        return ACRM_OK;
    int32_t st = upsert_assign(run, &any);
    if (st == ACRM_OK && any && !upsert_is_refused(run))
        st = acrm__derive(call, rec, &differs);
    if (st == ACRM_OK && !upsert_is_refused(run))
        st = upsert_know_children(run, &any_new);
    if (st == ACRM_OK && !upsert_is_refused(run) && (differs || any_new))
        st = upsert_check_twice(run);
    if (st == ACRM_OK && upsert_is_refused(run))
        return upsert_refuse(run);
    if (st != ACRM_OK || (!differs && !any_new))
        return st;
    st = upsert_show(run, rec, true);
    if (st == ACRM_OK)
        st = acrm__update(call, rec);
    if (st == ACRM_OK)
        st = upsert_write_children(run, rec);
    run->out->outcome = "updated";
    return st == ACRM_OK ? upsert_settle(run, rec) : st;
}

static int32_t upsert_submit(acrm__import *in, acrm_value *draft, acrm__import_outcome *out)
{
    acrm__call *call = in->call;
    upsert_run *run = acrm__arena_zero(call->arena, sizeof *run);
    bool handled = false;

    if (!run)
        return acrm__nomem(call);
    run->in = in;
    run->out = out;
    run->row.call = call;
    run->row.plan = in->plan;
    run->row.given = acrm_value_get(draft, "row");
    run->children = acrm__value_in(call->arena);
    if (!run->children || acrm_value_set_list(run->children) != ACRM_OK)
        return acrm__nomem(call);
    int32_t st = acrm__upsert_draft(&run->row);
    if (st == ACRM_OK && !upsert_is_refused(run))
        st = acrm__upsert_find(&run->row);
    if (st == ACRM_OK && upsert_is_refused(run))
        return upsert_refuse(run);
    if (st == ACRM_OK && !run->row.rec && in->plan->may_create)
        st = upsert_duplicate(run, &handled);
    if (st != ACRM_OK || handled)
        return st;
    if (run->row.rec)
        acrm__references_remember(call, run->row.rec);
    return run->row.rec ? upsert_update(run) : upsert_create(run);
}

/* --- The kind --- */

/* JSON lines without a mapping use the entity's own names. */
static const char *const *upsert_own_names(acrm__call *call, const acrm_value *options, uint32_t *n)
{
    const char *name = acrm__get_text(options, "entity");
    const acrm__entity *entity = name ? acrm__registry_entity(call->session->registry, name,
                                                              strlen(name)) : NULL;
    const char **names = entity ? acrm__arena_array(call->arena, entity->n_fields + 1,
                                                    sizeof *names) : NULL;

    *n = 0;
    for (uint32_t i = F_SYSTEM_COUNT; names && i < entity->n_fields; i++)
        if (!(entity->fields[i].def.flags & (ACRM__HIDDEN | ACRM__READ_ONLY)) &&
            acrm__may_write_field(call, entity, i))
            names[(*n)++] = entity->fields[i].def.name;
    if (names && acrm__entity_inverse(entity, "contact_points", strlen("contact_points")))
        names[(*n)++] = "contact_points";
    return names;
}

static int32_t upsert_answer(const acrm__import *in)
{
    acrm_value *out = in->call->out;
    acrm_value *keys = acrm__put_list(out, "key");
    acrm_value *ignored = acrm_value_put(out, "ignored_columns");
    bool ok = keys && ignored && acrm__value_copy(ignored, in->plan->ignored) &&
              acrm__put_bool(out, "dry_run", in->dry_run);

    for (uint32_t i = 0; ok && i < in->plan->n_keys; i++)
        ok = acrm__add_text(keys, in->plan->keys[i].text);
    if (ok && in->dry_run) /* the job was undone with everything else */
        ok = acrm__put_null(out, "job_id");
    return ok ? ACRM_OK : acrm__nomem(in->call);
}

static int32_t upsert_prepare(acrm__import *in)
{
    acrm_value *options = NULL;
    bool table = in->rows.format == ACRM__ROWS_CSV;

    if (in->rows.format == ACRM__ROWS_ADF)
        return acrm__fail(in->call, ACRM_E_UNSUPPORTED, "format", "format",
                          "ADF holds leads: read it with import.run");
    int32_t st = acrm__import_options(in->call, in->job, &options);
    if (st != ACRM_OK)
        return st;
    uint32_t n = table ? in->rows.n_columns : 0;
    const char *const *columns = table ? in->rows.columns : NULL;
    if (in->rows.format == ACRM__ROWS_VCARD)
        columns = acrm__rows_card_columns(&n);
    else if (!table && !acrm_value_get(options, "mapping"))
        columns = upsert_own_names(in->call, options, &n);
    st = acrm__upsert_plan_make(in->call, options, columns, n, &in->plan);
    if (st == ACRM_OK)
        in->plan->table = table;
    return st;
}

/* Values are converted as the row is written: what they refer to may be a row just before. */
static int32_t upsert_draft_row(acrm__import *in, const acrm__rows_item *item, acrm_value **draft,
                                acrm__draft_fault *fault)
{
    acrm_value *map = acrm__value_in(in->call->arena);

    (void)fault;
    if (!map || acrm_value_set_map(map) != ACRM_OK || !acrm__put_value(map, "row", item->row))
        return acrm__nomem(in->call);
    *draft = map;
    return ACRM_OK;
}

static const char *upsert_column(acrm__import *in, const acrm_value *row, const char *field)
{
    const char *dot = strrchr(field, '.');
    uint32_t own = acrm__entity_field(in->plan->entity, field, strlen(field));
    const acrm__upsert_column *column = own == UINT32_MAX ? NULL
                                        : acrm__upsert_column_of(in->plan, -1, own);

    (void)row;
    for (uint32_t i = 0; !column && own == UINT32_MAX && i < in->plan->n_children; i++) {
        const acrm__entity *entity = in->plan->children[i].entity;
        const char *name = dot ? dot + 1 : field;
        uint32_t n = acrm__entity_field(entity, name, strlen(name));
        column = n == UINT32_MAX ? NULL : acrm__upsert_column_of(in->plan, (int32_t)i, n);
    }
    return column && column->name ? column->name : field;
}

static const char *const upsert_options[] = { "entity", "mapping", "mapping_code", "key", "country",
                                              "mode", "duplicates", "duplicate_score", NULL };
static const char *const upsert_outcomes[] = { "created", "updated", "unchanged", "duplicate",
                                               "rejected", NULL };

const acrm__import_kind acrm__import_upserts = {
    .options = upsert_options,
    .outcomes = upsert_outcomes,
    .prepare = upsert_prepare,
    .draft = upsert_draft_row,
    .submit = upsert_submit,
    .column = upsert_column,
    .answer = upsert_answer,
};

/* --- The operation --- */

/* A saved mapping in place of its code; the entity of whichever. */
static int32_t upsert_load_mapping(acrm__call *call, acrm_value *args)
{
    const char *code = acrm__get_text(args, "mapping_code");
    acrm__rec *saved = NULL;
    acrm_value *mapping = NULL;
    acrm__json_fault fault;

    if (!code)
        return ACRM_OK;
    if (acrm_value_get(args, "mapping"))
        return acrm__fail(call, ACRM_E_INVALID, "choice", "mapping_code",
                          "give mapping or mapping_code, not both");
    const acrm__term term = { F_import_mapping__code, ACRM_FILTER_EQ, acrm__cell_text(code) };
    int32_t st = acrm__find_one(call, &(acrm__select){ .entity = "import_mapping", .terms = &term,
                                                       .n_terms = 1 }, &saved);
    if (st == ACRM_OK && !saved)
        return acrm__fail(call, ACRM_E_NOTFOUND, "reference", "mapping_code",
                          "there is no saved mapping %.64s", code);
    if (st != ACRM_OK)
        return st;
    const acrm_cell *cell = &saved->cells[F_import_mapping__mapping];
    if (acrm__json_read(call->arena, cell->data, cell->size, &mapping, &fault) != ACRM_OK ||
        !acrm__put_value(args, "mapping", mapping) ||
        (!acrm_value_get(args, "entity") &&
         !acrm__put_text(args, "entity", acrm__text(saved, F_import_mapping__entity))))
        return acrm__nomem(call);
    return ACRM_OK;
}

int32_t acrm__import_upsert(acrm__call *call)
{
    const acrm_value *given = call->args;
    acrm_value *args = acrm__value_in(call->arena);

    if (!args || !acrm__value_copy(args, given))
        return acrm__nomem(call);
    int32_t st = acrm_value_get(args, "mapping_code") ? acrm__begin(call) : ACRM_OK;
    if (st == ACRM_OK && acrm_value_get(args, "mapping_code")) {
        st = upsert_load_mapping(call, args);
        acrm__rollback(call);
    }
    const char *named = acrm__get_text(acrm_value_get(args, "mapping"), "entity");
    if (st == ACRM_OK && !acrm_value_get(args, "entity") &&
        !acrm__put_text(args, "entity", named ? named : "customer"))
        st = acrm__nomem(call);
    call->args = args;
    if (st == ACRM_OK)
        st = acrm__import_all(call, &acrm__import_upserts);
    call->args = given;
    return st;
}
