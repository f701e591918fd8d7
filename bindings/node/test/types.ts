// SPDX-License-Identifier: MIT
// Compiled, never run: what the declarations allow and what they do not.
import { open, Conflict, Failure, Later, type Connector, type LeadRecord, type Amount } from '../index';

export async function allowed(): Promise<void> {
  const crm = open('memory:', { zone: 'Europe/Rome' });
  const lead: LeadRecord = await crm.lead.get({ id: 'x' });
  const when: string = lead.created_at;
  const quote = crm.blocking.finance.schedule({ currency: 'EUR', price: '1200.00', rate: '0', periods: 12 });
  const amount: Amount | null = quote.instalment;
  for await (const one of crm.customer.each({ limit: 5 })) void one.name;
  const quoted = await crm.quote.create({ customer_id: 'x', currency: 'EUR', tax_rate: '0.19', lines: [{ kind: 'fee', amount: '1' }] });
  const accepted = await crm.lend({ progress: () => false }).quote.accept({ id: quoted.id });
  const total: Amount | null = accepted.contract.total;
  crm.blocking.lend({ input: 'name\nA\n' }).import.run({ source: 'a.csv' });
  crm.blocking.attachment.add({ id: 'x', file_name: 'a', data: new Uint8Array(3) });
  const bank: Connector = { name: 'bank', ask({ name }) { if (name) throw new Later('closed', 60); return null; } };
  open('memory:', { connectors: [bank], key: new Uint8Array(32) }).close();
  try { crm.blocking.lead.list(); } catch (wrong) { if (wrong instanceof Conflict) void wrong.fields[0]?.field; }
  // @ts-expect-error there is no such verb
  await crm.lead.launch({});
  // @ts-expect-error there is no such kind
  await crm.customer.create({ name: 'A', kind: 'ghost' });
  // @ts-expect-error an amount is no number
  crm.blocking.finance.schedule({ currency: 'EUR', price: 1200 });
  void [when, amount, total, Failure];
}
