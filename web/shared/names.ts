// Readable names for the codes in answers: units, roles, people. Read once; a code without a name stays as it is.
import { reactive, ref } from 'vue'
import { ApiProblem } from './client'
import type { Someone } from './form'
import { i18n } from './i18n'
import { giveUp, gotThrough, passing, tryLater } from './recovering'
import { session } from './session'
import { whole } from './whole'

interface Named {
  code?: string
  name: string
  display_name?: string
  kind?: string
}

interface Option {
  label: string
  value: string
}

const units = reactive<Record<string, string>>({})
const kinds: Record<string, string> = {}
const people = reactive<Record<string, string>>({})
const staff = ref<Someone[]>([])
let asked: Promise<unknown> | null = null

async function read(path: string, keep: (item: Named) => void): Promise<void> {
  const found = await whole<Named>(path)
  found.items.forEach(keep)
}

/** Names are a convenience: without them the page shows the codes, until they can be read. */
function without(error: unknown): void {
  if (!(error instanceof ApiProblem)) throw error
  if (!passing(error)) return
  asked = null
  if (session.me) tryLater(units, error, learnNames)
}

function keepUnit({ code = '', name, kind = '' }: Named): void {
  kinds[code] = kind
  units[code] = name
}

/** Fetch the names once for this visit; later calls wait for the same answer. */
export function learnNames(): Promise<unknown> {
  asked ??= Promise.all([
    read('/units', keepUnit),
    read('/people', (person) => (people[person.name] = person.display_name ?? person.name)),
  ]).then(() => gotThrough(units), without)
  return asked
}

/** A form can be filled in without network, and by who may not see the others; that the server is away for a moment is told. */
function unseen(error: unknown): null {
  if (error instanceof ApiProblem && (!error.status || !passing(error))) return null
  throw error
}

/** Everybody with an account in use, to choose from, colleagues first; read when a form asks for people. */
export async function learnPeople(): Promise<void> {
  const found = await whole<Named & { unit: string | null; cert_no: string }>('/people', { active: true }).catch(unseen)
  const own = (one: { unit: string | null }) => (one.unit && one.unit === session.me?.unit ? 0 : 1)
  const label = (one: Named & { unit: string | null }) => [one.display_name || one.name, one.unit && unitName(one.unit)].filter(Boolean).join(' · ')
  staff.value = (found?.items ?? []).sort((one, other) => own(one) - own(other)).map((one) => ({ value: one.name, label: label(one), cert: one.cert_no }))
}
export const peopleOptions = (): Someone[] => staff.value

export function forgetNames(): void {
  asked = null
  giveUp(units)
  staff.value = []
}

/** The communities, as the options of a filter. */
export const communities = (): Option[] => unitsOf('community')

/** The grids, those of one community when it is named. */
export const grids = (community = ''): Option[] =>
  unitOptions().filter((unit) => kinds[unit.value] === 'grid' && (!community || unit.value.startsWith(`${community}-`)))

/** The units of these kinds. */
export const unitsOf = (...wanted: string[]): Option[] => unitOptions().filter((unit) => wanted.includes(kinds[unit.value] ?? ''))

/** The units one may choose, as the options of a form. */
export const unitOptions = (): Option[] => Object.entries(units).map(([value, label]) => ({ value, label }))

export const unitName = (code: string | null | undefined): string => (code ? (units[code] ?? code) : '—')

/** What happens without anybody is written down by these, and by the id of the process that sent a message. */
const NOBODY = ['system', 'engine']
const PROCESS = /^[0-9a-f]{32}$/

export function personName(name: string | null | undefined): string {
  if (!name) return '—'
  if (NOBODY.includes(name)) return i18n.global.t('event.by_system')
  return people[name] ?? (PROCESS.test(name) ? i18n.global.t('event.by_process') : name)
}

/** `inspector@GH-01` → 网格员（桂花一网格）; a role alone, a unit alone or a person keep their own name. */
export function groupName(group: string): string {
  const [role = '', unit] = group.split('@')
  const key = `role.${role}`
  const title = i18n.global.te(key) ? i18n.global.t(key) : (units[role] ?? role)
  return unit ? `${title}（${unitName(unit)}）` : title
}

export const groupNames = (groups: readonly string[]): string => groups.map(groupName).join('、') || '—'
