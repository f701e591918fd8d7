// SPDX-License-Identifier: MIT
'use strict';
// The functions and structs of the shared library, as koffi maps them.

const koffi = require('koffi');

function load(name) {
  try {
    return koffi.load(name);
  } catch (wrong) {
    throw new Error('the shared library of autocrm was not found: install it, or name the file in ' +
      `the environment variable AUTOCRM_LIBRARY (${name}: ${wrong.message})`);
  }
}

const lib = load(process.env.AUTOCRM_LIBRARY || 'libautocrm.so.0');

// Types have no names: the module may be loaded twice in a process.
const NowProto = koffi.proto('int64_t', ['void *']);
const SubmitProto = koffi.proto('int32_t', ['void *', 'void *', 'void *']);

const FillProto = koffi.proto('void', ['void *', 'void *', 'size_t']);
const GetKeyProto = koffi.proto('int32_t', ['void *', 'void *']);
const AskProto = koffi.proto('int32_t', ['void *', 'void *', 'void *']);
const AnswerWriteProto = koffi.proto('int32_t', ['void *', 'const void *', 'size_t']);
const ReadProto = koffi.proto('int64_t', ['void *', 'void *', 'size_t']);
const WriteProto = koffi.proto('int32_t', ['void *', 'void *', 'size_t']);
const ProgressProto = koffi.proto('int32_t', ['void *', 'const char *', 'int64_t', 'int64_t']);

const Clock = koffi.struct({
  struct_size: 'uint32_t', flags: 'uint32_t', self: 'void *', now: koffi.pointer(NowProto),
});
const Random = koffi.struct({
  struct_size: 'uint32_t', flags: 'uint32_t', self: 'void *', fill: koffi.pointer(FillProto),
});
const Keys = koffi.struct({
  struct_size: 'uint32_t', flags: 'uint32_t', self: 'void *', get: koffi.pointer(GetKeyProto),
});
const OutgoingFile = koffi.struct({
  name: 'const char *', media_type: 'const char *', data: 'void *', size: 'size_t',
});
const OutgoingHeader = koffi.struct({ name: 'const char *', value: 'const char *' });
const Outgoing = koffi.struct({
  struct_size: 'uint32_t', channel: 'int32_t', html: 'int32_t', attempt: 'int32_t',
  key: 'const char *', to: 'const char *', name: 'const char *', subject: 'const char *',
  body: 'const char *', language: 'const char *', text: 'const char *',
  unsubscribe: 'const char *', country: 'const char *', files: 'void *', headers: 'void *',
  n_files: 'uint32_t', n_headers: 'uint32_t',
});
const Sent = koffi.struct({
  struct_size: 'uint32_t', outcome: 'int32_t', retry_after: 'int32_t', code: 'int32_t',
  reference: koffi.array('char', 128), reason: koffi.array('char', 128),
});
const Transport = koffi.struct({
  struct_size: 'uint32_t', flags: 'uint32_t', name: 'const char *', channels: 'uint32_t',
  body_max: 'uint32_t', rate: 'uint32_t', rate_window: 'uint32_t', self: 'void *',
  submit: koffi.pointer(SubmitProto), files_max: 'uint32_t', reserved: 'uint32_t',
});
const Request = koffi.struct({
  struct_size: 'uint32_t', attempt: 'int32_t', key: 'const char *', name: 'const char *',
  body: 'void *', body_len: 'size_t', timeout_ms: 'uint32_t', reserved: 'uint32_t',
});
const Answer = koffi.struct({
  struct_size: 'uint32_t', outcome: 'int32_t', retry_after: 'int32_t', code: 'int32_t',
  reference: koffi.array('char', 128), reason: koffi.array('char', 128), to: 'void *',
  write: 'void *',
});
const Connector = koffi.struct({
  struct_size: 'uint32_t', flags: 'uint32_t', name: 'const char *', timeout_ms: 'uint32_t',
  answer_max: 'uint32_t', self: 'void *', ask: koffi.pointer(AskProto),
});
const Options = koffi.struct({
  struct_size: 'uint32_t', flags: 'uint32_t', allocator: 'void *',
  clock: koffi.pointer(Clock), random: koffi.pointer(Random), log: 'void *',
  keys: koffi.pointer(Keys),
  zone: 'const char *', blobs: 'void *', transports: 'void *', n_transports: 'uint32_t',
  phone: 'void *', connectors: 'void *', n_connectors: 'uint32_t',
});

/** Where a handle is left. */
const PLACE = koffi.out(koffi.pointer('void *'));

module.exports = {
  koffi,
  NowProto,
  FillProto,
  GetKeyProto,
  SubmitProto,
  AskProto,
  AnswerWriteProto,
  ReadProto,
  WriteProto,
  ProgressProto,
  Clock,
  Random,
  Keys,
  OutgoingFile,
  OutgoingHeader,
  Outgoing,
  Sent,
  Transport,
  Request,
  Answer,
  Connector,
  Options,
  version: lib.func('acrm_version', 'const char *', []),
  statusName: lib.func('acrm_status_name', 'const char *', ['int32_t']),
  errorJson: lib.func('acrm_error_json', 'const char *', ['void *']),
  errorFree: lib.func('acrm_error_free', 'void', ['void *']),
  bufData: lib.func('acrm_buf_data', 'const char *', ['void *']),
  bufFree: lib.func('acrm_buf_free', 'void', ['void *']),
  open: lib.func('acrm_open', 'int32_t', ['const char *', koffi.pointer(Options), PLACE, PLACE]),
  close: lib.func('acrm_close', 'void', ['void *']),
  describe: lib.func('acrm_describe', 'int32_t', ['void *', 'const char *', PLACE, PLACE]),
  sessionNew: lib.func('acrm_session_new', 'int32_t', ['void *', 'const char *', PLACE, PLACE]),
  sessionFree: lib.func('acrm_session_free', 'void', ['void *']),
  interrupt: lib.func('acrm_interrupt', 'void', ['void *', 'int32_t']),
  setInput: lib.func('acrm_session_set_input', 'void',
    ['void *', koffi.pointer(ReadProto), 'void *']),
  setOutput: lib.func('acrm_session_set_output', 'void',
    ['void *', koffi.pointer(WriteProto), 'void *']),
  setProgress: lib.func('acrm_session_set_progress', 'void',
    ['void *', koffi.pointer(ProgressProto), 'void *']),
  callJson: lib.func('acrm_call_json', 'int32_t',
    ['void *', 'const char *', 'const char *', 'size_t', PLACE, PLACE]),
};
