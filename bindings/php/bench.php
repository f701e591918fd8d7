<?php
// SPDX-License-Identifier: MIT
// Prints the microseconds of a get: bench.php DATABASE (see bindings/bench.py)
declare(strict_types=1);

require __DIR__ . '/src/autoload.php';

use Autocrm\Crm;

function used(): float
{
    $usage = getrusage();
    return ($usage['ru_utime.tv_sec'] + $usage['ru_stime.tv_sec']) * 1e6
        + $usage['ru_utime.tv_usec'] + $usage['ru_stime.tv_usec'];
}

$crm = Crm::open($argv[1], flags: Crm::SYNC_NORMAL);
$ids = [];
foreach ($crm->customer->each(limit: 1000, fields: ['id']) as $one) {
    $ids[] = $one['id'];
}
$runs = [];
for ($run = 0; $run < 6; $run++) {
    $begin = used();
    for ($n = 0; $n < 5000; $n++) {
        $crm->customer->get(id: $ids[$n * 7919 % 10000]);
    }
    $runs[] = (used() - $begin) / 5000;
}
array_shift($runs);
sort($runs);
echo $runs[2], "\n";
