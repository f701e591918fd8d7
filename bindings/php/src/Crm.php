<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Autocrm;

/** A database that was opened, and a session on it; closing it closes both. */
final class Crm extends Session
{
    public const READONLY = 1;
    public const NO_CREATE = 2;
    public const SYNC_NORMAL = 4;
    public const NO_UPGRADE = 8;

    /**
     * Open a database, creating or upgrading it as needed.
     *
     * @param string $where a file, "memory:", or what else the library can open
     * @param string|null $zone IANA name of the business's time zone; UTC without it
     * @param (callable(): int)|null $clock gives microseconds since 1970; the system's without it
     * @param string|null $key 32 bytes: the master key of encrypted fields
     * @param list<array{name: string, channels: list<string>, submit: callable}> $transports by
     *     which engine.tick sends messages: submit takes one as an array and returns null, or an array
     *     with outcome ("accepted", "delivered", "retry", "refused", "bad_address") and maybe
     *     reference, reason, retry_after and code; dedupes, body_max, files_max, rate and rate_window
     *     may stand beside it
     * @param list<array{name: string, ask: callable}> $connectors other systems that engine.tick
     *     asks: ask takes an array with name, body, key, attempt and timeout, and returns an answer or
     *     throws Refused, Impossible or Later; timeout (seconds), answer_max and dedupes may stand beside it
     */
    public static function open(string $where, string $principal = 'system', ?string $zone = null,
        int $flags = 0, ?callable $clock = null, ?string $key = null, array $transports = [],
        array $connectors = []): self
    {
        return new self(new Engine($where, compact('zone', 'flags', 'clock', 'key', 'transports',
            'connectors')), $principal);
    }

    public function close(): void
    {
        parent::close();
        $this->engine->close();
    }
}
