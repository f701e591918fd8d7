<?php
// SPDX-License-Identifier: MIT
// What PHP adds to the calls, and that misuse is an exception, never a crash.
declare(strict_types=1);

require __DIR__ . '/../src/autoload.php';

use Autocrm\Crm;
use Autocrm\Denied;
use Autocrm\Failure;
use Autocrm\Impossible;
use Autocrm\Invalid;
use Autocrm\Later;
use Autocrm\Misuse;
use Autocrm\NotFound;
use Autocrm\Refused;

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
$due = new DateTimeImmutable('2026-03-01 10:30:00.25', new DateTimeZone('+01:00'));
check('an instant is given as what PHP has', $crm->activity->create(customer_id: $ada['id'],
    kind: 'call', subject: 'S', due_at: $due)['due_at'] === '2026-03-01T09:30:00.250000Z');
throws('a function is no value', TypeError::class, fn () => $crm->customer->create(name: fn () => 1));
$ring = [];
$ring['where'] = &$ring;
throws('a ring of arrays', TypeError::class, fn () => $crm->invoke('customer.list', $ring));
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

// The own session within a callback of the call that runs: told, and nothing breaks.
$told = [];
$busy = null;
$busy = Crm::open('memory:', clock: static function () use (&$busy, &$told): int {
    foreach ($busy !== null && $told === [] ? ['count', 'close'] : [] as $try) {
        try {
            $try === 'count' ? $busy->customer->count() : $busy->close();
        } catch (Misuse $error) {
            $told[] = $error->getMessage();
        }
    }
    return 1767600000000000;
});
$busy->customer->create(name: 'Ada');
check('calls and ends within a callback', count($told) === 2);
$busy->close();

function order(Crm $crm): string
{
    $ada = $crm->customer->create(name: 'Ada',
        contact_points: [['channel' => 'email', 'value' => 'ada@example.org']]);
    return $crm->message->send(customer_id: $ada['id'], channel: 'email', purpose: 'service',
        subject: 'Ready ✓', body: 'Come.')['id'];
}

$sent = [];
$post = ['name' => 'post', 'channels' => ['email'],
    'submit' => static function (array $message) use (&$sent): array {
        $sent[] = $message;
        return ['outcome' => 'delivered', 'reference' => str_repeat('é', 100)];
    }];
$crm = Crm::open('memory:', transports: [$post]);
$id = order($crm);
$crm->engine->tick();
check('a transport of PHP sends', count($sent) === 1 && $sent[0]['to'] === 'ada@example.org'
    && $sent[0]['subject'] === 'Ready ✓' && $sent[0]['channel'] === 'email');
check('and says so', $crm->message->get(id: $id)['status'] === 'delivered');
$crm->close();
$broken = Crm::open('memory:', transports: [['name' => 'x', 'channels' => ['email'],
    'submit' => static fn () => throw new DomainException('no line')]]);
$id = order($broken);
throws('a transport that throws', DomainException::class, fn () => $broken->engine->tick());
check('and harms nothing', $broken->message->get(id: $id)['status'] === 'queued');
$broken->close();
throws('no such channel', ValueError::class, fn () => Crm::open('memory:',
    transports: [['name' => 'x', 'channels' => ['pigeon'], 'submit' => 'strlen']]));
throws('a short key', ValueError::class, fn () => Crm::open('memory:', key: 'short'));

$asked = [];
$crm = Crm::open('memory:', key: str_repeat('k', 32), connectors: [['name' => 'valuation',
    'timeout' => 5, 'ask' => static function (array $request) use (&$asked): array {
        $asked[] = $request;
        return match ($request['name']) {
            'price' => ['amount' => '11500.00', 'to' => 'آدا'],
            'no' => throw new Refused('because'),
            'never' => throw new Impossible('because'),
            'later' => throw new Later('because', 60),
            'broken' => throw new DomainException('broken'),
        };
    }]]);
$made = [];
foreach (['price', 'no', 'never', 'later', 'broken'] as $name) {
    $made[$name] = $crm->connector->request(connector: 'valuation', name: $name,
        body: ['vin' => 'X'])['id'];
}
throws('a connector that throws', DomainException::class, fn () => $crm->engine->tick());
check('what is asked', $asked[0] == ['name' => 'price', 'key' => $made['price'], 'attempt' => 1,
    'timeout' => 5, 'body' => ['vin' => 'X']]);
$got = array_map(fn ($id) => $crm->connector_request->get(id: $id), $made);
check('every outcome', array_column($got, 'state') === ['answered', 'refused', 'failed', 'queued',
    'queued']);
check('an answer', $got['price']['answer'] === ['amount' => '11500.00', 'to' => 'آدا']
    && $got['no']['reason'] === 'because');

$rows = "name,phone\n";
for ($n = 0; $n < 300; $n++) {
    $rows .= sprintf("Name %d,+39333%07d\n", $n, $n);
}
$told = 0;
$crm->lend(input: $rows, progress: function () use (&$told): void {
    $told++;
})->import->run(source: 'a.csv');
check('bytes are read, and progress told', $crm->customer->count()['count'] === 300 && $told > 0);
$file = tmpfile();
fwrite($file, "name,phone\nBea,+393339999999\n");
rewind($file);
$crm->lend(input: $file)->import->run(source: 'b.csv');
check('a file is read', $crm->customer->count()['count'] === 301);
$bytes = str_repeat('é', 50000);
$someone = $crm->customer->list(limit: 1)['items'][0]['id'];
$kept = $crm->lend(input: $bytes)->attachment->add(id: $someone, file_name: 'a.bin')['id'];
$out = tmpfile();
$crm->lend(output: $out)->attachment->read(id: $kept);
check('a file is written', stream_get_contents($out, null, 0) === $bytes);
throws('an output that fails', DomainException::class, fn () => $crm
    ->lend(output: fn () => throw new DomainException('full'))->attachment->read(id: $kept));
throws('progress ends a call', Failure::class, fn () => $crm
    ->lend(input: "name\nA\n", progress: fn () => false)->import->run(source: 'c.csv'));
throws('what was lent is taken back', Invalid::class, fn () => $crm->import->run(source: 'd.csv'));
throws('no input', Misuse::class, fn () => $crm->lend(input: 7));
check('the registry', isset($crm->describe('lead')['operations']));
$crm->close();

$before = 0;
for ($n = 0; $n < (int) (getenv('AUTOCRM_OPENINGS') ?: 60); $n++) {
    $short = Crm::open('memory:', clock: fn () => 1767600000000000);
    $short->customer->count();
    $short->close();
    $before = $n === 20 ? memory_get_usage() : $before;
}
check('what was forgotten is freed', memory_get_usage() - $before < 65536);

echo "$checks checks, $failures failures\n";
exit($failures === 0 ? 0 : 1);
