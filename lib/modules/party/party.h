/* SPDX-License-Identifier: MIT */
/* The pieces of the module party. */
#ifndef ACRM_MODULES_PARTY_PARTY_H
#define ACRM_MODULES_PARTY_PARTY_H

#include "kernel/call.h"

/* customer.c: names, matching name, identifiers. */
int32_t acrm__party_customer_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);
/* The words of a name folded and sorted, so that their order does not matter. */
int32_t acrm__party_match_name(acrm__call *call, const char *name, size_t len, const char **out);

/* contact_point.c */
int32_t acrm__party_contact_point_write(acrm__call *call, acrm__rec *rec,
                                        const acrm__rec *before);
/* A contact value in the form in which equal ones are equal: E.164, lower-case e-mail address,
 * folded text. *out NULL: it is no possible number or address. */
int32_t acrm__party_normalise(acrm__call *call, const char *channel, const char *value,
                              const char *country, const char **out);

/* keeper.c: a reaction to lead.accepted and lead.assigned */
int32_t acrm__party_lead_taken(acrm__call *call, const acrm__event *event);

/* match.c: customer.match; identify.c: customer.identify; view.c: customer.timeline, .view360 */
int32_t acrm__party_match(acrm__call *call);
int32_t acrm__party_identify(acrm__call *call);
int32_t acrm__party_timeline(acrm__call *call);
int32_t acrm__party_view360(acrm__call *call);

#endif
