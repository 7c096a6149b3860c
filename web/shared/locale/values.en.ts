// The English words for values that are stored and sent in Chinese; a choice shows them, its value stays.
export default {
  // Levels, stages, judgements, sources and overlays of a hazard
  立改: 'fixed on the spot', 一般: 'general', 较大: 'considerable', '重大(待判)': 'major (to be judged)', 重大: 'major',
  核实分级: 'verify and classify', 现场立改: 'fixed on the spot', 交办待签收: 'assigned, not signed for', 整改中: 'being fixed', 复查: 're-inspection', 销号审核: 'closure under review', 作废审批: 'voiding under approval',
  否: 'no', 疑似: 'suspected', 已判定: 'judged', 已解除: 'lifted',
  网格巡查: 'grid patrol', 督导检查: 'supervising inspection', 群众举报: 'public report', 企业自查: 'self-check of the enterprise', 媒体曝光: 'media', 上级交办: 'assigned from above', 智能识别: 'automatic recognition', 企业安管人员: 'safety manager of the enterprise',
  疑似重大: 'suspected major', 逾期: 'overdue', 挂起申请中: 'deferral asked for', 暂不具备条件: 'deferred', 挂起逾期未复核: 'deferral not reviewed in time', '督办中（街道）': 'supervised (subdistrict)', '督办中（区级）': 'supervised (district)',
  移交中: 'being transferred', 停用提请中: 'stop of use asked for', 查封提请中: 'seal asked for', 停用中: 'out of use', 查封中: 'sealed', 扣押中: 'seized', 停电中: 'power cut', 停供民爆物品中: 'explosives supply stopped', 强制执行中: 'under enforcement', 法院执行中: 'enforced by the court',
  挂牌提请中: 'listing asked for', 挂牌督办: 'listed', 立案: 'case opened', 行刑: 'referred as a crime', 在诉: 'in litigation', 重点跟踪: 'tracked', 复发: 'came back', 屡查屡犯: 'repeat offender',
  // Clearances, lawsuits, grounds to lift a measure
  验收报告: 'acceptance report', 专家意见: 'expert opinion', 恢复审查: 'review before resuming', 部门审核: 'review by the department', 街道审核: 'review by the subdistrict',
  行政复议: 'administrative reconsideration', 行政诉讼: 'administrative lawsuit',
  没有违法行为: 'no violation', 与违法行为无关: 'not part of the violation', 已作出处理决定: 'decision made', 期限届满: 'time is over', 不再需要: 'no longer needed', 随案移送公安机关: 'goes to the police with the case',
  // Visits
  待批准: 'to be approved', 待通知: 'to be announced', 待入企: 'to enter', 待记录: 'to be recorded', 已归档: 'filed',
  未发现问题: 'nothing found', 发现隐患: 'hazard found', 无法进入: 'no entry', 未检查: 'not inspected',
  服务指导: 'service and advice', 夜查: 'night check', 回头看: 'second look', 专项巡查: 'special patrol', 交叉互查: 'cross-check', 专家诊查: 'expert check', 线上巡查: 'online patrol', 驻点巡查: 'stationed patrol',
  '行政检查（日常）': 'inspection (routine)', '行政检查（专项）': 'inspection (special)', '行政检查（个案）': 'inspection (single case)', 联合检查: 'joint inspection',
  举报: 'report', 移交: 'transfer', 事故: 'accident',
  // Places
  工贸企业: 'industry and trade', 建筑工地: 'building site', 加油站: 'filling station', 餐饮: 'restaurant', 商超: 'shop, supermarket', 农贸市场: 'farmers’ market', 学校培训: 'school, training', 养老医疗: 'care, hospital',
  宾馆影院: 'hotel, cinema', 仓储: 'storage', 九小场所: 'one of the nine small kinds', 老旧小区: 'old residential area', 写字楼: 'office building', 其他: 'other',
  红: 'red', 橙: 'orange', 黄: 'yellow', 蓝: 'blue', 正常: 'open', 停产: 'stopped', 关闭: 'closed', 拆除: 'torn down', 九小: 'nine small kinds', 多业态: 'mixed use', 人员密集: 'crowded',
  三合一: 'living, storing, producing in one', 集贸市场: 'market', 有限空间: 'confined space', 涉粉尘: 'dust', 涉氨: 'ammonia', 自建房: 'self-built house',
} as Record<string, string>
