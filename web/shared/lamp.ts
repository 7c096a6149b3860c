// The lamps: how urgent a thing is, always as a shape, a word and a colour together (rain, gloves, colour blindness).
export type Lamp = 'green' | 'yellow' | 'orange' | 'red' | 'deep_red' | 'purple' | 'grey' | 'none'

export interface LampLook {
  shape: 'circle' | 'triangle' | 'diamond' | 'square' | 'octagon' | 'hexagon' | 'check' | 'dash'
  colour: string
  ground: string
}

export const LAMPS: Record<Lamp, LampLook> = {
  green: { shape: 'circle', colour: 'var(--lamp-green)', ground: 'var(--lamp-green-ground)' },
  yellow: { shape: 'triangle', colour: 'var(--lamp-yellow)', ground: 'var(--lamp-yellow-ground)' },
  orange: { shape: 'diamond', colour: 'var(--lamp-orange)', ground: 'var(--lamp-orange-ground)' },
  red: { shape: 'square', colour: 'var(--lamp-red)', ground: 'var(--lamp-red-ground)' },
  deep_red: { shape: 'octagon', colour: 'var(--lamp-deep-red)', ground: 'var(--lamp-deep-red-ground)' },
  purple: { shape: 'hexagon', colour: 'var(--lamp-purple)', ground: 'var(--lamp-purple-ground)' },
  grey: { shape: 'check', colour: 'var(--lamp-grey)', ground: 'var(--lamp-grey-ground)' },
  none: { shape: 'dash', colour: 'var(--lamp-none)', ground: 'var(--lamp-none-ground)' },
}

export const lampOf = (name: string | null | undefined): Lamp => (name && name in LAMPS ? (name as Lamp) : 'none')
