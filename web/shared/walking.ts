// What a visit can be and where it can stand, as the server has it; who is offered to set out.
import { session } from '@shared/session'
import type { paths } from '../../build/api'

type Asked = NonNullable<paths['/api/v1/visits']['get']['parameters']['query']>
/** Every value that the server knows: a missing or a wrong one does not compile. */
const all = <Value extends string>(given: Record<Value, true>): Value[] => Object.keys(given) as Value[]

export const STAGES = all<NonNullable<Asked['stage']>>({ 待批准: true, 待通知: true, 待入企: true, 待记录: true, 已归档: true })
export const RESULTS = all<NonNullable<Asked['result']>>({ 未发现问题: true, 现场立改: true, 发现隐患: true, 无法进入: true, 未检查: true })
type Patrolled = NonNullable<paths['/api/v1/visits']['post']['requestBody']>['content']['application/json']['kind']
type Inspected = NonNullable<paths['/api/v1/visits/inspections']['post']['requestBody']>['content']['application/json']['kind']
export const KINDS = {
  A: all<Patrolled>({ 网格巡查: true, 服务指导: true, 夜查: true, 回头看: true, 督导检查: true, 专项巡查: true, 企业自查: true, 交叉互查: true, 专家诊查: true, 线上巡查: true, 驻点巡查: true }),
  B: all<Inspected>({ '行政检查（日常）': true, '行政检查（专项）': true, '行政检查（个案）': true, 复查: true, 联合检查: true }),
}
export const CAUSES = ['举报', '移交', '事故']

const STAFF = ['inspector', 'clerk', 'leader', 'principal', 'secretary', 'officer', 'head']
const holds = (roles: string[]): boolean => !!session.me?.admin || roles.some((role) => session.me?.roles.includes(role))
/** Who is offered what; the server decides and says why not. */
export const maySetOut = (): boolean => holds(STAFF)
export const mayInspect = (): boolean => holds(['officer', 'head', 'clerk'])
export const mayKeepPictures = (): boolean => holds(['clerk', 'leader', 'principal', 'head'])
