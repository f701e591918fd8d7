// SPDX-License-Identifier: MIT
'use strict';
// Prints the microseconds of a get: bench.js BINDING sync|promise DATABASE (see bindings/bench.py)

const [folder, way, database] = process.argv.slice(2);
const autocrm = require(folder);

async function main() {
  const crm = autocrm.open(database, { flags: autocrm.SYNC_NORMAL });
  const ids = [...crm.blocking.customer.each({ limit: 1000, fields: ['id'] })].map((one) => one.id);
  const runs = [];
  for (let run = 0; run < 9; run += 1) {
    const begin = process.cpuUsage();
    for (let n = 0; n < 5000; n += 1) {
      const id = ids[n * 7919 % 10000];
      if (way === 'sync') crm.blocking.customer.get({ id });
      else await crm.customer.get({ id });
    }
    const { user, system } = process.cpuUsage(begin);
    runs.push((user + system) / 5000);
  }
  crm.close();
  console.log(runs.slice(2).sort((a, b) => a - b)[3]);
}

main();
