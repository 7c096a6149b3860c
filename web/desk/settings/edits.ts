// How an edit of a register is told: the names of its fields and their values in words.
import { useI18n } from 'vue-i18n'
import { moment } from '@shared/moment'
import { groupName, personName, unitName } from '@shared/names'

const UNITS = ['unit', 'lead_unit', 'grid', 'community', 'street', 'parent', 'scope', 'organ']
const PEOPLE = ['substitute', 'linked_leader', 'person']
const GROUPS = ['roles', 'groups']
const MOMENTS = ['starts_at', 'ends_at', 'locked_from', 'locked_until']
const ITEM = /^\d+$/ // the fields of an answered checklist are the numbers of its items

export function useEdits() {
  const { t, te } = useI18n()

  function label(name: string): string {
    if (ITEM.test(name)) return t('settings.item_n', { n: name })
    return te(`settings.field.${name}`) ? t(`settings.field.${name}`) : name
  }

  function shown(name: string, value: unknown): string {
    if (value === null || value === undefined || value === '') return t('settings.nothing')
    if (typeof value === 'boolean') return t(value ? 'settings.yes' : 'settings.no')
    if (Array.isArray(value)) return listed(name, value)
    if (typeof value === 'object') return parts(value as Record<string, unknown>)
    return word(name, String(value))
  }

  function listed(name: string, values: unknown[]): string {
    if (name === 'photos') return t('settings.photos_n', { n: values.length })
    return values.map((one) => shown(name, one)).join('、') || t('settings.nothing')
  }

  /** Something with parts of its own: what was answered to an item, a contact, a member of a team. */
  function parts(value: Record<string, unknown>): string {
    const said = Object.entries(value).filter(([name, part]) => name !== 'no' && part !== '' && part !== null && !(Array.isArray(part) && !part.length))
    return said.map(([name, part]) => shown(name, part)).join(' ')
  }

  function word(name: string, value: string): string {
    if (UNITS.includes(name)) return unitName(value)
    if (PEOPLE.includes(name)) return personName(value)
    if (GROUPS.includes(name)) return groupName(value)
    if (MOMENTS.includes(name)) return moment(value)
    if (name === 'path') return value.split('/').filter(Boolean).map(unitName).join(' › ')
    const key = name === 'kind' ? `settings.unit.kind.${value}` : `settings.value.${name}.${value}`
    return te(key) ? t(key) : value
  }

  return { label, shown }
}
