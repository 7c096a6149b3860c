// What a list asks for stands in the address: it can be shared, and "back" works.
import { computed } from 'vue'
import { useRoute, useRouter, type LocationQueryRaw } from 'vue-router'

export function useQuestion() {
  const route = useRoute()
  const router = useRouter()
  const text = (name: string): string => String(route.query[name] ?? '')
  const page = computed(() => Math.max(1, Number(route.query.page) || 1))
  /** Ask otherwise; the list begins at its first page again unless `page` is named. */
  const open = (change: LocationQueryRaw) => {
    const query: LocationQueryRaw = { ...route.query, page: undefined, ...change }
    for (const name of Object.keys(query)) if (query[name] === '') query[name] = undefined
    return router.push({ query })
  }
  const asked = computed(() => JSON.stringify(route.query))
  return { route, text, page, open, asked }
}

export const DAY = 86_400_000

const SIZES: ['d' | 'h' | 'min' | 's', number][] = [['d', 86_400], ['h', 3_600], ['min', 60], ['s', 1]]

/** A duration for people: `45 s`, `12 min`, `3.5 h`, `2.1 d`, with the units of the language. */
export function duration(seconds: number | null | undefined, units: Record<'s' | 'min' | 'h' | 'd', string>): string {
  if (seconds === null || seconds === undefined) return '—'
  const [unit, size] = SIZES.find(([, least]) => seconds >= least) ?? ['s', 1]
  return `${Number((seconds / size).toFixed(size > 60 ? 1 : 0))} ${units[unit]}`
}
