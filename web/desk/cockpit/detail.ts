// The details of an event in one line for people: the reason first, then what else was recorded, by the words of the pages.
import { i18n } from '@shared/i18n'
import { moment } from '@shared/moment'
import { groupName, personName } from '@shared/names'
import { said } from '@shared/said'

/** What only the engine needs. */
const INNER = ['before', 'after', 'scope', 'mapping', 'attachment', 'sha256', 'size', 'task', 'instructions']
const PEOPLE = ['from', 'to', 'recipient']
const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d/

export function detailText(detail: Record<string, unknown> | null | undefined): string {
  if (!detail) return ''
  const { reason, ...rest } = detail
  const told = Object.entries(rest)
    .filter(([name, value]) => !INNER.includes(name) && !empty(value) && !(name === 'deadline' && typeof value === 'number'))
    .map(([name, value]) => `${named(name)}${said('：', ': ')}${shown(name, value)}`)
  return [reason ? String(reason) : '', ...told].filter(Boolean).join(' · ')
}

function empty(value: unknown): boolean {
  return value === null || value === undefined || value === '' || (typeof value === 'object' && !Object.keys(value as object).length)
}

function named(name: string): string {
  const key = `cockpit.detail.${name}`
  return i18n.global.te(key) ? i18n.global.t(key) : name
}

function shown(name: string, value: unknown): string {
  if (typeof value === 'boolean') return i18n.global.t(value ? 'settings.yes' : 'settings.no')
  if (Array.isArray(value) && name === 'files') return String(value.length)
  if (Array.isArray(value) && name === 'offered') return value.map((group) => groupName(String(group))).join('、')
  if (typeof value === 'object') return short(JSON.stringify(value))
  const text = String(value)
  if (MOMENT.test(text)) return moment(text)
  const key = `cockpit.detail_value.${text}`
  if (name === 'deadline' && i18n.global.te(key)) return i18n.global.t(key)
  if (name === 'to_group') return groupName(text)
  return PEOPLE.includes(name) ? personName(text) : text
}

const short = (text: string): string => (text.length > 160 ? `${text.slice(0, 160)}…` : text)
