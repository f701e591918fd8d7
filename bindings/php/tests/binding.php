<?php
// SPDX-License-Identifier: MIT
// What PHP adds to the calls, and that misuse is an exception, never a crash.
declare(strict_types=1);

require __DIR__ . '/../src/autoload.php';

use Autocrm\Crm;
use Autocrm\Denied;
use Autocrm\Failure;
use Autocrm\Invalid;
use Autocrm\Misuse;
use Autocrm\NotFound;

$checks = 0;
$failures = 0;

function check(string $what, bool $truth): void
{
    global $checks, $failures;
    $checks++;
    if (!$truth) {
        $failures++;
        echo "failed: $what\n";
    }
}

function throws(string $what, string $class, callable $run): void
{
    try {
        $run();
        check("$what: nothing thrown", false);
    } catch (Throwable $thrown) {
        check("$what: " . get_class($thrown), $thrown instanceof $class);
    }
}

$crm = Crm::open('memory:', zone: 'Europe/Rome');
$ada = $crm->customer->create(name: 'Ada', city: 'Roma',
    contact_points: [['channel' => 'phone', 'value' => '+39 333 1234567']]);
check('a record is an array', $ada['name'] === 'Ada' && $ada['deleted_at'] === null);
for ($n = 1; $n <= 25; $n++) {
    $crm->customer->create(name: sprintf('Customer %02d', $n));
}
check('each walks all pages',
    count(iterator_to_array($crm->customer->each(limit: 10, fields: ['name']), false)) === 26);
try {
    $crm->customer->create(kind: 'ghost', city: 7);
} catch (Invalid $error) {
    check('every field is named', array_column($error->fields, 'field') === ['kind', 'city']);
}
throws('no such operation', NotFound::class, fn () => $crm->spaceship->launch());
throws('arguments without names', Misuse::class, fn () => $crm->customer->get($ada['id']));
throws('broken text', JsonException::class, fn () => $crm->customer->create(name: "\xff"));
throws('a wrong zone', Invalid::class, fn () => Crm::open('memory:', zone: 'Moon/Base'));
throws('no file', NotFound::class, fn () => Crm::open('/nowhere/a.db', flags: Crm::NO_CREATE));
throws('a clock that fails', DomainException::class,
    fn () => Crm::open('memory:', clock: fn () => throw new DomainException('no time')));
throws('nobody', Invalid::class, fn () => $crm->actingAs('ghost'));

$own = $crm->actingAs("customer:{$ada['id']}");
check('a customer sees itself', $own->customer->get(id: $ada['id'])['name'] === 'Ada');
throws('and may make no users', Denied::class, fn () => $own->user->create(name: 'B', login: 'b'));
$nouns = $crm->customer;
$crm->close();
$crm->close();
throws('use after close', Misuse::class, fn () => $nouns->get(id: $ada['id']));
throws('a session after close', Misuse::class, fn () => $crm->actingAs('system'));
$own->close();

$before = 0;
for ($n = 0; $n < (int) (getenv('AUTOCRM_OPENINGS') ?: 60); $n++) {
    $short = Crm::open('memory:');
    $short->customer->count();
    $short->close();
    $before = $n === 20 ? memory_get_usage() : $before;
}
check('what was forgotten is freed', memory_get_usage() - $before < 65536);

echo "$checks checks, $failures failures\n";
exit($failures === 0 ? 0 : 1);
