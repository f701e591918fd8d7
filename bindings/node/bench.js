// SPDX-License-Identifier: MIT
'use strict';
// Prints the microseconds of a get: bench.js BINDING sync|promise DATABASE (see bindings/bench.py)

const [folder, way, database] = process.argv.slice(2);
const autocrm = require(folder);

async function main() {
  const crm = autocrm.open(database, { flags: autocrm.SYNC_NORMAL });
  for (let start = 0; start < 10000; start += 1000) {
    const records = [...Array(1000).keys()]
      .map((n) => ({ name: `Customer ${String(start + n).padStart(6, '0')}` }));
    crm.blocking.customer.create_many({ records });
  }
  const ids = [...crm.blocking.customer.each({ limit: 1000, fields: ['id'] })].map((one) => one.id);
  const runs = [];
  for (let run = 0; run < 7; run += 1) {
    const begin = process.hrtime.bigint();
    for (let n = 0; n < 5000; n += 1) {
      const id = ids[n * 7919 % 10000];
      if (way === 'sync') crm.blocking.customer.get({ id });
      else await crm.customer.get({ id });
    }
    runs.push(Number(process.hrtime.bigint() - begin) / 5000 / 1000);
  }
  crm.close();
  console.log(runs.slice(2).sort((a, b) => a - b)[2]);
}

main();
