// Forms in the form-js format: their fields in order, which are hidden, what a person must still fill in, what is sent.
import type { FormComponent, FormSchema, Variables } from './types'

const BETWEEN = '、'
const BETWEEN_SAID = '顿号隔开'
const DISPLAY = new Set(['text', 'html', 'separator', 'spacer', 'image', 'button', 'table', 'iframe', 'expression', 'documentPreview'])
const GROUPS = new Set(['group', 'default'])

export type Complaint = { rule: string; limit?: number | string }
export type Complaints = Record<string, Complaint>
/** Somebody to choose: the login name, who that is, the number of the certificate if there is one. */
export type Someone = { label: string; value: string; cert: string }

/** Every component of the form in reading order, groups opened. */
export function flat(components: FormComponent[]): FormComponent[] {
  return components.flatMap((part) => {
    if (!part.components) return [part]
    const inner = flat(part.components).map((child) => ({ ...child, conditional: child.conditional ?? part.conditional }))
    return GROUPS.has(part.type) && part.label ? [{ type: 'heading', id: part.id, label: part.label, conditional: part.conditional }, ...inner] : inner
  })
}

export const isField = (part: FormComponent): boolean => Boolean(part.key) && !DISPLAY.has(part.type)

/** What the form starts with: the instance's variables, else each field's own default. */
export function initial(form: FormSchema, variables: Variables): Variables {
  const values: Variables = {}
  for (const part of flat(form.components).filter(isField)) {
    const given = variables[part.key!]
    if (part.type === 'filepicker') values[part.key!] = []
    else values[part.key!] = given ?? part.defaultValue ?? (part.type === 'checkbox' ? false : part.type === 'checklist' ? [] : null)
  }
  return values
}

/** The ids of the hidden parts; the FEEL engine is fetched only for a form that has a condition. */
export async function hidden(form: FormSchema, values: Variables): Promise<Set<string>> {
  const conditional = flat(form.components).filter((part) => part.conditional?.hide)
  if (!conditional.length) return new Set()
  const { unaryTest } = await import('@bpmn-io/feelin')
  const hides = (part: FormComponent) => {
    const condition = part.conditional!.hide!.replace(/^=/, '')
    try {
      return unaryTest(condition, { ...values }).value === true
    } catch {
      return false
    }
  }
  return new Set(conditional.filter(hides).map((part) => part.id ?? part.key ?? ''))
}

const empty = (value: unknown) => value === null || value === undefined || value === '' || (Array.isArray(value) && !value.length)

function complaint(part: FormComponent, value: unknown): Complaint | null {
  const rules = part.validate ?? {}
  if (empty(value) || (part.type === 'checkbox' && value === false)) return rules.required ? { rule: 'required' } : null
  if (part.type === 'number') return numberComplaint(rules.min, rules.max, value)
  if (typeof value !== 'string') return null
  if (rules.minLength && value.length < Number(rules.minLength)) return { rule: 'min_length', limit: rules.minLength }
  if (rules.maxLength && value.length > Number(rules.maxLength)) return { rule: 'max_length', limit: rules.maxLength }
  if (rules.pattern && !new RegExp(rules.pattern).test(value)) return { rule: 'pattern' }
  return null
}

function numberComplaint(min: unknown, max: unknown, value: unknown): Complaint | null {
  const number = Number(value)
  if (Number.isNaN(number)) return { rule: 'number' }
  if (min !== undefined && min !== '' && number < Number(min)) return { rule: 'min', limit: String(min) }
  if (max !== undefined && max !== '' && number > Number(max)) return { rule: 'max', limit: String(max) }
  return null
}

/** What is wrong with the visible fields, by key; the server checks all of it again. */
export function check(parts: FormComponent[], values: Variables): Complaints {
  const found: Complaints = {}
  for (const part of parts.filter(isField)) {
    const wrong = part.disabled || part.readonly ? null : complaint(part, values[part.key!])
    if (wrong) found[part.key!] = wrong
  }
  return found
}

/** What is sent: visible fields that may be written, numbers as numbers, nothing for what was left empty. */
export function answers(parts: FormComponent[], values: Variables): Variables {
  const sent: Variables = {}
  for (const part of parts.filter(isField)) {
    const value = values[part.key!]
    if (part.disabled || part.readonly || (empty(value) && part.type !== 'checklist')) continue
    sent[part.key!] = part.type === 'number' && !part.serializeToString ? Number(value) : value
  }
  return sent
}

/** The form with a choice of units where it asks for a unit's code, so that nobody has to know codes. */
export function withUnits(form: FormSchema, units: { label: string; value: string }[]): FormSchema {
  const asksForUnit = (part: FormComponent) => part.type === 'textfield' && /(^|_)unit$/.test(part.key ?? '') && units.length > 0
  const chosen = (part: FormComponent): FormComponent =>
    asksForUnit(part)
      ? { ...part, type: 'select', searchable: true, values: units, label: part.label?.replace(/（[^）]*编码）/, '') }
      : part.components
        ? { ...part, components: part.components.map(chosen) }
        : part
  return { ...form, components: form.components.map(chosen) }
}

const LOGINS = /（[^）]*登录名[^）]*）|的登录名(或者执法证号)?/
const SEVERAL = /[两三]名以上/
const asksForPeople = (part: FormComponent) => part.type === 'textfield' && LOGINS.test(part.label ?? '')
/** Whether a form asks for login names: then the people are needed to choose from. */
export const wantsPeople = (form: FormSchema | null | undefined): boolean => flat(form?.components ?? []).some(asksForPeople)

/** The form with a choice of people where it asks for login names, of those with a certificate where one is asked for too; several are
 *  sent as one text, as the field says. */
export function withPeople(form: FormSchema, people: Someone[]): FormSchema {
  const chosen = (part: FormComponent): FormComponent => {
    if (part.components) return { ...part, components: part.components.map(chosen) }
    if (!people.length || !asksForPeople(part)) return part
    const several = part.description?.includes(BETWEEN_SAID) || SEVERAL.test(part.label ?? '')
    const certified = part.label?.includes('执法证号') ?? false
    const values = certified ? people.filter((one) => one.cert).map((one) => ({ ...one, label: `${one.label} · ${one.cert}` })) : people
    return {
      ...part, type: several ? 'taglist' : 'select', searchable: true, joined: several, certified, values,
      label: part.label?.replace(LOGINS, ''), description: part.description?.replace(/[；;]?多人用顿号隔开/, ''), validate: { required: part.validate?.required },
    }
  }
  return { ...form, components: form.components.map(chosen) }
}

/** Texts of several names as lists, for the fields that choose several; and back again, nothing for nobody. */
export const spread = (form: FormSchema, values: Variables): Variables => changed(form, values, listed)
export const joined = (form: FormSchema, values: Variables): Variables => changed(form, values, (value) => (Array.isArray(value) ? value.join(BETWEEN) : value))

function changed(form: FormSchema, values: Variables, change: (value: unknown, part: FormComponent) => unknown): Variables {
  const parts = flat(form.components).filter((part) => part.joined && part.key! in values)
  return { ...values, ...Object.fromEntries(parts.map((part) => [part.key!, change(values[part.key!], part)])) }
}

/** Whoever was written by the number of the certificate is chosen by name. */
function listed(value: unknown, part: FormComponent): unknown {
  if (typeof value !== 'string') return value
  const named = (word: string) => part.values?.find((one) => one.cert && one.cert === word)?.value ?? word
  return value.split(/[\s、,，;；]+/).filter(Boolean).map(named)
}

function component(name: string, value: unknown): FormComponent {
  const type = typeof value === 'boolean' ? 'checkbox' : typeof value === 'number' ? 'number' : 'textfield'
  return { type, key: name, id: `plain_${name}`, label: name }
}

/** The plain form of a task without form: one field for each simple variable. */
export function plainForm(variables: Variables): FormSchema {
  const simple = Object.entries(variables).filter(([, value]) => value === null || typeof value !== 'object')
  return { type: 'default', schemaVersion: 17, components: simple.map(([name, value]) => component(name, value)) }
}
