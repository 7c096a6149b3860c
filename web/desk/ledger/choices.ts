// What the ledger can be narrowed to and which columns it can show: names only, the words are in the locale.
import type { paths } from '../../../build/api'

type Asked = NonNullable<paths['/api/v1/hazards']['get']['parameters']['query']>
/** Every value that the server knows, none forgotten: a missing or a wrong one does not compile. */
const all = <Value extends string>(given: Record<Value, true>): Value[] => Object.keys(given) as Value[]

export const LAMPS = ['purple', 'deep_red', 'red', 'orange', 'yellow', 'green'] as const
export const STATUSES = ['open', 'closed', 'all'] as const
export const LEVELS = ['立改', '一般', '较大', '重大(待判)', '重大'] as const
export const STAGES = all<NonNullable<Asked['stage']>>({ 核实分级: true, 现场立改: true, 交办待签收: true, 整改中: true, 复查: true, 销号审核: true, 作废审批: true })
export const MAJOR = all<NonNullable<Asked['major']>>({ 否: true, 疑似: true, 已判定: true, 已解除: true })
export const SOURCES = all<NonNullable<Asked['source']>>({ 网格巡查: true, 督导检查: true, 群众举报: true, 企业自查: true, 媒体曝光: true, 上级交办: true, 智能识别: true, 企业安管人员: true })
export const OVERLAYS = all<NonNullable<Asked['overlay']>>({
  重大: true, 疑似重大: true, 逾期: true, 挂起申请中: true, 暂不具备条件: true, 挂起逾期未复核: true, '督办中（街道）': true, '督办中（区级）': true, 移交中: true, 停用提请中: true, 查封提请中: true, 停用中: true, 查封中: true,
  扣押中: true, 停电中: true, 停供民爆物品中: true, 强制执行中: true, 法院执行中: true, 挂牌提请中: true, 挂牌督办: true, 立案: true, 行刑: true, 在诉: true, 重点跟踪: true, 复发: true, 屡查屡犯: true,
})

/** The filters that live in the address beside the words, the state and the lamps. */
export const MORE = ['community', 'grid', 'stage', 'overlay', 'level', 'major', 'source', 'holder', 'campaign', 'sector', 'place', 'code', 'unit', 'found_from', 'found_to', 'due_from', 'due_to', 'closed_from', 'closed_to', 'voided', 'is_major', 'recurred'] as const
/** A day that no longer counts, as the API has it; people choose the last one that does. */
export const BEFORE: readonly string[] = ['found_to', 'closed_to']
export type More = (typeof MORE)[number]

export const COLUMNS = [
  'lamp', 'number', 'place', 'code', 'level', 'stage', 'due', 'holder', 'overdue', 'found', 'finder', 'source', 'text', 'part', 'community', 'repeats', 'rechecks',
] as const
export type Column = (typeof COLUMNS)[number]
export const USUAL: Column[] = ['lamp', 'number', 'place', 'code', 'level', 'stage', 'due', 'holder']
export const USUAL_RED: Column[] = ['lamp', 'number', 'place', 'code', 'level', 'stage', 'due', 'overdue', 'holder']
/** By what a column is sorted on the server. */
export const SORTED: Partial<Record<Column, string>> = { lamp: 'lamp', number: 'number', due: 'due_at', found: 'found_at' }
