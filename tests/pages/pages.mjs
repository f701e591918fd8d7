// SPDX-License-Identifier: MIT
// The pages in a real browser, on a real server: node pages.mjs BUILT TOOL SERVER DATA
// BUILT is where examples/server/pages/build.sh put them; pictures are kept in BUILT/pictures.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { accessible, browser, check, database, enter, equal, open, part, PASSWORD, serve, settle,
    tell, visit } from './house.mjs';
import { HOSTILE } from './seed.mjs';
import { texts } from './texts.mjs';

const [built, tool, program, data] = process.argv.slice(2);
const pictures = join(built, 'pictures');
const FIRST_LOAD = 150 * 1024;

mkdirSync(pictures, { recursive: true });
const folder = mkdtempSync(join(tmpdir(), 'autocrm-pages-'));
const made = database(tool, folder);
const chromium = await browser(built);
const server = await serve(program, made.file, join(built, 'site'));

const text = (page, selector = 'main') => page.innerText(selector);
const said = async (page, wanted, what, selector) =>
    check((await text(page, selector)).includes(wanted), `${what}: ${wanted} is not shown`);

/** A picture, axe's opinion, and that nothing sticks out at the side. */
async function look(page, name) {
    await page.screenshot({ path: join(pictures, `${name}.png`) });
    await accessible(page, built, name);
    const out = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    check(out <= 0, `${name} is ${out} pixels too wide`);
}

async function desk(page, language) {
    await visit(page, 'desk');
    await look(page, `${language}-desk-empty`);
    await page.fill('#find', 'AB12 CDE');
    await page.waitForSelector('.view360');
    await settle(page);
    for (const wanted of ['Ada Example', 'AB12 CDE', '1M8GDM9AXKP042788', 'NC-2024-017',
        'Tried the X5', '+44 20 7946 0101'])
        await said(page, wanted, 'the 360 view');
    equal(await page.getAttribute('a[href^="tel:"]', 'href'), 'tel:+442079460101', 'the call link');
    await look(page, `${language}-desk`);
    for (const [by, what] of [['phone', '+44 (20) 7946-0101'], ['vin', '1M8GDM9AXKP042788'],
        ['contract_number', 'NC-2024-017'], ['name', 'Ada Exa'], ['text', 'ada@example.com']]) {
        await visit(page, 'desk');
        await page.selectOption('.find select', by);
        await page.fill('#find', what);
        await page.waitForFunction((id) => location.hash.includes(id)
            || document.querySelector(`.results a[href*="${id}"]`), made.ada);
        await page.fill('#find', '');
        check(true, `found by ${by}`);
    }
    await page.selectOption('.find select', 'text');
    await page.fill('#find', 'Nobody At All');
    await page.waitForSelector('.finder .empty');
    await page.fill('#find', '');
    await visit(page, `desk/${made.ada}`);
    await page.click('.actions button');
    await page.fill('dialog input', `Called in ${language}`);
    await look(page, `${language}-desk-note`);
    await page.click('dialog button[type=submit]');
    await page.waitForSelector('dialog', { state: 'detached' });
    await page.waitForFunction((wanted) => document.querySelector('.timeline')?.innerText
        .includes(wanted), `Called in ${language}`);
    check(true, 'the contact is on the timeline');
}

const inColumn = (page, level, id) =>
    page.waitForSelector(`[data-level=${level}] #grip-${id}`);

async function carry(page, id, keys) {
    await page.focus(`#grip-${id}`);
    for (const key of keys)
        await page.keyboard.press(key);
}

async function board(page, language) {
    const [mine] = made.leads;
    const ahead = language === 'fa' ? 'ArrowLeft' : 'ArrowRight';
    const back = language === 'fa' ? 'ArrowRight' : 'ArrowLeft';
    const level = () => made.crm.call('lead.get', { id: mine }).level;
    await visit(page, 'board');
    equal(await page.locator('.column').count(), 5, 'columns of the board');
    await look(page, `${language}-board`);
    await inColumn(page, 'H', mine);
    await carry(page, mine, ['Space', ahead]);
    await inColumn(page, 'A', mine);
    equal(await page.evaluate(() => document.activeElement.id), `grip-${mine}`,
        'what is carried keeps the focus');
    await page.keyboard.press('Escape');
    await inColumn(page, 'H', mine);
    equal(level(), 'H', 'Escape moves nothing');
    await carry(page, mine, ['Space', ahead, ahead, 'Space']);
    await inColumn(page, 'B', mine);
    await page.waitForSelector('.notice.good');
    equal(level(), 'B', 'the level after the keys');
    await carry(page, mine, ['Enter', back, 'Enter']);
    await page.waitForFunction(() => document.querySelector('.notice.good')?.innerText
        .endsWith('A') || document.querySelector('.notice.good bdi')?.innerText.includes(' A'));
    equal(level(), 'A', 'the level after the keys back');
    await page.waitForTimeout(800); // the board hears of its own changes and sorts them in
    await page.dragAndDrop(`li:has(> #grip-${mine})`, '[data-level=H] ul');
    await inColumn(page, 'H', mine);
    await page.waitForFunction(() => document.querySelector('.notice.good bdi')?.innerText
        .includes('H'));
    equal(level(), 'H', 'the level after the mouse');
    await page.click(`li:has(> #grip-${mine}) .open`);
    await page.waitForSelector('dialog form');
    await settle(page);
    await look(page, `${language}-lead`);
    await page.fill('dialog textarea', 'Wants a drive');
    await page.click('dialog button[type=submit]');
    await page.waitForSelector('dialog', { state: 'detached' });
    await page.click('#tab-agenda');
    await settle(page);
    check(await page.locator('.duties li').count() > 3, 'the agenda has entries');
    await look(page, `${language}-agenda`);
    await page.focus('#tab-agenda');
    await page.keyboard.press(ahead);
    await page.waitForSelector('#tab-neglected[aria-selected=true]');
    await settle(page);
}

async function neglected(page, language) {
    await visit(page, 'board');
    await page.click('#tab-neglected');
    await settle(page);
    check(await page.locator('tbody tr').count() > 2, 'neglected leads are listed');
    await look(page, `${language}-neglected`);
}

async function cases(page, language) {
    const id = made.cases[language === 'fa' ? 'late' : 'brakes'];
    await visit(page, 'cases');
    check(await page.locator('.results li').count() >= 4, 'open cases are listed');
    await visit(page, `cases/${id}`);
    equal(await page.locator('.clock').count(), 2, 'clocks of the case');
    const before = await text(page, '.clock:last-child .time, .clock .time');
    await page.waitForTimeout(1100);
    if (language === 'en')
        check(before !== await text(page, '.clock .time'), 'the clock runs');
    await look(page, `${language}-case`);
    await page.click('.actions button:nth-child(2)');
    await page.fill('dialog textarea', 'A part was ordered');
    await page.selectOption('dialog select', 'parts');
    await look(page, `${language}-case-stop`);
    await page.click('dialog button[type=submit]');
    await page.waitForSelector('dialog', { state: 'detached' });
    await page.waitForFunction(() => document.querySelector('section.case').innerText
        .includes('A part was ordered'));
    await settle(page);
    equal(made.crm.call('case.get', { id }).status, 'waiting', 'the case waits');
    await page.screenshot({ path: join(pictures, `${language}-case-waits.png`) });
    await page.click('.actions button:has-text("'
        + `${language === 'fa' ? 'ادامه' : 'Go on'}")`);
    await page.waitForFunction(() => !document.querySelector('section.case').innerText
        .includes('A part was ordered') || true);
    await settle(page);
    await page.click('.actions button:first-child');
    await page.fill('dialog textarea', 'We look at it today');
    await page.click('dialog button[type=submit]');
    await page.waitForSelector('.talk li.out');
    await said(page, 'We look at it today', 'the reply', '.talk');
    check(made.crm.call('case.get', { id }).first_response_at !== null, 'the customer has a reply');
}

async function calculator(page, language) {
    await visit(page, 'calculator');
    await page.waitForSelector('canvas');
    const rows = () => page.locator('tbody tr').count();
    equal(await rows(), 48, 'rows of the schedule');
    await page.fill('.wishes input >> nth=3', language === 'fa' ? '۱۲' : '12');
    await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 12);
    const { instalment } = made.crm.call('finance.schedule', { currency: 'EUR', price: '10000',
        deposit: '1000', rate: '0.059', periods: 12 });
    await page.selectOption('.wishes select >> nth=1', 'EUR');
    await page.fill('.wishes input >> nth=0', '10000');
    await page.fill('.wishes input >> nth=1', '1000');
    const wanted = new Intl.NumberFormat(language === 'fa' ? 'fa-IR' : 'en-GB',
        { minimumFractionDigits: 2 }).format(instalment);
    await page.waitForFunction((amount) => document.querySelector('.figure.accent strong')
        .innerText.includes(amount), wanted);
    check(true, 'the instalment is that of the library');
    await settle(page);
    await look(page, `${language}-calculator`);
    await page.fill('.wishes input >> nth=0', 'nonsense');
    await page.waitForSelector('.outcome .empty');
}

async function dashboard(page, language) {
    await visit(page, 'dashboard');
    await page.waitForSelector('canvas');
    const { stages } = made.crm.call('report.funnel', { dealer_id: made.north });
    const leads = new Intl.NumberFormat(language === 'fa' ? 'fa-IR' : 'en-GB')
        .format(stages[0].count);
    await said(page, leads, 'the funnel', '.funnel');
    await said(page, 'Motor fair', 'the sources');
    await said(page, 'North Cars', 'the dealers');
    await look(page, `${language}-dashboard`);
    await page.selectOption('.dashboard select', '365');
    await settle(page);
}

async function portal(page, language) {
    await visit(page, 'portal');
    for (const wanted of ['AB12 CDE', '1M8GDM9AXKP042788', 'ORD-7', 'Brakes squeal when cold'])
        await said(page, wanted, 'the portal');
    await said(page, language === 'fa' ? '۷۴۲٫۱۷' : '742.17', 'the instalments');
    check(!(await text(page)).includes('T-1401-042'), 'nothing of others is shown');
    equal(await page.locator('.steps li.done').count(), 2, 'steps of the order that are done');
    await look(page, `${language}-portal`);
    const [download] = await Promise.all([page.waitForEvent('download'),
        page.click('.portal .stack:last-child .card:last-child button')]);
    const all = JSON.parse(readFileSync(await download.path(), 'utf8'));
    equal(all.customer_id, made.ada, 'whose data is exported');
    await page.click('.portal .card > header button');
    await page.fill('dialog input', `A question in ${language}`);
    await page.fill('dialog textarea', HOSTILE.script);
    await look(page, `${language}-portal-request`);
    await page.click('dialog button[type=submit]');
    await page.waitForSelector('dialog', { state: 'detached' });
    await page.waitForSelector(`.portal .link:has-text("A question in ${language}")`);
    await page.click(`.portal .link:has-text("A question in ${language}")`);
    await page.fill('dialog textarea', 'And one more thing');
    await page.click('dialog button[type=submit]');
    await page.waitForSelector('dialog .talk li');
    await said(page, 'And one more thing', 'the conversation', 'dialog');
    await page.keyboard.press('Escape');
    await visit(page, 'desk');
    check(await page.locator('.portal').count() === 1, 'a customer sees no page of staff');
}

/** Nothing that somebody typed has become anything but text. */
async function harmless(page, where) {
    const found = await page.evaluate(() => ({
        hacked: globalThis.hacked !== undefined,
        elements: document.querySelectorAll('main img[src="x"], main script, main svg[onload], '
            + 'main b, main s, main u, main [onerror]').length,
        links: [...document.querySelectorAll('a[href], form[action]')].filter((one) =>
            /^\s*javascript:/i.test(one.getAttribute('href') ?? '')).length,
    }));
    equal(JSON.stringify(found), '{"hacked":false,"elements":0,"links":0}', `hostile on ${where}`);
}

async function hostile(page) {
    await visit(page, `desk/${made.evil}`);
    for (const wanted of [HOSTILE.image, HOSTILE.script, HOSTILE.link, '<s>EVIL</s>',
        '<i>A</i>', '<b>Dr</b>'])
        await said(page, wanted, 'the desk, as text');
    await harmless(page, 'the desk');
    for (const typed of Object.values(HOSTILE)) {
        await page.fill('#find', typed);
        await page.waitForTimeout(350);
        await settle(page);
        await harmless(page, 'the search');
    }
    await visit(page, `desk/${encodeURIComponent(HOSTILE.image)}`);
    await harmless(page, 'an address');
    await visit(page, 'board');
    await said(page, HOSTILE.image, 'the board, as text');
    await harmless(page, 'the board');
    await page.click(`li:has(> #grip-${made.leads[1]}) .open`);
    await settle(page);
    await said(page, HOSTILE.script, 'the lead, as text', 'dialog');
    await harmless(page, 'the lead');
    await page.keyboard.press('Escape');
    for (const tab of ['agenda', 'neglected']) {
        await page.click(`#tab-${tab}`);
        await settle(page);
        await harmless(page, tab);
    }
    await visit(page, `cases/${made.cases.evil}`);
    await said(page, HOSTILE.script, 'the conversation, as text', '.talk');
    await harmless(page, 'a case');
    await visit(page, `cases/${made.cases.waiting}`);
    await said(page, HOSTILE.image, 'the reason of a stop, as text');
    await harmless(page, 'a case that waits');
    await visit(page, 'calculator');
    await page.fill('.wishes input >> nth=0', HOSTILE.script);
    await page.waitForTimeout(350);
    await harmless(page, 'the calculator');
}

async function hostilePortal(page) {
    await visit(page, 'portal');
    await said(page, HOSTILE.image, 'the portal, as text');
    await harmless(page, 'the portal');
    await page.click('.portal .link');
    await settle(page);
    await harmless(page, 'a request');
}

async function signIn() {
    for (const language of ['en', 'fa']) {
        const page = await open(chromium, server.url, { language });
        await page.goto('/');
        await page.waitForSelector('input[type=password]');
        await look(page, `${language}-signin`);
        await page.fill('input[autocomplete=username]', HOSTILE.image);
        await page.fill('input[type=password]', HOSTILE.script);
        await page.keyboard.press('Enter');
        await page.waitForSelector('[role=alert]');
        await harmless(page, 'the sign-in');
        equal(await page.inputValue('input[type=password]'), '', 'the password that was refused');
        await enter(page, 'seller');
        await page.click('.who button');
        await page.waitForSelector('input[type=password]');
        equal(await page.evaluate(async () => (await caches.keys()).includes('seen')), false,
            'what was seen is kept past signing out');
        await page.context().close();
    }
}

async function loads() {
    const page = await open(chromium, server.url);
    const sizes = new Map();
    page.on('response', async (response) => {
        const { pathname } = new URL(response.url());
        const size = await response.request().sizes().catch(() => undefined);
        if (!pathname.startsWith('/v1') && size)
            sizes.set(pathname, size.responseBodySize);
    });
    await enter(page, 'seller');
    await visit(page, 'board');
    const board = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    await visit(page, 'calculator');
    await page.waitForSelector('canvas');
    const chart = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    console.log(JSON.stringify({ bench: 'pages.first_load', size: 1, ours: board, chart,
        unit: 'bytes', goal: FIRST_LOAD }));
    check(board > 10000 && chart < FIRST_LOAD, `the first load: ${board}, with a chart ${chart}`);
    await page.context().close();
}

async function phone() {
    const page = await open(chromium, server.url, { language: 'fa', width: 390, height: 800 });
    await enter(page, 'manager');
    for (const where of ['desk', `desk/${made.ada}`, 'board', 'cases', `cases/${made.cases.late}`,
        'calculator', 'dashboard']) {
        await visit(page, where);
        await look(page, `phone-${where.split('/')[0]}${where.includes('/') ? '-one' : ''}`);
    }
    await page.context().close();
    const dark = await open(chromium, server.url, { colorScheme: 'dark' });
    await enter(dark, 'manager');
    for (const where of [`desk/${made.ada}`, 'board', `cases/${made.cases.brakes}`, 'calculator',
        'dashboard']) {
        await visit(dark, where);
        await look(dark, `dark-${where.split('/')[0]}`);
    }
    await dark.context().close();
}

async function offline() {
    const other = await serve(program, made.file, join(built, 'site'));
    const page = await open(chromium, other.url, { workers: 'allow' });
    await enter(page, 'seller');
    await page.waitForFunction(async () => (await navigator.serviceWorker.getRegistration())
        ?.active?.state === 'activated');
    await visit(page, `desk/${made.ada}`);
    const manifest = await page.evaluate(async () =>
        (await fetch(document.querySelector('link[rel=manifest]').href)).json());
    check(manifest.start_url === '/' && manifest.display === 'standalone', 'the manifest');
    for (const icon of manifest.icons) {
        const answer = await page.request.get(icon.src);
        equal(answer.headers()['content-type'], 'image/svg+xml', `the icon ${icon.src}`);
    }
    await page.reload();
    await settle(page);
    await other.stop();
    await page.reload();
    await settle(page);
    await page.waitForSelector('.offline');
    await page.waitForSelector('.seen');
    await said(page, 'Ada Example', 'the desk without the server');
    await look(page, 'offline');
    await visit(page, 'calculator');
    await page.waitForSelector('.problem');
    check(true, 'a page that was never seen opens and says so');
    await page.context().close();
}

async function news() {
    const page = await open(chromium, server.url);
    await enter(page, 'service');
    await visit(page, 'cases');
    await page.waitForTimeout(300);
    made.crm.call('case.open', { customer_id: made.ada, type: 'question', dealer_id: made.north,
        subject: 'Told by the feed' });
    await page.waitForFunction(() => document.querySelector('.results')?.innerText
        .includes('Told by the feed'));
    check(true, 'a new case of somebody else appears by itself');
    await page.context().close();
}

async function mustChange() {
    const { crm } = made;
    const user = crm.by('user', 'login').bari;
    crm.call('credential.create', { user_id: user, password: PASSWORD });
    const page = await open(chromium, server.url);
    await page.goto('/');
    await page.fill('input[autocomplete=username]', 'bari');
    await page.fill('input[type=password]', PASSWORD);
    await page.keyboard.press('Enter');
    await page.waitForSelector('input[autocomplete=new-password]');
    await look(page, 'en-password');
    await page.fill('input[autocomplete=current-password]', PASSWORD);
    await page.fill('input[autocomplete=new-password]', `${PASSWORD}, twice`);
    await page.keyboard.press('Enter');
    await page.waitForSelector('input[autocomplete=username]');
    check(true, 'after a new password one signs in with it');
    await page.context().close();
}

/** Somebody's walk through pages, in English and Persian. */
async function walk(login, ...pages) {
    for (const language of ['en', 'fa'])
        await part(`${login} ${language}`, async () => {
            const page = await open(chromium, server.url, { language });
            await enter(page, login);
            equal(await page.getAttribute('html', 'dir'), language === 'fa' ? 'rtl' : 'ltr',
                'the direction');
            for (const visitPage of pages)
                await part(`  ${visitPage.name}`, () => visitPage(page, language));
            await page.context().close();
        });
}

await part('texts', () => texts(built, data));
await part('first load', loads);
await Promise.all([
    walk('seller', desk, board, calculator),
    walk('service', cases),
    walk('manager', neglected, dashboard),
    walk('ada@example.com', portal),
]);
const hostileText = () => part('hostile', async () => {
    const page = await open(chromium, server.url);
    await enter(page, 'manager');
    await hostile(page);
    await page.context().close();
    const own = await open(chromium, server.url);
    await enter(own, 'evil@example.com');
    await hostilePortal(own);
    await own.context().close();
});
await Promise.all([
    part('sign-in', signIn),
    hostileText(),
    part('phone and dark', phone),
    part('news', news),
    part('a password to change', mustChange),
    part('offline', offline),
]);
await chromium.close();
await server.stop();
rmSync(folder, { recursive: true, force: true });
process.exit(tell());
