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
