// One line or row of bars of a chart: its values over the labels, its colour as a variable of base.css, where each number leads.
import type { RouteLocationRaw } from 'vue-router'

export interface Series {
  name: string
  values: (number | null)[]
  colour: string
  links?: RouteLocationRaw[]
}
