// SPDX-License-Identifier: MIT
// Fields of forms, dates in the user's calendar, and the dialog.
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { language, number, t } from '../i18n';
import { fromJalali, monthDays, toJalali } from '../jalali';
import { explain } from './basic';

interface FieldProps {
  label: string;
  value: string;
  change: (value: string) => void;
  type?: string;
  hint?: string;
  required?: boolean;
  autocomplete?: string;
  inputMode?: 'text' | 'decimal' | 'numeric' | 'search';
  rows?: number;
  invalid?: boolean;
}

export function Field({ label, value, change, type = 'text', hint, required, autocomplete,
  inputMode, rows, invalid }: FieldProps) {
  const id = useId();
  const common = {
    id, value, required, 'aria-describedby': hint ? `${id}-hint` : undefined,
    'aria-invalid': invalid || undefined, dir: 'auto' as const,
    onInput: (event: JSX.TargetedInputEvent<HTMLInputElement | HTMLTextAreaElement>) =>
      change(event.currentTarget.value),
  };
  return (
    <div class="field">
      <label for={id}>{label}</label>
      {rows ? <textarea {...common} rows={rows} />
        : <input {...common} type={type} autocomplete={autocomplete} inputMode={inputMode} />}
      {hint && <small id={`${id}-hint`}>{hint}</small>}
    </div>
  );
}

export function Choice<T extends string>({ label, value, change, options }: {
  label: string; value: T; change: (value: T) => void; options: [T, string][];
}) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => change(event.currentTarget.value as T)}>
        {options.map(([option, text]) => <option key={option} value={option}>{text}</option>)}
      </select>
    </div>
  );
}

const range = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);

/** A date, "2026-11-22": the browser's own field, or year, month and day of Solar Hijri. */
export function DateField({ label, value, change }: {
  label: string; value: string; change: (value: string) => void;
}) {
  const id = useId();
  if (!language().jalali)
    return (
      <div class="field">
        <label for={id}>{label}</label>
        <input id={id} type="date" value={value} required
          onInput={(event) => event.currentTarget.value && change(event.currentTarget.value)} />
      </div>
    );
  const at = toJalali(value);
  const set = (part: Partial<typeof at>) => {
    const next = { ...at, ...part };
    change(fromJalali({ ...next, day: Math.min(next.day, monthDays(next.year, next.month)) }));
  };
  const name = new Intl.DateTimeFormat(language().locale, { month: 'long', timeZone: 'UTC' });
  const plain = { useGrouping: false };
  const select = (part: 'year' | 'month' | 'day', options: number[],
    text: (n: number) => string) => (
    <select aria-label={`${label}: ${t(`date.${part}`)}`} value={String(at[part])}
      onChange={(event) => set({ [part]: Number(event.currentTarget.value) })}>
      {options.map((n) => <option key={n} value={String(n)}>{text(n)}</option>)}
    </select>
  );
  return (
    <fieldset class="field jalali">
      <legend>{label}</legend>
      <div class="parts">
        {select('day', range(1, monthDays(at.year, at.month)), (n) => number(n))}
        {select('month', range(1, 12), (n) =>
          name.format(new Date(`${fromJalali({ year: at.year, month: n, day: 1 })}T00:00Z`)))}
        {select('year', range(at.year - 10, 21), (n) => number(n, plain))}
      </div>
    </fieldset>
  );
}

/** A dialog; closed by Escape, the button, or when what it asks for is done. */
export function Dialog({ title, close, children }: {
  title: ComponentChildren; close: () => void; children: ComponentChildren;
}) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const from = document.activeElement;
    ref.current?.showModal();
    return () => from instanceof HTMLElement && from.focus();
  }, []);
  return (
    <dialog ref={ref} aria-labelledby={id} onClose={close}>
      <article>
        <header>
          <h2 id={id}>{title}</h2>
          <button type="button" class="dismiss" aria-label={t('close')} onClick={close} />
        </header>
        {children}
      </article>
    </dialog>
  );
}

/** A form that sends something: its button is busy meanwhile, what went wrong stands above it. */
export function Form({ send, button, children, disabled = false }: {
  send: () => Promise<unknown>; button: string; children: ComponentChildren; disabled?: boolean;
}) {
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState('');
  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    setWrong('');
    try {
      await send();
    } catch (error) {
      setWrong(explain(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      {children}
      {wrong && <p class="problem" role="alert"><bdi>{wrong}</bdi></p>}
      <button type="submit" aria-busy={busy} disabled={busy || disabled}>{button}</button>
    </form>
  );
}
