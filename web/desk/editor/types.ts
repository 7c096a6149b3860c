// The shapes of the editor's API.
import type { DefinitionVersion } from '@shared/types'

export type Files = Record<string, string>

export interface Version extends DefinitionVersion {
  deployed_by: string
  reason: string
}

export interface OtherDraft {
  person: string
  base_version: number | null
  saved_at: string
}

export interface Draft {
  key: string
  base_version: number | null
  revision: number
  saved_at: string | null
  files?: Files
  newest: Version | null
  others: OtherDraft[]
}

export interface Finding {
  file: string
  element: string
  name: string
  rule: string
  severity: 'error' | 'warning' | 'info'
  message: string
  en: string
}

export interface Template {
  id: string
  name: string
  description?: string
  category?: { id: string; name: string }
  elementType: { value: string }
  [name: string]: unknown
}

export interface Played {
  status: string
  now: string | null
  error: string | null
  trace: { at: string; element: string; name: string; type: string; event: string }[]
  open: { element: string; name: string; due_at: string | null }[]
  incidents: { element: string; message: string }[]
  differences: { message: string }[]
}

export interface Simulated {
  error: string | null
  cases: { ended?: number; open?: number }
  days_open: { median?: number | null }
  tasks: { late: number }[]
  incidents: { message: string }[]
}

export interface Forecast {
  running: number
  looked_at: number
  possible: number
  blocked: { message: string; en: string; count: number; example: string }[]
}

export interface Difference {
  kind: 'element' | 'decision' | 'form'
  id: string
  name: string
  what: 'added' | 'removed' | 'changed'
  changes: { path: string; label: string; before: string | null; after: string | null }[]
}

/** How an element looks: part of a trace or of a comparison. */
export type Mark = 'passed' | 'current' | 'failed' | 'added' | 'removed' | 'changed'
export type Marks = Record<string, Mark>

export type Kind = 'bpmn' | 'dmn' | 'form' | 'yaml'
export const KINDS: Kind[] = ['bpmn', 'dmn', 'form', 'yaml']

/** What the process of this diagram is called; empty where it has no name. */
export function processName(xml: string): string {
  const found = /<(?:\w+:)?process [^>]*\bname="([^"]*)"/.exec(xml)?.[1] ?? ''
  return new DOMParser().parseFromString(found, 'text/html').body.textContent ?? ''
}

export function kindOf(name: string): Kind {
  const ending = name.toLowerCase().split('.').pop() ?? ''
  return ending === 'yml' ? 'yaml' : ((KINDS as string[]).includes(ending) ? (ending as Kind) : 'bpmn')
}
