// The whole diagram in the room that the palette leaves free; bpmn-js itself would put its beginning behind the palette.
import type { Canvas } from './modeler'

const PALETTE = 98
const EDGE = 16
const LEAST = 50

export function frameWhole(canvas: Canvas): void {
  const { inner, outer } = canvas.viewbox()
  if (!inner.width || !inner.height) return
  const width = Math.max(LEAST, outer.width - PALETTE - EDGE)
  const height = Math.max(LEAST, outer.height - 2 * EDGE)
  const scale = Math.min(1, width / inner.width, height / inner.height)
  const left = PALETTE + (width - inner.width * scale) / 2
  const top = EDGE + (height - inner.height * scale) / 2
  canvas.viewbox({ x: inner.x - left / scale, y: inner.y - top / scale, width: outer.width / scale, height: outer.height / scale })
}
