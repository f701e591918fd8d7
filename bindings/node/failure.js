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

/** The exception of a status; frees the library's error. */
function failureOf(status, error) {
  if (!error) return new Failure({ name: library.statusName(status), message: 'the call failed' });
  const told = JSON.parse(library.errorJson(error));
  library.errorFree(error);
  return new Failure(told);
}

function misuse(message) {
  return new Failure({ name: 'ACRM_E_MISUSE', message });
}

module.exports = { Failure, failureOf, misuse };
