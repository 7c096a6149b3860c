// What an element of a diagram is called: by its name, else by what it is; its id only where neither is known.
import { i18n } from './i18n'

export function kindName(type: string): string {
  const kind = type.replace(/^bpmn:/, '')
  const key = `element_kind.${kind.charAt(0).toLowerCase()}${kind.slice(1)}`
  return i18n.global.te(key) ? i18n.global.t(key) : ''
}

export const elementName = (one: { name?: string | null; element: string; type?: string }): string =>
  (one.name !== one.element && one.name) || kindName(one.type ?? '') || one.element
