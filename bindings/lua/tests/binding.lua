-- SPDX-License-Identifier: MIT
-- What Lua adds to the calls, and that misuse is an error, never a crash.

local autocrm = require "autocrm"

local checks, failures = 0, 0

local function check(what, truth)
    checks = checks + 1
    if not truth then
        failures = failures + 1
        print("failed: " .. what)
    end
end

local function raises(what, name, run)
    local fine, raised = pcall(run)
    check(what, not fine and (type(raised) == "table" and raised.name or raised) == name)
end

local crm = autocrm.open("memory:", { zone = "Europe/Rome" })
local ada = crm.customer.create{ name = "Ada", city = "Roma", contact_points = {
    { channel = "phone", value = "+39 333 1234567" } } }
check("a record is a table", ada.name == "Ada" and ada.version == 1 and ada.deleted_at == autocrm.null)
for n = 1, 25 do crm.customer.create{ name = ("Customer %02d"):format(n) } end
local count = 0
for customer in crm.customer.each{ limit = 10, fields = { "name" } } do count = count + 1 end
check("each walks all pages", count == 26)
check("an empty list is a list", #crm.customer.list{ where = { name = { ["$in"] = autocrm.list() } } }.items == 0)
check("null clears", crm.customer.update{ id = ada.id, version = 1, city = autocrm.null }.version == 2)

raises("a failure has its name", "ACRM_E_INVALID", function() crm.customer.create{ kind = "ghost" } end)
raises("no such operation", "ACRM_E_NOTFOUND", function() crm.spaceship.launch{} end)
raises("a function is no value", "ACRM_E_INVALID", function() crm.customer.create{ name = print } end)
raises("not a number", "ACRM_E_INVALID", function() crm.customer.create{ name = 0 / 0 } end)
local ring = {}
ring.where = ring
raises("a ring of tables", "ACRM_E_LIMIT", function() crm.customer.list(ring) end)
raises("a wrong zone", "ACRM_E_INVALID", function() autocrm.open("memory:", { zone = "Moon/Base" }) end)
raises("a clock that fails", "no time", function()
    autocrm.open("memory:", { clock = function() error("no time", 0) end })
end)
raises("nobody", "ACRM_E_INVALID", function() crm:acting_as("ghost") end)

local own = crm:acting_as("customer:" .. ada.id)
check("a customer sees itself", own.customer.get{ id = ada.id }.name == "Ada")
raises("and may not make users", "ACRM_E_DENIED", function() own.user.create{ name = "B", login = "b" } end)
local get = crm.customer.get
crm:close()
crm:close()
raises("after close", "ACRM_E_MISUSE", function() get{ id = ada.id } end)
raises("no session after close", "ACRM_E_MISUSE", function() crm:acting_as("system") end)
own:close()

-- The own session within a callback of the call that runs: told, and nothing breaks.
local told, busy = {}, nil
busy = autocrm.open("memory:", { clock = function()
    if busy and #told == 0 then
        for _, try in ipairs{ function() busy.customer.count{} end, function() busy:close() end } do
            local _, wrong = pcall(try)
            told[#told + 1] = wrong.name
        end
    end
    return 1767600000000000
end })
busy.customer.create{ name = "Ada" }
check("calls and ends within a callback", told[1] == "ACRM_E_MISUSE" and told[2] == told[1])
busy:close()

local function order(crm)
    local ada = crm.customer.create{ name = "Ada", contact_points = {
        { channel = "email", value = "ada@example.org" } } }
    return crm.message.send{ customer_id = ada.id, channel = "email", purpose = "service",
                             subject = "Ready ✓", body = "Come." }.id
end

local sent = {}
crm = autocrm.open("memory:", { transports = { { name = "post", channels = { "sms", "email" },
    submit = function(message)
        sent[#sent + 1] = message
        return { outcome = "delivered", reference = ("é"):rep(100) }
    end } } })
local id = order(crm)
crm.engine.tick()
check("a transport of Lua sends", #sent == 1 and sent[1].to == "ada@example.org"
    and sent[1].subject == "Ready ✓" and sent[1].channel == "email" and sent[1].html == false)
check("and says so", crm.message.get{ id = id }.status == "delivered")
crm:close()
crm = autocrm.open("memory:", { transports = { { name = "x", channels = { "email" },
    submit = function() error("no line", 0) end } } })
id = order(crm)
raises("a transport that fails", "no line", function() crm.engine.tick() end)
check("and harms nothing", crm.message.get{ id = id }.status == "queued")
crm:close()
raises("no such channel", "ACRM_E_INVALID", function()
    autocrm.open("memory:", { transports = { { name = "x", channels = { "pigeon" } } } })
end)
raises("a short key", "ACRM_E_INVALID", function() autocrm.open("memory:", { key = "short" }) end)

local asked = {}
crm = autocrm.open("memory:", { key = ("k"):rep(32), connectors = { { name = "valuation", timeout = 5,
    ask = function(request)
        asked[#asked + 1] = request
        if request.name == "price" then return { amount = "11500.00", to = "آدا" } end
        if request.name == "later" then autocrm.later("because", 60) end
        local raise = autocrm[request.name] or error
        raise("because")
    end } } })
local made = {}
for n, name in ipairs{ "price", "refused", "never", "later", "broken" } do
    made[n] = crm.connector.request{ connector = "valuation", name = name, body = { vin = "X" } }.id
end
check("a connector that fails", not pcall(crm.engine.tick))
check("what is asked", asked[1].key == made[1] and asked[1].body.vin == "X" and asked[1].timeout == 5)
local states = {}
for n, each in ipairs(made) do states[n] = crm.connector_request.get{ id = each }.state end
check("every outcome", table.concat(states, " ") == "answered refused failed queued queued")
check("an answer", crm.connector_request.get{ id = made[1] }.answer.to == "آدا")

local rows = { "name,phone" }
for n = 1, 300 do rows[#rows + 1] = ("Name %d,+39333%07d"):format(n, n) end
local steps = 0
crm:lend{ input = table.concat(rows, "\n") .. "\n", progress = function() steps = steps + 1 end }
    .import.run{ source = "a.csv" }
check("text is read, and progress told", crm.customer.count().count == 300 and steps > 0)
local file = io.tmpfile()
file:write("name,phone\nBea,+393339999999\n")
file:seek("set")
crm:lend{ input = file }.import.run{ source = "b.csv" }
check("a file is read", crm.customer.count().count == 301)
local bytes, pieces = ("é"):rep(50000), {}
local someone = crm.customer.list{ limit = 1 }.items[1].id
local kept = crm:lend{ input = bytes }.attachment.add{ id = someone, file_name = "a.bin" }.id
crm:lend{ output = function(piece) pieces[#pieces + 1] = piece end }.attachment.read{ id = kept }
check("what is written is given", table.concat(pieces) == bytes)
raises("an output that fails", "full", function()
    crm:lend{ output = function() error("full", 0) end }.attachment.read{ id = kept }
end)
raises("progress ends a call", "ACRM_E_INTERRUPTED", function()
    crm:lend{ input = "name\nA\n", progress = function() return false end }
        .import.run{ source = "c.csv" }
end)
raises("what was lent is taken back", "ACRM_E_INVALID", function() crm.import.run{ source = "d.csv" } end)
check("the registry", crm:describe("lead").operations ~= nil)
crm:close()

for _ = 1, tonumber(os.getenv("AUTOCRM_OPENINGS") or 60) do
    local short = autocrm.open("memory:", { clock = function() return 1767600000000000 end })
    local own = short:acting_as("system")
    short:close()
    own.customer.count{}
    own:close()
end
collectgarbage()
check("what was forgotten is collected", collectgarbage("count") < 4096)

print(("%d checks, %d failures"):format(checks, failures))
os.exit(failures == 0 and 0 or 1)
