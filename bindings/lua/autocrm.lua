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

local ffi = require "ffi"

ffi.cdef [[
typedef struct acrm_engine acrm_engine;
typedef struct acrm_session acrm_session;
typedef struct acrm_value acrm_value;
typedef struct acrm_error acrm_error;
typedef struct acrm_clock {
    uint32_t struct_size; uint32_t flags; void *self; int64_t (*now)(void *self);
} acrm_clock;
typedef struct acrm_options {
    uint32_t struct_size; uint32_t flags; const void *allocator; const acrm_clock *clock;
    const void *random; const void *log; const void *keys; const char *zone;
    const void *blobs; const void *transports; uint32_t n_transports; const void *phone;
} acrm_options;
const char *acrm_version(void);
const char *acrm_status_name(int32_t status);
const char *acrm_error_json(const acrm_error *error);
void acrm_error_free(acrm_error *error);
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
int32_t acrm_call(acrm_session *session, const char *operation, const acrm_value *args,
                  acrm_value **out, acrm_error **err);
]]

local lib = ffi.load(os.getenv("AUTOCRM_LIBRARY") or "libautocrm.so.0")

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

-- Run an operation by name.
function methods:invoke(operation, arguments)
    local handle = rawget(self, "_handle")
    if not handle then raise("ACRM_E_MISUSE", "the session was closed") end
    local args = new_value()
    write(args, arguments or {}, 0)
    if next(arguments or {}) == nil then checked(lib.acrm_value_set_map(args)) end
    local result = call(handle, operation, args)
    local raised = self._engine.raised
    if raised ~= nil then
        self._engine.raised = nil
        error(raised, 0)
    end
    return read(result)
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
    ffi.gc(handle, nil)
    lib.acrm_session_free(handle)
    self._handle = nil
    local engine = self._engine
    engine.sessions = engine.sessions - 1
    if rawget(self, "_owner") then
        lib.acrm_close(ffi.gc(engine.handle, nil))
        engine.handle = nil
    end
    -- Sessions keep a database that was closed, and its clock with it.
    if not engine.handle and engine.sessions == 0 and engine.now then
        engine.now:free()
        engine.now = nil
    end
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

-- Open a database. Options: zone, flags, and clock, a function that gives microseconds since 1970.
function autocrm.open(where, options)
    options = options or {}
    local engine = { sessions = 0 }
    local given = ffi.new("acrm_options", { struct_size = ffi.sizeof("acrm_options"),
                                            flags = options.flags or 0, zone = options.zone })
    if options.clock then
        engine.now = ffi.cast("int64_t (*)(void *)", function()
            local fine, moment = pcall(options.clock)
            if fine and type(moment) == "number" then return moment end
            engine.raised = engine.raised or moment
            return 0
        end)
        engine.clock = ffi.new("acrm_clock", { struct_size = ffi.sizeof("acrm_clock"),
                                               now = engine.now })
        given.clock = engine.clock
    end
    local out = ffi.new("acrm_engine *[1]")
    local err = ffi.new("acrm_error *[1]")
    local status = lib.acrm_open(where, given, out, err)
    if status ~= 0 then fail(status, err[0]) end
    engine.handle = ffi.gc(out[0], lib.acrm_close)
    if engine.raised ~= nil then error(engine.raised, 0) end
    local session = begin(engine, options.principal or "system")
    session._owner = true
    return session
end
jit.off(autocrm.open)
jit.off(begin)

return autocrm
