/* SPDX-License-Identifier: MIT */
/* Which template a record gets: the first that fits, and why those before it do not. */
#include "modules/work/package.h"

typedef struct choose_run {
    acrm__call *call;
    const acrm__rec *subject;
    const char *customer_type;
} choose_run;

/* What a template may ask for: its field, which is also the argument's name. */
static const struct {
    uint32_t field;
    const char *name;
} choose_keys[] = {
    { F_work_package_template__sale_type, "sale_type" },
    { F_work_package_template__customer_type, "customer_type" },
    { F_work_package_template__service, "service" },
    { F_work_package_template__contract, "contract" },
};

int32_t acrm__package_subject(acrm__call *call, acrm__rec **out)
{
    const char *name = acrm__arg_text(call, "entity");
    unsigned char id[16];

    if (!acrm__registry_entity(call->session->registry, name, strlen(name)))
        return acrm__fail(call, ACRM_E_INVALID, "entity", "entity", "there is no entity %.64s",
                          name);
    acrm__arg_id(call, "id", id);
    return acrm__load(call, name, id, "id", out);
}

/* By default the kind of the record's customer. */
static int32_t choose_customer_type(choose_run *run)
{
    uint32_t field = acrm__field_of(run->subject->entity, "customer_id");
    bool is_customer = strcmp(run->subject->entity->def->name, "customer") == 0;
    const unsigned char *id = is_customer          ? acrm__id(run->subject, F_ID)
                              : field < UINT32_MAX ? acrm__id(run->subject, field)
                                                   : NULL;
    acrm__call system = *run->call;
    acrm__rec *customer;

    run->customer_type = acrm__arg_text(run->call, "customer_type");
    if (run->customer_type || !id)
        return ACRM_OK;
    system.as_system = true;
    int32_t st = acrm__load(&system, "customer", id, "customer_id", &customer);
    if (st == ACRM_OK)
        run->customer_type = acrm__text(customer, acrm__field_of(customer->entity, "kind"));
    return st;
}

/* What of the template does not fit; NULL: all does. */
static int32_t choose_fault(choose_run *run, const acrm__rec *template, const char **out)
{
    const acrm__term self = { F_ID, ACRM_FILTER_EQ, run->subject->cells[F_ID] };
    const acrm_filter_node *where = NULL;
    const acrm_value *condition = NULL;
    acrm__rec *found = NULL;

    *out = NULL;
    for (size_t i = 0; i < sizeof choose_keys / sizeof choose_keys[0]; i++) {
        const char *asked = acrm__text(template, choose_keys[i].field);
        const char *given = strcmp(choose_keys[i].name, "customer_type") == 0
                                ? run->customer_type
                                : acrm__arg_text(run->call, choose_keys[i].name);
        if (asked && (!given || strcmp(asked, given) != 0)) {
            *out = choose_keys[i].name;
            return ACRM_OK;
        }
    }
    int32_t st = acrm__work_json(run->call, template, F_work_package_template__condition,
                                 &condition);
    if (st != ACRM_OK || !condition)
        return st;
    st = acrm__filter(run->call, run->subject->entity, condition, "condition", &where);
    if (st == ACRM_OK)
        st = acrm__find_one(run->call, &(acrm__select){
            .entity = run->subject->entity->def->name, .terms = &self, .n_terms = 1,
            .where = where, .as_system = true }, &found);
    *out = found ? NULL : "condition";
    return st;
}

int32_t acrm__package_pick(acrm__call *call, const acrm__rec *subject, acrm__rec **template,
                           acrm_value *explanation)
{
    choose_run run = { .call = call, .subject = subject };
    const acrm__term terms[] = {
        { F_work_package_template__active, ACRM_FILTER_EQ, acrm__cell_int(1) },
        { F_work_package_template__entity, ACRM_FILTER_EQ,
          acrm__cell_text(subject->entity->def->name) },
    };
    acrm_value *tried = acrm__put_list(explanation, "tried");
    acrm__recs found = { NULL, 0 };

    *template = NULL;
    int32_t st = tried ? choose_customer_type(&run) : acrm__nomem(call);
    if (st == ACRM_OK)
        st = acrm__find(call, &(acrm__select){ .entity = "work_package_template", .terms = terms,
            .n_terms = 2, .order = F_work_package_template__position, .as_system = true },
            &found);
    for (size_t i = 0; st == ACRM_OK && i < found.count && !*template; i++) {
        const char *fault = NULL;
        acrm_value *item = acrm__add_map(tried);
        st = choose_fault(&run, found.items[i], &fault);
        bool ok = item && acrm__put_text(item, "template",
                                         acrm__text(found.items[i],
                                                    F_work_package_template__code)) &&
                  acrm__put_bool(item, "fits", !fault) &&
                  (!fault || acrm__put_text(item, "fault", fault));
        if (st == ACRM_OK && !ok)
            st = acrm__nomem(call);
        if (!fault)
            *template = found.items[i];
    }
    return st;
}

int32_t acrm__package_choose(acrm__call *call)
{
    acrm__rec *subject, *template = NULL;
    acrm_value *shown;

    int32_t st = acrm__package_subject(call, &subject);
    if (st == ACRM_OK)
        st = acrm__package_pick(call, subject, &template, call->out);
    if (st != ACRM_OK)
        return st;
    shown = acrm_value_put(call->out, "template");
    if (!shown)
        return acrm__nomem(call);
    return template ? acrm__render(call, template, shown) : ACRM_OK;
}
