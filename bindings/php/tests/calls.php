<?php
// SPDX-License-Identifier: MIT
// The scripts of tests/calls through PHP: calls.php FOLDER
declare(strict_types=1);

require __DIR__ . '/../src/autoload.php';

use Autocrm\Crm;
use Autocrm\Failure;

$failures = 0;

function told(string $fault): void
{
    global $failures;
    $failures++;
    echo "$fault\n";
}

function fill(mixed $value, array $kept): mixed
{
    if (is_string($value) && str_starts_with($value, '$')) {
        return $kept[substr($value, 1)] ?? $value;
    }
    return is_array($value) ? array_map(static fn ($each) => fill($each, $kept), $value) : $value;
}

function at(mixed $value, string $path): mixed
{
    return array_reduce(explode('.', $path), static fn ($part, $word) => $part[$word], $value);
}

function compare(mixed $expected, mixed $got, string $path): void
{
    if (!is_array($expected)) {
        if ($expected !== $got) {
            told("$path: " . json_encode($expected) . ' expected, ' . json_encode($got) . ' there');
        }
        return;
    }
    if (array_is_list($expected) && count($expected) !== count($got)) {
        told("$path: " . count($got) . ' members');
    }
    foreach ($expected as $key => $member) {
        if (!is_array($got) || !array_key_exists($key, $got)) {
            told("$path: there is no $key");
        } else {
            compare($member, $got[$key], "$path.$key");
        }
    }
}

$files = glob($argv[1] . '/*.json');
foreach ($files as $file) {
    $script = json_decode(file_get_contents($file), true, 128, JSON_THROW_ON_ERROR);
    $now = (int) (new DateTimeImmutable($script['now']))->format('Uu');
    $crm = Crm::open('memory:', clock: static fn (): int => $now);
    $kept = [];
    foreach ($script['steps'] as $step) {
        $where = basename($file) . ": {$step['call']}";
        $error = null;
        try {
            $answer = $crm->invoke($step['call'], fill($step['args'], $kept));
        } catch (Failure $error) {
            $answer = ['name' => $error->name, 'field' => $error->field, 'reason' => $error->reason];
        }
        if (($error === null) === isset($step['error'])) {
            told("$where: " . ($error?->getMessage() ?? 'worked'));
            continue;
        }
        foreach ($step['keep'] ?? [] as $name => $path) {
            $kept[$name] = at($answer, $path);
        }
        $wanted = $step['expect'] ?? $step['error'] ?? null;
        if ($wanted !== null) {
            compare(fill($wanted, $kept), $answer, $where);
        }
    }
    $crm->close();
}
echo count($files) . " checks, $failures failures\n";
exit($failures === 0 ? 0 : 1);
