// The choices of a field whose values are stored in Chinese: in English they show another word and send the same value.
import { locale } from './i18n'
import english from './locale/values.en'

export const word = (value: string): string => (locale() === 'en' ? (english[value] ?? value) : value)

export const plain = (values: readonly string[]): { value: string; label: string }[] => values.map((value) => ({ value, label: word(value) }))
