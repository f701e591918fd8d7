// SPDX-License-Identifier: MIT
// The columns of the board. A lead is moved with the mouse, by keys (space takes it, arrows carry it,
// space puts it down, Escape puts it back) or by its level in its dialog.
import type { JSX } from 'preact';
import { memo } from 'preact/compat';
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { instant, levelName, number, relative, t } from '../i18n';
import type { LeadLevel } from '../operations';
import { idOf, type Me } from '../session';
import { Badge, Data } from '../ui/basic';
import { Choice } from '../ui/forms';
import { Icon } from '../ui/icons';
import { useLeads, type BoardLead, type Column } from './leads';

interface CardProps {
  lead: BoardLead;
  carried: boolean;
  open: (id: string) => void;
  grip: (event: JSX.TargetedKeyboardEvent<HTMLElement>, lead: BoardLead) => void;
  drag: (lead: BoardLead | null) => void;
}

const LeadCard = memo(({ lead, carried, open, grip, drag }: CardProps) => {
  const due = lead.next_contact_at;
  const late = Boolean(due && Date.parse(due) < Date.now());
  return (
    <li class={`lead-card${carried ? ' carried' : ''}${lead.neglected_at ? ' neglected' : ''}`}
      draggable onDragStart={(event) => {
        event.dataTransfer?.setData('text/plain', lead.id);
        drag(lead);
      }} onDragEnd={() => drag(null)}>
      <button type="button" class="grip" id={`grip-${lead.id}`} aria-pressed={carried}
        aria-label={t('board.move', { what: lead.subject ?? lead.model ?? '' })}
        aria-describedby="board-help" onKeyDown={(event) => grip(event, lead)}>
        <Icon name="drag" />
      </button>
      <button type="button" class="open" onClick={() => open(lead.id)}>
        <strong><Data>{lead.customer?.name}</Data></strong>
        <span><Data>{lead.subject || lead.model}</Data></span>
        <span class="row">
          {due && <Badge tone={late ? 'bad' : 'plain'}><time dateTime={due} title={instant(due)}>
            {relative(due)}</time></Badge>}
          {Number(lead.attempts) > 0 && <span class="muted">{t('board.attempts',
            { n: Number(lead.attempts) })}</span>}
        </span>
      </button>
    </li>
  );
});

/** Calls back when the end of a column comes into view. */
function End({ reach }: { reach: () => void }) {
  const ref = useRef<HTMLLIElement>(null);
  const latest = useRef(reach);
  latest.current = reach;
  useEffect(() => {
    const seen = new IntersectionObserver((entries) =>
      entries.some((entry) => entry.isIntersecting) && latest.current(), { rootMargin: '400px' });
    if (ref.current)
      seen.observe(ref.current);
    return () => seen.disconnect();
  }, []);
  return <li ref={ref} class="end" aria-hidden="true" />;
}

interface Carried {
  lead: BoardLead;
  from: string;
  to: string;
}

/** Steps of a key, to the next or the previous level as one reads. */
function stepOf(key: string): number {
  const ahead = document.documentElement.dir === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
  return key === ahead ? 1 : key === 'ArrowLeft' || key === 'ArrowRight' ? -1 : 0;
}

export function Columns({ me, levels, open, round }: {
  me: Me; levels: LeadLevel[]; open: (id: string) => void; round: number;
}) {
  const [whose, setWhose] = useState<'all' | 'mine'>('all');
  const codes = levels.map((level) => level.code);
  const board = useLeads(codes, whose === 'mine' ? idOf(me) : '', round);
  const [carried, setCarried] = useState<Carried | null>(null);
  const [dragged, setDragged] = useState<BoardLead | null>(null);
  const [over, setOver] = useState('');
  const [said, setSaid] = useState('');
  const now = useRef({ carried, board });
  now.current = { carried, board };

  useLayoutEffect(() => {
    if (carried)
      document.getElementById(`grip-${carried.lead.id}`)?.focus();
  }, [carried?.to]);

  const put = (what: Carried) => {
    setCarried(null);
    void now.current.board.move(what.lead, what.from, what.to).then(() =>
      document.getElementById(`grip-${what.lead.id}`)?.focus());
  };

  const grip = useCallback((event: JSX.TargetedKeyboardEvent<HTMLElement>, lead: BoardLead) => {
    const held = now.current.carried;
    const level = lead.level ?? '';
    if (event.key === ' ' || event.key === 'Enter') {
      event.preventDefault();
      if (held) {
        put(held);
      } else {
        setCarried({ lead, from: level, to: level });
        setSaid(t('board.taken', { what: lead.subject ?? '', level }));
      }
    } else if (held && event.key === 'Escape') {
      setCarried(null);
      setSaid(t('board.put_back'));
      setTimeout(() => document.getElementById(`grip-${lead.id}`)?.focus());
    } else if (held && stepOf(event.key)) {
      event.preventDefault();
      const to = codes[codes.indexOf(held.to) + stepOf(event.key)];
      if (to) {
        setCarried({ ...held, to });
        setSaid(t('board.over', { level: to }));
      }
    }
  }, [codes.join()]);

  const shown = (code: string, column: Column): BoardLead[] => {
    if (!carried || carried.from === carried.to)
      return column.items;
    const rest = column.items.filter((one) => one.id !== carried.lead.id);
    return carried.to === code ? [carried.lead, ...rest] : rest;
  };

  return <>
    <div class="board-tools">
      <Choice label={t('board.whose')} value={whose} change={setWhose}
        options={[['all', t('board.all')], ['mine', t('board.mine')]]} />
      <p id="board-help" class="muted">{t('board.help')}</p>
    </div>
    {board.problem && <p class="problem" role="alert">{board.problem}</p>}
    {board.seen && <p class="seen">{t('seen', { at: instant(board.seen) })}</p>}
    <div class="hidden" role="status" aria-live="assertive">{said}</div>
    <div class="columns-scroll" role="group" aria-label={t('board.levels')} tabIndex={0}>
      {levels.map(({ code, label }) => {
        const column = board.columns[code] ?? { items: [], next: null, total: 0, loading: true };
        return (
          <section key={code} class={`column${over === code ? ' over' : ''}`} data-level={code}
            aria-label={`${code} ${levelName(code, label)}`}
            onDragOver={(event) => {
              event.preventDefault();
              setOver(code);
            }}
            onDrop={(event) => {
              event.preventDefault();
              setOver('');
              if (dragged)
                put({ lead: dragged, from: dragged.level ?? '', to: code });
            }}>
            <h2><Badge tone={`level-${code}`}>{code}</Badge> <Data>{levelName(code, label)}</Data>
              <span class="count">{number(column.total)}</span></h2>
            <ul aria-busy={column.loading}>
              {shown(code, column).map((lead) => <LeadCard key={lead.id} lead={lead} open={open}
                grip={grip} drag={setDragged} carried={carried?.lead.id === lead.id} />)}
              {column.next && <End key={column.items.length} reach={() => board.more(code)} />}
            </ul>
          </section>
        );
      })}
    </div>
  </>;
}
