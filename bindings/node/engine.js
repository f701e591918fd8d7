// SPDX-License-Identifier: MIT
'use strict';

const library = require('./library.js');
const ports = require('./ports.js');
const { failureOf, misuse } = require('./failure.js');

const { koffi } = library;

/** Structs side by side, to be freed; null when there are none. */
function rowOf(type, structs) {
  if (!structs.length) return null;
  const room = koffi.alloc(type, structs.length);
  structs.forEach((each, n) => koffi.encode(room, n * koffi.sizeof(type), type, each));
  return room;
}

/** An open database, with the callbacks that it may make. What they throw is kept for the call. */
class Engine {
  constructor(where, { zone = null, flags = 0, clock, random, key, transports = [],
    connectors = [] }) {
    this.callbacks = [];
    this.sessions = 0;
    this.thrown = null;
    this.handle = null;
    const register = (prototype, run, failed) => this.register(prototype, run, failed);
    const rows = [rowOf(library.Transport, transports.map((each) => ports.transportOf(each, register))),
      rowOf(library.Connector, connectors.map((each) => ports.connectorOf(each, register)))];
    const out = [null];
    const err = [null];
    const status = library.open(String(where), {
      struct_size: koffi.sizeof(library.Options), flags, zone,
      allocator: null, log: null, blobs: null, phone: null,
      clock: ports.clockOf(clock, register), random: ports.randomOf(random, register),
      keys: ports.keysOf(key, register),
      transports: rows[0], n_transports: transports.length,
      connectors: rows[1], n_connectors: connectors.length,
    }, out, err);
    rows.forEach((row) => row && koffi.free(row));
    this.handle = out[0];
    const failure = status === 0 ? null : failureOf(status, err[0]);
    if (failure || this.thrown) {
      const thrown = this.takeThrown() || failure;
      this.close();
      throw thrown;
    }
  }

  /** A callback of the library's: no exception goes through its frames. */
  register(prototype, run, failed) {
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

  unregister(callback) {
    koffi.unregister(callback);
    this.callbacks = this.callbacks.filter((each) => each !== callback);
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
