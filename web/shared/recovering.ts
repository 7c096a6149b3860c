// What fails for a time only is read again by itself: when the server said it may be, else after 3 s, 6 s … 30 s, when the network
// is back, and as soon as anything else that waited got through. Not in a window that nobody looks at.
import { shallowReactive } from 'vue'
import type { ApiProblem } from './client'

const FIRST = 3_000
const LONGEST = 30_000
interface Waiting {
  problem: ApiProblem
  read: () => unknown
  tries: number
  timer: number
}
const waiting = new Map<object, Waiting>()
/** The problems that go away by themselves, for who tells them. */
export const comesAgain = shallowReactive(new Set<ApiProblem>())

/** The server was not reached, or said that it cannot answer just now. */
export const passing = ({ status }: ApiProblem): boolean => [0, 429, 502, 503, 504].includes(status)

/** Not all pages of an office at the same moment. */
const spread = (time: number): number => time * (0.8 + 0.4 * Math.random())
const wait = (problem: ApiProblem, tries: number): number => (problem.retryAfter ? problem.retryAfter * 1000 : Math.min(LONGEST, FIRST * 2 ** tries))

/** `read` is called until it got through or is given up; each time it fails it comes here anew. */
export function tryLater(who: object, problem: ApiProblem, read: () => unknown): void {
  const tries = (waiting.get(who)?.tries ?? -1) + 1
  giveUp(who)
  if (!passing(problem)) return
  waiting.set(who, { problem, read, tries, timer: window.setTimeout(() => turn(who), spread(wait(problem, tries))) })
  comesAgain.add(problem)
}

function turn(who: object): void {
  if (!document.hidden) void waiting.get(who)?.read()
}

export function giveUp(who: object): void {
  const one = waiting.get(who)
  if (!one) return
  window.clearTimeout(one.timer)
  comesAgain.delete(one.problem)
  waiting.delete(who)
}

/** It was answered; who waited with it need not wait longer. */
export function gotThrough(who: object): void {
  if (!waiting.has(who)) return
  giveUp(who)
  allNow()
}

function allNow(): void {
  for (const [who, { timer }] of waiting) {
    window.clearTimeout(timer)
    turn(who)
  }
}

window.addEventListener('online', allNow)
document.addEventListener('visibilitychange', allNow)
