// The English words for kinds of elements.
import type { Words } from './words'
import type zh from './elements.zh-CN'

const en: Words<typeof zh> = {
  element_kind: {
    startEvent: 'Start',
    endEvent: 'End',
    boundaryEvent: 'Boundary event',
    intermediateCatchEvent: 'Catch event',
    intermediateThrowEvent: 'Throw event',
    exclusiveGateway: 'Exclusive gateway',
    parallelGateway: 'Parallel gateway',
    inclusiveGateway: 'Inclusive gateway',
    eventBasedGateway: 'Event gateway',
    task: 'Task',
    userTask: 'User task',
    manualTask: 'Manual task',
    serviceTask: 'Service task',
    sendTask: 'Send task',
    receiveTask: 'Receive task',
    scriptTask: 'Script task',
    businessRuleTask: 'Decision task',
    callActivity: 'Called process',
    subProcess: 'Subprocess',
    transaction: 'Transaction',
    adHocSubProcess: 'Ad hoc subprocess',
  },
}

export default en
