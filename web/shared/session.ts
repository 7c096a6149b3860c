// Who is using the page: read once from the server, kept reactive, forgotten at sign-out.
import { reactive, readonly, watch } from 'vue'
import { ApiProblem, get, request, useCsrf } from './client'
import { giveUp, gotThrough, tryLater } from './recovering'
import type { Me } from './types'

interface State {
  me: Me | null
  known: boolean
  unreached: ApiProblem | null
  /** When `me` was read, by the clock of the device (ms). */
  readAt: number
}

const state = reactive<State>({ me: null, known: false, unreached: null, readAt: 0 })

export const session = readonly(state)

function remember(me: Me | null): void {
  state.me = me
  state.known = true
  state.readAt = Date.now()
  useCsrf(me?.csrf_token ?? '')
}

/** Ask the server who is signed in; null when nobody is. When it cannot answer, `session.unreached` says why. */
export async function whoAmI(): Promise<Me | null> {
  let unreached: ApiProblem | null = null
  try {
    remember(await get<Me>('/me'))
  } catch (error) {
    if (!(error instanceof ApiProblem)) throw error
    if (error.status === 401) remember(null)
    else unreached = error
  }
  state.unreached = unreached
  if (!unreached) gotThrough(state)
  return state.me
}

/** Call `enter` as long as the server cannot say who is using the page, from time to time and at once when the network is back. */
export function whenReached(enter: () => unknown): void {
  watch(
    () => state.unreached,
    (unreached) => (unreached ? tryLater(state, unreached as ApiProblem, enter) : giveUp(state)),
    { immediate: true },
  )
}

export async function signIn(name: string, password: string): Promise<void> {
  await request('/session', { method: 'POST', json: { name, password } })
  await whoAmI()
}

export async function signOut(): Promise<void> {
  try {
    await request('/session', { method: 'DELETE' })
  } finally {
    remember(null)
  }
}

export function forget(): void {
  remember(null)
}
