// SPDX-License-Identifier: MIT
import type { Nouns, SyncNouns } from './operations';

export * from './operations';

/** How to open a database. */
export interface Options {
  /** "system" (default), "user:UUID" or "customer:UUID" */
  principal?: string;
  /** IANA name of the business's time zone; UTC without it */
  zone?: string;
  /** READONLY, NO_CREATE, SYNC_NORMAL, NO_UPGRADE, added up */
  flags?: number;
  /** The clock, in microseconds since 1970; the system's without it */
  clock?: () => bigint | number;
  /** 32 bytes: the master key of encrypted fields */
  key?: Uint8Array;
  /** So many random bytes; for simulations only */
  random?: (size: number) => Uint8Array;
  /** By which engine.tick sends messages */
  transports?: Transport[];
  /** Other systems that engine.tick asks */
  connectors?: Connector[];
}

/** A message to send. */
export interface Message {
  channel: string;
  html: boolean;
  attempt: number;
  key: string;
  to: string;
  name: string | null;
  subject: string | null;
  body: string;
  language: string | null;
  text: string | null;
  unsubscribe: string | null;
  country: string | null;
  files: { name: string; mediaType: string; data: Uint8Array }[];
  headers: Record<string, string>;
}

/** What came of handing a message over. */
export interface Sent {
  outcome?: 'retry' | 'accepted' | 'delivered' | 'refused' | 'bad_address';
  reference?: string;
  reason?: string;
  retryAfter?: number;
  code?: number;
}

export interface Transport {
  name: string;
  channels: string[];
  dedupes?: boolean;
  bodyMax?: number;
  filesMax?: number;
  rate?: number;
  rateWindow?: number;
  /** Hand over one message, at once; what it throws counts as "not now", and comes out of the tick. */
  submit(message: Message): Sent | void;
}

/** What another system is asked. */
export interface Request {
  name: string;
  body: Record<string, any>;
  /** The request's id: the same in every attempt */
  key: string;
  attempt: number;
  /** Seconds within which the answer is wanted */
  timeout: number;
}

export interface Connector {
  name: string;
  dedupes?: boolean;
  /** Seconds; 30 without it */
  timeout?: number;
  answerMax?: number;
  /** Answer with what JSON can hold, at once, or throw Refused, Never or Later. What else it throws
   * counts as Later, and comes out of the tick. */
  ask(request: Request): unknown;
}

/** Thrown by ask: the other side has understood, and the answer is no. */
export class Refused extends Error {}
/** Thrown by ask: this request will never be answered. */
export class Never extends Error {}
/** Thrown by ask: not now. */
export class Later extends Error {
  constructor(message: string, seconds?: number);
  readonly seconds: number;
}

/** What a call may read from, write to and tell its progress. */
export interface Lent {
  /** Text, bytes, or a function that gives at most so many bytes, none at the end */
  input?: string | Uint8Array | ((room: number) => Uint8Array | null);
  output?: (bytes: Uint8Array) => void;
  /** Returning false ends the call */
  progress?: (what: string, done: number, total: number) => boolean | void;
}

/** A call failed; nothing was written. */
export class Failure extends Error {
  readonly code: string;
  readonly field: string;
  readonly reason: string;
  readonly retriable: boolean;
  readonly fields: { field: string; reason: string; message: string }[];
}

/** The arguments break their schema or a rule; see `fields`. */
export class Invalid extends Failure {}
/** No such operation or record, or not one that this session may see. */
export class NotFound extends Failure {}
/** A stale version, or a value that must be unique is taken. */
export class Conflict extends Failure {}
/** The session's role lacks the permission of this operation. */
export class Denied extends Failure {}
/** Another writer holds the storage; try again. */
export class Busy extends Failure {}
/** A fault of the program, such as use after close. */
export class Misuse extends Failure {}

/** The same nouns, answering at once instead of by promise. */
export interface Blocking extends SyncNouns {
  lend(lent: Lent): Blocking;
}

/** Somebody acting on a database. */
export interface Session extends Nouns {
  readonly blocking: Blocking;
  /** What the next call reads from, writes to and tells its progress */
  lend(lent: Lent): Session;
  invoke(operation: string, args?: object): Promise<any>;
  invokeSync(operation: string, args?: object): any;
  actingAs(principal: string): Session;
  describe(what?: 'registry' | 'openapi' | 'entities' | 'operations'): any;
  interrupt(): void;
  close(): void;
}

/** Open a database, creating or upgrading it as needed. */
export function open(where: string, options?: Options): Session;

export const version: string;
export const READONLY: 1;
export const NO_CREATE: 2;
export const SYNC_NORMAL: 4;
export const NO_UPGRADE: 8;
