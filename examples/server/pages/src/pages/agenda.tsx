// SPDX-License-Identifier: MIT
// What somebody has to do, by day, overdue first.
import { useState } from 'preact/hooks';
import { call } from '../api';
import { useNews, useRead } from '../hooks';
import { instant, t, word } from '../i18n';
import { link } from '../router';
import type { Duty } from '../shapes';
import { Action, Badge, Card, Data, Empty, Loaded } from '../ui/basic';
import { Choice } from '../ui/forms';

const DAYS = ['1', '7', '30'] as const;

/** Overdue ones together, the others by day. */
function byDay(items: Duty[]): [string, Duty[]][] {
  const groups = new Map<string, Duty[]>();
  for (const item of items) {
    const name = item.overdue ? t('agenda.overdue')
      : instant(item.due_at, { weekday: 'long', day: 'numeric', month: 'long' });
    groups.set(name, [...groups.get(name) ?? [], item]);
  }
  return [...groups];
}

function Entry({ duty, open, done }: {
  duty: Duty; open: (id: string) => void; done: () => void;
}) {
  const { lead_id: lead, activity_id: activity } = duty;
  return (
    <li class={duty.overdue ? 'late' : ''}>
      <time dateTime={duty.due_at}>{instant(duty.due_at, duty.overdue
        ? { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit' }
        : { hour: '2-digit', minute: '2-digit' })}</time>
      <div class="grow">
        <strong><Data>{duty.subject}</Data></strong>
        <span class="row">
          <Badge>{word('activity', duty.kind)}</Badge>
          {duty.level && <Badge tone={`level-${duty.level}`}><bdi>{duty.level}</bdi></Badge>}
          {duty.customer_id && <a href={link('desk', duty.customer_id)}>
            <Data>{duty.customer}</Data></a>}
        </span>
      </div>
      {lead ? <button type="button" class="outline" onClick={() => open(lead)}>
        {t('lead.record')}</button>
        : activity && <Action class="outline" run={async () => {
          await call('activity.complete', { id: activity });
          done();
        }}>{t('agenda.done')}</Action>}
    </li>
  );
}

export function Agenda({ open, round }: { open: (id: string) => void; round: number }) {
  const [days, setDays] = useState<typeof DAYS[number]>('7');
  const until = new Date();
  until.setHours(24 * Number(days), 0, 0, 0);
  const agenda = useRead('agenda.list', { until: until.toISOString(), limit: 200 });
  const [at, setAt] = useState(round);
  if (at !== round) {
    setAt(round);
    agenda.again();
  }
  useNews(['activity.', 'lead.'], agenda.again);
  return <>
    <div class="board-tools">
      <Choice label={t('agenda.until')} value={days} change={setDays}
        options={DAYS.map((n) => [n, t('days', { n: Number(n) })])} />
    </div>
    <Loaded of={agenda}>{({ items }) => items.length === 0 ? <Empty>{t('agenda.empty')}</Empty>
      : <div class="agenda">{byDay(items).map(([day, duties]) => (
          <Card key={day} title={day}>
            <ul class="duties">
              {duties.map((duty) => <Entry key={duty.activity_id ?? duty.lead_id} duty={duty}
                open={open} done={agenda.again} />)}
            </ul>
          </Card>
        ))}</div>}</Loaded>
  </>;
}
