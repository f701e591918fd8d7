// SPDX-License-Identifier: MIT
// Leads whose follow-up is neglected, the longest first.
import { useEffect } from 'preact/hooks';
import { useNews, useRead } from '../hooks';
import { instant, number, span, t, word } from '../i18n';
import { Badge, Data, Empty, explain, Loaded } from '../ui/basic';

export function Neglect({ open, round }: { open: (id: string) => void; round: number }) {
  const list = useRead('lead.neglected', { limit: 200 });
  useEffect(() => {
    if (round)
      list.again();
  }, [round]);
  useNews(['lead.'], list.again);
  if (list.problem?.status === 403)
    return <Empty>{explain(list.problem)}</Empty>;
  return (
    <Loaded of={list}>{({ items }) => items.length === 0 ? <Empty>{t('neglected.none')}</Empty>
      : <div class="table" role="region" aria-label={t('board.neglected')} tabIndex={0}><table>
          <thead><tr>
            <th scope="col">{t('customer')}</th><th scope="col">{t('level')}</th>
            <th scope="col">{t('neglected.overdue')}</th><th scope="col">{t('neglected.due')}</th>
            <th scope="col">{t('neglected.raised')}</th><th scope="col">{t('owner')}</th>
            <th scope="col">{t('dealer')}</th><th scope="col">{t('neglected.attempts')}</th>
          </tr></thead>
          <tbody>{items.map((lead) => (
            <tr key={lead.lead_id}>
              <th scope="row"><button type="button" class="link"
                onClick={() => open(lead.lead_id)}><Data>{lead.customer}</Data></button></th>
              <td><Badge tone={`level-${lead.level}`}><bdi>{lead.level}</bdi></Badge></td>
              <td class="number bad">{span(lead.overdue_minutes * 60)}</td>
              <td>{instant(lead.due_at)}</td>
              <td>{word('raised', lead.raised_to)}</td>
              <td><Data>{lead.owner}</Data></td>
              <td><Data>{lead.dealer}</Data></td>
              <td class="number">{number(lead.attempts)}</td>
            </tr>
          ))}</tbody>
        </table></div>}</Loaded>
  );
}
