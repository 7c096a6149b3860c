// What was written on a page but not sent: kept on the phone per person until it is sent.
import { reactive, watch } from 'vue'
import { session } from '@shared/session'

const KEPT = 'bihuan.draft.'
/** A phone does not always notice that its network is back, and says so before it is: after how long to try for the n-th time. */
export const tryAfter = (n: number): number => Math.min(10_000, 500 * 2 ** n)
const placeOf = (name: string) => `${KEPT}${name}.${session.me?.name ?? ''}`

export function useDraft<Values extends object>(name: string, blank: Values) {
  const place = placeOf(name)
  const draft = reactive({ ...structuredClone(blank), ...kept<Values>(place) }) as Values

  watch(draft, (now) => keep(place, now))

  function drop(): void {
    Object.assign(draft, structuredClone(blank))
    keep(place, draft)
  }
  /** Put down at once, and what is written at this moment by a page that is being left. */
  const save = () => keep(place, draft)
  /** Change what is kept when the page that wrote it is gone, and another may have written since. */
  function amend(change: (values: Partial<Values>) => void): void {
    const now = kept<Values>(place)
    change(now)
    keep(place, now)
  }
  return { draft, drop, save, amend }
}

/** What this person has kept under names that begin like this, by the rest of the name. */
export function keptDrafts<Values>(beginning: string): Record<string, Partial<Values>> {
  const start = KEPT + beginning
  const end = `.${session.me?.name ?? ''}`
  try {
    const places = Object.keys(localStorage).filter((place) => place.startsWith(start) && place.endsWith(end))
    return Object.fromEntries(places.map((place) => [place.slice(start.length, -end.length), kept<Values>(place)]))
  } catch {
    return {}
  }
}

/** Put down for another page what it will find as its draft. */
export const leaveDraft = (name: string, values: object): void => keep(placeOf(name), values)

function kept<Values>(place: string): Partial<Values> {
  try {
    return JSON.parse(localStorage.getItem(place) ?? '{}') as Partial<Values>
  } catch {
    return {}
  }
}

function keep(place: string, values: object): void {
  try {
    localStorage.setItem(place, JSON.stringify(values))
  } catch {
    // No room or a private window: the page still works, only without a memory.
  }
}
