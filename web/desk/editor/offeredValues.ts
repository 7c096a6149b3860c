// The properties panel without the groups, fields and choices that the engine refuses; a refused choice that a diagram already makes stays, to be changed.

type Component = (props: object) => Node | Node[] | null
interface Node {
  props: {
    children?: Node | Node[]
    options?: Choice[]
    getOptions?: (...given: unknown[]) => Choice[]
    getValue?: (...given: unknown[]) => unknown
    value?: unknown
    element?: unknown
  }
}
interface Choice {
  value: string
}
interface Entry {
  id: string
  component?: Component
}
export interface Group {
  id: string
  shouldOpen?: boolean
  entries?: Entry[]
  items?: { entries?: Entry[] }[]
}

const NOT_RUN = new Set(
  [
    'ExecutionListener', 'TaskListener', 'ConnectorInput', 'ConnectorOutput', 'FieldInjection', 'AsynchronousContinuations', 'JobExecution', 'ExternalTask',
    'HistoryCleanup', 'Tasklist', 'FormData', 'Errors',
  ].map((name) => `CamundaPlatform__${name}`),
)
const NO_FIELD = new Set(['calledElementTenantId', 'decisionRefTenantId', 'calledElementDelegateVariableMappingType', 'waitForCompletion'])
/** Choices that are refused, by the field they stand in. */
const NO_CHOICE: [RegExp, string[]][] = [
  [/^implementationType$/, ['class', 'delegateExpression', 'connector']],
  [/^calledElementType$/, ['cmmn']],
  [/^(calledElementBinding|decisionRefBinding|formRefBinding)$/, ['version', 'versionTag']],
  [/^formType$/, ['formData']],
  [/scriptType$/i, ['resource']],
]
const made = new Map<Component, Component>()

/** What is to be filled in stands open; the button for a template without one leads nowhere: templates have their list. */
export function onlyWhatIsRead(groups: Group[], templated: boolean): Group[] {
  const shown = groups.filter(({ id }) => !NOT_RUN.has(id) && (templated || id !== 'ElementTemplates__Template')).map(withoutRefused)
  const open = templated ? /^ElementTemplates__Custom/ : /UserAssignment|Implementation|Condition|Timer|CallActivity/
  return shown.map((group) => (open.test(group.id) ? { ...group, shouldOpen: true } : group))
}

function withoutRefused(group: Group): Group {
  const entries = group.entries?.filter(({ id }) => !NO_FIELD.has(id)).map(withoutChoices)
  const items = group.items?.map((item) => ({ ...item, entries: item.entries?.map(withoutChoices) }))
  return { ...group, ...(entries && { entries }), ...(items && { items }) }
}

function withoutChoices(entry: Entry): Entry {
  const refused = NO_CHOICE.find(([field]) => field.test(entry.id))?.[1]
  if (!refused || !entry.component) return entry
  const whole = entry.component
  // One component for each of the library's, so that a field keeps its focus while the panel is drawn again.
  if (!made.has(whole)) made.set(whole, (props) => narrowed(whole(props), refused))
  return { ...entry, component: made.get(whole)! }
}

/** The library returns a select either still to be drawn (`getOptions`) or already drawn with its options inside. */
function narrowed(drawn: Node | Node[] | null, refused: string[]): Node | Node[] | null {
  for (const node of [drawn, ...(drawn && !Array.isArray(drawn) ? [drawn.props?.children].flat() : [])].flat()) {
    if (!node?.props) continue
    const { options, getOptions, getValue } = node.props
    const keep = (now: unknown) => (one: Choice) => one.value === now || !refused.includes(one.value)
    if (options) node.props.options = options.filter(keep(node.props.value))
    if (getOptions) node.props.getOptions = (...given) => getOptions(...given).filter(keep(getValue?.(...given)))
  }
  return drawn
}
