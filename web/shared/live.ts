// Being told that one's tasks changed: a stream of short turns (the browser comes again by itself), closed while nobody looks.
import { onBeforeUnmount, onMounted, ref, type Ref } from 'vue'

/** Call `changed` whenever the server tells of a change; the answer is false while the server cannot be reached. */
export function useLive(changed: () => void): Ref<boolean> {
  const reached = ref(true)
  let stream: EventSource | null = null
  let misses = 0

  function listen(): void {
    stream = new EventSource('/api/v1/live')
    stream.onopen = () => {
      misses = 0
      reached.value = true
    }
    // Each turn ends with an error event; two without an opening between them mean that the server is not there.
    stream.onerror = () => {
      misses += 1
      reached.value = misses < 2
    }
    stream.addEventListener('tasks', changed)
  }

  function stop(): void {
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
