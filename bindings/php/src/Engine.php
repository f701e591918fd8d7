<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Autocrm;

use FFI;

/** An open database. Kept by its sessions. */
final class Engine
{
    private ?FFI\CData $handle = null;
    /** @var list<mixed> What the library reads while the database is open. */
    private array $kept = [];

    /** @param (callable(): int)|null $clock gives microseconds since 1970 */
    public function __construct(string $where, ?string $zone, int $flags, ?callable $clock)
    {
        $ffi = Library::ffi();
        $options = $ffi->new('acrm_options');
        $options->struct_size = FFI::sizeof($options);
        $options->flags = $flags;
        if ($zone !== null) {
            $this->kept[] = $text = Library::text($zone);
            $options->zone = $ffi->cast('char *', FFI::addr($text));
        }
        if ($clock !== null) {
            $this->kept[] = $port = $ffi->new('acrm_clock');
            $port->struct_size = FFI::sizeof($port);
            $port->now = $this->kept[] = self::guarded($clock);
            $options->clock = FFI::addr($port);
        }
        $out = $ffi->new('acrm_engine *');
        $err = $ffi->new('acrm_error *');
        $status = $ffi->acrm_open($where, FFI::addr($options), FFI::addr($out), FFI::addr($err));
        if ($status !== 0) {
            throw Failure::of($status, FFI::isNull($err) ? null : $err);
        }
        $this->handle = $out;
        self::rethrow();
    }

    private static ?\Throwable $thrown = null;

    /** No exception may pass through the library's frames: it is kept for the call. */
    private static function guarded(callable $clock): \Closure
    {
        return static function ($self) use ($clock): int {
            try {
                return $clock();
            } catch (\Throwable $thrown) {
                self::$thrown ??= $thrown;
                return 0;
            }
        };
    }

    /** Throw what a callback threw within the call just made. */
    public static function rethrow(): void
    {
        if (self::$thrown !== null) {
            $thrown = self::$thrown;
            self::$thrown = null;
            throw $thrown;
        }
    }

    public function handle(): FFI\CData
    {
        return $this->handle ?? throw Failure::misuse('the database was closed');
    }

    public function close(): void
    {
        if ($this->handle !== null) {
            Library::ffi()->acrm_close($this->handle);
            $this->handle = null;
        }
    }

    public function __destruct()
    {
        $this->close();
    }
}
