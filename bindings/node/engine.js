// SPDX-License-Identifier: MIT
'use strict';

const library = require('./library.js');
const { failureOf, misuse } = require('./failure.js');

const { koffi } = library;
const CHANNELS = ['sms', 'email', 'fax', 'letter', 'phone', 'push', 'messenger', 'portal',
  'webhook'];
const OUTCOMES = { retry: 0, accepted: 1, delivered: 2, refused: 3, bad_address: 4 };

function messageOf(pointer) {
  const raw = koffi.decode(pointer, library.Outgoing);
  const files = raw.n_files
    ? koffi.decode(raw.files, koffi.array('acrm_outgoing_file', raw.n_files)) : [];
  const headers = raw.n_headers
    ? koffi.decode(raw.headers, koffi.array('acrm_outgoing_header', raw.n_headers)) : [];
  return {
    channel: CHANNELS[31 - Math.clz32(raw.channel)], html: raw.html !== 0, attempt: raw.attempt,
    key: raw.key, to: raw.to, name: raw.name, subject: raw.subject, body: raw.body,
    language: raw.language, text: raw.text, unsubscribe: raw.unsubscribe, country: raw.country,
    files: files.map((file) => ({
      name: file.name, mediaType: file.media_type,
      data: Buffer.from(koffi.decode(file.data, koffi.array('uint8_t', Number(file.size), 'Typed'))),
    })),
    headers: Object.fromEntries(headers.map((header) => [header.name, header.value])),
  };
}

/** At most 127 bytes, cut between characters. */
function fit(text) {
  let short = String(text || '');
  while (Buffer.byteLength(short) > 127) short = Array.from(short).slice(0, -1).join('');
  return short;
}

function answer(pointer, sent) {
  const { outcome = 'accepted', retryAfter = 0, code = 0, reference, reason } = sent || {};
  if (!(outcome in OUTCOMES)) {
    throw new TypeError(`an outcome is one of ${Object.keys(OUTCOMES).join(', ')}`);
  }
  koffi.encode(pointer, library.Sent, {
    struct_size: koffi.sizeof(library.Sent), outcome: OUTCOMES[outcome], retry_after: retryAfter,
    code, reference: fit(reference), reason: fit(reason),
  });
}

/** An open database, with the callbacks that it may make. What they throw is kept for the call. */
class Engine {
  constructor(where, { zone = null, flags = 0, clock = null, transports = [] }) {
    this.callbacks = [];
    this.sessions = 0;
    this.thrown = null;
    this.transports = transports.map((transport) => this.#transport(transport));
    const room = this.transports.length
      ? koffi.alloc(library.Transport, this.transports.length) : null;
    this.transports.forEach((each, n) => koffi.encode(room,
      n * koffi.sizeof(library.Transport), library.Transport, each));
    const out = [null];
    const err = [null];
    const status = library.open(String(where), {
      struct_size: koffi.sizeof(library.Options), flags, zone,
      allocator: null, random: null, log: null, keys: null, blobs: null, phone: null,
      clock: clock && this.#clock(clock), transports: room, n_transports: this.transports.length,
    }, out, err);
    if (room) koffi.free(room);
    this.handle = out[0];
    const failure = status === 0 ? null : failureOf(status, err[0]);
    if (failure || this.thrown) {
      const thrown = this.takeThrown() || failure;
      this.close();
      throw thrown;
    }
  }

  #register(prototype, run, failed) {
    const callback = koffi.register((...given) => {
      try {
        return run(...given);
      } catch (error) {
        this.thrown = this.thrown || error;
        return failed;
      }
    }, koffi.pointer(prototype));
    this.callbacks.push(callback);
    return callback;
  }

  #clock(now) {
    return {
      struct_size: koffi.sizeof(library.Clock), flags: 0, self: null,
      now: this.#register(library.NowProto, () => BigInt(now()), 0),
    };
  }

  #transport(transport) {
    const submit = (self, message, sent) => {
      answer(sent, transport.submit(messageOf(message)));
      return 0;
    };
    return {
      struct_size: koffi.sizeof(library.Transport), flags: transport.dedupes ? 1 : 0,
      name: transport.name,
      channels: transport.channels.reduce((bits, name) => bits | (1 << CHANNELS.indexOf(name)), 0),
      body_max: transport.bodyMax || 0, rate: transport.rate || 0,
      rate_window: transport.rateWindow || 0, self: null,
      submit: this.#register(library.SubmitProto, submit, -1),
      files_max: transport.filesMax || 0, reserved: 0,
    };
  }

  takeThrown() {
    const { thrown } = this;
    this.thrown = null;
    return thrown;
  }

  opened() {
    if (!this.handle) throw misuse('the database was closed');
    return this.handle;
  }

  describe(what) {
    const out = [null];
    const err = [null];
    const status = library.describe(this.opened(), what, out, err);
    if (status !== 0) throw failureOf(status, err[0]);
    const text = library.bufData(out[0]);
    library.bufFree(out[0]);
    return JSON.parse(text);
  }

  close() {
    if (this.handle) library.close(this.handle);
    this.handle = null;
    this.#forget();
  }

  ended() {
    this.sessions -= 1;
    this.#forget();
  }

  /** Sessions keep a database that was closed, and its callbacks with it. */
  #forget() {
    if (this.handle || this.sessions) return;
    this.callbacks.forEach((callback) => koffi.unregister(callback));
    this.callbacks = [];
  }
}

module.exports = { Engine };
