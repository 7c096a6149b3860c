// Where a number of the boards leads: the ledger narrowed by the same filter, or the records behind the number.
import type { LocationQueryRaw, RouteLocationRaw } from 'vue-router'

interface Counted {
  key: string
  list: string
  query: Record<string, string>
}

/** The ledger under a filter of the API: what the route calls `status` the page calls `state`. */
export function ledger({ status, ...query }: LocationQueryRaw): RouteLocationRaw {
  return { name: 'hazards', query: status ? { state: status, ...query } : query }
}

/** The list behind a number. */
export function behind({ key, list, query }: Counted): RouteLocationRaw {
  if (list === 'hazards') return ledger(query)
  if (list === 'figure') {
    const { form, ...asked } = query
    return { name: 'figure', params: { form }, query: asked }
  }
  return { name: 'lines', params: { of: key } }
}

/** The limits to fix that ended on these days (both count), all or only those kept or late. */
export const limits = (from: string, to: string, narrowed: LocationQueryRaw, kept?: boolean): RouteLocationRaw => ({
  name: 'lines',
  params: { of: 'limits' },
  query: { from, to, ...narrowed, ...(kept === undefined ? {} : { kept: String(kept) }) },
})
