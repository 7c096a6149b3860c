// Words of what a new installation begins with.
export default {
  title: '装入标准机构',
  lead: '随程序发布的流程和决策表按编码找单位（街道、安委办、安全应急办、区级部门等）。填写街道全称，一次装入这些单位，以及隐患代码、检查清单和三年行动方案的样本（示例规则，需法制审核）；单位可以改名，代码、清单和方案改成本地的。然后再建社区、网格和人员。',
  street: '街道全称',
  example: '例如：青云街道',
  done: '已装入 {units} 个单位、{codes} 个隐患代码、{checklists} 份检查清单、{tasks} 项三年行动任务。',
}
