// SPDX-License-Identifier: MIT
// Calls of the server's operations, typed by its own description of them.
import { ROUTES, type Operations } from './operations';
import { recall, remember } from './seen';
import type { Shapes } from './shapes';

export type Name = keyof Operations;
export type Args<O extends Name> = Operations[O]['args'];
export type Result<O extends Name> = O extends keyof Shapes ? Shapes[O] : Operations[O]['result'];

/** What the server refused, in its words (RFC 9457), or that it cannot be reached (status 0). */
export class Problem extends Error {
  constructor(readonly status: number, readonly detail: string, readonly reason = '',
    readonly field = '') {
    super(detail);
  }

  /** It is not for this user, or not in this server: the page goes without it. */
  get absent(): boolean {
    return this.status === 403 || this.status === 404 || this.status === 501;
  }
}

/** An answer; seen tells that it is an old one, from when the server was last reached. */
export interface Answer<T> {
  data: T;
  seen?: Date;
}

type Listener = (online: boolean) => void;
const listeners = new Set<Listener>();
let online = true;
let csrf = '';
let signedOut: () => void = () => undefined;

export function onReach(listener: Listener): () => void {
  listeners.add(listener);
  listener(online);
  return () => listeners.delete(listener);
}

/** What to do when the session has ended. */
export function onSignedOut(act: () => void): void {
  signedOut = act;
}

export function setToken(token: string): void {
  csrf = token;
}

function reached(now: boolean): void {
  if (now === online)
    return;
  online = now;
  listeners.forEach((listener) => listener(now));
}

async function problem(response: Response): Promise<Problem> {
  const told = await response.json().catch(() => ({})) as Record<string, unknown>;
  const text = (name: string) => typeof told[name] === 'string' ? told[name] : '';
  return new Problem(response.status, text('detail') || text('message') || text('title')
    || response.statusText, text('reason'), text('field'));
}

const TRIES = 7;

/** Sends a request; again a little later while the server is busy, which then has done nothing. */
async function send(path: string, request: RequestInit): Promise<Response> {
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(path, request);
    if (response.status !== 503 || attempt === TRIES)
      return response;
    await new Promise((resume) => setTimeout(resume, 200 * attempt));
  }
}

/** One exchange with the server; what it answered as JSON. */
export async function exchange(method: string, path: string, body?: unknown): Promise<unknown> {
  const headers: Record<string, string> = { accept: 'application/json' };
  if (body !== undefined)
    headers['content-type'] = 'application/json';
  if (method !== 'GET' && csrf)
    headers['x-csrf-token'] = csrf;
  let response: Response;
  try {
    response = await send(path, { method, headers, credentials: 'same-origin',
      body: body === undefined ? null : JSON.stringify(body) });
  } catch {
    reached(false);
    throw new Problem(0, '');
  }
  reached(true);
  if (response.status === 401 && path.startsWith('/v1/'))
    signedOut();
  if (!response.ok)
    throw await problem(response);
  return response.status === 204 ? {} : response.json();
}

/** The request that an operation with its arguments is. */
export function request(name: Name, args: Record<string, unknown>) {
  const [method, route] = ROUTES[name];
  const rest = { ...args };
  const path = route.replace(/\{(\w+)\}/g, (_all, key: string) => {
    const value = String(rest[key]);
    delete rest[key];
    return encodeURIComponent(value);
  });
  if (method !== 'GET')
    return { method, path, body: rest };
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(rest))
    if (value !== undefined && value !== null)
      query.set(key, typeof value === 'object' ? JSON.stringify(value) : String(value));
  const text = query.toString();
  return { method, path: text ? `${path}?${text}` : path, body: undefined };
}

/** Calls an operation that changes something. */
export async function call<O extends Name>(name: O, args: Args<O>): Promise<Result<O>> {
  const { method, path, body } = request(name, args as Record<string, unknown>);
  return await exchange(method, path, body) as Result<O>;
}

/** Calls an operation that reads; what was last seen when the server cannot be reached. */
export async function read<O extends Name>(name: O, args: Args<O>): Promise<Answer<Result<O>>> {
  const key = `${name}?${JSON.stringify(args)}`;
  try {
    const data = await call(name, args);
    void remember(key, data);
    return { data };
  } catch (error) {
    const old = error instanceof Problem && error.status === 0 ? await recall(key) : undefined;
    if (!old)
      throw error;
    return { data: old.data as Result<O>, seen: old.at };
  }
}
