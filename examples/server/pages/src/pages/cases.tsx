// SPDX-License-Identifier: MIT
// The case desk: what is open, what is due, and the work on one case.
import { useState } from 'preact/hooks';
import type { PageProps } from '../app';
import { useNews, useNow, useRead } from '../hooks';
import { instant, span, t, word } from '../i18n';
import { link } from '../router';
import type { Result } from '../api';
import { Badge, Card, Code, Data, Empty, Loaded } from '../ui/basic';
import { Choice } from '../ui/forms';
import { CaseView } from './case';
import { idOf } from '../session';

type Listed = Result<'case.list'>['items'][number];
type Which = 'open' | 'mine' | 'closed';

const TONES: Record<string, string> = { urgent: 'bad', high: 'warn', normal: 'plain', low: 'plain' };

/** The next deadline of each watched record. */
function useDeadlines(cases: Listed[]): Map<string, { due: number; state: string }> {
  const items = cases.map((one) => one.sla_item_id).filter((id): id is string => Boolean(id));
  const clocks = useRead('sla_clock.list', items.length === 0 ? null
    : { where: { item_id: { $in: items }, state: { $in: ['active', 'paused'] } }, limit: 1000,
      fields: ['item_id', 'clock', 'state', 'due_at'], order: ['due_at'] });
  const first = new Map<string, { due: number; state: string }>();
  for (const clock of clocks.data?.items ?? [])
    if (clock.due_at && !first.has(clock.item_id))
      first.set(clock.item_id, { due: Date.parse(clock.due_at), state: String(clock.state) });
  return first;
}

function Deadline({ of, now }: { of: { due: number; state: string } | undefined; now: number }) {
  if (!of)
    return null;
  if (of.state === 'paused')
    return <Badge>{t('clockstate.paused')}</Badge>;
  const left = (of.due - now) / 1000;
  return <Badge tone={left < 0 ? 'bad' : left < 3600 ? 'warn' : 'good'}>
    <span title={instant(of.due)}>{left < 0 ? t('cases.late', { by: span(left) })
      : span(left, left < 3600)}</span></Badge>;
}

export function Cases({ me, id }: PageProps) {
  const [which, setWhich] = useState<Which>('open');
  const open = { status: { $ne: 'closed' } };
  const where = which === 'closed' ? { status: 'closed' }
    : which === 'mine' ? { ...open, owner_id: idOf(me) } : open;
  const list = useRead('case.list', { where, limit: 100, include: ['customer'],
    order: ['-opened_at'], fields: ['id', 'number', 'subject', 'status', 'priority', 'kind',
      'opened_at', 'sla_item_id', 'customer_id', 'waiting_for', 'legal_due'] });
  const now = useNow();
  const cases = list.data?.items ?? [];
  const deadlines = useDeadlines(cases);
  const dueOf = (one: Listed) => deadlines.get(one.sla_item_id ?? '');
  useNews(['case.', 'sla.'], list.again);
  const order = [...cases].sort((a, b) =>
    (dueOf(a)?.due ?? Infinity) - (dueOf(b)?.due ?? Infinity));
  return (
    <div class={`cases${id ? ' chosen' : ''}`}>
      <h1 class="hidden">{t('nav.cases')}</h1>
      <div class="case-list">
        <Choice label={t('cases.which')} value={which} change={setWhich}
          options={(['open', 'mine', 'closed'] as const).map((one) => [one, t(`cases.${one}`)])} />
        <Loaded of={list}>{() => cases.length === 0 ? <Empty>{t('cases.none')}</Empty>
          : <ul class="results" aria-label={t('nav.cases')}>{order.map((one) => (
              <li key={one.id}>
                <a href={link('cases', one.id)} aria-current={one.id === id || undefined}>
                  <span class="row spread"><Code>{one.number}</Code>
                    <Deadline of={dueOf(one)} now={now} /></span>
                  <strong><Data>{one.subject}</Data></strong>
                  <span class="row">
                    <span class="muted"><Data>{one.customer?.name}</Data></span>
                    <Badge tone={TONES[one.priority ?? ''] ?? 'plain'}>
                      {word('priority', one.priority)}</Badge>
                    <Badge>{word('case', one.status)}</Badge>
                  </span>
                </a>
              </li>
            ))}</ul>}</Loaded>
      </div>
      <div>{id ? <CaseView id={id} key={id} changed={list.again} />
        : <Card class="welcome"><h2>{t('cases.welcome')}</h2><p>{t('cases.explain')}</p></Card>}
      </div>
    </div>
  );
}
