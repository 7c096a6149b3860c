// The draft on this page: its files, saved by itself shortly after each change, and what another window or person did.
import { computed, reactive } from 'vue'
import { ApiProblem, get, post } from '@shared/client'
import type { Draft, Files } from './types'

const QUIET = 1_200
const AGAIN = 6_000
const LOOK = 30_000

export type Saving = 'clean' | 'dirty' | 'saving' | 'saved' | 'failed' | 'conflict'

export function useDraft(key: string) {
  const state = reactive({
    files: {} as Files,
    revision: 0,
    base_version: null as number | null,
    saved_at: null as string | null,
    newest: null as Draft['newest'],
    others: [] as Draft['others'],
    saving: 'clean' as Saving,
    /** Why the last saving failed. */
    problem: null as ApiProblem | null,
    /** Counts the times that files came from outside the editors, which then read them anew. */
    generation: 0,
    /** Counts every change of a file. */
    changes: 0,
  })
  let timer = 0
  let running: Promise<void> | null = null

  function take(answer: Draft): void {
    state.revision = answer.revision
    state.base_version = answer.base_version
    state.saved_at = answer.saved_at
    state.newest = answer.newest
    state.others = answer.others
  }

  async function open(version?: number): Promise<void> {
    const answer = await get<Draft>(`/drafts/${key}`, { version })
    if (version !== undefined) {
      state.base_version = answer.base_version
      replace(answer.files ?? {})
      return
    }
    take(answer)
    state.files = answer.files ?? {}
    state.saving = answer.revision ? 'saved' : 'clean'
    state.generation += 1
    state.changes += 1
  }

  /** Begin a process that is not deployed yet. */
  function begin(files: Files): void {
    state.files = files
    state.generation += 1
    state.changes += 1
  }

  function touched(): void {
    state.changes += 1
    if (state.saving === 'conflict') return
    state.saving = 'dirty'
    window.clearTimeout(timer)
    timer = window.setTimeout(() => void flush(), QUIET)
  }

  /** Keep the set as it is, although nothing was changed: what is deployed or exported is a draft. */
  const keep = touched

  function set(name: string, text: string): void {
    if (state.files[name] === text) return
    state.files[name] = text
    touched()
  }

  /** Put files into the set from outside the editors. */
  function put(files: Files): void {
    Object.assign(state.files, files)
    state.generation += 1
    touched()
  }

  function replace(files: Files): void {
    state.files = files
    state.generation += 1
    touched()
  }

  function remove(name: string): void {
    delete state.files[name]
    touched()
  }

  async function save(): Promise<void> {
    window.clearTimeout(timer)
    const sent = state.changes
    state.saving = 'saving'
    try {
      const { revision, base_version, files } = state
      take(await post<Draft>(`/drafts/${key}`, { revision, base_version, files }))
      state.problem = null
      state.saving = state.changes === sent ? 'saved' : 'dirty'
      if (state.changes !== sent) timer = window.setTimeout(() => void flush(), QUIET)
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error
      state.problem = error
      state.saving = error.status === 409 ? 'conflict' : 'failed'
      if (again()) timer = window.setTimeout(() => void flush(), AGAIN)
    }
  }

  /** Whether the same files may be taken the next time: the server was not reached or is not well. */
  const again = () => state.saving === 'failed' && (state.problem!.status === 0 || state.problem!.status >= 500)

  /** Save what is not saved; answers whether the server has everything. */
  async function flush(): Promise<boolean> {
    while (running) await running
    if (state.saving === 'dirty' || state.saving === 'failed') {
      running = save().finally(() => (running = null))
      await running
    }
    return state.saving === 'saved' || state.saving === 'clean'
  }

  /** After a conflict: this window's files win over the other window's. */
  async function overwrite(): Promise<void> {
    const other = await get<Draft>(`/drafts/${key}`)
    state.revision = other.revision
    state.saving = 'dirty'
    await flush()
  }

  /** Who else works on it by now, and whether a newer version went live: asked while the page is looked at. */
  async function look(): Promise<void> {
    if (document.visibilityState !== 'visible') return
    try {
      const { others, newest } = await get<Draft>(`/drafts/${key}/around`)
      Object.assign(state, { others, newest })
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error // the next look, or saving, tells more
    }
  }

  const soon = () => void look()
  const looking = window.setInterval(soon, LOOK)
  document.addEventListener('visibilitychange', soon)

  const diagram = computed(() => {
    const own = Object.entries(state.files).filter(([name]) => name.endsWith('.bpmn'))
    return (own.find(([, text]) => text.includes(`id="${key}"`)) ?? own[0])?.[0] ?? ''
  })

  const stop = () => {
    window.clearTimeout(timer)
    window.clearInterval(looking)
    document.removeEventListener('visibilitychange', soon)
  }
  const unsaved = () => ['dirty', 'saving', 'failed', 'conflict'].includes(state.saving)
  return Object.assign(state, { open, begin, keep, set, put, replace, remove, flush, overwrite, again, stop, unsaved, diagram: diagram as unknown as string })
}

export type OpenDraft = ReturnType<typeof useDraft>
