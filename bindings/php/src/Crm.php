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
     * @param (callable(): int)|null $clock gives microseconds since 1970; for tests
     */
    public static function open(string $where, string $principal = 'system', ?string $zone = null,
        int $flags = 0, ?callable $clock = null): self
    {
        return new self(new Engine($where, $zone, $flags, $clock), $principal);
    }

    public function close(): void
    {
        parent::close();
        $this->engine->close();
    }
}
