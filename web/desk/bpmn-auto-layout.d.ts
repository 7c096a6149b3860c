// The library ships no types; this is the one function that the desk calls.
declare module 'bpmn-auto-layout' {
  /** The same BPMN file with a drawn layout. */
  export function layoutProcess(xml: string): Promise<string>
}
