// Reading again while somebody looks: every few seconds, not in a hidden window, and once more when it is shown again.
import { onBeforeUnmount, onMounted } from 'vue'

export function usePolling(read: () => Promise<unknown> | unknown, seconds: number, wanted: () => boolean = () => true): void {
  let timer = 0
  let busy = false

  async function turn(): Promise<void> {
    if (document.hidden || busy || !wanted()) return
    busy = true
    try {
      await read()
    } finally {
      busy = false
    }
  }

  onMounted(() => {
    timer = window.setInterval(() => void turn(), seconds * 1000)
    document.addEventListener('visibilitychange', turn)
  })
  onBeforeUnmount(() => {
    window.clearInterval(timer)
    document.removeEventListener('visibilitychange', turn)
  })
}
