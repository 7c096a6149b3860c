// What stands beside a hazard, read together; what this person may not read is left out.
import { ApiProblem, get } from '@shared/client'
import type { Answer, Hazard, Measure, Page, Paper } from '@shared/types'

const NOUNS = { judgements: 'Judgement', clearances: 'Clearance', publicities: 'Publicity', lawsuits: 'Lawsuit', revisits: 'Revisit', rechecks: 'Recheck' } as const
export type Around = { [Noun in keyof typeof NOUNS]: Answer<(typeof NOUNS)[Noun]>[] } & { campaigns: Answer<'Campaign'>[] }

async function all<Item>(path: string): Promise<Item[]> {
  try {
    return (await get<Page<Item>>(path)).items
  } catch (error) {
    if (error instanceof ApiProblem && (error.status === 403 || error.status === 404)) return []
    throw error
  }
}

export async function readAround(number: string): Promise<Around> {
  const paths = { ...Object.fromEntries(Object.keys(NOUNS).map((noun) => [noun, `/hazards/${number}/${noun}`])), campaigns: `/campaigns?hazard=${number}` }
  const found = await Promise.all(Object.values(paths).map((path) => all(path)))
  return Object.fromEntries(Object.keys(paths).map((noun, index) => [noun, found[index]])) as unknown as Around
}

const PAPERS: Record<string, string> = {
  '督办中（街道）': '督办', '督办中（区级）': '区级督办', 移交中: '移交', 停用提请中: '停用提请', 查封提请中: '查封提请', 挂牌提请中: '挂牌提请', 挂牌督办: '挂牌督办',
}
const MEASURES: Record<string, string> = { 查封中: '查封', 扣押中: '扣押', 停用中: '停' }

/** Since when an overlay holds, as far as a paper, a measure or a date says it; empty when none does. */
export function since(overlay: string, hazard: Hazard, papers: Paper[], measures: Measure[], around: Around | null): string {
  if (overlay === '逾期') return hazard.due_at ?? ''
  if (overlay === '在诉') return around?.lawsuits.find((one) => !one.ended_on)?.filed_on ?? ''
  const paper = PAPERS[overlay]
  if (paper) return papers.find((one) => one.kind === paper && one.source === 'paper' && !one.closed_at)?.sent_at ?? ''
  const kind = MEASURES[overlay]
  return kind ? (measures.find((one) => one.kind.startsWith(kind) && !one.lifted_at)?.starts_on ?? '') : ''
}
