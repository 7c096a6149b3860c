// Sentences that the server says in both languages: the one of the page, and the Chinese one where there is no English.
import { locale } from './i18n'

export const said = (chinese?: string | null, english?: string | null): string => (locale() === 'en' && english) || chinese || ''

export const lines = (chinese?: readonly string[], english?: readonly string[]): readonly string[] => (locale() === 'en' && english?.length ? english : (chinese ?? []))
