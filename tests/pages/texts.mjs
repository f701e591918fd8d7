// SPDX-License-Identifier: MIT
// What needs no browser: all texts in all languages, dates of both calendars, amounts as typed.
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { check, equal, packages } from './house.mjs';

const MODULES = ['i18n/en', 'i18n/fa', 'i18n/it', 'i18n/zh', 'i18n/ru', 'i18n/index', 'jalali',
    'pages/calculator'];

/** Modules of the pages, as programs outside a browser can load them. */
async function modules(built) {
    const { buildSync } = packages(built)('esbuild');
    const out = mkdtempSync(join(tmpdir(), 'autocrm-pages-'));
    buildSync({ entryPoints: MODULES.map((name) => join(built, 'work', 'src',
        `${name}.${name.startsWith('pages') ? 'tsx' : 'ts'}`)), outdir: out, bundle: true,
    splitting: true, format: 'esm', platform: 'neutral', outExtension: { '.js': '.mjs' },
    mainFields: ['module', 'main'], jsx: 'automatic', jsxImportSource: 'preact',
    loader: { '.css': 'empty' }, logLevel: 'error', absWorkingDir: join(built, 'work'),
    outbase: join(built, 'work', 'src') });
    return Object.fromEntries(await Promise.all(MODULES.map(async (name) =>
        [name, await import(pathToFileURL(join(out, `${name}.mjs`)).href)])));
}

const holes = (text) => [...new Set(text.match(/\{\w+\}/g) ?? [])].sort().join();

function languages(all) {
    const { en } = all['i18n/en'];
    const keys = Object.keys(en).sort();
    for (const code of ['fa', 'it', 'zh', 'ru']) {
        const texts = all[`i18n/${code}`][code];
        equal(Object.keys(texts).sort().join(), keys.join(), `the keys of ${code}`);
        const categories = new Intl.PluralRules(code).resolvedOptions().pluralCategories.length;
        for (const key of keys) {
            const forms = (texts[key] ?? '').split('|');
            check(forms.every((form) => form.trim()), `${code} has no text for ${key}`);
            check(forms.length <= categories, `${code} has too many forms of ${key}`);
            for (const form of forms)
                equal(holes(form), holes(en[key]), `what is filled into ${key} in ${code}`);
        }
    }
}

function calendars({ jalali }, data) {
    const { cases } = JSON.parse(readFileSync(join(data, 'jalali.json'), 'utf8'));
    for (const one of cases.filter((row) => row.gregorian && row.jalali)) {
        const year = Number(one.jalali.slice(0, 4));
        if (year < 1300 || year > 1450)
            continue;
        const [, month, day] = one.jalali.split('-').map(Number);
        equal(JSON.stringify(jalali.toJalali(one.gregorian)), JSON.stringify({ year, month, day }),
            `the Solar Hijri date of ${one.gregorian}`);
        equal(jalali.fromJalali({ year, month, day }), one.gregorian, `the date of ${one.jalali}`);
    }
    equal(jalali.monthDays(1403, 12), 30, 'Esfand of the leap year 1403');
    equal(jalali.monthDays(1404, 12), 29, 'Esfand of 1404');
}

function amounts(all) {
    const { typed, seconds } = all['i18n/index'];
    for (const [text, wanted] of [['1234', '1234'], ['۱۲۳۴٫۵', '1234.5'], ['1,234,567', '1234567'],
        ['1.234.567,89', '1234567.89'], ['28 900', '28900'], ['12,5', '12.5'], ['٩٩', '99'],
        ['', ''], ['-5', ''], ['1e9', ''], ['<b>', ''], ['5.9', '5.9']])
        equal(typed(text), wanted, `${text} as typed`);
    const { fraction } = all['pages/calculator'];
    for (const [text, wanted] of [['5.9', '0.059'], ['0', '0.00'], ['۵٫۲۵', '0.0525'],
        ['100', '1.00'], ['0.05', '0.0005'], ['', '']])
        equal(fraction(text), wanted, `${text} percent`);
    equal(seconds('PT27H15M'), 98100, 'PT27H15M');
    equal(seconds('-PT30S'), -30, '-PT30S');
}

export async function texts(built, data) {
    const all = await modules(built);
    languages(all);
    calendars(all, data);
    amounts(all);
}
