// What a row of the code table says; a new code also has its own name.
import { plain } from '@shared/chosen'
import type { Field } from './fields'

type Words = (key: string) => string

export function codeFields(t: Words, fresh: boolean): Field[] {
  const own: Field[] = fresh ? [{ name: 'code', kind: 'text', required: true, hint: 'code' }] : []
  return [
    ...own,
    { name: 'name', label: 'code_name', kind: 'text', required: true },
    { name: 'local_level', kind: 'choice', required: true, options: plain(['一般', '较大']) },
    { name: 'default_n', kind: 'number', required: true },
    { name: 'default_unit', kind: 'choice', required: true, options: ['wd', 'd', 'h'].map((value) => ({ value, label: t(`settings.code.unit.${value}`) })) },
    { name: 'default_roll', kind: 'choice', required: true, options: ['F', 'N'].map((value) => ({ value, label: t(`settings.code.roll.${value}`) })) },
    { name: 'lead', kind: 'text' },
    { name: 'suspected', kind: 'check' },
    { name: 'valid_from', kind: 'date', required: true, hint: 'valid_from' },
    { name: 'clause', kind: 'area' },
    { name: 'photo_rule', kind: 'area' },
    { name: 'close_rule', kind: 'area' },
    { name: 'reason', kind: 'text', required: !fresh, wide: true },
  ]
}
