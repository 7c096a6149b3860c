// Adds the cockpit's words to those of the desk; they are fetched with the cockpit only.
import { i18n } from '@shared/i18n'
import en from '@shared/locale/cockpit.en'
import zh from '@shared/locale/cockpit.zh-CN'

const taught = i18n.global as unknown as { mergeLocaleMessage(locale: string, words: object): void }
taught.mergeLocaleMessage('zh-CN', { cockpit: zh })
taught.mergeLocaleMessage('en', { cockpit: en })
