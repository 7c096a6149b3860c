// Why a case waits, in the server's sentence with the names of people, units and elements for what it knows by codes only.
import { kindName } from '@shared/elementName'
import { i18n } from '@shared/i18n'
import { groupName, personName } from '@shared/names'
import type { Instance } from '@shared/types'

type Waiting = Instance['waiting'][number]

/** `elements` are those of the diagram that is shown: one without a name is called by what it is. */
export function waitingWords(found: Waiting, elements: { id: string; name: string; type: string }[] = []): string {
  const said = (i18n.global.locale.value === 'en' ? found.en : found.words) ?? ''
  const named = (found.who ?? []).reduce((words, code) => words.replace(code, personName(code) === code ? groupName(code) : personName(code)), said)
  const unnamed = elements.filter((one) => one.name === one.id && kindName(one.type))
  return unnamed.reduce((words, one) => words.replaceAll(`“${one.id}”`, `“${kindName(one.type)}”`), named)
}

/** The ids behind the sentence, for those who look for them in the file. */
export const waitingIds = (found: Waiting): string => [found.element, found.event].filter(Boolean).join(' · ')
