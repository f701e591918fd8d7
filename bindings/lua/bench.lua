-- SPDX-License-Identifier: MIT
-- Prints the microseconds of a get: bench.lua DATABASE (see bindings/bench.py)

local autocrm = require "autocrm"

local crm = autocrm.open(arg[1], { flags = autocrm.SYNC_NORMAL })
local ids = {}
for one in crm.customer.each{ limit = 1000, fields = { "id" } } do ids[#ids + 1] = one.id end
local runs = {}
for run = 1, 6 do
    local begin = os.clock()
    for n = 0, 4999 do crm.customer.get{ id = ids[n * 7919 % 10000 + 1] } end
    runs[run] = (os.clock() - begin) / 5000 * 1e6
end
table.remove(runs, 1)
table.sort(runs)
print(runs[3])
