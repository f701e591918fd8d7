// SPDX-License-Identifier: MIT
'use strict';
// What JavaScript adds to the calls, and that misuse is an exception, never a crash.

const assert = require('node:assert');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const autocrm = require('../index.js');

const failure = (name) => (error) => error instanceof autocrm.Failure && error.name === name;

test('records, lists and failures', async () => {
  const crm = autocrm.open('memory:', { zone: 'Europe/Rome' });
  const ada = await crm.customer.create({ name: 'Ada', city: 'Roma' });
  assert.strictEqual(crm.blocking.customer.get({ id: ada.id }).name, 'Ada');
  await Promise.all([...Array(25).keys()].map((n) => crm.customer.create({ name: `C ${n}` })));
  const names = [];
  for await (const one of crm.customer.each({ limit: 10 })) names.push(one.name);
  assert.strictEqual(names.length, 26);
  assert.strictEqual([...crm.blocking.customer.each({ limit: 7, fields: ['name'] })].length, 26);
  await assert.rejects(crm.customer.create({ kind: 'ghost', city: 7 }), (error) => {
    assert.deepStrictEqual(error.fields.map((each) => each.field), ['kind', 'city']);
    return error instanceof autocrm.Invalid && error.reason === 'choice';
  });
  await assert.rejects(crm.spaceship.launch(), autocrm.NotFound);
  const own = crm.actingAs(`customer:${ada.id}`);
  await assert.rejects(own.user.create({ name: 'B', login: 'b' }), failure('ACRM_E_DENIED'));
  own.close();
  crm.close();
});

test('values that JSON has no form for', () => {
  const crm = autocrm.open('memory:');
  const ada = crm.blocking.customer.create({ name: 'Ada' });
  const due = new Date('2026-03-01T09:30:00Z');
  const work = crm.blocking.activity.create({ customer_id: ada.id, kind: 'call', subject: 'S', due_at: due });
  assert.strictEqual(work.due_at, '2026-03-01T09:30:00Z');
  assert.strictEqual(crm.blocking.customer.list({ limit: 1n }).items.length, 1);
  for (const wrong of [2n ** 60n, NaN, Infinity]) {
    assert.throws(() => crm.blocking.customer.list({ limit: wrong }), RangeError);
  }
  assert.throws(() => crm.blocking.customer.create({ name: () => 1 }), TypeError);
  const ring = {};
  ring.where = ring;
  assert.throws(() => crm.blocking.customer.list(ring), TypeError);
  crm.close();
});

test('the event loop is free while a call runs', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'autocrm-'));
  const crm = autocrm.open(path.join(folder, 'a.db'));
  let turns = 0;
  const timer = setInterval(() => { turns += 1; }, 1);
  const records = [...Array(1000).keys()].map((n) => ({ name: `Customer ${n}` }));
  for (let n = 0; n < 5; n += 1) await crm.customer.create_many({ records });
  clearInterval(timer);
  assert.ok(turns > 5, `${turns} turns`);
  crm.close();
  fs.rmSync(folder, { recursive: true });
});

test('misuse is an exception', async () => {
  assert.throws(() => autocrm.open('memory:', { zone: 'Moon/Base' }), failure('ACRM_E_INVALID'));
  assert.throws(() => autocrm.open('/nowhere/a.db', { flags: autocrm.NO_CREATE }),
    failure('ACRM_E_NOTFOUND'));
  assert.throws(() => autocrm.open('memory:', { clock: () => { throw new Error('no time'); } }),
    /no time/);
  const crm = autocrm.open('memory:');
  assert.throws(() => crm.actingAs('ghost'), failure('ACRM_E_INVALID'));
  const running = crm.customer.count();
  await new Promise((resolve) => { setImmediate(resolve); });
  await running;
  const own = crm.actingAs('system');
  crm.close();
  crm.close();
  await assert.rejects(crm.customer.count(), failure('ACRM_E_MISUSE'));
  assert.throws(() => crm.blocking.customer.count(), failure('ACRM_E_MISUSE'));
  assert.throws(() => crm.actingAs('system'), failure('ACRM_E_MISUSE'));
  assert.throws(() => crm.describe(), failure('ACRM_E_MISUSE'));
  own.close();
  assert.throws(() => own.blocking.customer.count(), failure('ACRM_E_MISUSE'));
});

test('a session outlives the one that opened the database, and its clock with it', () => {
  const crm = autocrm.open('memory:', { clock: () => 1767600000000000n });
  const own = crm.actingAs('system');
  crm.close();
  assert.strictEqual(own.blocking.customer.create({ name: 'Ada' }).created_at, '2026-01-05T08:00:00Z');
  own.close();
});

test('an interrupt ends the running call and no later one', () => {
  let crm = null;
  let calls = 0;
  crm = autocrm.open('memory:', {
    clock: () => {
      calls += 1;
      if (crm && calls < 10) crm.interrupt();
      return 1767600000000000n;
    },
  });
  calls = 9;
  const made = crm.blocking.customer.create({ name: 'Ada' });
  calls = 0;
  assert.throws(() => crm.blocking.customer.list(), failure('ACRM_E_INTERRUPTED'));
  calls = 10;
  assert.strictEqual(crm.blocking.customer.get({ id: made.id }).name, 'Ada');
  crm.close();
});

test('two calls at once in one session', () => {
  let crm = null;
  let told = null;
  crm = autocrm.open('memory:', {
    clock: () => {
      if (crm && !told) {
        try {
          crm.blocking.customer.count();
        } catch (error) {
          told = error;
        }
      }
      return 1767600000000000n;
    },
  });
  crm.blocking.customer.create({ name: 'Ada' });
  assert.ok(failure('ACRM_E_MISUSE')(told));
  crm.close();
});

function order(crm) {
  const ada = crm.blocking.customer.create({
    name: 'Ada', contact_points: [{ channel: 'email', value: 'ada@example.org' }],
  });
  return crm.blocking.message.send({
    customer_id: ada.id, channel: 'email', purpose: 'service', subject: 'Ready ✓', body: 'Come.',
  });
}

test('a transport of JavaScript sends, by promise and at once', async () => {
  for (const tick of [(crm) => crm.engine.tick(), (crm) => crm.blocking.engine.tick()]) {
    const sent = [];
    const crm = autocrm.open('memory:', {
      transports: [{
        name: 'post',
        channels: ['email'],
        submit(message) {
          sent.push([message.channel, message.to, message.subject, message.body]);
          return { outcome: 'delivered', reference: 'é'.repeat(100) };
        },
      }],
    });
    const message = order(crm);
    await tick(crm);
    assert.deepStrictEqual(sent, [['email', 'ada@example.org', 'Ready ✓', 'Come.']]);
    assert.strictEqual(crm.blocking.message.get({ id: message.id }).status, 'delivered');
    crm.close();
  }
});

test('a transport that throws harms nothing', async () => {
  const crm = autocrm.open('memory:', {
    transports: [{ name: 'x', channels: ['email'], submit() { throw new Error('no line'); } }],
  });
  const message = order(crm);
  await assert.rejects(crm.engine.tick(), /no line/);
  assert.strictEqual(crm.blocking.message.get({ id: message.id }).status, 'queued');
  crm.close();
});

test('a transport that promises is told', async () => {
  const crm = autocrm.open('memory:', {
    transports: [{ name: 'x', channels: ['email'], async submit() { return {}; } }],
  });
  order(crm);
  await assert.rejects(crm.engine.tick(), /at once/);
  crm.close();
  assert.throws(() => autocrm.open('memory:', {
    transports: [{ name: 'x', channels: ['pigeon'], submit() {} }],
  }), /no channel pigeon/);
});

test('a connector of JavaScript answers, refuses and fails', async () => {
  const asked = [];
  const why = { no: autocrm.Refused, never: autocrm.Never, later: autocrm.Later, broken: TypeError };
  const crm = autocrm.open('memory:', {
    connectors: [{
      name: 'valuation',
      timeout: 5,
      ask(request) {
        asked.push(request);
        if (request.name === 'price') return { amount: '11500.00', to: 'آدا' };
        throw new why[request.name]('because');
      },
    }],
  });
  const made = {};
  for (const name of ['price', ...Object.keys(why)]) {
    made[name] = (await crm.connector.request({ connector: 'valuation', name, body: { vin: 'X' } })).id;
  }
  await assert.rejects(crm.engine.tick(), TypeError);
  assert.deepStrictEqual(asked[0],
    { name: 'price', key: made.price, attempt: 1, timeout: 5, body: { vin: 'X' } });
  const states = {};
  for (const [name, id] of Object.entries(made)) {
    const { state, answer } = await crm.connector_request.get({ id });
    states[name] = state;
    if (name === 'price') assert.deepStrictEqual(answer, { amount: '11500.00', to: 'آدا' });
  }
  assert.deepStrictEqual(states,
    { price: 'answered', no: 'refused', never: 'failed', later: 'queued', broken: 'queued' });
  crm.close();
});

test('what is lent is read, written and told', async () => {
  const crm = autocrm.open('memory:', { key: new Uint8Array(32).fill(7) });
  const told = [];
  const rows = [...Array(300).keys()].map((n) => `Name ${n},+39333${String(n).padStart(7, '0')}\n`);
  await crm.lend({
    input: `name,phone\n${rows.join('')}`, progress: (...all) => { told.push(all); },
  }).import.run({ source: 'a.csv' });
  assert.strictEqual(crm.blocking.customer.count().count, 300);
  assert.ok(told.length > 0 && told[0].length === 3);
  const bytes = Buffer.alloc(100000, 'é');
  const ada = (await crm.customer.list({ limit: 1 })).items[0];
  const kept = crm.blocking.lend({ input: bytes }).attachment.add({ id: ada.id, file_name: 'a.bin' });
  const pieces = [];
  await crm.lend({ output: (piece) => pieces.push(piece) }).attachment.read({ id: kept.id });
  assert.ok(Buffer.concat(pieces).equals(bytes));
  assert.strictEqual((await crm.attachment.read({ id: kept.id })).data.length, 133336);
  await assert.rejects(crm.lend({ input() { throw new RangeError('gone'); } })
    .import.run({ source: 'b.csv' }), /gone/);
  await assert.rejects(crm.lend({ input: 'name\nA\n', progress: () => false })
    .import.run({ source: 'c.csv' }), failure('ACRM_E_INTERRUPTED'));
  assert.throws(() => crm.lend({ input: 7 }), TypeError);
  await assert.rejects(crm.import.run({ source: 'd.csv' }), autocrm.Invalid);
  crm.close();
  assert.throws(() => autocrm.open('memory:', { key: new Uint8Array(3) }), /32 bytes/);
});

test('the same random bytes make the same ids', () => {
  const made = [1, 2].map(() => {
    const crm = autocrm.open('memory:', {
      clock: () => 1767600000000000n, random: (size) => new Uint8Array(size).fill(9),
    });
    const { id } = crm.blocking.customer.create({ name: 'Ada' });
    crm.close();
    return id;
  });
  assert.strictEqual(made[0], made[1]);
});

test('thousands of databases leak nothing', () => {
  const round = (times) => {
    for (let n = 0; n < times; n += 1) {
      const crm = autocrm.open('memory:', { clock: () => 1767600000000000n });
      crm.blocking.customer.count();
      crm.close();
    }
    return process.memoryUsage().rss;
  };
  const before = round(30);
  assert.ok(round(Number(process.env.AUTOCRM_OPENINGS || 60)) - before < 32e6);
});

test('modules of both kinds give the same', async () => {
  const module = await import('../index.mjs');
  assert.deepStrictEqual(Object.keys(autocrm).filter((name) => module[name] !== autocrm[name]), []);
  assert.strictEqual(module.default.version, autocrm.version);
});

test('the module may be loaded twice', () => {
  const ours = Object.keys(require.cache).filter((name) => !name.includes('node_modules'));
  ours.forEach((name) => { delete require.cache[name]; });
  const again = require('../index.js');
  assert.notStrictEqual(again.open, autocrm.open);
  again.open('memory:').close();
});
