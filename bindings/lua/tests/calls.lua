-- SPDX-License-Identifier: MIT
-- The scripts of tests/calls through Lua: calls.lua FOLDER FILE...

local autocrm = require "autocrm"

local failures = 0

local function told(fault)
    failures = failures + 1
    print(fault)
end

local function fill(value, kept)
    if type(value) == "string" and value:sub(1, 1) == "$" then
        return kept[value:sub(2)] or value
    elseif type(value) == "table" and value ~= autocrm.null then
        local copy = setmetatable({}, getmetatable(value))
        for key, member in pairs(value) do copy[key] = fill(member, kept) end
        return copy
    end
    return value
end

local function compare(expected, got, path)
    if type(expected) == "table" and expected ~= autocrm.null then
        if type(got) ~= "table" then return told(path .. ": nothing like that there") end
        if #expected ~= #got then told(path .. ": " .. #got .. " members") end
        for key, member in pairs(expected) do
            compare(member, got[key], path .. "." .. tostring(key))
        end
    elseif expected ~= got then
        told(path .. ": " .. tostring(expected) .. " expected, " .. tostring(got) .. " there")
    end
end

-- Microseconds since 1970 of an instant as text.
local function micros_of(text)
    local year, month, day, hour, minute, second, part =
        text:match("(%d+)-(%d+)-(%d+)T(%d+):(%d+):(%d+)%.?(%d*)Z")
    local late = math.floor((14 - month) / 12) -- January and February end the year before
    local years, months = year + 4800 - late, month + 12 * late - 3
    local days = day + math.floor((153 * months + 2) / 5) + 365 * years + math.floor(years / 4)
        - math.floor(years / 100) + math.floor(years / 400) - 32045 - 2440588
    return (((days * 24 + hour) * 60 + minute) * 60 + second) * 1000000 + (tonumber(part) or 0)
end

local function at(value, path)
    for word in path:gmatch("[^.]+") do
        value = value[tonumber(word) and tonumber(word) + 1 or word]
    end
    return value
end

local function run(name, script)
    local micros = micros_of(script.now)
    local crm = autocrm.open("memory:", { clock = function() return micros end })
    local kept = {}
    for _, step in ipairs(script.steps) do
        local where = name .. ": " .. step.call
        local fine, answer = pcall(crm.invoke, crm, step.call, fill(step.args, kept))
        if fine ~= (step.error == nil) then
            told(where .. ": " .. tostring(answer))
        else
            for key, path in pairs(step.keep or {}) do kept[key] = at(answer, path) end
            compare(fill(step.expect or step.error or {}, kept), answer, where)
        end
    end
    crm:close()
end

for n = 2, #arg do
    local file = assert(io.open(arg[1] .. "/" .. arg[n], "rb"))
    run(arg[n], autocrm.parse(file:read("*a")))
    file:close()
end
print(("%d checks, %d failures"):format(#arg - 1, failures))
os.exit(failures == 0 and 0 or 1)
