// SPDX-License-Identifier: MIT
// Results whose parts the server's description calls maps; see docs/reference.
import type { Case, CaseMessage, ContactPoint, Customer, Interaction, Lead, Member, SalesContract,
  VehicleOwnership } from './operations';

export interface Found {
  customer: Customer;
  score: number;
  reasons: string[];
}

export interface Related<T> {
  count: number;
  items: T[];
}

export interface View360 {
  customer: Customer;
  related: {
    contact_points: Related<ContactPoint>;
    interactions: Related<Interaction>;
    leads: Related<Lead>;
    cases: Related<Case>;
    sales_contracts: Related<SalesContract>;
    vehicle_ownerships: Related<VehicleOwnership>;
    memberships: Related<Member>;
  };
}

export interface Happening {
  at: string;
  entity: string;
  record: Record<string, unknown>;
}

export interface Duty {
  due_at: string;
  overdue: boolean;
  overdue_minutes: number;
  kind: string;
  subject: string | null;
  activity_id: string | null;
  lead_id: string | null;
  level: string | null;
  customer_id: string | null;
  customer: string | null;
  owner_id: string | null;
}

export interface Neglected {
  lead_id: string;
  level: string;
  status: string;
  due_at: string;
  overdue_minutes: number;
  raised_to: string;
  attempts: number;
  customer_id: string;
  customer: string;
  owner: string | null;
  dealer: string | null;
}

export interface Clock {
  clock: string;
  number: number;
  state: 'active' | 'paused' | 'met' | 'missed';
  due: string | null;
  left: string | null;
  target: string | null;
  elapsed: string | null;
  started_at: string;
  due_at: string | null;
  stopped_at: string | null;
  breached_at: string | null;
  explanation: string;
}

export interface CaseStatus {
  number: string;
  status: string;
  priority: string;
  type: string;
  owner: string | null;
  queue: string | null;
  waiting_for: string | null;
  next: string[];
  times: { what: string; at: string; local: string; passed: boolean }[];
  clocks: Clock[];
}

export interface Instalment {
  number: number;
  due_day: string | null;
  total: string;
  interest: string;
  principal: string;
  closing: string;
  kind: string;
}

export interface Schedule {
  rows: Instalment[];
  instalment: string;
  last_instalment: string;
  financed: string;
  upfront: string;
  interest: string;
  total: string;
}

export interface Funnel {
  stages: { stage: string; count: number; of_previous: number | null; of_first: number | null }[];
  lost: number;
  open: number;
  conversion: number | null;
  rows?: (Omit<Funnel, 'rows'> & Record<string, unknown>)[];
}

export interface SourceRow {
  source: string | null;
  name: string | null;
  leads: number;
  reached: number;
  won: number;
  lost: number;
  open: number;
  conversion: number | null;
  currency?: string;
  cost?: string;
  cost_per_sale?: string;
}

export interface ResponseRow {
  dealer?: string;
  id?: string;
  reached: number;
  not_reached: number;
  p50_minutes: number | null;
  p90_minutes: number | null;
}

export interface CaseFigures {
  cases: number;
  open: number;
  promised: number;
  response_missed: number;
  resolution_missed: number;
  response_hit_rate: number | null;
  resolution_hit_rate: number | null;
  p50_response_minutes: number | null;
  p50_resolution_minutes: number | null;
}

export interface StatementLine {
  at: string;
  kind: string;
  points: number;
  balance: number;
  source: string | null;
}

export interface OwnCar {
  id: string;
  make: string | null;
  model: string | null;
  trim: string | null;
  plate: string | null;
  vin: string | null;
  odometer: number | null;
  since: string | null;
}

export interface PlanItem {
  id: string;
  number: string;
  currency: string;
  instalment: string | null;
  periods: number | null;
  finance_plan: { rows?: Instalment[] } | null;
}

export interface Milestone {
  type: string;
  name: string | null;
  reached_at: string | null;
  expected_on: string | null;
  tentative: boolean;
}

export interface OrderStatus {
  number: string;
  state: 'open' | 'delivered' | 'cancelled';
  model: string | null;
  expected_on: string | null;
  tentative: boolean;
  milestones: Milestone[];
  next: Milestone | null;
}

export interface Club {
  member_id: string;
  program: string;
  tier: string | null;
}

/** Records of a relation that was included, under its name. */
export type With<T, R extends string, U> = T & { [name in R]?: U | null };

export interface Shapes {
  'customer.identify': { items: Found[] };
  'customer.view360': View360;
  'customer.timeline': { items: Happening[]; before: string | null };
  'agenda.list': { items: Duty[] };
  'lead.list': { items: With<Lead, 'customer', Customer>[]; next: string | null };
  'lead.neglected': { items: Neglected[] };
  'lead.aggregate': { rows: { level: string; count: number }[] };
  'case.list': { items: With<Case, 'customer', Customer>[]; next: string | null };
  'case.status': CaseStatus;
  'case.messages': { items: CaseMessage[] };
  'finance.schedule': Schedule;
  'report.funnel': Funnel;
  'report.sources': { rows: SourceRow[]; total: Record<string, number> };
  'report.response_times': ResponseRow & { rows?: ResponseRow[] };
  'report.cases': { total: CaseFigures; rows: (CaseFigures & Record<string, unknown>)[] };
  'vehicle_order.status': OrderStatus;
  'portal.vehicles': { items: OwnCar[] };
  'portal.instalments': { items: PlanItem[] };
  'portal.clubs': { items: Club[] };
  'portal.case_types': { items: { code: string; name: string }[] };
  'loyalty.statement': { opening: number; closing: number; items: StatementLine[] };
}
