// SPDX-License-Identifier: MIT
// What is the customer's own: cars, orders, instalments, requests, points, data.
import type { PageProps } from '../app';
import { call } from '../api';
import { useRead } from '../hooks';
import { date, money, number, t, word } from '../i18n';
import type { Instalment, PlanItem } from '../shapes';
import { Action, Badge, Card, Code, Data, Empty, Facts, Figure, Loaded } from '../ui/basic';
import { Orders } from './orders';
import { Points } from './points';
import { Requests } from './requests';

function Cars() {
  const cars = useRead('portal.vehicles', {});
  return (
    <Card title={t('portal.cars')}>
      <Loaded of={cars} hide>{({ items }) => items.length === 0 ? <Empty>{t('none')}</Empty>
        : <ul class="plain-list">{items.map((car) => (
            <li key={car.id}>
              <strong><Data>{[car.make, car.model, car.trim].filter(Boolean).join(' ')}</Data>
              </strong>
              <Facts rows={[
                [t('find.plate'), car.plate && <bdi class="plate">{car.plate}</bdi>],
                [t('find.vin'), car.vin && <Code>{car.vin}</Code>],
                [t('portal.odometer'), car.odometer !== null
                  && t('portal.km', { n: car.odometer })],
                [t('portal.since'), date(car.since)],
              ]} />
            </li>
          ))}</ul>}</Loaded>
    </Card>
  );
}

function Contracts() {
  const contracts = useRead('sales_contract.list', { limit: 20, order: ['-opened_at'] });
  if (contracts.problem?.absent || contracts.data?.items.length === 0)
    return null;
  return (
    <Card title={t('portal.contracts')}>
      <Loaded of={contracts}>{({ items }) => (
        <ul class="plain-list">{items.map((one) => (
          <li key={one.id}>
            <strong><Code>{one.number}</Code></strong>
            <span class="row"><span>{money(one.total, one.currency)}</span>
              <Badge>{word('contract', one.status)}</Badge>
              <span class="muted">{date(one.signed_on)}</span>
              {one.ends_on && <span class="muted">{t('portal.ends')} {date(one.ends_on)}</span>}
            </span>
          </li>
        ))}</ul>
      )}</Loaded>
    </Card>
  );
}

const today = () => new Date().toISOString().slice(0, 10);

function Plan({ item }: { item: PlanItem }) {
  const rows: Instalment[] = item.finance_plan?.rows ?? [];
  const next = rows.find((row) => (row.due_day ?? '') >= today());
  return (
    <li>
      <strong><Code>{item.number}</Code></strong>
      <div class="figures">
        <Figure label={t('calc.instalment')}>{money(item.instalment, item.currency)}</Figure>
        <Figure label={t('calc.periods')}>{number(item.periods ?? rows.length)}</Figure>
        {next && <Figure label={t('portal.next_due')} tone="accent">{date(next.due_day)}</Figure>}
        {next && <Figure label={t('calc.rest')}>{money(next.closing, item.currency)}</Figure>}
      </div>
      {rows.length > 0 && <details><summary>{t('calc.rows')}</summary>
        <div class="table tall" role="region" aria-label={t('calc.rows')} tabIndex={0}><table>
          <thead><tr><th scope="col">{t('calc.due')}</th><th scope="col">{t('calc.pay')}</th>
            <th scope="col">{t('calc.rest')}</th></tr></thead>
          <tbody>{rows.map((row) => <tr key={row.number + row.kind}>
            <th scope="row">{row.due_day ? date(row.due_day) : number(row.number)}</th>
            <td class="number">{money(row.total, item.currency)}</td>
            <td class="number">{money(row.closing, item.currency)}</td></tr>)}</tbody>
        </table></div></details>}
    </li>
  );
}

function Instalments() {
  const plans = useRead('portal.instalments', {});
  return (
    <Card title={t('portal.instalments')}>
      <Loaded of={plans} hide>{({ items }) => items.length === 0 ? <Empty>{t('none')}</Empty>
        : <ul class="plain-list">{items.map((item) => <Plan key={item.id} item={item} />)}</ul>}
      </Loaded>
    </Card>
  );
}

/** Hands a text over as a file. */
function download(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  const anchor = document.createElement('a');
  anchor.href = address;
  anchor.download = name;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(address), 1000);
}

function MyData() {
  const run = async () => {
    const { document: all } = await call('portal.export', {});
    download('my-data.json', JSON.stringify(all, null, 2));
  };
  return (
    <Card title={t('portal.data')}>
      <p>{t('portal.data_explain')}</p>
      <Action class="outline" run={run}>{t('portal.export')}</Action>
    </Card>
  );
}

export function Portal({ me }: PageProps) {
  return (
    <div class="portal">
      <h1>{t('portal.hello', { name: me.name })}</h1>
      <div class="columns">
        <div class="stack"><Orders /><Cars /><Instalments /><Contracts /></div>
        <div class="stack"><Requests /><Points /><MyData /></div>
      </div>
    </div>
  );
}
