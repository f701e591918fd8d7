<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Autocrm;

/** Why a connector gives no answer. */
abstract class No extends \RuntimeException
{
    abstract public function outcome(): int;
}
