// Readable names for the codes in answers: units, roles, people. Read once; a code without a name stays as it is.
import { reactive } from 'vue'
import { get } from './client'
import { i18n } from './i18n'
import type { Page } from './types'

interface Named {
  code?: string
  name: string
  display_name?: string
  title?: string
}

const units = reactive<Record<string, string>>({})
const people = reactive<Record<string, string>>({})
let asked = false

async function read(path: string, keep: (item: Named) => void): Promise<void> {
  try {
    const page = await get<Page<Named>>(path, { size: 200 })
    page.items.forEach(keep)
  } catch {
    // Names are a convenience: without them the page shows the codes.
  }
}

/** Fetch the names once for this visit. */
export function learnNames(): void {
  if (asked) return
  asked = true
  void read('/units', (unit) => (units[unit.code ?? unit.name] = unit.name))
  void read('/people', (person) => (people[person.name] = person.display_name ?? person.title ?? person.name))
}

export function forgetNames(): void {
  asked = false
}

export const unitName = (code: string | null | undefined): string => (code ? (units[code] ?? code) : '—')

export const personName = (name: string | null | undefined): string => (name ? (people[name] ?? name) : '—')

/** `inspector@GH-01` → 网格员（桂花一网格）; a role alone, a unit alone or a person keep their own name. */
export function groupName(group: string): string {
  const [role = '', unit] = group.split('@')
  const key = `role.${role}`
  const title = i18n.global.te(key) ? i18n.global.t(key) : (units[role] ?? role)
  return unit ? `${title}（${unitName(unit)}）` : title
}

export const groupNames = (groups: readonly string[]): string => groups.map(groupName).join('、') || '—'
