<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Autocrm;

/** A call failed; nothing was written. Each status of the library has its class below. */
class Failure extends \RuntimeException
{
    /** @param list<array{field: string, reason: string, message: string}> $fields */
    public function __construct(
        string $message,
        int $code,
        public readonly string $name,
        public readonly string $field = '',
        public readonly string $reason = '',
        public readonly bool $retriable = false,
        public readonly array $fields = [],
    ) {
        parent::__construct($message, $code);
    }

    private const CLASSES = [
        -2 => Invalid::class, -3 => NotFound::class, -4 => Conflict::class, -7 => Misuse::class,
        -8 => Denied::class, -10 => Busy::class,
    ];

    /** The exception of a status; frees the library's error. */
    public static function of(int $status, ?\FFI\CData $error): self
    {
        $ffi = Library::ffi();
        $told = ['message' => 'the call failed', 'name' => $ffi->acrm_status_name($status)];
        if ($error !== null) {
            $told = json_decode($ffi->acrm_error_json($error), true);
            $ffi->acrm_error_free($error);
        }
        $class = self::CLASSES[$status] ?? self::class;
        return new $class($told['message'], $status, $told['name'], $told['field'] ?? '',
            $told['reason'] ?? '', $told['retriable'] ?? false, $told['fields'] ?? []);
    }

    public static function misuse(string $message): Misuse
    {
        return new Misuse($message, -7, 'ACRM_E_MISUSE');
    }
}

/** The arguments break their schema or a rule; see $fields. */
final class Invalid extends Failure
{
}

/** No such operation or record, or not one that this session may see. */
final class NotFound extends Failure
{
}

/** A stale version, or a value that must be unique is taken. */
final class Conflict extends Failure
{
}

/** A fault of the program, such as use after close. */
final class Misuse extends Failure
{
}

/** The session's role lacks the permission of this operation. */
final class Denied extends Failure
{
}

/** Another writer holds the storage; try again. */
final class Busy extends Failure
{
}
