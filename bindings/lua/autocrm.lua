-- SPDX-License-Identifier: MIT
-- The embeddable automotive CRM, for LuaJIT:
--
--     local autocrm = require "autocrm"
--     local crm = autocrm.open("dealer.db")
--     local lead = crm.lead.get{ id = some_id }
--     crm:close()
--
-- Results are tables. Amounts, ids, instants and days are text, as in JSON. An integer beyond 2^53
-- is an int64_t. What is null is autocrm.null. A call that fails raises a table with the members
-- name, message, field, reason, retriable and fields; nothing was written.

local bit = require "bit"
local ffi = require "ffi"

ffi.cdef [[
typedef struct acrm_engine acrm_engine;
typedef struct acrm_session acrm_session;
typedef struct acrm_value acrm_value;
typedef struct acrm_error acrm_error;
typedef struct acrm_buf acrm_buf;
typedef int64_t (*acrm_now_fn)(void *self);
typedef int32_t (*acrm_get_key_fn)(void *self, unsigned char *key);
typedef int32_t (*acrm_hand_fn)(void *self, void *what, void *outcome);
typedef int64_t (*acrm_read_fn)(void *user, void *dst, size_t cap);
typedef int32_t (*acrm_write_fn)(void *user, const char *bytes, size_t len);
typedef int32_t (*acrm_progress_fn)(void *user, const char *what, int64_t done, int64_t total);
typedef struct acrm_clock {
    uint32_t struct_size; uint32_t flags; void *self; acrm_now_fn now;
} acrm_clock;
typedef struct acrm_keys {
    uint32_t struct_size; uint32_t flags; void *self; acrm_get_key_fn get;
} acrm_keys;
typedef struct acrm_outgoing_file {
    const char *name; const char *media_type; const char *data; size_t size;
} acrm_outgoing_file;
typedef struct acrm_outgoing_header { const char *name; const char *value; } acrm_outgoing_header;
typedef struct acrm_outgoing {
    uint32_t struct_size; int32_t channel; int32_t html; int32_t attempt; const char *key;
    const char *to; const char *name; const char *subject; const char *body; const char *language;
    const char *text; const char *unsubscribe; const char *country; acrm_outgoing_file *files;
    acrm_outgoing_header *headers; uint32_t n_files; uint32_t n_headers;
} acrm_outgoing;
typedef struct acrm_sent {
    uint32_t struct_size; int32_t outcome; int32_t retry_after; int32_t code;
    char reference[128]; char reason[128];
} acrm_sent;
typedef struct acrm_transport {
    uint32_t struct_size; uint32_t flags; const char *name; uint32_t channels; uint32_t body_max;
    uint32_t rate; uint32_t rate_window; void *self; acrm_hand_fn submit; uint32_t files_max;
    uint32_t reserved;
} acrm_transport;
typedef struct acrm_connector_request {
    uint32_t struct_size; int32_t attempt; const char *key; const char *name; const char *body;
    size_t body_len; uint32_t timeout_ms; uint32_t reserved;
} acrm_connector_request;
typedef struct acrm_connector_answer {
    uint32_t struct_size; int32_t outcome; int32_t retry_after; int32_t code;
    char reference[128]; char reason[128]; void *to;
    int32_t (*write)(void *to, const char *bytes, size_t size);
} acrm_connector_answer;
typedef struct acrm_connector {
    uint32_t struct_size; uint32_t flags; const char *name; uint32_t timeout_ms;
    uint32_t answer_max; void *self; acrm_hand_fn ask;
} acrm_connector;
typedef struct acrm_options {
    uint32_t struct_size; uint32_t flags; const void *allocator; const acrm_clock *clock;
    const void *random; const void *log; const acrm_keys *keys; const char *zone;
    const void *blobs; const acrm_transport *transports; uint32_t n_transports;
    const void *phone; const acrm_connector *connectors; uint32_t n_connectors;
} acrm_options;
const char *acrm_version(void);
const char *acrm_status_name(int32_t status);
const char *acrm_error_json(const acrm_error *error);
void acrm_error_free(acrm_error *error);
const char *acrm_buf_data(const acrm_buf *buf);
size_t acrm_buf_len(const acrm_buf *buf);
void acrm_buf_free(acrm_buf *buf);
int32_t acrm_value_print(const acrm_value *value, int32_t indent, acrm_buf **out);
int32_t acrm_value_new(const void *allocator, acrm_value **out);
void acrm_value_free(acrm_value *root);
int32_t acrm_value_parse(const void *allocator, const char *json, size_t len, acrm_value **out,
                         acrm_error **err);
int32_t acrm_value_type(const acrm_value *value);
int32_t acrm_value_bool(const acrm_value *value);
int64_t acrm_value_int(const acrm_value *value);
double acrm_value_real(const acrm_value *value);
const char *acrm_value_text(const acrm_value *value, size_t *len);
size_t acrm_value_count(const acrm_value *value);
acrm_value *acrm_value_at(const acrm_value *value, size_t n);
const char *acrm_value_key(const acrm_value *map, size_t n, size_t *len);
acrm_value *acrm_value_get(const acrm_value *map, const char *key);
int32_t acrm_value_set_null(acrm_value *value);
int32_t acrm_value_set_bool(acrm_value *value, int32_t truth);
int32_t acrm_value_set_int(acrm_value *value, int64_t integer);
int32_t acrm_value_set_real(acrm_value *value, double real);
int32_t acrm_value_set_text(acrm_value *value, const char *text, size_t len);
int32_t acrm_value_set_list(acrm_value *value);
int32_t acrm_value_set_map(acrm_value *value);
acrm_value *acrm_value_add(acrm_value *list);
acrm_value *acrm_value_put(acrm_value *map, const char *key);
int32_t acrm_open(const char *where, const acrm_options *options, acrm_engine **out,
                  acrm_error **err);
void acrm_close(acrm_engine *engine);
int32_t acrm_session_new(acrm_engine *engine, const char *principal, acrm_session **out,
                         acrm_error **err);
void acrm_session_free(acrm_session *session);
int32_t acrm_describe(acrm_engine *engine, const char *what, acrm_buf **out, acrm_error **err);
void acrm_session_set_input(acrm_session *session, acrm_read_fn read, void *user);
void acrm_session_set_output(acrm_session *session, acrm_write_fn write, void *user);
void acrm_session_set_progress(acrm_session *session, acrm_progress_fn progress, void *user);
int32_t acrm_call(acrm_session *session, const char *operation, const acrm_value *args,
                  acrm_value **out, acrm_error **err);
]]

local found, lib = pcall(ffi.load, os.getenv("AUTOCRM_LIBRARY") or "libautocrm.so.0")
if not found then
    error("the shared library of autocrm was not found: install it, or name the file in the "
        .. "environment variable AUTOCRM_LIBRARY (" .. lib .. ")", 0)
end

local autocrm = { version = ffi.string(lib.acrm_version()), READONLY = 1, NO_CREATE = 2,
                  SYNC_NORMAL = 4, NO_UPGRADE = 8 }

-- What is null in a result; give it to make a field null.
autocrm.null = setmetatable({}, { __tostring = function() return "null" end })

local List = {}

-- Marks a table as a list; needed for empty ones alone.
function autocrm.list(items)
    return setmetatable(items or {}, List)
end

local Error = {}
Error.__index = Error
Error.__tostring = function(self) return self.message end

local function raise(name, message)
    error(setmetatable({ name = name, message = message, field = "", reason = "", fields = {} },
                       Error), 0)
end

local read -- a value of the library's as one of Lua's

local readers = {
    [0] = function() return autocrm.null end,
    function(value) return lib.acrm_value_bool(value) ~= 0 end,
    function(value)
        local integer = lib.acrm_value_int(value)
        local number = tonumber(integer)
        return (number < 2 ^ 53 and number > -2 ^ 53) and number or integer
    end,
    function(value) return lib.acrm_value_real(value) end,
    function(value)
        local len = ffi.new("size_t[1]")
        local text = lib.acrm_value_text(value, len)
        return ffi.string(text, len[0])
    end,
}
readers[5] = readers[4]
readers[6] = function(value)
    local list = autocrm.list()
    for n = 1, tonumber(lib.acrm_value_count(value)) do
        list[n] = read(lib.acrm_value_at(value, n - 1))
    end
    return list
end
readers[7] = function(value)
    local map, len = {}, ffi.new("size_t[1]")
    for n = 0, tonumber(lib.acrm_value_count(value)) - 1 do
        local key = lib.acrm_value_key(value, n, len)
        map[ffi.string(key, len[0])] = read(lib.acrm_value_at(value, n))
    end
    return map
end

function read(value)
    return readers[lib.acrm_value_type(value)](value)
end

local write -- one of Lua's into a value of the library's

local function checked(status)
    if status ~= 0 then
        raise(ffi.string(lib.acrm_status_name(status)), "the arguments could not be handed over")
    end
end

local function made(value)
    if value == nil then raise("ACRM_E_NOMEM", "out of memory") end
    return value
end

local function write_table(value, given, depth)
    if depth > 64 then raise("ACRM_E_LIMIT", "tables are at most 64 deep") end
    if given == autocrm.null then
        checked(lib.acrm_value_set_null(value))
    elseif getmetatable(given) == List or given[1] ~= nil then
        checked(lib.acrm_value_set_list(value))
        for _, member in ipairs(given) do
            write(made(lib.acrm_value_add(value)), member, depth + 1)
        end
    else
        checked(lib.acrm_value_set_map(value))
        for key, member in pairs(given) do
            if type(key) ~= "string" then
                raise("ACRM_E_INVALID", "a key of a map must be text, not a " .. type(key))
            end
            write(made(lib.acrm_value_put(value, key)), member, depth + 1)
        end
    end
end

function write(value, given, depth)
    local kind = type(given)
    if kind == "table" then
        write_table(value, given, depth)
    elseif kind == "string" then
        checked(lib.acrm_value_set_text(value, given, #given))
    elseif kind == "boolean" then
        checked(lib.acrm_value_set_bool(value, given and 1 or 0))
    elseif kind == "number" and given == math.floor(given) and math.abs(given) < 2 ^ 53 then
        checked(lib.acrm_value_set_int(value, given))
    elseif kind == "number" and given - given == 0 then
        checked(lib.acrm_value_set_real(value, given))
    elseif kind == "cdata" and ffi.istype("int64_t", given) then
        checked(lib.acrm_value_set_int(value, given))
    else
        raise("ACRM_E_INVALID", "a value cannot be " .. tostring(given))
    end
end

local function parse(json)
    local out = ffi.new("acrm_value *[1]")
    local err = ffi.new("acrm_error *[1]")
    local status = lib.acrm_value_parse(nil, json, #json, out, err)
    if status ~= 0 then
        lib.acrm_error_free(err[0])
        raise(ffi.string(lib.acrm_status_name(status)), "this is not JSON")
    end
    local value = ffi.gc(out[0], lib.acrm_value_free)
    return read(value)
end
autocrm.parse = parse

local function fail(status, err)
    if err == nil then raise(ffi.string(lib.acrm_status_name(status)), "the call failed") end
    local json = ffi.string(lib.acrm_error_json(err))
    lib.acrm_error_free(err)
    error(setmetatable(parse(json), Error), 0)
end

-- Callbacks must not be entered from compiled code: whatever may call one is interpreted.
local function call(session, operation, args)
    local out = ffi.new("acrm_value *[1]")
    local err = ffi.new("acrm_error *[1]")
    local status = lib.acrm_call(session, operation, args, out, err)
    if status ~= 0 then fail(status, err[0]) end
    return ffi.gc(out[0], lib.acrm_value_free)
end
jit.off(call)

local function new_value()
    local out = ffi.new("acrm_value *[1]")
    checked(lib.acrm_value_new(nil, out))
    return ffi.gc(out[0], lib.acrm_value_free)
end

local function print_value(given)
    local value, out = new_value(), ffi.new("acrm_buf *[1]")
    write(value, given, 0)
    checked(lib.acrm_value_print(value, 0, out))
    local text = ffi.string(lib.acrm_buf_data(out[0]), lib.acrm_buf_len(out[0]))
    lib.acrm_buf_free(out[0])
    return text
end

-- What the library calls. There are few places for callbacks in a process, so there is one of each
-- kind; the library hands each the number under which Lua's function is kept here. What a function
-- raises may not pass through the library's frames: it is kept for the call.
local kept, raised, last = {}, nil, 0
local callbacks = {}

local function keep(owner, run)
    last = last + 1
    kept[last] = run
    owner[#owner + 1] = last
    return ffi.cast("void *", last)
end

local function forget(owner)
    for n, number in ipairs(owner) do kept[number], owner[n] = nil, nil end
end

local function callback(kind, failed)
    callbacks[kind] = callbacks[kind] or ffi.cast("acrm_" .. kind .. "_fn", function(self, ...)
        local fine, result = pcall(kept[tonumber(ffi.cast("intptr_t", self))], ...)
        if fine and type(result) == "number" then return result end
        raised = raised or (fine and "a callback gave no number" or result)
        return failed
    end)
    return callbacks[kind]
end

local function rethrow()
    if raised == nil then return end
    local first = raised
    raised = nil
    error(first, 0)
end

local CHANNELS = { "sms", "email", "fax", "letter", "phone", "push", "messenger", "portal",
                   "webhook" }
local OUTCOMES = { retry = 0, accepted = 1, delivered = 2, refused = 3, bad_address = 4 }

local function text(place)
    if place ~= nil then return ffi.string(place) end
end

-- At most 127 bytes of a text, cut between characters.
local function fit(given, room)
    local short = tostring(given or ""):sub(1, 127)
    if #tostring(given or "") > 127 then short = short:gsub("[\192-\255][\128-\191]*$", "") end
    ffi.copy(room, short)
end

local function message_of(raw)
    local message = { channel = CHANNELS[math.floor(math.log(raw.channel) / math.log(2) + 1.5)],
                      html = raw.html ~= 0, attempt = raw.attempt, files = {}, headers = {} }
    for _, name in ipairs{ "key", "to", "name", "subject", "body", "language", "text",
                           "unsubscribe", "country" } do
        message[name] = text(raw[name])
    end
    for n = 0, raw.n_files - 1 do
        local file = raw.files[n]
        message.files[n + 1] = { name = text(file.name), media_type = text(file.media_type),
                                 data = ffi.string(file.data, file.size) }
    end
    for n = 0, raw.n_headers - 1 do
        message.headers[text(raw.headers[n].name)] = text(raw.headers[n].value)
    end
    return message
end

local function tell(place, outcome, told)
    place.outcome, place.retry_after, place.code = outcome, told.retry_after or 0, told.code or 0
    fit(told.reference, place.reference)
    fit(told.reason, place.reason)
end

local function lay_transport(transport, port)
    for _, channel in ipairs(transport.channels) do
        local place
        for n, name in ipairs(CHANNELS) do place = name == channel and n or place end
        if not place then raise("ACRM_E_INVALID", "there is no channel " .. tostring(channel)) end
        port.channels = bit.bor(port.channels, bit.lshift(1, place - 1))
    end
    port.submit = callback("hand", -1)
    return function(what, sent)
        local told = transport.submit(message_of(ffi.cast("acrm_outgoing *", what))) or {}
        local outcome = OUTCOMES[told.outcome or "accepted"]
        if not outcome then error("there is no outcome " .. tostring(told.outcome), 0) end
        tell(ffi.cast("acrm_sent *", sent), outcome, told)
        return 0
    end
end

-- Why a connector gives no answer: it raises one of these.
local No = {}

local function no(outcome)
    return function(reason, seconds)
        error(setmetatable({ outcome = outcome, reason = reason, retry_after = seconds }, No), 0)
    end
end
autocrm.later, autocrm.refused, autocrm.never = no(0), no(2), no(3)

local function lay_connector(connector, port)
    port.timeout_ms = (connector.timeout or 0) * 1000
    port.answer_max = connector.answer_max or 0
    port.ask = callback("hand", -1)
    return function(what, place)
        local request = ffi.cast("acrm_connector_request *", what)
        local answer = ffi.cast("acrm_connector_answer *", place)
        local fine, told = pcall(connector.ask, {
            name = text(request.name), key = text(request.key), attempt = request.attempt,
            timeout = request.timeout_ms / 1000,
            body = parse(ffi.string(request.body, request.body_len)),
        })
        if fine then
            local body = print_value(told == nil and autocrm.null or told)
            answer.write(answer.to, body, #body)
            answer.outcome = 1
        elseif getmetatable(told) == No then
            tell(answer, told.outcome, told)
        else
            error(told, 0)
        end
        return 0
    end
end

local function lay_ports(engine, kind, lay, all)
    local row = ffi.new("acrm_" .. kind .. "[?]", #all)
    for n, each in ipairs(all) do
        local port = row[n - 1]
        port.struct_size, port.name = ffi.sizeof("acrm_" .. kind), each.name
        port.flags = each.dedupes and 1 or 0
        port.self = keep(engine.kept, lay(each, port))
    end
    return row
end

-- What is read from: text, an open file, or a function (room) that gives nil at the end.
local function source_of(input)
    if type(input) == "string" then
        local at = 1
        return function(room)
            local piece = input:sub(at, at + room - 1)
            at = at + #piece
            return piece
        end
    elseif io.type(input) == "file" then
        return function(room) return input:read(room) end
    end
    return input
end

local function sink_of(output)
    if io.type(output) == "file" then return function(bytes) assert(output:write(bytes)) end end
    return output
end

local function lay_lent(handle, lent)
    local owner = {}
    local read, write_to, progress = source_of(lent.input), sink_of(lent.output), lent.progress
    lib.acrm_session_set_input(handle, read and callback("read", -7) or nil,
        read and keep(owner, function(place, room)
            local bytes = read(tonumber(room)) or ""
            if #bytes > room then error("an input gave more than it was asked for", 0) end
            ffi.copy(place, bytes, #bytes)
            return #bytes
        end))
    lib.acrm_session_set_output(handle, write_to and callback("write", -7) or nil,
        write_to and keep(owner, function(bytes, size)
            write_to(ffi.string(bytes, size))
            return 0
        end))
    lib.acrm_session_set_progress(handle, progress and callback("progress", 1) or nil,
        progress and keep(owner, function(what, done, total)
            return progress(ffi.string(what), tonumber(done), tonumber(total)) == false and 1 or 0
        end))
    return owner
end

local Session = {}

local function begin(engine, principal)
    local out = ffi.new("acrm_session *[1]")
    local err = ffi.new("acrm_error *[1]")
    local status = lib.acrm_session_new(engine.handle, principal, out, err)
    if status ~= 0 then fail(status, err[0]) end
    engine.sessions = engine.sessions + 1
    return setmetatable({ _engine = engine, _handle = ffi.gc(out[0], lib.acrm_session_free) },
                        Session)
end

local methods = {}

local function run(session, handle, operation, args, lent)
    local owner = lent and lay_lent(handle, lent)
    session._running = true
    local fine, result = pcall(call, handle, operation, args)
    session._running = false
    if lent then
        forget(owner)
        lay_lent(handle, {})
    end
    rethrow()
    if not fine then error(result, 0) end
    return result
end
jit.off(run)

-- Run an operation by name.
function methods:invoke(operation, arguments)
    local handle, lent = rawget(self, "_handle"), rawget(self, "_lent")
    self._lent = nil
    if not handle then raise("ACRM_E_MISUSE", "the session was closed") end
    if self._running then raise("ACRM_E_MISUSE", "a session runs one call at a time") end
    local args = new_value()
    write(args, arguments or {}, 0)
    if next(arguments or {}) == nil then checked(lib.acrm_value_set_map(args)) end
    return read(run(self, handle, operation, args, lent))
end

-- What the next call reads from, writes to and tells its progress:
-- crm:lend{ input = io.open("leads.csv", "rb") }.import.run{ source = "leads.csv" }. An input is
-- text, an open file or a function (room); an output an open file or a function (bytes); progress a
-- function (what, done, total), which ends the call by returning false.
function methods:lend(lent)
    self._lent = lent
    return self
end

-- The registry as a table: "registry", "openapi", "names" or a noun.
function methods:describe(what)
    if not self._engine.handle then raise("ACRM_E_MISUSE", "the database was closed") end
    local out = ffi.new("acrm_buf *[1]")
    local err = ffi.new("acrm_error *[1]")
    local status = lib.acrm_describe(self._engine.handle, what or "registry", out, err)
    if status ~= 0 then fail(status, err[0]) end
    local json = ffi.string(lib.acrm_buf_data(out[0]), lib.acrm_buf_len(out[0]))
    lib.acrm_buf_free(out[0])
    return parse(json)
end

-- Another session: "user:UUID", "customer:UUID" or "system".
function methods:acting_as(principal)
    if not rawget(self, "_handle") or not self._engine.handle then
        raise("ACRM_E_MISUSE", "the database was closed")
    end
    return begin(self._engine, principal)
end

-- End the session, and the database with the session that opened it. Twice does nothing.
function methods:close()
    local handle = rawget(self, "_handle")
    if not handle then return end
    if self._running then
        raise("ACRM_E_MISUSE", "a session cannot be closed while it runs a call")
    end
    ffi.gc(handle, nil)
    lib.acrm_session_free(handle)
    self._handle = nil
    local engine = self._engine
    engine.sessions = engine.sessions - 1
    if rawget(self, "_owner") then
        lib.acrm_close(ffi.gc(engine.handle, nil))
        engine.handle = nil
    end
    -- Sessions keep a database that was closed, and its callbacks with it.
    if not engine.handle and engine.sessions == 0 then forget(engine.kept) end
end

-- crm.lead.assign{...}: a noun gives its verbs. each{...} walks a list to its end.
local function noun_of(session, noun)
    return setmetatable({}, { __index = function(verbs, verb)
        local function run(arguments) return session:invoke(noun .. "." .. verb, arguments) end
        if verb == "each" then
            function run(arguments)
                return coroutine.wrap(function()
                    local wanted = {}
                    for key, value in pairs(arguments or {}) do wanted[key] = value end
                    repeat
                        local page = session:invoke(noun .. ".list", wanted)
                        for _, record in ipairs(page.items) do coroutine.yield(record) end
                        wanted.after = page.next
                    until page.next == autocrm.null
                end)
            end
        end
        rawset(verbs, verb, run)
        return run
    end })
end

function Session.__index(self, name)
    if methods[name] then return methods[name] end
    if name:sub(1, 1) == "_" then return nil end
    local noun = noun_of(self, name)
    rawset(self, name, noun)
    return noun
end

-- Open a database. Options: principal, zone, flags; clock, a function that gives microseconds since
-- 1970; key, 32 bytes; transports, each { name = , channels = {...}, submit = function(message) },
-- where submit returns nothing or { outcome = "delivered", reference = ... }; connectors, each
-- { name = , ask = function(request) }, where ask returns an answer, or raises one by
-- autocrm.refused(reason), autocrm.never(reason) or autocrm.later(reason, seconds).
local function open(engine, where, options)
    local given = ffi.new("acrm_options", { struct_size = ffi.sizeof("acrm_options"),
                                            flags = options.flags or 0, zone = options.zone })
    local clock = options.clock and ffi.new("acrm_clock", {
        struct_size = ffi.sizeof("acrm_clock"), self = keep(engine.kept, options.clock),
        now = callback("now", 0) })
    local key = options.key
    if key and #key ~= 32 then raise("ACRM_E_INVALID", "a master key has 32 bytes") end
    local keys = key and ffi.new("acrm_keys", {
        struct_size = ffi.sizeof("acrm_keys"), get = callback("get_key", -7),
        self = keep(engine.kept, function(place)
            ffi.copy(place, key, 32)
            return 0
        end) })
    local transports, connectors = options.transports or {}, options.connectors or {}
    local post = lay_ports(engine, "transport", lay_transport, transports)
    local ask = lay_ports(engine, "connector", lay_connector, connectors)
    given.clock, given.keys = clock, keys
    given.transports, given.n_transports = post, #transports
    given.connectors, given.n_connectors = ask, #connectors
    local out = ffi.new("acrm_engine *[1]")
    local err = ffi.new("acrm_error *[1]")
    local status = lib.acrm_open(where, given, out, err)
    if status == 0 then engine.handle = ffi.gc(out[0], lib.acrm_close) end
    rethrow()
    if status ~= 0 then fail(status, err[0]) end
    local session = begin(engine, options.principal or "system")
    session._owner = true
    return session
end
jit.off(open)
jit.off(begin)

function autocrm.open(where, options)
    local engine = { sessions = 0, kept = {} }
    local fine, result = pcall(open, engine, where, options or {})
    if not fine then
        forget(engine.kept)
        error(result, 0)
    end
    return result
end

return autocrm
