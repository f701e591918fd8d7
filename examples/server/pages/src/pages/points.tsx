// SPDX-License-Identifier: MIT
// The customer's points in each club.
import { useRead } from '../hooks';
import { date, instant, number, t, word } from '../i18n';
import type { Club } from '../shapes';
import { Badge, Card, Data, Figure, Loaded } from '../ui/basic';

function Statement({ id }: { id: string }) {
  const year = new Date(Date.now() - 365 * 86400e3).toISOString().slice(0, 10);
  const statement = useRead('loyalty.statement', { member_id: id, from: year, limit: 100 });
  return (
    <Loaded of={statement} hide>{({ items }) => items.length === 0 ? null
      : <details><summary>{t('portal.statement')}</summary>
          <ul class="plain-list">{items.map((line, i) => (
            <li key={line.at + i} class="row spread">
              <span>{word('points', line.kind)} <span class="muted">
                <Data>{line.source}</Data>, {instant(line.at, { dateStyle: 'medium' })}</span></span>
              <strong class="number">{number(line.points, { signDisplay: 'exceptZero' })}</strong>
            </li>
          ))}</ul>
        </details>}</Loaded>
  );
}

function ClubCard({ club }: { club: Club }) {
  const balance = useRead('loyalty.balance', { member_id: club.member_id });
  return (
    <Card title={<>{t('portal.points')} · <Data>{club.program}</Data></>}
      action={club.tier ? <Badge tone="accent"><Data>{club.tier}</Data></Badge> : undefined}>
      <Loaded of={balance}>{(data) => <>
        <div class="figures">
          <Figure label={t('portal.available')} tone="accent">{number(data.available ?? 0)}
          </Figure>
          <Figure label={t('portal.pending')}>{number(data.pending ?? 0)}</Figure>
        </div>
        {data.next_expires_on && <p class="muted">{t('portal.expires',
          { n: data.next_expires ?? 0, at: date(data.next_expires_on) })}</p>}
      </>}</Loaded>
      <Statement id={club.member_id} />
    </Card>
  );
}

export function Points() {
  const clubs = useRead('portal.clubs', {});
  return (
    <Loaded of={clubs} hide>{({ items }) =>
      items.map((club) => <ClubCard key={club.member_id} club={club} />)}</Loaded>
  );
}
