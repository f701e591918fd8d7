/* SPDX-License-Identifier: MIT */
/* Names and texts of the status codes, and the version. */
#include "autocrm/status.h"

#define STATUS_MAP(X)                                                                             \
    X(ACRM_OK, "success")                                                                         \
    X(ACRM_E_NOMEM, "out of memory")                                                              \
    X(ACRM_E_INVALID, "the input is not valid")                                                   \
    X(ACRM_E_NOTFOUND, "not found")                                                               \
    X(ACRM_E_CONFLICT, "the record changed meanwhile or the value is taken")                      \
    X(ACRM_E_STORE, "the storage failed")                                                         \
    X(ACRM_E_UNSUPPORTED, "not supported here")                                                   \
    X(ACRM_E_MISUSE, "the library was called in a wrong way")                                     \
    X(ACRM_E_DENIED, "not permitted")                                                             \
    X(ACRM_E_LIMIT, "a limit was exceeded")                                                       \
    X(ACRM_E_BUSY, "the storage is busy")                                                         \
    X(ACRM_E_CORRUPT, "the data is damaged or not an autocrm database")                           \
    X(ACRM_E_VERSION, "the database is from a newer version")                                     \
    X(ACRM_E_INTERRUPTED, "interrupted")                                                          \
    X(ACRM_E_READONLY, "the storage is read-only")                                                \
    X(ACRM_E_FULL, "no space left")

static const struct {
    int32_t code;
    const char *name;
    const char *text;
} status_rows[] = {
#define ROW(code, text) { code, #code, text },
    STATUS_MAP(ROW)
#undef ROW
};

enum { STATUS_ROWS = sizeof status_rows / sizeof status_rows[0] };

const char *acrm_version(void)
{
    return ACRM_VERSION;
}

const char *acrm_status_name(int32_t status)
{
    for (size_t i = 0; i < STATUS_ROWS; i++)
        if (status_rows[i].code == status)
            return status_rows[i].name;
    return "ACRM_E_UNKNOWN";
}

const char *acrm_status_text(int32_t status)
{
    for (size_t i = 0; i < STATUS_ROWS; i++)
        if (status_rows[i].code == status)
            return status_rows[i].text;
    return "unknown failure";
}

const char *acrm_status_at(size_t n, int32_t *code)
{
    if (n >= STATUS_ROWS)
        return NULL;
    if (code)
        *code = status_rows[n].code;
    return status_rows[n].name;
}
