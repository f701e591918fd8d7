// SPDX-License-Identifier: MIT
// A service level clock that runs before one's eyes.
import { instant, isKey, seconds, span, t, type Key } from '../i18n';
import type { Clock } from '../shapes';

/** What a clock shows now: seconds left (below 0: late by), and how much of it is used. */
export function reading(clock: Clock, now: number) {
  const started = Date.parse(clock.started_at);
  const due = clock.due_at ? Date.parse(clock.due_at) : NaN;
  const at = clock.state === 'active' ? now : clock.stopped_at ? Date.parse(clock.stopped_at) : now;
  const left = Number.isNaN(due) ? seconds(clock.left) : (due - at) / 1000;
  const paused = clock.state === 'paused';
  const whole = paused || Number.isNaN(due) ? seconds(clock.target) : (due - started) / 1000;
  const used = paused ? whole - seconds(clock.left) : whole - left;
  return { left: paused ? seconds(clock.left) : left,
    share: whole > 0 ? Math.min(1, Math.max(0, used / whole)) : 1 };
}

export function tone(clock: Clock, share: number, left: number): string {
  if (clock.state === 'met')
    return 'good';
  if (clock.state === 'missed' || left < 0 || clock.breached_at)
    return 'bad';
  return clock.state === 'paused' ? 'plain' : share > 0.8 ? 'warn' : 'good';
}

const nameOf = (clock: Clock): string => {
  const key = `clock.${clock.clock}`;
  return isKey(key) ? t(key as Key) : clock.clock;
};

export function ClockFace({ clock, now }: { clock: Clock; now: number }) {
  const { left, share } = reading(clock, now);
  const kind = tone(clock, share, left);
  const ended = clock.state === 'met' || clock.state === 'missed';
  const state = clock.state === 'active' && left < 0 ? 'late' : clock.state;
  return (
    <div class={`clock ${kind}`}>
      <span class="what">{nameOf(clock)}</span>
      <strong class="time" role="timer" aria-live="off">
        {ended ? t(`clockstate.${clock.state}` as Key) : span(left, true)}</strong>
      <progress max={100} value={Math.round(share * 100)} aria-label={nameOf(clock)} />
      <span class="muted">{ended ? instant(clock.stopped_at)
        : `${t(`clockstate.${state}` as Key)} · ${t('clock.due')} ${instant(clock.due_at)}`}</span>
    </div>
  );
}
