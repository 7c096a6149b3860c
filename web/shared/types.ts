// The shapes of the API as the pages use them. Answers come from the OpenAPI document (`bihuan openapi`, made into build/api.d.ts by
// tools/web.sh): a page that names a field which no route answers does not compile.
import type { components } from '../../build/api'

type Schemas = components['schemas']

/** What a route answers: the server always sends every field, so none is optional. */
type Sure<Shape> = Shape extends (infer Item)[]
  ? Sure<Item>[]
  : Shape extends object
    ? { [Name in keyof Shape]-?: Sure<Exclude<Shape[Name], undefined>> }
    : Shape

export type Answer<Name extends keyof Schemas> = Sure<Schemas[Name]>

export type Variables = Record<string, unknown>

export interface Page<Item> {
  items: Item[]
  total: number
  page: number
  size: number
}

export type Me = Answer<'Me'>
export type Hazard = Answer<'Hazard'>
/** One page of the ledger: leads on by cursors, `capped` when there are more rows than `total`. */
export type LedgerPage = Answer<'LedgerPage'>
export type Evidence = Answer<'File'>
export type Deadline = Answer<'Deadline'>
export type CaseEvent = Answer<'CaseEvent'>
export type HistoryEvent = Answer<'Event'>
export type Measure = Answer<'Measure'>
export type Check = Answer<'Check'>
export type Block = Answer<'Block'>
export type Board = Answer<'Board'>
export type Paper = Answer<'Paper'>
export type Waiting = Answer<'Waiting'>
export type Incident = Answer<'Incident'>
export type Place = Answer<'Place'>
export type Code = Answer<'Code'>
export type Verified = Answer<'Verified'>
export type Sign = Answer<'Sign'>
export type EntrySign = Answer<'EntrySign'>
export type Visit = Answer<'Visit'>
export type Receipt = Answer<'Receipt'>
export type Progress = Answer<'Progress'>
export type DemoClock = Answer<'Clock'>
export type Comment = Answer<'Comment'>
export type DefinitionVersion = Answer<'Definition'>

/** One piece of work; what only its own page answers (form, variables, comments) is missing in lists. */
export type Task = Answer<'Task'> & Partial<Omit<Answer<'TaskDetail'>, keyof Answer<'Task'> | 'form' | 'variables'>> & { form?: FormSchema | null; variables?: Variables }

export type Instance = Answer<'InstanceDetail'>

export interface FormSchema {
  id?: string
  components: FormComponent[]
  [name: string]: unknown
}

export interface FormComponent {
  type: string
  key?: string
  id?: string
  label?: string
  description?: string
  text?: string
  path?: string
  disabled?: boolean
  readonly?: boolean
  defaultValue?: unknown
  values?: { label: string; value: string | number | boolean; cert?: string }[]
  valuesKey?: string
  valuesExpression?: string
  validate?: FieldRules
  conditional?: { hide?: string }
  components?: FormComponent[]
  multiple?: boolean
  /** Chosen as a list, sent as one text. */
  joined?: boolean
  /** Only of people with a certificate. */
  certified?: boolean
  accept?: string
  subtype?: string
  dateLabel?: string
  timeLabel?: string
  serializeToString?: boolean
  decimalDigits?: number
  [name: string]: unknown
}

export interface FieldRules {
  required?: boolean
  minLength?: number | string
  maxLength?: number | string
  min?: number | string
  max?: number | string
  pattern?: string
  validationType?: string
}
