// SPDX-License-Identifier: MIT
'use strict';

const library = require('./library.js');
const { Engine } = require('./engine.js');
const {
  Failure, Invalid, NotFound, Conflict, Denied, Busy, Misuse, Refused, Never, Later,
} = require('./failure.js');
const { Session } = require('./session.js');

/**
 * Open a database, creating or upgrading it as needed.
 * @param {string} where a file, "memory:", or what else the library can open
 * @param {object} [options] principal, zone, key, flags, transports ...: see index.d.ts
 */
function open(where, options = {}) {
  const engine = new Engine(where, options);
  try {
    return Session.begin(engine, options.principal || 'system', true);
  } catch (failure) {
    engine.close();
    throw failure;
  }
}

module.exports = {
  open,
  Failure,
  Invalid,
  NotFound,
  Conflict,
  Denied,
  Busy,
  Misuse,
  Refused,
  Never,
  Later,
  version: library.version(),
  READONLY: 1,
  NO_CREATE: 2,
  SYNC_NORMAL: 4,
  NO_UPGRADE: 8,
};
