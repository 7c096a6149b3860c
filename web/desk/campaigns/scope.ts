// Which places and which hazard codes a campaign is about, as the form keeps it: everything empty means all.
import { KINDS, RISKS } from '../settings/placeFields'

export const LISTS = ['communities', 'grids', 'kinds', 'place_kinds', 'sectors', 'risk_levels', 'tags'] as const
export type List = (typeof LISTS)[number]
export interface Scope extends Record<List, string[]> {
  min_capacity: number | null
  dangerous_goods: boolean
  uses_gas: boolean
  codes: string[]
}
export const FIXED: Partial<Record<List, readonly string[]>> = { kinds: KINDS, place_kinds: ['九小', '多业态', '人员密集', '其他'], risk_levels: RISKS }

/** What a template or a draft says, with everything that it does not say. */
export function scopeOf(filter: Partial<Record<string, unknown>> = {}, codes: string[] = []): Scope {
  const lists = Object.fromEntries(LISTS.map((name) => [name, [...((filter[name] as string[] | undefined) ?? [])]])) as Record<List, string[]>
  return { ...lists, min_capacity: (filter.min_capacity as number | undefined) ?? null, dangerous_goods: Boolean(filter.dangerous_goods), uses_gas: Boolean(filter.uses_gas), codes: [...codes] }
}

/** The same as the API takes it: only what is asked for. */
export function filterOf({ codes: _, ...scope }: Scope): Record<string, unknown> {
  return Object.fromEntries(Object.entries(scope).filter(([, value]) => (Array.isArray(value) ? value.length : value)))
}
