<?php
// SPDX-License-Identifier: MIT
// Prints the microseconds of a get: bench.php DATABASE (see bindings/bench.py)
declare(strict_types=1);

require __DIR__ . '/src/autoload.php';

use Autocrm\Crm;

$crm = Crm::open($argv[1], flags: Crm::SYNC_NORMAL);
for ($start = 0; $start < 10000; $start += 1000) {
    $crm->customer->create_many(records: array_map(
        static fn ($n) => ['name' => sprintf('Customer %06d', $n)], range($start, $start + 999)));
}
$ids = [];
foreach ($crm->customer->each(limit: 1000, fields: ['id']) as $one) {
    $ids[] = $one['id'];
}
$runs = [];
for ($run = 0; $run < 6; $run++) {
    $begin = hrtime(true);
    for ($n = 0; $n < 5000; $n++) {
        $crm->customer->get(id: $ids[$n * 7919 % 10000]);
    }
    $runs[] = (hrtime(true) - $begin) / 5000 / 1000;
}
array_shift($runs);
sort($runs);
echo $runs[2], "\n";
