// What a new file begins with: the least that the engine runs.
import type { Kind } from './types'

const escaped = (text: string) => text.replace(/[<>&"]/g, (sign) => `&#${sign.charCodeAt(0)};`)

export const process = (key: string, name: string) => `<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="Definitions_${key}" targetNamespace="https://bihuan.example/bpmn">
  <bpmn:process id="${key}" name="${escaped(name)}" isExecutable="true">
    <bpmn:startEvent id="start" name="开始"><bpmn:outgoing>start_to_end</bpmn:outgoing></bpmn:startEvent>
    <bpmn:endEvent id="end" name="结束"><bpmn:incoming>start_to_end</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="start_to_end" sourceRef="start" targetRef="end" />
  </bpmn:process>
  <bpmndi:BPMNDiagram id="Diagram_${key}">
    <bpmndi:BPMNPlane id="Plane_${key}" bpmnElement="${key}">
      <bpmndi:BPMNShape id="start_di" bpmnElement="start"><dc:Bounds x="180" y="160" width="36" height="36" /></bpmndi:BPMNShape>
      <bpmndi:BPMNShape id="end_di" bpmnElement="end"><dc:Bounds x="460" y="160" width="36" height="36" /></bpmndi:BPMNShape>
      <bpmndi:BPMNEdge id="start_to_end_di" bpmnElement="start_to_end"><di:waypoint x="216" y="178" /><di:waypoint x="460" y="178" /></bpmndi:BPMNEdge>
    </bpmndi:BPMNPlane>
  </bpmndi:BPMNDiagram>
</bpmn:definitions>
`

const table = (id: string) => `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" xmlns:dmndi="https://www.omg.org/spec/DMN/20191111/DMNDI/" xmlns:dc="http://www.omg.org/spec/DMN/20180521/DC/" id="Definitions_${id}" name="${id}" namespace="https://bihuan.example/dmn">
  <decision id="${id}" name="${id}">
    <decisionTable id="${id}_table" hitPolicy="FIRST">
      <input id="${id}_input" label="等级"><inputExpression id="${id}_expression" typeRef="string"><text>level</text></inputExpression></input>
      <output id="${id}_output" label="结果" name="result" typeRef="string" />
      <rule id="${id}_rule_1"><inputEntry id="${id}_in_1"><text>-</text></inputEntry><outputEntry id="${id}_out_1"><text>"一般"</text></outputEntry></rule>
    </decisionTable>
  </decision>
  <dmndi:DMNDI>
    <dmndi:DMNDiagram>
      <dmndi:DMNShape dmnElementRef="${id}"><dc:Bounds height="80" width="180" x="160" y="100" /></dmndi:DMNShape>
    </dmndi:DMNDiagram>
  </dmndi:DMNDI>
</definitions>
`

const form = (id: string) =>
  `${JSON.stringify(
    {
      type: 'default',
      id,
      schemaVersion: 17,
      components: [{ type: 'textarea', id: 'opinion_field', key: 'opinion', label: '意见', validate: { required: true } }],
    },
    null,
    2,
  )}\n`

const scenario = (key: string) => `process: ${key}
now: 2026-10-12T09:00:00+08:00
variables: {}
steps:
  - check: {status: running}
  # - complete: {task: 环节编号或名称, variables: {}}
  # - advance: P3D
expect: {status: running}
`

const plan = `start: 2026-10-12T08:30:00+08:00
seed: 1
variables: {}
staff: {"*": 1}
tasks: {}
  # 环节编号: {wait: [P1D, P3D, P7D], takes: PT1H, outcomes: [{share: 1, variables: {}}]}
`

/** A new file of this kind; `name` without ending is its id where it needs one. */
export function starter(kind: Kind, name: string, key: string): string {
  const id = /^[A-Za-z_][\w-]*$/.test(name) ? name : `${kind}_${Array.from(name, (sign) => sign.charCodeAt(0).toString(36)).join('')}`
  return { bpmn: () => process(id, name), dmn: () => table(id), form: () => form(id), yaml: () => (name === 'simulation' ? plan : scenario(key)) }[kind]()
}
