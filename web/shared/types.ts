// The shapes of the API, as the pages use them (docs: /api/docs).

export type Variables = Record<string, unknown>

export interface Page<Item> {
  items: Item[]
  total: number
  page: number
  size: number
}

export interface Me {
  name: string
  display_name?: string
  title?: string
  unit?: string | null
  unit_name?: string | null
  roles: string[]
  groups: string[]
  admin: boolean
  csrf_token: string
  timezone?: string
  demo: boolean
}

export interface Task {
  id: string
  element: string
  name: string
  definition: string
  definition_name?: string
  instance_id: string
  business_key: string | null
  groups: string[]
  assignee: string | null
  created_at?: string
  due_at: string | null
  lamp: string
  status: string
  completed_by?: string | null
  subject?: string | null
  documentation?: string | null
  comments?: Comment[]
  ended_at?: string | null
  form?: FormSchema | null
  variables?: Variables
}

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
  values?: { label: string; value: string | number | boolean }[]
  valuesKey?: string
  valuesExpression?: string
  validate?: FieldRules
  conditional?: { hide?: string }
  components?: FormComponent[]
  multiple?: boolean
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

export interface Hazard {
  number: string
  instance_id: string | null
  place: string
  place_name: string
  code: string
  code_name: string
  text: string
  part: string
  source: string
  community: string
  community_name: string
  grid: string
  holder_unit: string
  holder_name: string
  finder: string
  finder_name: string
  found_at: string
  registered_at: string
  local_level: string | null
  is_major: boolean
  repeats: number
  failed_rechecks: number
  stage: string
  overlays: string[]
  lamp: string
  lamp_reason: string
  due_at: string | null
  overdue_workdays: number | null
  workdays_left: number | null
  status: 'open' | 'closed'
  closed_at: string | null
  closure_no: string | null
  photos: string[]
}

export interface Evidence {
  id: string
  kind: 'photo_before' | 'photo_after' | 'attachment'
  angle: string
  filename: string
  media_type: string
  taken_at: string | null
  uploaded_at: string
  uploaded_by: string
}

/** One of the eleven checks before a hazard is closed. */
export interface Check {
  no: number
  name: string
  applies: boolean
  passed: boolean
  missing: string[]
  how: string
  notes: string[]
}

/** One of the five blocks (五落实). */
export interface Block {
  block: string
  name: string
  text: string
  done: boolean
  state: string
  note: string
}
export interface Deadline {
  id: number | string
  kind: string
  state: string
  due_at: string
  start_at?: string
  trace?: string[]
  clause?: string
  provisional?: boolean
  reason?: string
}

/** One line of a hazard's story. */
export interface CaseEvent {
  at: string
  kind: 'task' | 'timer' | 'deadline' | 'paper' | 'measure' | 'recheck' | 'rung' | 'finding'
  title: string
  text: string
  by: string
  by_name: string
}

/** One line of an instance's history. */
export interface HistoryEvent {
  at: string
  event: string
  element: string | null
  name: string | null
  type: string | null
  actor: string | null
  on_behalf_of: string | null
}

/** One measure that a department decided. */
export interface Measure {
  id: number
  kind: string
  organ_name: string
  decision_no: string
  basis: string
  starts_on: string
  ends_at: string
  decide_by: string | null
  lifted_at: string | null
  lift_reason: string
}

/** Open hazards by community and colour. */
export interface Board {
  rows: { community: string; community_name: string; lamps: Record<string, number>; total: number }[]
  lamps: Record<string, number>
  total: number
}

/** One paper from one unit to another. */
export interface Paper {
  id: number
  kind: string
  number: string
  from_name: string
  to_name: string
  reason: string
  sent_at: string
  sign_due_at: string | null
  signed_at: string | null
  returned_at: string | null
  return_reason: string
  answer_due_at: string | null
  answered_at: string | null
  answer: string
  state: string
}

export interface Instance {
  id: string
  definition_name?: string
  definition: string
  version: number
  business_key: string | null
  status: string
  tasks: Task[]
  variables?: Variables
  started_at?: string
  ended_at?: string | null
  next_event_at?: string | null
  waiting?: Waiting[]
}

/** One thing that an instance waits for, in words. */
export interface Waiting {
  kind: string
  element: string | null
  words: string
  en: string
}

export interface Incident {
  id: string
  instance_id: string
  definition?: string
  business_key?: string | null
  element: string
  message: string
  opened_at: string
}

export interface Place {
  id: string
  name: string
  kind: string
  address: string
  community: string
  community_name: string
  grid: string
}

export interface Code {
  code: string
  name: string
  code_group: string
  local_level: string
  clause: string
}

export interface DemoClock {
  now: string
  next_due_at?: string | null
}

export interface Comment {
  at: string
  author: string
  text: string
}

export interface DefinitionVersion {
  id: string
  key: string
  version: number
  name: string
  deployed_at: string
}
