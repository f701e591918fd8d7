/* SPDX-License-Identifier: MIT */
/* The OpenAPI document, and which HTTP status stands for which of ours. */
#ifndef ACRM_FACE_OPENAPI_H
#define ACRM_FACE_OPENAPI_H

#include "face/schema.h"

/* Writes the document to s->out; sets s->refs itself. ACRM_OK or NOMEM. */
int32_t acrm__openapi(acrm__schemas *s);
int32_t acrm__http_status(int32_t status); /* 200 for ACRM_OK */

#endif
