// SPDX-License-Identifier: MIT
// The instalment calculator: what is paid when, as figures, as a graph, and row by row.
import { useMemo, useState } from 'preact/hooks';
import { useRead, useRested } from '../hooks';
import { date, language, money, number, t, typed } from '../i18n';
import type { Args } from '../api';
import type { Schedule } from '../shapes';
import { Card, explain, Figure, Loaded } from '../ui/basic';
import { Chart } from '../ui/chart';
import { Choice, DateField, Field } from '../ui/forms';

const KINDS = ['annuity', 'equal_principal', 'interest_only', 'flat', 'murabaha'] as const;
const PERIODS = ['month', 'quarter', 'half_year', 'year'] as const;
const CURRENCIES = ['EUR', 'IRR', 'CNY', 'RUB', 'GBP', 'USD'];

interface Wishes {
  currency: string;
  price: string;
  deposit: string;
  balloon: string;
  rate: string;
  profit: string;
  periods: string;
  kind: typeof KINDS[number];
  period: typeof PERIODS[number];
  start: string;
}

const first = (): Wishes => {
  const currency = { fa: 'IRR', zh: 'CNY', ru: 'RUB' }[language().locale.slice(0, 2)] ?? 'EUR';
  const price = { IRR: '9500000000', CNY: '260000', RUB: '3200000' }[currency] ?? '28900';
  return { currency, price, deposit: String(Number(price) / 10), balloon: '', rate: '5.9',
    profit: String(Number(price) / 8), periods: '48', kind: 'annuity', period: 'month',
    start: new Date().toISOString().slice(0, 10) };
};

/** A percentage as typed, as the fraction that the server takes: 5.9 is 0.059, digit by digit. */
export function fraction(percentage: string): string {
  const [whole = '', rest = ''] = typed(percentage).split('.');
  const digits = whole.padStart(3, '0') + rest;
  const point = digits.length - rest.length - 2;
  return whole ? `${digits.slice(0, point)}.${digits.slice(point)}`.replace(/^0+(?=\d)/, '') : '';
}

function request(wishes: Wishes): Args<'finance.schedule'> | null {
  const price = typed(wishes.price);
  const periods = Number(typed(wishes.periods));
  const rate = fraction(wishes.rate);
  if (!price || !Number.isInteger(periods) || periods < 1 || periods > 600)
    return null;
  const murabaha = wishes.kind === 'murabaha';
  if (murabaha ? !typed(wishes.profit) : !rate)
    return null;
  return { currency: wishes.currency, price, periods, kind: wishes.kind, period: wishes.period,
    start_day: wishes.start, calendar: language().jalali ? 'jalali' : 'gregorian',
    ...murabaha ? { profit: typed(wishes.profit) } : { rate },
    ...typed(wishes.deposit) ? { deposit: typed(wishes.deposit) } : {},
    ...typed(wishes.balloon) ? { balloon: typed(wishes.balloon) } : {} };
}

function Wish({ wishes, set }: { wishes: Wishes; set: (part: Partial<Wishes>) => void }) {
  const amount = (name: 'price' | 'deposit' | 'balloon' | 'profit' | 'rate' | 'periods',
    hint?: string) => (
    <Field label={t(`calc.${name}`)} value={wishes[name]} inputMode="decimal"
      change={(value) => set({ [name]: value })} hint={hint}
      invalid={Boolean(wishes[name]) && !typed(wishes[name])} />
  );
  return (
    <form class="grid wishes" onSubmit={(event) => event.preventDefault()}>
      <Choice label={t('calc.kind')} value={wishes.kind} change={(kind) => set({ kind })}
        options={KINDS.map((one) => [one, t(`calc.${one}`)])} />
      <Choice label={t('calc.currency')} value={wishes.currency}
        change={(currency) => set({ currency })} options={CURRENCIES.map((one) => [one, one])} />
      {amount('price', money(typed(wishes.price), wishes.currency))}
      {amount('deposit', money(typed(wishes.deposit), wishes.currency))}
      {wishes.kind === 'murabaha' ? amount('profit') : amount('rate')}
      {amount('periods')}
      <Choice label={t('calc.period')} value={wishes.period} change={(period) => set({ period })}
        options={PERIODS.map((one) => [one, t(`calc.${one}`)])} />
      {amount('balloon')}
      <DateField label={t('calc.start')} value={wishes.start} change={(start) => set({ start })} />
    </form>
  );
}

function Outcome({ schedule, currency }: { schedule: Schedule; currency: string }) {
  const { rows } = schedule;
  const labels = useMemo(() => rows.map((row) => row.due_day
    ? date(row.due_day, { year: '2-digit', month: 'short' }) : number(row.number)), [rows]);
  return <>
    <div class="figures big">
      <Figure label={t('calc.instalment')} tone="accent">{money(schedule.instalment, currency)}
      </Figure>
      <Figure label={t('calc.financed')}>{money(schedule.financed, currency)}</Figure>
      <Figure label={t('calc.interest')}>{money(schedule.interest, currency)}</Figure>
      <Figure label={t('calc.total')}>{money(schedule.total, currency)}</Figure>
    </div>
    <Chart label={t('calc.graph')} labels={labels} series={[
      { label: t('calc.part_principal'), kind: 'bars', colour: 'chart-1',
        values: rows.map((row) => Number(row.principal)) },
      { label: t('calc.part_interest'), kind: 'bars', colour: 'chart-2',
        values: rows.map((row) => Number(row.interest)) },
    ]} />
    <div class="table tall" role="region" aria-label={t('calc.rows')} tabIndex={0}><table>
      <thead><tr><th scope="col">{t('calc.number')}</th><th scope="col">{t('calc.due')}</th>
        <th scope="col">{t('calc.pay')}</th><th scope="col">{t('calc.part_principal')}</th>
        <th scope="col">{t('calc.part_interest')}</th><th scope="col">{t('calc.rest')}</th></tr>
      </thead>
      <tbody>{rows.map((row) => (
        <tr key={row.number + row.kind}>
          <th scope="row" class="number">{number(row.number)}</th><td>{date(row.due_day)}</td>
          <td class="number"><strong>{money(row.total, currency)}</strong></td>
          <td class="number">{money(row.principal, currency)}</td>
          <td class="number">{money(row.interest, currency)}</td>
          <td class="number">{money(row.closing, currency)}</td>
        </tr>
      ))}</tbody>
    </table></div>
  </>;
}

export function Calculator() {
  const [wishes, setWishes] = useState(first);
  const rested = useRested(wishes);
  const args = request(rested);
  const schedule = useRead('finance.schedule', args);
  return (
    <div class="calculator">
      <h1>{t('nav.calculator')}</h1>
      <div class="columns">
        <Card><Wish wishes={wishes} set={(part) => setWishes({ ...wishes, ...part })} /></Card>
        <Card class="outcome">
          {args === null ? <p class="empty">{t('calc.fill')}</p>
            : schedule.problem ? <p class="problem" role="alert">{explain(schedule.problem)}</p>
              : <Loaded of={schedule}>{(data) =>
                  <Outcome schedule={data} currency={rested.currency} />}</Loaded>}
        </Card>
      </div>
    </div>
  );
}
