// Chinese for what the libraries write into titles and labels without asking their translator: replaced as it appears. What authors write is never in these.
import { translated } from './translate'

const TITLED = ['title', 'aria-label', 'placeholder']
/** Sentences with a number or a name in them. */
const MADE: [RegExp, (part: string) => string][] = [
  [/^List contains (\d+) items?$/, (n) => `共 ${n} 项`],
  [/^Focus process instance (.+)$/, (name) => `只看令牌 ${name}`],
  [/^(.+) started$/, (name) => `${translated(name)}开始`],
  [/^(.+) finished$/, (name) => `${translated(name)}结束`],
  [/^(.+) canceled$/, (name) => `${translated(name)}取消`],
]
/** Where the token show tells what happens. */
const TELLING = '.bts-log, .bts-notifications'

function said(text: string): string {
  const [pattern, words] = MADE.find(([one]) => one.test(text)) ?? []
  return pattern ? words!(pattern.exec(text)![1]!) : translated(text)
}

function speakTexts(root: Element): void {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
  while (walker.nextNode()) {
    const node = walker.currentNode as Text
    const text = node.data.trim()
    if (text && said(text) !== text) node.data = node.data.replace(text, () => said(text))
  }
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
    for (const part of one.closest(TELLING) ? [one] : one.querySelectorAll(TELLING)) speakTexts(part)
  }
  whole(root)
  const watcher = new MutationObserver((changes) =>
    changes.forEach((change) => (change.type === 'attributes' ? change.target instanceof HTMLElement && speak(change.target) : change.addedNodes.forEach(whole))),
  )
  watcher.observe(root, { childList: true, subtree: true, attributes: true, attributeFilter: TITLED })
  return () => watcher.disconnect()
}
