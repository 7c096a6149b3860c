// What the kinds of elements of a diagram are called where one has no name of its own.

export default {
  element_kind: {
    startEvent: '开始',
    endEvent: '结束',
    boundaryEvent: '边界事件',
    intermediateCatchEvent: '等待事件',
    intermediateThrowEvent: '抛出事件',
    exclusiveGateway: '排他网关',
    parallelGateway: '并行网关',
    inclusiveGateway: '包容网关',
    eventBasedGateway: '事件网关',
    task: '任务',
    userTask: '人工任务',
    manualTask: '线下任务',
    serviceTask: '自动任务',
    sendTask: '发送任务',
    receiveTask: '接收任务',
    scriptTask: '脚本任务',
    businessRuleTask: '决策任务',
    callActivity: '调用流程',
    subProcess: '子流程',
    transaction: '事务',
    adHocSubProcess: '自由子流程',
  },
}
