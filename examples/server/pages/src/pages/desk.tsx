// SPDX-License-Identifier: MIT
// The agent's desk: who is it, and everything about them on one screen.
import { useEffect, useState } from 'preact/hooks';
import type { PageProps } from '../app';
import type { Args } from '../api';
import { useRead, useRested } from '../hooks';
import { number, t, word } from '../i18n';
import { go, link } from '../router';
import type { Found } from '../shapes';
import { Badge, Card, Data, Empty, Loaded } from '../ui/basic';
import { Choice } from '../ui/forms';
import { View360 } from './view360';

const KINDS = ['text', 'name', 'phone', 'plate', 'vin', 'contract_number', 'national_id',
  'member_card', 'email'] as const;
type Kind = typeof KINDS[number];

function query(kind: Kind, text: string): Args<'customer.identify'> | null {
  const trimmed = text.trim();
  return trimmed.length < 2 ? null : { [kind]: trimmed, limit: 20 };
}

function Result({ found, chosen }: { found: Found; chosen: boolean }) {
  const { customer, score, reasons } = found;
  return (
    <li>
      <a href={link('desk', customer.id)} aria-current={chosen || undefined}>
        <strong><Data>{customer.name}</Data></strong>
        <span class="muted"><Data>{[customer.city, customer.country].filter(Boolean).join(', ')}
        </Data></span>
        <span class="row">
          {reasons.map((reason) => <Badge key={reason}>{word('identify', reason)}</Badge>)}
          <span class="muted">{t('desk.score', { n: number(score) })}</span>
        </span>
      </a>
    </li>
  );
}

export function Desk({ id }: PageProps) {
  const [text, setText] = useState('');
  const [kind, setKind] = useState<Kind>('text');
  const rested = useRested(text);
  const found = useRead('customer.identify', query(kind, rested));
  const items = found.data?.items ?? [];
  const only = items.length === 1 ? items[0]?.customer.id : undefined;
  useEffect(() => {
    if (only)
      go('desk', only);
  }, [only]);
  return (
    <div class="desk">
      <h1 class="hidden">{t('nav.desk')}</h1>
      <search class="finder">
        <div class="find">
          <div class="field grow">
            <label for="find">{t('desk.find')}</label>
            <input id="find" type="search" value={text} dir="auto" autocomplete="off"
              placeholder={t('desk.hint')} onInput={(event) => setText(event.currentTarget.value)} />
          </div>
          <Choice label={t('desk.by')} value={kind} change={setKind}
            options={KINDS.map((one) => [one, t(`find.${one}`)])} />
        </div>
        {query(kind, rested) && <Loaded of={found}>{() => items.length === 0
          ? <Empty>{t('desk.nobody')}</Empty>
          : <ul class="results" aria-label={t('desk.results')}>
              {items.map((one) => <Result key={one.customer.id} found={one}
                chosen={one.customer.id === id} />)}
            </ul>}</Loaded>}
      </search>
      <div>{id ? <View360 id={id} />
        : <Card class="welcome"><h2>{t('desk.welcome')}</h2><p>{t('desk.explain')}</p></Card>}
      </div>
    </div>
  );
}
