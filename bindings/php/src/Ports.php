<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Autocrm;

use FFI;

/** Transports and connectors between the library's structs and arrays. */
final class Ports
{
    private const CHANNELS = ['sms', 'email', 'fax', 'letter', 'phone', 'push', 'messenger', 'portal',
        'webhook'];
    private const OUTCOMES = ['retry', 'accepted', 'delivered', 'refused', 'bad_address'];
    private const ANSWERED = 1;

    private static function text(?FFI\CData $text): ?string
    {
        return $text === null || FFI::isNull($text) ? null : FFI::string($text);
    }

    /** At most 127 bytes, cut between characters, into a place of the library's. */
    private static function fit(?string $text, FFI\CData $room): void
    {
        $short = substr($text ?? '', 0, 127);
        while (preg_match('//u', $short) !== 1) {
            $short = substr($short, 0, -1);
        }
        FFI::memcpy($room, $short . "\0", strlen($short) + 1);
    }

    /** @return array<string, mixed> */
    private static function message(FFI\CData $raw): array
    {
        $message = ['channel' => self::CHANNELS[(int) log($raw->channel, 2)],
            'html' => $raw->html !== 0, 'attempt' => $raw->attempt, 'files' => [], 'headers' => []];
        foreach (['key', 'to', 'name', 'subject', 'body', 'language', 'text', 'unsubscribe',
            'country'] as $field) {
            $message[$field] = self::text($raw->$field);
        }
        for ($n = 0; $n < $raw->n_files; $n++) {
            $file = $raw->files[$n];
            $message['files'][] = ['name' => self::text($file->name),
                'media_type' => self::text($file->media_type),
                'data' => $file->size ? FFI::string($file->data, $file->size) : ''];
        }
        for ($n = 0; $n < $raw->n_headers; $n++) {
            $header = $raw->headers[$n];
            $message['headers'][self::text($header->name)] = self::text($header->value);
        }
        return $message;
    }

    /** @param array<string, mixed> $transport name, channels, submit and maybe more */
    public static function transport(array $transport, FFI\CData $port): callable
    {
        $port->struct_size = FFI::sizeof($port);
        $port->flags = (int) ($transport['dedupes'] ?? false);
        foreach ($transport['channels'] as $channel) {
            $bit = array_search($channel, self::CHANNELS, true);
            $port->channels |= $bit === false
                ? throw new \ValueError("there is no channel $channel") : 1 << $bit;
        }
        foreach (['body_max', 'files_max', 'rate', 'rate_window'] as $limit) {
            $port->$limit = $transport[$limit] ?? 0;
        }
        $port->submit = Callbacks::all()->submit;
        return static function (FFI\CData $message, FFI\CData $sent) use ($transport): int {
            $ffi = Library::ffi();
            $raw = $ffi->cast('acrm_outgoing *', $message)[0];
            $told = $transport['submit'](self::message($raw)) ?? [];
            $outcome = array_search($told['outcome'] ?? 'accepted', self::OUTCOMES, true);
            if ($outcome === false) {
                throw new \ValueError('an outcome is one of ' . implode(', ', self::OUTCOMES));
            }
            self::tell($ffi->cast('acrm_sent *', $sent)[0], $outcome, $told);
            return 0;
        };
    }

    /** @param array<string, mixed> $told */
    private static function tell(FFI\CData $raw, int $outcome, array $told): void
    {
        $raw->outcome = $outcome;
        $raw->retry_after = $told['retry_after'] ?? 0;
        $raw->code = $told['code'] ?? 0;
        self::fit($told['reference'] ?? null, $raw->reference);
        self::fit($told['reason'] ?? null, $raw->reason);
    }

    /** @param array<string, mixed> $connector name, ask and maybe more */
    public static function connector(array $connector, FFI\CData $port): callable
    {
        $port->struct_size = FFI::sizeof($port);
        $port->flags = (int) ($connector['dedupes'] ?? false);
        $port->timeout_ms = (int) (($connector['timeout'] ?? 0) * 1000);
        $port->answer_max = $connector['answer_max'] ?? 0;
        $port->ask = Callbacks::all()->ask;
        return static function (FFI\CData $request, FFI\CData $answer) use ($connector): int {
            $ffi = Library::ffi();
            $raw = $ffi->cast('acrm_connector_request *', $request)[0];
            $out = $ffi->cast('acrm_connector_answer *', $answer)[0];
            try {
                $told = $connector['ask'](['name' => self::text($raw->name),
                    'key' => self::text($raw->key), 'attempt' => $raw->attempt,
                    'timeout' => $raw->timeout_ms / 1000,
                    'body' => json_decode(FFI::string($raw->body, $raw->body_len), true)]);
                $body = json_encode($told, Session::JSON);
                ($out->write)($out->to, $body, strlen($body));
                self::tell($out, self::ANSWERED, []);
            } catch (No $no) {
                self::tell($out, $no->outcome(),
                    ['reason' => $no->getMessage(), 'retry_after' => $no->getCode()]);
            }
            return 0;
        };
    }
}
