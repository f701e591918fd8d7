// SPDX-License-Identifier: MIT
'use strict';

const library = require('./library.js');
const { failureOf, misuse } = require('./failure.js');

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
  #last = Promise.resolve();
  #running = 0;

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
    this.blocking = withNouns({}, (name, args) => this.invokeSync(name, args),
      (name, args) => this.#walkSync(name, args));
  }

  /** A session whose nouns are members: crm.lead.assign({...}). */
  static begin(engine, principal, owner) {
    const session = new Session(engine, principal, owner);
    return withNouns(session, (name, args) => session.invoke(name, args),
      (name, args) => session.#walk(name, args));
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
    const json = encode(args);
    const done = this.#last.then(() => this.#runLater(operation, json));
    this.#last = done.catch(() => {});
    return done;
  }

  #runLater(operation, json) {
    return new Promise((resolve, reject) => {
      if (!this.#handle) return reject(misuse('the session was closed'));
      const out = [null];
      const err = [null];
      this.#running += 1;
      library.interrupt(this.#handle, 0);
      library.callJson.async(this.#handle, operation, json, Buffer.byteLength(json), out, err,
        (broken, status) => {
          this.#running -= 1;
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
    const json = encode(args);
    if (!this.#handle) throw misuse('the session was closed');
    if (this.#running) throw misuse('a session runs one call at a time; await the other one');
    const out = [null];
    const err = [null];
    this.#running += 1;
    library.interrupt(this.#handle, 0);
    try {
      const status = library.callJson(this.#handle, operation, json, Buffer.byteLength(json), out,
        err);
      return this.#result(status, out[0], err[0]);
    } finally {
      this.#running -= 1;
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
      this.#engine.ended();
    }
    if (this.#owner) this.#engine.close();
  }
}

module.exports = { Session };
