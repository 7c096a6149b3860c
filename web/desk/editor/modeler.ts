// The modeler of BPMN for the Camunda 7 dialect, put together: Chinese, token simulation, only what runs.
import Modeler from 'camunda-bpmn-js/lib/camunda-platform/Modeler'
import TokenSimulation from 'bpmn-js-token-simulation'
import 'camunda-bpmn-js/dist/assets/camunda-platform-modeler.css'
import 'bpmn-js-token-simulation/assets/css/bpmn-js-token-simulation.css'
import { onlyWhatRuns } from './offered'
import { translator } from './translate'
import type { Template } from './types'

export interface Shape {
  id: string
  type: string
  x: number
  y: number
  width: number
  height: number
  parent?: Shape
  outgoing?: Shape[]
  waypoints?: { x: number; y: number }[]
  businessObject: { name?: string; $instanceOf(type: string): boolean }
}
interface Box {
  x: number
  y: number
  width: number
  height: number
}
export interface Canvas {
  zoom(step: string | number, centre?: unknown): number
  viewbox(box?: Box): Box & { scale: number; inner: Box; outer: { width: number; height: number } }
  addMarker(id: string, name: string): void
  removeMarker(id: string, name: string): void
  scrollToElement(id: string, padding?: number): void
  getRootElement(): Shape
}
export interface Registry {
  get(id: string): Shape | undefined
  forEach(act: (element: Shape) => void): void
  filter(keep: (element: Shape) => boolean): Shape[]
}
export interface Overlays {
  add(id: string, type: string, overlay: { position: object; html: HTMLElement }): string
  remove(filter: { type: string }): void
}
export type BpmnModeler = InstanceType<typeof Modeler>

export function makeModeler(canvas: HTMLElement, properties: HTMLElement, locale: string): BpmnModeler {
  return new Modeler({
    container: canvas,
    propertiesPanel: { parent: properties },
    additionalModules: [TokenSimulation, onlyWhatRuns, translator(locale)],
  })
}

/** A step of this template: after what is selected, inside the selected line, else placed by a second click, from the keyboard amid what is seen. */
export function addByTemplate(modeler: BpmnModeler, template: Template, event: MouseEvent): void {
  const templates = modeler.get<{ applyTemplate(element: Shape, template: Template): Shape }>('elementTemplates')
  const factory = modeler.get<{ createShape(attrs: object): Shape }>('elementFactory')
  const selection = modeler.get<{ get(): Shape[]; select(element: Shape): void }>('selection')
  const shape = factory.createShape({ type: template.elementType.value })
  const [at, ...more] = selection.get()
  const settle = (made: Shape) => selection.select(templates.applyTemplate(made, template))
  if (!at || more.length || !mayFollow(at)) {
    if (!event.detail) return settle(amid(modeler, shape))
    const bus = modeler.get<Bus>('eventBus')
    const placed = (done: { context: { shape: Shape } }) => settle(done.context.shape)
    modeler.get<{ start(event: MouseEvent, shape: Shape): void }>('create').start(event, shape)
    bus.once('create.end', placed)
    bus.once('create.cleanup', () => bus.off('create.end', placed)) // given up with Escape: the next thing drawn is no step of this template
    return
  }
  if (at.type === 'bpmn:Task') return settle(at)
  const line = at.waypoints ? at : at.outgoing?.length === 1 ? at.outgoing[0] : undefined
  if (line?.waypoints && line.type === 'bpmn:SequenceFlow') return settle(inserted(modeler, shape, line))
  settle(modeler.get<{ append(source: Shape, shape: Shape): Shape }>('autoPlace').append(at, shape))
}

interface Bus {
  once(event: string, act: (done: { context: { shape: Shape } }) => void): void
  off(event: string, act: (done: { context: { shape: Shape } }) => void): void
}

function amid(modeler: BpmnModeler, shape: Shape): Shape {
  const canvas = modeler.get<Canvas>('canvas')
  const { x, y, width, height } = canvas.viewbox()
  const root = canvas.getRootElement()
  const pool = modeler.get<Registry>('elementRegistry').filter((one) => one.type === 'bpmn:Participant')[0]
  const modeling = modeler.get<{ createShape(shape: Shape, at: object, target: Shape): Shape }>('modeling')
  return modeling.createShape(shape, { x: x + width / 2, y: y + height / 2 }, (root.type === 'bpmn:Collaboration' && pool) || root)
}

function mayFollow(at: Shape): boolean {
  if (at.type === 'bpmn:SequenceFlow') return true
  return at.businessObject.$instanceOf('bpmn:FlowNode') && at.type !== 'bpmn:EndEvent'
}

/** Put a new step into a line; what lies beyond makes room when the ends of its longest stretch are too near. */
function inserted(modeler: BpmnModeler, shape: Shape, line: Shape & { source?: Shape; target?: Shape }): Shape {
  const modeling = modeler.get<{ createShape(shape: Shape, at: object, target: Shape): Shape }>('modeling')
  const [first, second] = longest(line.waypoints ?? [])
  const middle = { x: (first.x + second.x) / 2, y: (first.y + second.y) / 2 }
  const axis = Math.abs(first.x - second.x) >= Math.abs(first.y - second.y) ? 'x' : 'y'
  const room = (axis === 'x' ? shape.width : shape.height) + 60 - Math.abs(first[axis] - second[axis])
  if (room > 0) {
    const tool = modeler.get<{ makeSpace(moving: Shape[], resizing: Shape[], delta: object, direction: string, start: number): void; calculateAdjustments(
      elements: Shape[], axis: string, delta: number, start: number): { movingShapes: Shape[]; resizingShapes: Shape[] } }>('spaceTool')
    const all = modeler.get<Registry>('elementRegistry').filter((one) => Boolean(one.parent)) // lines too: their labels move with them
    const { movingShapes, resizingShapes } = tool.calculateAdjustments(all, axis, room, middle[axis])
    tool.makeSpace(movingShapes, resizingShapes, { x: axis === 'x' ? room : 0, y: axis === 'y' ? room : 0 }, axis === 'x' ? 'e' : 's', middle[axis])
    middle[axis] += room / 2
  }
  return modeling.createShape(shape, middle, line)
}

function longest(points: { x: number; y: number }[]): [{ x: number; y: number }, { x: number; y: number }] {
  let best = 0
  const length = (n: number) => Math.hypot(points[n + 1]!.x - points[n]!.x, points[n + 1]!.y - points[n]!.y)
  for (let n = 1; n < points.length - 1; n += 1) if (length(n) > length(best)) best = n
  return [points[best]!, points[best + 1]!]
}
