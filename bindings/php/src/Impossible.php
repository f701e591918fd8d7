<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Autocrm;

/** Thrown by a connector: this request will never be answered. */
final class Impossible extends No
{
    public function outcome(): int
    {
        return 3;
    }
}
