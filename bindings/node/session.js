// SPDX-License-Identifier: MIT
'use strict';

const library = require('./library.js');
const { bytesAt } = require('./ports.js');
const { failureOf, misuse } = require('./failure.js');

const { koffi } = library;

/** What JSON has no form for is refused; bytes become base64, instants their text. */
function plain(key, value, given) {
  if (given instanceof Uint8Array) return Buffer.from(given).toString('base64');
  if (typeof value === 'bigint') {
    if (!Number.isSafeInteger(Number(value))) {
      throw new RangeError(`${key}: an integer is at most 2^53 - 1 in size`);
    }
    return Number(value);
  }
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new RangeError(`${key}: a number must be finite`);
  }
  if (typeof value === 'function' || typeof value === 'symbol') {
    throw new TypeError(`${key}: a ${typeof value} is no value`);
  }
  return value;
}

function encode(args) {
  return JSON.stringify(args, function replace(key, value) {
    return plain(key, value, this[key]);
  });
}

/** What is read from is a function (room) => bytes; text and bytes are taken piece by piece. */
function sourceOf(input) {
  if (typeof input === 'function' || input === undefined) return input;
  const whole = typeof input === 'string' ? Buffer.from(input) : input;
  if (!(whole instanceof Uint8Array)) {
    throw new TypeError('an input is text, bytes, or a function (room) => bytes');
  }
  let at = 0;
  return (room) => {
    const piece = whole.subarray(at, at + room);
    at += piece.length;
    return piece;
  };
}

/** The operations of one noun; each() walks a list to its end. */
function nounOf(noun, invoke, each) {
  return new Proxy({}, {
    get(verbs, verb) {
      if (typeof verb !== 'string' || verb === 'then') return undefined;
      verbs[verb] = verbs[verb] || (verb === 'each' ? (args) => each(`${noun}.list`, args)
        : (args) => invoke(`${noun}.${verb}`, args));
      return verbs[verb];
    },
  });
}

/** An object that answers nouns besides its own members. */
function withNouns(target, invoke, each) {
  const nouns = {};
  return new Proxy(target, {
    get(self, name) {
      if (name in self || typeof name !== 'string' || name === 'then') {
        const member = self[name];
        return typeof member === 'function' ? member.bind(self) : member;
      }
      nouns[name] = nouns[name] || nounOf(name, invoke, each);
      return nouns[name];
    },
  });
}

class Session {
  #engine;
  #handle;
  #owner;
  #face;
  #last = Promise.resolve();
  #running = 0;
  #lent = null;
  #lending = null;
  #streams = null;

  constructor(engine, principal, owner) {
    const out = [null];
    const err = [null];
    const status = library.sessionNew(engine.opened(), principal, out, err);
    if (status !== 0) throw failureOf(status, err[0]);
    this.#engine = engine;
    engine.sessions += 1;
    this.#handle = out[0];
    this.#owner = owner;
    /** The same nouns, answering at once instead of by promise. */
    this.blocking = withNouns({
      lend: (lent) => {
        this.lend(lent);
        return this.blocking;
      },
    }, (name, args) => this.invokeSync(name, args),
      (name, args) => this.#walkSync(name, args));
  }

  /** A session whose nouns are members: crm.lead.assign({...}). */
  static begin(engine, principal, owner) {
    const session = new Session(engine, principal, owner);
    session.#face = withNouns(session, (name, args) => session.invoke(name, args),
      (name, args) => session.#walk(name, args));
    return session.#face;
  }

  /**
   * What the next call reads from, writes to and tells its progress: crm.lend({ input:
   * fs.readFileSync('leads.csv') }).import.run({ source: 'leads.csv' }).
   * @param {{input, output, progress}} lent input: text, bytes, or (room) => bytes, empty at the
   *   end; output: (bytes) => void; progress: (what, done, total) => false to end the call
   */
  lend({ input, output, progress }) {
    this.#lent = { read: sourceOf(input), write: output, tell: progress };
    return this.#face;
  }

  #takeLent() {
    const lent = this.#lent;
    this.#lent = null;
    return lent;
  }

  /** The callbacks of what is lent, made when something is for the first time. */
  #callbacks() {
    const register = (...callback) => this.#engine.register(...callback);
    this.#streams = this.#streams || {
      read: register(library.ReadProto, (user, place, room) => {
        const bytes = this.#lending.read(Number(room)) || [];
        if (bytes.length > room) throw new RangeError(`an input gave more than ${room} bytes`);
        koffi.encode(place, 'uint8_t', bytes, bytes.length);
        return bytes.length;
      }, -7),
      write: register(library.WriteProto, (user, bytes, size) => {
        this.#lending.write(bytesAt(bytes, size));
        return 0;
      }, -7),
      tell: register(library.ProgressProto, (user, what, done, total) => (
        this.#lending.tell(what, Number(done), Number(total)) === false ? 1 : 0), 1),
    };
    return this.#streams;
  }

  #begin(lent) {
    this.#running += 1;
    library.interrupt(this.#handle, 0);
    this.#lending = lent;
    if (lent) this.#lay((name) => (lent[name] ? this.#callbacks()[name] : null));
  }

  #lay(streamOf) {
    library.setInput(this.#handle, streamOf('read'), null);
    library.setOutput(this.#handle, streamOf('write'), null);
    library.setProgress(this.#handle, streamOf('tell'), null);
  }

  #end() {
    if (this.#lending) this.#lay(() => null);
    this.#lending = null;
    this.#running -= 1;
  }

  /** Another session: "user:UUID", "customer:UUID" or "system". */
  actingAs(principal) {
    if (!this.#handle) throw misuse('the session was closed');
    return Session.begin(this.#engine, principal, false);
  }

  /** The registry as data: "registry", "openapi", "entities" or "operations". */
  describe(what = 'registry') {
    return this.#engine.describe(what);
  }

  /** Run an operation by name, on a worker thread; calls of one session run one after the other. */
  invoke(operation, args = {}) {
    const lent = this.#takeLent();
    const json = encode(args);
    const done = this.#last.then(() => this.#runLater(operation, json, lent));
    this.#last = done.catch(() => {});
    return done;
  }

  #runLater(operation, json, lent) {
    return new Promise((resolve, reject) => {
      if (!this.#handle) return reject(misuse('the session was closed'));
      const out = [null];
      const err = [null];
      this.#begin(lent);
      library.callJson.async(this.#handle, operation, json, Buffer.byteLength(json), out, err,
        (broken, status) => {
          this.#end();
          if (broken) return reject(broken);
          try {
            resolve(this.#result(status, out[0], err[0]));
          } catch (failure) {
            reject(failure);
          }
          return undefined;
        });
      return undefined;
    });
  }

  /** The same at once, on this thread. */
  invokeSync(operation, args = {}) {
    const lent = this.#takeLent();
    const json = encode(args);
    if (!this.#handle) throw misuse('the session was closed');
    if (this.#running) throw misuse('a session runs one call at a time; await the other one');
    const out = [null];
    const err = [null];
    this.#begin(lent);
    try {
      const status = library.callJson(this.#handle, operation, json, Buffer.byteLength(json), out,
        err);
      return this.#result(status, out[0], err[0]);
    } finally {
      this.#end();
    }
  }

  #result(status, out, err) {
    const failure = status === 0 ? null : failureOf(status, err);
    const text = out ? library.bufData(out) : 'null';
    if (out) library.bufFree(out);
    const thrown = this.#engine.takeThrown();
    if (thrown || failure) throw thrown || failure;
    return JSON.parse(text);
  }

  async* #walk(operation, args = {}) {
    let page;
    do {
      page = await this.invoke(operation, page ? { ...args, after: page.next } : args);
      yield* page.items;
    } while (page.next !== null);
  }

  * #walkSync(operation, args = {}) {
    let page;
    do {
      page = this.invokeSync(operation, page ? { ...args, after: page.next } : args);
      yield* page.items;
    } while (page.next !== null);
  }

  /** End the running call of this session. */
  interrupt() {
    if (this.#handle) library.interrupt(this.#handle, 1);
  }

  /** End the session, and the database with the session that opened it. Twice does nothing. */
  close() {
    if (this.#running) throw misuse('a session cannot be closed while it runs a call');
    if (this.#handle) {
      library.sessionFree(this.#handle);
      this.#handle = null;
      Object.values(this.#streams || {}).forEach((each) => this.#engine.unregister(each));
      this.#engine.ended();
    }
    if (this.#owner) this.#engine.close();
  }
}

module.exports = { Session };
