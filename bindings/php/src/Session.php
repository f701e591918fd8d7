<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Autocrm;

use FFI;

/**
 * Somebody acting on a database.
 *
 * Results are arrays; amounts, ids, instants and days are text, as in JSON.
 */
class Session
{
    private ?FFI\CData $handle = null;
    /** @var array<string, Noun> */
    private array $nouns = [];

    public function __construct(protected Engine $engine, string $principal = 'system')
    {
        $ffi = Library::ffi();
        $out = $ffi->new('acrm_session *');
        $err = $ffi->new('acrm_error *');
        $status = $ffi->acrm_session_new($engine->handle(), $principal, FFI::addr($out),
            FFI::addr($err));
        if ($status !== 0) {
            throw Failure::of($status, FFI::isNull($err) ? null : $err);
        }
        $this->handle = $out;
    }

    /** Another session: "user:UUID", "customer:UUID" or "system". */
    public function actingAs(string $principal): Session
    {
        return new Session($this->engine, $principal);
    }

    /**
     * Run an operation by name.
     *
     * @param array<string, mixed> $arguments
     */
    public function invoke(string $operation, array $arguments = []): mixed
    {
        if ($this->handle === null) {
            throw Failure::misuse('the session was closed');
        }
        $ffi = Library::ffi();
        $json = json_encode((object) $arguments, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE
            | JSON_UNESCAPED_SLASHES | JSON_PRESERVE_ZERO_FRACTION);
        $out = $ffi->new('acrm_buf *');
        $err = $ffi->new('acrm_error *');
        $status = $ffi->acrm_call_json($this->handle, $operation, $json, strlen($json),
            FFI::addr($out), FFI::addr($err));
        if ($status !== 0) {
            $failure = Failure::of($status, FFI::isNull($err) ? null : $err);
            Engine::rethrow();
            throw $failure;
        }
        $text = Library::take($out);
        Engine::rethrow();
        return json_decode($text, true, 128, JSON_THROW_ON_ERROR);
    }

    public function __get(string $noun): Noun
    {
        return $this->nouns[$noun] ??= new Noun($this, $noun);
    }

    /** End the session. Closing twice does nothing. */
    public function close(): void
    {
        if ($this->handle !== null) {
            Library::ffi()->acrm_session_free($this->handle);
            $this->handle = null;
        }
        $this->nouns = [];
    }

    public function __destruct()
    {
        $this->close();
    }
}
