// Variables as text that people edit, and back: the kind of the value is kept, and what is no such value is refused.

export const KINDS = ['text', 'number', 'boolean', 'null', 'json'] as const
export type Kind = (typeof KINDS)[number]

export function kindOf(value: unknown): Kind {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'string') return 'text'
  if (typeof value === 'number') return 'number'
  if (typeof value === 'boolean') return 'boolean'
  return 'json'
}

export const written = (value: unknown): string => (typeof value === 'string' ? value : value === null || value === undefined ? '' : JSON.stringify(value, null, typeof value === 'object' ? 1 : 0))

/** The value that a text means as this kind; not `ok` when it means none. */
export function parsed(kind: Kind, text: string): { ok: boolean; value: unknown } {
  if (kind === 'text') return { ok: true, value: text }
  if (kind === 'null') return { ok: text.trim() === '', value: null }
  if (kind === 'number') return { ok: text.trim() !== '' && Number.isFinite(Number(text)), value: Number(text) }
  if (kind === 'boolean') return { ok: ['true', 'false'].includes(text.trim()), value: text.trim() === 'true' }
  try {
    const value: unknown = JSON.parse(text)
    return { ok: typeof value === 'object' && value !== null, value }
  } catch {
    return { ok: false, value: null }
  }
}
