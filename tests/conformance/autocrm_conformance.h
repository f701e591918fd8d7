/* SPDX-License-Identifier: MIT */
/**
 * Do your own ports keep the promises that the library counts on? One call runs a storage adapter,
 * a transport or a connector through all of them and reports each that is broken. Needs the library
 * and a C library with POSIX; no test framework. See docs/conformance.md.
 *
 * Link with libautocrm_conformance (pkg-config autocrm-conformance). It belongs into tests: it is
 * no part of the library's ABI.
 */
#ifndef AUTOCRM_CONFORMANCE_H
#define AUTOCRM_CONFORMANCE_H

#include <autocrm/autocrm.h>
#include <autocrm/port/storage.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What a run found. */
typedef struct acrm_conformance acrm_conformance;

/** How many checks were made. @since 0.1 */
ACRM_API int32_t acrm_conformance_checks(const acrm_conformance *report);
/** How many of them failed; 0: every promise is kept. @since 0.1 */
ACRM_API int32_t acrm_conformance_failures(const acrm_conformance *report);
/** How many could not be made: the subject lacks what they need. @since 0.1 */
ACRM_API int32_t acrm_conformance_skipped(const acrm_conformance *report);
/**
 * The promise that a failure broke.
 * @param n  from 0 to acrm_conformance_failures() - 1
 * @return (transfer none) a sentence, NULL beyond the last
 * @since 0.1
 */
ACRM_API const char *acrm_conformance_promise(const acrm_conformance *report, int32_t n);
/** What was found instead. @return as acrm_conformance_promise() @since 0.1 */
ACRM_API const char *acrm_conformance_text(const acrm_conformance *report, int32_t n);
/** Free. @param report (nullable) @since 0.1 */
ACRM_API void acrm_conformance_free(acrm_conformance *report);

/** What the other side is made to do, for the member fault of a subject. */
enum {
    ACRM_FAULT_NONE = 0,    /**< what it should */
    ACRM_FAULT_LATER = 1,   /**< says: not now */
    ACRM_FAULT_NEVER = 2,   /**< says: never, to this message or recipient */
    ACRM_FAULT_HANGS_UP = 3, /**< closes without an answer */
    ACRM_FAULT_SILENT = 4   /**< answers after longer than the transport waits */
};

/** A transport under test. Set struct_size; `transport` is all that must be there. @since 0.1 */
typedef struct acrm_transport_subject {
    uint32_t struct_size;
    uint32_t submit_ms_max; /**< longer than this no submit takes; 0: two minutes */
    const acrm_transport *transport;
    const char *to; /**< (nullable) a recipient that takes everything; NULL: one by channel */
    void *user;     /**< for the functions */
    /** (nullable) How often the message with this key has arrived at the other side. */
    int32_t (*arrived)(void *user, const char *key);
    /** (nullable) From now on the other side does this, ACRM_FAULT_... Returns 0, or something
     * else when it cannot be made to. */
    int32_t (*fault)(void *user, int32_t fault);
} acrm_transport_subject;

/**
 * Run a transport through the promises of autocrm/port/transport.h.
 *
 * Messages are handed over that are lent in memory which is closed after each call: a transport
 * that uses it later is caught at it (by SIGSEGV; the handler that was there is put back). One that
 * does not come back is left where it hangs and not called again.
 *
 * @param subject   the transport, and how to look at its other side
 * @param[out] out  (transfer full) acrm_conformance_free() it
 * @return ACRM_OK when the run was made, whatever it found; ACRM_E_MISUSE for a NULL or a wrong
 *         struct_size; ACRM_E_NOMEM
 * One thread at a time. @since 0.1
 */
ACRM_API int32_t acrm_conformance_transport(const acrm_transport_subject *subject,
                                            acrm_conformance **out);

/** A connector under test. Set struct_size; `connector` is all that must be there. @since 0.1 */
typedef struct acrm_connector_subject {
    uint32_t struct_size;
    uint32_t timeout_ms; /**< told to each request; 0: the connector's own. With `fault` a short
                          *   one makes the run short */
    const acrm_connector *connector;
    const char *name; /**< (nullable) a request that is answered; NULL: "ping" */
    const char *body; /**< (nullable) its arguments, a JSON object; NULL: {} */
    void *user;       /**< for the functions */
    /** (nullable) How often the request with this key has had its effect at the other side. */
    int32_t (*arrived)(void *user, const char *key);
    /** (nullable) From now on the other side does this, ACRM_FAULT_... Returns 0, or something
     * else when it cannot be made to. */
    int32_t (*fault)(void *user, int32_t fault);
} acrm_connector_subject;

/**
 * Run a connector through the promises of autocrm/port/connector.h, as a transport is.
 * @return as acrm_conformance_transport()
 * One thread at a time. @since 0.1
 */
ACRM_API int32_t acrm_conformance_connector(const acrm_connector_subject *subject,
                                            acrm_conformance **out);

/** A storage adapter under test. Set struct_size. @since 0.1 */
typedef struct acrm_storage_subject {
    uint32_t struct_size;
    uint32_t reserved; /**< 0 */
    void *user;        /**< for the functions */
    /** Make a new, empty store. Returns 0, or something else when it cannot be made. */
    int32_t (*open)(void *user, acrm_storage_ops *ops, void **self);
    /** (nullable) After each test, when the store's own destroy() has been called. */
    void (*clean)(void *user);
} acrm_storage_subject;

/**
 * Run a storage adapter through the promises of autocrm/port/storage.h, each in a store of its own.
 * @return as acrm_conformance_transport()
 * One thread at a time. @since 0.1
 */
ACRM_API int32_t acrm_conformance_storage(const acrm_storage_subject *subject,
                                          acrm_conformance **out);

#ifdef __cplusplus
}
#endif

#endif
