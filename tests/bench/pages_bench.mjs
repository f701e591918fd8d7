// SPDX-License-Identifier: MIT
// The board with a thousand leads: how long the longest task of the page is while it opens, is read
// to its end and a lead is moved. node pages_bench.mjs BUILT AUTOCRM AUTOCRM-SERVER [--size N] [--runs N]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { browser, database, enter, open, serve, visit } from '../pages/house.mjs';

const [built, tool, program, ...options] = process.argv.slice(2);
const option = (name, without) =>
    options.includes(name) ? Number(options[options.indexOf(name) + 1]) : without;
const size = option('--size', 1000);
const folder = mkdtempSync(join(tmpdir(), 'autocrm-pages-'));
const made = database(tool, folder, size);
const chromium = await browser(built);
const server = await serve(program, made.file, join(built, 'site'));

/**
 * The longest tasks of the page's thread: by the clock on the wall, as a PerformanceObserver tells
 * them, and by the time that the thread itself had, which other work on the machine does not lengthen.
 */
async function life() {
    const page = await open(chromium, server.url);
    await page.addInitScript(() => {
        globalThis.tasks = [];
        new PerformanceObserver((list) => globalThis.tasks.push(
            ...list.getEntries().map((entry) => entry.duration)))
            .observe({ type: 'longtask', buffered: true });
    });
    await enter(page, 'seller');
    await page.evaluate(() => globalThis.tasks.splice(0));
    await chromium.startTracing(page, { categories: ['toplevel', '__metadata'] });
    await visit(page, 'board');
    for (let round = 0; round < 40; round++) {
        await page.evaluate(() => document.querySelectorAll('.column > ul').forEach((list) =>
            list.scrollTo(0, list.scrollHeight)));
        await page.waitForTimeout(60);
        if (!await page.locator('.end').count())
            break;
    }
    const shown = await page.locator('.lead-card').count();
    await page.focus('[data-level=C] .grip');
    for (const key of ['Space', 'ArrowLeft', 'ArrowLeft', 'Space'])
        await page.keyboard.press(key);
    await page.waitForSelector('.notice.good');
    await page.waitForTimeout(1200);
    const wall = Math.max(0, ...await page.evaluate(() => globalThis.tasks));
    const { traceEvents } = JSON.parse(await chromium.stopTracing());
    const mains = new Set(traceEvents.filter((event) => event.name === 'thread_name'
        && event.args.name === 'CrRendererMain').map((event) => `${event.pid} ${event.tid}`));
    const longest = Math.max(0, ...traceEvents.filter((event) => event.tdur
        && mains.has(`${event.pid} ${event.tid}`)).map((event) => event.tdur / 1000));
    await page.context().close();
    return { shown, longest, wall };
}

const runs = [];
for (let run = 0; run < option('--runs', 5); run++)
    runs.push(await life());
runs.sort((a, b) => a.longest - b.longest);
const { shown, longest, wall } = runs[Math.floor(runs.length / 2)];
console.log(JSON.stringify({ bench: 'pages.board', size, shown, ours: Math.round(longest),
    worst: Math.round(runs.at(-1).longest), wall: Math.round(wall),
    unit: 'ms of the longest task', goal: 100 }));
await chromium.close();
await server.stop();
rmSync(folder, { recursive: true, force: true });
