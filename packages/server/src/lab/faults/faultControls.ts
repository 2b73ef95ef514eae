import type { ControlsOf } from '../control.ts'
import { listOf, named, objectOf, text } from '../schema.ts'
import { faultSchema, ruleSchema, type Fault, type FaultRule } from './faultRule.ts'

/** Rules by which requests fail as they do in production, now and then. */
export interface FaultControls {
  /** Puts a rule in force, behind those that are. */
  add(rule: FaultRule): Promise<Fault>
  /** The rules in force, in their order, and how often each has acted. */
  list(): Promise<{ readonly faults: readonly Fault[] }>
  get(fault: { readonly id: string }): Promise<Fault>
  remove(fault: { readonly id: string }): Promise<void>
  /** Removes all rules. */
  clear(): Promise<void>
}

const byId = objectOf({ id: text('the id of a rule') }, ['id'])

export const faultSchemas: { readonly Fault: typeof faultSchema } = { Fault: faultSchema }

export const faultControls: ControlsOf<{ faults: FaultControls }>['faults'] = {
  add: {
    method: 'POST',
    path: '/faults',
    summary: 'Put a rule in force by which requests fail.',
    input: ruleSchema,
    answer: named('Fault'),
    perform: ({ faults }, rule) => faults.add(rule),
  },
  list: {
    method: 'GET',
    path: '/faults',
    summary: 'List the rules in force, and how often each has acted.',
    answer: objectOf({ faults: listOf(named('Fault')) }, ['faults']),
    perform: ({ faults }) => ({ faults: faults.list() }),
  },
  get: {
    method: 'GET',
    path: '/faults/{id}',
    summary: 'Show a rule and how often it has acted.',
    input: byId,
    answer: named('Fault'),
    perform: ({ faults }, { id }) => faults.find(id),
  },
  remove: {
    method: 'DELETE',
    path: '/faults/{id}',
    summary: 'Remove a rule.',
    input: byId,
    perform: ({ faults }, { id }) => faults.remove(id),
  },
  clear: {
    method: 'DELETE',
    path: '/faults',
    summary: 'Remove all rules.',
    perform: ({ faults }) => faults.clear(),
  },
}
