// SPDX-License-Identifier: MIT
'use strict';
// The functions and structs of the shared library, as koffi maps them.

const koffi = require('koffi');

const lib = koffi.load(process.env.AUTOCRM_LIBRARY || 'libautocrm.so.0');

const NowProto = koffi.proto('int64_t acrm_now(void *self)');
const SubmitProto = koffi.proto('int32_t acrm_submit(void *self, void *message, void *sent)');

const Clock = koffi.struct('acrm_clock', {
  struct_size: 'uint32_t', flags: 'uint32_t', self: 'void *', now: koffi.pointer(NowProto),
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
const Options = koffi.struct('acrm_options', {
  struct_size: 'uint32_t', flags: 'uint32_t', allocator: 'void *',
  clock: koffi.pointer(Clock), random: 'void *', log: 'void *', keys: 'void *',
  zone: 'const char *', blobs: 'void *', transports: 'void *', n_transports: 'uint32_t',
  phone: 'void *',
});

module.exports = {
  koffi,
  NowProto,
  SubmitProto,
  Clock,
  Outgoing,
  Sent,
  Transport,
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
  callJson: lib.func('int32_t acrm_call_json(void *session, const char *operation, ' +
    'const char *json, size_t len, _Out_ void **out, _Out_ void **err)'),
};
