// The details of an event in one line for people: the reason first, then what else was recorded.

export function detailText(detail: Record<string, unknown> | null | undefined): string {
  if (!detail) return ''
  const { reason, ...rest } = detail
  const said = Object.entries(rest)
    .filter(([name, value]) => value !== null && !['before', 'after', 'scope', 'mapping'].includes(name))
    .map(([name, value]) => `${name}: ${typeof value === 'object' ? short(JSON.stringify(value)) : String(value)}`)
  return [reason ? String(reason) : '', ...said].filter(Boolean).join(' · ')
}

const short = (text: string): string => (text.length > 160 ? `${text.slice(0, 160)}…` : text)
