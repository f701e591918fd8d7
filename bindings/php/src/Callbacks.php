<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Autocrm;

use FFI;

/**
 * What the library calls. FFI frees no callback before the request ends, so there is one of each kind
 * in a process; the library hands each the number under which PHP's function is kept here.
 */
final class Callbacks
{
    private static ?FFI\CData $all = null;
    /** @var array<int, callable> */
    private static array $kept = [];
    private static int $last = 0;
    private static ?\Throwable $thrown = null;

    /** The C functions. */
    public static function all(): FFI\CData
    {
        if (self::$all === null) {
            self::$all = Library::ffi()->new('acrm_callbacks', false, true);
            foreach (['now' => 0, 'key' => -7, 'submit' => -1, 'ask' => -1, 'read' => -7,
                'write' => -7, 'progress' => 1] as $kind => $failed) {
                self::$all->$kind = self::guarded($failed);
            }
        }
        return self::$all;
    }

    /** No exception may pass through the library's frames: it is kept for the call. */
    private static function guarded(int $failed): \Closure
    {
        return static function (FFI\CData $self, mixed ...$given) use ($failed): int {
            try {
                return (self::$kept[self::number($self)])(...$given);
            } catch (\Throwable $thrown) {
                self::$thrown ??= $thrown;
                return $failed;
            }
        };
    }

    private static function number(FFI\CData $self): int
    {
        return Library::ffi()->cast('acrm_number *', $self)[0]->number;
    }

    /** Keep a function; what the library hands the callback for it. */
    public static function keep(callable $function): FFI\CData
    {
        $place = Library::ffi()->new('acrm_number', false);
        $place->number = ++self::$last;
        self::$kept[self::$last] = $function;
        return FFI::addr($place);
    }

    public static function forget(FFI\CData $self): void
    {
        unset(self::$kept[self::number($self)]);
        FFI::free($self);
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
}
