// SPDX-License-Identifier: MIT
// What pages are made of: data that is read, time that passes, news of the server.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { Problem, read, type Args, type Name, type Result } from './api';

export interface Read<T> {
  data?: T;
  seen?: Date;
  problem?: Problem;
  loading: boolean;
  again: () => void;
}

/** What an operation answers, read anew when its arguments change; null reads nothing. */
export function useRead<O extends Name>(name: O, args: Args<O> | null): Read<Result<O>> {
  const key = args === null ? '' : JSON.stringify(args);
  const [state, setState] = useState<Omit<Read<Result<O>>, 'again'>>({ loading: args !== null });
  const [round, setRound] = useState(0);
  const again = useCallback(() => setRound((n) => n + 1), []);
  useEffect(() => {
    if (args === null) {
      setState({ loading: false });
      return undefined;
    }
    let current = true;
    setState((old) => ({ ...old, loading: true }));
    read(name, args).then(
      (answer) => current && setState({ ...answer, loading: false }),
      (error: unknown) => current && setState({ loading: false,
        problem: error instanceof Problem ? error : new Problem(0, String(error)) }));
    return () => {
      current = false;
    };
  }, [name, key, round]);
  return { ...state, again };
}

/** The time, told anew every so many milliseconds. */
export function useNow(every = 1000): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}

/** A value once it has rested for so many milliseconds. */
export function useRested<T>(value: T, wait = 250): T {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), wait);
    return () => clearTimeout(timer);
  }, [JSON.stringify(value), wait]);
  return rested;
}

/** Calls back when the server tells of events whose type begins with one of the words. */
export function useNews(words: string[], act: () => void): void {
  const latest = useRef(act);
  latest.current = act;
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const heard = (event: Event) => {
      const type = String((event as CustomEvent<string>).detail);
      if (!words.some((word) => type.startsWith(word)))
        return;
      clearTimeout(timer);
      timer = setTimeout(() => latest.current(), 400);
    };
    addEventListener('crm-news', heard);
    return () => {
      clearTimeout(timer);
      removeEventListener('crm-news', heard);
    };
  }, [words.join()]);
}
