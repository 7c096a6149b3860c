// From degrees to the plane of the drawing: true to angles at the middle of the street, the longer side WIDTH units long.
import type { Answer } from '@shared/types'

export type Area = Answer<'Area'>
export type Spot = Answer<'Spot'>

export interface Box {
  x: number
  y: number
  w: number
  h: number
}

type Position = [number, number]
interface Geometry {
  type: string
  coordinates: unknown
}

const WIDTH = 1000
const MARGIN = 0.06

/** Every [lon, lat] in a geometry. */
function positions(coordinates: unknown): Position[] {
  const part = coordinates as unknown[]
  return typeof part[0] === 'number' ? [part as unknown as Position] : part.flatMap(positions)
}

const all = (shape: unknown) => positions((shape as Geometry).coordinates)

/** Puts the shapes of one map onto the plane. */
export class Projection {
  private readonly west: number
  private readonly north: number
  private readonly squeeze: number
  private readonly scale: number

  constructor(shapes: unknown[]) {
    const points = shapes.flatMap(all)
    const [lons, lats] = [points.map((one) => one[0]), points.map((one) => one[1])]
    const [west, east] = extent(lons)
    const [south, north] = extent(lats)
    this.west = west
    this.north = north
    this.squeeze = Math.cos((((north + south) / 2) * Math.PI) / 180)
    this.scale = WIDTH / Math.max((east - west) * this.squeeze, north - south, 1e-4)
  }

  point([lon, lat]: Position): Position {
    return [(lon - this.west) * this.squeeze * this.scale, (this.north - lat) * this.scale]
  }

  /** The path of a polygon or several; empty for a point. */
  path(shape: unknown): string {
    const { type, coordinates } = shape as Geometry
    if (type === 'Point') return ''
    const polygons = (type === 'Polygon' ? [coordinates] : coordinates) as Position[][][]
    return polygons.flat().map((ring) => `M${ring.map((one) => this.point(one).map((n) => n.toFixed(1)).join(' ')).join('L')}Z`).join('')
  }

  box(shapes: unknown[]): Box {
    const points = shapes.flatMap(all).map((one) => this.point(one))
    const [left, right] = extent(points.map((one) => one[0]))
    const [top, bottom] = extent(points.map((one) => one[1]))
    const room = Math.max(right - left, bottom - top, 20) * MARGIN
    return { x: left - room, y: top - room, w: Math.max(right - left, 10) + 2 * room, h: Math.max(bottom - top, 10) + 2 * room }
  }

  middle(shape: unknown): Position {
    const { x, y, w, h } = this.box([shape])
    return [x + w / 2, y + h / 2]
  }
}

function extent(numbers: number[]): Position {
  return numbers.reduce<Position>(([low, high], one) => [Math.min(low, one), Math.max(high, one)], [Infinity, -Infinity])
}
