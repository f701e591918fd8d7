// SPDX-License-Identifier: MIT
// One case: its clocks, its conversation, and what can be done now.
import { useState } from 'preact/hooks';
import { call } from '../api';
import { useNews, useNow, useRead } from '../hooks';
import { instant, t, word } from '../i18n';
import type { Case, Customer } from '../operations';
import { link } from '../router';
import type { CaseStatus } from '../shapes';
import { Action, Badge, Card, Code, Data, Empty, Facts, Loaded, tell } from '../ui/basic';
import { ClockFace } from '../ui/clock';
import { Choice, Dialog, Field, Form } from '../ui/forms';

type Act = 'reply' | 'stop' | 'resolve' | 'tell';
const WAITS = ['customer', 'parts', 'supplier', 'manufacturer', 'insurer', 'expert', 'manager',
  'other'] as const;
const CHANNELS = ['email', 'phone', 'visit', 'messenger', 'letter'] as const;

function ActDialog({ id, act, close, done }: {
  id: string; act: Act; close: () => void; done: () => void;
}) {
  const [text, setText] = useState('');
  const [channel, setChannel] = useState<typeof CHANNELS[number]>('email');
  const [wait, setWait] = useState<typeof WAITS[number]>('customer');
  const causes = useRead('root_cause.list', act === 'resolve' ? { limit: 100,
    fields: ['code', 'name'] } : null);
  const [cause, setCause] = useState('');
  const options = (causes.data?.items ?? []).map((one) => [one.code, one.name] as [string, string]);
  const send = async () => {
    if (act === 'reply')
      await call('case.reply', { id, channel, body: text });
    else if (act === 'stop')
      await call('case.stop', { id, reason: text, waiting_for: wait });
    else if (act === 'resolve')
      await call('case.resolve', { id, resolution: text, ...cause ? { root_cause: cause } : {} });
    else
      await call('case.tell', { id, channel, body: text });
    tell(t('done'));
    done();
  };
  return (
    <Dialog title={t(`act.${act}`)} close={close}>
      <Form send={send} button={t(`act.${act}`)} disabled={!text.trim()}>
        {(act === 'reply' || act === 'tell') && <Choice label={t('channel')} value={channel}
          change={setChannel} options={CHANNELS.map((one) => [one, word('channel', one)])} />}
        {act === 'stop' && <Choice label={t('case.waits_for')} value={wait} change={setWait}
          options={WAITS.map((one) => [one, word('waits', one)])} />}
        <Field label={t(act === 'stop' ? 'reason' : 'text')} value={text} change={setText}
          rows={act === 'stop' ? 2 : 5} required />
        {options.length > 0 && <Choice label={t('case.cause')} value={cause} change={setCause}
          options={[['', '–'], ...options]} />}
      </Form>
    </Dialog>
  );
}

function Buttons({ id, status, open, done }: {
  id: string; status: CaseStatus; open: (act: Act) => void; done: () => void;
}) {
  const can = (name: string) => status.next.includes(`case.${name}`);
  const after = (act: () => Promise<unknown>) => async () => {
    await act();
    done();
  };
  return (
    <div class="actions">
      {(['reply', 'stop', 'resolve', 'tell'] as const).filter(can).map((act) =>
        <button key={act} type="button" class={act === 'reply' ? '' : 'outline'}
          onClick={() => open(act)}>{t(`act.${act}`)}</button>)}
      {can('resume') && <Action run={after(() => call('case.resume', { id }))}>
        {t('act.resume')}</Action>}
      {can('close') && <Action run={after(() => call('case.close', { id }))}>
        {t('act.close')}</Action>}
      {can('reopen') && <Action class="outline" run={after(() => call('case.reopen',
        { id, reason: t('act.reopen') }))}>{t('act.reopen')}</Action>}
    </div>
  );
}

function Talk({ id, round }: { id: string; round: number }) {
  const messages = useRead('case.messages', { id, limit: 200 });
  const [at, setAt] = useState(round);
  if (at !== round) {
    setAt(round);
    messages.again();
  }
  return (
    <Card title={t('case.talk')}>
      <Loaded of={messages} hide>{({ items }) => items.length === 0 ? <Empty>{t('none')}</Empty>
        : <ol class="talk">{items.map((one) => (
            <li key={one.id} class={String(one.direction)}>
              <span class="row muted"><Badge>{word('direction', one.direction)}</Badge>
                <span>{word('channel', one.channel)}</span>
                <time dateTime={one.at ?? ''}>{instant(one.at)}</time></span>
              <p><Data>{one.body}</Data></p>
            </li>
          ))}</ol>}</Loaded>
    </Card>
  );
}

function Stops({ item }: { item: string }) {
  const pauses = useRead('sla_pause.list', { where: { item_id: item }, limit: 20,
    include: ['reason'] });
  return (
    <Loaded of={pauses} hide>{({ items }) => items.length === 0 ? null
      : <Card title={t('case.stops')}>
          <ul class="plain-list">{items.map((one) => (
            <li key={one.id}>
              <strong><Data>{(one as { reason?: { name?: string } }).reason?.name}</Data></strong>
              <span class="row"><Badge tone={one.state === 'running' ? 'warn' : 'plain'}>
                {word('pause', one.state)}</Badge>
              <span class="muted">{instant(one.from_at)} – {one.ended_at || one.until
                ? instant(one.ended_at ?? one.until) : '…'}</span></span>
            </li>
          ))}</ul>
        </Card>}</Loaded>
  );
}

export function CaseView({ id, changed }: { id: string; changed: () => void }) {
  const record = useRead('case.get', { id, include: ['customer', 'vehicle'] });
  const status = useRead('case.status', { id });
  const [act, setAct] = useState<Act>();
  const [round, setRound] = useState(0);
  const now = useNow();
  const refresh = () => {
    setRound((n) => n + 1);
    record.again();
    status.again();
  };
  const done = () => {
    setAct(undefined);
    refresh();
    changed();
  };
  useNews(['case.', 'sla.'], refresh);
  return (
    <Loaded of={record}>{(data) => {
      const one = data as Case & { customer?: Customer; vehicle?: { name?: string } };
      return (
        <section class="case" aria-label={one.number ?? ''}>
          <Card>
            <p class="row"><a class="back" href={link('cases')}>{t('back')}</a>
              <Code>{one.number}</Code><Badge>{word('case', one.status)}</Badge>
              {one.waiting_for && <Badge tone="warn">{word('waits', one.waiting_for)}</Badge>}</p>
            <h2><Data>{one.subject}</Data></h2>
            <Facts rows={[
              [t('customer'), <a href={link('desk', one.customer_id)}>
                <Data>{one.customer?.name}</Data></a>],
              [t('case.vehicle'), one.vehicle?.name && <Data>{one.vehicle.name}</Data>],
              [t('type'), status.data?.type && <Data>{status.data.type}</Data>],
              [t('owner'), status.data?.owner && <Data>{status.data.owner}</Data>],
              [t('case.opened'), instant(one.opened_at)],
              [t('case.legal'), one.legal_due && instant(one.legal_due)],
              [t('case.why'), one.waiting_reason && <Data>{one.waiting_reason}</Data>],
            ]} />
            {one.description && <p class="quote"><Data>{one.description}</Data></p>}
            {status.data && <Buttons id={id} status={status.data} open={setAct} done={done} />}
          </Card>
          <Loaded of={status}>{({ clocks }) => clocks?.length ? <Card title={t('case.clocks')}>
            <div class="clocks">{clocks.map((clock) =>
              <ClockFace key={clock.clock + clock.number} clock={clock} now={now} />)}</div>
          </Card> : null}</Loaded>
          <Talk id={id} round={round} />
          {one.sla_item_id && <Stops item={one.sla_item_id} key={round} />}
          {act && <ActDialog id={id} act={act} close={() => setAct(undefined)} done={done} />}
        </section>
      );
    }}</Loaded>
  );
}
