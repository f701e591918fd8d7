// SPDX-License-Identifier: MIT
'use strict';
// The scripts of tests/calls, by promise and at once.

const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const autocrm = require('../index.js');

const folder = process.env.AUTOCRM_CALLS || path.join(__dirname, '../../../tests/calls');

function fill(value, kept) {
  if (typeof value === 'string' && value[0] === '$') return kept[value.slice(1)] ?? value;
  if (Array.isArray(value)) return value.map((each) => fill(each, kept));
  if (value && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, fill(each, kept)]));
  }
  return value;
}

function compare(expected, got, where) {
  if (Array.isArray(expected)) {
    assert.strictEqual(got.length, expected.length, `${where}: its length`);
    expected.forEach((each, n) => compare(each, got[n], `${where}[${n}]`));
  } else if (expected && typeof expected === 'object') {
    Object.entries(expected).forEach(([key, each]) => compare(each, got[key], `${where}.${key}`));
  } else {
    assert.strictEqual(got, expected, where);
  }
}

async function outcome(run) {
  try {
    return [false, await run()];
  } catch (failure) {
    return [true, failure];
  }
}

async function play(script, invoke) {
  const kept = {};
  for (const step of script.steps) {
    const [failed, answer] = await outcome(() => invoke(step.call, fill(step.args, kept)));
    assert.strictEqual(failed, 'error' in step, `${step.call}: ${answer.message || 'worked'}`);
    Object.entries(step.keep || {}).forEach(([name, where]) => {
      kept[name] = where.split('.').reduce((value, word) => value[word], answer);
    });
    compare(fill(step.expect || step.error || {}, kept), answer, step.call);
  }
}

for (const name of fs.readdirSync(folder).filter((each) => each.endsWith('.json'))) {
  const script = JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8'));
  const [, second, part] = /^([^.]+?)(?:\.(\d+))?Z$/.exec(script.now);
  const micros = BigInt(Date.parse(`${second}Z`)) * 1000n + BigInt(part || 0);
  for (const way of ['invoke', 'invokeSync']) {
    test(`${name} by ${way}`, async () => {
      const crm = autocrm.open('memory:', { clock: () => micros });
      await play(script, (operation, args) => crm[way](operation, args));
      crm.close();
    });
  }
}
