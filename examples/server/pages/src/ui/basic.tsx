// SPDX-License-Identifier: MIT
// Small parts that all pages are made of. Data is only ever put in as text.
import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Problem } from '../api';
import type { Read } from '../hooks';
import { instant, isKey, t } from '../i18n';

/** Text of somebody's, in whatever direction it is written. */
export const Data = ({ children }: { children: ComponentChildren }) =>
  <bdi>{children || '–'}</bdi>;

/** A code that is read from the left everywhere: VIN, telephone number, plate. */
export const Code = ({ children }: { children: ComponentChildren }) =>
  <bdi dir="ltr" class="code">{children}</bdi>;

export const Badge = ({ tone = 'plain', children }:
{ tone?: string; children: ComponentChildren }) =>
  <span class={`badge ${tone}`}>{children}</span>;

export const Card = ({ title, action, children, class: kind = '', label }: {
  title?: ComponentChildren; action?: ComponentChildren; children: ComponentChildren;
  class?: string; label?: string;
}) => (
  <section class={`card ${kind}`} aria-label={label}>
    {(title || action) && <header><h2>{title}</h2>{action}</header>}
    {children}
  </section>
);

export const Empty = ({ children }: { children: ComponentChildren }) =>
  <p class="empty">{children}</p>;

/** One figure with what it is. */
export const Figure = ({ label, children, tone = '' }:
{ label: string; children: ComponentChildren; tone?: string }) => (
  <div class={`figure ${tone}`}><span class="what">{label}</span><strong>{children}</strong></div>
);

/** Pairs of what and how much. */
export const Facts = ({ rows }: { rows: [string, ComponentChildren][] }) => (
  <dl class="facts">
    {rows.filter(([, value]) => value !== null && value !== undefined && value !== '')
      .map(([label, value]) => <div key={label}><dt>{label}</dt><dd>{value}</dd></div>)}
  </dl>
);

export function explain(problem: unknown): string {
  if (!(problem instanceof Problem))
    return String(problem);
  if (problem.status === 0)
    return t('problem.unreachable');
  // What the server says of what was typed says most; of the rest, the language of the page does.
  const key = `problem.${problem.status}`;
  const own = isKey(key) ? t(key) : '';
  return (problem.status === 422 ? problem.detail : own) || problem.detail || `${problem.status}`;
}

/** What was read, once it is there; what is the matter when it is not. */
export function Loaded<T>({ of, hide = false, children }: {
  of: Read<T>; hide?: boolean; children: (data: T) => ComponentChildren;
}): JSX.Element | null {
  if (of.problem)
    return hide && of.problem.absent ? null
      : <p class="problem" role="alert">{explain(of.problem)}{' '}
        <button type="button" class="link" onClick={of.again}>{t('again')}</button></p>;
  if (of.data === undefined)
    return of.loading ? <p aria-busy="true" class="loading">{t('loading')}</p> : null;
  return <>
    {of.seen && <p class="seen">{t('seen', { at: instant(of.seen) })}</p>}
    {children(of.data)}
  </>;
}

/** A button that does something with the server: busy meanwhile, and says what went wrong. */
export function Action({ run, children, class: kind = '', disabled = false }: {
  run: () => Promise<unknown>; children: ComponentChildren; class?: string; disabled?: boolean;
}) {
  const [busy, setBusy] = useState(false);
  const act = async () => {
    setBusy(true);
    try {
      await run();
    } catch (error) {
      tell(explain(error), 'bad');
    } finally {
      setBusy(false);
    }
  };
  return <button type="button" class={kind} disabled={disabled || busy} aria-busy={busy}
    onClick={() => void act()}>{children}</button>;
}

/** Tells the user something for a while, and screen readers too. */
export function tell(text: string, tone = 'good'): void {
  dispatchEvent(new CustomEvent('crm-tell', { detail: { text, tone } }));
}

/** Tabs, by arrow keys too (WAI-ARIA "Tabs"). */
export function Tabs<T extends string>({ tabs, chosen, choose, label, children }: {
  tabs: { id: T; label: string }[]; chosen: T; choose: (id: T) => void; label: string;
  children: ComponentChildren;
}) {
  const move = (event: JSX.TargetedKeyboardEvent<HTMLElement>) => {
    const ahead = document.documentElement.dir === 'rtl' ? 'ArrowLeft' : 'ArrowRight';
    const back = document.documentElement.dir === 'rtl' ? 'ArrowRight' : 'ArrowLeft';
    const step = event.key === ahead ? 1 : event.key === back ? -1 : 0;
    if (!step)
      return;
    const place = tabs.findIndex((tab) => tab.id === chosen);
    const next = tabs[(place + step + tabs.length) % tabs.length];
    if (next) {
      choose(next.id);
      document.getElementById(`tab-${next.id}`)?.focus();
    }
    event.preventDefault();
  };
  return <>
    <div role="tablist" aria-label={label} class="tabs" onKeyDown={move}>
      {tabs.map((tab) => <button type="button" role="tab" id={`tab-${tab.id}`} key={tab.id}
        aria-selected={tab.id === chosen} aria-controls="tab-panel"
        tabIndex={tab.id === chosen ? 0 : -1} onClick={() => choose(tab.id)}>{tab.label}</button>)}
    </div>
    <div role="tabpanel" id="tab-panel" aria-labelledby={`tab-${chosen}`}>{children}</div>
  </>;
}
