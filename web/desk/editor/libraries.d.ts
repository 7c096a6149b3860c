// Libraries of bpmn.io that bring no types, as far as they are used here.
declare module 'bpmn-js-token-simulation'
declare module 'bpmn-js-i18n/translations/zn.js' {
  const words: Record<string, string>
  export default words
}
declare module 'dmn-js/lib/Modeler' {
  interface View {
    id: string
    type: string
    element: { id: string; name?: string }
    name?: string
  }
  interface Viewer {
    on(event: string, act: () => void): void
    get<T>(name: string, strict?: boolean): T
  }
  export default class DmnModeler {
    constructor(options: object)
    importXML(xml: string, open?: object): Promise<{ warnings: string[] }>
    saveXML(options?: object): Promise<{ xml: string }>
    getViews(): View[]
    getActiveView(): View | null
    getActiveViewer(): Viewer
    open(view: View): Promise<unknown>
    on(event: string, act: (event: { views?: View[] }) => void): void
    destroy(): void
  }
}
