<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Autocrm;

use FFI;

/** An open database. Kept by its sessions. */
final class Engine
{
    private ?FFI\CData $handle = null;
    /** @var list<FFI\CData> What the library reads while the database is opened. */
    private array $read = [];
    /** @var list<FFI\CData> What its callbacks are handed. */
    private array $handed = [];

    /** @param array<string, mixed> $asked the arguments of Crm::open() */
    public function __construct(string $where, array $asked)
    {
        try {
            $this->open($where, $asked);
        } catch (\Throwable $wrong) {
            $this->__destruct();
            throw $wrong;
        } finally {
            $this->read = [];
        }
    }

    /** @param array<string, mixed> $asked */
    private function open(string $where, array $asked): void
    {
        $ffi = Library::ffi();
        $options = $ffi->new('acrm_options');
        $options->struct_size = FFI::sizeof($options);
        $options->flags = $asked['flags'];
        if ($asked['zone'] !== null) {
            $options->zone = $this->text($asked['zone']);
        }
        if ($asked['clock'] !== null) {
            $options->clock = FFI::addr($this->clock($asked['clock']));
        }
        if ($asked['key'] !== null) {
            $options->keys = FFI::addr($this->keys($asked['key']));
        }
        $options->n_transports = count($asked['transports']);
        $options->transports = $this->ports('transport', $asked['transports']);
        $options->n_connectors = count($asked['connectors']);
        $options->connectors = $this->ports('connector', $asked['connectors']);
        $out = $ffi->new('acrm_engine *');
        $err = $ffi->new('acrm_error *');
        $status = $ffi->acrm_open($where, FFI::addr($options), FFI::addr($out), FFI::addr($err));
        $this->handle = $status === 0 ? $out : null;
        $failure = $status === 0 ? null : Failure::of($status, FFI::isNull($err) ? null : $err);
        Callbacks::rethrow();
        if ($failure !== null) {
            throw $failure;
        }
    }

    private function text(string $text): FFI\CData
    {
        $this->read[] = $copy = Library::text($text);
        return Library::ffi()->cast('char *', FFI::addr($copy));
    }

    private function handed(callable $function): FFI\CData
    {
        return $this->handed[] = Callbacks::keep($function);
    }

    private function clock(callable $micros): FFI\CData
    {
        $this->read[] = $port = Library::ffi()->new('acrm_clock');
        $port->struct_size = FFI::sizeof($port);
        $port->now = Callbacks::all()->now;
        $port->self = $this->handed(static fn (): int => $micros());
        return $port;
    }

    private function keys(string $key): FFI\CData
    {
        if (strlen($key) !== 32) {
            throw new \ValueError('a master key has 32 bytes');
        }
        $this->read[] = $port = Library::ffi()->new('acrm_keys');
        $port->struct_size = FFI::sizeof($port);
        $port->get = Callbacks::all()->key;
        $port->self = $this->handed(static function (FFI\CData $place) use ($key): int {
            FFI::memcpy($place, $key, 32);
            return 0;
        });
        return $port;
    }

    /** @param list<array<string, mixed>> $all */
    private function ports(string $kind, array $all): ?FFI\CData
    {
        if ($all === []) {
            return null;
        }
        $this->read[] = $row = Library::ffi()->new("acrm_{$kind}[" . count($all) . ']');
        foreach ($all as $n => $each) {
            $row[$n]->self = $this->handed(Ports::$kind($each, $row[$n]));
            $row[$n]->name = $this->text($each['name']);
        }
        return Library::ffi()->cast("acrm_{$kind} *", FFI::addr($row));
    }

    /** @return array<string, mixed> the registry as data */
    public function describe(string $what): array
    {
        $ffi = Library::ffi();
        $out = $ffi->new('acrm_buf *');
        $err = $ffi->new('acrm_error *');
        $status = $ffi->acrm_describe($this->handle(), $what, FFI::addr($out), FFI::addr($err));
        if ($status !== 0) {
            throw Failure::of($status, FFI::isNull($err) ? null : $err);
        }
        return json_decode(Library::take($out), true, 128, JSON_THROW_ON_ERROR);
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
        array_map(Callbacks::forget(...), $this->handed);
        $this->handed = [];
    }
}
