// A question to the ledger as the API has it (what a saved filter keeps) and as it stands in the address.
import type { LocationQueryRaw } from 'vue-router'
import { MORE } from './choices'

const DAYS = ['found_from', 'found_to', 'closed_from', 'closed_to']

/** A day of the address as the moment it begins. */
export const begins = (day: string): string => (/^\d{4}-\d\d-\d\d$/.test(day) ? `${day}T00:00:00` : '')

/** The address under which a kept question is asked; what is overdue has a list of its own. */
export function addressOf(query: Record<string, unknown>): { name: 'hazards' | 'red'; query: LocationQueryRaw } {
  const text = (name: string) => (query[name] === undefined ? undefined : String(query[name]))
  const red = query.overdue === true
  const more = MORE.map((name) => [name, DAYS.includes(name) ? text(name)?.slice(0, 10) : text(name)])
  const said = { q: text('q'), lamp: text('lamp'), sort: text('sort'), state: red ? undefined : text('status') }
  return { name: red ? 'red' : 'hazards', query: { ...said, ...Object.fromEntries(more) } }
}
