<?php
// SPDX-License-Identifier: MIT
declare(strict_types=1);

namespace Autocrm;

/** The operations of one noun: $crm->lead->assign(id: $lead, user_id: $somebody). */
final class Noun
{
    public function __construct(private Session $session, private string $noun)
    {
    }

    /** @param array<string, mixed> $arguments by name */
    public function __call(string $verb, array $arguments): mixed
    {
        if (array_is_list($arguments) && $arguments !== []) {
            throw Failure::misuse('arguments are given by name: '
                . "\$crm->{$this->noun}->{$verb}(id: ...)");
        }
        return $this->session->invoke("{$this->noun}.{$verb}", $arguments);
    }

    /** Walk a list to its end; arguments are those of list, limit is the page size. */
    public function each(mixed ...$arguments): \Generator
    {
        do {
            $page = $this->session->invoke("{$this->noun}.list", $arguments);
            yield from $page['items'];
            $arguments['after'] = $page['next'];
        } while ($page['next'] !== null);
    }
}
