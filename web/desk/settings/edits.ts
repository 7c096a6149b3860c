// How an edit of a register is told: the names of its fields and their values in words.
import { useI18n } from 'vue-i18n'
import { personName, unitName } from '@shared/names'

const UNITS = ['unit', 'lead_unit', 'grid', 'parent']
const PEOPLE = ['substitute', 'linked_leader', 'person']

export function useEdits() {
  const { t, te } = useI18n()
  const label = (name: string): string => (te(`settings.field.${name}`) ? t(`settings.field.${name}`) : name)

  function shown(name: string, value: unknown): string {
    if (value === null || value === undefined || value === '') return t('settings.nothing')
    if (typeof value === 'boolean') return t(value ? 'settings.yes' : 'settings.no')
    if (UNITS.includes(name) && typeof value === 'string') return unitName(value)
    if (PEOPLE.includes(name) && typeof value === 'string') return personName(value)
    if (Array.isArray(value)) return value.map((one) => plain(name, one)).join('、') || t('settings.nothing')
    return plain(name, value)
  }

  const plain = (name: string, value: unknown): string => {
    if (name === 'roles' && te(`role.${String(value)}`)) return t(`role.${String(value)}`)
    if (name === 'kind' && te(`settings.unit.kind.${String(value)}`)) return t(`settings.unit.kind.${String(value)}`)
    return typeof value === 'object' && value !== null ? Object.values(value).map(String).join(' ') : String(value)
  }

  return { label, shown }
}
