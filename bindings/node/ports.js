// SPDX-License-Identifier: MIT
'use strict';
// What the library asks of its host, between its structs and plain objects.

const library = require('./library.js');
const { Refused, Never, Later } = require('./failure.js');

const { koffi } = library;
const CHANNELS = ['sms', 'email', 'fax', 'letter', 'phone', 'push', 'messenger', 'portal',
  'webhook'];
const OUTCOMES = { retry: 0, accepted: 1, delivered: 2, refused: 3, bad_address: 4 };
const ASKED = new Map([[Later, 0], [Refused, 2], [Never, 3]]);
const ANSWERED = 1;

/** So many bytes from a place of the library's. */
function bytesAt(pointer, size) {
  return Buffer.from(size ? koffi.decode(pointer, 'uint8_t', Number(size)) : []);
}

function messageOf(pointer) {
  const raw = koffi.decode(pointer, library.Outgoing);
  const files = raw.n_files ? koffi.decode(raw.files, library.OutgoingFile, raw.n_files) : [];
  const headers = raw.n_headers
    ? koffi.decode(raw.headers, library.OutgoingHeader, raw.n_headers) : [];
  return {
    channel: CHANNELS[31 - Math.clz32(raw.channel)], html: raw.html !== 0, attempt: raw.attempt,
    key: raw.key, to: raw.to, name: raw.name, subject: raw.subject, body: raw.body,
    language: raw.language, text: raw.text, unsubscribe: raw.unsubscribe, country: raw.country,
    files: files.map((file) => ({
      name: file.name, mediaType: file.media_type, data: bytesAt(file.data, file.size),
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

/** The library waits for the answer: a promise of one is none. */
function atOnce(answer, who) {
  if (answer && typeof answer.then === 'function') {
    throw new TypeError(`${who} must answer at once, not by a promise`);
  }
  return answer;
}

function submit(transport, message, sent) {
  const told = atOnce(transport.submit(messageOf(message)), `submit of transport ${transport.name}`);
  const { outcome = 'accepted', retryAfter = 0, code = 0, reference, reason } = told || {};
  if (!(outcome in OUTCOMES)) {
    throw new TypeError(`an outcome is one of ${Object.keys(OUTCOMES).join(', ')}`);
  }
  koffi.encode(sent, library.Sent, {
    struct_size: koffi.sizeof(library.Sent), outcome: OUTCOMES[outcome], retry_after: retryAfter,
    code, reference: fit(reference), reason: fit(reason),
  });
  return 0;
}

function ask(connector, request, answer) {
  const raw = koffi.decode(request, library.Request);
  const out = koffi.decode(answer, library.Answer);
  try {
    const told = atOnce(connector.ask({
      name: raw.name, key: raw.key, attempt: raw.attempt, timeout: raw.timeout_ms / 1000,
      body: JSON.parse(bytesAt(raw.body, raw.body_len).toString()),
    }), `ask of connector ${connector.name}`);
    const body = Buffer.from(JSON.stringify(told === undefined ? null : told));
    koffi.call(out.write, library.AnswerWriteProto, out.to, body, body.length);
    out.outcome = ANSWERED;
  } catch (no) {
    if (!ASKED.has(no.constructor)) throw no;
    out.outcome = ASKED.get(no.constructor);
    out.reason = fit(no.message);
    out.retry_after = no.seconds || 0;
  }
  koffi.encode(answer, library.Answer, out);
  return 0;
}

/** One transport's struct; register makes a callback of a function. */
function transportOf(transport, register) {
  const unknown = transport.channels.find((channel) => !CHANNELS.includes(channel));
  if (unknown) throw new TypeError(`there is no channel ${unknown}, only ${CHANNELS.join(', ')}`);
  return {
    struct_size: koffi.sizeof(library.Transport), flags: transport.dedupes ? 1 : 0,
    name: transport.name,
    channels: transport.channels.reduce((bits, name) => bits | (1 << CHANNELS.indexOf(name)), 0),
    body_max: transport.bodyMax || 0, rate: transport.rate || 0,
    rate_window: transport.rateWindow || 0, self: null,
    submit: register(library.SubmitProto,
      (self, message, sent) => submit(transport, message, sent), -1),
    files_max: transport.filesMax || 0, reserved: 0,
  };
}

function connectorOf(connector, register) {
  return {
    struct_size: koffi.sizeof(library.Connector), flags: connector.dedupes ? 1 : 0,
    name: connector.name, timeout_ms: Math.round((connector.timeout || 0) * 1000),
    answer_max: connector.answerMax || 0, self: null,
    ask: register(library.AskProto, (self, request, answer) => ask(connector, request, answer), -1),
  };
}

function clockOf(now, register) {
  return now && {
    struct_size: koffi.sizeof(library.Clock), flags: 0, self: null,
    now: register(library.NowProto, () => BigInt(now()), 0),
  };
}

function put(place, bytes, size, what) {
  if (!(bytes instanceof Uint8Array) || bytes.length !== size) {
    throw new TypeError(`${what} has ${size} bytes, as a Uint8Array`);
  }
  koffi.encode(place, 'uint8_t', bytes, size);
}

function randomOf(fill, register) {
  return fill && {
    struct_size: koffi.sizeof(library.Random), flags: 0, self: null,
    fill: register(library.FillProto, (self, place, size) => {
      put(place, fill(Number(size)), Number(size), 'what random gives');
    }, undefined),
  };
}

function keysOf(key, register) {
  return key && {
    struct_size: koffi.sizeof(library.Keys), flags: 0, self: null,
    get: register(library.GetKeyProto, (self, place) => {
      put(place, key, 32, 'a key');
      return 0;
    }, -7),
  };
}

module.exports = { bytesAt, transportOf, connectorOf, clockOf, randomOf, keysOf };
