/* SPDX-License-Identifier: MIT */
/* Values that must not come back: kept as keyed hashes, looked at whenever a record brings one. */
#include "modules/privacy/privacy.h"

#include "base/text.h"
#include "modules/privacy/entities.h"

#include <string.h>

/* --- What a person is known by --- */

static int32_t suppress_add(acrm__call *call, const char *kind, const char *text, size_t len,
                            acrm__identifier **list)
{
    acrm__identifier *item = acrm__arena_zero(call->arena, sizeof *item);

    if (!text || len == 0)
        return ACRM_OK;
    if (!item)
        return acrm__nomem(call);
    *item = (acrm__identifier){ .kind = kind, .next = *list,
                                .text = acrm__arena_text(call->arena, text, len) };
    if (!item->text)
        return acrm__nomem(call);
    *list = item;
    return ACRM_OK;
}

static const char *suppress_kind(const char *channel)
{
    if (channel && strcmp(channel, "email") == 0)
        return "email";
    return channel && strcmp(channel, "phone") == 0 ? "phone" : NULL;
}

static int32_t suppress_contact(acrm__call *call, const acrm__rec *point, acrm__identifier **list)
{
    const char *kind = suppress_kind(acrm__text(point, acrm__field_of(point->entity, "channel")));
    const char *value = acrm__text(point, acrm__field_of(point->entity, "match_value"));

    return kind && value ? suppress_add(call, kind, value, strlen(value), list) : ACRM_OK;
}

int32_t acrm__privacy_identifiers(const acrm__reach *reach, acrm__identifier **out)
{
    acrm__call *call = reach->call;
    const acrm__entity *customer = acrm__entity_of(call, "customer");
    const acrm__entity *contact = acrm__entity_of(call, "contact_point");
    uint32_t field = acrm__field_of(customer, "national_id");
    const acrm__reached *of = &reach->of[customer->number];
    int32_t st = ACRM_OK;

    *out = NULL;
    for (uint32_t i = 0; st == ACRM_OK && i < of->n; i++) {
        const char *plain = NULL;
        size_t len = 0;
        if (!of->own[i] || of->items[i]->cells[field].type != ACRM_CELL_BLOB)
            continue;
        st = acrm__open_field(call, customer, field, of->items[i]->cells, &plain, &len);
        if (st == ACRM_OK)
            st = suppress_add(call, "national_id", plain, plain ? len : 0, out);
    }
    of = &reach->of[contact->number];
    for (uint32_t i = 0; st == ACRM_OK && i < of->n; i++)
        if (of->own[i])
            st = suppress_contact(call, of->items[i], out);
    return st;
}

/* --- Keeping hashes --- */

static int32_t suppress_find(acrm__call *call, const char *kind, const char *text, size_t len,
                             acrm__rec **out)
{
    unsigned char *hash = acrm__arena_alloc(call->arena, ACRM__HASH_BYTES);
    char purpose[40] = "suppression:";

    *out = NULL;
    if (!hash)
        return acrm__nomem(call);
    memcpy(purpose + 12, kind, strlen(kind) + 1);
    acrm__keyed_hash(call->session->engine, purpose, text, len, hash);
    const acrm__term term = { F_suppression__hash, ACRM_FILTER_EQ,
                              acrm__cell_blob(hash, ACRM__HASH_BYTES) };
    return acrm__find_one(call, &(acrm__select){ .entity = "suppression", .terms = &term,
                                                 .n_terms = 1, .as_system = true }, out);
}

static int32_t suppress_one(acrm__call *call, const acrm__identifier *item,
                            const acrm__rec *erasure, const char *policy, int64_t *count)
{
    acrm__rec *rec = NULL;
    unsigned char *hash = acrm__arena_alloc(call->arena, ACRM__HASH_BYTES);
    char purpose[40] = "suppression:";
    int32_t st = suppress_find(call, item->kind, item->text, strlen(item->text), &rec);

    if (st != ACRM_OK || rec)
        return st;
    rec = acrm__new(call, "suppression");
    if (!rec || !hash)
        return acrm__nomem(call);
    memcpy(purpose + 12, item->kind, strlen(item->kind) + 1);
    acrm__keyed_hash(call->session->engine, purpose, item->text, strlen(item->text), hash);
    acrm__set(rec, F_suppression__kind, acrm__cell_text(item->kind));
    acrm__set(rec, F_suppression__hash, acrm__cell_blob(hash, ACRM__HASH_BYTES));
    acrm__set(rec, F_suppression__policy, acrm__cell_text(policy));
    acrm__set(rec, F_suppression__erasure_id, erasure->cells[F_ID]);
    (*count)++;
    return acrm__insert(call, rec);
}

int32_t acrm__privacy_suppress(acrm__call *call, const acrm__identifier *list,
                               const acrm__rec *erasure, const char *policy, int64_t *count)
{
    int32_t st = ACRM_OK;

    for (; st == ACRM_OK && list; list = list->next)
        st = suppress_one(call, list, erasure, policy, count);
    return st;
}

/* --- Refusing, or flagging --- */

static int32_t suppress_look(acrm__call *call, const char *kind, const char *text, size_t len,
                             const char *field, bool *flag)
{
    acrm__rec *rec = NULL;
    int32_t st = suppress_find(call, kind, text, len, &rec);

    *flag = false;
    if (st != ACRM_OK || !rec)
        return st;
    *flag = strcmp(acrm__text(rec, F_suppression__policy), "flag") == 0;
    if (*flag)
        return ACRM_OK;
    return acrm__fail(call, ACRM_E_CONFLICT, "suppressed", field,
                      "this %s belongs to somebody whose data was erased; when the person is back "
                      "of their own accord, privacy.readmit takes it off the list",
                      strcmp(kind, "email") == 0 ? "e-mail address"
                      : strcmp(kind, "phone") == 0 ? "phone number" : "identifier");
}

static int32_t suppress_erased(acrm__call *call)
{
    return acrm__fail(call, ACRM_E_CONFLICT, "erased", "customer_id",
                      "the customer was erased: nothing about the person is recorded again");
}

int32_t acrm__privacy_customer_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    uint32_t field = acrm__field_of(rec->entity, "national_id");
    uint32_t quiet = acrm__field_of(rec->entity, "do_not_contact");
    uint32_t erased = acrm__field_of(rec->entity, "erased_at");
    const acrm_cell *id = &rec->cells[field];
    bool flag = false;

    if (before && !acrm__is_null(before, erased))
        return suppress_erased(call);
    if (id->type != ACRM_CELL_TEXT || (before && acrm__cell_equal(id, &before->cells[field])))
        return ACRM_OK;
    int32_t st = suppress_look(call, "national_id", id->data, id->size, "national_id", &flag);
    if (st == ACRM_OK && flag)
        acrm__set(rec, quiet, acrm__cell_int(1));
    return st;
}

/* Told by the customer that it is not to be contacted, as long as nobody says otherwise. */
static int32_t suppress_flag(acrm__call *call, const acrm__rec *point)
{
    acrm__call system = acrm__privacy_system(call);
    const acrm_cell *id = &point->cells[acrm__field_of(point->entity, "customer_id")];
    acrm__rec *customer = NULL;
    int32_t st = acrm__load(&system, "customer", id->data, "customer_id", &customer);

    if (st != ACRM_OK)
        return st;
    acrm__set(customer, acrm__field_of(customer->entity, "do_not_contact"), acrm__cell_int(1));
    return acrm__update(&system, customer);
}

int32_t acrm__privacy_contact_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    uint32_t field = acrm__field_of(rec->entity, "match_value");
    const char *kind = suppress_kind(acrm__text(rec, acrm__field_of(rec->entity, "channel")));
    const acrm_cell *value = &rec->cells[field];
    bool flag = false;

    if (!kind || value->type != ACRM_CELL_TEXT ||
        (before && acrm__cell_equal(value, &before->cells[field])))
        return ACRM_OK;
    int32_t st = suppress_look(call, kind, value->data, value->size, "value", &flag);
    return st == ACRM_OK && flag ? suppress_flag(call, rec) : st;
}

/* --- privacy.readmit --- */

/* A contact value in the form it was kept in: that of the module that keeps contact points. */
static int32_t suppress_normal(acrm__call *call, const char *kind, const char *text,
                               const char **out)
{
    acrm__rec *point = acrm__new(call, "contact_point");
    int32_t st = ACRM_OK;

    *out = text;
    if (strcmp(kind, "national_id") == 0)
        return ACRM_OK;
    if (!point)
        return acrm__nomem(call);
    acrm__set(point, acrm__field_of(point->entity, "channel"), acrm__cell_text(kind));
    acrm__set(point, acrm__field_of(point->entity, "value"), acrm__cell_text(text));
    acrm__set(point, acrm__field_of(point->entity, "country"),
              acrm__cell_text(acrm__arg_text(call, "country")));
    /* Its hooks make the normal form; this module's own, which would refuse it, is the last. */
    for (const acrm__hook *const *h = point->entity->hooks; st == ACRM_OK && *h; h++)
        if ((*h)->before_write && (*h)->before_write != acrm__privacy_contact_write)
            st = (*h)->before_write(call, point, NULL);
    *out = st == ACRM_OK ? acrm__text(point, acrm__field_of(point->entity, "match_value")) : NULL;
    return st;
}

int32_t acrm__privacy_readmit(acrm__call *call)
{
    static const char *const kinds[] = { "phone", "email", "national_id" };
    acrm__call system = acrm__privacy_system(call);
    const char *normal = NULL;
    acrm__rec *rec = NULL;
    int64_t removed = 0;
    int32_t st = ACRM_OK;

    for (size_t i = 0; st == ACRM_OK && i < sizeof kinds / sizeof kinds[0]; i++) {
        const char *text = acrm__arg_text(call, kinds[i]);
        if (!text)
            continue;
        st = suppress_normal(&system, kinds[i], text, &normal);
        if (st == ACRM_OK && normal)
            st = suppress_find(&system, kinds[i], normal, strlen(normal), &rec);
        if (st == ACRM_OK && normal && rec) {
            st = acrm__remove(&system, rec, acrm__arg_text(call, "reason"));
            removed++;
        }
    }
    if (st == ACRM_OK && !acrm__put_int(call->out, "removed", removed))
        st = acrm__nomem(call);
    return st;
}
