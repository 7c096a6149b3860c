// The states of a unit listing as the server has them, how each looks, and who may be asked to list.
import type { paths } from '../../../build/api'
import './standing.css'

type Asked = NonNullable<paths['/api/v1/unit-listings']['get']['parameters']['query']>
type State = NonNullable<Asked['state']>

const LOOKS: Record<State, string> = { 待决定: 'asks', 挂牌督办中: 'stands', 不挂牌: 'over', 已摘牌: 'over' }
export const STATES = Object.keys(LOOKS) as State[]
export const lookOf = (state: string, overdue = false): string => (overdue ? 'late' : (LOOKS[state as State] ?? 'over'))
/** Of the usual organisation: whoever is asked when nobody else is chosen. */
export const ORGAN = 'district_committee_office'
/** The four of the five elements that the decision writes down beside its term. */
export const FIVE = ['measures', 'responsible', 'funds', 'plan'] as const
