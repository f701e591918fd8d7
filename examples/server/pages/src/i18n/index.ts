// SPDX-License-Identifier: MIT
// The language of the pages: texts, direction, and the way numbers, amounts and times are written.
import { en, type Key, type Texts } from './en';

export type { Key };

export interface Language {
  name: string;
  locale: string;
  dir: 'ltr' | 'rtl';
  /** Solar Hijri dates. */
  jalali?: boolean;
  /** How units of time are written; narrow ones are not translated in every language. */
  units?: 'short';
  load: () => Promise<Texts>;
}

export const LANGUAGES: Record<string, Language> = {
  en: { name: 'English', locale: 'en-GB', dir: 'ltr', load: async () => en },
  fa: { name: 'فارسی', locale: 'fa-IR-u-ca-persian-nu-arabext', dir: 'rtl', jalali: true,
    units: 'short',
    load: async () => (await import('./fa')).fa },
  it: { name: 'Italiano', locale: 'it-IT', dir: 'ltr', load: async () => (await import('./it')).it },
  zh: { name: '中文', locale: 'zh-CN', dir: 'ltr', load: async () => (await import('./zh')).zh },
  ru: { name: 'Русский', locale: 'ru-RU', dir: 'ltr', load: async () => (await import('./ru')).ru },
};

let code = 'en';
let texts: Texts = en;
const listeners = new Set<() => void>();

export const language = () => LANGUAGES[code] as Language;
export const languageCode = () => code;
export const isKey = (word: string): word is Key => word in en;

export function onLanguage(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const made = new Map<string, unknown>();

/** A formatter of the language, made once: making one takes longer than a hundred uses. */
function once<T>(kind: string, options: object, make: (locale: string) => T): T {
  const key = `${code} ${kind} ${JSON.stringify(options)}`;
  if (!made.has(key))
    made.set(key, make(language().locale));
  return made.get(key) as T;
}

/** The language chosen here before, else the user's, else the browser's, else English. */
export function preferred(ofUser?: string | null): string {
  const chosen = localStorage.getItem('language');
  const wanted = [chosen, ofUser, ...navigator.languages].map((tag) => tag?.slice(0, 2) ?? '');
  return wanted.find((tag) => tag in LANGUAGES) ?? 'en';
}

export async function setLanguage(wanted: string): Promise<void> {
  const found = LANGUAGES[wanted];
  if (!found)
    return;
  texts = await found.load();
  code = wanted;
  document.documentElement.lang = wanted;
  document.documentElement.dir = found.dir;
  listeners.forEach((listener) => listener());
}

/**
 * The text of a key. {name} is replaced by a parameter; a text of several forms, divided by |, is
 * chosen by the parameter n and the plural rules of the language.
 */
export function t(key: Key, params: Record<string, string | number> = {}): string {
  let text = texts[key];
  if (text.includes('|')) {
    const forms = text.split('|');
    const rules = once('plural', {}, (locale) => new Intl.PluralRules(locale));
    const names = ['zero', 'one', 'two', 'few', 'many', 'other']
      .filter((name) => rules.resolvedOptions().pluralCategories.some((one) => one === name));
    const place = names.indexOf(rules.select(Number(params.n)));
    text = forms[Math.min(place, forms.length - 1)] ?? '';
  }
  return text.replace(/\{(\w+)\}/g, (_all, name: string) => {
    const value = params[name] ?? '';
    return typeof value === 'number' ? number(value) : value;
  });
}

/** The word for a value of a list of choices, "status.won"; the value where there is none. */
export function word(list: string, value: string | null | undefined): string {
  const key = `${list}.${value}`;
  return value ? isKey(key) ? t(key) : value.replace(/_/g, ' ') : '';
}

export const number = (value: number, options: Intl.NumberFormatOptions = {}) =>
  once('number', options, (locale) => new Intl.NumberFormat(locale, options)).format(value);

export const percent = (share: number | null | undefined) =>
  share === null || share === undefined ? '–'
    : number(share, { style: 'percent', maximumFractionDigits: 1 });

/** An amount as the server tells it, decimal text; its digits are never rounded. */
export function money(amount: string | null | undefined, currency: string | null | undefined) {
  if (!amount)
    return '–';
  const digits = amount.split('.')[1]?.length ?? 0;
  const options: Intl.NumberFormatOptions = {
    minimumFractionDigits: digits, maximumFractionDigits: digits,
    ...currency ? { style: 'currency', currency } : {} };
  const format = once('number', options, (locale) => new Intl.NumberFormat(locale, options));
  return format.format(amount as unknown as number);
}

type DateStyle = Intl.DateTimeFormatOptions;

const dateFormat = (options: DateStyle) =>
  once('date', options, (locale) => new Intl.DateTimeFormat(locale, options));

/** A civil date, "2026-11-22". */
export const date = (day: string | null | undefined,
  options: DateStyle = { year: 'numeric', month: 'short', day: 'numeric' }) =>
  day ? dateFormat({ ...options, timeZone: 'UTC' }).format(new Date(`${day.slice(0, 10)}T00:00Z`))
    : '–';

/** An instant, on the clock of who looks. */
export const instant = (at: string | number | Date | null | undefined,
  options: DateStyle = { year: 'numeric', month: 'short', day: 'numeric', hour: '2-digit',
    minute: '2-digit' }) => at ? dateFormat(options).format(new Date(at)) : '–';

const UNITS = [['day', 86400], ['hour', 3600], ['minute', 60]] as const;

/** How long ago, or in how long: the largest unit that fits. */
export function relative(at: string | number | Date, now = Date.now()): string {
  const seconds = (new Date(at).getTime() - now) / 1000;
  const format = once('relative', {}, (locale) =>
    new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }));
  for (const [unit, size] of UNITS)
    if (Math.abs(seconds) >= size)
      return format.format(Math.trunc(seconds / size), unit);
  return format.format(Math.trunc(seconds), 'second');
}

/** A span in its two largest units; below a day with seconds if asked for, as a clock: 3:07:21. */
export function span(seconds: number, clock = false): string {
  const rest = Math.max(0, Math.floor(Math.abs(seconds)));
  const hours = Math.floor(rest / 3600);
  const two = (value: number) => number(value, { minimumIntegerDigits: 2 });
  if (clock && hours < 24)
    return `${two(hours)}:${two(Math.floor(rest / 60) % 60)}:${two(rest % 60)}`;
  const unit = (value: number, name: string) => number(value,
    { style: 'unit', unit: name, unitDisplay: language().units ?? 'narrow' });
  if (hours >= 24)
    return `${unit(Math.floor(hours / 24), 'day')} ${unit(hours % 24, 'hour')}`;
  const minutes = unit(Math.floor(rest / 60) % 60, 'minute');
  return hours ? `${unit(hours, 'hour')} ${minutes}` : minutes;
}

/** Seconds of an ISO 8601 duration of hours, minutes and seconds, "PT27H15M". */
export function seconds(duration: string | null | undefined): number {
  const found = /^(-?)P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(duration ?? '');
  if (!found)
    return 0;
  const [sign, days, hours, minutes, rest] = found.slice(1);
  const sum = Number(days ?? 0) * 86400 + Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60
    + Number(rest ?? 0);
  return sign ? -sum : sum;
}

/** A number as typed, in any digits, as plain decimal text; '' where it is none. */
export function typed(text: string): string {
  const latin = text.replace(/[\u06f0-\u06f9\u0660-\u0669]/g,
    (digit) => String((digit.codePointAt(0) ?? 0) % 16));
  const plain = latin.replace(/[\s\u00a0\u202f'\u066c]/g, '').replace('\u066b', '.');
  const point = plain.lastIndexOf('.') > plain.lastIndexOf(',') ? '.' : ',';
  const clean = /[.,]\d{1,2}$/.test(plain) || !/^\d{1,3}([.,]\d{3})+$/.test(plain)
    ? plain.split(point === '.' ? ',' : '.').join('').replace(',', '.')
    : plain.replace(/[.,]/g, '');
  return /^\d+(\.\d+)?$/.test(clean) ? clean : '';
}

/** The name of a lead's level: the library's own ones translated, others as they were given. */
export function levelName(code: string, label: string | null | undefined): string {
  const key = `levelname.${code}`;
  return isKey(key) && label === en[key] ? t(key) : label ?? '';
}
