<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Autocrm;

use FFI;

/** The shared library as FFI sees it: loaded once in a process. */
final class Library
{
    private const DECLARATIONS = <<<'C'
        typedef struct acrm_engine acrm_engine;
        typedef struct acrm_session acrm_session;
        typedef struct acrm_buf acrm_buf;
        typedef struct acrm_error acrm_error;
        typedef int64_t (*acrm_now_fn)(void *self);
        typedef int32_t (*acrm_get_key_fn)(void *self, void *key);
        typedef int32_t (*acrm_hand_fn)(void *self, void *what, void *outcome);
        typedef int64_t (*acrm_read_fn)(void *user, void *dst, size_t cap);
        typedef int32_t (*acrm_write_fn)(void *user, void *bytes, size_t len);
        typedef int32_t (*acrm_progress_fn)(void *user, char *what, int64_t done, int64_t total);
        typedef struct acrm_number { int64_t number; } acrm_number;
        typedef struct acrm_callbacks {
            acrm_now_fn now; acrm_get_key_fn key; acrm_hand_fn submit; acrm_hand_fn ask;
            acrm_read_fn read; acrm_write_fn write; acrm_progress_fn progress;
        } acrm_callbacks;
        typedef struct acrm_clock {
            uint32_t struct_size; uint32_t flags; void *self; acrm_now_fn now;
        } acrm_clock;
        typedef struct acrm_keys {
            uint32_t struct_size; uint32_t flags; void *self; acrm_get_key_fn get;
        } acrm_keys;
        typedef struct acrm_outgoing_file {
            char *name; char *media_type; void *data; size_t size;
        } acrm_outgoing_file;
        typedef struct acrm_outgoing_header { char *name; char *value; } acrm_outgoing_header;
        typedef struct acrm_outgoing {
            uint32_t struct_size; int32_t channel; int32_t html; int32_t attempt; char *key;
            char *to; char *name; char *subject; char *body; char *language; char *text;
            char *unsubscribe; char *country; acrm_outgoing_file *files;
            acrm_outgoing_header *headers; uint32_t n_files; uint32_t n_headers;
        } acrm_outgoing;
        typedef struct acrm_sent {
            uint32_t struct_size; int32_t outcome; int32_t retry_after; int32_t code;
            char reference[128]; char reason[128];
        } acrm_sent;
        typedef struct acrm_transport {
            uint32_t struct_size; uint32_t flags; char *name; uint32_t channels; uint32_t body_max;
            uint32_t rate; uint32_t rate_window; void *self; acrm_hand_fn submit;
            uint32_t files_max; uint32_t reserved;
        } acrm_transport;
        typedef struct acrm_connector_request {
            uint32_t struct_size; int32_t attempt; char *key; char *name; char *body;
            size_t body_len; uint32_t timeout_ms; uint32_t reserved;
        } acrm_connector_request;
        typedef struct acrm_connector_answer {
            uint32_t struct_size; int32_t outcome; int32_t retry_after; int32_t code;
            char reference[128]; char reason[128]; void *to;
            int32_t (*write)(void *to, const char *bytes, size_t size);
        } acrm_connector_answer;
        typedef struct acrm_connector {
            uint32_t struct_size; uint32_t flags; char *name; uint32_t timeout_ms;
            uint32_t answer_max; void *self; acrm_hand_fn ask;
        } acrm_connector;
        typedef struct acrm_options {
            uint32_t struct_size; uint32_t flags; const void *allocator; const acrm_clock *clock;
            const void *random; const void *log; const acrm_keys *keys; const char *zone;
            const void *blobs; const acrm_transport *transports; uint32_t n_transports;
            const void *phone; const acrm_connector *connectors; uint32_t n_connectors;
        } acrm_options;
        const char *acrm_version(void);
        const char *acrm_status_name(int32_t status);
        const char *acrm_error_json(const acrm_error *error);
        void acrm_error_free(acrm_error *error);
        const char *acrm_buf_data(const acrm_buf *buf);
        void acrm_buf_free(acrm_buf *buf);
        int32_t acrm_open(const char *where, const acrm_options *options, acrm_engine **out,
                          acrm_error **err);
        void acrm_close(acrm_engine *engine);
        int32_t acrm_describe(acrm_engine *engine, const char *what, acrm_buf **out,
                              acrm_error **err);
        int32_t acrm_session_new(acrm_engine *engine, const char *principal, acrm_session **out,
                                 acrm_error **err);
        void acrm_session_free(acrm_session *session);
        void acrm_session_set_input(acrm_session *session, acrm_read_fn read, void *user);
        void acrm_session_set_output(acrm_session *session, acrm_write_fn write, void *user);
        void acrm_session_set_progress(acrm_session *session, acrm_progress_fn told, void *user);
        int32_t acrm_call_json(acrm_session *session, const char *operation, const char *json,
                               size_t json_len, acrm_buf **out, acrm_error **err);
        C;

    private static ?FFI $ffi = null;

    public static function ffi(): FFI
    {
        return self::$ffi ??= self::load(getenv('AUTOCRM_LIBRARY') ?: 'libautocrm.so.0');
    }

    private static function load(string $name): FFI
    {
        try {
            return FFI::cdef(self::DECLARATIONS, $name);
        } catch (FFI\Exception $wrong) {
            throw new \RuntimeException('the shared library of autocrm cannot be used: install it, or '
                . 'name the file in the environment variable AUTOCRM_LIBRARY ('
                . $wrong->getMessage() . ')');
        }
    }

    public static function version(): string
    {
        return self::ffi()->acrm_version();
    }

    /** A C text of PHP's, to be kept as long as the library may read it. */
    public static function text(string $text): FFI\CData
    {
        $copy = self::ffi()->new('char[' . (strlen($text) + 1) . ']');
        FFI::memcpy($copy, $text . "\0", strlen($text) + 1);
        return $copy;
    }

    /** The JSON text in a buffer of the library's, which is freed. */
    public static function take(FFI\CData $buf): string
    {
        $ffi = self::ffi();
        $text = $ffi->acrm_buf_data($buf);
        $ffi->acrm_buf_free($buf);
        return $text;
    }
}
