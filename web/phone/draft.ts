// What was written on a page but not sent: kept on the phone per person until it is sent.
import { reactive, watch } from 'vue'
import { session } from '@shared/session'

export function useDraft<Values extends object>(name: string, blank: Values) {
  const place = `bihuan.draft.${name}.${session.me?.name ?? ''}`
  const draft = reactive({ ...blank, ...kept<Values>(place) }) as Values

  watch(draft, (now) => keep(place, now))

  function drop(): void {
    Object.assign(draft, structuredClone(blank))
    keep(place, draft)
  }
  return { draft, drop }
}

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
