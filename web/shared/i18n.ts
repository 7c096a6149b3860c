// The words of the pages: Chinese first, English complete, the choice remembered on this device.
import { createI18n } from 'vue-i18n'
import en from './locale/en'
import zh from './locale/zh-CN'

export type Locale = 'zh-CN' | 'en'
const KEPT = 'bihuan.locale'

function kept(): Locale {
  try {
    return localStorage.getItem(KEPT) === 'en' ? 'en' : 'zh-CN'
  } catch {
    return 'zh-CN'
  }
}

export const i18n = createI18n({
  legacy: false,
  locale: kept(),
  fallbackLocale: 'zh-CN',
  messages: { 'zh-CN': zh, en },
})

export const locale = (): Locale => i18n.global.locale.value as Locale

export function speak(language: Locale): void {
  ;(i18n.global.locale as { value: string }).value = language
  document.documentElement.lang = language
  try {
    localStorage.setItem(KEPT, language)
  } catch {
    // A private window keeps nothing; the choice then holds until the page is closed.
  }
}
