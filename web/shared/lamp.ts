// The lamps: how urgent a thing is, always as a shape, a word and a colour together (rain, gloves, colour blindness).
export type Lamp = 'green' | 'yellow' | 'orange' | 'red' | 'deep_red' | 'purple' | 'grey' | 'none'

export interface LampLook {
  shape: 'circle' | 'triangle' | 'diamond' | 'square' | 'octagon' | 'hexagon' | 'check' | 'dash'
  colour: string
  ground: string
}

export const LAMPS: Record<Lamp, LampLook> = {
  green: { shape: 'circle', colour: '#1c7a48', ground: '#e8f5ee' },
  yellow: { shape: 'triangle', colour: '#8a6100', ground: '#fdf5d9' },
  orange: { shape: 'diamond', colour: '#b04a00', ground: '#fdeddd' },
  red: { shape: 'square', colour: '#c4231c', ground: '#fdeaea' },
  deep_red: { shape: 'octagon', colour: '#ffffff', ground: '#8f0f16' },
  purple: { shape: 'hexagon', colour: '#6a2c91', ground: '#f3e9f9' },
  grey: { shape: 'check', colour: '#4b5a6b', ground: '#eef1f5' },
  none: { shape: 'dash', colour: '#5c6876', ground: '#f2f4f7' },
}

export const lampOf = (name: string | null | undefined): Lamp => (name && name in LAMPS ? (name as Lamp) : 'none')
