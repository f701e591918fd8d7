/* SPDX-License-Identifier: MIT */
/* Rules of dealers: the network is a tree, countries are ISO codes. */
#include "modules/org/org.h"

#include "modules/org/entities.h"

#include <string.h>

enum { DEALER_DEPTH_MAX = 16 };

static int32_t dealer_check_tree(acrm__call *call, const acrm__rec *rec)
{
    unsigned char id[16];
    const unsigned char *parent = acrm__id(rec, F_dealer__parent_id);
    acrm__rec *above = NULL;

    for (int32_t depth = 0; parent; depth++) {
        memcpy(id, parent, 16);
        if (depth == DEALER_DEPTH_MAX || memcmp(id, acrm__id(rec, F_ID), 16) == 0)
            return acrm__fail(call, ACRM_E_INVALID, "cycle", "parent_id",
                              "a dealer cannot belong to itself, and the network is at most %d "
                              "levels deep", DEALER_DEPTH_MAX);
        int32_t st = acrm__load(call, "dealer", id, "parent_id", &above);
        if (st != ACRM_OK)
            return st;
        parent = acrm__id(above, F_dealer__parent_id);
    }
    return ACRM_OK;
}

int32_t acrm__org_dealer_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before)
{
    const char *country = acrm__text(rec, F_dealer__country);

    (void)before;
    if (country && (strlen(country) != 2 || strspn(country, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 2))
        return acrm__fail(call, ACRM_E_INVALID, "format", "country",
                          "country must be two capital letters (ISO 3166-1), such as IR");
    return acrm__changed(rec, F_dealer__parent_id) ? dealer_check_tree(call, rec) : ACRM_OK;
}
