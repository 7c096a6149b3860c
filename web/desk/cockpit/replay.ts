// Where a case stood after so many events of its history, as marks on the elements of its diagrams.
import type { HistoryEvent, Instance } from '@shared/types'
import type { Badge } from './types'

/** The marks after the first `step` events; with `now` those of the present state, which knows more than the history. */
export function marksAt(events: HistoryEvent[], step: number, now: Instance | null): Record<string, string> {
  const tokens = new Map<string, number>()
  const marks: Record<string, string> = {}
  for (const event of events.slice(0, step)) {
    if (!event.element) continue
    marks[event.element] = 'was'
    const change = { entered: 1, completed: -1, cancelled: -1 }[event.event] ?? 0
    tokens.set(event.element, Math.max(0, (tokens.get(event.element) ?? 0) + change))
  }
  if (!now?.ended_at) for (const [element, count] of tokens) if (count) marks[element] = 'here'
  if (now) {
    now.tasks.forEach((task) => (marks[task.element] = 'here'))
    now.incidents.forEach((incident) => (marks[incident.element] = 'broken'))
  }
  return marks
}

/** How many tasks and incidents stand at each element now. */
export function badgesOf(now: Instance): Record<string, Badge> {
  const badges: Record<string, Badge> = {}
  const at = (element: string) => (badges[element] ??= {})
  now.tasks.forEach((task) => (at(task.element).running = (at(task.element).running ?? 0) + 1))
  now.incidents.forEach((incident) => (at(incident.element).incidents = (at(incident.element).incidents ?? 0) + 1))
  return badges
}

/** What a tried order would change: who leaves, who comes, who stays. */
export function marksOfChange(before: Instance, after: Instance): Record<string, string> {
  const stand = (one: Instance) => [...one.tasks, ...one.incidents, ...one.timers].map(({ id, element }) => ({ id: String(id), element }))
  const known = new Set(stand(before).map((one) => one.id))
  const still = new Set(stand(after).map((one) => one.id))
  const marks: Record<string, string> = {}
  for (const one of stand(after)) marks[one.element] = known.has(one.id) ? 'here' : 'comes'
  for (const one of stand(before)) if (!still.has(one.id) && !marks[one.element]) marks[one.element] = 'leaves'
  return marks
}
