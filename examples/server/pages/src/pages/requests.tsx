// SPDX-License-Identifier: MIT
// The customer's cases: what was asked, what was answered, and a new one.
import { useState } from 'preact/hooks';
import { call } from '../api';
import { useNews, useRead } from '../hooks';
import { instant, t, word } from '../i18n';
import type { Case } from '../operations';
import { Badge, Card, Code, Data, Empty, Loaded, tell } from '../ui/basic';
import { Choice, Dialog, Field, Form } from '../ui/forms';

function NewRequest({ close, done }: { close: () => void; done: () => void }) {
  const types = useRead('portal.case_types', {});
  const [type, setType] = useState('');
  const [subject, setSubject] = useState('');
  const [description, setDescription] = useState('');
  const options = (types.data?.items ?? []).map((one) => [one.code, one.name] as [string, string]);
  const chosen = type || options[0]?.[0] || '';
  const send = async () => {
    await call('case.open', { type: chosen, subject, description, channel: 'web' });
    tell(t('done'));
    done();
  };
  return (
    <Dialog title={t('portal.new_case')} close={close}>
      <Loaded of={types}>{() => (
        <Form send={send} button={t('portal.send')} disabled={!subject.trim() || !chosen}>
          <Choice label={t('type')} value={chosen} change={setType} options={options} />
          <Field label={t('subject')} value={subject} change={setSubject} required />
          <Field label={t('case.description')} value={description} change={setDescription}
            rows={5} />
        </Form>
      )}</Loaded>
    </Dialog>
  );
}

function Talk({ one, close, done }: { one: Case; close: () => void; done: () => void }) {
  const messages = useRead('case.messages', { id: one.id, limit: 200 });
  const [body, setBody] = useState('');
  const send = async () => {
    await call('case.message', { id: one.id, body, channel: 'web' });
    setBody('');
    messages.again();
    done();
  };
  return (
    <Dialog title={<Data>{one.subject}</Data>} close={close}>
      <p class="row"><Code>{one.number}</Code><Badge>{word('case', one.status)}</Badge></p>
      {one.description && <p class="quote"><Data>{one.description}</Data></p>}
      <Loaded of={messages}>{({ items }) => (
        <ol class="talk">{items.map((message) => (
          <li key={message.id} class={message.direction === 'in' ? 'out' : 'in'}>
            <time class="muted" dateTime={message.at ?? ''}>{instant(message.at)}</time>
            <p><Data>{message.body}</Data></p>
          </li>
        ))}</ol>
      )}</Loaded>
      {one.status !== 'closed' && <Form send={send} button={t('portal.send')}
        disabled={!body.trim()}>
        <Field label={t('portal.message')} value={body} change={setBody} rows={3} required />
      </Form>}
    </Dialog>
  );
}

export function Requests() {
  const cases = useRead('case.list', { limit: 50, order: ['-opened_at'] });
  const [open, setOpen] = useState('');
  const chosen = cases.data?.items.find((one) => one.id === open);
  useNews(['case.'], cases.again);
  const done = () => {
    setOpen('');
    cases.again();
  };
  return (
    <Card title={t('portal.cases')} action={<button type="button" onClick={() => setOpen('new')}>
      {t('portal.new_case')}</button>}>
      <Loaded of={cases} hide>{({ items }) => items.length === 0 ? <Empty>{t('none')}</Empty>
        : <ul class="plain-list">{items.map((one) => (
            <li key={one.id}>
              <button type="button" class="link" onClick={() => setOpen(one.id)}>
                <Data>{one.subject}</Data></button>
              <span class="row"><Code>{one.number}</Code>
                <Badge tone={one.status === 'closed' || one.status === 'resolved' ? 'good' : 'warn'}>
                  {word('case', one.status)}</Badge>
                <span class="muted">{instant(one.opened_at)}</span></span>
            </li>
          ))}</ul>}</Loaded>
      {open === 'new' && <NewRequest close={() => setOpen('')} done={done} />}
      {chosen && <Talk one={chosen} close={() => setOpen('')} done={cases.again} />}
    </Card>
  );
}
