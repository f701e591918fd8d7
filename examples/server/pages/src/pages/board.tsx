// SPDX-License-Identifier: MIT
// Leads by level, the agenda, and what is neglected.
import { useState } from 'preact/hooks';
import type { PageProps } from '../app';
import { useRead } from '../hooks';
import { t } from '../i18n';
import { Loaded, Tabs } from '../ui/basic';
import { Agenda } from './agenda';
import { Columns } from './columns';
import { LeadDialog } from './lead';
import { Neglect } from './neglect';

type Tab = 'board' | 'agenda' | 'neglected';

export function Board({ me }: PageProps) {
  const [tab, setTab] = useState<Tab>('board');
  const [open, setOpen] = useState('');
  const [round, setRound] = useState(0);
  const levels = useRead('lead_level.list', { order: ['rank'], limit: 50 });
  const changed = () => {
    setOpen('');
    setRound((n) => n + 1);
  };
  return (
    <div class="board-page">
      <h1>{t('nav.board')}</h1>
      <Loaded of={levels}>{({ items }) => (
        <Tabs label={t('nav.board')} chosen={tab} choose={setTab} tabs={[
          { id: 'board', label: t('board.levels') },
          { id: 'agenda', label: t('board.agenda') },
          { id: 'neglected', label: t('board.neglected') },
        ]}>
          {tab === 'board' && <Columns me={me} levels={items} open={setOpen} round={round} />}
          {tab === 'agenda' && <Agenda open={setOpen} round={round} />}
          {tab === 'neglected' && <Neglect open={setOpen} round={round} />}
          {open && <LeadDialog id={open} levels={items} close={() => setOpen('')}
            done={changed} />}
        </Tabs>
      )}</Loaded>
    </div>
  );
}
