// The kinds of the inbox: their page, and the steps of a case that belong to each.
import type { RouteLocationRaw } from 'vue-router'
import type { Answer, Task } from '@shared/types'

export type Item = Answer<'InboxItem'>
export type Kind = Item['kind']

export const KINDS: Kind[] = ['transfer', 'request', 'measure', 'crime', 'court', 'letter']

/** Where an item is worked on. */
export function pageOf(item: Pick<Item, 'kind' | 'key'>): RouteLocationRaw {
  if (item.kind === 'transfer') return { name: 'transfer', params: { number: item.key } }
  if (item.kind === 'measure') return { name: 'measure', params: { id: item.key } }
  if (item.kind === 'crime') return { name: 'crime-case', params: { number: item.key } }
  if (item.kind === 'court') return { name: 'court-case', params: { number: item.key } }
  return { name: item.kind === 'request' ? 'request' : 'letter', params: { id: item.key } }
}

/** Steps that have a button of their own on the page of a transfer or a measure. */
export const TRANSFER_STEPS = ['assign_body', 'sign_transfer', 'sign_ruled', 'arbitrate', 'answer_transfer', 'review_answer']
export const MEASURE_STEPS = ['lift_seal', 'lift_extended', 'confirm_emergency', 'approve_extension']

/** Steps by which something is carried out on the spot: two officers, not at night. */
export const EXECUTIONS = ['execute_seal', 'serve_stop', 'execute_cut']

export const at = (tasks: Task[], ...elements: string[]): Task | undefined => tasks.find((task) => elements.includes(task.element))
