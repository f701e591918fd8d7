// SPDX-License-Identifier: MIT
// One customer with all that belongs to it, and what can be done for it.
import { useState } from 'preact/hooks';
import { call } from '../api';
import { useNews, useRead } from '../hooks';
import { date, instant, money, number, t, word } from '../i18n';
import type { ContactPoint, Customer, Vehicle, VehicleOwnership } from '../operations';
import { link } from '../router';
import type { View360 as View, With } from '../shapes';
import { Badge, Card, Code, Data, Empty, Facts, Figure, Loaded, tell } from '../ui/basic';
import { Choice, Dialog, Field, Form } from '../ui/forms';
import { Icon } from '../ui/icons';
import { Timeline } from './timeline';

/** A way to reach somebody; only a telephone number and an address that look like one are links. */
function Contact({ point }: { point: ContactPoint }) {
  const { channel, value } = point;
  const plain = value.replace(/[\s().-]/g, '');
  const to = channel === 'phone' && /^\+?\d{4,}$/.test(plain) ? `tel:${plain}`
    : channel === 'email' && /^[^\s@:<>"]+@[^\s@:<>"]+$/.test(value) ? `mailto:${value}` : '';
  return (
    <li>
      <Icon name={channel === 'email' ? 'mail' : 'phone'} />
      <span class="hidden">{word('channel', channel)}</span>
      {to ? <a href={to}><Code>{value}</Code></a> : <Code>{value}</Code>}
    </li>
  );
}

function Head({ customer, points }: { customer: Customer; points: ContactPoint[] }) {
  return (
    <div class="head">
      <div class="face" aria-hidden="true">{[...customer.name][0]}</div>
      <div class="grow">
        <h2 tabIndex={-1}><Data>{[customer.title, customer.name].filter(Boolean).join(' ')}
        </Data></h2>
        <div class="row">
          <Badge>{word('kind', customer.kind)}</Badge>
          {customer.grade && <Badge tone="accent">{t('view.grade')} <bdi>{customer.grade}</bdi>
          </Badge>}
          {Number(customer.vip_level) > 0 && <Badge tone="warn">{t('view.vip')}{' '}
            {number(Number(customer.vip_level))}</Badge>}
          {customer.do_not_contact && <Badge tone="bad">{t('view.do_not_contact')}</Badge>}
          {customer.restricted_at && <Badge tone="bad">{t('view.restricted')}</Badge>}
        </div>
        <ul class="contacts">{points.map((point) => <Contact key={point.id} point={point} />)}</ul>
      </div>
    </div>
  );
}

const GIVEN_CHANNELS = ['phone', 'visit', 'email', 'messenger', 'letter'] as const;

function NoteDialog({ customer, close, done }:
{ customer: Customer; close: () => void; done: () => void }) {
  const [channel, setChannel] = useState<typeof GIVEN_CHANNELS[number]>('phone');
  const [subject, setSubject] = useState('');
  const [body, setBody] = useState('');
  const send = async () => {
    await call('interaction.create', { customer_id: customer.id, channel, subject, body,
      at: new Date().toISOString() });
    tell(t('done'));
    done();
  };
  return (
    <Dialog title={t('view.note')} close={close}>
      <Form send={send} button={t('save')} disabled={!subject.trim()}>
        <Choice label={t('channel')} value={channel} change={setChannel}
          options={GIVEN_CHANNELS.map((one) => [one, word('channel', one)])} />
        <Field label={t('subject')} value={subject} change={setSubject} required />
        <Field label={t('text')} value={body} change={setBody} rows={4} />
      </Form>
    </Dialog>
  );
}

function LeadDialog({ customer, close, done }:
{ customer: Customer; close: () => void; done: () => void }) {
  const [subject, setSubject] = useState('');
  const [model, setModel] = useState('');
  const send = async () => {
    await call('lead.submit', { customer_id: customer.id,
      lead: { subject, model: model || null, channel: 'phone' } });
    tell(t('done'));
    done();
  };
  return (
    <Dialog title={t('view.new_lead')} close={close}>
      <Form send={send} button={t('save')} disabled={!subject.trim()}>
        <Field label={t('subject')} value={subject} change={setSubject} required />
        <Field label={t('model')} value={model} change={setModel} />
      </Form>
    </Dialog>
  );
}

function CaseDialog({ customer, close, done }:
{ customer: Customer; close: () => void; done: () => void }) {
  const types = useRead('case_type.list', { limit: 100, fields: ['code', 'name'] });
  const [type, setType] = useState('');
  const [subject, setSubject] = useState('');
  const [description, setDescription] = useState('');
  const options = (types.data?.items ?? []).map((one) =>
    [one.code, one.name ?? one.code] as [string, string]);
  const chosen = type || options[0]?.[0] || '';
  const send = async () => {
    await call('case.open', { customer_id: customer.id, type: chosen, subject, description,
      channel: 'phone' });
    tell(t('done'));
    done();
  };
  return (
    <Dialog title={t('view.new_case')} close={close}>
      <Loaded of={types}>{() => (
        <Form send={send} button={t('save')} disabled={!subject.trim() || !chosen}>
          <Choice label={t('type')} value={chosen} change={setType} options={options} />
          <Field label={t('subject')} value={subject} change={setSubject} required />
          <Field label={t('text')} value={description} change={setDescription} rows={4} />
        </Form>
      )}</Loaded>
    </Dialog>
  );
}

function Vehicles({ id }: { id: string }) {
  const owned = useRead('vehicle_ownership.list', { where: { customer_id: id },
    include: ['vehicle'], limit: 50 });
  return (
    <Card title={t('view.vehicles')}>
      <Loaded of={owned} hide>{({ items }) => items.length === 0 ? <Empty>{t('none')}</Empty>
        : <ul class="plain-list">{(items as With<VehicleOwnership, 'vehicle', Vehicle>[]).map((one) => (
            <li key={one.id}>
              <strong><Data>{[one.vehicle?.make, one.vehicle?.model].filter(Boolean).join(' ')}
              </Data></strong>
              <span class="row muted">
                {one.vehicle?.plate && <bdi class="plate">{one.vehicle.plate}</bdi>}
                {one.vehicle?.vin && <Code>{one.vehicle.vin}</Code>}
                <span>{word('role', one.role)}, {date(one.from_date)}</span>
              </span>
            </li>
          ))}</ul>}</Loaded>
    </Card>
  );
}

function Deals({ view }: { view: View }) {
  const { leads, cases, sales_contracts: contracts } = view.related;
  return <>
    {leads && <Card title={t('view.leads')}>
      {leads.items.length === 0 ? <Empty>{t('none')}</Empty>
        : <ul class="plain-list">{leads.items.map((lead) => (
            <li key={lead.id}>
              <strong><Data>{lead.subject || lead.model}</Data></strong>
              <span class="row"><Badge tone={`level-${lead.level}`}><bdi>{lead.level}</bdi></Badge>
                <span>{word('status', lead.status)}</span>
                <span class="muted">{date(lead.received_at)}</span></span>
            </li>
          ))}</ul>}
    </Card>}
    {cases && <Card title={t('view.cases')}>
      {cases.items.length === 0 ? <Empty>{t('none')}</Empty>
        : <ul class="plain-list">{cases.items.map((one) => (
            <li key={one.id}>
              <a href={link('cases', one.id)}><strong><Data>{one.subject}</Data></strong></a>
              <span class="row"><Code>{one.number}</Code>
                <Badge tone={one.status === 'closed' ? 'good' : 'warn'}>
                  {word('case', one.status)}</Badge></span>
            </li>
          ))}</ul>}
    </Card>}
    {contracts && <Card title={t('view.contracts')}>
      {contracts.items.length === 0 ? <Empty>{t('none')}</Empty>
        : <ul class="plain-list">{contracts.items.map((one) => (
            <li key={one.id}>
              <strong><Code>{one.number}</Code></strong>
              <span class="row"><span>{money(one.total, one.currency)}</span>
                <Badge>{word('contract', one.status)}</Badge>
                <span class="muted">{date(one.signed_on)}</span></span>
            </li>
          ))}</ul>}
    </Card>}
  </>;
}

export function View360({ id }: { id: string }) {
  const view = useRead('customer.view360', { id, limit: 10 });
  const [dialog, setDialog] = useState('');
  useNews(['customer.', 'lead.', 'case.', 'interaction.'], view.again);
  const done = () => {
    setDialog('');
    view.again();
  };
  return (
    <Loaded of={view}>{(data) => {
      const { customer, related } = data;
      const props = { customer, close: () => setDialog(''), done };
      return (
        <section class="view360" key={id} aria-label={customer.name}>
          <Card>
            <Head customer={customer} points={related.contact_points?.items ?? []} />
            <div class="actions">
              <button type="button" onClick={() => setDialog('note')}>{t('view.note')}</button>
              <button type="button" class="outline" onClick={() => setDialog('lead')}>
                {t('view.new_lead')}</button>
              <button type="button" class="outline" onClick={() => setDialog('case')}>
                {t('view.new_case')}</button>
            </div>
            <div class="figures">
              {(['vehicle_ownerships', 'leads', 'cases', 'sales_contracts', 'interactions'] as const)
                .map((name) => <Figure key={name} label={t(`count.${name}`)}>
                  {number(related[name]?.count ?? 0)}</Figure>)}
            </div>
            <Facts rows={[
              [t('view.city'), customer.city && <Data>{[customer.city, customer.country]
                .filter(Boolean).join(', ')}</Data>],
              [t('view.birth_date'), customer.birth_date && date(customer.birth_date)],
              [t('language'), customer.language],
              [t('view.national_id'), customer.national_id && <Code>{customer.national_id}</Code>],
              [t('view.notes'), customer.notes && <Data>{customer.notes}</Data>],
              [t('view.since'), instant(customer.created_at)],
            ]} />
          </Card>
          <div class="columns">
            <div class="stack"><Vehicles id={id} /><Deals view={data} /></div>
            <Card title={t('view.timeline')}><Timeline id={id} key={view.data?.related
              .interactions?.count} /></Card>
          </div>
          {dialog === 'note' && <NoteDialog {...props} />}
          {dialog === 'lead' && <LeadDialog {...props} />}
          {dialog === 'case' && <CaseDialog {...props} />}
        </section>
      );
    }}</Loaded>
  );
}
