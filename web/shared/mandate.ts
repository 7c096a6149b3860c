// Who approved for whom and by what written mandate, in words.
import { personName } from './names'

type Translate = (key: string, names: Record<string, string>) => string

/** The name of who approved; for a substitute also the absent head and the number of the mandate. */
export function approvedBy(t: Translate, by: string | null | undefined, head: string | undefined, mandate: string | undefined): string {
  if (!by) return ''
  return head && mandate ? inStead(t, by, head, mandate) : personName(by)
}

/** "由 乙 代 甲 办理", with the mandate when there is one. */
export const inStead = (t: Translate, by: string, absent: string, mandate?: string): string =>
  t('event.in_stead', { actor: personName(by), absent: personName(absent) }) + (mandate ? t('event.by_mandate', { mandate }) : '')
