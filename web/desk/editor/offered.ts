// Leaves out of the modeler what the engine does not run (docs/guide/bpmn-support.md): nobody should draw it first.

interface Entry {
  target?: { type?: string }
  [name: string]: unknown
}
type Entries = Record<string, Entry>
interface Group {
  id: string
  shouldOpen?: boolean
}
interface Element {
  businessObject: { get(name: string): unknown }
}

/** Groups of the properties panel whose values are refused or ignored here. */
const NOT_RUN = new Set(
  [
    'ExecutionListener', 'TaskListener', 'ConnectorInput', 'ConnectorOutput', 'FieldInjection', 'AsynchronousContinuations', 'JobExecution', 'ExternalTask',
    'HistoryCleanup', 'Tasklist', 'FormData', 'Errors',
  ].map((name) => `CamundaPlatform__${name}`),
)
const MENUS = ['bpmn-replace', 'bpmn-create', 'bpmn-append']
const LOW = 300

/** What is to be filled in stands open; the button for a template without one leads nowhere: templates have their list. */
function offered(groups: Group[], templated: boolean): Group[] {
  const shown = groups.filter(({ id }) => !NOT_RUN.has(id) && (templated || id !== 'ElementTemplates__Template'))
  const open = templated ? /^ElementTemplates__Custom/ : /UserAssignment|Implementation|Condition|Timer|CallActivity/
  return shown.map((group) => (open.test(group.id) ? { ...group, shouldOpen: true } : group))
}

class OnlyWhatRuns {
  static $inject = ['popupMenu', 'propertiesPanel']

  constructor(
    popupMenu: { registerProvider(id: string, priority: number, provider: object): void },
    propertiesPanel: { registerProvider(priority: number, provider: object): void },
  ) {
    const provider = {
      getPopupMenuEntries: () => (entries: Entries) =>
        Object.fromEntries(Object.entries(entries).filter(([id, entry]) => !/complex-gateway/.test(id) && entry.target?.type !== 'bpmn:ComplexGateway')),
    }
    for (const menu of MENUS) popupMenu.registerProvider(menu, LOW, provider)
    propertiesPanel.registerProvider(LOW, { getGroups: (element: Element) => (groups: Group[]) => offered(groups, Boolean(element.businessObject.get('camunda:modelerTemplate'))) })
  }
}

export const onlyWhatRuns = { __init__: ['onlyWhatRuns'], onlyWhatRuns: ['type', OnlyWhatRuns] }
