// What the editor does besides drawing: files in and out, a picture; what goes wrong on the way is said and stops nothing.
import type { Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { ElMessage, ElMessageBox } from 'element-plus'
import { ApiProblem } from '@shared/client'
import { copyPicture } from '@shared/clipboard'
import { download } from '@shared/download'
import { said } from '@shared/said'
import type { OpenDraft } from './draft'
import { read, strange } from './transfer'
import type { Template } from './types'

/** What the page asks of whichever editor is open. */
export interface Pane {
  flush(): Promise<void>
  undo?(): void
  redo?(): void
  find(): void
  minimap(): void
  simulate(): void
  zoom(factor: number): void
  select(id: string): void
  add(template: Template, event: MouseEvent): void
  image(): Promise<Blob>
}

export function useErrands(key: string, draft: OpenDraft, pane: Ref<Pane | undefined>, current: Ref<string>) {
  const { t } = useI18n()

  /** Bring everything drawn to the server; answers whether it is there. */
  async function reachAll(): Promise<boolean> {
    await pane.value?.flush?.()
    return draft.flush()
  }

  /** What goes wrong beside the draft is said and stops nothing. */
  async function tried(act: () => Promise<unknown>): Promise<void> {
    try {
      await act()
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error
      ElMessage.error(said(error.message, error.en))
    }
  }

  async function imported(chosen: File[]): Promise<void> {
    const other = strange(chosen)
    if (other.length) return void ElMessage.error(t('editor.import_strange', { names: other.join('、') }))
    await pane.value?.flush?.()
    const files = await read(chosen)
    const names = Object.keys(files)
    const lost = names.filter((name) => name in draft.files && draft.files[name] !== files[name])
    const sure = !lost.length || (await ElMessageBox.confirm(t('editor.import_sure', { names: lost.join('、') }), { type: 'warning', customClass: 'ask-box' }).catch(() => null))
    if (!names.length || !sure) return
    draft.put(files)
    current.value = names.find((one) => one.endsWith('.bpmn')) ?? names[0]!
    ElMessage.success(t('editor.imported', { n: names.length }))
  }

  async function picture(): Promise<void> {
    const made = await pane.value!.image()
    const copied = await copyPicture(made)
    if (!copied) download(`${key}.png`, made)
    ElMessage.success(t(copied ? 'editor.act.image_done' : 'editor.act.image_saved'))
  }

  /** What is made of the draft is made of all of it: as long as the server has not got it, nothing is. */
  async function stored(): Promise<boolean> {
    await pane.value?.flush?.()
    if (!draft.revision && draft.saving === 'clean' && draft.base_version === null) draft.keep()
    if (await draft.flush()) return true
    ElMessage.error(t('editor.not_stored'))
    return false
  }

  async function exportSet(): Promise<void> {
    if (!(await stored())) return
    const path = draft.revision ? `/drafts/${key}/zip` : `/editor/${key}/versions/${draft.base_version}/zip`
    const link = Object.assign(document.createElement('a'), { href: `/api/v1${path}`, download: `${key}.zip` })
    link.click()
  }

  async function exportFile(): Promise<void> {
    await pane.value?.flush?.()
    download(current.value, draft.files[current.value] ?? '')
  }

  return { reachAll, tried, imported, picture, stored, exportFile, exportSet }
}
