// The diagrams of a definition: its own version and those of the processes it calls, which are pinned to the same deployment.
import { ref, shallowRef } from 'vue'
import { ApiProblem, get } from '@shared/client'
import type { DefinitionVersion, Page } from '@shared/types'

export function useDiagrams() {
  const shown = ref<DefinitionVersion[]>([])
  /** Why there is no diagram. */
  const problem = shallowRef<ApiProblem | null>(null)

  async function begin(key: string, version: number): Promise<void> {
    problem.value = null
    try {
      shown.value = [await get<DefinitionVersion>(`/definitions/${key}/versions/${version}`)]
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error
      problem.value = error
    }
  }

  /** Processes that are called; one that cannot be found is left out, the others are shown. */
  async function add(keys: string[]): Promise<void> {
    const own = shown.value[0]
    for (const key of keys.filter((wanted) => !shown.value.some((one) => one.key === wanted))) {
      try {
        const all = await get<Page<DefinitionVersion>>(`/definitions/${key}/versions`, { size: 200 })
        const pinned = all.items.find((one) => one.deployed_at === own?.deployed_at) ?? all.items.find((one) => one.deployed_at < (own?.deployed_at ?? ''))
        if (pinned && !shown.value.some((one) => one.key === key)) shown.value.push(pinned)
      } catch (error) {
        if (!(error instanceof ApiProblem)) throw error
      }
    }
  }
  return { shown, problem, begin, add }
}
