// The states of a deferral as the server has them, and how each looks.
import type { paths } from '../../../build/api'
import './standing.css'

type Asked = NonNullable<paths['/api/v1/deferrals']['get']['parameters']['query']>
type State = NonNullable<Asked['state']>

const LOOKS: Record<State, string> = { 待批准: 'asks', 待续批: 'asks', 挂起中: 'stands', 逾期未复核: 'late', 已结束: 'over' }
export const STATES = Object.keys(LOOKS) as State[]
export const lookOf = (state: string): string => LOOKS[state as State] ?? 'over'
