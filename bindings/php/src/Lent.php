<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Autocrm;

use FFI;

/** What one call reads from, writes to and tells its progress. */
final class Lent
{
    /** @var array<string, callable> by kind of callback */
    private array $functions = [];
    /** @var list<FFI\CData> */
    private array $handed = [];

    public function __construct(mixed $input, mixed $output, ?callable $progress)
    {
        if ($input !== null) {
            $this->functions['read'] = self::reader($input);
        }
        if ($output !== null) {
            $this->functions['write'] = self::writer($output);
        }
        if ($progress !== null) {
            $this->functions['progress'] = static fn (FFI\CData $what, int $done, int $total): int =>
                $progress(FFI::string($what), $done, $total) === false ? 1 : 0;
        }
    }

    private static function reader(mixed $input): \Closure
    {
        if (!is_string($input) && !is_resource($input)) {
            throw Failure::misuse('an input is an open file, or bytes as a string');
        }
        $at = 0;
        return static function (FFI\CData $place, int $room) use ($input, &$at): int {
            $bytes = is_string($input) ? substr($input, $at, $room) : fread($input, $room);
            if ($bytes === false) {
                throw new \RuntimeException('the input cannot be read');
            }
            $at += strlen($bytes);
            FFI::memcpy($place, $bytes, strlen($bytes));
            return strlen($bytes);
        };
    }

    private static function writer(mixed $output): \Closure
    {
        if (!is_callable($output) && !is_resource($output)) {
            throw Failure::misuse('an output is an open file, or a function that takes bytes');
        }
        return static function (FFI\CData $bytes, int $size) use ($output): int {
            $piece = FFI::string($bytes, $size);
            if (is_callable($output)) {
                $output($piece);
            } elseif (fwrite($output, $piece) !== $size) {
                throw new \RuntimeException('the output cannot be written');
            }
            return 0;
        };
    }

    public function lay(FFI\CData $session): void
    {
        foreach (['read' => 'input', 'write' => 'output', 'progress' => 'progress'] as $kind => $of) {
            $function = $this->functions[$kind] ?? null;
            $user = $function === null ? null : $this->handed[] = Callbacks::keep($function);
            Library::ffi()->{"acrm_session_set_$of"}($session,
                $function === null ? null : Callbacks::all()->$kind, $user);
        }
    }

    public function takeBack(FFI\CData $session): void
    {
        foreach (['input', 'output', 'progress'] as $of) {
            Library::ffi()->{"acrm_session_set_$of"}($session, null, null);
        }
        array_map(Callbacks::forget(...), $this->handed);
    }
}
