// Adds the editor's words to those of the desk; they are fetched with the editor only.
import { i18n } from '@shared/i18n'
import en from '@shared/locale/editor.en'
import zh from '@shared/locale/editor.zh-CN'

const taught = i18n.global as unknown as { mergeLocaleMessage(locale: string, words: object): void }
taught.mergeLocaleMessage('zh-CN', { editor: zh })
taught.mergeLocaleMessage('en', { editor: en })
