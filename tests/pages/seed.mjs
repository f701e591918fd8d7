// SPDX-License-Identifier: MIT
// Makes a database with something on every page, by commands of the command line tool:
// node seed.mjs AUTOCRM DATABASE [LEADS]. Times are counted from now.
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What must be shown as the text it is, wherever somebody may have typed it. */
export const HOSTILE = {
    image: '<img src=x onerror=window.hacked=1>',
    script: '"><script>window.hacked=1</script>',
    link: 'javascript:window.hacked=1',
};

const HOUR = 3600e3;
const ago = (hours) => new Date(Date.now() - hours * HOUR).toISOString();
const day = (days) => ago(days * 24).slice(0, 10);

/** A database that operations are called on through the command line tool. */
class Crm {
    constructor(autocrm, file) {
        this.autocrm = autocrm;
        this.file = file;
    }

    call(operation, args = {}) {
        const out = execFileSync(this.autocrm, ['--db', this.file, 'call', operation, '-'],
            { input: JSON.stringify(args), encoding: 'utf8', maxBuffer: 1 << 27 });
        return JSON.parse(out);
    }

    /** Records made; their ids by their place. */
    many(entity, records) {
        return this.call(`${entity}.create_many`, { records }).ids;
    }

    /** Ids by a field of theirs. */
    by(entity, field) {
        const { items } = this.call(`${entity}.list`, { fields: ['id', field], limit: 100 });
        return Object.fromEntries(items.map((one) => [one[field], one.id]));
    }
}

function people(crm) {
    const [, north, sud, tehran] = crm.many('dealer', [
        { name: 'Exemplar Imports', code: 'HQ', kind: 'importer' },
        { name: 'North Cars', code: 'NORTH', country: 'GB', city: 'London', zone: 'Europe/London' },
        { name: 'Officina Sud', code: 'SUD', country: 'IT', city: 'Bari', zone: 'Europe/Rome' },
        { name: 'نمایندگی تهران', code: 'TEHRAN', country: 'IR', city: 'تهران',
            zone: 'Asia/Tehran' },
    ]);
    const role = crm.by('role', 'name');
    const [, , seller, service, bari] = crm.many('user', [
        { login: 'office', name: 'Head Office', role_id: role.head_office },
        { login: 'manager', name: 'North Manager', role_id: role.dealer_manager,
            dealer_id: north },
        { login: 'seller', name: 'Sally Example', role_id: role.salesperson, dealer_id: north,
            takes_leads: true },
        { login: 'service', name: 'Sven Example', role_id: role.service_advisor,
            dealer_id: north },
        { login: 'bari', name: 'Bruno Example', role_id: role.salesperson, dealer_id: sud },
    ]);
    const sources = crm.many('lead_source', [
        { code: 'site', name: 'Website', currency: 'EUR', cost_per_lead: '18.00' },
        { code: 'fair', name: 'Motor fair', currency: 'EUR', cost_per_lead: '42.00' },
        { code: 'friend', name: 'Recommended', currency: 'EUR', cost_per_lead: '5.00' },
    ]);
    return { north, sud, tehran, seller, service, bari, sources };
}

function customers(crm, at) {
    const [ada, sara, , , evil] = crm.many('customer', [
        { name: 'Ada Example', title: 'Dr', birth_date: '1985-04-12', language: 'en',
            city: 'London', country: 'GB', grade: 'A', vip_level: 2, dealer_id: at.north,
            owner_id: at.seller,
            contact_points: [{ channel: 'phone', value: '+44 20 7946 0101' },
                { channel: 'email', value: 'ada@example.com' }] },
        { name: 'سارا نمونه', language: 'fa', city: 'تهران', country: 'IR', grade: 'B',
            dealer_id: at.north, national_id: '0499370899', id_country: 'IR',
            contact_points: [{ channel: 'phone', value: '+98 912 000 0001' }] },
        { name: '示例客户', language: 'zh', country: 'CN', dealer_id: at.north },
        { name: 'Example Fleet SpA', kind: 'company', city: 'Bari', country: 'IT',
            dealer_id: at.sud,
            contact_points: [{ channel: 'email', value: 'fleet@example.com' }] },
        { name: `Evil ${HOSTILE.image}`, city: HOSTILE.script, title: '<b>Dr</b>',
            grade: '<i>A</i>', dealer_id: at.north, owner_id: at.seller, notes: HOSTILE.image,
            contact_points: [{ channel: 'messenger', value: HOSTILE.link }] },
    ]);
    const [x5, city, odd] = crm.many('vehicle', [
        { vin: '1M8GDM9AXKP042788', plate: 'AB12 CDE', plate_country: 'GB', make: 'Exemplar',
            model: 'X5 Hybrid', model_year: 2024, colour: 'Blue', dealer_id: at.north,
            odometer: 18250 },
        { vin: '11111111111111111', plate: '۱۱ب۱۲۳ ایران ۴۵', make: 'Exemplar', model: 'City',
            model_year: 2022, dealer_id: at.tehran, odometer: 41000 },
        { plate: '<s>EVIL</s>', make: HOSTILE.image, model: HOSTILE.script,
            colour: HOSTILE.link, dealer_id: at.north },
    ]);
    crm.many('vehicle_ownership', [
        { vehicle_id: x5, customer_id: ada, from_date: '2024-03-01' },
        { vehicle_id: city, customer_id: sara, from_date: '2022-06-01' },
        { vehicle_id: odd, customer_id: evil, from_date: '2024-01-01' },
    ]);
    crm.many('sales_contract', [
        { number: 'NC-2024-017', customer_id: ada, dealer_id: at.north, status: 'fulfilled',
            signed_on: '2024-02-10', currency: 'EUR', total: '48900.00', ends_on: '2027-02-10' },
        { number: 'T-1401-042', customer_id: sara, dealer_id: at.tehran, status: 'signed',
            signed_on: '2022-05-20', currency: 'IRR', total: '9500000000' },
    ]);
    crm.many('interaction', [
        { customer_id: ada, at: ago(700), channel: 'visit', subject: 'Tried the X5',
            body: 'Came with the family, liked the seats.', dealer_id: at.north },
        { customer_id: ada, at: ago(50), channel: 'phone', direction: 'out',
            subject: 'Winter tyres offered', outcome: 'interested', dealer_id: at.north },
        { customer_id: evil, at: ago(5), channel: 'email', subject: HOSTILE.image,
            body: HOSTILE.script, outcome: '<b>bad</b>' },
    ]);
    return { ada, sara, evil, x5 };
}

function leads(crm, at, who, count) {
    const common = { dealer_id: at.north, owner_id: at.seller };
    const mine = crm.many('lead', [
        { ...common, customer_id: who.ada, level: 'H', subject: 'A second car for the family',
            model: 'City', received_at: ago(30), source_id: at.sources[2], currency: 'EUR',
            budget: '28000.00' },
        { ...common, customer_id: who.evil, level: 'A', subject: HOSTILE.image,
            model: '<u>City</u>', received_at: ago(20), source_id: at.sources[0],
            comments: HOSTILE.script },
        { ...common, customer_id: who.sara, level: 'B', subject: 'خودروی خانوادگی',
            model: 'X5 Hybrid', received_at: ago(60), source_id: at.sources[0] },
    ]);
    const models = ['City', 'X5 Hybrid', 'Coupe', 'Wagon'];
    const dealers = [common, common, { dealer_id: at.sud, owner_id: at.bari }];
    const more = [];
    for (let i = 0; i < count; i++)
        more.push({
            name: `Customer ${String(i + 1).padStart(4, '0')}`, dealer_id: at.north,
            leads: [{
                ...dealers[i < 30 ? i % 3 : 0], level: 'OHABC'[i % 5], model: models[i % 4],
                subject: `Asked for a ${models[i % 4]}`, source_id: at.sources[i % 3],
                received_at: ago((i * 37) % 1400),
            }],
        });
    crm.many('customer', more);
    const { items } = crm.call('lead.list',
        { where: { 'customer.name': { $startswith: 'Customer' } }, order: ['created_at'], limit: 24,
            fields: ['id'] });
    return { mine, ended: items };
}

function work(crm, lists) {
    lists.ended.forEach(({ id }, i) => {
        if (i % 3 === 0)
            crm.call('lead.contact', { id, channel: 'phone', outcome: 'interested' });
        if (i % 6 === 0)
            crm.call('lead.win', { id });
        if (i % 8 === 1)
            crm.call('lead.lose', { id, reason: 'price', competitor: 'Another brand' });
    });
    crm.call('engine.tick');
}

function cases(crm, at, who) {
    crm.many('case_type', [
        { code: 'complaint', name: 'Complaint', kind: 'complaint', reopen_within: 'PT720H' },
        { code: 'question', name: 'Question', kind: 'question', reopen_within: 'PT336H' },
    ]);
    crm.call('sla_policy.create', {
        name: 'Cases', entity: 'case', reopen: 'continue', targets: [
            { clock: 'first_response', amount: 'PT4H', counts: 'calendar', warnings: ['80%'] },
            { clock: 'next_response', amount: 'PT9H', counts: 'calendar' },
            { clock: 'resolution', amount: 'PT45H', counts: 'calendar', warnings: ['80%'] }],
    });
    const open = (customer_id, type, subject, hours, more = {}) => crm.call('case.open',
        { customer_id, type, subject, opened_at: ago(hours), dealer_id: at.north,
            channel: 'web', ...more }).case.id;
    const brakes = open(who.ada, 'complaint', 'Brakes squeal when cold', 3,
        { severity: 'high', description: 'Every morning, the first three stops.',
            vehicle_id: who.x5 });
    const late = open(who.sara, 'complaint', 'تأخیر در تحویل خودرو', 30, { severity: 'medium' });
    const evil = open(who.evil, 'question', HOSTILE.image, 1, { description: HOSTILE.script });
    const waiting = open(who.ada, 'question', 'Which winter tyres fit?', 20);
    crm.call('case.assign', { id: brakes, user_id: at.service });
    crm.call('case.message', { id: evil, body: HOSTILE.script, channel: 'web' });
    crm.call('case.reply', { id: waiting, body: '19 inch, 255/50.', channel: 'email' });
    crm.call('case.stop', { id: waiting, reason: HOSTILE.image, waiting_for: 'customer' });
    return { brakes, late, evil, waiting };
}

function club(crm, who) {
    const program = crm.call('loyalty_program.create', { code: 'club', name: "Drivers' Club",
        expire_months: 24, points_per_unit: '0.1', cost_per_point: '0.01', currency: 'EUR' });
    for (const customer_id of [who.ada, who.sara]) {
        const member = crm.call('member.create', { program_id: program.id, customer_id });
        crm.call('loyalty.earn', { member_id: member.id, points: 4890, source: 'A car bought',
            source_id: `CAR-${customer_id}`, at: ago(24 * 300) });
        crm.call('loyalty.earn', { member_id: member.id, points: 320, source: 'Service',
            source_id: `SERVICE-${customer_id}`, at: ago(24 * 20) });
        crm.call('loyalty.redeem', { member_id: member.id, points: 500, source: 'Car wash' });
    }
}

function orders(crm, at, who) {
    const { id } = crm.call('vehicle_order.create', { number: 'ORD-7', customer_id: who.ada,
        dealer_id: at.north, model: 'City', chain: 'import', started_on: day(20) });
    for (const [code, days] of [['registration', 20], ['allocation', 3]])
        crm.call('vehicle_order.record', { id, source: 'desk', code, occurred_at: ago(days * 24) });
}

/** A car bought on credit: its instalments are the customer's. */
function deal(crm, at, who) {
    const [car] = crm.many('vehicle', [{ make: 'Exemplar', model: 'Coupe', kind: 'new',
        status: 'in_stock', dealer_id: at.north }]);
    const { id } = crm.call('quote.create', { customer_id: who.ada, vehicle_id: car,
        dealer_id: at.north, currency: 'EUR', tax_rate: '0.2', deposit: '4000',
        payment: 'credit', finance: { rate: '0.049', periods: 36, start_day: day(40) },
        lines: [{ kind: 'vehicle', amount: '24000' }] });
    crm.call('quote.submit', { id });
    crm.call('quote.issue', { id });
    crm.call('quote.accept', { id, number: 'NC-2026-101' });
}

/** Makes the database and tells the ids that tests ask for. */
export function seed(autocrm, file, count = 24) {
    for (const end of ['', '-wal', '-shm', '.key'])
        rmSync(file + end, { force: true });
    execFileSync(autocrm, ['--db', file, '--quiet', 'init'], { stdio: 'pipe' });
    const crm = new Crm(autocrm, file);
    const at = people(crm);
    const who = customers(crm, at);
    const lists = leads(crm, at, who, count);
    work(crm, lists);
    const desk = cases(crm, at, who);
    club(crm, who);
    orders(crm, at, who);
    deal(crm, at, who);
    return { crm, ...at, ...who, leads: lists.mine, cases: desk, day };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
    const [autocrm, file, count] = process.argv.slice(2);
    seed(autocrm, file, count === undefined ? undefined : Number(count));
}
