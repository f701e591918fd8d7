/* SPDX-License-Identifier: MIT */
/* The pieces of the module ties. */
#ifndef ACRM_MODULES_TIES_TIES_H
#define ACRM_MODULES_TIES_TIES_H

#include "kernel/inside.h"

/* relationship.c: hooks; customer.relate */
int32_t acrm__ties_type_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__ties_relationship_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__ties_relate(acrm__call *call);

/* related.c: customer.relationships */
int32_t acrm__ties_relationships(acrm__call *call);

/* One related customer, from either side. */
typedef struct acrm__tie {
    const acrm__rec *record; /* relationship */
    const acrm__rec *type;   /* relationship_type */
    acrm__rec *other;        /* the other customer */
    const char *role, *name; /* what the other is to the customer asked about */
} acrm__tie;
typedef struct acrm__ties {
    acrm__tie *items;
    size_t count;
} acrm__ties;
/* Those of a customer that the session may see, oldest first; `ended`: those that are over too. */
int32_t acrm__ties_of(acrm__call *call, const unsigned char customer[16], bool ended,
                      acrm__ties *out);
/* What of a customer is shown beside another one: id, name, kind, vip_level. */
int32_t acrm__ties_put_customer(acrm__call *call, const acrm__rec *customer, acrm_value *into);
int32_t acrm__ties_put_date(acrm__call *call, const acrm__rec *rec, uint32_t field,
                            acrm_value *map, const char *key);

/* network.c: customer.network */
int32_t acrm__ties_network(acrm__call *call);

/* household.c: hooks; household.view */
int32_t acrm__ties_member_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__ties_household(acrm__call *call);
/* Households that a customer heads or is in now. */
int32_t acrm__ties_households(acrm__call *call, const unsigned char customer[16],
                              acrm__recs *out);

/* vip.c: a hook of customer; customer.set_vip */
int32_t acrm__ties_vip_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
int32_t acrm__ties_set_vip(acrm__call *call);

/* seed.c */
int32_t acrm__ties_seed(acrm__call *call);

#endif
