// Leaves out of the modeler what the engine does not run (docs/guide/bpmn-support.md): nobody should draw it first.
import { onlyWhatIsRead, type Group } from './offeredValues'

interface Entry {
  active?: boolean
  [name: string]: unknown
}
type Entries = Record<string, Entry>
interface Meaning {
  $parent?: Meaning
  $instanceOf(type: string): boolean
  get(name: string): unknown
}
interface Element {
  businessObject: Meaning
}

const MENUS = ['bpmn-replace', 'bpmn-create', 'bpmn-append']
const LOW = 300
const START = /-start(-event)?$/
const END = /-end(-event)?$/
const ONLY_INSIDE = /(conditional|error|escalation|compensation)-start$/ // what nobody outside an event sub-process can start from
const NEVER = /complex-gateway|^(create|append)-(none|cancel)-boundary/ // a new boundary event has a kind that fits any activity

const isA = (one: Meaning | undefined, type: string) => Boolean(one?.$instanceOf(type))
const isEventScope = (one: Meaning | undefined) => isA(one, 'bpmn:SubProcess') && Boolean(one!.get('triggeredByEvent'))

/** Whether what this entry of a menu makes can run in this scope; `at` is the element that the menu stands on. */
function runs(id: string, scope: Meaning | undefined, at: Meaning | undefined): boolean {
  if (NEVER.test(id)) return false
  if (isA(scope, 'bpmn:AdHocSubProcess') && (START.test(id) || END.test(id))) return false
  if (/cancel-end$/.test(id)) return isA(scope, 'bpmn:Transaction')
  if (!START.test(id)) return true
  if (!isEventScope(scope)) return !ONLY_INSIDE.test(id)
  return isA(at, 'bpmn:StartEvent') && (!/compensation-start$/.test(id) || isA(scope!.$parent, 'bpmn:SubProcess'))
}

const kept = (entries: Entries, keep: (id: string, entry: Entry) => boolean): Entries => Object.fromEntries(Object.entries(entries).filter(([id, entry]) => keep(id, entry)))

class OnlyWhatRuns {
  static $inject = ['popupMenu', 'propertiesPanel']

  constructor(
    popupMenu: { registerProvider(id: string, priority: number, provider: object): void },
    propertiesPanel: { registerProvider(priority: number, provider: object): void },
  ) {
    for (const menu of MENUS) {
      popupMenu.registerProvider(menu, LOW, {
        getPopupMenuEntries: (target: Element | Element[]) => (entries: Entries) => {
          const at = menu === 'bpmn-create' || Array.isArray(target) ? undefined : target.businessObject
          return kept(entries, (id) => runs(id, at?.$parent, at))
        },
        // A loop without condition and maximum is refused, and this panel has no fields for either.
        getPopupMenuHeaderEntries: () => (entries: Entries) => kept(entries, (id, entry) => id !== 'toggle-loop' || Boolean(entry.active)),
      })
    }
    propertiesPanel.registerProvider(LOW, {
      getGroups: (element: Element) => (groups: Group[]) => onlyWhatIsRead(groups, Boolean(element.businessObject.get('camunda:modelerTemplate'))),
    })
  }
}

export const onlyWhatRuns = { __init__: ['onlyWhatRuns'], onlyWhatRuns: ['type', OnlyWhatRuns] }
