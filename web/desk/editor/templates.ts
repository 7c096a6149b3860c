// The templates as this page offers them: the forms of the set to choose from.
import { kindOf, type Files, type Template } from './types'

interface Property {
  binding: { name: string }
  [name: string]: unknown
}

/** The ids of the forms in the set; a form that cannot be read has none. */
export function formIds(files: Files): string[] {
  return Object.keys(files)
    .filter((name) => kindOf(name) === 'form')
    .map((name) => idOf(files[name] ?? ''))
    .filter(Boolean)
    .sort()
}

function idOf(text: string): string {
  try {
    return String((JSON.parse(text) as { id?: string }).id ?? '')
  } catch {
    return ''
  }
}

export function withForms(templates: Template[], forms: string[]): Template[] {
  if (!forms.length) return templates
  const choices = forms.map((id) => ({ value: id, name: id }))
  const offer = (one: Property) => (one.binding.name === 'camunda:formRef' ? { ...one, type: 'Dropdown', choices } : one)
  return templates.map((one) => ({ ...one, properties: (one.properties as Property[]).map(offer) }))
}
