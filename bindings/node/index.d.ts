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
  /** By which engine.tick sends messages */
  transports?: Transport[];
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
  /** Hand over one message; what it throws counts as "not now", and comes out of the tick. */
  submit(message: Message): Sent | void;
}

/** A call failed; nothing was written. */
export class Failure extends Error {
  readonly code: string;
  readonly field: string;
  readonly reason: string;
  readonly retriable: boolean;
  readonly fields: { field: string; reason: string; message: string }[];
}

/** Somebody acting on a database. */
export interface Session extends Nouns {
  readonly blocking: SyncNouns;
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
