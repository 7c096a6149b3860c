// What could not be read and whether the reader was told: a page that goes on showing an older answer may say nothing, so the frame does.
import { shallowReactive } from 'vue'
import type { ApiProblem } from './client'
import { passing } from './recovering'

/** One thing that a page reads (`useLoad`), as far as its failing goes. */
export interface Reading {
  value: unknown
  slow: boolean
  loading: boolean
  problem: ApiProblem | null
  again(): Promise<unknown>
}

export const readings = shallowReactive(new Set<Reading>())
/** The problems that stand on the page, by what shows them. */
export const told = shallowReactive(new Map<object, ApiProblem>())

/** Nobody told it, and it matters: an older answer is shown, or the server did not do its part. What a page asks and may be denied is its own
 * matter; that the server is away is said once, and what waits for that alone comes by itself. */
export function untold(): Reading[] {
  const shown = new Set(told.values())
  const away = [...shown].some(passing)
  const matters = (one: Reading) => one.value !== null || (!(away && passing(one.problem!)) && (!one.problem!.status || one.problem!.status >= 500))
  return [...readings].filter((one) => one.problem && !shown.has(one.problem) && matters(one))
}
