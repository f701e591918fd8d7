// SPDX-License-Identifier: MIT
// The board's leads by level: page by page as one scrolls, moved at once and told to the server.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { call, read, type Result } from '../api';
import { useNews } from '../hooks';
import { t } from '../i18n';
import { explain, tell } from '../ui/basic';

export type BoardLead = Result<'lead.list'>['items'][number];

export interface Column {
  items: BoardLead[];
  next: string | null;
  total: number;
  loading: boolean;
}

const PAGE = 50;
const OPEN = { status: { $nin: ['won', 'lost'] } };
const FIELDS = ['id', 'subject', 'model', 'level', 'status', 'customer_id', 'next_contact_at',
  'neglected_at', 'attempts', 'contacts'];
/** Leads anew; those that are as they were stay the same objects, so that nothing is drawn again. */
function renewed(old: BoardLead[], items: BoardLead[]): BoardLead[] {
  const known = new Map(old.map((lead) => [lead.id, lead]));
  return items.map((lead) => {
    const before = known.get(lead.id);
    return before && JSON.stringify(before) === JSON.stringify(lead) ? before : lead;
  });
}

const none: Column = { items: [], next: null, total: 0, loading: false };

export function useLeads(levels: string[], owner: string, round: number) {
  const [columns, setColumns] = useState<Record<string, Column>>({});
  const [problem, setProblem] = useState('');
  const [seen, setSeen] = useState<Date>();
  const latest = useRef(columns);
  latest.current = columns;
  const change = useCallback((level: string, act: (column: Column) => Column) =>
    setColumns((all) => ({ ...all, [level]: act(all[level] ?? none) })), []);

  const fetchPage = useCallback(async (level: string, limit: number, after?: string | null) => {
    const where = { level, ...OPEN, ...owner ? { owner_id: owner } : {} };
    change(level, (column) => ({ ...column, loading: true }));
    try {
      const { data, seen: old } = await read('lead.list', { where, limit, fields: FIELDS,
        order: ['next_contact_at'], include: ['customer'], ...after ? { after } : {} });
      setSeen(old);
      change(level, (column) => ({ ...column, next: data.next, loading: false,
        items: after ? [...column.items, ...data.items] : renewed(column.items, data.items) }));
    } catch (error) {
      setProblem(explain(error));
      change(level, (column) => ({ ...column, loading: false }));
    }
  }, [owner]);

  const load = useCallback(async () => {
    setProblem('');
    const names = levels;
    await Promise.all(names.map((level) => fetchPage(level,
      Math.min(1000, Math.max(PAGE, latest.current[level]?.items.length ?? 0)))));
    const where = { ...OPEN, ...owner ? { owner_id: owner } : {} };
    const totals = await read('lead.aggregate', { where, group: ['level'] }).catch(() => undefined);
    for (const level of names)
      change(level, (column) => ({ ...column, total: totals?.data.rows.find((row) =>
        row.level === level)?.count ?? column.items.length }));
  }, [levels.join(), owner, fetchPage]);

  useEffect(() => void load(), [load, round]);
  useNews(['lead.'], () => void load());

  const more = useCallback((level: string) => {
    const column = latest.current[level];
    if (column?.next && !column.loading)
      void fetchPage(level, PAGE, column.next);
  }, [fetchPage]);

  const shift = (lead: BoardLead, from: string, to: string) => {
    change(from, (column) => ({ ...column, total: column.total - 1,
      items: column.items.filter((one) => one.id !== lead.id) }));
    change(to, (column) => ({ ...column, total: column.total + 1,
      items: [{ ...lead, level: to }, ...column.items.filter((one) => one.id !== lead.id)] }));
  };

  const move = async (lead: BoardLead, from: string, to: string) => {
    if (from === to)
      return;
    shift(lead, from, to);
    try {
      await call('lead.set_level', { id: lead.id, level: to, reason: t('board.reason') });
      tell(t('board.moved', { what: lead.subject ?? '', level: to }));
    } catch (error) {
      shift(lead, to, from);
      tell(explain(error), 'bad');
    }
  };
  return { columns, problem, seen, load, more, move };
}
