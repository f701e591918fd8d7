// SPDX-License-Identifier: MIT
// The manager's figures: the funnel, sources, promises kept, dealers.
import { useMemo, useState } from 'preact/hooks';
import { useRead } from '../hooks';
import { date, isKey, money, number, percent, span, t, type Key } from '../i18n';
import type { Funnel, ResponseRow, SourceRow } from '../shapes';
import { Card, Data, Empty, Figure, Loaded } from '../ui/basic';
import { Chart } from '../ui/chart';
import { Choice } from '../ui/forms';

const SPANS = ['30', '90', '365'] as const;

const stageName = (stage: string): string => {
  const key = `stage.${stage}`;
  return isKey(key) ? t(key as Key) : stage;
};

/** A share as a bar; its figure stands beside it. */
const Bar = ({ share, tone = '' }: { share: number; tone?: string }) =>
  <span class={`bar ${tone}`} aria-hidden="true"><i style={{ inlineSize: `${share * 100}%` }} />
  </span>;

function FunnelCard({ funnel }: { funnel: Funnel }) {
  return (
    <Card title={t('dash.funnel')}>
      <ol class="funnel">{funnel.stages.map((stage) => (
        <li key={stage.stage}>
          <span class="what">{stageName(stage.stage)}</span>
          <Bar share={stage.of_first ?? 0} />
          <strong>{number(stage.count)}</strong>
          <span class="muted">{percent(stage.of_first)}</span>
        </li>
      ))}</ol>
    </Card>
  );
}

function Weeks({ from }: { from: string }) {
  const weeks = useRead('report.funnel', { from, group: 'week' });
  return (
    <Card title={t('dash.weeks')} class="wide">
      <Loaded of={weeks}>{({ rows = [] }) => rows.length === 0 ? <Empty>{t('none')}</Empty>
        : <Chart label={t('dash.weeks')} height={220}
            labels={rows.map((row) => date(String(row.week), { month: 'short', day: 'numeric' }))}
            series={[
              { label: stageName('received'), kind: 'bars', colour: 'chart-1',
                values: rows.map((row) => row.stages[0]?.count ?? 0) },
              { label: stageName('contacted'), kind: 'line', colour: 'chart-2',
                values: rows.map((row) => row.stages[2]?.count ?? 0) },
              { label: stageName('won'), kind: 'line', colour: 'chart-3',
                values: rows.map((row) => row.stages[3]?.count ?? 0) },
            ]} />}</Loaded>
    </Card>
  );
}

function Sources({ rows }: { rows: SourceRow[] }) {
  const most = Math.max(1, ...rows.map((row) => row.leads));
  return (
    <Card title={t('dash.sources')} class="wide">
      <div class="table" role="region" aria-label={t('dash.sources')} tabIndex={0}><table>
        <thead><tr><th scope="col">{t('dash.source')}</th><th scope="col" colSpan={2}>
          {t('dash.leads')}</th><th scope="col">{t('stage.won')}</th>
          <th scope="col">{t('dash.conversion')}</th><th scope="col">{t('dash.cost')}</th>
          <th scope="col">{t('dash.per_sale')}</th></tr></thead>
        <tbody>{rows.map((row) => (
          <tr key={row.source ?? ''}>
            <th scope="row"><Data>{row.name || row.source}</Data></th>
            <td class="number">{number(row.leads)}</td>
            <td class="bar-cell"><Bar share={row.leads / most} /></td>
            <td class="number">{number(row.won)}</td>
            <td class="number">{percent(row.conversion)}</td>
            <td class="number">{money(row.cost, row.currency)}</td>
            <td class="number">{money(row.cost_per_sale, row.currency)}</td>
          </tr>
        ))}</tbody>
      </table></div>
    </Card>
  );
}

function Promises({ from }: { from: string }) {
  const cases = useRead('report.cases', { from, group: 'dealer' });
  return (
    <Loaded of={cases} hide>{({ total }) => (
      <Card title={t('dash.sla')}>
        <div class="figures">
          <Figure label={t('dash.cases')}>{number(total.cases)}</Figure>
          <Figure label={t('dash.cases_open')}>{number(total.open)}</Figure>
        </div>
        <ol class="funnel">
          {([['dash.response', total.response_hit_rate],
            ['dash.resolution', total.resolution_hit_rate]] as const).map(([key, share]) => (
            <li key={key}><span class="what">{t(key)}</span>
              <Bar share={share ?? 0} tone={(share ?? 1) < 0.8 ? 'bad' : 'good'} />
              <strong>{percent(share)}</strong></li>
          ))}
        </ol>
        <p class="muted">{t('dash.median')} {total.p50_response_minutes === null ? '–'
          : span(total.p50_response_minutes * 60)}</p>
      </Card>
    )}</Loaded>
  );
}

function Dealers({ from }: { from: string }) {
  const funnel = useRead('report.funnel', { from, group: 'dealer' });
  const times = useRead('report.response_times', { from, group: 'dealer' });
  const cases = useRead('report.cases', { from, group: 'dealer' });
  const timeOf = new Map((times.data?.rows ?? []).map((row: ResponseRow) => [row.id, row]));
  const casesOf = new Map((cases.data?.rows ?? []).map((row) => [String(row.id), row]));
  return (
    <Card title={t('dash.dealers')} class="wide">
      <Loaded of={funnel}>{({ rows = [] }) => (
        <div class="table" role="region" aria-label={t('dash.dealers')} tabIndex={0}><table>
          <thead><tr><th scope="col">{t('dealer')}</th><th scope="col">{t('dash.leads')}</th>
            <th scope="col">{t('stage.contacted')}</th><th scope="col">{t('stage.won')}</th>
            <th scope="col" colSpan={2}>{t('dash.conversion')}</th>
            <th scope="col">{t('dash.first_contact')}</th>
            <th scope="col">{t('dash.response')}</th></tr></thead>
          <tbody>{rows.map((row) => {
            const time = timeOf.get(String(row.id))?.p50_minutes;
            return (
              <tr key={String(row.id)}>
                <th scope="row"><Data>{String(row.dealer ?? '–')}</Data></th>
                <td class="number">{number(row.stages[0]?.count ?? 0)}</td>
                <td class="number">{percent(row.stages[2]?.of_first)}</td>
                <td class="number">{number(row.stages[3]?.count ?? 0)}</td>
                <td class="number">{percent(row.conversion)}</td>
                <td class="bar-cell"><Bar share={row.conversion ?? 0} /></td>
                <td class="number">{time === null || time === undefined ? '–' : span(time * 60)}
                </td>
                <td class="number">{percent(casesOf.get(String(row.id))?.response_hit_rate)}</td>
              </tr>
            );
          })}</tbody>
        </table></div>
      )}</Loaded>
    </Card>
  );
}

export function Dashboard() {
  const [days, setDays] = useState<typeof SPANS[number]>('90');
  const from = useMemo(() => {
    const start = new Date(Date.now() - Number(days) * 86400e3);
    start.setHours(0, 0, 0, 0);
    return start.toISOString();
  }, [days]);
  const funnel = useRead('report.funnel', { from });
  const sources = useRead('report.sources', { from });
  const times = useRead('report.response_times', { from });
  return (
    <div class="dashboard">
      <div class="row spread"><h1>{t('nav.dashboard')}</h1>
        <Choice label={t('dash.span')} value={days} change={setDays}
          options={SPANS.map((n) => [n, t('days', { n: Number(n) })])} /></div>
      <Loaded of={funnel}>{(data) => <>
        <div class="figures big">
          <Figure label={t('dash.leads')}>{number(data.stages[0]?.count ?? 0)}</Figure>
          <Figure label={t('dash.open')}>{number(data.open)}</Figure>
          <Figure label={t('stage.won')} tone="accent">{number(data.stages.at(-1)?.count ?? 0)}
          </Figure>
          <Figure label={t('dash.conversion')}>{percent(data.conversion)}</Figure>
          <Figure label={t('dash.first_contact')}>{times.data?.p50_minutes
            ? span(times.data.p50_minutes * 60) : '–'}</Figure>
        </div>
        <div class="tiles">
          <FunnelCard funnel={data} />
          <Promises from={from} />
          <Weeks from={from} />
          <Loaded of={sources}>{({ rows }) => <Sources rows={rows} />}</Loaded>
          <Dealers from={from} />
        </div>
      </>}</Loaded>
    </div>
  );
}
