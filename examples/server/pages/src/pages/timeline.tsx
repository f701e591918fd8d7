// SPDX-License-Identifier: MIT
// Everything that passed with a customer, newest first, page by page.
import { useEffect, useState } from 'preact/hooks';
import { useRead } from '../hooks';
import { instant, t, word } from '../i18n';
import type { Happening } from '../shapes';
import { Badge, Data, Empty, Loaded } from '../ui/basic';

/** What says most about a record, whatever entity it is of. */
const TELLING = ['subject', 'title', 'name', 'number', 'body', 'outcome', 'status', 'kind',
  'purpose', 'role'];

function Entry({ happening }: { happening: Happening }) {
  const { at, entity, record } = happening;
  const field = TELLING.find((name) => typeof record[name] === 'string' && record[name]);
  const body = field !== 'body' && typeof record.body === 'string' ? record.body : '';
  const channel = typeof record.channel === 'string' ? record.channel : '';
  return (
    <li class={`happening ${entity}`}>
      <time dateTime={at}>{instant(at)}</time>
      <div>
        <span class="row"><Badge>{word('entity', entity)}</Badge>
          {channel && <span class="muted">{word('channel', channel)}</span>}</span>
        <strong><Data>{field ? String(record[field]) : ''}</Data></strong>
        {body && <p><Data>{body}</Data></p>}
      </div>
    </li>
  );
}

export function Timeline({ id }: { id: string }) {
  const [before, setBefore] = useState<string>();
  const [older, setOlder] = useState<Happening[]>([]);
  const page = useRead('customer.timeline', { id, limit: 20, ...before ? { before } : {} });
  useEffect(() => {
    setBefore(undefined);
    setOlder([]);
  }, [id]);
  return (
    <Loaded of={page}>{(data) => {
      const all = before ? [...older, ...page.loading ? [] : data.items] : data.items;
      const more = () => {
        setOlder(all);
        setBefore(data.before ?? undefined);
      };
      return all.length === 0 ? <Empty>{t('none')}</Empty> : <>
        <ol class="timeline">
          {all.map((one) => <Entry key={`${one.entity}${String(one.record.id)}`} happening={one} />)}
        </ol>
        {data.before && data.items.length > 0 && <button type="button" class="outline more"
          onClick={more}>{t('more')}</button>}
      </>;
    }}</Loaded>
  );
}
