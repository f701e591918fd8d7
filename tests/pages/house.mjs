// SPDX-License-Identifier: MIT
// What the tests of the pages stand on: a seeded database, a running server, a browser, and a count
// of what was checked.
import { execFileSync, spawn } from 'node:child_process';
import { accessSync, constants, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { seed } from './seed.mjs';

export const PASSWORD = 'a long walk by the lake';
export const LOGINS = ['office', 'manager', 'seller', 'service'];

/** The packages that the build of the pages installed. */
export const packages = (built) => createRequire(join(built, 'work', 'package.json'));

function onPath(names) {
    for (const folder of (process.env.PATH ?? '').split(delimiter))
        for (const name of names)
            try {
                accessSync(join(folder, name), constants.X_OK);
                return join(folder, name);
            } catch {
                // Not there: the next place is tried.
            }
    throw new Error(`none of ${names.join(', ')} is on PATH`);
}

const LONGEST = 150e3;
let checks = 0;
let failures = 0;

export function check(truth, what) {
    checks++;
    if (truth)
        return;
    failures++;
    console.log(`FAIL: ${what}`);
}

export const equal = (got, wanted, what) =>
    check(got === wanted, `${what}: got ${JSON.stringify(got)}, wanted ${JSON.stringify(wanted)}`);

/** Runs a part; what it throws is a failure of it, and the others go on. */
export async function part(name, run) {
    const begun = Date.now();
    try {
        await Promise.race([run(), new Promise((_done, fail) =>
            setTimeout(() => fail(new Error('it takes too long')), LONGEST).unref())]);
    } catch (error) {
        check(false, `${name}: ${error.stack ?? error}`);
    }
    console.log(`${name}: ${Date.now() - begun} ms`);
}

export function tell() {
    console.log(`${checks} checks, ${failures} failures`);
    return failures === 0 ? 0 : 1;
}

/** A database with everything, and who may sign in. */
export function database(tool, folder, leads) {
    mkdirSync(folder, { recursive: true });
    const file = join(folder, 'pages.db');
    const made = seed(tool, file, leads);
    made.crm.call('signin_policy.create', { memory_kib: 1024, passes: 1 });
    const users = made.crm.by('user', 'login');
    for (const login of LOGINS)
        made.crm.call('credential.create', { user_id: users[login], password: PASSWORD,
            must_change: false });
    made.crm.call('credential.create', { customer_id: made.ada, login: 'ada@example.com',
        password: PASSWORD, must_change: false });
    made.crm.call('credential.create', { customer_id: made.evil, login: 'evil@example.com',
        password: PASSWORD, must_change: false });
    return { ...made, file };
}

/** The server on a free port of this machine. */
export async function serve(program, file, site) {
    const child = spawn(program, ['--db', file, '--listen', '127.0.0.1:0', '--pages', site,
        '--tick', '1', '--threads', '1'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const url = await new Promise((resolve, reject) => {
        let text = '';
        child.stdout.on('data', (data) => {
            text += data;
            const found = /Listening at (\S+)/.exec(text);
            if (found)
                resolve(found[1]);
        });
        child.on('exit', (code) => reject(new Error(`the server ended with ${code}`)));
    });
    const stop = () => new Promise((resolve) => {
        child.removeAllListeners('exit');
        child.on('exit', resolve);
        child.kill('SIGTERM');
    });
    return { url, stop };
}

export async function browser(built) {
    const { chromium } = packages(built)('playwright-core');
    return chromium.launch({ executablePath: onPath(['chromium', 'chromium-browser']),
        args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
}

/** Somebody's own browser window; what goes wrong in it is a failure. */
export async function open(chromium, url, options = {}) {
    const { language = 'en', width = 1360, height = 900, workers = 'block', ...more } = options;
    const context = await chromium.newContext({ viewport: { width, height },
        serviceWorkers: workers, baseURL: url, ...more });
    await context.addInitScript((code) => localStorage.setItem('language', code), language);
    const page = await context.newPage();
    page.setDefaultTimeout(20000);
    page.on('pageerror', (error) => check(false, `an error in the page: ${error}`));
    page.on('console', (message) => {
        if (/Content Security Policy|Refused to/.test(message.text()))
            check(false, `the policy was broken: ${message.text()}`);
    });
    page.on('dialog', (dialog) => {
        check(false, `a dialog of a script: ${dialog.message()}`);
        void dialog.dismiss();
    });
    return page;
}

let door = Promise.resolve();

/** Signs in by the sign-in page; one after the other, as the server takes two at a time. */
export function enter(page, login) {
    const turn = door.then(() => walkIn(page, login));
    door = turn.catch(() => undefined);
    return turn;
}

async function walkIn(page, login) {
    await page.goto('/');
    await page.fill('input[autocomplete=username]', login);
    await page.fill('input[type=password]', PASSWORD);
    await page.click('button[type=submit]');
    await page.waitForSelector('.frame');
}

/** Goes to a page, and waits until it has all that it asks for. */
export async function visit(page, where) {
    await page.evaluate((hash) => {
        location.hash = hash;
    }, `#/${where}`);
    await settle(page);
}

export async function settle(page) {
    await page.waitForTimeout(80);
    await page.waitForFunction(() => document.querySelector('main')
        && !document.querySelector('[aria-busy="true"]'));
    await page.waitForTimeout(80);
}

/** No violation of WCAG 2.2 A and AA that axe can find. */
export async function accessible(page, built, what) {
    const source = packages(built).resolve('axe-core/axe.min.js');
    await page.evaluate(readFileSync(source, 'utf8'));
    const found = await page.evaluate(async () => (await globalThis.axe.run(document, {
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
    })).violations.map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) =>
        `${node.html.slice(0, 160)} ${node.any[0]?.message ?? node.all[0]?.message ?? ''}`)
        .join(' | ')}`));
    check(found.length === 0, `${what} is accessible: ${found.join('\n    ')}`);
}

export const run = (program, args) => execFileSync(program, args, { encoding: 'utf8' });
