// A hint that a mouse opens by resting on its button, a keyboard by focus, a finger by a tap; it closes when they go elsewhere.
// (The one of Element Plus closes again at once under a finger, which has no place to rest.)
import { onBeforeUnmount, ref, watch, type Ref } from 'vue'

const OPENS_AFTER = 150
const CLOSES_AFTER = 200

/** `on` are the listeners of the button; those of the pointer also of what is shown, so that a mouse may go there. */
export function useHint(opened: () => void): { shown: Ref<boolean>; on: Record<string, (event: Event) => void> } {
  const shown = ref(false)
  let timer = 0

  function turn(to: boolean, after = 0): void {
    window.clearTimeout(timer)
    if (after) timer = window.setTimeout(() => turn(to), after)
    else shown.value = to
  }
  const byMouse = (event: Event) => (event as PointerEvent).pointerType === 'mouse'
  const elsewhere = () => turn(false)
  const escape = (event: Event) => (event as KeyboardEvent).key === 'Escape' && turn(false)

  watch(shown, (now) => {
    if (now) opened()
    if (now) document.addEventListener('pointerdown', elsewhere)
    else document.removeEventListener('pointerdown', elsewhere)
  })
  onBeforeUnmount(() => {
    window.clearTimeout(timer)
    document.removeEventListener('pointerdown', elsewhere)
  })
  return {
    shown,
    on: {
      pointerenter: (event) => byMouse(event) && turn(true, OPENS_AFTER),
      pointerleave: (event) => byMouse(event) && turn(false, CLOSES_AFTER),
      focus: () => turn(true),
      blur: () => turn(false),
      click: () => turn(true),
      keydown: escape,
    },
  }
}
