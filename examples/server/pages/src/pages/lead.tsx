// SPDX-License-Identifier: MIT
// One lead: what is wanted, and what was done about it.
import { useState } from 'preact/hooks';
import { call } from '../api';
import { useRead } from '../hooks';
import { instant, levelName, money, number, t, word } from '../i18n';
import type { Lead, LeadLevel } from '../operations';
import { link } from '../router';
import { Action, Badge, Data, Facts, Loaded, tell } from '../ui/basic';
import { Choice, DateField, Dialog, Field, Form } from '../ui/forms';

const CHANNELS = ['phone', 'visit', 'email', 'messenger'] as const;
const plus = (days: number) => new Date(Date.now() + days * 86400e3).toISOString().slice(0, 10);

function Record({ lead, levels, done }: { lead: Lead; levels: LeadLevel[]; done: () => void }) {
  const [channel, setChannel] = useState<typeof CHANNELS[number]>('phone');
  const [effective, setEffective] = useState<'yes' | 'no'>('yes');
  const [notes, setNotes] = useState('');
  const [level, setLevel] = useState(lead.level ?? '');
  const [agreed, setAgreed] = useState(false);
  const [next, setNext] = useState(plus(2));
  const send = async () => {
    await call('lead.contact', { id: lead.id, channel, effective: effective === 'yes', notes,
      ...level !== lead.level ? { level } : {},
      ...agreed ? { next_at: new Date(`${next}T09:00`).toISOString() } : {} });
    tell(t('done'));
    done();
  };
  return (
    <Form send={send} button={t('lead.record')}>
      <div class="grid">
        <Choice label={t('channel')} value={channel} change={setChannel}
          options={CHANNELS.map((one) => [one, word('channel', one)])} />
        <Choice label={t('lead.reached')} value={effective} change={setEffective}
          options={[['yes', t('yes')], ['no', t('no')]]} />
        <Choice label={t('level')} value={level} change={setLevel}
          options={levels.map((one) => [one.code, `${one.code} ${levelName(one.code, one.label)}`])} />
      </div>
      <Field label={t('text')} value={notes} change={setNotes} rows={3} />
      <label class="check"><input type="checkbox" checked={agreed}
        onChange={(event) => setAgreed(event.currentTarget.checked)} />{t('lead.agreed')}</label>
      {agreed && <DateField label={t('lead.next')} value={next} change={setNext} />}
    </Form>
  );
}

function Ends({ lead, levels, done }: { lead: Lead; levels: LeadLevel[]; done: () => void }) {
  const reasons = useRead('lost_reason.list', { limit: 100, fields: ['code', 'name'] });
  const [reason, setReason] = useState('');
  const [level, setLevel] = useState(lead.level ?? '');
  const options = (reasons.data?.items ?? []).map((one) =>
    [one.code, one.name ?? one.code] as [string, string]);
  const after = (act: () => Promise<unknown>) => async () => {
    await act();
    tell(t('done'));
    done();
  };
  const chosen = reason || options[0]?.[0] || '';
  return (
    <details>
      <summary>{t('lead.more')}</summary>
      <div class="inline">
        <Choice label={t('level')} value={level} change={setLevel}
          options={levels.map((one) => [one.code, `${one.code} ${levelName(one.code, one.label)}`])} />
        <Action class="outline" run={after(() => call('lead.set_level',
          { id: lead.id, level, reason: t('board.reason') }))}>{t('lead.set_level')}</Action>
      </div>
      {options.length > 0 && <div class="inline">
        <Choice label={t('lead.why')} value={chosen} change={setReason} options={options} />
        <Action class="outline secondary" run={after(() => call('lead.lose',
          { id: lead.id, reason: chosen }))}>{t('lead.lose')}</Action>
      </div>}
      <Action run={after(() => call('lead.win', { id: lead.id }))}>{t('lead.win')}</Action>
    </details>
  );
}

export function LeadDialog({ id, levels, close, done }: {
  id: string; levels: LeadLevel[]; close: () => void; done: () => void;
}) {
  const read = useRead('lead.get', { id, include: ['customer'] });
  const lead = read.data as (Lead & { customer?: { name: string } }) | undefined;
  return (
    <Dialog title={<Data>{lead?.subject || lead?.model || t('lead')}</Data>} close={close}>
      <Loaded of={read}>{() => lead && <>
        <p class="row">
          <a href={link('desk', lead.customer_id)}><Data>{lead.customer?.name}</Data></a>
          <Badge tone={`level-${lead.level}`}><bdi>{lead.level}</bdi></Badge>
          <Badge>{word('status', lead.status)}</Badge>
        </p>
        <Facts rows={[
          [t('model'), lead.model && <Data>{lead.model}</Data>],
          [t('lead.budget'), lead.budget && money(lead.budget, lead.currency)],
          [t('lead.received'), instant(lead.received_at)],
          [t('lead.next'), lead.next_contact_at && instant(lead.next_contact_at)],
          [t('lead.contacts'), number(Number(lead.contacts))],
          [t('lead.comments'), lead.comments && <Data>{lead.comments}</Data>],
        ]} />
        <Record lead={lead} levels={levels} done={done} />
        <Ends lead={lead} levels={levels} done={done} />
      </>}</Loaded>
    </Dialog>
  );
}
