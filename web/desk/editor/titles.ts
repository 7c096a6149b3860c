// Chinese for what the libraries write into titles and labels without asking their translator: replaced as it appears. What authors write is never in these.
import { translated } from './translate'

const TITLED = ['title', 'aria-label', 'placeholder']
const COUNTED: [RegExp, string][] = [
  [/^List contains (\d+) items?$/, '共 $1 项'],
  [/^Focus process instance (.+)$/, '只看令牌 $1'],
]

function said(text: string): string {
  const [pattern, words] = COUNTED.find(([one]) => one.test(text)) ?? []
  return pattern ? text.replace(pattern, words!) : translated(text)
}

function speak(element: Element): void {
  for (const name of TITLED) {
    const text = element.getAttribute(name)
    if (!text || !/[A-Za-z]/.test(text)) continue
    const word = said(text)
    if (word !== text) element.setAttribute(name, word)
  }
}

/** Speak what is there and what comes; answers how to stop. */
export function titled(root: Element): () => void {
  const whole = (one: Node) => {
    if (!(one instanceof HTMLElement)) return
    speak(one)
    one.querySelectorAll('[title], [aria-label], [placeholder]').forEach(speak)
  }
  whole(root)
  const watcher = new MutationObserver((changes) =>
    changes.forEach((change) => (change.type === 'attributes' ? change.target instanceof HTMLElement && speak(change.target) : change.addedNodes.forEach(whole))),
  )
  watcher.observe(root, { childList: true, subtree: true, attributes: true, attributeFilter: TITLED })
  return () => watcher.disconnect()
}
