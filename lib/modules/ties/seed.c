/* SPDX-License-Identifier: MIT */
/* The kinds of relationship that a new database begins with. */
#include "modules/ties/entities.h"
#include "modules/ties/ties.h"

static const struct {
    const char *code, *name, *inverse_code, *inverse_name, *from_kind, *to_kind;
} seed_types[] = {
    { "spouse", "Spouse", NULL, NULL, "person", "person" },
    { "partner", "Partner", NULL, NULL, "person", "person" },
    { "sibling", "Sibling", NULL, NULL, "person", "person" },
    { "friend", "Friend", NULL, NULL, "person", "person" },
    { "parent", "Parent", "child", "Child", "person", "person" },
    { "guardian", "Guardian", "ward", "Ward", "person", "person" },
    { "employer", "Employer", "employee", "Employee", "company", "person" },
    { "driver", "Driver", "driven_for", "Drives for", "person", "company" },
    { "fleet_manager", "Fleet manager", "fleet_managed", "Manages the fleet of", "person",
      "company" },
    { "contact_person", "Contact person", "represented", "Represents", "person", "company" },
    { "decision_maker", "Decision maker", "decided_for", "Decides for", "person", "company" },
    { "owner", "Owner", "owned", "Owned company", NULL, "company" },
    { "group", "Group", "subsidiary", "Subsidiary", "company", "company" },
    { "supplier", "Supplier", "client", "Client", NULL, "company" },
    { "guarantor", "Guarantor", "guaranteed", "Guaranteed", NULL, NULL },
    { "referrer", "Referred by", "referred", "Has referred", NULL, NULL },
};

int32_t acrm__ties_seed(acrm__call *call)
{
    int32_t st = ACRM_OK;

    for (size_t i = 0; st == ACRM_OK && i < sizeof seed_types / sizeof seed_types[0]; i++) {
        acrm__rec *rec = acrm__new(call, "relationship_type");
        if (!rec)
            return acrm__nomem(call);
        const struct {
            uint32_t field;
            const char *text;
        } texts[] = {
            { F_relationship_type__code, seed_types[i].code },
            { F_relationship_type__name, seed_types[i].name },
            { F_relationship_type__inverse_code, seed_types[i].inverse_code },
            { F_relationship_type__inverse_name, seed_types[i].inverse_name },
            { F_relationship_type__from_kind, seed_types[i].from_kind },
            { F_relationship_type__to_kind, seed_types[i].to_kind },
        };
        for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++)
            acrm__set(rec, texts[k].field, acrm__cell_text(texts[k].text));
        acrm__set(rec, F_relationship_type__symmetric,
                  acrm__cell_int(seed_types[i].inverse_code == NULL));
        st = acrm__insert(call, rec);
    }
    return st;
}
