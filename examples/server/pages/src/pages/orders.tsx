// SPDX-License-Identifier: MIT
// The customer's orders: how far each is, what comes next and when.
import { useNews, useRead } from '../hooks';
import { date, isKey, t, type Key } from '../i18n';
import type { Milestone, OrderStatus } from '../shapes';
import { Badge, Card, Code, Data, Empty, Figure, Loaded } from '../ui/basic';

const nameOf = (step: Milestone): string => {
  const key = `milestone.${step.type}`;
  return isKey(key) ? t(key as Key) : step.name ?? step.type;
};

function Steps({ order }: { order: OrderStatus }) {
  const next = order.next?.type;
  return (
    <ol class="steps">{order.milestones.map((step) => {
      const state = step.reached_at ? 'done' : step.type === next ? 'next' : 'later';
      return (
        <li key={step.type} class={state} aria-current={state === 'next' ? 'step' : undefined}>
          <span class="hidden">{t(`step.${state}`)}: </span>
          <Data>{nameOf(step)}</Data>
          <br /><span class="muted">{date(step.reached_at ?? step.expected_on)}
            {!step.reached_at && step.tentative ? ' ?' : ''}</span>
        </li>
      );
    })}</ol>
  );
}

function Order({ id }: { id: string }) {
  const order = useRead('vehicle_order.status', { id });
  useNews(['vehicle_order.'], order.again);
  return (
    <li>
      <Loaded of={order}>{(data) => <>
        <p class="row"><strong><Data>{data.model}</Data></strong><Code>{data.number}</Code>
          {data.state !== 'open' && <Badge tone={data.state === 'delivered' ? 'good' : 'bad'}>
            {t(`order.${data.state}`)}</Badge>}</p>
        {data.state === 'open' && <div class="figures">
          {data.next && <Figure label={t('portal.order_next')} tone="accent">
            <Data>{nameOf(data.next)}</Data></Figure>}
          {data.expected_on && <Figure label={t('portal.order_delivery')}>
            {date(data.expected_on)}{data.tentative ? ' ?' : ''}</Figure>}
        </div>}
        <Steps order={data} />
      </>}</Loaded>
    </li>
  );
}

export function Orders() {
  const orders = useRead('vehicle_order.list', { limit: 20, fields: ['id'],
    order: ['-opened_at'] });
  return (
    <Card title={t('portal.orders')}>
      <Loaded of={orders} hide>{({ items }) => items.length === 0 ? <Empty>{t('none')}</Empty>
        : <ul class="plain-list">{items.map((one) => <Order key={one.id} id={one.id} />)}</ul>}
      </Loaded>
    </Card>
  );
}
