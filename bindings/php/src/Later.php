<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Autocrm;

/** Thrown by a connector: not now; the code is when to ask again, in seconds, if that is known. */
final class Later extends No
{
    public function outcome(): int
    {
        return 0;
    }
}
