// SPDX-License-Identifier: MIT
// Compiled, never run: what the declarations allow and what they do not.
import { open, Failure, type LeadRecord, type Amount } from '../index';

export async function allowed(): Promise<void> {
  const crm = open('memory:', { zone: 'Europe/Rome' });
  const lead: LeadRecord = await crm.lead.get({ id: 'x' });
  const when: string = lead.created_at;
  const quote = crm.blocking.finance.schedule({ currency: 'EUR', price: '1200.00', rate: '0', periods: 12 });
  const amount: Amount | null = quote.instalment;
  for await (const one of crm.customer.each({ limit: 5 })) void one.name;
  // @ts-expect-error there is no such verb
  await crm.lead.launch({});
  // @ts-expect-error there is no such kind
  await crm.customer.create({ name: 'A', kind: 'ghost' });
  // @ts-expect-error an amount is no number
  crm.blocking.finance.schedule({ currency: 'EUR', price: 1200 });
  void [when, amount, Failure];
}
