// Gives a modeler of bpmn.io its Chinese words: those of bpmn-js-i18n, and ours where they are missing or differ.
import known from 'bpmn-js-i18n/translations/zn.js'
import { own } from './translations'
import { more } from './translationsTables'

const words: Record<string, string> = { ...known, ...more, ...own }

export function translated(text: string, values: Record<string, string> = {}): string {
  return word(text).replace(/{([^}]+)}/g, (_, name: string) => (name in values ? word(String(values[name])) : `{${name}}`))
}

/** Titles of the properties panel are written `User Task`, menus `User task`. */
const word = (text: string) => words[text] ?? words[text.charAt(0) + text.slice(1).toLowerCase()] ?? text

/** A module for any modeler of bpmn.io; in English it changes nothing. */
export const translator = (locale: string) => (locale === 'en' ? {} : { translate: ['value', translated] })
