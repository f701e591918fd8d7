// SPDX-License-Identifier: MIT
// Solar Hijri dates by the browser's own calendar data, and back.
const format = new Intl.DateTimeFormat('en-u-ca-persian-nu-latn',
  { timeZone: 'UTC', year: 'numeric', month: 'numeric', day: 'numeric' });
const DAY = 86400e3;

export interface Jalali {
  year: number;
  month: number;
  day: number;
}

function of(time: number): Jalali {
  const parts = Object.fromEntries(format.formatToParts(time).map((part) =>
    [part.type, parseInt(part.value, 10)]));
  return { year: parts.year ?? 0, month: parts.month ?? 0, day: parts.day ?? 0 };
}

/** Days of the year before a month: six months of 31 days, then of 30. */
const before = (month: number) => (month - 1) * 31 - Math.max(0, month - 7);

/** The Solar Hijri date of a civil date "2026-11-22". */
export const toJalali = (day: string): Jalali => of(Date.parse(`${day}T00:00Z`));

/** Days of a month. */
export function monthDays(year: number, month: number): number {
  if (month < 12)
    return month <= 6 ? 31 : 30;
  return of(start(year) + 365 * DAY).year === year ? 30 : 29;
}

/** The first day of a year: 20, 21 or 22 March of the Gregorian year that is 621 later. */
function start(year: number): number {
  for (let day = 19; day <= 22; day++) {
    const time = Date.UTC(year + 621, 2, day);
    if (of(time).year === year)
      return time;
  }
  return Date.UTC(year + 621, 2, 21);
}

/** The civil date of a Solar Hijri date. */
export const fromJalali = ({ year, month, day }: Jalali): string =>
  new Date(start(year) + (before(month) + day - 1) * DAY).toISOString().slice(0, 10);
