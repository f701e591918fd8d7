/* SPDX-License-Identifier: MIT */
/* What the operations on a signed contract share. */
#ifndef ACRM_MODULES_FINANCE_SERVICING_H
#define ACRM_MODULES_FINANCE_SERVICING_H

#include "autocrm/servicing.h"
#include "modules/finance/bind.h"

extern const acrm__fin_member acrm__fin_due[];

/* The argument "dues", each paid at most what is due. */
int32_t acrm__fin_dues(acrm__fin *fin, acrm_due **dues, size_t *n);

#endif
