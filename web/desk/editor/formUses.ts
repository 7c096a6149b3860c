// Which task or start fills in a form, by the form's id: what an author calls it.
import type { Files } from './types'
import { kindOf } from './types'

const CAMUNDA = 'http://camunda.org/schema/1.0/bpmn'
const FILLED_IN = ['userTask', 'startEvent']

/** The names of the elements that use it; a diagram that cannot be read tells nothing. */
export function formUses(files: Files): Map<string, string> {
  const found = new Map<string, Set<string>>()
  for (const [name, text] of Object.entries(files)) {
    if (kindOf(name) !== 'bpmn') continue
    const read = new DOMParser().parseFromString(text, 'application/xml')
    for (const element of FILLED_IN.flatMap((tag) => [...read.getElementsByTagNameNS('*', tag)])) {
      const form = element.getAttributeNS(CAMUNDA, 'formRef')
      const title = element.getAttribute('name')
      if (form && title) found.set(form, (found.get(form) ?? new Set()).add(title))
    }
  }
  return new Map([...found].map(([form, titles]) => [form, [...titles].join('、')]))
}
