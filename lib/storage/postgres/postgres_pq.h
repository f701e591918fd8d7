/* SPDX-License-Identifier: MIT */
/*
 * The functions of libpq, found when the first address of PostgreSQL is opened. Linked, it would
 * bring what it needs (TLS, Kerberos, LDAP) into every process: five megabytes and some
 * milliseconds at its start, for hosts that keep a file as well.
 */
#ifndef ACRM_STORAGE_POSTGRES_POSTGRES_PQ_H
#define ACRM_STORAGE_POSTGRES_POSTGRES_PQ_H

#include "autocrm/error.h"

#include <libpq-fe.h>

#if defined(__APPLE__)
#define ACRM__PQ_LIBRARY "libpq.5.dylib"
#else
#define ACRM__PQ_LIBRARY "libpq.so.5"
#endif

#define ACRM__PQ_FUNCTIONS(X)                                                                     \
    X(cancel, PQcancel)                                                                           \
    X(clear, PQclear)                                                                             \
    X(cmd_status, PQcmdStatus)                                                                    \
    X(cmd_tuples, PQcmdTuples)                                                                    \
    X(connectdb_params, PQconnectdbParams)                                                        \
    X(conninfo_free, PQconninfoFree)                                                              \
    X(conninfo_parse, PQconninfoParse)                                                            \
    X(enter_pipeline_mode, PQenterPipelineMode)                                                   \
    X(error_message, PQerrorMessage)                                                              \
    X(exec, PQexec)                                                                               \
    X(exec_params, PQexecParams)                                                                  \
    X(exit_pipeline_mode, PQexitPipelineMode)                                                     \
    X(finish, PQfinish)                                                                           \
    X(free_cancel, PQfreeCancel)                                                                  \
    X(ftype, PQftype)                                                                             \
    X(get_cancel, PQgetCancel)                                                                    \
    X(get_result, PQgetResult)                                                                    \
    X(getisnull, PQgetisnull)                                                                     \
    X(getlength, PQgetlength)                                                                     \
    X(getvalue, PQgetvalue)                                                                       \
    X(nfields, PQnfields)                                                                         \
    X(ntuples, PQntuples)                                                                         \
    X(pipeline_sync, PQpipelineSync)                                                              \
    X(result_error_field, PQresultErrorField)                                                     \
    X(result_status, PQresultStatus)                                                              \
    X(send_prepare, PQsendPrepare)                                                                \
    X(send_query_params, PQsendQueryParams)                                                       \
    X(send_query_prepared, PQsendQueryPrepared)                                                   \
    X(set_notice_receiver, PQsetNoticeReceiver)                                                   \
    X(status, PQstatus)

#define ACRM__PQ_MEMBER(member, function) __typeof__(function) *member;
typedef struct acrm__pq {
    ACRM__PQ_FUNCTIONS(ACRM__PQ_MEMBER)
} acrm__pq;
#undef ACRM__PQ_MEMBER

/* Load it and find them all. It stays loaded until the process ends, as if it were linked.
 * ACRM_E_UNSUPPORTED: this machine has no such library, or one that is too old. */
int32_t acrm__pq_load(const char *library, acrm__pq *pq, acrm_error **err);

#endif
