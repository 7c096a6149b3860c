// What the file of a place says, in the order of the form.
import { plain } from '@shared/chosen'
import type { Field } from './fields'

type Words = (key: string) => string

export const KINDS = ['工贸企业', '建筑工地', '加油站', '餐饮', '商超', '农贸市场', '学校培训', '养老医疗', '宾馆影院', '仓储', '九小场所', '老旧小区', '写字楼', '其他']
export const RISKS = ['红', '橙', '黄', '蓝']
export const PLACE_KINDS = ['九小', '多业态', '人员密集', '其他']
export const STATUSES = ['正常', '停产', '关闭', '拆除']
export const FLAGS = ['亡人事故', '联合惩戒', '有重大隐患', '挂牌督办']
export const TAGS = ['三合一', '老旧小区', '集贸市场', '有限空间', '涉粉尘', '涉氨', '自建房']

export function placeFields(t: Words, fresh: boolean): Field[] {
  const later: Field[] = [
    { name: 'status', label: 'place_status', kind: 'choice', options: plain(STATUSES) },
    { name: 'fire_key_level', kind: 'choice', options: [0, 1, 2, 3].map((value) => ({ value, label: t(`settings.place.fire.${value}`) })) },
  ]
  return [
    { name: 'name', label: 'place_name', kind: 'text', required: true },
    { name: 'kind', label: 'place_type', kind: 'choice', required: true, options: plain(KINDS) },
    { name: 'place_kind', kind: 'choice', required: true, options: plain(PLACE_KINDS) },
    { name: 'grid', kind: 'unit', required: true, hint: 'grid' },
    { name: 'risk_level', kind: 'choice', options: plain(RISKS) },
    ...(fresh ? [] : later),
    { name: 'uscc', kind: 'text' },
    { name: 'sector', kind: 'text' },
    { name: 'lead_unit', kind: 'unit' },
    { name: 'address', kind: 'text' },
    { name: 'lat', kind: 'number' },
    { name: 'lon', kind: 'number' },
    { name: 'capacity', kind: 'number' },
    { name: 'floors', kind: 'number' },
    { name: 'open_hours', kind: 'text' },
    { name: 'legal_rep', kind: 'text' },
    { name: 'head', kind: 'text' },
    { name: 'actual_controller', kind: 'text' },
    { name: 'phone', kind: 'text' },
    { name: 'promise_year', kind: 'number' },
    { name: 'linked_leader', kind: 'person' },
    { name: 'tags', kind: 'choices', options: plain(TAGS) },
    ...['crowded', 'residential', 'uses_gas', 'dangerous_goods', 'special_equipment', 'fatal_accident', 'joint_punishment'].map(
      (name): Field => ({ name, kind: 'check' }),
    ),
  ]
}
