/* SPDX-License-Identifier: MIT */
/* Loads libpq when it is needed. */
#include "storage/postgres/postgres_pq.h"

#include "base/error.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

#define PQ_ENTRY(member, function) { #function, offsetof(acrm__pq, member) },
static const struct {
    const char *name;
    size_t at;
} pq_functions[] = { ACRM__PQ_FUNCTIONS(PQ_ENTRY) };

int32_t acrm__pq_load(const char *library, acrm__pq *pq, acrm_error **err)
{
    void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);

    if (!handle)
        return acrm__error(err, ACRM_E_UNSUPPORTED, "libpq", NULL,
                           "PostgreSQL is reached through %s, which this machine has not; install "
                           "libpq", library);
    for (size_t i = 0; i < sizeof pq_functions / sizeof pq_functions[0]; i++) {
        void *function = dlsym(handle, pq_functions[i].name);
        if (!function)
            return acrm__error(err, ACRM_E_UNSUPPORTED, "libpq", NULL,
                               "%s has no %s; install libpq 14 or later", library,
                               pq_functions[i].name);
        memcpy((char *)pq + pq_functions[i].at, &function, sizeof function);
    }
    return ACRM_OK;
}
