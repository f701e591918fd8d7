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
    private ?Lent $lent = null;
    private bool $running = false;

    private const MAX_DEPTH = 64;

    /** How values are written. */
    public const JSON = JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES
        | JSON_PRESERVE_ZERO_FRACTION;

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

    /** @return array<string, mixed> the registry: "registry", "openapi", "names" or a noun */
    public function describe(string $what = 'registry'): array
    {
        return $this->engine->describe($what);
    }

    /**
     * What the next call reads from, writes to and tells its progress:
     * $crm->lend(input: fopen('leads.csv', 'rb'))->import->run(source: 'leads.csv').
     *
     * @param resource|string|null $input an open file, or the bytes themselves
     * @param resource|(callable(string): void)|null $output an open file, or what takes pieces
     * @param (callable(string, int, int): mixed)|null $progress what, done, total; false ends the call
     */
    public function lend(mixed $input = null, mixed $output = null, ?callable $progress = null): static
    {
        $this->lent = new Lent($input, $output, $progress);
        return $this;
    }

    /**
     * Run an operation by name.
     *
     * @param array<string, mixed> $arguments
     */
    public function invoke(string $operation, array $arguments = []): mixed
    {
        $lent = $this->lent;
        $this->lent = null;
        if ($this->handle === null) {
            throw Failure::misuse('the session was closed');
        }
        if ($this->running) {
            throw Failure::misuse('a session runs one call at a time');
        }
        $json = json_encode((object) array_map(self::plain(...), $arguments), self::JSON);
        $lent?->lay($this->handle);
        $this->running = true;
        try {
            $text = $this->run($operation, $json);
        } finally {
            $this->running = false;
            $lent?->takeBack($this->handle);
        }
        return json_decode($text, true, 128, JSON_THROW_ON_ERROR);
    }

    /** Instants as the text that JSON has for them; what is no value is refused. */
    private static function plain(mixed $value, int $depth = 0): mixed
    {
        if (is_scalar($value) || $value === null) {
            return $value;
        }
        if (is_array($value) && $depth < self::MAX_DEPTH) {
            return array_map(static fn ($each) => self::plain($each, $depth + 1), $value);
        }
        if ($value instanceof \DateTimeInterface) {
            return \DateTimeImmutable::createFromInterface($value)
                ->setTimezone(new \DateTimeZone('UTC'))->format('Y-m-d\TH:i:s.u\Z');
        }
        if (is_array($value) || $value instanceof \Closure || !is_object($value)) {
            throw new \TypeError(get_debug_type($value) . ' is no value'
                . (is_array($value) ? ' when it is ' . self::MAX_DEPTH . ' deep' : ''));
        }
        return $value;
    }

    private function run(string $operation, string $json): string
    {
        $ffi = Library::ffi();
        $out = $ffi->new('acrm_buf *');
        $err = $ffi->new('acrm_error *');
        $status = $ffi->acrm_call_json($this->handle, $operation, $json, strlen($json),
            FFI::addr($out), FFI::addr($err));
        $failure = $status === 0 ? null : Failure::of($status, FFI::isNull($err) ? null : $err);
        $text = $status === 0 ? Library::take($out) : '';
        Callbacks::rethrow();
        return $failure === null ? $text : throw $failure;
    }

    public function __get(string $noun): Noun
    {
        return $this->nouns[$noun] ??= new Noun($this, $noun);
    }

    /** End the session. Closing twice does nothing. */
    public function close(): void
    {
        if ($this->running) {
            throw Failure::misuse('a session cannot be closed while it runs a call');
        }
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
