<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Autocrm;

/** Thrown by a connector: the other side has understood, and the answer is no. */
final class Refused extends No
{
    public function outcome(): int
    {
        return 2;
    }
}
