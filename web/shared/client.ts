// The one door to the API: JSON in and out, problem+json as `ApiProblem`, CSRF header, time limit. Knows no page and no noun.
import { said } from './said'

export interface FieldProblem {
  field?: string
  element?: string
  rule?: string
  message: string
  en?: string
  name?: string
}

/** What went wrong, in a sentence for the user; `status` 0 means that the server was not reached. */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly errors: FieldProblem[] = [],
    readonly en: string = '',
    readonly kind: 'offline' | 'timeout' | 'server' = 'server',
    /** After how many seconds the server wants to be asked again, where it says so. */
    readonly retryAfter = 0,
  ) {
    super(message)
  }

  /** The sentences by field name, in the language of the page; those without a field are under ''. */
  byField(): Record<string, string> {
    const found: Record<string, string> = {}
    for (const problem of this.errors) {
      const field = problem.field ?? ''
      const sentence = said(problem.message, problem.en)
      found[field] = found[field] ? `${found[field]}；${sentence}` : sentence
    }
    return found
  }
}

export type Query = Record<string, string | number | boolean | null | undefined>

interface Call {
  method?: string
  query?: Query
  json?: unknown
  form?: FormData
  headers?: Record<string, string>
  timeout?: number
  signal?: AbortSignal
}

const ROOT = '/api/v1'
/** Where 401 is an answer and not a lost session: signing in, and the question who one is. */
const ASKING = ['/session', '/me']
const PATIENCE = 30_000
/** Of what stands in front of the server while the server is away: it has no words for it. */
const AWAY = [502, 503, 504]
/** However long it wants to be left alone, a page asks again after so many seconds. */
const LONGEST_WAIT = 60

let csrf = ''
let onSignedOut: () => void = () => {}
let onRead: (answer: Response) => void = () => {}

export function useCsrf(token: string): void {
  csrf = token
}

/** Called when the server no longer knows the session (401 on any call but the login and the question who one is). */
export function whenSignedOut(action: () => void): void {
  onSignedOut = action
}

/** Called with every answer before it is read. */
export function whenRead(action: (answer: Response) => void): void {
  onRead = action
}

function address(path: string, query: Query = {}): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== '' && value !== false) params.set(name, String(value))
  }
  const text = params.toString()
  return ROOT + path + (text ? `?${text}` : '')
}

function init(call: Call, signal: AbortSignal): RequestInit {
  const method = call.method ?? 'GET'
  const headers: Record<string, string> = { Accept: 'application/json', ...call.headers }
  if (method !== 'GET' && csrf) headers['X-CSRF-Token'] = csrf
  if (call.json !== undefined) headers['Content-Type'] = 'application/json'
  const body = call.form ?? (call.json === undefined ? undefined : JSON.stringify(call.json))
  return { method, headers, body, credentials: 'same-origin', signal }
}

async function problem(answer: Response): Promise<ApiProblem> {
  const later = Math.min(LONGEST_WAIT, Number(answer.headers.get('Retry-After')) || 0)
  try {
    const body = (await answer.json()) as Record<string, unknown>
    const errors = (body.errors ?? body.problems ?? []) as FieldProblem[]
    const text = String(body.detail ?? body.title ?? answer.status)
    return new ApiProblem(answer.status, text, Array.isArray(errors) ? errors : [], String(body.en ?? ''), 'server', later)
  } catch {
    const [text, en] = AWAY.includes(answer.status)
      ? ['系统正在重启或维护，暂时不能回答', 'The system is restarting or under maintenance']
      : ['服务器没有说明原因', 'The server gave no reason']
    return new ApiProblem(answer.status, `${text}（${answer.status}），请稍后再试。`, [], `${en} (${answer.status}). Try again later.`, 'server', later)
  }
}

async function reach(path: string, call: Call): Promise<Response> {
  const limit = new AbortController()
  const timer = window.setTimeout(() => limit.abort('timeout'), call.timeout ?? PATIENCE)
  call.signal?.addEventListener('abort', () => limit.abort('left'))
  try {
    const answer = await fetch(address(path, call.query), init(call, limit.signal))
    onRead(answer)
    return answer
  } catch (error) {
    if (call.signal?.aborted) throw error
    if (limit.signal.aborted) {
      throw new ApiProblem(0, '网络太慢，服务器没有及时回答。请再试一次。', [], 'The network is too slow. Try again.', 'timeout')
    }
    throw new ApiProblem(0, '连不上服务器。请检查网络后再试，填写的内容还在。', [], 'The server cannot be reached.', 'offline')
  } finally {
    window.clearTimeout(timer)
  }
}

async function answered(path: string, call: Call): Promise<Response> {
  const answer = await reach(path, call)
  if (answer.ok) return answer
  const failed = await problem(answer)
  if (answer.status === 401 && !ASKING.includes(path)) onSignedOut()
  throw failed
}

export async function request<T>(path: string, call: Call = {}): Promise<T> {
  const answer = await answered(path, call)
  if (answer.status === 204) return undefined as T
  const kind = answer.headers.get('Content-Type') ?? ''
  return (kind.includes('json') ? await answer.json() : await answer.text()) as T
}

export const get = <T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> => request<T>(path, { query, signal })

export const post = <T>(path: string, json: unknown = {}, headers?: Record<string, string>): Promise<T> =>
  request<T>(path, { method: 'POST', json, headers })

export const patch = <T>(path: string, json: unknown = {}): Promise<T> => request<T>(path, { method: 'PATCH', json })

/** Send a form and get a file, such as a filled-in template. */
export async function uploadForFile(path: string, form: FormData): Promise<Blob> {
  const answer = await answered(path, { method: 'POST', form, timeout: 120_000 })
  return answer.blob()
}

/** Get a file with the name that the server gives it; a long one takes minutes. */
export async function fetchFile(path: string, query: Query = {}): Promise<{ name: string; content: Blob }> {
  const answer = await answered(path, { query, timeout: 600_000 })
  const told = /filename\*=UTF-8''([^;]+)/.exec(answer.headers.get('Content-Disposition') ?? '')
  return { name: decodeURIComponent(told?.[1] ?? 'file'), content: await answer.blob() }
}

export const upload = <T>(path: string, form: FormData, headers?: Record<string, string>): Promise<T> =>
  request<T>(path, { method: 'POST', form, headers, timeout: 120_000 })
