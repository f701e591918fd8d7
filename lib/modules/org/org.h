/* SPDX-License-Identifier: MIT */
/* The pieces of the module org. */
#ifndef ACRM_MODULES_ORG_ORG_H
#define ACRM_MODULES_ORG_ORG_H

#include "kernel/call.h"

/* principal.c: find who a session acts as. */
int32_t acrm__org_principal(acrm__call *call, const char *text, acrm__principal *out);
/* roles.c: the roles of a new database. */
int32_t acrm__org_seed(acrm__call *call);
int32_t acrm__org_install_presets(acrm__call *call);
/* dealer.c: the network is a tree. */
int32_t acrm__org_dealer_write(acrm__call *call, acrm__rec *rec, const acrm__rec *before);

#endif
