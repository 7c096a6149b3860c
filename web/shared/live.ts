// Being told that one's tasks changed: a stream of short turns (the browser comes again by itself), closed while nobody looks.
import { onBeforeUnmount, onMounted, ref, type Ref } from 'vue'

const COME_AGAIN = 5_000

/** Call `changed` whenever the server tells of a change, and when it is reached again; the answer is false while it cannot be reached. */
export function useLive(changed: () => void): Ref<boolean> {
  const reached = ref(true)
  let stream: EventSource | null = null
  let misses = 0
  let lost = false
  let again = 0

  function listen(): void {
    const turns = new EventSource('/api/v1/live')
    stream = turns
    turns.onopen = () => {
      misses = 0
      reached.value = true
      if (lost) changed()
      lost = false
    }
    // Each turn ends with an error event; two without an opening between them mean that the server is not there.
    turns.onerror = () => {
      misses += 1
      reached.value = misses < 2
      // After an answer that is no stream, such as 503, the browser does not come again by itself.
      const refused = turns.readyState === EventSource.CLOSED
      lost ||= refused || !reached.value
      if (refused) again = window.setTimeout(listen, COME_AGAIN)
    }
    turns.addEventListener('tasks', changed)
  }

  function stop(): void {
    window.clearTimeout(again)
    stream?.close()
    stream = null
  }

  function look(): void {
    if (document.hidden) return stop()
    if (stream) return
    listen()
    changed()
  }

  onMounted(() => {
    if (!document.hidden) listen()
    document.addEventListener('visibilitychange', look)
  })
  onBeforeUnmount(() => {
    stop()
    document.removeEventListener('visibilitychange', look)
  })
  return reached
}
