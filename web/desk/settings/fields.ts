// What a form of the settings asks for: one line for each field, drawn by FieldForm.

export interface Option {
  value: string | number
  label: string
}

export interface Field {
  name: string
  kind: 'text' | 'area' | 'number' | 'date' | 'choice' | 'choices' | 'check' | 'person' | 'unit' | 'password'
  /** The key of the label under settings.field, the name when left out. */
  label?: string
  options?: Option[]
  required?: boolean
  hint?: string
  wide?: boolean
  disabled?: boolean
  /** A choice may be a word that is not listed. */
  free?: boolean
}

export type Given = Record<string, unknown>

const empty = (value: unknown) => value === undefined || value === null || value === ''

/** Whether everything that must be there is. */
export const complete = (fields: Field[], given: Given): boolean => fields.every((field) => !field.required || !empty(given[field.name]))

/** What differs from what was read; an emptied field becomes what the server calls empty. */
export function changed(fields: Field[], given: Given, before: Given): Given {
  const found: Given = {}
  for (const { name, kind } of fields) {
    const value = empty(given[name]) ? (kind === 'text' || kind === 'area' ? '' : null) : given[name]
    const old = empty(before[name]) ? (kind === 'text' || kind === 'area' ? '' : null) : before[name]
    if (JSON.stringify(value) !== JSON.stringify(old)) found[name] = value
  }
  return found
}

/** What stands in a form once somebody else's newer record is read: the own changes stay, everything else is theirs. */
export const rebased = (fields: Field[], given: Given, before: Given, now: Given): Given => ({ ...given, ...now, ...changed(fields, given, before) })

/** The fields without those that were left empty. */
export const filled = (given: Given): Given => Object.fromEntries(Object.entries(given).filter(([, value]) => !empty(value)))
