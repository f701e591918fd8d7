<?php
// SPDX-License-Identifier: MIT
// For programs without Composer.
declare(strict_types=1);

spl_autoload_register(static function (string $class): void {
    if (str_starts_with($class, 'Autocrm\\')) {
        $file = __DIR__ . '/' . substr($class, 8) . '.php';
        is_file($file) ? require $file : require __DIR__ . '/Failure.php';
    }
});
