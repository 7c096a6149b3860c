// The names of hazard codes, for what a "no" proposes; without them the code alone is shown, until they can be read.
import { reactive } from 'vue'
import { ApiProblem, get } from '@shared/client'
import { gotThrough, tryLater } from '@shared/recovering'
import type { Code, Page } from '@shared/types'

const names = reactive<Record<string, string>>({})

async function learn(): Promise<void> {
  try {
    const { items } = await get<Page<Code>>('/codes', { size: 200 })
    items.forEach((one) => (names[one.code] = one.name))
    gotThrough(names)
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error
    tryLater(names, error, learn)
  }
}

export function useCodeNames(): Record<string, string> {
  if (!Object.keys(names).length) void learn()
  return names
}
