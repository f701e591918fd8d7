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
        typedef struct acrm_clock {
            uint32_t struct_size; uint32_t flags; void *self; int64_t (*now)(void *self);
        } acrm_clock;
        typedef struct acrm_options {
            uint32_t struct_size; uint32_t flags; const void *allocator; const acrm_clock *clock;
            const void *random; const void *log; const void *keys; const char *zone;
            const void *blobs; const void *transports; uint32_t n_transports; const void *phone;
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
        int32_t acrm_session_new(acrm_engine *engine, const char *principal, acrm_session **out,
                                 acrm_error **err);
        void acrm_session_free(acrm_session *session);
        int32_t acrm_call_json(acrm_session *session, const char *operation, const char *json,
                               size_t json_len, acrm_buf **out, acrm_error **err);
        C;

    private static ?FFI $ffi = null;

    public static function ffi(): FFI
    {
        return self::$ffi ??= FFI::cdef(self::DECLARATIONS,
            getenv('AUTOCRM_LIBRARY') ?: 'libautocrm.so.0');
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
