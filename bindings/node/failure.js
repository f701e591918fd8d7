// SPDX-License-Identifier: MIT
'use strict';

const library = require('./library.js');

/** A call failed; nothing was written. */
class Failure extends Error {
  constructor(told) {
    super(told.message);
    /** The status: "ACRM_E_INVALID", "ACRM_E_NOTFOUND" ... */
    this.name = told.name;
    this.code = told.name;
    /** Path of the first failing field, or "". */
    this.field = told.field || '';
    /** A stable word: "required", "choice" ... */
    this.reason = told.reason || '';
    this.retriable = Boolean(told.retriable);
    /** Of a failed validation: every failing field. */
    this.fields = told.fields || [];
  }
}

/** The arguments break their schema or a rule; see `fields`. */
class Invalid extends Failure {}
/** No such operation or record, or not one that this session may see. */
class NotFound extends Failure {}
/** A stale version, or a value that must be unique is taken. */
class Conflict extends Failure {}
/** The session's role lacks the permission of this operation. */
class Denied extends Failure {}
/** Another writer holds the storage; try again. */
class Busy extends Failure {}
/** A fault of the program, such as use after close. */
class Misuse extends Failure {}

const CLASSES = {
  ACRM_E_INVALID: Invalid,
  ACRM_E_NOTFOUND: NotFound,
  ACRM_E_CONFLICT: Conflict,
  ACRM_E_DENIED: Denied,
  ACRM_E_BUSY: Busy,
  ACRM_E_MISUSE: Misuse,
};

/** The exception of a status; frees the library's error. */
function failureOf(status, error) {
  let told = { name: library.statusName(status), message: 'the call failed' };
  if (error) {
    told = JSON.parse(library.errorJson(error));
    library.errorFree(error);
  }
  return new (CLASSES[told.name] || Failure)(told);
}

function misuse(message) {
  return new Misuse({ name: 'ACRM_E_MISUSE', message });
}

/** Thrown by ask of a connector: the other side has understood, and the answer is no. */
class Refused extends Error {}
/** Thrown by ask of a connector: this request will never be answered. */
class Never extends Error {}
/** Thrown by ask of a connector: not now; seconds tell when to ask again, if that is known. */
class Later extends Error {
  constructor(message, seconds = 0) {
    super(message);
    this.seconds = seconds;
  }
}

module.exports = {
  Failure, Invalid, NotFound, Conflict, Denied, Busy, Misuse, Refused, Never, Later, failureOf,
  misuse,
};
