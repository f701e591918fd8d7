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

const NowProto = koffi.proto('int64_t acrm_now(void *self)');
const SubmitProto = koffi.proto('int32_t acrm_submit(void *self, void *message, void *sent)');

const FillProto = koffi.proto('void acrm_fill(void *self, void *bytes, size_t len)');
const GetKeyProto = koffi.proto('int32_t acrm_get_key(void *self, void *key)');
const AskProto = koffi.proto('int32_t acrm_ask(void *self, void *request, void *answer)');
const AnswerWriteProto = koffi.proto(
  'int32_t acrm_answer_write(void *to, const void *bytes, size_t size)');
const ReadProto = koffi.proto('int64_t acrm_read(void *user, void *dst, size_t cap)');
const WriteProto = koffi.proto('int32_t acrm_write(void *user, void *bytes, size_t len)');
const ProgressProto = koffi.proto(
  'int32_t acrm_progress(void *user, const char *what, int64_t done, int64_t total)');

const Clock = koffi.struct('acrm_clock', {
  struct_size: 'uint32_t', flags: 'uint32_t', self: 'void *', now: koffi.pointer(NowProto),
});
const Random = koffi.struct('acrm_random', {
  struct_size: 'uint32_t', flags: 'uint32_t', self: 'void *', fill: koffi.pointer(FillProto),
});
const Keys = koffi.struct('acrm_keys', {
  struct_size: 'uint32_t', flags: 'uint32_t', self: 'void *', get: koffi.pointer(GetKeyProto),
});
koffi.struct('acrm_outgoing_file', {
  name: 'const char *', media_type: 'const char *', data: 'void *', size: 'size_t',
});
koffi.struct('acrm_outgoing_header', { name: 'const char *', value: 'const char *' });
const Outgoing = koffi.struct('acrm_outgoing', {
  struct_size: 'uint32_t', channel: 'int32_t', html: 'int32_t', attempt: 'int32_t',
  key: 'const char *', to: 'const char *', name: 'const char *', subject: 'const char *',
  body: 'const char *', language: 'const char *', text: 'const char *',
  unsubscribe: 'const char *', country: 'const char *', files: 'void *', headers: 'void *',
  n_files: 'uint32_t', n_headers: 'uint32_t',
});
const Sent = koffi.struct('acrm_sent', {
  struct_size: 'uint32_t', outcome: 'int32_t', retry_after: 'int32_t', code: 'int32_t',
  reference: koffi.array('char', 128), reason: koffi.array('char', 128),
});
const Transport = koffi.struct('acrm_transport', {
  struct_size: 'uint32_t', flags: 'uint32_t', name: 'const char *', channels: 'uint32_t',
  body_max: 'uint32_t', rate: 'uint32_t', rate_window: 'uint32_t', self: 'void *',
  submit: koffi.pointer(SubmitProto), files_max: 'uint32_t', reserved: 'uint32_t',
});
const Request = koffi.struct('acrm_connector_request', {
  struct_size: 'uint32_t', attempt: 'int32_t', key: 'const char *', name: 'const char *',
  body: 'void *', body_len: 'size_t', timeout_ms: 'uint32_t', reserved: 'uint32_t',
});
const Answer = koffi.struct('acrm_connector_answer', {
  struct_size: 'uint32_t', outcome: 'int32_t', retry_after: 'int32_t', code: 'int32_t',
  reference: koffi.array('char', 128), reason: koffi.array('char', 128), to: 'void *',
  write: 'void *',
});
const Connector = koffi.struct('acrm_connector', {
  struct_size: 'uint32_t', flags: 'uint32_t', name: 'const char *', timeout_ms: 'uint32_t',
  answer_max: 'uint32_t', self: 'void *', ask: koffi.pointer(AskProto),
});
const Options = koffi.struct('acrm_options', {
  struct_size: 'uint32_t', flags: 'uint32_t', allocator: 'void *',
  clock: koffi.pointer(Clock), random: koffi.pointer(Random), log: 'void *',
  keys: koffi.pointer(Keys),
  zone: 'const char *', blobs: 'void *', transports: 'void *', n_transports: 'uint32_t',
  phone: 'void *', connectors: 'void *', n_connectors: 'uint32_t',
});

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
  Outgoing,
  Sent,
  Transport,
  Request,
  Answer,
  Connector,
  Options,
  version: lib.func('const char *acrm_version(void)'),
  statusName: lib.func('const char *acrm_status_name(int32_t status)'),
  errorJson: lib.func('const char *acrm_error_json(void *error)'),
  errorFree: lib.func('void acrm_error_free(void *error)'),
  bufData: lib.func('const char *acrm_buf_data(void *buf)'),
  bufFree: lib.func('void acrm_buf_free(void *buf)'),
  open: lib.func('int32_t acrm_open(const char *where, acrm_options *options, ' +
    '_Out_ void **out, _Out_ void **err)'),
  close: lib.func('void acrm_close(void *engine)'),
  describe: lib.func('int32_t acrm_describe(void *engine, const char *what, ' +
    '_Out_ void **out, _Out_ void **err)'),
  sessionNew: lib.func('int32_t acrm_session_new(void *engine, const char *principal, ' +
    '_Out_ void **out, _Out_ void **err)'),
  sessionFree: lib.func('void acrm_session_free(void *session)'),
  interrupt: lib.func('void acrm_interrupt(void *session, int32_t on)'),
  setInput: lib.func('void acrm_session_set_input(void *session, acrm_read *read, void *user)'),
  setOutput: lib.func('void acrm_session_set_output(void *session, acrm_write *write, void *user)'),
  setProgress: lib.func(
    'void acrm_session_set_progress(void *session, acrm_progress *progress, void *user)'),
  callJson: lib.func('int32_t acrm_call_json(void *session, const char *operation, ' +
    'const char *json, size_t len, _Out_ void **out, _Out_ void **err)'),
};
